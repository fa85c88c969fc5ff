/*  event.h - a flag that threads wait for

    As Python's Event: any thread of any process sets it, clears it and waits
    for it. Setting the event resumes all its waiters, in the order in which
    they began to wait, even if it is cleared right afterwards. An event has no
    holder: the end of a thread or process that uses it only cancels that
    thread's wait.

    Names, handles, blocking and the errors of every operation: see object.h.

    Since 0.1.0.

    SPDX-License-Identifier: MPL-2.0
*/

#ifndef WEIR_EVENT_H_INCLUDED
#define WEIR_EVENT_H_INCLUDED

#include "object.h"

WEIR_BEGIN_C

//  Makes an event that is not set. name: NULL for none.
WEIR_EXPORT WEIR_CHECK weir_event_t *weir_event_new (weir_owner_t *owner,
                                                     const char *name);

//  Opens the event with that name.
WEIR_EXPORT WEIR_CHECK weir_event_t *weir_event_open (weir_owner_t *owner,
                                                      const char *name);

//  Opens the event that a reference refers to.
WEIR_EXPORT WEIR_CHECK weir_event_t *weir_event_from (weir_value_t reference);

//  Frees the handle and sets *self_p to NULL. The event itself remains.
WEIR_EXPORT void weir_event_destroy (weir_event_t **self_p);

//  Sets the event and resumes all its waiters. Later waits return at once,
//  until the event is cleared. Setting it again changes nothing.
WEIR_EXPORT int weir_event_set (weir_event_t *self);

//  Clears the event. Clearing it again changes nothing.
WEIR_EXPORT int weir_event_clear (weir_event_t *self);

//  Returns 1 when the event is set, 0 when it is not, -1 on failure.
WEIR_EXPORT WEIR_CHECK int weir_event_is_set (weir_event_t *self);

//  Waits up to `timeout_ms` until the event is set. Fails with EAGAIN (timeout
//  0: it is not set) or ETIMEDOUT.
WEIR_EXPORT WEIR_CHECK int weir_event_wait (weir_event_t *self, int timeout_ms);

WEIR_END_C

#endif
