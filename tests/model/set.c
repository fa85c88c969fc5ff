/*  set.c - the sequential model of set

    SPDX-License-Identifier: MPL-2.0
*/

#include <errno.h>

#include "codec/ops.h"
#include "codec/pack.h"
#include "model/model.h"

//  Returns whether the value equals itself.
static bool is_member (weir_value_t value)
{
    return weir_value_equal (value, value);
}

static size_t find (const model_object_t *self, weir_value_t member)
{
    size_t place = 0;
    while (place < self->size && !weir_value_equal (self->keys [place], member))
        place++;
    return place;
}

static bool has (const model_object_t *self, weir_value_t member)
{
    return find (self, member) < self->size;
}

static void add (model_object_t *self, weir_value_t member)
{
    if (!has (self, member))
        model_insert (self, self->size, member, weir_value_nil ());
}

bool model_set_fill (model_object_t *self, weir_value_t list)
{
    bool good = list.type == WEIR_LIST;
    for (size_t i = 0; good && i < list.size; i++) {
        good = is_member (list.items [i]);
        if (good)
            add (self, list.items [i]);
    }
    return good;
}

//  Fills a set with members of `from` that `other` contains, or does not
//  contain.
static void add_part (model_object_t *self, const model_object_t *from,
                      const model_object_t *other, bool inside)
{
    for (size_t i = 0; i < from->size; i++)
        if (has (other, from->keys [i]) == inside)
            add (self, from->keys [i]);
}

static model_object_t combined (unsigned op, const model_object_t *self,
                                const model_object_t *other)
{
    model_object_t result = {0};
    switch (op) {
    case WEIR__SET_UNION:
    case WEIR__SET_UPDATE:
        add_part (&result, self, self, true);
        add_part (&result, other, self, false);
        break;
    case WEIR__SET_INTERSECTION:
    case WEIR__SET_INTERSECTION_UPDATE:
        add_part (&result, self, other, true);
        break;
    case WEIR__SET_DIFFERENCE:
    case WEIR__SET_DIFFERENCE_UPDATE:
        add_part (&result, self, other, false);
        break;
    default:
        add_part (&result, self, other, false);
        add_part (&result, other, self, false);
    }
    return result;
}

static void answer_members (const model_object_t *self,
                            model_request_t *request)
{
    weir__buffer_clear (&request->value);
    weir__pack_head (&request->value, WEIR_LIST, self->size);
    for (size_t i = 0; i < self->size; i++)
        weir__pack (&request->value, self->keys [i]);
}

static bool is_within (const model_object_t *self, const model_object_t *other)
{
    for (size_t i = 0; i < self->size; i++)
        if (!has (other, self->keys [i]))
            return false;
    return true;
}

static bool are_apart (const model_object_t *self, const model_object_t *other)
{
    for (size_t i = 0; i < self->size; i++)
        if (has (other, self->keys [i]))
            return false;
    return true;
}

static void with_other (model_object_t *self, const model_object_t *other,
                        model_request_t *request)
{
    unsigned op = request->step.op;
    model_object_t result = combined (op, self, other);
    if (op == WEIR__SET_IS_SUBSET)
        model_answer (request, weir_value_bool (is_within (self, other)));
    else if (op == WEIR__SET_IS_SUPERSET)
        model_answer (request, weir_value_bool (is_within (other, self)));
    else if (op == WEIR__SET_IS_DISJOINT)
        model_answer (request, weir_value_bool (are_apart (self, other)));
    else if (op == WEIR__SET_EQUALS)
        model_answer (request, weir_value_bool (is_within (self, other) &&
                                                is_within (other, self)));
    else if (op < WEIR__SET_UPDATE)
        answer_members (&result, request);
    else {
        self->size = 0;
        for (size_t i = 0; i < result.size; i++)
            add (self, result.keys [i]);
        model_answer (request, weir_value_nil ());
    }

    model_free_arrays (&result);
}

static void find_other (model_t *model, model_object_t *self,
                        model_request_t *request)
{
    weir_value_t arg = request->step.args [0];
    model_object_t made = {0}, *other = &made;
    int error = 0;
    if (arg.type == WEIR_INTEGER) {
        other = model_find (model, (uint64_t) arg.integer);
        if (!other || other->kind != WEIR__SET)
            error = other || arg.integer == 0 ? EINVAL : ENOENT;
    } else if (!model_set_fill (&made, arg))
        error = EINVAL;
    if (error)
        model_fail (request, error);
    else
        with_other (self, other, request);
    model_free_arrays (&made);
}

static void with_member (model_object_t *self, model_request_t *request)
{
    unsigned op = request->step.op;
    weir_value_t member = request->step.args [0];
    size_t place = find (self, member);
    bool there = place < self->size;
    if (!is_member (member)) {
        model_fail (request, EINVAL);
        return;
    }
    if (op == WEIR__SET_REMOVE && !there) {
        model_fail (request, ENOENT);
        return;
    }
    if (op == WEIR__SET_ADD)
        add (self, member);
    else if (op != WEIR__SET_CONTAINS && there)
        model_remove (self, place);
    model_answer (request,
                  op == WEIR__SET_REMOVE
                      ? weir_value_nil ()
                      : weir_value_bool (op == WEIR__SET_ADD ? !there : there));
}

void model_set (model_t *model, model_object_t *self, model_request_t *request)
{
    switch (request->step.op) {
    case WEIR__SET_ADD:
    case WEIR__SET_DISCARD:
    case WEIR__SET_REMOVE:
    case WEIR__SET_CONTAINS:
        with_member (self, request);
        return;
    case WEIR__SET_POP:
        if (self->size == 0) {
            model_fail (request, ENOENT);
            return;
        }
        model_answer (request, self->keys [0]);
        model_remove (self, 0);
        return;
    case WEIR__SET_SIZE:
        model_answer (request, weir_value_int ((int64_t) self->size));
        return;
    case WEIR__SET_ITEMS:
        answer_members (self, request);
        return;
    case WEIR__SET_CLEAR:
        self->size = 0;
        model_answer (request, weir_value_nil ());
        return;
    default:
        find_other (model, self, request);
    }
}
