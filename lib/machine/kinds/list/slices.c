/*  slices.c - list[start:stop:step]

    Slices select, replace and delete items as in Python.

    SPDX-License-Identifier: MPL-2.0
*/

#include "machine/kinds/list/slices.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "machine/call.h"
#include "machine/kinds/list/items.h"
#include "machine/values/range.h"

void weir__list_get_slice (weir__object_t *object, weir__call_t *call)
{
    const weir__list_t *self = object->state;
    weir__range_t slice;
    if (!weir__arg_range (call, self->size, &slice))
        return;
    weir__answer_begin (call, WEIR_LIST, slice.count);
    for (size_t i = 0; i < slice.count; i++) {
        const weir__blob_t *item = self->items [weir__range_place (&slice, i)];
        weir__buffer_put (call->reply, item->data, item->size);
    }
}

//  Exchanges the items of a slice for the blobs, which are as many.
static void exchange (weir__list_t *self, const weir__range_t *slice,
                      weir__blobs_t *blobs)
{
    for (size_t i = 0; i < slice->count; i++) {
        weir__blob_t **place = &self->items [weir__range_place (slice, i)];
        weir__blob_t *old = *place;
        *place = blobs->items [i];
        blobs->items [i] = old;
    }
}

//  args: start, stop, step, list. A slice with a step other than 1 keeps its
//  size.
void weir__list_set_slice (weir__object_t *object, weir__call_t *call)
{
    weir__list_t *self = object->state;
    weir__range_t slice;
    weir__blobs_t blobs;
    if (!weir__arg_range (call, self->size, &slice) ||
        !weir__blobs_of (call, weir__arg_packed (call, 3), &blobs))
        return;
    if (slice.step == 1) {
        if (weir__list_splice (self, call, (size_t) slice.start, slice.count,
                               &blobs)) {
            blobs.count = 0;
            weir__answer_nil (call);
        }
    } else if (slice.count == blobs.count) {
        exchange (self, &slice, &blobs);
        weir__answer_nil (call);
    } else
        weir__refuse (
            call, EINVAL,
            "%zu items do not fit a slice of %zu items with step %" PRId64,
            blobs.count, slice.count, slice.step);
    weir__blobs_free (&blobs);
}

void weir__list_delete_slice (weir__object_t *object, weir__call_t *call)
{
    weir__list_t *self = object->state;
    weir__range_t slice;
    if (!weir__arg_range (call, self->size, &slice))
        return;
    for (size_t i = 0; i < slice.count; i++) {
        weir__blob_t **place = &self->items [weir__range_place (&slice, i)];
        free (*place);
        *place = NULL;
    }
    size_t kept = 0;
    for (size_t i = 0; i < self->size; i++)
        if (self->items [i])
            self->items [kept++] = self->items [i];
    self->size = kept;
    weir__answer_nil (call);
}
