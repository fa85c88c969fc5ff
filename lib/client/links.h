/*  links.h - the links of this thread, one for each owner

    Each thread that calls an owner has a link of its own, so that the waits of
    two threads never mix. The thread's first call makes the link; the end of
    the thread closes it.

    Any thread. Each thread sees only its own links.

    SPDX-License-Identifier: MPL-2.0
*/

#ifndef WEIR__CLIENT_LINKS_H_INCLUDED
#define WEIR__CLIENT_LINKS_H_INCLUDED

#include "client/remote.h"

//  Sends a request to the owner and waits for the reply.
//  ret_value: NULL when not wanted; the caller owns the value.
//  Returns 0, or -1 with the owner's error and sentence; EINTR (a signal ended
//  the wait, and nothing was done); EOWNERDEAD; EPROTO; ECONNREFUSED, EMFILE or
//  ENFILE as weir__uplink_take_in; EINVAL, EMSGSIZE or ENOMEM (an argument).
int weir__links_call (weir__remote_t *self, const weir__operation_t *ask,
                      weir_value_t *ret_value);

//  Returns the guard of this thread's changes at that owner, for the caller to
//  set. The owner makes each change only while the guard's grant holds the
//  guard's object; otherwise the change fails with ESTALE. Object 0 means no
//  guard. The pointer is borrowed until this thread's next call. Returns NULL
//  with the errors of weir__links_call.
weir__guard_t *weir__links_guard (weir__remote_t *self);

//  Releases a share in the remote. The last share ends the session, even when
//  the threads that had links in it have ended. errno stays.
void weir__links_release (weir__remote_t *remote);

#endif
