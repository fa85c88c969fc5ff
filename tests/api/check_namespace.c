/*  check_namespace.c - namespace through the public API

    Each test runs over all three forms of owners.

    SPDX-License-Identifier: MPL-2.0
*/

#include <stdio.h>
#include <stdlib.h>

#include "kit/shared.h"

//  Asserts the text that print writes.
static void prints (weir_namespace_t *space, const char *text)
{
    char *found = NULL;
    size_t size;
    FILE *file = open_memstream (&found, &size);
    works (weir_namespace_print (space, file));
    fclose (file);
    ck_assert_str_eq (found, text);
    free (found);
}

START_TEST (a_namespace_is_made_opened_and_destroyed)
{
    weir_owner_t *owner = shared_owner (_i);
    weir_namespace_t *space = weir_namespace_new (owner, "config");
    exists (space);
    refuses_null (EEXIST, weir_namespace_new (owner, "config"));
    refuses_null (ENOENT, weir_namespace_open (owner, "none"));
    refuses_null (EINVAL, weir_dict_open (owner, "config"));
    weir_namespace_t *other = weir_namespace_open (owner, "config");
    exists (other);
    weir_namespace_t *third =
        weir_namespace_from (weir_object_reference (space));
    exists (third);
    works (weir_namespace_set (space, "port", 80));
    prints (other, "Namespace(port=80)\n");
    weir_namespace_destroy (&space);
    ck_assert_ptr_null (space);
    weir_namespace_destroy (&space);
    weir_namespace_destroy (NULL);
    works (weir_object_drop (other));
    refuses (ENOENT, weir_namespace_set (third, "port", 80));
    weir_namespace_destroy (&other);
    weir_namespace_destroy (&third);
    shared_owner_end (&owner);
}
END_TEST

START_TEST (a_namespace_gets_and_sets_attributes)
{
    weir_owner_t *owner = shared_owner (_i);
    weir_namespace_t *space =
        weir_namespace_new_with (owner, "n", weir_map_of ("x", 1, "y", "a"));
    weir_value_t value = weir_value_int (7);
    int64_t integer = 7;
    double real = 7;
    exists (space);
    prints (space, "Namespace(x=1, y='a')\n");
    works (weir_namespace_get (space, "y", &value));
    equals (&value, "'a'");
    works (weir_namespace_get_int (space, "x", &integer));
    ck_assert_int_eq (integer, 1);
    works (weir_namespace_get_real (space, "x", &real));
    ck_assert_double_eq (real, 1);
    refuses (EINVAL, weir_namespace_get_int (space, "y", &integer));
    refuses (EINVAL, weir_namespace_get_real (space, "y", &real));
    value = weir_value_int (7);
    refuses (ENOENT, weir_namespace_get (space, "z", &value));
    ck_assert_str_eq (weir_error (), "namespace 'n': it has no attribute 'z'");
    ck_assert_int_eq (value.integer, 7);
    works (weir_namespace_get_or (space, "z", 2.5, &value));
    equals (&value, "2.5");
    ck_assert_int_eq (weir_namespace_has (space, "x"), 1);
    ck_assert_int_eq (weir_namespace_has (space, "z"), 0);
    works (weir_namespace_add (space, "x", 2, &value));
    equals (&value, "3");
    refuses (EINVAL, weir_namespace_add (space, "y", 2, NULL));
    works (weir_namespace_set (space, "x", INT64_MAX));
    refuses (ERANGE, weir_namespace_add (space, "x", 2, NULL));
    ck_assert_int_eq (weir_namespace_cas (space, "x", 3, 4), 0);
    ck_assert_int_eq (weir_namespace_cas (space, "x", INT64_MAX, 4), 1);
    refuses (ENOENT, weir_namespace_cas (space, "z", 3, 4));
    works (weir_namespace_delete (space, "y"));
    refuses (ENOENT, weir_namespace_delete (space, "y"));
    works (weir_namespace_update (space, weir_map_of ("y", 5, "z", 6)));
    works (weir_namespace_items (space, &value));
    equals (&value, "{'x': 4, 'y': 5, 'z': 6}");
    works (weir_namespace_clear (space));
    prints (space, "Namespace()\n");
    weir_namespace_destroy (&space);
    shared_owner_end (&owner);
}
END_TEST

