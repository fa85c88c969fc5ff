/*  check_end.c - the end of a pipe

    A process loses its end of a pipe by closing it, by exiting, or by being
    killed, before, during or after its use.

    SPDX-License-Identifier: MPL-2.0
*/

#include "weir/pipe.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/atend.h"
#include "base/clock.h"
#include "kit/pipe.h"
#include "weir/process.h"

//  A wait that an event ends takes much less than this on the slowest machine;
//  one that only a timeout ends takes more.
enum { PROMPTLY_US = 5000000 };

static void wait_for_kill (void)
{
    for (;;)
        pause ();
}

static void ck_assert_prompt (uint64_t since_us)
{
    ck_assert_uint_lt (weir__now_us () - since_us, PROMPTLY_US);
}

static weir_process_t *start_process (weir_process_fn *fn, pipe_kit_t *kit)
{
    test_await_others_blocked ();
    weir_process_t *process = weir_process_new (fn, kit);
    ck_assert_msg (process != NULL, "%s", weir_error ());
    return process;
}

static void join_process (weir_process_t **process)
{
    int code;
    ck_assert_int_eq (weir_process_join (*process, TEST_PATIENCE_MS), 0);
    ck_assert_int_eq (weir_process_exit_code (*process, &code), 0);
    ck_assert_int_eq (code, 0);
    weir_process_destroy (process);
}

//  ---------------------------------------------------------------------------
//  By closing, and by ending

static void count_and_close (void *arg)
{
    pipe_kit_t *kit = arg;
    must_count (kit->b, kit->count);
    test_must (weir_pipe_close (kit->b) == 0);
    test_must (test_latch_wait (kit->go, TEST_PATIENCE_MS));
}

START_TEST (a_closed_end_gives_epipe_after_the_last_value)
{
    pipe_kit_t kit = {.count = _i};
    weir_value_t value;
    pipe_kit_open (&kit, WEIR_PIPE_DUPLEX);
    pid_t pid = test_fork (count_and_close, &kit);
    ck_assert_counts (kit.a, kit.count);
    ck_assert_ends (kit.a);
    ck_assert_fails (weir_pipe_recv (kit.a, &value, 0), EPIPE);
    ck_assert_fails (weir_pipe_send (kit.a, 1, 0), EPIPE);
    test_latch_open (kit.go);
    ck_assert_int_eq (test_join (pid), 0);
    pipe_kit_close (&kit);
}
END_TEST

START_TEST (a_closed_end_of_a_thread_gives_epipe_after_the_last_value)
{
    pipe_kit_t kit = {.count = 500};
    pipe_kit_open (&kit, _i);
    must_count (kit.b, kit.count);
    must_count (kit.a, 1);
    ck_assert_int_eq (weir_pipe_close (kit.b), 0);
    ck_assert_fails (weir_pipe_send (kit.a, 1, 0), EPIPE);
    ck_assert_counts (kit.a, kit.count);
    ck_assert_ends (kit.a);
    pipe_kit_close (&kit);
}
END_TEST

static void count_and_end (void *arg)
{
    pipe_kit_t *kit = arg;
    must_count (kit->b, kit->count);
    test_latch_open (kit->ready);
}

START_TEST (a_process_can_send_its_result_and_end_before_it_is_received)
{
    pipe_kit_t kit = {.count = 100};
    pipe_kit_open (&kit, WEIR_PIPE_DUPLEX);
    weir_process_t *process = start_process (count_and_end, &kit);
    join_process (&process);
    ck_assert_counts (kit.a, kit.count);
    ck_assert_ends (kit.a);
    pipe_kit_close (&kit);
}
END_TEST

START_TEST (an_ending_process_delivers_values_the_kernel_could_not_take)
{
    pipe_kit_t kit = {.count = 20000};
    pipe_kit_open (&kit, WEIR_PIPE_ONE_WAY);
    ck_assert_int_eq (weir_pipe_set_limit (kit.a, kit.count), 0);
    weir_process_t *process = start_process (count_and_end, &kit);
    ck_assert (test_latch_wait (kit.ready, TEST_PATIENCE_MS));
    ck_assert_counts (kit.a, kit.count);
    ck_assert_ends (kit.a);
    join_process (&process);
    pipe_kit_close (&kit);
}
END_TEST

