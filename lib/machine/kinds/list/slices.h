/*  slices.h - list[start:stop:step]

    SPDX-License-Identifier: MPL-2.0
*/

#ifndef WEIR__MACHINE_KINDS_LIST_SLICES_H_INCLUDED
#define WEIR__MACHINE_KINDS_LIST_SLICES_H_INCLUDED

#include "machine/core/types.h"

//  The operation WEIR__LIST_GET_SLICE.
void weir__list_get_slice (weir__object_t *object, weir__call_t *call);

//  The operation WEIR__LIST_SET_SLICE.
void weir__list_set_slice (weir__object_t *object, weir__call_t *call);

//  The operation WEIR__LIST_DELETE_SLICE.
void weir__list_delete_slice (weir__object_t *object, weir__call_t *call);

#endif
