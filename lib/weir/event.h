/*  event.h - a flag that threads wait for

    Of everybody: any thread of any process sets it, clears it and waits for it,
    as Python's Event. Who waits when it is set goes on, in the order of asking,
    also when it is cleared right after that. It has no holder: when a thread or
    process that uses it ends, or is killed, nothing changes but that it does
    not wait any more. All operations are linearizable.

    Errors that every function has, besides those listed: EINVAL (a NULL handle
    or a bad argument), ENOENT (it was dropped), EOWNERDEAD (its owner has
    ended; if during the call, whether it was done is unknown), ECONNREFUSED
    (its owner runs, but its socket takes no connections; whether it was done is
    unknown), EINTR (a signal came while it waited; nothing was done), EMFILE or
    ENOBUFS (no descriptor here, or no room at the owner, for this thread's
    connection), EACCES (the owner does not serve this process), EPROTO (it has
    thrown this process out), ESTALE (set, clear, wait: the lock that guards
    this thread has passed on, see weir_lock_guard), ENOMEM. On failure nothing
    has changed.

    Any thread, also at the same time on one handle; but destroy must be last.
    Handles stay valid in forked children.

    SPDX-License-Identifier: MPL-2.0
*/

#ifndef WEIR_EVENT_H_INCLUDED
#define WEIR_EVENT_H_INCLUDED

#include "object.h"

WEIR_BEGIN_C

//  Makes an event, which is not set / opens the one with that name / opens the
//  one that a reference stands for. name: up to 255 bytes; NULL: none, see
//  object.h. NULL with EEXIST (new: the name is taken), ENOENT (there is none),
//  EINVAL (it is no event, or a bad argument), or as every function. Since 0.1.
WEIR_EXPORT WEIR_CHECK weir_event_t *weir_event_new (weir_owner_t *owner,
                                                     const char *name);
WEIR_EXPORT WEIR_CHECK weir_event_t *weir_event_open (weir_owner_t *owner,
                                                      const char *name);
WEIR_EXPORT WEIR_CHECK weir_event_t *weir_event_from (weir_value_t reference);

//  Frees the handle; see object.h for what becomes of the event. Accepts NULL
//  and a NULL pointer. Since 0.1.
WEIR_EXPORT void weir_event_destroy (weir_event_t **self_p);

//  Sets it, and lets all go on that wait; who waits later does not, until it is
//  cleared. / Clears it. Both may be done again. Return 0, or -1. Since 0.1.
WEIR_EXPORT int weir_event_set (weir_event_t *self);
WEIR_EXPORT int weir_event_clear (weir_event_t *self);

//  1 when it is set, 0 when it is not, -1 on failure. Since 0.1.
WEIR_EXPORT WEIR_CHECK int weir_event_is_set (weir_event_t *self);

//  Waits until it is set. Returns 0, or -1 with EAGAIN (timeout 0: it is not
//  set), ETIMEDOUT, EINTR. timeout_ms: -1 waits, 0 tries. Since 0.1.
WEIR_EXPORT WEIR_CHECK int weir_event_wait (weir_event_t *self, int timeout_ms);

WEIR_END_C

#endif
