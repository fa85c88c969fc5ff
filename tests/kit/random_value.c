/*  random_value.c - values of all types, sizes and depths, at random

    SPDX-License-Identifier: MPL-2.0
*/

#include "kit/random_value.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "kit/support.h"

//  The frequency of each type among all values.
static const struct {
    weir_type_t type;
    unsigned weight;
} weights [] = {
    {WEIR_NIL, 1},  {WEIR_BOOL, 2},   {WEIR_INTEGER, 4},
    {WEIR_REAL, 4}, {WEIR_STRING, 5}, {WEIR_BYTES, 2},
    {WEIR_LIST, 4}, {WEIR_MAP, 4},    {WEIR_REFERENCE, 1},
};

static weir_type_t random_type (uint64_t *state, int flags, int depth)
{
    for (;;) {
        size_t at = 0;
        uint64_t pick = test_random_below (state, 27);
        while (pick >= weights [at].weight)
            pick -= weights [at++].weight;
        weir_type_t type = weights [at].type;
        bool nests = type == WEIR_LIST || type == WEIR_MAP;
        if ((!nests || test_random_below (state, 4) >= (uint64_t) depth) &&
            (type != WEIR_REFERENCE || flags & RANDOM_REFERENCES))
            return type;
    }
}

static void *keep (random_value_t *self, size_t size)
{
    void *block = malloc (size);
    void **blocks =
        realloc (self->blocks, (self->block_count + 1) * sizeof *self->blocks);
    test_must (block && blocks);
    self->blocks = blocks;
    self->blocks [self->block_count++] = block;
    return block;
}

static int64_t random_integer (uint64_t *state)
{
    int64_t integer =
        (int64_t) (test_random (state) >> test_random_below (state, 64));
    return test_random_below (state, 2) ? integer : ~integer;
}

static double random_real (uint64_t *state)
{
    uint64_t bits = test_random (state);
    double real;
    switch (test_random_below (state, 5)) {
    case 0:
        memcpy (&real, &bits, sizeof real);
        return isnan (real) ? 0.5 : real;
    case 1:
        return (double) random_integer (state);
    case 2:
        return ldexp (bits & 1 ? 1 : -1,
                      (int) test_random_below (state, 2098) - 1074);
    case 3:
        return bits & 1 ? HUGE_VAL : -0.0;
    default:
        return (double) (bits % 100000) / 1000;
    }
}

//  Texts of ASCII, of UTF-8, and of any bytes; some of 300 and of 70,000, whose
//  size takes two and four bytes.
static weir_value_t random_text (random_value_t *self, uint64_t *state,
                                 weir_type_t type)
{
    static const char *const characters [] = {"a",
                                              "b",
                                              " ",
                                              "'",
                                              "\"",
                                              "\\",
                                              "\n",
                                              "0",
                                              "x",
                                              "\x7f",
                                              "\xc3\xa9",
                                              "\xe6\x97\xa5",
                                              "\xf0\x9f\x98\x80",
                                              "{"};
    size_t size = test_random_below (state, 20);
    if (test_random_below (state, 50) == 0)
        size = 300;
    else if (test_random_below (state, 1000) == 0)
        size = 70000;
    char *text = keep (self, size + 4);
    bool any_bytes = test_random_below (state, 3) == 0;
    size_t used = 0;
    while (used < size) {
        const char *next = characters [test_random_below (
            state, sizeof characters / sizeof *characters)];
        char byte [] = {(char) test_random (state), '\0'};
        if (any_bytes)
            next = byte;
        size_t length = any_bytes ? 1 : strlen (next);
        memcpy (text + used, next, length);
        used += length;
    }
    text = memcpy (keep (self, used), text, used);
    return weir_value_sized (type, text, used);
}

static weir_value_t random_one (random_value_t *self, uint64_t *state,
                                int flags, int depth)
{
    weir_type_t type = random_type (state, flags, depth);
    switch (type) {
    case WEIR_NIL:
        return weir_value_nil ();
    case WEIR_BOOL:
        return weir_value_bool (test_random_below (state, 2));
    case WEIR_INTEGER:
        return weir_value_int (random_integer (state));
    case WEIR_REAL:
        return weir_value_real (random_real (state));
    case WEIR_LIST:
    case WEIR_MAP:
        break;
    default:
        return random_text (self, state, type);
    }
    size_t count = test_random_below (state, depth == 0 ? 40 : 6);
    size_t items = type == WEIR_MAP ? 2 * count : count;
    weir_value_t *place = keep (self, items * sizeof *place);
    for (size_t i = 0; i < items; i++)
        place [i] = random_one (self, state, flags, depth + 1);
    return weir_value_sized (type, place, count);
}

random_value_t random_value (uint64_t *state, int flags)
{
    random_value_t self = {0};
    self.value = random_one (&self, state, flags, 0);
    return self;
}

void random_value_free (random_value_t *self)
{
    for (size_t i = 0; i < self->block_count; i++)
        free (self->blocks [i]);
    free (self->blocks);
    *self = (random_value_t){0};
}
