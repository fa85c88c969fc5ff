/*  item.c - the sequential model: the order of items in a priority queue

    SPDX-License-Identifier: MPL-2.0
*/

#include <math.h>
#include <string.h>

#include "model/model.h"

int model_family (weir_value_t value)
{
    switch (value.type) {
    case WEIR_NIL:
        return 0;
    case WEIR_BOOL:
    case WEIR_INTEGER:
    case WEIR_REAL:
        return 1;
    default:
        return (int) value.type;
    }
}

static int order_numbers (weir_value_t a, weir_value_t b)
{
    //  A long double holds all integers and all doubles exactly.
    weir_value_t values [] = {a, b};
    long double x [2];
    for (int i = 0; i < 2; i++)
        x [i] = values [i].type == WEIR_BOOL ? values [i].boolean
                : values [i].type == WEIR_REAL
                    ? (long double) values [i].real
                    : (long double) values [i].integer;
    if (isnan (x [0]) || isnan (x [1]))
        return (isnan (x [0]) != 0) - (isnan (x [1]) != 0);
    return (x [0] > x [1]) - (x [0] < x [1]);
}

int model_item_order (weir_value_t a, weir_value_t b)
{
    int rc = model_family (a) - model_family (b);
    size_t common = a.size < b.size ? a.size : b.size;
    if (rc != 0)
        return rc;
    if (model_family (a) == 1)
        return order_numbers (a, b);
    if (a.type == WEIR_STRING || a.type == WEIR_BYTES)
        rc = common ? memcmp (a.bytes, b.bytes, common) : 0;
    else if (a.type == WEIR_LIST)
        for (size_t i = 0; i < common && rc == 0; i++)
            rc = model_item_order (a.items [i], b.items [i]);
    else
        return 0;
    return rc != 0 ? rc : (a.size > b.size) - (a.size < b.size);
}
