/*  condition.c - waiting for a notice, with a lock released meanwhile

    SPDX-License-Identifier: MPL-2.0
*/

#include "weir/condition.h"

#include <errno.h>
#include <inttypes.h>

#include "base/clock.h"
#include "base/error.h"
#include "client/handle.h"
#include "client/owner.h"
#include "api/lock.h"
#include "codec/status.h"

struct weir_condition {
    weir__handle_t handle;
};

static const weir__class_t class = {WEIR__CONDITION, sizeof (weir_condition_t)};

//  Returns the number by which the owner knows a lock.
static weir_value_t lock_id (const weir_lock_t *lock)
{
    return weir_value_int ((int64_t) ((const weir__handle_t *) lock)->id);
}

//  Returns whether a condition can use the lock: both exist and have the same
//  owner. If not, fails with EINVAL and a sentence.
static bool match (const weir__remote_t *remote, const weir_lock_t *lock)
{
    if (!remote)
        weir__fail_null_handle ();
    else if (!lock)
        weir__fail (EINVAL, "condition: lock must not be NULL");
    else if (((const weir__handle_t *) lock)->remote != remote)
        weir__fail (EINVAL, "condition: the lock has another owner; a "
                            "condition and its lock must have the same one");
    else
        return true;
    return false;
}

weir_condition_t *weir_condition_new (weir_owner_t *owner, const char *name,
                                      weir_lock_t *lock)
{
    const weir__remote_t *remote = weir__owner_remote (owner);
    if (!remote || !match (remote, lock))
        return NULL;
    weir_value_t id = lock_id (lock);
    return weir__handle_new (&class, owner, name, &id, 1);
}

weir_condition_t *weir_condition_open (weir_owner_t *owner, const char *name)
{
    return weir__handle_open (&class, owner, name);
}

weir_condition_t *weir_condition_from (weir_value_t reference)
{
    return weir__handle_from (&class, reference);
}

void weir_condition_destroy (weir_condition_t **self_p)
{
    if (!self_p || !*self_p)
        return;
    weir__handle_destroy (*self_p);
    *self_p = NULL;
}

int weir_condition_wait (weir_condition_t *self, weir_lock_t *lock,
                         int timeout_ms)
{
    if (!match (self ? self->handle.remote : NULL, lock))
        return -1;
    weir_value_t grant; //  [token, abandoned, the status of the wait]
    weir__operation_t *wait = WEIR__OP (WEIR__CONDITION_WAIT, lock_id (lock));
    wait->timeout_ms = timeout_ms;
    if (weir__handle_items (self, wait, 3, &grant) != 0)
        return -1;
    weir__lock_granted (lock, &grant);
    int error = weir__status_error (
        (uint16_t) grant.items [WEIR__GRANT_OUTCOME].integer);
    weir_value_clear (&grant);
    if (error == 0)
        return 0;
    return weir__handle_fail (self, error,
                              "%s; this thread holds the lock again",
                              error == ETIMEDOUT ? "no notice came in time"
                              : error == EINTR ? "a signal interrupted the wait"
                                               : "it was dropped");
}

int weir_condition_wait_for (weir_condition_t *self, weir_lock_t *lock,
                             weir_predicate_fn *predicate, void *arg,
                             int timeout_ms)
{
    if (!predicate)
        return weir__fail (
            EINVAL, "weir_condition_wait_for: predicate must not be NULL");
    if (!match (self ? self->handle.remote : NULL, lock))
        return -1;
    if (timeout_ms < -1)
        return weir_condition_wait (self, lock, timeout_ms);
    uint64_t until_us = weir__deadline_us (weir__now_us (), timeout_ms);
    while (!predicate (arg)) {
        int left_ms = weir__poll_ms (weir__now_us (), until_us);
        if (left_ms == 0)
            return weir__handle_fail (self, timeout_ms ? ETIMEDOUT : EAGAIN,
                                      "the predicate is still false");
        if (weir_condition_wait (self, lock, left_ms) != 0 &&
            errno != ETIMEDOUT)
            return -1;
    }
    return 0;
}

int64_t weir_condition_notify (weir_condition_t *self, int64_t count)
{
    if (count < 0)
        return weir__handle_fail (self, EINVAL,
                                  "count must be 0 or more, not %" PRId64
                                  "; weir_condition_notify_all notifies all",
                                  count);
    return weir__handle_number (
        self, WEIR__OP (WEIR__CONDITION_NOTIFY, weir_value_int (count)));
}

int64_t weir_condition_notify_all (weir_condition_t *self)
{
    return weir__handle_number (
        self, WEIR__OP (WEIR__CONDITION_NOTIFY, weir_value_int (-1)));
}
