/*  poll.c - the sequential model of polls

    SPDX-License-Identifier: MPL-2.0
*/

#include <errno.h>

#include "codec/limits.h"
#include "codec/ops.h"
#include "codec/ready.h"
#include "model/model.h"

static bool suits (const model_object_t *object, int64_t ready)
{
    switch (ready) {
    case WEIR__READY_CHANGE:
        return model_transacts (object);
    case WEIR__READY_GET:
    case WEIR__READY_PUT:
    case WEIR__READY_JOIN:
        return object->kind == WEIR__QUEUE;
    case WEIR__READY_POP:
        return object->kind == WEIR__LIST;
    case WEIR__READY_ACQUIRE:
        return object->kind == WEIR__LOCK || object->kind == WEIR__RLOCK ||
               object->kind == WEIR__SEMAPHORE;
    case WEIR__READY_READ:
    case WEIR__READY_WRITE:
        return object->kind == WEIR__RWLOCK;
    case WEIR__READY_WAIT:
        return object->kind == WEIR__EVENT;
    default:
        return false;
    }
}

static bool is_item (model_t *self, weir_value_t item)
{
    if (item.type != WEIR_LIST || item.size < 2 || item.size > 3)
        return false;
    for (size_t i = 0; i < item.size; i++)
        if (item.items [i].type != WEIR_INTEGER ||
            (i > 0 && item.items [i].integer < 0)) //  an id has 64 bits
            return false;
    int64_t ready = item.items [1].integer;
    if (item.items [0].integer == 0 || ready >= WEIR__READIES ||
        (item.size == 3 && ready != WEIR__READY_CHANGE))
        return false;
    const model_object_t *object =
        model_find (self, (uint64_t) item.items [0].integer);
    return !object || suits (object, ready);
}

static bool is_free (model_t *self, model_object_t *object)
{
    if (object->kind == WEIR__SEMAPHORE)
        return object->free > 0;
    return !model_held (self, object, NULL);
}

static bool is_ready (model_t *self, weir_value_t item)
{
    model_object_t *object =
        model_find (self, (uint64_t) item.items [0].integer);
    if (!object)
        return true;
    switch (item.items [1].integer) {
    case WEIR__READY_GET:
        return model_queue_gives (self, object);
    case WEIR__READY_PUT:
        return model_queue_takes (self, object);
    case WEIR__READY_JOIN:
        return object->unfinished == 0;
    case WEIR__READY_POP:
        return object->size > 0;
    case WEIR__READY_READ:
        return model_first (self, object, 0) == NULL &&
               (is_free (self, object) || !object->writing);
    case WEIR__READY_ACQUIRE:
    case WEIR__READY_WRITE:
        return is_free (self, object);
    case WEIR__READY_WAIT:
        return object->is_set;
    default:
        return item.size == 2 ||
               object->sequence != (uint64_t) item.items [2].integer;
    }
}

//  Returns false when nothing is ready.
static bool answer (model_t *self, model_request_t *request)
{
    weir_value_t items = request->step.args [0];
    weir_value_t pairs [2 * MODEL_POLLED];
    size_t count = 0;
    for (uint32_t i = 0; i < items.size && count < MODEL_POLLED; i++) {
        if (!is_ready (self, items.items [i]))
            continue;
        const model_object_t *object =
            model_find (self, (uint64_t) items.items [i].items [0].integer);
        pairs [2 * count] = weir_value_int (i);
        pairs [2 * count++ + 1] =
            object && model_transacts (object)
                ? weir_value_int ((int64_t) object->sequence)
                : weir_value_nil ();
    }
    if (count > 0)
        model_answer (request, weir_value_map (pairs, count));
    return count > 0;
}

void model_poll (model_t *self, model_request_t *request)
{
    weir_value_t items = request->step.args [0];
    bool good = items.type == WEIR_LIST && items.size <= WEIR__POLLED;
    for (size_t i = 0; good && i < items.size; i++)
        good = is_item (self, items.items [i]);
    if (!good)
        model_fail (request, EINVAL);
    else if (!answer (self, request))
        model_park (self, &self->directory, request, 0);
}

void model_poll_settle (model_t *self)
{
    model_request_t *request = model_first (self, &self->directory, 0);
    while (request) {
        model_request_t *next = model_next (self, request);
        if (answer (self, request))
            model_resume (self, request);
        request = next;
    }
}
