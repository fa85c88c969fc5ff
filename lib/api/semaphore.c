/*  semaphore.c - units that threads acquire and release

    SPDX-License-Identifier: MPL-2.0
*/

#include "weir/semaphore.h"

#include "client/handle.h"

struct weir_semaphore {
    weir__handle_t handle;
};

static const weir__class_t class = {WEIR__SEMAPHORE, sizeof (weir_semaphore_t)};

static weir_semaphore_t *make_handle (weir_owner_t *owner, const char *name,
                                      int64_t value, bool bounded)
{
    weir_value_t args [] = {weir_value_int (value), weir_value_bool (bounded)};
    return weir__handle_new (&class, owner, name, args, 2);
}

weir_semaphore_t *weir_semaphore_new (weir_owner_t *owner, const char *name,
                                      int64_t value)
{
    return make_handle (owner, name, value, false);
}

weir_semaphore_t *weir_semaphore_new_bounded (weir_owner_t *owner,
                                              const char *name, int64_t value)
{
    return make_handle (owner, name, value, true);
}

weir_semaphore_t *weir_semaphore_open (weir_owner_t *owner, const char *name)
{
    return weir__handle_open (&class, owner, name);
}

weir_semaphore_t *weir_semaphore_from (weir_value_t reference)
{
    return weir__handle_from (&class, reference);
}

void weir_semaphore_destroy (weir_semaphore_t **self_p)
{
    if (!self_p || !*self_p)
        return;
    weir__handle_destroy (*self_p);
    *self_p = NULL;
}

int weir_semaphore_acquire (weir_semaphore_t *self, int timeout_ms)
{
    weir__operation_t *acquire = WEIR__OP (WEIR__SEMAPHORE_ACQUIRE);
    acquire->timeout_ms = timeout_ms;
    return weir__handle_call (self, acquire, NULL);
}

int weir_semaphore_consume (weir_semaphore_t *self, int timeout_ms)
{
    weir__operation_t *consume = WEIR__OP (WEIR__SEMAPHORE_CONSUME);
    consume->timeout_ms = timeout_ms;
    return weir__handle_call (self, consume, NULL);
}

int weir_semaphore_release (weir_semaphore_t *self, int64_t count)
{
    return weir__handle_call (
        self, WEIR__OP (WEIR__SEMAPHORE_RELEASE, weir_value_int (count)), NULL);
}

int64_t weir_semaphore_value (weir_semaphore_t *self)
{
    return weir__handle_number (self, WEIR__OP (WEIR__SEMAPHORE_VALUE));
}
