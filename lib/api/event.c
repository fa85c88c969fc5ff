/*  event.c - a flag that threads wait for

    SPDX-License-Identifier: MPL-2.0
*/

#include "weir/event.h"

#include "client/handle.h"

struct weir_event {
    weir__handle_t handle;
};

static const weir__class_t class = {WEIR__EVENT, sizeof (weir_event_t)};

weir_event_t *weir_event_new (weir_owner_t *owner, const char *name)
{
    return weir__handle_new (&class, owner, name, NULL, 0);
}

weir_event_t *weir_event_open (weir_owner_t *owner, const char *name)
{
    return weir__handle_open (&class, owner, name);
}

weir_event_t *weir_event_from (weir_value_t reference)
{
    return weir__handle_from (&class, reference);
}

void weir_event_destroy (weir_event_t **self_p)
{
    if (!self_p || !*self_p)
        return;
    weir__handle_destroy (*self_p);
    *self_p = NULL;
}

int weir_event_set (weir_event_t *self)
{
    return weir__handle_call (self, WEIR__OP (WEIR__EVENT_SET), NULL);
}

int weir_event_clear (weir_event_t *self)
{
    return weir__handle_call (self, WEIR__OP (WEIR__EVENT_CLEAR), NULL);
}

int weir_event_is_set (weir_event_t *self)
{
    return (int) weir__handle_number (self, WEIR__OP (WEIR__EVENT_IS_SET));
}

int weir_event_wait (weir_event_t *self, int timeout_ms)
{
    weir__operation_t *wait = WEIR__OP (WEIR__EVENT_WAIT);
    wait->timeout_ms = timeout_ms;
    return weir__handle_call (self, wait, NULL);
}
