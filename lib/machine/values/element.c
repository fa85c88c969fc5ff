/*  element.c - one number of an array, as it is stored

    SPDX-License-Identifier: MPL-2.0
*/

#include "machine/values/element.h"

#include <errno.h>
#include <float.h>
#include <math.h>
#include <stdbool.h>
#include <string.h>

static const struct {
    const char *name;
    uint8_t bytes;
    bool is_signed; //  of an integer type
    bool is_real;
} types [WEIR_ELEMENTS] = {
    [WEIR_I8] = {"i8", 1, true, false},
    [WEIR_I16] = {"i16", 2, true, false},
    [WEIR_I32] = {"i32", 4, true, false},
    [WEIR_I64] = {"i64", 8, true, false},
    [WEIR_U8] = {"u8", 1, false, false},
    [WEIR_U16] = {"u16", 2, false, false},
    [WEIR_U32] = {"u32", 4, false, false},
    [WEIR_U64] = {"u64", 8, false, false},
    [WEIR_F32] = {"f32", 4, true, true},
    [WEIR_F64] = {"f64", 8, true, true},
};

size_t weir__element_bytes (weir_element_t type)
{
    return types [type].bytes;
}

const char *weir__element_name (weir_element_t type)
{
    return types [type].name;
}

static uint64_t load (weir_element_t type, const uint8_t *element)
{
    uint64_t bits = 0;
    for (unsigned i = types [type].bytes; i > 0; i--)
        bits = bits << 8 | element [i - 1];
    return bits;
}

static void store (weir_element_t type, uint8_t *element, uint64_t bits)
{
    for (unsigned i = 0; i < types [type].bytes; i++)
        element [i] = (uint8_t) (bits >> 8 * i);
}

//  Loads an integer of any type except u64.
static int64_t load_integer (weir_element_t type, const uint8_t *element)
{
    uint64_t bits = load (type, element);
    if (!types [type].is_signed)
        return (int64_t) bits;
    uint64_t sign = UINT64_C (1) << (8 * types [type].bytes - 1);
    return (int64_t) ((bits ^ sign) - sign);
}

static bool fits (weir_element_t type, int64_t integer)
{
    if (types [type].bytes == 8)
        return types [type].is_signed || integer >= 0;
    unsigned bits = 8 * types [type].bytes;
    int64_t end = INT64_C (1) << (types [type].is_signed ? bits - 1 : bits);
    return integer < end && integer >= (types [type].is_signed ? -end : 0);
}

//  Returns the nearest float, as IEEE 754 rounds. C does not define what its
//  conversion does beyond the largest float. Every nan becomes the one standard
//  nan.
static float narrowed (double real)
{
    static const double half_above_largest = 0x1.ffffffp127;
    if (isnan (real))
        return NAN;
    if (fabs (real) <= FLT_MAX)
        return (float) real;
    float beyond = fabs (real) < half_above_largest ? FLT_MAX : INFINITY;
    return real > 0 ? beyond : -beyond;
}

static void store_real (weir_element_t type, uint8_t *element, double real)
{
    uint64_t bits = 0;
    if (type == WEIR_F64)
        memcpy (&bits, &real, sizeof real);
    else {
        uint32_t narrow_bits;
        float narrow = narrowed (real);
        memcpy (&narrow_bits, &narrow, sizeof narrow);
        bits = narrow_bits;
    }
    store (type, element, bits);
}

static double load_real (weir_element_t type, const uint8_t *element)
{
    uint64_t bits = load (type, element);
    double real;
    if (type == WEIR_F64) {
        memcpy (&real, &bits, sizeof real);
        return real;
    }
    uint32_t narrow_bits = (uint32_t) bits;
    float narrow;
    memcpy (&narrow, &narrow_bits, sizeof narrow);
    return isnan (narrow) ? (double) NAN : (double) narrow;
}

//  Converts a number to a real. Returns false when the value is not a number.
static bool real_of (weir_value_t value, double *ret_real)
{
    *ret_real = value.type == WEIR_REAL ? value.real : (double) value.integer;
    return value.type == WEIR_REAL || value.type == WEIR_INTEGER;
}

int weir__element_put (weir_element_t type, uint8_t *element,
                       weir_value_t value)
{
    if (!types [type].is_real) {
        if (value.type != WEIR_INTEGER)
            return EINVAL;
        if (!fits (type, value.integer))
            return ERANGE;
        store (type, element, (uint64_t) value.integer);
        return 0;
    }
    double real;
    if (!real_of (value, &real))
        return EINVAL;
    if (type == WEIR_F32 && isfinite (real) && isinf (narrowed (real)))
        return ERANGE;
    store_real (type, element, real);
    return 0;
}

int weir__element_get (weir_element_t type, const uint8_t *element,
                       weir_value_t *ret_value)
{
    if (types [type].is_real)
        *ret_value = weir_value_real (load_real (type, element));
    else if (type == WEIR_U64)
        *ret_value = weir_value_uint (load (type, element));
    else
        *ret_value = weir_value_int (load_integer (type, element));
    return ret_value->type == WEIR_INVALID ? ERANGE : 0;
}

static int add_integer (weir_element_t type, uint8_t *element, int64_t delta)
{
    if (type == WEIR_U64) {
        uint64_t sum;
        if (__builtin_add_overflow (load (type, element), delta, &sum))
            return EOVERFLOW;
        store (type, element, sum);
        return 0;
    }
    int64_t sum;
    if (__builtin_add_overflow (load_integer (type, element), delta, &sum) ||
        !fits (type, sum))
        return EOVERFLOW;
    store (type, element, (uint64_t) sum);
    return 0;
}

//  A nan sum becomes the one standard nan: the nan that an addition gives
//  depends on the processor.
int weir__element_add (weir_element_t type, uint8_t *element,
                       weir_value_t delta)
{
    double real;
    if (!types [type].is_real)
        return delta.type == WEIR_INTEGER
                   ? add_integer (type, element, delta.integer)
                   : EINVAL;
    if (!real_of (delta, &real))
        return EINVAL;
    real += load_real (type, element);
    store_real (type, element, isnan (real) ? (double) NAN : real);
    return 0;
}
