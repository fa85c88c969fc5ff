/*  dict.c - the sequential model of dict and namespace

    SPDX-License-Identifier: MPL-2.0
*/

#include <ctype.h>
#include <errno.h>
#include <math.h>
#include <string.h>

#include "codec/ops.h"
#include "codec/pack.h"
#include "model/model.h"

bool model_sum (model_request_t *request, weir_value_t a, weir_value_t b,
                weir_value_t *ret_sum)
{
    bool numbers = (a.type == WEIR_INTEGER || a.type == WEIR_REAL) &&
                   (b.type == WEIR_INTEGER || b.type == WEIR_REAL);
    if (!numbers) {
        model_fail (request, EINVAL);
        return false;
    }
    if (a.type == WEIR_INTEGER && b.type == WEIR_INTEGER) {
        __int128 sum = (__int128) a.integer + b.integer;
        if (sum > INT64_MAX || sum < INT64_MIN) {
            model_fail (request, ERANGE);
            return false;
        }
        *ret_sum = weir_value_int ((int64_t) sum);
        return true;
    }
    double x = a.type == WEIR_REAL ? a.real : (double) a.integer;
    double y = b.type == WEIR_REAL ? b.real : (double) b.integer;
    *ret_sum = weir_value_real (isnan (x + y) ? (double) NAN : x + y);
    return true;
}

static bool is_name (weir_value_t key)
{
    bool good = key.type == WEIR_STRING && key.size > 0 &&
                !strchr ("0123456789", key.string [0]);
    for (size_t i = 0; good && i < key.size; i++)
        good = (uint8_t) key.string [i] >= 0x80 || key.string [i] == '_' ||
               isalnum ((uint8_t) key.string [i]);
    return good;
}

bool model_is_key (const model_object_t *self, weir_value_t key)
{
    if (self->kind == WEIR__NAMESPACE)
        return is_name (key);
    return key.type != WEIR_LIST && key.type != WEIR_MAP &&
           !(key.type == WEIR_REAL && isnan (key.real));
}

static size_t find (const model_object_t *self, weir_value_t key)
{
    size_t place = 0;
    while (place < self->size && !weir_value_equal (self->keys [place], key))
        place++;
    return place;
}

static void put (model_object_t *self, weir_value_t key, weir_value_t value)
{
    size_t place = find (self, key);
    if (place == self->size)
        model_insert (self, place, key, value);
    else
        self->values [place] = value;
}

bool model_dict_update (model_object_t *self, weir_value_t map)
{
    bool good = map.type == WEIR_MAP;
    for (size_t i = 0; good && i < map.size; i++)
        good = model_is_key (self, map.items [2 * i]);
    for (size_t i = 0; good && i < map.size; i++)
        put (self, map.items [2 * i], map.items [2 * i + 1]);
    return good;
}

static void update (model_object_t *self, model_request_t *request)
{
    if (model_dict_update (self, request->step.args [0]))
        model_answer (request, weir_value_nil ());
    else
        model_fail (request, EINVAL);
}

//  Operations that need no key.
static void all (model_object_t *self, model_request_t *request)
{
    unsigned op = request->step.op;
    if (op == WEIR__DICT_UPDATE)
        update (self, request);
    else if (op == WEIR__DICT_SIZE)
        model_answer (request, weir_value_int ((int64_t) self->size));
    else if (op == WEIR__DICT_CLEAR) {
        self->size = 0;
        model_answer (request, weir_value_nil ());
    } else if (op == WEIR__DICT_POPITEM && self->size == 0)
        model_fail (request, ENOENT);
    else if (op == WEIR__DICT_POPITEM) {
        self->size--;
        weir_value_t pair [] = {self->keys [self->size],
                                self->values [self->size]};
        model_answer (request, weir_value_list (pair, 2));
    } else {
        weir__buffer_clear (&request->value);
        weir__pack_head (&request->value,
                         op == WEIR__DICT_ITEMS ? WEIR_MAP : WEIR_LIST,
                         self->size);
        for (size_t i = 0; i < self->size; i++) {
            if (op != WEIR__DICT_VALUES)
                weir__pack (&request->value, self->keys [i]);
            if (op != WEIR__DICT_KEYS)
                weir__pack (&request->value, self->values [i]);
        }
    }
}

static void add (model_object_t *self, model_request_t *request)
{
    const weir_value_t *args = request->step.args;
    size_t place = find (self, args [0]);
    weir_value_t sum;
    weir_value_t old =
        place < self->size ? self->values [place] : weir_value_int (0);
    if (!model_sum (request, old, args [1], &sum))
        return;
    put (self, args [0], sum);
    model_answer (request, sum);
}

//  Operations on an existing key.
static void with_item (model_object_t *self, model_request_t *request)
{
    const weir_value_t *args = request->step.args;
    size_t place = find (self, args [0]);
    if (place == self->size) {
        bool has_default = request->step.argc == 2;
        if (has_default)
            model_answer (request, args [1]);
        else
            model_fail (request, ENOENT);
        return;
    }
    weir_value_t value = self->values [place];
    if (request->step.op == WEIR__DICT_CAS) {
        bool equal = weir_value_equal (value, args [1]);
        if (equal)
            self->values [place] = args [2];
        model_answer (request, weir_value_bool (equal));
        return;
    }
    if (request->step.op != WEIR__DICT_GET)
        model_remove (self, place);
    model_answer (request, request->step.op == WEIR__DICT_DELETE
                               ? weir_value_nil ()
                               : value);
}

void model_dict (model_t *model, model_object_t *self, model_request_t *request)
{
    const weir_value_t *args = request->step.args;
    if (request->step.op >= WEIR__DICT_GET_AT) {
        model_path (model, self, request);
        return;
    }
    switch (request->step.op) {
    case WEIR__DICT_SET:
    case WEIR__DICT_GET:
    case WEIR__DICT_CONTAINS:
    case WEIR__DICT_DELETE:
    case WEIR__DICT_POP:
    case WEIR__DICT_SETDEFAULT:
    case WEIR__DICT_ADD:
    case WEIR__DICT_CAS:
        break;
    default:
        all (self, request);
        return;
    }
    size_t place = find (self, args [0]);
    if (!model_is_key (self, args [0]))
        model_fail (request, EINVAL);
    else if (request->step.op == WEIR__DICT_SET) {
        put (self, args [0], args [1]);
        model_answer (request, weir_value_nil ());
    } else if (request->step.op == WEIR__DICT_SETDEFAULT) {
        if (place == self->size)
            put (self, args [0], args [1]);
        model_answer (request, self->values [place]);
    } else if (request->step.op == WEIR__DICT_CONTAINS)
        model_answer (request, weir_value_bool (place < self->size));
    else if (request->step.op == WEIR__DICT_ADD)
        add (self, request);
    else
        with_item (self, request);
}
