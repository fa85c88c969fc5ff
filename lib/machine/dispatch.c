/*  dispatch.c - finds the operation of a request and runs it

    SPDX-License-Identifier: MPL-2.0
*/

#include "machine/dispatch.h"

#include <errno.h>

#include "codec/packed.h"
#include "codec/status.h"
#include "machine/core/objects.h"
#include "machine/core/requests.h"
#include "machine/core/sessions.h"
#include "machine/ending.h"
#include "machine/info.h"
#include "machine/parking.h"

//  Returns false after refusing a value that is nested too deep. A list or dict
//  can be read as one value, in which its items are one level deeper.
static bool fits_inside (weir__call_t *call, const weir__op_t *op)
{
    if (op->kept == 0)
        return true;
    weir__bytes_t value = weir__arg_packed (call, op->kept - 1);
    if (weir__packed_depth (value.data, value.size) < WEIR__DEPTH_MAX)
        return true;
    weir__refuse (call, EINVAL,
                  "the value is nested too deep: at most %d levels, because "
                  "the object is a level itself",
                  WEIR__DEPTH_MAX - 1);
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
        weir__refuse (call, ENOTSUP, "this owner does not know operation %u",
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

void weir__dispatch_read (weir__machine_t *self,
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
        weir__refuse (&call, EINVAL, "%s is not a read", op->name);
    weir__answer_fits (&call);
}

//  Sends a reply that the machine does not keep.
static void reply_at_once (const weir__machine_t *self,
                           const weir__record_t *record, int error)
{
    uint16_t status = weir__status_of (error);
    uint8_t body [] = {(uint8_t) status, (uint8_t) (status >> 8), 0, 0, 0xc0};
    weir__send (self, (weir__origin_t){record->session, record->link},
                record->number, (weir__bytes_t){body, sizeof body});
}

//  Runs the operation of a new request. Sends the reply unless the request
//  parks.
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

void weir__dispatch (weir__machine_t *self, const weir__record_t *record)
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
    if (request && !request->object) //  a repeated request
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
