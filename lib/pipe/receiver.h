/*  receiver.h - the receiving side of a channel

    One thread at a time uses a receiver; the turn to receive (end.h) sees to
    it. Only weir__receiver_wait and weir__receiver_look block.

    SPDX-License-Identifier: MPL-2.0
*/

#ifndef WEIR__PIPE_RECEIVER_H_INCLUDED
#define WEIR__PIPE_RECEIVER_H_INCLUDED

#include <stdbool.h>
#include <stdint.h>
#include <zmq.h>

#include "pipe/channel.h"
#include "weir/value.h"

typedef struct weir__receiver {
    weir__channel_t *channel;  //  borrowed
    weir__side_t *side;        //  borrowed
    const atomic_bool *closed; //  borrowed; another thread may set it
    void *socket;              //  PULL; NULL until opened
    void *monitor;             //  connection events; NULL for inproc
    unsigned accepted;         //  connections that libzmq accepted
    unsigned ended;            //  those of them that have ended
    uint64_t received;         //  values taken
    uint64_t late;             //  the number, from 1, of the value for which a
                               //  look waited in vain
    zmq_msg_t next;            //  the next value, when has_next
    bool has_next;
    bool hung_up; //  the link has: the sender is gone
} weir__receiver_t;

//  Initializes the side. It needs no memory until it is opened.
void weir__receiver_init (weir__receiver_t *self, weir__channel_t *channel,
                          weir__side_t *side, const atomic_bool *closed);

//  Begins to receive over ZeroMQ: at the side's door or, if `endpoint` is not
//  NULL, over inproc. Does nothing when it has been called before. Returns 0,
//  or -1 with EMFILE or ENOMEM.
int weir__receiver_open (weir__receiver_t *self, const char *endpoint);

//  Waits until there is a next value. Returns 0, or -1 with EPIPE (no value
//  will come any more), EAGAIN (the deadline has passed), EINTR or ENOMEM.
int weir__receiver_wait (weir__receiver_t *self, uint64_t deadline_us);

//  How long weir__receiver_wait may wait beyond its deadline for a value that
//  was sent and has not arrived.
enum { WEIR__ON_ITS_WAY_MS = 500 };

//  The number of descriptors of weir__receiver_fds.
enum { WEIR__RECEIVER_FDS = 3 };

//  Looks for a next value, and does not wait for the sender to send one. But it
//  waits until `until_us` for a value that was sent and has not arrived, once
//  for each value. Returns as weir__receiver_wait.
int weir__receiver_look (weir__receiver_t *self, uint64_t until_us);

//  Gets the descriptors, -1 for none, to wait on after weir__receiver_look
//  failed with EAGAIN. One of them becomes readable when there may be a change.
//  Those of libzmq are edge-triggered.
void weir__receiver_fds (const weir__receiver_t *self,
                         int ret_fds [WEIR__RECEIVER_FDS]);

//  Takes the next value, which must exist, and lets the sender know. Returns 0,
//  or -1 with ENOMEM (the value remains) or EPROTO (it was not a value, and is
//  dropped).
int weir__receiver_take (weir__receiver_t *self, weir_value_t *ret_value);

//  Returns how many values were sent and will not arrive, because the sender is
//  dead.
uint64_t weir__receiver_lost (const weir__receiver_t *self);

//  Frees memory in a forked child, except libzmq's.
void weir__receiver_forget (weir__receiver_t *self);

//  Ends the receiver. Values that were not taken are lost. Accepts a receiver
//  that was never opened.
void weir__receiver_close (weir__receiver_t *self);

#endif
