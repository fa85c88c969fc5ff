/*  check_process.c - workers: start, end, exit code, signals

    check_process_start.c tests inheritance, check_process_end.c the end of the
    parent.

    SPDX-License-Identifier: MPL-2.0
*/

#include "weir/process.h"

#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <unistd.h>

#include "kit/support.h"
#include "weir/error.h"

static test_latch_t *latch;

static void make_latch (void)
{
    latch = test_latch_new ();
}

static void drop_latch (void)
{
    test_latch_destroy (&latch);
}

static void wait_for_latch (void *arg)
{
    (void) arg;
    test_must (test_latch_wait (latch, TEST_PATIENCE_MS));
}

static void wait_for_ever (void *arg)
{
    (void) arg;
    for (;;)
        pause ();
}

static void open_latch (void *arg)
{
    (void) arg;
    test_latch_open (latch);
}

static void ck_assert_ended_with (weir_process_t *process, int wanted)
{
    int code = 1000;
    ck_assert_int_eq (weir_process_join (process, TEST_PATIENCE_MS), 0);
    ck_assert_int_eq (weir_process_exit_code (process, &code), 0);
    ck_assert_int_eq (code, wanted);
    ck_assert_int_eq (weir_process_alive (process), 0);
}

//  ---------------------------------------------------------------------------
//  Start and end

static void note_pid (void *shared)
{
    *(pid_t *) shared = getpid ();
}

START_TEST (the_function_runs_in_its_own_process_which_exits_with_0)
{
    pid_t *pid = test_shared (sizeof *pid);
    weir_process_t *process = weir_process_new (note_pid, pid);
    ck_assert_ptr_nonnull (process);
    ck_assert_ended_with (process, 0);
    ck_assert_int_eq (*pid, weir_process_pid (process));
    ck_assert_int_ne (*pid, getpid ());
    weir_process_destroy (&process);
    ck_assert_ptr_null (process);
    test_unshare (pid, sizeof *pid);
}
END_TEST

static void exit_with (void *code)
{
    exit (*(int *) code);
}

START_TEST (exit_in_its_function_gives_the_exit_code)
{
    int code = 3;
    weir_process_t *process = weir_process_new (exit_with, &code);
    ck_assert_ended_with (process, 3);
    weir_process_destroy (&process);
}
END_TEST

START_TEST (a_fatal_signal_is_the_negative_exit_code)
{
    const int signals [] = {SIGTERM, SIGKILL, SIGUSR1};
    int (*const calls []) (weir_process_t *) = {weir_process_terminate,
                                                weir_process_kill};
    weir_process_t *process = weir_process_new (wait_for_ever, NULL);
    ck_assert_int_eq (weir_process_alive (process), 1);
    if (_i < 2)
        ck_assert_int_eq (calls [_i](process), 0);
    else
        ck_assert_int_eq (weir_process_signal (process, signals [_i]), 0);
    ck_assert_ended_with (process, -signals [_i]);
    //  Sends it once more, when the process has ended.
    ck_assert_int_eq (weir_process_signal (process, signals [_i]), 0);
    weir_process_destroy (&process);
}
END_TEST

START_TEST (a_running_process_has_no_exit_code)
{
    weir_process_t *process = weir_process_new (wait_for_latch, NULL);
    int code = 77;
    ck_assert_fails (weir_process_exit_code (process, &code), EAGAIN);
    ck_assert_int_eq (code, 77);
    ck_assert_int_eq (weir_process_alive (process), 1);
    test_latch_open (latch);
    ck_assert_ended_with (process, 0);
    weir_process_destroy (&process);
}
END_TEST

START_TEST (the_sentinel_polls_readable_once_it_has_ended_and_from_then_on)
{
    weir_process_t *process = weir_process_new (wait_for_latch, NULL);
    struct pollfd item = {.fd = weir_process_sentinel (process),
                          .events = POLLIN};
    ck_assert_int_ge (item.fd, 0);
    ck_assert_int_eq (poll (&item, 1, 0), 0);
    test_latch_open (latch);
    ck_assert_int_eq (poll (&item, 1, TEST_PATIENCE_MS), 1);
    ck_assert_ended_with (process, 0);
    ck_assert_int_eq (poll (&item, 1, 0), 1);
    weir_process_destroy (&process);
}
END_TEST

START_TEST (destroy_waits_for_the_end)
{
    weir_process_t *process = weir_process_new (open_latch, NULL);
    weir_process_destroy (&process);
    ck_assert_uint_eq (test_latch_count (latch), 1);
}
END_TEST

START_TEST (destroying_a_daemon_terminates_it)
{
    weir_process_options_t options = {.daemon = true};
    weir_process_t *process =
        weir_process_new_with (wait_for_ever, NULL, &options);
    errno = 0;
    weir_process_destroy (&process);
    ck_assert_int_eq (errno, 0);
}
END_TEST

static void note_name (void *shared)
{
    prctl (PR_GET_NAME, shared);
}

