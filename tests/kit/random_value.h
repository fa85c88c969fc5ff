/*  random_value.h - values of all types, sizes and depths, at random

    SPDX-License-Identifier: MPL-2.0
*/

#ifndef WEIR_TESTS_KIT_RANDOM_VALUE_H_INCLUDED
#define WEIR_TESTS_KIT_RANDOM_VALUE_H_INCLUDED

#include <stdint.h>

#include "weir/value.h"

//  A borrowed value and all its memory: exactly as much as it needs, so that a
//  sanitizer sees reads past its end. It holds no NaN, so that it equals
//  itself, and references only on request.
typedef struct random_value {
    weir_value_t value;
    void **blocks;
    size_t block_count;
} random_value_t;

enum { RANDOM_REFERENCES = 1 };

random_value_t random_value (uint64_t *state, int flags);
void random_value_free (random_value_t *self);

#endif
