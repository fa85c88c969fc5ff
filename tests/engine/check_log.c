/*  check_log.c - the log in memory

    SPDX-License-Identifier: MPL-2.0
*/

#include "log/log.h"
#include "log/memory.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "kit/support.h"
#include "kit/malloc.h"

enum { COUNT = 5, SIZE_BYTES = 100 };

static weir__log_t *log_;

static void begin (void)
{
    log_ = weir__log_memory (COUNT, SIZE_BYTES);
    ck_assert_ptr_nonnull (log_);
}

static void end (void)
{
    log_->destroy (log_);
}

static weir__bytes_t slice (const char *text)
{
    return (weir__bytes_t){(const uint8_t *) text, strlen (text)};
}

static void append (const char *text)
{
    ck_assert_int_eq (log_->append (log_, log_->last (log_), slice (text)), 0);
}

//  Returns an entry as "SEQUENCE:TEXT", the first at or after a number, or "".
static const char *at (uint64_t sequence)
{
    static char text [SIZE_BYTES + 32];
    weir__bytes_t entry;
    errno = 0;
    if (log_->read (log_, &sequence, &entry) != 0) {
        ck_assert_int_eq (errno, ENOENT);
        return "";
    }
    snprintf (text, sizeof text, "%d:%.*s", (int) sequence, (int) entry.size,
              (const char *) entry.data);
    return text;
}

START_TEST (entries_are_numbered_from_1_and_read_back)
{
    ck_assert_uint_eq (log_->last (log_), 0);
    ck_assert_str_eq (at (0), "");
    append ("a");
    append ("bb");
    ck_assert_uint_eq (log_->last (log_), 2);
    ck_assert_str_eq (at (0), "1:a");
    ck_assert_str_eq (at (1), "1:a");
    ck_assert_str_eq (at (2), "2:bb");
    ck_assert_str_eq (at (3), "");
    ck_assert_str_eq (at (UINT64_MAX), "");
}
END_TEST

START_TEST (an_appender_that_missed_an_entry_is_fenced)
{
    append ("a");
    static const uint64_t wrong [] = {0, 2, UINT64_MAX};
    for (int i = 0; i < 3; i++) {
        errno = 0;
        ck_assert_int_eq (log_->append (log_, wrong [i], slice ("x")), -1);
        ck_assert_int_eq (errno, ESTALE);
    }
    ck_assert_uint_eq (log_->last (log_), 1);
    ck_assert_str_eq (at (2), "");
    append ("b");
    ck_assert_str_eq (at (2), "2:b");
}
END_TEST

START_TEST (only_the_last_entries_are_kept)
{
    char text [16];
    for (int i = 1; i <= 3 * COUNT; i++) {
        snprintf (text, sizeof text, "%d", i);
        append (text);
    }
    ck_assert_uint_eq (log_->last (log_), 15);
    ck_assert_str_eq (at (0), "11:11");
    ck_assert_str_eq (at (10), "11:11");
    ck_assert_str_eq (at (13), "13:13");
    ck_assert_str_eq (at (15), "15:15");
    ck_assert_str_eq (at (16), "");
}
END_TEST

START_TEST (all_entries_together_have_a_bound)
{
    static const char long_one [] =
        "0123456789012345678901234567890123456789"; //  40 bytes
    append (long_one);
    append (long_one);
    ck_assert_int_eq (strncmp (at (0), "1:0123", 6), 0);
    append (long_one);
    ck_assert_int_eq (strncmp (at (0), "2:0123", 6), 0);
    append ("small");
    ck_assert_int_eq (strncmp (at (0), "2:0123", 6), 0);
    append ("01234567890123456789");
    ck_assert_int_eq (strncmp (at (0), "3:0123", 6), 0);
    ck_assert_str_eq (at (4), "4:small");
}
END_TEST

START_TEST (an_entry_above_the_bound_counts_but_is_not_kept)
{
    char large [SIZE_BYTES + 2];
    memset (large, 'x', sizeof large - 1);
    large [SIZE_BYTES + 1] = '\0';
    append ("a");
    append (large);
    ck_assert_uint_eq (log_->last (log_), 2);
    ck_assert_str_eq (at (0), "");
    append ("c");
    ck_assert_str_eq (at (0), "3:c");
    large [SIZE_BYTES] = '\0';
    append (large);
    ck_assert_int_eq (strncmp (at (0), "4:xxx", 5), 0);
}
END_TEST

START_TEST (an_entry_without_memory_counts_but_cannot_be_read)
{
    append ("a");
    test_malloc_watch (0);
    int rc = log_->append (log_, 1, slice ("b"));
    ck_assert_uint_eq (test_malloc_unwatch (), 1);
    ck_assert_int_eq (rc, 0);
    append ("c");
    ck_assert_uint_eq (log_->last (log_), 3);
    ck_assert_str_eq (at (1), "1:a");
    ck_assert_str_eq (at (2), "3:c");
    for (int i = 0; i < COUNT; i++)
        append ("d");
    ck_assert_str_eq (at (0), "4:d");
}
END_TEST

