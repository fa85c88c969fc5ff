/*  check_ready.c - readiness of an end of a pipe

    SPDX-License-Identifier: MPL-2.0
*/

#include <signal.h>

#include "kit/ready.h"

//  ---------------------------------------------------------------------------
//  Receiving

START_TEST (an_arriving_value_makes_an_end_ready)
{
    pipe_kit_t kit;
    pipe_kit_open (&kit, _i);
    watcher_t watcher = watch (kit.a, RECV);
    for (int i = 0; i < 3; i++) {
        ck_assert_quiet (&watcher);
        ck_assert_int_eq (weir_pipe_send (kit.b, i, 0), 0);
        ck_assert_told (&watcher);
        ck_assert_int_eq (ask (&watcher), 1);
        ck_assert_int_eq (recv_int (kit.a), i);
    }
    ck_assert_quiet (&watcher);
    watch_no_more (&watcher);
    pipe_kit_close (&kit);
}
END_TEST

START_TEST (remaining_values_keep_an_end_ready)
{
    pipe_kit_t kit;
    pipe_kit_open (&kit, _i);
    watcher_t watcher = watch (kit.a, RECV);
    ck_assert_quiet (&watcher);
    must_count (kit.b, 3);
    for (int i = 0; i < 3; i++) {
        ck_assert_told (&watcher);
        ck_assert_int_eq (recv_int (kit.a), i);
    }
    ck_assert_quiet (&watcher);
    watch_no_more (&watcher);
    pipe_kit_close (&kit);
}
END_TEST

static void count_in_two_steps (void *arg)
{
    pipe_kit_t *kit = arg;
    must_count (kit->b, 2);
    test_latch_open (kit->ready);
    test_must (test_latch_wait (kit->go, TEST_PATIENCE_MS));
    must_count (kit->b, 2);
    test_must (test_latch_wait_for (kit->go, 2, TEST_PATIENCE_MS));
}

//  The first ones were sent by the link, the others go by ZeroMQ.
START_TEST (values_from_before_and_after_the_first_look_are_seen)
{
    pipe_kit_t kit;
    pipe_kit_open (&kit, WEIR_PIPE_DUPLEX);
    pid_t pid = test_fork (count_in_two_steps, &kit);
    ck_assert (test_latch_wait (kit.ready, TEST_PATIENCE_MS));
    watcher_t watcher = watch (kit.a, RECV);
    for (int i = 0; i < 4; i++) {
        ck_assert_told (&watcher);
        ck_assert_int_eq (recv_int (kit.a), i % 2);
        if (i == 1) {
            ck_assert_quiet (&watcher);
            test_latch_open (kit.go);
        }
    }
    ck_assert_quiet (&watcher);
    test_latch_open (kit.go);
    ck_assert_int_eq (test_join (pid), 0);
    watch_no_more (&watcher);
    pipe_kit_close (&kit);
}
END_TEST

static void *receive_one (void *arg)
{
    weir_value_t value;
    test_must (weir_pipe_recv (arg, &value, -1) == 0);
    return NULL;
}

static void *poll_once (void *arg)
{
    test_must (weir_pipe_poll (arg, -1) == 0);
    return NULL;
}

START_TEST (values_left_by_the_thread_with_the_turn_are_seen)
{
    pipe_kit_t kit;
    pipe_kit_open (&kit, _i);
    watcher_t watcher = watch (kit.a, RECV);
    pthread_t thread = start_thread (receive_one, kit.a);
    wait_until_busy (&watcher);
    ck_assert_quiet (&watcher);
    must_count (kit.b, 2);
    ck_assert_told (&watcher);
    join_thread (thread);
    ck_assert_told (&watcher);
    ck_assert_int_eq (recv_int (kit.a), 1);
    thread = start_thread (poll_once, kit.a);
    wait_until_busy (&watcher);
    must_count (kit.b, 1);
    ck_assert_told (&watcher);
    join_thread (thread);
    ck_assert_int_eq (recv_int (kit.a), 0);
    watch_no_more (&watcher);
    pipe_kit_close (&kit);
}
END_TEST

