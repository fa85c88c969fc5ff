/*  sort.h - sorting packed values

    SPDX-License-Identifier: MPL-2.0
*/

#ifndef WEIR__MACHINE_VALUES_SORT_H_INCLUDED
#define WEIR__MACHINE_VALUES_SORT_H_INCLUDED

#include "machine/values/blob.h"

//  Sorts blobs. The sort is stable, also in reverse. On failure refuses the
//  call with EINVAL when two blobs cannot be compared, or with ENOMEM; leaves
//  the blobs unchanged and returns false.
bool weir__blobs_sort (weir__call_t *call, weir__blob_t **blobs, size_t count,
                       bool reverse);

#endif
