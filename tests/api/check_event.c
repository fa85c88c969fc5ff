/*  check_event.c - event through the public API

    Each test runs over all three forms of owners.

    SPDX-License-Identifier: MPL-2.0
*/

#include <limits.h>
#include <signal.h>
#include <string.h>
#include <sys/wait.h>

#include "kit/shared.h"

START_TEST (an_event_is_set_and_cleared)
{
    weir_owner_t *owner = shared_owner (_i);
    weir_event_t *event = weir_event_new (owner, "event");
    exists (event);
    refuses_null (EEXIST, weir_event_new (owner, "event"));
    refuses_null (ENOENT, weir_event_open (owner, "none"));
    refuses_null (EINVAL, weir_lock_open (owner, "event"));
    weir_event_t *again = weir_event_from (weir_object_reference (event));
    exists (again);
    ck_assert_int_eq (weir_event_is_set (event), 0);
    works (weir_event_set (event));
    works (weir_event_set (event));
    ck_assert_int_eq (weir_event_is_set (again), 1);
    for (int i = -1; i < 2; i++)
        works (weir_event_wait (again, i));
    weir_value_t info;
    works (weir_object_info (event, &info));
    equals (&info, "{'kind': 'event', 'name': 'event', 'sequence': 2, "
                   "'set': True, 'waiting': 0, 'waiters': [], 'holders': []}");
    works (weir_event_clear (again));
    works (weir_event_clear (again));
    ck_assert_int_eq (weir_event_is_set (event), 0);
    weir_event_destroy (&again);
    again = weir_event_open (owner, "event");
    exists (again);
    weir_event_destroy (&again);
    weir_event_destroy (&again);
    weir_event_destroy (NULL);
    weir_event_destroy (&event);
    shared_owner_end (&owner);
}
END_TEST

START_TEST (an_event_that_nobody_sets_is_refused_or_times_out)
{
    weir_owner_t *owner = shared_owner (_i);
    weir_event_t *event = weir_event_new (owner, NULL);
    refuses (EAGAIN, weir_event_wait (event, 0));
    uint64_t start_us = shared_now_us ();
    refuses (ETIMEDOUT, weir_event_wait (event, 30));
    ck_assert_int_ge (shared_now_us () - start_us, 29000);
    refuses (EINVAL, weir_event_wait (event, -2));
    refuses (EINVAL, weir_event_wait (event, INT_MIN));
    works (weir_event_set (event));
    works (weir_event_wait (event, INT_MAX));
    refuses (EINVAL, weir_event_wait (event, -2));
    weir_event_destroy (&event);
    shared_owner_end (&owner);
}
END_TEST

START_TEST (misuse_of_events_is_refused)
{
    weir_owner_t *owner = shared_owner (_i);
    refuses_null (EINVAL, weir_event_new (NULL, "x"));
    refuses_null (EINVAL, weir_event_open (NULL, "x"));
    refuses_null (EINVAL, weir_event_open (owner, NULL));
    refuses_null (EINVAL, weir_event_new (owner, ""));
    refuses_null (EINVAL, weir_event_from (weir_value_nil ()));
    refuses (EINVAL, weir_event_set (NULL));
    refuses (EINVAL, weir_event_clear (NULL));
    refuses (EINVAL, weir_event_is_set (NULL));
    refuses (EINVAL, weir_event_wait (NULL, -1));
    shared_owner_end (&owner);
}
END_TEST

typedef struct scene {
    weir_owner_t *owner;
    weir_event_t *event;
    test_latch_t *done;
} scene_t;

static void begin (scene_t *scene, int form)
{
    *scene = (scene_t){.owner = shared_owner (form)};
    scene->event = weir_event_new (scene->owner, "event");
    scene->done = test_latch_new ();
}

static void finish (scene_t *scene)
{
    test_latch_destroy (&scene->done);
    weir_event_destroy (&scene->event);
    shared_owner_end (&scene->owner);
}

static void *wait_in_vain (void *arg)
{
    scene_t *scene = arg;
    refuses (ENOENT, weir_event_wait (scene->event, -1));
    return NULL;
}

START_TEST (dropping_an_event_ends_its_waits)
{
    scene_t scene;
    begin (&scene, _i);
    pthread_t thread = shared_thread (wait_in_vain, &scene);
    ck_assert (shared_await_waiters (scene.event, 1));
    works (weir_object_drop (scene.event));
    shared_join (thread);
    refuses (ENOENT, weir_event_set (scene.event));
    refuses (ENOENT, weir_event_clear (scene.event));
    refuses (ENOENT, weir_event_is_set (scene.event));
    refuses (ENOENT, weir_event_wait (scene.event, 0));
    finish (&scene);
}
END_TEST

