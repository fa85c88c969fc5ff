/*  undo.h - undoes what a transaction does to a queue

    SPDX-License-Identifier: MPL-2.0
*/

#ifndef WEIR__MACHINE_KINDS_QUEUE_UNDO_H_INCLUDED
#define WEIR__MACHINE_KINDS_QUEUE_UNDO_H_INCLUDED

#include "machine/core/types.h"

//  The hook `begin`, see core/kind.h.
bool weir__queue_begin (weir__object_t *object);

//  The hook `end`, see core/kind.h.
void weir__queue_end (weir__object_t *object, bool keeps);

#endif
