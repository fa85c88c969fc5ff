/*  dispatch.h - finds the operation of a request and runs it

    SPDX-License-Identifier: MPL-2.0
*/

#ifndef WEIR__MACHINE_DISPATCH_H_INCLUDED
#define WEIR__MACHINE_DISPATCH_H_INCLUDED

#include "machine/call.h"
#include "machine/core/kind.h"
#include "machine/entry.h"

//  Returns the operation of a call, and sets call->object. Returns NULL after
//  refusing the call: the object or the operation is unknown, the number of
//  arguments is wrong, a value is nested too deep, or the guard does not hold.
const weir__op_t *weir__find_op (weir__call_t *call, weir__machine_t *machine);

//  Answers a request that changes nothing. The body of the reply replaces the
//  content of the buffer.
void weir__dispatch_read (weir__machine_t *self,
                          const weir__request_body_t *request,
                          weir__buffer_t *reply);

//  Applies the record of a request. Runs the operation; for a repeated request,
//  sends the kept reply again.
void weir__dispatch (weir__machine_t *self, const weir__record_t *record);

#endif
