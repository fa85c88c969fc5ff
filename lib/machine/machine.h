/*  machine.h - the pure state machine that applies entries

    The machine holds every object of an owner. It is pure: no I/O, no clock,
    no randomness, no threads, no order that depends on addresses. The same
    entries give the same state, byte for byte, on any compiler.

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

//  NULL when out of memory.
weir__machine_t *weir__machine_new (void);
void weir__machine_destroy (weir__machine_t **self_p);

//  Applies an entry. First the deadlines up to its time fire, then its records
//  are applied in order. Without a sink (NULL) the replies are only kept.
//  Returns 0; -1 with EPROTO when the entry is malformed: then nothing was
//  applied.
int weir__machine_apply (weir__machine_t *self, weir__bytes_t entry,
                         const weir__sink_t *sink);

//  Whether the request changes nothing, so that weir__machine_read may answer
//  it, without an entry.
bool weir__machine_reads (const weir__machine_t *self,
                          const weir__request_body_t *request);

//  Whether the machine has the request, parked or with its reply kept: then it
//  was asked with an entry, also if it could be read now, and its reply must
//  stay what it was. (Its object may not have been there at the time.)
bool weir__machine_keeps (weir__machine_t *self, weir__origin_t from,
                          uint64_t number);

//  The kept reply to a request, borrowed until the next entry. Returns false
//  when it is not there: *ret_body stays.
bool weir__machine_reply (weir__machine_t *self, weir__origin_t from,
                          uint64_t number, weir__bytes_t *ret_body);

//  Answers a request that reads: the body of the reply replaces what is in the
//  buffer. A failed buffer means out of memory.
void weir__machine_read (weir__machine_t *self,
                         const weir__request_body_t *request,
                         weir__buffer_t *reply);

//  Calls back for each session, with the process that its OPEN record named,
//  until one call returns false. Returns whether all returned true.
bool weir__machine_each_session (const weir__machine_t *self,
                                 bool (*each) (void *context, uint64_t session,
                                               uint64_t process),
                                 void *context);

//  Whether a link is open: its OPEN record may have found no memory.
bool weir__machine_has_link (weir__machine_t *self, weir__origin_t link);

//  When the next parked request times out; WEIR__NEVER when none will.
uint64_t weir__machine_deadline_us (const weir__machine_t *self);

#endif
