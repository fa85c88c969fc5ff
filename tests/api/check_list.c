/*  check_list.c - list through the public API

    Each test runs over all three forms of owners.

    SPDX-License-Identifier: MPL-2.0
*/

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "kit/shared.h"

static weir_list_t *make_list (weir_owner_t *owner, weir_value_t items)
{
    weir_list_t *list = weir_list_new (owner, NULL);
    exists (list);
    works (weir_list_extend (list, items));
    return list;
}

//  Asserts the content.
#define holds(list, literal)                     \
    do {                                         \
        weir_value_t items_;                     \
        works (weir_list_items (list, &items_)); \
        equals (&items_, literal);               \
    } while (0)

START_TEST (a_list_is_made_opened_and_destroyed)
{
    weir_owner_t *owner = shared_owner (_i);
    weir_list_t *list = weir_list_new (owner, "jobs");
    exists (list);
    refuses_null (EEXIST, weir_list_new (owner, "jobs"));
    refuses_null (ENOENT, weir_list_open (owner, "none"));
    refuses_null (EINVAL, weir_queue_open (owner, "jobs"));
    weir_list_t *other = weir_list_open (owner, "jobs");
    exists (other);
    works (weir_list_append (list, 1));
    holds (other, "[1]");
    weir_list_destroy (&list);
    weir_list_destroy (&list);
    weir_list_destroy (NULL);
    holds (other, "[1]");
    works (weir_object_drop (other));
    refuses (ENOENT, weir_list_append (other, 1));
    ck_assert_str_eq (weir_object_name (other), "jobs");
    weir_list_destroy (&other);
    shared_owner_end (&owner);
}
END_TEST

START_TEST (a_list_is_made_with_items)
{
    weir_owner_t *owner = shared_owner (_i);
    weir_list_t *list =
        weir_list_new_with (owner, "made", weir_list_of (1, "two", 3.0));
    exists (list);
    holds (list, "[1, 'two', 3.0]");
    refuses_null (EEXIST, weir_list_new_with (owner, "made", weir_list_of ()));
    refuses_null (EINVAL, weir_list_new_with (owner, NULL, weir_value_int (1)));
    refuses_null (EINVAL, weir_list_new_with (NULL, NULL, weir_list_of (1)));
    weir_list_destroy (&list);
    shared_owner_end (&owner);
}
END_TEST

static void *pop_twice (void *arg)
{
    weir_value_t value;
    for (int i = 1; i < 3; i++) {
        works (weir_list_pop_wait (arg, 0, &value, -1));
        ck_assert_int_eq (value.integer, i);
    }
    return NULL;
}

START_TEST (a_pop_waits_for_an_item)
{
    weir_owner_t *owner = shared_owner (_i);
    weir_list_t *list = weir_list_new (owner, NULL);
    weir_value_t value = weir_value_int (7);
    refuses (EAGAIN, weir_list_pop_wait (list, 0, &value, 0));
    refuses (ETIMEDOUT, weir_list_pop_wait (list, -1, &value, 5));
    refuses (EINVAL, weir_list_pop_wait (list, 0, &value, -2));
    refuses (EINVAL, weir_list_pop_wait (NULL, 0, &value, -1));
    ck_assert_int_eq (value.integer, 7);
    pthread_t thread = shared_thread (pop_twice, list);
    works (weir_list_append (list, 1));
    works (weir_list_extend (list, weir_list_of (2, 3)));
    shared_join (thread);
    works (weir_list_pop_wait (list, -1, NULL, -1));
    ck_assert_int_eq (weir_list_size (list), 0);
    weir_list_destroy (&list);
    shared_owner_end (&owner);
}
END_TEST

