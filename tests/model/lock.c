/*  lock.c - the sequential model of lock and rlock

    SPDX-License-Identifier: MPL-2.0
*/

#include <errno.h>

#include "codec/ops.h"
#include "codec/status.h"
#include "model/model.h"

//  A wait that began at a condition also gets its outcome.
static void answer (const model_object_t *self, model_request_t *request)
{
    weir_value_t items [] = {
        weir_value_int (self->token),
        weir_value_bool (self->abandoned),
        weir_value_int (weir__status_of (request->outcome)),
    };
    bool moved = request->step.object != self->id;
    model_answer (request, weir_value_list (items, moved ? 3 : 2));
}

static void grant (model_t *model, model_object_t *self,
                   model_request_t *request)
{
    model_hold_t *hold = model_take (model, self, request, request->lease_ms);
    hold->token = ++self->token;
    if (request->count > 0)
        hold->count = request->count;
    answer (self, request);
}

void model_lock_serve (model_t *model, model_object_t *self)
{
    model_request_t *first = model_first (model, self, 0);
    if (!first || model_held (model, self, NULL))
        return;
    grant (model, self, first);
    model_resume (model, first);
}

void model_lock_gone (model_t *model, const model_hold_t *hold)
{
    hold->object->abandoned = true;
    model_lock_serve (model, hold->object);
}

void model_lock_let_go (model_t *model, model_hold_t *hold)
{
    model_object_t *self = hold->object;
    model_let_go (model, hold);
    self->abandoned = false;
    model_lock_serve (model, self);
}

static void tell (model_t *model, const model_object_t *self,
                  model_request_t *request)
{
    const model_hold_t *hold = model_held (model, self, NULL);
    weir_value_t items [] = {
        weir_value_bool (hold != NULL),
        weir_value_int (self->token),
        weir_value_bool (self->abandoned),
        weir_value_int ((int64_t) model_waiting (model, self, 0)),
        weir_value_int (hold ? (int64_t) hold->link->who.session : 0),
        weir_value_int (hold ? hold->link->who.link : 0),
    };
    model_answer (request, weir_value_list (items, 6));
}

//  Reads the argument with the lease. Returns false after failing the request.
static bool lease (model_request_t *request, int64_t least)
{
    request->lease_ms = 0;
    if (request->step.argc == 0)
        return true;
    weir_value_t given = request->step.args [0];
    if (given.type == WEIR_INTEGER && given.integer >= least &&
        given.integer <= INT32_MAX) {
        request->lease_ms = given.integer;
        return true;
    }
    model_fail (request, EINVAL);
    return false;
}

static void acquire (model_t *model, model_object_t *self,
                     model_request_t *request)
{
    if (!lease (request, 0))
        return;
    model_hold_t *own = model_held (model, self, request->link);
    if (own && self->kind == WEIR__RLOCK) {
        own->count++;
        if (own->lease_ms && request->lease_ms)
            model_renew (model, own, request->lease_ms);
        answer (self, request);
    } else if (!model_held (model, self, NULL))
        grant (model, self, request);
    else if (model_deadlocks (model, self, request))
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
    if (own->count == 0)
        model_lock_let_go (model, own);
}

static void renew (model_t *model, model_object_t *self,
                   model_request_t *request)
{
    model_hold_t *own = model_held (model, self, request->link);
    if (!own)
        model_fail (request, EPERM);
    else if (!lease (request, 1))
        return;
    else if (!own->lease_ms)
        model_fail (request, EINVAL);
    else {
        model_renew (model, own, request->lease_ms);
        model_answer (request, weir_value_nil ());
    }
}

void model_lock (model_t *model, model_object_t *self, model_request_t *request)
{
    switch (request->step.op) {
    case WEIR__LOCK_ACQUIRE:
        acquire (model, self, request);
        break;
    case WEIR__LOCK_RELEASE:
        release (model, self, request);
        break;
    case WEIR__LOCK_RENEW:
        renew (model, self, request);
        break;
    default:
        tell (model, self, request);
    }
}
