/*  wait.h - waiting for an item of a list

    SPDX-License-Identifier: MPL-2.0
*/

#ifndef WEIR__MACHINE_KINDS_LIST_WAIT_H_INCLUDED
#define WEIR__MACHINE_KINDS_LIST_WAIT_H_INCLUDED

#include "machine/core/types.h"

//  The operation WEIR__LIST_POP_WAIT.
void weir__list_pop_wait (weir__object_t *object, weir__call_t *call);

//  The hook `settle`, see core/kind.h.
void weir__list_settle (weir__object_t *object);

#endif
