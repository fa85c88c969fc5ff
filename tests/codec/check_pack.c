/*  check_pack.c - values as MessagePack: writing, reading and refusing

    SPDX-License-Identifier: MPL-2.0
*/

#include "codec/pack.h"

#include <check.h>
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "codec/limits.h"
#include "kit/pack.h"
#include "kit/support.h"
#include "kit/malloc.h"
#include "weir/error.h"
#include "weir/literals.h"
#include "codec/packed.h"

static weir__buffer_t packed;

static void set_up (void)
{
    packed = WEIR__BUFFER_INIT;
}

static void tear_down (void)
{
    weir__buffer_free (&packed);
}

static void must_not_pack (weir_value_t value, int error, const char *word)
{
    weir__buffer_clear (&packed);
    weir__buffer_put (&packed, "before", 6);
    ck_assert_int_eq (weir__pack (&packed, value), -1);
    ck_assert_int_eq (errno, error);
    ck_assert_ptr_nonnull (strstr (weir_error (), word));
    ck_assert_mem_eq (packed.data, "before", 6);
    ck_assert_uint_eq (packed.size, 6);
    ck_assert (!packed.failed);
}

//  Nests a value in that many lists, which live in `places`.
static weir_value_t nest (weir_value_t *places, weir_value_t value, int depth)
{
    for (int i = 0; i < depth; i++) {
        places [i] = value;
        value = weir_value_list (&places [i], 1);
    }
    return value;
}

//  Writing

START_TEST (each_type_has_its_form)
{
    weir_value_t reference = weir_value_sized (WEIR_REFERENCE, "ab", 2);
    const struct {
        weir_value_t value;
        const char *bytes;
        size_t size;
    } forms [] = {
        {weir_value_nil (), "\xc0", 1},
        {WEIR_FALSE, "\xc2", 1},
        {WEIR_TRUE, "\xc3", 1},
        {weir_value (1.0), "\xcb\x3f\xf0\0\0\0\0\0\0", 9},
        {weir_value ("ab"),
         "\xa2"
         "ab",
         3},
        {weir_value (""), "\xa0", 1},
        {weir_value_bytes ("ab", 2),
         "\xc4\x02"
         "ab",
         4},
        {reference,
         "\xd5\x01"
         "ab",
         4},
        {weir_value_sized (WEIR_REFERENCE, NULL, 0), "\xc7\x00\x01", 3},
        {weir_list_of (), "\x90", 1},
        {weir_list_of (1, -1), "\x92\x01\xff", 3},
        {weir_map_of (), "\x80", 1},
        {weir_map_of (1, 2), "\x81\x01\x02", 3},
    };
    for (size_t i = 0; i < sizeof forms / sizeof *forms; i++) {
        must_pack (&packed, forms [i].value);
        ck_assert_uint_eq (packed.size, forms [i].size);
        ck_assert_mem_eq (packed.data, forms [i].bytes, packed.size);
    }
}
END_TEST

START_TEST (integers_take_as_few_bytes_as_possible)
{
    const struct {
        int64_t integer;
        size_t size;
    } sizes [] = {
        {0, 1},
        {127, 1},
        {128, 2},
        {255, 2},
        {256, 3},
        {65535, 3},
        {65536, 5},
        {UINT32_MAX, 5},
        {INT64_C (1) << 32, 9},
        {INT64_MAX, 9},
        {-1, 1},
        {-32, 1},
        {-33, 2},
        {-128, 2},
        {-129, 3},
        {INT16_MIN, 3},
        {INT16_MIN - 1, 5},
        {INT32_MIN, 5},
        {INT32_MIN - INT64_C (1), 9},
        {INT64_MIN, 9},
    };
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        must_pack (&packed, weir_value (sizes [i].integer));
        ck_assert_uint_eq (packed.size, sizes [i].size);
        weir_value_t value = must_unpack (packed.data, packed.size);
        ck_assert_int_eq (value.type, WEIR_INTEGER);
        ck_assert_int_eq (value.integer, sizes [i].integer);
    }
}
END_TEST

START_TEST (a_head_and_items_equal_the_packed_whole)
{
    const size_t counts [] = {0, 1, 15, 16, 65535, 65536};
    weir_value_t *items = calloc (2 * 65536, sizeof *items);
    for (size_t i = 0; i < 2 * sizeof counts / sizeof *counts; i++) {
        size_t count = counts [i / 2];
        weir_type_t type = i % 2 ? WEIR_MAP : WEIR_LIST;
        must_pack (&packed, weir_value_sized (type, items, count));
        weir__buffer_t parts = WEIR__BUFFER_INIT;
        weir__pack_head (&parts, type, count);
        for (size_t j = 0; j < (i % 2 ? 2 * count : count); j++)
            ck_assert_int_eq (weir__pack (&parts, items [j]), 0);
        ck_assert_uint_eq (parts.size, packed.size);
        ck_assert_mem_eq (parts.data, packed.data, packed.size);
        weir__buffer_free (&parts);
    }
    free (items);
}
END_TEST

