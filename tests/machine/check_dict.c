/*  check_dict.c - the kind dict: a map in insertion order

    SPDX-License-Identifier: MPL-2.0
*/

#include <stdio.h>
#include <string.h>

#include "kit/machine.h"
#include "kit/support.h"

static kit_t *kit;
static uint64_t dict;

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
    return kit_ask (kit, A, dict, op, args);
}

START_TEST (a_dict_maps_keys_to_values)
{
    static const kit_line_t lines [] = {
        {WEIR__DICT_SIZE, "", "0"},
        {WEIR__DICT_SET, "'b', 1", "None"},
        {WEIR__DICT_SET, "'a', [2]", "None"},
        {WEIR__DICT_SET, "None, 3", "None"},
        {WEIR__DICT_SET, "b'a', 4", "None"},
        {WEIR__DICT_GET, "'a'", "[2]"},
        {WEIR__DICT_GET, "b'a'", "4"},
        {WEIR__DICT_GET, "None", "3"},
        {WEIR__DICT_GET, "'c'", "ENOENT"},
        {WEIR__DICT_CONTAINS, "'a'", "True"},
        {WEIR__DICT_CONTAINS, "'c'", "False"},
        {WEIR__DICT_SIZE, "", "4"},
        {WEIR__DICT_SET, "'b', 'new'", "None"},
        {WEIR__DICT_ITEMS, "", "{'b': 'new', 'a': [2], None: 3, b'a': 4}"},
        {WEIR__DICT_KEYS, "", "['b', 'a', None, b'a']"},
        {WEIR__DICT_VALUES, "", "['new', [2], 3, 4]"},
        {WEIR__DICT_DELETE, "'a'", "None"},
        {WEIR__DICT_DELETE, "'a'", "ENOENT"},
        {WEIR__DICT_POP, "None", "3"},
        {WEIR__DICT_POP, "None", "ENOENT"},
        {WEIR__DICT_POPITEM, "", "[b'a', 4]"},
        {WEIR__DICT_ITEMS, "", "{'b': 'new'}"},
        {WEIR__DICT_CLEAR, "", "None"},
        {WEIR__DICT_ITEMS, "", "{}"},
        {WEIR__DICT_KEYS, "", "[]"},
        {WEIR__DICT_POPITEM, "", "ENOENT"},
    };
    dict = kit_create (kit, A, WEIR__DICT, "'d'");
    KIT_PLAY (kit, dict, lines);
    ask (WEIR__DICT_GET, "'c'");
    ck_assert_str_eq (kit_sentence (kit), "dict 'd': there is no key 'c'");
}
END_TEST

START_TEST (keys_are_equal_as_in_python)
{
    static const kit_line_t lines [] = {
        {WEIR__DICT_SET, "1, 'one'", "None"},
        {WEIR__DICT_SET, "True, 'true'", "None"},
        {WEIR__DICT_SET, "1.0, 'real'", "None"},
        {WEIR__DICT_SET, "0.0, 'zero'", "None"},
        {WEIR__DICT_GET, "-0.0", "'zero'"},
        {WEIR__DICT_GET, "False", "'zero'"},
        {WEIR__DICT_SET, "1.5, 'half'", "None"},
        {WEIR__DICT_SET, "1e300, 'large'", "None"},
        {WEIR__DICT_SET, "-1e300, 'low'", "None"},
        {WEIR__DICT_SET, "inf, 'inf'", "None"},
        {WEIR__DICT_SET, "9223372036854775807, 'max'", "None"},
        {WEIR__DICT_CONTAINS, "9223372036854775808.0", "False"},
        {WEIR__DICT_SET, "-9223372036854775808.0, 'min'", "None"},
        {WEIR__DICT_GET, "-9223372036854775808", "'min'"},
        {WEIR__DICT_KEYS, "",
         "[1, 0.0, 1.5, 1e+300, -1e+300, inf, 9223372036854775807, "
         "-9.223372036854776e+18]"},
        {WEIR__DICT_SET, "[1], 1", "EINVAL"},
        {WEIR__DICT_SET, "{}, 1", "EINVAL"},
        {WEIR__DICT_GET, "nan", "EINVAL"},
        {WEIR__DICT_CONTAINS, "[]", "EINVAL"},
        {WEIR__DICT_POP, "[]", "EINVAL"},
        {WEIR__DICT_SETDEFAULT, "[], 1", "EINVAL"},
        {WEIR__DICT_ADD, "[], 1", "EINVAL"},
        {WEIR__DICT_CAS, "[], 1, 1", "EINVAL"},
        {WEIR__DICT_SIZE, "", "8"},
    };
    dict = kit_create (kit, A, WEIR__DICT, "None");
    KIT_PLAY (kit, dict, lines);
}
END_TEST

