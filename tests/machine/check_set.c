/*  check_set.c - the kind set: distinct values

    SPDX-License-Identifier: MPL-2.0
*/

#include <stdio.h>
#include <string.h>

#include "kit/machine.h"
#include "kit/support.h"

static kit_t *kit;
static uint64_t set;

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
    return kit_ask (kit, A, set, op, args);
}

START_TEST (a_set_has_each_member_once)
{
    static const kit_line_t lines [] = {
        {WEIR__SET_ITEMS, "", "[]"},
        {WEIR__SET_ADD, "'b'", "True"},
        {WEIR__SET_ADD, "'a'", "True"},
        {WEIR__SET_ADD, "'b'", "False"},
        {WEIR__SET_ADD, "b'b'", "True"},
        {WEIR__SET_ADD, "None", "True"},
        {WEIR__SET_SIZE, "", "4"},
        {WEIR__SET_ITEMS, "", "['b', 'a', b'b', None]"},
        {WEIR__SET_CONTAINS, "'a'", "True"},
        {WEIR__SET_CONTAINS, "'c'", "False"},
        {WEIR__SET_DISCARD, "'a'", "True"},
        {WEIR__SET_DISCARD, "'a'", "False"},
        {WEIR__SET_REMOVE, "None", "None"},
        {WEIR__SET_REMOVE, "None", "ENOENT"},
        {WEIR__SET_POP, "", "'b'"},
        {WEIR__SET_POP, "", "b'b'"},
        {WEIR__SET_POP, "", "ENOENT"},
        {WEIR__SET_ADD, "1", "True"},
        {WEIR__SET_CLEAR, "", "None"},
        {WEIR__SET_ITEMS, "", "[]"},
    };
    set = kit_create (kit, A, WEIR__SET, "'s'");
    KIT_PLAY (kit, set, lines);
    ask (WEIR__SET_REMOVE, "'x'");
    ck_assert_str_eq (kit_sentence (kit), "set 's': 'x' is not in the set");
    ask (WEIR__SET_POP, "");
    ck_assert_str_eq (kit_sentence (kit), "set 's': it is empty");
}
END_TEST

START_TEST (members_are_equal_as_in_python)
{
    static const kit_line_t lines [] = {
        {WEIR__SET_ADD, "1.0", "True"},
        {WEIR__SET_ADD, "1", "False"},
        {WEIR__SET_ADD, "True", "False"},
        {WEIR__SET_ADD, "[1, [2.0]]", "True"},
        {WEIR__SET_ADD, "[1.0, [2]]", "False"},
        {WEIR__SET_ADD, "[1, [2], 3]", "True"},
        {WEIR__SET_ADD, "{'a': 1, 'b': [2], 0: 3}", "True"},
        {WEIR__SET_ADD, "{False: 3.0, 'b': [2.0], 'a': True}", "False"},
        {WEIR__SET_ADD, "{'b': 1, 'a': [2], 0: 3}", "True"},
        {WEIR__SET_ADD, "[{'x': {1: 2, 3: 4}}]", "True"},
        {WEIR__SET_CONTAINS, "[{'x': {3: 4, 1: 2}}]", "True"},
        {WEIR__SET_CONTAINS, "[{'x': {3: 4, 1: 3}}]", "False"},
        {WEIR__SET_ADD, "{}", "True"},
        {WEIR__SET_ADD, "[]", "True"},
        {WEIR__SET_ADD, "nan", "EINVAL"},
        {WEIR__SET_ADD, "[1, {'a': nan}]", "EINVAL"},
        {WEIR__SET_CONTAINS, "{nan: 1}", "EINVAL"},
        {WEIR__SET_DISCARD, "[nan]", "EINVAL"},
        {WEIR__SET_REMOVE, "nan", "EINVAL"},
        {WEIR__SET_ITEMS, "",
         "[1.0, [1, [2.0]], [1, [2], 3], {'a': 1, 'b': [2], 0: 3}, "
         "{'b': 1, 'a': [2], 0: 3}, [{'x': {1: 2, 3: 4}}], {}, []]"},
    };
    set = kit_create (kit, A, WEIR__SET, "None");
    KIT_PLAY (kit, set, lines);
}
END_TEST

