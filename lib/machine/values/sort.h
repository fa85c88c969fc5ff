/*  sort.h - sorting packed values

    SPDX-License-Identifier: MPL-2.0
*/

#ifndef WEIR__MACHINE_VALUES_SORT_H_INCLUDED
#define WEIR__MACHINE_VALUES_SORT_H_INCLUDED

#include "machine/values/blob.h"

//  Sorts blobs, stably in both directions. On failure refuses the call with
//  EINVAL (two of them have no order) or ENOMEM, leaves the blobs as they
//  were and returns false.
bool weir__blobs_sort (weir__call_t *call, weir__blob_t **blobs, size_t count,
                       bool reverse);

#endif
