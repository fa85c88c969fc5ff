/*  session.c - the ends of links and sessions

    SPDX-License-Identifier: MPL-2.0
*/

#include "machine/session.h"

#include <stdlib.h>

#include "machine/core/kind.h"
#include "machine/core/objects.h"
#include "machine/core/requests.h"
#include "machine/core/sessions.h"
#include "machine/ending.h"

static int by_notice (const weir__request_t *a, const weir__request_t *b)
{
    return (a->notice.order > b->notice.order) -
           (a->notice.order < b->notice.order);
}

//  Frees the requests of a link, and tells the kinds of those that were parked.
//  Requests whose wait was ended by a notice go into the list `notified`
//  instead, the oldest notice first.
static void forget_requests (weir__machine_t *self, weir__link_t *link,
                             weir__leave_t leave, weir__request_t **notified)
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
        if (request->notice.order)
            DL_INSERT_INORDER (*notified, request, by_notice);
        else
            weir__request_free (self, request);
    }
}

//  Passes the notices to other waiters, the oldest first, and frees the
//  requests.
static void pass_notices_on (weir__machine_t *self, weir__request_t *notified)
{
    weir__request_t *request, *next;
    DL_FOREACH_SAFE (notified, request, next)
    {
        weir__object_t *object =
            weir__object_find (self, request->notice.condition);
        if (object && object->kind->receiver_gone)
            object->kind->receiver_gone (object, request->notice);
        weir__request_free (self, request);
    }
}

//  Ends the holds of a link, oldest first, so that waiters get the objects.
static void abandon_holds (weir__link_t *link, weir__leave_t leave)
{
    while (link->holds)
        weir__hold_abandon (link->holds, leave);
}

void weir__link_close (weir__machine_t *self, weir__link_t *link)
{
    weir__request_t *notified = NULL;
    weir__link_unpark_all (link);
    forget_requests (self, link, WEIR__LEFT, &notified);
    pass_notices_on (self, notified);
    abandon_holds (link, WEIR__LEFT);
    weir__link_free (link);
}

void weir__session_expire (weir__machine_t *self, weir__session_t *session,
                           weir__leave_t leave)
{
    weir__link_t *link, *next;
    weir__request_t *notified = NULL;
    session->ends = true;
    //  Unpark all links first, so that no link of this session gets an object
    //  from another of its links.
    for (link = session->links; link; link = link->hh.next)
        weir__link_unpark_all (link);
    for (link = session->links; link; link = link->hh.next)
        forget_requests (self, link, leave, &notified);
    //  Drop temporary objects before their holds could pass to a waiter.
    while (session->temporaries)
        weir__object_drop (session->temporaries);
    pass_notices_on (self, notified);
    HASH_ITER (hh, session->links, link, next)
    {
        abandon_holds (link, leave);
        weir__link_free (link);
    }
    HASH_DELETE (hh, self->sessions, session);
    free (session);
}
