/*  rwlock.h - a lock that many threads hold for reading, or one for writing

    The lock is fair: the thread that has waited longest gets it next, and a
    reader that arrives after a waiting writer waits behind it, so neither
    readers nor writers starve. Only a thread that acquired the lock can release
    it. A thread that holds it for reading may acquire it for reading again,
    also while writers wait, and releases it as often. A thread that holds it
    for writing cannot acquire it again, and a reader cannot become a writer: it
    must release the lock first.

    The lock survives its holders. When a thread or process that holds it ends
    or is killed, its hold ends; after a writer the lock is marked as abandoned:
    the data that it protects may be half changed. A dead waiter leaves the
    line. A forked child does not hold the locks of its parent. Python has no
    such lock.

    A wait that would never end fails with EDEADLK, as in lock.h.

    Names, handles, blocking and the errors of every operation: see object.h.

    Since 0.1.0.

    SPDX-License-Identifier: MPL-2.0
*/

#ifndef WEIR_RWLOCK_H_INCLUDED
#define WEIR_RWLOCK_H_INCLUDED

#include "object.h"

WEIR_BEGIN_C

//  Makes a read-write lock. name: NULL for none.
WEIR_EXPORT WEIR_CHECK weir_rwlock_t *weir_rwlock_new (weir_owner_t *owner,
                                                       const char *name);

//  Opens the read-write lock with that name.
WEIR_EXPORT WEIR_CHECK weir_rwlock_t *weir_rwlock_open (weir_owner_t *owner,
                                                        const char *name);

//  Opens the read-write lock that a reference refers to.
WEIR_EXPORT WEIR_CHECK weir_rwlock_t *weir_rwlock_from (weir_value_t reference);

//  Frees the handle and sets *self_p to NULL. The lock itself remains, with its
//  holders.
WEIR_EXPORT void weir_rwlock_destroy (weir_rwlock_t **self_p);

//  Acquires the lock for reading, together with other readers. Waits up to
//  `timeout_ms` while another thread holds it for writing or waits to.
//  Fails with EAGAIN (timeout 0: it would have to wait), ETIMEDOUT, or EDEADLK
//  (only with timeout -1: the wait would never end, because this thread holds
//  the lock for writing, or holds something that a holder waits for).
WEIR_EXPORT WEIR_CHECK int weir_rwlock_acquire_read (weir_rwlock_t *self,
                                                     int timeout_ms);

//  Acquires the lock for writing, alone. Waits up to `timeout_ms` while another
//  thread holds it.
//  Fails with EAGAIN (timeout 0: it is held), ETIMEDOUT, or EDEADLK (only with
//  timeout -1: the wait would never end, because this thread holds the lock, or
//  holds something that a holder waits for).
WEIR_EXPORT WEIR_CHECK int weir_rwlock_acquire_write (weir_rwlock_t *self,
                                                      int timeout_ms);

//  Releases the lock once. Fails with EPERM when this thread does not hold it.
WEIR_EXPORT int weir_rwlock_release (weir_rwlock_t *self);

//  Returns whether the last writer ended without a release. Valid while this
//  thread holds the lock. The mark ends when another writer releases the lock.
//  Returns false when `self` is NULL. Does not block.
WEIR_EXPORT bool weir_rwlock_abandoned (const weir_rwlock_t *self);

//  Returns the number of this grant for writing. Valid while this thread holds
//  the lock for writing. A later grant has a larger number. Returns 0 when this
//  handle has never acquired the lock for writing, or is NULL. Does not block.
WEIR_EXPORT uint64_t weir_rwlock_token (const weir_rwlock_t *self);

//  Returns 1 when a thread holds the lock for writing, 0 when none does, -1 on
//  failure.
WEIR_EXPORT WEIR_CHECK int weir_rwlock_writing (weir_rwlock_t *self);

//  Returns the number of threads that hold the lock for reading, or -1 on
//  failure.
WEIR_EXPORT int64_t weir_rwlock_readers (weir_rwlock_t *self);

//  Returns the number of threads that wait for the lock, or -1 on failure.
WEIR_EXPORT int64_t weir_rwlock_waiting (weir_rwlock_t *self);

WEIR_END_C

#endif
