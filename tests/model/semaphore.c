/*  semaphore.c - the sequential model of semaphore

    SPDX-License-Identifier: MPL-2.0
*/

#include <errno.h>

#include "codec/ops.h"
#include "model/model.h"

enum { MOST = INT32_MAX };

bool model_semaphore_make (model_object_t *self, const model_request_t *request)
{
    const weir_value_t *args = request->step.args + 2;
    unsigned argc = request->step.argc - 2;
    if (argc > 2 || (argc > 0 && args [0].type != WEIR_INTEGER) ||
        (argc > 1 && args [1].type != WEIR_BOOL))
        return false;
    self->first = self->free = argc > 0 ? args [0].integer : 1;
    self->bounded = argc > 1 && args [1].boolean;
    return self->first >= 0 && self->first <= MOST;
}

static int64_t held (const model_t *model, const model_object_t *self)
{
    int64_t sum = 0;
    for (size_t i = 0; i < model->hold_count; i++)
        if (model->holds [i].object == self)
            sum += model->holds [i].count;
    return sum;
}

bool model_semaphore_is_lock (const model_t *model, const model_object_t *self)
{
    return self->first == 1 && !self->signalled && self->free == 0 &&
           held (model, self) == 1;
}

static void grant (model_t *model, model_object_t *self,
                   model_request_t *request)
{
    self->free--;
    model_answer (request, weir_value_nil ());
    if (request->step.op == WEIR__SEMAPHORE_CONSUME)
        return;
    model_hold_t *own = model_held (model, self, request->link);
    if (own)
        own->count++;
    else
        model_take (model, self, request, 0)->token = ++self->token;
}

static void pass_on (model_t *model, model_object_t *self)
{
    model_request_t *first;
    while (self->free > 0 && (first = model_first (model, self, 0))) {
        grant (model, self, first);
        model_resume (model, first);
    }
}

void model_semaphore_gone (model_t *model, const model_hold_t *hold)
{
    hold->object->free += hold->count;
    pass_on (model, hold->object);
}

static void acquire (model_t *model, model_object_t *self,
                     model_request_t *request)
{
    if (self->free > 0)
        grant (model, self, request);
    else if (model_semaphore_is_lock (model, self) &&
             model_deadlocks (model, self, request))
        model_fail (request, EDEADLK);
    else
        model_park (model, self, request, 0);
}

//  Releases one unit: the link's, else one of the oldest holder, else a new
//  one.
static void give_back (model_t *model, model_object_t *self,
                       const model_link_t *link)
{
    model_hold_t *hold = model_held (model, self, link);
    if (!hold) {
        self->signalled = true;
        hold = model_held (model, self, NULL);
    }
    self->free++;
    if (hold && --hold->count == 0)
        model_let_go (model, hold);
}

static void release (model_t *model, model_object_t *self,
                     model_request_t *request)
{
    weir_value_t given =
        request->step.argc > 0 ? request->step.args [0] : weir_value_int (1);
    if (given.type != WEIR_INTEGER || given.integer < 1) {
        model_fail (request, EINVAL);
        return;
    }
    int64_t most = self->bounded ? self->first : MOST;
    if (given.integer > most - self->free) {
        model_fail (request, EOVERFLOW);
        return;
    }
    int64_t units = held (model, self);
    for (int64_t i = 0; i < given.integer && i <= units; i++)
        give_back (model, self, request->link);
    //  The remaining units are all new.
    if (given.integer > units + 1)
        self->free += given.integer - units - 1;
    model_answer (request, weir_value_nil ());
    pass_on (model, self);
}

void model_semaphore (model_t *model, model_object_t *self,
                      model_request_t *request)
{
    switch (request->step.op) {
    case WEIR__SEMAPHORE_ACQUIRE:
    case WEIR__SEMAPHORE_CONSUME:
        acquire (model, self, request);
        break;
    case WEIR__SEMAPHORE_RELEASE:
        release (model, self, request);
        break;
    default:
        model_answer (request, weir_value_int (self->free));
    }
}
