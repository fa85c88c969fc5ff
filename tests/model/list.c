/*  list.c - the sequential model of list

    SPDX-License-Identifier: MPL-2.0
*/

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "codec/ops.h"
#include "codec/pack.h"
#include "model/model.h"

static bool is_number (weir_value_t value)
{
    return value.type == WEIR_BOOL || value.type == WEIR_INTEGER ||
           value.type == WEIR_REAL;
}

//  A long double holds all integers and all doubles exactly.
static long double number_of (weir_value_t value)
{
    return value.type == WEIR_BOOL   ? value.boolean
           : value.type == WEIR_REAL ? (long double) value.real
                                     : (long double) value.integer;
}

int model_order (weir_value_t a, weir_value_t b)
{
    if (is_number (a) && is_number (b)) {
        long double x = number_of (a), y = number_of (b);
        if (isnan (x) || isnan (y))
            return (isnan (x) != 0) - (isnan (y) != 0);
        return (x > y) - (x < y);
    }
    if (a.type != b.type)
        return MODEL_UNORDERED;
    if (a.type == WEIR_STRING || a.type == WEIR_BYTES) {
        for (size_t i = 0; i < a.size && i < b.size; i++)
            if (a.string [i] != b.string [i])
                return (uint8_t) a.string [i] < (uint8_t) b.string [i] ? -1 : 1;
        return (a.size > b.size) - (a.size < b.size);
    }
    if (a.type != WEIR_LIST)
        return MODEL_UNORDERED;
    for (size_t i = 0; i < a.size && i < b.size; i++) {
        int rc = model_order (a.items [i], b.items [i]);
        if (rc == MODEL_UNORDERED &&
            weir_value_equal (a.items [i], b.items [i]))
            rc = 0;
        if (rc != 0)
            return rc;
    }
    return (a.size > b.size) - (a.size < b.size);
}

static void sort (model_object_t *self, model_request_t *request)
{
    weir_value_t reverse = request->step.args [0];
    bool good = reverse.type == WEIR_BOOL;
    for (size_t i = 0; good && i < self->size; i++)
        for (size_t j = 0; good && j < i; j++)
            good = model_order (self->values [i], self->values [j]) !=
                   MODEL_UNORDERED;
    if (!good) {
        model_fail (request, EINVAL);
        return;
    }
    for (size_t i = 1; i < self->size; i++)
        for (size_t j = i; j > 0; j--) {
            int rc = model_order (self->values [j], self->values [j - 1]);
            if (rc != (reverse.boolean ? 1 : -1))
                break;
            weir_value_t value = self->values [j];
            self->values [j] = self->values [j - 1];
            self->values [j - 1] = value;
        }
    model_answer (request, weir_value_nil ());
}

static int64_t bound (weir_value_t value, int64_t size, int64_t low,
                      int64_t high)
{
    __int128 place = value.integer;
    if (place < 0)
        place += size;
    return (int64_t) (place < low ? low : place > high ? high : place);
}

static bool is_index (weir_value_t value)
{
    return value.type == WEIR_INTEGER || value.type == WEIR_NIL;
}

bool model_slice (const model_object_t *self, model_request_t *request,
                  model_places_t *ret_places)
{
    const weir_value_t *args = request->step.args;
    int64_t size = (int64_t) self->size;
    int64_t step = args [2].type == WEIR_NIL ? 1 : args [2].integer;
    if (!is_index (args [0]) || !is_index (args [1]) || !is_index (args [2]) ||
        step == 0) {
        model_fail (request, EINVAL);
        return false;
    }
    int64_t low = step > 0 ? 0 : -1;
    int64_t high = step > 0 ? size : size - 1;
    __int128 start = step > 0 ? low : high, stop = step > 0 ? high : low;
    if (args [0].type == WEIR_INTEGER)
        start = bound (args [0], size, low, high);
    if (args [1].type == WEIR_INTEGER)
        stop = bound (args [1], size, low, high);
    ret_places->count = 0;
    ret_places->start = (int64_t) start;
    ret_places->step = step;
    for (__int128 i = start; step > 0 ? i < stop : i > stop; i += step)
        ret_places->at [ret_places->count++] = (size_t) i;
    return true;
}

static void delete_places (model_object_t *self, const model_places_t *places)
{
    for (size_t i = self->size; i > 0; i--)
        for (size_t j = 0; j < places->count; j++)
            if (places->at [j] == i - 1)
                model_remove (self, i - 1);
}

static void set_slice (model_object_t *self, model_request_t *request,
                       const model_places_t *places)
{
    weir_value_t list = request->step.args [3];
    if (list.type != WEIR_LIST ||
        (places->step != 1 && list.size != places->count)) {
        model_fail (request, EINVAL);
        return;
    }
    if (places->step == 1) {
        delete_places (self, places);
        for (size_t i = 0; i < list.size; i++)
            model_insert (self, (size_t) places->start + i, weir_value_nil (),
                          list.items [i]);
    } else
        for (size_t i = 0; i < list.size; i++)
            self->values [places->at [i]] = list.items [i];
    model_answer (request, weir_value_nil ());
}

static void with_slice (model_object_t *self, model_request_t *request)
{
    static model_places_t places;
    if (!model_slice (self, request, &places))
        return;
    if (request->step.op == WEIR__LIST_SET_SLICE) {
        set_slice (self, request, &places);
        return;
    }
    if (request->step.op == WEIR__LIST_DELETE_SLICE) {
        delete_places (self, &places);
        model_answer (request, weir_value_nil ());
        return;
    }
    weir__buffer_clear (&request->value);
    weir__pack_head (&request->value, WEIR_LIST, places.count);
    for (size_t i = 0; i < places.count; i++)
        weir__pack (&request->value, self->values [places.at [i]]);
}

