/*  deadlock.c - finds the circle that a wait closes

    The machine knows all holds and all waits. A wait closes a circle when a
    holder of its object waits too, directly or through others, for something
    that the caller holds. Only certain waits and holds count:

    - A wait is certain when it has no timeout, when its link waits for nothing
      else, and when its object is free only after each holder gives it up.
    - A hold is certain when it has no lease.

    The machine looks for a circle only when a wait begins or moves to another
    object, because nothing else can close one:

    - A release, a timeout or a death may give an object to a waiter. The waiter
      gets its answer at the same time, and then waits for nothing.
    - A wait gains no certain dependency later. A semaphore that is not a lock
      never becomes one. A reader waits behind all its writers from the start,
      or behind one that has just got the lock. A hold does not gain or lose its
      lease.
    - A link with several open requests is an exception: it may later wait for
      one object only, or get something while it waits. But its thread was not
      blocked while it sent them, and need not be blocked now.

    The search is breadth-first over objects. It chains them through their own
    fields, so it needs no memory.

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

//  Returns the only wait of a link when that wait is certain; else NULL.
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

//  Finds a certain hold of the link on the object, or on one that a holder
//  waits for, directly or through others. Returns NULL when the link has none.
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

//  Appends to the text, and cuts it where the room ends.
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

//  Returns true when a wait of the link for the object closes a circle, and
//  writes the sentence for it.
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
    //  From the object that the link holds, back to the one that it wants.
    tell_object (ret_circle, hold->object);
    while ((hold = hold->object->search_from) != NULL) {
        tell (ret_circle,
              "; thread %" PRIu32 " of process %" PRIu64
              " waits for it and holds ",
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
    //  A lock has one holder, so all circles through the request share the path
    //  up to the first wait that can be refused. If there is no such wait,
    //  every thread in the circle holds an object that it requested while it
    //  waited at a condition.
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
