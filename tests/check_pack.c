/*  check_pack.c - values as MessagePack: what is written, what is read, and
    what is refused

    SPDX-License-Identifier: MPL-2.0
*/

#include "codec/pack.h"

#include <check.h>
#include <errno.h>
#include <math.h>
#include <msgpack.h>
#include <stdlib.h>
#include <string.h>

#include "codec/limits.h"
#include "random_value.h"
#include "support.h"
#include "support_malloc.h"
#include "weir/error.h"
#include "weir/literals.h"

//  What a failed call must not have touched.
#define UNTOUCHED 4711

static weir__buffer_t packed;

static void set_up (void)
{
    packed = WEIR__BUFFER_INIT;
}

static void tear_down (void)
{
    weir__buffer_free (&packed);
}

static void pack (weir_value_t value)
{
    weir__buffer_clear (&packed);
    ck_assert_int_eq (weir__pack (&packed, value), 0);
}

//  The bytes as a block of exactly their size, which the caller frees.
static uint8_t *exactly (const void *data, size_t size)
{
    return memcpy (malloc (size), data, size);
}

static weir_value_t unpack (const void *data, size_t size)
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

static void must_refuse (const void *data, size_t size)
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

//  Puts a value into so many lists, which live in `places`.
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
        pack (forms [i].value);
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
        pack (weir_value (sizes [i].integer));
        ck_assert_uint_eq (packed.size, sizes [i].size);
        weir_value_t value = unpack (packed.data, packed.size);
        ck_assert_int_eq (value.type, WEIR_INTEGER);
        ck_assert_int_eq (value.integer, sizes [i].integer);
    }
}
END_TEST

