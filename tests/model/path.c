/*  path.c - the sequential model of changes inside the values of a dict

    A change makes a new value of fresh arrays, which live as long as the model.

    SPDX-License-Identifier: MPL-2.0
*/

#include <assert.h>
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "codec/ops.h"
#include "model/model.h"

typedef struct way {
    weir_value_t parts [32];
    unsigned count;
    weir_value_t answer; //  of the operation at its end
} way_t;

static void *block (model_t *self, size_t size)
{
    self->blocks =
        realloc (self->blocks, (self->block_count + 1) * sizeof *self->blocks);
    assert (self->blocks);
    self->blocks [self->block_count] = calloc (1, size + 1);
    assert (self->blocks [self->block_count]);
    return self->blocks [self->block_count++];
}

static bool read_text (model_t *model, weir_value_t text, way_t *ret_way)
{
    char *key = block (model, text.size);
    size_t used = 0;
    for (size_t i = 0; i <= text.size; i++) {
        char letter = i < text.size ? text.string [i] : '/';
        if (letter == '/') {
            if (ret_way->count == 32)
                return false;
            ret_way->parts [ret_way->count++] =
                weir_value_sized (WEIR_STRING, key, used);
            key = block (model, text.size);
            used = 0;
        } else if (letter != '~')
            key [used++] = letter;
        else {
            letter = ++i < text.size ? text.string [i] : 'x';
            if (letter != '0' && letter != '1')
                return false;
            key [used++] = letter == '0' ? '~' : '/';
        }
    }
    return true;
}

static bool read_way (model_t *model, weir_value_t path, way_t *ret_way)
{
    *ret_way = (way_t){.count = 0};
    if (path.type == WEIR_STRING)
        return read_text (model, path, ret_way);
    if (path.type != WEIR_LIST || path.size == 0 || path.size > 32)
        return false;
    for (size_t i = 0; i < path.size; i++) {
        weir_value_t part = path.items [i];
        if (part.type == WEIR_LIST || part.type == WEIR_MAP ||
            (part.type == WEIR_REAL && isnan (part.real)))
            return false;
        ret_way->parts [ret_way->count++] = part;
    }
    return true;
}

//  Returns the index of a part in a list or a map, or its size when it is
//  missing. Returns false when the part cannot exist.
static bool place_of (weir_value_t value, weir_value_t part, size_t *ret_place)
{
    *ret_place = value.size;
    if (value.type == WEIR_MAP) {
        for (size_t i = 0; i < value.size; i++)
            if (weir_value_equal (value.items [2 * i], part))
                *ret_place = i;
        return true;
    }
    char text [32] = "", *end = text;
    int64_t index = part.integer;
    if (part.type == WEIR_STRING && part.size < 20) {
        memcpy (text, part.string, part.size);
        index = strtoll (text, &end, 10);
    }
    bool is_index =
        part.type == WEIR_INTEGER || (end != text && end == text + part.size &&
                                      !strchr ("+ \t\n\v\f\r", *text));
    if (value.type != WEIR_LIST || !is_index)
        return false;
    if (index < 0)
        index += value.size;
    if (index >= 0 && index < (int64_t) value.size)
        *ret_place = (size_t) index;
    return true;
}

//  A copy with `add` more (or fewer) items or pairs at the end.
static weir_value_t *copy (model_t *model, weir_value_t *value, int add)
{
    size_t width = value->type == WEIR_MAP ? 2 : 1;
    weir_value_t *items =
        block (model, (value->size + 1) * width * sizeof *items);
    if (value->size > 0)
        memcpy (items, value->items, value->size * width * sizeof *items);
    value->items = items;
    value->size = (uint32_t) ((int64_t) value->size + add);
    return items;
}

