/*  requests.c - the requests that a link has open

    SPDX-License-Identifier: MPL-2.0
*/

#include "machine/core/requests.h"

#include <assert.h>
#include <stdlib.h>

#include "base/clock.h"
#include "machine/core/holds.h"
#include "machine/core/timers.h"
#include "machine/core/watch.h"

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
    weir__watch_end (request);
    DL_DELETE (object->lines [request->line], request);
    weir__timer_end (object->machine, &request->timer);
    request->object = NULL;
}

void weir__request_free (weir__machine_t *self, weir__request_t *request)
{
    assert (!request->object);
    request->link->requests [request->number % WEIR__WINDOW] = NULL;
    weir__hold_end (request->hold, self);
    weir__buffer_free (&request->reply);
    free (request->body);
    free (request);
}
