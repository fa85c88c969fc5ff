/*  array.c - the sequential model of array

    The integer of a value keeps the bits of an element. The object's maxsize
    keeps the type.

    SPDX-License-Identifier: MPL-2.0
*/

#include <errno.h>
#include <math.h>
#include <string.h>

#include "codec/ops.h"
#include "codec/pack.h"
#include "model/model.h"
#include "weir/array.h"

typedef __int128 wide_t;

static unsigned bits_of (int64_t type)
{
    static const unsigned bits [] = {8, 16, 32, 64, 8, 16, 32, 64, 32, 64};
    return bits [type];
}

static wide_t lowest (int64_t type)
{
    return type >= WEIR_U8 ? 0 : -((wide_t) 1 << (bits_of (type) - 1));
}

static wide_t highest (int64_t type)
{
    return ((wide_t) 1 << (bits_of (type) - (type < WEIR_U8))) - 1;
}

static bool is_real (int64_t type)
{
    return type == WEIR_F32 || type == WEIR_F64;
}

static wide_t integer_of (int64_t type, uint64_t bits)
{
    wide_t number = bits;
    return number > highest (type) ? number - ((wide_t) 1 << bits_of (type))
                                   : number;
}

static uint64_t bits_of_integer (int64_t type, wide_t integer)
{
    return (uint64_t) integer & (uint64_t) (((wide_t) 1 << bits_of (type)) - 1);
}

static double real_of (int64_t type, uint64_t bits)
{
    double real;
    float narrow;
    uint32_t narrow_bits = (uint32_t) bits;
    memcpy (&real, &bits, sizeof real);
    memcpy (&narrow, &narrow_bits, sizeof narrow);
    if (type == WEIR_F64)
        return real;
    return isnan (narrow) ? (double) NAN : narrow;
}

static uint64_t bits_of_real (int64_t type, double real)
{
    uint64_t bits;
    uint32_t narrow_bits;
    float narrow = isnan (real) ? NAN : (float) real;
    memcpy (&bits, &real, sizeof bits);
    memcpy (&narrow_bits, &narrow, sizeof narrow);
    return type == WEIR_F64 ? bits : narrow_bits;
}

//  Stores a value in an element: sets or adds it. Returns an errno.
static int change (int64_t type, weir_value_t value, bool adds, uint64_t *bits)
{
    bool is_number = value.type == WEIR_INTEGER ||
                     (value.type == WEIR_REAL && is_real (type));
    if (!is_number)
        return EINVAL;
    if (!is_real (type)) {
        wide_t number = value.integer + (adds ? integer_of (type, *bits) : 0);
        if (number < lowest (type) || number > highest (type))
            return adds ? EOVERFLOW : ERANGE;
        *bits = bits_of_integer (type, number);
        return 0;
    }
    double real = value.type == WEIR_REAL ? value.real : (double) value.integer;
    if (adds)
        real += real_of (type, *bits);
    else if (type == WEIR_F32 && isfinite (real) && isinf ((float) real))
        return ERANGE;
    if (adds && isnan (real))
        real = NAN;
    *bits = bits_of_real (type, real);
    return 0;
}

//  Sets or adds values at some indices, all or nothing. Returns an errno.
static int change_places (model_object_t *self, const model_places_t *places,
                          weir_value_t values, bool adds)
{
    uint64_t bits [MODEL_PLACES];
    if (values.type == WEIR_LIST && values.size != places->count)
        return EINVAL;
    if (values.type != WEIR_LIST && places->count == 0) {
        int error = change (self->maxsize, values, adds, &(uint64_t){0});
        return error == EOVERFLOW ? 0 : error;
    }
    for (size_t i = 0; i < places->count; i++) {
        bits [i] = (uint64_t) self->values [places->at [i]].integer;
        weir_value_t value =
            values.type == WEIR_LIST ? values.items [i] : values;
        int error = change (self->maxsize, value, adds, &bits [i]);
        if (error)
            return error;
    }
    for (size_t i = 0; i < places->count; i++)
        self->values [places->at [i]].integer = (int64_t) bits [i];
    return 0;
}

//  Gives the element as a value. Returns false when a value cannot hold it.
static bool read_element (const model_object_t *self, size_t place,
                          weir_value_t *ret_value)
{
    int64_t type = self->maxsize;
    uint64_t bits = (uint64_t) self->values [place].integer;
    if (is_real (type)) {
        *ret_value = weir_value_real (real_of (type, bits));
        return true;
    }
    wide_t number = integer_of (type, bits);
    *ret_value = weir_value_int ((int64_t) number);
    return number <= INT64_MAX;
}

