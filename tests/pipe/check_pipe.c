/*  check_pipe.c - sending values through a pipe

    check_end.c tests how a pipe ends, check_misuse.c how it is misused.

    SPDX-License-Identifier: MPL-2.0
*/

#include "weir/pipe.h"

#include <signal.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "kit/pipe.h"

//  ---------------------------------------------------------------------------
//  Values

static void echo (void *arg)
{
    pipe_kit_t *kit = arg;
    weir_value_t value;
    while (weir_pipe_recv (kit->b, &value, TEST_PATIENCE_MS) == 0) {
        test_must ((weir_pipe_send) (kit->b, value, TEST_PATIENCE_MS) == 0);
        weir_value_clear (&value);
    }
    test_must (errno == EPIPE);
    weir_pipe_destroy (&kit->a);
    weir_pipe_destroy (&kit->b);
}

START_TEST (values_of_every_type_go_there_and_back)
{
    const char *const texts [] = {
        "None",         "True",
        "-7",           "1.5",
        "'text'",       "b'\\x00\\xff'",
        "[1, ['two']]", "''",
        "b''",          "{'count': 0, 2: [None, False]}",
    };
    pipe_kit_t kit;
    pipe_kit_open (&kit, WEIR_PIPE_DUPLEX);
    pid_t pid = test_fork (echo, &kit);
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        weir_value_t there, back;
        ck_assert_int_eq (weir_value_parse (texts [i], &there), 0);
        ck_assert_int_eq ((weir_pipe_send) (kit.a, there, -1), 0);
        ck_assert_int_eq (weir_pipe_recv (kit.a, &back, TEST_PATIENCE_MS), 0);
        ck_assert (back.type == there.type && weir_value_equal (there, back));
        weir_value_clear (&there);
        weir_value_clear (&back);
    }
    ck_assert_int_eq (weir_pipe_close (kit.a), 0);
    ck_assert_int_eq (test_join (pid), 0);
    pipe_kit_close (&kit);
}
END_TEST

START_TEST (a_hundred_thousand_values_come_in_order_from_a_child)
{
    pipe_kit_t kit = {.count = 100000};
    pipe_kit_open (&kit, WEIR_PIPE_ONE_WAY);
    pid_t pid = test_fork (count_up, &kit);
    ck_assert_counts (kit.a, kit.count);
    test_latch_open (kit.go);
    ck_assert_int_eq (test_join (pid), 0);
    pipe_kit_close (&kit);
}
END_TEST

static void must_receive_count (void *arg)
{
    pipe_kit_t *kit = arg;
    weir_value_t value;
    for (int i = 0; i < kit->count; i++)
        test_must (weir_pipe_recv (kit->a, &value, TEST_PATIENCE_MS) == 0 &&
                   value.integer == i);
}

START_TEST (values_go_to_a_child_that_begins_late)
{
    pipe_kit_t kit = {.count = 5000};
    pipe_kit_open (&kit, WEIR_PIPE_ONE_WAY);
    ck_assert_int_eq (weir_pipe_set_limit (kit.b, kit.count), 0);
    for (int i = 0; i < kit.count; i++)
        ck_assert_int_eq (weir_pipe_send (kit.b, i, 0), 0);
    pid_t pid = test_fork (must_receive_count, &kit);
    ck_assert_int_eq (test_join (pid), 0);
    pipe_kit_close (&kit);
}
END_TEST

static void *count_up_in_thread (void *arg)
{
    count_up (arg);
    return NULL;
}

START_TEST (values_go_from_thread_to_thread)
{
    pipe_kit_t kit = {.count = 100000};
    pipe_kit_open (&kit, WEIR_PIPE_ONE_WAY | _i);
    pthread_t thread = start_thread (count_up_in_thread, &kit);
    ck_assert_counts (kit.a, kit.count);
    test_latch_open (kit.go);
    join_thread (thread);
    pipe_kit_close (&kit);
}
END_TEST

enum { MIB = 1 << 20 };

