/*  check_process_end.c - workers when their parent ends

    In each test a helper process is the parent. It is a plain fork of the test,
    so that it can end in every possible way.

    SPDX-License-Identifier: MPL-2.0
*/

#include "weir/process.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "kit/support.h"

static test_latch_t *ready;
static test_latch_t *go;

//  Messages between the processes of a test.
static struct board {
    pid_t pids [4];
    atomic_int done;
} * board;

static void set_up (void)
{
    ready = test_latch_new ();
    go = test_latch_new ();
    board = test_shared (sizeof *board);
}

static void tear_down (void)
{
    test_latch_destroy (&ready);
    test_latch_destroy (&go);
    test_unshare (board, sizeof *board);
}

static void wait_for_ever (void *place)
{
    *(pid_t *) place = getpid ();
    test_latch_open (ready);
    for (;;)
        pause ();
}

static void wait_for_go (void *place)
{
    *(pid_t *) place = getpid ();
    test_latch_open (ready);
    test_must (test_latch_wait (go, TEST_PATIENCE_MS));
    atomic_fetch_add (&board->done, 1);
}

static void start (weir_process_fn *fn, int place, bool daemon)
{
    weir_process_options_t options = {.daemon = daemon};
    test_must (weir_process_new_with (fn, &board->pids [place], &options));
}

//  ---------------------------------------------------------------------------
//  Daemons

enum { BY_EXIT, BY_UNDERSCORE_EXIT, BY_ABORT, BY_KILL, WAYS };

static void end_by (int way)
{
    if (way == BY_EXIT)
        exit (0);
    if (way == BY_UNDERSCORE_EXIT)
        _exit (0);
    raise (way == BY_ABORT ? SIGABRT : SIGKILL);
}

static void have_a_daemon (void *way)
{
    start (wait_for_ever, 0, true);
    test_must (test_latch_wait (ready, TEST_PATIENCE_MS));
    end_by (*(int *) way);
}

START_TEST (a_daemon_ends_however_its_parent_ends)
{
    const int codes [WAYS] = {0, 0, -SIGABRT, -SIGKILL};
    pid_t parent = test_fork (have_a_daemon, &_i);
    ck_assert_int_eq (test_join (parent), codes [_i]);
    ck_assert (test_ends (board->pids [0], TEST_PATIENCE_MS));
}
END_TEST

static void have_a_daemon_and_others (void *unused)
{
    (void) unused;
    start (wait_for_go, 0, false);
    start (wait_for_ever, 1, true);
    start (wait_for_go, 2, false);
    board->pids [3] = fork ();
    if (board->pids [3] == 0)
        wait_for_go (&board->pids [3]), _exit (0);
    test_must (test_latch_wait_for (ready, 4, TEST_PATIENCE_MS));
    raise (SIGKILL);
}

START_TEST (surviving_processes_do_not_keep_a_daemon_alive)
{
    pid_t parent = test_fork (have_a_daemon_and_others, NULL);
    ck_assert_int_eq (test_join (parent), -SIGKILL);
    ck_assert (test_ends (board->pids [1], TEST_PATIENCE_MS));
    test_latch_open (go);
    for (int i = 0; i < 4; i++)
        ck_assert (test_ends (board->pids [i], TEST_PATIENCE_MS));
    ck_assert_int_eq (atomic_load (&board->done), 3);
}
END_TEST

static void die_at_once (void *unused)
{
    (void) unused;
    start (wait_for_ever, 0, true);
    raise (SIGKILL);
}

START_TEST (a_daemon_ends_also_when_its_parent_dies_right_after_the_start)
{
    pid_t parent = test_fork (die_at_once, NULL);
    ck_assert_int_eq (test_join (parent), -SIGKILL);
    //  It may never have reached its function; then its pid is unknown. At the
    //  end of the test no process may be left, whatever its pid.
    if (board->pids [0])
        ck_assert (test_ends (board->pids [0], TEST_PATIENCE_MS));
}
END_TEST

static void ignore (int signal)
{
    (void) signal;
}

static void have_a_daemon_but_no_sigterm (void *way)
{
    sigset_t mask;
    sigemptyset (&mask);
    sigaddset (&mask, SIGTERM);
    sigprocmask (SIG_BLOCK, &mask, NULL);
    signal (SIGTERM, *(int *) way == BY_EXIT ? ignore : SIG_IGN);
    have_a_daemon (way);
}

START_TEST (a_parent_that_handles_sigterm_itself_has_daemons_that_end)
{
    int way = _i == 0 ? BY_EXIT : BY_KILL;
    pid_t parent = test_fork (have_a_daemon_but_no_sigterm, &way);
    ck_assert_int_eq (test_join (parent), _i == 0 ? 0 : -SIGKILL);
    ck_assert (test_ends (board->pids [0], TEST_PATIENCE_MS));
}
END_TEST

