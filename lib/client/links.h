/*  links.h - the links of this thread, one for each owner

    Each thread that calls an owner has a link of its own, made at its first call
    and closed when the thread ends, so that one thread's wait is never another's.

    SPDX-License-Identifier: MPL-2.0
*/

#ifndef WEIR__CLIENT_LINKS_H_INCLUDED
#define WEIR__CLIENT_LINKS_H_INCLUDED

#include "client/remote.h"

//  Asks the owner and waits for its answer. *ret_value (NULL: not wanted) is
//  owned by the caller. Returns 0, or -1 with the owner's error and sentence;
//  EINTR (interrupted while it waited, nothing was done); EOWNERDEAD; EPROTO;
//  ECONNREFUSED, EMFILE or ENFILE, as weir__uplink_take_in; EINVAL, EMSGSIZE or
//  ENOMEM (an argument).
int weir__links_call (weir__remote_t *self, const weir__ask_t *ask,
                      weir_value_t *ret_value);

//  The guard of what this thread changes there, to be set: each change is made
//  only while the guard's object is held by that grant (ESTALE otherwise);
//  object 0 is none. Borrowed until the next call. NULL as weir__links_call.
weir__guard_t *weir__links_guard (weir__remote_t *self);

//  Gives a share in the remote back. With the last share the session ends, also
//  when the threads that were its links have ended. errno stays.
void weir__links_release (weir__remote_t *remote);

#endif
