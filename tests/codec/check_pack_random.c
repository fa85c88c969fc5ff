/*  check_pack_random.c - values as MessagePack: properties of all values and
    all bytes

    SPDX-License-Identifier: MPL-2.0
*/

#include "codec/pack.h"

#include <check.h>
#include <errno.h>
#include <math.h>
#include <msgpack.h>
#include <string.h>

#include "codec/limits.h"
#include "kit/pack.h"
#include "kit/random_value.h"
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

START_TEST (every_value_reads_back_as_it_was_written)
{
    uint64_t state = test_seed ();
    for (int round = 0; round < 500; round++) {
        random_value_t random = random_value (&state, RANDOM_REFERENCES);
        must_pack (&packed, random.value);
        weir_value_t value = must_unpack (packed.data, packed.size);
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
        must_pack (&packed, random.value);
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

//  Returns whether msgpack-c has read our value.
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

START_TEST (msgpack_c_reads_our_output)
{
    uint64_t state = test_seed ();
    for (int round = 0; round < 500; round++) {
        random_value_t random = random_value (&state, RANDOM_REFERENCES);
        must_pack (&packed, random.value);
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

//  Returns whether Weir has a value for this, within its limits.
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

//  Bytes that are often nearly a value. msgpack-c allocates the size that the
//  bytes claim: possible sizes of 32 bits begin with zeros, so that it
//  allocates no gigabytes.
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

START_TEST (any_bytes_mean_the_same_as_to_msgpack_c)
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
            weir_value_t value = must_unpack (data, offset);
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
    Suite *suite = suite_create ("pack_random");
    TCase *properties = test_case (suite, "properties");
    tcase_add_checked_fixture (properties, set_up, tear_down);
    tcase_add_test (properties, every_value_reads_back_as_it_was_written);
    tcase_add_test (properties, a_value_that_is_cut_anywhere_is_refused);
    tcase_add_test (properties, msgpack_c_reads_our_output);
    tcase_add_test (properties, any_bytes_mean_the_same_as_to_msgpack_c);
    tcase_add_test (properties, out_of_memory_is_an_error_and_changes_nothing);
    return test_main (suite);
}
