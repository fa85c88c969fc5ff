/*  check_wait.c - waiting for several sources: threads, processes, loops,
    signals, and ends of peers

    SPDX-License-Identifier: MPL-2.0
*/

#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <unistd.h>

#include "kit/select.h"

enum { ITEMS = 300, PRODUCERS = 3, WAITERS = 3, SILENT_WAITS = 200 };

typedef struct scene {
    weir_owner_t *owner, *other;
    weir_queue_t *queues [2]; //  one of each owner
    weir_event_t *event;
    weir_pipe_t *a, *b;
    weir_select_t *select;
    int first, second, receives, stop;
    test_latch_t *ready, *go;
    atomic_int told;
} scene_t;

static void begin (scene_t *scene, int form)
{
    *scene =
        (scene_t){.owner = shared_owner (form), .other = weir_owner_new (NULL)};
    scene->queues [0] = weir_queue_new (scene->owner, "q", 2);
    scene->queues [1] = weir_queue_new (scene->other, "q", 0);
    scene->event = weir_event_new (scene->owner, "stop");
    works (weir_pipe_new (&scene->a, &scene->b, 0));
    scene->select = weir_select_new ();
    exists (scene->select);
    weir_select_t *select = scene->select;
    scene->first = weir_select_add (select, scene->queues [0], WEIR_READY_GET);
    scene->second = weir_select_add (select, scene->queues [1], WEIR_READY_GET);
    scene->receives = weir_select_add_pipe (select, scene->a, WEIR_READY_RECV);
    scene->stop = weir_select_add (select, scene->event, WEIR_READY_WAIT);
    ck_assert_int_eq (scene->stop, 3);
    scene->ready = test_latch_new ();
    scene->go = test_latch_new ();
}

static void finish (scene_t *scene)
{
    weir_select_destroy (&scene->select);
    weir_queue_destroy (&scene->queues [0]);
    weir_queue_destroy (&scene->queues [1]);
    weir_event_destroy (&scene->event);
    weir_pipe_destroy (&scene->a);
    weir_pipe_destroy (&scene->b);
    test_latch_destroy (&scene->ready);
    test_latch_destroy (&scene->go);
    weir_owner_destroy (&scene->other);
    shared_owner_end (&scene->owner);
}

//  ---------------------------------------------------------------------------
//  Every event arrives

//  To both queues and the pipe, in turn.
static void produce (void *arg)
{
    scene_t *scene = arg;
    for (int i = 0; i < ITEMS; i++) {
        test_must (weir_queue_put (scene->queues [0], i, -1) == 0);
        test_must (weir_queue_put (scene->queues [1], i, -1) == 0);
        test_must (weir_pipe_send (scene->b, i, -1) == 0);
    }
}

//  A process whose end of the pipe must not hang up yet.
static void produce_and_stay (void *arg)
{
    scene_t *scene = arg;
    produce (scene);
    test_must (test_latch_wait (scene->go, 10 * TEST_PATIENCE_MS));
}

//  Takes from ready sources. Returns 1, or 0 when another thread was quicker.
static int take (scene_t *scene, int source, int64_t *counts)
{
    weir_value_t item;
    int rc =
        source == scene->first    ? weir_queue_get (scene->queues [0], &item, 0)
        : source == scene->second ? weir_queue_get (scene->queues [1], &item, 0)
                                  : weir_pipe_recv (scene->a, &item, 0);
    if (rc != 0) {
        ck_assert_int_eq (errno, EAGAIN);
        return 0;
    }
    if (counts)
        ck_assert_int_eq (item.integer, counts [source]++);
    weir_value_clear (&item);
    return 1;
}

START_TEST (a_waiter_misses_nothing)
{
    scene_t scene;
    begin (&scene, _i);
    pid_t child = test_fork (produce_and_stay, &scene);
    int64_t counts [3] = {0};
    for (int got = 0; got < 3 * ITEMS;) {
        int source = weir_select_wait (scene.select, 10 * TEST_PATIENCE_MS);
        ck_assert_msg (source >= 0, "%s", weir_error ());
        ck_assert_int_eq (take (&scene, source, counts), 1);
        got++;
    }
    refuses (EAGAIN, weir_select_wait (scene.select, 0));
    test_latch_open (scene.go);
    ck_assert_int_eq (test_join (child), 0);
    ck_assert_int_eq (weir_select_wait (scene.select, 0), scene.receives);
    finish (&scene);
}
END_TEST

//  Works as the loop of an application: one look each time that the descriptor
//  is readable.
START_TEST (a_caller_that_polls_the_descriptor_misses_nothing)
{
    scene_t scene;
    begin (&scene, _i);
    pid_t child = test_fork (produce_and_stay, &scene);
    int fd = weir_select_fd (scene.select);
    int64_t counts [3] = {0};
    for (int got = 0; got < 3 * ITEMS;) {
        ck_assert (select_is_readable (fd, 10 * TEST_PATIENCE_MS));
        int source = weir_select_wait (scene.select, 0);
        if (source < 0)
            ck_assert_int_eq (errno, EAGAIN);
        else
            got += take (&scene, source, counts);
    }
    select_is_idle (scene.select);
    test_latch_open (scene.go);
    ck_assert_int_eq (test_join (child), 0);
    finish (&scene);
}
END_TEST

