/*  holds.c - the holds that links have on objects

    SPDX-License-Identifier: MPL-2.0
*/

#include "machine/core/holds.h"

#include <assert.h>
#include <stdlib.h>

#include "base/clock.h"
#include "machine/core/kind.h"
#include "machine/core/timers.h"
#include "machine/core/watch.h"

static weir__hold_t *make_hold (weir__machine_t *machine, weir__link_t *link,
                                uint32_t lease_ms)
{
    weir__hold_t *hold = calloc (1, sizeof *hold);
    if (!hold)
        return NULL;
    hold->link = link;
    hold->count = 1;
    hold->lease_ms = lease_ms;
    hold->timer.deadline_us = WEIR__NEVER;
    hold->timer.of_hold = true;
    if (!lease_ms || weir__timer_claim (machine, &hold->timer))
        return hold;
    free (hold);
    return NULL;
}

bool weir__hold_reserve_for (weir__request_t *request, weir__machine_t *machine,
                             uint32_t lease_ms)
{
    assert (!request->hold);
    request->hold = make_hold (machine, request->link, lease_ms);
    return request->hold != NULL;
}

weir__hold_t *weir__hold_take (weir__object_t *object, weir__request_t *request,
                               uint64_t token)
{
    weir__machine_t *machine = object->machine;
    weir__hold_t *hold = request->hold;
    assert (hold && !hold->object);
    request->hold = NULL;
    hold->token = token;
    hold->timer.order = machine->order++;
    hold->object = object;
    DL_APPEND (object->holds, hold);
    DL_APPEND2 (hold->link->holds, hold, link_prev, link_next);
    if (hold->lease_ms)
        weir__hold_renew (hold, hold->lease_ms);
    return hold;
}

void weir__hold_renew (weir__hold_t *hold, uint32_t lease_ms)
{
    weir__machine_t *machine = hold->object->machine;
    assert (hold->lease_ms && lease_ms);
    hold->lease_ms = lease_ms;
    weir__timer_unset (machine, &hold->timer);
    weir__timer_set (machine, &hold->timer,
                     weir__deadline_us (machine->time_us, (int) lease_ms));
}

void weir__hold_take_out (weir__hold_t *hold, weir__machine_t *machine)
{
    weir__timer_end (machine, &hold->timer);
    if (!hold->object)
        return;
    weir__watch_touch (hold->object);
    DL_DELETE (hold->object->holds, hold);
    DL_DELETE2 (hold->link->holds, hold, link_prev, link_next);
}

void weir__hold_end (weir__hold_t *hold, weir__machine_t *machine)
{
    if (!hold)
        return;
    weir__hold_take_out (hold, machine);
    free (hold);
}

weir__hold_t *weir__hold_of (const weir__object_t *object,
                             const weir__link_t *link)
{
    weir__hold_t *hold;
    DL_FOREACH2 (link->holds, hold, link_next)
    if (hold->object == object)
        break;
    return hold;
}

weir__hold_t *weir__hold_by (const weir__object_t *object, uint64_t token)
{
    weir__hold_t *hold;
    DL_SEARCH_SCALAR (object->holds, hold, token, token);
    return hold;
}

void weir__hold_save (const weir__hold_t *hold, weir__buffer_t *to)
{
    weir__buffer_put_u64 (to, hold->object->id);
    weir__buffer_put_u64 (to, hold->token);
    weir__buffer_put_u64 (to, hold->count);
    weir__buffer_put_u32 (to, hold->lease_ms);
    weir__buffer_put_u64 (to, hold->timer.deadline_us);
    weir__buffer_put_u64 (to, hold->timer.order);
}

static int by_order (const weir__hold_t *a, const weir__hold_t *b)
{
    return (a->timer.order > b->timer.order) -
           (a->timer.order < b->timer.order);
}

bool weir__hold_load (weir__link_t *link, weir__object_t *object,
                      weir__reader_t *from)
{
    uint64_t token = weir__reader_u64 (from);
    uint64_t count = weir__reader_u64 (from);
    uint32_t lease_ms = weir__reader_u32 (from);
    uint64_t deadline_us = weir__reader_u64 (from);
    uint64_t order = weir__reader_u64 (from);
    if (from->failed || !object || !object->kind->held ||
        lease_ms > WEIR__LEASE_MS_MAX || order >= object->machine->order ||
        (lease_ms == 0) != (deadline_us == WEIR__NEVER))
        return false;
    weir__machine_t *self = object->machine;
    weir__hold_t *hold = make_hold (self, link, lease_ms);
    if (!hold)
        return false;
    hold->token = token;
    hold->count = count;
    hold->timer.order = order;
    hold->object = object;
    DL_INSERT_INORDER (object->holds, hold, by_order);
    DL_APPEND2 (link->holds, hold, link_prev, link_next);
    weir__timer_set (self, &hold->timer, deadline_us);
    return object->kind->held (object, hold);
}
