/*  model_sync.c - the sequential model of lock and queue

    SPDX-License-Identifier: MPL-2.0
*/

#include <errno.h>

#include "codec/ops.h"
#include "model.h"

static void grant (model_t *model, model_object_t *self,
                   model_request_t *request)
{
    self->holder = request->link;
    self->held = model->order++;
    weir_value_t items [] = {weir_value_int (++self->token),
                             weir_value_bool (self->abandoned)};
    model_answer (request, weir_value_list (items, 2));
}

static void pass_on (model_t *model, model_object_t *self)
{
    self->holder = NULL;
    model_request_t *first = model_first (model, self, 0);
    if (!first)
        return;
    grant (model, self, first);
    model_resume (model, first);
}

void model_abandon (model_t *model, model_object_t *self)
{
    self->abandoned = true;
    pass_on (model, self);
}

static void lock_info (model_t *model, const model_object_t *self,
                       model_request_t *request)
{
    const model_link_t *holder = self->holder;
    weir_value_t items [] = {
        weir_value_bool (holder != NULL),
        weir_value_int (self->token),
        weir_value_bool (self->abandoned),
        weir_value_int ((int64_t) model_waiting (model, self, 0)),
        weir_value_int (holder ? (int64_t) holder->who.session : 0),
        weir_value_int (holder ? holder->who.link : 0),
    };
    model_answer (request, weir_value_list (items, 6));
}

void model_lock (model_t *model, model_object_t *self, model_request_t *request)
{
    if (request->step.op == WEIR__LOCK_INFO)
        lock_info (model, self, request);
    else if (request->step.op == WEIR__LOCK_RELEASE) {
        if (self->holder != request->link || !self->holder) {
            model_fail (request, EPERM);
            return;
        }
        self->abandoned = false;
        pass_on (model, self);
        model_answer (request, weir_value_nil ());
    } else if (!self->holder)
        grant (model, self, request);
    else if (self->holder == request->link && request->step.timeout_ms != 0)
        model_fail (request, EDEADLK);
    else
        model_park (model, self, request, 0);
}

static bool is_full (const model_object_t *self)
{
    return self->maxsize > 0 && self->size >= (size_t) self->maxsize;
}

//  Everybody who waits and can go on does so.
static void settle (model_t *model, model_object_t *self)
{
    model_request_t *getter, *putter;
    bool more = true;
    while (more) {
        more = false;
        getter = model_first (model, self, 0);
        if (getter && self->size > 0) {
            model_answer (getter, self->values [0]);
            model_remove (self, 0);
            model_resume (model, getter);
            more = true;
        }
        putter = model_first (model, self, 1);
        if (putter && !is_full (self)) {
            model_insert (self, self->size, weir_value_nil (),
                          putter->step.args [0]);
            model_answer (putter, weir_value_nil ());
            model_resume (model, putter);
            more = true;
        }
    }
}

static void close_queue (model_t *model, model_object_t *self,
                         model_request_t *request)
{
    weir_value_t at_once = request->step.args [0];
    if (at_once.type != WEIR_BOOL) {
        model_fail (request, EINVAL);
        return;
    }
    model_answer (request,
                  weir_value_int (at_once.boolean ? (int64_t) self->size : 0));
    if (at_once.boolean)
        self->size = 0;
    self->closed = true;
    for (unsigned line = 0; line < 2; line++) {
        model_request_t *waiting;
        while ((waiting = model_first (model, self, line))) {
            model_fail (waiting, ECANCELED);
            model_resume (model, waiting);
        }
    }
}

static void queue_info (model_t *model, const model_object_t *self,
                        model_request_t *request)
{
    weir_value_t items [] = {
        weir_value_int ((int64_t) self->size),
        weir_value_int (self->maxsize),
        weir_value_bool (self->closed),
        weir_value_int ((int64_t) model_waiting (model, self, 0)),
        weir_value_int ((int64_t) model_waiting (model, self, 1)),
    };
    model_answer (request, weir_value_list (items, 5));
}

void model_queue (model_t *model, model_object_t *self,
                  model_request_t *request)
{
    switch (request->step.op) {
    case WEIR__QUEUE_PUT:
        if (self->closed)
            model_fail (request, ECANCELED);
        else if (is_full (self))
            model_park (model, self, request, 1);
        else {
            model_insert (self, self->size, weir_value_nil (),
                          request->step.args [0]);
            model_answer (request, weir_value_nil ());
            settle (model, self);
        }
        break;
    case WEIR__QUEUE_GET:
        if (self->size > 0) {
            model_answer (request, self->values [0]);
            model_remove (self, 0);
            settle (model, self);
        } else if (self->closed)
            model_fail (request, ECANCELED);
        else
            model_park (model, self, request, 0);
        break;
    case WEIR__QUEUE_SIZE:
        model_answer (request, weir_value_int ((int64_t) self->size));
        break;
    case WEIR__QUEUE_CLOSE:
        close_queue (model, self, request);
        break;
    default:
        queue_info (model, self, request);
    }
}
