/*  check_queue.c - the kind queue: first in, first out

    SPDX-License-Identifier: MPL-2.0
*/

#include <stdio.h>
#include <string.h>

#include "machine_kit.h"
#include "support.h"

static kit_t *kit;
static uint64_t queue;

static void begin (void)
{
    kit = kit_new ();
}

static void end (void)
{
    kit_destroy (&kit);
}

static const char *ask (unsigned op, const char *args)
{
    return kit_ask (kit, A, queue, op, args);
}

static const char *by (weir__origin_t who, unsigned op)
{
    return kit_ask (kit, who, queue, op, "");
}

START_TEST (a_queue_gives_what_was_put_first)
{
    static const kit_line_t lines [] = {
        {WEIR__QUEUE_PUT, "1", "None"},
        {WEIR__QUEUE_PUT, "[2]", "None"},
        {WEIR__QUEUE_SIZE, "", "2"},
        {WEIR__QUEUE_GET, "", "1"},
        {WEIR__QUEUE_PUT, "None", "None"},
        {WEIR__QUEUE_GET, "", "[2]"},
        {WEIR__QUEUE_GET, "", "None"},
        {WEIR__QUEUE_INFO, "", "[0, 0, False, 0, 0]"},
    };
    queue = kit_create (kit, A, WEIR__QUEUE, "None");
    KIT_PLAY (kit, queue, lines);
    kit->timeout_ms = 0;
    ck_assert_str_eq (ask (WEIR__QUEUE_GET, ""), "EAGAIN");
    ck_assert_ptr_nonnull (strstr (kit_sentence (kit), "it is empty"));
}
END_TEST

START_TEST (getters_are_served_in_the_order_of_asking)
{
    queue = kit_create (kit, A, WEIR__QUEUE, "'q', 0");
    ck_assert_str_eq (by (B, WEIR__QUEUE_GET), "");
    ck_assert_str_eq (by (A2, WEIR__QUEUE_GET), "");
    ck_assert_str_eq (by (B, WEIR__QUEUE_GET), "");
    kit_restore (kit);
    ck_assert_str_eq (ask (WEIR__QUEUE_INFO, ""), "[0, 0, False, 3, 0]");
    ck_assert_str_eq (ask (WEIR__QUEUE_PUT, "'x'"), "None");
    ck_assert_str_eq (kit_reply (kit, B, 1), "'x'");
    ck_assert_str_eq (ask (WEIR__QUEUE_PUT, "'y'"), "None");
    ck_assert_str_eq (kit_reply (kit, A2, 1), "'y'");
    ck_assert_str_eq (ask (WEIR__QUEUE_PUT, "'z'"), "None");
    ck_assert_str_eq (kit_reply (kit, B, 2), "'z'");
    ck_assert_str_eq (ask (WEIR__QUEUE_SIZE, ""), "0");
}
END_TEST

START_TEST (a_full_queue_lets_putters_wait)
{
    queue = kit_create (kit, A, WEIR__QUEUE, "'q', 2");
    for (int i = 1; i <= 2; i++)
        ck_assert_str_eq (kit_ask (kit, A, queue, WEIR__QUEUE_PUT, "'a'"),
                          "None");
    ck_assert_str_eq (kit_ask (kit, B, queue, WEIR__QUEUE_PUT, "'b'"), "");
    ck_assert_str_eq (kit_ask (kit, A2, queue, WEIR__QUEUE_PUT, "'c'"), "");
    kit_restore (kit);
    ck_assert_str_eq (ask (WEIR__QUEUE_INFO, ""), "[2, 2, False, 0, 2]");
    kit->timeout_ms = 0;
    ck_assert_str_eq (ask (WEIR__QUEUE_PUT, "'d'"), "EAGAIN");
    ck_assert_ptr_nonnull (strstr (kit_sentence (kit), "it is full"));
    ck_assert_str_eq (ask (WEIR__QUEUE_GET, ""), "'a'");
    ck_assert_str_eq (kit_reply (kit, B, 1), "None");
    ck_assert_str_eq (kit_reply (kit, A2, 1), "");
    ck_assert_str_eq (ask (WEIR__QUEUE_GET, ""), "'a'");
    ck_assert_str_eq (kit_reply (kit, A2, 1), "None");
    ck_assert_str_eq (ask (WEIR__QUEUE_GET, ""), "'b'");
    ck_assert_str_eq (ask (WEIR__QUEUE_GET, ""), "'c'");
    ck_assert_str_eq (ask (WEIR__QUEUE_GET, ""), "EAGAIN");
}
END_TEST