static void clean_up (int signal)
{
    (void) signal;
    atomic_fetch_add (&board->done, 1);
    _exit (0);
}

static void clean_up_at_the_end (void *place)
{
    signal (SIGTERM, clean_up);
    wait_for_ever (place);
}

static void have_a_daemon_that_cleans_up (void *unused)
{
    (void) unused;
    start (clean_up_at_the_end, 0, true);
    test_must (test_latch_wait (ready, TEST_PATIENCE_MS));
    raise (SIGKILL);
}

START_TEST (a_daemon_can_clean_up_when_its_parent_is_killed)
{
    pid_t parent = test_fork (have_a_daemon_that_cleans_up, NULL);
    ck_assert_int_eq (test_join (parent), -SIGKILL);
    ck_assert (test_ends (board->pids [0], TEST_PATIENCE_MS));
    ck_assert_int_eq (atomic_load (&board->done), 1);
}
END_TEST

static void *start_in_thread (void *unused)
{
    (void) unused;
    start (wait_for_go, 0, true);
    return NULL;
}

static void have_a_daemon_of_a_thread (void *unused)
{
    (void) unused;
    pthread_t thread;
    pthread_create (&thread, NULL, start_in_thread, NULL);
    pthread_join (thread, NULL);
    //  The daemon is at work long after the thread has gone.
    test_latch_open (go);
    test_must (test_latch_wait (ready, TEST_PATIENCE_MS));
    test_must (test_ends (board->pids [0], TEST_PATIENCE_MS));
    test_must (atomic_load (&board->done) == 1);
}

START_TEST (a_daemon_outlives_the_thread_that_started_it)
{
    ck_assert_int_eq (test_join (test_fork (have_a_daemon_of_a_thread, NULL)),
                      0);
}
END_TEST

static void be_a_daemon_with_children (void *unused)
{
    (void) unused;
    start (wait_for_ever, 1, true);
    start (wait_for_go, 2, false);
    wait_for_ever (&board->pids [0]);
}

static void have_a_daemon_with_children (void *unused)
{
    (void) unused;
    start (be_a_daemon_with_children, 0, true);
    test_must (test_latch_wait_for (ready, 3, TEST_PATIENCE_MS));
    raise (SIGKILL);
}

START_TEST (a_daemons_daemons_end_with_it_and_its_other_children_live_on)
{
    pid_t parent = test_fork (have_a_daemon_with_children, NULL);
    ck_assert_int_eq (test_join (parent), -SIGKILL);
    ck_assert (test_ends (board->pids [0], TEST_PATIENCE_MS));
    ck_assert (test_ends (board->pids [1], TEST_PATIENCE_MS));
    ck_assert (!test_ends (board->pids [2], 0));
    test_latch_open (go);
    ck_assert (test_ends (board->pids [2], TEST_PATIENCE_MS));
    ck_assert_int_eq (atomic_load (&board->done), 1);
}
END_TEST

//  ---------------------------------------------------------------------------
//  The end of a process

static void have_two_workers (void *unused)
{
    (void) unused;
    start (wait_for_go, 0, false);
    start (wait_for_go, 1, false);
    test_latch_open (ready);
    exit (5);
}

START_TEST (an_exiting_process_waits_for_workers_that_are_not_daemons)
{
    pid_t parent = test_fork (have_two_workers, NULL);
    ck_assert (test_latch_wait_for (ready, 3, TEST_PATIENCE_MS));
    ck_assert (!test_ends (parent, 30));
    test_latch_open (go);
    ck_assert_int_eq (test_join (parent), 5);
    ck_assert_int_eq (atomic_load (&board->done), 2);
}
END_TEST

static void be_a_worker_with_a_worker (void *unused)
{
    (void) unused;
    start (wait_for_go, 0, false);
    start (wait_for_ever, 1, true);
}

START_TEST (a_worker_joins_its_own_workers_when_its_function_returns)
{
    weir_process_t *process =
        weir_process_new (be_a_worker_with_a_worker, NULL);
    ck_assert (test_latch_wait (ready, TEST_PATIENCE_MS));
    errno = 0;
    ck_assert_int_eq (weir_process_join (process, 30), -1);
    ck_assert_int_eq (errno, ETIMEDOUT);
    test_latch_open (go);
    ck_assert_int_eq (weir_process_join (process, TEST_PATIENCE_MS), 0);
    ck_assert_int_eq (atomic_load (&board->done), 1);
    weir_process_destroy (&process);
}
END_TEST

