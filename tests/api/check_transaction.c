/*  check_transaction.c - transactions through the public API

    Each test runs over all three forms of owners.

    SPDX-License-Identifier: MPL-2.0
*/

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "codec/limits.h"
#include "kit/shared.h"

//  An owner with a dict, a list, a var and an event, and a transaction.
typedef struct scene {
    weir_owner_t *owner;
    weir_dict_t *dict;
    weir_list_t *list;
    weir_var_t *var;
    weir_event_t *event;
    weir_transaction_t *transaction;
} scene_t;

static scene_t scene_new (int form)
{
    scene_t self = {.owner = shared_owner (form)};
    self.dict = weir_dict_new_with (self.owner, "dict",
                                    weir_map_of ("ann", 10, "bob", 0));
    self.list = weir_list_new (self.owner, "list");
    self.var = weir_var_new (self.owner, "var", 0);
    self.event = weir_event_new (self.owner, "event");
    self.transaction = weir_transaction_new (self.owner);
    exists (self.dict);
    exists (self.list);
    exists (self.var);
    exists (self.event);
    exists (self.transaction);
    return self;
}

static void scene_end (scene_t *self)
{
    weir_transaction_destroy (&self->transaction);
    ck_assert_ptr_null (self->transaction);
    weir_transaction_destroy (&self->transaction);
    weir_transaction_destroy (NULL);
    weir_dict_destroy (&self->dict);
    weir_list_destroy (&self->list);
    weir_var_destroy (&self->var);
    weir_event_destroy (&self->event);
    shared_owner_end (&self->owner);
}

//  Asserts the content of the dict.
static void holds (const scene_t *self, const char *literal)
{
    weir_value_t items;
    works (weir_dict_items (self->dict, &items));
    equals (&items, literal);
}

START_TEST (all_steps_are_done_and_give_their_results)
{
    scene_t scene = scene_new (_i);
    weir_transaction_t *t = scene.transaction;
    ck_assert_int_eq (weir_transaction_dict_add (t, scene.dict, "ann", -3), 0);
    ck_assert_int_eq (weir_transaction_dict_add (t, scene.dict, "bob", 3), 1);
    ck_assert_int_eq (weir_transaction_dict_set (t, scene.dict, "eve", "x"), 2);
    ck_assert_int_eq (weir_transaction_dict_get (t, scene.dict, "ann"), 3);
    ck_assert_int_eq (weir_transaction_dict_delete (t, scene.dict, "eve"), 4);
    ck_assert_int_eq (
        weir_transaction_list_append (t, scene.list, weir_list_of (1, "a")), 5);
    ck_assert_int_eq (weir_transaction_list_set (t, scene.list, -1, 2.5), 6);
    ck_assert_int_eq (weir_transaction_list_pop (t, scene.list, 0), 7);
    ck_assert_int_eq (weir_transaction_var_set (t, scene.var, 5), 8);
    ck_assert_int_eq (weir_transaction_var_add (t, scene.var, 2), 9);
    ck_assert_int_eq (weir_transaction_var_get (t, scene.var), 10);
    ck_assert_int_eq (weir_transaction_event_set (t, scene.event), 11);
    holds (&scene, "{'ann': 10, 'bob': 0}");
    weir_value_t results;
    works (weir_transaction_commit (t, &results));
    equals (&results, "[7, 3, None, 7, None, None, None, 2.5, None, 7, 7, "
                      "None]");
    holds (&scene, "{'ann': 7, 'bob': 3}");
    ck_assert_int_eq (weir_event_is_set (scene.event), 1);
    //  The transaction is empty, and can be used again.
    ck_assert_int_eq (weir_transaction_event_clear (t, scene.event), 0);
    works (weir_transaction_commit (t, NULL));
    ck_assert_int_eq (weir_event_is_set (scene.event), 0);
    works (weir_transaction_commit (t, &results));
    equals (&results, "[]");
    scene_end (&scene);
}
END_TEST

