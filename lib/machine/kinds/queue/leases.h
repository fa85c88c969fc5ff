/*  leases.h - items that come back unless they are acknowledged

    SPDX-License-Identifier: MPL-2.0
*/

#ifndef WEIR__MACHINE_KINDS_QUEUE_LEASES_H_INCLUDED
#define WEIR__MACHINE_KINDS_QUEUE_LEASES_H_INCLUDED

#include "base/buffer.h"
#include "machine/kinds/queue/state.h"

//  The operation WEIR__QUEUE_ACK.
void weir__queue_ack (weir__object_t *object, weir__call_t *call);

//  The operation WEIR__QUEUE_NACK.
void weir__queue_nack (weir__object_t *object, weir__call_t *call);

//  The operation WEIR__QUEUE_EXTEND.
void weir__queue_extend (weir__object_t *object, weir__call_t *call);

//  Leases the next item to the link of the call, and answers the call.
void weir__queue_lease (weir__object_t *object, weir__call_t *call);

//  The hook `holder_gone`, see core/kind.h.
void weir__queue_holder_gone (weir__object_t *object, const weir__hold_t *hold,
                              weir__leave_t leave);

//  The hook `held`, see core/kind.h.
bool weir__queue_held (weir__object_t *object, const weir__hold_t *hold);

//  Writes the leases, without their holds, to a snapshot.
void weir__queue_save_leases (const weir__queue_state_t *self,
                              weir__buffer_t *to);

//  Reads the leases of a snapshot. Returns false when the bytes are not a
//  snapshot or memory is out.
bool weir__queue_load_leases (weir__queue_state_t *self, weir__reader_t *from);

//  Frees all leases and their items.
void weir__queue_free_leases (weir__queue_state_t *self);

#endif
