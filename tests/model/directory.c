/*  directory.c - the sequential model: objects

    SPDX-License-Identifier: MPL-2.0
*/

#include <assert.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "codec/ops.h"
#include "codec/pack.h"
#include "model/model.h"

//  By the kinds' codes; NULL: no kind has that code. clang-format off: one a
//  line
static const char *const kind_names [WEIR__KINDS] = {
    [WEIR__DICT] = "dict",
    [WEIR__LIST] = "list",
    [WEIR__VAR] = "var",
    [WEIR__LOCK] = "lock",
    [WEIR__QUEUE] = "queue",
    [WEIR__SET] = "set",
    [WEIR__ARRAY] = "array",
    [WEIR__NAMESPACE] = "namespace",
    [WEIR__RLOCK] = "rlock",
    [WEIR__EVENT] = "event",
    [WEIR__CONDITION] = "condition",
    [WEIR__SEMAPHORE] = "semaphore",
    [WEIR__BARRIER] = "barrier",
    [WEIR__RWLOCK] = "rwlock",
};
// clang-format on

void model_free_arrays (model_object_t *object)
{
    free (object->keys);
    free (object->values);
}

void model_free (model_object_t *object)
{
    model_free_arrays (object);
    free (object->items);
    free (object->leases);
    free (object);
}

model_object_t *model_find (model_t *self, uint64_t id)
{
    for (size_t i = 0; i < self->object_count; i++)
        if (self->objects [i]->id == id && id != 0)
            return self->objects [i];
    return NULL;
}

void model_insert (model_object_t *object, size_t place, weir_value_t key,
                   weir_value_t value)
{
    size_t size = (object->size + 1) * sizeof value;
    object->keys = realloc (object->keys, size);
    object->values = realloc (object->values, size);
    assert (object->keys && object->values);
    for (size_t i = object->size; i > place; i--) {
        object->keys [i] = object->keys [i - 1];
        object->values [i] = object->values [i - 1];
    }
    object->keys [place] = key;
    object->values [place] = value;
    object->size++;
}

void model_remove (model_object_t *object, size_t place)
{
    object->size--;
    for (size_t i = place; i < object->size; i++) {
        object->keys [i] = object->keys [i + 1];
        object->values [i] = object->values [i + 1];
    }
}

//  A waiter for a notice would have no lock to reacquire.
static void end_conditions (model_t *self, const model_object_t *lock)
{
    for (uint32_t index = 1; index <= self->used; index++)
        for (size_t i = 0; i < self->object_count; i++) {
            model_object_t *object = self->objects [i];
            model_request_t *request;
            if ((uint32_t) object->id != index ||
                object->kind != WEIR__CONDITION || object->lock != lock->id)
                continue;
            while ((request = model_first (self, object, 0))) {
                model_fail (request, ENOENT);
                model_resume (self, request);
            }
        }
}

void model_drop (model_t *self, model_object_t *object)
{
    for (unsigned line = 0; line < 3; line++) {
        model_request_t *request;
        while ((request = model_first (self, object, line)))
            model_end_wait (self, request, ENOENT);
    }
    end_conditions (self, object);
    model_forget_holds (self, object);
    uint32_t index = (uint32_t) object->id;
    self->generations [index]++;
    self->free_indices [self->free_count++] = index;
    size_t i = 0;
    while (self->objects [i] != object)
        i++;
    self->objects [i] = self->objects [--self->object_count];
    model_free (object);
}

model_object_t *model_first_temporary (model_t *self, uint64_t session)
{
    model_object_t *first = NULL;
    for (size_t i = 0; i < self->object_count; i++)
        if (self->objects [i]->session == session &&
            (!first || self->objects [i]->created < first->created))
            first = self->objects [i];
    return first;
}

static bool is_name (weir_value_t value)
{
    return value.type == WEIR_STRING && value.size > 0 && value.size <= 255 &&
           !memchr (value.string, '\0', value.size);
}

static bool make (model_t *self, model_object_t *object,
                  model_request_t *request)
{
    const step_t *step = &request->step;
    const weir_value_t *first = &step->args [2];
    bool has_one = step->argc == 3;
    if (object->kind == WEIR__CONDITION)
        return model_condition_make (self, object, request);
    if (object->kind == WEIR__QUEUE)
        return model_queue_make (object, request);
    if (object->kind == WEIR__SEMAPHORE)
        return model_semaphore_make (object, request);
    if (step->argc > 3 || (object->kind == WEIR__VAR && !has_one))
        return false;
    if (has_one &&
        (object->kind == WEIR__LOCK || object->kind == WEIR__RLOCK ||
         object->kind == WEIR__EVENT || object->kind == WEIR__RWLOCK))
        return false;
    if ((object->kind == WEIR__DICT || object->kind == WEIR__NAMESPACE) &&
        has_one)
        return model_dict_update (object, *first);
    if (object->kind == WEIR__BARRIER) {
        object->parties = first->type == WEIR_INTEGER ? first->integer : 0;
        return has_one && object->parties > 0 && object->parties <= 1 << 20;
    }
    if (object->kind == WEIR__VAR)
        model_insert (object, 0, weir_value_nil (), *first);
    if (object->kind == WEIR__LIST && has_one) {
        for (size_t i = 0; first->type == WEIR_LIST && i < first->size; i++)
            model_insert (object, i, weir_value_nil (), first->items [i]);
        return first->type == WEIR_LIST;
    }
    if (object->kind == WEIR__SET && has_one)
        return model_set_fill (object, *first);
    return true;
}

