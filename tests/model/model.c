/*  model.c - the sequential model: links, requests and waiting

    SPDX-License-Identifier: MPL-2.0
*/

#include "model/model.h"

#include <assert.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "codec/ops.h"
#include "codec/pack.h"
#include "codec/status.h"
#include "machine/core/kind.h"
#include "machine/kinds/kinds.h"
#include "machine/entry.h"

static void free_request (model_link_t *link, unsigned place)
{
    if (link->requests [place])
        weir__buffer_free (&link->requests [place]->value);
    free (link->requests [place]);
    link->requests [place] = NULL;
}

static void clear_replies (model_t *self)
{
    while (self->reply_count > 0)
        weir__buffer_free (&self->replies [--self->reply_count].value);
}

model_t *model_new (void)
{
    model_t *self = calloc (1, sizeof *self);
    assert (self);
    return self;
}

void model_destroy (model_t **self_p)
{
    model_t *self = *self_p;
    clear_replies (self);
    for (unsigned i = 0; i < self->link_count; i++)
        for (unsigned place = 0; place < WEIR__WINDOW; place++)
            free_request (&self->links [i], place);
    for (size_t i = 0; i < self->object_count; i++)
        model_free (self->objects [i]);
    for (size_t i = 0; i < self->block_count; i++)
        free (self->blocks [i]);
    free (self->blocks);
    free (self);
    *self_p = NULL;
}

static void reply (model_t *self, weir__origin_t to, uint64_t number, int error)
{
    assert (self->reply_count < MODEL_REPLIES);
    self->replies [self->reply_count++] =
        (model_reply_t){.to = to, .number = number, .error = error};
}

static void reply_done (model_t *self, const model_request_t *request)
{
    reply (self, request->link->who, request->step.number, request->error);
    model_reply_t *last = &self->replies [self->reply_count - 1];
    weir__buffer_put (&last->value, request->value.data, request->value.size);
}

void model_answer (model_request_t *request, weir_value_t value)
{
    request->error = 0;
    weir__buffer_clear (&request->value);
    assert (weir__pack (&request->value, value) == 0);
}

void model_fail (model_request_t *request, int error)
{
    request->error = error;
    weir__buffer_clear (&request->value);
}

//  ---------------------------------------------------------------------------
//  Waiting

void model_park (model_t *self, model_object_t *object,
                 model_request_t *request, unsigned line)
{
    if (request->step.timeout_ms == 0) {
        model_fail (request, EAGAIN);
        return;
    }
    request->object = object;
    request->line = line;
    request->order = self->order++;
    request->deadline_us = WEIR__NEVER;
    if (request->step.timeout_ms > 0)
        request->deadline_us =
            self->time_us + (uint64_t) request->step.timeout_ms * 1000;
}

//  Iterates over all requests. Begin with 0; returns NULL at the end.
static model_request_t *next_request (model_t *self, unsigned *place)
{
    while (*place < self->link_count * WEIR__WINDOW) {
        unsigned i = (*place)++;
        model_request_t *request =
            self->links [i / WEIR__WINDOW].requests [i % WEIR__WINDOW];
        if (request)
            return request;
    }
    return NULL;
}

model_request_t *model_first (model_t *self, const model_object_t *object,
                              unsigned line)
{
    model_request_t *first = NULL, *request;
    unsigned place = 0;
    while ((request = next_request (self, &place)))
        if (request->object == object && request->line == line &&
            (!first || request->order < first->order))
            first = request;
    return first;
}

model_request_t *model_next (model_t *self, const model_request_t *request)
{
    model_request_t *first = NULL, *other;
    unsigned place = 0;
    while ((other = next_request (self, &place)))
        if (other->object == request->object && other->line == request->line &&
            other->order > request->order &&
            (!first || other->order < first->order))
            first = other;
    return first;
}

size_t model_waiting (model_t *self, const model_object_t *object,
                      unsigned line)
{
    model_request_t *request;
    size_t count = 0;
    unsigned place = 0;
    while ((request = next_request (self, &place)))
        count += request->object == object && request->line == line;
    return count;
}

void model_resume (model_t *self, model_request_t *request)
{
    request->object = NULL;
    reply_done (self, request);
}

void model_move (model_t *self, model_request_t *request,
                 model_object_t *object)
{
    request->object = object;
    request->line = 0;
    request->order = self->order++;
    request->deadline_us = WEIR__NEVER;
}

//  Resumes waiters after one has left the object.
static void settle (model_t *self, model_object_t *object)
{
    model_rwlock_settle (self, object);
    if (object->kind == WEIR__QUEUE)
        model_queue_settle (self, object);
}

void model_end_wait (model_t *self, model_request_t *request, int error)
{
    model_object_t *object = request->object;
    if (object->kind == WEIR__CONDITION &&
        model_condition_ended (self, request, error))
        return;
    if (object->kind == WEIR__BARRIER &&
        model_barrier_ended (self, request, error))
        return;
    //  A wait at a condition reacquires its lock first.
    if (error == EINTR && request->step.object != object->id)
        return;
    model_fail (request, error);
    model_resume (self, request);
    if (error != ENOENT)
        settle (self, object);
}

