/*  semaphore.h - units that threads acquire and release

    As Python's Semaphore and BoundedSemaphore, but fair: the thread that has
    waited longest gets the next unit. It also survives its holders: a thread
    holds the units that it has acquired, and when the thread or its process
    ends or is killed, those units become free.

    Any thread may release units, also one that has acquired none. A release
    takes its units first from those that the calling thread holds, then from
    the other holders, beginning with the one that has held longest, as if they
    had released them. Units that no thread holds are added to the semaphore. So
    when one thread only acquires and another only releases, the end of the
    first frees the units that it acquired and that have not been released
    since, and never more than were free at once before. Where a unit is a
    signal, which is used up and must not come back, use weir_semaphore_consume.

    A forked child does not hold the units of its parent.

    Names, handles, blocking and the errors of every operation: see object.h.

    Since 0.1.0.

    SPDX-License-Identifier: MPL-2.0
*/

#ifndef WEIR_SEMAPHORE_H_INCLUDED
#define WEIR_SEMAPHORE_H_INCLUDED

#include "object.h"

WEIR_BEGIN_C

//  Makes a semaphore. name: NULL for none. value: the number of free units, 0
//  to 2^31 - 1. Fails with EINVAL for another value.
WEIR_EXPORT WEIR_CHECK weir_semaphore_t *weir_semaphore_new (
    weir_owner_t *owner, const char *name, int64_t value);

//  Makes a semaphore that never has more free units than `value`, the number it
//  begins with. Parameters and errors as for weir_semaphore_new.
WEIR_EXPORT WEIR_CHECK weir_semaphore_t *weir_semaphore_new_bounded (
    weir_owner_t *owner, const char *name, int64_t value);

//  Opens the semaphore with that name.
WEIR_EXPORT WEIR_CHECK weir_semaphore_t *weir_semaphore_open (
    weir_owner_t *owner, const char *name);

//  Opens the semaphore that a reference refers to.
WEIR_EXPORT WEIR_CHECK weir_semaphore_t *weir_semaphore_from (
    weir_value_t reference);

//  Frees the handle and sets *self_p to NULL. The semaphore itself remains.
WEIR_EXPORT void weir_semaphore_destroy (weir_semaphore_t **self_p);

//  Takes a unit, which this thread then holds. Waits up to `timeout_ms` while
//  no unit is free.
//  Fails with EAGAIN (timeout 0: no unit is free), ETIMEDOUT, or EDEADLK (only
//  with timeout -1: the wait would never end, because it would close a circle
//  of waiting threads, which weir_error () names).
//  The circle counts only a semaphore that was made with one unit and that no
//  thread has released without holding it. So a semaphore that serves as a
//  signal is made with 0 units.
WEIR_EXPORT WEIR_CHECK int weir_semaphore_acquire (weir_semaphore_t *self,
                                                   int timeout_ms);

//  Takes a unit for good: the thread does not hold it, and its end does not
//  free it. Waits and fails as weir_semaphore_acquire.
WEIR_EXPORT WEIR_CHECK int weir_semaphore_consume (weir_semaphore_t *self,
                                                   int timeout_ms);

//  Releases `count` units, 1 or more: all or none.
//  Fails with EINVAL (count is below 1) or EOVERFLOW (a bounded semaphore would
//  have more free units than it began with; another one more than 2^31 - 1).
WEIR_EXPORT int weir_semaphore_release (weir_semaphore_t *self, int64_t count);

//  Returns the number of free units, or -1 on failure.
WEIR_EXPORT int64_t weir_semaphore_value (weir_semaphore_t *self);

WEIR_END_C

#endif
