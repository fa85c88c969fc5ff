/*  condition.h - waiting for what others will say, without the lock meanwhile

    As Python's Condition. It belongs to a lock (lock.h): who holds the lock and
    finds that something has not come yet waits here; the lock is free
    meanwhile. Who has made it come notifies, and each notified waiter goes on
    when it has the lock again. Giving the lock up and waiting are one step, so
    no notice is lost. Waiters are notified in the order in which they came; one
    that is dead is none. When a notifier dies, what it had notified stays so,
    and the lock passes on marked as abandoned (weir_lock_abandoned). All
    operations are linearizable.

    A wait ends only by a notice, its timeout, a signal or a drop (also of the
    lock): there are no wake-ups without a cause. What was waited for may have
    come and gone again, so look (weir_condition_wait_for does).

    Who holds other locks while it waits here can close a circle when it comes
    back: the lock's holder waits for one of those. A wait must have its lock
    back, so it is not refused; the holder's own wait is, with EDEADLK (lock.h).

    Errors that every function has, besides those listed: EINVAL (a NULL handle
    or a bad argument), ENOENT (it, or its lock, was dropped), EOWNERDEAD (its
    owner has ended; if during the call, whether it was done is unknown),
    ECONNREFUSED (its owner runs, but its socket takes no connections; whether
    it was done is unknown), EINTR (a signal came while it waited), EMFILE or
    ENOBUFS (no descriptor here, or no room at the owner, for this thread's
    connection), EACCES (the owner does not serve this process), EPROTO (it has
    thrown this process out), ESTALE (weir_lock_guard), ENOMEM.

    Any thread, also at the same time on one handle; but destroy must be last.
    Handles stay valid in forked children.

    SPDX-License-Identifier: MPL-2.0
*/

#ifndef WEIR_CONDITION_H_INCLUDED
#define WEIR_CONDITION_H_INCLUDED

#include "lock.h"
#include "object.h"

WEIR_BEGIN_C

//  Makes a condition of that lock, which may be an rlock and must have the same
//  owner / opens the one with that name / opens the one that a reference stands
//  for. name: up to 255 bytes; NULL: none, see object.h. The lock is borrowed
//  for the call. NULL with EEXIST (new: the name is taken), ENOENT (there is
//  none), EINVAL (it is no condition, or a bad argument), or as every function.
//  Since 0.1.
WEIR_EXPORT WEIR_CHECK weir_condition_t *weir_condition_new (
    weir_owner_t *owner, const char *name, weir_lock_t *lock);
WEIR_EXPORT WEIR_CHECK weir_condition_t *weir_condition_open (
    weir_owner_t *owner, const char *name);
WEIR_EXPORT WEIR_CHECK weir_condition_t *weir_condition_from (
    weir_value_t reference);

//  Frees the handle; see object.h for what becomes of the condition. Accepts
//  NULL and a NULL pointer. Since 0.1.
WEIR_EXPORT void weir_condition_destroy (weir_condition_t **self_p);

//  Gives the lock up, however often this thread has acquired it, waits for a
//  notice, and has the lock again, as often as before, when it returns: 0 after
//  a notice, -1 with ETIMEDOUT, with EINTR, or with ENOENT when the condition
//  was dropped. When another thread holds the lock then, that is waited for
//  beyond the timeout. The lock was not given up, or is not held any more,
//  after any other failure: EAGAIN (timeout 0), EPERM (this thread does not
//  hold it), EINVAL (it is not this condition's lock), ENOENT (the lock was
//  dropped), and those of every function. A guard by the lock, and its lease,
//  are those of the new grant. Since 0.1.
WEIR_EXPORT WEIR_CHECK int weir_condition_wait (weir_condition_t *self,
                                                weir_lock_t *lock,
                                                int timeout_ms);

//  What is waited for: called with the lock held, by the thread that waits.
typedef bool (weir_predicate_fn) (void *arg);

//  Waits until the predicate is true; 0 when it is. It is asked first, after
//  each notice, and when the time is over. -1 as weir_condition_wait, with
//  EAGAIN for a timeout of 0. Since 0.1.
WEIR_EXPORT WEIR_CHECK int weir_condition_wait_for (
    weir_condition_t *self, weir_lock_t *lock, weir_predicate_fn *predicate,
    void *arg, int timeout_ms);

//  Notifies the first `count` waiters, or those that there are / all of them.
//  Returns how many, or -1 with EPERM: this thread does not hold the lock.
//  Since 0.1.
WEIR_EXPORT int64_t weir_condition_notify (weir_condition_t *self,
                                           int64_t count);
WEIR_EXPORT int64_t weir_condition_notify_all (weir_condition_t *self);

WEIR_END_C

#endif
