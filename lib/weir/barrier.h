/*  barrier.h - nobody goes on before all have come

    As Python's Barrier. Each of a number of parties waits; when the last one
    comes, all go on, and the barrier is ready for the next time. All operations
    are linearizable.

    A barrier breaks when somebody aborts it, when a wait times out, when an
    action fails, and when a party dies or ends: while it waits, while it runs
    the action, or, if its process ends, when one of those who went on with it
    waits again, who would wait for it for ever. (Others, who did not know it,
    can use the barrier.) Who waits then, and who comes later, gets ECANCELED,
    until somebody resets the barrier.

    Errors that every function has, besides those listed: EINVAL (a NULL handle
    or a bad argument), ENOENT (it was dropped), EOWNERDEAD (its owner has
    ended; if during the call, whether it was done is unknown), ECONNREFUSED
    (its owner runs, but its socket takes no connections; whether it was done is
    unknown), EINTR (a signal came while it waited; it waits no more, and
    nothing is broken), EMFILE or ENOBUFS (no descriptor here, or no room at the
    owner, for this thread's connection), EACCES (the owner does not serve this
    process), EPROTO (it has thrown this process out), ESTALE (weir_lock_guard),
    ENOMEM.

    Any thread, also at the same time on one handle; but destroy must be last.
    Handles stay valid in forked children.

    SPDX-License-Identifier: MPL-2.0
*/

#ifndef WEIR_BARRIER_H_INCLUDED
#define WEIR_BARRIER_H_INCLUDED

#include "object.h"

WEIR_BEGIN_C

//  Makes a barrier for that many parties, 1 to 2^20 / opens the one with that
//  name / opens the one that a reference stands for. name: up to 255 bytes;
//  NULL: none, see object.h. NULL with EEXIST (new: the name is taken), ENOENT
//  (there is none), EINVAL (it is no barrier, or a bad argument), or as every
//  function. Since 0.1.
WEIR_EXPORT WEIR_CHECK weir_barrier_t *weir_barrier_new (weir_owner_t *owner,
                                                         const char *name,
                                                         int64_t parties);
WEIR_EXPORT WEIR_CHECK weir_barrier_t *weir_barrier_open (weir_owner_t *owner,
                                                          const char *name);
WEIR_EXPORT WEIR_CHECK weir_barrier_t *weir_barrier_from (
    weir_value_t reference);

//  Frees the handle; see object.h for what becomes of the barrier. Accepts NULL
//  and a NULL pointer. Since 0.1.
WEIR_EXPORT void weir_barrier_destroy (weir_barrier_t **self_p);

//  Waits for the other parties. Returns the place in the order of coming, 0 to
//  parties - 1, another one for each of them; or -1 with ECANCELED (it is, or
//  was, broken, or it was reset), ETIMEDOUT (and it is broken), EAGAIN (timeout
//  0: not all the others wait; nothing is broken). Since 0.1.
WEIR_EXPORT WEIR_CHECK int64_t weir_barrier_wait (weir_barrier_t *self,
                                                  int timeout_ms);

//  What the party that comes last does before all go on; 0: it has succeeded.
//  Called by the thread that waits.
typedef int (weir_action_fn) (void *arg);

//  The same, and if this party is the last, it runs the action (NULL: none)
//  first. If the action fails, the barrier breaks: ECANCELED for all.
//  Since 0.1.
WEIR_EXPORT WEIR_CHECK int64_t weir_barrier_wait_with (weir_barrier_t *self,
                                                       weir_action_fn *action,
                                                       void *arg,
                                                       int timeout_ms);

//  Breaks it / makes it as new: who waits gets ECANCELED, and who has been a
//  party is none any more. Since 0.1.
WEIR_EXPORT int weir_barrier_abort (weir_barrier_t *self);
WEIR_EXPORT int weir_barrier_reset (weir_barrier_t *self);

//  How many parties it has / how many wait / 1 while it is broken, else 0; -1
//  on failure. Since 0.1.
WEIR_EXPORT int64_t weir_barrier_parties (weir_barrier_t *self);
WEIR_EXPORT int64_t weir_barrier_waiting (weir_barrier_t *self);
WEIR_EXPORT WEIR_CHECK int weir_barrier_broken (weir_barrier_t *self);

WEIR_END_C

#endif