START_TEST (a_set_is_created_from_a_list)
{
    set = kit_create (kit, A, WEIR__SET, "'s', [3, 1, 3.0, [1], True, [1]]");
    ck_assert_str_eq (ask (WEIR__SET_ITEMS, ""), "[3, 1, [1]]");
    kit_restore (kit);
    ck_assert_str_eq (ask (WEIR__SET_ITEMS, ""), "[3, 1, [1]]");
    static const char *const wrong [] = {"7, 'x', 1", "7, 'x', {}",
                                         "7, 'x', [nan]", "7, 'x', [], []"};
    for (unsigned i = 0; i < sizeof wrong / sizeof *wrong; i++)
        ck_assert_str_eq (
            kit_ask (kit, A, 0, WEIR__DIRECTORY_CREATE, wrong [i]), "EINVAL");
}
END_TEST

START_TEST (a_set_is_combined_with_a_list)
{
    static const kit_line_t lines [] = {
        {WEIR__SET_UNION, "[9, 2.0, 9]", "[1, 2, 3, 9]"},
        {WEIR__SET_INTERSECTION, "[3, 2.0, 9]", "[2, 3]"},
        {WEIR__SET_DIFFERENCE, "[9, 2]", "[1, 3]"},
        {WEIR__SET_SYMMETRIC_DIFFERENCE, "[9, 2, 9]", "[1, 3, 9]"},
        {WEIR__SET_IS_SUBSET, "[3, 2, 1, 0]", "True"},
        {WEIR__SET_IS_SUBSET, "[3, 2]", "False"},
        {WEIR__SET_IS_SUPERSET, "[3, 2]", "True"},
        {WEIR__SET_IS_SUPERSET, "[3, 4]", "False"},
        {WEIR__SET_IS_DISJOINT, "[4, 5]", "True"},
        {WEIR__SET_IS_DISJOINT, "[4, 3]", "False"},
        {WEIR__SET_EQUALS, "[3, 2, 1, 1.0]", "True"},
        {WEIR__SET_EQUALS, "[3, 2]", "False"},
        {WEIR__SET_EQUALS, "[3, 2, 1, 0]", "False"},
        {WEIR__SET_UNION, "[nan]", "EINVAL"},
        {WEIR__SET_UNION, "{}", "EINVAL"},
        {WEIR__SET_UPDATE, "'ab'", "EINVAL"},
        {WEIR__SET_UPDATE, "[7, nan]", "EINVAL"},
        {WEIR__SET_DIFFERENCE_UPDATE, "[1, nan]", "EINVAL"},
        {WEIR__SET_ITEMS, "", "[1, 2, 3]"},
        {WEIR__SET_UPDATE, "[5, 2, 4]", "None"},
        {WEIR__SET_ITEMS, "", "[1, 2, 3, 5, 4]"},
        {WEIR__SET_DIFFERENCE_UPDATE, "[2, 7]", "None"},
        {WEIR__SET_ITEMS, "", "[1, 3, 5, 4]"},
        {WEIR__SET_SYMMETRIC_DIFFERENCE_UPDATE, "[3, 6, 6]", "None"},
        {WEIR__SET_ITEMS, "", "[1, 5, 4, 6]"},
        {WEIR__SET_INTERSECTION_UPDATE, "[6, 1, 8]", "None"},
        {WEIR__SET_ITEMS, "", "[1, 6]"},
        {WEIR__SET_INTERSECTION_UPDATE, "[]", "None"},
        {WEIR__SET_IS_SUBSET, "[]", "True"},
        {WEIR__SET_IS_DISJOINT, "[]", "True"},
    };
    set = kit_create (kit, A, WEIR__SET, "None, [1, 2, 3]");
    KIT_PLAY (kit, set, lines);
}
END_TEST

