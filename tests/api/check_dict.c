/*  check_dict.c - dict and var through the public API

    Each test runs over all three forms of owners.

    SPDX-License-Identifier: MPL-2.0
*/

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "kit/shared.h"

//  Returns the text that print writes.
static void prints (int (*print) (void *object, FILE *file), void *object,
                    const char *text)
{
    char *found = NULL;
    size_t size;
    FILE *file = open_memstream (&found, &size);
    works (print (object, file));
    fclose (file);
    ck_assert_str_eq (found, text);
    free (found);
}

//  ---------------------------------------------------------------------------
//  Dict

START_TEST (a_dict_is_made_opened_and_destroyed)
{
    weir_owner_t *owner = shared_owner (_i);
    weir_dict_t *dict = weir_dict_new (owner, "counts");
    exists (dict);
    refuses_null (EEXIST, weir_dict_new (owner, "counts"));
    refuses_null (EEXIST, weir_list_new (owner, "counts"));
    refuses_null (ENOENT, weir_dict_open (owner, "none"));
    refuses_null (EINVAL, weir_list_open (owner, "counts"));
    weir_dict_t *other = weir_dict_open (owner, "counts");
    exists (other);
    works (weir_dict_set (dict, "count", 100));
    int64_t count;
    works (weir_dict_get_int (other, "count", &count));
    ck_assert_int_eq (count, 100);
    ck_assert_str_eq (weir_object_name (dict), "counts");
    ck_assert_str_eq (weir_object_name (other), "counts");
    weir_dict_destroy (&dict);
    ck_assert_ptr_null (dict);
    weir_dict_destroy (&dict);
    weir_dict_destroy (NULL);
    //  An object with a name lives on.
    works (weir_dict_get_int (other, "count", &count));
    weir_dict_destroy (&other);
    other = weir_dict_open (owner, "counts");
    exists (other);
    works (weir_dict_get_int (other, "count", &count));
    weir_dict_destroy (&other);
    shared_owner_end (&owner);
}
END_TEST

START_TEST (a_dict_sets_gets_and_deletes)
{
    weir_owner_t *owner = shared_owner (_i);
    weir_dict_t *dict = weir_dict_new (owner, NULL);
    exists (dict);
    weir_value_t value = weir_value_int (7);
    works (weir_dict_set (dict, "a", 1));
    works (weir_dict_set (dict, 1, "one"));
    works (weir_dict_set (dict, 1.0, "uno"));
    works (weir_dict_set (dict, weir_value_bytes ("\0x", 2),
                          weir_list_of (1, 2.5, "z", weir_map_of ("k", 1))));
    works (weir_dict_set (dict, WEIR_NOTHING, WEIR_NOTHING));
    works (weir_dict_get (dict, "a", &value));
    equals (&value, "1");
    works (weir_dict_get (dict, WEIR_TRUE, &value));
    equals (&value, "'uno'");
    works (weir_dict_get (dict, weir_value_bytes ("\0x", 2), &value));
    equals (&value, "[1, 2.5, 'z', {'k': 1}]");
    works (weir_dict_get (dict, WEIR_NOTHING, &value));
    equals (&value, "None");
    ck_assert_int_eq (weir_dict_contains (dict, "a"), 1);
    ck_assert_int_eq (weir_dict_contains (dict, "b"), 0);
    ck_assert_int_eq (weir_dict_size (dict), 4);
    value = weir_value_int (7);
    refuses (ENOENT, weir_dict_get (dict, "b", &value));
    ck_assert_int_eq (value.integer, 7);
    works (weir_dict_get_or (dict, "b", "fallback", &value));
    equals (&value, "'fallback'");
    works (weir_dict_get_or (dict, "a", "fallback", &value));
    equals (&value, "1");
    works (weir_dict_delete (dict, "a"));
    refuses (ENOENT, weir_dict_delete (dict, "a"));
    refuses (EINVAL, weir_dict_set (dict, weir_list_of (1), 1));
    refuses (EINVAL, weir_dict_set (dict, weir_map_of (), 1));
    ck_assert_int_eq (weir_dict_size (dict), 3);
    works (weir_dict_clear (dict));
    ck_assert_int_eq (weir_dict_size (dict), 0);
    weir_dict_destroy (&dict);
    shared_owner_end (&owner);
}
END_TEST

