/*  check_lock.c - lock through the public API

    Each test runs over all three forms of owners.

    SPDX-License-Identifier: MPL-2.0
*/

#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "kit/shared.h"

START_TEST (a_lock_is_acquired_and_released)
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
    refuses (ETIMEDOUT, weir_lock_acquire (lock, 10));
    refuses (EAGAIN, weir_lock_acquire (lock, 0));
    //  The lock is held all the same, once.
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

START_TEST (dropping_a_lock_ends_its_waits)
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

int main (void)
{
    Suite *suite = suite_create ("shared sync");
    TCase *tcase = test_case (suite, "lock");
    tcase_add_loop_test (tcase, a_lock_is_acquired_and_released, 0,
                         SHARED_FORMS);
    tcase_add_loop_test (tcase, a_thread_cannot_wait_for_itself, 0,
                         SHARED_FORMS);
    tcase_add_loop_test (tcase, a_held_lock_is_refused_or_times_out, 0,
                         SHARED_FORMS);
    tcase_add_loop_test (tcase, dropping_a_lock_ends_its_waits, 0,
                         SHARED_FORMS);
    tcase_add_loop_test (tcase, a_lock_of_an_ended_thread_is_abandoned, 0,
                         SHARED_FORMS);
    return test_main (suite);
}