START_TEST (a_process_that_ends_does_not_wait_for_a_receiver_that_is_gone)
{
    pipe_kit_t kit = {.count = 20000};
    pipe_kit_open (&kit, WEIR_PIPE_ONE_WAY);
    ck_assert_int_eq (weir_pipe_set_limit (kit.a, kit.count), 0);
    if (_i) //  receives, but not all
        ck_assert_fails (weir_pipe_poll (kit.a, 0), EAGAIN);
    weir_process_t *process = start_process (count_and_end, &kit);
    ck_assert (test_latch_wait (kit.ready, TEST_PATIENCE_MS));
    uint64_t since_us = weir__now_us ();
    weir_pipe_destroy (&kit.a);
    join_process (&process);
    ck_assert_prompt (since_us);
    pipe_kit_close (&kit);
}
END_TEST

//  ---------------------------------------------------------------------------
//  By being killed

static void use_and_wait (void *arg)
{
    pipe_kit_t *kit = arg;
    must_count (kit->b, kit->count);
    test_latch_open (kit->ready);
    wait_for_kill ();
}

static void *recv_until_end (void *arg)
{
    pipe_kit_t *kit = arg;
    ck_assert_ends (kit->a);
    return NULL;
}

START_TEST (a_waiting_receiver_learns_of_a_kill_at_once)
{
    pipe_kit_t kit = {.count = 1};
    pipe_kit_open (&kit, WEIR_PIPE_DUPLEX);
    pid_t pid = test_fork (use_and_wait, &kit);
    ck_assert_counts (kit.a, 1);
    pthread_t thread = start_thread (recv_until_end, &kit);
    uint64_t since_us = weir__now_us ();
    test_kill (pid);
    join_thread (thread);
    ck_assert_prompt (since_us);
    pipe_kit_close (&kit);
}
END_TEST

static void *send_until_end (void *arg)
{
    pipe_kit_t *kit = arg;
    while (weir_pipe_send (kit->a, 1, TEST_PATIENCE_MS) == 0)
        test_latch_open (kit->go);
    ck_assert_int_eq (errno, EPIPE);
    return NULL;
}

START_TEST (a_waiting_sender_learns_of_a_kill_at_once)
{
    pipe_kit_t kit = {.count = 1};
    pipe_kit_open (&kit, WEIR_PIPE_DUPLEX);
    ck_assert_int_eq (weir_pipe_set_limit (kit.a, 5), 0);
    pid_t pid = test_fork (use_and_wait, &kit);
    pthread_t thread = start_thread (send_until_end, &kit);
    ck_assert (test_latch_wait (kit.ready, TEST_PATIENCE_MS));
    ck_assert (test_latch_wait_for (kit.go, 5, TEST_PATIENCE_MS));
    uint64_t since_us = weir__now_us ();
    test_kill (pid);
    join_thread (thread);
    ck_assert_prompt (since_us);
    ck_assert_counts (kit.a, 1);
    ck_assert_ends (kit.a);
    pipe_kit_close (&kit);
}
END_TEST

//  All values have left the process before it is killed.
static void count_and_flush (void *arg)
{
    pipe_kit_t *kit = arg;
    must_count (kit->b, kit->count);
    test_must (weir_pipe_close (kit->b) == 0);
    weir__at_end ();
    test_latch_open (kit->ready);
    wait_for_kill ();
}

START_TEST (values_that_left_a_killed_process_are_received)
{
    pipe_kit_t kit = {.count = 20000};
    pipe_kit_open (&kit, WEIR_PIPE_ONE_WAY);
    ck_assert_int_eq (weir_pipe_set_limit (kit.a, kit.count), 0);
    ck_assert_fails (weir_pipe_poll (kit.a, 0), EAGAIN);
    test_await_others_blocked ();
    pid_t pid = test_fork (count_and_flush, &kit);
    ck_assert (test_latch_wait (kit.ready, TEST_PATIENCE_MS));
    test_kill (pid);
    ck_assert_counts (kit.a, kit.count);
    ck_assert_ends (kit.a);
    pipe_kit_close (&kit);
}
END_TEST

START_TEST (values_sent_before_the_first_receive_survive_a_kill)
{
    pipe_kit_t kit = {.count = 100};
    pipe_kit_open (&kit, WEIR_PIPE_ONE_WAY);
    pid_t pid = test_fork (use_and_wait, &kit);
    ck_assert (test_latch_wait (kit.ready, TEST_PATIENCE_MS));
    test_kill (pid);
    ck_assert_counts (kit.a, kit.count);
    ck_assert_ends (kit.a);
    pipe_kit_close (&kit);
}
END_TEST

//  Sends and receives for ever.
static void chat (void *arg)
{
    pipe_kit_t *kit = arg;
    weir_value_t value;
    test_latch_open (kit->ready);
    for (int64_t i = 0;; i++) {
        test_must (weir_pipe_send (kit->b, i, TEST_PATIENCE_MS) == 0);
        if (i % 3 == 0)
            (void) !weir_pipe_recv (kit->b, &value, 0);
    }
}

