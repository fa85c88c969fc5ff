/*  state.h - an object's state: one block, and a copy for transactions

    SPDX-License-Identifier: MPL-2.0
*/

#ifndef WEIR__MACHINE_STATE_H_INCLUDED
#define WEIR__MACHINE_STATE_H_INCLUDED

#include "machine/core/types.h"

//  Makes the state of an object: one block of `size` zero bytes. Returns false
//  after refusing the call with ENOMEM.
bool weir__state_new (weir__object_t *object, weir__call_t *call, size_t size);

//  Frees the state. Accepts a NULL state.
void weir__state_free (weir__object_t *object);

//  Serves as the `begin` of a kind: copies the state by the kind's own snapshot
//  and restore. Returns false when out of memory.
bool weir__copy_begin (weir__object_t *object);

//  Serves as the `end` of a kind: keeps the state, or goes back to the old one.
void weir__copy_end (weir__object_t *object, bool keeps);

#endif
