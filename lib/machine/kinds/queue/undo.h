/*  undo.h - what a transaction does to a queue, so that it can be undone

    SPDX-License-Identifier: MPL-2.0
*/

#ifndef WEIR__MACHINE_KINDS_QUEUE_UNDO_H_INCLUDED
#define WEIR__MACHINE_KINDS_QUEUE_UNDO_H_INCLUDED

#include "machine/core/types.h"

//  The hooks for transactions, see core/kind.h.
bool weir__queue_begin (weir__object_t *object);
void weir__queue_end (weir__object_t *object, bool keeps);

#endif
