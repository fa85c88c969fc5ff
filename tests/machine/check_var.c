/*  check_var.c - the kind var: one value of one type

    SPDX-License-Identifier: MPL-2.0
*/

#include <stdio.h>
#include <string.h>

#include "kit/machine.h"
#include "kit/support.h"

static kit_t *kit;
static uint64_t var;

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
    return kit_ask (kit, A, var, op, args);
}

START_TEST (a_var_keeps_its_type)
{
    static const kit_line_t lines [] = {
        {WEIR__VAR_GET, "", "100"},
        {WEIR__VAR_SET, "99", "None"},
        {WEIR__VAR_SET, "99.5", "EINVAL"},
        {WEIR__VAR_SET, "'99'", "EINVAL"},
        {WEIR__VAR_ADD, "-1", "98"},
        {WEIR__VAR_ADD, "0.5", "EINVAL"},
        {WEIR__VAR_ADD, "9223372036854775807", "ERANGE"},
        {WEIR__VAR_EXCHANGE, "5", "98"},
        {WEIR__VAR_EXCHANGE, "None", "EINVAL"},
        {WEIR__VAR_CAS, "4, 6", "False"},
        {WEIR__VAR_CAS, "5.0, 6", "True"},
        {WEIR__VAR_CAS, "6, 7.0", "EINVAL"},
        {WEIR__VAR_GET, "", "6"},
    };
    var = kit_create (kit, A, WEIR__VAR, "'v', 100");
    KIT_PLAY (kit, var, lines);
    ask (WEIR__VAR_SET, "[]");
    ck_assert_str_eq (kit_sentence (kit),
                      "var 'v': it holds an integer, not a list");
}
END_TEST

START_TEST (a_real_var_takes_integers)
{
    static const kit_line_t lines [] = {
        {WEIR__VAR_SET, "2", "None"},       {WEIR__VAR_GET, "", "2.0"},
        {WEIR__VAR_ADD, "1", "3.0"},        {WEIR__VAR_ADD, "0.5", "3.5"},
        {WEIR__VAR_EXCHANGE, "4", "3.5"},   {WEIR__VAR_CAS, "4, 5", "True"},
        {WEIR__VAR_SET, "True", "EINVAL"},  {WEIR__VAR_GET, "", "5.0"},
        {WEIR__VAR_ADD, "inf", "inf"},      {WEIR__VAR_ADD, "-inf", "nan"},
        {WEIR__VAR_CAS, "nan, 1", "False"},
    };
    var = kit_create (kit, A, WEIR__VAR, "None, 1.5");
    KIT_PLAY (kit, var, lines);
}
END_TEST

START_TEST (a_var_holds_any_type)
{
    static const struct {
        const char *first, *second;
    } values [] = {
        {"None", "None"}, {"True", "False"}, {"'a'", "'b'"},
        {"b'a'", "b'b'"}, {"[1]", "[]"},     {"{'a': 1}", "{}"},
    };
    for (unsigned i = 0; i < sizeof values / sizeof *values; i++) {
        char args [64];
        snprintf (args, sizeof args, "None, %s", values [i].first);
        var = kit_create (kit, A, WEIR__VAR, args);
        kit_restore (kit);
        ck_assert_str_eq (ask (WEIR__VAR_EXCHANGE, values [i].second),
                          values [i].first);
        ck_assert_str_eq (ask (WEIR__VAR_GET, ""), values [i].second);
        ck_assert_str_eq (ask (WEIR__VAR_SET, "1"), "EINVAL");
        ck_assert_str_eq (ask (WEIR__VAR_ADD, "1"), "EINVAL");
        snprintf (args, sizeof args, "%s, %s", values [i].second,
                  values [i].first);
        ck_assert_str_eq (ask (WEIR__VAR_CAS, args), "True");
    }
    ck_assert_str_eq (kit_ask (kit, A, 0, WEIR__DIRECTORY_CREATE, "3, 'x'"),
                      "EINVAL");
    ck_assert_str_eq (
        kit_ask (kit, A, 0, WEIR__DIRECTORY_CREATE, "3, 'x', 1, 2"), "EINVAL");
}
END_TEST

