/*  uplink.h - one connection of this process to one owner

    Each thread that calls has one uplink for each owner (links.h). A thread
    that waits for several things at once makes more uplinks, and sends a
    request over each without waiting.

    One thread at a time uses an uplink. A lock may pass it to another thread.

    SPDX-License-Identifier: MPL-2.0
*/

#ifndef WEIR__CLIENT_UPLINK_H_INCLUDED
#define WEIR__CLIENT_UPLINK_H_INCLUDED

#include "client/remote.h"

//  STEP: how often to look at an uplink that has no WELCOME yet.
//  REFUSED: how long a running owner's socket may refuse connections before the
//  uplink gives up.
enum { WEIR__UPLINK_STEP_MS = 50, WEIR__UPLINK_REFUSED_MS = 2000 };

typedef struct weir__uplink weir__uplink_t;

//  Connects to an owner and sends HELLO; does not wait. The remote is borrowed,
//  and remains valid while the uplink does. Returns NULL with EOWNERDEAD (the
//  remote has ended), EMFILE or ENOMEM.
weir__uplink_t *weir__uplink_new (weir__remote_t *remote);

//  Sends CLOSE if the uplink is not stale, and frees the uplink. Sends nothing
//  and closes no socket for an uplink that was inherited over a fork. errno
//  stays.
void weir__uplink_destroy (weir__uplink_t **self_p);

//  Tells the owner over `*self_p` that this process's session ends, and frees
//  the uplink. If `*self_p` is NULL, makes an uplink for the purpose.
void weir__uplink_end_session (weir__uplink_t **self_p, weir__remote_t *remote);

//  Returns whether the uplink is useless: it was inherited over a fork, it is
//  lost, or its remote has ended. The caller may then only destroy it.
bool weir__uplink_is_stale (const weir__uplink_t *self);

//  Sends a request. Returns 0 and its number, or -1 with EAGAIN (WEIR__WINDOW
//  requests have no reply yet), EINVAL or EMSGSIZE (an argument), EOWNERDEAD or
//  ENOMEM. After a failure nothing was sent.
int weir__uplink_ask (weir__uplink_t *self, const weir__operation_t *ask,
                      uint64_t *ret_number);

//  Returns whether fewer than WEIR__WINDOW requests have no reply yet.
bool weir__uplink_has_room (const weir__uplink_t *self);

//  Takes in all frames that have arrived, up to the reply to request `number`.
//  Drops the replies to other requests. Does not wait.
//  ret_value: NULL when not wanted; the caller owns the value.
//  Returns 1 when the reply has arrived, 0 when it has not, or -1 with the
//  owner's error and sentence or ENOMEM. The other failures leave the uplink
//  stale: EPROTO, EOWNERDEAD, the error of the owner's refusal and, before
//  WELCOME, ECONNREFUSED (the owner runs, but its socket takes no connections),
//  EMFILE or ENFILE.
int weir__uplink_take_in (weir__uplink_t *self, uint64_t number,
                          weir_value_t *ret_value);

//  Waits for the reply to request `number`. A signal cancels the request; the
//  wait then goes on for the reply, which is the result or EINTR. Returns 0, or
//  -1 as weir__uplink_take_in.
int weir__uplink_await (weir__uplink_t *self, uint64_t number,
                        weir_value_t *ret_value);

//  Asks the owner to end a request's wait. The reply still comes. Returns 0, or
//  -1 with EOWNERDEAD or ENOMEM.
int weir__uplink_cancel (weir__uplink_t *self, uint64_t number);

//  For a caller that waits by its own poll. Returns a descriptor that becomes
//  readable when frames may have arrived. It is valid for that only between a
//  weir__uplink_take_in that returned 0 and the next request or cancel.
//  While the uplink has no WELCOME, neither this descriptor nor the next one
//  may tell of the owner's end. The caller must therefore call
//  weir__uplink_take_in every WEIR__UPLINK_STEP_MS until then.
int weir__uplink_fd (const weir__uplink_t *self);

//  Returns a descriptor that is readable when the owner is dead; -1 when the
//  owner is in this process.
int weir__uplink_owner_fd (const weir__uplink_t *self);

//  Returns whether the owner's WELCOME has arrived.
bool weir__uplink_is_welcomed (const weir__uplink_t *self);

#endif