START_TEST (values_that_cannot_be_packed_are_refused)
{
    weir_value_t unknown = {.type = (weir_type_t) 77};
    weir_value_t negative = {.type = (weir_type_t) -1};
    weir_value_t no_bytes = {.type = WEIR_BYTES, .size = 1};
    weir_value_t no_items = {.type = WEIR_MAP, .size = 1};
    must_not_pack (weir_value (UINT64_MAX), EINVAL, "INT64_MAX");
    must_not_pack (weir_list_of (1, weir_map_of ("a", UINT64_MAX)), EINVAL,
                   "INT64_MAX");
    must_not_pack (unknown, EINVAL, "type 77");
    must_not_pack (negative, EINVAL, "type -1");
    must_not_pack (no_bytes, EINVAL, "damaged");
    must_not_pack (weir_list_of ("x", no_items), EINVAL, "damaged");
}
END_TEST

START_TEST (values_nest_32_deep_and_no_deeper)
{
    weir_value_t places [33];
    must_pack (&packed, nest (places, weir_value (1), 32));
    weir_value_t value = must_unpack (packed.data, packed.size);
    weir_value_clear (&value);
    must_not_pack (nest (places, weir_value (1), 33), EINVAL, "32 deep");
    must_not_pack (nest (places, weir_list_of (), 32), EINVAL, "32 deep");
    weir_value_t itself;
    itself = weir_value_list (&itself, 1);
    must_not_pack (itself, EINVAL, "32 deep");
}
END_TEST

START_TEST (a_value_may_take_64_MiB_and_no_more)
{
    size_t most = WEIR__MESSAGE_BYTES - 5;
    char *text = calloc (1, most + 1);
    must_pack (&packed, weir_value_bytes (text, most));
    ck_assert_uint_eq (packed.size, WEIR__MESSAGE_BYTES);
    weir_value_t value = must_unpack (packed.data, packed.size);
    weir_value_clear (&value);
    must_not_pack (weir_value_bytes (text, most + 1), EMSGSIZE, "64 MiB");
    must_not_pack (weir_list_of (weir_value_bytes (text, most)), EMSGSIZE,
                   "64 MiB");
    free (text);
}
END_TEST

START_TEST (more_than_64_MiB_is_not_read)
{
    size_t size = (size_t) WEIR__MESSAGE_BYTES + 1;
    uint8_t *data = calloc (1, size);
    memcpy (data, "\xc6\x03\xff\xff\xfc", 5);
    must_refuse (data, size);
    free (data);
}
END_TEST

//  Reading

START_TEST (every_form_of_a_number_is_read)
{
    const struct {
        const char *bytes;
        size_t size;
        weir_value_t value;
    } forms [] = {
        {"\x00", 1, weir_value (0)},
        {"\x7f", 1, weir_value (127)},
        {"\xe0", 1, weir_value (-32)},
        {"\xff", 1, weir_value (-1)},
        {"\xcc\x01", 2, weir_value (1)},
        {"\xcc\xff", 2, weir_value (255)},
        {"\xcd\x01\x02", 3, weir_value (258)},
        {"\xce\xff\xff\xff\xff", 5, weir_value (UINT32_MAX)},
        {"\xcf\x7f\xff\xff\xff\xff\xff\xff\xff", 9, weir_value (INT64_MAX)},
        {"\xd0\x7f", 2, weir_value (127)},
        {"\xd0\x80", 2, weir_value (-128)},
        {"\xd1\xff\xff", 3, weir_value (-1)},
        {"\xd1\x80\x00", 3, weir_value (INT16_MIN)},
        {"\xd2\x80\x00\x00\x00", 5, weir_value (INT32_MIN)},
        {"\xd3\x80\0\0\0\0\0\0\0", 9, weir_value (INT64_MIN)},
        {"\xd3\x00\0\0\0\0\0\0\x09", 9, weir_value (9)},
        {"\xca\x3f\x80\0\0", 5, weir_value (1.0)},
        {"\xca\xff\x80\0\0", 5, weir_value (-HUGE_VAL)},
        {"\xcb\x7f\xef\xff\xff\xff\xff\xff\xff", 9,
         weir_value (0x1.fffffffffffffp1023)},
    };
    for (size_t i = 0; i < sizeof forms / sizeof *forms; i++) {
        uint8_t *data = exactly (forms [i].bytes, forms [i].size);
        weir_value_t value, peeked;
        test_malloc_watch (TEST_NONE_FAILS);
        int rc = weir__unpack (data, forms [i].size, &value);
        ck_assert_uint_eq (test_malloc_unwatch (), 0);
        ck_assert_int_eq (rc, 0);
        ck_assert_ptr_null (value.block);
        ck_assert_int_eq (value.type, forms [i].value.type);
        ck_assert_int_eq (value.integer, forms [i].value.integer);
        ck_assert_uint_eq (weir__packed_peek (data, forms [i].size, &peeked),
                           forms [i].size);
        ck_assert_int_eq (peeked.integer, value.integer);
        free (data);
    }
}
END_TEST