//  ---------------------------------------------------------------------------
//  Waiting

//  Begins a wait. Returns its number.
static uint64_t wait_for (weir__origin_t who, unsigned op, const char *args)
{
    ck_assert_str_eq (kit_ask (kit, who, var, op, args), "");
    return kit_last (kit, who);
}

START_TEST (a_condition_that_holds_needs_no_wait)
{
    static const kit_line_t lines [] = {
        {WEIR__VAR_WAIT_EQUAL, "5.0", "5"},
        {WEIR__VAR_WAIT_AT_LEAST, "5", "5"},
        {WEIR__VAR_WAIT_AT_LEAST, "4.5", "5"},
        {WEIR__VAR_WAIT_AT_LEAST, "True", "5"},
        {WEIR__VAR_WAIT_CHANGED, "4", "5"},
        {WEIR__VAR_WAIT_EQUAL, "4", "EAGAIN"},
        {WEIR__VAR_WAIT_AT_LEAST, "5.5", "EAGAIN"},
        {WEIR__VAR_WAIT_AT_LEAST, "nan", "EAGAIN"},
        {WEIR__VAR_WAIT_CHANGED, "5.0", "EAGAIN"},
        {WEIR__VAR_WAIT_EQUAL, "'5'", "EINVAL"},
        {WEIR__VAR_WAIT_AT_LEAST, "[5]", "EINVAL"},
        {WEIR__VAR_WAIT_CHANGED, "None", "EINVAL"},
    };
    var = kit_create (kit, A, WEIR__VAR, "'v', 5");
    kit->timeout_ms = 0;
    KIT_PLAY (kit, var, lines);
    ask (WEIR__VAR_WAIT_AT_LEAST, "6");
    ck_assert_str_eq (kit_sentence (kit),
                      "var 'v': it has not reached that value");
    ask (WEIR__VAR_WAIT_EQUAL, "'a'");
    ck_assert_str_eq (kit_sentence (kit),
                      "var 'v': it holds an integer, not a string");
    var = kit_create (kit, A, WEIR__VAR, "None, {}");
    ck_assert_str_eq (ask (WEIR__VAR_WAIT_EQUAL, "{}"), "{}");
    ck_assert_str_eq (ask (WEIR__VAR_WAIT_AT_LEAST, "{}"), "EINVAL");
    var = kit_create (kit, A, WEIR__VAR, "None, nan");
    ck_assert_str_eq (ask (WEIR__VAR_WAIT_AT_LEAST, "1"), "EAGAIN");
    ck_assert_str_eq (ask (WEIR__VAR_WAIT_CHANGED, "nan"), "nan");
}
END_TEST

START_TEST (a_change_ends_the_waits_that_it_fits)
{
    var = kit_create (kit, A, WEIR__VAR, "None, 0");
    uint64_t equal = wait_for (A, WEIR__VAR_WAIT_EQUAL, "3");
    uint64_t least = wait_for (A2, WEIR__VAR_WAIT_AT_LEAST, "2");
    uint64_t changed = wait_for (B, WEIR__VAR_WAIT_CHANGED, "0");
    kit_restore (kit);
    ck_assert_str_eq (kit_ask (kit, B, var, WEIR__VAR_SET, "0"), "None");
    ck_assert_str_eq (kit_reply (kit, B, changed), "");
    ck_assert_str_eq (kit_ask (kit, B, var, WEIR__VAR_ADD, "-1"), "-1");
    ck_assert_str_eq (kit_reply (kit, B, changed), "-1");
    ck_assert_str_eq (kit_ask (kit, B, var, WEIR__VAR_EXCHANGE, "4"), "-1");
    ck_assert_str_eq (kit_reply (kit, A2, least), "4");
    ck_assert_str_eq (kit_reply (kit, A, equal), "");
    //  The value need not stay.
    kit_begin (kit);
    kit_add (kit, B, var, WEIR__VAR_CAS, "4, 3");
    kit_add (kit, B, var, WEIR__VAR_SET, "9");
    kit_commit (kit);
    ck_assert_str_eq (kit_reply (kit, A, equal), "3");
}
END_TEST

