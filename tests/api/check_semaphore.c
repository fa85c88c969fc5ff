/*  check_semaphore.c - semaphore through the public API

    Each test runs over all three forms of owners.

    SPDX-License-Identifier: MPL-2.0
*/

#include <limits.h>
#include <signal.h>
#include <string.h>
#include <sys/wait.h>

#include "kit/shared.h"

typedef struct scene {
    weir_owner_t *owner;
    weir_semaphore_t *semaphore;
    test_latch_t *held;
    test_latch_t *done;
} scene_t;

static void begin (scene_t *scene, int form, int64_t value)
{
    *scene = (scene_t){.owner = shared_owner (form)};
    scene->semaphore = weir_semaphore_new (scene->owner, "semaphore", value);
    exists (scene->semaphore);
    scene->held = test_latch_new ();
    scene->done = test_latch_new ();
}

static void finish (scene_t *scene)
{
    test_latch_destroy (&scene->held);
    test_latch_destroy (&scene->done);
    weir_semaphore_destroy (&scene->semaphore);
    ck_assert_ptr_null (scene->semaphore);
    shared_owner_end (&scene->owner);
}

START_TEST (units_are_acquired_and_released)
{
    scene_t scene;
    begin (&scene, _i, 3);
    refuses_null (EEXIST, weir_semaphore_new (scene.owner, "semaphore", 1));
    refuses_null (ENOENT, weir_semaphore_open (scene.owner, "none"));
    refuses_null (EINVAL, weir_lock_open (scene.owner, "semaphore"));
    weir_semaphore_t *again =
        weir_semaphore_from (weir_object_reference (scene.semaphore));
    exists (again);
    for (int i = -1; i < 2; i++)
        works (weir_semaphore_acquire (again, i));
    ck_assert_int_eq (weir_semaphore_value (scene.semaphore), 0);
    weir_semaphore_destroy (&again);
    refuses (EAGAIN, weir_semaphore_acquire (scene.semaphore, 0));
    refuses (EAGAIN, weir_semaphore_consume (scene.semaphore, 0));
    uint64_t start_us = shared_now_us ();
    refuses (ETIMEDOUT, weir_semaphore_acquire (scene.semaphore, 30));
    ck_assert_int_ge (shared_now_us () - start_us, 29000);
    weir_value_t info;
    works (weir_object_info (scene.semaphore, &info));
    ck_assert_int_eq (
        weir_value_find (info, weir_value_string ("held"))->integer, 3);
    weir_value_clear (&info);
    works (weir_semaphore_release (scene.semaphore, 2));
    works (weir_semaphore_release (scene.semaphore, 1));
    //  It is not bounded.
    works (weir_semaphore_release (scene.semaphore, 4));
    ck_assert_int_eq (weir_semaphore_value (scene.semaphore), 7);
    again = weir_semaphore_open (scene.owner, "semaphore");
    works (weir_semaphore_consume (again, -1));
    weir_semaphore_destroy (&again);
    weir_semaphore_destroy (&again);
    weir_semaphore_destroy (NULL);
    finish (&scene);
}
END_TEST

START_TEST (a_bounded_semaphore_overflows)
{
    weir_owner_t *owner = shared_owner (_i);
    weir_semaphore_t *bounded = weir_semaphore_new_bounded (owner, NULL, 1);
    exists (bounded);
    refuses (EOVERFLOW, weir_semaphore_release (bounded, 1));
    works (weir_semaphore_acquire (bounded, -1));
    refuses (EOVERFLOW, weir_semaphore_release (bounded, 2));
    ck_assert_int_eq (weir_semaphore_value (bounded), 0);
    works (weir_semaphore_release (bounded, 1));
    refuses (EOVERFLOW, weir_semaphore_release (bounded, 1));
    ck_assert_int_eq (weir_semaphore_value (bounded), 1);
    weir_semaphore_destroy (&bounded);
    shared_owner_end (&owner);
}
END_TEST

