/*  session.c - sessions, links and the requests that are kept

    Exactly once: a request is absent, parked, or done with its reply kept
    until the link says that it has arrived. A repeated number finds its
    request and changes nothing.

    SPDX-License-Identifier: MPL-2.0
*/

#include <assert.h>
#include <stdlib.h>

#include "base/clock.h"
#include "machine/call.h"
#include "machine/core/hold.h"
#include "machine/kind.h"
#include "machine/core/object.h"
#include "machine/poll.h"

weir__link_t *weir__link_find (weir__machine_t *self, uint64_t session,
                               uint32_t link)
{
    weir__session_t *found;
    HASH_FIND (hh, self->sessions, &session, sizeof session, found);
    weir__link_t *result = NULL;
    if (found)
        HASH_FIND (hh, found->links, &link, sizeof link, result);
    return result;
}

weir__session_t *weir__session_open (weir__machine_t *self, uint64_t id)
{
    weir__session_t *session;
    HASH_FIND (hh, self->sessions, &id, sizeof id, session);
    if (session)
        return session;
    session = calloc (1, sizeof *session);
    if (!session)
        return NULL;
    session->id = id;
    HASH_ADD (hh, self->sessions, id, sizeof session->id, session);
    if (!session->hh.tbl) {
        free (session);
        return NULL;
    }
    return session;
}

weir__link_t *weir__link_open (weir__machine_t *self, uint64_t session,
                               uint32_t number)
{
    weir__link_t *link = weir__link_find (self, session, number);
    if (link)
        return link;
    unsigned sessions = HASH_COUNT (self->sessions);
    weir__session_t *home = weir__session_open (self, session);
    if (!home)
        return NULL;
    link = calloc (1, sizeof *link);
    if (link) {
        link->number = number;
        link->session = home;
        HASH_ADD (hh, home->links, number, sizeof link->number, link);
        if (link->hh.tbl)
            return link;
        free (link);
    }
    if (HASH_COUNT (self->sessions) > sessions)
        weir__session_free (self, home);
    return NULL;
}

static void free_request (weir__machine_t *self, weir__link_t *link,
                          size_t place)
{
    weir__request_t *request = link->requests [place];
    assert (!request->object);
    link->requests [place] = NULL;
    weir__hold_end (request->hold, self);
    weir__buffer_free (&request->reply);
    free (request->body);
    free (request);
}

//  Its parked requests leave their lines: nobody is there to be answered. Where
//  they waited is kept until the kinds have been told.
static void unpark_all (weir__link_t *link)
{
    for (size_t place = 0; place < WEIR__WINDOW; place++) {
        weir__request_t *request = link->requests [place];
        if (!request || !request->object)
            continue;
        weir__object_t *object = request->object;
        weir__request_unpark (request);
        request->object = object;
    }
}

static void forget_requests (weir__machine_t *self, weir__link_t *link,
                             weir__leave_t leave)
{
    for (size_t place = 0; place < WEIR__WINDOW; place++) {
        weir__request_t *request = link->requests [place];
        if (!request)
            continue;
        weir__object_t *object = request->object;
        request->object = NULL;
        if (object && object->kind->waiter_gone)
            object->kind->waiter_gone (object, request->line, leave);
        else if (object)
            weir__settle (object);
        free_request (self, link, place);
    }
}

//  What it held passes on, in the order in which it was taken.
static void abandon_holds (weir__link_t *link, weir__leave_t leave)
{
    while (link->holds)
        weir__hold_abandon (link->holds, leave);
}

static void free_link (weir__link_t *link)
{
    assert (!link->holds);
    HASH_DELETE (hh, link->session->links, link);
    free (link);
}

void weir__link_close (weir__machine_t *self, weir__link_t *link)
{
    unpark_all (link);
    forget_requests (self, link, WEIR__LEFT);
    abandon_holds (link, WEIR__LEFT);
    free_link (link);
}

void weir__session_expire (weir__machine_t *self, weir__session_t *session,
                           weir__leave_t leave)
{
    weir__link_t *link, *next;
    session->ends = true;
    //  First nobody of the dead waits any more, so that nothing passes from
    //  one of its links to another.
    for (link = session->links; link; link = link->hh.next)
        unpark_all (link);
    for (link = session->links; link; link = link->hh.next)
        forget_requests (self, link, leave);
    //  A temporary lock is dropped before it could pass on.
    while (session->temporaries)
        weir__object_drop (session->temporaries);
    HASH_ITER (hh, session->links, link, next)
    {
        abandon_holds (link, leave);
        free_link (link);
    }
    HASH_DELETE (hh, self->sessions, session);
    free (session);
}

void weir__session_free (weir__machine_t *self, weir__session_t *session)
{
    weir__link_t *link, *next;
    HASH_ITER (hh, session->links, link, next)
    {
        unpark_all (link);
        for (size_t place = 0; place < WEIR__WINDOW; place++)
            if (link->requests [place]) {
                link->requests [place]->object = NULL;
                free_request (self, link, place);
            }
        while (link->holds)
            weir__hold_end (link->holds, self);
        free_link (link);
    }
    while (session->temporaries) {
        weir__object_t *object = session->temporaries;
        DL_DELETE2 (session->temporaries, object, temporary_prev,
                    temporary_next);
        object->creator = NULL;
    }
    HASH_DELETE (hh, self->sessions, session);
    free (session);
}

void weir__link_ack (weir__machine_t *self, weir__link_t *link, uint64_t acked)
{
    if (acked <= link->acked)
        return;
    for (size_t place = 0; place < WEIR__WINDOW; place++) {
        const weir__request_t *request = link->requests [place];
        if (request && !request->object && request->number <= acked)
            free_request (self, link, place);
    }
    link->acked = acked;
}

weir__request_t *weir__link_request (weir__link_t *link, uint64_t number)
{
    weir__request_t *request = link->requests [number % WEIR__WINDOW];
    return request && request->number == number ? request : NULL;
}

weir__request_t *weir__request_new (weir__link_t *link, uint64_t number)
{
    size_t place = number % WEIR__WINDOW;
    assert (!link->requests [place]);
    weir__request_t *request = calloc (1, sizeof *request);
    if (!request)
        return NULL;
    if (!weir__buffer_extend (&request->reply, WEIR__REPLY_ROOM)) {
        free (request);
        return NULL;
    }
    weir__buffer_clear (&request->reply);
    request->number = number;
    request->link = link;
    request->timer.deadline_us = WEIR__NEVER;
    link->requests [place] = request;
    return request;
}

void weir__request_unpark (weir__request_t *request)
{
    weir__object_t *object = request->object;
    assert (object);
    weir__poll_end (request);
    DL_DELETE (object->lines [request->line], request);
    weir__timer_end (object->machine, &request->timer);
    request->object = NULL;
}
