/*  range.h - indexes and slices, as in Python

    What an index or a slice of list, array or any other sequence means.

    SPDX-License-Identifier: MPL-2.0
*/

#ifndef WEIR__MACHINE_VALUES_RANGE_H_INCLUDED
#define WEIR__MACHINE_VALUES_RANGE_H_INCLUDED

#include "machine/core/types.h"

//  `count` places: start, start + step, ... All of them are there.
typedef struct weir__range {
    int64_t start;
    int64_t step;
    size_t count;
} weir__range_t;

//  Place i of a range.
static inline size_t weir__range_place (const weir__range_t *self, size_t i)
{
    return (size_t) (self->start + (int64_t) i * self->step);
}

//  Arguments 0 to 2: start, stop and step, nil for what is left out, of a
//  sequence with so many items. False after refusing the call.
bool weir__arg_range (weir__call_t *call, size_t size,
                      weir__range_t *ret_range);

//  Argument 0: an index, which counts from the end when negative. False after
//  refusing the call, with ERANGE when there is no such item.
bool weir__arg_place (weir__call_t *call, size_t size, size_t *ret_place);

//  Argument `index`: a bound, which goes to the nearest end when it is beyond.
//  Without the argument, or when it is nil, *place stays as it is. False after
//  refusing the call.
bool weir__arg_bound (weir__call_t *call, unsigned index, size_t size,
                      size_t *place);

#endif