START_TEST (the_system_shows_the_name_of_a_process)
{
    char *shown = test_shared (16);
    weir_process_options_t options = {.name = "a rather long name"};
    weir_process_t *process =
        weir_process_new_with (note_name, shown, &options);
    ck_assert_str_eq (weir_process_name (process), options.name);
    weir_process_destroy (&process);
    ck_assert_str_eq (shown, "a rather long n");

    process = weir_process_new (note_name, shown);
    char name [16];
    snprintf (name, sizeof name, "%s", weir_process_name (process));
    ck_assert_int_eq (strncmp (name, "process-", 8), 0);
    weir_process_destroy (&process);
    ck_assert_str_eq (shown, name);
    test_unshare (shown, 16);
}
END_TEST

//  ---------------------------------------------------------------------------
//  Joining

START_TEST (join_gives_up_when_the_time_is_over)
{
    weir_process_t *process = weir_process_new (wait_for_latch, NULL);
    struct timespec before, after;
    ck_assert_fails (weir_process_join (process, 0), EAGAIN);
    clock_gettime (CLOCK_MONOTONIC, &before);
    ck_assert_fails (weir_process_join (process, 20), ETIMEDOUT);
    clock_gettime (CLOCK_MONOTONIC, &after);
    ck_assert_int_ge ((after.tv_sec - before.tv_sec) * 1000000000L +
                          after.tv_nsec - before.tv_nsec,
                      20000000L);
    ck_assert_ptr_nonnull (strstr (weir_error (), "still running"));
    test_latch_open (latch);
    ck_assert_int_eq (weir_process_join (process, -1), 0);
    ck_assert_int_eq (weir_process_join (process, 0), 0);
    weir_process_destroy (&process);
}
END_TEST

typedef struct joiner {
    weir_process_t *process;
    int result;
    int error;
    test_latch_t *done;
} joiner_t;

static void *join_process (void *arg)
{
    joiner_t *joiner = arg;
    joiner->result = weir_process_join (joiner->process, -1);
    joiner->error = errno;
    test_latch_open (joiner->done);
    return NULL;
}

static void do_nothing (int signal)
{
    (void) signal;
}

START_TEST (a_signal_interrupts_join_and_nothing_is_lost)
{
    struct sigaction action = {.sa_handler = do_nothing}, old;
    sigaction (SIGUSR1, &action, &old);
    joiner_t joiner = {.done = test_latch_new ()};
    joiner.process = weir_process_new (wait_for_latch, NULL);
    pthread_t thread;
    pthread_create (&thread, NULL, join_process, &joiner);
    //  A signal before the wait interrupts nothing.
    do
        pthread_kill (thread, SIGUSR1);
    while (!test_latch_wait (joiner.done, 5));
    pthread_join (thread, NULL);
    ck_assert_int_eq (joiner.result, -1);
    ck_assert_int_eq (joiner.error, EINTR);
    test_latch_open (latch);
    ck_assert_ended_with (joiner.process, 0);
    weir_process_destroy (&joiner.process);
    test_latch_destroy (&joiner.done);
    sigaction (SIGUSR1, &old, NULL);
}
END_TEST

START_TEST (several_threads_join_the_same_process)
{
    enum { THREADS = 8 };
    weir_process_t *process = weir_process_new (wait_for_latch, NULL);
    test_latch_t *done = test_latch_new ();
    joiner_t joiners [THREADS];
    pthread_t threads [THREADS];
    for (int i = 0; i < THREADS; i++) {
        joiners [i] = (joiner_t){.process = process, .done = done};
        pthread_create (&threads [i], NULL, join_process, &joiners [i]);
    }
    ck_assert_uint_eq (test_latch_count (done), 0);
    test_latch_open (latch);
    for (int i = 0; i < THREADS; i++) {
        pthread_join (threads [i], NULL);
        ck_assert_int_eq (joiners [i].result, 0);
    }
    ck_assert_ended_with (process, 0);
    weir_process_destroy (&process);
    test_latch_destroy (&done);
}
END_TEST

START_TEST (the_exit_code_is_unknown_when_the_application_reaps)
{
    weir_process_t *process = weir_process_new (wait_for_latch, NULL);
    test_latch_open (latch);
    ck_assert_int_eq (test_join (weir_process_pid (process)), 0);
    int code = 77;
    ck_assert_int_eq (weir_process_alive (process), 0);
    ck_assert_int_eq (weir_process_join (process, -1), 0);
    ck_assert_fails (weir_process_exit_code (process, &code), ECHILD);
    ck_assert_int_eq (code, 77);
    ck_assert_ptr_nonnull (strstr (weir_error (), "SIGCHLD"));
    ck_assert_int_eq (weir_process_kill (process), 0);
    weir_process_destroy (&process);
}
END_TEST