START_TEST (a_head_and_items_make_what_packing_the_whole_makes)
{
    const size_t counts [] = {0, 1, 15, 16, 65535, 65536};
    weir_value_t *items = calloc (2 * 65536, sizeof *items);
    for (size_t i = 0; i < 2 * sizeof counts / sizeof *counts; i++) {
        size_t count = counts [i / 2];
        weir_type_t type = i % 2 ? WEIR_MAP : WEIR_LIST;
        pack (weir_value_sized (type, items, count));
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

START_TEST (what_no_value_can_hold_is_refused)
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
    pack (nest (places, weir_value (1), 32));
    weir_value_t value = unpack (packed.data, packed.size);
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
    pack (weir_value_bytes (text, most));
    ck_assert_uint_eq (packed.size, WEIR__MESSAGE_BYTES);
    weir_value_t value = unpack (packed.data, packed.size);
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
        value = unpack (data, size);
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
        weir_value_t value = unpack (forms [i].bytes, forms [i].size);
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

START_TEST (what_claims_more_than_is_there_is_refused_before_allocating)
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

START_TEST (what_weir_does_not_have_is_refused)
{
    must_refuse ("\xc1", 1);
    must_refuse ("\x91\xc1", 2);
    must_refuse ("\xcf\x80\0\0\0\0\0\0\0", 9);
    must_refuse ("\xd4\x02x", 3);
    must_refuse ("\xd4\xffx", 3);
    must_refuse ("\xc7\x01\x00x", 4);
}
END_TEST

START_TEST (what_is_nested_deeper_than_32_is_refused)
{
    uint8_t data [40];
    memset (data, 0x91, sizeof data);
    data [32] = 0xc0;
    weir_value_t value = unpack (data, 33);
    weir_value_clear (&value);
    data [32] = 0x90;
    must_refuse (data, 33);
    data [32] = 0x80;
    must_refuse (data, 33);
    data [32] = 0x91;
    must_refuse (data, sizeof data);
}
END_TEST

START_TEST (what_follows_a_value_is_left_alone)
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
    pack (weir_map_of ("name", "Jack", "list", weir_list_of (1, "", 2.5),
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

//  Properties

START_TEST (every_value_reads_back_as_it_was_written)
{
    uint64_t state = test_seed ();
    for (int round = 0; round < 500; round++) {
        random_value_t random = random_value (&state, RANDOM_REFERENCES);
        pack (random.value);
        weir_value_t value = unpack (packed.data, packed.size);
        ck_assert (weir_value_equal (value, random.value));
        weir__buffer_t again = WEIR__BUFFER_INIT;
        ck_assert_int_eq (weir__pack (&again, value), 0);
        ck_assert_uint_eq (again.size, packed.size);
        ck_assert_mem_eq (again.data, packed.data, packed.size);
        weir__buffer_free (&again);
        weir_value_clear (&value);
        random_value_free (&random);
    }
}
END_TEST

START_TEST (a_value_that_is_cut_anywhere_is_refused)
{
    uint64_t state = test_seed ();
    for (int round = 0; round < 200; round++) {
        random_value_t random = random_value (&state, RANDOM_REFERENCES);
        pack (random.value);
        for (size_t size = 0; size < packed.size; size++)
            if (size < 200 || packed.size - size < 50)
                must_refuse (packed.data, size);
        random_value_free (&random);
    }
}
END_TEST

static bool texts_are_same (const weir_value_t *ours, weir_type_t type,
                            const char *text, uint32_t size)
{
    return ours->type == type && ours->size == size &&
           (size == 0 || memcmp (ours->bytes, text, size) == 0);
}

static bool reals_are_same (double a, double b)
{
    return memcmp (&a, &b, sizeof a) == 0 || (isnan (a) && isnan (b));
}

static bool is_same (const weir_value_t *ours, const msgpack_object *theirs);

static bool maps_are_same (const weir_value_t *ours, msgpack_object_map theirs)
{
    bool same = ours->type == WEIR_MAP && ours->size == theirs.size;
    for (uint32_t i = 0; same && i < theirs.size; i++)
        same = is_same (&ours->items [2 * i], &theirs.ptr [i].key) &&
               is_same (&ours->items [2 * i + 1], &theirs.ptr [i].val);
    return same;
}

//  Whether msgpack-c has read what we have.
static bool is_same (const weir_value_t *ours, const msgpack_object *theirs)
{
    bool same = true;
    switch (theirs->type) {
    case MSGPACK_OBJECT_NIL:
        return ours->type == WEIR_NIL;
    case MSGPACK_OBJECT_BOOLEAN:
        return ours->type == WEIR_BOOL && ours->boolean == theirs->via.boolean;
    case MSGPACK_OBJECT_POSITIVE_INTEGER:
    case MSGPACK_OBJECT_NEGATIVE_INTEGER:
        return ours->type == WEIR_INTEGER && ours->integer == theirs->via.i64;
    case MSGPACK_OBJECT_FLOAT32:
    case MSGPACK_OBJECT_FLOAT64:
        return ours->type == WEIR_REAL &&
               reals_are_same (ours->real, theirs->via.f64);
    case MSGPACK_OBJECT_STR:
        return texts_are_same (ours, WEIR_STRING, theirs->via.str.ptr,
                               theirs->via.str.size);
    case MSGPACK_OBJECT_BIN:
        return texts_are_same (ours, WEIR_BYTES, theirs->via.bin.ptr,
                               theirs->via.bin.size);
    case MSGPACK_OBJECT_EXT:
        return texts_are_same (ours, WEIR_REFERENCE, theirs->via.ext.ptr,
                               theirs->via.ext.size);
    case MSGPACK_OBJECT_ARRAY:
        same = ours->type == WEIR_LIST && ours->size == theirs->via.array.size;
        for (uint32_t i = 0; same && i < ours->size; i++)
            same = is_same (&ours->items [i], &theirs->via.array.ptr [i]);
        return same;
    case MSGPACK_OBJECT_MAP:
        return maps_are_same (ours, theirs->via.map);
    default:
        return false;
    }
}

START_TEST (msgpack_c_reads_what_we_write)
{
    uint64_t state = test_seed ();
    for (int round = 0; round < 500; round++) {
        random_value_t random = random_value (&state, RANDOM_REFERENCES);
        pack (random.value);
        msgpack_unpacked theirs;
        msgpack_unpacked_init (&theirs);
        size_t offset = 0;
        ck_assert_int_eq (msgpack_unpack_next (&theirs,
                                               (const char *) packed.data,
                                               packed.size, &offset),
                          MSGPACK_UNPACK_SUCCESS);
        ck_assert_uint_eq (offset, packed.size);
        ck_assert (is_same (&random.value, &theirs.data));
        msgpack_unpacked_destroy (&theirs);
        random_value_free (&random);
    }
}
END_TEST

//  Whether Weir has a value for this, within its limits.
static bool is_ours (const msgpack_object *theirs, int depth)
{
    bool ours = true;
    switch (theirs->type) {
    case MSGPACK_OBJECT_POSITIVE_INTEGER:
        return theirs->via.u64 <= INT64_MAX;
    case MSGPACK_OBJECT_EXT:
        return theirs->via.ext.type == WEIR__EXT_REFERENCE;
    case MSGPACK_OBJECT_ARRAY:
        for (uint32_t i = 0; ours && i < theirs->via.array.size; i++)
            ours = is_ours (&theirs->via.array.ptr [i], depth + 1);
        return ours && depth < WEIR__DEPTH_MAX;
    case MSGPACK_OBJECT_MAP:
        for (uint32_t i = 0; ours && i < theirs->via.map.size; i++)
            ours = is_ours (&theirs->via.map.ptr [i].key, depth + 1) &&
                   is_ours (&theirs->via.map.ptr [i].val, depth + 1);
        return ours && depth < WEIR__DEPTH_MAX;
    default:
        return true;
    }
}

//  Bytes that are often nearly a value. msgpack-c allocates what is claimed:
//  so that it claims no gigabytes, what may be a size of 32 bits begins with
//  zeros.
static size_t random_bytes (uint64_t *state, uint8_t *data, size_t most)
{
    static const uint8_t heads [] = {0x81, 0x82, 0x91, 0x92, 0x93, 0xa2, 0xc0,
                                     0xc2, 0xc3, 0xc4, 0xc7, 0xca, 0xcb, 0xcc,
                                     0xcf, 0xd0, 0xd3, 0xd4, 0xd5, 0xd9, 0xdc,
                                     0xdd, 0xde, 0xdf, 0x01, 0x00, 0xff};
    size_t size = 1 + test_random_below (state, most);
    for (size_t i = 0; i < size; i++)
        data [i] = test_random_below (state, 8)
                       ? heads [test_random_below (state, sizeof heads)]
                       : (uint8_t) test_random (state);
    for (size_t i = 0; i < size; i++)
        if (data [i] == 0xdd || data [i] == 0xdf)
            for (size_t j = i + 1; j < size && j < i + 3; j++)
                data [j] = 0;
    return size;
}

START_TEST (any_bytes_mean_what_they_mean_to_msgpack_c)
{
    uint64_t state = test_seed ();
    unsigned accepted = 0;
    for (int round = 0; round < 20000; round++) {
        uint8_t data [24];
        size_t size = random_bytes (&state, data, sizeof data);
        msgpack_unpacked theirs;
        msgpack_unpacked_init (&theirs);
        size_t offset = 0;
        bool good = msgpack_unpack_next (&theirs, (const char *) data, size,
                                         &offset) == MSGPACK_UNPACK_SUCCESS;
        if (good && is_ours (&theirs.data, 0)) {
            weir_value_t value = unpack (data, offset);
            ck_assert (is_same (&value, &theirs.data));
            accepted += offset > 1;
            weir_value_clear (&value);
        } else
            must_refuse (data, size);
        msgpack_unpacked_destroy (&theirs);
    }
    ck_assert_uint_gt (accepted, 1000);
}
END_TEST

START_TEST (out_of_memory_is_an_error_and_changes_nothing)
{
    weir_value_t value = weir_list_of ("a text that is longer than the buffer "
                                       "that a packer begins with, so that it "
                                       "has to grow at least once",
                                       weir_map_of (1, 2));
    bool failed = true;
    for (unsigned n = 0; failed; n++) {
        weir__buffer_t buffer = WEIR__BUFFER_INIT;
        weir_value_t read = weir_value (UNTOUCHED);
        test_malloc_watch (n);
        int rc = weir__pack (&buffer, value);
        bool restored = rc == 0 || (buffer.size == 0 && !buffer.failed);
        if (rc == 0)
            rc = weir__unpack (buffer.data, buffer.size, &read);
        int error = errno;
        failed = test_malloc_unwatch () > n;
        ck_assert_int_eq (rc, failed ? -1 : 0);
        ck_assert_int_eq (read.integer == UNTOUCHED, failed);
        if (failed) {
            ck_assert_int_eq (error, ENOMEM);
            ck_assert_ptr_nonnull (strstr (weir_error (), "out of memory"));
        }
        ck_assert (restored);
        weir_value_clear (&read);
        weir__buffer_free (&buffer);
    }
}
END_TEST

int main (void)
{
    Suite *suite = suite_create ("pack");
    TCase *writing = test_case (suite, "writing");
    tcase_add_checked_fixture (writing, set_up, tear_down);
    tcase_add_test (writing, each_type_has_its_form);
    tcase_add_test (writing, integers_take_as_few_bytes_as_possible);
    tcase_add_test (writing,
                    a_head_and_items_make_what_packing_the_whole_makes);
    tcase_add_test (writing, what_no_value_can_hold_is_refused);
    tcase_add_test (writing, values_nest_32_deep_and_no_deeper);
    tcase_add_test (writing, a_value_may_take_64_MiB_and_no_more);

    TCase *reading = test_case (suite, "reading");
    tcase_add_checked_fixture (reading, set_up, tear_down);
    tcase_add_test (reading, more_than_64_MiB_is_not_read);
    tcase_add_test (reading, every_form_of_a_number_is_read);
    tcase_add_test (reading, every_form_of_a_text_is_read);
    tcase_add_test (reading,
                    peeking_at_a_list_or_a_map_gives_its_type_and_size);
    tcase_add_test (
        reading, what_claims_more_than_is_there_is_refused_before_allocating);
    tcase_add_test (reading, what_weir_does_not_have_is_refused);
    tcase_add_test (reading, what_is_nested_deeper_than_32_is_refused);
    tcase_add_test (reading, what_follows_a_value_is_left_alone);
    tcase_add_test (reading, a_value_is_one_block);

    TCase *properties = test_case (suite, "properties");
    tcase_add_checked_fixture (properties, set_up, tear_down);
    tcase_add_test (properties, every_value_reads_back_as_it_was_written);
    tcase_add_test (properties, a_value_that_is_cut_anywhere_is_refused);
    tcase_add_test (properties, msgpack_c_reads_what_we_write);
    tcase_add_test (properties, any_bytes_mean_what_they_mean_to_msgpack_c);
    tcase_add_test (properties, out_of_memory_is_an_error_and_changes_nothing);
    return test_main (suite);
}
