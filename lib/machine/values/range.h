/*  range.h - indexes and slices, as in Python

    Converts the indexes and slices of a list, an array or any other sequence.

    SPDX-License-Identifier: MPL-2.0
*/

#ifndef WEIR__MACHINE_VALUES_RANGE_H_INCLUDED
#define WEIR__MACHINE_VALUES_RANGE_H_INCLUDED

#include "machine/core/types.h"

//  `count` indexes: start, start + step, ... All of them are within the
//  sequence.
typedef struct weir__range {
    int64_t start;
    int64_t step;
    size_t count;
} weir__range_t;

//  Returns index number i of a range.
static inline size_t weir__range_place (const weir__range_t *self, size_t i)
{
    return (size_t) (self->start + (int64_t) i * self->step);
}

//  Reads a slice of a sequence of `size` items from arguments 0 to 2: start,
//  stop and step. Each may be nil, which means the default. Returns false after
//  refusing the call.
bool weir__arg_range (weir__call_t *call, size_t size,
                      weir__range_t *ret_range);

//  Reads an index of a sequence of `size` items from argument 0. A negative
//  index counts from the end. Returns false after refusing the call, with
//  ERANGE when the sequence has no such item.
bool weir__arg_place (weir__call_t *call, size_t size, size_t *ret_place);

//  Reads a bound of a slice from argument `index`. A bound outside of the
//  sequence becomes the nearest end. When the argument is missing or nil, the
//  bound keeps its value. Returns false after refusing the call.
bool weir__arg_bound (weir__call_t *call, unsigned index, size_t size,
                      size_t *place);

#endif