//  Kills the other end's process while it sends as fast as it can: a prefix of
//  its values arrives, and then nothing.
static void kill_at_random (uint64_t *state)
{
    pipe_kit_t kit;
    weir_value_t value;
    pipe_kit_open (&kit, WEIR_PIPE_DUPLEX);
    ck_assert_int_eq (
        weir_pipe_set_limit (kit.b, 1 + (int) test_random_below (state, 2000)),
        0);
    int64_t last = (int64_t) test_random_below (state, 5000), next = 0;
    test_await_others_blocked ();
    pid_t pid = test_fork (chat, &kit);
    if (last % 2)
        ck_assert (test_latch_wait (kit.ready, TEST_PATIENCE_MS));
    while (next < last && weir_pipe_recv (kit.a, &value, -1) == 0) {
        ck_assert_int_eq (value.integer, next++);
        if (next % 7 == 0)
            ck_assert (weir_pipe_send (kit.a, 1, 0) == 0 || errno == EAGAIN);
    }
    test_kill (pid);
    weir_pipe_destroy (&kit.b);
    while (weir_pipe_recv (kit.a, &value, TEST_PATIENCE_MS) == 0)
        ck_assert_int_eq (value.integer, next++);
    ck_assert_int_eq (errno, EPIPE);
    ck_assert_fails (weir_pipe_send (kit.a, 1, TEST_PATIENCE_MS), EPIPE);
    pipe_kit_close (&kit);
}

START_TEST (a_killed_sender_leaves_a_prefix_of_its_values)
{
    uint64_t state = test_seed ();
    for (int i = 0; i < 50; i++)
        kill_at_random (&state);
}
END_TEST

//  ---------------------------------------------------------------------------
//  Holders of an end

static void hold_and_wait (void *arg)
{
    test_latch_open (((pipe_kit_t *) arg)->ready);
    wait_for_kill ();
}

START_TEST (an_unused_end_is_lost_with_the_last_process_that_could_use_it)
{
    pipe_kit_t kit;
    weir_value_t value;
    pipe_kit_open (&kit, WEIR_PIPE_DUPLEX);
    pid_t pid = test_fork (hold_and_wait, &kit);
    ck_assert (test_latch_wait (kit.ready, TEST_PATIENCE_MS));
    if (_i) //  waits already, or begins then
        ck_assert_fails (weir_pipe_recv (kit.a, &value, 0), EAGAIN);
    ck_assert_int_eq (weir_pipe_close (kit.b), 0);
    ck_assert_fails (weir_pipe_recv (kit.a, &value, 0), EAGAIN);
    test_kill (pid);
    ck_assert_ends (kit.a);
    ck_assert_fails (weir_pipe_send (kit.a, 1, 0), EPIPE);
    pipe_kit_close (&kit);
}
END_TEST

//  The grandchild lives on, with all inherited descriptors.
static void use_and_fork (void *arg)
{
    pipe_kit_t *kit = arg;
    must_count (kit->b, 2000);
    test_await_others_blocked ();
    if (fork () == 0) {
        test_latch_open (kit->ready);
        test_must (test_latch_wait (kit->go, TEST_PATIENCE_MS));
        weir_value_t value;
        test_must (weir_pipe_recv (kit->b, &value, 0) == -1 && errno == EBUSY);
        test_latch_open (kit->ready);
        _exit (0);
    }
    wait_for_kill ();
}

START_TEST (a_grandchild_does_not_keep_a_dead_end_open)
{
    pipe_kit_t kit;
    pipe_kit_open (&kit, WEIR_PIPE_DUPLEX);
    ck_assert_int_eq (weir_pipe_set_limit (kit.a, 2000), 0);
    if (_i) //  the values went by ZeroMQ, or by the link
        ck_assert_fails (weir_pipe_poll (kit.a, 0), EAGAIN);
    test_await_others_blocked ();
    pid_t pid = test_fork (use_and_fork, &kit);
    ck_assert (test_latch_wait (kit.ready, TEST_PATIENCE_MS));
    ck_assert_int_eq (recv_int (kit.a), 0);
    test_kill (pid);
    weir_value_t value;
    while (weir_pipe_recv (kit.a, &value, TEST_PATIENCE_MS) == 0)
        ;
    ck_assert_int_eq (errno, EPIPE);
    test_latch_open (kit.go);
    ck_assert (test_latch_wait_for (kit.ready, 2, TEST_PATIENCE_MS));
    pipe_kit_close (&kit);
}
END_TEST

