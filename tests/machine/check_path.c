/*  check_path.c - changes inside the values of a dict

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

#define USER "'d', {'user': {'name': 'Ann', 'tags': ['a', ['b']], 7: {}}}"

START_TEST (a_path_leads_into_a_value)
{
    static const kit_line_t lines [] = {
        {WEIR__DICT_GET_AT, "'user/name'", "'Ann'"},
        {WEIR__DICT_GET_AT, "'user/tags/0'", "'a'"},
        {WEIR__DICT_GET_AT, "'user/tags/-1'", "['b']"},
        {WEIR__DICT_GET_AT, "'user/tags/1/0'", "'b'"},
        {WEIR__DICT_GET_AT, "['user', 'tags', 1, -1]", "'b'"},
        {WEIR__DICT_GET_AT, "['user', 7.0]", "{}"},
        {WEIR__DICT_GET_AT, "'user'",
         "{'name': 'Ann', 'tags': ['a', ['b']], 7: {}}"},
        {WEIR__DICT_GET_AT, "'user/7'", "ENOENT"},
        {WEIR__DICT_GET_AT, "'user/tags/2'", "ENOENT"},
        {WEIR__DICT_GET_AT, "'user/tags/-3'", "ENOENT"},
        {WEIR__DICT_GET_AT, "'nobody'", "ENOENT"},
        {WEIR__DICT_GET_AT, "'nobody/name'", "ENOENT"},
        {WEIR__DICT_GET_AT, "'user/age/years', 5", "5"},
        {WEIR__DICT_GET_AT, "'user/name', 5", "'Ann'"},
        {WEIR__DICT_GET_AT, "'nobody', 5", "5"},
        {WEIR__DICT_GET_AT, "'user/name/first', 5", "EINVAL"},
        {WEIR__DICT_GET_AT, "'user/tags/first', 5", "EINVAL"},
        {WEIR__DICT_GET_AT, "'user/tags/'", "EINVAL"},
        {WEIR__DICT_GET_AT, "'user/tags/-'", "EINVAL"},
        {WEIR__DICT_GET_AT, "'user/tags/+0'", "EINVAL"},
        {WEIR__DICT_GET_AT, "['user', 'tags', 0.0]", "EINVAL"},
        {WEIR__DICT_GET_AT, "7", "EINVAL"},
        {WEIR__DICT_GET_AT, "[]", "EINVAL"},
        {WEIR__DICT_GET_AT, "['user', []]", "EINVAL"},
        {WEIR__DICT_GET_AT, "['user', nan]", "EINVAL"},
        {WEIR__DICT_GET_AT, "'user~name'", "EINVAL"},
        {WEIR__DICT_GET_AT, "'user~'", "EINVAL"},
    };
    dict = kit_create (kit, A, WEIR__DICT, USER);
    KIT_PLAY (kit, dict, lines);
    ask (WEIR__DICT_SET_AT, "'user/age/years', 1");
    ck_assert_str_eq (kit_sentence (kit),
                      "dict 'd': part 2 of the path, 'age', is not there");
    ask (WEIR__DICT_GET_AT, "'user/tags/5'");
    ck_assert_str_eq (kit_sentence (kit),
                      "dict 'd': part 3 of the path, '5', is not there");
    ask (WEIR__DICT_GET_AT, "'nobody'");
    ck_assert_str_eq (kit_sentence (kit),
                      "dict 'd': part 1 of the path, 'nobody', is not there");
    ask (WEIR__DICT_GET_AT, "'user/name/first'");
    ck_assert_str_eq (kit_sentence (kit),
                      "dict 'd': part 3 of the path, 'first', is looked up in "
                      "a value that is neither a list nor a map");
}
END_TEST

START_TEST (nested_values_change_in_place)
{
    static const kit_line_t lines [] = {
        {WEIR__DICT_SET_AT, "'user/name', 'Bob'", "None"},
        {WEIR__DICT_SET_AT, "'user/tags/0', [1, 2]", "None"},
        {WEIR__DICT_SET_AT, "'user/age', 30", "None"},
        {WEIR__DICT_SET_AT, "['user', 7, 8], 9", "None"},
        {WEIR__DICT_SET_AT, "'fresh', {}", "None"},
        {WEIR__DICT_ADD_AT, "'user/age', 1", "31"},
        {WEIR__DICT_ADD_AT, "'user/count', 2.5", "2.5"},
        {WEIR__DICT_ADD_AT, "'total', 3", "3"},
        {WEIR__DICT_APPEND_AT, "'user/tags', 'c'", "None"},
        {WEIR__DICT_APPEND_AT, "'user/tags/0', 3", "None"},
        {WEIR__DICT_CAS_AT, "'user/tags/-1', 'c', 'd'", "True"},
        {WEIR__DICT_CAS_AT, "'user/tags/-1', 'c', 'e'", "False"},
        {WEIR__DICT_CAS_AT, "'user/age', 31.0, [1]", "True"},
        {WEIR__DICT_ITEMS, "",
         "{'user': {'name': 'Bob', 'tags': [[1, 2, 3], ['b'], 'd'], "
         "7: {8: 9}, 'age': [1], 'count': 2.5}, 'fresh': {}, 'total': 3}"},
        {WEIR__DICT_DELETE_AT, "'user/tags/1'", "None"},
        {WEIR__DICT_DELETE_AT, "'user/age'", "None"},
        {WEIR__DICT_DELETE_AT, "['user', 7, 8]", "None"},
        {WEIR__DICT_DELETE_AT, "'fresh'", "None"},
        {WEIR__DICT_DELETE_AT, "'user/tags/-3'", "ENOENT"},
        {WEIR__DICT_DELETE_AT, "'fresh'", "ENOENT"},
        {WEIR__DICT_SET_AT, "'user/tags/2', 0", "ENOENT"},
        {WEIR__DICT_ADD_AT, "'user/tags/2', 1", "ENOENT"},
        {WEIR__DICT_ADD_AT, "'user/name', 1", "EINVAL"},
        {WEIR__DICT_ADD_AT, "'a/b', 1", "ENOENT"},
        {WEIR__DICT_APPEND_AT, "'user/name', 1", "EINVAL"},
        {WEIR__DICT_APPEND_AT, "'user/list', 1", "ENOENT"},
        {WEIR__DICT_CAS_AT, "'user/list', 1, 1", "ENOENT"},
        {WEIR__DICT_ITEMS, "",
         "{'user': {'name': 'Bob', 'tags': [[1, 2, 3], 'd'], 7: {}, "
         "'count': 2.5}, 'total': 3}"},
    };
    dict = kit_create (kit, A, WEIR__DICT, USER);
    KIT_PLAY (kit, dict, lines);
    kit_restore (kit);
    ck_assert_str_eq (ask (WEIR__DICT_GET_AT, "'user/tags/0/2'"), "3");
}
END_TEST

START_TEST (a_key_can_have_slashes_and_tildes)
{
    static const kit_line_t lines [] = {
        {WEIR__DICT_SET_AT, "'a~1b', {}", "None"},
        {WEIR__DICT_SET_AT, "'a~1b/~0~01', 1", "None"},
        {WEIR__DICT_SET_AT, "'a~1b/', 2", "None"},
        {WEIR__DICT_SET_AT, "'', 3", "None"},
        {WEIR__DICT_ITEMS, "", "{'a/b': {'~~1': 1, '': 2}, '': 3}"},
        {WEIR__DICT_GET_AT, "['a/b', '~~1']", "1"},
    };
    dict = kit_create (kit, A, WEIR__DICT, "None");
    KIT_PLAY (kit, dict, lines);
}
END_TEST

//  A map may come with a key twice; the last one counts.
START_TEST (the_last_of_equal_keys_counts)
{
    static const kit_line_t lines [] = {
        {WEIR__DICT_GET_AT, "['m', 1]", "'c'"},
        {WEIR__DICT_SET_AT, "['m', 1], 'd'", "None"},
        {WEIR__DICT_GET, "'m'", "{1: 'a', 2: 'b', 1.0: 'd'}"},
        {WEIR__DICT_DELETE_AT, "['m', 1]", "None"},
        {WEIR__DICT_GET, "'m'", "{2: 'b'}"},
    };
    dict = kit_create (kit, A, WEIR__DICT,
                       "None, {'m': {1: 'a', 2: 'b', 1.0: 'c'}}");
    KIT_PLAY (kit, dict, lines);
}
END_TEST

//  Heads of 1 and 3 bytes.
START_TEST (a_list_and_a_map_grow_and_shrink_over_their_heads)
{
    char args [80];
    dict = kit_create (kit, A, WEIR__DICT, "None, {'x': {'l': [], 'm': {}}}");
    for (int i = 0; i < 20; i++) {
        snprintf (args, sizeof args, "'x/l', %d", i);
        ck_assert_str_eq (ask (WEIR__DICT_APPEND_AT, args), "None");
        snprintf (args, sizeof args, "['x', 'm', %d], %d", i, i);
        ck_assert_str_eq (ask (WEIR__DICT_SET_AT, args), "None");
    }
    kit_restore (kit);
    for (int i = 0; i < 19; i++) {
        ck_assert_str_eq (ask (WEIR__DICT_DELETE_AT, "'x/l/0'"), "None");
        snprintf (args, sizeof args, "['x', 'm', %d]", i);
        ck_assert_str_eq (ask (WEIR__DICT_DELETE_AT, args), "None");
    }
    ck_assert_str_eq (ask (WEIR__DICT_GET, "'x'"),
                      "{'l': [19], 'm': {19: 19}}");
    kit_restore (kit);
}
END_TEST

//  31 levels inside the dict, which is one itself.
START_TEST (a_nested_value_does_not_get_too_deep)
{
    char args [300];
    dict = kit_create (kit, A, WEIR__DICT, "None, {'x': []}");
    char path [80] = "'x";
    for (int level = 1; level < 31; level++) {
        snprintf (args, sizeof args, "%s', []", path);
        ck_assert_str_eq (ask (WEIR__DICT_APPEND_AT, args), "None");
        strcat (path, "/0");
    }
    snprintf (args, sizeof args, "%s', []", path);
    ck_assert_str_eq (ask (WEIR__DICT_APPEND_AT, args), "EINVAL");
    snprintf (args, sizeof args, "%s', [[]]", path);
    ck_assert_str_eq (ask (WEIR__DICT_SET_AT, args), "EINVAL");
    snprintf (args, sizeof args, "%s', 1", path);
    ck_assert_str_eq (ask (WEIR__DICT_APPEND_AT, args), "None");
    strcat (path, "/0/0");
    snprintf (args, sizeof args, "%s'", path);
    ck_assert_str_eq (ask (WEIR__DICT_GET_AT, args), "EINVAL");
    strcat (path, "/0");
    snprintf (args, sizeof args, "%s'", path);
    ck_assert_str_eq (ask (WEIR__DICT_GET_AT, args), "EINVAL");
    kit_restore (kit);
}
END_TEST

START_TEST (the_first_part_is_a_key_of_its_kind)
{
    dict = kit_create (kit, A, WEIR__NAMESPACE, "None, {'a': [1]}");
    ck_assert_str_eq (ask (WEIR__DICT_GET_AT, "'a/0'"), "1");
    ck_assert_str_eq (ask (WEIR__DICT_SET_AT, "'b c', 1"), "EINVAL");
    ck_assert_str_eq (ask (WEIR__DICT_SET_AT, "[1], 1"), "EINVAL");
    dict = kit_create (kit, A, WEIR__DICT, "None, {1: [2]}");
    ck_assert_str_eq (ask (WEIR__DICT_ADD_AT, "[True, 0], 3"), "5");
    ck_assert_str_eq (ask (WEIR__DICT_GET_AT, "[nan]"), "EINVAL");
}
END_TEST

int main (void)
{
    Suite *suite = suite_create ("path");
    TCase *tcase = test_case (suite, "operations");
    tcase_add_checked_fixture (tcase, begin, end);
    tcase_add_test (tcase, a_path_leads_into_a_value);
    tcase_add_test (tcase, nested_values_change_in_place);
    tcase_add_test (tcase, a_key_can_have_slashes_and_tildes);
    tcase_add_test (tcase, the_last_of_equal_keys_counts);
    tcase_add_test (tcase, a_list_and_a_map_grow_and_shrink_over_their_heads);
    tcase_add_test (tcase, a_nested_value_does_not_get_too_deep);
    tcase_add_test (tcase, the_first_part_is_a_key_of_its_kind);
    return test_main (suite);
}
