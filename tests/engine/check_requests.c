/*  check_requests.c - an owner without I/O: requests

    SPDX-License-Identifier: MPL-2.0
*/

#include "owner/engine.h"

#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "kit/engine.h"
#include "kit/support.h"

static stage_t *stage;

static void begin (void)
{
    stage = stage_new ();
}

static void end (void)
{
    stage_destroy (&stage);
}

static void expect (uint64_t peer, const char *message)
{
    ck_assert_str_eq (stage_take (stage, peer), message);
}

START_TEST (a_request_is_applied_once_and_a_repeated_one_gets_the_kept_reply)
{
    stage_enter (stage, 1, 10, 1);
    uint64_t dict = stage_dict (stage, 1);
    for (int i = 0; i < 3; i++) {
        STAGE_ASK (stage, .peer = 1, .number = 2, .acked = 1, .object = dict,
                   .op = WEIR__DICT_ADD, .args = "'n', 1");
        if (i > 0)
            stage_commit (stage);
    }
    for (int i = 0; i < 3; i++)
        expect (1, "2: 1");
    STAGE_ASK (stage, .peer = 1, .number = 3, .acked = 1, .object = dict,
               .op = WEIR__DICT_GET, .args = "'n'");
    expect (1, "3: 1");
}
END_TEST

START_TEST (a_returning_link_repeats_requests_and_none_runs_twice)
{
    stage_enter (stage, 1, 10, 1);
    uint64_t dict = stage_dict (stage, 1);
    for (uint64_t number = 2; number < 5; number++)
        STAGE_ASK (stage, .peer = 1, .number = number, .acked = 1,
                   .object = dict, .op = WEIR__DICT_ADD, .args = "'n', 1");
    stage_commit (stage);
    weir__hello_t hello = {.session = 10, .link = 1, .attempt = 2};
    weir__credentials_t who = {STAGE_UID, 1010};
    stage_greet (stage, 2, &hello, &who);
    for (uint64_t number = 3; number < 6; number++)
        STAGE_ASK (stage, .peer = 2, .number = number, .acked = 1,
                   .object = dict, .op = WEIR__DICT_ADD, .args = "'n', 1");
    stage_commit (stage);
    expect (2, "WELCOME");
    expect (2, "3: 2");
    expect (2, "4: 3");
    expect (2, "5: 4");
    //  The old connection belongs to no link any more.
    STAGE_ASK (stage, .peer = 1, .number = 6, .acked = 1, .object = dict,
               .op = WEIR__DICT_ADD, .args = "'n', 1");
    stage_forget (stage);
    stage_commit (stage);
    expect (1, "");
    //  An overtaken HELLO changes nothing.
    stage_greet (stage, 3, &hello, &who);
    STAGE_ASK (stage, .peer = 2, .number = 6, .acked = 5, .object = dict,
               .op = WEIR__DICT_ADD, .args = "'n', 1");
    stage_commit (stage);
    expect (3, "");
    expect (2, "6: 5");
}
END_TEST

START_TEST (a_link_that_was_closed_stays_closed)
{
    weir__hello_t hello = {.session = 10, .link = 1, .attempt = 2};
    weir__credentials_t who = {STAGE_UID, 1010};
    stage_enter (stage, 1, 10, 1);
    stage_greet (stage, 2, &hello, &who);
    stage_signal (stage, 2, WEIR__CLOSE, 0);
    hello.attempt = 1; //  was long on its way
    stage_greet (stage, 3, &hello, &who);
    stage_commit (stage);
    expect (3, "");
    //  Of many such links only the last ones are remembered.
    for (uint32_t link = 2; link < 1030; link++) {
        hello = (weir__hello_t){.session = 10, .link = link, .attempt = 2};
        stage_greet (stage, 4, &hello, &who);
        stage_signal (stage, 4, WEIR__CLOSE, 0);
    }
    stage_greet (stage, 5, &hello, &who);
    stage_commit (stage);
    expect (5, "");
    hello.link = 1;
    stage_greet (stage, 5, &hello, &who);
    stage_commit (stage);
    expect (5, "WELCOME");
}
END_TEST

START_TEST (a_number_outside_the_window_ends_the_session)
{
    static const struct {
        uint64_t number, acked;
    } wrong [] = {{0, 0}, {5, 5}, {5, 9}, {5, 1}, {80, 3}, {UINT64_MAX, 3}};
    stage_enter (stage, 1, 10, 1);
    uint64_t dict = stage_dict (stage, 1);
    STAGE_ASK (stage, .peer = 1, .number = 4, .acked = 3, .object = dict,
               .op = WEIR__DICT_SIZE);
    expect (1, "4: 0");
    STAGE_ASK (stage, .peer = 1, .number = 3 + WEIR__WINDOW, .acked = 3,
               .object = dict, .op = WEIR__DICT_SIZE);
    expect (1, "67: 0");
    STAGE_ASK (stage, .peer = 1, .number = wrong [_i].number,
               .acked = wrong [_i].acked, .object = dict,
               .op = WEIR__DICT_SIZE);
    expect (1, "REFUSED EPROTO: a request has a number outside its window");
}
END_TEST