START_TEST (namespaces_sets_and_arrays_take_part)
{
    scene_t scene = scene_new (_i);
    weir_transaction_t *t = scene.transaction;
    weir_namespace_t *names = weir_namespace_new (scene.owner, NULL);
    weir_set_t *set = weir_set_new (scene.owner, NULL);
    weir_array_t *array = weir_array_new (scene.owner, NULL, WEIR_I8, 2);
    ck_assert_int_eq (weir_transaction_namespace_set (t, names, "x", 1), 0);
    ck_assert_int_eq (weir_transaction_namespace_add (t, names, "x", 2), 1);
    ck_assert_int_eq (weir_transaction_set_add (t, set, "a"), 2);
    ck_assert_int_eq (weir_transaction_set_add (t, set, "a"), 3);
    ck_assert_int_eq (weir_transaction_set_remove (t, set, "a"), 4);
    ck_assert_int_eq (weir_transaction_array_set (t, array, 0, 120), 5);
    ck_assert_int_eq (weir_transaction_array_add (t, array, 0, 7), 6);
    weir_value_t results;
    works (weir_transaction_commit (t, &results));
    equals (&results, "[None, 3, True, False, None, None, 127]");
    weir_transaction_namespace_set (t, names, "x", 4);
    weir_transaction_array_add (t, array, 0, 1);
    refuses (EOVERFLOW, weir_transaction_commit (t, NULL));
    int64_t x = 0;
    works (weir_namespace_get_int (names, "x", &x));
    ck_assert_int_eq (x, 3);
    weir_namespace_destroy (&names);
    weir_set_destroy (&set);
    weir_array_destroy (&array);
    scene_end (&scene);
}
END_TEST

START_TEST (a_failed_transaction_changes_nothing_and_can_be_tried_again)
{
    scene_t scene = scene_new (_i);
    weir_transaction_t *t = scene.transaction;
    weir_value_t results = weir_value_int (7);
    weir_transaction_dict_add (t, scene.dict, "ann", -3);
    weir_transaction_list_append (t, scene.list, 1);
    weir_transaction_expect_dict (t, scene.dict, "cat", 1);
    refuses (ENOENT, weir_transaction_commit (t, &results));
    ck_assert_int_eq (results.integer, 7);
    ck_assert_str_eq (weir_error (),
                      "step 3: dict 'dict': there is no key 'cat'");
    holds (&scene, "{'ann': 10, 'bob': 0}");
    works (weir_dict_set (scene.dict, "cat", 2));
    refuses (ECANCELED, weir_transaction_commit (t, &results));
    works (weir_dict_set (scene.dict, "cat", 1));
    works (weir_transaction_commit (t, &results));
    equals (&results, "[7, None, None]");
    scene_end (&scene);
}
END_TEST

START_TEST (conditions_hold_or_nothing_is_done)
{
    scene_t scene = scene_new (_i);
    weir_transaction_t *t = scene.transaction;
    weir_transaction_expect_dict (t, scene.dict, "ann", 10.0);
    weir_transaction_expect_absent (t, scene.dict, "cat");
    weir_transaction_expect_var (t, scene.var, 0);
    weir_transaction_dict_set (t, scene.dict, "cat", 1);
    works (weir_transaction_commit (t, NULL));
    weir_transaction_expect_absent (t, scene.dict, "cat");
    refuses (ECANCELED, weir_transaction_commit (t, NULL));
    works (weir_transaction_clear (t));
    weir_transaction_var_set (t, scene.var, 1);
    weir_transaction_expect_var (t, scene.var, 2);
    refuses (ECANCELED, weir_transaction_commit (t, NULL));
    ck_assert_str_eq (weir_error (), "step 2: var 'var': get gives 1, which is "
                                     "not what the transaction expects");
    int64_t value = 7;
    works (weir_var_get_int (scene.var, &value));
    ck_assert_int_eq (value, 0);
    scene_end (&scene);
}
END_TEST

