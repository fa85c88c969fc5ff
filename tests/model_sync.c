/*  model_sync.c - the sequential model of lock

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
