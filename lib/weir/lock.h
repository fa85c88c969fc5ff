/*  lock.h - locks that survive their holders

    Owned by one thread of one process. Fair: who waits longest gets it next.
    When the thread or process that holds it ends, or is killed, the next one
    gets it marked as abandoned: what it guards may be half changed. A waiter
    that dies is taken out of the line. Unlike Python's Lock, only the thread
    that acquired it can release it. An rlock can be acquired again by the
    thread that holds it, and is free when it was released as often. All
    operations are linearizable.

    A wait that would never end, because of who waits for whom, is refused with
    EDEADLK, and weir_error () names the circle. It counts locks, rlocks,
    read-write locks and semaphores of one unit; waits without a timeout, and no
    leases. A wait with a timeout ends, and weir_error () names the circle then. A
    circle that closes when a wait at a condition comes back to its
    lock (condition.h) ends the wait of who holds that lock.

    A change that is one message (weir_dict_add, weir_var_cas ...) needs no
    lock.

    Errors that every function has, besides those listed: EINVAL (a NULL handle
    or a bad argument), ENOENT (it was dropped), EOWNERDEAD (its owner has
    ended; if during the call, whether it was done is unknown), ECONNREFUSED
    (its owner runs, but its socket takes no connections; whether it was done is
    unknown), EINTR (a signal came while it waited; nothing was done), EMSGSIZE
    (a value over 64 MiB), EMFILE or ENOBUFS (no descriptor here, or no room at
    the owner, for this thread's connection), EACCES (the owner does not serve
    this process), EPROTO (it has thrown this process out), ENOMEM. On failure
    nothing has changed and no output is written. Values in `ret_` are owned by
    the caller (weir_value_clear).

    Any thread, also at the same time on one handle; but destroy must be last.
    Handles stay valid in forked children.

    SPDX-License-Identifier: MPL-2.0
*/

#ifndef WEIR_LOCK_H_INCLUDED
#define WEIR_LOCK_H_INCLUDED

#include "object.h"

WEIR_BEGIN_C

//  Makes a lock / opens the one with that name / opens the one that a reference
//  stands for. name: up to 255 bytes; NULL: none, see object.h.
//  An rlock's reference is opened by weir_lock_from, too.
//  NULL with EEXIST (new: the name is taken), ENOENT (there is none), EINVAL
//  (it is no such lock, or a bad argument), or as every function. Since 0.1.
WEIR_EXPORT WEIR_CHECK weir_lock_t *weir_lock_new (weir_owner_t *owner,
                                                   const char *name);
WEIR_EXPORT WEIR_CHECK weir_lock_t *weir_lock_open (weir_owner_t *owner,
                                                    const char *name);
WEIR_EXPORT WEIR_CHECK weir_lock_t *weir_rlock_new (weir_owner_t *owner,
                                                    const char *name);
WEIR_EXPORT WEIR_CHECK weir_lock_t *weir_rlock_open (weir_owner_t *owner,
                                                     const char *name);
WEIR_EXPORT WEIR_CHECK weir_lock_t *weir_lock_from (weir_value_t reference);

//  Frees the handle; see object.h for what becomes of the lock. Accepts NULL and
//  a NULL pointer. Since 0.1.
WEIR_EXPORT void weir_lock_destroy (weir_lock_t **self_p);

//  Takes the lock; waits while another thread holds it. Returns 0, or -1 with
//  EAGAIN (timeout 0: it is held), ETIMEDOUT, EDEADLK (only without a timeout:
//  the wait would never end, for this thread holds it, or something that its
//  holder waits for or, when a wait at a condition comes back meanwhile, begins
//  to wait for), EINTR. Since 0.1.
WEIR_EXPORT WEIR_CHECK int weir_lock_acquire (weir_lock_t *self,
                                              int timeout_ms);

//  The same for lease_ms milliseconds (1 or more): then the lock passes on as
//  if this thread had died, even if it only stood still. So that a thread which
//  comes late can do no harm, this also guards what it changes, see
//  weir_lock_guard. An rlock that is held already: its lease begins anew, if it
//  has one. Since 0.1.
WEIR_EXPORT WEIR_CHECK int weir_lock_acquire_lease (weir_lock_t *self,
                                                    int lease_ms,
                                                    int timeout_ms);

//  The lease ends lease_ms from now. EPERM: this thread does not hold it any
//  more; EINVAL: it holds it without a lease; ESTALE as weir_lock_guard.
//  Since 0.1.
WEIR_EXPORT WEIR_CHECK int weir_lock_renew (weir_lock_t *self, int lease_ms);

//  From now on each change that this thread makes to any object of the lock's
//  owner is made only while the lock is held by the grant of that number
//  (weir_lock_token; also one of another thread, which may have sent it here):
//  otherwise the change fails with ESTALE, and nothing has changed. Reads are
//  not guarded. A thread has one guard at an owner: the last. It ends when the
//  thread releases the lock, and with a token of 0. Since 0.1.
WEIR_EXPORT WEIR_CHECK int weir_lock_guard (weir_lock_t *self, uint64_t token);

//  Gives it back. EPERM: this thread does not hold it; ESTALE: its lease has
//  run out (weir_lock_guard). Since 0.1.
WEIR_EXPORT int weir_lock_release (weir_lock_t *self);

//  While you hold it: whether the one before you ended without a release. It
//  is no longer marked as abandoned once somebody releases it. Since 0.1.
WEIR_EXPORT bool weir_lock_abandoned (const weir_lock_t *self);

//  While you hold it: the number of this grant. Grants of a lock are counted,
//  so a later holder has a larger one. 0: never acquired by this handle.
//  Since 0.1.
WEIR_EXPORT uint64_t weir_lock_token (const weir_lock_t *self);

//  1 while somebody holds it, 0 while nobody does, -1 on failure. Since 0.1.
WEIR_EXPORT WEIR_CHECK int weir_lock_locked (weir_lock_t *self);

//  How many threads wait for it; -1 on failure. Since 0.1.
WEIR_EXPORT int64_t weir_lock_waiting (weir_lock_t *self);

WEIR_END_C

#endif