START_TEST (numbers_may_begin_anywhere)
{
    stage_enter (stage, 1, 10, 1);
    uint64_t dict = stage_make (stage, 1, 1000, WEIR__DICT);
    for (uint64_t number = 1001; number < 1200; number += 40) {
        STAGE_ASK (stage, .peer = 1, .number = number, .acked = number - 1,
                   .object = dict, .op = WEIR__DICT_ADD, .args = "'n', 1");
        stage_commit (stage);
    }
    expect (1, "1001: 1");
    expect (1, "1041: 2");
}
END_TEST

START_TEST (a_request_that_had_an_entry_is_not_read_anew)
{
    stage_enter (stage, 1, 10, 1);
    stage_enter (stage, 2, 11, 1);
    //  Object 1 is made later.
    for (int i = 0; i < 2; i++) {
        STAGE_ASK (stage, .peer = 2, .number = 1, .object = 1,
                   .op = WEIR__DICT_SIZE);
        stage_commit (stage);
        expect (2, "1: ENOENT");
        if (i == 0)
            ck_assert_uint_eq (stage_dict (stage, 1), 1);
    }
}
END_TEST

START_TEST (a_malformed_request_ends_the_session_but_no_other)
{
    stage_enter (stage, 1, 10, 1);
    stage_enter (stage, 2, 11, 1);
    stage_signal (stage, 1, WEIR__REQUEST, 1);
    expect (1, "REFUSED EPROTO: a request is cut short");
    stage_enter (stage, 3, 12, 1);
    stage_signal (stage, 3, WEIR__REPLY, 1);
    expect (3, "REFUSED EPROTO: a link sent a frame that only owners send");
    ck_assert_uint_gt (stage_dict (stage, 2), 0);
}
END_TEST

START_TEST (the_window_of_a_link_holds_64_waiting_requests)
{
    stage_enter (stage, 1, 10, 1);
    uint64_t queue = stage_make (stage, 1, 1, WEIR__QUEUE);
    for (uint64_t i = 0; i < WEIR__WINDOW; i++)
        STAGE_ASK (stage, .peer = 1, .number = 2 + i, .acked = 1,
                   .object = queue, .op = WEIR__QUEUE_GET, .waits = true);
    stage_commit (stage);
    expect (1, "");
    STAGE_ASK (stage, .peer = 1, .number = 2 + WEIR__WINDOW, .acked = 1,
               .object = queue, .op = WEIR__QUEUE_SIZE);
    expect (1, "REFUSED EPROTO: a request has a number outside its window");
}
END_TEST

START_TEST (a_wait_can_be_cancelled_and_its_reply_comes_all_the_same)
{
    stage_enter (stage, 1, 10, 1);
    uint64_t queue = stage_make (stage, 1, 1, WEIR__QUEUE);
    STAGE_ASK (stage, .peer = 1, .number = 2, .acked = 1, .object = queue,
               .op = WEIR__QUEUE_GET, .waits = true);
    stage_signal (stage, 1, WEIR__CANCEL, 2);
    stage_signal (stage, 1, WEIR__CANCEL, 2);
    stage_signal (stage, 1, WEIR__CANCEL, 99);
    stage_commit (stage);
    expect (1, "2: EINTR");
    expect (1, "");
}
END_TEST

START_TEST (a_wait_times_out_at_its_moment)
{
    stage_enter (stage, 1, 10, 1);
    uint64_t queue = stage_make (stage, 1, 1, WEIR__QUEUE);
    ck_assert_uint_eq (weir__engine_deadline_us (stage->engine), WEIR__NEVER);
    STAGE_ASK (stage, .peer = 1, .number = 2, .acked = 1, .object = queue,
               .op = WEIR__QUEUE_GET, .timeout_ms = 50);
    stage_commit (stage);
    uint64_t deadline_us = weir__engine_deadline_us (stage->engine);
    ck_assert_uint_eq (deadline_us, stage->now_us + 50000);
    unsigned appends = stage->appends;
    stage->now_us = deadline_us - 1;
    stage_commit (stage);
    ck_assert_uint_eq (stage->appends, appends);
    stage->now_us = deadline_us;
    stage_commit (stage);
    ck_assert_uint_eq (stage->appends, appends + 1);
    expect (1, "2: ETIMEDOUT");
}
END_TEST

int main (void)
{
    Suite *suite = suite_create ("engine_requests");
    TCase *tcase = test_case (suite, "requests");
    tcase_add_checked_fixture (tcase, begin, end);
    tcase_add_test (
        tcase,
        a_request_is_applied_once_and_a_repeated_one_gets_the_kept_reply);
    tcase_add_test (tcase,
                    a_returning_link_repeats_requests_and_none_runs_twice);
    tcase_add_test (tcase, a_link_that_was_closed_stays_closed);
    tcase_add_loop_test (tcase, a_number_outside_the_window_ends_the_session, 0,
                         6);
    tcase_add_test (tcase, numbers_may_begin_anywhere);
    tcase_add_test (tcase, a_request_that_had_an_entry_is_not_read_anew);
    tcase_add_test (tcase, a_malformed_request_ends_the_session_but_no_other);
    tcase_add_test (tcase, the_window_of_a_link_holds_64_waiting_requests);
    tcase_add_test (tcase,
                    a_wait_can_be_cancelled_and_its_reply_comes_all_the_same);
    tcase_add_test (tcase, a_wait_times_out_at_its_moment);
    return test_main (suite);
}