START_TEST (a_dict_gives_plain_numbers)
{
    weir_owner_t *owner = shared_owner (_i);
    weir_dict_t *dict = weir_dict_new (owner, NULL);
    int64_t integer = 5;
    double real = 5;
    works (weir_dict_set (dict, "int", INT64_MIN));
    works (weir_dict_set (dict, "real", 1.5));
    works (weir_dict_set (dict, "text", "1"));
    works (weir_dict_get_int (dict, "int", &integer));
    ck_assert_int_eq (integer, INT64_MIN);
    works (weir_dict_get_real (dict, "int", &real));
    ck_assert_double_eq (real, (double) INT64_MIN);
    works (weir_dict_get_real (dict, "real", &real));
    ck_assert_double_eq (real, 1.5);
    refuses (EINVAL, weir_dict_get_int (dict, "real", &integer));
    refuses (EINVAL, weir_dict_get_int (dict, "text", &integer));
    refuses (EINVAL, weir_dict_get_real (dict, "text", &real));
    refuses (ENOENT, weir_dict_get_int (dict, "none", &integer));
    refuses (ENOENT, weir_dict_get_real (dict, "none", &real));
    ck_assert_int_eq (integer, INT64_MIN);
    ck_assert_double_eq (real, 1.5);
    weir_dict_destroy (&dict);
    shared_owner_end (&owner);
}
END_TEST

START_TEST (a_dict_gives_a_default)
{
    weir_owner_t *owner = shared_owner (_i);
    weir_dict_t *dict =
        weir_dict_new_with (owner, NULL, weir_map_of ("a", 1, "b", 2));
    exists (dict);
    refuses_null (EINVAL, weir_dict_new_with (owner, NULL, weir_list_of (1)));
    refuses_null (EINVAL, weir_dict_new_with (NULL, NULL, weir_map_of ()));
    weir_value_t value;
    works (weir_dict_get_or (dict, "a", 7, &value));
    equals (&value, "1");
    works (weir_dict_get_or (dict, "x", weir_list_of (7), &value));
    equals (&value, "[7]");
    refuses (EINVAL, weir_dict_get_or (dict, "a", 7, NULL));
    works (weir_dict_pop_or (dict, "a", 7, &value));
    equals (&value, "1");
    works (weir_dict_pop_or (dict, "a", "none", &value));
    equals (&value, "'none'");
    works (weir_dict_pop_or (dict, "b", 7, NULL));
    ck_assert_int_eq (weir_dict_size (dict), 0);
    refuses (EINVAL, weir_dict_pop_or (dict, NAN, 7, &value));
    refuses (EINVAL, weir_dict_pop_or (NULL, 1, 7, &value));
    works (weir_object_drop (dict));
    refuses (ENOENT, weir_dict_get_or (dict, "a", 7, &value));
    refuses (ENOENT, weir_dict_pop_or (dict, "a", 7, &value));
    weir_dict_destroy (&dict);
    shared_owner_end (&owner);
}
END_TEST

START_TEST (a_dict_changes_in_one_step)
{
    weir_owner_t *owner = shared_owner (_i);
    weir_dict_t *dict = weir_dict_new (owner, NULL);
    weir_value_t value = weir_value_int (7);
    works (weir_dict_add (dict, "n", 2, NULL));
    works (weir_dict_add (dict, "n", 3, &value));
    equals (&value, "5");
    works (weir_dict_add (dict, "x", 0.5, &value));
    equals (&value, "0.5");
    works (weir_dict_add (dict, "x", 1, &value));
    equals (&value, "1.5");
    works (weir_dict_set (dict, "max", INT64_MAX));
    refuses (ERANGE, weir_dict_add (dict, "max", 1, &value));
    works (weir_dict_set (dict, "text", "a"));
    refuses (EINVAL, weir_dict_add (dict, "text", 1, &value));
    refuses (EINVAL, weir_dict_add (dict, "n", "b", &value));
    ck_assert_int_eq (weir_dict_cas (dict, "n", 5, 6), 1);
    ck_assert_int_eq (weir_dict_cas (dict, "n", 5, 7), 0);
    refuses (ENOENT, weir_dict_cas (dict, "none", 5, 7));
    works (weir_dict_setdefault (dict, "n", 9, &value));
    equals (&value, "6");
    works (weir_dict_setdefault (dict, "new", 9, &value));
    equals (&value, "9");
    works (weir_dict_setdefault (dict, "new", 10, NULL));
    works (weir_dict_pop (dict, "new", &value));
    equals (&value, "9");
    value = weir_value_int (7);
    refuses (ENOENT, weir_dict_pop (dict, "new", &value));
    ck_assert_int_eq (value.integer, 7);
    works (weir_dict_pop (dict, "max", NULL));
    works (weir_dict_items (dict, &value));
    equals (&value, "{'n': 6, 'x': 1.5, 'text': 'a'}");
    weir_dict_destroy (&dict);
    shared_owner_end (&owner);
}
END_TEST

