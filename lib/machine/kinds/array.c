/*  array.c - numbers of one type, packed

    SPDX-License-Identifier: MPL-2.0
*/

#include "machine/kinds/kinds.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "codec/pack.h"
#include "codec/packed.h"
#include "machine/call.h"
#include "machine/core/kind.h"
#include "machine/state.h"
#include "machine/values/element.h"
#include "machine/values/range.h"

//  The largest size of a reply without the bytes of the elements.
enum { HEAD_BYTES = 16 };

typedef struct array {
    weir_element_t type;
    size_t width; //  bytes per element
    size_t size;  //  number of elements
    uint8_t data [];
} array_t;

static uint8_t *element_at (array_t *self, size_t place)
{
    return self->data + place * self->width;
}

//  Puts a value into an element, or adds it.
typedef int change_t (weir_element_t type, uint8_t *element,
                      weir_value_t value);

//  Makes an array of zeros. Returns NULL after refusing the call.
static array_t *new_array (weir__call_t *call, weir_element_t type,
                           uint64_t size)
{
    size_t width = weir__element_bytes (type);
    if (size > WEIR__MESSAGE_BYTES / width) {
        weir__refuse (call, EINVAL,
                      "an array has at most %d MiB: %zu elements of type %s",
                      WEIR__MESSAGE_BYTES >> 20, WEIR__MESSAGE_BYTES / width,
                      weir__element_name (type));
        return NULL;
    }
    array_t *self = calloc (1, sizeof *self + (size_t) size * width);
    if (!self) {
        weir__refuse (call, ENOMEM, "out of memory");
        return NULL;
    }
    self->type = type;
    self->width = width;
    self->size = (size_t) size;
    return self;
}

//  Refuses the call and says why an element did not take the value.
static void refuse_value (weir__call_t *call, const array_t *self, int error,
                          weir__bytes_t value)
{
    char why [64] = "";
    const char *type = weir__element_name (self->type);
    if (error == EINVAL)
        snprintf (why, sizeof why, " is not a number of type %s", type);
    else if (error == ERANGE)
        snprintf (why, sizeof why, " does not fit the type %s", type);
    else
        snprintf (why, sizeof why,
                  " cannot be added: the sum does not fit the type %s", type);
    weir__refuse_value (call, error, "", value, why);
}

//  Returns whether an element could take a value that is meant for all elements
//  of an empty range. For an addition only the type of the value counts,
//  because there is no sum that could overflow. If not, refuses the call.
static bool takes (const array_t *self, weir__call_t *call, change_t *change,
                   weir__bytes_t packed)
{
    uint8_t element [sizeof (uint64_t)] = {0};
    weir_value_t value;
    weir__packed_peek (packed.data, packed.size, &value);
    int error = change (self->type, element, value);
    if (error == EOVERFLOW)
        return true;
    if (error)
        refuse_value (call, self, error, packed);
    return error == 0;
}

//  Puts a packed value into an element, or adds it. Returns false after
//  refusing the call.
static bool take_element (array_t *self, weir__call_t *call, uint8_t *element,
                          change_t *change, weir__bytes_t packed)
{
    weir_value_t value;
    weir__packed_peek (packed.data, packed.size, &value);
    int error = change (self->type, element, value);
    if (error)
        refuse_value (call, self, error, packed);
    return error == 0;
}

//  Changes the elements of a range: with one value for all of them, or with a
//  list of as many values. Changes all of them or none. Returns false after
//  refusing the call.
static bool take_all (array_t *self, weir__call_t *call,
                      const weir__range_t *range, change_t *change,
                      weir__bytes_t values)
{
    weir_value_t all;
    size_t used = weir__packed_peek (values.data, values.size, &all);
    bool is_list = all.type == WEIR_LIST, good = true;
    if (is_list && all.size != range->count) {
        weir__refuse (call, EINVAL,
                      "a slice of %zu elements takes a list of as many values, "
                      "or one value for all, not a list of %u values",
                      range->count, all.size);
        return false;
    }
    if (range->count == 0)
        return is_list || takes (self, call, change, values);
    uint8_t *changed = malloc (range->count * self->width);
    if (!changed)
        weir__refuse (call, ENOMEM, "out of memory");
    weir__bytes_t rest = {values.data + used, values.size - used};
    for (size_t i = 0; changed && good && i < range->count; i++) {
        weir__bytes_t value = is_list ? weir__packed_next (&rest) : values;
        uint8_t *to = changed + i * self->width;
        memcpy (to, element_at (self, weir__range_place (range, i)),
                self->width);
        good = take_element (self, call, to, change, value);
    }
    for (size_t i = 0; changed && good && i < range->count; i++)
        memcpy (element_at (self, weir__range_place (range, i)),
                changed + i * self->width, self->width);
    good = good && changed;
    free (changed);
    return good;
}

