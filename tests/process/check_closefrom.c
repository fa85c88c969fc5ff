/*  check_closefrom.c - a daemon closes the descriptors that it inherited

    A forked child calls closefrom (3) and opens files of its own, which get the
    same numbers. Weir must not take them for its own descriptors, wait on them
    or close them.

    SPDX-License-Identifier: MPL-2.0
*/

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/fork.h"
#include "kit/shared.h"

//  Fewer numbers than a child may have got.
enum { OWN = 40 };

static struct stat before [OWN];

//  Gives each number up to OWN a file that is readable at once, or never.
static void take_numbers (bool readable)
{
    closefrom (3);
    int pipes [2];
    test_must (pipe (pipes) == 0 && fcntl (pipes [1], F_DUPFD, OWN) >= OWN);
    int source = fcntl (readable ? STDERR_FILENO : pipes [0], F_DUPFD, OWN);
    int null = open ("/dev/null", O_RDONLY);
    for (int fd = 3; fd < OWN; fd++) {
        int from = readable ? null : source;
        test_must (fd == null || dup2 (from, fd) == fd);
        test_must (fstat (fd, &before [fd]) == 0);
    }
}

static void check_numbers (void)
{
    struct stat now;
    for (int fd = 3; fd < OWN; fd++) {
        test_must (fstat (fd, &now) == 0);
        test_must (now.st_dev == before [fd].st_dev &&
                   now.st_ino == before [fd].st_ino);
    }
}

typedef struct stage {
    weir_owner_t *owner;
    weir_dict_t *dict;
    weir_queue_t *queue;
    weir_lock_t *lock;
    weir_event_t *event;
    weir_select_t *select;
    weir_process_t *process;
    weir_pipe_t *a, *b;
    test_latch_t *waits;
    bool readable;
} stage_t;

static void use_handles (void *arg)
{
    stage_t *stage = arg;
    take_numbers (stage->readable);
    int64_t found;
    weir_value_t item;
    test_must (weir_dict_get_int (stage->dict, "key", &found) == 0);
    test_must (weir_dict_set (stage->dict, "key", found + 1) == 0);
    test_must (weir_queue_put (stage->queue, 7, 0) == 0);
    test_must (weir_queue_get (stage->queue, &item, 0) == 0);
    test_must (weir_lock_acquire (stage->lock, 0) == 0);
    test_must (weir_lock_release (stage->lock) == 0);
    test_must (weir_event_wait (stage->event, 1) == -1 && errno == ETIMEDOUT);
    check_numbers ();
    weir_dict_destroy (&stage->dict);
    weir_queue_destroy (&stage->queue);
    weir_lock_destroy (&stage->lock);
    weir_event_destroy (&stage->event);
    weir_owner_destroy (&stage->owner);
    check_numbers ();
}

START_TEST (handles_work_and_the_childs_own_files_stay_open)
{
    stage_t stage = {.readable = _i};
    stage.owner = weir_owner_new (NULL);
    stage.dict = weir_dict_new (stage.owner, NULL);
    stage.queue = weir_queue_new (stage.owner, NULL, 0);
    stage.lock = weir_lock_new (stage.owner, NULL);
    stage.event = weir_event_new (stage.owner, NULL);
    exists (stage.event);
    works (weir_dict_set (stage.dict, "key", 1));
    ck_assert_int_eq (test_join (test_fork (use_handles, &stage)), 0);
    int64_t found;
    works (weir_dict_get_int (stage.dict, "key", &found));
    ck_assert_int_eq (found, 2);
    weir_event_destroy (&stage.event);
    weir_lock_destroy (&stage.lock);
    weir_queue_destroy (&stage.queue);
    weir_dict_destroy (&stage.dict);
    weir_owner_destroy (&stage.owner);
}
END_TEST

static void wait_for_event (void *arg)
{
    stage_t *stage = arg;
    take_numbers (false);
    test_latch_open (stage->waits);
    test_must (weir_event_wait (stage->event, -1) == -1);
    test_must (errno == EOWNERDEAD);
    check_numbers ();
}

