/*  timers.c - what ends at its time: waits, and leases

    A binary heap; the earliest deadline is at the root, and of equal ones the
    one that began first.

    SPDX-License-Identifier: MPL-2.0
*/

#include <assert.h>
#include <stdlib.h>

#include "base/clock.h"
#include "machine/object.h"

static bool before (const weir__timer_t *a, const weir__timer_t *b)
{
    return a->deadline_us != b->deadline_us ? a->deadline_us < b->deadline_us
                                            : a->order < b->order;
}

static void put (weir__machine_t *self, size_t place, weir__timer_t *timer)
{
    self->timers [place] = timer;
    timer->place = place;
}

static void rise (weir__machine_t *self, size_t place, weir__timer_t *timer)
{
    while (place > 0 && before (timer, self->timers [(place - 1) / 2])) {
        put (self, place, self->timers [(place - 1) / 2]);
        place = (place - 1) / 2;
    }
    put (self, place, timer);
}

static void sink (weir__machine_t *self, size_t place, weir__timer_t *timer)
{
    for (;;) {
        size_t child = 2 * place + 1;
        if (child + 1 < self->timer_count &&
            before (self->timers [child + 1], self->timers [child]))
            child++;
        if (child >= self->timer_count || !before (self->timers [child], timer))
            break;
        put (self, place, self->timers [child]);
        place = child;
    }
    put (self, place, timer);
}

bool weir__timer_claim (weir__machine_t *self, weir__timer_t *timer)
{
    assert (!timer->claimed);
    if (self->timer_claims == self->timer_capacity) {
        size_t capacity = self->timer_capacity ? 2 * self->timer_capacity : 16;
        weir__timer_t **timers =
            realloc (self->timers, capacity * sizeof *timers);
        if (!timers)
            return false;
        self->timers = timers;
        self->timer_capacity = capacity;
    }
    self->timer_claims++;
    timer->claimed = true;
    timer->deadline_us = WEIR__NEVER;
    return true;
}

void weir__timer_set (weir__machine_t *self, weir__timer_t *timer,
                      uint64_t deadline_us)
{
    if (deadline_us == WEIR__NEVER)
        return;
    assert (timer->claimed && timer->deadline_us == WEIR__NEVER);
    timer->deadline_us = deadline_us;
    rise (self, self->timer_count++, timer);
}

void weir__timer_unset (weir__machine_t *self, weir__timer_t *timer)
{
    if (timer->deadline_us == WEIR__NEVER)
        return;
    size_t place = timer->place;
    assert (self->timers [place] == timer);
    timer->deadline_us = WEIR__NEVER;
    weir__timer_t *last = self->timers [--self->timer_count];
    if (last == timer)
        return;
    if (place > 0 && before (last, self->timers [(place - 1) / 2]))
        rise (self, place, last);
    else
        sink (self, place, last);
}

void weir__timer_end (weir__machine_t *self, weir__timer_t *timer)
{
    weir__timer_unset (self, timer);
    if (timer->claimed)
        self->timer_claims--;
    timer->claimed = false;
}
