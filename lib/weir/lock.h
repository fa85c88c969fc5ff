/*  lock.h - locks that survive their holders

    One thread of one process holds a lock. The lock is fair: the thread that
    has waited longest gets it next. When the thread or the process that holds
    it ends or is killed, the lock passes to the next waiter, marked as
    abandoned: the data that it protects may be half changed. A dead waiter
    leaves the line. Unlike Python's Lock, only the thread that acquired a lock
    can release it. The thread that holds an rlock can acquire it again; the
    rlock is free once it was released as often. A forked child does not hold
    the locks of its parent.

    Deadlocks. A wait that would never end, because it closes a circle of
    waiting threads, fails with EDEADLK, and weir_error () names the circle. The
    circle counts locks, rlocks, read-write locks and semaphores of one unit; it
    counts waits without a timeout, and no holds with a lease. A wait with a
    timeout ends by itself, and weir_error () then names the circle. When a wait
    at a condition comes back to its lock (condition.h) and so closes a circle,
    the wait of that lock's holder fails.

    A change that is one message (weir_dict_add, weir_var_cas ...) needs no
    lock.

    Names, handles, blocking and the errors of every operation: see object.h.

    Since 0.1.0.

    SPDX-License-Identifier: MPL-2.0
*/

#ifndef WEIR_LOCK_H_INCLUDED
#define WEIR_LOCK_H_INCLUDED

#include "object.h"

WEIR_BEGIN_C

//  Makes a lock. name: NULL for none.
WEIR_EXPORT WEIR_CHECK weir_lock_t *weir_lock_new (weir_owner_t *owner,
                                                   const char *name);

//  Opens the lock with that name. Fails with EINVAL for an rlock.
WEIR_EXPORT WEIR_CHECK weir_lock_t *weir_lock_open (weir_owner_t *owner,
                                                    const char *name);

//  Makes an rlock. name: NULL for none.
WEIR_EXPORT WEIR_CHECK weir_lock_t *weir_rlock_new (weir_owner_t *owner,
                                                    const char *name);

//  Opens the rlock with that name. Fails with EINVAL for a lock.
WEIR_EXPORT WEIR_CHECK weir_lock_t *weir_rlock_open (weir_owner_t *owner,
                                                     const char *name);

//  Opens the lock or the rlock that a reference refers to.
WEIR_EXPORT WEIR_CHECK weir_lock_t *weir_lock_from (weir_value_t reference);

//  Frees the handle and sets *self_p to NULL. The lock itself remains, with its
//  holder.
WEIR_EXPORT void weir_lock_destroy (weir_lock_t **self_p);

//  Acquires the lock. Waits up to `timeout_ms` while another thread holds it.
//  Fails with EAGAIN (timeout 0: it is held), ETIMEDOUT, or EDEADLK (only with
//  timeout -1: the wait would never end, because this thread holds the lock, or
//  holds something that the lock's holder waits for, or that the holder begins
//  to wait for when its wait at a condition comes back meanwhile).
WEIR_EXPORT WEIR_CHECK int weir_lock_acquire (weir_lock_t *self,
                                              int timeout_ms);

//  Acquires the lock for `lease_ms` milliseconds, 1 or more. Then the lock
//  passes on as if this thread had died, even if the thread was only stopped.
//  Waits and fails as weir_lock_acquire, and with EINVAL for another lease.
//  To keep a late thread from doing harm, the call also guards this thread's
//  changes, as weir_lock_guard. When the thread already holds the rlock, its
//  lease begins anew, if it has one.
WEIR_EXPORT WEIR_CHECK int weir_lock_acquire_lease (weir_lock_t *self,
                                                    int lease_ms,
                                                    int timeout_ms);

//  Makes the lease end `lease_ms` milliseconds from now, 1 or more.
//  Fails with EPERM (this thread no longer holds the lock), EINVAL (the lease
//  is out of range, or the thread holds the lock without a lease) or ESTALE.
WEIR_EXPORT WEIR_CHECK int weir_lock_renew (weir_lock_t *self, int lease_ms);

//  Guards this thread's changes: from now on each change that it makes to any
//  object of the lock's owner is done only while the grant with that token
//  holds the lock. Otherwise the change fails with ESTALE, and nothing has
//  changed. Reads are not guarded.
//  token: a number from weir_lock_token, of this thread's grant or of another
//  thread's; 0 ends the guard.
//  A thread has one guard at an owner, the last one set. The guard also ends
//  when the thread releases the lock.
WEIR_EXPORT WEIR_CHECK int weir_lock_guard (weir_lock_t *self, uint64_t token);

//  Releases the lock, or undoes one acquire of an rlock. The lock is then no
//  longer marked as abandoned.
//  Fails with EPERM (this thread does not hold the lock) or ESTALE (it was
//  guarded, and its lease has run out).
WEIR_EXPORT int weir_lock_release (weir_lock_t *self);

//  Returns whether the holder before this thread ended without a release. Valid
//  while this thread holds the lock. Returns false when `self` is NULL. Does
//  not block.
WEIR_EXPORT bool weir_lock_abandoned (const weir_lock_t *self);

//  Returns the number of this grant. Valid while this thread holds the lock.
//  Each grant of a lock has a larger number than the one before. Returns 0 when
//  this handle has never acquired the lock, or is NULL. Does not block.
WEIR_EXPORT uint64_t weir_lock_token (const weir_lock_t *self);

//  Returns 1 when a thread holds the lock, 0 when none does, -1 on failure.
WEIR_EXPORT WEIR_CHECK int weir_lock_locked (weir_lock_t *self);

//  Returns the number of threads that wait for the lock, or -1 on failure.
WEIR_EXPORT int64_t weir_lock_waiting (weir_lock_t *self);

WEIR_END_C

#endif