START_TEST (values_of_a_mebibyte_go_through)
{
    pipe_kit_t kit;
    pipe_kit_open (&kit, _i);
    ck_assert_int_eq (weir_pipe_set_size_max (kit.a, MIB + 5), 0);
    char *bytes = calloc (1, MIB);
    for (int i = 0; i < 20; i++) {
        weir_value_t value;
        memset (bytes, i, MIB);
        ck_assert_int_eq (
            weir_pipe_send (kit.b, weir_value_bytes (bytes, MIB), 0), 0);
        ck_assert_int_eq (weir_pipe_recv (kit.a, &value, TEST_PATIENCE_MS), 0);
        ck_assert_uint_eq (value.size, MIB);
        ck_assert_mem_eq (value.bytes, bytes, MIB);
        weir_value_clear (&value);
    }
    free (bytes);
    pipe_kit_close (&kit);
}
END_TEST

START_TEST (a_value_that_is_too_large_is_refused_and_the_next_passes)
{
    pipe_kit_t kit;
    pipe_kit_open (&kit, _i);
    ck_assert_int_eq (weir_pipe_set_size_max (kit.b, 16), 0);
    ck_assert_fails (weir_pipe_send (kit.a, "a text of many bytes", 0),
                     EMSGSIZE);
    ck_assert_fails (weir_pipe_send (kit.a, weir_value_bytes (NULL, 1), 0),
                     EINVAL);
    ck_assert_int_eq (weir_pipe_send (kit.a, 0, 0), 0);
    ck_assert_counts (kit.b, 1);
    pipe_kit_close (&kit);
}
END_TEST

//  ---------------------------------------------------------------------------
//  Bounds and waiting

START_TEST (a_full_pipe_takes_one_value_for_each_received)
{
    pipe_kit_t kit;
    pipe_kit_open (&kit, _i);
    ck_assert_int_eq (weir_pipe_set_limit (kit.a, 3), 0);
    for (int i = 0; i < 3; i++)
        ck_assert_int_eq (weir_pipe_send (kit.b, i, 0), 0);
    ck_assert_fails (weir_pipe_send (kit.b, 3, 0), EAGAIN);
    ck_assert_fails (weir_pipe_send (kit.b, 3, 20), ETIMEDOUT);
    ck_assert_int_eq (recv_int (kit.a), 0);
    ck_assert_int_eq (weir_pipe_send (kit.b, 3, 0), 0);
    ck_assert_fails (weir_pipe_send (kit.b, 4, 0), EAGAIN);
    for (int i = 1; i < 4; i++)
        ck_assert_int_eq (recv_int (kit.a), i);
    pipe_kit_close (&kit);
}
END_TEST

START_TEST (a_sender_that_waits_for_room_resumes)
{
    pipe_kit_t kit = {.count = 2000};
    pipe_kit_open (&kit, _i);
    ck_assert_int_eq (weir_pipe_set_limit (kit.b, 1), 0);
    pthread_t thread = start_thread (count_up_in_thread, &kit);
    ck_assert_counts (kit.a, kit.count);
    test_latch_open (kit.go);
    join_thread (thread);
    pipe_kit_close (&kit);
}
END_TEST

START_TEST (an_empty_pipe_gives_nothing)
{
    pipe_kit_t kit;
    weir_value_t value = weir_value_int (77);
    pipe_kit_open (&kit, _i);
    ck_assert_fails (weir_pipe_recv (kit.a, &value, 0), EAGAIN);
    ck_assert_fails (weir_pipe_recv (kit.a, &value, 20), ETIMEDOUT);
    ck_assert_fails (weir_pipe_poll (kit.a, 0), EAGAIN);
    ck_assert_fails (weir_pipe_poll (kit.a, 20), ETIMEDOUT);
    ck_assert_int_eq (value.integer, 77);
    pipe_kit_close (&kit);
}
END_TEST

START_TEST (a_sent_value_is_available_at_once)
{
    pipe_kit_t kit;
    weir_value_t value;
    pipe_kit_open (&kit, _i);
    for (int i = 0; i < 1000; i++) {
        ck_assert_fails (weir_pipe_poll (kit.a, 0), EAGAIN);
        ck_assert_int_eq (weir_pipe_send (kit.b, i, 0), 0);
        if (i % 2 == 0)
            ck_assert_int_eq (weir_pipe_poll (kit.a, 0), 0);
        ck_assert_int_eq (weir_pipe_recv (kit.a, &value, 0), 0);
        ck_assert_int_eq (value.integer, i);
    }
    pipe_kit_close (&kit);
}
END_TEST

