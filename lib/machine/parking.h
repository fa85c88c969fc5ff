/*  parking.h - requests that wait, and replies

    A request that cannot be answered yet is parked in a line of its object. It
    comes back by weir__resume, is answered or refused then, and ended by
    weir__reply.

    SPDX-License-Identifier: MPL-2.0
*/

#ifndef WEIR__MACHINE_PARKING_H_INCLUDED
#define WEIR__MACHINE_PARKING_H_INCLUDED

#include "machine/core/types.h"

//  Parks the call at the end of a line of its object until its timeout: with
//  timeout 0 it is refused with EAGAIN instead, and the format says why it
//  cannot be answered now.
void weir__park (weir__call_t *call, unsigned line, const char *why);

//  Moves a parked request to the end of a line of another object. It does not
//  time out any more.
void weir__move (weir__request_t *request, weir__object_t *object,
                 unsigned line);

//  Whether a parked request has been moved to where it is.
bool weir__has_moved (const weir__request_t *request);

//  Takes a parked request out of its line, to be answered now.
void weir__resume (weir__request_t *request, weir__call_t *ret_call);

//  Ends a resumed call: keeps the reply and sends it.
void weir__reply (weir__call_t *call);

//  Reserves a hold for the call's request. False: refused with ENOMEM.
bool weir__hold_reserve (weir__call_t *call, uint32_t lease_ms);

//  The body of a done request's reply.
weir__bytes_t weir__request_reply (const weir__request_t *request);

//  Hands a reply to whoever takes them, if anybody does.
void weir__send (const weir__machine_t *self, weir__origin_t to,
                 uint64_t number, weir__bytes_t body);

#endif
