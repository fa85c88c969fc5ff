/*  check_transaction_queue.c - transactions with queues through the public API

    SPDX-License-Identifier: MPL-2.0
*/

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>

#include "kit/shared.h"

enum { TOKENS = 40, MOVERS = 4, MOVES = 200 };

//  A dict, a var, a small queue and two large ones.
typedef struct scene {
    weir_owner_t *owner;
    weir_dict_t *dict;
    weir_queue_t *queue, *other, *third;
    weir_var_t *moves;
    weir_transaction_t *transaction;
    int number; //  of the mover
} scene_t;

static scene_t scene_new (int form)
{
    scene_t self = {.owner = shared_owner (form)};
    self.dict = weir_dict_new_with (self.owner, "dict", weir_map_of ("a", 1));
    self.queue = weir_queue_new (self.owner, "queue", 3);
    self.other = weir_queue_new (self.owner, "other", 0);
    self.moves = weir_var_new (self.owner, "moves", 0);
    self.transaction = weir_transaction_new (self.owner);
    exists (self.dict);
    exists (self.queue);
    exists (self.other);
    exists (self.moves);
    exists (self.transaction);
    return self;
}

static void scene_end (scene_t *self)
{
    weir_transaction_destroy (&self->transaction);
    weir_var_destroy (&self->moves);
    weir_dict_destroy (&self->dict);
    weir_queue_destroy (&self->queue);
    weir_queue_destroy (&self->other);
    shared_owner_end (&self->owner);
}

START_TEST (queues_take_part)
{
    scene_t scene = scene_new (_i);
    weir_transaction_t *t = scene.transaction;
    weir_value_t results;
    weir_transaction_dict_get (t, scene.dict, "a");
    weir_transaction_dict_delete (t, scene.dict, "a");
    ck_assert_int_eq (weir_transaction_queue_put (t, scene.queue, "a"), 2);
    ck_assert_int_eq (
        weir_transaction_queue_put_many (t, scene.other, weir_list_of (1, 2)),
        3);
    ck_assert_int_eq (weir_transaction_queue_get (t, scene.other), 4);
    ck_assert_int_eq (weir_transaction_queue_get_many (t, scene.other, 9), 5);
    ck_assert_int_eq (weir_transaction_queue_task_done (t, scene.other), 6);
    ck_assert_int_eq (weir_transaction_queue_close (t, scene.other), 7);
    works (weir_transaction_commit (t, &results));
    equals (&results, "[1, None, None, None, 1, [2], None, 0]");
    ck_assert_int_eq (weir_queue_size (scene.queue), 1);
    ck_assert_int_eq (weir_queue_size (scene.other), 0);
    refuses (ECANCELED, weir_queue_put (scene.other, 1, -1));
    refuses (EINVAL, weir_transaction_queue_put (t, NULL, 1));
    refuses (EINVAL,
             weir_transaction_queue_put_many (t, NULL, weir_list_of (1)));
    refuses (EINVAL, weir_transaction_queue_get (t, NULL));
    refuses (EINVAL, weir_transaction_queue_get_many (t, NULL, 1));
    refuses (EINVAL, weir_transaction_queue_task_done (t, NULL));
    refuses (EINVAL, weir_transaction_queue_close (t, NULL));
    scene_end (&scene);
}
END_TEST

START_TEST (a_transaction_moves_items_of_any_type)
{
    scene_t scene = scene_new (_i);
    weir_transaction_t *t = scene.transaction;
    weir_list_t *list = weir_list_new (scene.owner, NULL);
    works (weir_queue_put (scene.queue, weir_list_of ("job", 1.5), -1));
    int got = weir_transaction_queue_get (t, scene.queue);
    ck_assert_int_eq (weir_transaction_queue_put_result (t, scene.other, got),
                      1);
    ck_assert_int_eq (
        weir_transaction_dict_set_result (t, scene.dict, "last", got), 2);
    ck_assert_int_eq (weir_transaction_list_append_result (t, list, got), 3);
    works (weir_transaction_commit (t, NULL));
    weir_value_t value;
    works (weir_queue_get (scene.other, &value, 0));
    equals (&value, "['job', 1.5]");
    works (weir_dict_get (scene.dict, "last", &value));
    equals (&value, "['job', 1.5]");
    works (weir_list_get (list, 0, &value));
    equals (&value, "['job', 1.5]");
    weir_transaction_queue_put_result (t, scene.other, 0);
    refuses (EINVAL, weir_transaction_commit (t, NULL));
    works (weir_transaction_clear (t));
    refuses (EINVAL, weir_transaction_dict_set_result (t, NULL, 1, 0));
    refuses (EINVAL, weir_transaction_list_append_result (t, NULL, 0));
    refuses (EINVAL, weir_transaction_queue_put_result (t, NULL, 0));
    weir_list_destroy (&list);
    scene_end (&scene);
}
END_TEST

START_TEST (a_step_that_would_wait_fails_the_whole_transaction)
{
    scene_t scene = scene_new (_i);
    weir_transaction_t *t = scene.transaction;
    weir_transaction_queue_put (t, scene.queue, 1);
    weir_transaction_queue_get (t, scene.other);
    refuses (EAGAIN, weir_transaction_commit (t, NULL));
    ck_assert_str_eq (weir_error (), "step 2: queue 'other': it is empty; a "
                                     "transaction does not wait");
    ck_assert_int_eq (weir_queue_size (scene.queue), 0);
    works (weir_queue_put (scene.other, 7, -1));
    works (weir_transaction_commit (t, NULL));
    ck_assert_int_eq (weir_queue_size (scene.queue), 1);
    weir_transaction_queue_put_many (t, scene.queue, weir_list_of (1, 2, 3));
    refuses (EAGAIN, weir_transaction_commit (t, NULL));
    works (weir_transaction_clear (t));
    weir_transaction_queue_put_many (t, scene.queue, weir_list_of (1, 2, 3, 4));
    refuses (EMSGSIZE, weir_transaction_commit (t, NULL));
    works (weir_transaction_clear (t));
    works (weir_queue_close (scene.queue));
    weir_transaction_queue_put (t, scene.queue, 1);
    refuses (ECANCELED, weir_transaction_commit (t, NULL));
    scene_end (&scene);
}
END_TEST

