/*  check_path.c - changes inside the values of a dict or a namespace, through
    the public API

    Each test runs over all three forms of owners.

    SPDX-License-Identifier: MPL-2.0
*/

#include <stdlib.h>

#include "kit/shared.h"

static weir_dict_t *make_dict (weir_owner_t *owner)
{
    weir_value_t tags = weir_list_of ("a", "b");
    weir_value_t user = weir_map_of ("name", "Ann", "tags", tags, 7, 1);
    weir_dict_t *dict =
        weir_dict_new_with (owner, NULL, weir_map_of ("user", user));
    exists (dict);
    return dict;
}

START_TEST (nested_parts_of_a_value_change_in_place)
{
    weir_owner_t *owner = shared_owner (_i);
    weir_dict_t *dict = make_dict (owner);
    weir_value_t value;
    works (weir_dict_get_at (dict, "user/tags/-1", &value));
    equals (&value, "'b'");
    works (weir_dict_get_at (dict, weir_list_of ("user", 7), &value));
    equals (&value, "1");
    works (weir_dict_get_at_or (dict, "user/age", 30, &value));
    equals (&value, "30");
    works (weir_dict_set_at (dict, "user/tags/0", "c"));
    works (weir_dict_set_at (dict, "user/likes", weir_map_of ("sea", 1)));
    works (weir_dict_add_at (dict, "user/likes/sea", 0.5, &value));
    equals (&value, "1.5");
    works (weir_dict_add_at (dict, "user/likes/hills", 2, NULL));
    works (weir_dict_append_at (dict, "user/tags", weir_list_of ()));
    ck_assert_int_eq (weir_dict_cas_at (dict, "user/name", "Ann", "Bob"), 1);
    ck_assert_int_eq (weir_dict_cas_at (dict, "user/name", "Ann", "Eve"), 0);
    works (weir_dict_delete_at (dict, weir_list_of ("user", 7)));
    works (weir_dict_delete_at (dict, "user/tags/1"));
    works (weir_dict_items (dict, &value));
    equals (&value, "{'user': {'name': 'Bob', 'tags': ['c', []], "
                    "'likes': {'sea': 1.5, 'hills': 2}}}");
    weir_dict_destroy (&dict);
    shared_owner_end (&owner);
}
END_TEST

START_TEST (missing_keys_and_invalid_paths_are_refused)
{
    weir_owner_t *owner = shared_owner (_i);
    weir_dict_t *dict = make_dict (owner);
    weir_value_t value = weir_value_int (7);
    refuses (ENOENT, weir_dict_get_at (dict, "user/age", &value));
    ck_assert_str_ne (weir_error (), "");
    refuses (ENOENT, weir_dict_get_at (dict, "user/tags/2", &value));
    refuses (ENOENT, weir_dict_set_at (dict, "nobody/name", 1));
    refuses (ENOENT, weir_dict_delete_at (dict, "user/age"));
    refuses (ENOENT, weir_dict_add_at (dict, "user/tags/2", 1, &value));
    refuses (ENOENT, weir_dict_append_at (dict, "user/list", 1));
    refuses (ENOENT, weir_dict_cas_at (dict, "user/age", 1, 2));
    refuses (EINVAL, weir_dict_get_at_or (dict, "user/name/x", 1, &value));
    refuses (EINVAL, weir_dict_get_at (dict, 7, &value));
    refuses (EINVAL, weir_dict_get_at (dict, "~", &value));
    refuses (EINVAL, weir_dict_set_at (dict, weir_list_of (), 1));
    refuses (EINVAL, weir_dict_add_at (dict, "user/name", 1, &value));
    refuses (EINVAL, weir_dict_append_at (dict, "user/name", 1));
    works (weir_dict_set_at (dict, "user/count", INT64_MAX));
    refuses (ERANGE, weir_dict_add_at (dict, "user/count", 1, &value));
    refuses (EINVAL, weir_dict_get_at (dict, "user", NULL));
    refuses (EINVAL, weir_dict_get_at_or (dict, "user", 1, NULL));
    refuses (EINVAL, weir_dict_get_at (NULL, "a", &value));
    refuses (EINVAL, weir_dict_get_at_or (NULL, "a", 1, &value));
    refuses (EINVAL, weir_dict_set_at (NULL, "a", 1));
    refuses (EINVAL, weir_dict_delete_at (NULL, "a"));
    refuses (EINVAL, weir_dict_add_at (NULL, "a", 1, &value));
    refuses (EINVAL, weir_dict_append_at (NULL, "a", 1));
    refuses (EINVAL, weir_dict_cas_at (NULL, "a", 1, 1));
    ck_assert_int_eq (value.integer, 7);
    weir_dict_destroy (&dict);
    shared_owner_end (&owner);
}
END_TEST

