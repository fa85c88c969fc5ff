/*  check_harm.c - selects under difficulties

    Forks and signals in the middle of a call, ends of owners, limits, and calls
    without free descriptors.

    SPDX-License-Identifier: MPL-2.0
*/

#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <unistd.h>

#include "kit/pipe.h"
#include "kit/select.h"

enum { POLLED = 4096, TRIES = 200 };

typedef struct scene {
    weir_owner_t *owner, *silent;
    weir_event_t *event, *asked;
    weir_select_t *select;
    test_latch_t *done;
    int told;
} scene_t;

//  Makes an event at each of two owners. Neither is in the select yet.
static void begin (scene_t *scene, int form)
{
    *scene = (scene_t){.owner = shared_owner (form),
                       .silent = weir_owner_new (NULL)};
    scene->event = weir_event_new (scene->owner, "e");
    scene->asked = weir_event_new (scene->silent, "e");
    scene->select = weir_select_new ();
    scene->done = test_latch_new ();
    exists (scene->asked);
    exists (scene->select);
}

static void finish (scene_t *scene)
{
    weir_select_destroy (&scene->select);
    weir_event_destroy (&scene->event);
    weir_event_destroy (&scene->asked);
    weir_owner_destroy (&scene->silent);
    if (scene->owner)
        shared_owner_end (&scene->owner);
    test_latch_destroy (&scene->done);
}

//  The owner answers nobody from now on.
static void stop (weir_owner_t *owner)
{
    pid_t pid = weir_owner_pid (owner);
    ck_assert_int_eq (kill (pid, SIGSTOP), 0);
    while (test_thread_state (pid) != 'T')
        sched_yield ();
}

static void go_on (weir_owner_t *owner)
{
    ck_assert_int_eq (kill (weir_owner_pid (owner), SIGCONT), 0);
}

//  ---------------------------------------------------------------------------
//  In the middle of a call

static void *add (void *arg)
{
    scene_t *scene = arg;
    test_must (weir_select_add (scene->select, scene->asked, WEIR_READY_WAIT) ==
               1);
    return NULL;
}

//  The select does not ask the silent owner.
static void have_no_part (void *arg)
{
    scene_t *scene = arg;
    test_must (weir_select_wait (scene->select, 0) == -1 && errno == EAGAIN);
    test_must (weir_select_remove (scene->select, 1) == -1 && errno == EINVAL);
    test_must (weir_select_remove (scene->select, 0) == 0);
    weir_select_destroy (&scene->select);
}

static void only_destroy (void *arg)
{
    scene_t *scene = arg;
    weir_select_destroy (&scene->select);
}

START_TEST (a_child_does_not_inherit_a_half_added_source)
{
    scene_t scene;
    begin (&scene, SHARED_PROCESS);
    ck_assert_int_eq (
        weir_select_add (scene.select, scene.event, WEIR_READY_WAIT), 0);
    select_is_idle (scene.select);
    stop (scene.silent);
    pthread_t thread = shared_thread (add, &scene);
    test_await_others_blocked ();
    ck_assert_int_eq (test_join (test_fork (have_no_part, &scene)), 0);
    ck_assert_int_eq (test_join (test_fork (only_destroy, &scene)), 0);
    go_on (scene.silent);
    shared_join (thread);
    works (weir_event_set (scene.asked));
    select_tells (scene.select, 1);
    finish (&scene);
}
END_TEST

static void handle (int signal)
{
    (void) signal;
}

static void *be_interrupted (void *arg)
{
    scene_t *scene = arg;
    int told = weir_select_wait (scene->select, -1);
    //  When no signal comes for a while, nobody waits for the silent owner.
    test_must (told == 1 || (told == -1 && errno == EINTR));
    test_latch_open (scene->done);
    return NULL;
}

//  The descriptor showed the pipe once; the call that took this event failed.
START_TEST (a_wait_that_fails_leaves_the_descriptor_readable)
{
    scene_t scene;
    weir_pipe_t *a, *b;
    struct sigaction action = {.sa_handler = handle};
    sigaction (SIGUSR1, &action, NULL);
    begin (&scene, SHARED_PROCESS);
    works (weir_pipe_new (&a, &b, WEIR_PIPE_THREADS));
    weir_select_t *select = scene.select;
    ck_assert_int_eq (weir_select_add (select, scene.asked, WEIR_READY_WAIT),
                      0);
    ck_assert_int_eq (weir_select_add_pipe (select, a, WEIR_READY_RECV), 1);
    select_is_idle (select);
    stop (scene.silent);
    works (weir_pipe_send (b, 1, 0));
    ck_assert (select_is_readable (weir_select_fd (select), TEST_PATIENCE_MS));
    pthread_t thread = shared_thread (be_interrupted, &scene);
    while (!test_latch_wait (scene.done, 1))
        pthread_kill (thread, SIGUSR1);
    shared_join (thread);
    ck_assert (select_is_readable (weir_select_fd (select), 0));
    go_on (scene.silent);
    select_tells (select, 1);
    weir_pipe_destroy (&a);
    weir_pipe_destroy (&b);
    finish (&scene);
}
END_TEST

