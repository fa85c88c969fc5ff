/*  lock.c - a lock that survives its holders

    SPDX-License-Identifier: MPL-2.0
*/

#include "api/lock.h"

#include <errno.h>
#include <stdatomic.h>

#include "client/handle.h"
#include "client/links.h"
#include "weir/lock.h"

struct weir_lock {
    weir__handle_t handle;
    //  Of the last grant to this handle. They are atomic, because one thread
    //  may read them while another one acquires. They order nothing.
    atomic_uint_fast64_t token;
    atomic_bool abandoned;
};

static const weir__class_t class = {WEIR__LOCK, sizeof (weir_lock_t)};
static const weir__class_t recursive = {WEIR__RLOCK, sizeof (weir_lock_t)};

weir_lock_t *weir_lock_new (weir_owner_t *owner, const char *name)
{
    return weir__handle_new (&class, owner, name, NULL, 0);
}

weir_lock_t *weir_lock_open (weir_owner_t *owner, const char *name)
{
    return weir__handle_open (&class, owner, name);
}

weir_lock_t *weir_rlock_new (weir_owner_t *owner, const char *name)
{
    return weir__handle_new (&recursive, owner, name, NULL, 0);
}

weir_lock_t *weir_rlock_open (weir_owner_t *owner, const char *name)
{
    return weir__handle_open (&recursive, owner, name);
}

weir_lock_t *weir_lock_from (weir_value_t reference)
{
    return weir__handle_from (
        weir__refers_to (reference, WEIR__RLOCK) ? &recursive : &class,
        reference);
}

void weir_lock_destroy (weir_lock_t **self_p)
{
    if (!self_p || !*self_p)
        return;
    weir__handle_destroy (*self_p);
    *self_p = NULL;
}

void weir__lock_granted (weir_lock_t *self, const weir_value_t *grant)
{
    atomic_store (&self->token,
                  (uint64_t) grant->items [WEIR__GRANT_TOKEN].integer);
    atomic_store (&self->abandoned,
                  grant->items [WEIR__GRANT_ABANDONED].boolean);
    weir__guard_t *guard = weir__links_guard (self->handle.remote);
    if (guard && guard->object == self->handle.id)
        guard->token = (uint64_t) grant->items [WEIR__GRANT_TOKEN].integer;
}

//  Acquires the lock, and gets the token of the grant. Returns 0 or -1.
static int acquire (weir_lock_t *self, const weir__operation_t *what,
                    uint64_t *ret_token)
{
    weir_value_t grant;
    if (weir__handle_items (self, what, 2, &grant) != 0)
        return -1;
    weir__lock_granted (self, &grant);
    *ret_token = (uint64_t) grant.items [WEIR__GRANT_TOKEN].integer;
    weir_value_clear (&grant);
    return 0;
}

int weir_lock_acquire (weir_lock_t *self, int timeout_ms)
{
    uint64_t token;
    weir__operation_t *what = WEIR__OP (WEIR__LOCK_ACQUIRE);
    what->timeout_ms = timeout_ms;
    return acquire (self, what, &token);
}

int weir_lock_acquire_lease (weir_lock_t *self, int lease_ms, int timeout_ms)
{
    uint64_t token;
    weir__operation_t *what =
        WEIR__OP (WEIR__LOCK_ACQUIRE, weir_value_int (lease_ms));
    what->timeout_ms = timeout_ms;
    if (lease_ms < 1)
        return weir__handle_fail (
            self, EINVAL, "lease_ms must be 1 or more, not %d", lease_ms);
    if (acquire (self, what, &token) != 0)
        return -1;
    return weir_lock_guard (self, token);
}

int weir_lock_renew (weir_lock_t *self, int lease_ms)
{
    return weir__handle_call (
        self, WEIR__OP (WEIR__LOCK_RENEW, weir_value_int (lease_ms)), NULL);
}

int weir_lock_guard (weir_lock_t *self, uint64_t token)
{
    if (!self)
        return weir__fail_null_handle ();
    weir__guard_t *guard = weir__links_guard (self->handle.remote);
    if (!guard)
        return -1;
    *guard = (weir__guard_t){token ? self->handle.id : 0, token};
    return 0;
}

int weir_lock_release (weir_lock_t *self)
{
    int64_t left = weir__handle_number (self, WEIR__OP (WEIR__LOCK_RELEASE));
    if (!self || left > 0)
        return left < 0 ? -1 : 0;
    int error = errno;
    weir__guard_t *guard = weir__links_guard (self->handle.remote);
    if (guard && guard->object == self->handle.id)
        *guard = (weir__guard_t){0};
    errno = error;
    return left < 0 ? -1 : 0;
}

bool weir_lock_abandoned (const weir_lock_t *self)
{
    return self && atomic_load (&self->abandoned);
}

uint64_t weir_lock_token (const weir_lock_t *self)
{
    return self ? atomic_load (&self->token) : 0;
}

//  Gets one item of the info: [locked, token, abandoned, waiting, ...].
static int64_t get_info (weir_lock_t *self, enum weir__lock_info index)
{
    weir_value_t info;
    if (weir__handle_items (self, WEIR__OP (WEIR__LOCK_INFO),
                            WEIR__LOCK_INFO_ITEMS, &info) != 0)
        return -1;
    weir_value_t item = info.items [index];
    weir_value_clear (&info);
    return item.type == WEIR_BOOL ? item.boolean : item.integer;
}

int weir_lock_locked (weir_lock_t *self)
{
    return (int) get_info (self, WEIR__LOCK_INFO_LOCKED);
}

int64_t weir_lock_waiting (weir_lock_t *self)
{
    return get_info (self, WEIR__LOCK_INFO_WAITING);
}