START_TEST (poll_takes_nothing)
{
    pipe_kit_t kit;
    pipe_kit_open (&kit, _i);
    ck_assert_int_eq (weir_pipe_set_limit (kit.b, 1), 0);
    ck_assert_int_eq (weir_pipe_send (kit.b, 0, 0), 0);
    for (int i = 0; i < 3; i++)
        ck_assert_int_eq (weir_pipe_poll (kit.a, TEST_PATIENCE_MS), 0);
    ck_assert_fails (weir_pipe_send (kit.b, 1, 0), EAGAIN);
    ck_assert_counts (kit.a, 1);
    ck_assert_int_eq (weir_pipe_close (kit.b), 0);
    ck_assert_int_eq (weir_pipe_poll (kit.a, TEST_PATIENCE_MS), 0);
    ck_assert_ends (kit.a);
    pipe_kit_close (&kit);
}
END_TEST

//  A thread that waits on an end of a pipe, and its result.
typedef struct waiter {
    weir_pipe_t *pipe;
    test_latch_t *ready;
    pthread_t thread;
    _Atomic pid_t number;
    atomic_bool done;
    bool sends;
    int result, error;
    weir_value_t value;
} waiter_t;

static void *wait_on_pipe (void *arg)
{
    waiter_t *self = arg;
    self->number = gettid ();
    test_latch_open (self->ready);
    self->result =
        self->sends
            ? weir_pipe_send (self->pipe, 9, TEST_PATIENCE_MS)
            : weir_pipe_recv (self->pipe, &self->value, TEST_PATIENCE_MS);
    self->error = errno;
    self->done = true;
    return NULL;
}

//  The latch opens before the call: only a thread that has slept after that
//  waits in the call.
static void start_waiter (waiter_t *self, pipe_kit_t *kit, bool sends)
{
    *self = (waiter_t){.pipe = sends ? kit->b : kit->a,
                       .ready = test_latch_new (),
                       .sends = sends};
    self->thread = start_thread (wait_on_pipe, self);
    ck_assert (test_latch_wait (self->ready, TEST_PATIENCE_MS));
    while (test_thread_state (self->number) != 'S')
        sched_yield ();
}

static void join_waiter (waiter_t *self)
{
    join_thread (self->thread);
    test_latch_destroy (&self->ready);
}

static void fill (pipe_kit_t *kit)
{
    ck_assert_int_eq (weir_pipe_set_limit (kit->a, 1), 0);
    ck_assert_int_eq (weir_pipe_send (kit->b, 0, 0), 0);
}

START_TEST (while_one_thread_waits_another_receives_nothing)
{
    pipe_kit_t kit;
    waiter_t waiter;
    weir_value_t value;
    pipe_kit_open (&kit, _i);
    start_waiter (&waiter, &kit, false);
    ck_assert_fails (weir_pipe_recv (kit.a, &value, 0), EAGAIN);
    ck_assert_fails (weir_pipe_recv (kit.a, &value, 20), ETIMEDOUT);
    ck_assert_int_eq (weir_pipe_send (kit.b, 5, 0), 0);
    join_waiter (&waiter);
    ck_assert_int_eq (waiter.result, 0);
    ck_assert_int_eq (waiter.value.integer, 5);
    pipe_kit_close (&kit);
}
END_TEST

START_TEST (closing_an_end_wakes_its_waiters)
{
    pipe_kit_t kit;
    waiter_t receiver, second, sender;
    pipe_kit_open (&kit, _i);
    fill (&kit);
    start_waiter (&sender, &kit, true);
    ck_assert_int_eq (weir_pipe_close (kit.b), 0);
    join_waiter (&sender);
    ck_assert_int_eq (sender.result, -1);
    ck_assert_int_eq (sender.error, EBADF);
    ck_assert_counts (kit.a, 1);
    pipe_kit_close (&kit);

    pipe_kit_open (&kit, _i);
    start_waiter (&receiver, &kit, false);
    start_waiter (&second, &kit, false);
    ck_assert_int_eq (weir_pipe_close (kit.a), 0);
    join_waiter (&receiver);
    join_waiter (&second);
    ck_assert (receiver.result == -1 && receiver.error == EBADF);
    ck_assert (second.result == -1 && second.error == EBADF);
    pipe_kit_close (&kit);
}
END_TEST

