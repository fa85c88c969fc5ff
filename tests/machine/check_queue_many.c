/*  check_queue_many.c - the kind queue: many items in one operation, and tasks

    SPDX-License-Identifier: MPL-2.0
*/

#include <stdio.h>
#include <string.h>

#include "kit/machine.h"
#include "kit/support.h"

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

static const char *by (weir__origin_t who, unsigned op, const char *args)
{
    return kit_ask (kit, who, queue, op, args);
}

//  The waits in lines 0, 1 and 2 of the queue, and its size.
static void ck_waits (const char *expected)
{
    int size, getters, putters, joiners;
    char found [64];
    kit_restore (kit);
    const char *info = kit_read (kit, queue, WEIR__QUEUE_INFO, "");
    ck_assert_int_eq (sscanf (info, "[%d, %*[^,], %*[^,], %d, %d, %d", &size,
                              &getters, &putters, &joiners),
                      4);
    snprintf (found, sizeof found, "%d items; %d, %d, %d wait", size, getters,
              putters, joiners);
    ck_assert_str_eq (found, expected);
}

//  ---------------------------------------------------------------------------
//  Many at once

START_TEST (many_items_are_put_and_got_in_one_operation)
{
    static const kit_line_t lines [] = {
        {WEIR__QUEUE_PUT_MANY, "[1, 'two', [3]]", "None"},
        {WEIR__QUEUE_PUT, "4", "None"},
        {WEIR__QUEUE_PUT_MANY, "[]", "None"},
        {WEIR__QUEUE_SIZE, "", "4"},
        {WEIR__QUEUE_GET_MANY, "2", "[1, 'two']"},
        {WEIR__QUEUE_GET_MANY, "9223372036854775807", "[[3], 4]"},
        {WEIR__QUEUE_PUT_MANY, "1", "EINVAL"},
        {WEIR__QUEUE_PUT_MANY, "{}", "EINVAL"},
        {WEIR__QUEUE_GET_MANY, "0", "EINVAL"},
        {WEIR__QUEUE_GET_MANY, "-1", "EINVAL"},
        {WEIR__QUEUE_GET_MANY, "'1'", "EINVAL"},
        {WEIR__QUEUE_SIZE, "", "0"},
    };
    queue = kit_create (kit, A, WEIR__QUEUE, "None");
    KIT_PLAY (kit, queue, lines);
    kit->timeout_ms = 0;
    ck_assert_str_eq (ask (WEIR__QUEUE_GET_MANY, "3"), "EAGAIN");
}
END_TEST

START_TEST (get_many_follows_the_order_of_the_queue)
{
    queue = kit_create (kit, A, WEIR__QUEUE, "None, 0, 1");
    ck_assert_str_eq (ask (WEIR__QUEUE_PUT_MANY, "[1, 2, 3]"), "None");
    ck_assert_str_eq (ask (WEIR__QUEUE_GET_MANY, "2"), "[3, 2]");
    queue = kit_create (kit, A, WEIR__QUEUE, "None, 0, 2");
    ck_assert_str_eq (ask (WEIR__QUEUE_PUT_MANY, "[3, 'x', 1]"), "EINVAL");
    ck_assert_str_eq (ask (WEIR__QUEUE_PUT_MANY, "[3, None]"), "EINVAL");
    //  No item of the list was put, so it did not set the family either.
    ck_assert_str_eq (ask (WEIR__QUEUE_PUT_MANY, "['b', 'c', 'a']"), "None");
    ck_assert_str_eq (ask (WEIR__QUEUE_GET_MANY, "3"), "['a', 'b', 'c']");
}
END_TEST

START_TEST (put_many_waits_for_room_for_all_items)
{
    queue = kit_create (kit, A, WEIR__QUEUE, "'q', 3");
    ck_assert_str_eq (ask (WEIR__QUEUE_PUT_MANY, "[1, 2, 3, 4]"), "EMSGSIZE");
    ck_assert_str_eq (kit_sentence (kit),
                      "queue 'q': it holds at most 3 items, so 4 never fit at "
                      "once; put fewer at a time");
    ck_assert_str_eq (ask (WEIR__QUEUE_PUT_MANY, "[1, 2]"), "None");
    ck_assert_str_eq (by (B, WEIR__QUEUE_PUT_MANY, "[3, 4, 5]"), "");
    ck_waits ("2 items; 0, 1, 0 wait");
    ck_assert_str_eq (ask (WEIR__QUEUE_GET, ""), "1");
    ck_waits ("1 items; 0, 1, 0 wait");
    ck_assert_str_eq (ask (WEIR__QUEUE_GET, ""), "2");
    ck_assert_str_eq (kit_reply (kit, B, 1), "None");
    ck_waits ("3 items; 0, 0, 0 wait");
    kit->timeout_ms = 0;
    ck_assert_str_eq (ask (WEIR__QUEUE_PUT_MANY, "[6]"), "EAGAIN");
    ck_assert_str_eq (ask (WEIR__QUEUE_PUT_MANY, "[]"), "None");
    ck_assert_str_eq (ask (WEIR__QUEUE_GET_MANY, "9"), "[3, 4, 5]");
}
END_TEST

