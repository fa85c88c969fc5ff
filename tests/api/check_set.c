/*  check_set.c - set through the public API

    Each test runs over all three forms of owners.

    SPDX-License-Identifier: MPL-2.0
*/

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "kit/shared.h"

static weir_set_t *make_set (weir_owner_t *owner, weir_value_t members)
{
    weir_set_t *set = weir_set_new_with (owner, NULL, members);
    exists (set);
    return set;
}

//  Asserts the content.
#define holds(set, literal)                    \
    do {                                       \
        weir_value_t items_;                   \
        works (weir_set_items (set, &items_)); \
        equals (&items_, literal);             \
    } while (0)

//  Asserts the text that print writes.
static void prints (weir_set_t *set, const char *text)
{
    char *found = NULL;
    size_t size;
    FILE *file = open_memstream (&found, &size);
    works (weir_set_print (set, file));
    fclose (file);
    ck_assert_str_eq (found, text);
    free (found);
}

START_TEST (a_set_is_made_opened_and_destroyed)
{
    weir_owner_t *owner = shared_owner (_i);
    weir_set_t *set = weir_set_new (owner, "seen");
    exists (set);
    refuses_null (EEXIST, weir_set_new (owner, "seen"));
    refuses_null (EEXIST, weir_set_new_with (owner, "seen", weir_list_of ()));
    refuses_null (ENOENT, weir_set_open (owner, "none"));
    refuses_null (EINVAL, weir_dict_open (owner, "seen"));
    refuses_null (EINVAL, weir_set_new_with (owner, NULL, weir_value (1)));
    refuses_null (EINVAL, weir_set_new_with (owner, NULL, weir_list_of (NAN)));
    weir_set_t *other = weir_set_open (owner, "seen");
    exists (other);
    weir_set_t *third = weir_set_from (weir_object_reference (set));
    exists (third);
    ck_assert_int_eq (weir_set_add (set, 1), 1);
    holds (other, "[1]");
    holds (third, "[1]");
    weir_set_destroy (&set);
    ck_assert_ptr_null (set);
    weir_set_destroy (&set);
    weir_set_destroy (NULL);
    works (weir_object_drop (other));
    refuses (ENOENT, weir_set_add (third, 1));
    weir_set_destroy (&other);
    weir_set_destroy (&third);
    shared_owner_end (&owner);
}
END_TEST

START_TEST (a_set_has_each_member_once)
{
    weir_owner_t *owner = shared_owner (_i);
    weir_set_t *set = make_set (owner, weir_list_of ("b", "a", "b"));
    ck_assert_int_eq (weir_set_add (set, "a"), 0);
    ck_assert_int_eq (weir_set_add (set, 2.0), 1);
    ck_assert_int_eq (weir_set_add (set, 2), 0);
    ck_assert_int_eq (weir_set_add (set, weir_map_of ("x", 1, "y", 2)), 1);
    ck_assert_int_eq (weir_set_add (set, weir_map_of ("y", 2.0, "x", 1)), 0);
    ck_assert_int_eq (weir_set_size (set), 4);
    ck_assert_int_eq (weir_set_contains (set, "a"), 1);
    ck_assert_int_eq (weir_set_contains (set, "c"), 0);
    prints (set, "{'b', 'a', 2.0, {'x': 1, 'y': 2}}\n");
    refuses (EINVAL, weir_set_add (set, NAN));
    refuses (EINVAL, weir_set_contains (set, weir_list_of (NAN)));
    refuses (EINVAL, weir_set_discard (set, NAN));
    refuses (EINVAL, weir_set_remove (set, NAN));
    ck_assert_int_eq (weir_set_discard (set, "a"), 1);
    ck_assert_int_eq (weir_set_discard (set, "a"), 0);
    works (weir_set_remove (set, 2));
    refuses (ENOENT, weir_set_remove (set, 2));
    weir_value_t member = weir_value_int (7);
    works (weir_set_pop (set, &member));
    equals (&member, "'b'");
    works (weir_set_pop (set, NULL));
    member = weir_value_int (7);
    refuses (ENOENT, weir_set_pop (set, &member));
    ck_assert_int_eq (member.integer, 7);
    prints (set, "set()\n");
    ck_assert_int_eq (weir_set_add (set, 1), 1);
    works (weir_set_clear (set));
    holds (set, "[]");
    weir_set_destroy (&set);
    shared_owner_end (&owner);
}
END_TEST

