/*  check_turns.c - the order of waiters, and calls that need not wait

    SPDX-License-Identifier: MPL-2.0
*/

#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "kit/shared.h"

//  ---------------------------------------------------------------------------
//  First come, first served

enum { ARRIVALS = 12 };

typedef struct arrival {
    weir_lock_t *lock;
    weir_list_t *order;
    int number;
} arrival_t;

static void arrive (void *arg)
{
    const arrival_t *arrival = arg;
    test_must (weir_lock_acquire (arrival->lock, -1) == 0);
    test_must (weir_list_append (arrival->order, arrival->number) == 0);
    test_must (!weir_lock_abandoned (arrival->lock));
    test_must (weir_lock_release (arrival->lock) == 0);
}

static void *arrive_in_thread (void *arg)
{
    arrive (arg);
    return NULL;
}

START_TEST (a_lock_passes_to_the_longest_waiter)
{
    weir_owner_t *owner = shared_owner (_i);
    weir_lock_t *lock = weir_lock_new (owner, NULL);
    weir_list_t *order = weir_list_new (owner, NULL);
    arrival_t arrivals [ARRIVALS];
    pthread_t threads [ARRIVALS];
    pid_t pids [ARRIVALS];
    works (weir_lock_acquire (lock, -1));
    for (int i = 0; i < ARRIVALS; i++) {
        arrivals [i] = (arrival_t){lock, order, i};
        if (i % 2)
            pids [i] = test_fork (arrive, &arrivals [i]);
        else
            threads [i] = shared_thread (arrive_in_thread, &arrivals [i]);
        ck_assert (shared_await_waiting (lock, i + 1));
    }
    works (weir_lock_release (lock));
    //  We are now the last in the line.
    works (weir_lock_acquire (lock, -1));
    ck_assert_uint_eq (weir_lock_token (lock), ARRIVALS + 2);
    for (int i = 0; i < ARRIVALS; i++)
        if (i % 2)
            ck_assert_int_eq (test_join (pids [i]), 0);
        else
            shared_join (threads [i]);
    weir_value_t found;
    works (weir_list_items (order, &found));
    equals (&found, "[0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11]");
    works (weir_lock_release (lock));
    weir_lock_destroy (&lock);
    weir_list_destroy (&order);
    shared_owner_end (&owner);
}
END_TEST

static void *time_out (void *arg)
{
    const arrival_t *arrival = arg;
    refuses (ETIMEDOUT, weir_lock_acquire (arrival->lock, arrival->number));
    return NULL;
}

START_TEST (a_waiter_that_times_out_leaves_the_line)
{
    weir_owner_t *owner = shared_owner (_i);
    weir_lock_t *lock = weir_lock_new (owner, NULL);
    weir_list_t *order = weir_list_new (owner, NULL);
    works (weir_lock_acquire (lock, -1));
    arrival_t last = {lock, order, 1};
    arrival_t impatient [3] = {
        {lock, NULL, 60}, {lock, NULL, 20}, {lock, NULL, 40}};
    pthread_t threads [3];
    for (int i = 0; i < 3; i++)
        threads [i] = shared_thread (time_out, &impatient [i]);
    pthread_t thread = shared_thread (arrive_in_thread, &last);
    for (int i = 0; i < 3; i++)
        shared_join (threads [i]);
    ck_assert (shared_await_waiting (lock, 1));
    works (weir_lock_release (lock));
    shared_join (thread);
    works (weir_lock_acquire (lock, -1));
    ck_assert_uint_eq (weir_lock_token (lock), 3);
    works (weir_lock_release (lock));
    weir_lock_destroy (&lock);
    weir_list_destroy (&order);
    shared_owner_end (&owner);
}
END_TEST

//  ---------------------------------------------------------------------------
//  Waits of one thread do not block others

typedef struct waits {
    weir_queue_t *queue;
    weir_lock_t *lock;
    test_latch_t *done;
} waits_t;

static void *wait_for_item (void *arg)
{
    waits_t *waits = arg;
    weir_value_t item;
    works (weir_queue_get (waits->queue, &item, -1));
    ck_assert_int_eq (item.integer, 42);
    test_latch_open (waits->done);
    return NULL;
}

static void *wait_for_lock (void *arg)
{
    waits_t *waits = arg;
    works (weir_lock_acquire (waits->lock, -1));
    works (weir_lock_release (waits->lock));
    test_latch_open (waits->done);
    return NULL;
}