static bool is_kind (weir_value_t value)
{
    return value.type == WEIR_INTEGER && value.integer > 0 &&
           value.integer < WEIR__KINDS && kind_names [value.integer];
}

static model_object_t *find_name (model_t *self, weir_value_t name)
{
    for (size_t i = 0; i < self->object_count; i++)
        if (name.type == WEIR_STRING &&
            weir_value_equal (self->objects [i]->name, name))
            return self->objects [i];
    return NULL;
}

static void create (model_t *self, model_request_t *request)
{
    const step_t *step = &request->step;
    weir_value_t name = step->args [1];
    if (!is_kind (step->args [0]) ||
        (name.type != WEIR_NIL && !is_name (name))) {
        model_fail (request, EINVAL);
        return;
    }
    if (find_name (self, name)) {
        model_fail (request, EEXIST);
        return;
    }
    model_object_t *object = calloc (1, sizeof *object);
    assert (object && self->object_count < MODEL_OBJECTS);
    object->kind = (unsigned) step->args [0].integer;
    object->name = name;
    object->session = name.type == WEIR_NIL ? request->link->who.session : 0;
    model_fail (request, EINVAL);
    int error = object->kind == WEIR__ARRAY    ? model_array_make (object, step)
                : make (self, object, request) ? 0
                                               : request->error;
    if (error) {
        model_free (object);
        model_fail (request, error);
        return;
    }
    uint32_t index = self->free_count ? self->free_indices [--self->free_count]
                                      : ++self->used;
    assert (index < MODEL_OBJECTS);
    object->id = (uint64_t) self->generations [index] << 32 | index;
    object->created = self->order++;
    self->objects [self->object_count++] = object;
    model_answer (request, weir_value_int ((int64_t) object->id));
}

static void open_object (model_t *self, model_request_t *request)
{
    weir_value_t kind = request->step.args [0], key = request->step.args [1];
    model_object_t *object = NULL;
    if (key.type == WEIR_STRING)
        object = find_name (self, key);
    else if (key.type == WEIR_INTEGER)
        object = model_find (self, (uint64_t) key.integer);
    bool is_directory = key.type == WEIR_INTEGER && key.integer == 0;
    if (!is_kind (kind) ||
        (key.type != WEIR_STRING && key.type != WEIR_INTEGER) || is_directory)
        model_fail (request, EINVAL);
    else if (!object)
        model_fail (request, ENOENT);
    else if (object->kind != (unsigned) kind.integer)
        model_fail (request, EINVAL);
    else
        model_answer (request, weir_value_int ((int64_t) object->id));
}

static void list_objects (model_t *self, model_request_t *request)
{
    weir__buffer_clear (&request->value);
    weir__pack_head (&request->value, WEIR_LIST, self->object_count);
    for (uint64_t index = 0, found = 0; found < self->object_count; index++)
        for (size_t i = 0; i < self->object_count; i++) {
            const model_object_t *object = self->objects [i];
            if ((uint32_t) object->id != index)
                continue;
            weir_value_t items [] = {
                weir_value_int ((int64_t) object->id),
                weir_value_string (kind_names [object->kind]),
                object->name,
            };
            weir__pack (&request->value, weir_value_list (items, 3));
            found++;
        }
}

void model_directory (model_t *self, model_request_t *request)
{
    const step_t *step = &request->step;
    if (step->op == WEIR__DIRECTORY_CREATE)
        create (self, request);
    else if (step->op == WEIR__DIRECTORY_OPEN)
        open_object (self, request);
    else if (step->op == WEIR__DIRECTORY_LIST)
        list_objects (self, request);
    else if (step->op == WEIR__DIRECTORY_TRANSACT)
        model_transact (self, request);
    else if (step->op == WEIR__DIRECTORY_POLL)
        model_poll (self, request);
    else {
        model_object_t *object = NULL;
        if (step->args [0].type == WEIR_INTEGER)
            object = model_find (self, (uint64_t) step->args [0].integer);
        if (object) {
            model_drop (self, object);
            model_answer (request, weir_value_nil ());
        } else
            model_fail (request,
                        step->args [0].type == WEIR_INTEGER ? ENOENT : EINVAL);
    }
}
