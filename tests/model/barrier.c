/*  barrier.c - the sequential model of the barrier

    SPDX-License-Identifier: MPL-2.0
*/

#include <assert.h>
#include <errno.h>

#include "codec/ops.h"
#include "model/model.h"

//  Every waiter is told that the barrier is broken.
static void turn_back (model_t *model, model_object_t *self)
{
    model_request_t *first;
    self->actor = NULL;
    self->generation_size = 0;
    while ((first = model_first (model, self, 0)) != NULL) {
        model_fail (first, ECANCELED);
        model_resume (model, first);
    }
}

void model_barrier_break (model_t *model, model_object_t *self)
{
    self->broken = true;
    turn_back (model, self);
}

void model_barrier_gone (model_t *model, const model_hold_t *hold,
                         weir__leave_t leave)
{
    model_object_t *self = hold->object;
    bool missed = self->actor == hold->link;
    if (leave == WEIR__DIED && hold->token > self->last_lost)
        self->last_lost = hold->token;
    for (model_request_t *request = model_first (model, self, 0); request;
         request = model_next (model, request))
        if (leave == WEIR__DIED && hold->token > 0 &&
            model_held (model, self, request->link)->token == hold->token)
            missed = true;
    if (missed)
        model_barrier_break (model, self);
}

static bool is_of_generation (const model_object_t *self,
                              const model_request_t *request)
{
    for (size_t i = 0; i < self->generation_size; i++)
        if (self->generation [i] == request)
            return true;
    return false;
}

bool model_barrier_ended (model_t *model, model_request_t *request, int error)
{
    model_object_t *self = request->object;
    if (error == EINTR)
        return is_of_generation (self, request);
    if (error != ETIMEDOUT)
        return false;
    model_fail (request, error);
    model_resume (model, request);
    model_barrier_break (model, self);
    return true;
}

static void let_pass (model_t *model, model_object_t *self,
                      model_request_t *request, int64_t place)
{
    bool acts = self->actor == request->link;
    model_held (model, self, request->link)->token = self->times;
    weir_value_t items [] = {weir_value_int (place), weir_value_bool (acts)};
    model_answer (request, weir_value_list (items, 2));
}

static void release_generation (model_t *model, model_object_t *self)
{
    for (size_t i = 0; i < self->generation_size; i++) {
        let_pass (model, self, self->generation [i], (int64_t) i);
        model_resume (model, self->generation [i]);
    }
    self->generation_size = 0;
}

//  All parties have come: `last`, and those in the line.
static void trip (model_t *model, model_object_t *self, model_request_t *last)
{
    model_request_t *next = model_first (model, self, 0);
    bool acts = last->step.args [0].boolean;
    self->generation_size = 0;
    while (self->generation_size + 1 < (size_t) self->parties) {
        assert (next && self->generation_size < 64);
        self->generation [self->generation_size++] = next;
        next = model_next (model, next);
    }
    self->times++;
    self->actor = acts ? last->link : NULL;
    let_pass (model, self, last, self->parties - 1);
    if (last->object)
        model_resume (model, last);
    if (!acts)
        release_generation (model, self);
}

static void wait (model_t *model, model_object_t *self,
                  model_request_t *request)
{
    int64_t others = (int64_t) model_waiting (model, self, 0);
    bool last = !self->actor && others + 1 == self->parties;
    if (request->step.args [0].type != WEIR_BOOL) {
        model_fail (request, EINVAL);
        return;
    }
    const model_hold_t *own = model_held (model, self, request->link);
    if (own && own->token > 0 && own->token <= self->last_lost)
        model_barrier_break (model, self);
    if (self->broken) {
        model_fail (request, ECANCELED);
        return;
    }
    if (!last && request->step.timeout_ms == 0) {
        model_fail (request, EAGAIN);
        return;
    }
    if (!model_held (model, self, request->link))
        model_take (model, self, request, 0);
    if (last)
        trip (model, self, request);
    else
        model_park (model, self, request, 0);
}

static void acted (model_t *model, model_object_t *self,
                   model_request_t *request)
{
    weir_value_t good = request->step.args [0];
    if (good.type != WEIR_BOOL)
        model_fail (request, EINVAL);
    else if (!self->actor || self->actor != request->link)
        model_fail (request, ECANCELED);
    else {
        self->actor = NULL;
        model_answer (request, weir_value_nil ());
        if (!good.boolean) {
            model_barrier_break (model, self);
            return;
        }
        release_generation (model, self);
        while (!self->actor &&
               (int64_t) model_waiting (model, self, 0) >= self->parties) {
            model_request_t *last = model_first (model, self, 0);
            for (int64_t i = 1; i < self->parties; i++)
                last = model_next (model, last);
            trip (model, self, last);
        }
    }
}

void model_barrier (model_t *model, model_object_t *self,
                    model_request_t *request)
{
    weir_value_t items [] = {
        weir_value_int (self->parties),
        weir_value_int ((int64_t) model_waiting (model, self, 0)),
        weir_value_bool (self->broken),
    };
    switch (request->step.op) {
    case WEIR__BARRIER_WAIT:
        wait (model, self, request);
        break;
    case WEIR__BARRIER_ACTED:
        acted (model, self, request);
        break;
    case WEIR__BARRIER_ABORT:
        model_answer (request, weir_value_nil ());
        model_barrier_break (model, self);
        break;
    case WEIR__BARRIER_RESET:
        model_answer (request, weir_value_nil ());
        turn_back (model, self);
        model_forget_holds (model, self);
        self->last_lost = 0;
        self->broken = false;
        break;
    default:
        model_answer (request, weir_value_list (items, 3));
    }
}
