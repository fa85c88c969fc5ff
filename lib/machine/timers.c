/*  timers.c - deadlines of parked requests

    A binary heap; the earliest deadline is at the root, and of equal ones the
    request that was parked first.

    SPDX-License-Identifier: MPL-2.0
*/

#include <assert.h>
#include <stdlib.h>

#include "machine/object.h"

static bool before (const weir__request_t *a, const weir__request_t *b)
{
    return a->deadline_us != b->deadline_us ? a->deadline_us < b->deadline_us
                                            : a->order < b->order;
}

static void put (weir__machine_t *self, size_t place, weir__request_t *request)
{
    self->timers [place] = request;
    request->timer = place;
}

static void rise (weir__machine_t *self, size_t place, weir__request_t *request)
{
    while (place > 0 && before (request, self->timers [(place - 1) / 2])) {
        put (self, place, self->timers [(place - 1) / 2]);
        place = (place - 1) / 2;
    }
    put (self, place, request);
}

static void sink (weir__machine_t *self, size_t place, weir__request_t *request)
{
    for (;;) {
        size_t child = 2 * place + 1;
        if (child + 1 < self->timer_count &&
            before (self->timers [child + 1], self->timers [child]))
            child++;
        if (child >= self->timer_count ||
            !before (self->timers [child], request))
            break;
        put (self, place, self->timers [child]);
        place = child;
    }
    put (self, place, request);
}

bool weir__timer_add (weir__machine_t *self, weir__request_t *request)
{
    assert (request->timer == WEIR__NO_TIMER);
    if (self->timer_count == self->timer_capacity) {
        size_t capacity = self->timer_capacity ? 2 * self->timer_capacity : 16;
        weir__request_t **timers =
            realloc (self->timers, capacity * sizeof *timers);
        if (!timers)
            return false;
        self->timers = timers;
        self->timer_capacity = capacity;
    }
    rise (self, self->timer_count++, request);
    return true;
}

void weir__timer_remove (weir__machine_t *self, weir__request_t *request)
{
    size_t place = request->timer;
    if (place == WEIR__NO_TIMER)
        return;
    assert (self->timers [place] == request);
    request->timer = WEIR__NO_TIMER;
    weir__request_t *last = self->timers [--self->timer_count];
    if (last == request)
        return;
    if (place > 0 && before (last, self->timers [(place - 1) / 2]))
        rise (self, place, last);
    else
        sink (self, place, last);
}
