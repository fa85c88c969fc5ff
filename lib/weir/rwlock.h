/*  rwlock.h - a lock that many threads hold for reading, or one for writing

    Fair: who waits longest gets it next, and a reader that comes after a writer
    waits behind it, so that neither readers nor writers starve. Held by threads:
    only a thread that acquired it can release it. One that holds it for reading
    may acquire it for reading again, also while writers wait, and releases it as
    often. One that holds it for writing cannot acquire it again, and reading
    cannot become writing: release it first.

    It survives its holders. When a thread or process that holds it ends, or is
    killed, it passes on; after a writer, marked as abandoned: what it guards may
    be half changed. A waiter that dies is taken out of the line. All operations
    are linearizable. Python has nothing like it.

    A wait that would never end, because of who waits for whom, is refused with
    EDEADLK, as in lock.h, and weir_error () names the circle.

    Errors that every function has, besides those listed: EINVAL (a NULL handle
    or a bad argument), ENOENT (it was dropped), EOWNERDEAD (its owner has
    ended; if during the call, whether it was done is unknown), ECONNREFUSED
    (its owner runs, but its socket takes no connections; whether it was done is
    unknown), EINTR (a signal came while it waited; nothing was done), EMFILE or
    ENOBUFS (no descriptor here, or no room at the owner, for this thread's
    connection), EACCES (the owner does not serve this process), EPROTO (it has
    thrown this process out), ESTALE (acquire, release: the lock that guards
    this thread has passed on, see weir_lock_guard), ENOMEM. On failure nothing
    has changed.

    Any thread, also at the same time on one handle; but destroy must be last.
    Handles stay valid in forked children, which do not hold what their parent
    holds.

    SPDX-License-Identifier: MPL-2.0
*/

#ifndef WEIR_RWLOCK_H_INCLUDED
#define WEIR_RWLOCK_H_INCLUDED

#include "object.h"

WEIR_BEGIN_C

//  Makes a lock / opens the one with that name / opens the one that a reference
//  stands for. name: up to 255 bytes; NULL: none, see object.h. NULL with
//  EEXIST (new: the name is taken), ENOENT (there is none), EINVAL (it is no
//  rwlock, or a bad argument), or as every function. Since 0.1.
WEIR_EXPORT WEIR_CHECK weir_rwlock_t *weir_rwlock_new (weir_owner_t *owner,
                                                       const char *name);
WEIR_EXPORT WEIR_CHECK weir_rwlock_t *weir_rwlock_open (weir_owner_t *owner,
                                                        const char *name);
WEIR_EXPORT WEIR_CHECK weir_rwlock_t *weir_rwlock_from (weir_value_t reference);

//  Frees the handle; see object.h for what becomes of the lock. Accepts NULL and
//  a NULL pointer. Since 0.1.
WEIR_EXPORT void weir_rwlock_destroy (weir_rwlock_t **self_p);

//  Takes it for reading, with all others that read; waits while another thread
//  holds it for writing, or waits to. / Takes it for writing, alone; waits while
//  another thread holds it. Return 0, or -1 with EAGAIN (timeout 0: it would
//  have to wait), ETIMEDOUT, EDEADLK (only without a timeout: the wait would
//  never end, for this thread holds it, or something that a holder waits for),
//  EINTR. timeout_ms: -1 waits, 0 tries. Since 0.1.
WEIR_EXPORT WEIR_CHECK int weir_rwlock_acquire_read (weir_rwlock_t *self,
                                                     int timeout_ms);
WEIR_EXPORT WEIR_CHECK int weir_rwlock_acquire_write (weir_rwlock_t *self,
                                                      int timeout_ms);

//  Gives it back, once. EPERM: this thread does not hold it. Since 0.1.
WEIR_EXPORT int weir_rwlock_release (weir_rwlock_t *self);

//  While you hold it: whether the last writer ended without a release. It is no
//  longer marked as abandoned once another writer releases it. Since 0.1.
WEIR_EXPORT bool weir_rwlock_abandoned (const weir_rwlock_t *self);

//  While you hold it for writing: the number of this grant; a later one has a
//  larger one. 0: never acquired for writing by this handle. Since 0.1.
WEIR_EXPORT uint64_t weir_rwlock_token (const weir_rwlock_t *self);

//  1 while a thread holds it for writing, 0 while none does / how many threads
//  hold it for reading / how many wait for it; -1 on failure. Since 0.1.
WEIR_EXPORT WEIR_CHECK int weir_rwlock_writing (weir_rwlock_t *self);
WEIR_EXPORT int64_t weir_rwlock_readers (weir_rwlock_t *self);
WEIR_EXPORT int64_t weir_rwlock_waiting (weir_rwlock_t *self);

WEIR_END_C

#endif