START_TEST (a_set_is_combined_with_another_set)
{
    static const kit_line_t lines [] = {
        {WEIR__SET_UNION, "2", "[1, 2, 3, 4]"},
        {WEIR__SET_INTERSECTION, "2", "[2, 3]"},
        {WEIR__SET_DIFFERENCE, "2", "[1]"},
        {WEIR__SET_SYMMETRIC_DIFFERENCE, "2", "[1, 4]"},
        {WEIR__SET_IS_DISJOINT, "2", "False"},
        {WEIR__SET_SYMMETRIC_DIFFERENCE_UPDATE, "2", "None"},
        {WEIR__SET_ITEMS, "", "[1, 4]"},
        {WEIR__SET_UPDATE, "2", "None"},
        {WEIR__SET_ITEMS, "", "[1, 4, 3, 2.0]"},
        {WEIR__SET_IS_SUPERSET, "2", "True"},
        {WEIR__SET_INTERSECTION_UPDATE, "2", "None"},
        {WEIR__SET_ITEMS, "", "[4, 3, 2.0]"},
        {WEIR__SET_EQUALS, "2", "True"},
        {WEIR__SET_DIFFERENCE_UPDATE, "2", "None"},
        {WEIR__SET_ITEMS, "", "[]"},
        {WEIR__SET_UPDATE, "3", "EINVAL"},
        {WEIR__SET_UPDATE, "0", "EINVAL"},
        {WEIR__SET_UNION, "4", "ENOENT"},
        {WEIR__SET_UNION, "-1", "ENOENT"},
    };
    set = kit_create (kit, A, WEIR__SET, "'s', [1, 2, 3]");
    uint64_t other = kit_create (kit, A, WEIR__SET, "'t', [3, 4, 2.0]");
    ck_assert_uint_eq (other, 2);
    kit_create (kit, A, WEIR__DICT, "'d'");
    KIT_PLAY (kit, set, lines);
    ck_assert_str_eq (kit_read (kit, other, WEIR__SET_ITEMS, ""),
                      "[3, 4, 2.0]");
    ask (WEIR__SET_UNION, "3");
    ck_assert_str_eq (kit_sentence (kit),
                      "set 's': the other object is a dict, not a set");
}
END_TEST

START_TEST (a_set_is_combined_with_itself)
{
    static const kit_line_t lines [] = {
        {WEIR__SET_UNION, "1", "[1, 2, 3]"},
        {WEIR__SET_SYMMETRIC_DIFFERENCE, "1", "[]"},
        {WEIR__SET_EQUALS, "1", "True"},
        {WEIR__SET_IS_DISJOINT, "1", "False"},
        {WEIR__SET_UPDATE, "1", "None"},
        {WEIR__SET_INTERSECTION_UPDATE, "1", "None"},
        {WEIR__SET_ITEMS, "", "[1, 2, 3]"},
        {WEIR__SET_SYMMETRIC_DIFFERENCE_UPDATE, "1", "None"},
        {WEIR__SET_ITEMS, "", "[]"},
        {WEIR__SET_UPDATE, "[1, 2]", "None"},
        {WEIR__SET_DIFFERENCE_UPDATE, "1", "None"},
        {WEIR__SET_ITEMS, "", "[]"},
    };
    set = kit_create (kit, A, WEIR__SET, "None, [1, 2, 3]");
    ck_assert_uint_eq (set, 1);
    KIT_PLAY (kit, set, lines);
}
END_TEST

//  A set can be read as a whole, as one value; the text of the request adds a
//  level.
START_TEST (a_member_can_be_deep)
{
    char args [80];
    set = kit_create (kit, A, WEIR__SET, "None");
    memset (args, '[', 31);
    memset (args + 31, ']', 31);
    args [62] = '\0';
    ck_assert_str_eq (ask (WEIR__SET_ADD, args), "True");
    ck_assert_str_eq (ask (WEIR__SET_CONTAINS, args), "True");
    ck_assert_uint_eq (strlen (ask (WEIR__SET_ITEMS, "")), 64);
}
END_TEST

START_TEST (a_large_map_is_found_in_any_order)
{
    static char one [4000], two [4000];
    char *to = one, *from = two;
    to += sprintf (to, "{");
    from += sprintf (from, "{");
    for (int i = 0; i < 200; i++) {
        to += sprintf (to, "'k%d': %d, ", i, i);
        from += sprintf (from, "'k%d': %d.0, ", i * 7 % 200, i * 7 % 200);
    }
    sprintf (to, "1: 2}");
    sprintf (from, "True: 2}");
    set = kit_create (kit, A, WEIR__SET, "None");
    ck_assert_str_eq (ask (WEIR__SET_ADD, one), "True");
    ck_assert_str_eq (ask (WEIR__SET_ADD, two), "False");
}
END_TEST

int main (void)
{
    Suite *suite = suite_create ("set");
    TCase *tcase = test_case (suite, "operations");
    tcase_add_checked_fixture (tcase, begin, end);
    tcase_add_test (tcase, a_set_has_each_member_once);
    tcase_add_test (tcase, members_are_equal_as_in_python);
    tcase_add_test (tcase, a_set_is_created_from_a_list);
    tcase_add_test (tcase, a_set_is_combined_with_a_list);
    tcase_add_test (tcase, a_set_is_combined_with_another_set);
    tcase_add_test (tcase, a_set_is_combined_with_itself);
    tcase_add_test (tcase, a_member_can_be_deep);
    tcase_add_test (tcase, a_large_map_is_found_in_any_order);
    return test_main (suite);
}
