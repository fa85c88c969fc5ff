/*  flow.h - the operations that put and get items of a queue

    SPDX-License-Identifier: MPL-2.0
*/

#ifndef WEIR__MACHINE_KINDS_QUEUE_FLOW_H_INCLUDED
#define WEIR__MACHINE_KINDS_QUEUE_FLOW_H_INCLUDED

#include "codec/ready.h"
#include "machine/core/types.h"

//  The operations WEIR__QUEUE_PUT and WEIR__QUEUE_PUT_MANY.
void weir__queue_put (weir__object_t *object, weir__call_t *call);

//  The operation WEIR__QUEUE_GET.
void weir__queue_get (weir__object_t *object, weir__call_t *call);

//  The operation WEIR__QUEUE_GET_MANY.
void weir__queue_get_many (weir__object_t *object, weir__call_t *call);

//  The operation WEIR__QUEUE_GET_LEASE.
void weir__queue_get_lease (weir__object_t *object, weir__call_t *call);

//  Returns whether a put, a get or a join would not wait, for a thread that has
//  not leased an item.
bool weir__queue_ready (const weir__object_t *object, weir__readiness_t what);

//  The hook `settle`, see core/kind.h.
void weir__queue_settle (weir__object_t *object);

#endif
