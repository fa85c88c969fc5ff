/*  value.h - the values that Weir stores and sends

    A value is a small tagged struct, passed by value. It is either borrowed
    (made by one of the constructors below: it points at the caller's memory,
    which must stay valid during the call it is passed to) or owned (given by
    Weir in a `ret_value`: one block of memory that weir_value_clear frees).
    Numbers, booleans and nil need no clearing.

    weir_value (x) turns a plain C value into a Weir value, and the functions
    that take values do it by themselves:

        weir_dict_set (counts, "count", 100);

    All functions here are pure: any thread, no blocking.

    SPDX-License-Identifier: MPL-2.0
*/

#ifndef WEIR_VALUE_H_INCLUDED
#define WEIR_VALUE_H_INCLUDED

#include <string.h>
#include "prelude.h"

WEIR_BEGIN_C

typedef enum weir_type {
    WEIR_NIL, //  nothing; Python's None
    WEIR_BOOL,
    WEIR_INTEGER, //  64 bits, signed
    WEIR_REAL,    //  IEEE 754 double
    WEIR_STRING,  //  text, UTF-8 by convention
    WEIR_BYTES,
    WEIR_LIST,
    WEIR_MAP,       //  pairs in insertion order
    WEIR_REFERENCE, //  a handle to a Weir object, see object.h
    WEIR_INVALID    //  what no value can hold; refused with EINVAL
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
                            //  ends in NUL when Weir gave it
        const void *bytes;
        const weir_value_t *items; //  list: size items; map: 2 x size
                                   //  values: key, value, key, value
    };
    void *block; //  what weir_value_clear frees;
                 //  NULL when borrowed
};

//  Constructors. The result borrows what it points at. Since 0.1.

static inline weir_value_t weir_value_nil (void)
{
    weir_value_t value;
    memset (&value, 0, sizeof value);
    return value;
}

static inline weir_value_t weir_value_bool (bool boolean)
{
    weir_value_t value = weir_value_nil ();
    value.type = WEIR_BOOL;
    value.boolean = boolean;
    return value;
}

static inline weir_value_t weir_value_int (int64_t integer)
{
    weir_value_t value = weir_value_nil ();
    value.type = WEIR_INTEGER;
    value.integer = integer;
    return value;
}

//  Above INT64_MAX the result is WEIR_INVALID: it does not fit.
static inline weir_value_t weir_value_uint (uint64_t integer)
{
    weir_value_t value = weir_value_int ((int64_t) integer);
    if (value.integer < 0)
        value.type = WEIR_INVALID;
    return value;
}

static inline weir_value_t weir_value_real (double real)
{
    weir_value_t value = weir_value_nil ();
    value.type = WEIR_REAL;
    value.real = real;
    return value;
}

//  Above UINT32_MAX bytes or items the result is WEIR_INVALID; a NULL
//  pointer with a size other than zero is WEIR_INVALID as well.
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

//  A NULL string is nil.
static inline weir_value_t weir_value_string (const char *string)
{
    return string ? weir_value_sized (WEIR_STRING, string, strlen (string))
                  : weir_value_nil ();
}

static inline weir_value_t weir_value_bytes (const void *bytes,
                                             size_t size_bytes)
{
    return weir_value_sized (WEIR_BYTES, bytes, size_bytes);
}

static inline weir_value_t weir_value_list (const weir_value_t *items,
                                            size_t count)
{
    return weir_value_sized (WEIR_LIST, items, count);
}

//  items: key, value, key, value ...; count: how many pairs.
static inline weir_value_t weir_value_map (const weir_value_t *items,
                                           size_t count)
{
    return weir_value_sized (WEIR_MAP, items, count);
}

static inline weir_value_t weir_value_same (weir_value_t value)
{
    return value;
}

//  Frees what an owned value holds and makes it nil. Accepts NULL, nil and
//  borrowed values. A value taken out of another one's items is borrowed
//  from it. Since 0.1.
WEIR_EXPORT void weir_value_clear (weir_value_t *value);

//  Makes an owned deep copy. *ret_value is given to the caller. Returns 0, or
//  -1 with EINVAL (invalid, or nested over 32 deep), EMSGSIZE (over 64 MiB)
//  or ENOMEM. Since 0.1.
WEIR_EXPORT WEIR_CHECK int weir_value_copy (weir_value_t value,
                                            weir_value_t *ret_value);

//  Equal as in Python: 1, 1.0 and true are equal, a string never equals
//  bytes, NaN equals nothing, maps are equal whatever their order. Integers
//  and reals are compared exactly. What is invalid, or nested over 32 deep,
//  equals nothing. Since 0.1.
WEIR_EXPORT bool weir_value_equal (weir_value_t a, weir_value_t b);

//  Looks up a key in a map, from its end: if a key is there twice, the last
//  one counts. The result is borrowed from the map; NULL when there is none,
//  or when it is no map. Since 0.1.
WEIR_EXPORT const weir_value_t *weir_value_find (weir_value_t map,
                                                 weir_value_t key);

//  Writes the value as Python's repr () would, without a newline at the end:
//  {'count': 0}. A reference is printed in angle brackets. UTF-8 is printed as
//  it is; in place of other bytes and of control characters stands \xNN.
//  Returns 0, or -1 with EINVAL or ENOMEM, or what writing to the file gave.
//  Since 0.1.
WEIR_EXPORT int weir_value_print (weir_value_t value, FILE *file);

//  The same text as a string. The string is given to the caller, who frees
//  it with free (). NULL with EINVAL or ENOMEM. Since 0.1.
WEIR_EXPORT WEIR_CHECK char *weir_value_format (weir_value_t value);

//  Reads a Python literal: None, True, 12, 0x1f, 1_000, 1.5, inf, 'text',
//  "text", b'bytes', [..], {..: ..}; or JSON, which writes null, true and
//  false. In a string \xNN is one byte, as weir_value_format writes it
//  (Python's '\xe9' is a character: here that is '\u00e9'). References are
//  not read. *ret_value is owned and given to the caller. Returns 0, or -1
//  with EINVAL (weir_error () says at which column), EMSGSIZE or ENOMEM.
//  Since 0.1.
WEIR_EXPORT WEIR_CHECK int weir_value_parse (const char *text,
                                             weir_value_t *ret_value);

WEIR_END_C

#define WEIR_NOTHING (weir_value_nil ())
#define WEIR_TRUE (weir_value_bool (true))
#define WEIR_FALSE (weir_value_bool (false))

//  weir_value (x): x is a boolean, an integer, a real, a string or a value.
//  (In C11 `true` is an int: write WEIR_TRUE.)

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