START_TEST (a_putter_of_many_items_is_not_overtaken)
{
    queue = kit_create (kit, A, WEIR__QUEUE, "'q', 3");
    ck_assert_str_eq (ask (WEIR__QUEUE_PUT_MANY, "[1, 2]"), "None");
    ck_assert_str_eq (by (B, WEIR__QUEUE_PUT_MANY, "[3, 4, 5]"), "");
    ck_assert_str_eq (by (A2, WEIR__QUEUE_PUT, "6"), "");
    kit->timeout_ms = 0;
    ck_assert_str_eq (ask (WEIR__QUEUE_PUT, "7"), "EAGAIN");
    ck_assert_ptr_nonnull (
        strstr (kit_sentence (kit), "other threads already wait to put"));
    ck_waits ("2 items; 0, 2, 0 wait");
    ck_assert_str_eq (ask (WEIR__QUEUE_GET_MANY, "2"), "[1, 2]");
    ck_waits ("3 items; 0, 1, 0 wait");
    ck_assert_str_eq (ask (WEIR__QUEUE_GET_MANY, "9"), "[3, 4, 5]");
    ck_assert_str_eq (kit_reply (kit, A2, 1), "None");
    ck_assert_str_eq (ask (WEIR__QUEUE_GET_MANY, "9"), "[6]");
}
END_TEST

//  The ways in which the head of the line leaves.
typedef enum leave {
    TIMES_OUT,
    IS_CANCELED,
    THREAD_ENDS,
    DIES,
    LEAVES
} leave_t;

static void go (leave_t how)
{
    if (how == TIMES_OUT)
        kit_wait (kit, 20);
    else if (how == IS_CANCELED)
        kit_record (kit, WEIR__RECORD_CANCEL, B, 1);
    else if (how == THREAD_ENDS)
        kit_record (kit, WEIR__RECORD_CLOSE, B, 0);
    else
        kit_record (kit, WEIR__RECORD_EXPIRE, (weir__origin_t){2, 0}, 0);
}

START_TEST (a_putter_behind_one_that_leaves_resumes)
{
    queue = kit_create (kit, A, WEIR__QUEUE, "'q', 3");
    ck_assert_str_eq (ask (WEIR__QUEUE_PUT_MANY, "[1, 2]"), "None");
    kit->timeout_ms = _i == TIMES_OUT ? 20 : -1;
    ck_assert_str_eq (by (B, WEIR__QUEUE_PUT_MANY, "[3, 4, 5]"), "");
    kit->timeout_ms = -1;
    ck_assert_str_eq (by (A2, WEIR__QUEUE_PUT, "6"), "");
    go ((leave_t) _i);
    ck_assert_str_eq (kit_reply (kit, B, 1), _i == TIMES_OUT     ? "ETIMEDOUT"
                                             : _i == IS_CANCELED ? "EINTR"
                                                                 : "");
    ck_assert_str_eq (kit_reply (kit, A2, 1), "None");
    ck_waits ("3 items; 0, 0, 0 wait");
    ck_assert_str_eq (ask (WEIR__QUEUE_GET_MANY, "9"), "[1, 2, 6]");
}
END_TEST

START_TEST (a_waiting_get_many_takes_the_available_items)
{
    queue = kit_create (kit, A, WEIR__QUEUE, "None");
    ck_assert_str_eq (by (B, WEIR__QUEUE_GET_MANY, "3"), "");
    ck_assert_str_eq (by (A2, WEIR__QUEUE_GET_MANY, "3"), "");
    ck_waits ("0 items; 2, 0, 0 wait");
    ck_assert_str_eq (ask (WEIR__QUEUE_PUT, "1"), "None");
    ck_assert_str_eq (kit_reply (kit, B, 1), "[1]");
    ck_assert_str_eq (by (B, WEIR__QUEUE_GET, ""), "");
    ck_assert_str_eq (ask (WEIR__QUEUE_PUT_MANY, "[2, 3, 4, 5, 6]"), "None");
    ck_assert_str_eq (kit_reply (kit, A2, 1), "[2, 3, 4]");
    ck_assert_str_eq (kit_reply (kit, B, 2), "5");
    ck_assert_str_eq (ask (WEIR__QUEUE_CLOSE, "False"), "0");
    ck_assert_str_eq (ask (WEIR__QUEUE_PUT_MANY, "[]"), "ECANCELED");
    ck_assert_str_eq (ask (WEIR__QUEUE_GET_MANY, "3"), "[6]");
    ck_assert_str_eq (ask (WEIR__QUEUE_GET_MANY, "3"), "ECANCELED");
}
END_TEST

//  ---------------------------------------------------------------------------
//  Tasks