//  Three values of 30 MiB fit one by one, but not as one value.
START_TEST (a_value_does_not_grow_beyond_the_readable_size)
{
    enum { LARGE = 30 << 20 };
    weir_owner_t *owner = shared_owner (_i);
    weir_dict_t *dict = weir_dict_new (owner, NULL);
    char *bytes = calloc (1, LARGE);
    weir_value_t large = weir_value_bytes (bytes, LARGE), value;
    works (weir_dict_set (dict, "list", weir_list_of ()));
    works (weir_dict_append_at (dict, "list", large));
    works (weir_dict_append_at (dict, "list", large));
    refuses (EMSGSIZE, weir_dict_append_at (dict, "list", large));
    works (weir_dict_get_at (dict, "list/1", &value));
    ck_assert_uint_eq (value.size, LARGE);
    weir_value_clear (&value);
    free (bytes);
    weir_dict_destroy (&dict);
    shared_owner_end (&owner);
}
END_TEST

enum { CHILDREN = 4, TURNS = 50 };

static void change_often (void *arg)
{
    for (int i = 0; i < TURNS; i++) {
        test_must (weir_dict_add_at (arg, "user/count", 1, NULL) == 0);
        test_must (weir_dict_append_at (arg, "user/tags", i) == 0);
    }
}

START_TEST (no_nested_change_of_several_processes_is_lost)
{
    weir_owner_t *owner = shared_owner (_i);
    weir_dict_t *dict = make_dict (owner);
    weir_value_t value;
    pid_t children [CHILDREN];
    for (int i = 0; i < CHILDREN; i++)
        children [i] = test_fork (change_often, dict);
    for (int i = 0; i < CHILDREN; i++)
        ck_assert_int_eq (test_join (children [i]), 0);
    works (weir_dict_get_at (dict, "user/count", &value));
    equals (&value, "200");
    works (weir_dict_get_at (dict, "user/tags", &value));
    ck_assert_uint_eq (value.size, 2 + CHILDREN * TURNS);
    weir_value_clear (&value);
    weir_dict_destroy (&dict);
    shared_owner_end (&owner);
}
END_TEST

static weir_namespace_t *make_namespace (weir_owner_t *owner)
{
    weir_value_t tags = weir_list_of ("a", "b");
    weir_value_t user = weir_map_of ("name", "Ann", "tags", tags, 7, 1);
    weir_namespace_t *space =
        weir_namespace_new_with (owner, "n", weir_map_of ("user", user));
    exists (space);
    return space;
}

START_TEST (nested_parts_of_an_attribute_change_in_place)
{
    weir_owner_t *owner = shared_owner (_i);
    weir_namespace_t *space = make_namespace (owner);
    weir_value_t value;
    works (weir_namespace_get_at (space, "user/tags/-1", &value));
    equals (&value, "'b'");
    works (weir_namespace_get_at (space, weir_list_of ("user", 7), &value));
    equals (&value, "1");
    works (weir_namespace_get_at_or (space, "user/name", 30, &value));
    equals (&value, "'Ann'");
    works (weir_namespace_get_at_or (space, "user/age", 30, &value));
    equals (&value, "30");
    works (weir_namespace_set_at (space, "user/tags/0", "c"));
    works (weir_namespace_set_at (space, "likes", weir_map_of ("sea", 1)));
    works (weir_namespace_add_at (space, "likes/sea", 0.5, &value));
    equals (&value, "1.5");
    works (weir_namespace_add_at (space, "likes/hills", 2, NULL));
    works (weir_namespace_add_at (space, "count", 1, NULL));
    works (weir_namespace_append_at (space, "user/tags", weir_list_of ()));
    ck_assert_int_eq (weir_namespace_cas_at (space, "user/name", "Ann", "Bob"),
                      1);
    ck_assert_int_eq (weir_namespace_cas_at (space, "user/name", "Ann", "Eve"),
                      0);
    works (weir_namespace_delete_at (space, weir_list_of ("user", 7)));
    works (weir_namespace_delete_at (space, "user/tags/1"));
    works (weir_namespace_items (space, &value));
    equals (&value, "{'user': {'name': 'Bob', 'tags': ['c', []]}, "
                    "'likes': {'sea': 1.5, 'hills': 2}, 'count': 1}");
    works (weir_namespace_delete_at (space, "user"));
    ck_assert_int_eq (weir_namespace_has (space, "user"), 0);
    weir_namespace_destroy (&space);
    shared_owner_end (&owner);
}
END_TEST