//  ---------------------------------------------------------------------------
//  Owners

static void *wait_long (void *arg)
{
    scene_t *scene = arg;
    test_latch_open (scene->done);
    scene->told = weir_select_wait (scene->select, 10 * TEST_PATIENCE_MS);
    return NULL;
}

START_TEST (the_end_of_an_owner_wakes_waiters)
{
    scene_t scene;
    begin (&scene, _i);
    weir_select_t *select = scene.select;
    ck_assert_int_eq (weir_select_add (select, scene.asked, WEIR_READY_WAIT),
                      0);
    ck_assert_int_eq (weir_select_add (select, scene.event, WEIR_READY_WAIT),
                      1);
    pthread_t thread = shared_thread (wait_long, &scene);
    ck_assert (test_latch_wait (scene.done, TEST_PATIENCE_MS));
    test_await_others_blocked ();
    shared_owner_end (&scene.owner);
    shared_join (thread);
    ck_assert_int_eq (scene.told, 1);
    refuses (EOWNERDEAD,
             weir_select_add (select, scene.event, WEIR_READY_WAIT));
    works (weir_select_remove (select, 1));
    select_is_idle (select);
    finish (&scene);
}
END_TEST

//  The owner had been asked only about another one.
START_TEST (objects_added_to_an_owner_are_waited_for)
{
    scene_t scene;
    begin (&scene, _i);
    weir_select_t *select = scene.select;
    weir_event_t *other = weir_event_new (scene.owner, "other");
    ck_assert_int_eq (weir_select_add (select, other, WEIR_READY_WAIT), 0);
    pthread_t thread = shared_thread (wait_long, &scene);
    ck_assert (test_latch_wait (scene.done, TEST_PATIENCE_MS));
    test_await_others_blocked ();
    ck_assert_int_eq (weir_select_add (select, scene.event, WEIR_READY_WAIT),
                      1);
    works (weir_event_set (scene.event));
    shared_join (thread);
    ck_assert_int_eq (scene.told, 1);
    weir_event_destroy (&other);
    finish (&scene);
}
END_TEST

//  The owner had been asked about both.
START_TEST (sources_that_are_not_removed_are_still_waited_for)
{
    scene_t scene;
    begin (&scene, _i);
    weir_select_t *select = scene.select;
    weir_event_t *other = weir_event_new (scene.owner, "other");
    ck_assert_int_eq (weir_select_add (select, other, WEIR_READY_WAIT), 0);
    ck_assert_int_eq (weir_select_add (select, scene.event, WEIR_READY_WAIT),
                      1);
    pthread_t thread = shared_thread (wait_long, &scene);
    ck_assert (test_latch_wait (scene.done, TEST_PATIENCE_MS));
    test_await_others_blocked ();
    works (weir_select_remove (select, 0));
    works (weir_event_set (scene.event));
    shared_join (thread);
    ck_assert_int_eq (scene.told, 1);
    weir_event_destroy (&other);
    finish (&scene);
}
END_TEST

//  ---------------------------------------------------------------------------
//  The descriptor

//  So a caller misses no source that was ready before.
START_TEST (the_descriptor_is_readable_at_first)
{
    weir_select_t *select = weir_select_new ();
    exists (select);
    ck_assert (select_is_readable (weir_select_fd (select), 0));
    select_is_idle (select);
    weir_select_destroy (&select);
}
END_TEST

static void watch_in_child (void *arg)
{
    scene_t *scene = arg;
    int fd = weir_select_fd (scene->select);
    test_must (select_is_readable (fd, 0));
    test_must (weir_select_wait (scene->select, 0) == -1 && errno == EAGAIN);
    test_must (!select_is_readable (fd, 0));
    test_latch_open (scene->done);
    test_must (select_is_readable (fd, TEST_PATIENCE_MS));
    test_must (weir_select_wait (scene->select, 0) == 0);
}

START_TEST (a_child_watches_the_same_descriptors)
{
    int ends [2];
    scene_t scene;
    begin (&scene, SHARED_PROCESS);
    ck_assert_int_eq (pipe (ends), 0);
    ck_assert_int_eq (weir_select_add_fd (scene.select, ends [0], POLLIN), 0);
    select_is_idle (scene.select);
    pid_t child = test_fork (watch_in_child, &scene);
    ck_assert (test_latch_wait (scene.done, TEST_PATIENCE_MS));
    ck_assert_int_eq (write (ends [1], "", 1), 1);
    ck_assert_int_eq (test_join (child), 0);
    select_tells (scene.select, 0);
    works (weir_select_remove (scene.select, 0));
    close (ends [0]);
    close (ends [1]);
    finish (&scene);
}
END_TEST

