/*  parking.h - parks and resumes requests, and sends replies

    A kind parks a request that it cannot answer yet in a line of its object.
    Later the kind resumes the request (weir__resume), answers or refuses it,
    and ends it with weir__reply.

    SPDX-License-Identifier: MPL-2.0
*/

#ifndef WEIR__MACHINE_PARKING_H_INCLUDED
#define WEIR__MACHINE_PARKING_H_INCLUDED

#include "machine/core/types.h"

//  Parks the call at the end of a line of its object, until its timeout. With
//  timeout 0, refuses it with EAGAIN and the sentence `why` instead. Refuses it
//  with ENOMEM when out of memory.
void weir__park (weir__call_t *call, unsigned line, const char *why);

//  Moves a parked request to the end of a line of another object. From then on
//  it has no timeout.
void weir__move (weir__request_t *request, weir__object_t *object,
                 unsigned line);

//  Returns true when weir__move has put the parked request where it is.
bool weir__has_moved (const weir__request_t *request);

//  Removes a parked request from its line and fills in a call for it. The
//  caller answers or refuses the call.
void weir__resume (weir__request_t *request, weir__call_t *ret_call);

//  Ends a call that is not parked: keeps its reply and sends it. Frees the body
//  and the reserved hold of the request.
void weir__reply (weir__call_t *call);

//  Reserves a hold for the call's request. Returns false after refusing the
//  call with ENOMEM.
bool weir__hold_reserve (weir__call_t *call, uint32_t lease_ms);

//  Returns the body of the reply to a request that is done.
weir__bytes_t weir__request_reply (const weir__request_t *request);

//  Passes a reply to the machine's sink, if it has one.
void weir__send (const weir__machine_t *self, weir__origin_t to,
                 uint64_t number, weir__bytes_t body);

#endif