//  The first part is a name; a path sets no other attribute.
START_TEST (a_path_in_a_namespace_begins_with_a_name)
{
    weir_owner_t *owner = shared_owner (_i);
    weir_namespace_t *space = make_namespace (owner);
    weir_value_t value = weir_value_int (7);
    static const char *const wrong [] = {"", "1x", "/user", "a b/c", "a~1b"};
    for (unsigned i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        const char *path = wrong [i];
        refuses (EINVAL, weir_namespace_get_at (space, path, &value));
        refuses (EINVAL, weir_namespace_get_at_or (space, path, 1, &value));
        refuses (EINVAL, weir_namespace_set_at (space, path, 1));
        refuses (EINVAL, weir_namespace_delete_at (space, path));
        refuses (EINVAL, weir_namespace_add_at (space, path, 1, &value));
        refuses (EINVAL, weir_namespace_append_at (space, path, 1));
        refuses (EINVAL, weir_namespace_cas_at (space, path, 1, 1));
    }
    refuses (EINVAL, weir_namespace_set_at (space, weir_list_of (1), 1));
    works (weir_namespace_set_at (space, "user/a b", 1));
    works (weir_namespace_set_at (space, weir_list_of ("user", 2), 1));
    ck_assert_int_eq (value.integer, 7);
    works (weir_namespace_items (space, &value));
    equals (&value, "{'user': {'name': 'Ann', 'tags': ['a', 'b'], 7: 1, "
                    "'a b': 1, 2: 1}}");
    weir_namespace_destroy (&space);
    shared_owner_end (&owner);
}
END_TEST

START_TEST (missing_attributes_and_invalid_paths_are_refused)
{
    weir_owner_t *owner = shared_owner (_i);
    weir_namespace_t *space = make_namespace (owner);
    weir_value_t value = weir_value_int (7);
    refuses (ENOENT, weir_namespace_get_at (space, "user/age", &value));
    ck_assert_str_eq (weir_error (),
                      "namespace 'n': part 2 of the path, 'age', is not there");
    refuses (ENOENT, weir_namespace_get_at (space, "user/tags/2", &value));
    refuses (ENOENT, weir_namespace_set_at (space, "nobody/name", 1));
    refuses (ENOENT, weir_namespace_delete_at (space, "nobody"));
    refuses (ENOENT, weir_namespace_add_at (space, "user/tags/2", 1, &value));
    refuses (ENOENT, weir_namespace_append_at (space, "user/list", 1));
    refuses (ENOENT, weir_namespace_cas_at (space, "user/age", 1, 2));
    refuses (EINVAL,
             weir_namespace_get_at_or (space, "user/name/x", 1, &value));
    refuses (EINVAL, weir_namespace_get_at (space, "user/tags/x", &value));
    refuses (EINVAL, weir_namespace_get_at (space, 7, &value));
    refuses (EINVAL, weir_namespace_get_at (space, "user/~", &value));
    refuses (EINVAL, weir_namespace_set_at (space, weir_list_of (), 1));
    refuses (EINVAL, weir_namespace_add_at (space, "user/name", 1, &value));
    refuses (EINVAL, weir_namespace_append_at (space, "user/name", 1));
    works (weir_namespace_set_at (space, "user/count", INT64_MAX));
    refuses (ERANGE, weir_namespace_add_at (space, "user/count", 1, &value));
    refuses (EINVAL, weir_namespace_get_at (space, "user", NULL));
    refuses (EINVAL, weir_namespace_get_at_or (space, "user", 1, NULL));
    refuses (EINVAL, weir_namespace_get_at (NULL, "a", &value));
    refuses (EINVAL, weir_namespace_get_at_or (NULL, "a", 1, &value));
    refuses (EINVAL, weir_namespace_set_at (NULL, "a", 1));
    refuses (EINVAL, weir_namespace_delete_at (NULL, "a"));
    refuses (EINVAL, weir_namespace_add_at (NULL, "a", 1, &value));
    refuses (EINVAL, weir_namespace_append_at (NULL, "a", 1));
    refuses (EINVAL, weir_namespace_cas_at (NULL, "a", 1, 1));
    ck_assert_int_eq (value.integer, 7);
    weir_namespace_destroy (&space);
    shared_owner_end (&owner);
}
END_TEST

