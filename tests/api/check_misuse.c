/*  check_misuse.c - mistakes that a program can make

    Each mistake gives a clear error. None hangs, aborts or changes anything.

    SPDX-License-Identifier: MPL-2.0
*/

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "kit/shared.h"

//  ---------------------------------------------------------------------------
//  NULL

START_TEST (a_null_owner_is_refused)
{
    weir_value_t value = weir_value_int (7);
    refuses_null (EINVAL, weir_dict_new (NULL, "x"));
    refuses_null (EINVAL, weir_dict_open (NULL, "x"));
    refuses_null (EINVAL, weir_list_new (NULL, "x"));
    refuses_null (EINVAL, weir_list_open (NULL, "x"));
    refuses_null (EINVAL, weir_var_new (NULL, "x", 1));
    refuses_null (EINVAL, weir_var_open (NULL, "x"));
    refuses_null (EINVAL, weir_lock_new (NULL, "x"));
    refuses_null (EINVAL, weir_lock_open (NULL, "x"));
    refuses_null (EINVAL, weir_queue_new (NULL, "x", 0));
    refuses_null (EINVAL, weir_queue_new_lifo (NULL, "x", 0));
    refuses_null (EINVAL, weir_queue_new_priority (NULL, "x", 0));
    refuses_null (EINVAL, weir_queue_open (NULL, "x"));
    refuses_null (EINVAL, weir_owner_name (NULL));
    refuses (EINVAL, weir_owner_pid (NULL));
    refuses (EINVAL, weir_owner_objects (NULL, &value));
    ck_assert_int_eq (value.integer, 7);
}
END_TEST

START_TEST (a_null_dict_is_refused)
{
    weir_value_t value;
    int64_t integer;
    double real;
    weir_value_t map = weir_map_of (1, 1);
    refuses (EINVAL, weir_dict_set (NULL, 1, 1));
    refuses (EINVAL, weir_dict_get (NULL, 1, &value));
    refuses (EINVAL, weir_dict_get_int (NULL, 1, &integer));
    refuses (EINVAL, weir_dict_get_real (NULL, 1, &real));
    refuses (EINVAL, weir_dict_get_or (NULL, 1, 1, &value));
    refuses (EINVAL, weir_dict_contains (NULL, 1));
    refuses (EINVAL, weir_dict_delete (NULL, 1));
    refuses (EINVAL, weir_dict_pop (NULL, 1, &value));
    refuses (EINVAL, weir_dict_popitem (NULL, &value));
    refuses (EINVAL, weir_dict_setdefault (NULL, 1, 1, &value));
    refuses (EINVAL, weir_dict_add (NULL, 1, 1, &value));
    refuses (EINVAL, weir_dict_cas (NULL, 1, 1, 1));
    refuses (EINVAL, weir_dict_update (NULL, map));
    refuses (EINVAL, weir_dict_size (NULL));
    refuses (EINVAL, weir_dict_keys (NULL, &value));
    refuses (EINVAL, weir_dict_values (NULL, &value));
    refuses (EINVAL, weir_dict_items (NULL, &value));
    refuses (EINVAL, weir_dict_clear (NULL));
    refuses (EINVAL, weir_dict_print (NULL, stdout));
}
END_TEST

