/*  check_var_wait.c - waiting for the value of a var, through the public API

    Each test runs over all three forms of owners.

    SPDX-License-Identifier: MPL-2.0
*/

#include <math.h>
#include <signal.h>
#include <stdio.h>
#include <unistd.h>

#include "kit/shared.h"

typedef struct scene {
    weir_owner_t *owner;
    weir_var_t *var;
    test_latch_t *ready;
} scene_t;

static void begin (scene_t *scene, int form)
{
    *scene = (scene_t){.owner = shared_owner (form)};
    scene->var = weir_var_new (scene->owner, NULL, 0);
    scene->ready = test_latch_new ();
}

static void finish (scene_t *scene)
{
    weir_var_destroy (&scene->var);
    test_latch_destroy (&scene->ready);
    shared_owner_end (&scene->owner);
}

//  Waits until the var has that number of waiters.
static void await_waiting (weir_var_t *var, int64_t size)
{
    ck_assert (shared_await_waiters (var, size));
}

START_TEST (a_wait_for_a_value_that_fits_returns_at_once)
{
    scene_t scene;
    begin (&scene, _i);
    weir_value_t value;
    works (weir_var_set (scene.var, 5));
    works (weir_var_wait_equal (scene.var, 5.0, &value, -1));
    equals (&value, "5");
    works (weir_var_wait_at_least (scene.var, 4, &value, 0));
    equals (&value, "5");
    works (weir_var_wait_changed (scene.var, 4, NULL, 0));
    value = weir_value_int (7);
    refuses (EAGAIN, weir_var_wait_equal (scene.var, 4, &value, 0));
    refuses (EAGAIN, weir_var_wait_at_least (scene.var, 6, &value, 0));
    refuses (EAGAIN, weir_var_wait_changed (scene.var, 5, &value, 0));
    refuses (ETIMEDOUT, weir_var_wait_equal (scene.var, 4, &value, 5));
    refuses (ETIMEDOUT, weir_var_wait_at_least (scene.var, NAN, &value, 5));
    refuses (ETIMEDOUT, weir_var_wait_changed (scene.var, 5, &value, 5));
    refuses (EINVAL, weir_var_wait_equal (scene.var, "5", &value, -1));
    refuses (EINVAL, weir_var_wait_at_least (scene.var, "5", &value, -1));
    refuses (EINVAL,
             weir_var_wait_changed (scene.var, weir_list_of (), &value, -1));
    refuses (EINVAL, weir_var_wait_equal (scene.var, 4, &value, -2));
    refuses (EINVAL, weir_var_wait_equal (NULL, 4, &value, -1));
    refuses (EINVAL, weir_var_wait_at_least (NULL, 4, &value, -1));
    refuses (EINVAL, weir_var_wait_changed (NULL, 4, &value, -1));
    ck_assert_int_eq (value.integer, 7);
    finish (&scene);
}
END_TEST

START_TEST (a_real_takes_integers)
{
    weir_owner_t *owner = shared_owner (_i);
    weir_var_t *var = weir_var_new (owner, NULL, 1.5);
    weir_value_t value;
    works (weir_var_set (var, 2));
    works (weir_var_get (var, &value));
    ck_assert_int_eq (value.type, WEIR_REAL);
    equals (&value, "2.0");
    works (weir_var_exchange (var, 3, &value));
    ck_assert_int_eq (weir_var_cas (var, 3, 4), 1);
    works (weir_var_add (var, 1, &value));
    ck_assert_int_eq (value.type, WEIR_REAL);
    works (weir_var_wait_equal (var, 5, &value, -1));
    ck_assert_int_eq (value.type, WEIR_REAL);
    weir_var_destroy (&var);
    shared_owner_end (&owner);
}
END_TEST

enum { THREADS = 6 };

static void *wait_for_six (void *arg)
{
    scene_t *scene = arg;
    weir_value_t value;
    works (weir_var_wait_at_least (scene->var, 6, &value, -1));
    ck_assert_int_eq (value.integer, 6);
    return NULL;
}