//  Asserts the result of a combination of two sets.
#define gives(function, set, other, literal)        \
    do {                                            \
        weir_value_t members_;                      \
        works (function (set, (other), &members_)); \
        equals (&members_, literal);                \
    } while (0)

START_TEST (sets_are_combined_and_compared)
{
    weir_owner_t *owner = shared_owner (_i);
    weir_set_t *set = make_set (owner, weir_list_of (1, 2, 3));
    weir_set_t *two = make_set (owner, weir_list_of (3, 4));
    weir_value_t other = weir_object_reference (two);
    gives (weir_set_union, set, other, "[1, 2, 3, 4]");
    gives (weir_set_union, set, weir_list_of (9), "[1, 2, 3, 9]");
    gives (weir_set_intersection, set, other, "[3]");
    gives (weir_set_intersection, set, weir_list_of (3, 1), "[1, 3]");
    gives (weir_set_difference, set, other, "[1, 2]");
    gives (weir_set_symmetric_difference, set, other, "[1, 2, 4]");
    ck_assert_int_eq (weir_set_is_subset (set, other), 0);
    ck_assert_int_eq (weir_set_is_subset (set, weir_list_of (3, 2, 1, 0)), 1);
    ck_assert_int_eq (weir_set_is_superset (set, weir_list_of (2)), 1);
    ck_assert_int_eq (weir_set_is_superset (set, other), 0);
    ck_assert_int_eq (weir_set_is_disjoint (set, weir_list_of (4)), 1);
    ck_assert_int_eq (weir_set_is_disjoint (set, other), 0);
    ck_assert_int_eq (weir_set_equals (set, weir_list_of (3, 2, 1)), 1);
    ck_assert_int_eq (weir_set_equals (set, other), 0);
    holds (set, "[1, 2, 3]");
    works (weir_set_update (set, other));
    holds (set, "[1, 2, 3, 4]");
    works (weir_set_difference_update (set, weir_list_of (1)));
    works (weir_set_symmetric_difference_update (set, weir_list_of (2, 5)));
    holds (set, "[3, 4, 5]");
    works (weir_set_intersection_update (set, other));
    holds (set, "[3, 4]");
    works (weir_set_difference_update (set, weir_object_reference (set)));
    holds (set, "[]");
    holds (two, "[3, 4]");
    weir_set_destroy (&set);
    weir_set_destroy (&two);
    shared_owner_end (&owner);
}
END_TEST

START_TEST (the_other_side_is_a_list_or_a_set_of_the_same_owner)
{
    weir_owner_t *owner = shared_owner (_i);
    weir_owner_t *elsewhere = weir_owner_new_thread (NULL);
    weir_set_t *set = make_set (owner, weir_list_of (1, 2));
    weir_set_t *far = make_set (elsewhere, weir_list_of (1));
    weir_set_t *dropped = make_set (owner, weir_list_of (1));
    weir_dict_t *dict = weir_dict_new (owner, NULL);
    weir_value_t value = weir_value_int (7);
    weir_value_t bad = weir_value_sized (WEIR_REFERENCE, "set:x", 5);
    works (weir_object_drop (dropped));
    refuses (EINVAL, weir_set_update (set, weir_object_reference (far)));
    ck_assert_ptr_nonnull (strstr (
        weir_error (), ": the other set has another owner; pass its items"));
    refuses (EINVAL, weir_set_update (set, weir_object_reference (dict)));
    refuses (EINVAL, weir_set_update (set, bad));
    refuses (ENOENT, weir_set_update (set, weir_object_reference (dropped)));
    refuses (EINVAL, weir_set_union (set, weir_value_int (1), &value));
    refuses (EINVAL, weir_set_is_subset (set, weir_value_string ("a")));
    refuses (EINVAL, weir_set_update (set, weir_list_of (3, NAN)));
    ck_assert_int_eq (value.integer, 7);
    holds (set, "[1, 2]");
    weir_set_destroy (&set);
    weir_set_destroy (&far);
    weir_set_destroy (&dropped);
    weir_dict_destroy (&dict);
    weir_owner_destroy (&elsewhere);
    shared_owner_end (&owner);
}
END_TEST

