/*  array.c - a shared array of numbers of one type

    SPDX-License-Identifier: MPL-2.0
*/

#include "weir/array.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "client/handle.h"
#include "codec/limits.h"

struct weir_array {
    weir__handle_t handle;
};

static const weir__class_t class = {WEIR__ARRAY, sizeof (weir_array_t)};

weir_array_t *weir_array_new (weir_owner_t *owner, const char *name,
                              weir_element_t type, int64_t size)
{
    weir_value_t args [] = {weir_value_int (type), weir_value_int (size)};
    return weir__handle_new (&class, owner, name, args, 2);
}

weir_array_t *weir_array_new_with (weir_owner_t *owner, const char *name,
                                   weir_element_t type, weir_value_t numbers)
{
    weir_value_t args [] = {weir_value_int (type), numbers};
    if (numbers.type != WEIR_LIST)
        return weir__fail_null (EINVAL,
                                "weir_array_new_with: numbers must be a list");
    return weir__handle_new (&class, owner, name, args, 2);
}

weir_array_t *weir_array_open (weir_owner_t *owner, const char *name)
{
    return weir__handle_open (&class, owner, name);
}

weir_array_t *weir_array_from (weir_value_t reference)
{
    return weir__handle_from (&class, reference);
}

void weir_array_destroy (weir_array_t **self_p)
{
    if (!self_p || !*self_p)
        return;
    weir__handle_destroy (*self_p);
    *self_p = NULL;
}

int weir_array_type (weir_array_t *self)
{
    return (int) weir__handle_number (self, WEIR__OP (WEIR__ARRAY_TYPE));
}

int64_t weir_array_size (weir_array_t *self)
{
    return weir__handle_number (self, WEIR__OP (WEIR__ARRAY_SIZE));
}

int weir_array_get (weir_array_t *self, int64_t index, weir_value_t *ret_value)
{
    return weir__handle_get (
        self, WEIR__OP (WEIR__ARRAY_GET, weir_value_int (index)), ret_value);
}

int weir_array_get_int (weir_array_t *self, int64_t index, int64_t *ret_integer)
{
    return weir__handle_integer (
        self, WEIR__OP (WEIR__ARRAY_GET, weir_value_int (index)), ret_integer);
}

int weir_array_get_real (weir_array_t *self, int64_t index, double *ret_real)
{
    return weir__handle_real (
        self, WEIR__OP (WEIR__ARRAY_GET, weir_value_int (index)), ret_real);
}

int (weir_array_set) (weir_array_t *self, int64_t index, weir_value_t value)
{
    return weir__handle_call (
        self, WEIR__OP (WEIR__ARRAY_SET, weir_value_int (index), value), NULL);
}

int (weir_array_add) (weir_array_t *self, int64_t index, weir_value_t delta,
                      weir_value_t *ret_sum)
{
    return weir__handle_call (
        self, WEIR__OP (WEIR__ARRAY_ADD, weir_value_int (index), delta),
        ret_sum);
}

int weir_array_get_slice (weir_array_t *self, weir_slice_t slice,
                          weir_value_t *ret_numbers)
{
    return weir__handle_get (
        self,
        WEIR__OP (WEIR__ARRAY_GET_SLICE, weir__bound (slice.start),
                  weir__bound (slice.stop), weir__bound (slice.step)),
        ret_numbers);
}

int (weir_array_set_slice) (weir_array_t *self, weir_slice_t slice,
                            weir_value_t values)
{
    return weir__handle_call (
        self,
        WEIR__OP (WEIR__ARRAY_SET_SLICE, weir__bound (slice.start),
                  weir__bound (slice.stop), weir__bound (slice.step), values),
        NULL);
}

int (weir_array_add_slice) (weir_array_t *self, weir_slice_t slice,
                            weir_value_t deltas)
{
    return weir__handle_call (
        self,
        WEIR__OP (WEIR__ARRAY_ADD_SLICE, weir__bound (slice.start),
                  weir__bound (slice.stop), weir__bound (slice.step), deltas),
        NULL);
}

int weir_array_items (weir_array_t *self, weir_value_t *ret_numbers)
{
    return weir_array_get_slice (self, WEIR_SLICE_ALL, ret_numbers);
}

//  Returns the size of an element in bytes. Returns 0 with EINVAL when the type
//  is unknown, or with ERANGE when no array has `count` such elements.
static size_t width_of (const weir_array_t *self, weir_element_t type,
                        size_t count)
{
    static const size_t widths [WEIR_ELEMENTS] = {
        [WEIR_I8] = 1,  [WEIR_I16] = 2, [WEIR_I32] = 4, [WEIR_I64] = 8,
        [WEIR_U8] = 1,  [WEIR_U16] = 2, [WEIR_U32] = 4, [WEIR_U64] = 8,
        [WEIR_F32] = 4, [WEIR_F64] = 8,
    };
    if ((unsigned) type >= WEIR_ELEMENTS)
        weir__handle_fail (
            self, EINVAL,
            "the element type %d is unknown; use a weir_element_t", (int) type);
    else if (count > WEIR__MESSAGE_BYTES / widths [type])
        weir__handle_fail (self, ERANGE, "it has fewer than %zu elements",
                           count);
    else
        return widths [type];
    return 0;
}

//  Copies elements from this machine's byte order to that of the wire, which is
//  little-endian, or back.
static void copy_elements (void *to, const void *from, size_t width,
                           size_t count)
{
#if __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
    if (count > 0)
        memcpy (to, from, width * count);
#else
    uint8_t *bytes = to;
    const uint8_t *other = from;
    for (size_t i = 0; i < width * count; i++)
        bytes [i] = other [i / width * width + width - 1 - i % width];
#endif
}

int weir_array_read (weir_array_t *self, int64_t index, weir_element_t type,
                     void *ret_elements, size_t count)
{
    size_t width = width_of (self, type, count);
    weir_value_t bytes;
    if (!width)
        return -1;
    if (!ret_elements && count > 0)
        return weir__fail_null_output (self);
    if (weir__handle_call (self,
                           WEIR__OP (WEIR__ARRAY_READ, weir_value_int (type),
                                     weir_value_int (index),
                                     weir_value_int ((int64_t) count)),
                           &bytes) != 0)
        return -1;
    bool good = bytes.type == WEIR_BYTES && bytes.size == count * width;
    if (good)
        copy_elements (ret_elements, bytes.bytes, width, count);
    weir_value_clear (&bytes);
    return good ? 0 : weir__fail_malformed (self);
}

int weir_array_write (weir_array_t *self, int64_t index, weir_element_t type,
                      const void *elements, size_t count)
{
    size_t width = width_of (self, type, count);
    if (!width)
        return -1;
    if (!elements && count > 0)
        return weir__handle_fail (self, EINVAL,
                                  "the pointer to the elements is NULL");
    void *bytes = malloc (count * width + 1);
    if (!bytes)
        return weir__fail (ENOMEM, "out of memory");
    copy_elements (bytes, elements, width, count);
    int rc =
        weir__handle_call (self,
                           WEIR__OP (WEIR__ARRAY_WRITE, weir_value_int (type),
                                     weir_value_int (index),
                                     weir_value_bytes (bytes, count * width)),
                           NULL);
    free (bytes);
    return rc;
}

int weir_array_print (weir_array_t *self, FILE *file)
{
    weir_value_t none = weir_value_nil ();
    return weir__handle_print (
        self, WEIR__OP (WEIR__ARRAY_GET_SLICE, none, none, none), file);
}