static void *take_until_stopped (void *arg)
{
    scene_t *scene = arg;
    for (;;) {
        int source = weir_select_wait (scene->select, 10 * TEST_PATIENCE_MS);
        test_must (source >= 0);
        if (source == scene->stop)
            return NULL;
        atomic_fetch_add (&scene->told, take (scene, source, NULL));
    }
}

static void *produce_in_thread (void *arg)
{
    produce (arg);
    return NULL;
}

static bool all_are_taken (void *arg)
{
    scene_t *scene = arg;
    return atomic_load (&scene->told) == 3 * ITEMS * PRODUCERS;
}

START_TEST (threads_share_a_select)
{
    scene_t scene;
    begin (&scene, _i);
    pthread_t takers [WAITERS], producers [PRODUCERS];
    for (int i = 0; i < WAITERS; i++)
        takers [i] = shared_thread (take_until_stopped, &scene);
    for (int i = 0; i < PRODUCERS; i++)
        producers [i] = shared_thread (produce_in_thread, &scene);
    for (int i = 0; i < PRODUCERS; i++)
        shared_join (producers [i]);
    ck_assert (shared_await (all_are_taken, &scene));
    works (weir_event_set (scene.event));
    for (int i = 0; i < WAITERS; i++)
        shared_join (takers [i]);
    finish (&scene);
}
END_TEST

//  ---------------------------------------------------------------------------
//  Sources come and go during a wait

typedef struct late {
    weir_select_t *select;
    int told;
} late_t;

static void *wait_long (void *arg)
{
    late_t *late = arg;
    late->told = weir_select_wait (late->select, 10 * TEST_PATIENCE_MS);
    return NULL;
}

START_TEST (an_added_source_is_waited_for_at_once)
{
    scene_t scene;
    begin (&scene, _i);
    weir_var_t *var = weir_var_new (scene.owner, NULL, 0);
    late_t late = {.select = scene.select};
    pthread_t thread = shared_thread (wait_long, &late);
    works (weir_select_remove (scene.select, scene.receives));
    int added = weir_select_add (scene.select, var, WEIR_READY_CHANGE);
    ck_assert_int_eq (added, scene.receives);
    works (weir_select_remove (scene.select, scene.second));
    works (weir_queue_put (scene.queues [1], 1, 0));
    works (weir_var_set (var, 1));
    shared_join (thread);
    ck_assert_int_eq (late.told, added);
    weir_var_destroy (&var);
    finish (&scene);
}
END_TEST

//  ---------------------------------------------------------------------------
//  Forks

static void wait_in_child (void *arg)
{
    scene_t *scene = arg;
    test_must (weir_select_wait (scene->select, 0) == -1 && errno == EAGAIN);
    test_latch_open (scene->ready);
    test_must (weir_select_wait (scene->select, 10 * TEST_PATIENCE_MS) ==
               scene->first);
    test_must (weir_select_remove (scene->select, scene->first) == 0);
    weir_select_destroy (&scene->select);
}

START_TEST (a_forked_child_has_the_same_sources)
{
    scene_t scene;
    begin (&scene, _i);
    //  An end of a pipe is for one process.
    works (weir_select_remove (scene.select, scene.receives));
    select_is_idle (scene.select);
    pid_t child = test_fork (wait_in_child, &scene);
    ck_assert (test_latch_wait (scene.ready, TEST_PATIENCE_MS));
    select_is_idle (scene.select);
    works (weir_queue_put (scene.queues [0], 1, 0));
    select_tells (scene.select, scene.first);
    ck_assert_int_eq (test_join (child), 0);
    select_tells (scene.select, scene.first);
    finish (&scene);
}
END_TEST

static void *wait_for_stop (void *arg)
{
    scene_t *scene = arg;
    test_latch_open (scene->ready);
    test_must (weir_select_wait (scene->select, 10 * TEST_PATIENCE_MS) ==
               scene->stop);
    return NULL;
}

static void be_forked (void *arg)
{
    scene_t *scene = arg;
    test_must (weir_select_wait (scene->select, 0) == -1 && errno == EAGAIN);
    weir_select_destroy (&scene->select);
}

START_TEST (a_fork_while_a_thread_waits_harms_nobody)
{
    scene_t scene;
    begin (&scene, SHARED_PROCESS);
    works (weir_select_remove (scene.select, scene.receives));
    pthread_t thread = shared_thread (wait_for_stop, &scene);
    ck_assert (test_latch_wait (scene.ready, TEST_PATIENCE_MS));
    for (int i = 0; i < 5; i++)
        ck_assert_int_eq (test_join (test_fork (be_forked, &scene)), 0);
    works (weir_event_set (scene.event));
    shared_join (thread);
    finish (&scene);
}
END_TEST