START_TEST (every_form_of_a_text_is_read)
{
    const struct {
        const char *head;
        size_t size;
        weir_type_t type;
        uint32_t length;
    } forms [] = {
        {"\xa3", 1, WEIR_STRING, 3},
        {"\xbf", 1, WEIR_STRING, 31},
        {"\xd9\x03", 2, WEIR_STRING, 3},
        {"\xda\x00\x00", 3, WEIR_STRING, 0},
        {"\xdb\x00\x00\x01\x00", 5, WEIR_STRING, 256},
        {"\xc4\xff", 2, WEIR_BYTES, 255},
        {"\xc5\x01\x00", 3, WEIR_BYTES, 256},
        {"\xc6\x00\x01\x00\x00", 5, WEIR_BYTES, 65536},
        {"\xd4\x01", 2, WEIR_REFERENCE, 1},
        {"\xd5\x01", 2, WEIR_REFERENCE, 2},
        {"\xd6\x01", 2, WEIR_REFERENCE, 4},
        {"\xd7\x01", 2, WEIR_REFERENCE, 8},
        {"\xd8\x01", 2, WEIR_REFERENCE, 16},
        {"\xc7\x00\x01", 3, WEIR_REFERENCE, 0},
        {"\xc8\x00\x03\x01", 4, WEIR_REFERENCE, 3},
        {"\xc9\x00\x00\x01\x00\x01", 6, WEIR_REFERENCE, 256},
    };
    for (size_t i = 0; i < sizeof forms / sizeof *forms; i++) {
        size_t head = forms [i].size, size = head + forms [i].length;
        uint8_t *data = memset (malloc (size), 'x', size);
        memcpy (data, forms [i].head, head);
        weir_value_t value, peeked;
        ck_assert_uint_eq (weir__packed_peek (data, size, &peeked), size);
        ck_assert_ptr_eq (peeked.bytes, data + head);
        ck_assert_ptr_null (peeked.block);
        ck_assert_uint_eq (peeked.size, forms [i].length);
        value = must_unpack (data, size);
        ck_assert_int_eq (value.type, forms [i].type);
        ck_assert_uint_eq (value.size, forms [i].length);
        ck_assert_mem_eq (value.bytes, data + head, value.size);
        ck_assert_int_eq (value.string [value.size], '\0');
        weir_value_clear (&value);
        must_refuse (data, size - 1);
        free (data);
    }
}
END_TEST

START_TEST (peeking_at_a_list_or_a_map_gives_its_type_and_size)
{
    const struct {
        const char *bytes;
        size_t size;
        size_t head;
        weir_type_t type;
        uint32_t count;
    } forms [] = {
        {"\x92\x01\x02", 3, 1, WEIR_LIST, 2},
        {"\xdc\x00\x01\x01", 4, 3, WEIR_LIST, 1},
        {"\xdd\x00\x00\x00\x01\x01", 6, 5, WEIR_LIST, 1},
        {"\x81\x01\x02", 3, 1, WEIR_MAP, 1},
        {"\xde\x00\x01\x01\x02", 5, 3, WEIR_MAP, 1},
        {"\xdf\x00\x00\x00\x01\x01\x02", 7, 5, WEIR_MAP, 1},
    };
    for (size_t i = 0; i < sizeof forms / sizeof *forms; i++) {
        weir_value_t value = must_unpack (forms [i].bytes, forms [i].size);
        weir_value_t peeked;
        size_t head = weir__packed_peek ((const uint8_t *) forms [i].bytes,
                                         forms [i].size, &peeked);
        ck_assert_uint_eq (head, forms [i].head);
        ck_assert_int_eq (peeked.type, forms [i].type);
        ck_assert_int_eq (value.type, forms [i].type);
        ck_assert_uint_eq (peeked.size, forms [i].count);
        ck_assert_uint_eq (value.size, forms [i].count);
        weir_value_clear (&value);
    }
}
END_TEST