START_TEST (a_null_list_is_refused)
{
    weir_value_t value;
    int64_t integer;
    double real;
    weir_value_t items = weir_list_of (1);
    refuses (EINVAL, weir_list_append (NULL, 1));
    refuses (EINVAL, weir_list_extend (NULL, items));
    refuses (EINVAL, weir_list_insert (NULL, 0, 1));
    refuses (EINVAL, weir_list_get (NULL, 0, &value));
    refuses (EINVAL, weir_list_get_int (NULL, 0, &integer));
    refuses (EINVAL, weir_list_get_real (NULL, 0, &real));
    refuses (EINVAL, weir_list_set (NULL, 0, 1));
    refuses (EINVAL, weir_list_delete (NULL, 0));
    refuses (EINVAL, weir_list_pop (NULL, 0, &value));
    refuses (EINVAL, weir_list_add (NULL, 0, 1, &value));
    refuses (EINVAL, weir_list_remove (NULL, 1));
    refuses (EINVAL, weir_list_index (NULL, 1));
    refuses (EINVAL, weir_list_index_in (NULL, 1, 0, 1));
    refuses (EINVAL, weir_list_count (NULL, 1));
    refuses (EINVAL, weir_list_contains (NULL, 1));
    refuses (EINVAL, weir_list_reverse (NULL));
    refuses (EINVAL, weir_list_sort (NULL, true));
    refuses (EINVAL, weir_list_get_slice (NULL, WEIR_SLICE_ALL, &value));
    refuses (EINVAL, weir_list_set_slice (NULL, WEIR_SLICE_ALL, items));
    refuses (EINVAL, weir_list_delete_slice (NULL, WEIR_SLICE_ALL));
    refuses (EINVAL, weir_list_items (NULL, &value));
    refuses (EINVAL, weir_list_size (NULL));
    refuses (EINVAL, weir_list_clear (NULL));
    refuses (EINVAL, weir_list_print (NULL, stdout));
}
END_TEST

START_TEST (a_null_var_lock_queue_or_object_is_refused)
{
    weir_value_t value;
    int64_t integer;
    double real;
    refuses (EINVAL, weir_var_get (NULL, &value));
    refuses (EINVAL, weir_var_get_int (NULL, &integer));
    refuses (EINVAL, weir_var_get_real (NULL, &real));
    refuses (EINVAL, weir_var_set (NULL, 1));
    refuses (EINVAL, weir_var_add (NULL, 1, &value));
    refuses (EINVAL, weir_var_exchange (NULL, 1, &value));
    refuses (EINVAL, weir_var_cas (NULL, 1, 1));
    refuses (EINVAL, weir_var_print (NULL, stdout));
    refuses (EINVAL, weir_lock_acquire (NULL, -1));
    refuses (EINVAL, weir_lock_release (NULL));
    ck_assert (!weir_lock_abandoned (NULL));
    ck_assert_uint_eq (weir_lock_token (NULL), 0);
    refuses (EINVAL, weir_lock_locked (NULL));
    refuses (EINVAL, weir_lock_waiting (NULL));
    refuses (EINVAL, weir_queue_put (NULL, 1, -1));
    refuses (EINVAL, weir_queue_get (NULL, &value, -1));
    refuses (EINVAL, weir_queue_put_many (NULL, weir_list_of (1), -1));
    refuses (EINVAL, weir_queue_get_many (NULL, 1, &value, -1));
    weir_lease_t lease;
    refuses (EINVAL, weir_queue_get_lease (NULL, -1, &lease, -1));
    refuses (EINVAL, weir_queue_ack (NULL, 1));
    refuses (EINVAL, weir_queue_nack (NULL, 1));
    refuses (EINVAL, weir_queue_extend (NULL, 1, 1));
    refuses (EINVAL, weir_queue_task_done (NULL));
    refuses (EINVAL, weir_queue_task_done_many (NULL, 1));
    refuses (EINVAL, weir_queue_join (NULL, -1));
    refuses (EINVAL, weir_queue_size (NULL));
    refuses (EINVAL, weir_queue_empty (NULL));
    refuses (EINVAL, weir_queue_full (NULL));
    refuses (EINVAL, weir_queue_close (NULL));
    refuses (EINVAL, weir_queue_close_now (NULL));
    ck_assert_int_eq (weir_object_reference (NULL).type, WEIR_INVALID);
    refuses_null (EINVAL, weir_object_name (NULL));
    refuses (EINVAL, weir_object_drop (NULL));
}
END_TEST

