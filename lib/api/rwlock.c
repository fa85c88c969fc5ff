/*  rwlock.c - a lock that many threads hold to read, or one to write

    SPDX-License-Identifier: MPL-2.0
*/

#include "weir/rwlock.h"

#include <stdatomic.h>

#include "client/handle.h"

struct weir_rwlock {
    weir__handle_t handle;
    //  token: of the last grant to write. abandoned: of the last grant of any
    //  kind. They are atomic, because one thread may read them while another
    //  one acquires. They order nothing.
    atomic_uint_fast64_t token;
    atomic_bool abandoned;
};

static const weir__class_t class = {WEIR__RWLOCK, sizeof (weir_rwlock_t)};

weir_rwlock_t *weir_rwlock_new (weir_owner_t *owner, const char *name)
{
    return weir__handle_new (&class, owner, name, NULL, 0);
}

weir_rwlock_t *weir_rwlock_open (weir_owner_t *owner, const char *name)
{
    return weir__handle_open (&class, owner, name);
}

weir_rwlock_t *weir_rwlock_from (weir_value_t reference)
{
    return weir__handle_from (&class, reference);
}

void weir_rwlock_destroy (weir_rwlock_t **self_p)
{
    if (!self_p || !*self_p)
        return;
    weir__handle_destroy (*self_p);
    *self_p = NULL;
}

//  Acquires the lock. Returns the token of the grant, or 0 on failure.
static uint64_t acquire (weir_rwlock_t *self, uint16_t op, int timeout_ms)
{
    weir__operation_t *what = WEIR__OP (op);
    weir_value_t grant;
    what->timeout_ms = timeout_ms;
    if (weir__handle_items (self, what, 2, &grant) != 0)
        return 0;
    uint64_t token = (uint64_t) grant.items [WEIR__GRANT_TOKEN].integer;
    atomic_store (&self->abandoned,
                  grant.items [WEIR__GRANT_ABANDONED].boolean);
    weir_value_clear (&grant);
    return token;
}

int weir_rwlock_acquire_read (weir_rwlock_t *self, int timeout_ms)
{
    return acquire (self, WEIR__RWLOCK_ACQUIRE_READ, timeout_ms) ? 0 : -1;
}

int weir_rwlock_acquire_write (weir_rwlock_t *self, int timeout_ms)
{
    uint64_t token = acquire (self, WEIR__RWLOCK_ACQUIRE_WRITE, timeout_ms);
    if (!token)
        return -1;
    atomic_store (&self->token, token);
    return 0;
}

int weir_rwlock_release (weir_rwlock_t *self)
{
    return weir__handle_number (self, WEIR__OP (WEIR__RWLOCK_RELEASE)) < 0 ? -1
                                                                           : 0;
}

bool weir_rwlock_abandoned (const weir_rwlock_t *self)
{
    return self && atomic_load (&self->abandoned);
}

uint64_t weir_rwlock_token (const weir_rwlock_t *self)
{
    return self ? atomic_load (&self->token) : 0;
}

//  Gets one item of the info: [writing, readers, token, abandoned, waiting].
static int64_t get_info (weir_rwlock_t *self, enum weir__rwlock_info index)
{
    weir_value_t info;
    if (weir__handle_items (self, WEIR__OP (WEIR__RWLOCK_INFO),
                            WEIR__RWLOCK_INFO_ITEMS, &info) != 0)
        return -1;
    weir_value_t item = info.items [index];
    weir_value_clear (&info);
    return item.type == WEIR_BOOL ? item.boolean : item.integer;
}

int weir_rwlock_writing (weir_rwlock_t *self)
{
    return (int) get_info (self, WEIR__RWLOCK_INFO_WRITING);
}

int64_t weir_rwlock_readers (weir_rwlock_t *self)
{
    return get_info (self, WEIR__RWLOCK_INFO_READERS);
}

int64_t weir_rwlock_waiting (weir_rwlock_t *self)
{
    return get_info (self, WEIR__RWLOCK_INFO_WAITING);
}
