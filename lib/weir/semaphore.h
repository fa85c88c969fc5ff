/*  semaphore.h - units that threads acquire and release

    As Python's Semaphore and BoundedSemaphore, but fair: who waits longest gets
    the next unit. And it survives its holders. A unit that a thread has
    acquired is held by that thread: when the thread or its process ends, or is
    killed, its units are free again.

    Anybody can release, also who has acquired nothing. What a thread releases
    is taken from what it holds itself, then from what others hold, the one
    first that has held the longest, as if they had released it; what nobody
    holds is added to the semaphore. So a thread that only acquires, while
    another one only releases, holds what it acquired and was not released
    since: that much comes back when it ends, and never more than was free at
    once before. If units are signals, which are used up, nothing should come
    back: then use weir_semaphore_consume, which acquires for good.

    All operations are linearizable.

    Errors that every function has, besides those listed: EINVAL (a NULL handle
    or a bad argument), ENOENT (it was dropped), EOWNERDEAD (its owner has
    ended; if during the call, whether it was done is unknown), ECONNREFUSED
    (its owner runs, but its socket takes no connections; whether it was done is
    unknown), EINTR (a signal came while it waited; nothing was done), EMFILE or
    ENOBUFS (no descriptor here, or no room at the owner, for this thread's
    connection), EACCES (the owner does not serve this process), EPROTO (it has
    thrown this process out), ESTALE (acquire, consume, release: the lock that
    guards this thread has passed on, see weir_lock_guard), ENOMEM. On failure
    nothing has changed.

    Any thread, also at the same time on one handle; but destroy must be last.
    Handles stay valid in forked children, which do not hold what their parent
    holds.

    SPDX-License-Identifier: MPL-2.0
*/

#ifndef WEIR_SEMAPHORE_H_INCLUDED
#define WEIR_SEMAPHORE_H_INCLUDED

#include "object.h"

WEIR_BEGIN_C

//  Makes a semaphore with so many units, 0 to 2^31 - 1 / one that never has
//  more units free than at first / opens the one with that name / opens the one
//  that a reference stands for. name: up to 255 bytes; NULL: none, see
//  object.h. NULL with EEXIST (new: the name is taken), ENOENT (there is none),
//  EINVAL (it is no semaphore, or a bad argument), or as every function.
//  Since 0.1.
WEIR_EXPORT WEIR_CHECK weir_semaphore_t *weir_semaphore_new (
    weir_owner_t *owner, const char *name, int64_t value);
WEIR_EXPORT WEIR_CHECK weir_semaphore_t *weir_semaphore_new_bounded (
    weir_owner_t *owner, const char *name, int64_t value);
WEIR_EXPORT WEIR_CHECK weir_semaphore_t *weir_semaphore_open (
    weir_owner_t *owner, const char *name);
WEIR_EXPORT WEIR_CHECK weir_semaphore_t *weir_semaphore_from (
    weir_value_t reference);

//  Frees the handle; see object.h for what becomes of the semaphore. Accepts
//  NULL and a NULL pointer. Since 0.1.
WEIR_EXPORT void weir_semaphore_destroy (weir_semaphore_t **self_p);

//  Takes a unit, and waits while none is free. Returns 0, or -1 with EAGAIN
//  (timeout 0: none is free), ETIMEDOUT, EDEADLK, EINTR. timeout_ms: -1 waits,
//  0 tries.
//  EDEADLK, only without a timeout: the wait would never end, because of who
//  waits for whom; weir_error () names the circle. It counts a semaphore that
//  was made with one unit, while nobody has released it who did not hold it.
//  So one that you wait at for others to release is made with 0 units.
//  Since 0.1.
WEIR_EXPORT WEIR_CHECK int weir_semaphore_acquire (weir_semaphore_t *self,
                                                   int timeout_ms);

//  The same, for good: the unit is not held, and does not come back when this
//  thread ends. Since 0.1.
WEIR_EXPORT WEIR_CHECK int weir_semaphore_consume (weir_semaphore_t *self,
                                                   int timeout_ms);

//  Gives so many units back, 1 or more: all, or none. Returns 0, or -1 with
//  EOVERFLOW (a bounded one would have more units free than at first; any other
//  more than 2^31 - 1). Since 0.1.
WEIR_EXPORT int weir_semaphore_release (weir_semaphore_t *self, int64_t count);

//  How many units are free; -1 on failure. Since 0.1.
WEIR_EXPORT int64_t weir_semaphore_value (weir_semaphore_t *self);

WEIR_END_C

#endif