START_TEST (a_null_output_or_name_is_refused_and_changes_nothing)
{
    weir_owner_t *owner = shared_owner (_i);
    weir_dict_t *dict = weir_dict_new (owner, NULL);
    weir_list_t *list = weir_list_new (owner, NULL);
    weir_var_t *var = weir_var_new (owner, NULL, 1);
    weir_queue_t *queue = weir_queue_new (owner, NULL, 0);
    works (weir_queue_put (queue, 1, -1));
    refuses (EINVAL, weir_owner_objects (owner, NULL));
    refuses (EINVAL, weir_dict_get (dict, 1, NULL));
    refuses (EINVAL, weir_dict_get_int (dict, 1, NULL));
    refuses (EINVAL, weir_dict_get_real (dict, 1, NULL));
    refuses (EINVAL, weir_dict_get_or (dict, 1, 1, NULL));
    refuses (EINVAL, weir_dict_keys (dict, NULL));
    refuses (EINVAL, weir_dict_values (dict, NULL));
    refuses (EINVAL, weir_dict_items (dict, NULL));
    refuses (EINVAL, weir_dict_print (dict, NULL));
    refuses (EINVAL, weir_list_get (list, 0, NULL));
    refuses (EINVAL, weir_list_get_int (list, 0, NULL));
    refuses (EINVAL, weir_list_get_real (list, 0, NULL));
    refuses (EINVAL, weir_list_get_slice (list, WEIR_SLICE_ALL, NULL));
    refuses (EINVAL, weir_list_items (list, NULL));
    refuses (EINVAL, weir_list_print (list, NULL));
    refuses (EINVAL, weir_var_get (var, NULL));
    refuses (EINVAL, weir_var_get_int (var, NULL));
    refuses (EINVAL, weir_var_get_real (var, NULL));
    refuses (EINVAL, weir_var_exchange (var, 9, NULL));
    refuses (EINVAL, weir_var_print (var, NULL));
    refuses (EINVAL, weir_queue_get (queue, NULL, -1));
    refuses (EINVAL, weir_queue_get_many (queue, 1, NULL, -1));
    refuses (EINVAL, weir_queue_get_lease (queue, -1, NULL, -1));
    refuses_null (EINVAL, weir_dict_open (owner, NULL));
    refuses_null (EINVAL, weir_list_open (owner, NULL));
    refuses_null (EINVAL, weir_var_open (owner, NULL));
    refuses_null (EINVAL, weir_lock_open (owner, NULL));
    refuses_null (EINVAL, weir_queue_open (owner, NULL));
    int64_t one = 0;
    works (weir_var_get_int (var, &one));
    ck_assert_int_eq (one, 1);
    ck_assert_int_eq (weir_queue_size (queue), 1);
    weir_dict_destroy (&dict);
    weir_list_destroy (&list);
    weir_var_destroy (&var);
    weir_queue_destroy (&queue);
    shared_owner_end (&owner);
}
END_TEST

//  ---------------------------------------------------------------------------
//  Bad arguments

START_TEST (a_bad_object_name_is_refused)
{
    weir_owner_t *owner = shared_owner (_i);
    char name [257];
    memset (name, 'n', sizeof name);
    name [256] = '\0';
    refuses_null (EINVAL, weir_dict_new (owner, ""));
    refuses_null (EINVAL, weir_dict_new (owner, name));
    refuses_null (EINVAL, weir_queue_new (owner, name, 0));
    refuses_null (ENOENT, weir_dict_open (owner, name));
    name [255] = '\0';
    weir_dict_t *dict = weir_dict_new (owner, name);
    exists (dict);
    weir_list_t *list = weir_list_new (owner, "any \n text \xff");
    exists (list);
    weir_list_destroy (&list);
    refuses_null (EINVAL, weir_dict_open (owner, "any \n text \xff"));
    weir_dict_destroy (&dict);
    shared_owner_end (&owner);
}
END_TEST

//  Lists inside each other.
static weir_value_t nest (weir_value_t *levels, int depth)
{
    levels [0] = weir_value_list (NULL, 0);
    for (int i = 1; i < depth; i++)
        levels [i] = weir_value_list (&levels [i - 1], 1);
    return levels [depth - 1];
}