START_TEST (an_attribute_does_not_grow_beyond_the_readable_size)
{
    enum { LARGE = 40 << 20 };
    weir_owner_t *owner = shared_owner (_i);
    weir_namespace_t *space = weir_namespace_new (owner, NULL);
    char *bytes = calloc (1, LARGE);
    weir_value_t large = weir_value_bytes (bytes, LARGE), value;
    works (weir_namespace_set (space, "a", weir_list_of (0)));
    works (weir_namespace_append_at (space, "a", large));
    refuses (EMSGSIZE, weir_namespace_append_at (space, "a", large));
    refuses (EMSGSIZE, weir_namespace_set_at (space, "a/0", large));
    refuses (EMSGSIZE, weir_namespace_cas_at (space, "a/0", 0, large));
    works (weir_namespace_get_at (space, "a/0", &value));
    equals (&value, "0");
    free (bytes);
    weir_namespace_destroy (&space);
    shared_owner_end (&owner);
}
END_TEST

static void change_attribute_often (void *arg)
{
    for (int i = 0; i < TURNS; i++) {
        test_must (weir_namespace_add_at (arg, "user/count", 1, NULL) == 0);
        test_must (weir_namespace_append_at (arg, "user/tags", i) == 0);
    }
}

START_TEST (no_change_in_an_attribute_of_several_processes_is_lost)
{
    weir_owner_t *owner = shared_owner (_i);
    weir_namespace_t *space = make_namespace (owner);
    weir_value_t value;
    pid_t children [CHILDREN];
    for (int i = 0; i < CHILDREN; i++)
        children [i] = test_fork (change_attribute_often, space);
    for (int i = 0; i < CHILDREN; i++)
        ck_assert_int_eq (test_join (children [i]), 0);
    works (weir_namespace_get_at (space, "user/count", &value));
    equals (&value, "200");
    works (weir_namespace_get_at (space, "user/tags", &value));
    ck_assert_uint_eq (value.size, 2 + CHILDREN * TURNS);
    weir_value_clear (&value);
    weir_namespace_destroy (&space);
    shared_owner_end (&owner);
}
END_TEST

int main (void)
{
    Suite *suite = suite_create ("shared path");
    TCase *tcase = test_case (suite, "dict");
    tcase_add_loop_test (tcase, nested_parts_of_a_value_change_in_place, 0,
                         SHARED_FORMS);
    tcase_add_loop_test (tcase, missing_keys_and_invalid_paths_are_refused, 0,
                         SHARED_FORMS);
    tcase_add_loop_test (tcase, a_value_does_not_grow_beyond_the_readable_size,
                         0, SHARED_FORMS);
    tcase_add_loop_test (tcase, no_nested_change_of_several_processes_is_lost,
                         0, SHARED_FORKING_FORMS);
    tcase = test_case (suite, "namespace");
    tcase_add_loop_test (tcase, nested_parts_of_an_attribute_change_in_place, 0,
                         SHARED_FORMS);
    tcase_add_loop_test (tcase, a_path_in_a_namespace_begins_with_a_name, 0,
                         SHARED_FORMS);
    tcase_add_loop_test (tcase,
                         missing_attributes_and_invalid_paths_are_refused, 0,
                         SHARED_FORMS);
    tcase_add_loop_test (tcase,
                         an_attribute_does_not_grow_beyond_the_readable_size, 0,
                         SHARED_FORMS);
    tcase_add_loop_test (tcase,
                         no_change_in_an_attribute_of_several_processes_is_lost,
                         0, SHARED_FORKING_FORMS);
    return test_main (suite);
}
