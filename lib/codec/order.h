/*  order.h - the order of packed values

    The order is that of Python where Python has one. Booleans, integers and
    reals compare as numbers, without rounding. Strings and bytes compare byte
    by byte, which for UTF-8 is the order of the code points. Lists compare by
    their first items that differ. nan comes after all other numbers, so that
    the order is the same on every machine.

    SPDX-License-Identifier: MPL-2.0
*/

#ifndef WEIR__CODEC_ORDER_H_INCLUDED
#define WEIR__CODEC_ORDER_H_INCLUDED

#include "base/bytes.h"

typedef enum weir__order {
    WEIR__BEFORE = -1,
    WEIR__SAME = 0,
    WEIR__AFTER = 1,
    WEIR__UNORDERED, //  the values have no order
    WEIR__NO_MEMORY
} weir__order_t;

//  Compares two values. Returns WEIR__UNORDERED for values that Python does not
//  order, WEIR__NO_MEMORY when out of memory.
weir__order_t weir__packed_order (weir__bytes_t a, weir__bytes_t b);

//  The family of a value. Only values of the same family can have an order.
typedef enum weir__family {
    WEIR__FAMILY_NIL,
    WEIR__FAMILY_NUMBER,
    WEIR__FAMILY_STRING,
    WEIR__FAMILY_BYTES,
    WEIR__FAMILY_LIST,
    WEIR__FAMILY_MAP,
    WEIR__FAMILY_REFERENCE
} weir__family_t;

//  Returns the family of a value.
weir__family_t weir__packed_family (weir__bytes_t value);

//  Compares two values by a total order that extends the one above; never
//  returns WEIR__UNORDERED or WEIR__NO_MEMORY. Values of different families
//  have the order of weir__family_t. All nils are the same, all maps are the
//  same, and so are all references.
weir__order_t weir__packed_total_order (weir__bytes_t a, weir__bytes_t b);

#endif