START_TEST (join_works_when_the_application_ignores_sigchld)
{
    signal (SIGCHLD, SIG_IGN);
    for (int i = 0; i < 20; i++) {
        weir_process_t *process = weir_process_new (open_latch, NULL);
        ck_assert_ptr_nonnull (process);
        int code;
        ck_assert_int_eq (weir_process_join (process, TEST_PATIENCE_MS), 0);
        ck_assert_fails (weir_process_exit_code (process, &code), ECHILD);
        weir_process_destroy (&process);
    }
    signal (SIGCHLD, SIG_DFL);
    ck_assert_uint_eq (test_latch_count (latch), 20);
}
END_TEST

//  ---------------------------------------------------------------------------
//  Misuse

START_TEST (null_is_einval_everywhere)
{
    int code;
    errno = 0;
    ck_assert_ptr_null (weir_process_new (NULL, NULL));
    ck_assert_int_eq (errno, EINVAL);
    ck_assert_fails (weir_process_join (NULL, 0), EINVAL);
    ck_assert_fails (weir_process_alive (NULL), EINVAL);
    ck_assert_fails (weir_process_exit_code (NULL, &code), EINVAL);
    ck_assert_fails (weir_process_terminate (NULL), EINVAL);
    ck_assert_fails (weir_process_kill (NULL), EINVAL);
    ck_assert_fails (weir_process_signal (NULL, 0), EINVAL);
    ck_assert_fails (weir_process_pid (NULL), EINVAL);
    ck_assert_fails (weir_process_sentinel (NULL), EINVAL);
    errno = 0;
    ck_assert_ptr_null (weir_process_name (NULL));
    ck_assert_int_eq (errno, EINVAL);
    weir_process_destroy (NULL);
    weir_process_t *process = NULL;
    weir_process_destroy (&process);

    process = weir_process_new (wait_for_latch, NULL);
    ck_assert_fails (weir_process_exit_code (process, NULL), EINVAL);
    ck_assert_fails (weir_process_signal (process, 1000), EINVAL);
    test_latch_open (latch);
    weir_process_destroy (&process);
}
END_TEST

//  In a process that inherited the handle.
static void use_from_outside (void *arg)
{
    weir_process_t *process = arg;
    int code;
    test_must (weir_process_join (process, -1) == -1 && errno == EPERM);
    test_must (strstr (weir_error (), "another process"));
    test_must (weir_process_alive (process) == -1 && errno == EPERM);
    test_must (weir_process_exit_code (process, &code) == -1 && errno == EPERM);
    test_must (weir_process_kill (process) == -1 && errno == EPERM);
    test_must (weir_process_sentinel (process) == -1 && errno == EPERM);
    test_must (weir_process_pid (process) > 0);
    test_must (weir_process_name (process) != NULL);
    weir_process_destroy (&process);
    test_must (process == NULL);
}

START_TEST (a_process_that_inherited_the_handle_can_only_free_it)
{
    weir_process_options_t options = {.daemon = true};
    weir_process_t *process =
        weir_process_new_with (wait_for_ever, NULL, &options);
    ck_assert_int_eq (test_join (test_fork (use_from_outside, process)), 0);
    weir_process_t *other = weir_process_new (use_from_outside, process);
    ck_assert_ended_with (other, 0);
    ck_assert_int_eq (weir_process_alive (process), 1);
    weir_process_destroy (&other);
    weir_process_destroy (&process);
}
END_TEST

static TCase *add_case (Suite *suite, const char *name)
{
    TCase *tcase = test_case (suite, name);
    tcase_add_checked_fixture (tcase, make_latch, drop_latch);
    return tcase;
}

int main (void)
{
    Suite *suite = suite_create ("process");
    TCase *tcase = add_case (suite, "start and end");
    tcase_add_test (tcase,
                    the_function_runs_in_its_own_process_which_exits_with_0);
    tcase_add_test (tcase, exit_in_its_function_gives_the_exit_code);
    tcase_add_loop_test (tcase, a_fatal_signal_is_the_negative_exit_code, 0, 3);
    tcase_add_test (tcase, a_running_process_has_no_exit_code);
    tcase_add_test (
        tcase, the_sentinel_polls_readable_once_it_has_ended_and_from_then_on);
    tcase_add_test (tcase, destroy_waits_for_the_end);
    tcase_add_test (tcase, destroying_a_daemon_terminates_it);
    tcase_add_test (tcase, the_system_shows_the_name_of_a_process);
    tcase = add_case (suite, "join");
    tcase_add_test (tcase, join_gives_up_when_the_time_is_over);
    tcase_add_test (tcase, a_signal_interrupts_join_and_nothing_is_lost);
    tcase_add_test (tcase, several_threads_join_the_same_process);
    tcase_add_test (tcase, the_exit_code_is_unknown_when_the_application_reaps);
    tcase_add_test (tcase, join_works_when_the_application_ignores_sigchld);
    tcase = add_case (suite, "misuse");
    tcase_add_test (tcase, null_is_einval_everywhere);
    tcase_add_test (tcase,
                    a_process_that_inherited_the_handle_can_only_free_it);
    return test_main (suite);
}
