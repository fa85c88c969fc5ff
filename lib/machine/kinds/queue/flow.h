/*  flow.h - the operations by which items of a queue come and go

    SPDX-License-Identifier: MPL-2.0
*/

#ifndef WEIR__MACHINE_KINDS_QUEUE_FLOW_H_INCLUDED
#define WEIR__MACHINE_KINDS_QUEUE_FLOW_H_INCLUDED

#include "codec/ready.h"
#include "machine/core/types.h"

void weir__queue_put (weir__object_t *object, weir__call_t *call);
void weir__queue_get (weir__object_t *object, weir__call_t *call);
void weir__queue_get_many (weir__object_t *object, weir__call_t *call);
void weir__queue_get_lease (weir__object_t *object, weir__call_t *call);

//  Whether a put, a get or a join of a thread that has leased nothing would not
//  wait.
bool weir__queue_ready (const weir__object_t *object, weir__ready_t what);

//  The hook of that name, see core/kind.h.
void weir__queue_settle (weir__object_t *object);

#endif
