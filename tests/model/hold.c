/*  hold.c - the sequential model: holds, and circles of waits

    SPDX-License-Identifier: MPL-2.0
*/

#include <assert.h>
#include <errno.h>

#include "base/clock.h"
#include "codec/ops.h"
#include "model/model.h"

model_hold_t *model_take (model_t *self, model_object_t *object,
                          model_request_t *request, int64_t lease_ms)
{
    assert (self->hold_count < MODEL_HOLDS);
    model_hold_t *hold = &self->holds [self->hold_count++];
    *hold = (model_hold_t){
        .object = object,
        .link = request->link,
        .count = 1,
        .order = self->order++,
    };
    model_renew (self, hold, lease_ms);
    return hold;
}

void model_renew (model_t *self, model_hold_t *hold, int64_t lease_ms)
{
    hold->lease_ms = lease_ms;
    hold->deadline_us =
        lease_ms ? self->time_us + (uint64_t) lease_ms * 1000 : WEIR__NEVER;
}

void model_let_go (model_t *self, model_hold_t *hold)
{
    self->hold_count--;
    for (size_t i = (size_t) (hold - self->holds); i < self->hold_count; i++)
        self->holds [i] = self->holds [i + 1];
}

model_hold_t *model_held (model_t *self, const model_object_t *object,
                          const model_link_t *link)
{
    for (size_t i = 0; i < self->hold_count; i++)
        if (self->holds [i].object == object &&
            (!link || self->holds [i].link == link))
            return &self->holds [i];
    return NULL;
}

model_hold_t *model_granted (model_t *self, uint64_t object, uint64_t token)
{
    for (size_t i = 0; i < self->hold_count; i++)
        if (self->holds [i].object->id == object &&
            self->holds [i].token == (int64_t) token)
            return &self->holds [i];
    return NULL;
}

bool model_is_guarded (model_t *self, model_request_t *request)
{
    const weir__guard_t *guard = &request->step.guard;
    if (guard->object == 0 || model_granted (self, guard->object, guard->token))
        return true;
    model_fail (request, ESTALE);
    return false;
}

void model_gone (model_t *self, const model_hold_t *hold, weir__leave_t leave)
{
    if (hold->object->kind == WEIR__QUEUE)
        model_queue_gone (self, hold, leave);
    else if (hold->object->kind == WEIR__SEMAPHORE)
        model_semaphore_gone (self, hold);
    else if (hold->object->kind == WEIR__BARRIER)
        model_barrier_gone (self, hold, leave);
    else if (hold->object->kind == WEIR__RWLOCK)
        model_rwlock_gone (self, hold);
    else
        model_lock_gone (self, hold);
}

bool model_waits_for_holders (model_t *self, const model_object_t *object,
                              const model_request_t *request)
{
    if (object->kind == WEIR__SEMAPHORE)
        return model_semaphore_is_lock (self, object);
    if (object->kind == WEIR__RWLOCK)
        return model_rwlock_waits (self, object, request);
    return object->kind == WEIR__LOCK || object->kind == WEIR__RLOCK ||
           (object->kind == WEIR__QUEUE && request->line == 2);
}

void model_abandon (model_t *self, model_hold_t *hold, weir__leave_t leave)
{
    model_hold_t gone = *hold;
    model_let_go (self, hold);
    model_gone (self, &gone, leave);
}

void model_leave (model_t *self, const model_link_t *link, weir__leave_t leave)
{
    for (size_t i = 0; i < self->hold_count;)
        if (self->holds [i].link == link) {
            model_abandon (self, &self->holds [i], leave);
            i = 0;
        } else
            i++;
}

void model_forget_holds (model_t *self, const model_object_t *object)
{
    model_hold_t *hold;
    while ((hold = model_held (self, object, NULL)))
        model_let_go (self, hold);
}

model_hold_t *model_lapsing (model_t *self)
{
    model_hold_t *first = NULL;
    for (size_t i = 0; i < self->hold_count; i++)
        if (self->holds [i].deadline_us <= self->time_us &&
            (!first || self->holds [i].deadline_us < first->deadline_us))
            first = &self->holds [i];
    return first;
}

//  Returns whether the link waits only for this object, and without a timeout.
static bool waits_at (model_t *self, const model_link_t *link,
                      const model_object_t *object)
{
    const model_request_t *wait = NULL;
    for (unsigned place = 0; place < WEIR__WINDOW; place++) {
        const model_request_t *request = link->requests [place];
        if (!request || !request->object)
            continue;
        if (request->object != object || wait ||
            request->deadline_us != WEIR__NEVER)
            return false;
        wait = request;
    }
    return wait && model_waits_for_holders (self, object, wait);
}

//  Returns whether a chain of waits leads from a holder of the object to the
//  link.
static bool leads_to (model_t *self, const model_object_t *object,
                      const model_link_t *link, bool *seen)
{
    for (size_t i = 0; i < self->object_count; i++)
        if (self->objects [i] == object) {
            if (seen [i])
                return false;
            seen [i] = true;
        }
    for (size_t i = 0; i < self->hold_count; i++) {
        const model_hold_t *hold = &self->holds [i];
        if (hold->object != object || hold->lease_ms)
            continue;
        if (hold->link == link)
            return true;
        for (size_t j = 0; j < self->object_count; j++)
            if (waits_at (self, hold->link, self->objects [j]) &&
                leads_to (self, self->objects [j], link, seen))
                return true;
    }
    return false;
}

//  Returns the object for which a link with a single wait waits.
static model_request_t *wait_of (const model_link_t *link)
{
    unsigned place = 0;
    while (!link->requests [place] || !link->requests [place]->object)
        place++;
    return link->requests [place];
}

void model_break_circle (model_t *self, model_request_t *request)
{
    bool seen [MODEL_OBJECTS] = {false};
    if (!request->object || !waits_at (self, request->link, request->object) ||
        !leads_to (self, request->object, request->link, seen))
        return;
    model_request_t *wait = request;
    do
        wait = wait_of (model_held (self, wait->object, NULL)->link);
    while (wait != request && wait->step.object != wait->object->id);
    if (wait != request)
        model_end_wait (self, wait, EDEADLK);
}

bool model_deadlocks (model_t *self, const model_object_t *object,
                      const model_request_t *request)
{
    bool seen [MODEL_OBJECTS] = {false};
    return request->step.timeout_ms < 0 &&
           leads_to (self, object, request->link, seen);
}