static bool fires_before (uint64_t deadline_us, uint64_t order,
                          uint64_t other_us, uint64_t other_order)
{
    return deadline_us != other_us ? deadline_us < other_us
                                   : order < other_order;
}

static void fire_deadlines (model_t *self)
{
    for (;;) {
        model_request_t *first = NULL, *request;
        unsigned place = 0;
        while ((request = next_request (self, &place)))
            if (request->object && request->deadline_us <= self->time_us &&
                (!first || fires_before (request->deadline_us, request->order,
                                         first->deadline_us, first->order)))
                first = request;
        model_hold_t *lease = model_lapsing (self);
        if (lease &&
            (!first || fires_before (lease->deadline_us, lease->order,
                                     first->deadline_us, first->order)))
            model_abandon (self, lease, WEIR__LAPSED);
        else if (first)
            model_end_wait (self, first, ETIMEDOUT);
        else
            return;
    }
}

//  ---------------------------------------------------------------------------
//  Requests

//  The number of arguments of each operation: least and most, digit by digit.
static const char *const takes [] = {
    [WEIR__DIRECTORY] = "28 22 11 00 11 11",
    [WEIR__DICT] =
        "22 12 11 11 12 00 22 22 33 11 00 00 00 00 00 12 22 11 22 22 33",
    [WEIR__LIST] = "11 11 22 11 22 11 11 11 13 11 22 00 11 33 44 33 00 00 11",
    [WEIR__VAR] = "00 11 11 11 22 11 11 11",
    [WEIR__LOCK] = "01 00 00 11",
    [WEIR__RLOCK] = "01 00 00 11",
    [WEIR__CONDITION] = "11 11",
    [WEIR__BARRIER] = "11 11 00 00 00",
    [WEIR__QUEUE] = "11 00 00 11 00 11 11 01 00 11 11 11 22",
    [WEIR__NAMESPACE] =
        "22 12 11 11 12 00 22 22 33 11 00 00 00 00 00 12 22 11 22 22 33",
    [WEIR__ARRAY] = "11 22 22 33 44 44 33 33 00 00",
    [WEIR__SET] = "11 11 11 00 11 00 00 00 11 11 11 11 11 11 11 11 11 11 11 11",
    [WEIR__EVENT] = "00 00 00 00",
    [WEIR__SEMAPHORE] = "00 01 00 00",
    [WEIR__RWLOCK] = "00 00 00 00",
};

bool model_knows (unsigned kind)
{
    return kind < sizeof takes / sizeof *takes && takes [kind];
}

//  Which operations are reads is taken from the machine.
bool model_is_read (const model_object_t *object, const step_t *step)
{
    unsigned kind = object ? object->kind : WEIR__DIRECTORY;
    return weir__kinds [kind]->ops [step->op].effect == WEIR__READS;
}

static void run_kind (model_t *self, model_request_t *request)
{
    // clang-format off: one a line
    static void (*const kinds []) (model_t *, model_object_t *,
                                   model_request_t *) = {
        [WEIR__DICT] = model_dict,
        [WEIR__LIST] = model_list,
        [WEIR__VAR] = model_var,
        [WEIR__LOCK] = model_lock,
        [WEIR__QUEUE] = model_queue,
        [WEIR__SET] = model_set,
        [WEIR__NAMESPACE] = model_dict,
        [WEIR__RLOCK] = model_lock,
        [WEIR__CONDITION] = model_condition,
        [WEIR__BARRIER] = model_barrier,
        [WEIR__ARRAY] = model_array,
        [WEIR__EVENT] = model_event,
        [WEIR__SEMAPHORE] = model_semaphore,
        [WEIR__RWLOCK] = model_rwlock,
    };
    // clang-format on
    const step_t *step = &request->step;
    model_object_t *object = model_find (self, step->object);
    if (!object && step->object != 0) {
        model_fail (request, ENOENT);
        return;
    }
    const char *sizes = takes [object ? object->kind : WEIR__DIRECTORY];
    if (3 * step->op >= strlen (sizes) + 1)
        model_fail (request, ENOTSUP);
    else if (step->argc < (unsigned) (sizes [3 * step->op] - '0') ||
             step->argc > (unsigned) (sizes [3 * step->op + 1] - '0'))
        model_fail (request, EINVAL);
    else if (!model_is_read (object, step) && !model_is_guarded (self, request))
        ;
    else if (object)
        kinds [object->kind](self, object, request);
    else
        model_directory (self, request);
}

void model_run (model_t *self, model_request_t *request)
{
    run_kind (self, request);
    model_object_t *object = model_find (self, request->step.object);
    if (object && !request->object && request->error == 0 &&
        request->step.op < weir__kinds [object->kind]->op_count &&
        weir__kinds [object->kind]->ops [request->step.op].effect <
            WEIR__PARKS &&
        !model_is_read (object, &request->step))
        object->sequence++;
}

void model_read (model_t *self, model_request_t *read)
{
    model_run (self, read);
}

