/*  sender.h - the sending side of a channel

    One thread at a time uses a sender; the turn to send (end.h) sees to it.
    Only weir__sender_send, weir__sender_open and weir__sender_linger block.
    weir__sender_wake may be called by any thread.

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
    const atomic_bool *closed; //  borrowed; another thread may set it
    weir__bell_t bell;         //  wakes the thread that waits for room
    bool local;                //  connected by inproc
    void *socket;              //  PUSH; NULL until opened
    weir__buffer_t buffer;     //  the value that is being sent
    uint64_t sent;             //  values sent
    uint64_t received; //  values received by the other side, as last seen
    uint64_t looked;   //  when the link was last looked at
    bool gone;         //  the receiver is gone
} weir__sender_t;

//  Initializes the side. It needs no memory until a value is sent.
void weir__sender_init (weir__sender_t *self, weir__channel_t *channel,
                        weir__side_t *side, const atomic_bool *closed);

//  Goes over to ZeroMQ: connects to the side's door or, if `endpoint` is not
//  NULL, over inproc. Does nothing when it has been called before. Returns 0,
//  or -1 with EMFILE, ENOMEM or EPIPE.
int weir__sender_open (weir__sender_t *self, const char *endpoint);

//  Sends a value; waits for room until the deadline. Returns 0, or -1 with
//  EPIPE (the receiver is gone), EAGAIN (no room before the deadline), EINTR,
//  EINVAL (it is not a value), EMSGSIZE, EMFILE or ENOMEM.
int weir__sender_send (weir__sender_t *self, weir_value_t value,
                       uint64_t deadline_us);

//  Returns whether weir__sender_send would not wait for room: the channel has
//  some, or the receiver is gone. If not, the side's link becomes readable when
//  that may have changed.
bool weir__sender_is_ready (weir__sender_t *self);

//  Frees memory in a forked child, except libzmq's.
void weir__sender_forget (weir__sender_t *self);

//  Wakes the thread that waits for room, so that it sees that the end is
//  closed.
void weir__sender_wake (weir__sender_t *self);

//  Returns whether nothing is left to deliver: all values have been received,
//  or the receiver is gone.
bool weir__sender_is_done (weir__sender_t *self);

//  Ends the sender. The I/O thread still delivers the values that are on the
//  way; weir__context_end waits for that. Accepts a sender that was never
//  opened.
void weir__sender_close (weir__sender_t *self);

//  Waits after weir__sender_close until nothing is left to deliver, the
//  deadline has passed, or the descriptor `enough` is readable.
void weir__sender_linger (weir__sender_t *self, int enough,
                          uint64_t deadline_us);

#endif