START_TEST (an_invalid_name_is_refused)
{
    weir_owner_t *owner = shared_owner (_i);
    weir_namespace_t *space = weir_namespace_new (owner, NULL);
    weir_value_t value = weir_value_int (7);
    static const char *const wrong [] = {NULL, "", "1x", "a b", "a/b"};
    for (unsigned i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        const char *name = wrong [i];
        refuses (EINVAL, weir_namespace_set (space, name, 1));
        refuses (EINVAL, weir_namespace_get (space, name, &value));
        refuses (EINVAL, weir_namespace_get_or (space, name, 1, &value));
        refuses (EINVAL, weir_namespace_has (space, name));
        refuses (EINVAL, weir_namespace_delete (space, name));
        refuses (EINVAL, weir_namespace_add (space, name, 1, &value));
        refuses (EINVAL, weir_namespace_cas (space, name, 1, 1));
    }
    refuses (EINVAL, weir_namespace_update (space, weir_map_of ("a", 1, 2, 3)));
    refuses (EINVAL, weir_namespace_update (space, weir_list_of ()));
    refuses_null (EINVAL,
                  weir_namespace_new_with (owner, NULL, weir_map_of ("", 1)));
    ck_assert_int_eq (value.integer, 7);
    prints (space, "Namespace()\n");
    weir_namespace_destroy (&space);
    shared_owner_end (&owner);
}
END_TEST

START_TEST (null_is_refused)
{
    weir_owner_t *owner = shared_owner (_i);
    weir_namespace_t *space = weir_namespace_new (owner, NULL);
    weir_value_t value, map = weir_map_of ("a", 1);
    int64_t integer;
    double real;
    refuses_null (EINVAL, weir_namespace_new (NULL, "x"));
    refuses_null (EINVAL, weir_namespace_new_with (NULL, "x", map));
    refuses_null (EINVAL, weir_namespace_open (NULL, "x"));
    refuses_null (EINVAL, weir_namespace_open (owner, NULL));
    refuses_null (EINVAL, weir_namespace_from (map));
    refuses (EINVAL, weir_namespace_set (NULL, "a", 1));
    refuses (EINVAL, weir_namespace_get (NULL, "a", &value));
    refuses (EINVAL, weir_namespace_get_int (NULL, "a", &integer));
    refuses (EINVAL, weir_namespace_get_real (NULL, "a", &real));
    refuses (EINVAL, weir_namespace_get_or (NULL, "a", 1, &value));
    refuses (EINVAL, weir_namespace_has (NULL, "a"));
    refuses (EINVAL, weir_namespace_delete (NULL, "a"));
    refuses (EINVAL, weir_namespace_add (NULL, "a", 1, &value));
    refuses (EINVAL, weir_namespace_cas (NULL, "a", 1, 1));
    refuses (EINVAL, weir_namespace_update (NULL, map));
    refuses (EINVAL, weir_namespace_items (NULL, &value));
    refuses (EINVAL, weir_namespace_clear (NULL));
    refuses (EINVAL, weir_namespace_print (NULL, stdout));
    refuses (EINVAL, weir_namespace_get (space, "a", NULL));
    refuses (EINVAL, weir_namespace_get_int (space, "a", NULL));
    refuses (EINVAL, weir_namespace_get_real (space, "a", NULL));
    refuses (EINVAL, weir_namespace_get_or (space, "a", 1, NULL));
    refuses (EINVAL, weir_namespace_items (space, NULL));
    refuses (EINVAL, weir_namespace_print (space, NULL));
    weir_namespace_destroy (&space);
    shared_owner_end (&owner);
}
END_TEST

enum { CHILDREN = 4, ADDS = 50 };

static void add_often (void *arg)
{
    for (int i = 0; i < ADDS; i++)
        test_must (weir_namespace_add (arg, "n", 1, NULL) == 0);
}

START_TEST (no_addition_of_several_processes_is_lost)
{
    weir_owner_t *owner = shared_owner (_i);
    weir_namespace_t *space = weir_namespace_new (owner, NULL);
    pid_t children [CHILDREN];
    int64_t sum = 0;
    for (int i = 0; i < CHILDREN; i++)
        children [i] = test_fork (add_often, space);
    for (int i = 0; i < CHILDREN; i++)
        ck_assert_int_eq (test_join (children [i]), 0);
    works (weir_namespace_get_int (space, "n", &sum));
    ck_assert_int_eq (sum, CHILDREN * ADDS);
    weir_namespace_destroy (&space);
    shared_owner_end (&owner);
}
END_TEST

int main (void)
{
    Suite *suite = suite_create ("shared namespace");
    TCase *tcase = test_case (suite, "namespace");
    tcase_add_loop_test (tcase, a_namespace_is_made_opened_and_destroyed, 0,
                         SHARED_FORMS);
    tcase_add_loop_test (tcase, a_namespace_gets_and_sets_attributes, 0,
                         SHARED_FORMS);
    tcase_add_loop_test (tcase, an_invalid_name_is_refused, 0, SHARED_FORMS);
    tcase_add_loop_test (tcase, null_is_refused, 0, SHARED_FORMS);
    tcase_add_loop_test (tcase, no_addition_of_several_processes_is_lost, 0,
                         SHARED_FORKING_FORMS);
    return test_main (suite);
}