START_TEST (a_wait_ends_when_the_owner_is_killed)
{
    stage_t stage = {.waits = test_latch_new ()};
    stage.owner = weir_owner_new (NULL);
    stage.event = weir_event_new (stage.owner, NULL);
    exists (stage.event);
    pid_t child = test_fork (wait_for_event, &stage);
    ck_assert (test_latch_wait (stage.waits, TEST_PATIENCE_MS));
    ck_assert (shared_await_waiters (stage.event, 1));
    test_kill (weir_owner_pid (stage.owner));
    ck_assert (test_ends (child, TEST_PATIENCE_MS));
    ck_assert_int_eq (test_join (child), 0);
    weir_event_destroy (&stage.event);
    weir_owner_destroy (&stage.owner);
    test_latch_destroy (&stage.waits);
    shared_sweep ();
}
END_TEST

static void use_pipe (void *arg)
{
    stage_t *stage = arg;
    take_numbers (stage->readable);
    test_must (weir_pipe_send (stage->b, 1, 0) == -1 && errno == EBADF);
    weir_pipe_destroy (&stage->b);
    weir_pipe_destroy (&stage->a);
    check_numbers ();
}

START_TEST (the_end_of_a_pipe_that_was_closed_away_is_lost_and_says_so)
{
    stage_t stage = {.readable = _i};
    works (weir_pipe_new (&stage.a, &stage.b, 0));
    ck_assert_int_eq (test_join (test_fork (use_pipe, &stage)), 0);
    weir_pipe_destroy (&stage.a);
    weir_pipe_destroy (&stage.b);
}
END_TEST

static void do_nothing (void *arg)
{
    (void) arg;
}

//  The process is not a child of this child, so its source is ready at once.
static void use_select (void *arg)
{
    stage_t *stage = arg;
    take_numbers (false);
    test_must (weir_select_wait (stage->select, -1) == 0);
    weir_select_destroy (&stage->select);
    weir_process_destroy (&stage->process);
    check_numbers ();
}

START_TEST (a_select_waits_for_no_file_of_the_childs)
{
    stage_t stage = {.select = weir_select_new ()};
    exists (stage.select);
    stage.process = weir_process_new (do_nothing, NULL);
    exists (stage.process);
    ck_assert_int_eq (weir_select_add_process (stage.select, stage.process), 0);
    ck_assert_int_eq (test_join (test_fork (use_select, &stage)), 0);
    weir_select_destroy (&stage.select);
    weir_process_destroy (&stage.process);
}
END_TEST

//  A daemon of Weir's has closed descriptors; its children do not close them
//  again.
static void be_a_daemon (void *arg)
{
    (void) arg;
    take_numbers (false);
    pid_t child = fork ();
    if (child == 0) {
        check_numbers ();
        _exit (0);
    }
    test_must (test_join (child) == 0);
}

START_TEST (a_child_of_a_daemon_keeps_files_that_the_daemon_opened)
{
    weir_process_options_t options = {.daemon = true};
    weir_process_t *process =
        weir_process_new_with (be_a_daemon, NULL, &options);
    exists (process);
    int code = -1;
    works (weir_process_join (process, -1));
    works (weir_process_exit_code (process, &code));
    ck_assert_int_eq (code, 0);
    weir_process_destroy (&process);
}
END_TEST

int main (void)
{
    test_plain_only ();
    Suite *suite = suite_create ("closefrom");
    TCase *tcase = test_case (suite, "numbers");
    tcase_add_loop_test (tcase, handles_work_and_the_childs_own_files_stay_open,
                         0, 2);
    tcase_add_test (tcase, a_wait_ends_when_the_owner_is_killed);
    tcase_add_loop_test (
        tcase, the_end_of_a_pipe_that_was_closed_away_is_lost_and_says_so, 0,
        2);
    tcase_add_test (tcase, a_select_waits_for_no_file_of_the_childs);
    tcase_add_test (tcase,
                    a_child_of_a_daemon_keeps_files_that_the_daemon_opened);
    return test_main (suite);
}
