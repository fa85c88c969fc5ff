/*  check_queue_death.c - deaths of many consumers, expired leases, and waiters
    behind dead processes

    Each process records its work in shared memory, from which the test computes
    the expected state. check_matrix_queue.c has one victim at a time, in each
    role.

    SPDX-License-Identifier: MPL-2.0
*/

#include <signal.h>
#include <stdatomic.h>
#include <sys/wait.h>
#include <unistd.h>

#include "kit/shared.h"

enum {
    ITEMS = 300,
    CONSUMERS = 4,
    KILLS = 100,
    SPIN_US = 4000 //  lifetime of a victim
};

typedef struct board {
    atomic_int done [ITEMS];       //  how often an item was worked on
    atomic_int deliveries [ITEMS]; //  the highest count seen
    atomic_int error;              //  results of calls
} board_t;

typedef struct scene {
    weir_owner_t *owner;
    weir_queue_t *queue;
    test_latch_t *ready;
    board_t *board;
    int lease_ms;
} scene_t;

static void begin (scene_t *scene, int form, int64_t maxsize)
{
    *scene = (scene_t){
        .owner = shared_owner (form),
        .ready = test_latch_new (),
        .board = test_shared (sizeof (board_t)),
        .lease_ms = -1,
    };
    scene->queue = weir_queue_new (scene->owner, "queue", maxsize);
    exists (scene->queue);
}

static void finish (scene_t *scene)
{
    weir_queue_destroy (&scene->queue);
    test_latch_destroy (&scene->ready);
    test_unshare (scene->board, sizeof *scene->board);
    shared_owner_end (&scene->owner);
}

static void spin (uint64_t *random)
{
    uint64_t until_us = shared_now_us () + test_random_below (random, SPIN_US);
    while (shared_now_us () < until_us)
        ;
}

//  ---------------------------------------------------------------------------
//  Consumers

static void note_most (atomic_int *most, int count)
{
    int before = atomic_load (most);
    while (before < count &&
           !atomic_compare_exchange_weak (most, &before, count))
        ;
}

static void consume (void *arg)
{
    scene_t *scene = arg;
    weir_lease_t lease;
    test_latch_open (scene->ready);
    while (weir_queue_get_lease (scene->queue, scene->lease_ms, &lease, -1) ==
           0) {
        int64_t item = lease.value.integer;
        atomic_fetch_add (&scene->board->done [item], 1);
        note_most (&scene->board->deliveries [item], (int) lease.deliveries);
        weir_value_clear (&lease.value);
        //  A consumer whose lease has passed to another one is told.
        test_must (weir_queue_ack (scene->queue, lease.id) == 0 ||
                   (errno == ESTALE && scene->lease_ms > 0));
    }
    test_must (errno == ECANCELED);
}

//  Every item was consumed, at most as often as it was delivered.
static void finish_work (scene_t *scene, const pid_t *consumers)
{
    works (weir_queue_join (scene->queue, TEST_PATIENCE_MS));
    works (weir_queue_close (scene->queue));
    for (int i = 0; i < CONSUMERS; i++)
        ck_assert_int_eq (test_join (consumers [i]), 0);
    for (int i = 0; i < ITEMS; i++) {
        int done = atomic_load (&scene->board->done [i]);
        ck_assert_msg (done > 0, "item %d was never worked on", i);
        ck_assert_msg (done <= atomic_load (&scene->board->deliveries [i]),
                       "item %d was worked on %d times", i, done);
    }
}

START_TEST (no_item_is_lost_with_its_consumer)
{
    uint64_t random = test_seed () + (uint64_t) _i;
    pid_t consumers [CONSUMERS];
    scene_t scene;
    begin (&scene, _i, 0);
    for (int i = 0; i < CONSUMERS; i++)
        consumers [i] = test_fork (consume, &scene);
    for (int i = 0, put = 0; i < KILLS; i++) {
        for (; put < ITEMS * (i + 1) / KILLS; put++)
            works (weir_queue_put (scene.queue, put, -1));
        spin (&random);
        pid_t *victim = &consumers [test_random_below (&random, CONSUMERS)];
        test_kill (*victim);
        *victim = test_fork (consume, &scene);
    }
    finish_work (&scene, consumers);
    finish (&scene);
}
END_TEST

//  A lease is short here, and expires while its consumer is stopped.
START_TEST (no_item_is_lost_with_a_stopped_consumer)
{
    uint64_t random = test_seed () + 40 + (uint64_t) _i;
    pid_t consumers [CONSUMERS];
    scene_t scene;
    begin (&scene, _i, 0);
    scene.lease_ms = 2;
    for (int i = 0; i < CONSUMERS; i++)
        consumers [i] = test_fork (consume, &scene);
    for (int i = 0, put = 0; i < KILLS; i++) {
        for (; put < ITEMS * (i + 1) / KILLS; put++)
            works (weir_queue_put (scene.queue, put, -1));
        pid_t victim = consumers [test_random_below (&random, CONSUMERS)];
        ck_assert_int_eq (kill (victim, SIGSTOP), 0);
        spin (&random);
        ck_assert_int_eq (kill (victim, SIGCONT), 0);
    }
    finish_work (&scene, consumers);
    finish (&scene);
}
END_TEST

