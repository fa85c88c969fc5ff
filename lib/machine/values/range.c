/*  range.c - indexes and slices, as in Python

    SPDX-License-Identifier: MPL-2.0
*/

#include "machine/values/range.h"

#include <errno.h>
#include <inttypes.h>

#include "machine/call.h"

//  The limits to which an index is clamped.
typedef struct bounds {
    int64_t size;
    int64_t low, high;
} bounds_t;

static int64_t bound (int64_t index, const bounds_t *bounds)
{
    int64_t place = index < 0 ? index + bounds->size : index;
    return place < bounds->low    ? bounds->low
           : place > bounds->high ? bounds->high
                                  : place;
}

static bool arg_bound (weir__call_t *call, unsigned index,
                       const bounds_t *bounds, int64_t *place)
{
    if (index >= call->body.argc || weir__arg (call, index).type == WEIR_NIL)
        return true;
    int64_t number;
    if (!weir__arg_integer (call, index, &number))
        return false;
    *place = bound (number, bounds);
    return true;
}

bool weir__arg_bound (weir__call_t *call, unsigned index, size_t size,
                      size_t *place)
{
    bounds_t bounds = {(int64_t) size, 0, (int64_t) size};
    int64_t found = (int64_t) *place;
    if (!arg_bound (call, index, &bounds, &found))
        return false;
    *place = (size_t) found;
    return true;
}

bool weir__arg_range (weir__call_t *call, size_t items,
                      weir__range_t *ret_range)
{
    int64_t size = (int64_t) items, step = 1;
    if (weir__arg (call, 2).type != WEIR_NIL &&
        !weir__arg_integer (call, 2, &step))
        return false;
    if (step == 0) {
        weir__refuse (call, EINVAL, "a slice's step cannot be 0");
        return false;
    }
    bounds_t bounds = {size, step > 0 ? 0 : -1, step > 0 ? size : size - 1};
    int64_t start = step > 0 ? bounds.low : bounds.high;
    int64_t stop = step > 0 ? bounds.high : bounds.low;
    if (!arg_bound (call, 0, &bounds, &start) ||
        !arg_bound (call, 1, &bounds, &stop))
        return false;
    //  The width is at most the size, so nothing here overflows.
    uint64_t width = (uint64_t) (step > 0 ? stop - start : start - stop);
    uint64_t stride = step > 0 ? (uint64_t) step : -(uint64_t) step;
    bool some = step > 0 ? start < stop : start > stop;
    *ret_range = (weir__range_t){
        .start = start,
        .step = step,
        .count = some ? (size_t) ((width - 1) / stride) + 1 : 0,
    };
    return true;
}

bool weir__arg_place (weir__call_t *call, size_t items, size_t *ret_place)
{
    int64_t index, size = (int64_t) items;
    if (!weir__arg_integer (call, 0, &index))
        return false;
    if (index >= -size && index < size) {
        *ret_place = (size_t) (index < 0 ? index + size : index);
        return true;
    }
    weir__refuse (call, ERANGE,
                  "index %" PRId64 " is out of range: it has %" PRId64
                  " item%s",
                  index, size, size == 1 ? "" : "s");
    return false;
}
