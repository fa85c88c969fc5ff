/*  value.h - checks of values that the codec receives

    A borrowed value comes from the caller, who may have filled it in by hand.

    SPDX-License-Identifier: MPL-2.0
*/

#ifndef WEIR__CODEC_VALUE_H_INCLUDED
#define WEIR__CODEC_VALUE_H_INCLUDED

#include <stdbool.h>
#include <stdint.h>

#include "weir/value.h"

//  Returns whether the value is a sequence of bytes.
static inline bool weir__value_has_text (const weir_value_t *value)
{
    return value->type == WEIR_STRING || value->type == WEIR_BYTES ||
           value->type == WEIR_REFERENCE;
}

//  Returns the number of values in a list or map, keys included; 0 for other
//  types.
static inline uint64_t weir__value_items (const weir_value_t *value)
{
    if (value->type == WEIR_LIST)
        return value->size;
    return value->type == WEIR_MAP ? (uint64_t) value->size * 2 : 0;
}

//  Returns whether the value is valid by itself: its type is known, and its
//  items or bytes are not NULL. Does not check its items.
static inline bool weir__value_is_sound (const weir_value_t *value)
{
    if (weir__value_has_text (value) || weir__value_items (value) > 0)
        return value->size == 0 || value->bytes != NULL;
    return (unsigned) value->type < WEIR_INVALID;
}

//  Checks that the value is valid by itself and that it may stand inside
//  `depth` lists and maps. Returns 0, or -1 with EINVAL.
int weir__value_check (const weir_value_t *value, int depth);

#endif
