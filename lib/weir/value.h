/*  value.h - the values that Weir stores and sends

    A value is a small tagged struct, passed by value. It is either borrowed or
    owned. The constructors below make borrowed values: they point to the
    caller's memory, which must stay valid during the call that takes the value.
    Weir gives owned values through `ret_` pointers: each has one block of
    memory, which weir_value_clear frees. Numbers, booleans and nil need no
    clearing.

    weir_value (x) turns a plain C value into a Weir value. The functions that
    take values apply it themselves:

        weir_dict_set (counts, "count", 100);

    Any thread may call the functions here. None of them blocks, except for the
    write of weir_value_print.

    Since 0.1.0.

    SPDX-License-Identifier: MPL-2.0
*/

#ifndef WEIR_VALUE_H_INCLUDED
#define WEIR_VALUE_H_INCLUDED

#include <string.h>
#include "prelude.h"

WEIR_BEGIN_C

//  The types of values.
typedef enum weir_type {
    WEIR_NIL, //  nothing; Python's None
    WEIR_BOOL,
    WEIR_INTEGER, //  64 bits, signed
    WEIR_REAL,    //  IEEE 754 double
    WEIR_STRING,  //  text, UTF-8 by convention
    WEIR_BYTES,
    WEIR_LIST,
    WEIR_MAP,       //  pairs in insertion order
    WEIR_REFERENCE, //  refers to an object, see object.h
    WEIR_INVALID    //  not a value; all functions refuse it with EINVAL
} weir_type_t;

typedef struct weir_value weir_value_t;

struct weir_value {
    weir_type_t type;
    uint32_t size; //  bytes of a string, bytes or
                   //  reference; items of a list; pairs
                   //  of a map
    union {
        bool boolean;
        int64_t integer;
        double real;
        const char *string; //  also the text of a reference;
                            //  ends in NUL in an owned value
        const void *bytes;
        const weir_value_t *items; //  list: size items; map: 2 x size
                                   //  values: key, value, key, value
    };
    void *block; //  freed by weir_value_clear;
                 //  NULL in a borrowed value
};

//  Makes nil.
static inline weir_value_t weir_value_nil (void)
{
    weir_value_t value;
    memset (&value, 0, sizeof value);
    return value;
}

//  Makes a boolean.
static inline weir_value_t weir_value_bool (bool boolean)
{
    weir_value_t value = weir_value_nil ();
    value.type = WEIR_BOOL;
    value.boolean = boolean;
    return value;
}

//  Makes an integer.
static inline weir_value_t weir_value_int (int64_t integer)
{
    weir_value_t value = weir_value_nil ();
    value.type = WEIR_INTEGER;
    value.integer = integer;
    return value;
}

//  Makes an integer. Returns WEIR_INVALID when it is above INT64_MAX.
static inline weir_value_t weir_value_uint (uint64_t integer)
{
    weir_value_t value = weir_value_int ((int64_t) integer);
    if (value.integer < 0)
        value.type = WEIR_INVALID;
    return value;
}

//  Makes a real.
static inline weir_value_t weir_value_real (double real)
{
    weir_value_t value = weir_value_nil ();
    value.type = WEIR_REAL;
    value.real = real;
    return value;
}

//  Makes a value of the given type that borrows `data`.
//  size: bytes of a string, bytes or a reference, items of a list, pairs of a
//  map.
//  Returns WEIR_INVALID when size is above UINT32_MAX, or when data is NULL and
//  size is not 0.
static inline weir_value_t weir_value_sized (weir_type_t type, const void *data,
                                             size_t size)
{
    weir_value_t value = weir_value_nil ();
    value.type = type;
    if (size > UINT32_MAX || (!data && size))
        value.type = WEIR_INVALID;
    else {
        value.size = (uint32_t) size;
        value.bytes = data;
    }
    return value;
}

//  Makes a string that borrows `string`, which ends in NUL. Returns nil when it
//  is NULL.
static inline weir_value_t weir_value_string (const char *string)
{
    return string ? weir_value_sized (WEIR_STRING, string, strlen (string))
                  : weir_value_nil ();
}

//  Makes bytes that borrow `bytes`. Returns WEIR_INVALID as weir_value_sized.
static inline weir_value_t weir_value_bytes (const void *bytes,
                                             size_t size_bytes)
{
    return weir_value_sized (WEIR_BYTES, bytes, size_bytes);
}

//  Makes a list that borrows `count` items. Returns WEIR_INVALID as
//  weir_value_sized.
static inline weir_value_t weir_value_list (const weir_value_t *items,
                                            size_t count)
{
    return weir_value_sized (WEIR_LIST, items, count);
}

//  Makes a map that borrows `count` pairs.
//  items: key, value, key, value ..., 2 x count values.
//  Returns WEIR_INVALID as weir_value_sized.
static inline weir_value_t weir_value_map (const weir_value_t *items,
                                           size_t count)
{
    return weir_value_sized (WEIR_MAP, items, count);
}

//  Returns its argument; weir_value (x) uses it for values.
static inline weir_value_t weir_value_same (weir_value_t value)
{
    return value;
}