static int print_dict (void *dict, FILE *file)
{
    return weir_dict_print (dict, file);
}

START_TEST (a_dict_keeps_its_order)
{
    weir_owner_t *owner = shared_owner (_i);
    weir_dict_t *dict = weir_dict_new (owner, NULL);
    weir_value_t value = weir_value_int (7);
    refuses (ENOENT, weir_dict_popitem (dict, &value));
    ck_assert_int_eq (value.integer, 7);
    works (weir_dict_update (dict, weir_map_of ("b", 1, "a", 2, "c", 3)));
    works (weir_dict_update (dict, weir_map_of ("d", 4, "b", 5)));
    refuses (EINVAL, weir_dict_update (dict, weir_list_of ("b", 1)));
    refuses (EINVAL,
             weir_dict_update (dict, weir_map_of ("e", 1, weir_list_of (), 2)));
    works (weir_dict_keys (dict, &value));
    equals (&value, "['b', 'a', 'c', 'd']");
    works (weir_dict_values (dict, &value));
    equals (&value, "[5, 2, 3, 4]");
    prints (print_dict, dict, "{'b': 5, 'a': 2, 'c': 3, 'd': 4}\n");
    works (weir_dict_popitem (dict, &value));
    equals (&value, "['d', 4]");
    works (weir_dict_popitem (dict, NULL));
    works (weir_dict_delete (dict, "b"));
    works (weir_dict_set (dict, "b", 6));
    works (weir_dict_items (dict, &value));
    ck_assert_int_eq (value.type, WEIR_MAP);
    ck_assert_int_eq (value.size, 2);
    ck_assert_str_eq (value.items [0].string, "a");
    ck_assert_str_eq (value.items [2].string, "b");
    weir_value_clear (&value);
    weir_dict_destroy (&dict);
    shared_owner_end (&owner);
}
END_TEST

//  ---------------------------------------------------------------------------
//  Var

START_TEST (a_var_is_made_opened_and_destroyed)
{
    weir_owner_t *owner = shared_owner (_i);
    weir_var_t *var = weir_var_new (owner, "total", 100);
    exists (var);
    refuses_null (EEXIST, weir_var_new (owner, "total", 0));
    refuses_null (ENOENT, weir_var_open (owner, "none"));
    refuses_null (EINVAL, weir_dict_open (owner, "total"));
    weir_var_t *other = weir_var_open (owner, "total");
    exists (other);
    int64_t total;
    works (weir_var_get_int (other, &total));
    ck_assert_int_eq (total, 100);
    works (weir_object_drop (other));
    refuses (ENOENT, weir_var_get_int (var, &total));
    refuses (ENOENT, weir_object_drop (var));
    weir_var_destroy (&other);
    weir_var_destroy (&var);
    ck_assert_ptr_null (var);
    weir_var_destroy (&var);
    weir_var_destroy (NULL);
    shared_owner_end (&owner);
}
END_TEST

static int print_var (void *var, FILE *file)
{
    return weir_var_print (var, file);
}

