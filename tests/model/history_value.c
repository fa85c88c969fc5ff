/*  history_value.c - random histories for the machine: arguments

    SPDX-License-Identifier: MPL-2.0
*/

#include "model/history.h"

#include <math.h>
#include <stddef.h>

#include "codec/ops.h"
#include "kit/support.h"
#include "weir/array.h"

static uint64_t below (history_t *self, uint64_t n)
{
    return test_random_below (&self->random, n);
}

static weir_value_t integer (history_t *self)
{
    static const int64_t extremes [] = {
        INT64_MIN, INT64_MAX, INT64_C (1) << 53, (INT64_C (1) << 53) + 1,
        -129,      65536};
    if (below (self, 20) == 0)
        return weir_value_int (extremes [below (self, 6)]);
    return weir_value_int ((int64_t) below (self, 13) - 6);
}

static weir_value_t real (history_t *self)
{
    //  The last two lie on both sides of the limit of the largest float.
    static const double reals [] = {0.0,
                                    -0.0,
                                    0.5,
                                    1.0,
                                    2.0,
                                    -1.5,
                                    0x1p53,
                                    0x1p63,
                                    -0x1p63,
                                    0x1.fffffe8p127,
                                    -0x1.ffffffp127};
    if (below (self, 30) == 0)
        return weir_value_real (below (self, 2) ? (double) NAN
                                                : (double) INFINITY);
    return weir_value_real (reals [below (self, 11)]);
}

static weir_value_t nested (history_t *self, int depth, weir_type_t type)
{
    size_t count = (size_t) below (self, 4);
    size_t items = type == WEIR_MAP ? 2 * count : count;
    weir_value_t *values = history_block (self, items * sizeof *values);
    //  Maps often differ only in their order.
    bool backwards = below (self, 2);
    bool plain = type == WEIR_MAP && below (self, 2);
    for (size_t i = 0; i < items; i++) {
        size_t pair = i / 2 * 2;
        values [i] = plain || (type == WEIR_MAP && i % 2 == 0)
                         ? weir_value_int (
                               (int64_t) (backwards ? items - 2 - pair : pair))
                         : history_value (self, depth - 1);
    }
    return type == WEIR_MAP ? weir_value_map (values, count)
                            : weir_value_list (values, count);
}

weir_value_t history_value (history_t *self, int depth)
{
    static const char *const strings [] = {"", "a", "b", "ab", "\xc3\xa9"};
    switch (below (self, depth > 0 ? 14 : 11)) {
    case 0:
        return weir_value_nil ();
    case 1:
        return weir_value_bool (below (self, 2));
    case 2:
        return real (self);
    case 3:
        return weir_value_bytes ("a\xff", (size_t) below (self, 3));
    case 4:
    case 5:
    case 6:
        return weir_value_string (strings [below (self, 5)]);
    case 11:
    case 12:
        return nested (self, depth, WEIR_LIST);
    case 13:
        return nested (self, depth, WEIR_MAP);
    default:
        return integer (self);
    }
}

//  Names of attributes; some are invalid.
static const char *const attributes [] = {"a",  "b",        "ab", "_",
                                          "x1", "\xc3\xa9", "1x", ""};

static weir_value_t named (history_t *self)
{
    size_t count = (size_t) below (self, 4);
    weir_value_t *values = history_block (self, 2 * count * sizeof *values);
    for (size_t i = 0; i < count; i++) {
        values [2 * i] = weir_value_string (attributes [below (self, 7)]);
        values [2 * i + 1] = history_value (self, 1);
    }
    return weir_value_map (values, count);
}

//  A number that an element of an array may or may not hold.
static weir_value_t number (history_t *self)
{
    static const int64_t edges [] = {
        127, 128, 255, 256, -128, -129, 32767, 65535, 2147483647, 4294967295};
    if (below (self, 8) == 0)
        return weir_value_int (edges [below (self, 10)]);
    if (self->detail >= WEIR_F32 && below (self, 3) == 0)
        return below (self, 9) ? real (self) : weir_value_real (1e300);
    return integer (self);
}