START_TEST (the_sequence_counts_any_change)
{
    scene_t scene = scene_new (_i);
    weir_transaction_t *t = scene.transaction;
    weir_lock_t *lock = weir_lock_new (scene.owner, NULL);
    int64_t sequence = 7;
    works (weir_object_sequence (scene.dict, &sequence));
    ck_assert_int_eq (sequence, 0);
    weir_transaction_expect_sequence (t, scene.dict, sequence);
    weir_transaction_dict_add (t, scene.dict, "ann", 1);
    //  There and back again.
    works (weir_dict_add (scene.dict, "ann", 1, NULL));
    works (weir_dict_add (scene.dict, "ann", -1, NULL));
    refuses (ECANCELED, weir_transaction_commit (t, NULL));
    ck_assert_str_eq (weir_error (), "step 1: dict 'dict': its sequence is 2, "
                                     "not 0: it has been changed");
    works (weir_transaction_clear (t));
    works (weir_object_sequence (scene.dict, &sequence));
    weir_transaction_expect_sequence (t, scene.dict, sequence);
    weir_transaction_dict_add (t, scene.dict, "ann", 1);
    works (weir_transaction_commit (t, NULL));
    weir_transaction_expect_sequence (t, scene.dict, -1);
    refuses (ECANCELED, weir_transaction_commit (t, NULL));
    works (weir_transaction_clear (t));
    weir_transaction_expect_sequence (t, lock, 0);
    refuses (ENOTSUP, weir_transaction_commit (t, NULL));
    refuses (ENOTSUP, weir_object_sequence (lock, &sequence));
    refuses (EINVAL, weir_object_sequence (NULL, &sequence));
    refuses (EINVAL, weir_object_sequence (lock, NULL));
    ck_assert_int_eq (sequence, 2);
    weir_lock_destroy (&lock);
    scene_end (&scene);
}
END_TEST

START_TEST (a_step_that_cannot_be_added_is_not_forgotten)
{
    scene_t scene = scene_new (_i);
    weir_transaction_t *t = scene.transaction;
    weir_owner_t *elsewhere = weir_owner_new_thread (NULL);
    weir_dict_t *far = weir_dict_new (elsewhere, NULL);
    weir_transaction_dict_set (t, scene.dict, "ann", 0);
    refuses (EINVAL, weir_transaction_dict_set (t, far, "ann", 10));
    refuses (EINVAL, weir_transaction_commit (t, NULL));
    ck_assert_str_eq (
        weir_error (),
        "transaction: a step could not be added: step 2: its object has "
        "another owner; all objects of a transaction have the same one");
    holds (&scene, "{'ann': 10, 'bob': 0}");
    works (weir_transaction_clear (t));
    works (weir_transaction_commit (t, NULL));
    weir_value_t deep = weir_list_of (), outer [31];
    for (int i = 0; i < 31; i++) {
        outer [i] = deep;
        deep = weir_value_list (&outer [i], 1);
        if (i == 28)
            ck_assert_int_eq (
                weir_transaction_dict_set (t, scene.dict, 1, deep), 0);
    }
    works (weir_transaction_commit (t, NULL));
    refuses (EINVAL, weir_transaction_dict_set (t, scene.dict, 1, outer [30]));
    works (weir_transaction_clear (t));
    for (int i = 0; i < WEIR__STEPS; i++)
        ck_assert_int_eq (weir_transaction_var_add (t, scene.var, 1), i);
    refuses (EMSGSIZE, weir_transaction_var_add (t, scene.var, 1));
    refuses (EMSGSIZE, weir_transaction_commit (t, NULL));
    weir_dict_destroy (&far);
    weir_owner_destroy (&elsewhere);
    scene_end (&scene);
}
END_TEST

static void refuse_null_transaction (scene_t *scene)
{
    refuses (EINVAL, weir_transaction_dict_set (NULL, scene->dict, 1, 2));
    refuses (EINVAL, weir_transaction_expect_sequence (NULL, scene->dict, 2));
    refuses (EINVAL, weir_transaction_commit (NULL, NULL));
    refuses (EINVAL, weir_transaction_clear (NULL));
    refuses_null (EINVAL, weir_transaction_new (NULL));
}

