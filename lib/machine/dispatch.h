/*  dispatch.h - from a request to the operation of its object

    SPDX-License-Identifier: MPL-2.0
*/

#ifndef WEIR__MACHINE_DISPATCH_H_INCLUDED
#define WEIR__MACHINE_DISPATCH_H_INCLUDED

#include "machine/call.h"
#include "machine/core/kind.h"
#include "machine/entry.h"

//  The operation that a call asks for,. NULL after refusing the
//  call: there is no such object or operation, or the arguments are too many,
//  too few or too deep, or the guard does not hold.
const weir__op_t *weir__find_op (weir__call_t *call, weir__machine_t *machine);

//  Answers a request that changes nothing: the body of the reply replaces what
//  is in the buffer.
void weir__dispatch_read (weir__machine_t *self,
                          const weir__request_body_t *request,
                          weir__buffer_t *reply);

//  Applies the record of a request: runs its operation, or sends the kept reply
//  once more.
void weir__dispatch (weir__machine_t *self, const weir__record_t *record);

#endif
