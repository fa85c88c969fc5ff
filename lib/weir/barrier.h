/*  barrier.h - a point where threads wait until all of them have arrived

    As Python's Barrier: each of a number of parties waits; when the last one
    arrives, all of them return, and the barrier is ready for the next round.

    A barrier breaks when a thread aborts it, when a wait times out, when an
    action fails, and when a party dies or ends: while it waits, while it runs
    the action, or, if its process ends, when another party that passed the
    barrier with it waits again, since that one would wait for it without end.
    (Threads that did not pass with it can go on using the barrier.) A broken
    barrier fails all waits, present and later, with ECANCELED until it is
    reset.

    Names, handles, blocking and the errors of every operation: see object.h.
    After EINTR the thread no longer waits, and the barrier is not broken.

    Since 0.1.0.

    SPDX-License-Identifier: MPL-2.0
*/

#ifndef WEIR_BARRIER_H_INCLUDED
#define WEIR_BARRIER_H_INCLUDED

#include "object.h"

WEIR_BEGIN_C

//  Makes a barrier. name: NULL for none. parties: how many threads pass it
//  together, 1 to 2^20. Fails with EINVAL for another number.
WEIR_EXPORT WEIR_CHECK weir_barrier_t *weir_barrier_new (weir_owner_t *owner,
                                                         const char *name,
                                                         int64_t parties);

//  Opens the barrier with that name.
WEIR_EXPORT WEIR_CHECK weir_barrier_t *weir_barrier_open (weir_owner_t *owner,
                                                          const char *name);

//  Opens the barrier that a reference refers to.
WEIR_EXPORT WEIR_CHECK weir_barrier_t *weir_barrier_from (
    weir_value_t reference);

//  Frees the handle and sets *self_p to NULL. The barrier itself remains.
WEIR_EXPORT void weir_barrier_destroy (weir_barrier_t **self_p);

//  Waits up to `timeout_ms` for the other parties.
//  Returns this thread's position in the order of arrival, 0 to parties - 1, a
//  different one for each party. Fails with ECANCELED (the barrier is broken,
//  breaks during the wait, or is reset), ETIMEDOUT (the barrier is then broken)
//  or EAGAIN (timeout 0: not all the others wait; the barrier is not broken).
WEIR_EXPORT WEIR_CHECK int64_t weir_barrier_wait (weir_barrier_t *self,
                                                  int timeout_ms);

//  The action of weir_barrier_wait_with, called by the thread that waits.
//  Returns 0 on success.
typedef int (weir_action_fn) (void *arg);

//  Waits as weir_barrier_wait. If this thread is the last to arrive, it first
//  calls `action` (`arg`), while the other parties wait.
//  action: NULL for none. If it returns another value than 0, the barrier
//  breaks, and all parties get ECANCELED.
WEIR_EXPORT WEIR_CHECK int64_t weir_barrier_wait_with (weir_barrier_t *self,
                                                       weir_action_fn *action,
                                                       void *arg,
                                                       int timeout_ms);

//  Breaks the barrier. Its waiters fail with ECANCELED.
WEIR_EXPORT int weir_barrier_abort (weir_barrier_t *self);

//  Makes the barrier as new: it is not broken, and it has forgotten its earlier
//  parties. Its waiters fail with ECANCELED.
WEIR_EXPORT int weir_barrier_reset (weir_barrier_t *self);

//  Returns the number of parties, or -1 on failure.
WEIR_EXPORT int64_t weir_barrier_parties (weir_barrier_t *self);

//  Returns the number of threads that wait, or -1 on failure.
WEIR_EXPORT int64_t weir_barrier_waiting (weir_barrier_t *self);

//  Returns 1 when the barrier is broken, 0 when it is not, -1 on failure.
WEIR_EXPORT WEIR_CHECK int weir_barrier_broken (weir_barrier_t *self);

WEIR_END_C

#endif
