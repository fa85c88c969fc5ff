/*  pack.c - strict reading of packed values for tests

    SPDX-License-Identifier: MPL-2.0
*/

#include "kit/pack.h"

#include <check.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "kit/malloc.h"
#include "codec/packed.h"

void must_pack (weir__buffer_t *packed, weir_value_t value)
{
    weir__buffer_clear (packed);
    ck_assert_int_eq (weir__pack (packed, value), 0);
}

uint8_t *exactly (const void *data, size_t size)
{
    return memcpy (malloc (size), data, size);
}

weir_value_t must_unpack (const void *data, size_t size)
{
    uint8_t *copy = exactly (data, size);
    weir_value_t value;
    size_t used;
    ck_assert_int_eq (weir__packed_check (copy, size, &used), 0);
    ck_assert_uint_eq (used, size);
    ck_assert_uint_eq (weir__packed_size (copy, size), size);
    ck_assert_int_eq (weir__unpack (copy, size, &value), 0);
    free (copy);
    return value;
}

void must_refuse (const void *data, size_t size)
{
    uint8_t *copy = exactly (data, size);
    weir_value_t value = weir_value (UNTOUCHED);
    size_t used = UNTOUCHED;
    errno = 0;
    ck_assert_int_eq (weir__packed_check (copy, size, &used), -1);
    ck_assert_int_eq (errno, EPROTO);
    ck_assert_uint_eq (used, UNTOUCHED);
    test_malloc_watch (TEST_NONE_FAILS);
    int rc = weir__unpack (copy, size, &value);
    ck_assert_uint_eq (test_malloc_unwatch (), 0);
    ck_assert_int_eq (rc, -1);
    ck_assert_int_eq (errno, EPROTO);
    ck_assert_int_eq (value.integer, UNTOUCHED);
    free (copy);
}
