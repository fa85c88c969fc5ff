/*  check_ready_end.c - waiters at an end of a pipe are told when it ends

    SPDX-License-Identifier: MPL-2.0
*/

#include <fcntl.h>
#include <sys/resource.h>
#include <sys/socket.h>

#include "kit/ready.h"

START_TEST (a_close_by_the_sender_makes_an_end_ready)
{
    pipe_kit_t kit;
    pipe_kit_open (&kit, _i);
    watcher_t watcher = watch (kit.a, RECV);
    must_count (kit.b, 2);
    ck_assert_told (&watcher);
    ck_assert_counts (kit.a, 2);
    ck_assert_quiet (&watcher);
    ck_assert_int_eq (weir_pipe_close (kit.b), 0);
    ck_assert_told (&watcher);
    ck_assert_int_eq (ask (&watcher), 1);
    ck_assert_ends (kit.a);
    watch_no_more (&watcher);
    pipe_kit_close (&kit);
}
END_TEST

static void count_and_wait (void *arg)
{
    pipe_kit_t *kit = arg;
    must_count (kit->b, kit->count);
    test_latch_open (kit->ready);
    for (;;)
        pause ();
}

//  Without values, with some by the link, and with some by ZeroMQ.
START_TEST (the_death_of_the_sender_is_seen_after_its_values)
{
    pipe_kit_t kit = {.count = _i};
    weir_value_t value;
    pipe_kit_open (&kit, WEIR_PIPE_DUPLEX);
    watcher_t watcher = watch (kit.a, RECV);
    if (_i > 1)
        ck_assert_quiet (&watcher);
    pid_t pid = test_fork (count_and_wait, &kit);
    ck_assert (test_latch_wait (kit.ready, TEST_PATIENCE_MS));
    for (int i = 0; i < _i; i++) {
        ck_assert_told (&watcher);
        ck_assert_int_eq (recv_int (kit.a), i);
    }
    if (_i > 0)
        ck_assert_quiet (&watcher);
    test_kill (pid);
    weir_pipe_destroy (&kit.b);
    ck_assert_told (&watcher);
    ck_assert_fails (weir_pipe_recv (kit.a, &value, 0), EPIPE);
    watch_no_more (&watcher);
    pipe_kit_close (&kit);
}
END_TEST

//  Simulates last values of the sender that are still in libzmq.
START_TEST (a_link_that_hung_up_wakes_nobody_while_values_are_on_the_way)
{
    pipe_kit_t kit;
    weir_value_t value;
    pipe_kit_open (&kit, WEIR_PIPE_DUPLEX);
    watcher_t watcher = watch (kit.a, RECV);
    ck_assert_quiet (&watcher);
    must_count (kit.b, 1);
    ck_assert_counts (kit.a, 1);
    ck_assert_quiet (&watcher);
    look_for_descriptors (&watcher);
    ck_assert_int_ge (watcher.fds [0], 0);
    atomic_fetch_add (&kit.a->receiver.channel->sent, 1);
    shutdown (kit.b->sides.sending.link, SHUT_RDWR);
    ck_assert (wake (&watcher, TEST_PATIENCE_MS));
    ck_assert_quiet (&watcher);
    look_for_descriptors (&watcher);
    ck_assert_int_eq (watcher.fds [0], -1);
    //  Only the bell can wake a watcher that begins now.
    watcher_t other = watch (kit.a, RECV);
    ck_assert_quiet (&other);
    ck_assert_int_eq (weir_pipe_close (kit.b), 0);
    ck_assert_told (&watcher);
    ck_assert_told (&other);
    ck_assert_fails (weir_pipe_recv (kit.a, &value, 0), EPIPE);
    watch_no_more (&watcher);
    watch_no_more (&other);
    pipe_kit_close (&kit);
}
END_TEST

static void *close_end (void *arg)
{
    test_must (weir_pipe_close (arg) == 0);
    return NULL;
}

