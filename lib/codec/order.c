/*  order.c - the order of packed values

    SPDX-License-Identifier: MPL-2.0
*/

#include "codec/order.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "codec/packed.h"

static weir__order_t order_of (bool before, bool after)
{
    return before ? WEIR__BEFORE : after ? WEIR__AFTER : WEIR__SAME;
}

static weir__order_t backwards (weir__order_t order)
{
    return order == WEIR__BEFORE  ? WEIR__AFTER
           : order == WEIR__AFTER ? WEIR__BEFORE
                                  : order;
}

static weir__order_t order_reals (double a, double b)
{
    if (isnan (a) || isnan (b))
        return order_of (!isnan (a), !isnan (b));
    return order_of (a<b, a> b);
}

static weir__order_t order_mixed (int64_t a, double b)
{
    if (isnan (b) || b >= 0x1p63)
        return WEIR__BEFORE;
    if (b < -0x1p63)
        return WEIR__AFTER;
    int64_t whole = (int64_t) b;
    if (a != whole)
        return order_of (a < whole, true);
    return order_reals ((double) whole, b);
}

static bool is_number (const weir_value_t *value)
{
    return value->type == WEIR_BOOL || value->type == WEIR_INTEGER ||
           value->type == WEIR_REAL;
}

static int64_t integer_of (const weir_value_t *value)
{
    return value->type == WEIR_BOOL ? value->boolean : value->integer;
}

static weir__order_t order_numbers (const weir_value_t *a,
                                    const weir_value_t *b)
{
    if (a->type == WEIR_REAL && b->type == WEIR_REAL)
        return order_reals (a->real, b->real);
    if (b->type == WEIR_REAL)
        return order_mixed (integer_of (a), b->real);
    if (a->type == WEIR_REAL)
        return backwards (order_mixed (integer_of (b), a->real));
    return order_of (integer_of (a) < integer_of (b),
                     integer_of (a) > integer_of (b));
}

static weir__order_t order_texts (const weir_value_t *a, const weir_value_t *b)
{
    size_t common = a->size < b->size ? a->size : b->size;
    int rc = common ? memcmp (a->bytes, b->bytes, common) : 0;
    return rc != 0 ? order_of (rc<0, rc> 0)
                   : order_of (a->size<b->size, a->size> b->size);
}

//  Compares two items of lists. Items without an order may still be equal:
//  [None, 1] comes before [None, 2].
static weir__order_t order_items (weir__bytes_t a, weir__bytes_t b)
{
    weir__order_t order = weir__packed_order (a, b);
    bool failed = false;
    if (order == WEIR__UNORDERED && weir__packed_equal (a, b, &failed))
        return WEIR__SAME;
    return failed ? WEIR__NO_MEMORY : order;
}

typedef weir__order_t (compare_t) (weir__bytes_t a, weir__bytes_t b);

//  Compares the items of two lists; `a` and `b` begin after the heads of the
//  lists. The recursion ends at WEIR__DEPTH_MAX.
static weir__order_t order_lists (weir__bytes_t a, weir__bytes_t b,
                                  compare_t *compare)
{
    while (a.size > 0 && b.size > 0) {
        weir__order_t order =
            compare (weir__packed_next (&a), weir__packed_next (&b));
        if (order != WEIR__SAME)
            return order;
    }
    return order_of (b.size > 0, a.size > 0);
}

weir__order_t weir__packed_order (weir__bytes_t a, weir__bytes_t b)
{
    weir_value_t x, y;
    size_t head_a = weir__packed_peek (a.data, a.size, &x);
    size_t head_b = weir__packed_peek (b.data, b.size, &y);
    if (is_number (&x) && is_number (&y))
        return order_numbers (&x, &y);
    if (x.type != y.type)
        return WEIR__UNORDERED;
    if (x.type == WEIR_STRING || x.type == WEIR_BYTES)
        return order_texts (&x, &y);
    if (x.type != WEIR_LIST)
        return WEIR__UNORDERED;
    return order_lists ((weir__bytes_t){a.data + head_a, a.size - head_a},
                        (weir__bytes_t){b.data + head_b, b.size - head_b},
                        order_items);
}

static weir__family_t family_of (const weir_value_t *value)
{
    static const weir__family_t families [] = {
        [WEIR_NIL] = WEIR__FAMILY_NIL,
        [WEIR_BOOL] = WEIR__FAMILY_NUMBER,
        [WEIR_INTEGER] = WEIR__FAMILY_NUMBER,
        [WEIR_REAL] = WEIR__FAMILY_NUMBER,
        [WEIR_STRING] = WEIR__FAMILY_STRING,
        [WEIR_BYTES] = WEIR__FAMILY_BYTES,
        [WEIR_LIST] = WEIR__FAMILY_LIST,
        [WEIR_MAP] = WEIR__FAMILY_MAP,
        [WEIR_REFERENCE] = WEIR__FAMILY_REFERENCE,
    };
    return families [value->type];
}

weir__family_t weir__packed_family (weir__bytes_t packed)
{
    weir_value_t value;
    weir__packed_peek (packed.data, packed.size, &value);
    return family_of (&value);
}

weir__order_t weir__packed_total_order (weir__bytes_t a, weir__bytes_t b)
{
    weir_value_t x, y;
    size_t head_a = weir__packed_peek (a.data, a.size, &x);
    size_t head_b = weir__packed_peek (b.data, b.size, &y);
    weir__family_t family = family_of (&x), other = family_of (&y);
    if (family != other)
        return order_of (family < other, true);
    switch (family) {
    case WEIR__FAMILY_NUMBER:
        return order_numbers (&x, &y);
    case WEIR__FAMILY_STRING:
    case WEIR__FAMILY_BYTES:
        return order_texts (&x, &y);
    case WEIR__FAMILY_LIST:
        return order_lists ((weir__bytes_t){a.data + head_a, a.size - head_a},
                            (weir__bytes_t){b.data + head_b, b.size - head_b},
                            weir__packed_total_order);
    default:
        return WEIR__SAME;
    }
}