//  Frames that the first watcher takes out of the sockets do not wake the other
//  one any more.
START_TEST (all_waiters_at_an_end_are_woken)
{
    pipe_kit_t kit;
    pipe_kit_open (&kit, _i);
    watcher_t first = watch (kit.a, RECV), second = watch (kit.a, RECV);
    for (int i = 0; i < 3; i++) {
        ck_assert_quiet (&first);
        ck_assert_quiet (&second);
        ck_assert_quiet (&first);
        ck_assert_int_eq (weir_pipe_send (kit.b, i, 0), 0);
        ck_assert_told (&first);
        ck_assert (wake (&second, TEST_PATIENCE_MS));
        ck_assert_int_eq (ask (&second), 1);
        ck_assert_int_eq (recv_int (kit.a), i);
    }
    watch_no_more (&first);
    watch_no_more (&second);
    pipe_kit_close (&kit);
}
END_TEST

typedef struct trier {
    weir_pipe_t *pipe;
    atomic_int number; //  of its thread
    atomic_bool done;
} trier_t;

static void *try_to_receive (void *arg)
{
    trier_t *trier = arg;
    weir_value_t value;
    atomic_store (&trier->number, gettid ());
    test_must (weir_pipe_recv (trier->pipe, &value, 0) == 0);
    atomic_store (&trier->done, true);
    return NULL;
}

START_TEST (a_look_does_not_block_other_threads)
{
    pipe_kit_t kit;
    pipe_kit_open (&kit, _i);
    must_count (kit.b, 1);
    ck_assert_int_eq (weir_pipe_poll (kit.a, TEST_PATIENCE_MS), 0);
    ck_assert_int_eq (weir__end_look (kit.a, &kit.a->receiving), 0);
    trier_t trier = {.pipe = kit.a};
    pthread_t thread = start_thread (try_to_receive, &trier);
    while (atomic_load (&trier.number) == 0 ||
           test_thread_state (atomic_load (&trier.number)) != 'S')
        sched_yield ();
    ck_assert (!atomic_load (&trier.done));
    weir__end_look_away (kit.a, &kit.a->receiving, true);
    join_thread (thread);
    ck_assert (atomic_load (&trier.done));
    pipe_kit_close (&kit);
}
END_TEST

//  ---------------------------------------------------------------------------
//  Sending

START_TEST (new_room_makes_an_end_ready)
{
    pipe_kit_t kit;
    pipe_kit_open (&kit, _i);
    ck_assert_int_eq (weir_pipe_set_limit (kit.b, 2), 0);
    watcher_t watcher = watch (kit.b, SEND);
    ck_assert_int_eq (ask (&watcher), 1);
    for (int i = 0; i < 3; i++) {
        ck_assert_int_eq (fill (kit.b), i == 0 ? 2 : 1);
        ck_assert_quiet (&watcher);
        recv_int (kit.a);
        ck_assert (wake (&watcher, TEST_PATIENCE_MS));
        ck_assert_told (&watcher);
    }
    watch_no_more (&watcher);
    pipe_kit_close (&kit);
}
END_TEST

static void *send_one (void *arg)
{
    test_must (weir_pipe_send (arg, 7, -1) == 0);
    return NULL;
}

//  The note about the first received value is for the thread; its own value
//  takes the room.
START_TEST (room_left_by_the_thread_with_the_turn_makes_an_end_ready)
{
    pipe_kit_t kit;
    pipe_kit_open (&kit, _i);
    ck_assert_int_eq (weir_pipe_set_limit (kit.b, 1), 0);
    watcher_t watcher = watch (kit.b, SEND);
    fill (kit.b);
    pthread_t thread = start_thread (send_one, kit.b);
    wait_until_busy (&watcher);
    ck_assert_quiet (&watcher);
    recv_int (kit.a);
    join_thread (thread);
    ck_assert_quiet (&watcher);
    ck_assert_int_eq (recv_int (kit.a), 7);
    ck_assert_told (&watcher);
    watch_no_more (&watcher);
    pipe_kit_close (&kit);
}
END_TEST

static void use_and_wait (void *arg)
{
    pipe_kit_t *kit = arg;
    test_must (weir_pipe_poll (kit->a, TEST_PATIENCE_MS) == 0);
    test_latch_open (kit->ready);
    for (;;)
        pause ();
}

