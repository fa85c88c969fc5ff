/*  rwlock.c - the sequential model of rwlock

    SPDX-License-Identifier: MPL-2.0
*/

#include <errno.h>

#include "base/clock.h"
#include "codec/ops.h"
#include "model/model.h"

static void answer (const model_object_t *self, model_request_t *request)
{
    weir_value_t items [] = {weir_value_int (self->token),
                             weir_value_bool (self->abandoned)};
    model_answer (request, weir_value_list (items, 2));
}

static bool is_writer (const model_request_t *request)
{
    return request->step.op == WEIR__RWLOCK_ACQUIRE_WRITE;
}

static bool is_written (model_t *model, const model_object_t *self)
{
    return self->writing && model_held (model, self, NULL);
}

static void grant (model_t *model, model_object_t *self,
                   model_request_t *request)
{
    model_hold_t *own = model_held (model, self, request->link);
    if (own)
        own->count++;
    else
        model_take (model, self, request, 0)->token = ++self->token;
    self->writing = is_writer (request);
    answer (self, request);
}

void model_rwlock_settle (model_t *model, model_object_t *self)
{
    model_request_t *first;
    while (self->kind == WEIR__RWLOCK &&
           (first = model_first (model, self, 0)) &&
           !is_written (model, self) &&
           !(is_writer (first) && model_held (model, self, NULL))) {
        grant (model, self, first);
        model_resume (model, first);
    }
}

void model_rwlock_gone (model_t *model, const model_hold_t *hold)
{
    if (hold->object->writing)
        hold->object->abandoned = true;
    model_rwlock_settle (model, hold->object);
}

bool model_rwlock_waits (model_t *model, const model_object_t *self,
                         const model_request_t *request)
{
    bool parked = request->object == self;
    if (is_writer (request) || is_written (model, self))
        return true;
    for (unsigned i = 0; i < model->link_count; i++)
        for (unsigned place = 0; place < WEIR__WINDOW; place++) {
            const model_request_t *other = model->links [i].requests [place];
            if (other && other->object == self && is_writer (other) &&
                other->deadline_us == WEIR__NEVER &&
                (!parked || other->order < request->order))
                return true;
        }
    return false;
}

static void acquire (model_t *model, model_object_t *self,
                     model_request_t *request)
{
    model_hold_t *own = model_held (model, self, request->link);
    bool stands = is_writer (request) ? model_held (model, self, NULL) != NULL
                                      : is_written (model, self) ||
                                            model_first (model, self, 0);
    bool reads = own && !is_writer (request) && !self->writing;
    if (reads || !stands)
        grant (model, self, request);
    else if (request->step.timeout_ms < 0 &&
             (own || (model_rwlock_waits (model, self, request) &&
                      model_deadlocks (model, self, request))))
        model_fail (request, EDEADLK);
    else
        model_park (model, self, request, 0);
}

static void release (model_t *model, model_object_t *self,
                     model_request_t *request)
{
    model_hold_t *own = model_held (model, self, request->link);
    if (!own) {
        model_fail (request, EPERM);
        return;
    }
    model_answer (request, weir_value_int (--own->count));
    if (own->count > 0)
        return;
    model_let_go (model, own);
    self->abandoned = self->abandoned && !self->writing;
    model_rwlock_settle (model, self);
}

static void tell (model_t *model, const model_object_t *self,
                  model_request_t *request)
{
    int64_t readers = 0;
    for (size_t i = 0; i < model->hold_count; i++)
        readers += model->holds [i].object == self && !self->writing;
    weir_value_t items [] = {
        weir_value_bool (is_written (model, self)),
        weir_value_int (readers),
        weir_value_int (self->token),
        weir_value_bool (self->abandoned),
        weir_value_int ((int64_t) model_waiting (model, self, 0)),
    };
    model_answer (request, weir_value_list (items, 5));
}

void model_rwlock (model_t *model, model_object_t *self,
                   model_request_t *request)
{
    switch (request->step.op) {
    case WEIR__RWLOCK_RELEASE:
        release (model, self, request);
        break;
    case WEIR__RWLOCK_INFO:
        tell (model, self, request);
        break;
    default:
        acquire (model, self, request);
    }
}
