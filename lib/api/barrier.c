/*  barrier.c - a point where threads wait until all of them have arrived

    SPDX-License-Identifier: MPL-2.0
*/

#include "weir/barrier.h"

#include <errno.h>

#include "client/handle.h"

struct weir_barrier {
    weir__handle_t handle;
};

static const weir__class_t class = {WEIR__BARRIER, sizeof (weir_barrier_t)};

weir_barrier_t *weir_barrier_new (weir_owner_t *owner, const char *name,
                                  int64_t parties)
{
    weir_value_t count = weir_value_int (parties);
    return weir__handle_new (&class, owner, name, &count, 1);
}

weir_barrier_t *weir_barrier_open (weir_owner_t *owner, const char *name)
{
    return weir__handle_open (&class, owner, name);
}

weir_barrier_t *weir_barrier_from (weir_value_t reference)
{
    return weir__handle_from (&class, reference);
}

void weir_barrier_destroy (weir_barrier_t **self_p)
{
    if (!self_p || !*self_p)
        return;
    weir__handle_destroy (*self_p);
    *self_p = NULL;
}

int64_t weir_barrier_wait (weir_barrier_t *self, int timeout_ms)
{
    return weir_barrier_wait_with (self, NULL, NULL, timeout_ms);
}

int64_t weir_barrier_wait_with (weir_barrier_t *self, weir_action_fn *action,
                                void *arg, int timeout_ms)
{
    weir_value_t passed; //  [index, whether to run the action]
    weir__operation_t *wait =
        WEIR__OP (WEIR__BARRIER_WAIT, weir_value_bool (action != NULL));
    wait->timeout_ms = timeout_ms;
    if (weir__handle_items (self, wait, WEIR__BARRIER_PASS_ITEMS, &passed) != 0)
        return -1;
    int64_t index = passed.items [WEIR__BARRIER_PASS_INDEX].integer;
    bool acts = passed.items [WEIR__BARRIER_PASS_ACTS].boolean;
    weir_value_clear (&passed);
    if (!acts)
        return index;
    bool good = action (arg) == 0;
    if (weir__handle_call (
            self, WEIR__OP (WEIR__BARRIER_ACTED, weir_value_bool (good)),
            NULL) != 0)
        return -1;
    if (good)
        return index;
    return weir__handle_fail (self, ECANCELED,
                              "its action has failed, so it is broken; "
                              "weir_barrier_reset makes it as new");
}

int weir_barrier_abort (weir_barrier_t *self)
{
    return weir__handle_call (self, WEIR__OP (WEIR__BARRIER_ABORT), NULL);
}

int weir_barrier_reset (weir_barrier_t *self)
{
    return weir__handle_call (self, WEIR__OP (WEIR__BARRIER_RESET), NULL);
}

//  Gets one item of the state: [parties, waiters, broken].
static int64_t state (weir_barrier_t *self, enum weir__barrier_state index)
{
    weir_value_t all;
    if (weir__handle_items (self, WEIR__OP (WEIR__BARRIER_STATE),
                            WEIR__BARRIER_STATE_ITEMS, &all) != 0)
        return -1;
    weir_value_t item = all.items [index];
    weir_value_clear (&all);
    return item.type == WEIR_BOOL ? item.boolean : item.integer;
}

int64_t weir_barrier_parties (weir_barrier_t *self)
{
    return state (self, WEIR__BARRIER_STATE_PARTIES);
}

int64_t weir_barrier_waiting (weir_barrier_t *self)
{
    return state (self, WEIR__BARRIER_STATE_WAITING);
}

int weir_barrier_broken (weir_barrier_t *self)
{
    return (int) state (self, WEIR__BARRIER_STATE_BROKEN);
}