//  ---------------------------------------------------------------------------
//  Owners that end or are silent

START_TEST (the_objects_of_a_killed_owner_are_ready)
{
    scene_t scene;
    weir_value_t item;
    begin (&scene, SHARED_PROCESS);
    select_is_idle (scene.select);
    pid_t pid = weir_owner_pid (scene.other);
    ck_assert_int_eq (kill (pid, SIGKILL), 0);
    select_tells (scene.select, scene.second);
    refuses (EOWNERDEAD, weir_queue_get (scene.queues [1], &item, 0));
    works (weir_select_remove (scene.select, scene.second));
    select_is_idle (scene.select);
    finish (&scene);
    shared_sweep ();
}
END_TEST

//  The select has a limited number of requests without an answer.
START_TEST (an_owner_that_was_stopped_is_asked_again)
{
    scene_t scene;
    begin (&scene, SHARED_PROCESS);
    pid_t pid = weir_owner_pid (scene.other);
    ck_assert_int_eq (kill (pid, SIGSTOP), 0);
    for (int i = 0; i < SILENT_WAITS; i++)
        refuses (ETIMEDOUT, weir_select_wait (scene.select, 1));
    //  The events of the others arrive all the same.
    works (weir_event_set (scene.event));
    ck_assert_int_eq (weir_select_wait (scene.select, -1), scene.stop);
    ck_assert_int_eq (weir_select_wait (scene.select, 0), scene.stop);
    works (weir_event_clear (scene.event));
    ck_assert_int_eq (kill (pid, SIGCONT), 0);
    works (weir_queue_put (scene.queues [1], 1, 0));
    ck_assert_int_eq (weir_select_wait (scene.select, -1), scene.second);
    finish (&scene);
}
END_TEST

START_TEST (a_waiter_that_is_killed_leaves_no_trace)
{
    scene_t scene;
    begin (&scene, _i);
    works (weir_select_remove (scene.select, scene.receives));
    for (int i = 0; i < 20; i++) {
        unsigned count = test_latch_count (scene.ready);
        pid_t child = test_fork (wait_in_child, &scene);
        ck_assert (
            test_latch_wait_for (scene.ready, count + 1, TEST_PATIENCE_MS));
        ck_assert_int_eq (kill (child, SIGKILL), 0);
        ck_assert_int_eq (test_join (child), -SIGKILL);
    }
    works (weir_queue_put (scene.queues [0], 1, 0));
    select_tells (scene.select, scene.first);
    finish (&scene);
}
END_TEST

//  ---------------------------------------------------------------------------
//  Signals

static void handle (int signal)
{
    (void) signal;
}

static void *wait_until_interrupted (void *arg)
{
    scene_t *scene = arg;
    int told;
    while ((told = weir_select_wait (scene->select, 10 * TEST_PATIENCE_MS)) ==
               -1 &&
           errno == EINTR)
        test_latch_open (scene->ready);
    test_must (told == scene->first);
    return NULL;
}

START_TEST (a_signal_interrupts_and_nothing_is_lost)
{
    scene_t scene;
    struct sigaction action = {.sa_handler = handle};
    sigaction (SIGUSR1, &action, NULL);
    begin (&scene, _i);
    pthread_t thread = shared_thread (wait_until_interrupted, &scene);
    for (int i = 0; i < 5; i++)
        shared_interrupt (thread, scene.ready);
    works (weir_queue_put (scene.queues [0], 1, 0));
    shared_join (thread);
    finish (&scene);
}
END_TEST

int main (void)
{
    Suite *suite = suite_create ("select_wait");
    TCase *tcase = test_case (suite, "everything");
    tcase_add_loop_test (tcase, a_waiter_misses_nothing, 0,
                         SHARED_FORKING_FORMS);
    tcase_add_loop_test (tcase,
                         a_caller_that_polls_the_descriptor_misses_nothing, 0,
                         SHARED_FORKING_FORMS);
    tcase_add_loop_test (tcase, threads_share_a_select, 0, SHARED_FORMS);
    tcase = test_case (suite, "changes");
    tcase_add_loop_test (tcase, an_added_source_is_waited_for_at_once, 0,
                         SHARED_FORMS);
    tcase_add_loop_test (tcase, a_forked_child_has_the_same_sources, 0,
                         SHARED_FORKING_FORMS);
    tcase_add_test (tcase, a_fork_while_a_thread_waits_harms_nobody);
    tcase = test_case (suite, "ends");
    tcase_add_test (tcase, the_objects_of_a_killed_owner_are_ready);
    tcase_add_test (tcase, an_owner_that_was_stopped_is_asked_again);
    tcase_add_loop_test (tcase, a_waiter_that_is_killed_leaves_no_trace, 0,
                         SHARED_FORKING_FORMS);
    tcase_add_loop_test (tcase, a_signal_interrupts_and_nothing_is_lost, 0,
                         SHARED_FORMS);
    return test_main (suite);
}