//  One process makes the pipe and two use it. One of these is its maker's child
//  and learns of its maker's death.
static void learn_of_death (void *arg)
{
    pipe_kit_t *kit = arg;
    weir_value_t value;
    test_must (weir_pipe_recv (kit->b, &value, TEST_PATIENCE_MS) == 0);
    test_latch_open (kit->ready);
    test_must (weir_pipe_recv (kit->b, &value, TEST_PATIENCE_MS) == -1);
    test_must (errno == EPIPE);
    test_latch_open (kit->go);
}

static void make_and_wait (void *arg)
{
    pipe_kit_t *kit = arg;
    test_must (weir_pipe_new (&kit->a, &kit->b, WEIR_PIPE_DUPLEX) == 0);
    test_fork (learn_of_death, kit);
    test_must (weir_pipe_send (kit->a, 1, 0) == 0);
    wait_for_kill ();
}

START_TEST (a_child_learns_that_its_parent_was_killed)
{
    pipe_kit_t kit = {.ready = test_latch_new (), .go = test_latch_new ()};
    pid_t pid = test_fork (make_and_wait, &kit);
    ck_assert (test_latch_wait (kit.ready, TEST_PATIENCE_MS));
    test_kill (pid);
    ck_assert (test_latch_wait (kit.go, TEST_PATIENCE_MS));
    test_latch_destroy (&kit.ready);
    test_latch_destroy (&kit.go);
}
END_TEST

//  The maker has gone before its children begin.
static void send_when_told (void *arg)
{
    pipe_kit_t *kit = arg;
    test_must (test_latch_wait (kit->go, TEST_PATIENCE_MS));
    must_count (kit->b, 10);
    test_latch_open (kit->ready);
    test_must (test_latch_wait_for (kit->go, 2, TEST_PATIENCE_MS));
}

static void receive_when_told (void *arg)
{
    pipe_kit_t *kit = arg;
    weir_value_t value;
    test_must (test_latch_wait (kit->ready, TEST_PATIENCE_MS));
    for (int i = 0; i < 10; i++)
        test_must (weir_pipe_recv (kit->a, &value, TEST_PATIENCE_MS) == 0 &&
                   value.integer == i);
    test_latch_open (kit->go);
}

static void make_and_go (void *arg)
{
    pipe_kit_t *kit = arg;
    test_must (weir_pipe_new (&kit->a, &kit->b, WEIR_PIPE_ONE_WAY) == 0);
    test_fork (send_when_told, kit);
    test_fork (receive_when_told, kit);
}

START_TEST (children_talk_when_the_maker_of_the_pipe_has_gone)
{
    pipe_kit_t kit = {.ready = test_latch_new (), .go = test_latch_new ()};
    ck_assert_int_eq (test_join (test_fork (make_and_go, &kit)), 0);
    test_latch_open (kit.go);
    ck_assert (test_latch_wait_for (kit.go, 2, TEST_PATIENCE_MS));
    test_latch_destroy (&kit.ready);
    test_latch_destroy (&kit.go);
}
END_TEST

//  ---------------------------------------------------------------------------

int main (void)
{
    Suite *suite = suite_create ("pipe_end");
    TCase *tcase = test_case (suite, "closing");
    tcase_add_loop_test (tcase, a_closed_end_gives_epipe_after_the_last_value,
                         1, 2);
    tcase_add_loop_test (tcase, a_closed_end_gives_epipe_after_the_last_value,
                         5000, 5001);
    add_both (tcase, a_closed_end_of_a_thread_gives_epipe_after_the_last_value);
    tcase_add_test (
        tcase, a_process_can_send_its_result_and_end_before_it_is_received);
    tcase_add_test (
        tcase, an_ending_process_delivers_values_the_kernel_could_not_take);
    tcase_add_loop_test (
        tcase, a_process_that_ends_does_not_wait_for_a_receiver_that_is_gone, 0,
        2);
    tcase = test_case (suite, "killing");
    tcase_add_test (tcase, a_waiting_receiver_learns_of_a_kill_at_once);
    tcase_add_test (tcase, a_waiting_sender_learns_of_a_kill_at_once);
    tcase_add_test (tcase, values_that_left_a_killed_process_are_received);
    tcase_add_test (tcase, values_sent_before_the_first_receive_survive_a_kill);
    tcase_add_test (tcase, a_killed_sender_leaves_a_prefix_of_its_values);
    tcase = test_case (suite, "holding");
    tcase_add_loop_test (
        tcase, an_unused_end_is_lost_with_the_last_process_that_could_use_it, 0,
        2);
    tcase_add_loop_test (tcase, a_grandchild_does_not_keep_a_dead_end_open, 0,
                         2);
    tcase_add_test (tcase, a_child_learns_that_its_parent_was_killed);
    tcase_add_test (tcase, children_talk_when_the_maker_of_the_pipe_has_gone);
    return test_main (suite);
}
