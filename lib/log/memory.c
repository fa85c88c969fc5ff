/*  memory.c - a log in memory: a ring of the latest entries

    SPDX-License-Identifier: MPL-2.0
*/

#include "log/memory.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/buffer.h"

typedef struct memory {
    weir__log_t log;
    uint64_t last;   //  sequence number of the newest entry
    uint64_t first;  //  sequence number of the oldest entry in the ring
    size_t count;    //  slots of the ring
    size_t size_max; //  bytes of all entries
    size_t size;
    uint64_t snapshot_sequence;
    weir__buffer_t snapshot;
    weir__bytes_t entries []; //  the slot of an entry is its number modulo
                              //  count
} memory_t;

static void forget_first (memory_t *self)
{
    weir__bytes_t *entry = &self->entries [self->first++ % self->count];
    self->size -= entry->size;
    free ((void *) entry->data);
    *entry = (weir__bytes_t){0};
}

static int append (weir__log_t *log, uint64_t last, weir__bytes_t entry)
{
    memory_t *self = (memory_t *) log;
    if (last != self->last) {
        errno = ESTALE;
        return -1;
    }
    while (self->first <= self->last &&
           (self->last - self->first + 1 >= self->count ||
            self->size + entry.size > self->size_max))
        forget_first (self);
    self->last++;
    uint8_t *copy = entry.size <= self->size_max ? malloc (entry.size) : NULL;
    if (!copy)
        return 0;
    memcpy (copy, entry.data, entry.size);
    self->entries [self->last % self->count] =
        (weir__bytes_t){copy, entry.size};
    self->size += entry.size;
    return 0;
}

static uint64_t last (weir__log_t *log)
{
    return ((memory_t *) log)->last;
}

static int read_entry (weir__log_t *log, uint64_t *sequence,
                       weir__bytes_t *ret_entry)
{
    memory_t *self = (memory_t *) log;
    uint64_t place = *sequence > self->first ? *sequence : self->first;
    while (place <= self->last && !self->entries [place % self->count].data)
        place++;
    if (place > self->last) {
        errno = ENOENT;
        return -1;
    }
    *sequence = place;
    *ret_entry = self->entries [place % self->count];
    return 0;
}

static void trim (weir__log_t *log, uint64_t sequence)
{
    memory_t *self = (memory_t *) log;
    while (self->first <= self->last && self->first <= sequence)
        forget_first (self);
}

static int snapshot_put (weir__log_t *log, uint64_t sequence,
                         weir__bytes_t snapshot)
{
    memory_t *self = (memory_t *) log;
    weir__buffer_t copy = WEIR__BUFFER_INIT;
    weir__buffer_put (&copy, snapshot.data, snapshot.size);
    if (copy.failed) {
        weir__buffer_free (&copy);
        errno = ENOMEM;
        return -1;
    }
    weir__buffer_free (&self->snapshot);
    self->snapshot = copy;
    self->snapshot_sequence = sequence;
    return 0;
}

static int snapshot_get (weir__log_t *log, uint64_t *ret_sequence,
                         weir__bytes_t *ret_snapshot)
{
    memory_t *self = (memory_t *) log;
    if (!self->snapshot.data) {
        errno = ENOENT;
        return -1;
    }
    *ret_sequence = self->snapshot_sequence;
    *ret_snapshot = (weir__bytes_t){self->snapshot.data, self->snapshot.size};
    return 0;
}

static void destroy (weir__log_t *log)
{
    memory_t *self = (memory_t *) log;
    trim (log, self->last);
    weir__buffer_free (&self->snapshot);
    free (self);
}

weir__log_t *weir__log_memory (size_t count, size_t size_bytes)
{
    memory_t *self = calloc (1, sizeof *self + count * sizeof *self->entries);
    if (!self)
        return NULL;
    self->log = (weir__log_t){
        .append = append,
        .last = last,
        .read = read_entry,
        .trim = trim,
        .snapshot_put = snapshot_put,
        .snapshot_get = snapshot_get,
        .destroy = destroy,
    };
    self->count = count;
    self->size_max = size_bytes;
    self->first = 1;
    return &self->log;
}
