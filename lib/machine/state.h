/*  state.h - the state of a kind: one block, and going back to what it was

    SPDX-License-Identifier: MPL-2.0
*/

#ifndef WEIR__MACHINE_STATE_H_INCLUDED
#define WEIR__MACHINE_STATE_H_INCLUDED

#include "machine/core/types.h"

//  Makes the state of an object, one block of zeros. False after refusing the
//  call.
bool weir__state_new (weir__object_t *object, weir__call_t *call, size_t size);

//  Frees it. Accepts a NULL state.
void weir__state_free (weir__object_t *object);

//  A kind's `begin`: copies the state, by the kind's own snapshot and restore.
bool weir__copy_begin (weir__object_t *object);

//  A kind's `end`: keeps the state, or goes back to the copy.
void weir__copy_end (weir__object_t *object, bool keeps);

#endif