START_TEST (a_thread_that_waits_blocks_no_other)
{
    weir_owner_t *owner = shared_owner (_i);
    weir_dict_t *dict = weir_dict_new (owner, NULL);
    waits_t waits = {weir_queue_new (owner, NULL, 0),
                     weir_lock_new (owner, NULL), test_latch_new ()};
    pthread_t threads [8];
    works (weir_lock_acquire (waits.lock, -1));
    for (int i = 0; i < 8; i++)
        threads [i] =
            shared_thread (i % 2 ? wait_for_item : wait_for_lock, &waits);
    ck_assert (shared_await_waiting (waits.lock, 4));
    for (int i = 0; i < 500; i++)
        works (weir_dict_set (dict, i, i));
    ck_assert_int_eq (weir_dict_size (dict), 500);
    ck_assert_uint_eq (test_latch_count (waits.done), 0);
    for (int i = 0; i < 4; i++)
        works (weir_queue_put (waits.queue, 42, -1));
    ck_assert (test_latch_wait_for (waits.done, 4, TEST_PATIENCE_MS));
    ck_assert_int_eq (weir_lock_waiting (waits.lock), 4);
    works (weir_lock_release (waits.lock));
    for (int i = 0; i < 8; i++)
        shared_join (threads [i]);
    weir_dict_destroy (&dict);
    weir_queue_destroy (&waits.queue);
    weir_lock_destroy (&waits.lock);
    test_latch_destroy (&waits.done);
    shared_owner_end (&owner);
}
END_TEST

//  ---------------------------------------------------------------------------
//  Threads that end

static void *call_once (void *dict)
{
    works (weir_dict_add (dict, "n", 1, NULL));
    return NULL;
}

typedef struct before {
    weir_owner_t *owner;
    weir_dict_t *dict;
    int ours;
    int owners;
} before_t;

//  Counts the descriptors of both sides, including the link of this thread.
static void begin (before_t *before, int form)
{
    before->owner = shared_owner (form);
    before->dict = weir_dict_new (before->owner, NULL);
    works (weir_dict_set (before->dict, "n", 0));
    before->ours = shared_descriptors (0);
    before->owners = shared_descriptors (weir_owner_pid (before->owner));
}

static bool is_as_before (void *arg)
{
    const before_t *before = arg;
    works (weir_dict_set (before->dict, "look", 1));
    return shared_descriptors (0) == before->ours &&
           shared_descriptors (weir_owner_pid (before->owner)) ==
               before->owners;
}

static void finish (before_t *before)
{
    ck_assert (shared_await (is_as_before, before));
    weir_dict_destroy (&before->dict);
    shared_owner_end (&before->owner);
}

START_TEST (threads_that_end_leave_no_link)
{
    before_t before;
    begin (&before, _i);
    for (int i = 0; i < 10; i++) {
        pthread_t threads [10];
        for (int j = 0; j < 10; j++)
            threads [j] = shared_thread (call_once, before.dict);
        for (int j = 0; j < 10; j++)
            shared_join (threads [j]);
    }
    int64_t n = 0;
    works (weir_dict_get_int (before.dict, "n", &n));
    ck_assert_int_eq (n, 100);
    finish (&before);
}
END_TEST

enum { OTHERS = 5 };

typedef struct others {
    weir_owner_t *owners [OTHERS];
    test_latch_t *go; //  opened for each round
    test_latch_t *done;
} others_t;

static void use (weir_owner_t *const *owners)
{
    for (int i = 0; i < OTHERS; i++) {
        weir_dict_t *dict = weir_dict_new (owners [i], NULL);
        works (weir_dict_set (dict, 1, 1));
        weir_dict_destroy (&dict);
    }
}

enum { ROUNDS = 4 };

static void *use_each_round (void *arg)
{
    others_t *others = arg;
    for (unsigned round = 1; round <= ROUNDS; round++) {
        ck_assert (test_latch_wait_for (others->go, round, TEST_PATIENCE_MS));
        use (others->owners);
        test_latch_open (others->done);
    }
    return NULL;
}

//  Two threads continue while owners come and go; their links to these end,
//  too.
START_TEST (owners_that_end_leave_no_link)
{
    before_t before;
    begin (&before, _i);
    others_t others = {.go = test_latch_new (), .done = test_latch_new ()};
    pthread_t thread = shared_thread (use_each_round, &others);
    for (unsigned round = 1; round <= ROUNDS; round++) {
        for (int i = 0; i < OTHERS; i++)
            exists (others.owners [i] = round % 2 ? weir_owner_new_thread (NULL)
                                                  : weir_owner_new (NULL));
        use (others.owners);
        test_latch_open (others.go);
        ck_assert (test_latch_wait_for (others.done, round, TEST_PATIENCE_MS));
        for (int i = 0; i < OTHERS; i++)
            weir_owner_destroy (&others.owners [i]);
    }
    shared_join (thread);
    test_latch_destroy (&others.go);
    test_latch_destroy (&others.done);
    finish (&before);
}
END_TEST

int main (void)
{
    Suite *suite = suite_create ("turns");
    TCase *tcase = test_case (suite, "line");
    tcase_add_loop_test (tcase, a_lock_passes_to_the_longest_waiter, 0,
                         SHARED_FORMS);
    tcase_add_loop_test (tcase, a_waiter_that_times_out_leaves_the_line, 0,
                         SHARED_FORMS);
    tcase = test_case (suite, "threads");
    tcase_add_loop_test (tcase, a_thread_that_waits_blocks_no_other, 0,
                         SHARED_FORMS);
    tcase_add_loop_test (tcase, threads_that_end_leave_no_link, 0,
                         SHARED_FORMS);
    tcase_add_loop_test (tcase, owners_that_end_leave_no_link, 0, SHARED_FORMS);
    return test_main (suite);
}