START_TEST (the_death_of_the_receiver_makes_an_end_ready)
{
    pipe_kit_t kit;
    pipe_kit_open (&kit, WEIR_PIPE_DUPLEX);
    ck_assert_int_eq (weir_pipe_set_limit (kit.b, 2), 0);
    pid_t pid = test_fork (use_and_wait, &kit);
    watcher_t watcher = watch (kit.b, SEND);
    fill (kit.b);
    ck_assert (test_latch_wait (kit.ready, TEST_PATIENCE_MS));
    ck_assert_quiet (&watcher);
    test_kill (pid);
    ck_assert_told (&watcher);
    ck_assert_fails (weir_pipe_send (kit.b, 1, 0), EPIPE);
    watch_no_more (&watcher);
    pipe_kit_close (&kit);
}
END_TEST

START_TEST (a_close_by_the_receiver_makes_an_end_ready)
{
    pipe_kit_t kit;
    pipe_kit_open (&kit, _i);
    ck_assert_int_eq (weir_pipe_set_limit (kit.b, 2), 0);
    watcher_t watcher = watch (kit.b, SEND);
    ck_assert_int_eq (weir_pipe_poll (kit.a, 0), -1);
    fill (kit.b);
    ck_assert_quiet (&watcher);
    ck_assert_int_eq (weir_pipe_close (kit.a), 0);
    ck_assert_told (&watcher);
    ck_assert_fails (weir_pipe_send (kit.b, 1, 0), EPIPE);
    watch_no_more (&watcher);
    pipe_kit_close (&kit);
}
END_TEST

enum { STREAM = 5000 };

static void stream (void *arg)
{
    pipe_kit_t *kit = arg;
    watcher_t watcher = watch (kit->b, SEND);
    for (int i = 0; i < STREAM; i++) {
        test_must (wait_until_ready (&watcher) == 1);
        test_must (weir_pipe_send (kit->b, i, 0) == 0);
    }
    watch_no_more (&watcher);
    test_must (test_latch_wait (kit->go, TEST_PATIENCE_MS));
}

static void *stream_in_thread (void *arg)
{
    stream (arg);
    return NULL;
}

START_TEST (a_stream_needs_only_readiness_events)
{
    pipe_kit_t kit;
    pipe_kit_open (&kit, _i);
    ck_assert_int_eq (weir_pipe_set_limit (kit.b, 3), 0);
    pid_t pid = 0;
    pthread_t thread = 0;
    if (_i & WEIR_PIPE_THREADS)
        thread = start_thread (stream_in_thread, &kit);
    else
        pid = test_fork (stream, &kit);
    watcher_t watcher = watch (kit.a, RECV);
    for (int i = 0; i < STREAM; i++) {
        weir_value_t value;
        ck_assert_told (&watcher);
        ck_assert_int_eq (weir_pipe_recv (kit.a, &value, 0), 0);
        ck_assert_int_eq (value.integer, i);
    }
    ck_assert_quiet (&watcher);
    test_latch_open (kit.go);
    if (pid)
        ck_assert_int_eq (test_join (pid), 0);
    else
        join_thread (thread);
    watch_no_more (&watcher);
    pipe_kit_close (&kit);
}
END_TEST

int main (void)
{
    Suite *suite = suite_create ("pipe_ready");
    TCase *tcase = test_case (suite, "receiving");
    add_both (tcase, an_arriving_value_makes_an_end_ready);
    add_both (tcase, remaining_values_keep_an_end_ready);
    tcase_add_test (tcase,
                    values_from_before_and_after_the_first_look_are_seen);
    add_both (tcase, values_left_by_the_thread_with_the_turn_are_seen);
    add_both (tcase, all_waiters_at_an_end_are_woken);
    add_both (tcase, a_look_does_not_block_other_threads);
    tcase = test_case (suite, "sending");
    add_both (tcase, new_room_makes_an_end_ready);
    add_both (tcase, room_left_by_the_thread_with_the_turn_makes_an_end_ready);
    tcase_add_test (tcase, the_death_of_the_receiver_makes_an_end_ready);
    add_both (tcase, a_close_by_the_receiver_makes_an_end_ready);
    add_both (tcase, a_stream_needs_only_readiness_events);
    return test_main (suite);
}
