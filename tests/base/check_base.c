/*  check_base.c - errors, clock, buffers

    SPDX-License-Identifier: MPL-2.0
*/

#include <errno.h>
#include <limits.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "base/buffer.h"
#include "base/clock.h"
#include "base/error.h"
#include "base/random.h"
#include "kit/support.h"
#include "weir/error.h"

//  ---------------------------------------------------------------------------
//  Errors

START_TEST (a_failure_sets_errno_and_the_sentence)
{
    errno = 0;
    ck_assert_int_eq (weir__fail (ENOENT, "no %s in %d", "apple", 7), -1);
    ck_assert_int_eq (errno, ENOENT);
    ck_assert_str_eq (weir_error (), "no apple in 7");
    ck_assert_ptr_null (weir__fail_null (EPIPE, "%d %%", 1));
    ck_assert_int_eq (errno, EPIPE);
    ck_assert_str_eq (weir_error (), "1 %");
}
END_TEST

START_TEST (a_context_goes_in_front_and_errno_stays)
{
    weir__fail (EACCES, "the door is locked");
    errno = EBUSY;
    ck_assert_int_eq (weir__fail_within ("house %d", 3), -1);
    ck_assert_int_eq (errno, EBUSY);
    ck_assert_str_eq (weir_error (), "house 3: the door is locked");
}
END_TEST

START_TEST (a_sentence_may_contain_the_one_before)
{
    weir__fail (EIO, "first");
    weir__fail (EIO, "%s, second, %s", weir_error (), weir_error ());
    ck_assert_str_eq (weir_error (), "first, second, first");
}
END_TEST

START_TEST (a_sentence_that_is_too_long_is_cut)
{
    char text [5000];
    memset (text, 'x', sizeof text - 1);
    text [sizeof text - 1] = '\0';
    weir__fail (E2BIG, "%s", text);
    size_t size = strlen (weir_error ());
    ck_assert_uint_gt (size, 200);
    ck_assert_uint_lt (size, sizeof text - 1);
    ck_assert_int_eq (memcmp (weir_error (), text, size), 0);
    weir__fail_within ("%s", text);
    ck_assert_int_eq (errno, E2BIG);
    ck_assert_uint_le (strlen (weir_error ()), size);
}
END_TEST

static void *fail_in_thread (void *arg)
{
    (void) arg;
    bool fresh = strcmp (weir_error (), "no error") == 0;
    weir__fail (EIO, "in the thread");
    return fresh ? NULL : arg;
}

START_TEST (every_thread_has_its_own_sentence)
{
    pthread_t thread;
    void *result;
    weir__fail (EIO, "in main");
    pthread_create (&thread, NULL, fail_in_thread, "failed");
    pthread_join (thread, &result);
    ck_assert_ptr_null (result);
    ck_assert_str_eq (weir_error (), "in main");
}
END_TEST

//  ---------------------------------------------------------------------------
//  Clock and random

START_TEST (the_clock_never_goes_back)
{
    uint64_t last_us = weir__now_us ();
    for (int i = 0; i < 100000; i++) {
        uint64_t now_us = weir__now_us ();
        ck_assert_uint_ge (now_us, last_us);
        last_us = now_us;
    }
}
END_TEST

START_TEST (a_deadline_is_a_moment_or_never)
{
    ck_assert_uint_eq (weir__deadline_us (5, 0), 5);
    ck_assert_uint_eq (weir__deadline_us (5, 7), 7005);
    ck_assert_uint_eq (weir__deadline_us (5, INT_MAX),
                       5 + (uint64_t) INT_MAX * 1000);
    ck_assert_uint_eq (weir__deadline_us (5, -1), WEIR__NEVER);
    ck_assert_uint_eq (weir__deadline_us (5, INT_MIN), WEIR__NEVER);
}
END_TEST

START_TEST (the_time_to_poll_is_rounded_up_and_never_negative)
{
    ck_assert_int_eq (weir__poll_ms (1000, WEIR__NEVER), -1);
    ck_assert_int_eq (weir__poll_ms (1000, 999), 0);
    ck_assert_int_eq (weir__poll_ms (1000, 1000), 0);
    ck_assert_int_eq (weir__poll_ms (1000, 1001), 1);
    ck_assert_int_eq (weir__poll_ms (1000, 2000), 1);
    ck_assert_int_eq (weir__poll_ms (1000, 2001), 2);
    ck_assert_int_eq (weir__poll_ms (0, WEIR__NEVER - 1), INT_MAX);
}
END_TEST