START_TEST (a_list_adds_and_removes_items)
{
    weir_owner_t *owner = shared_owner (_i);
    weir_list_t *list = make_list (owner, weir_list_of (1, 6, 3, 4));
    weir_value_t value = weir_value_int (7);
    works (weir_list_append (list, "end"));
    works (weir_list_insert (list, 0, "start"));
    works (weir_list_insert (list, -1, "before"));
    works (weir_list_insert (list, 99, "beyond"));
    works (weir_list_insert (list, -99, "first"));
    holds (list, "['first', 'start', 1, 6, 3, 4, 'before', 'end', 'beyond']");
    works (weir_list_pop (list, -1, &value));
    equals (&value, "'beyond'");
    works (weir_list_pop (list, 0, NULL));
    works (weir_list_delete (list, -2));
    works (weir_list_remove (list, "end"));
    holds (list, "['start', 1, 6, 3, 4]");
    value = weir_value_int (7);
    refuses (ERANGE, weir_list_pop (list, 5, &value));
    refuses (ERANGE, weir_list_delete (list, -6));
    refuses (ENOENT, weir_list_remove (list, "end"));
    refuses (EINVAL, weir_list_extend (list, weir_value_int (1)));
    ck_assert_int_eq (value.integer, 7);
    ck_assert_int_eq (weir_list_size (list), 5);
    works (weir_list_clear (list));
    ck_assert_int_eq (weir_list_size (list), 0);
    refuses (ERANGE, weir_list_pop (list, -1, &value));
    weir_list_destroy (&list);
    shared_owner_end (&owner);
}
END_TEST

START_TEST (a_list_gets_and_sets_items)
{
    weir_owner_t *owner = shared_owner (_i);
    weir_list_t *list = make_list (owner, weir_list_of (1, 2.5, "text"));
    weir_value_t value = weir_value_int (7);
    int64_t integer = 0;
    double real = 0;
    works (weir_list_get (list, -1, &value));
    equals (&value, "'text'");
    works (weir_list_get_int (list, 0, &integer));
    ck_assert_int_eq (integer, 1);
    works (weir_list_get_real (list, 0, &real));
    ck_assert_double_eq (real, 1);
    works (weir_list_get_real (list, 1, &real));
    ck_assert_double_eq (real, 2.5);
    value = weir_value_int (7);
    refuses (ERANGE, weir_list_get (list, 3, &value));
    refuses (ERANGE, weir_list_get_int (list, -4, &integer));
    refuses (ERANGE, weir_list_get_real (list, 3, &real));
    refuses (EINVAL, weir_list_get_int (list, 1, &integer));
    refuses (EINVAL, weir_list_get_real (list, 2, &real));
    ck_assert_int_eq (value.integer, 7);
    works (weir_list_set (list, 0, "new"));
    refuses (ERANGE, weir_list_set (list, 3, 1));
    works (weir_list_add (list, 1, 1, &value));
    equals (&value, "3.5");
    refuses (EINVAL, weir_list_add (list, 0, 1, NULL));
    refuses (ERANGE, weir_list_add (list, 9, 1, NULL));
    works (weir_list_set (list, 0, INT64_MAX));
    refuses (ERANGE, weir_list_add (list, 0, 1, NULL));
    works (weir_list_set (list, 0, weir_list_of ()));
    holds (list, "[[], 3.5, 'text']");
    weir_list_destroy (&list);
    shared_owner_end (&owner);
}
END_TEST

START_TEST (a_list_finds_and_counts_items)
{
    weir_owner_t *owner = shared_owner (_i);
    weir_list_t *list = make_list (owner, weir_list_of (1, 2, 1.0, "a", 1));
    ck_assert_int_eq (weir_list_index (list, 2), 1);
    ck_assert_int_eq (weir_list_index_in (list, 1, 1, 3), 2);
    ck_assert_int_eq (weir_list_index_in (list, 1, -1, WEIR_SLICE_END), 4);
    refuses (ENOENT, weir_list_index (list, "b"));
    refuses (ENOENT, weir_list_index_in (list, "a", 0, 3));
    ck_assert_int_eq (weir_list_count (list, 1), 3);
    ck_assert_int_eq (weir_list_count (list, "b"), 0);
    ck_assert_int_eq (weir_list_contains (list, "a"), 1);
    ck_assert_int_eq (weir_list_contains (list, "b"), 0);
    weir_list_destroy (&list);
    shared_owner_end (&owner);
}
END_TEST