START_TEST (misuse_of_semaphores_is_refused)
{
    scene_t scene;
    begin (&scene, _i, 1);
    refuses_null (EINVAL, weir_semaphore_new (NULL, "x", 1));
    refuses_null (EINVAL, weir_semaphore_new_bounded (NULL, "x", 1));
    refuses_null (EINVAL, weir_semaphore_new (scene.owner, "x", -1));
    refuses_null (EINVAL, weir_semaphore_new (scene.owner, "x", 1LL << 31));
    refuses_null (EINVAL, weir_semaphore_new_bounded (scene.owner, "x", -1));
    refuses_null (EINVAL, weir_semaphore_open (NULL, "x"));
    refuses_null (EINVAL, weir_semaphore_open (scene.owner, NULL));
    refuses_null (EINVAL, weir_semaphore_from (weir_value_nil ()));
    refuses (EINVAL, weir_semaphore_acquire (NULL, -1));
    refuses (EINVAL, weir_semaphore_consume (NULL, -1));
    refuses (EINVAL, weir_semaphore_release (NULL, 1));
    refuses (EINVAL, weir_semaphore_value (NULL));
    refuses (EINVAL, weir_semaphore_acquire (scene.semaphore, -2));
    refuses (EINVAL, weir_semaphore_consume (scene.semaphore, INT_MIN));
    refuses (EINVAL, weir_semaphore_release (scene.semaphore, 0));
    refuses (EINVAL, weir_semaphore_release (scene.semaphore, -1));
    refuses (EOVERFLOW, weir_semaphore_release (scene.semaphore, INT64_MAX));
    ck_assert_int_eq (weir_semaphore_value (scene.semaphore), 1);
    works (weir_semaphore_acquire (scene.semaphore, INT_MAX));
    weir_lock_t *lock = weir_lock_new (scene.owner, NULL);
    works (weir_lock_guard (lock, 1));
    refuses (ESTALE, weir_semaphore_release (scene.semaphore, 1));
    refuses (ESTALE, weir_semaphore_acquire (scene.semaphore, 0));
    works (weir_lock_guard (lock, 0));
    weir_lock_destroy (&lock);
    finish (&scene);
}
END_TEST

static void *wait_in_vain (void *arg)
{
    scene_t *scene = arg;
    refuses (ENOENT, weir_semaphore_acquire (scene->semaphore, -1));
    return NULL;
}

START_TEST (dropping_a_semaphore_ends_its_waits)
{
    scene_t scene;
    begin (&scene, _i, 0);
    pthread_t thread = shared_thread (wait_in_vain, &scene);
    ck_assert (shared_await_waiters (scene.semaphore, 1));
    works (weir_object_drop (scene.semaphore));
    shared_join (thread);
    refuses (ENOENT, weir_semaphore_release (scene.semaphore, 1));
    refuses (ENOENT, weir_semaphore_acquire (scene.semaphore, 0));
    refuses (ENOENT, weir_semaphore_value (scene.semaphore));
    finish (&scene);
}
END_TEST

static void *acquire_and_end (void *arg)
{
    scene_t *scene = arg;
    works (weir_semaphore_acquire (scene->semaphore, -1));
    works (weir_semaphore_acquire (scene->semaphore, -1));
    works (weir_semaphore_consume (scene->semaphore, -1));
    return NULL;
}

START_TEST (units_of_an_ended_thread_are_released)
{
    scene_t scene;
    begin (&scene, _i, 3);
    shared_join (shared_thread (acquire_and_end, &scene));
    works (weir_semaphore_acquire (scene.semaphore, TEST_PATIENCE_MS));
    works (weir_semaphore_acquire (scene.semaphore, TEST_PATIENCE_MS));
    refuses (EAGAIN, weir_semaphore_acquire (scene.semaphore, 0));
    finish (&scene);
}
END_TEST

static void handle (int signal)
{
    (void) signal;
}

static void *acquire_again (void *arg)
{
    scene_t *scene = arg;
    refuses (EINTR, weir_semaphore_acquire (scene->semaphore, -1));
    test_latch_open (scene->done);
    ck_assert (test_latch_wait_for (scene->done, 2, TEST_PATIENCE_MS));
    works (weir_semaphore_acquire (scene->semaphore, -1));
    return NULL;
}

START_TEST (a_signal_ends_a_wait_and_takes_no_unit)
{
    scene_t scene;
    sigaction (SIGUSR1, &(struct sigaction){.sa_handler = handle}, NULL);
    begin (&scene, _i, 0);
    pthread_t thread = shared_thread (acquire_again, &scene);
    ck_assert (shared_await_waiters (scene.semaphore, 1));
    shared_interrupt (thread, scene.done);
    test_latch_open (scene.done);
    ck_assert (shared_await_waiters (scene.semaphore, 1));
    works (weir_semaphore_release (scene.semaphore, 2));
    shared_join (thread);
    works (weir_semaphore_acquire (scene.semaphore, 0));
    finish (&scene);
}
END_TEST

