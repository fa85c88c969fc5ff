/*  parking.c - parks and resumes requests, and sends replies

    SPDX-License-Identifier: MPL-2.0
*/

#include "machine/parking.h"

#include <assert.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "machine/call.h"
#include "machine/core/holds.h"
#include "machine/core/kind.h"
#include "machine/core/requests.h"
#include "machine/core/timers.h"

void weir__send (const weir__machine_t *self, weir__origin_t to,
                 uint64_t number, weir__bytes_t body)
{
    if (self->sink)
        self->sink->reply (self->sink->context, to, number, body);
}

weir__bytes_t weir__request_reply (const weir__request_t *request)
{
    if (request->reply.failed)
        return weir__reply_no_memory;
    return (weir__bytes_t){request->reply.data, request->reply.size};
}

//  Copies the body of a request that parks, because its arguments must outlive
//  the entry. Returns false when out of memory.
static bool keep_body (weir__call_t *call)
{
    weir__request_t *request = call->request;
    assert (!request->body);
    request->body = malloc (call->raw.size);
    if (!request->body)
        return false;
    memcpy (request->body, call->raw.data, call->raw.size);
    request->size = call->raw.size;
    return true;
}

void weir__park (weir__call_t *call, unsigned line, const char *why)
{
    assert (line < WEIR__LINES);
    assert (call->request && !call->request->object);
    weir__request_t *request = call->request;
    weir__object_t *object = call->object;
    weir__machine_t *machine = object->machine;
    if (call->body.timeout_ms == 0) {
        weir__refuse (call, EAGAIN, "%s%s", why,
                      call->step ? "; a transaction does not wait" : "");
        return;
    }
    uint64_t deadline_us =
        weir__deadline_us (machine->time_us, call->body.timeout_ms);
    if (!keep_body (call) || (deadline_us != WEIR__NEVER &&
                              !weir__timer_claim (machine, &request->timer))) {
        weir__refuse (call, ENOMEM, "out of memory");
        return;
    }
    request->timer.order = machine->order++;
    weir__timer_set (machine, &request->timer, deadline_us);
    request->object = object;
    request->line = (uint8_t) line;
    DL_APPEND (object->lines [line], request);
    call->parked = true;
}

void weir__move (weir__request_t *request, weir__object_t *object,
                 unsigned line)
{
    assert (line < WEIR__LINES && object->machine == request->object->machine);
    weir__request_unpark (request);
    request->object = object;
    request->line = (uint8_t) line;
    DL_APPEND (object->lines [line], request);
}

bool weir__has_moved (const weir__request_t *request)
{
    weir__request_body_t body;
    weir__request_body_read (request->body, request->size, &body);
    return body.object != request->object->id;
}

void weir__resume (weir__request_t *request, weir__call_t *ret_call)
{
    weir__object_t *object = request->object;
    assert (object);
    weir__request_unpark (request);
    *ret_call = (weir__call_t){
        .object = object,
        .request = request,
        .reply = &request->reply,
    };
    const char *wrong =
        weir__request_body_read (request->body, request->size, &ret_call->body);
    assert (!wrong);
    (void) wrong;
}

void weir__reply (weir__call_t *call)
{
    weir__request_t *request = call->request;
    assert (request && !call->parked);
    assert (call->reply->failed || call->reply->size > WEIR__REPLY_HEAD_BYTES);
    weir__answer_fits (call);
    free (request->body);
    request->body = NULL;
    weir__hold_end (request->hold, call->object->machine);
    request->hold = NULL;
    weir__origin_t to = {request->link->session->id, request->link->number};
    weir__send (call->object->machine, to, request->number,
                weir__request_reply (request));
}

bool weir__hold_reserve (weir__call_t *call, uint32_t lease_ms)
{
    if (weir__hold_reserve_for (call->request, call->object->machine, lease_ms))
        return true;
    weir__refuse (call, ENOMEM, "out of memory");
    return false;
}
