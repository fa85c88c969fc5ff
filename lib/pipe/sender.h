/*  sender.h - the sending side of a channel

    One thread at a time; pipe.c sees to it. Nothing here blocks but
    weir__sender_send.

    SPDX-License-Identifier: MPL-2.0
*/

#ifndef WEIR__PIPE_SENDER_H_INCLUDED
#define WEIR__PIPE_SENDER_H_INCLUDED

#include <stdbool.h>
#include <stdint.h>

#include "base/buffer.h"
#include "base/bell.h"
#include "pipe/channel.h"
#include "weir/value.h"

typedef struct weir__sender {
    weir__channel_t *channel;  //  borrowed
    weir__side_t *side;        //  borrowed
    const atomic_bool *closed; //  borrowed: another thread closes this end
    weir__bell_t bell;         //  wakes who waits for room
    bool local;                //  by inproc
    void *socket;              //  PUSH; NULL until opened
    weir__buffer_t buffer;     //  the value that is being sent
    uint64_t sent;             //  values sent
    uint64_t received; //  values received by the other side, as last seen
    uint64_t looked;   //  when the link was last looked at
    bool gone;         //  nobody receives any more
} weir__sender_t;

//  Prepares the side, which needs no memory until something is sent.
void weir__sender_init (weir__sender_t *self, weir__channel_t *channel,
                        weir__side_t *side, const atomic_bool *closed);

//  Goes over to ZeroMQ: to the side's door, or with an endpoint, by inproc.
//  Once is enough. Returns 0, or -1 with EMFILE, ENOMEM or EPIPE.
int weir__sender_open (weir__sender_t *self, const char *endpoint);

//  Sends a value; waits for room. Returns 0, or -1 with EPIPE (nobody receives
//  any more), EAGAIN (no room before the deadline), EINTR, EINVAL (no value),
//  EMSGSIZE, EMFILE or ENOMEM.
int weir__sender_send (weir__sender_t *self, weir_value_t value,
                       uint64_t deadline_us);

//  Whether weir__sender_send would not wait for room: there is some, or nobody
//  receives. If not, the side's link will be readable when there may be.
bool weir__sender_is_ready (weir__sender_t *self);

//  In a forked child: frees what is not libzmq's.
void weir__sender_forget (weir__sender_t *self);

//  Wakes the thread that waits for room, to see that the end is closed.
void weir__sender_wake (weir__sender_t *self);

//  Whether nothing has to be delivered any more, as it was or nobody receives.
bool weir__sender_is_done (weir__sender_t *self);

//  Ends it; what was sent and is not done is still delivered by the I/O thread,
//  for which weir__context_end waits. Accepts one that was never opened.
void weir__sender_close (weir__sender_t *self);

//  Waits, after weir__sender_close, until all is done, the deadline has passed,
//  or the descriptor `enough` is readable.
void weir__sender_linger (weir__sender_t *self, int enough,
                          uint64_t deadline_us);

#endif
