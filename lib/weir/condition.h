/*  condition.h - waiting for a notice, with a lock released meanwhile

    As Python's Condition. A condition belongs to a lock (lock.h). A thread that
    holds the lock and finds that what it needs has not happened waits at the
    condition; the lock is free meanwhile. The thread that makes it happen
    notifies, and each notified waiter returns once it holds the lock again.
    Releasing the lock and beginning to wait are one step, so no notice is lost.
    Waiters are notified in the order in which they began to wait; dead waiters
    do not count. When a notifier dies, its notices remain valid, and the lock
    passes on, marked as abandoned (weir_lock_abandoned).

    A wait ends only with a notice, its timeout, a signal, or a drop of the
    condition or of its lock; there are no spurious wake-ups. The state that the
    waiter needs may have come and gone again, so the waiter checks it
    (weir_condition_wait_for does).

    A waiter that holds other locks can close a circle of waits when it comes
    back to its lock and that lock's holder waits for one of the others. The
    waiter must get its lock back, so its wait goes on; the holder's wait fails
    with EDEADLK (lock.h).

    Names, handles, blocking and the errors of every operation: see object.h.

    Since 0.1.0.

    SPDX-License-Identifier: MPL-2.0
*/

#ifndef WEIR_CONDITION_H_INCLUDED
#define WEIR_CONDITION_H_INCLUDED

#include "lock.h"
#include "object.h"

WEIR_BEGIN_C

//  Makes a condition.
//  name: NULL for none.
//  lock: its lock or rlock, of the same owner; borrowed for the call.
//  Fails with EINVAL (the lock is NULL or has another owner) or ENOENT (the
//  lock was dropped).
WEIR_EXPORT WEIR_CHECK weir_condition_t *weir_condition_new (
    weir_owner_t *owner, const char *name, weir_lock_t *lock);

//  Opens the condition with that name.
WEIR_EXPORT WEIR_CHECK weir_condition_t *weir_condition_open (
    weir_owner_t *owner, const char *name);

//  Opens the condition that a reference refers to.
WEIR_EXPORT WEIR_CHECK weir_condition_t *weir_condition_from (
    weir_value_t reference);

//  Frees the handle and sets *self_p to NULL. The condition itself remains.
WEIR_EXPORT void weir_condition_destroy (weir_condition_t **self_p);

//  Releases the lock, however often this thread has acquired it, waits up to
//  `timeout_ms` for a notice, and acquires the lock again, as often as before.
//  lock: the condition's lock; borrowed for the call.
//  The thread holds the lock again when the call returns 0 (after a notice),
//  and when it fails with ETIMEDOUT, EINTR, or ENOENT because the condition was
//  dropped. If another thread holds the lock then, the call waits for it beyond
//  the timeout. The grant is a new one: a guard by the lock and its lease apply
//  to the new grant.
//  After any other failure the lock was not released, or the thread no longer
//  holds it: EAGAIN (timeout 0), EPERM (this thread does not hold the lock),
//  EINVAL (it is not this condition's lock), ENOENT (the lock was dropped), and
//  the errors of every operation.
WEIR_EXPORT WEIR_CHECK int weir_condition_wait (weir_condition_t *self,
                                                weir_lock_t *lock,
                                                int timeout_ms);

//  The predicate of weir_condition_wait_for. It is called with the lock held,
//  by the thread that waits, and returns whether what the thread waits for is
//  true.
typedef bool (weir_predicate_fn) (void *arg);

//  Waits up to `timeout_ms` until `predicate` (`arg`) returns true. Calls it at
//  first, after each notice, and when the time is over.
//  Returns 0 when the predicate is true. Fails as weir_condition_wait, and with
//  EAGAIN (timeout 0: the predicate is false).
WEIR_EXPORT WEIR_CHECK int weir_condition_wait_for (
    weir_condition_t *self, weir_lock_t *lock, weir_predicate_fn *predicate,
    void *arg, int timeout_ms);

//  Notifies the first `count` waiters, or all when there are fewer. count: 0 or
//  more.
//  Returns how many it has notified. Fails with EPERM (this thread does not
//  hold the lock), EINVAL (count is negative) or ENOENT (the condition or its
//  lock was dropped).
WEIR_EXPORT int64_t weir_condition_notify (weir_condition_t *self,
                                           int64_t count);

//  Notifies all waiters.
//  Returns how many it has notified. Fails as weir_condition_notify.
WEIR_EXPORT int64_t weir_condition_notify_all (weir_condition_t *self);

WEIR_END_C

#endif
