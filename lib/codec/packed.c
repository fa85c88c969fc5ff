/*  packed.c - reads values packed as MessagePack

    SPDX-License-Identifier: MPL-2.0
*/

#include "codec/packed.h"

#include <assert.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "codec/limits.h"
#include "codec/pack.h"
#include "codec/value.h"

//  The meaning of the first byte of a value: its type, and a number (the scalar
//  itself, or the size that follows), which is in that byte or in the `width`
//  bytes after it.
typedef struct form {
    uint8_t type;
    uint8_t width;
    uint8_t number; //  when width is 0
    bool is_signed; //  for an integer
} form_t;

static const form_t forms [] = {
    //  0xc0 to 0xdf, in order
    {WEIR_NIL, 0, 0, false},        {WEIR_INVALID, 0, 0, false},
    {WEIR_BOOL, 0, 0, false},       {WEIR_BOOL, 0, 1, false},
    {WEIR_BYTES, 1, 0, false},      {WEIR_BYTES, 2, 0, false},
    {WEIR_BYTES, 4, 0, false},      {WEIR_REFERENCE, 1, 0, false},
    {WEIR_REFERENCE, 2, 0, false},  {WEIR_REFERENCE, 4, 0, false},
    {WEIR_REAL, 4, 0, false},       {WEIR_REAL, 8, 0, false},
    {WEIR_INTEGER, 1, 0, false},    {WEIR_INTEGER, 2, 0, false},
    {WEIR_INTEGER, 4, 0, false},    {WEIR_INTEGER, 8, 0, false},
    {WEIR_INTEGER, 1, 0, true},     {WEIR_INTEGER, 2, 0, true},
    {WEIR_INTEGER, 4, 0, true},     {WEIR_INTEGER, 8, 0, true},
    {WEIR_REFERENCE, 0, 1, false},  {WEIR_REFERENCE, 0, 2, false},
    {WEIR_REFERENCE, 0, 4, false},  {WEIR_REFERENCE, 0, 8, false},
    {WEIR_REFERENCE, 0, 16, false}, {WEIR_STRING, 1, 0, false},
    {WEIR_STRING, 2, 0, false},     {WEIR_STRING, 4, 0, false},
    {WEIR_LIST, 2, 0, false},       {WEIR_LIST, 4, 0, false},
    {WEIR_MAP, 2, 0, false},        {WEIR_MAP, 4, 0, false},
};

static form_t form_of (uint8_t byte)
{
    if (byte < 0x80)
        return (form_t){WEIR_INTEGER, 0, byte, false};
    if (byte < 0x90)
        return (form_t){WEIR_MAP, 0, byte & 0x0f, false};
    if (byte < 0xa0)
        return (form_t){WEIR_LIST, 0, byte & 0x0f, false};
    if (byte < 0xc0)
        return (form_t){WEIR_STRING, 0, byte & 0x1f, false};
    if (byte < 0xe0)
        return forms [byte - 0xc0];
    return (form_t){WEIR_INTEGER, 0, byte, true};
}

static weir_value_t integer_of (form_t form, uint64_t number)
{
    if (!form.is_signed)
        return weir_value_uint (number);
    uint64_t sign = UINT64_C (1) << (8 * (form.width ? form.width : 1) - 1);
    return weir_value_int ((int64_t) ((number ^ sign) - sign));
}

static weir_value_t real_of (form_t form, uint64_t number)
{
    if (form.width == 8) {
        double real;
        memcpy (&real, &number, sizeof real);
        return weir_value_real (real);
    }
    uint32_t bits = (uint32_t) number;
    float real;
    memcpy (&real, &bits, sizeof real);
    return weir_value_real (real);
}

//  Reads the head of the value at the start of the bytes: a scalar completely,
//  of a list or map only the type and size. Returns the number of bytes read,
//  or 0 when bytes are missing or the type is unknown to Weir; *ret_value is
//  then undefined.
static size_t read_head (const uint8_t *data, size_t size,
                         weir_value_t *ret_value)
{
    if (size == 0)
        return 0;
    form_t form = form_of (*data);
    size_t head = 1 + (size_t) form.width;
    if (head > size)
        return 0;
    uint64_t number = form.width ? 0 : form.number;
    for (size_t i = 1; i < head; i++)
        number = number << 8 | data [i];

    weir_value_t value = weir_value_nil ();
    value.type = (weir_type_t) form.type;
    if (form.type == WEIR_BOOL)
        value.boolean = number != 0;
    else if (form.type == WEIR_INTEGER)
        value = integer_of (form, number);
    else if (form.type == WEIR_REAL)
        value = real_of (form, number);
    else
        value.size = (uint32_t) number;

    if (form.type == WEIR_REFERENCE &&
        (head == size || data [head++] != WEIR__EXT_REFERENCE))
        return 0;
    if (weir__value_has_text (&value)) {
        if (value.size > size - head)
            return 0;
        value.bytes = data + head;
        head += value.size;
    }
    *ret_value = value;
    return value.type == WEIR_INVALID ? 0 : head;
}

//  The space that a value needs.
typedef struct extent {
    size_t size;  //  bytes, packed
    size_t items; //  values in lists and maps, at all depths
    size_t text;  //  bytes of strings, bytes and references, each with a NUL
    int depth;    //  nesting of lists and maps
} extent_t;