static void be_forked (void *unused)
{
    (void) unused;
    exit (7); //  and not wait for the parent's workers
}

static void have_a_worker_and_a_fork (void *unused)
{
    (void) unused;
    start (wait_for_go, 0, false);
    test_must (test_join (test_fork (be_forked, NULL)) == 7);
    weir_process_t *process = weir_process_new (be_forked, NULL);
    int code;
    test_must (weir_process_join (process, TEST_PATIENCE_MS) == 0);
    test_must (weir_process_exit_code (process, &code) == 0 && code == 7);
    weir_process_destroy (&process);
    test_latch_open (go);
    exit (0);
}

START_TEST (a_forked_child_that_exits_does_not_touch_its_siblings)
{
    ck_assert_int_eq (test_join (test_fork (have_a_worker_and_a_fork, NULL)),
                      0);
    ck_assert_int_eq (atomic_load (&board->done), 1);
}
END_TEST

static void wait_without_code (void *place)
{
    wait_for_go (place);
    _exit (9);
}

static void ignore_children (void *unused)
{
    (void) unused;
    signal (SIGCHLD, SIG_IGN);
    start (wait_without_code, 0, false);
    start (wait_for_ever, 1, true);
    test_must (test_latch_wait_for (ready, 2, TEST_PATIENCE_MS));
    test_latch_open (go);
    exit (0);
}

START_TEST (exit_works_when_the_application_ignores_sigchld)
{
    ck_assert_int_eq (test_join (test_fork (ignore_children, NULL)), 0);
    ck_assert_int_eq (atomic_load (&board->done), 1);
}
END_TEST

//  ---------------------------------------------------------------------------
//  Standard streams

static void print_a_line (void *unused)
{
    (void) unused;
    printf ("worker\n");
    fprintf (stderr, "error\n");
}

static void print_before_and_after (void *path)
{
    int fd = open (path, O_CREAT | O_WRONLY | O_APPEND, 0600);
    dup2 (fd, STDOUT_FILENO);
    dup2 (fd, STDERR_FILENO);
    close (fd);
    static char buffer [4096];
    setvbuf (stdout, NULL, _IOFBF, 4096);
    setvbuf (stderr, buffer, _IOFBF, sizeof buffer);
    printf ("before\n");
    weir_process_t *process = weir_process_new (print_a_line, NULL);
    weir_process_destroy (&process);
    printf ("after\n");
    exit (0);
}

START_TEST (output_printed_before_the_start_appears_once_and_first)
{
    char path [200], text [200] = "";
    snprintf (path, sizeof path, "%s/out", test_runtime_directory ());
    ck_assert_int_eq (test_join (test_fork (print_before_and_after, path)), 0);
    FILE *file = fopen (path, "r");
    size_t size = fread (text, 1, sizeof text - 1, file);
    text [size] = '\0';
    fclose (file);
    unlink (path);
    ck_assert_str_eq (text, "before\nworker\nerror\nafter\n");
}
END_TEST

static TCase *add_case (Suite *suite, const char *name)
{
    TCase *tcase = test_case (suite, name);
    tcase_add_checked_fixture (tcase, set_up, tear_down);
    return tcase;
}

int main (void)
{
    Suite *suite = suite_create ("process_end");
    TCase *tcase = add_case (suite, "daemons");
    tcase_add_loop_test (tcase, a_daemon_ends_however_its_parent_ends, 0, WAYS);
    tcase_add_test (tcase, surviving_processes_do_not_keep_a_daemon_alive);
    tcase_add_loop_test (
        tcase, a_daemon_ends_also_when_its_parent_dies_right_after_the_start, 0,
        20);
    tcase_add_loop_test (
        tcase, a_parent_that_handles_sigterm_itself_has_daemons_that_end, 0, 2);
    tcase_add_test (tcase, a_daemon_can_clean_up_when_its_parent_is_killed);
    tcase_add_test (tcase, a_daemon_outlives_the_thread_that_started_it);
    tcase_add_test (
        tcase, a_daemons_daemons_end_with_it_and_its_other_children_live_on);
    tcase = add_case (suite, "end");
    tcase_add_test (tcase,
                    an_exiting_process_waits_for_workers_that_are_not_daemons);
    tcase_add_test (tcase,
                    a_worker_joins_its_own_workers_when_its_function_returns);
    tcase_add_test (tcase,
                    a_forked_child_that_exits_does_not_touch_its_siblings);
    tcase_add_test (tcase, exit_works_when_the_application_ignores_sigchld);
    tcase = add_case (suite, "streams");
    tcase_add_test (tcase,
                    output_printed_before_the_start_appears_once_and_first);
    return test_main (suite);
}