START_TEST (null_is_refused)
{
    scene_t scene = scene_new (_i);
    weir_transaction_t *t = scene.transaction;
    refuse_null_transaction (&scene);
    refuses (EINVAL, weir_transaction_dict_set (t, NULL, 1, 2));
    refuses (EINVAL, weir_transaction_dict_add (t, NULL, 1, 2));
    refuses (EINVAL, weir_transaction_dict_delete (t, NULL, 1));
    refuses (EINVAL, weir_transaction_dict_get (t, NULL, 1));
    refuses (EINVAL, weir_transaction_namespace_set (t, NULL, "a", 2));
    refuses (EINVAL, weir_transaction_namespace_add (t, NULL, "a", 2));
    refuses (EINVAL, weir_transaction_list_append (t, NULL, 1));
    refuses (EINVAL, weir_transaction_list_set (t, NULL, 1, 1));
    refuses (EINVAL, weir_transaction_list_pop (t, NULL, 1));
    refuses (EINVAL, weir_transaction_set_add (t, NULL, 1));
    refuses (EINVAL, weir_transaction_set_remove (t, NULL, 1));
    refuses (EINVAL, weir_transaction_array_set (t, NULL, 1, 1));
    refuses (EINVAL, weir_transaction_array_add (t, NULL, 1, 1));
    refuses (EINVAL, weir_transaction_var_set (t, NULL, 1));
    refuses (EINVAL, weir_transaction_var_add (t, NULL, 1));
    refuses (EINVAL, weir_transaction_var_get (t, NULL));
    refuses (EINVAL, weir_transaction_event_set (t, NULL));
    refuses (EINVAL, weir_transaction_event_clear (t, NULL));
    refuses (EINVAL, weir_transaction_expect_dict (t, NULL, 1, 1));
    refuses (EINVAL, weir_transaction_expect_absent (t, NULL, 1));
    refuses (EINVAL, weir_transaction_expect_var (t, NULL, 1));
    refuses (EINVAL, weir_transaction_expect_sequence (t, NULL, 1));
    scene_end (&scene);
}
END_TEST

START_TEST (a_lock_can_guard_a_transaction)
{
    scene_t scene = scene_new (_i);
    weir_transaction_t *t = scene.transaction;
    weir_lock_t *lock = weir_lock_new (scene.owner, NULL);
    works (weir_lock_guard (lock, 5));
    weir_transaction_dict_set (t, scene.dict, "ann", 2);
    weir_transaction_var_set (t, scene.var, 2);
    refuses (ESTALE, weir_transaction_commit (t, NULL));
    works (weir_lock_guard (lock, 0));
    works (weir_transaction_commit (t, NULL));
    weir_lock_destroy (&lock);
    scene_end (&scene);
}
END_TEST

START_TEST (a_drop_or_a_dead_owner_fails_a_transaction)
{
    scene_t scene = scene_new (_i);
    weir_transaction_t *t = scene.transaction;
    weir_transaction_dict_set (t, scene.dict, 1, 2);
    weir_transaction_var_set (t, scene.var, 2);
    works (weir_object_drop (scene.var));
    refuses (ENOENT, weir_transaction_commit (t, NULL));
    holds (&scene, "{'ann': 10, 'bob': 0}");
    shared_owner_end (&scene.owner);
    refuses (EOWNERDEAD, weir_transaction_commit (t, NULL));
    weir_transaction_destroy (&scene.transaction);
    weir_dict_destroy (&scene.dict);
    weir_list_destroy (&scene.list);
    weir_var_destroy (&scene.var);
    weir_event_destroy (&scene.event);
}
END_TEST

enum { MOVERS = 4, ACCOUNTS = 5, MONEY = 100, LOOKS = 40 };

//  Two banks: money goes from accounts of one to accounts of the other.
typedef struct banks {
    weir_owner_t *owner;
    weir_dict_t *banks [2];
    int number; //  of the mover
} banks_t;

//  Moves money until it is killed.
static void move_money (void *arg)
{
    const banks_t *self = arg;
    uint64_t random = (uint64_t) self->number + 1;
    weir_transaction_t *t = weir_transaction_new (self->owner);
    test_must (t != NULL);
    for (;;) {
        int64_t amount = (int64_t) test_random_below (&random, 30);
        uint64_t bank = test_random_below (&random, 2);
        uint64_t from = test_random_below (&random, ACCOUNTS);
        weir_transaction_dict_add (t, self->banks [bank], from, -amount);
        weir_transaction_dict_add (t, self->banks [1 - bank],
                                   test_random_below (&random, ACCOUNTS),
                                   amount);
        //  The destination is missing: no step is done.
        if (test_random_below (&random, 3) == 0)
            weir_transaction_dict_delete (t, self->banks [bank], "nobody");
        if (weir_transaction_commit (t, NULL) != 0)
            test_must (errno == ENOENT && weir_transaction_clear (t) == 0);
    }
}