static void take_note (int signal)
{
    (void) signal;
}

//  Without SA_RESTART.
static void catch_signal (void)
{
    struct sigaction action = {.sa_handler = take_note};
    ck_assert_int_eq (sigaction (SIGUSR1, &action, NULL), 0);
}

//  Repeats until it returns: a signal before the wait has no effect.
static void interrupt (waiter_t *self)
{
    while (!self->done) {
        ck_assert_int_eq (pthread_kill (self->thread, SIGUSR1), 0);
        sched_yield ();
    }
    join_waiter (self);
    ck_assert_int_eq (self->result, -1);
    ck_assert_int_eq (self->error, EINTR);
}

START_TEST (a_signal_interrupts_a_wait_and_no_value_is_lost)
{
    pipe_kit_t kit;
    waiter_t receiver, second, sender;
    catch_signal ();
    pipe_kit_open (&kit, _i);
    start_waiter (&receiver, &kit, false);
    start_waiter (&second, &kit, false); //  waits for its turn
    interrupt (&second);
    interrupt (&receiver);
    pipe_kit_close (&kit);

    pipe_kit_open (&kit, _i);
    fill (&kit);
    start_waiter (&sender, &kit, true);
    interrupt (&sender);
    ck_assert_counts (kit.a, 1);
    ck_assert_int_eq (weir_pipe_send (kit.b, 0, 0), 0);
    ck_assert_counts (kit.a, 1);
    pipe_kit_close (&kit);
}
END_TEST

//  Several threads share an end: each value goes to one of them.
typedef struct share {
    weir_pipe_t *pipe;
    atomic_uchar *seen;
    pthread_t thread;
} share_t;

static void *take_share (void *arg)
{
    share_t *self = arg;
    weir_value_t value;
    int64_t last = -1;
    while (weir_pipe_recv (self->pipe, &value, TEST_PATIENCE_MS) == 0) {
        test_must (value.integer > last);
        last = value.integer;
        atomic_fetch_add (&self->seen [last], 1);
    }
    test_must (errno == EPIPE);
    return NULL;
}

START_TEST (threads_share_an_end)
{
    enum { THREADS = 4, VALUES = 20000 };
    static atomic_uchar seen [VALUES];
    share_t shares [THREADS];
    pipe_kit_t kit;
    pipe_kit_open (&kit, _i);
    for (int i = 0; i < THREADS; i++) {
        shares [i] = (share_t){.pipe = kit.a, .seen = seen};
        shares [i].thread = start_thread (take_share, &shares [i]);
    }
    must_count (kit.b, VALUES);
    ck_assert_int_eq (weir_pipe_close (kit.b), 0);
    for (int i = 0; i < THREADS; i++)
        join_thread (shares [i].thread);
    for (int i = 0; i < VALUES; i++)
        ck_assert_int_eq (seen [i], 1);
    pipe_kit_close (&kit);
}
END_TEST

//  ---------------------------------------------------------------------------

int main (void)
{
    Suite *suite = suite_create ("pipe");
    TCase *tcase = test_case (suite, "values");
    tcase_add_test (tcase, values_of_every_type_go_there_and_back);
    tcase_add_test (tcase,
                    a_hundred_thousand_values_come_in_order_from_a_child);
    tcase_add_test (tcase, values_go_to_a_child_that_begins_late);
    add_both (tcase, values_go_from_thread_to_thread);
    add_both (tcase, values_of_a_mebibyte_go_through);
    add_both (tcase, a_value_that_is_too_large_is_refused_and_the_next_passes);
    tcase = test_case (suite, "bounds");
    add_both (tcase, a_full_pipe_takes_one_value_for_each_received);
    add_both (tcase, a_sender_that_waits_for_room_resumes);
    add_both (tcase, an_empty_pipe_gives_nothing);
    add_both (tcase, a_sent_value_is_available_at_once);
    add_both (tcase, poll_takes_nothing);
    add_both (tcase, while_one_thread_waits_another_receives_nothing);
    add_both (tcase, closing_an_end_wakes_its_waiters);
    add_both (tcase, a_signal_interrupts_a_wait_and_no_value_is_lost);
    add_both (tcase, threads_share_an_end);
    return test_main (suite);
}
