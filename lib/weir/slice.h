/*  slice.h - which items of a list or an array

    SPDX-License-Identifier: MPL-2.0
*/

#ifndef WEIR_SLICE_H_INCLUDED
#define WEIR_SLICE_H_INCLUDED

#include "prelude.h"

//  Which items: from start up to, not including, stop, every step-th; as
//  Python's list [start:stop:step]. WEIR_SLICE_END stands for what Python
//  leaves out.
typedef struct weir_slice {
    int64_t start;
    int64_t stop;
    int64_t step;
} weir_slice_t;

#define WEIR_SLICE_END INT64_MIN

//  All items.
#define WEIR_SLICE_ALL \
    (weir_slice (WEIR_SLICE_END, WEIR_SLICE_END, WEIR_SLICE_END))

static inline weir_slice_t weir_slice (int64_t start, int64_t stop,
                                       int64_t step)
{
    weir_slice_t slice = {start, stop, step};
    return slice;
}

#endif