//  One element

static bool read_element (array_t *self, weir__call_t *call, size_t place,
                          weir_value_t *ret_value)
{
    int error =
        weir__element_get (self->type, element_at (self, place), ret_value);
    if (error)
        weir__refuse (call, ERANGE,
                      "element %zu is over 2^63 - 1, more than a value can "
                      "hold; read it as bytes",
                      place);
    return error == 0;
}

static void get (weir__object_t *object, weir__call_t *call)
{
    array_t *self = object->state;
    size_t place;
    weir_value_t value;
    if (weir__arg_place (call, self->size, &place) &&
        read_element (self, call, place, &value))
        weir__answer (call, value);
}

static void set (weir__object_t *object, weir__call_t *call)
{
    array_t *self = object->state;
    size_t place;
    if (weir__arg_place (call, self->size, &place) &&
        take_element (self, call, element_at (self, place), weir__element_put,
                      weir__arg_packed (call, 1)))
        weir__answer_nil (call);
}

//  The answer: the sum, or nil when no value can hold it.
static void add (weir__object_t *object, weir__call_t *call)
{
    array_t *self = object->state;
    size_t place;
    weir_value_t sum;
    if (!weir__arg_place (call, self->size, &place))
        return;
    uint8_t *element = element_at (self, place);
    if (!take_element (self, call, element, weir__element_add,
                       weir__arg_packed (call, 1)))
        return;
    if (weir__element_get (self->type, element, &sum) == 0)
        weir__answer (call, sum);
    else
        weir__answer_nil (call);
}

//  Slices

static void get_slice (weir__object_t *object, weir__call_t *call)
{
    array_t *self = object->state;
    weir__range_t range;
    weir_value_t value;
    if (!weir__arg_range (call, self->size, &range))
        return;
    weir__answer_begin (call, WEIR_LIST, range.count);
    for (size_t i = 0; i < range.count; i++) {
        if (!read_element (self, call, weir__range_place (&range, i), &value))
            return;
        if (weir__pack (call->reply, value) != 0)
            call->reply->failed = true;
    }
}

static void change_slice (weir__object_t *object, weir__call_t *call)
{
    array_t *self = object->state;
    weir__range_t range;
    change_t *change = call->body.op == WEIR__ARRAY_SET_SLICE
                           ? weir__element_put
                           : weir__element_add;
    if (weir__arg_range (call, self->size, &range) &&
        take_all (self, call, &range, change, weir__arg_packed (call, 3)))
        weir__answer_nil (call);
}

//  Bytes

static bool arg_type (weir__call_t *call, weir_element_t *ret_type)
{
    weir_value_t type = weir__arg (call, 0);
    bool good = type.type == WEIR_INTEGER && type.integer >= 0 &&
                type.integer < WEIR_ELEMENTS;
    if (good)
        *ret_type = (weir_element_t) type.integer;
    else
        weir__refuse (call, EINVAL,
                      "this owner does not know the element type");
    return good;
}

//  args: the expected element type, index. Checks that the array has `count`
//  elements from the index on. Returns false after refusing the call.
static bool arg_part (weir__call_t *call, const array_t *self, uint64_t count,
                      size_t *ret_place)
{
    weir_element_t type;
    int64_t place;
    if (!arg_type (call, &type) || !weir__arg_integer (call, 1, &place))
        return false;
    if (type != self->type) {
        weir__refuse (call, EINVAL, "its numbers are %s, not %s",
                      weir__element_name (self->type),
                      weir__element_name (type));
        return false;
    }
    if (place < 0)
        place += (int64_t) self->size;
    if (place >= 0 && (uint64_t) place <= self->size &&
        count <= self->size - (uint64_t) place) {
        *ret_place = (size_t) place;
        return true;
    }
    weir__refuse (
        call, ERANGE,
        "%zu elements from that index on are out of range: it has %zu",
        (size_t) count, self->size);
    return false;
}

//  args: type, index, number of elements. The answer: their bytes.
static void read_bytes (weir__object_t *object, weir__call_t *call)
{
    array_t *self = object->state;
    int64_t count;
    size_t place;
    if (!weir__arg_integer (call, 2, &count))
        return;
    if (count < 0)
        weir__refuse (call, EINVAL, "argument 3 must not be negative");
    else if (!arg_part (call, self, (uint64_t) count, &place))
        return;
    else if ((size_t) count * self->width > WEIR__MESSAGE_BYTES - HEAD_BYTES)
        weir__refuse (call, EMSGSIZE,
                      "%zu elements are more than one reply can carry; read "
                      "them in parts",
                      (size_t) count);
    else
        weir__answer (call, weir_value_bytes (element_at (self, place),
                                              (size_t) count * self->width));
}

