/*  check_interrupt.c - signals that arrive while a thread waits

    An interrupted wait fails with EINTR. It has neither taken nor given
    anything.

    SPDX-License-Identifier: MPL-2.0
*/

#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "kit/shared.h"

static atomic_int handled;

static void handle (int signal)
{
    (void) signal;
    atomic_fetch_add (&handled, 1);
}

static void set_up (void)
{
    struct sigaction action = {.sa_handler = handle};
    sigaction (SIGUSR1, &action, NULL);
}

enum { STORM_ITEMS = 300, STORMED = 4 };

typedef struct worker {
    weir_owner_t *owner;
    weir_queue_t *queue;
    weir_lock_t *lock;
    weir_var_t *var;
    test_latch_t *ready;
    test_latch_t *interrupted;
    atomic_bool enough;
    int number;
    pthread_t threads [STORMED];
} worker_t;

static void begin (worker_t *worker, int form, int64_t maxsize)
{
    *worker = (worker_t){.owner = shared_owner (form)};
    worker->queue = weir_queue_new (worker->owner, NULL, maxsize);
    worker->lock = weir_lock_new (worker->owner, NULL);
    worker->var = weir_var_new (worker->owner, NULL, 0);
    worker->ready = test_latch_new ();
    worker->interrupted = test_latch_new ();
}

static void finish (worker_t *worker)
{
    weir_queue_destroy (&worker->queue);
    weir_lock_destroy (&worker->lock);
    weir_var_destroy (&worker->var);
    test_latch_destroy (&worker->ready);
    test_latch_destroy (&worker->interrupted);
    shared_owner_end (&worker->owner);
}

//  ---------------------------------------------------------------------------
//  One signal

static void *get_twice (void *arg)
{
    worker_t *worker = arg;
    weir_value_t item = weir_value_int (7);
    test_latch_open (worker->ready);
    refuses (EINTR, weir_queue_get (worker->queue, &item, worker->number));
    ck_assert_int_eq (item.integer, 7);
    test_latch_open (worker->interrupted);
    ck_assert (test_latch_wait_for (worker->ready, 2, TEST_PATIENCE_MS));
    works (weir_queue_get (worker->queue, &item, -1));
    ck_assert_int_eq (item.integer, 42);
    return NULL;
}

START_TEST (an_item_that_comes_after_an_interrupted_get_is_there)
{
    for (int finite = 0; finite < 2; finite++) {
        worker_t worker;
        begin (&worker, _i, 0);
        worker.number = finite ? TEST_PATIENCE_MS : -1;
        pthread_t thread = shared_thread (get_twice, &worker);
        ck_assert (test_latch_wait (worker.ready, TEST_PATIENCE_MS));
        shared_interrupt (thread, worker.interrupted);
        works (weir_queue_put (worker.queue, 42, -1));
        ck_assert_int_eq (weir_queue_size (worker.queue), 1);
        test_latch_open (worker.ready);
        shared_join (thread);
        ck_assert_int_eq (weir_queue_size (worker.queue), 0);
        finish (&worker);
    }
}
END_TEST

static void *put_in_vain (void *arg)
{
    worker_t *worker = arg;
    test_latch_open (worker->ready);
    refuses (EINTR, weir_queue_put (worker->queue, "in vain", -1));
    test_latch_open (worker->interrupted);
    return NULL;
}

START_TEST (an_interrupted_put_puts_nothing)
{
    worker_t worker;
    begin (&worker, _i, 1);
    works (weir_queue_put (worker.queue, "first", -1));
    pthread_t thread = shared_thread (put_in_vain, &worker);
    ck_assert (test_latch_wait (worker.ready, TEST_PATIENCE_MS));
    shared_interrupt (thread, worker.interrupted);
    shared_join (thread);
    weir_value_t item;
    works (weir_queue_get (worker.queue, &item, -1));
    equals (&item, "'first'");
    refuses (EAGAIN, weir_queue_get (worker.queue, &item, 0));
    finish (&worker);
}
END_TEST

