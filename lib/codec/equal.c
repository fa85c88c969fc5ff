/*  equal.c - values compared as Python compares them

    The values may come from any peer, so the recursion ends at WEIR__DEPTH_MAX,
    and no pair of lists or maps is compared twice. A comparison takes at most
    time proportional to the product of both sizes. For maps with ordinary keys,
    in any order, it takes time proportional to the sum of both sizes.

    SPDX-License-Identifier: MPL-2.0
*/

#include "weir/value.h"

#include <stdlib.h>
#include <string.h>

#include "codec/limits.h"
#include "codec/value.h"

static bool equal (const weir_value_t *a, const weir_value_t *b, int depth);

//  Returns whether the real is an int64_t exactly. Numbers are compared without
//  rounding: 2^53 + 1 is not equal to 2.0^53.
static bool is_integral (double real)
{
    return real >= -0x1p63 && real < 0x1p63 && (double) (int64_t) real == real;
}

static bool is_number (const weir_value_t *value)
{
    return value->type == WEIR_BOOL || value->type == WEIR_INTEGER ||
           value->type == WEIR_REAL;
}

static bool numbers_equal (const weir_value_t *a, const weir_value_t *b)
{
    if (a->type == WEIR_REAL && b->type == WEIR_REAL)
        return a->real == b->real;
    const weir_value_t *sides [] = {a, b};
    int64_t integers [2];
    for (int i = 0; i < 2; i++) {
        const weir_value_t *side = sides [i];
        if (side->type == WEIR_REAL && !is_integral (side->real))
            return false;
        integers [i] = side->type == WEIR_BOOL   ? side->boolean
                       : side->type == WEIR_REAL ? (int64_t) side->real
                                                 : side->integer;
    }
    return integers [0] == integers [1];
}

static bool texts_equal (const weir_value_t *a, const weir_value_t *b)
{
    return a->size == b->size &&
           (a->size == 0 || memcmp (a->bytes, b->bytes, a->size) == 0);
}

static bool lists_equal (const weir_value_t *a, const weir_value_t *b,
                         int depth)
{
    if (a->size != b->size)
        return false;
    for (size_t i = 0; i < a->size; i++)
        if (!equal (&a->items [i], &b->items [i], depth))
            return false;
    return true;
}

static uint64_t mix (uint64_t number)
{
    number = (number ^ number >> 32) * UINT64_C (0xd6e8feb86659fd93);
    number = (number ^ number >> 32) * UINT64_C (0xd6e8feb86659fd93);
    return number ^ number >> 32;
}

//  Returns a hash that is equal for equal values: the type of a number and the
//  order of a map do not matter.
static uint64_t hash (const weir_value_t *value, int depth)
{
    if (!weir__value_is_sound (value) || depth > WEIR__DEPTH_MAX)
        return 0;
    if (is_number (value)) {
        uint64_t bits = (uint64_t) value->integer;
        if (value->type == WEIR_BOOL)
            bits = value->boolean;
        else if (value->type == WEIR_REAL && is_integral (value->real))
            bits = (uint64_t) (int64_t) value->real;
        return mix (bits);
    }
    uint64_t sum = mix (~(uint64_t) value->type);
    if (weir__value_has_text (value))
        for (size_t i = 0; i < value->size; i++)
            sum = (sum ^ (uint8_t) value->string [i]) * 0x100000001b3;
    uint64_t count = weir__value_items (value);
    uint64_t key = 0;
    for (uint64_t i = 0; i < count; i++) {
        uint64_t item = hash (&value->items [i], depth + 1);
        if (value->type == WEIR_LIST)
            sum = mix (sum ^ item);
        else if (i % 2 == 0)
            key = item;
        else
            sum += mix (key + 3 * item);
    }
    return sum;
}

//  Maps with up to this number of pairs are compared without allocating.
enum { FEW_PAIRS = 32 };

//  An index of the pairs of a map by the hash of their key. The pairs of one
//  hash form a chain. Each pair that is found leaves its chain, so chains stay
//  short even when a peer sends the same key a million times.
typedef struct index {
    const weir_value_t *map;
    uint32_t *heads; //  of each chain: the number of its first pair, plus 1
    uint32_t *next;  //  by the number of a pair: that of the next one, plus 1
    size_t mask;
} index_t;