static void *get_one (void *arg)
{
    scene_t *scene = arg;
    weir_value_t item;
    works (weir_queue_get (scene->queue, &item, -1));
    equals (&item, "'job'");
    return NULL;
}

START_TEST (waiters_see_only_committed_transactions)
{
    scene_t scene = scene_new (_i);
    weir_transaction_t *t = scene.transaction;
    pthread_t thread = shared_thread (get_one, &scene);
    ck_assert (shared_await_waiters (scene.queue, 1));
    weir_transaction_queue_put (t, scene.queue, "undone");
    weir_transaction_dict_delete (t, scene.dict, "nobody");
    refuses (ENOENT, weir_transaction_commit (t, NULL));
    works (weir_transaction_clear (t));
    weir_transaction_dict_delete (t, scene.dict, "a");
    weir_transaction_queue_put (t, scene.queue, "job");
    works (weir_transaction_commit (t, NULL));
    shared_join (thread);
    scene_end (&scene);
}
END_TEST

//  Moves tokens from one queue to the other until it is killed.
static void move_tokens (void *arg)
{
    const scene_t *self = arg;
    uint64_t random = (uint64_t) self->number + 1;
    weir_transaction_t *t = weir_transaction_new (self->owner);
    weir_queue_t *queues [] = {self->other, self->third};
    test_must (t != NULL);
    for (;;) {
        uint64_t from = test_random_below (&random, 2);
        weir_transaction_var_add (t, self->moves, 1);
        weir_transaction_queue_put_many (t, queues [1 - from],
                                         weir_list_of ("token", "token"));
        weir_transaction_queue_get (t, queues [from]);
        weir_transaction_queue_get (t, queues [from]);
        //  The destination is missing: no step is done.
        if (test_random_below (&random, 3) == 0)
            weir_transaction_dict_delete (t, self->dict, "nobody");
        if (weir_transaction_commit (t, NULL) != 0)
            test_must ((errno == ENOENT || errno == EAGAIN) &&
                       weir_transaction_clear (t) == 0);
    }
}

//  Takes all tokens out at one moment, and puts them back. Returns their
//  number.
static size_t count_tokens (const scene_t *self)
{
    weir_value_t results;
    weir_transaction_t *t = self->transaction;
    weir_transaction_queue_put (t, self->other, "mark");
    weir_transaction_queue_put (t, self->third, "mark");
    weir_transaction_queue_get_many (t, self->other, 1000);
    weir_transaction_queue_get_many (t, self->third, 1000);
    works (weir_transaction_commit (t, &results));
    size_t count = 0;
    for (int place = 2; place < 4; place++) {
        weir_value_t tokens = results.items [place];
        //  The mark is the last one of a queue, the first of a stack.
        tokens.size--;
        tokens.items += place == 3;
        count += tokens.size;
        works (weir_queue_put_many (place == 2 ? self->other : self->third,
                                    tokens, -1));
    }
    weir_value_clear (&results);
    return count;
}

static void await_moves (const scene_t *self)
{
    int64_t before;
    works (weir_var_get_int (self->moves, &before));
    works (weir_var_wait_at_least (self->moves, before + MOVES, NULL,
                                   TEST_PATIENCE_MS));
}

START_TEST (a_crowd_that_is_killed_moves_all_or_nothing)
{
    scene_t scene = scene_new (_i);
    pid_t movers [MOVERS];
    exists (scene.third = weir_queue_new_lifo (scene.owner, NULL, 0));
    for (int i = 0; i < TOKENS; i++)
        works (weir_queue_put (scene.other, "token", -1));
    for (scene.number = 0; scene.number < MOVERS; scene.number++)
        movers [scene.number] = test_fork (move_tokens, &scene);
    for (int i = 0; i < MOVERS; i++) {
        await_moves (&scene);
        ck_assert_uint_eq (count_tokens (&scene), TOKENS);
        ck_assert_int_eq (kill (movers [i], SIGKILL), 0);
        ck_assert_int_eq (test_join (movers [i]), -SIGKILL);
        ck_assert_uint_eq (count_tokens (&scene), TOKENS);
    }
    weir_queue_destroy (&scene.third);
    scene_end (&scene);
}
END_TEST

int main (void)
{
    Suite *suite = suite_create ("shared transaction queue");
    TCase *tcase = test_case (suite, "transaction");
    tcase_add_loop_test (tcase, queues_take_part, 0, SHARED_FORMS);
    tcase_add_loop_test (tcase, a_transaction_moves_items_of_any_type, 0,
                         SHARED_FORMS);
    tcase_add_loop_test (tcase,
                         a_step_that_would_wait_fails_the_whole_transaction, 0,
                         SHARED_FORMS);
    tcase_add_loop_test (tcase, waiters_see_only_committed_transactions, 0,
                         SHARED_FORMS);
    tcase_add_loop_test (tcase, a_crowd_that_is_killed_moves_all_or_nothing, 0,
                         SHARED_FORKING_FORMS);
    return test_main (suite);
}
