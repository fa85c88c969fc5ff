/*  leases.h - items that come back unless they are acknowledged

    SPDX-License-Identifier: MPL-2.0
*/

#ifndef WEIR__MACHINE_KINDS_QUEUE_LEASES_H_INCLUDED
#define WEIR__MACHINE_KINDS_QUEUE_LEASES_H_INCLUDED

#include "base/buffer.h"
#include "machine/kinds/queue/state.h"

void weir__queue_ack (weir__object_t *object, weir__call_t *call);
void weir__queue_nack (weir__object_t *object, weir__call_t *call);
void weir__queue_extend (weir__object_t *object, weir__call_t *call);

//  Answers the call with a lease of the item that is next.
void weir__queue_lease (weir__object_t *object, weir__call_t *call);

//  The hooks for holds, see core/kind.h.
void weir__queue_holder_gone (weir__object_t *object, const weir__hold_t *hold,
                              weir__leave_t leave);
bool weir__queue_held (weir__object_t *object, const weir__hold_t *hold);

//  Writes the leases, without their holds.
void weir__queue_put_leases (const weir__queue_t *self, weir__buffer_t *to);

//  Reads them. False: no memory, or the bytes are no snapshot.
bool weir__queue_get_leases (weir__queue_t *self, weir__reader_t *from);

//  Frees all leases and their items.
void weir__queue_free_leases (weir__queue_t *self);

#endif
