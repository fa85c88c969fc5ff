/*  list_slice.c - list[start:stop:step]

    Which items a slice means, and what is done with it, is as in Python.

    SPDX-License-Identifier: MPL-2.0
*/

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "machine/list.h"

//  `count` items: start, start + step, ... All of them are in the list.
typedef struct slice {
    int64_t start;
    int64_t step;
    size_t count;
} slice_t;

int64_t weir__list_bound (const weir__list_t *self, int64_t index,
                          const weir__bounds_t *bounds)
{
    int64_t place = index < 0 ? index + (int64_t) self->size : index;
    return place < bounds->low    ? bounds->low
           : place > bounds->high ? bounds->high
                                  : place;
}

bool weir__list_arg_bound (weir__call_t *call, unsigned index,
                           const weir__bounds_t *bounds, int64_t *place)
{
    if (index >= call->body.argc || weir__arg (call, index).type == WEIR_NIL)
        return true;
    int64_t number;
    if (!weir__arg_integer (call, index, &number))
        return false;
    *place = weir__list_bound (call->object->state, number, bounds);
    return true;
}

//  Arguments 0 to 2: start, stop and step.
static bool arg_slice (weir__call_t *call, const weir__list_t *list,
                       slice_t *ret_slice)
{
    int64_t size = (int64_t) list->size, step = 1;
    if (weir__arg (call, 2).type != WEIR_NIL &&
        !weir__arg_integer (call, 2, &step))
        return false;
    if (step == 0) {
        weir__refuse (call, EINVAL, "a slice's step cannot be 0");
        return false;
    }
    weir__bounds_t bounds = {step > 0 ? 0 : -1, step > 0 ? size : size - 1};
    int64_t start = step > 0 ? bounds.low : bounds.high;
    int64_t stop = step > 0 ? bounds.high : bounds.low;
    if (!weir__list_arg_bound (call, 0, &bounds, &start) ||
        !weir__list_arg_bound (call, 1, &bounds, &stop))
        return false;
    //  The width is at most the list's size, so that nothing overflows.
    uint64_t width = (uint64_t) (step > 0 ? stop - start : start - stop);
    uint64_t stride = step > 0 ? (uint64_t) step : -(uint64_t) step;
    bool some = step > 0 ? start < stop : start > stop;
    *ret_slice = (slice_t){
        .start = start,
        .step = step,
        .count = some ? (size_t) ((width - 1) / stride) + 1 : 0,
    };
    return true;
}

//  The place in the list of item i of a slice.
static size_t place_of (const slice_t *slice, size_t i)
{
    return (size_t) (slice->start + (int64_t) i * slice->step);
}

void weir__list_get_slice (weir__object_t *object, weir__call_t *call)
{
    const weir__list_t *self = object->state;
    slice_t slice;
    if (!arg_slice (call, self, &slice))
        return;
    weir__answer_begin (call, WEIR_LIST, slice.count);
    for (size_t i = 0; i < slice.count; i++) {
        const weir__blob_t *item = self->items [place_of (&slice, i)];
        weir__buffer_put (call->reply, item->data, item->size);
    }
}

//  Puts as many other items into the places of a slice.
static void exchange (weir__list_t *self, const slice_t *slice,
                      weir__blobs_t *blobs)
{
    for (size_t i = 0; i < slice->count; i++) {
        weir__blob_t **place = &self->items [place_of (slice, i)];
        weir__blob_t *old = *place;
        *place = blobs->items [i];
        blobs->items [i] = old;
    }
}

//  A slice with a step other than 1 keeps its size.
void weir__list_set_slice (weir__object_t *object, weir__call_t *call)
{
    weir__list_t *self = object->state;
    slice_t slice;
    weir__blobs_t blobs;
    if (!arg_slice (call, self, &slice) ||
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
        weir__refuse (call, EINVAL,
                      "%zu items cannot go into a slice of %zu with step "
                      "%" PRId64,
                      blobs.count, slice.count, slice.step);
    weir__blobs_free (&blobs);
}

void weir__list_delete_slice (weir__object_t *object, weir__call_t *call)
{
    weir__list_t *self = object->state;
    slice_t slice;
    if (!arg_slice (call, self, &slice))
        return;
    for (size_t i = 0; i < slice.count; i++) {
        weir__blob_t **place = &self->items [place_of (&slice, i)];
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
