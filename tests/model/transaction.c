/*  transaction.c - the sequential model of transactions

    All objects are copied before the first step, and restored when a step
    fails.

    SPDX-License-Identifier: MPL-2.0
*/

#include <assert.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "codec/limits.h"
#include "codec/ops.h"
#include "codec/pack.h"
#include "machine/core/kind.h"
#include "machine/kinds/kinds.h"
#include "codec/packed.h"
#include "model/model.h"

static weir_value_t *copy_values (const weir_value_t *values, size_t size)
{
    if (!values)
        return NULL;
    weir_value_t *copy = malloc ((size + 1) * sizeof *copy);
    assert (copy);
    memcpy (copy, values, size * sizeof *copy);
    return copy;
}

static model_object_t copy_of (const model_object_t *object)
{
    model_object_t copy = *object;
    copy.keys = copy_values (object->keys, object->size);
    copy.values = copy_values (object->values, object->size);
    return copy;
}

bool model_transacts (const model_object_t *object)
{
    return object->kind == WEIR__DICT || object->kind == WEIR__LIST ||
           object->kind == WEIR__VAR || object->kind == WEIR__NAMESPACE ||
           object->kind == WEIR__SET || object->kind == WEIR__ARRAY ||
           object->kind == WEIR__EVENT || object->kind == WEIR__QUEUE;
}

//  Reads a step as a request. Returns false when it is malformed.
static bool read_step (weir_value_t list, step_t *ret_step)
{
    if (list.type != WEIR_LIST || list.size < 3)
        return false;
    for (int i = 0; i < 3; i++)
        if (list.items [i].type != WEIR_INTEGER ||
            (i != 1 && list.items [i].integer < 0)) //  an id has 64 bits
            return false;
    int64_t type = list.items [0].integer;
    bool takes = type == WEIR__STEP_TAKE;
    size_t head = type == WEIR__STEP_EXPECT || takes ? 4 : 3;
    if (type > WEIR__STEP_TAKE || list.size < head ||
        list.size - head + takes > WEIR__ARGS)
        return false;
    if (takes && list.items [3].type != WEIR_INTEGER)
        return false;
    if (type == WEIR__STEP_EXPECT_SEQUENCE)
        return list.size == 3;
    if (list.items [2].integer > UINT16_MAX)
        return false;
    ret_step->object = (uint64_t) list.items [1].integer;
    ret_step->op = (unsigned) list.items [2].integer;
    ret_step->argc = (unsigned) (list.size - head);
    for (size_t i = head; i < list.size; i++)
        ret_step->args [i - head] = list.items [i];
    return true;
}

//  Returns the errno of an operation that cannot be a step, or 0.
static int forbids (const model_object_t *object, const step_t *step,
                    int64_t type)
{
    const weir__kind_t *kind = weir__kinds [object->kind];
    if (step->op >= kind->op_count)
        return 0; //  which running it finds
    const weir__op_t *op = &kind->ops [step->op];
    if (op->effect == WEIR__READS || step->argc < op->argc_min ||
        step->argc > op->argc_max)
        return 0;
    if (type == WEIR__STEP_EXPECT)
        return EINVAL;
    if (!model_transacts (object))
        return ENOTSUP;
    return op->effect == WEIR__ALONE || op->effect >= WEIR__GRANTS ? ENOTSUP
                                                                   : 0;
}

//  Returns whether the answer is the expected one.
static bool is_expected (const model_request_t *request, weir_value_t expected)
{
    weir_value_t value;
    assert (weir__unpack (request->value.data, request->value.size, &value) ==
            0);
    bool equal = weir_value_equal (value, expected);
    weir_value_clear (&value);
    return equal;
}

//  The results of earlier steps. They live as long as the model.
typedef struct results {
    weir_value_t values [WEIR__STEPS];
    int64_t count;
} results_t;

static void add_result (model_t *self, results_t *results,
                        const weir__buffer_t *packed)
{
    weir_value_t *value = &results->values [results->count++];
    self->blocks =
        realloc (self->blocks, (self->block_count + 1) * sizeof *self->blocks);
    assert (self->blocks &&
            weir__unpack (packed->data, packed->size, value) == 0);
    self->blocks [self->block_count++] = value->block;
}