START_TEST (a_bad_value_is_refused)
{
    weir_owner_t *owner = shared_owner (_i);
    weir_dict_t *dict = weir_dict_new (owner, NULL);
    weir_queue_t *queue = weir_queue_new (owner, NULL, 0);
    weir_value_t levels [40], value;
    weir_value_t invalid = weir_value_sized (WEIR_INVALID, NULL, 0);
    refuses (EINVAL, weir_dict_set (dict, invalid, 1));
    refuses (EINVAL, weir_dict_set (dict, 1, invalid));
    refuses (EINVAL, weir_dict_set (dict, 1, UINT64_MAX));
    refuses (EINVAL, weir_dict_set (dict, 1, weir_list_of (invalid)));
    refuses (EINVAL, weir_queue_put (queue, invalid, -1));
    refuses_null (EINVAL, weir_var_new (owner, NULL, invalid));
    refuses (EINVAL, weir_dict_get (dict, invalid, &value));
    refuses (EINVAL, weir_dict_set (dict, 1, nest (levels, 33)));
    refuses (EINVAL, weir_queue_put (queue, nest (levels, 32), -1));
    value = nest (levels, 4);
    value.type = (weir_type_t) 77;
    refuses (EINVAL, weir_dict_set (dict, 1, value));
    ck_assert_int_eq (weir_dict_size (dict), 0);
    ck_assert_int_eq (weir_queue_size (queue), 0);
    works (weir_queue_put (queue, nest (levels, 31), -1));
    works (weir_queue_get (queue, &value, -1));
    ck_assert (weir_value_equal (value, levels [30]));
    weir_value_clear (&value);
    weir_dict_destroy (&dict);
    weir_queue_destroy (&queue);
    shared_owner_end (&owner);
}
END_TEST

//  A dict or list is a level itself, so that its whole content is a value, too.
START_TEST (values_in_a_dict_or_list_may_nest_one_level_less)
{
    weir_owner_t *owner = shared_owner (_i);
    weir_dict_t *dict = weir_dict_new (owner, NULL);
    weir_list_t *list = weir_list_new (owner, NULL);
    weir_value_t levels [32], value, deep = nest (levels, 32);
    refuses (EINVAL, weir_dict_set (dict, 1, deep));
    refuses (EINVAL, weir_dict_setdefault (dict, 1, deep, NULL));
    refuses (EINVAL, weir_dict_update (dict, weir_map_of (1, deep)));
    refuses (EINVAL, weir_list_append (list, deep));
    refuses (EINVAL, weir_list_insert (list, 0, deep));
    works (weir_dict_set (dict, 1, levels [30]));
    works (weir_list_extend (list, deep)); //  one item
    refuses (EINVAL, weir_dict_cas (dict, 1, levels [30], deep));
    refuses (EINVAL, weir_list_set (list, 0, deep));
    works (weir_dict_items (dict, &value));
    ck_assert (weir_value_equal (value, weir_map_of (1, levels [30])));
    weir_value_clear (&value);
    works (weir_dict_values (dict, &value));
    ck_assert (weir_value_equal (value, deep));
    weir_value_clear (&value);
    works (weir_list_items (list, &value));
    ck_assert (weir_value_equal (value, deep));
    weir_value_clear (&value);
    works (weir_dict_popitem (dict, &value));
    weir_value_clear (&value);
    weir_dict_destroy (&dict);
    weir_list_destroy (&list);
    shared_owner_end (&owner);
}
END_TEST

