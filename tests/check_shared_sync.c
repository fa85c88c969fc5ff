/*  check_shared_sync.c - lock and queue through the public surface

    Each test runs over all three forms of owners.

    SPDX-License-Identifier: MPL-2.0
*/

#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "shared_kit.h"

//  ---------------------------------------------------------------------------
//  Lock

START_TEST (a_lock_is_taken_and_given_back)
{
    weir_owner_t *owner = shared_owner (_i);
    weir_lock_t *lock = weir_lock_new (owner, "lock");
    exists (lock);
    refuses_null (EEXIST, weir_lock_new (owner, "lock"));
    refuses_null (ENOENT, weir_lock_open (owner, "none"));
    refuses_null (EINVAL, weir_dict_open (owner, "lock"));
    ck_assert_int_eq (weir_lock_token (lock), 0);
    ck_assert_int_eq (weir_lock_locked (lock), 0);
    refuses (EPERM, weir_lock_release (lock));
    for (int i = 1; i <= 3; i++) {
        works (weir_lock_acquire (lock, i - 2)); // -1, 0, 1 ms
        ck_assert_uint_eq (weir_lock_token (lock), (unsigned) i);
        ck_assert (!weir_lock_abandoned (lock));
        ck_assert_int_eq (weir_lock_locked (lock), 1);
        ck_assert_int_eq (weir_lock_waiting (lock), 0);
        works (weir_lock_release (lock));
    }
    refuses (EPERM, weir_lock_release (lock));
    ck_assert_int_eq (weir_lock_locked (lock), 0);
    weir_lock_destroy (&lock);
    weir_lock_destroy (&lock);
    weir_lock_destroy (NULL);
    shared_owner_end (&owner);
}
END_TEST

START_TEST (a_thread_cannot_wait_for_itself)
{
    weir_owner_t *owner = shared_owner (_i);
    weir_lock_t *lock = weir_lock_new (owner, NULL);
    works (weir_lock_acquire (lock, -1));
    refuses (EDEADLK, weir_lock_acquire (lock, -1));
    refuses (EDEADLK, weir_lock_acquire (lock, 10));
    refuses (EAGAIN, weir_lock_acquire (lock, 0));
    //  It is held all the same, once.
    ck_assert_uint_eq (weir_lock_token (lock), 1);
    works (weir_lock_release (lock));
    refuses (EPERM, weir_lock_release (lock));
    weir_lock_destroy (&lock);
    shared_owner_end (&owner);
}
END_TEST

static void *meet_a_held_lock (void *arg)
{
    weir_lock_t *lock = arg;
    refuses (EAGAIN, weir_lock_acquire (lock, 0));
    uint64_t start_us = shared_now_us ();
    refuses (ETIMEDOUT, weir_lock_acquire (lock, 30));
    ck_assert_int_ge (shared_now_us () - start_us, 29000);
    refuses (EPERM, weir_lock_release (lock));
    ck_assert_int_eq (weir_lock_locked (lock), 1);
    ck_assert_int_eq (weir_lock_waiting (lock), 0);
    return NULL;
}

START_TEST (a_held_lock_is_refused_or_times_out)
{
    weir_owner_t *owner = shared_owner (_i);
    weir_lock_t *lock = weir_lock_new (owner, NULL);
    works (weir_lock_acquire (lock, -1));
    shared_join (shared_thread (meet_a_held_lock, lock));
    works (weir_lock_release (lock));
    ck_assert_uint_eq (weir_lock_token (lock), 1);
    weir_lock_destroy (&lock);
    shared_owner_end (&owner);
}
END_TEST

static void *wait_for_dropped_lock (void *arg)
{
    refuses (ENOENT, weir_lock_acquire (arg, -1));
    return NULL;
}

START_TEST (a_dropped_lock_frees_who_waits)
{
    weir_owner_t *owner = shared_owner (_i);
    weir_lock_t *lock = weir_lock_new (owner, "lock");
    works (weir_lock_acquire (lock, -1));
    pthread_t thread = shared_thread (wait_for_dropped_lock, lock);
    ck_assert (shared_await_waiting (lock, 1));
    works (weir_object_drop (lock));
    shared_join (thread);
    refuses (ENOENT, weir_lock_release (lock));
    refuses (ENOENT, weir_lock_locked (lock));
    refuses (ENOENT, weir_lock_waiting (lock));
    weir_lock_destroy (&lock);
    shared_owner_end (&owner);
}
END_TEST