START_TEST (a_size_beyond_the_input_is_refused_before_allocating)
{
    must_refuse ("", 0);
    must_refuse ("\xdd\xff\xff\xff\xff", 5);
    must_refuse ("\xdf\xff\xff\xff\xff", 5);
    must_refuse ("\xdf\x80\x00\x00\x00", 5);
    must_refuse ("\xdb\xff\xff\xff\xff", 5);
    must_refuse ("\xc6\xff\xff\xff\xff", 5);
    must_refuse ("\xc9\xff\xff\xff\xff\x01", 6);
    must_refuse ("\xdb\xff\xff\xff\xff"
                 "xyz",
                 8);
    must_refuse ("\x92\x91\x01", 3);
    must_refuse ("\x81\x01", 2);
    must_refuse ("\xc7\x01", 2);
    must_refuse ("\xd4", 1);
    must_refuse ("\xcb\0\0\0\0\0\0\0", 8);
}
END_TEST

START_TEST (types_that_weir_does_not_have_are_refused)
{
    must_refuse ("\xc1", 1);
    must_refuse ("\x91\xc1", 2);
    must_refuse ("\xcf\x80\0\0\0\0\0\0\0", 9);
    must_refuse ("\xd4\x02x", 3);
    must_refuse ("\xd4\xffx", 3);
    must_refuse ("\xc7\x01\x00x", 4);
}
END_TEST

START_TEST (a_value_nested_deeper_than_32_is_refused)
{
    uint8_t data [40];
    memset (data, 0x91, sizeof data);
    data [32] = 0xc0;
    weir_value_t value = must_unpack (data, 33);
    weir_value_clear (&value);
    data [32] = 0x90;
    must_refuse (data, 33);
    data [32] = 0x80;
    must_refuse (data, 33);
    data [32] = 0x91;
    must_refuse (data, sizeof data);
}
END_TEST

START_TEST (bytes_after_a_value_are_left_alone)
{
    const uint8_t data [] = {0x91, 0x01, 0xc1};
    size_t size = 0;
    ck_assert_int_eq (weir__packed_check (data, sizeof data, &size), 0);
    ck_assert_uint_eq (size, 2);
    ck_assert_uint_eq (weir__packed_size (data, sizeof data), 2);
}
END_TEST

START_TEST (a_value_is_one_block)
{
    must_pack (&packed,
               weir_map_of ("name", "Jack", "list", weir_list_of (1, "", 2.5),
                            weir_value_bytes ("k", 1), weir_map_of ()));
    weir_value_t value;
    test_malloc_watch (TEST_NONE_FAILS);
    int rc = weir__unpack (packed.data, packed.size, &value);
    ck_assert_uint_eq (test_malloc_unwatch (), 1);
    ck_assert_int_eq (rc, 0);
    ck_assert_ptr_nonnull (value.block);
    for (size_t i = 0; i < 6; i++)
        ck_assert_ptr_null (value.items [i].block);
    ck_assert_str_eq (value.items [1].string, "Jack");
    const weir_value_t *inner = value.items [3].items;
    ck_assert_str_eq (inner [1].string, "");
    ck_assert_ptr_null (inner [1].block);
    ck_assert_str_eq (value.items [4].string, "k");
    weir_value_clear (&value);
}
END_TEST

int main (void)
{
    Suite *suite = suite_create ("pack");
    TCase *writing = test_case (suite, "writing");
    tcase_add_checked_fixture (writing, set_up, tear_down);
    tcase_add_test (writing, each_type_has_its_form);
    tcase_add_test (writing, integers_take_as_few_bytes_as_possible);
    tcase_add_test (writing, a_head_and_items_equal_the_packed_whole);
    tcase_add_test (writing, values_that_cannot_be_packed_are_refused);
    tcase_add_test (writing, values_nest_32_deep_and_no_deeper);
    tcase_add_test (writing, a_value_may_take_64_MiB_and_no_more);

    TCase *reading = test_case (suite, "reading");
    tcase_add_checked_fixture (reading, set_up, tear_down);
    tcase_add_test (reading, more_than_64_MiB_is_not_read);
    tcase_add_test (reading, every_form_of_a_number_is_read);
    tcase_add_test (reading, every_form_of_a_text_is_read);
    tcase_add_test (reading,
                    peeking_at_a_list_or_a_map_gives_its_type_and_size);
    tcase_add_test (reading,
                    a_size_beyond_the_input_is_refused_before_allocating);
    tcase_add_test (reading, types_that_weir_does_not_have_are_refused);
    tcase_add_test (reading, a_value_nested_deeper_than_32_is_refused);
    tcase_add_test (reading, bytes_after_a_value_are_left_alone);
    tcase_add_test (reading, a_value_is_one_block);
    return test_main (suite);
}