START_TEST (random_numbers_are_not_0_and_differ)
{
    uint64_t last = 0, all = 0;
    for (int i = 0; i < 1000; i++) {
        uint64_t number = weir__random ();
        ck_assert_uint_ne (number, 0);
        ck_assert_uint_ne (number, last);
        last = number;
        all |= number;
    }
    ck_assert_uint_eq (all, UINT64_MAX);
}
END_TEST

//  ---------------------------------------------------------------------------
//  Buffers

START_TEST (numbers_are_little_endian_and_come_back)
{
    const uint8_t bytes [] = {1,  3,  2,  7,  6,  5, 4, 15,
                              14, 13, 12, 11, 10, 9, 8};
    weir__buffer_t buffer = WEIR__BUFFER_INIT;
    weir__buffer_put_u8 (&buffer, 0x01);
    weir__buffer_put_u16 (&buffer, 0x0203);
    weir__buffer_put_u32 (&buffer, 0x04050607);
    weir__buffer_put_u64 (&buffer, 0x08090a0b0c0d0e0f);
    ck_assert_uint_eq (buffer.size, sizeof bytes);
    ck_assert_int_eq (memcmp (buffer.data, bytes, sizeof bytes), 0);

    weir__reader_t reader = weir__reader (buffer.data, buffer.size);
    ck_assert_uint_eq (weir__reader_u8 (&reader), 0x01);
    ck_assert_uint_eq (weir__reader_u16 (&reader), 0x0203);
    ck_assert_uint_eq (weir__reader_u32 (&reader), 0x04050607);
    ck_assert_uint_eq (weir__reader_u64 (&reader), 0x08090a0b0c0d0e0f);
    ck_assert (!reader.failed);
    ck_assert_uint_eq (reader.size, 0);
    weir__buffer_free (&buffer);
}
END_TEST

START_TEST (a_number_can_be_set_afterwards)
{
    weir__buffer_t buffer = WEIR__BUFFER_INIT;
    weir__buffer_put_u8 (&buffer, 1);
    weir__buffer_put_u32 (&buffer, 0);
    weir__buffer_put_u8 (&buffer, 2);
    weir__buffer_set_u32 (&buffer, 1, 0x01020304);
    ck_assert_int_eq (memcmp (buffer.data, "\1\4\3\2\1\2", 6), 0);
    weir__buffer_free (&buffer);
}
END_TEST

//  A buffer gives back all parts, in any mixture.
START_TEST (blocks_of_any_size_come_back)
{
    enum { BLOCKS = 200, LARGEST = 300 };
    uint64_t state = test_seed ();
    uint8_t source [LARGEST];
    size_t starts [BLOCKS], sizes [BLOCKS];
    for (size_t i = 0; i < LARGEST; i++)
        source [i] = (uint8_t) test_random (&state);
    weir__buffer_t buffer = WEIR__BUFFER_INIT;
    for (int i = 0; i < BLOCKS; i++) {
        starts [i] = test_random_below (&state, LARGEST);
        sizes [i] = test_random_below (&state, LARGEST - starts [i] + 1);
        weir__buffer_put_block (&buffer, source + starts [i], sizes [i]);
        weir__buffer_put (&buffer, source, starts [i]);
    }
    ck_assert (!buffer.failed);
    weir__reader_t reader = weir__reader (buffer.data, buffer.size);
    for (int i = 0; i < BLOCKS; i++) {
        size_t size;
        const uint8_t *block = weir__reader_block (&reader, &size);
        ck_assert_uint_eq (size, sizes [i]);
        ck_assert_int_eq (memcmp (block, source + starts [i], size), 0);
        block = weir__reader_take (&reader, starts [i]);
        ck_assert_int_eq (memcmp (block, source, starts [i]), 0);
    }
    ck_assert_uint_eq (reader.size, 0);
    ck_assert (!reader.failed);
    weir__buffer_free (&buffer);
}
END_TEST