static void request (model_t *self, model_link_t *link, const step_t *step)
{
    if (!link->open) {
        reply (self, step->who, step->number, EPROTO);
        return;
    }
    uint64_t acked = step->acked < step->number ? step->acked : 0;
    for (unsigned place = 0; place < WEIR__WINDOW && acked > link->acked;
         place++)
        if (link->requests [place] && !link->requests [place]->object &&
            link->requests [place]->step.number <= acked)
            free_request (link, place);
    if (acked > link->acked)
        link->acked = acked;
    unsigned place = (unsigned) (step->number % WEIR__WINDOW);
    model_request_t *other = link->requests [place];
    if (other && other->step.number == step->number) {
        if (!other->object)
            reply_done (self, other);
        return;
    }
    if (step->number <= link->acked)
        return;
    if (step->number > link->acked + WEIR__WINDOW || other) {
        reply (self, step->who, step->number, EPROTO);
        return;
    }
    model_request_t *fresh = calloc (1, sizeof *fresh);
    assert (fresh);
    fresh->link = link;
    fresh->step = *step;
    link->requests [place] = fresh;
    model_run (self, fresh);
    if (!fresh->object)
        reply_done (self, fresh);
}

//  ---------------------------------------------------------------------------
//  Links

static void settle_all (model_t *self)
{
    for (size_t i = 0; i < self->object_count; i++) {
        model_object_t *object = self->objects [i];
        settle (self, object);
        if (object->kind == WEIR__BARRIER && object->lost)
            model_barrier_break (self, object);
        object->lost = false;
    }
}

static void forget (model_t *self, model_link_t *link)
{
    for (unsigned place = 0; place < WEIR__WINDOW; place++) {
        model_request_t *request = link->requests [place];
        if (request && request->object)
            request->object->lost = true;
        if (request && request->notified)
            self->notices [self->notice_count++] =
                (model_notice_t){request->step.object, request->notified};
        free_request (link, place);
    }
    link->open = false;
    link->acked = 0;
}

//  Returns the link of the session that was opened next after that one.
static model_link_t *next_opened (model_t *self, uint64_t session,
                                  uint64_t after)
{
    model_link_t *next = NULL;
    for (unsigned i = 0; i < self->link_count; i++) {
        model_link_t *link = &self->links [i];
        if (link->who.session == session && link->opened > after &&
            (!next || link->opened < next->opened))
            next = link;
    }
    return next;
}

static void expire (model_t *self, const step_t *step)
{
    uint64_t session = step->who.session;
    weir__leave_t leave = step->number ? WEIR__LEFT : WEIR__DIED;
    for (unsigned i = 0; i < self->link_count; i++)
        if (self->links [i].who.session == session)
            forget (self, &self->links [i]);
    settle_all (self);
    model_object_t *first;
    while ((first = model_first_temporary (self, session)))
        model_drop (self, first);
    model_link_t *link = NULL;
    self->ending = true;
    while ((link = next_opened (self, session, link ? link->opened : 0)))
        model_leave (self, link, leave);
    self->ending = false;
    model_notices_pass_on (self);
}

static model_link_t *find_link (model_t *self, weir__origin_t who)
{
    for (unsigned i = 0; i < self->link_count; i++)
        if (self->links [i].who.session == who.session &&
            self->links [i].who.link == who.link)
            return &self->links [i];
    assert (self->link_count < MODEL_LINKS);
    model_link_t *link = &self->links [self->link_count++];
    link->who = who;
    return link;
}

static void apply (model_t *self, const step_t *step)
{
    model_request_t *waiting = NULL;
    if (step->type == WEIR__RECORD_EXPIRE) {
        expire (self, step);
        return;
    }
    model_link_t *link = find_link (self, step->who);
    switch (step->type) {
    case WEIR__RECORD_OPEN:
        if (!link->open)
            link->opened = ++self->openings;
        link->open = true;
        break;
    case WEIR__RECORD_CLOSE:
        if (!link->open)
            break;
        forget (self, link);
        settle_all (self);
        model_leave (self, link, WEIR__LEFT);
        model_notices_pass_on (self);
        break;
    case WEIR__RECORD_CANCEL:
        waiting = link->requests [step->number % WEIR__WINDOW];
        if (waiting && waiting->object && waiting->step.number == step->number)
            model_end_wait (self, waiting, EINTR);
        break;
    default:
        request (self, link, step);
    }
}

void model_apply (model_t *self, uint64_t time_us, const step_t *steps,
                  size_t count)
{
    clear_replies (self);
    if (time_us > self->time_us)
        self->time_us = time_us;
    fire_deadlines (self);
    for (size_t i = 0; i < count; i++)
        apply (self, &steps [i]);
    model_poll_settle (self);
}

bool model_agrees (const model_reply_t *expected, weir__bytes_t body)
{
    weir__reader_t reader = weir__reader (body.data, body.size);
    uint16_t status = weir__reader_u16 (&reader);
    weir__reader_u16 (&reader);
    if (status != weir__status_of (expected->error))
        return false;
    return status != 0 ||
           (reader.size == expected->value.size &&
            memcmp (reader.data, expected->value.data, reader.size) == 0);
}
