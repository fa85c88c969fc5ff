/*  check_owner_parent.c - an owner ends with the process that started it

    In each test a helper process is the parent. It is a plain fork of the test,
    so that it can end in every possible way.

    SPDX-License-Identifier: MPL-2.0
*/

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "kit/shared.h"

static test_latch_t *ready, *done;
static pid_t *pids; //  of the owner, and of another child

static void set_up (void)
{
    ready = test_latch_new ();
    done = test_latch_new ();
    pids = test_shared (2 * sizeof *pids);
}

static void tear_down (void)
{
    test_latch_destroy (&ready);
    test_latch_destroy (&done);
    test_unshare (pids, 2 * sizeof *pids);
}

//  ---------------------------------------------------------------------------
//  Ends of a parent

static void end_by_exit (void)
{
    exit (0);
}

static void end_by_exit_at_once (void)
{
    _exit (0);
}

static void end_by_kill (void)
{
    kill (getpid (), SIGKILL);
}

static void end_by_crash (void)
{
    signal (SIGSEGV, SIG_DFL);
    raise (SIGSEGV);
}

static void *exit_here (void *unused)
{
    (void) unused;
    exit (0);
}

static void end_in_another_thread (void)
{
    pthread_t thread;
    test_must (pthread_create (&thread, NULL, exit_here, NULL) == 0);
    pause ();
}

static void (*const ways []) (void) = {end_by_exit, end_by_exit_at_once,
                                       end_by_kill, end_by_crash,
                                       end_in_another_thread};
enum { WAYS = sizeof ways / sizeof *ways };

static void be_parent (void *way)
{
    struct rlimit none = {0, 0};
    setrlimit (RLIMIT_CORE, &none);
    weir_owner_t *owner = weir_owner_new ("child");
    test_must (owner != NULL);
    weir_dict_t *dict = weir_dict_new (owner, "dict");
    test_must (weir_dict_set (dict, 1, 1) == 0);
    pids [0] = weir_owner_pid (owner);
    test_latch_open (ready);
    test_must (test_latch_wait (done, TEST_PATIENCE_MS));
    (*(void (*const *) (void)) way) ();
}

//  Another thread waits at the owner then.
static void *wait_at_orphan (void *arg)
{
    weir_queue_t *queue = arg;
    weir_value_t value;
    test_must (weir_queue_get (queue, &value, -1) == -1);
    test_must (errno == EOWNERDEAD);
    return NULL;
}

START_TEST (an_owner_process_ends_however_its_parent_ends)
{
    pid_t parent = test_fork (be_parent, (void *) &ways [_i]);
    ck_assert (test_latch_wait (ready, TEST_PATIENCE_MS));
    weir_owner_t *owner = weir_owner_open ("child");
    exists (owner);
    ck_assert_int_eq (weir_owner_pid (owner), pids [0]);
    weir_queue_t *queue = weir_queue_new (owner, NULL, 0);
    pthread_t thread = shared_thread (wait_at_orphan, queue);
    ck_assert (!test_ends (pids [0], 0));
    test_latch_open (done);
    ck_assert (test_ends (pids [0], TEST_PATIENCE_MS));
    shared_join (thread);
    test_join (parent);
    refuses_null (ENOENT, weir_owner_open ("child"));
    weir_queue_destroy (&queue);
    weir_owner_destroy (&owner);
}
END_TEST

static void live_on (void *unused)
{
    (void) unused;
    pids [1] = getpid ();
    test_latch_open (ready);
    test_latch_wait (done, TEST_PATIENCE_MS);
}

static void be_parent_of_two (void *before)
{
    weir_owner_t *owner = before ? weir_owner_new (NULL) : NULL;
    pid_t child = fork ();
    if (child == 0) {
        live_on (NULL);
        _exit (0);
    }
    if (!before)
        owner = weir_owner_new (NULL);
    test_must (owner != NULL);
    pids [0] = weir_owner_pid (owner);
    test_latch_open (ready);
    for (;;)
        pause ();
}

//  A descriptor that the other child inherited would keep the owner.
START_TEST (another_child_that_lives_on_does_not_keep_the_owner)
{
    pid_t parent = test_fork (be_parent_of_two, _i ? pids : NULL);
    ck_assert (test_latch_wait_for (ready, 2, TEST_PATIENCE_MS));
    test_kill (parent);
    ck_assert (test_ends (pids [0], TEST_PATIENCE_MS));
    ck_assert (!test_ends (pids [1], 0));
    test_latch_open (done);
    ck_assert (test_ends (pids [1], TEST_PATIENCE_MS));
}
END_TEST

static void *make_owners (void *unused)
{
    (void) unused;
    while (test_latch_count (done) == 0) {
        weir_owner_t *owner = weir_owner_new (NULL);
        test_must (owner != NULL);
        weir_owner_destroy (&owner);
    }
    return NULL;
}

