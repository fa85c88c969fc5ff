/*  check_var.c - the kind var: one value of one type

    SPDX-License-Identifier: MPL-2.0
*/

#include <stdio.h>
#include <string.h>

#include "machine_kit.h"
#include "support.h"

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

int main (void)
{
    Suite *suite = suite_create ("var");
    TCase *tcase = test_case (suite, "operations");
    tcase_add_checked_fixture (tcase, begin, end);
    tcase_add_test (tcase, a_var_keeps_its_type);
    tcase_add_test (tcase, a_real_var_takes_integers);
    tcase_add_test (tcase, a_var_holds_any_type);
    return test_main (suite);
}