START_TEST (trimmed_entries_are_forgotten)
{
    append ("a");
    append ("b");
    append ("c");
    log_->trim (log_, 0);
    ck_assert_str_eq (at (0), "1:a");
    log_->trim (log_, 2);
    ck_assert_str_eq (at (0), "3:c");
    log_->trim (log_, 1);
    ck_assert_str_eq (at (0), "3:c");
    log_->trim (log_, UINT64_MAX);
    ck_assert_str_eq (at (0), "");
    ck_assert_uint_eq (log_->last (log_), 3);
    append ("d");
    ck_assert_str_eq (at (0), "4:d");
}
END_TEST

static const char *snapshot (uint64_t *ret_sequence)
{
    static char text [64];
    weir__bytes_t bytes;
    errno = 0;
    if (log_->snapshot_get (log_, ret_sequence, &bytes) != 0) {
        ck_assert_int_eq (errno, ENOENT);
        return NULL;
    }
    snprintf (text, sizeof text, "%.*s", (int) bytes.size,
              (const char *) bytes.data);
    return text;
}

START_TEST (the_last_snapshot_is_kept_and_none_is_lost_without_memory)
{
    uint64_t sequence = 77;
    ck_assert_ptr_null (snapshot (&sequence));
    ck_assert_uint_eq (sequence, 77);
    ck_assert_int_eq (log_->snapshot_put (log_, 3, slice ("three")), 0);
    ck_assert_str_eq (snapshot (&sequence), "three");
    ck_assert_uint_eq (sequence, 3);
    test_malloc_watch (0);
    int rc = log_->snapshot_put (log_, 4, slice ("four"));
    int error = errno;
    ck_assert_uint_eq (test_malloc_unwatch (), 1);
    ck_assert_int_eq (rc, -1);
    ck_assert_int_eq (error, ENOMEM);
    ck_assert_str_eq (snapshot (&sequence), "three");
    ck_assert_uint_eq (sequence, 3);
    ck_assert_int_eq (log_->snapshot_put (log_, 5, slice ("")), 0);
    ck_assert_str_eq (snapshot (&sequence), "");
    ck_assert_uint_eq (sequence, 5);
}
END_TEST

START_TEST (a_log_without_memory_is_NULL)
{
    test_malloc_watch (0);
    weir__log_t *log = weir__log_memory (COUNT, SIZE_BYTES);
    ck_assert_uint_eq (test_malloc_unwatch (), 1);
    ck_assert_ptr_null (log);
}
END_TEST

START_TEST (a_log_behaves_like_a_plain_array_of_entries)
{
    enum { STEPS = 2000 };
    static size_t sizes [STEPS + 1];
    uint64_t state = test_seed (), last = 0, first = 1;
    char bytes [SIZE_BYTES];
    for (int step = 0; step < STEPS; step++) {
        if (test_random_below (&state, 10) == 0) {
            uint64_t to = test_random_below (&state, last + 2);
            log_->trim (log_, to);
            first = to >= first ? to + 1 : first;
            first = first > last + 1 ? last + 1 : first;
            continue;
        }
        size_t size = 1 + test_random_below (&state, SIZE_BYTES / 2);
        memset (bytes, (int) (last + 1), size);
        ck_assert_int_eq (
            log_->append (log_, last, (weir__bytes_t){(uint8_t *) bytes, size}),
            0);
        sizes [++last] = size;
        size_t sum = 0;
        for (uint64_t i = first; i <= last; i++)
            sum += sizes [i];
        while (last - first >= COUNT || sum > SIZE_BYTES)
            sum -= sizes [first++];
        for (uint64_t from = first > 2 ? first - 2 : 0; from <= last; from++) {
            uint64_t sequence = from;
            weir__bytes_t entry;
            ck_assert_int_eq (log_->read (log_, &sequence, &entry), 0);
            ck_assert_uint_eq (sequence, from > first ? from : first);
            ck_assert_uint_eq (entry.size, sizes [sequence]);
            ck_assert_uint_eq (entry.data [0], (uint8_t) sequence);
        }
    }
}
END_TEST

int main (void)
{
    Suite *suite = suite_create ("log");
    TCase *tcase = test_case (suite, "memory");
    tcase_add_checked_fixture (tcase, begin, end);
    tcase_add_test (tcase, entries_are_numbered_from_1_and_read_back);
    tcase_add_test (tcase, an_appender_that_missed_an_entry_is_fenced);
    tcase_add_test (tcase, only_the_last_entries_are_kept);
    tcase_add_test (tcase, all_entries_together_have_a_bound);
    tcase_add_test (tcase, an_entry_above_the_bound_counts_but_is_not_kept);
    tcase_add_test (tcase, an_entry_without_memory_counts_but_cannot_be_read);
    tcase_add_test (tcase, trimmed_entries_are_forgotten);
    tcase_add_test (tcase,
                    the_last_snapshot_is_kept_and_none_is_lost_without_memory);
    tcase_add_test (tcase, a_log_without_memory_is_NULL);
    tcase_add_test (tcase, a_log_behaves_like_a_plain_array_of_entries);
    return test_main (suite);
}