START_TEST (a_close_by_this_process_makes_an_end_ready)
{
    pipe_kit_t kit;
    weir_value_t value;
    pipe_kit_open (&kit, _i);
    ck_assert_int_eq (weir_pipe_set_limit (kit.b, 1), 0);
    watcher_t receiver = watch (kit.a, RECV), sender = watch (kit.b, SEND);
    ck_assert_quiet (&receiver);
    pthread_t thread = start_thread (close_end, kit.a);
    ck_assert_told (&receiver);
    join_thread (thread);
    ck_assert_fails (weir_pipe_recv (kit.a, &value, 0), EBADF);
    pipe_kit_close (&kit);
    pipe_kit_open (&kit, _i);
    ck_assert_int_eq (weir_pipe_set_limit (kit.b, 1), 0);
    sender.pipe = kit.b;
    fill (kit.b);
    ck_assert_quiet (&sender);
    thread = start_thread (close_end, kit.b);
    ck_assert_told (&sender);
    join_thread (thread);
    ck_assert_fails (weir_pipe_send (kit.b, 1, 0), EBADF);
    watch_no_more (&receiver);
    watch_no_more (&sender);
    pipe_kit_close (&kit);
}
END_TEST

static void *destroy_end (void *arg)
{
    weir_pipe_t *pipe = arg;
    weir_pipe_destroy (&pipe);
    return NULL;
}

START_TEST (an_end_that_is_kept_outlives_its_handle)
{
    pipe_kit_t kit;
    pipe_kit_open (&kit, _i);
    watcher_t watcher = watch (kit.a, RECV);
    weir__pair_t *pair = kit.a->pair;
    weir__pair_retain (pair);
    ck_assert_quiet (&watcher);
    pthread_t thread = start_thread (destroy_end, kit.a);
    ck_assert_told (&watcher);
    join_thread (thread);
    kit.a = NULL;
    pipe_kit_close (&kit);
    ck_assert_int_eq (ask (&watcher), 1);
    weir__pair_release (pair);
    watch_no_more (&watcher);
}
END_TEST

typedef struct heir {
    pipe_kit_t kit;
    watcher_t watcher;
} heir_t;

//  The parent has end a. End b is still free for every process.
static void inherit (void *arg)
{
    heir_t *heir = arg;
    weir_value_t value;
    for (int i = 0; i < WEIR__END_FDS; i++)
        test_must (heir->watcher.fds [i] < 0 ||
                   fcntl (heir->watcher.fds [i], F_GETFD) == -1);
    test_must (weir__end_watch (heir->kit.a, RECV, -1, 0) == 1);
    test_must (weir_pipe_recv (heir->kit.a, &value, 0) == -1);
    test_must (errno == EBUSY);
    test_must (weir__end_watch (heir->kit.b, SEND, -1, 0) == 1);
    must_count (heir->kit.b, 1);
    test_must (test_latch_wait (heir->kit.go, TEST_PATIENCE_MS));
    weir_pipe_destroy (&heir->kit.a);
    weir_pipe_destroy (&heir->kit.b);
}

START_TEST (a_forked_child_is_not_a_waiter)
{
    heir_t heir;
    pipe_kit_open (&heir.kit, WEIR_PIPE_DUPLEX);
    heir.watcher = watch (heir.kit.a, RECV);
    ck_assert_quiet (&heir.watcher);
    look_for_descriptors (&heir.watcher);
    test_await_others_blocked ();
    pid_t pid = test_fork (inherit, &heir);
    ck_assert_told (&heir.watcher);
    ck_assert_int_eq (recv_int (heir.kit.a), 0);
    test_latch_open (heir.kit.go);
    ck_assert_int_eq (test_join (pid), 0);
    watch_no_more (&heir.watcher);
    pipe_kit_close (&heir.kit);
}
END_TEST

//  The number of the parent's bell now belongs to a file of the child.
static void reuse (void *arg)
{
    heir_t *heir = arg;
    int number = heir->watcher.fds [BELL];
    test_must (fcntl (number, F_GETFD) == -1);
    test_must (dup2 (STDERR_FILENO, number) == number);
    weir_pipe_destroy (&heir->kit.b);
    test_must (fcntl (number, F_GETFD) != -1);
}

