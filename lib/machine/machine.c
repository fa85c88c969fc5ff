/*  machine.c - entries in, replies out

    SPDX-License-Identifier: MPL-2.0
*/

#include "machine/machine.h"

#include <assert.h>
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>

#include "base/clock.h"
#include "codec/ops.h"
#include "codec/status.h"
#include "machine/call.h"
#include "machine/deadlock.h"
#include "machine/core/hold.h"
#include "machine/kind.h"
#include "machine/core/object.h"
#include "machine/poll.h"

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
    //  Objects last: requests of any session are parked at them.
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

//  A list or dict can be read as a whole, which is one value: so what is in it
//  is one level deeper than it is by itself.
static bool fits_inside (weir__call_t *call, const weir__op_t *op)
{
    if (op->effect < WEIR__KEEPS || op->effect >= WEIR__PARKS)
        return true;
    weir__slice_t value = weir__arg_packed (call, op->effect - WEIR__KEEPS);
    if (weir__packed_depth (value.data, value.size) < WEIR__DEPTH_MAX)
        return true;
    weir__refuse (call, EINVAL,
                  "a value in it can be nested %d deep, for it is a level "
                  "itself",
                  WEIR__DEPTH_MAX - 1);
    return false;
}

bool weir__is_guarded (weir__call_t *call)
{
    const weir__guard_t *guard = &call->body.guard;
    if (guard->object == 0)
        return true;
    const weir__object_t *by =
        weir__object_find (call->object->machine, guard->object);
    if (by && weir__hold_by (by, guard->token))
        return true;
    weir__refuse (call, ESTALE,
                  "it is guarded by grant %" PRIu64 " of %s%s%s%s, which has "
                  "ended: another thread may hold it now",
                  guard->token, by ? by->kind->name : "an object that is gone",
                  by && by->name ? " '" : "", by && by->name ? by->name : "",
                  by && by->name ? "'" : "");
    return false;
}

const weir__op_t *weir__find_op (weir__call_t *call, weir__machine_t *self)
{
    uint64_t object_id = call->body.object;
    call->object = weir__object_find (self, object_id);
    if (!call->object) {
        call->object = self->slots [0].object;
        weir__refuse_gone (call, "object");
        return NULL;
    }
    const weir__kind_t *kind = call->object->kind;
    if (call->body.op == WEIR__INFO && object_id != 0 && call->body.argc == 0)
        return &weir__info_op;
    if (call->body.op >= kind->op_count) {
        weir__refuse (call, ENOTSUP, "this owner knows no operation %u on it",
                      call->body.op);
        return NULL;
    }
    const weir__op_t *op = &kind->ops [call->body.op];
    if (call->body.argc < op->argc_min || call->body.argc > op->argc_max) {
        weir__refuse (call, EINVAL, "%s takes %u to %u arguments, not %u",
                      op->name, op->argc_min, op->argc_max, call->body.argc);
        return NULL;
    }
    bool good = fits_inside (call, op) &&
                (op->effect == WEIR__READS || weir__is_guarded (call));
    return good ? op : NULL;
}

//  A reply that nothing is kept of.
static void reply_at_once (const weir__machine_t *self,
                           const weir__record_t *record, int error)
{
    uint16_t status = weir__status_of (error);
    uint8_t body [] = {(uint8_t) status, (uint8_t) (status >> 8), 0, 0, 0xc0};
    weir__send (self, (weir__origin_t){record->session, record->link},
                record->number, (weir__slice_t){body, sizeof body});
}

void weir__settle (weir__object_t *object)
{
    if (object->kind->settle)
        object->kind->settle (object);
    weir__poll_touch (object);
}

static void run (weir__machine_t *self, weir__request_t *request,
                 const weir__record_t *record, const weir__request_body_t *body)
{
    weir__call_t call = {
        .request = request,
        .reply = &request->reply,
        .body = *body,
        .raw = record->body,
    };
    const weir__op_t *op = weir__find_op (&call, self);
    if (op) {
        op->apply (call.object, &call);
        if (op->effect != WEIR__READS && !call.parked &&
            !weir__call_failed (&call)) {
            if (weir__changes (op) && weir__transacts (call.object))
                call.object->sequence++;
            weir__settle (call.object);
        }
    }
    if (!call.parked)
        weir__reply (&call);
}

static void apply_request (weir__machine_t *self, const weir__record_t *record)
{
    weir__link_t *link = weir__link_find (self, record->session, record->link);
    weir__request_body_t body;
    if (!link || weir__request_body_read (record->body.data, record->body.size,
                                          &body) != NULL) {
        reply_at_once (self, record, EPROTO);
        return;
    }
    weir__link_ack (self, link, body.acked < record->number ? body.acked : 0);
    weir__request_t *request = weir__link_request (link, record->number);
    if (request && !request->object) //  asked again: the kept reply
        weir__send (self, (weir__origin_t){record->session, record->link},
                    request->number, weir__request_reply (request));
    if (request || record->number <= link->acked)
        return;
    if (record->number - link->acked > WEIR__WINDOW ||
        link->requests [record->number % WEIR__WINDOW]) {
        reply_at_once (self, record, EPROTO);
        return;
    }
    request = weir__request_new (link, record->number);
    if (request)
        run (self, request, record, &body);
    else
        reply_at_once (self, record, ENOMEM);
}

//  A wait times out, or a lease runs out.
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
        apply_request (self, record);
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

int weir__machine_apply (weir__machine_t *self, weir__slice_t entry,
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

void weir__machine_read (weir__machine_t *self,
                         const weir__request_body_t *request,
                         weir__buffer_t *reply)
{
    weir__call_t call = {.body = *request, .reply = reply};
    const weir__op_t *op = weir__find_op (&call, self);
    if (!op)
        return;
    if (op->effect == WEIR__READS)
        op->apply (call.object, &call);
    else
        weir__refuse (&call, EINVAL, "%s is no read", op->name);
    weir__answer_fits (&call);
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

uint64_t weir__machine_deadline_us (const weir__machine_t *self)
{
    const weir__timer_t *first = weir__timer_first (self);
    return first ? first->deadline_us : WEIR__NEVER;
}
