/*  paths.h - changes inside the values of a dict, in place

    SPDX-License-Identifier: MPL-2.0
*/

#ifndef WEIR__MACHINE_KINDS_DICT_PATHS_H_INCLUDED
#define WEIR__MACHINE_KINDS_DICT_PATHS_H_INCLUDED

#include "machine/core/types.h"

//  The operation WEIR__DICT_GET_AT.
void weir__dict_get_at (weir__object_t *object, weir__call_t *call);

//  The operation WEIR__DICT_SET_AT.
void weir__dict_set_at (weir__object_t *object, weir__call_t *call);

//  The operation WEIR__DICT_DELETE_AT.
void weir__dict_delete_at (weir__object_t *object, weir__call_t *call);

//  The operation WEIR__DICT_ADD_AT.
void weir__dict_add_at (weir__object_t *object, weir__call_t *call);

//  The operation WEIR__DICT_APPEND_AT.
void weir__dict_append_at (weir__object_t *object, weir__call_t *call);

//  The operation WEIR__DICT_CAS_AT.
void weir__dict_cas_at (weir__object_t *object, weir__call_t *call);

#endif