//  Frees the memory of an owned value and makes it nil. Accepts NULL, nil and
//  borrowed values. A value inside another one's items is borrowed from it.
WEIR_EXPORT void weir_value_clear (weir_value_t *value);

//  Makes a deep copy.
//  ret_value: the copy, owned by the caller.
//  Returns 0, or -1 with EINVAL (ret_value is NULL, or the value is invalid or
//  nested over 32 levels deep), EMSGSIZE (it is over 64 MiB) or ENOMEM.
WEIR_EXPORT WEIR_CHECK int weir_value_copy (weir_value_t value,
                                            weir_value_t *ret_value);

//  Returns whether two values are equal, as in Python: 1, 1.0 and true are
//  equal, a string never equals bytes, NaN equals nothing, the order of a map's
//  pairs does not count. Integers and reals are compared exactly. A value that
//  is invalid or nested over 32 levels deep equals nothing.
WEIR_EXPORT bool weir_value_equal (weir_value_t a, weir_value_t b);

//  Looks up a key in a map. When the map has the key twice, the last one
//  counts.
//  Returns the key's value, borrowed from the map; NULL when the map has no
//  such key, or when it is not a map.
WEIR_EXPORT const weir_value_t *weir_value_find (weir_value_t map,
                                                 weir_value_t key);

//  Writes the value as Python's repr () would, without a newline at the end:
//  {'count': 0}. A reference is written in angle brackets. UTF-8 is written as
//  it is; other bytes and control characters are written as \xNN.
//  Returns 0, or -1 with EINVAL (file is NULL, or the value is invalid),
//  ENOMEM, or the error of the write.
WEIR_EXPORT int weir_value_print (weir_value_t value, FILE *file);

//  Makes the text of weir_value_print as a string.
//  Returns the string, given to the caller and freed with free (); NULL with
//  EINVAL or ENOMEM.
WEIR_EXPORT WEIR_CHECK char *weir_value_format (weir_value_t value);

//  Reads a Python literal: None, True, 12, 0x1f, 1_000, 1.5, inf, 'text',
//  "text", b'bytes', [..], {..: ..}; or JSON, which writes null, true and
//  false. In a string \xNN is one byte, as weir_value_format writes it
//  (Python's '\xe9' is a character, which is '\u00e9' here). References are not
//  read.
//  ret_value: owned by the caller.
//  Returns 0, or -1 with EINVAL (weir_error () names the column), EMSGSIZE or
//  ENOMEM.
WEIR_EXPORT WEIR_CHECK int weir_value_parse (const char *text,
                                             weir_value_t *ret_value);

WEIR_END_C

//  The values nil, true and false.
#define WEIR_NOTHING (weir_value_nil ())
#define WEIR_TRUE (weir_value_bool (true))
#define WEIR_FALSE (weir_value_bool (false))

//  weir_value (x): makes a value of a boolean, an integer, a real, a string or
//  a value. In C11 `true` is an int: write WEIR_TRUE.
#ifdef __cplusplus
static inline weir_value_t weir_value (bool x)
{
    return weir_value_bool (x);
}
static inline weir_value_t weir_value (char x)
{
    return weir_value_int (x);
}
static inline weir_value_t weir_value (signed char x)
{
    return weir_value_int (x);
}
static inline weir_value_t weir_value (unsigned char x)
{
    return weir_value_int (x);
}
static inline weir_value_t weir_value (short x)
{
    return weir_value_int (x);
}
static inline weir_value_t weir_value (unsigned short x)
{
    return weir_value_int (x);
}
static inline weir_value_t weir_value (int x)
{
    return weir_value_int (x);
}
static inline weir_value_t weir_value (unsigned x)
{
    return weir_value_int (x);
}
static inline weir_value_t weir_value (long x)
{
    return weir_value_int (x);
}
static inline weir_value_t weir_value (long long x)
{
    return weir_value_int (x);
}
static inline weir_value_t weir_value (unsigned long x)
{
    return weir_value_uint (x);
}
static inline weir_value_t weir_value (unsigned long long x)
{
    return weir_value_uint (x);
}
static inline weir_value_t weir_value (float x)
{
    return weir_value_real (x);
}
static inline weir_value_t weir_value (double x)
{
    return weir_value_real (x);
}
static inline weir_value_t weir_value (const char *x)
{
    return weir_value_string (x);
}
static inline weir_value_t weir_value (weir_value_t x)
{
    return x;
}
#else
#define weir_value(x) \
    _Generic ((x),                                                             \
        bool: weir_value_bool,                                                 \
        char: weir_value_int,                                                  \
        signed char: weir_value_int,                                           \
        unsigned char: weir_value_int,                                         \
        short: weir_value_int,                                                 \
        unsigned short: weir_value_int,                                        \
        int: weir_value_int,                                                   \
        unsigned: weir_value_int,                                              \
        long: weir_value_int,                                                  \
        long long: weir_value_int,                                             \
        unsigned long: weir_value_uint,                                        \
        unsigned long long: weir_value_uint,                                   \
        float: weir_value_real,                                                \
        double: weir_value_real,                                               \
        char *: weir_value_string,                                             \
        const char *: weir_value_string,                                       \
        weir_value_t: weir_value_same) (x)
#endif

#endif