//  Applies the operation to the value at the path. Returns an errno; the result
//  goes into *ret_answer.
static int change_value (model_t *model, model_request_t *request,
                         weir_value_t *value, weir_value_t *ret_answer)
{
    const weir_value_t *args = request->step.args;
    bool equal;
    switch (request->step.op) {
    case WEIR__DICT_GET_AT:
        *ret_answer = *value;
        return 0;
    case WEIR__DICT_SET_AT:
        *value = args [1];
        return 0;
    case WEIR__DICT_ADD_AT:
        if (!model_sum (request, *value, args [1], ret_answer))
            return request->error;
        *value = *ret_answer;
        return 0;
    case WEIR__DICT_CAS_AT:
        equal = weir_value_equal (*value, args [1]);
        if (equal)
            *value = args [2];
        *ret_answer = weir_value_bool (equal);
        return 0;
    default:
        if (value->type != WEIR_LIST)
            return EINVAL;
        copy (model, value, 1) [value->size - 1] = args [1];
        return 0;
    }
}

static void take_out (model_t *model, weir_value_t *value, size_t place,
                      weir_value_t part)
{
    size_t width = value->type == WEIR_MAP ? 2 : 1;
    while (place < value->size) {
        weir_value_t *items = copy (model, value, -1);
        memmove (items + place * width, items + (place + 1) * width,
                 (value->size - place) * width * sizeof *items);
        if (value->type == WEIR_LIST)
            return;
        place_of (*value, part, &place);
    }
}

static int change (model_t *model, model_request_t *request,
                   weir_value_t *value, way_t *way, unsigned part)
{
    unsigned op = request->step.op;
    size_t place;
    if (part == way->count)
        return change_value (model, request, value, &way->answer);
    if (!place_of (*value, way->parts [part], &place))
        return EINVAL;
    bool is_last = part == way->count - 1;
    size_t width = value->type == WEIR_MAP ? 2 : 1;
    if (place == value->size) {
        if (!is_last || value->type == WEIR_LIST ||
            (op != WEIR__DICT_SET_AT && op != WEIR__DICT_ADD_AT))
            return ENOENT;
        weir_value_t fresh = weir_value_int (0);
        int error = change_value (model, request, &fresh, &way->answer);
        if (error)
            return error;
        weir_value_t *items = copy (model, value, 1);
        items [2 * place] = way->parts [part];
        items [2 * place + 1] = fresh;
        return 0;
    }
    if (is_last && op == WEIR__DICT_DELETE_AT) {
        take_out (model, value, place, way->parts [part]);
        return 0;
    }
    weir_value_t inner = value->items [place * width + width - 1];
    int error = change (model, request, &inner, way, part + 1);
    if (error == 0)
        copy (model, value, 0) [place * width + width - 1] = inner;
    return error;
}

void model_path (model_t *model, model_object_t *self, model_request_t *request)
{
    unsigned op = request->step.op;
    weir_value_t fresh = weir_value_int (0);
    way_t way;
    int error = EINVAL;
    size_t place = 0;
    if (!read_way (model, request->step.args [0], &way) ||
        !model_is_key (self, way.parts [0])) {
        model_fail (request, EINVAL);
        return;
    }
    while (place < self->size &&
           !weir_value_equal (self->keys [place], way.parts [0]))
        place++;
    bool is_new = place == self->size;
    bool can_be_new = op == WEIR__DICT_SET_AT || op == WEIR__DICT_ADD_AT;
    weir_value_t *value = is_new ? &fresh : &self->values [place];
    if (is_new && (way.count > 1 || !can_be_new))
        error = ENOENT;
    else if (way.count == 1 && op == WEIR__DICT_DELETE_AT) {
        model_remove (self, place);
        error = 0;
    } else
        error = change (model, request, value, &way, 1);
    if (error == 0 && is_new)
        model_insert (self, place, way.parts [0], fresh);
    if (error == ENOENT && op == WEIR__DICT_GET_AT && request->step.argc == 2)
        model_answer (request, request->step.args [1]);
    else if (error)
        model_fail (request, error);
    else
        model_answer (request, way.answer);
}
