/*  dealer.h - ZeroMQ on a link's side

    One DEALER socket, connected to one owner. One thread uses a dealer.

    SPDX-License-Identifier: MPL-2.0
*/

#ifndef WEIR__CARRIER_DEALER_H_INCLUDED
#define WEIR__CARRIER_DEALER_H_INCLUDED

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "codec/frame.h"

typedef struct weir__dealer weir__dealer_t;

//  Connects to the owner whose folder is at `path`; local: the owner is a
//  thread of this process. NULL with EMFILE, ENOMEM or another errno of
//  connect. Does not wait for the owner.
weir__dealer_t *weir__dealer_new (const char *path, bool local);

//  Looks, without connecting, whether the socket of the owner whose folder is at
//  `path` takes connections; also when it has too many of them, or when that
//  cannot be known. Returns 0, or -1 with ECONNREFUSED, or EMFILE or ENFILE: there
//  is no descriptor for a connection. Sets no sentence.
int weir__dealer_probe (const char *path);

//  Closes the socket. What was sent goes out in the background while the
//  process lives.
void weir__dealer_destroy (weir__dealer_t **self_p);

//  Frees what a forked child inherited, without touching the parent's socket.
void weir__dealer_forget (weir__dealer_t **self_p);

//  Sends a message, without waiting. Returns 0, or -1 with ENOMEM (nothing was
//  sent) or EAGAIN (local: the owner has closed its socket).
int weir__dealer_send (weir__dealer_t *self, const weir__frame_t *message);

//  The next frame, without waiting. Borrowed until the next call. Returns 0,
//  or -1 with EAGAIN.
int weir__dealer_recv (weir__dealer_t *self, const uint8_t **ret_data,
                       size_t *ret_size);

//  Waits until there may be something to receive, until `fd` (-1: none) polls
//  readable, or until the deadline. Returns 0; 1 when fd is readable; or -1
//  with EINTR or ETIMEDOUT.
int weir__dealer_wait (weir__dealer_t *self, int fd, uint64_t deadline_us);

//  ZeroMQ's own descriptor: becomes readable when there is something new. What
//  is not received then is not told again, and sending may take the signal
//  away; so it is worth waiting for from when weir__dealer_recv has said EAGAIN
//  until something is sent.
int weir__dealer_fd (const weir__dealer_t *self);

#endif
