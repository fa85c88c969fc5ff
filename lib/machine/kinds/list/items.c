/*  items.c - the items of a list

    SPDX-License-Identifier: MPL-2.0
*/

#include "machine/kinds/list/items.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "codec/packed.h"
#include "machine/call.h"

enum { SMALLEST_CAPACITY = 8 };

void weir__blobs_free (weir__blobs_t *self)
{
    for (size_t i = 0; i < self->count; i++)
        free (self->items [i]);
    free (self->items);
    *self = (weir__blobs_t){0};
}

bool weir__blobs_of (weir__call_t *call, weir__bytes_t list,
                     weir__blobs_t *ret_blobs)
{
    weir_value_t value;
    size_t taken = weir__packed_peek (list.data, list.size, &value);
    if (value.type != WEIR_LIST) {
        weir__refuse (call, EINVAL, "the items must be in a list");
        return false;
    }
    weir__blobs_t blobs = {
        .items = calloc ((size_t) value.size + 1, sizeof *blobs.items)};
    bool good = blobs.items != NULL;
    while (good && blobs.count < value.size) {
        const uint8_t *data = list.data + taken;
        weir__bytes_t item = {data,
                              weir__packed_size (data, list.size - taken)};
        taken += item.size;
        weir__blob_t *blob = weir__blob_new (item);
        good = blob != NULL;
        if (good)
            blobs.items [blobs.count++] = blob;
    }
    if (good) {
        *ret_blobs = blobs;
        return true;
    }
    weir__blobs_free (&blobs);
    weir__refuse (call, ENOMEM, "out of memory");
    return false;
}

bool weir__list_reserve (weir__list_t *self, size_t size)
{
    if (size <= self->capacity)
        return true;
    size_t capacity = self->capacity ? self->capacity : SMALLEST_CAPACITY;
    while (capacity < size)
        capacity *= 2;
    weir__blob_t **items = realloc (self->items, capacity * sizeof *items);
    if (!items)
        return false;
    self->items = items;
    self->capacity = capacity;
    return true;
}

bool weir__list_splice (weir__list_t *self, weir__call_t *call, size_t start,
                        size_t count, const weir__blobs_t *blobs)
{
    size_t rest = self->size - start - count;
    if (!weir__list_reserve (self, self->size - count + blobs->count)) {
        weir__refuse (call, ENOMEM, "out of memory");
        return false;
    }
    if (self->capacity == 0)
        return true; //  nothing replaces nothing in an empty list
    for (size_t i = 0; i < count; i++)
        free (self->items [start + i]);
    memmove (self->items + start + blobs->count, self->items + start + count,
             rest * sizeof *self->items);
    memcpy (self->items + start, blobs->items,
            blobs->count * sizeof *self->items);
    self->size = start + blobs->count + rest;
    return true;
}

void weir__list_remove (weir__list_t *self, size_t place)
{
    free (self->items [place]);
    self->size--;
    memmove (self->items + place, self->items + place + 1,
             (self->size - place) * sizeof *self->items);
}