static void hold_and_stop (void *arg)
{
    scene_t *scene = arg;
    test_must (weir_semaphore_acquire (scene->semaphore, -1) == 0);
    raise (SIGSTOP);
    test_must (weir_semaphore_release (scene->semaphore, 1) == 0);
}

static void pass_through (void *arg)
{
    scene_t *scene = arg;
    test_must (weir_semaphore_acquire (scene->semaphore, -1) == 0);
    test_must (weir_semaphore_release (scene->semaphore, 1) == 0);
    test_latch_open (scene->done);
}

START_TEST (a_stopped_holder_holds_its_unit_and_no_other)
{
    scene_t scene;
    begin (&scene, _i, 2);
    pid_t stopped = test_fork (hold_and_stop, &scene);
    int status;
    ck_assert_int_eq (waitpid (stopped, &status, WUNTRACED), stopped);
    ck_assert (WIFSTOPPED (status));
    for (int i = 0; i < 3; i++)
        ck_assert_int_eq (test_join (test_fork (pass_through, &scene)), 0);
    works (weir_semaphore_acquire (scene.semaphore, 0));
    pid_t waiter = test_fork (pass_through, &scene);
    ck_assert (shared_await_waiters (scene.semaphore, 1));
    kill (stopped, SIGCONT);
    ck_assert_int_eq (test_join (stopped), 0);
    ck_assert_int_eq (test_join (waiter), 0);
    ck_assert_int_eq (weir_semaphore_value (scene.semaphore), 1);
    finish (&scene);
}
END_TEST

typedef struct circle {
    weir_semaphore_t *semaphore;
    weir_lock_t *lock;
    test_latch_t *held;
} circle_t;

static void hold_unit_want_lock (void *arg)
{
    circle_t *circle = arg;
    test_must (weir_semaphore_acquire (circle->semaphore, -1) == 0);
    test_latch_open (circle->held);
    test_must (weir_lock_acquire (circle->lock, -1) == 0);
    test_must (weir_lock_release (circle->lock) == 0);
    test_must (weir_semaphore_release (circle->semaphore, 1) == 0);
}

START_TEST (a_semaphore_of_one_unit_is_part_of_circles)
{
    scene_t scene;
    begin (&scene, _i, 1);
    circle_t circle = {scene.semaphore, weir_lock_new (scene.owner, "lock"),
                       scene.held};
    works (weir_lock_acquire (circle.lock, -1));
    pid_t pid = test_fork (hold_unit_want_lock, &circle);
    ck_assert (test_latch_wait (scene.held, TEST_PATIENCE_MS));
    ck_assert (shared_await_waiting (circle.lock, 1));
    refuses (EAGAIN, weir_semaphore_acquire (scene.semaphore, 0));
    refuses (ETIMEDOUT, weir_semaphore_acquire (scene.semaphore, 10));
    refuses (EDEADLK, weir_semaphore_acquire (scene.semaphore, -1));
    ck_assert_ptr_nonnull (strstr (weir_error (), "holds lock 'lock'; thread"));
    works (weir_lock_release (circle.lock));
    works (weir_semaphore_acquire (scene.semaphore, -1));
    ck_assert_int_eq (test_join (pid), 0);
    weir_lock_destroy (&circle.lock);
    finish (&scene);
}
END_TEST

int main (void)
{
    Suite *suite = suite_create ("shared semaphore");
    TCase *tcase = test_case (suite, "one process");
    tcase_add_loop_test (tcase, units_are_acquired_and_released, 0,
                         SHARED_FORMS);
    tcase_add_loop_test (tcase, a_bounded_semaphore_overflows, 0, SHARED_FORMS);
    tcase_add_loop_test (tcase, misuse_of_semaphores_is_refused, 0,
                         SHARED_FORMS);
    tcase_add_loop_test (tcase, dropping_a_semaphore_ends_its_waits, 0,
                         SHARED_FORMS);
    tcase_add_loop_test (tcase, units_of_an_ended_thread_are_released, 0,
                         SHARED_FORMS);
    tcase_add_loop_test (tcase, a_signal_ends_a_wait_and_takes_no_unit, 0,
                         SHARED_FORMS);
    tcase = test_case (suite, "processes");
    tcase_add_loop_test (tcase, a_stopped_holder_holds_its_unit_and_no_other, 0,
                         SHARED_FORKING_FORMS);
    tcase_add_loop_test (tcase, a_semaphore_of_one_unit_is_part_of_circles, 0,
                         SHARED_FORKING_FORMS);
    return test_main (suite);
}
