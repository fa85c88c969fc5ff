/*  router.h - ZeroMQ on the side of the owner

    A router has one ROUTER socket, which is bound to the ipc path of the owner
    and, for links of the same process, to an inproc name. The number of a peer
    comes from its routing id. ROUTER gives a routing id to each peer. A link of
    this process has one that only this process can know (see endpoint.h). The
    router accepts no frame from a peer that chose its routing id itself.

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

//  Makes a router that is bound to the endpoints of an owner's folder (see
//  weir__endpoint). Returns NULL with EMFILE, ENOMEM or another errno of bind.
weir__router_t *weir__router_new (const char *path);

//  Closes the socket and frees the router. libzmq goes on sending what is left
//  for a short time.
void weir__router_destroy (weir__router_t **self_p);

//  Returns the descriptor of ZeroMQ. When it polls readable, call
//  weir__router_ready again.
int weir__router_fd (weir__router_t *self);

//  Returns whether a frame can be received.
bool weir__router_ready (weir__router_t *self);

//  A received frame. A message of several parts, or from a peer that chose its
//  routing id itself, is not a frame and has size 0. The number of a peer that
//  chose its routing id itself is 0; nothing can be sent to it.
typedef struct weir__inbound {
    uint64_t peer;
    const uint8_t *data;
    size_t size;
    size_t parts; //  parts of the message; only a single one is a frame
} weir__inbound_t;

//  Receives the next frame without waiting. The frame is borrowed until the
//  next call. Returns 0, or -1 with EAGAIN.
int weir__router_recv (weir__router_t *self, weir__inbound_t *ret_inbound);

//  Returns the sender of the frame that weir__router_recv gave last: for ipc as
//  the kernel reports it, for inproc this process. Returns false when the
//  sender is unknown.
bool weir__router_sender (weir__router_t *self, uid_t *ret_uid, pid_t *ret_pid);

//  Sends a message in one or more frames, without waiting. Returns 0, or -1
//  with EAGAIN (the queue of the peer is full), EHOSTUNREACH (the peer is gone)
//  or ENOMEM (nothing was sent).
int weir__router_send (weir__router_t *self, uint64_t peer,
                       const weir__frame_t *message);

//  Returns whether a peer is still connected. Once it is not, everything that
//  it sent has been received or can be received. This sends an empty message to
//  the peer, so call it only for dead processes.
bool weir__router_reaches (weir__router_t *self, uint64_t peer);

#endif