//  The event has arrived unseen when the removal sends a frame. libzmq, which
//  looks at its mailbox once in a few milliseconds, then takes the signal away.
START_TEST (a_removal_loses_no_event_of_other_sources)
{
    scene_t scene;
    begin (&scene, _i);
    weir_event_t *other = weir_event_new (scene.owner, "other");
    int fd = weir_select_fd (scene.select);
    ck_assert_int_eq (weir_select_add (scene.select, other, WEIR_READY_WAIT),
                      0);
    ck_assert_int_eq (
        weir_select_add (scene.select, scene.event, WEIR_READY_WAIT), 1);
    select_is_idle (scene.select);
    works (weir_event_set (scene.event));
    ck_assert (select_is_readable (fd, TEST_PATIENCE_MS));
    for (uint64_t until_us = shared_now_us () + 10000;
         shared_now_us () < until_us;)
        ck_assert_int_eq (weir_event_is_set (other), 0);
    works (weir_select_remove (scene.select, 0));
    ck_assert (select_is_readable (fd, TEST_PATIENCE_MS));
    select_tells (scene.select, 1);
    weir_event_destroy (&other);
    finish (&scene);
}
END_TEST

static void *wait_and_count (void *arg)
{
    struct rusage before, after;
    getrusage (RUSAGE_THREAD, &before);
    wait_long (arg);
    getrusage (RUSAGE_THREAD, &after);
    ck_assert_int_lt (after.ru_nvcsw - before.ru_nvcsw, 100);
    return NULL;
}

//  Answers to its own requests do not wake it.
START_TEST (a_spurious_wakeup_resumes_the_wait)
{
    scene_t scene;
    begin (&scene, _i);
    ck_assert_int_eq (
        weir_select_add (scene.select, scene.event, WEIR_READY_WAIT), 0);
    pthread_t thread = shared_thread (wait_and_count, &scene);
    ck_assert (test_latch_wait (scene.done, TEST_PATIENCE_MS));
    test_await_others_blocked ();
    refuses (EINVAL, weir_select_remove (scene.select, 7)); //  wakes it up
    for (int i = 0; i < 1000; i++)
        ck_assert_int_eq (weir_event_is_set (scene.event), 0);
    works (weir_event_set (scene.event));
    shared_join (thread);
    ck_assert_int_eq (scene.told, 0);
    finish (&scene);
}
END_TEST

//  ---------------------------------------------------------------------------
//  Limits

START_TEST (one_object_may_be_added_many_times)
{
    scene_t scene;
    begin (&scene, _i);
    for (int i = 0; i < 3; i++)
        ck_assert_int_eq (
            weir_select_add (scene.select, scene.event,
                             i < 2 ? WEIR_READY_WAIT : WEIR_READY_CHANGE),
            i);
    select_is_idle (scene.select);
    works (weir_event_set (scene.event));
    for (int i = 0; i < 3; i++)
        ck_assert_int_eq (weir_select_wait (scene.select, 0), i);
    for (int i = 0; i < 4; i++)
        ck_assert_int_eq (weir_select_wait (scene.select, 0), i % 2);
    //  Each is a source of its own.
    works (weir_select_remove (scene.select, 0));
    ck_assert_int_eq (weir_select_wait (scene.select, 0), 1);
    works (weir_event_clear (scene.event));
    ck_assert_int_eq (weir_select_wait (scene.select, 0), 2);
    select_is_idle (scene.select);
    finish (&scene);
}
END_TEST

//  The owner does not keep earlier polls.
START_TEST (a_select_may_be_tried_any_number_of_times)
{
    scene_t scene;
    begin (&scene, _i);
    ck_assert_int_eq (
        weir_select_add (scene.select, scene.event, WEIR_READY_WAIT), 0);
    for (int i = 0; i < TRIES; i++)
        refuses (EAGAIN, weir_select_wait (scene.select, 0));
    works (weir_event_set (scene.event));
    select_tells (scene.select, 0);
    finish (&scene);
}
END_TEST

