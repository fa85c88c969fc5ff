/*  machine.h - the pure state machine that applies entries

    The machine contains every object of an owner. It is pure: it uses no I/O,
    no clock, no random numbers and no threads, and nothing in it depends on the
    order of addresses. The same entries give the same state, byte for byte,
    with any compiler.

    SPDX-License-Identifier: MPL-2.0
*/

#ifndef WEIR__MACHINE_MACHINE_H_INCLUDED
#define WEIR__MACHINE_MACHINE_H_INCLUDED

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buffer.h"
#include "codec/frame.h"
#include "machine/core/sink.h"

//  Makes a machine that has only the directory. Returns NULL when out of
//  memory.
weir__machine_t *weir__machine_new (void);

//  Frees the machine and sets *self_p to NULL. Accepts a NULL machine.
void weir__machine_destroy (weir__machine_t **self_p);

//  Applies an entry. First fires the timers up to the entry's time, then
//  applies its records in order, then answers polls. The sink receives the
//  replies; when it is NULL, the machine only keeps them. Returns 0. Returns -1
//  with EPROTO, and applies nothing, when the entry is malformed.
int weir__machine_apply (weir__machine_t *self, weir__bytes_t entry,
                         const weir__sink_t *sink);

//  Returns true when the request changes nothing. weir__machine_read can then
//  answer it without an entry.
bool weir__machine_reads (const weir__machine_t *self,
                          const weir__request_body_t *request);

//  Returns true when the machine has the request, parked or with its reply
//  kept. The request then came in an entry, and its reply must not change, even
//  if weir__machine_read could answer it now. (At that time its object may not
//  have existed.)
bool weir__machine_keeps (weir__machine_t *self, weir__origin_t from,
                          uint64_t number);

//  Finds the kept reply to a request. It is borrowed until the next entry. When
//  the machine has no such reply, returns false and leaves *ret_body unchanged.
bool weir__machine_reply (weir__machine_t *self, weir__origin_t from,
                          uint64_t number, weir__bytes_t *ret_body);

//  Answers a request that changes nothing. The body of the reply replaces the
//  content of the buffer. The buffer is failed when out of memory.
void weir__machine_read (weir__machine_t *self,
                         const weir__request_body_t *request,
                         weir__buffer_t *reply);

//  Calls `each` for every session, with the process that its OPEN record named,
//  until a call returns false. Returns true when all calls returned true.
bool weir__machine_each_session (const weir__machine_t *self,
                                 bool (*each) (void *context, uint64_t session,
                                               uint64_t process),
                                 void *context);

//  Returns true when the link is open. After an OPEN record it may not be, if
//  there was no memory for it.
bool weir__machine_has_link (weir__machine_t *self, weir__origin_t link);

//  Returns the time of the next timeout of a wait or end of a lease;
//  WEIR__NEVER when there is no timer.
uint64_t weir__machine_deadline_us (const weir__machine_t *self);

#endif
