/*  event.c - the sequential model of event

    SPDX-License-Identifier: MPL-2.0
*/

#include "codec/ops.h"
#include "model/model.h"

void model_event_settle (model_t *model, model_object_t *self)
{
    model_request_t *waiting;
    while (self->is_set && !model->transacting &&
           (waiting = model_first (model, self, 0))) {
        model_answer (waiting, weir_value_nil ());
        model_resume (model, waiting);
    }
}

void model_event (model_t *model, model_object_t *self,
                  model_request_t *request)
{
    switch (request->step.op) {
    case WEIR__EVENT_SET:
        self->is_set = true;
        model_answer (request, weir_value_nil ());
        model_event_settle (model, self);
        break;
    case WEIR__EVENT_CLEAR:
        self->is_set = false;
        model_answer (request, weir_value_nil ());
        break;
    case WEIR__EVENT_IS_SET:
        model_answer (request, weir_value_bool (self->is_set));
        break;
    default:
        if (self->is_set)
            model_answer (request, weir_value_nil ());
        else
            model_park (model, self, request, 0);
    }
}
