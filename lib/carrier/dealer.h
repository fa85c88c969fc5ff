/*  dealer.h - ZeroMQ on the side of a link

    A dealer has one DEALER socket, which is connected to one owner. One thread
    uses a dealer.

    SPDX-License-Identifier: MPL-2.0
*/

#ifndef WEIR__CARRIER_DEALER_H_INCLUDED
#define WEIR__CARRIER_DEALER_H_INCLUDED

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "codec/frame.h"

typedef struct weir__dealer weir__dealer_t;

//  Connects to the owner whose folder is at `path`. With `local`, the owner is
//  a thread of this process. Does not wait for the owner. Returns NULL with
//  EMFILE, ENOMEM or another errno of connect.
weir__dealer_t *weir__dealer_new (const char *path, bool local);

//  Checks, without connecting, whether the socket of the owner whose folder is
//  at `path` accepts connections. Returns 0 when it does, when its queue is
//  full, and when the answer is unknown. Returns -1 with ECONNREFUSED; or with
//  EMFILE or ENFILE, when no descriptor for a connection is free. Sets no
//  sentence.
int weir__dealer_probe (const char *path);

//  Closes the socket and frees the dealer. libzmq sends what is left in the
//  background while the process lives.
void weir__dealer_destroy (weir__dealer_t **self_p);

//  Frees the dealer in a forked child, without using the socket of the parent.
void weir__dealer_forget (weir__dealer_t **self_p);

//  Sends a message without waiting. Returns 0, or -1 with ENOMEM (nothing was
//  sent) or EAGAIN (local: the owner has closed its socket).
int weir__dealer_send (weir__dealer_t *self, const weir__frame_t *message);

//  Receives the next frame without waiting. The frame is borrowed until the
//  next call. Returns 0, or -1 with EAGAIN.
int weir__dealer_recv (weir__dealer_t *self, const uint8_t **ret_data,
                       size_t *ret_size);

//  Waits until a frame may have arrived, until `fd` (-1 for none) polls
//  readable, or until the deadline. Returns 0 for a frame, 1 for `fd`, or -1
//  with EINTR or ETIMEDOUT.
int weir__dealer_wait (weir__dealer_t *self, int fd, uint64_t deadline_us);

//  Returns the descriptor of ZeroMQ, which becomes readable when something new
//  arrives. It does not signal again for frames that were not received then,
//  and a send may consume the signal. So a caller may wait for it only from the
//  moment when weir__dealer_recv has returned EAGAIN until the next send.
int weir__dealer_fd (const weir__dealer_t *self);

#endif