START_TEST (a_timeout_below_minus_one_is_refused)
{
    weir_owner_t *owner = shared_owner (_i);
    weir_lock_t *lock = weir_lock_new (owner, NULL);
    weir_queue_t *queue = weir_queue_new (owner, NULL, 0);
    weir_value_t value;
    refuses (EINVAL, weir_lock_acquire (lock, -2));
    refuses (EINVAL, weir_lock_acquire (lock, INT32_MIN));
    refuses (EINVAL, weir_queue_put (queue, 1, -2));
    refuses (EINVAL, weir_queue_get (queue, &value, -1000));
    refuses (EINVAL, weir_queue_put_many (queue, weir_list_of (1), -2));
    refuses (EINVAL, weir_queue_get_many (queue, 1, &value, -2));
    refuses (EINVAL, weir_queue_join (queue, -2));
    weir_lease_t lease;
    refuses (EINVAL, weir_queue_get_lease (queue, -1, &lease, -2));
    ck_assert_int_eq (weir_lock_locked (lock), 0);
    ck_assert_int_eq (weir_queue_size (queue), 0);
    works (weir_lock_acquire (lock, INT32_MAX));
    works (weir_lock_release (lock));
    weir_lock_destroy (&lock);
    weir_queue_destroy (&queue);
    shared_owner_end (&owner);
}
END_TEST

//  ---------------------------------------------------------------------------
//  The last failure stays

static int print_to (int (*print) (void *, FILE *), void *object,
                     const char *path)
{
    FILE *file = fopen (path, "w");
    setvbuf (file, NULL, _IONBF, 0);
    int rc = print (object, file);
    int error = errno;
    fclose (file);
    errno = error;
    return rc;
}

static int print_dict (void *dict, FILE *file)
{
    return weir_dict_print (dict, file);
}

START_TEST (printing_to_a_full_device_fails)
{
    weir_owner_t *owner = shared_owner (_i);
    weir_dict_t *dict = weir_dict_new (owner, NULL);
    refuses (ENOSPC, print_to (print_dict, dict, "/dev/full"));
    works (print_to (print_dict, dict, "/dev/null"));
    weir_dict_destroy (&dict);
    shared_owner_end (&owner);
}
END_TEST

START_TEST (destroying_leaves_the_last_failure_alone)
{
    weir_owner_t *owner = shared_owner (_i);
    weir_dict_t *dict = weir_dict_new (owner, NULL);
    weir_list_t *list = weir_list_new (owner, "named");
    char sentence [200];
    shared_owner_end (&owner);
    errno = 0;
    refuses (EOWNERDEAD, weir_dict_set (dict, 1, 1));
    refuses (EINVAL, weir_dict_set (NULL, 1, 1));
    snprintf (sentence, sizeof sentence, "%s", weir_error ());
    weir_list_destroy (&list);
    weir_dict_destroy (&dict);
    weir_owner_destroy (&owner);
    ck_assert_int_eq (errno, EINVAL);
    ck_assert_str_eq (weir_error (), sentence);
}
END_TEST

static void *fail_here (void *sentence)
{
    ck_assert_str_eq (weir_error (), "no error");
    refuses (EINVAL, weir_owner_pid (NULL));
    snprintf (sentence, 200, "%s", weir_error ());
    return NULL;
}

START_TEST (each_thread_has_its_own_last_failure)
{
    char sentence [200] = "";
    refuses_null (ENOENT, weir_owner_open ("nobody"));
    shared_join (shared_thread (fail_here, sentence));
    ck_assert_str_ne (weir_error (), sentence);
    ck_assert_ptr_nonnull (strstr (weir_error (), "nobody"));
}
END_TEST

//  ---------------------------------------------------------------------------
//  Other people's handles

static void *use_while_it_goes (void *arg)
{
    weir_dict_t *dict = arg;
    int rc;
    do
        rc = weir_dict_add (dict, "n", 1, NULL);
    while (rc == 0);
    ck_assert_msg (errno == ENOENT || errno == EOWNERDEAD, "%d %s", errno,
                   weir_error ());
    return NULL;
}

static void ck_said (const char *text)
{
    ck_assert_msg (strstr (weir_error (), text) != NULL, "%s", weir_error ());
}