START_TEST (an_item_is_a_task_until_it_is_done)
{
    static const kit_line_t lines [] = {
        {WEIR__QUEUE_TASK_DONE, "", "EINVAL"},
        {WEIR__QUEUE_JOIN, "", "None"},
        {WEIR__QUEUE_PUT_MANY, "[1, 2, 3, 4]", "None"},
        {WEIR__QUEUE_GET, "", "1"},
        {WEIR__QUEUE_TASK_DONE, "", "None"},
        {WEIR__QUEUE_TASK_DONE, "4", "EINVAL"},
        {WEIR__QUEUE_TASK_DONE, "0", "EINVAL"},
        {WEIR__QUEUE_TASK_DONE, "-1", "EINVAL"},
        {WEIR__QUEUE_TASK_DONE, "'1'", "EINVAL"},
        //  As in Python, this works also before the items were got.
        {WEIR__QUEUE_TASK_DONE, "3", "None"},
        {WEIR__QUEUE_JOIN, "", "None"},
        {WEIR__QUEUE_TASK_DONE, "", "EINVAL"},
        {WEIR__QUEUE_CLOSE, "True", "3"},
        {WEIR__QUEUE_JOIN, "", "None"},
        {WEIR__QUEUE_INFO, "", "[0, 0, True, 0, 0, 0, 0, 0, 0]"},
    };
    queue = kit_create (kit, A, WEIR__QUEUE, "'q'");
    KIT_PLAY (kit, queue, lines);
    ck_assert_str_eq (ask (WEIR__QUEUE_TASK_DONE, ""), "EINVAL");
    ck_assert_str_eq (kit_sentence (kit),
                      "queue 'q': task_done was called more often than items "
                      "were put; 0 items are not done");
}
END_TEST

START_TEST (join_waits_until_all_tasks_are_done)
{
    queue = kit_create (kit, A, WEIR__QUEUE, "None");
    ck_assert_str_eq (ask (WEIR__QUEUE_PUT_MANY, "[1, 2]"), "None");
    ck_assert_str_eq (by (B, WEIR__QUEUE_JOIN, ""), "");
    kit->timeout_ms = 30;
    ck_assert_str_eq (by (A2, WEIR__QUEUE_JOIN, ""), "");
    kit->timeout_ms = 0;
    ck_assert_str_eq (ask (WEIR__QUEUE_JOIN, ""), "EAGAIN");
    kit->timeout_ms = -1;
    ck_waits ("2 items; 0, 0, 2 wait");
    kit_wait (kit, 30);
    ck_assert_str_eq (kit_reply (kit, A2, 1), "ETIMEDOUT");
    ck_assert_str_eq (ask (WEIR__QUEUE_GET_MANY, "2"), "[1, 2]");
    ck_assert_str_eq (ask (WEIR__QUEUE_TASK_DONE, ""), "None");
    ck_assert_str_eq (by (A2, WEIR__QUEUE_JOIN, ""), "");
    ck_waits ("0 items; 0, 0, 2 wait");
    ck_assert_str_eq (ask (WEIR__QUEUE_TASK_DONE, ""), "None");
    ck_assert_str_eq (kit_reply (kit, B, 1), "None");
    ck_assert_str_eq (kit_reply (kit, A2, 2), "None");
}
END_TEST

START_TEST (closing_at_once_finishes_the_tasks_that_it_discards)
{
    queue = kit_create (kit, A, WEIR__QUEUE, "None");
    ck_assert_str_eq (ask (WEIR__QUEUE_PUT_MANY, "[1, 2, 3]"), "None");
    ck_assert_str_eq (ask (WEIR__QUEUE_GET, ""), "1");
    ck_assert_str_eq (by (B, WEIR__QUEUE_JOIN, ""), "");
    //  Remaining items of a closed queue must still be done.
    ck_assert_str_eq (ask (WEIR__QUEUE_CLOSE, "False"), "0");
    ck_waits ("2 items; 0, 0, 1 wait");
    ck_assert_str_eq (ask (WEIR__QUEUE_CLOSE, "True"), "2");
    ck_waits ("0 items; 0, 0, 1 wait");
    ck_assert_str_eq (ask (WEIR__QUEUE_TASK_DONE, ""), "None");
    ck_assert_str_eq (kit_reply (kit, B, 1), "None");
}
END_TEST

int main (void)
{
    Suite *suite = suite_create ("queue, many");
    TCase *tcase = test_case (suite, "many at once");
    tcase_add_checked_fixture (tcase, begin, end);
    tcase_add_test (tcase, many_items_are_put_and_got_in_one_operation);
    tcase_add_test (tcase, get_many_follows_the_order_of_the_queue);
    tcase_add_test (tcase, put_many_waits_for_room_for_all_items);
    tcase_add_test (tcase, a_putter_of_many_items_is_not_overtaken);
    tcase_add_loop_test (tcase, a_putter_behind_one_that_leaves_resumes, 0,
                         LEAVES);
    tcase_add_test (tcase, a_waiting_get_many_takes_the_available_items);
    tcase = test_case (suite, "tasks");
    tcase_add_checked_fixture (tcase, begin, end);
    tcase_add_test (tcase, an_item_is_a_task_until_it_is_done);
    tcase_add_test (tcase, join_waits_until_all_tasks_are_done);
    tcase_add_test (tcase, closing_at_once_finishes_the_tasks_that_it_discards);
    return test_main (suite);
}
