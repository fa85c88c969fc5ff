/*  deadlock.c - finds the circle that a wait closes

    The machine knows who holds what and who waits for what. A wait closes a
    circle when one who holds what is waited for waits himself, directly or
    through others, for something that the caller holds. Only what is certain
    counts: waits without a timeout, of links that wait for one thing, at
    objects that are free only when each of their holders gives up; and holds
    that do not lapse.

    Nothing but a wait that begins, or goes on elsewhere, can close a circle.
    Whoever is given something, by a release, a timeout or a death, is answered
    with it, and then waits for nothing. What a wait is certain of does not grow:
    a semaphore that was no lock never becomes one; a reader has all the writers
    it waits for in front of it from the start, or is behind one that has just
    been given the lock; a hold keeps to be with or without a lease. A link with
    several requests under way may come to wait for one thing only, or be given
    something while it waits; but its thread did not stand still meanwhile, and
    need not now.

    It is a breadth-first search over objects, chained through them, so that it
    needs no memory.

    SPDX-License-Identifier: MPL-2.0
*/

#include "machine/deadlock.h"

#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>

#include "base/clock.h"
#include "machine/call.h"
#include "machine/core/kind.h"
#include "machine/ending.h"
#include "machine/parking.h"

enum { CIRCLE_BYTES = 900 };

//  The one wait of a link that waits for one thing only, and for ever.
static weir__request_t *certain_wait (const weir__link_t *link)
{
    weir__request_t *wait = NULL;
    for (size_t place = 0; place < WEIR__WINDOW; place++) {
        weir__request_t *request = link->requests [place];
        if (!request || !request->object)
            continue;
        if (wait)
            return NULL;
        wait = request;
    }
    if (!wait || wait->timer.deadline_us != WEIR__NEVER ||
        !wait->object->kind->waits_for_holders ||
        !wait->object->kind->waits_for_holders (wait->object, wait))
        return NULL;
    return wait;
}

//  The hold of the link that is found behind the object; NULL: there is none.
static const weir__hold_t *search (weir__object_t *object,
                                   const weir__link_t *link)
{
    uint64_t mark = ++object->machine->search;
    weir__object_t *last = object;
    object->search = mark;
    object->search_from = NULL;
    object->search_next = NULL;
    for (; object; object = object->search_next) {
        const weir__hold_t *hold;
        DL_FOREACH (object->holds, hold)
        {
            if (hold->lease_ms)
                continue;
            if (hold->link == link)
                return hold;
            const weir__request_t *wait = certain_wait (hold->link);
            weir__object_t *next = wait ? wait->object : NULL;
            if (!next || next->search == mark)
                continue;
            next->search = mark;
            next->search_from = hold;
            next->search_next = NULL;
            last = last->search_next = next;
        }
    }
    return NULL;
}

typedef struct circle {
    char text [CIRCLE_BYTES];
    size_t used;
} circle_t;

//  Appends as far as there is room.
__attribute__ ((format (printf, 2, 3))) static void tell (circle_t *self,
                                                          const char *format,
                                                          ...)
{
    va_list args;
    va_start (args, format);
    size_t room = sizeof self->text - self->used;
    int size = vsnprintf (self->text + self->used, room, format, args);
    self->used += (size_t) size < room ? (size_t) size : room - 1;
    va_end (args);
}

static void tell_object (circle_t *self, const weir__object_t *object)
{
    if (object->name)
        tell (self, "%s '%s'", object->kind->name, object->name);
    else
        tell (self, "%s %" PRIu64, object->kind->name, object->id);
}

//  Whether the link would wait for itself at the object; then tells why.
static bool closes (weir__object_t *object, const weir__link_t *link,
                    circle_t *ret_circle)
{
    const weir__hold_t *hold = search (object, link);
    ret_circle->used = 0;
    if (!hold)
        return false;
    if (hold->object == object) {
        tell (ret_circle,
              "this thread holds it already and would wait for itself");
        return true;
    }
    tell (ret_circle,
          "waiting for it would never end: this thread (%" PRIu32
          " of process %" PRIu64 ") holds ",
          link->number, link->session->process);
    //  From what the link holds, back to what it wants.
    tell_object (ret_circle, hold->object);
    while ((hold = hold->object->search_from) != NULL) {
        tell (ret_circle,
              ", for which thread %" PRIu32 " of process %" PRIu64
              " waits, which holds ",
              hold->link->number, hold->link->session->process);
        tell_object (ret_circle, hold->object);
    }
    return true;
}

bool weir__deadlocks (weir__call_t *call)
{
    circle_t circle;
    if (call->body.timeout_ms >= 0 ||
        !closes (call->object, call->request->link, &circle))
        return false;
    weir__refuse (call, EDEADLK, "%s", circle.text);
    return true;
}

void weir__deadlock_break (const weir__request_t *request)
{
    circle_t circle;
    if (certain_wait (request->link) != request ||
        !search (request->object, request->link))
        return;
    //  A lock has one holder, so all circles through the request go the same way
    //  until the first wait that can be refused. There is one, or else all of
    //  them hold something that was asked for while they waited at a condition.
    weir__request_t *wait;
    const weir__object_t *lock = request->object;
    while ((wait = certain_wait (lock->holds->link)) != request &&
           weir__has_moved (wait))
        lock = wait->object;
    if (wait != request && closes (wait->object, wait->link, &circle))
        weir__end_wait (wait, EDEADLK, circle.text);
}

void weir__deadlock_time_out (weir__request_t *request)
{
    static const char timed_out [] = "the wait timed out";
    weir__object_t *object = request->object;
    const weir__kind_t *kind = object->kind;
    circle_t circle;
    char cause [sizeof timed_out + sizeof circle.text + 2];
    bool closed = kind->waits_for_holders &&
                  kind->waits_for_holders (object, request) &&
                  closes (object, request->link, &circle);
    snprintf (cause, sizeof cause, "%s%s%s", timed_out, closed ? "; " : "",
              closed ? circle.text : "");
    weir__end_wait (request, ETIMEDOUT, cause);
}