START_TEST (a_wait_ends_without_a_change)
{
    var = kit_create (kit, A, WEIR__VAR, "'v', 0");
    kit->timeout_ms = 10;
    uint64_t timed = wait_for (A, WEIR__VAR_WAIT_EQUAL, "3");
    kit->timeout_ms = -1;
    uint64_t cancelled = wait_for (A2, WEIR__VAR_WAIT_AT_LEAST, "2");
    uint64_t dropped = wait_for (A, WEIR__VAR_WAIT_CHANGED, "0");
    wait_for (B, WEIR__VAR_WAIT_CHANGED, "0");
    kit_record (kit, WEIR__RECORD_EXPIRE, (weir__origin_t){B.session, 0}, 0);
    kit_wait (kit, 11);
    ck_assert_str_eq (kit_reply (kit, A, timed), "ETIMEDOUT");
    kit_record (kit, WEIR__RECORD_CANCEL, A2, cancelled);
    ck_assert_str_eq (kit_reply (kit, A2, cancelled), "EINTR");
    kit_ask (kit, A2, 0, WEIR__DIRECTORY_DROP, "1");
    ck_assert_str_eq (kit_reply (kit, A, dropped), "ENOENT");
}
END_TEST

//  Whether two lists have an order is not known before.
START_TEST (a_wait_ends_when_its_comparison_has_no_order_any_more)
{
    var = kit_create (kit, A, WEIR__VAR, "None, [1]");
    uint64_t least = wait_for (A, WEIR__VAR_WAIT_AT_LEAST, "[2]");
    uint64_t other = wait_for (A2, WEIR__VAR_WAIT_EQUAL, "['a']");
    ck_assert_str_eq (kit_ask (kit, B, var, WEIR__VAR_SET, "['a']"), "None");
    ck_assert_str_eq (kit_reply (kit, A, least), "EINVAL");
    ck_assert_str_eq (kit_reply (kit, A2, other), "['a']");
}
END_TEST

START_TEST (all_waiters_resume_in_the_order_of_their_requests)
{
    uint64_t numbers [60];
    const weir__origin_t who [] = {A, A2, B};
    var = kit_create (kit, A, WEIR__VAR, "None, 0");
    for (int i = 0; i < 60; i++)
        numbers [i] = wait_for (who [i % 3], WEIR__VAR_WAIT_EQUAL, "1");
    kit_forget (kit);
    kit_ask (kit, B, var, WEIR__VAR_SET, "1");
    ck_assert_uint_eq (kit->reply_count, 61);
    for (int i = 0; i < 60; i++) {
        ck_assert_uint_eq (kit->replies [i].number, numbers [i]);
        ck_assert_uint_eq (kit->replies [i].to.session, who [i % 3].session);
    }
}
END_TEST

int main (void)
{
    Suite *suite = suite_create ("var");
    TCase *tcase = test_case (suite, "operations");
    tcase_add_checked_fixture (tcase, begin, end);
    tcase_add_test (tcase, a_var_keeps_its_type);
    tcase_add_test (tcase, a_real_var_takes_integers);
    tcase_add_test (tcase, a_var_holds_any_type);
    tcase = test_case (suite, "waiting");
    tcase_add_checked_fixture (tcase, begin, end);
    tcase_add_test (tcase, a_condition_that_holds_needs_no_wait);
    tcase_add_test (tcase, a_change_ends_the_waits_that_it_fits);
    tcase_add_test (tcase, a_wait_ends_without_a_change);
    tcase_add_test (tcase,
                    a_wait_ends_when_its_comparison_has_no_order_any_more);
    tcase_add_test (tcase, all_waiters_resume_in_the_order_of_their_requests);
    return test_main (suite);
}