START_TEST (a_sentence_says_what_was_wrong_and_what_to_do)
{
    weir_owner_t *owner = shared_owner (_i);
    refuses_null (EINVAL, weir_lock_new (NULL, NULL));
    ck_said ("owner: the handle is NULL; weir_error () said why");
    refuses (EINVAL, weir_lock_release (NULL));
    ck_said ("handle: it is NULL; weir_error () said why");
    refuses_null (EINVAL, weir_list_from (weir_value_int (7)));
    ck_said ("weir_list_from: the value is not a reference; "
             "weir_object_reference gives one");
    weir_list_t *list = weir_list_new (owner, NULL);
    weir_value_t reference;
    works (weir_value_copy (weir_object_reference (list), &reference));
    works (weir_object_drop (list));
    weir_list_destroy (&list);
    refuses_null (ENOENT, weir_list_from (reference));
    ck_said ("had no name and ended with the process");
    weir_value_clear (&reference);
    refuses_null (EINVAL, weir_array_new (owner, NULL, WEIR_I8, -1));
    ck_said ("0 or more, or from a list of numbers, not from -1");
    shared_owner_end (&owner);
}
END_TEST

//  Others have handles of their own to the destroyed or dropped object.
START_TEST (an_object_in_use_can_be_dropped_and_its_owner_stopped)
{
    for (int round = 0; round < 10; round++) {
        weir_owner_t *owner = shared_owner (_i);
        weir_dict_t *dict = weir_dict_new (owner, round % 2 ? "d" : NULL);
        weir_dict_t *handles [4];
        pthread_t threads [4];
        for (int i = 0; i < 4; i++) {
            handles [i] = weir_dict_from (weir_object_reference (dict));
            exists (handles [i]);
            threads [i] = shared_thread (use_while_it_goes, handles [i]);
        }
        while (weir_dict_contains (dict, "n") != 1)
            ;
        if (round % 3 == 0 || round % 2 == 0)
            works (weir_object_drop (dict));
        weir_dict_destroy (&dict);
        if (round % 3 == 0 || round % 2 == 0)
            for (int i = 0; i < 4; i++)
                shared_join (threads [i]);
        shared_owner_end (&owner);
        for (int i = 0; i < 4; i++) {
            if (round % 3 != 0 && round % 2 != 0)
                shared_join (threads [i]);
            weir_dict_destroy (&handles [i]);
        }
    }
}
END_TEST

int main (void)
{
    Suite *suite = suite_create ("misuse");
    TCase *tcase = test_case (suite, "NULL");
    tcase_add_test (tcase, a_null_owner_is_refused);
    tcase_add_test (tcase, a_null_dict_is_refused);
    tcase_add_test (tcase, a_null_list_is_refused);
    tcase_add_test (tcase, a_null_var_lock_queue_or_object_is_refused);
    tcase_add_loop_test (tcase,
                         a_null_output_or_name_is_refused_and_changes_nothing,
                         0, SHARED_FORMS);
    tcase = test_case (suite, "arguments");
    tcase_add_loop_test (tcase, a_bad_object_name_is_refused, 0, SHARED_FORMS);
    tcase_add_loop_test (tcase, a_bad_value_is_refused, 0, SHARED_FORMS);
    tcase_add_loop_test (tcase,
                         values_in_a_dict_or_list_may_nest_one_level_less, 0,
                         SHARED_FORMS);
    tcase_add_loop_test (tcase, a_timeout_below_minus_one_is_refused, 0,
                         SHARED_FORMS);
    tcase = test_case (suite, "errors");
    tcase_add_loop_test (tcase, printing_to_a_full_device_fails, 0,
                         SHARED_FORMS);
    tcase_add_loop_test (tcase, destroying_leaves_the_last_failure_alone, 0,
                         SHARED_FORMS);
    tcase_add_test (tcase, each_thread_has_its_own_last_failure);
    tcase_add_loop_test (tcase, a_sentence_says_what_was_wrong_and_what_to_do,
                         0, SHARED_FORMS);
    tcase = test_case (suite, "others");
    tcase_add_loop_test (tcase,
                         an_object_in_use_can_be_dropped_and_its_owner_stopped,
                         0, SHARED_FORMS);
    return test_main (suite);
}