//  Runs one step. Returns its error, 0 for none; its answer is in inner.
static int run_step (model_t *self, weir_value_t list, model_request_t *inner,
                     const results_t *results)
{
    if (!read_step (list, &inner->step))
        return EINVAL;
    int64_t type = list.items [0].integer;
    if (type == WEIR__STEP_TAKE) {
        int64_t place = list.items [3].integer;
        if (place < 0 || place >= results->count)
            return EINVAL;
        inner->step.args [inner->step.argc++] = results->values [place];
    }
    uint64_t id = (uint64_t) list.items [1].integer;
    model_object_t *object = model_find (self, id);
    if (id == 0)
        return EINVAL;
    if (!object)
        return ENOENT;
    if (type == WEIR__STEP_EXPECT_SEQUENCE && !model_transacts (object))
        return ENOTSUP;
    if (type == WEIR__STEP_EXPECT_SEQUENCE) {
        model_answer (inner, weir_value_nil ());
        return object->sequence == (uint64_t) list.items [2].integer
                   ? 0
                   : ECANCELED;
    }
    int error = forbids (object, &inner->step, type);
    if (error)
        return error;
    model_run (self, inner);
    if (inner->error || type != WEIR__STEP_EXPECT)
        return inner->error;
    if (!is_expected (inner, list.items [3]))
        return ECANCELED;
    model_answer (inner, weir_value_nil ());
    return 0;
}

//  Restores the objects, except for the arrays that only grow.
static void restore (model_t *self, const model_object_t *copies)
{
    for (size_t i = 0; i < self->object_count; i++) {
        model_item_t *items = self->objects [i]->items;
        model_free_arrays (self->objects [i]);
        *self->objects [i] = copies [i];
        self->objects [i]->items = items;
    }
}

//  The objects of earlier steps are settled first.
static void settle (model_t *self, weir_value_t steps)
{
    for (size_t i = 0; i < steps.size; i++) {
        step_t step;
        read_step (steps.items [i], &step);
        model_object_t *object =
            model_find (self, (uint64_t) steps.items [i].items [1].integer);
        int64_t type = steps.items [i].items [0].integer;
        if ((type != WEIR__STEP_DO && type != WEIR__STEP_TAKE) ||
            model_is_read (object, &step))
            continue;
        if (object->kind == WEIR__QUEUE)
            model_queue_settle (self, object);
        else if (object->kind == WEIR__LIST)
            model_list_settle (self, object);
        else if (object->kind == WEIR__VAR)
            model_var_settle (self, object);
        else if (object->kind == WEIR__EVENT)
            model_event_settle (self, object);
    }
}

void model_transact (model_t *self, model_request_t *request)
{
    weir_value_t steps = request->step.args [0];
    if (steps.type != WEIR_LIST || steps.size > WEIR__STEPS) {
        model_fail (request, EINVAL);
        return;
    }
    static model_object_t copies [MODEL_OBJECTS];
    static results_t results;
    results.count = 0;
    size_t count = self->object_count;
    for (size_t i = 0; i < count; i++)
        copies [i] = copy_of (self->objects [i]);
    self->transacting = true;
    int error = 0;
    weir__buffer_clear (&request->value);
    weir__pack_head (&request->value, WEIR_LIST, steps.size);
    for (size_t i = 0; i < steps.size && !error; i++) {
        model_request_t inner = {.link = request->link};
        error = run_step (self, steps.items [i], &inner, &results);
        if (!error)
            add_result (self, &results, &inner.value);
        weir__buffer_put (&request->value, inner.value.data, inner.value.size);
        weir__buffer_free (&inner.value);
    }
    self->transacting = false;
    if (error) {
        restore (self, copies);
        model_fail (request, error);
        return;
    }
    for (size_t i = 0; i < count; i++)
        model_free_arrays (&copies [i]);
    request->error = 0;
    settle (self, steps);
}
