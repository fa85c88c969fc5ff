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
    //  The directory is an object, too, but not a lock.
    model_fail (request, lock || id.integer == 0 ? EINVAL : ENOENT);
    self->lock = (uint64_t) id.integer;
    return good;
}

//  Ends a wait, except for reacquiring the lock.
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
        uint64_t now = model->order;
        while ((first = model_first (model, self, 0)) != NULL &&
               (most.integer < 0 || count < most.integer)) {
            first->notified = now;
            wake (model, self, first, 0);
            count++;
        }
        model_answer (request, weir_value_int (count));
    }
}

//  Passes on a notice whose receiver is gone: the longest waiter gets it, if it
//  already waited when the notice was given.
static void pass_on (model_t *model, const model_notice_t *notice)
{
    model_object_t *self = model_find (model, notice->condition);
    model_request_t *first = self ? model_first (model, self, 0) : NULL;
    if (!first || first->order >= notice->notified)
        return;
    first->notified = notice->notified;
    wake (model, self, first, 0);
}

void model_notices_pass_on (model_t *model)
{
    while (model->notice_count > 0) {
        size_t oldest = 0;
        for (size_t i = 1; i < model->notice_count; i++)
            if (model->notices [i].notified < model->notices [oldest].notified)
                oldest = i;
        model_notice_t notice = model->notices [oldest];
        model->notices [oldest] = model->notices [--model->notice_count];
        pass_on (model, &notice);
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
