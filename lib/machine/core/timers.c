/*  timers.c - the timers of waits and leases

    The timers are in a heap. The earliest deadline comes first; of timers with
    the same deadline, the one that began first.

    SPDX-License-Identifier: MPL-2.0
*/

#include "machine/core/timers.h"

#include <assert.h>

#include "base/clock.h"

static bool before (const weir__node_t *a, const weir__node_t *b)
{
    const weir__timer_t *x = WEIR__OF (a, const weir__timer_t, node);
    const weir__timer_t *y = WEIR__OF (b, const weir__timer_t, node);
    return x->deadline_us != y->deadline_us ? x->deadline_us < y->deadline_us
                                            : x->order < y->order;
}

weir__timer_t *weir__timer_first (const weir__machine_t *self)
{
    return self->timers.count
               ? WEIR__OF (self->timers.nodes [0], weir__timer_t, node)
               : NULL;
}

bool weir__timer_claim (weir__machine_t *self, weir__timer_t *timer)
{
    assert (!timer->claimed);
    timer->claimed = weir__heap_claim (&self->timers, 1);
    timer->deadline_us = WEIR__NEVER;
    return timer->claimed;
}

void weir__timer_set (weir__machine_t *self, weir__timer_t *timer,
                      uint64_t deadline_us)
{
    if (deadline_us == WEIR__NEVER)
        return;
    assert (timer->claimed && timer->deadline_us == WEIR__NEVER);
    timer->deadline_us = deadline_us;
    weir__heap_push (&self->timers, &timer->node, before);
}

void weir__timer_unset (weir__machine_t *self, weir__timer_t *timer)
{
    if (timer->deadline_us == WEIR__NEVER)
        return;
    weir__heap_remove (&self->timers, &timer->node, before);
    timer->deadline_us = WEIR__NEVER;
}

void weir__timer_end (weir__machine_t *self, weir__timer_t *timer)
{
    weir__timer_unset (self, timer);
    if (timer->claimed)
        weir__heap_disclaim (&self->timers, 1);
    timer->claimed = false;
}