static void *take_and_end (void *lock)
{
    works (weir_lock_acquire (lock, -1));
    return NULL;
}

START_TEST (a_lock_of_an_ended_thread_is_abandoned)
{
    weir_owner_t *owner = shared_owner (_i);
    weir_lock_t *lock = weir_lock_new (owner, NULL);
    shared_join (shared_thread (take_and_end, lock));
    works (weir_lock_acquire (lock, -1));
    ck_assert (weir_lock_abandoned (lock));
    ck_assert_uint_eq (weir_lock_token (lock), 2);
    works (weir_lock_release (lock));
    works (weir_lock_acquire (lock, -1));
    ck_assert (!weir_lock_abandoned (lock));
    works (weir_lock_release (lock));
    weir_lock_destroy (&lock);
    shared_owner_end (&owner);
}
END_TEST

//  ---------------------------------------------------------------------------
//  Queue

START_TEST (a_queue_is_first_in_first_out)
{
    weir_owner_t *owner = shared_owner (_i);
    weir_queue_t *queue = weir_queue_new (owner, "queue", 0);
    exists (queue);
    refuses_null (EEXIST, weir_queue_new (owner, "queue", 0));
    refuses_null (ENOENT, weir_queue_open (owner, "none"));
    refuses_null (EINVAL, weir_lock_open (owner, "queue"));
    refuses_null (EINVAL, weir_queue_new (owner, "other", -1));
    refuses_null (EINVAL, weir_queue_new (owner, "other", INT64_MAX));
    weir_queue_t *other = weir_queue_open (owner, "queue");
    exists (other);
    weir_value_t value;
    works (weir_queue_put (queue, 1, -1));
    works (weir_queue_put (queue, "two", 0));
    works (weir_queue_put (other, weir_list_of (3), 10));
    ck_assert_int_eq (weir_queue_size (queue), 3);
    ck_assert_int_eq (weir_queue_empty (queue), 0);
    ck_assert_int_eq (weir_queue_full (queue), 0);
    works (weir_queue_get (other, &value, -1));
    equals (&value, "1");
    works (weir_queue_get (other, &value, 0));
    equals (&value, "'two'");
    works (weir_queue_get (queue, &value, 10));
    equals (&value, "[3]");
    ck_assert_int_eq (weir_queue_empty (queue), 1);
    weir_queue_destroy (&queue);
    weir_queue_destroy (&queue);
    weir_queue_destroy (NULL);
    weir_queue_destroy (&other);
    shared_owner_end (&owner);
}
END_TEST

START_TEST (a_queue_is_bounded)
{
    weir_owner_t *owner = shared_owner (_i);
    weir_queue_t *queue = weir_queue_new (owner, NULL, 2);
    weir_value_t value = weir_value_int (7);
    refuses (EAGAIN, weir_queue_get (queue, &value, 0));
    uint64_t start_us = shared_now_us ();
    refuses (ETIMEDOUT, weir_queue_get (queue, &value, 30));
    ck_assert_int_ge (shared_now_us () - start_us, 29000);
    works (weir_queue_put (queue, 1, -1));
    works (weir_queue_put (queue, 2, -1));
    ck_assert_int_eq (weir_queue_full (queue), 1);
    refuses (EAGAIN, weir_queue_put (queue, 3, 0));
    start_us = shared_now_us ();
    refuses (ETIMEDOUT, weir_queue_put (queue, 3, 30));
    ck_assert_int_ge (shared_now_us () - start_us, 29000);
    ck_assert_int_eq (value.integer, 7);
    works (weir_queue_get (queue, &value, -1));
    equals (&value, "1");
    works (weir_queue_put (queue, 3, 0));
    ck_assert_int_eq (weir_queue_size (queue), 2);
    weir_queue_destroy (&queue);
    shared_owner_end (&owner);
}
END_TEST