//  args: type, index, bytes.
static void write_bytes (weir__object_t *object, weir__call_t *call)
{
    array_t *self = object->state;
    weir_value_t bytes = weir__arg (call, 2);
    size_t place;
    if (bytes.type != WEIR_BYTES || bytes.size % self->width != 0)
        weir__refuse (call, EINVAL,
                      "argument 3 must be the bytes of whole elements");
    else if (arg_part (call, self, bytes.size / self->width, &place)) {
        memcpy (element_at (self, place), bytes.bytes, bytes.size);
        weir__answer_nil (call);
    }
}

static void size (weir__object_t *object, weir__call_t *call)
{
    const array_t *self = object->state;
    weir__answer (call, weir_value_int ((int64_t) self->size));
}

//  The answer: the number of the element type.
static void type_of (weir__object_t *object, weir__call_t *call)
{
    const array_t *self = object->state;
    weir__answer (call, weir_value_int (self->type));
}

//  args: type; the number of elements, or a list of numbers.
static bool create (weir__object_t *object, weir__call_t *call)
{
    weir_element_t type;
    weir_value_t all = weir__arg (call, 1);
    bool is_list = all.type == WEIR_LIST;
    if (!arg_type (call, &type))
        return false;
    if (!is_list && (all.type != WEIR_INTEGER || all.integer < 0)) {
        weir__refuse_value (call, EINVAL,
                            "an array is made from a size, 0 or more, or from "
                            "a list of numbers, not from ",
                            weir__arg_packed (call, 1), "");
        return false;
    }
    array_t *self =
        new_array (call, type, is_list ? all.size : (uint64_t) all.integer);
    weir__range_t range = {0, 1, self ? self->size : 0};
    if (self && is_list &&
        !take_all (self, call, &range, weir__element_put,
                   weir__arg_packed (call, 1))) {
        free (self);
        self = NULL;
    }
    object->state = self;
    return self != NULL;
}

static void destroy (weir__object_t *object)
{
    free (object->state);
}

static size_t describe (const weir__object_t *object, weir_value_t *facts)
{
    const array_t *self = object->state;
    facts [0] = weir_value_string ("size");
    facts [1] = weir_value_int ((int64_t) self->size);
    facts [2] = weir_value_string ("type");
    facts [3] = weir_value_string (weir__element_name (self->type));
    return 2;
}

static void save (const weir__object_t *object, weir__buffer_t *to)
{
    const array_t *self = object->state;
    weir__buffer_put_u8 (to, (uint8_t) self->type);
    weir__buffer_put_block (to, self->data, self->size * self->width);
}

static bool load (weir__object_t *object, weir__reader_t *from)
{
    uint8_t type = weir__reader_u8 (from);
    size_t bytes;
    const uint8_t *data = weir__reader_block (from, &bytes);
    if (!data || type >= WEIR_ELEMENTS || bytes > WEIR__MESSAGE_BYTES)
        return false;
    size_t width = weir__element_bytes (type);
    if (bytes % width != 0)
        return false;
    array_t *self = object->state = calloc (1, sizeof *self + bytes);
    if (!self)
        return false;
    *self = (array_t){type, width, bytes / width};
    memcpy (self->data, data, bytes);
    return true;
}

static const weir__op_t ops [] = {
    [WEIR__ARRAY_GET] = {"get", get, 1, 1, WEIR__READS},
    [WEIR__ARRAY_SET] = {"set", set, 2, 2, WEIR__WRITES},
    [WEIR__ARRAY_ADD] = {"add", add, 2, 2, WEIR__WRITES},
    [WEIR__ARRAY_GET_SLICE] = {"get slice", get_slice, 3, 3, WEIR__READS},
    [WEIR__ARRAY_SET_SLICE] = {"set slice", change_slice, 4, 4, WEIR__WRITES},
    [WEIR__ARRAY_ADD_SLICE] = {"add slice", change_slice, 4, 4, WEIR__WRITES},
    [WEIR__ARRAY_READ] = {"read", read_bytes, 3, 3, WEIR__READS},
    [WEIR__ARRAY_WRITE] = {"write", write_bytes, 3, 3, WEIR__WRITES},
    [WEIR__ARRAY_SIZE] = {"size", size, 0, 0, WEIR__READS},
    [WEIR__ARRAY_TYPE] = {"type", type_of, 0, 0, WEIR__READS},
};

const weir__kind_t weir__array_kind = {
    .code = WEIR__ARRAY,
    .name = "array",
    .ops = ops,
    .op_count = sizeof ops / sizeof *ops,
    .create_argc_min = 2,
    .create_argc_max = 2,
    .begin = weir__copy_begin,
    .end = weir__copy_end,
    .create = create,
    .destroy = destroy,
    .describe = describe,
    .save = save,
    .load = load,
};