START_TEST (a_reader_never_reads_past_its_end_and_stays_failed)
{
    const uint8_t bytes [] = {9, 0, 0, 0, 1, 2, 3, 4, 5, 6, 7, 8};
    //  All lengths, in blocks of exactly that length, for the sanitizer.
    for (size_t length = 0; length <= sizeof bytes; length++) {
        uint8_t *copy = malloc (length ? length : 1);
        memcpy (copy, bytes, length);
        weir__reader_t reader = weir__reader (copy, length);
        size_t size = 77;
        ck_assert_ptr_null (weir__reader_block (&reader, &size));
        ck_assert_uint_eq (size, 0);
        ck_assert (reader.failed);
        ck_assert_uint_eq (weir__reader_u8 (&reader), 0);
        ck_assert_ptr_null (weir__reader_take (&reader, 0));
        free (copy);
    }
    weir__reader_t reader = weir__reader (bytes, 7);
    ck_assert_uint_eq (weir__reader_u64 (&reader), 0);
    ck_assert (reader.failed);
}
END_TEST

START_TEST (reading_past_an_empty_buffer_fails)
{
    weir__reader_t reader = weir__reader (NULL, 0);
    weir__reader_take (&reader, 0);
    ck_assert (!reader.failed);
    ck_assert_uint_eq (weir__reader_u8 (&reader), 0);
    ck_assert (reader.failed);
    weir__buffer_t buffer = WEIR__BUFFER_INIT;
    weir__buffer_put (&buffer, NULL, 0);
    ck_assert_ptr_nonnull (weir__buffer_extend (&buffer, 0));
    ck_assert_uint_eq (buffer.size, 0);
    weir__buffer_free (&buffer);
}
END_TEST

START_TEST (a_buffer_without_memory_remembers_it)
{
    weir__buffer_t buffer = WEIR__BUFFER_INIT;
    weir__buffer_put_u32 (&buffer, 5);
    ck_assert_ptr_null (weir__buffer_extend (&buffer, SIZE_MAX));
    ck_assert (buffer.failed);
    weir__buffer_put_u8 (&buffer, 1);
    weir__buffer_set_u32 (&buffer, 0, 6);
    ck_assert_uint_eq (buffer.size, 4);
    ck_assert_int_eq (memcmp (buffer.data, "\5\0\0\0", 4), 0);
    ck_assert_ptr_null (weir__buffer_extend (&buffer, SIZE_MAX / 2));
    weir__buffer_clear (&buffer);
    weir__buffer_put_u8 (&buffer, 1);
    ck_assert (!buffer.failed);
    ck_assert_uint_eq (buffer.size, 1);
    weir__buffer_free (&buffer);
    ck_assert_ptr_null (buffer.data);
    weir__buffer_put_u8 (&buffer, 2);
    ck_assert_uint_eq (buffer.data [0], 2);
    weir__buffer_free (&buffer);
}
END_TEST

int main (void)
{
    Suite *suite = suite_create ("base");
    TCase *tcase = test_case (suite, "errors");
    tcase_add_test (tcase, a_failure_sets_errno_and_the_sentence);
    tcase_add_test (tcase, a_context_goes_in_front_and_errno_stays);
    tcase_add_test (tcase, a_sentence_may_contain_the_one_before);
    tcase_add_test (tcase, a_sentence_that_is_too_long_is_cut);
    tcase_add_test (tcase, every_thread_has_its_own_sentence);
    tcase = test_case (suite, "clock and random");
    tcase_add_test (tcase, the_clock_never_goes_back);
    tcase_add_test (tcase, a_deadline_is_a_moment_or_never);
    tcase_add_test (tcase, the_time_to_poll_is_rounded_up_and_never_negative);
    tcase_add_test (tcase, random_numbers_are_not_0_and_differ);
    tcase = test_case (suite, "buffers");
    tcase_add_test (tcase, numbers_are_little_endian_and_come_back);
    tcase_add_test (tcase, a_number_can_be_set_afterwards);
    tcase_add_test (tcase, blocks_of_any_size_come_back);
    tcase_add_test (tcase, a_reader_never_reads_past_its_end_and_stays_failed);
    tcase_add_test (tcase, reading_past_an_empty_buffer_fails);
    tcase_add_test (tcase, a_buffer_without_memory_remembers_it);
    return test_main (suite);
}
