/*  value.h - what the codec asks about a value before it touches it

    A borrowed value comes from the caller, who may have filled it in by hand.

    SPDX-License-Identifier: MPL-2.0
*/

#ifndef WEIR__CODEC_VALUE_H_INCLUDED
#define WEIR__CODEC_VALUE_H_INCLUDED

#include <stdbool.h>
#include <stdint.h>

#include "weir/value.h"

//  Whether the value is a run of bytes.
static inline bool weir__value_has_text (const weir_value_t *value)
{
    return value->type == WEIR_STRING || value->type == WEIR_BYTES ||
           value->type == WEIR_REFERENCE;
}

//  How many values a list or a map holds, keys included; 0 for all others.
static inline uint64_t weir__value_items (const weir_value_t *value)
{
    if (value->type == WEIR_LIST)
        return value->size;
    return value->type == WEIR_MAP ? (uint64_t) value->size * 2 : 0;
}

//  Whether the value itself is sound: its type is one that Weir has, and what
//  it counts is there. Does not look inside.
static inline bool weir__value_is_sound (const weir_value_t *value)
{
    if (weir__value_has_text (value) || weir__value_items (value) > 0)
        return value->size == 0 || value->bytes != NULL;
    return (unsigned) value->type < WEIR_INVALID;
}

//  The same, and whether it may stand inside `depth` lists and maps. Returns
//  0, or -1 with EINVAL.
int weir__value_check (const weir_value_t *value, int depth);

#endif
