/*  check_namespace.c - the kind namespace: attributes with values

    SPDX-License-Identifier: MPL-2.0
*/

#include "kit/machine.h"
#include "kit/support.h"

static kit_t *kit;

static void begin (void)
{
    kit = kit_new ();
}

static void end (void)
{
    kit_destroy (&kit);
}

START_TEST (a_namespace_has_attributes)
{
    static const kit_line_t lines [] = {
        {WEIR__DICT_SET, "'y', [2]", "None"},
        {WEIR__DICT_GET, "'x'", "1"},
        {WEIR__DICT_GET, "'z'", "ENOENT"},
        {WEIR__DICT_GET, "'z', 5", "5"},
        {WEIR__DICT_CONTAINS, "'y'", "True"},
        {WEIR__DICT_ADD, "'x', 2", "3"},
        {WEIR__DICT_CAS, "'x', 3, 4", "True"},
        {WEIR__DICT_UPDATE, "{'z': 5, 'x': 6}", "None"},
        {WEIR__DICT_ITEMS, "", "{'x': 6, 'y': [2], 'z': 5}"},
        {WEIR__DICT_DELETE, "'x'", "None"},
        {WEIR__DICT_DELETE, "'x'", "ENOENT"},
        {WEIR__DICT_KEYS, "", "['y', 'z']"},
        {WEIR__DICT_CLEAR, "", "None"},
        {WEIR__DICT_SIZE, "", "0"},
    };
    uint64_t space = kit_create (kit, A, WEIR__NAMESPACE, "'n', {'x': 1}");
    kit_restore (kit);
    KIT_PLAY (kit, space, lines);
    kit_ask (kit, A, space, WEIR__DICT_GET, "'z'");
    ck_assert_str_eq (kit_sentence (kit),
                      "namespace 'n': it has no attribute 'z'");
}
END_TEST

START_TEST (an_attribute_has_a_name)
{
    static const kit_line_t lines [] = {
        {WEIR__DICT_SET, "'_x9', 1", "None"},
        {WEIR__DICT_SET, "'_', 1", "None"},
        {WEIR__DICT_SET, "'Zz', 1", "None"},
        {WEIR__DICT_SET, "'\\u00e9t\\u00e9', 1", "None"},
        {WEIR__DICT_SET, "'', 1", "EINVAL"},
        {WEIR__DICT_SET, "'9x', 1", "EINVAL"},
        {WEIR__DICT_SET, "'a b', 1", "EINVAL"},
        {WEIR__DICT_SET, "'a.b', 1", "EINVAL"},
        {WEIR__DICT_SET, "'a-b', 1", "EINVAL"},
        {WEIR__DICT_SET, "'a@', 1", "EINVAL"},
        {WEIR__DICT_SET, "'[', 1", "EINVAL"},
        {WEIR__DICT_SET, "'`', 1", "EINVAL"},
        {WEIR__DICT_SET, "'{', 1", "EINVAL"},
        {WEIR__DICT_SET, "'a/', 1", "EINVAL"},
        {WEIR__DICT_SET, "'a:', 1", "EINVAL"},
        {WEIR__DICT_SET, "b'a', 1", "EINVAL"},
        {WEIR__DICT_SET, "1, 1", "EINVAL"},
        {WEIR__DICT_SET, "None, 1", "EINVAL"},
        {WEIR__DICT_GET, "nan", "EINVAL"},
        {WEIR__DICT_CONTAINS, "1", "EINVAL"},
        {WEIR__DICT_UPDATE, "{'a': 1, 'b c': 2}", "EINVAL"},
        {WEIR__DICT_KEYS, "", "['_x9', '_', 'Zz', '\xc3\xa9t\xc3\xa9']"},
    };
    uint64_t space = kit_create (kit, A, WEIR__NAMESPACE, "None");
    KIT_PLAY (kit, space, lines);
    static const char *const wrong [] = {"6, 'x', 1", "6, 'x', {'a b': 1}",
                                         "6, 'x', {1: 1}", "6, 'x', {}, {}"};
    for (unsigned i = 0; i < sizeof wrong / sizeof *wrong; i++)
        ck_assert_str_eq (
            kit_ask (kit, A, 0, WEIR__DIRECTORY_CREATE, wrong [i]), "EINVAL");
}
END_TEST

START_TEST (a_path_begins_with_the_name_of_an_attribute)
{
    static const kit_line_t lines [] = {
        {WEIR__DICT_SET_AT, "'user', {'tags': []}", "None"},
        {WEIR__DICT_APPEND_AT, "'user/tags', 'a'", "None"},
        {WEIR__DICT_SET_AT, "'user/a b', 1", "None"},
        {WEIR__DICT_ADD_AT, "['user', 7], 2", "2"},
        {WEIR__DICT_CAS_AT, "'user/tags/0', 'a', 'b'", "True"},
        {WEIR__DICT_DELETE_AT, "'user/a b'", "None"},
        {WEIR__DICT_GET_AT, "'nobody/name', 5", "5"},
        {WEIR__DICT_GET_AT, "'a b/name', 5", "EINVAL"},
        {WEIR__DICT_GET_AT, "'/user'", "EINVAL"},
        {WEIR__DICT_SET_AT, "'a b', 1", "EINVAL"},
        {WEIR__DICT_SET_AT, "'a~1b', 1", "EINVAL"},
        {WEIR__DICT_SET_AT, "[1], 1", "EINVAL"},
        {WEIR__DICT_ADD_AT, "'', 1", "EINVAL"},
        {WEIR__DICT_ADD_AT, "'1x', 1", "EINVAL"},
        {WEIR__DICT_APPEND_AT, "'a b', 1", "EINVAL"},
        {WEIR__DICT_CAS_AT, "'a b', 1, 1", "EINVAL"},
        {WEIR__DICT_DELETE_AT, "'a b'", "EINVAL"},
        {WEIR__DICT_ITEMS, "", "{'user': {'tags': ['b'], 7: 2}}"},
    };
    uint64_t space = kit_create (kit, A, WEIR__NAMESPACE, "'n'");
    KIT_PLAY (kit, space, lines);
    kit_ask (kit, A, space, WEIR__DICT_GET_AT, "'user/tags/1'");
    ck_assert_str_eq (kit_sentence (kit),
                      "namespace 'n': part 3 of the path, '1', is not there");
}
END_TEST

int main (void)
{
    Suite *suite = suite_create ("namespace");
    TCase *tcase = test_case (suite, "operations");
    tcase_add_checked_fixture (tcase, begin, end);
    tcase_add_test (tcase, a_namespace_has_attributes);
    tcase_add_test (tcase, an_attribute_has_a_name);
    tcase_add_test (tcase, a_path_begins_with_the_name_of_an_attribute);
    return test_main (suite);
}