//  Removes the pair with this key from the index. Returns its value, or NULL if
//  the index has no such pair.
static const weir_value_t *take_key (index_t *index, const weir_value_t *key,
                                     int depth)
{
    uint32_t *link = &index->heads [hash (key, depth) & index->mask];
    for (; *link != 0; link = &index->next [*link - 1]) {
        const weir_value_t *pair = &index->map->items [2 * (size_t) *link - 2];
        if (equal (pair, key, depth)) {
            *link = index->next [*link - 1];
            return pair + 1;
        }
    }
    return NULL;
}

//  Returns the value of the last pair with this key, or NULL.
static const weir_value_t *find (const weir_value_t *map,
                                 const weir_value_t *key, int depth)
{
    for (size_t i = map->size; i > 0; i--)
        if (equal (&map->items [2 * i - 2], key, depth))
            return &map->items [2 * i - 1];
    return NULL;
}

//  Compares all pairs from index `first` on, in any order: each pair of one map
//  consumes one equal pair of the other. Without memory for an index it
//  searches for each pair linearly.
static bool pairs_equal (const weir_value_t *a, const weir_value_t *b,
                         size_t first, int depth)
{
    uint32_t few [2 * FEW_PAIRS] = {0};
    size_t heads = FEW_PAIRS;
    while (heads < b->size)
        heads *= 2;
    bool is_large = heads > FEW_PAIRS;
    uint32_t *memory =
        is_large ? calloc (heads + b->size, sizeof *memory) : few;
    index_t index = {.map = b, .heads = memory, .mask = heads - 1};
    index.next = memory ? memory + heads : NULL;
    for (size_t i = b->size; memory && i > first; i--) {
        size_t chain = hash (&b->items [2 * i - 2], depth) & index.mask;
        index.next [i - 1] = index.heads [chain];
        index.heads [chain] = (uint32_t) i;
    }
    bool same = true;
    for (size_t i = first; same && i < a->size; i++) {
        const weir_value_t *pair = &a->items [2 * i];
        const weir_value_t *other =
            memory ? take_key (&index, pair, depth) : find (b, pair, depth);
        same = other && equal (pair + 1, other, depth);
    }
    if (is_large)
        free (memory);
    return same;
}

//  Compares two maps. Maps that were built in the same way have the same order,
//  so this compares pair by pair until the order differs.
static bool maps_equal (const weir_value_t *a, const weir_value_t *b, int depth)
{
    if (a->size != b->size)
        return false;
    size_t i = 0;
    for (; i < a->size; i++) {
        const weir_value_t *pair = &a->items [2 * i];
        const weir_value_t *other = &b->items [2 * i];
        if (weir__value_items (pair) > 0 || !equal (pair, other, depth))
            break;
        if (!equal (pair + 1, other + 1, depth))
            return false;
    }
    return i == a->size || pairs_equal (a, b, i, depth);
}

//  Compares two values that are inside `depth` lists and maps.
static bool equal (const weir_value_t *a, const weir_value_t *b, int depth)
{
    if (!weir__value_is_sound (a) || !weir__value_is_sound (b))
        return false;
    if (is_number (a) && is_number (b))
        return numbers_equal (a, b);
    if (a->type != b->type)
        return false;
    if (weir__value_has_text (a))
        return texts_equal (a, b);
    if (a->type == WEIR_NIL)
        return true;
    if (depth == WEIR__DEPTH_MAX)
        return false;
    return a->type == WEIR_LIST ? lists_equal (a, b, depth + 1)
                                : maps_equal (a, b, depth + 1);
}

bool weir_value_equal (weir_value_t a, weir_value_t b)
{
    return equal (&a, &b, 0);
}

const weir_value_t *weir_value_find (weir_value_t map, weir_value_t key)
{
    return map.type == WEIR_MAP && weir__value_is_sound (&map)
               ? find (&map, &key, 1)
               : NULL;
}