//  The last consumers are killed when the queue is closed already: the others
//  wait for their items.
START_TEST (a_closed_queue_is_consumed_to_the_end)
{
    uint64_t random = test_seed () + 10 + (uint64_t) _i;
    scene_t scene;
    begin (&scene, _i, 0);
    for (int round = 0; round < 20; round++) {
        weir_queue_t *queue = weir_queue_new (scene.owner, NULL, 0);
        weir_queue_t *named = scene.queue;
        scene.queue = queue;
        for (int i = 0; i < 20; i++)
            works (weir_queue_put (queue, i, -1));
        works (weir_queue_close (queue));
        pid_t first = test_fork (consume, &scene);
        pid_t second = test_fork (consume, &scene);
        spin (&random);
        test_kill (first);
        works (weir_queue_join (queue, TEST_PATIENCE_MS));
        ck_assert_int_eq (test_join (second), 0);
        scene.queue = named;
        weir_queue_destroy (&queue);
    }
    finish (&scene);
}
END_TEST

//  ---------------------------------------------------------------------------
//  A lease that runs out

static void hold_for_ever (void *arg)
{
    scene_t *scene = arg;
    weir_lease_t lease;
    test_must (
        weir_queue_get_lease (scene->queue, scene->lease_ms, &lease, -1) == 0);
    test_latch_open (scene->ready);
    kill (getpid (), SIGSTOP);
    atomic_store (&scene->board->error,
                  weir_queue_ack (scene->queue, lease.id) == 0 ? -1 : errno);
    weir_value_clear (&lease.value);
}

START_TEST (a_stopped_consumer_loses_its_item_and_is_told)
{
    scene_t scene;
    weir_lease_t lease;
    begin (&scene, _i, 0);
    scene.lease_ms = 100;
    for (int round = 0; round < 5; round++) {
        works (weir_queue_put (scene.queue, round, -1));
        pid_t pid = test_fork (hold_for_ever, &scene);
        int status;
        ck_assert_int_eq (waitpid (pid, &status, WUNTRACED), pid);
        ck_assert (WIFSTOPPED (status));
        works (
            weir_queue_get_lease (scene.queue, -1, &lease, TEST_PATIENCE_MS));
        ck_assert_int_eq (lease.value.integer, round);
        ck_assert_int_eq (lease.deliveries, 2);
        ck_assert_int_eq (kill (pid, SIGCONT), 0);
        ck_assert_int_eq (test_join (pid), 0);
        ck_assert_int_eq (atomic_load (&scene.board->error), ESTALE);
        works (weir_queue_ack (scene.queue, lease.id));
        works (weir_queue_join (scene.queue, -1));
    }
    finish (&scene);
}
END_TEST

static void *lease_and_end (void *arg)
{
    weir_lease_t lease;
    for (int i = 0; i < 3; i++) {
        works (weir_queue_get_lease (arg, -1, &lease, -1));
        weir_value_clear (&lease.value);
    }
    return NULL;
}

START_TEST (items_leased_by_an_ended_thread_return_in_order)
{
    scene_t scene;
    weir_value_t items;
    begin (&scene, _i, 0);
    works (weir_queue_put_many (scene.queue, weir_list_of (1, 2, 3, 4), -1));
    shared_join (shared_thread (lease_and_end, scene.queue));
    works (weir_queue_get_many (scene.queue, 9, &items, -1));
    equals (&items, "[1, 2, 3, 4]");
    finish (&scene);
}
END_TEST

//  ---------------------------------------------------------------------------
//  Producers

static void put_three (void *arg)
{
    scene_t *scene = arg;
    (void) !weir_queue_put_many (scene->queue, weir_list_of (7, 8, 9), -1);
    test_must (false);
}

static void *put_one (void *arg)
{
    works (weir_queue_put (arg, 2, -1));
    return NULL;
}

START_TEST (a_producer_behind_a_killed_producer_resumes)
{
    scene_t scene;
    weir_value_t items;
    begin (&scene, _i, 3);
    for (int round = 0; round < 20; round++) {
        works (weir_queue_put (scene.queue, 1, -1));
        pid_t pid = test_fork (put_three, &scene);
        ck_assert (shared_await_waiters (scene.queue, 1));
        pthread_t thread = shared_thread (put_one, scene.queue);
        ck_assert (shared_await_waiters (scene.queue, 2));
        test_kill (pid);
        shared_join (thread);
        works (weir_queue_get_many (scene.queue, 9, &items, -1));
        equals (&items, "[1, 2]");
    }
    finish (&scene);
}
END_TEST

//  ---------------------------------------------------------------------------
//  Joiners

//  ---------------------------------------------------------------------------
//  Creators

int main (void)
{
    Suite *suite = suite_create ("queue, death");
    TCase *tcase = test_case (suite, "consumers");
    tcase_add_loop_test (tcase, no_item_is_lost_with_its_consumer, 0,
                         SHARED_FORKING_FORMS);
    tcase_add_loop_test (tcase, no_item_is_lost_with_a_stopped_consumer, 0,
                         SHARED_FORKING_FORMS);
    tcase_add_loop_test (tcase, a_closed_queue_is_consumed_to_the_end, 0,
                         SHARED_FORKING_FORMS);
    tcase_add_loop_test (tcase, a_stopped_consumer_loses_its_item_and_is_told,
                         0, SHARED_FORKING_FORMS);
    tcase_add_loop_test (tcase, items_leased_by_an_ended_thread_return_in_order,
                         0, SHARED_FORMS);
    tcase = test_case (suite, "producers");
    tcase_add_loop_test (tcase, a_producer_behind_a_killed_producer_resumes, 0,
                         SHARED_FORKING_FORMS);
    return test_main (suite);
}