START_TEST (one_owner_has_at_most_4096_objects_in_a_select)
{
    scene_t scene;
    begin (&scene, _i);
    for (int i = 0; i < POLLED; i++)
        ck_assert_int_eq (
            weir_select_add (scene.select, scene.event, WEIR_READY_WAIT), i);
    refuses (ENOBUFS,
             weir_select_add (scene.select, scene.event, WEIR_READY_WAIT));
    ck_assert_int_eq (
        weir_select_add (scene.select, scene.asked, WEIR_READY_WAIT), POLLED);
    select_is_idle (scene.select);
    works (weir_event_set (scene.event));
    for (int i = 0; i < 3; i++)
        ck_assert_int_eq (weir_select_wait (scene.select, 0), i);
    works (weir_select_remove (scene.select, POLLED - 1));
    ck_assert_int_eq (
        weir_select_add (scene.select, scene.event, WEIR_READY_WAIT),
        POLLED - 1);
    finish (&scene);
}
END_TEST

//  Leaves `count` free descriptors. Returns the former limit.
static rlim_t leave_descriptors (int count)
{
    struct rlimit limit;
    ck_assert_int_eq (getrlimit (RLIMIT_NOFILE, &limit), 0);
    rlim_t before = limit.rlim_cur;
    int lowest = fcntl (STDERR_FILENO, F_DUPFD, 0);
    close (lowest);
    limit.rlim_cur = (rlim_t) (lowest + count);
    ck_assert_int_eq (setrlimit (RLIMIT_NOFILE, &limit), 0);
    return before;
}

static void allow_descriptors (rlim_t count)
{
    struct rlimit limit;
    ck_assert_int_eq (getrlimit (RLIMIT_NOFILE, &limit), 0);
    limit.rlim_cur = count;
    ck_assert_int_eq (setrlimit (RLIMIT_NOFILE, &limit), 0);
}

START_TEST (a_select_without_descriptors_is_refused_and_leaves_none)
{
    scene_t scene;
    begin (&scene, SHARED_PROCESS);
    for (int left = 0; left < 2; left++) {
        int count = shared_descriptors (0);
        rlim_t before = leave_descriptors (left);
        weir_select_t *select = weir_select_new ();
        int error = errno;
        allow_descriptors (before);
        ck_assert_ptr_null (select);
        ck_assert_int_eq (error, EMFILE);
        ck_assert_int_eq (shared_descriptors (0), count);
    }
    finish (&scene);
}
END_TEST

START_TEST (a_wait_without_descriptors_may_be_repeated)
{
    scene_t scene;
    begin (&scene, SHARED_PROCESS);
    ck_assert_int_eq (
        weir_select_add (scene.select, scene.event, WEIR_READY_WAIT), 0);
    rlim_t before = leave_descriptors (0);
    int told = weir_select_wait (scene.select, 0), error = errno;
    allow_descriptors (before);
    ck_assert_int_eq (told, -1);
    ck_assert_int_eq (error, EMFILE);
    select_is_idle (scene.select);
    works (weir_event_set (scene.event));
    select_tells (scene.select, 0);
    finish (&scene);
}
END_TEST

int main (void)
{
    Suite *suite = suite_create ("select_harm");
    TCase *tcase = test_case (suite, "middle");
    tcase_add_test (tcase, a_child_does_not_inherit_a_half_added_source);
    tcase_add_test (tcase, a_wait_that_fails_leaves_the_descriptor_readable);
    tcase = test_case (suite, "owners");
    tcase_add_loop_test (tcase, the_end_of_an_owner_wakes_waiters, 0,
                         SHARED_FORMS);
    tcase_add_loop_test (tcase, objects_added_to_an_owner_are_waited_for, 0,
                         SHARED_FORMS);
    tcase_add_loop_test (tcase,
                         sources_that_are_not_removed_are_still_waited_for, 0,
                         SHARED_FORMS);
    tcase = test_case (suite, "descriptor");
    tcase_add_test (tcase, the_descriptor_is_readable_at_first);
    tcase_add_test (tcase, a_child_watches_the_same_descriptors);
    tcase_add_loop_test (tcase, a_removal_loses_no_event_of_other_sources, 0,
                         SHARED_FORMS);
    tcase_add_loop_test (tcase, a_spurious_wakeup_resumes_the_wait, 0,
                         SHARED_FORMS);
    tcase = test_case (suite, "limits");
    tcase_add_loop_test (tcase, one_object_may_be_added_many_times, 0,
                         SHARED_FORMS);
    tcase_add_loop_test (tcase, a_select_may_be_tried_any_number_of_times, 0,
                         SHARED_FORMS);
    tcase_add_loop_test (tcase, one_owner_has_at_most_4096_objects_in_a_select,
                         SHARED_THREAD, SHARED_FORMS);
    tcase_add_test (tcase,
                    a_select_without_descriptors_is_refused_and_leaves_none);
    tcase_add_test (tcase, a_wait_without_descriptors_may_be_repeated);
    return test_main (suite);
}
