/*  log.c - the log: entries and a snapshot, which survive the owner

    It keeps all entries for the judges. The owner sees only those after the
    snapshot.

    SPDX-License-Identifier: MPL-2.0
*/

#include "sim/sim.h"
#include "machine/snapshot.h"

#include <assert.h>
#include <errno.h>
#include <stdlib.h>

enum {
    FAILS = 60,    //  one append in this many
    SNAPSHOTS = 40 //  one in this many entries
};

static int append (weir__log_t *log, uint64_t last, weir__bytes_t entry)
{
    sim_log_t *self = (sim_log_t *) log;
    sim_t *sim = self->sim;
    sim_memory_pause (sim);
    if (last != self->count)
        sim_fail (sim, "the owner appends after %llu, but the log has %llu",
                  (unsigned long long) last, (unsigned long long) self->count);
    bool fails = sim_chance (sim, SIM_LOG, FAILS);
    //  The entry is not in the log, or it is and nobody knows.
    if (!fails || sim_below (sim, 2)) {
        if ((self->count & (self->count + 1)) == 0)
            self->entries = realloc (self->entries, (2 * self->count + 2) *
                                                        sizeof *self->entries);
        assert (self->entries);
        weir__buffer_t *place = &self->entries [self->count++];
        *place = WEIR__BUFFER_INIT;
        weir__buffer_put (place, entry.data, entry.size);
        assert (!place->failed);
    }
    sim_memory_resume (sim);
    errno = EIO;
    return fails ? -1 : 0;
}

static uint64_t last (weir__log_t *log)
{
    return ((sim_log_t *) log)->count;
}

static int read_entry (weir__log_t *log, uint64_t *sequence,
                       weir__bytes_t *ret_entry)
{
    sim_log_t *self = (sim_log_t *) log;
    if (*sequence == 0)
        *sequence = 1;
    if (*sequence <= self->snapshot_at)
        sim_fail (self->sim, "the owner reads entry %llu, but has a snapshot",
                  (unsigned long long) *sequence);
    if (*sequence > self->count) {
        errno = ENOENT;
        return -1;
    }
    const weir__buffer_t *entry = &self->entries [*sequence - 1];
    *ret_entry = (weir__bytes_t){entry->data, entry->size};
    return 0;
}

static int snapshot_get (weir__log_t *log, uint64_t *ret_sequence,
                         weir__bytes_t *ret_snapshot)
{
    const sim_log_t *self = (sim_log_t *) log;
    if (self->snapshot_at == 0) {
        errno = ENOENT;
        return -1;
    }
    *ret_sequence = self->snapshot_at;
    *ret_snapshot = (weir__bytes_t){self->snapshot.data, self->snapshot.size};
    return 0;
}

void sim_log_snapshot (sim_t *self)
{
    sim_log_t *log = &self->log;
    if (log->snapshot_at == log->count ||
        !sim_chance (self, SIM_SNAPSHOT, SNAPSHOTS))
        return;
    weir__buffer_clear (&log->snapshot);
    weir__machine_save (weir__engine_machine (self->engine), &log->snapshot);
    assert (!log->snapshot.failed);
    log->snapshot_at = log->count;
    sim_tell (self, "the log has a snapshot as of entry %llu",
              (unsigned long long) log->snapshot_at);
}

void sim_log_init (sim_t *self)
{
    self->log = (sim_log_t){
        .log =
            {
                .append = append,
                .last = last,
                .read = read_entry,
                .snapshot_get = snapshot_get,
            },
        .sim = self,
    };
}

void sim_log_free (sim_t *self)
{
    for (uint64_t i = 0; i < self->log.count; i++)
        weir__buffer_free (&self->log.entries [i]);
    free (self->log.entries);
    weir__buffer_free (&self->log.snapshot);
}