static void add (model_object_t *self, model_request_t *request, size_t place)
{
    weir_value_t sum;
    if (!model_sum (request, self->values [place], request->step.args [1],
                    &sum))
        return;
    self->values [place] = sum;
    model_answer (request, sum);
}

//  Operations on an item at an index.
static void with_item (model_object_t *self, model_request_t *request)
{
    weir_value_t index = request->step.args [0];
    int64_t place = index.integer;
    if (index.type != WEIR_INTEGER) {
        model_fail (request, EINVAL);
        return;
    }
    if (place < 0)
        place += (int64_t) self->size;
    if (place < 0 || place >= (int64_t) self->size) {
        model_fail (request, ERANGE);
        return;
    }
    weir_value_t old = self->values [place];
    unsigned op = request->step.op;
    if (op == WEIR__LIST_ADD) {
        add (self, request, (size_t) place);
        return;
    }
    if (op == WEIR__LIST_SET)
        self->values [place] = request->step.args [1];
    if (op == WEIR__LIST_DELETE || op == WEIR__LIST_POP)
        model_remove (self, (size_t) place);
    model_answer (request, op == WEIR__LIST_GET || op == WEIR__LIST_POP
                               ? old
                               : weir_value_nil ());
}

//  Operations that search for a value.
static void with_value (model_object_t *self, model_request_t *request)
{
    const weir_value_t *args = request->step.args;
    int64_t size = (int64_t) self->size, start = 0, stop = size, count = 0;
    bool searches = request->step.op == WEIR__LIST_INDEX;
    for (unsigned i = 1; searches && i < request->step.argc; i++) {
        if (!is_index (args [i])) {
            model_fail (request, EINVAL);
            return;
        }
        if (args [i].type == WEIR_INTEGER)
            *(i == 1 ? &start : &stop) = bound (args [i], size, 0, size);
    }
    int64_t first = -1;
    for (int64_t i = start; i < stop; i++)
        if (weir_value_equal (self->values [i], args [0])) {
            first = first < 0 ? i : first;
            count++;
        }
    if (request->step.op == WEIR__LIST_COUNT)
        model_answer (request, weir_value_int (count));
    else if (first < 0)
        model_fail (request, ENOENT);
    else if (searches)
        model_answer (request, weir_value_int (first));
    else {
        model_remove (self, (size_t) first);
        model_answer (request, weir_value_nil ());
    }
}

static void put_in (model_object_t *self, model_request_t *request)
{
    const weir_value_t *args = request->step.args;
    int64_t size = (int64_t) self->size;
    bool good = true;
    if (request->step.op == WEIR__LIST_APPEND)
        model_insert (self, self->size, weir_value_nil (), args [0]);
    else if (request->step.op == WEIR__LIST_EXTEND) {
        good = args [0].type == WEIR_LIST;
        for (size_t i = 0; good && i < args [0].size; i++)
            model_insert (self, self->size, weir_value_nil (),
                          args [0].items [i]);
    } else {
        good = args [0].type == WEIR_INTEGER;
        if (good)
            model_insert (self, (size_t) bound (args [0], size, 0, size),
                          weir_value_nil (), args [1]);
    }
    if (good)
        model_answer (request, weir_value_nil ());
    else
        model_fail (request, EINVAL);
}

static void operate (model_object_t *self, model_request_t *request)
{
    switch (request->step.op) {
    case WEIR__LIST_APPEND:
    case WEIR__LIST_EXTEND:
    case WEIR__LIST_INSERT:
        put_in (self, request);
        return;
    case WEIR__LIST_REMOVE:
    case WEIR__LIST_INDEX:
    case WEIR__LIST_COUNT:
        with_value (self, request);
        return;
    case WEIR__LIST_SORT:
        sort (self, request);
        return;
    case WEIR__LIST_GET_SLICE:
    case WEIR__LIST_SET_SLICE:
    case WEIR__LIST_DELETE_SLICE:
        with_slice (self, request);
        return;
    case WEIR__LIST_SIZE:
        model_answer (request, weir_value_int ((int64_t) self->size));
        return;
    case WEIR__LIST_CLEAR:
        self->size = 0;
        model_answer (request, weir_value_nil ());
        return;
    case WEIR__LIST_REVERSE:
        for (size_t i = 0; i < self->size; i++) {
            weir_value_t last = self->values [self->size - 1];
            model_remove (self, self->size - 1);
            model_insert (self, i, weir_value_nil (), last);
        }
        model_answer (request, weir_value_nil ());
        return;
    default:
        with_item (self, request);
    }
}

//  Takes an item out for a request that may wait. Returns false when the list
//  has no item.
static bool take (model_t *model, model_object_t *self,
                  model_request_t *request)
{
    int64_t size = (int64_t) self->size;
    __int128 place = request->step.args [0].integer;
    place += place < 0 ? size : 0;
    if (place < 0 || place >= size)
        return false;
    if (!model_is_guarded (model, request))
        return true;
    model_answer (request, self->values [place]);
    model_remove (self, (size_t) place);
    self->sequence++;
    return true;
}

void model_list_settle (model_t *model, model_object_t *self)
{
    model_request_t *request = model_first (model, self, 0);
    while (request) {
        model_request_t *next = model_next (model, request);
        if (take (model, self, request))
            model_resume (model, request);
        request = next;
    }
}

void model_list (model_t *model, model_object_t *self, model_request_t *request)
{
    if (request->step.op != WEIR__LIST_POP_WAIT)
        operate (self, request);
    else if (request->step.args [0].type != WEIR_INTEGER)
        model_fail (request, EINVAL);
    else if (!take (model, self, request))
        model_park (model, self, request, 0);
    if (!model->transacting)
        model_list_settle (model, self);
}
