/*  machine.c - entries in, replies out

    SPDX-License-Identifier: MPL-2.0
*/

#include "machine/machine.h"

#include <errno.h>
#include <stdlib.h>

#include "base/clock.h"
#include "machine/core/objects.h"
#include "machine/core/requests.h"
#include "machine/core/sessions.h"
#include "machine/core/timers.h"
#include "machine/deadlock.h"
#include "machine/dispatch.h"
#include "machine/ending.h"
#include "machine/kinds/kinds.h"
#include "machine/parking.h"
#include "machine/poll.h"
#include "machine/session.h"

weir__machine_t *weir__machine_new (void)
{
    weir__machine_t *self = calloc (1, sizeof *self);
    weir__object_t *directory =
        self ? weir__object_new (self, &weir__directory_kind) : NULL;
    if (!directory) {
        weir__machine_destroy (&self);
        return NULL;
    }
    weir__object_enter (directory);
    return self;
}

void weir__machine_destroy (weir__machine_t **self_p)
{
    weir__machine_t *self = *self_p;
    if (!self)
        return;
    *self_p = NULL;
    //  Free objects last: requests of the sessions are parked at them.
    while (self->sessions)
        weir__session_free (self, self->sessions);
    for (uint32_t index = 0; index < self->slot_count; index++)
        if (self->slots [index].object)
            weir__object_free (self->slots [index].object);
    free (self->slots);
    free (self->free_slots);
    free (self->timers.nodes);
    free (self);
}

//  Ends a wait by its timeout, or a hold by the end of its lease.
static void fire (weir__timer_t *timer)
{
    if (timer->of_hold)
        weir__hold_abandon (WEIR__OF (timer, weir__hold_t, timer),
                            WEIR__LAPSED);
    else
        weir__deadlock_time_out (WEIR__OF (timer, weir__request_t, timer));
}

static void apply_record (weir__machine_t *self, const weir__record_t *record)
{
    if (record->type == WEIR__RECORD_REQUEST) {
        weir__dispatch (self, record);
        return;
    }
    if (record->type == WEIR__RECORD_OPEN) {
        weir__link_t *link =
            weir__link_open (self, record->session, record->link);
        if (link)
            link->session->process = record->number;
        return;
    }
    if (record->type == WEIR__RECORD_EXPIRE) {
        weir__session_t *session;
        HASH_FIND (hh, self->sessions, &record->session, sizeof record->session,
                   session);
        if (session)
            weir__session_expire (self, session,
                                  record->number ? WEIR__LEFT : WEIR__DIED);
        return;
    }
    weir__link_t *link = weir__link_find (self, record->session, record->link);
    if (link && record->type == WEIR__RECORD_CLOSE)
        weir__link_close (self, link);
    else if (link) {
        weir__request_t *request = weir__link_request (link, record->number);
        if (request && request->object)
            weir__end_wait (request, EINTR, "the wait was interrupted");
    }
}

int weir__machine_apply (weir__machine_t *self, weir__bytes_t entry,
                         const weir__sink_t *sink)
{
    weir__record_t record;
    weir__reader_t check = weir__reader (entry.data, entry.size);
    weir__entry_time (&check);
    while (weir__entry_next (&check, &record))
        ;
    if (check.failed) {
        errno = EPROTO;
        return -1;
    }
    weir__reader_t reader = weir__reader (entry.data, entry.size);
    uint64_t time_us = weir__entry_time (&reader);
    self->sink = sink;
    if (time_us > self->time_us)
        self->time_us = time_us;
    weir__timer_t *timer;
    while ((timer = weir__timer_first (self)) != NULL &&
           timer->deadline_us <= self->time_us)
        fire (timer);
    while (weir__entry_next (&reader, &record))
        apply_record (self, &record);
    weir__poll_settle (self);
    self->sink = NULL;
    return 0;
}

bool weir__machine_reads (const weir__machine_t *self,
                          const weir__request_body_t *request)
{
    const weir__object_t *object = weir__object_find (self, request->object);
    return object && ((request->op == WEIR__INFO && request->object != 0) ||
                      (request->op < object->kind->op_count &&
                       object->kind->ops [request->op].effect == WEIR__READS));
}

bool weir__machine_keeps (weir__machine_t *self, weir__origin_t from,
                          uint64_t number)
{
    weir__link_t *link = weir__link_find (self, from.session, from.link);
    return link && weir__link_request (link, number);
}

bool weir__machine_reply (weir__machine_t *self, weir__origin_t from,
                          uint64_t number, weir__bytes_t *ret_body)
{
    weir__link_t *link = weir__link_find (self, from.session, from.link);
    const weir__request_t *request =
        link ? weir__link_request (link, number) : NULL;
    if (!request || request->object)
        return false;
    *ret_body = weir__request_reply (request);
    return true;
}

bool weir__machine_each_session (const weir__machine_t *self,
                                 bool (*each) (void *context, uint64_t session,
                                               uint64_t process),
                                 void *context)
{
    for (const weir__session_t *session = self->sessions; session;
         session = session->hh.next)
        if (!each (context, session->id, session->process))
            return false;
    return true;
}

bool weir__machine_has_link (weir__machine_t *self, weir__origin_t link)
{
    return weir__link_find (self, link.session, link.link) != NULL;
}

void weir__machine_read (weir__machine_t *self,
                         const weir__request_body_t *request,
                         weir__buffer_t *reply)
{
    weir__dispatch_read (self, request, reply);
}

uint64_t weir__machine_deadline_us (const weir__machine_t *self)
{
    const weir__timer_t *first = weir__timer_first (self);
    return first ? first->deadline_us : WEIR__NEVER;
}