START_TEST (a_list_is_sorted_and_reversed)
{
    weir_owner_t *owner = shared_owner (_i);
    weir_list_t *list = make_list (owner, weir_list_of (1, 6, 3.5, -4));
    works (weir_list_sort (list, false));
    holds (list, "[-4, 1, 3.5, 6]");
    works (weir_list_sort (list, true));
    holds (list, "[6, 3.5, 1, -4]");
    works (weir_list_reverse (list));
    holds (list, "[-4, 1, 3.5, 6]");
    works (weir_list_append (list, "text"));
    refuses (EINVAL, weir_list_sort (list, false));
    holds (list, "[-4, 1, 3.5, 6, 'text']");
    char *text = NULL;
    size_t size;
    FILE *file = open_memstream (&text, &size);
    works (weir_list_print (list, file));
    fclose (file);
    ck_assert_str_eq (text, "[-4, 1, 3.5, 6, 'text']\n");
    free (text);
    weir_list_destroy (&list);
    shared_owner_end (&owner);
}
END_TEST

START_TEST (a_list_has_slices)
{
    weir_owner_t *owner = shared_owner (_i);
    weir_list_t *list = make_list (owner, weir_list_of (0, 1, 2, 3, 4, 5));
    weir_value_t value = weir_value_int (7);
    works (weir_list_get_slice (list, weir_slice (1, 4, 1), &value));
    equals (&value, "[1, 2, 3]");
    works (weir_list_get_slice (
        list, weir_slice (WEIR_SLICE_END, WEIR_SLICE_END, -2), &value));
    equals (&value, "[5, 3, 1]");
    works (weir_list_get_slice (list, WEIR_SLICE_ALL, &value));
    equals (&value, "[0, 1, 2, 3, 4, 5]");
    value = weir_value_int (7);
    refuses (EINVAL, weir_list_get_slice (list, weir_slice (0, 1, 0), &value));
    ck_assert_int_eq (value.integer, 7);
    works (weir_list_set_slice (list, weir_slice (1, 3, 1),
                                weir_list_of ("a", "b", "c")));
    holds (list, "[0, 'a', 'b', 'c', 3, 4, 5]");
    works (weir_list_set_slice (list, weir_slice (0, 4, 2),
                                weir_list_of ("x", "y")));
    holds (list, "['x', 'a', 'y', 'c', 3, 4, 5]");
    refuses (EINVAL, weir_list_set_slice (list, weir_slice (0, 4, 2),
                                          weir_list_of ("x")));
    refuses (EINVAL, weir_list_set_slice (list, weir_slice (0, 4, 0),
                                          weir_list_of ("x")));
    refuses (EINVAL, weir_list_set_slice (list, weir_slice (0, 4, 1),
                                          weir_value_int (1)));
    works (weir_list_delete_slice (list, weir_slice (4, WEIR_SLICE_END, 1)));
    refuses (EINVAL, weir_list_delete_slice (list, weir_slice (0, 1, 0)));
    holds (list, "['x', 'a', 'y', 'c']");
    weir_list_destroy (&list);
    shared_owner_end (&owner);
}
END_TEST

int main (void)
{
    Suite *suite = suite_create ("shared list");
    TCase *tcase = test_case (suite, "list");
    tcase_add_loop_test (tcase, a_list_is_made_opened_and_destroyed, 0,
                         SHARED_FORMS);
    tcase_add_loop_test (tcase, a_list_adds_and_removes_items, 0, SHARED_FORMS);
    tcase_add_loop_test (tcase, a_list_gets_and_sets_items, 0, SHARED_FORMS);
    tcase_add_loop_test (tcase, a_list_finds_and_counts_items, 0, SHARED_FORMS);
    tcase_add_loop_test (tcase, a_list_is_sorted_and_reversed, 0, SHARED_FORMS);
    tcase_add_loop_test (tcase, a_list_has_slices, 0, SHARED_FORMS);
    tcase_add_loop_test (tcase, a_list_is_made_with_items, 0, SHARED_FORMS);
    tcase_add_loop_test (tcase, a_pop_waits_for_an_item, 0, SHARED_FORMS);
    return test_main (suite);
}
