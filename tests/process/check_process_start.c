/*  check_process_start.c - inheritance by workers, and failed starts

    SPDX-License-Identifier: MPL-2.0
*/

#include "weir/process.h"

#include <dirent.h>
#include <pthread.h>
#include <signal.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "kit/support.h"
#include "weir/error.h"

static void ck_assert_ends_well (weir_process_t *process)
{
    int code = 1000;
    ck_assert_int_eq (weir_process_join (process, TEST_PATIENCE_MS), 0);
    ck_assert_int_eq (weir_process_exit_code (process, &code), 0);
    ck_assert_int_eq (code, 0);
}

static void open_latch (void *latch)
{
    test_latch_open (latch);
}

static void do_nothing (int signal)
{
    (void) signal;
}

static int count_descriptors (void)
{
    int count = 0;
    DIR *directory = opendir ("/proc/self/fd");
    while (readdir (directory))
        count++;
    closedir (directory);
    return count;
}

START_TEST (a_start_without_descriptors_fails_and_runs_nothing)
{
    test_latch_t *latch = test_latch_new ();
    struct rlimit old, low;
    getrlimit (RLIMIT_NOFILE, &old);
    //  The next free numbers, of which _i are below the limit. Two go to the
    //  lifeline, the third to the pidfd.
    int fds [3];
    for (int i = 0; i < 3; i++)
        fds [i] = dup (STDERR_FILENO);
    low = old;
    low.rlim_cur = (rlim_t) fds [2] - 2 + (rlim_t) _i;
    for (int i = 0; i < 3; i++)
        close (fds [i]);
    ck_assert_int_eq (setrlimit (RLIMIT_NOFILE, &low), 0);
    errno = 0;
    weir_process_t *process = weir_process_new (open_latch, latch);
    int error = errno;
    setrlimit (RLIMIT_NOFILE, &old);
    if (_i < 3) {
        ck_assert_ptr_null (process);
        ck_assert_int_eq (error, EMFILE);
        ck_assert_ptr_nonnull (strstr (weir_error (), "cannot start it"));
    } else
        ck_assert_ends_well (process);
    weir_process_destroy (&process);
    ck_assert_uint_eq (test_latch_count (latch), _i < 3 ? 0 : 1);
    test_latch_destroy (&latch);
}
END_TEST

static void see_signals (void *arg)
{
    sigset_t mask;
    pthread_sigmask (SIG_BLOCK, NULL, &mask);
    test_must (sigismember (&mask, SIGUSR1) && !sigismember (&mask, SIGUSR2));
    test_must (sigismember (&mask, SIGTERM) == (arg == NULL));
    struct sigaction action;
    sigaction (SIGTERM, NULL, &action);
    test_must (action.sa_handler == (arg ? SIG_DFL : do_nothing));
}

START_TEST (signals_are_the_parents_but_for_a_daemons_sigterm)
{
    struct sigaction action = {.sa_handler = do_nothing}, old;
    sigaction (SIGTERM, &action, &old);
    sigset_t blocked, mask;
    sigemptyset (&blocked);
    sigaddset (&blocked, SIGUSR1);
    sigaddset (&blocked, SIGTERM);
    pthread_sigmask (SIG_BLOCK, &blocked, NULL);
    weir_process_t *process = weir_process_new (see_signals, NULL);
    ck_assert_ends_well (process);
    weir_process_destroy (&process);
    weir_process_options_t options = {.daemon = true};
    process = weir_process_new_with (see_signals, &options, &options);
    ck_assert_ends_well (process);
    weir_process_destroy (&process);
    pthread_sigmask (SIG_UNBLOCK, &blocked, &mask);
    ck_assert (sigismember (&mask, SIGUSR1) && !sigismember (&mask, SIGUSR2));
    sigaction (SIGTERM, &old, NULL);
}
END_TEST

static void see_descriptors (void *wanted)
{
    test_must (count_descriptors () == *(int *) wanted);
}

START_TEST (a_hundred_workers_inherit_no_descriptor_of_each_other)
{
    enum { WORKERS = 100 };
    weir_process_t *workers [WORKERS];
    weir_process_options_t options = {.daemon = _i == 1};
    //  A daemon keeps its lifeline.
    int wanted = count_descriptors () + _i;
    for (int i = 0; i < WORKERS; i++)
        workers [i] =
            weir_process_new_with (see_descriptors, &wanted, &options);
    ck_assert_int_eq (count_descriptors (),
                      wanted - _i + WORKERS * (options.daemon ? 2 : 1));
    for (int i = 0; i < WORKERS; i++) {
        ck_assert_ends_well (workers [i]);
        weir_process_destroy (&workers [i]);
    }
}
END_TEST

enum { STARTERS = 4, EACH = 10 };

static void *start_workers (void *wanted)
{
    weir_process_t *workers [EACH];
    for (int i = 0; i < EACH; i++)
        workers [i] = weir_process_new (see_descriptors, wanted);
    intptr_t good = 0;
    for (int i = 0; i < EACH; i++) {
        int code;
        good += weir_process_join (workers [i], -1) == 0 &&
                weir_process_exit_code (workers [i], &code) == 0 && code == 0;
        weir_process_destroy (&workers [i]);
    }
    return (void *) good;
}

START_TEST (threads_that_start_workers_at_once_leak_nothing_into_them)
{
    pthread_t threads [STARTERS];
    int wanted = count_descriptors ();
    for (int i = 0; i < STARTERS; i++)
        pthread_create (&threads [i], NULL, start_workers, &wanted);
    for (int i = 0; i < STARTERS; i++) {
        void *good;
        pthread_join (threads [i], &good);
        ck_assert_int_eq ((intptr_t) good, EACH);
    }
}
END_TEST

int main (void)
{
    Suite *suite = suite_create ("process_start");
    TCase *tcase = test_case (suite, "start");
    tcase_add_loop_test (
        tcase, a_start_without_descriptors_fails_and_runs_nothing, 0, 4);
    tcase_add_test (tcase, signals_are_the_parents_but_for_a_daemons_sigterm);
    tcase_add_loop_test (
        tcase, a_hundred_workers_inherit_no_descriptor_of_each_other, 0, 2);
    tcase_add_test (tcase,
                    threads_that_start_workers_at_once_leak_nothing_into_them);
    return test_main (suite);
}
