/*  slice.h - a range of the items of a list or of the elements of an array

    Since 0.1.0.

    SPDX-License-Identifier: MPL-2.0
*/

#ifndef WEIR_SLICE_H_INCLUDED
#define WEIR_SLICE_H_INCLUDED

#include "prelude.h"

//  Makes a slice. Does not block and cannot fail.
typedef struct weir_slice {
    int64_t start;
    int64_t stop;
    int64_t step;
} weir_slice_t;

#define WEIR_SLICE_END INT64_MIN

//  All items.
#define WEIR_SLICE_ALL \
    (weir_slice (WEIR_SLICE_END, WEIR_SLICE_END, WEIR_SLICE_END))

//  The items from `start` up to, not including, `stop`, every step-th, as
//  Python's list [start:stop:step]. WEIR_SLICE_END in a member stands for what
//  Python leaves out. Negative indexes count from the end.
static inline weir_slice_t weir_slice (int64_t start, int64_t stop,
                                       int64_t step)
{
    weir_slice_t slice = {start, stop, step};
    return slice;
}

#endif