START_TEST (a_var_changes_in_one_step_and_keeps_its_type)
{
    weir_owner_t *owner = shared_owner (_i);
    weir_var_t *var = weir_var_new (owner, NULL, 100);
    weir_value_t value = weir_value_int (7);
    double real = 0;
    int64_t integer;
    works (weir_var_add (var, 5, NULL));
    works (weir_var_add (var, -1, &value));
    equals (&value, "104");
    works (weir_var_exchange (var, 3, &value));
    equals (&value, "104");
    ck_assert_int_eq (weir_var_cas (var, 3, 4), 1);
    ck_assert_int_eq (weir_var_cas (var, 3, 5), 0);
    value = weir_value_int (7);
    refuses (EINVAL, weir_var_set (var, "text"));
    refuses (EINVAL, weir_var_exchange (var, "text", &value));
    refuses (EINVAL, weir_var_cas (var, 4, "text"));
    refuses (EINVAL, weir_var_add (var, 0.5, &value));
    refuses (EINVAL, weir_var_add (var, "1", &value));
    works (weir_var_set (var, INT64_MAX));
    refuses (ERANGE, weir_var_add (var, 1, &value));
    ck_assert_int_eq (value.integer, 7);
    works (weir_var_get_real (var, &real));
    ck_assert_double_eq (real, (double) INT64_MAX);
    works (weir_var_set (var, -8));
    works (weir_var_get (var, &value));
    equals (&value, "-8");
    prints (print_var, var, "-8\n");
    weir_var_destroy (&var);

    var = weir_var_new (owner, NULL, "text");
    prints (print_var, var, "'text'\n");
    refuses (EINVAL, weir_var_get_int (var, &integer));
    refuses (EINVAL, weir_var_get_real (var, &real));
    refuses (EINVAL, weir_var_add (var, 1, NULL));
    weir_var_destroy (&var);
    shared_owner_end (&owner);
}
END_TEST

//  ---------------------------------------------------------------------------
//  Owner

START_TEST (an_owner_knows_its_name_its_process_and_its_objects)
{
    weir_owner_t *owner = shared_owner (_i);
    weir_value_t objects;
    pid_t pid = weir_owner_pid (owner);
    ck_assert (_i == SHARED_THREAD ? pid == getpid () : pid != getpid ());
    ck_assert_int_gt (pid, 0);
    ck_assert_int_gt (strlen (weir_owner_name (owner)), 0);
    works (weir_owner_objects (owner, &objects));
    equals (&objects, "[]");
    weir_dict_t *dict = weir_dict_new (owner, "d");
    weir_list_t *list = weir_list_new (owner, NULL);
    weir_var_t *var = weir_var_new (owner, "v", 1.5);
    weir_lock_t *lock = weir_lock_new (owner, NULL);
    weir_queue_t *queue = weir_queue_new (owner, "q", 3);
    works (weir_owner_objects (owner, &objects));
    equals (&objects, "[[1, 'dict', 'd'], [2, 'list', None], [3, 'var', 'v'], "
                      "[4, 'lock', None], [5, 'queue', 'q']]");
    //  Objects without a name end with the session, not with their handles.
    weir_list_destroy (&list);
    works (weir_object_drop (lock));
    weir_lock_destroy (&lock);
    works (weir_object_drop (dict));
    works (weir_owner_objects (owner, &objects));
    equals (&objects,
            "[[2, 'list', None], [3, 'var', 'v'], [5, 'queue', 'q']]");
    weir_dict_destroy (&dict);
    weir_var_destroy (&var);
    weir_queue_destroy (&queue);
    shared_owner_end (&owner);
}
END_TEST

int main (void)
{
    Suite *suite = suite_create ("shared");
    TCase *tcase = test_case (suite, "dict");
    tcase_add_loop_test (tcase, a_dict_is_made_opened_and_destroyed, 0,
                         SHARED_FORMS);
    tcase_add_loop_test (tcase, a_dict_sets_gets_and_deletes, 0, SHARED_FORMS);
    tcase_add_loop_test (tcase, a_dict_gives_plain_numbers, 0, SHARED_FORMS);
    tcase_add_loop_test (tcase, a_dict_gives_a_default, 0, SHARED_FORMS);
    tcase_add_loop_test (tcase, a_dict_changes_in_one_step, 0, SHARED_FORMS);
    tcase_add_loop_test (tcase, a_dict_keeps_its_order, 0, SHARED_FORMS);
    tcase = test_case (suite, "var");
    tcase_add_loop_test (tcase, a_var_is_made_opened_and_destroyed, 0,
                         SHARED_FORMS);
    tcase_add_loop_test (tcase, a_var_changes_in_one_step_and_keeps_its_type, 0,
                         SHARED_FORMS);
    tcase = test_case (suite, "owner");
    tcase_add_loop_test (tcase,
                         an_owner_knows_its_name_its_process_and_its_objects, 0,
                         SHARED_FORMS);
    return test_main (suite);
}