START_TEST (a_closed_queue_gives_what_is_in_it)
{
    weir_owner_t *owner = shared_owner (_i);
    weir_queue_t *queue = weir_queue_new (owner, NULL, 0);
    weir_value_t value;
    works (weir_queue_put (queue, 1, -1));
    works (weir_queue_put (queue, 2, -1));
    works (weir_queue_close (queue));
    works (weir_queue_close (queue));
    refuses (ECANCELED, weir_queue_put (queue, 3, -1));
    works (weir_queue_get (queue, &value, -1));
    equals (&value, "1");
    ck_assert_int_eq (weir_queue_close_now (queue), 1);
    ck_assert_int_eq (weir_queue_close_now (queue), 0);
    refuses (ECANCELED, weir_queue_get (queue, &value, -1));
    refuses (ECANCELED, weir_queue_get (queue, &value, 0));
    weir_queue_destroy (&queue);
    shared_owner_end (&owner);
}
END_TEST

//  What a thread waits for, and how it is to end.
typedef struct waiter {
    weir_queue_t *queue;
    int error;
    bool puts;
    test_latch_t *started;
} waiter_t;

static void *wait_in_vain (void *arg)
{
    waiter_t *waiter = arg;
    weir_value_t value = weir_value_int (7);
    test_latch_open (waiter->started);
    if (waiter->puts)
        refuses (waiter->error, weir_queue_put (waiter->queue, 1, -1));
    else
        refuses (waiter->error, weir_queue_get (waiter->queue, &value, -1));
    ck_assert_int_eq (value.integer, 7);
    return NULL;
}

//  Whether close or drop comes before or after the thread waits at the owner,
//  it must fail with the same errno.
START_TEST (closing_and_dropping_free_who_waits)
{
    weir_owner_t *owner = shared_owner (_i);
    for (int round = 0; round < 40; round++) {
        weir_queue_t *queues [] = {weir_queue_new (owner, NULL, 1),
                                   weir_queue_new (owner, NULL, 1)};
        waiter_t waiters [4];
        pthread_t threads [4];
        test_latch_t *started = test_latch_new ();
        bool drop = round % 2;
        works (weir_queue_put (queues [1], 0, -1));
        for (int i = 0; i < 4; i++) {
            waiters [i] = (waiter_t){queues [i % 2], drop ? ENOENT : ECANCELED,
                                     i % 2, started};
            threads [i] = shared_thread (wait_in_vain, &waiters [i]);
        }
        ck_assert (test_latch_wait_for (started, 4, TEST_PATIENCE_MS));
        for (int i = 0; i < 2; i++)
            works (drop ? weir_object_drop (queues [i])
                        : weir_queue_close (queues [i]));
        for (int i = 0; i < 4; i++)
            shared_join (threads [i]);
        for (int i = 0; i < 2; i++)
            weir_queue_destroy (&queues [i]);
        test_latch_destroy (&started);
    }
    shared_owner_end (&owner);
}
END_TEST

int main (void)
{
    Suite *suite = suite_create ("shared sync");
    TCase *tcase = test_case (suite, "lock");
    tcase_add_loop_test (tcase, a_lock_is_taken_and_given_back, 0,
                         SHARED_FORMS);
    tcase_add_loop_test (tcase, a_thread_cannot_wait_for_itself, 0,
                         SHARED_FORMS);
    tcase_add_loop_test (tcase, a_held_lock_is_refused_or_times_out, 0,
                         SHARED_FORMS);
    tcase_add_loop_test (tcase, a_dropped_lock_frees_who_waits, 0,
                         SHARED_FORMS);
    tcase_add_loop_test (tcase, a_lock_of_an_ended_thread_is_abandoned, 0,
                         SHARED_FORMS);
    tcase = test_case (suite, "queue");
    tcase_add_loop_test (tcase, a_queue_is_first_in_first_out, 0, SHARED_FORMS);
    tcase_add_loop_test (tcase, a_queue_is_bounded, 0, SHARED_FORMS);
    tcase_add_loop_test (tcase, a_closed_queue_gives_what_is_in_it, 0,
                         SHARED_FORMS);
    tcase_add_loop_test (tcase, closing_and_dropping_free_who_waits, 0,
                         SHARED_FORMS);
    return test_main (suite);
}