static void *set_and_end (void *arg)
{
    scene_t *scene = arg;
    works (weir_event_set (scene->event));
    return NULL;
}

START_TEST (an_event_stays_set_when_the_thread_that_set_it_ends)
{
    scene_t scene;
    begin (&scene, _i);
    shared_join (shared_thread (set_and_end, &scene));
    works (weir_event_wait (scene.event, 0));
    finish (&scene);
}
END_TEST

static void handle (int signal)
{
    (void) signal;
}

static void *wait_twice (void *arg)
{
    scene_t *scene = arg;
    refuses (EINTR, weir_event_wait (scene->event, -1));
    test_latch_open (scene->done);
    ck_assert (test_latch_wait_for (scene->done, 2, TEST_PATIENCE_MS));
    works (weir_event_wait (scene->event, -1));
    return NULL;
}

START_TEST (a_signal_ends_a_wait_and_the_next_one_works)
{
    scene_t scene;
    sigaction (SIGUSR1, &(struct sigaction){.sa_handler = handle}, NULL);
    begin (&scene, _i);
    pthread_t thread = shared_thread (wait_twice, &scene);
    ck_assert (shared_await_waiters (scene.event, 1));
    shared_interrupt (thread, scene.done);
    test_latch_open (scene.done);
    ck_assert (shared_await_waiters (scene.event, 1));
    works (weir_event_set (scene.event));
    shared_join (thread);
    finish (&scene);
}
END_TEST

START_TEST (a_guarded_thread_that_came_late_sets_nothing)
{
    scene_t scene;
    begin (&scene, _i);
    weir_lock_t *lock = weir_lock_new (scene.owner, NULL);
    works (weir_lock_acquire (lock, 0));
    works (weir_lock_guard (lock, weir_lock_token (lock)));
    works (weir_event_set (scene.event));
    works (weir_lock_guard (lock, 77));
    refuses (ESTALE, weir_event_clear (scene.event));
    refuses (ESTALE, weir_event_set (scene.event));
    refuses (ESTALE, weir_event_wait (scene.event, -1));
    ck_assert_int_eq (weir_event_is_set (scene.event), 1);
    weir_lock_destroy (&lock);
    finish (&scene);
}
END_TEST

static void wait_once (void *arg)
{
    scene_t *scene = arg;
    test_must (weir_event_wait (scene->event, -1) == 0);
    test_latch_open (scene->done);
}

START_TEST (a_stopped_waiter_holds_nobody_up_and_misses_nothing)
{
    scene_t scene;
    begin (&scene, _i);
    pid_t stopped = test_fork (wait_once, &scene);
    ck_assert (shared_await_waiters (scene.event, 1));
    kill (stopped, SIGSTOP);
    int status;
    ck_assert_int_eq (waitpid (stopped, &status, WUNTRACED), stopped);
    pid_t other = test_fork (wait_once, &scene);
    ck_assert (shared_await_waiters (scene.event, 2));
    works (weir_event_set (scene.event));
    works (weir_event_clear (scene.event));
    ck_assert_int_eq (test_join (other), 0);
    ck_assert_uint_eq (test_latch_count (scene.done), 1);
    kill (stopped, SIGCONT);
    ck_assert_int_eq (test_join (stopped), 0);
    ck_assert_uint_eq (test_latch_count (scene.done), 2);
    finish (&scene);
}
END_TEST

int main (void)
{
    Suite *suite = suite_create ("shared event");
    TCase *tcase = test_case (suite, "one process");
    tcase_add_loop_test (tcase, an_event_is_set_and_cleared, 0, SHARED_FORMS);
    tcase_add_loop_test (tcase,
                         an_event_that_nobody_sets_is_refused_or_times_out, 0,
                         SHARED_FORMS);
    tcase_add_loop_test (tcase, misuse_of_events_is_refused, 0, SHARED_FORMS);
    tcase_add_loop_test (tcase, dropping_an_event_ends_its_waits, 0,
                         SHARED_FORMS);
    tcase_add_loop_test (tcase,
                         an_event_stays_set_when_the_thread_that_set_it_ends, 0,
                         SHARED_FORMS);
    tcase_add_loop_test (tcase, a_signal_ends_a_wait_and_the_next_one_works, 0,
                         SHARED_FORMS);
    tcase_add_loop_test (tcase, a_guarded_thread_that_came_late_sets_nothing, 0,
                         SHARED_FORMS);
    tcase = test_case (suite, "processes");
    tcase_add_loop_test (tcase,
                         a_stopped_waiter_holds_nobody_up_and_misses_nothing, 0,
                         SHARED_FORKING_FORMS);
    return test_main (suite);
}
