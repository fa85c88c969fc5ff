/*  sessions.c - sessions and their links

    SPDX-License-Identifier: MPL-2.0
*/

#include "machine/core/sessions.h"

#include <assert.h>
#include <stdlib.h>

#include "machine/core/holds.h"
#include "machine/core/requests.h"

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

void weir__link_ack (weir__machine_t *self, weir__link_t *link, uint64_t acked)
{
    if (acked <= link->acked)
        return;
    for (size_t place = 0; place < WEIR__WINDOW; place++) {
        weir__request_t *request = link->requests [place];
        if (request && !request->object && request->number <= acked)
            weir__request_free (self, request);
    }
    link->acked = acked;
}

void weir__link_unpark_all (weir__link_t *link)
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

void weir__link_free (weir__link_t *link)
{
    assert (!link->holds);
    HASH_DELETE (hh, link->session->links, link);
    free (link);
}

void weir__session_free (weir__machine_t *self, weir__session_t *session)
{
    weir__link_t *link, *next;
    HASH_ITER (hh, session->links, link, next)
    {
        weir__link_unpark_all (link);
        for (size_t place = 0; place < WEIR__WINDOW; place++)
            if (link->requests [place]) {
                link->requests [place]->object = NULL;
                weir__request_free (self, link->requests [place]);
            }
        while (link->holds)
            weir__hold_end (link->holds, self);
        weir__link_free (link);
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