static void refuse_null_set (weir_value_t *value)
{
    weir_value_t list = weir_list_of (1);
    refuses (EINVAL, weir_set_add (NULL, 1));
    refuses (EINVAL, weir_set_discard (NULL, 1));
    refuses (EINVAL, weir_set_remove (NULL, 1));
    refuses (EINVAL, weir_set_pop (NULL, value));
    refuses (EINVAL, weir_set_contains (NULL, 1));
    refuses (EINVAL, weir_set_size (NULL));
    refuses (EINVAL, weir_set_items (NULL, value));
    refuses (EINVAL, weir_set_clear (NULL));
    refuses (EINVAL, weir_set_union (NULL, list, value));
    refuses (EINVAL, weir_set_intersection (NULL, list, value));
    refuses (EINVAL, weir_set_difference (NULL, list, value));
    refuses (EINVAL, weir_set_symmetric_difference (NULL, list, value));
    refuses (EINVAL, weir_set_update (NULL, list));
    refuses (EINVAL, weir_set_intersection_update (NULL, list));
    refuses (EINVAL, weir_set_difference_update (NULL, list));
    refuses (EINVAL, weir_set_symmetric_difference_update (NULL, list));
    refuses (EINVAL, weir_set_is_subset (NULL, list));
    refuses (EINVAL, weir_set_is_superset (NULL, list));
    refuses (EINVAL, weir_set_is_disjoint (NULL, list));
    refuses (EINVAL, weir_set_equals (NULL, list));
    refuses (EINVAL, weir_set_print (NULL, stdout));
}

START_TEST (null_is_refused)
{
    weir_owner_t *owner = shared_owner (_i);
    weir_set_t *set = make_set (owner, weir_list_of (1));
    weir_value_t list = weir_list_of (1), value = weir_value_int (7);
    refuses_null (EINVAL, weir_set_new (NULL, "x"));
    refuses_null (EINVAL, weir_set_new_with (NULL, "x", list));
    refuses_null (EINVAL, weir_set_open (NULL, "x"));
    refuses_null (EINVAL, weir_set_open (owner, NULL));
    refuses_null (EINVAL, weir_set_from (list));
    refuse_null_set (&value);
    ck_assert_int_eq (value.integer, 7);
    refuses (EINVAL, weir_set_items (set, NULL));
    refuses (EINVAL, weir_set_union (set, list, NULL));
    refuses (EINVAL, weir_set_intersection (set, list, NULL));
    refuses (EINVAL, weir_set_difference (set, list, NULL));
    refuses (EINVAL, weir_set_symmetric_difference (set, list, NULL));
    refuses (EINVAL, weir_set_print (set, NULL));
    weir_set_destroy (&set);
    shared_owner_end (&owner);
}
END_TEST

enum { CHILDREN = 4, CLAIMS = 50 };

typedef struct scene {
    weir_set_t *set;
    int *won; //  by child
    int number;
} scene_t;

static void claim (void *arg)
{
    scene_t *scene = arg;
    for (int i = 0; i < CLAIMS; i++) {
        int fresh = weir_set_add (scene->set, i);
        test_must (fresh >= 0);
        scene->won [scene->number] += fresh;
    }
}

START_TEST (only_one_of_several_processes_adds_a_member)
{
    weir_owner_t *owner = shared_owner (_i);
    scene_t scene = {.set = weir_set_new (owner, NULL)};
    scene.won = test_shared (CHILDREN * sizeof *scene.won);
    pid_t children [CHILDREN];
    int sum = 0;
    for (scene.number = 0; scene.number < CHILDREN; scene.number++)
        children [scene.number] = test_fork (claim, &scene);
    for (int i = 0; i < CHILDREN; i++) {
        ck_assert_int_eq (test_join (children [i]), 0);
        sum += scene.won [i];
    }
    ck_assert_int_eq (sum, CLAIMS);
    ck_assert_int_eq (weir_set_size (scene.set), CLAIMS);
    test_unshare (scene.won, CHILDREN * sizeof *scene.won);
    weir_set_destroy (&scene.set);
    shared_owner_end (&owner);
}
END_TEST

int main (void)
{
    Suite *suite = suite_create ("shared set");
    TCase *tcase = test_case (suite, "set");
    tcase_add_loop_test (tcase, a_set_is_made_opened_and_destroyed, 0,
                         SHARED_FORMS);
    tcase_add_loop_test (tcase, a_set_has_each_member_once, 0, SHARED_FORMS);
    tcase_add_loop_test (tcase, sets_are_combined_and_compared, 0,
                         SHARED_FORMS);
    tcase_add_loop_test (tcase,
                         the_other_side_is_a_list_or_a_set_of_the_same_owner, 0,
                         SHARED_FORMS);
    tcase_add_loop_test (tcase, null_is_refused, 0, SHARED_FORMS);
    tcase_add_loop_test (tcase, only_one_of_several_processes_adds_a_member, 0,
                         SHARED_FORKING_FORMS);
    return test_main (suite);
}