//  Adds up all the money, at one moment.
static int64_t money (const banks_t *self, weir_transaction_t *t)
{
    int64_t sum = 0;
    for (int bank = 0; bank < 2; bank++)
        for (int account = 0; account < ACCOUNTS; account++)
            weir_transaction_dict_get (t, self->banks [bank], account);
    weir_value_t results;
    works (weir_transaction_commit (t, &results));
    for (size_t i = 0; i < results.size; i++)
        sum += results.items [i].integer;
    weir_value_clear (&results);
    return sum;
}

//  Waits until some of them have moved some.
static void await_moves (const banks_t *self)
{
    int64_t before = 0, sequence = 0;
    works (weir_object_sequence (self->banks [0], &before));
    while (sequence < before + 20)
        works (weir_object_sequence (self->banks [0], &sequence));
}

START_TEST (a_crowd_that_is_killed_moves_all_or_nothing)
{
    banks_t banks = {.owner = shared_owner (_i)};
    pid_t movers [MOVERS];
    weir_transaction_t *t = weir_transaction_new (banks.owner);
    for (int bank = 0; bank < 2; bank++) {
        banks.banks [bank] = weir_dict_new (banks.owner, NULL);
        for (int account = 0; account < ACCOUNTS; account++)
            works (weir_dict_set (banks.banks [bank], account, MONEY));
    }
    for (banks.number = 0; banks.number < MOVERS; banks.number++)
        movers [banks.number] = test_fork (move_money, &banks);
    for (int i = 0; i < MOVERS; i++) {
        await_moves (&banks);
        for (int look = 0; look < LOOKS; look++)
            ck_assert_int_eq (money (&banks, t), 2 * ACCOUNTS * MONEY);
        ck_assert_int_eq (kill (movers [i], SIGKILL), 0);
        ck_assert_int_eq (test_join (movers [i]), -SIGKILL);
        ck_assert_int_eq (money (&banks, t), 2 * ACCOUNTS * MONEY);
    }
    weir_transaction_destroy (&t);
    for (int bank = 0; bank < 2; bank++)
        weir_dict_destroy (&banks.banks [bank]);
    shared_owner_end (&banks.owner);
}
END_TEST

int main (void)
{
    Suite *suite = suite_create ("shared transaction");
    TCase *tcase = test_case (suite, "transaction");
    tcase_add_loop_test (tcase, all_steps_are_done_and_give_their_results, 0,
                         SHARED_FORMS);
    tcase_add_loop_test (tcase, namespaces_sets_and_arrays_take_part, 0,
                         SHARED_FORMS);
    tcase_add_loop_test (
        tcase, a_failed_transaction_changes_nothing_and_can_be_tried_again, 0,
        SHARED_FORMS);
    tcase_add_loop_test (tcase, conditions_hold_or_nothing_is_done, 0,
                         SHARED_FORMS);
    tcase_add_loop_test (tcase, the_sequence_counts_any_change, 0,
                         SHARED_FORMS);
    tcase_add_loop_test (tcase, a_step_that_cannot_be_added_is_not_forgotten, 0,
                         SHARED_FORMS);
    tcase_add_loop_test (tcase, null_is_refused, 0, SHARED_FORMS);
    tcase_add_loop_test (tcase, a_lock_can_guard_a_transaction, 0,
                         SHARED_FORMS);
    tcase_add_loop_test (tcase, a_drop_or_a_dead_owner_fails_a_transaction, 0,
                         SHARED_FORMS);
    tcase_add_loop_test (tcase, a_crowd_that_is_killed_moves_all_or_nothing, 0,
                         SHARED_FORKING_FORMS);
    return test_main (suite);
}
