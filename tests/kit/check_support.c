/*  check_support.c - the tools of the tests themselves

    If they fail to notice a fault, every other test proves less than it claims.

    SPDX-License-Identifier: MPL-2.0
*/

#include "kit/support.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>
#include <zmq.h>

#include "kit/leaks.h"

static leaks_t before;
static char report [LEAKS_REPORT_SIZE];

//  Checks whether a leak is seen, and under this name.
static bool is_reported (const char *name)
{
    return !leaks_compare (&before, test_runtime_directory (), report) &&
           strstr (report, name);
}

START_TEST (a_leaked_descriptor_is_seen)
{
    leaks_look (&before);
    int fd = open ("/dev/null", O_RDONLY);
    ck_assert (is_reported ("(/dev/null)"));
    close (fd);
}
END_TEST

START_TEST (a_descriptor_of_somebody_else_that_was_closed_is_seen)
{
    int fd = open ("/dev/null", O_RDONLY);
    leaks_look (&before);
    close (fd);
    ck_assert (is_reported ("was not left open"));
}
END_TEST

static void *wait_for_latch (void *arg)
{
    test_latch_wait (arg, 2 * TEST_PATIENCE_MS);
    return NULL;
}

START_TEST (a_running_thread_is_seen)
{
    test_latch_t *latch = test_latch_new ();
    pthread_t thread;
    leaks_look (&before);
    pthread_create (&thread, NULL, wait_for_latch, latch);
    ck_assert (is_reported ("thread"));
    test_latch_open (latch);
    pthread_join (thread, NULL);
    test_latch_destroy (&latch);
}
END_TEST

static void do_nothing (void *arg)
{
    (void) arg;
}

START_TEST (a_child_that_was_not_reaped_is_seen)
{
    leaks_look (&before);
    pid_t child = test_fork (do_nothing, NULL);
    ck_assert (is_reported ("child"));
    ck_assert_int_eq (test_join (child), 0);
}
END_TEST

static void leave_an_orphan (void *latch)
{
    if (fork () == 0) {
        wait_for_latch (latch);
        _exit (0);
    }
}

START_TEST (an_orphan_is_seen)
{
    if (getpgrp () != getpid ())
        return; //  CK_FORK=no: the group is not ours
    test_latch_t *latch = test_latch_new ();
    leaks_look (&before);
    test_join (test_fork (leave_an_orphan, latch));
    ck_assert (is_reported ("process"));
    test_latch_open (latch);
    test_latch_destroy (&latch);
}
END_TEST

START_TEST (a_file_in_the_runtime_directory_is_seen)
{
    char path [200];
    leaks_look (&before);
    snprintf (path, sizeof path, "%s/lock", test_runtime_directory ());
    close (open (path, O_CREAT | O_WRONLY, 0600));
    ck_assert (is_reported ("/lock"));
    unlink (path);
}
END_TEST

START_TEST (a_living_zeromq_context_is_allowed_but_no_socket)
{
    leaks_look (&before);
    void *context = zmq_ctx_new ();
    void *socket = zmq_socket (context, ZMQ_DEALER);
    ck_assert (is_reported ("eventfd"));
    zmq_close (socket);
    ck_assert_msg (leaks_wait (&before, test_runtime_directory (), report),
                   "%s", report);
    zmq_ctx_term (context);
}
END_TEST

START_TEST (the_random_numbers_are_splitmix64)
{
    //  From Vigna's splitmix64.c, started with 1234567.
    uint64_t state = 1234567;
    ck_assert_uint_eq (test_random (&state), 6457827717110365317U);
    ck_assert_uint_eq (test_random (&state), 3203168211198807973U);
    ck_assert_uint_eq (test_random (&state), 9817491932198370423U);
}
END_TEST

START_TEST (a_random_number_is_below_its_bound)
{
    uint64_t state = test_seed ();
    unsigned seen [3] = {0};
    for (int i = 0; i < 3000; i++) {
        uint64_t number = test_random_below (&state, 3);
        ck_assert_uint_lt (number, 3);
        seen [number]++;
    }
    for (int i = 0; i < 3; i++)
        ck_assert_uint_gt (seen [i], 800);
    for (int i = 0; i < 100; i++)
        ck_assert_uint_eq (test_random_below (&state, 1), 0);
}
END_TEST

static void open_once (void *latch)
{
    test_latch_open (latch);
}

START_TEST (a_latch_counts_over_processes)
{
    test_latch_t *latch = test_latch_new ();
    pid_t children [4];
    ck_assert (!test_latch_wait (latch, 0));
    for (int i = 0; i < 4; i++)
        children [i] = test_fork (open_once, latch);
    ck_assert (test_latch_wait_for (latch, 4, TEST_PATIENCE_MS));
    ck_assert (!test_latch_wait_for (latch, 5, 10));
    for (int i = 0; i < 4; i++)
        ck_assert_int_eq (test_join (children [i]), 0);
    ck_assert_uint_eq (test_latch_count (latch), 4);
    test_latch_destroy (&latch);
    ck_assert_ptr_null (latch);
    test_latch_destroy (&latch);
}
END_TEST

static void wait_for_ever (void *arg)
{
    (void) arg;
    for (;;)
        pause ();
}

START_TEST (a_process_is_seen_to_end)
{
    pid_t child = test_fork (wait_for_ever, NULL);
    ck_assert (!test_ends (child, 10));
    kill (child, SIGKILL);
    ck_assert (test_ends (child, TEST_PATIENCE_MS));
    ck_assert_int_eq (test_join (child), -SIGKILL);
    child = test_fork (wait_for_ever, NULL);
    test_kill (child);
    ck_assert (test_ends (child, 0));
}
END_TEST

int main (void)
{
    Suite *suite = suite_create ("support");
    TCase *tcase = test_case (suite, "leaks");
    tcase_add_test (tcase, a_leaked_descriptor_is_seen);
    tcase_add_test (tcase,
                    a_descriptor_of_somebody_else_that_was_closed_is_seen);
    tcase_add_test (tcase, a_running_thread_is_seen);
    tcase_add_test (tcase, a_child_that_was_not_reaped_is_seen);
    tcase_add_test (tcase, an_orphan_is_seen);
    tcase_add_test (tcase, a_file_in_the_runtime_directory_is_seen);
    tcase_add_test (tcase, a_living_zeromq_context_is_allowed_but_no_socket);
    tcase = test_case (suite, "tools");
    tcase_add_test (tcase, the_random_numbers_are_splitmix64);
    tcase_add_test (tcase, a_random_number_is_below_its_bound);
    tcase_add_test (tcase, a_latch_counts_over_processes);
    tcase_add_test (tcase, a_process_is_seen_to_end);
    return test_main (suite);
}
