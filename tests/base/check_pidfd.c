/*  check_pidfd.c - the end of a process is seen, with and without pidfds

    Every test runs twice: as it is, and with the system calls for pidfds
    disabled, as on an old kernel or under valgrind.

    SPDX-License-Identifier: MPL-2.0
*/

#include "base/pidfd.h"

#include <errno.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stddef.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "kit/support.h"
#include "weir/process.h"

//  From here on pidfd_open and pidfd_send_signal fail with ENOSYS, in this
//  process and its children.
static void take_pidfds_away (void)
{
    struct sock_filter code [] = {
        BPF_STMT (BPF_LD | BPF_W | BPF_ABS, offsetof (struct seccomp_data, nr)),
        BPF_JUMP (BPF_JMP | BPF_JEQ | BPF_K, SYS_pidfd_open, 2, 0),
        BPF_JUMP (BPF_JMP | BPF_JEQ | BPF_K, SYS_pidfd_send_signal, 1, 0),
        BPF_STMT (BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
        BPF_STMT (BPF_RET | BPF_K, SECCOMP_RET_ERRNO | ENOSYS)};
    struct sock_fprog program = {.len = sizeof code / sizeof *code,
                                 .filter = code};
    test_must (prctl (PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0);
    test_must (prctl (PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) == 0);
}

enum { WITH_KERNEL, WITHOUT_KERNEL, KINDS };

//  The tests are forked, so that the disabled system calls come back; with
//  CK_FORK=no only the kernel's way is tested.
static void set_up (int kind)
{
    if (kind == WITHOUT_KERNEL && getpgrp () == getpid ())
        take_pidfds_away ();
}

//  test_ends uses a pidfd of its own, hence this.
static bool polls (int fd, int timeout_ms)
{
    struct pollfd item = {.fd = fd, .events = POLLIN};
    return poll (&item, 1, timeout_ms) == 1;
}

static void wait_for_latch (void *latch)
{
    test_must (test_latch_wait (latch, TEST_PATIENCE_MS));
}

static void wait_for_ever (void *latch)
{
    test_latch_open (latch);
    for (;;)
        pause ();
}

START_TEST (the_end_of_a_child_is_seen_before_and_after_it_is_reaped)
{
    set_up (_i);
    test_latch_t *latch = test_latch_new ();
    pid_t pid = test_fork (wait_for_latch, latch);
    int fd = weir__pidfd_open (pid);
    ck_assert_int_ge (fd, 0);
    ck_assert (!polls (fd, 10));
    test_latch_open (latch);
    ck_assert (polls (fd, TEST_PATIENCE_MS));
    int late = weir__pidfd_open (pid);
    ck_assert_int_ge (late, 0);
    ck_assert (polls (late, TEST_PATIENCE_MS));
    ck_assert_int_eq (test_join (pid), 0);
    ck_assert (polls (fd, 0));
    close (fd);
    close (late);
    ck_assert_fails (weir__pidfd_open (pid), ESRCH);
    test_latch_destroy (&latch);
}
END_TEST

typedef struct family {
    test_latch_t *ready;
    test_latch_t *done;
    pid_t *grandchild;
} family_t;

static void have_a_child (void *arg)
{
    family_t *family = arg;
    *family->grandchild = test_fork (wait_for_ever, family->ready);
    test_latch_open (family->ready);
    //  It is not reaped until the test says so: a zombie has ended, too.
    wait_for_latch (family->done);
    test_kill (*family->grandchild);
}

START_TEST (the_end_of_a_process_that_is_not_a_child_is_seen)
{
    set_up (_i);
    family_t family = {.ready = test_latch_new (),
                       .done = test_latch_new (),
                       .grandchild = test_shared (sizeof (pid_t))};
    pid_t pid = test_fork (have_a_child, &family);
    ck_assert (test_latch_wait_for (family.ready, 2, TEST_PATIENCE_MS));
    int fd = weir__pidfd_open (*family.grandchild);
    ck_assert_int_ge (fd, 0);
    ck_assert (!polls (fd, 10));
    ck_assert_int_eq (weir__pidfd_signal (fd, *family.grandchild, SIGKILL), 0);
    ck_assert (polls (fd, TEST_PATIENCE_MS));
    test_latch_open (family.done);
    ck_assert_int_eq (test_join (pid), 0);
    ck_assert (polls (fd, 0));
    ck_assert_fails (weir__pidfd_signal (fd, *family.grandchild, SIGKILL),
                     ESRCH);
    close (fd);
    test_latch_destroy (&family.ready);
    test_latch_destroy (&family.done);
    test_unshare (family.grandchild, sizeof (pid_t));
}
END_TEST

START_TEST (many_processes_are_watched_and_released_without_a_trace)
{
    enum { WATCHES = 50 };
    set_up (_i);
    int fds [WATCHES];
    for (int i = 0; i < WATCHES; i++) {
        fds [i] = weir__pidfd_open (getpid ());
        ck_assert_int_ge (fds [i], 0);
        ck_assert (!polls (fds [i], 0));
    }
    for (int i = 0; i < WATCHES; i++)
        close (fds [i]);
}
END_TEST

START_TEST (a_process_can_be_joined_killed_and_watched)
{
    set_up (_i);
    test_latch_t *latch = test_latch_new ();
    weir_process_t *process = weir_process_new (wait_for_ever, latch);
    int code;
    ck_assert_ptr_nonnull (process);
    ck_assert (test_latch_wait (latch, TEST_PATIENCE_MS));
    ck_assert_fails (weir_process_join (process, 10), ETIMEDOUT);
    ck_assert (!polls (weir_process_sentinel (process), 0));
    ck_assert_int_eq (weir_process_alive (process), 1);
    ck_assert_fails (weir_process_signal (process, 1000), EINVAL);
    ck_assert_int_eq (weir_process_kill (process), 0);
    ck_assert (polls (weir_process_sentinel (process), TEST_PATIENCE_MS));
    ck_assert_int_eq (weir_process_join (process, TEST_PATIENCE_MS), 0);
    ck_assert_int_eq (weir_process_exit_code (process, &code), 0);
    ck_assert_int_eq (code, -SIGKILL);
    ck_assert_int_eq (weir_process_kill (process), 0);
    weir_process_destroy (&process);

    weir_process_options_t options = {.daemon = true};
    process = weir_process_new_with (wait_for_ever, latch, &options);
    weir_process_destroy (&process);
    test_latch_destroy (&latch);
}
END_TEST

START_TEST (a_process_that_the_application_reaped_is_known_to_have_ended)
{
    set_up (_i);
    test_latch_t *latch = test_latch_new ();
    weir_process_t *process = weir_process_new (wait_for_latch, latch);
    test_latch_open (latch);
    ck_assert_int_eq (test_join (weir_process_pid (process)), 0);
    int code;
    ck_assert_int_eq (weir_process_join (process, TEST_PATIENCE_MS), 0);
    ck_assert_fails (weir_process_exit_code (process, &code), ECHILD);
    ck_assert_int_eq (weir_process_kill (process), 0);
    weir_process_destroy (&process);
    test_latch_destroy (&latch);
}
END_TEST

int main (void)
{
    Suite *suite = suite_create ("pidfd");
    TCase *tcase = test_case (suite, "pidfd");
    tcase_add_loop_test (
        tcase, the_end_of_a_child_is_seen_before_and_after_it_is_reaped, 0,
        KINDS);
    tcase_add_loop_test (
        tcase, the_end_of_a_process_that_is_not_a_child_is_seen, 0, KINDS);
    tcase_add_loop_test (
        tcase, many_processes_are_watched_and_released_without_a_trace, 0,
        KINDS);
    tcase = test_case (suite, "process");
    tcase_add_loop_test (tcase, a_process_can_be_joined_killed_and_watched, 0,
                         KINDS);
    tcase_add_loop_test (
        tcase, a_process_that_the_application_reaped_is_known_to_have_ended, 0,
        KINDS);
    return test_main (suite);
}
