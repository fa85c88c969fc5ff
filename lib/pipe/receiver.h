/*  receiver.h - the receiving side of a channel

    One thread at a time; pipe.c sees to it. Nothing here blocks but
    weir__receiver_wait and weir__receiver_look.

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
    const atomic_bool *closed; //  borrowed: another thread closes this end
    void *socket;              //  PULL; NULL until opened
    void *monitor;             //  what libzmq tells of connections; not inproc
    unsigned accepted;         //  connections that libzmq took ...
    unsigned ended;            //  ... and those that came to their end
    uint64_t received;         //  values taken
    uint64_t late;             //  the number of a value that was waited for
                               //  in vain, from 1
    zmq_msg_t next;            //  the next value, when has_next
    bool has_next;
    bool hung_up; //  the link: the sender is gone
} weir__receiver_t;

//  Prepares the side, which needs no memory until it is opened.
void weir__receiver_init (weir__receiver_t *self, weir__channel_t *channel,
                          weir__side_t *side, const atomic_bool *closed);

//  Begins to receive by ZeroMQ: at the side's door, or with an endpoint, by
//  inproc. Once is enough. Returns 0, or -1 with EMFILE or ENOMEM.
int weir__receiver_open (weir__receiver_t *self, const char *endpoint);

//  Waits until there is a next value. Returns 0, or -1 with EPIPE (there will
//  be none any more), EAGAIN (the deadline has passed), EINTR or ENOMEM.
int weir__receiver_wait (weir__receiver_t *self, uint64_t deadline_us);

//  How long weir__receiver_wait waits beyond its deadline for a value that was
//  sent and has not arrived.
enum { WEIR__ON_ITS_WAY_MS = 500 };

//  The same as weir__receiver_wait, but waits only for a value that was sent and
//  has not arrived, until that moment, and not again for the same value. / When it
//  has said EAGAIN: the descriptors, -1 for none, one of which becomes readable
//  when there may be news. Those of libzmq tell of an edge only.
enum { WEIR__RECEIVER_FDS = 3 };
int weir__receiver_look (weir__receiver_t *self, uint64_t until_us);
void weir__receiver_fds (const weir__receiver_t *self,
                         int ret_fds [WEIR__RECEIVER_FDS]);

//  Takes the next value, which must be there, and lets the sender know. Returns
//  0, or -1 with ENOMEM (it is still there) or EPROTO (it was none, and is
//  gone).
int weir__receiver_take (weir__receiver_t *self, weir_value_t *ret_value);

//  How many values went with the sender.
uint64_t weir__receiver_lost (const weir__receiver_t *self);

//  In a forked child: frees what is not libzmq's.
void weir__receiver_forget (weir__receiver_t *self);

//  Ends it; what was not taken is lost. Accepts one that was never opened.
void weir__receiver_close (weir__receiver_t *self);

#endif