START_TEST (threads_wait_until_a_var_is_large_enough)
{
    scene_t scene;
    begin (&scene, _i);
    pthread_t threads [THREADS];
    for (int i = 0; i < THREADS; i++)
        threads [i] = shared_thread (wait_for_six, &scene);
    await_waiting (scene.var, THREADS);
    for (int i = 0; i < 9; i++)
        works (weir_var_add (scene.var, 1, NULL));
    for (int i = 0; i < THREADS; i++)
        shared_join (threads [i]);
    finish (&scene);
}
END_TEST

enum { CHILDREN = 8, TURNS = 20 };

//  Each waits for its turn, and then adds 1.
static void take_turns (void *arg)
{
    scene_t *scene = arg;
    weir_value_t number;
    test_must (weir_var_wait_changed (scene->var, 0, &number, -1) == 0);
    for (int i = 0; i < TURNS; i++) {
        int64_t turn = 1 + getpid () % 2 + 2 * i;
        test_must (weir_var_wait_at_least (scene->var, turn, NULL, -1) == 0);
        test_must (weir_var_add (scene->var, 1, NULL) == 0);
    }
}

START_TEST (processes_wait_for_each_other)
{
    scene_t scene;
    begin (&scene, _i);
    pid_t children [CHILDREN];
    int64_t sum = 0;
    for (int i = 0; i < CHILDREN; i++)
        children [i] = test_fork (take_turns, &scene);
    await_waiting (scene.var, CHILDREN);
    works (weir_var_set (scene.var, 2));
    for (int i = 0; i < CHILDREN; i++)
        ck_assert_int_eq (test_join (children [i]), 0);
    works (weir_var_get_int (scene.var, &sum));
    ck_assert_int_eq (sum, 2 + CHILDREN * TURNS);
    finish (&scene);
}
END_TEST

static void *wait_in_vain (void *arg)
{
    scene_t *scene = arg;
    weir_value_t value = weir_value_int (7);
    refuses (ENOENT, weir_var_wait_changed (scene->var, 0, &value, -1));
    ck_assert_int_eq (value.integer, 7);
    return NULL;
}

START_TEST (dropping_a_var_ends_its_waits)
{
    scene_t scene;
    begin (&scene, _i);
    pthread_t thread = shared_thread (wait_in_vain, &scene);
    await_waiting (scene.var, 1);
    works (weir_object_drop (scene.var));
    shared_join (thread);
    finish (&scene);
}
END_TEST

static void ignore (int signal)
{
    (void) signal;
}

static void *wait_until_interrupted (void *arg)
{
    scene_t *scene = arg;
    weir_value_t value = weir_value_int (7);
    refuses (EINTR, weir_var_wait_equal (scene->var, 1, &value, -1));
    ck_assert_int_eq (value.integer, 7);
    test_latch_open (scene->ready);
    ck_assert (test_latch_wait_for (scene->ready, 2, TEST_PATIENCE_MS));
    works (weir_var_wait_equal (scene->var, 1, &value, -1));
    return NULL;
}

START_TEST (a_signal_ends_a_wait_and_the_next_one_works)
{
    scene_t scene;
    begin (&scene, _i);
    struct sigaction action = {.sa_handler = ignore};
    sigaction (SIGUSR1, &action, NULL);
    pthread_t thread = shared_thread (wait_until_interrupted, &scene);
    await_waiting (scene.var, 1);
    shared_interrupt (thread, scene.ready);
    test_latch_open (scene.ready);
    works (weir_var_set (scene.var, 1));
    shared_join (thread);
    finish (&scene);
}
END_TEST

int main (void)
{
    Suite *suite = suite_create ("shared wait");
    TCase *tcase = test_case (suite, "var");
    tcase_add_loop_test (tcase, a_wait_for_a_value_that_fits_returns_at_once, 0,
                         SHARED_FORMS);
    tcase_add_loop_test (tcase, a_real_takes_integers, 0, SHARED_FORMS);
    tcase_add_loop_test (tcase, threads_wait_until_a_var_is_large_enough, 0,
                         SHARED_FORMS);
    tcase_add_loop_test (tcase, processes_wait_for_each_other, 0,
                         SHARED_FORKING_FORMS);
    tcase_add_loop_test (tcase, dropping_a_var_ends_its_waits, 0, SHARED_FORMS);
    tcase_add_loop_test (tcase, a_signal_ends_a_wait_and_the_next_one_works, 0,
                         SHARED_FORMS);
    return test_main (suite);
}