START_TEST (a_closed_queue_drains_first)
{
    queue = kit_create (kit, A, WEIR__QUEUE, "'q', 1");
    ck_assert_str_eq (ask (WEIR__QUEUE_PUT, "1"), "None");
    ck_assert_str_eq (kit_ask (kit, B, queue, WEIR__QUEUE_PUT, "2"), "");
    ck_assert_str_eq (ask (WEIR__QUEUE_CLOSE, "1"), "EINVAL");
    ck_assert_str_eq (ask (WEIR__QUEUE_CLOSE, "False"), "0");
    ck_assert_str_eq (kit_reply (kit, B, 1), "ECANCELED");
    ck_assert_str_eq (ask (WEIR__QUEUE_PUT, "3"), "ECANCELED");
    kit_restore (kit);
    ck_assert_str_eq (ask (WEIR__QUEUE_INFO, ""), "[1, 1, True, 0, 0]");
    ck_assert_str_eq (ask (WEIR__QUEUE_GET, ""), "1");
    ck_assert_str_eq (ask (WEIR__QUEUE_GET, ""), "ECANCELED");
    ck_assert_str_eq (kit_sentence (kit),
                      "queue 'q': it is closed and has been emptied");
}
END_TEST

START_TEST (closing_at_once_throws_away_and_wakes_all)
{
    queue = kit_create (kit, A, WEIR__QUEUE, "None");
    ck_assert_str_eq (by (B, WEIR__QUEUE_GET), "");
    ck_assert_str_eq (ask (WEIR__QUEUE_CLOSE, "True"), "0");
    ck_assert_str_eq (kit_reply (kit, B, 1), "ECANCELED");
    queue = kit_create (kit, A, WEIR__QUEUE, "None");
    ck_assert_str_eq (ask (WEIR__QUEUE_PUT, "1"), "None");
    ck_assert_str_eq (ask (WEIR__QUEUE_PUT, "2"), "None");
    ck_assert_str_eq (ask (WEIR__QUEUE_CLOSE, "True"), "2");
    ck_assert_str_eq (ask (WEIR__QUEUE_GET, ""), "ECANCELED");
    ck_assert_str_eq (ask (WEIR__QUEUE_CLOSE, "True"), "0");
}
END_TEST

START_TEST (a_queue_is_made_with_a_sensible_maxsize)
{
    static const char *const wrong [] = {"-1",  "2147483648", "'1'",
                                         "1.0", "None",       "1, 2"};
    for (unsigned i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        char args [64];
        snprintf (args, sizeof args, "5, 'q', %s", wrong [i]);
        ck_assert_str_eq (kit_ask (kit, A, 0, WEIR__DIRECTORY_CREATE, args),
                          "EINVAL");
    }
    ck_assert_str_eq (kit_read (kit, 0, WEIR__DIRECTORY_LIST, ""), "[]");
    queue = kit_create (kit, A, WEIR__QUEUE, "'q', 2147483647");
    ck_assert_str_eq (ask (WEIR__QUEUE_INFO, ""),
                      "[0, 2147483647, False, 0, 0]");
}
END_TEST

int main (void)
{
    Suite *suite = suite_create ("queue");
    TCase *tcase = test_case (suite, "operations");
    tcase_add_checked_fixture (tcase, begin, end);
    tcase_add_test (tcase, a_queue_gives_what_was_put_first);
    tcase_add_test (tcase, getters_are_served_in_the_order_of_asking);
    tcase_add_test (tcase, a_full_queue_lets_putters_wait);
    tcase_add_test (tcase, a_closed_queue_drains_first);
    tcase_add_test (tcase, closing_at_once_throws_away_and_wakes_all);
    tcase_add_test (tcase, a_queue_is_made_with_a_sensible_maxsize);
    return test_main (suite);
}
