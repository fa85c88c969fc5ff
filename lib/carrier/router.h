/*  router.h - ZeroMQ on the owner's side

    One ROUTER socket, bound to the owner's ipc path and, for links of the same
    process, to an inproc name. Peers are numbered by their routing ids:
    ROUTER gives one to each; those of this process have one that only it can
    know (see endpoint.h). Whoever chooses one by himself is not listened to.

    One thread uses a router.

    SPDX-License-Identifier: MPL-2.0
*/

#ifndef WEIR__CARRIER_ROUTER_H_INCLUDED
#define WEIR__CARRIER_ROUTER_H_INCLUDED

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>
#include <zmq.h>

#include "carrier/runtime.h"
#include "codec/frame.h"

typedef struct weir__router weir__router_t;

//  Binds to the endpoints that belong to an owner's folder (see
//  weir__endpoint). NULL with an errno of bind, EMFILE or ENOMEM.
weir__router_t *weir__router_new (const char *path);

//  Closes the socket; what was sent goes out for a short while more.
void weir__router_destroy (weir__router_t **self_p);

//  Polls readable when weir__router_ready is to be asked again.
int weir__router_fd (weir__router_t *self);
bool weir__router_ready (weir__router_t *self);

//  The next frame, without waiting. Returns 0; the frame is borrowed until the
//  next call. Or -1 with EAGAIN. What is no frame (several parts, or from a
//  peer that chose its routing id) arrives with size 0; of the latter the peer
//  is 0, to whom nothing can be sent.
typedef struct weir__inbound {
    uint64_t peer;
    const uint8_t *data;
    size_t size;
    size_t parts; //  1, or how many were thrown away
} weir__inbound_t;
int weir__router_recv (weir__router_t *self, weir__inbound_t *ret_inbound);

//  Who sent the frame that weir__router_recv gave last: for ipc as the kernel
//  says, for inproc this process. False when that cannot be known.
bool weir__router_sender (weir__router_t *self, uid_t *ret_uid, pid_t *ret_pid);

//  Sends a message as one or more frames, without waiting. Returns 0, or -1
//  with EAGAIN (its queue is full), EHOSTUNREACH (gone) or ENOMEM (nothing was
//  sent).
int weir__router_send (weir__router_t *self, uint64_t peer,
                       const weir__frame_t *message);

//  Whether a peer is still connected. When it is not, all that it had sent
//  can be received, or has been. Sends it an empty message: ask only about
//  the dead.
bool weir__router_reaches (weir__router_t *self, uint64_t peer);

#endif