//  Walks over the value at the start of the bytes. Returns 0, or -1 when the
//  bytes are not a value.
static int measure (const uint8_t *data, size_t size, extent_t *ret_extent)
{
    extent_t extent = {0};
    uint64_t left [WEIR__DEPTH_MAX + 1] = {1}; //  values still to read, by
                                               //  depth
    int depth = 0;
    if (size > WEIR__MESSAGE_BYTES)
        size = WEIR__MESSAGE_BYTES;
    while (depth >= 0) {
        if (left [depth] == 0) {
            depth--;
            continue;
        }
        left [depth]--;
        weir_value_t value;
        size_t head =
            read_head (data + extent.size, size - extent.size, &value);
        if (head == 0)
            return -1;
        extent.size += head;
        if (weir__value_has_text (&value))
            extent.text += (size_t) value.size + 1;
        if (value.type != WEIR_LIST && value.type != WEIR_MAP)
            continue;
        //  Each item needs at least one byte.
        uint64_t count = weir__value_items (&value);
        if (depth == WEIR__DEPTH_MAX || count > size - extent.size)
            return -1;
        extent.items += (size_t) count;
        left [++depth] = count;
        if (depth > extent.depth)
            extent.depth = depth;
    }
    *ret_extent = extent;
    return 0;
}

int weir__packed_check (const uint8_t *data, size_t size, size_t *ret_size)
{
    extent_t extent;
    if (measure (data, size, &extent) != 0) {
        errno = EPROTO;
        return -1;
    }
    *ret_size = extent.size;
    return 0;
}

size_t weir__packed_peek (const uint8_t *data, size_t size,
                          weir_value_t *ret_value)
{
    size_t head = read_head (data, size, ret_value);
    assert (head > 0);
    return head;
}

int weir__packed_depth (const uint8_t *data, size_t size)
{
    weir_value_t value;
    extent_t extent;
    read_head (data, size, &value);
    if (value.type != WEIR_LIST && value.type != WEIR_MAP)
        return 0;
    int rc = measure (data, size, &extent);
    assert (rc == 0);
    (void) rc;
    return extent.depth;
}

size_t weir__packed_size (const uint8_t *data, size_t size)
{
    size_t taken = 0;
    for (uint64_t left = 1; left > 0; left--) {
        weir_value_t value;
        taken += weir__packed_peek (data + taken, size - taken, &value);
        left += weir__value_items (&value);
    }
    return taken;
}

//  The state of unpacking: the rest of the input, and the unused memory.
typedef struct maker {
    const uint8_t *data; //  the rest of the input
    size_t size;
    weir_value_t *items; //  unused items
    char *text;
} maker_t;

//  Makes a value. The caller has measured its depth and sizes.
static void make_value (maker_t *maker, weir_value_t *ret_value)
{
    weir_value_t value;
    size_t head = weir__packed_peek (maker->data, maker->size, &value);
    maker->data += head;
    maker->size -= head;
    if (weir__value_has_text (&value)) {
        memcpy (maker->text, value.bytes, value.size);
        maker->text [value.size] = '\0';
        value.bytes = maker->text;
        maker->text += (size_t) value.size + 1;
    }
    size_t count = (size_t) weir__value_items (&value);
    if (count > 0) {
        weir_value_t *items = maker->items;
        maker->items += count;
        for (size_t i = 0; i < count; i++)
            make_value (maker, &items [i]);
        value.items = items;
    }
    *ret_value = value;
}

int weir__unpack (const uint8_t *data, size_t size, weir_value_t *ret_value)
{
    extent_t extent;
    if (measure (data, size, &extent) != 0)
        return weir__fail (EPROTO, "value: it was received damaged: cut short, "
                                   "nested too deep, or of an unknown type");
    void *block = NULL;
    size_t items_size = extent.items * sizeof (weir_value_t);
    if (items_size + extent.text > 0) {
        block = malloc (items_size + extent.text);
        if (!block)
            return weir__fail (ENOMEM, "value: out of memory");
    }
    maker_t maker = {.data = data, .size = extent.size, .items = block};
    maker.text = block ? (char *) block + items_size : NULL;
    make_value (&maker, ret_value);
    ret_value->block = block;
    return 0;
}

weir__bytes_t weir__packed_next (weir__bytes_t *rest)
{
    weir__bytes_t value = {rest->data,
                           weir__packed_size (rest->data, rest->size)};
    rest->data += value.size;
    rest->size -= value.size;
    return value;
}

bool weir__packed_equal (weir__bytes_t a, weir__bytes_t b, bool *ret_failed)
{
    *ret_failed = false;
    weir_value_t x, y;
    weir__packed_peek (a.data, a.size, &x);
    weir__packed_peek (b.data, b.size, &y);
    bool nested = (x.type == WEIR_LIST && y.type == WEIR_LIST) ||
                  (x.type == WEIR_MAP && y.type == WEIR_MAP);
    if (!nested)
        return weir_value_equal (x, y);
    if (weir__unpack (a.data, a.size, &x) != 0) {
        *ret_failed = true;
        return false;
    }
    bool equal = false;
    if (weir__unpack (b.data, b.size, &y) == 0) {
        equal = weir_value_equal (x, y);
        weir_value_clear (&y);
    } else
        *ret_failed = true;
    weir_value_clear (&x);
    return equal;
}
