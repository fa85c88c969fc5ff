/*  condition.c - the sequential model of the condition

    SPDX-License-Identifier: MPL-2.0
*/

#include <errno.h>

#include "codec/ops.h"
#include "model/model.h"

bool model_condition_make (model_t *model, model_object_t *self,
                           model_request_t *request)
{
    weir_value_t id = request->step.args [2];
    if (request->step.argc != 3 || id.type != WEIR_INTEGER) {
        model_fail (request, EINVAL);
        return false;
    }
    const model_object_t *lock = model_find (model, (uint64_t) id.integer);
    bool good = lock && (lock->kind == WEIR__LOCK || lock->kind == WEIR__RLOCK);
    //  The directory is an object, too, but no lock.
    model_fail (request, lock || id.integer == 0 ? EINVAL : ENOENT);
    self->lock = (uint64_t) id.integer;
    return good;
}

//  A wait is over: what is left is to get the lock.
static bool wake (model_t *model, model_object_t *self,
                  model_request_t *request, int error)
{
    model_object_t *lock = model_find (model, self->lock);
    if (!lock)
        return false;
    request->outcome = error;
    model_move (model, request, lock);
    model_lock_serve (model, lock);
    model_break_circle (model, request);
    return true;
}

bool model_condition_ended (model_t *model, model_request_t *request, int error)
{
    return wake (model, request->object, request, error);
}

static void wait (model_t *model, model_object_t *self,
                  model_request_t *request)
{
    weir_value_t id = request->step.args [0];
    model_object_t *lock = model_find (model, self->lock);
    if (id.type != WEIR_INTEGER || (uint64_t) id.integer != self->lock) {
        model_fail (request, EINVAL);
        return;
    }
    if (!lock) {
        model_fail (request, ENOENT);
        return;
    }
    model_hold_t *own = model_held (model, lock, request->link);
    if (!own) {
        model_fail (request, EPERM);
        return;
    }
    request->lease_ms = own->lease_ms;
    request->count = own->count;
    model_park (model, self, request, 0);
    if (request->object)
        model_lock_let_go (model, own);
}

static void notify (model_t *model, model_object_t *self,
                    model_request_t *request)
{
    weir_value_t most = request->step.args [0];
    model_object_t *lock = model_find (model, self->lock);
    if (most.type != WEIR_INTEGER)
        model_fail (request, EINVAL);
    else if (!lock)
        model_fail (request, ENOENT);
    else if (!model_held (model, lock, request->link))
        model_fail (request, EPERM);
    else if (most.integer < -1)
        model_fail (request, EINVAL);
    else {
        int64_t count = 0;
        model_request_t *first;
        while ((first = model_first (model, self, 0)) != NULL &&
               (most.integer < 0 || count < most.integer)) {
            wake (model, self, first, 0);
            count++;
        }
        model_answer (request, weir_value_int (count));
    }
}

void model_condition (model_t *model, model_object_t *self,
                      model_request_t *request)
{
    if (request->step.op == WEIR__CONDITION_WAIT)
        wait (model, self, request);
    else
        notify (model, self, request);
}
