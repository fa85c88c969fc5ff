/*  uplink.h - one connection of this process to one owner

    A thread that calls has one for each owner (remote.c). Who waits for several
    things at once makes more of them, and asks each without waiting.

    One thread at a time uses an uplink; a lock may pass it from one to another.

    SPDX-License-Identifier: MPL-2.0
*/

#ifndef WEIR__CLIENT_UPLINK_H_INCLUDED
#define WEIR__CLIENT_UPLINK_H_INCLUDED

#include "client/remote.h"

//  Between looks at an uplink that has not been welcomed yet. / An owner that
//  runs and whose socket refuses connections for so long is given up.
enum { WEIR__UPLINK_STEP_MS = 50, WEIR__UPLINK_REFUSED_MS = 2000 };

typedef struct weir__uplink weir__uplink_t;

//  Connects to an owner and says HELLO; does not wait. The remote, borrowed,
//  stays while the uplink does. NULL with EOWNERDEAD (the remote has ended),
//  EMFILE or ENOMEM.
weir__uplink_t *weir__uplink_new (weir__remote_t *remote);

//  Says CLOSE, when that is of use still, and frees the uplink. One that was
//  inherited over a fork is only forgotten. errno stays.
void weir__uplink_destroy (weir__uplink_t **self_p);

//  Says over `self` (NULL: over one that is made for it) that this process's
//  session is over, and frees it.
void weir__uplink_end_session (weir__uplink_t **self_p, weir__remote_t *remote);

//  Whether it is of use no more: inherited over a fork, lost, or its remote has
//  ended. Nothing but this and weir__uplink_destroy is for such a one.
bool weir__uplink_is_stale (const weir__uplink_t *self);

//  Sends a request. Returns 0 and its number, or -1 with EAGAIN (WEIR__WINDOW
//  requests have no reply yet), EINVAL or EMSGSIZE (an argument), EOWNERDEAD or
//  ENOMEM: then nothing was asked.
int weir__uplink_ask (weir__uplink_t *self, const weir__ask_t *ask,
                      uint64_t *ret_number);

//  Whether fewer than WEIR__WINDOW requests have no reply yet.
bool weir__uplink_has_room (const weir__uplink_t *self);

//  Takes in what has arrived, until the reply to that request is among it;
//  replies to others are dropped. Returns 1 (*ret_value, NULL: not wanted, is
//  owned by the caller); 0: nothing more is there; or -1 with the owner's error
//  and sentence, ENOMEM, or, stale from now on, EPROTO, EOWNERDEAD, what the
//  owner refuses the uplink with, or, while it is not welcomed, ECONNREFUSED (the
//  owner runs, but its socket takes no connections), EMFILE or ENFILE.
int weir__uplink_take_in (weir__uplink_t *self, uint64_t number,
                          weir_value_t *ret_value);

//  Waits for that reply. A signal makes it cancel the request, and wait on for
//  its reply, which is the result or EINTR. Returns 0, or -1 as
//  weir__uplink_take_in.
int weir__uplink_await (weir__uplink_t *self, uint64_t number,
                        weir_value_t *ret_value);

//  Asks for the end of a request's wait. Its reply comes all the same. Returns
//  0, or -1 with EOWNERDEAD or ENOMEM.
int weir__uplink_cancel (weir__uplink_t *self, uint64_t number);

//  For who waits elsewhere: there is more to take in when the first descriptor
//  becomes readable, which is worth looking at only from when
//  weir__uplink_take_in has returned 0 until the uplink is asked or cancels
//  again; or when the second one is readable, -1 for an owner in this process:
//  the owner is dead. Both may be silent about an owner that ended before it
//  has welcomed the uplink: until then it wants to be taken in from every
//  WEIR__UPLINK_STEP_MS.
int weir__uplink_fd (const weir__uplink_t *self);
int weir__uplink_owner_fd (const weir__uplink_t *self);
bool weir__uplink_is_welcomed (const weir__uplink_t *self);

#endif