//  All kinds of waits at a full queue whose items are leased by others.
static void *wait_in_vain (void *arg)
{
    worker_t *worker = arg;
    weir_queue_t *queue = worker->queue;
    weir_lease_t lease = {.id = 7};
    weir_value_t items = weir_value_int (7);
    refuses (EINTR, weir_queue_get_lease (queue, -1, &lease, -1));
    test_latch_open (worker->interrupted);
    ck_assert (test_latch_wait_for (worker->ready, 1, TEST_PATIENCE_MS));
    refuses (EINTR, weir_queue_get_many (queue, 2, &items, -1));
    test_latch_open (worker->interrupted);
    ck_assert (test_latch_wait_for (worker->ready, 2, TEST_PATIENCE_MS));
    refuses (EINTR, weir_queue_join (queue, -1));
    test_latch_open (worker->interrupted);
    ck_assert (test_latch_wait_for (worker->ready, 3, TEST_PATIENCE_MS));
    refuses (EINTR, weir_queue_put_many (queue, weir_list_of (2, 3), -1));
    test_latch_open (worker->interrupted);
    ck_assert_int_eq (lease.id, 7);
    ck_assert_int_eq (items.integer, 7);
    return NULL;
}

START_TEST (an_interrupted_wait_at_a_queue_changes_nothing)
{
    worker_t worker;
    weir_lease_t lease;
    begin (&worker, _i, 2);
    works (weir_queue_put (worker.queue, 1, -1));
    works (weir_queue_get_lease (worker.queue, -1, &lease, -1));
    pthread_t thread = shared_thread (wait_in_vain, &worker);
    for (int i = 0; i < 4; i++) {
        ck_assert (shared_await_waiters (worker.queue, 1));
        shared_interrupt (thread, worker.interrupted);
        if (i == 2) //  now it has room for one, and two are put
            works (weir_queue_nack (worker.queue, lease.id));
        test_latch_open (worker.ready);
    }
    shared_join (thread);
    ck_assert_int_eq (weir_queue_size (worker.queue), 1);
    finish (&worker);
}
END_TEST

static void *acquire_in_vain (void *arg)
{
    worker_t *worker = arg;
    refuses (EINTR, weir_lock_acquire (worker->lock, -1));
    refuses (EPERM, weir_lock_release (worker->lock));
    test_latch_open (worker->interrupted);
    ck_assert (test_latch_wait (worker->ready, TEST_PATIENCE_MS));
    works (weir_lock_acquire (worker->lock, -1));
    ck_assert_uint_eq (weir_lock_token (worker->lock), 3);
    works (weir_lock_release (worker->lock));
    return NULL;
}

START_TEST (an_interrupted_lock_is_not_held)
{
    worker_t worker;
    begin (&worker, _i, 0);
    works (weir_lock_acquire (worker.lock, -1));
    pthread_t thread = shared_thread (acquire_in_vain, &worker);
    ck_assert (shared_await_waiting (worker.lock, 1));
    shared_interrupt (thread, worker.interrupted);
    ck_assert_int_eq (weir_lock_waiting (worker.lock), 0);
    works (weir_lock_release (worker.lock));
    works (weir_lock_acquire (worker.lock, 0));
    ck_assert_uint_eq (weir_lock_token (worker.lock), 2);
    works (weir_lock_release (worker.lock));
    test_latch_open (worker.ready);
    shared_join (thread);
    finish (&worker);
}
END_TEST

//  ---------------------------------------------------------------------------
//  Storms

static void *rain (void *arg)
{
    worker_t *worker = arg;
    for (unsigned i = 0; !atomic_load (&worker->enough); i++)
        pthread_kill (worker->threads [i % STORMED], SIGUSR1);
    return NULL;
}

static bool was_interrupted (int result)
{
    ck_assert (result == 0 || errno == EINTR);
    return result != 0;
}

//  A number travels from the queue into the var, under the lock.
static void *work_in_storm (void *arg)
{
    worker_t *worker = arg;
    for (int i = 0; i < STORM_ITEMS; i++) {
        weir_value_t item;
        while (was_interrupted (weir_queue_put (worker->queue, 1, -1)))
            ;
        while (was_interrupted (weir_queue_get (worker->queue, &item, -1)))
            ;
        while (was_interrupted (weir_lock_acquire (worker->lock, -1)))
            ;
        //  Calls that do not wait are not interrupted either.
        works (weir_var_add (worker->var, item.integer, NULL));
        works (weir_lock_release (worker->lock));
    }
    return NULL;
}