int model_array_make (model_object_t *self, const step_t *step)
{
    weir_value_t type = step->args [2], all = step->args [3];
    if (step->argc != 4 || type.type != WEIR_INTEGER || type.integer < 0 ||
        type.integer >= WEIR_ELEMENTS ||
        (all.type != WEIR_LIST && all.type != WEIR_INTEGER))
        return EINVAL;
    int64_t size = all.type == WEIR_LIST ? all.size : all.integer;
    if (size < 0 || size > (64 << 20) / (int) (bits_of (type.integer) / 8))
        return EINVAL;
    static model_places_t places;
    self->maxsize = type.integer;
    places.count = (size_t) size;
    for (size_t i = 0; i < places.count; i++) {
        model_insert (self, i, weir_value_nil (), weir_value_int (0));
        places.at [i] = i;
    }
    return all.type == WEIR_LIST ? change_places (self, &places, all, false)
                                 : 0;
}

static void with_slice (model_object_t *self, model_request_t *request)
{
    static model_places_t places;
    weir_value_t value;
    if (!model_slice (self, request, &places))
        return;
    if (request->step.op != WEIR__ARRAY_GET_SLICE) {
        int error = change_places (self, &places, request->step.args [3],
                                   request->step.op == WEIR__ARRAY_ADD_SLICE);
        if (error)
            model_fail (request, error);
        else
            model_answer (request, weir_value_nil ());
        return;
    }
    weir__buffer_clear (&request->value);
    weir__pack_head (&request->value, WEIR_LIST, places.count);
    for (size_t i = 0; i < places.count; i++) {
        if (!read_element (self, places.at [i], &value)) {
            model_fail (request, ERANGE);
            return;
        }
        weir__pack (&request->value, value);
    }
}

static void with_element (model_object_t *self, model_request_t *request)
{
    weir_value_t index = request->step.args [0], value;
    model_places_t one = {.count = 1};
    int error = EINVAL;
    if (index.type == WEIR_INTEGER) {
        wide_t place =
            index.integer + (index.integer < 0 ? (wide_t) self->size : 0);
        error = place < 0 || place >= (wide_t) self->size ? ERANGE : 0;
        one.at [0] = (size_t) place;
    }
    if (!error && request->step.op != WEIR__ARRAY_GET) {
        weir_value_t list = weir_value_list (&request->step.args [1], 1);
        error = change_places (self, &one, list,
                               request->step.op == WEIR__ARRAY_ADD);
    }
    bool fits = !error && read_element (self, one.at [0], &value);
    if (error || (!fits && request->step.op == WEIR__ARRAY_GET))
        model_fail (request, error ? error : ERANGE);
    else
        model_answer (request, fits && request->step.op != WEIR__ARRAY_SET
                                   ? value
                                   : weir_value_nil ());
}

//  READ and WRITE.
static void with_bytes (model_object_t *self, model_request_t *request)
{
    const weir_value_t *args = request->step.args;
    bool writes = request->step.op == WEIR__ARRAY_WRITE;
    size_t width = bits_of (self->maxsize) / 8;
    bool good = args [0].type == WEIR_INTEGER &&
                args [0].integer == self->maxsize &&
                args [1].type == WEIR_INTEGER &&
                args [2].type == (writes ? WEIR_BYTES : WEIR_INTEGER) &&
                (writes ? args [2].size % width == 0 : args [2].integer >= 0);
    if (!good) {
        model_fail (request, EINVAL);
        return;
    }
    wide_t size = (wide_t) self->size;
    wide_t place = args [1].integer + (args [1].integer < 0 ? size : 0);
    wide_t count = writes ? (wide_t) (args [2].size / width) : args [2].integer;
    if (place < 0 || place + count > size) {
        model_fail (request, ERANGE);
        return;
    }
    uint8_t bytes [8 * MODEL_PLACES];
    for (size_t i = 0; i < (size_t) count * width; i++) {
        uint64_t bits = 0;
        int64_t *element = &self->values [(size_t) place + i / width].integer;
        unsigned shift = 8 * (unsigned) (i % width);
        if (writes) {
            bits = (uint64_t) ((const uint8_t *) args [2].bytes) [i] << shift;
            *element = (int64_t) ((shift ? (uint64_t) *element : 0) | bits);
        }
        bytes [i] = (uint8_t) ((uint64_t) *element >> shift);
    }
    model_answer (request,
                  writes ? weir_value_nil ()
                         : weir_value_bytes (bytes, (size_t) count * width));
}

void model_array (model_t *model, model_object_t *self,
                  model_request_t *request)
{
    (void) model;
    switch (request->step.op) {
    case WEIR__ARRAY_GET:
    case WEIR__ARRAY_SET:
    case WEIR__ARRAY_ADD:
        with_element (self, request);
        return;
    case WEIR__ARRAY_GET_SLICE:
    case WEIR__ARRAY_SET_SLICE:
    case WEIR__ARRAY_ADD_SLICE:
        with_slice (self, request);
        return;
    case WEIR__ARRAY_READ:
    case WEIR__ARRAY_WRITE:
        with_bytes (self, request);
        return;
    case WEIR__ARRAY_SIZE:
        model_answer (request, weir_value_int ((int64_t) self->size));
        return;
    default:
        model_answer (request, weir_value_int (self->maxsize));
    }
}