START_TEST (a_dict_changes_in_one_step)
{
    static const kit_line_t lines [] = {
        {WEIR__DICT_ADD, "'n', 5", "5"},
        {WEIR__DICT_ADD, "'n', -7", "-2"},
        {WEIR__DICT_ADD, "'n', 0.5", "-1.5"},
        {WEIR__DICT_ADD, "'n', 'x'", "EINVAL"},
        {WEIR__DICT_ADD, "'m', True", "EINVAL"},
        {WEIR__DICT_CONTAINS, "'m'", "False"},
        {WEIR__DICT_SET, "'m', 9223372036854775807", "None"},
        {WEIR__DICT_ADD, "'m', 1", "ERANGE"},
        {WEIR__DICT_GET, "'m'", "9223372036854775807"},
        {WEIR__DICT_CAS, "'m', 0, 1", "False"},
        {WEIR__DICT_CAS, "'m', 9223372036854775807, [1]", "True"},
        {WEIR__DICT_CAS, "'m', [1.0], {'k': 1}", "True"},
        {WEIR__DICT_CAS, "'m', {'k': True}, 7", "True"},
        {WEIR__DICT_CAS, "'no', 0, 1", "ENOENT"},
        {WEIR__DICT_SETDEFAULT, "'m', 8", "7"},
        {WEIR__DICT_SETDEFAULT, "'o', 8", "8"},
        {WEIR__DICT_SETDEFAULT, "'o', 9", "8"},
        {WEIR__DICT_ITEMS, "", "{'n': -1.5, 'm': 7, 'o': 8}"},
    };
    dict = kit_create (kit, A, WEIR__DICT, "None");
    KIT_PLAY (kit, dict, lines);
}
END_TEST

START_TEST (an_update_is_all_or_nothing)
{
    static const kit_line_t lines [] = {
        {WEIR__DICT_UPDATE, "{}", "None"},
        {WEIR__DICT_UPDATE, "{'a': 1, 'b': 2}", "None"},
        {WEIR__DICT_UPDATE, "{'c': 3, 'a': [1], 1: 4, True: 5}", "None"},
        {WEIR__DICT_ITEMS, "", "{'a': [1], 'b': 2, 'c': 3, 1: 5}"},
        {WEIR__DICT_UPDATE, "{'x': 1, 'a': 2, nan: 3}", "EINVAL"},
        {WEIR__DICT_UPDATE, "[['a', 1]]", "EINVAL"},
        {WEIR__DICT_ITEMS, "", "{'a': [1], 'b': 2, 'c': 3, 1: 5}"},
    };
    dict = kit_create (kit, A, WEIR__DICT, "None");
    KIT_PLAY (kit, dict, lines);
}
END_TEST

START_TEST (missing_keys_can_have_a_default)
{
    static const kit_line_t lines [] = {
        {WEIR__DICT_GET, "'a', 5", "1"},
        {WEIR__DICT_GET, "'b', [5]", "[5]"},
        {WEIR__DICT_GET, "[], 5", "EINVAL"},
        {WEIR__DICT_POP, "'b', 6", "6"},
        {WEIR__DICT_POP, "'a', 6", "1"},
        {WEIR__DICT_POP, "'a', 6", "6"},
        {WEIR__DICT_POP, "nan, 6", "EINVAL"},
        {WEIR__DICT_ITEMS, "", "{'c': 2}"},
    };
    dict = kit_create (kit, A, WEIR__DICT, "'d', {'a': 1, 'c': 3, 'c': 2}");
    KIT_PLAY (kit, dict, lines);
    static const char *const wrong [] = {"1, 'x', 1", "1, 'x', []",
                                         "1, 'x', {nan: 1}", "1, 'x', {}, {}"};
    for (unsigned i = 0; i < sizeof wrong / sizeof *wrong; i++)
        ck_assert_str_eq (
            kit_ask (kit, A, 0, WEIR__DIRECTORY_CREATE, wrong [i]), "EINVAL");
}
END_TEST

START_TEST (a_dict_keeps_its_order_at_any_size)
{
    char args [64];
    dict = kit_create (kit, A, WEIR__DICT, "None");
    for (int i = 0; i < 2000; i++) {
        snprintf (args, sizeof args, "'k%d', %d", i * 7919 % 2000, i);
        ck_assert_str_eq (ask (WEIR__DICT_SET, args), "None");
        kit_forget (kit);
    }
    for (int i = 0; i < 2000; i += 2) {
        snprintf (args, sizeof args, "'k%d'", i * 7919 % 2000);
        ck_assert_str_eq (ask (WEIR__DICT_DELETE, args), "None");
        kit_forget (kit);
    }
    kit_restore (kit);
    const char *values = ask (WEIR__DICT_VALUES, "");
    for (int i = 1; i < 2000; i += 2) {
        snprintf (args, sizeof args, "%d", i);
        values = strstr (values, args);
        ck_assert_ptr_nonnull (values);
    }
}
END_TEST

int main (void)
{
    Suite *suite = suite_create ("dict");
    TCase *tcase = test_case (suite, "operations");
    tcase_add_checked_fixture (tcase, begin, end);
    tcase_add_test (tcase, a_dict_maps_keys_to_values);
    tcase_add_test (tcase, keys_are_equal_as_in_python);
    tcase_add_test (tcase, a_dict_changes_in_one_step);
    tcase_add_test (tcase, an_update_is_all_or_nothing);
    tcase_add_test (tcase, missing_keys_can_have_a_default);
    tcase_add_test (tcase, a_dict_keeps_its_order_at_any_size);
    return test_main (suite);
}
