/*  lock.c - a lock that survives its holders

    SPDX-License-Identifier: MPL-2.0
*/

#include "weir/lock.h"

#include <errno.h>
#include <stdatomic.h>

#include "base/error.h"
#include "client/handle.h"

struct weir_lock {
    weir__handle_t handle;
    //  Of the last grant to this handle. Atomic, because a thread may look
    //  while another one acquires; they order nothing.
    atomic_uint_fast64_t token;
    atomic_bool abandoned;
};

static const weir__class_t class = {WEIR__LOCK, sizeof (weir_lock_t)};

weir_lock_t *weir_lock_new (weir_owner_t *owner, const char *name)
{
    return weir__handle_new (&class, owner, name, NULL, 0);
}

weir_lock_t *weir_lock_open (weir_owner_t *owner, const char *name)
{
    return weir__handle_open (&class, owner, name);
}

weir_lock_t *weir_lock_from (weir_value_t reference)
{
    return weir__handle_from (&class, reference);
}

void weir_lock_destroy (weir_lock_t **self_p)
{
    if (!self_p || !*self_p)
        return;
    weir__handle_destroy (*self_p);
    *self_p = NULL;
}

int weir_lock_acquire (weir_lock_t *self, int timeout_ms)
{
    weir_value_t grant; //  [token, abandoned]
    weir__operation_t *acquire = WEIR__OP (WEIR__LOCK_ACQUIRE);
    acquire->timeout_ms = timeout_ms;
    if (weir__handle_items (self, acquire, 2, &grant) != 0)
        return -1;
    atomic_store (&self->token, (uint64_t) grant.items [0].integer);
    atomic_store (&self->abandoned, grant.items [1].boolean);
    weir_value_clear (&grant);
    return 0;
}

int weir_lock_release (weir_lock_t *self)
{
    return weir__handle_call (self, WEIR__OP (WEIR__LOCK_RELEASE), NULL);
}

bool weir_lock_abandoned (const weir_lock_t *self)
{
    return self && atomic_load (&self->abandoned);
}

uint64_t weir_lock_token (const weir_lock_t *self)
{
    return self ? atomic_load (&self->token) : 0;
}

//  One number of what INFO gives: [locked, token, abandoned, waiting, ...].
static int64_t get_info (weir_lock_t *self, unsigned place)
{
    weir_value_t info;
    if (weir__handle_items (self, WEIR__OP (WEIR__LOCK_INFO), 6, &info) != 0)
        return -1;
    weir_value_t item = info.items [place];
    weir_value_clear (&info);
    return item.type == WEIR_BOOL ? item.boolean : item.integer;
}

int weir_lock_locked (weir_lock_t *self)
{
    return (int) get_info (self, 0);
}

int64_t weir_lock_waiting (weir_lock_t *self)
{
    return get_info (self, 3);
}