static weir_value_t numbers (history_t *self)
{
    size_t count = (size_t) below (self, 5);
    weir_value_t *values = history_block (self, count * sizeof *values);
    for (size_t i = 0; i < count; i++)
        values [i] = number (self);
    return weir_value_list (values, count);
}

static weir_value_t elements (history_t *self)
{
    static const uint8_t widths [] = {1, 2, 4, 8, 1, 2, 4, 8, 4, 8};
    size_t count =
        (size_t) below (self, 4) * widths [(uint64_t) self->detail % 10];
    if (below (self, 10) == 0)
        count++;
    uint8_t *bytes = history_block (self, count);
    for (size_t i = 0; i < count; i++)
        bytes [i] = (uint8_t) below (self, 256);
    return weir_value_bytes (bytes, count);
}

//  The id of a set, or of another object when none of a few is a set.
static weir_value_t any_set (history_t *self)
{
    uint64_t place = 0;
    for (int i = 0; i < 10; i++) {
        place = below (self, self->object_count);
        if (self->objects [place].kind == WEIR__SET)
            break;
    }
    return weir_value_int ((int64_t) self->objects [place].id);
}

//  Does the same for a lock or an rlock.
static weir_value_t any_lock (history_t *self)
{
    uint64_t place = 0;
    for (int i = 0; i < 10; i++) {
        place = below (self, self->object_count);
        if (self->objects [place].kind == WEIR__LOCK ||
            self->objects [place].kind == WEIR__RLOCK)
            break;
    }
    return weir_value_int ((int64_t) self->objects [place].id);
}

//  A path into the values of a dict.
static weir_value_t path (history_t *self)
{
    static const char *const texts [] = {
        "a", "a/0", "b/-1/0", "a/b",    "b/x~1/1", "ab/0/1",
        "",  "a//", "b/0~",   "a/~2/0", "b/+1",    "a/99999999999999999999"};
    size_t count = 1 + (size_t) below (self, 3);
    if (below (self, 3) == 0)
        return weir_value_string (texts [below (self, 12)]);
    weir_value_t *parts = history_block (self, count * sizeof *parts);
    parts [0] = weir_value_string (attributes [below (self, 3)]);
    for (size_t i = 1; i < count; i++)
        parts [i] = below (self, 12)
                        ? weir_value_int ((int64_t) below (self, 4) - 1)
                        : history_value (self, 1);
    return weir_value_list (parts, below (self, 40) ? count : 0);
}

weir_value_t history_argument (history_t *self, char letter)
{
    if (below (self, 60) == 0)
        return history_value (self, 2);
    switch (letter) {
    case 'i':
        return integer (self);
    case 'n':
        if (below (self, 3) == 0)
            return weir_value_nil ();
        return weir_value_int ((int64_t) below (self, 13) - 6);
    case 's':
        return weir_value_int ((int64_t) below (self, 9) - 4);
    case 'l':
        return nested (self, 2, WEIR_LIST);
    case 'o':
        return below (self, 2) ? any_set (self) : nested (self, 2, WEIR_LIST);
    case 'm':
        return nested (self, 2, WEIR_MAP);
    case 'b':
        return weir_value_bool (below (self, 2));
    case 'a':
        return weir_value_string (attributes [below (self, 8)]);
    case 'w':
        return named (self);
    case 'h':
        return any_lock (self);
    case 't':
        return weir_value_int ((int64_t) below (self, 30));
    case 'e':
        return weir_value_int (below (self, 2) ? -1
                                               : (int64_t) below (self, 30));
    case 'c':
        return weir_value_int (self->lease - (int64_t) below (self, 4));
    case 'k':
        return history_value (self, 0);
    case 'p':
        return path (self);
    case 'N':
        return below (self, 4)
                   ? nested (self, 2, below (self, 2) ? WEIR_LIST : WEIR_MAP)
                   : history_value (self, 2);
    case 'E':
        return weir_value_int (self->detail);
    case 'C':
        return weir_value_int ((int64_t) below (self, 6));
    case 'x':
        return number (self);
    case 'y':
        return below (self, 3) ? number (self) : numbers (self);
    case 'Y':
        return numbers (self);
    case 'z':
        return elements (self);
    default:
        return history_value (self, 2);
    }
}