START_TEST (a_forked_child_does_not_close_the_bell_of_its_parent)
{
    heir_t heir;
    pipe_kit_open (&heir.kit, WEIR_PIPE_DUPLEX);
    heir.watcher = watch (heir.kit.a, RECV);
    ck_assert_quiet (&heir.watcher);
    look_for_descriptors (&heir.watcher);
    weir_pipe_destroy (&heir.kit.a);
    test_await_others_blocked ();
    ck_assert_int_eq (test_join (test_fork (reuse, &heir)), 0);
    watch_no_more (&heir.watcher);
    pipe_kit_close (&heir.kit);
}
END_TEST

START_TEST (a_call_that_would_fail_would_not_wait)
{
    pipe_kit_t kit;
    pipe_kit_open (&kit, _i | WEIR_PIPE_ONE_WAY);
    //  Nothing is added, so no epoll is needed.
    ck_assert_int_eq (weir__end_watch (kit.a, SEND, -1, 0), 1);
    ck_assert_int_eq (weir__end_watch (kit.b, RECV, -1, 0), 1);
    ck_assert_int_eq (weir_pipe_close (kit.a), 0);
    ck_assert_int_eq (weir__end_watch (kit.a, RECV, -1, 0), 1);
    pipe_kit_close (&kit);
}
END_TEST

START_TEST (watching_with_a_descriptor_other_than_an_epoll_is_an_error)
{
    pipe_kit_t kit;
    pipe_kit_open (&kit, _i);
    ck_assert_fails (weir__end_watch (kit.a, RECV, STDERR_FILENO, 0), EINVAL);
    watcher_t watcher = watch (kit.a, RECV);
    ck_assert_quiet (&watcher);
    must_count (kit.b, 1);
    ck_assert_told (&watcher);
    watch_no_more (&watcher);
    pipe_kit_close (&kit);
}
END_TEST

START_TEST (a_look_needs_descriptors)
{
    pipe_kit_t kit;
    pipe_kit_open (&kit, WEIR_PIPE_DUPLEX);
    watcher_t watcher = watch (kit.a, RECV);
    struct rlimit many, few;
    getrlimit (RLIMIT_NOFILE, &many);
    few = many;
    for (int left = 0; left < 3; left++) {
        int next = dup (watcher.epoll);
        close (next);
        few.rlim_cur = (rlim_t) (next + left);
        setrlimit (RLIMIT_NOFILE, &few);
        ck_assert_fails (ask (&watcher), EMFILE);
        setrlimit (RLIMIT_NOFILE, &many);
    }
    ck_assert_quiet (&watcher);
    must_count (kit.b, 1);
    ck_assert_told (&watcher);
    watch_no_more (&watcher);
    pipe_kit_close (&kit);
}
END_TEST

int main (void)
{
    Suite *suite = suite_create ("pipe_ready_end");
    TCase *tcase = test_case (suite, "ends");
    add_both (tcase, a_close_by_the_sender_makes_an_end_ready);
    tcase_add_loop_test (
        tcase, the_death_of_the_sender_is_seen_after_its_values, 0, 4);
    tcase_add_test (
        tcase, a_link_that_hung_up_wakes_nobody_while_values_are_on_the_way);
    add_both (tcase, a_close_by_this_process_makes_an_end_ready);
    add_both (tcase, an_end_that_is_kept_outlives_its_handle);
    tcase_add_test (tcase, a_forked_child_is_not_a_waiter);
    tcase_add_test (tcase,
                    a_forked_child_does_not_close_the_bell_of_its_parent);
    add_both (tcase, a_call_that_would_fail_would_not_wait);
    add_both (tcase,
              watching_with_a_descriptor_other_than_an_epoll_is_an_error);
    tcase_add_test (tcase, a_look_needs_descriptors);
    return test_main (suite);
}