//  Destroying waits for the end of the owner, which a forked child with a copy
//  of its line would delay.
START_TEST (forks_while_owners_start_neither_keep_nor_delay_them)
{
    test_latch_t *stay = test_latch_new ();
    pid_t children [40];
    pthread_t threads [2];
    for (int i = 0; i < 2; i++)
        threads [i] = shared_thread (make_owners, NULL);
    for (int i = 0; i < 40; i++) {
        children [i] = fork ();
        ck_assert_int_ge (children [i], 0);
        if (children [i] == 0) {
            test_latch_wait (stay, TEST_PATIENCE_MS);
            _exit (0);
        }
    }
    test_latch_open (done);
    uint64_t start_us = shared_now_us ();
    for (int i = 0; i < 2; i++)
        shared_join (threads [i]);
    //  It is killed after five seconds.
    ck_assert_uint_lt (shared_now_us () - start_us, 4000000);
    test_latch_open (stay);
    for (int i = 0; i < 40; i++)
        ck_assert_int_eq (test_join (children [i]), 0);
    test_latch_destroy (&stay);
}
END_TEST

//  ---------------------------------------------------------------------------
//  Events that do not end an owner

static void use_and_destroy (void *arg)
{
    weir_owner_t *owner = arg;
    weir_value_t objects;
    test_must (weir_owner_objects (owner, &objects) == 0);
    weir_value_clear (&objects);
    weir_owner_destroy (&owner);
    exit (0);
}

START_TEST (a_child_that_destroys_inherited_owners_stops_none)
{
    weir_owner_t *owner = shared_owner (_i);
    weir_dict_t *dict = weir_dict_new (owner, NULL);
    for (int i = 0; i < 3; i++) {
        ck_assert_int_eq (test_join (test_fork (use_and_destroy, owner)), 0);
        works (weir_dict_set (dict, i, i));
    }
    weir_dict_destroy (&dict);
    shared_owner_end (&owner);
}
END_TEST

START_TEST (a_signal_from_the_terminal_is_for_the_program)
{
    weir_owner_t *owner = weir_owner_new (NULL);
    weir_dict_t *dict = weir_dict_new (owner, NULL);
    const int signals [] = {SIGINT, SIGQUIT, SIGHUP, SIGPIPE};
    for (size_t i = 0; i < sizeof signals / sizeof *signals; i++) {
        ck_assert_int_eq (kill (weir_owner_pid (owner), signals [i]), 0);
        works (weir_dict_set (dict, 1, 1));
    }
    weir_dict_destroy (&dict);
    weir_owner_destroy (&owner);
}
END_TEST

static weir_owner_t *kept [2];
static weir_dict_t *kept_dict;

static void destroy_kept (void)
{
    weir_owner_destroy (&kept [0]);
    weir_owner_destroy (&kept [1]);
}

static void destroy_late (void *unused)
{
    (void) unused;
    //  This is registered before Weir's own handler, so it runs after it.
    atexit (destroy_kept);
    kept [0] = weir_owner_new (NULL);
    kept [1] = weir_owner_new_thread (NULL);
    test_must (kept [0] && kept [1]);
    kept_dict = weir_dict_new (kept [0], NULL);
    test_must (weir_dict_set (kept_dict, 1, 1) == 0);
    pids [0] = weir_owner_pid (kept [0]);
    exit (0);
}

START_TEST (an_owner_can_be_destroyed_while_the_program_exits)
{
    ck_assert_int_eq (test_join (test_fork (destroy_late, NULL)), 0);
    ck_assert (test_ends (pids [0], TEST_PATIENCE_MS));
}
END_TEST

int main (void)
{
    Suite *suite = suite_create ("owner's parent");
    TCase *tcase = test_case (suite, "end");
    tcase_add_checked_fixture (tcase, set_up, tear_down);
    tcase_add_loop_test (tcase, an_owner_process_ends_however_its_parent_ends,
                         0, WAYS);
    tcase_add_loop_test (
        tcase, another_child_that_lives_on_does_not_keep_the_owner, 0, 2);
    tcase_add_test (tcase,
                    forks_while_owners_start_neither_keep_nor_delay_them);
    tcase = test_case (suite, "no end");
    tcase_add_checked_fixture (tcase, set_up, tear_down);
    tcase_add_loop_test (tcase,
                         a_child_that_destroys_inherited_owners_stops_none, 0,
                         SHARED_FORMS);
    tcase_add_test (tcase, a_signal_from_the_terminal_is_for_the_program);
    tcase_add_test (tcase, an_owner_can_be_destroyed_while_the_program_exits);
    return test_main (suite);
}