START_TEST (a_storm_of_signals_loses_and_doubles_nothing)
{
    worker_t worker;
    begin (&worker, _i, 2);
    atomic_store (&handled, 0);
    for (int i = 0; i < STORMED; i++)
        worker.threads [i] = shared_thread (work_in_storm, &worker);
    pthread_t cloud = shared_thread (rain, &worker);
    //  The storm lasts until all are done, but not for ever: a slow machine may
    //  need a quiet end.
    int64_t sum = 0;
    uint64_t end_us = shared_now_us () + TEST_PATIENCE_MS * 1000;
    while (sum < STORMED * STORM_ITEMS && shared_now_us () < end_us)
        works (weir_var_get_int (worker.var, &sum));
    atomic_store (&worker.enough, true);
    shared_join (cloud);
    for (int i = 0; i < STORMED; i++)
        shared_join (worker.threads [i]);
    works (weir_var_get_int (worker.var, &sum));
    ck_assert_int_eq (sum, STORMED * STORM_ITEMS);
    ck_assert_int_eq (weir_queue_size (worker.queue), 0);
    works (weir_lock_acquire (worker.lock, 0));
    ck_assert_uint_eq (weir_lock_token (worker.lock),
                       STORMED * STORM_ITEMS + 1);
    works (weir_lock_release (worker.lock));
    printf ("%d signals\n", atomic_load (&handled));
    finish (&worker);
}
END_TEST

//  ---------------------------------------------------------------------------
//  A signal and an item at the same moment

static void *get_all (void *arg)
{
    worker_t *worker = arg;
    weir_value_t item;
    for (int wanted = 0; wanted < worker->number;) {
        test_latch_open (worker->ready);
        if (was_interrupted (weir_queue_get (worker->queue, &item, -1)))
            continue;
        ck_assert_int_eq (item.integer, wanted++);
    }
    return NULL;
}

START_TEST (an_item_and_a_signal_at_once_give_the_item_once)
{
    worker_t worker;
    begin (&worker, _i, 0);
    uint64_t random = test_seed ();
    worker.number = 500;
    pthread_t thread = shared_thread (get_all, &worker);
    for (int i = 0; i < worker.number; i++) {
        bool first = test_random_below (&random, 2);
        test_latch_wait_for (worker.ready, (unsigned) i + 1, TEST_PATIENCE_MS);
        if (first)
            pthread_kill (thread, SIGUSR1);
        works (weir_queue_put (worker.queue, i, -1));
        if (!first && i + 1 < worker.number)
            pthread_kill (thread, SIGUSR1);
    }
    shared_join (thread);
    ck_assert_int_eq (weir_queue_size (worker.queue), 0);
    finish (&worker);
}
END_TEST

int main (void)
{
    Suite *suite = suite_create ("interrupt");
    TCase *tcase = test_case (suite, "one");
    tcase_add_checked_fixture (tcase, set_up, NULL);
    tcase_add_loop_test (tcase,
                         an_item_that_comes_after_an_interrupted_get_is_there,
                         0, SHARED_FORMS);
    tcase_add_loop_test (tcase, an_interrupted_put_puts_nothing, 0,
                         SHARED_FORMS);
    tcase_add_loop_test (tcase, an_interrupted_wait_at_a_queue_changes_nothing,
                         0, SHARED_FORMS);
    tcase_add_loop_test (tcase, an_interrupted_lock_is_not_held, 0,
                         SHARED_FORMS);
    tcase = test_case (suite, "many");
    tcase_add_checked_fixture (tcase, set_up, NULL);
    tcase_add_loop_test (tcase, a_storm_of_signals_loses_and_doubles_nothing, 0,
                         SHARED_FORMS);
    tcase_add_loop_test (tcase, an_item_and_a_signal_at_once_give_the_item_once,
                         0, SHARED_FORMS);
    return test_main (suite);
}
