/*  order.h - which of two packed values comes first

    The order is Python's, where Python has one: booleans, integers and reals
    compare as numbers, without rounding; strings and bytes compare byte by
    byte, which for UTF-8 is the order of the code points; lists compare by
    their first items that differ. nan comes after all other numbers, so that
    there is one order on every machine.

    SPDX-License-Identifier: MPL-2.0
*/

#ifndef WEIR__CODEC_ORDER_H_INCLUDED
#define WEIR__CODEC_ORDER_H_INCLUDED

#include "base/bytes.h"

typedef enum weir__order {
    WEIR__BEFORE = -1,
    WEIR__SAME = 0,
    WEIR__AFTER = 1,
    WEIR__UNORDERED, //  neither comes first
    WEIR__NO_MEMORY
} weir__order_t;

weir__order_t weir__packed_order (weir__bytes_t a, weir__bytes_t b);

//  What values are comparable with: their own family.
typedef enum weir__family {
    WEIR__FAMILY_NIL,
    WEIR__FAMILY_NUMBER,
    WEIR__FAMILY_STRING,
    WEIR__FAMILY_BYTES,
    WEIR__FAMILY_LIST,
    WEIR__FAMILY_MAP,
    WEIR__FAMILY_REFERENCE
} weir__family_t;

weir__family_t weir__packed_family (weir__bytes_t value);

//  The same order, made whole: never UNORDERED or NO_MEMORY. Values of two
//  families are in the order of the families, above; all maps are the same, and
//  so are all references.
weir__order_t weir__packed_total_order (weir__bytes_t a, weir__bytes_t b);

#endif
