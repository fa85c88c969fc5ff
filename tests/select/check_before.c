/*  check_before.c - a wait sees earlier events, also when another source is
    always ready

    The sources have the numbers 0 and 1. When both are ready, the select
    returns them in this order, in turn.

    SPDX-License-Identifier: MPL-2.0
*/

#include <signal.h>
#include <unistd.h>

#include "kit/pipe.h"
#include "kit/ready.h"
#include "kit/select.h"

enum {
    ROUNDS = 300,
    FORKED_ROUNDS = 60,
    FLAGS = 4, //  of a pipe: all sums
    SILENT = 10,
    FEW = 5,
    STOPPED_US = 200000,                   //  less than a select waits
    WAITED_US = 1000 * WEIR__ON_ITS_WAY_MS //  once for an owner or a value
};

typedef struct scene {
    weir_select_t *select;
    int fds [2]; //  the second one can be written to, always
    pipe_kit_t kit;
} scene_t;

static void begin (scene_t *scene, int flags)
{
    *scene = (scene_t){.select = weir_select_new ()};
    exists (scene->select);
    ck_assert_int_eq (pipe (scene->fds), 0);
    pipe_kit_open (&scene->kit, flags);
    works (weir_pipe_set_limit (scene->kit.a, 1));
}

static void finish (scene_t *scene)
{
    weir_select_destroy (&scene->select);
    pipe_kit_close (&scene->kit);
    close (scene->fds [0]);
    close (scene->fds [1]);
}

static int add_ready (scene_t *scene)
{
    return weir_select_add_fd (scene->select, scene->fds [1], POLLOUT);
}

//  Adds the end of the pipe, and an always ready source before or after it.
//  Returns the number of the end.
static int add_end (scene_t *scene, weir_pipe_t *end, weir_ready_t ready,
                    bool is_first)
{
    if (!is_first)
        ck_assert_int_eq (add_ready (scene), 0);
    int number = weir_select_add_pipe (scene->select, end, ready);
    if (is_first)
        ck_assert_int_eq (add_ready (scene), 1);
    return number;
}

static void tells_both (scene_t *scene, int timeout_ms)
{
    ck_assert_int_eq (weir_select_wait (scene->select, timeout_ms), 0);
    ck_assert_int_eq (weir_select_wait (scene->select, timeout_ms), 1);
}

//  With timeout 0 and -1 in turn.
static int timeout_of (int round)
{
    return round % 2 ? -1 : 0;
}

//  ---------------------------------------------------------------------------
//  Pipes

START_TEST (a_value_that_was_sent_is_seen)
{
    scene_t scene;
    begin (&scene, _i % FLAGS);
    add_end (&scene, scene.kit.a, WEIR_READY_RECV, _i < FLAGS);
    for (int i = 0; i < ROUNDS; i++) {
        works (weir_pipe_send (scene.kit.b, i, 0));
        tells_both (&scene, timeout_of (i));
        ck_assert_int_eq (recv_int (scene.kit.a), i);
    }
    finish (&scene);
}
END_TEST

static void send_when_asked (void *arg)
{
    pipe_kit_t *kit = arg;
    for (int i = 0; i < FORKED_ROUNDS; i++) {
        test_must (
            test_latch_wait_for (kit->go, (unsigned) i + 1, TEST_PATIENCE_MS));
        test_must (weir_pipe_send (kit->b, i, TEST_PATIENCE_MS) == 0);
        test_latch_open (kit->ready);
    }
    test_must (
        test_latch_wait_for (kit->go, FORKED_ROUNDS + 1, TEST_PATIENCE_MS));
}

//  The first value goes by the link when no look came before it.
START_TEST (a_value_of_another_process_is_seen)
{
    scene_t scene;
    begin (&scene, WEIR_PIPE_ONE_WAY);
    pid_t pid = test_fork (send_when_asked, &scene.kit);
    add_end (&scene, scene.kit.a, WEIR_READY_RECV, _i == 0);
    for (int i = 0; i < FORKED_ROUNDS; i++) {
        test_latch_open (scene.kit.go);
        ck_assert (test_latch_wait_for (scene.kit.ready, (unsigned) i + 1,
                                        TEST_PATIENCE_MS));
        tells_both (&scene, timeout_of (i));
        ck_assert_int_eq (recv_int (scene.kit.a), i);
    }
    test_latch_open (scene.kit.go);
    ck_assert_int_eq (test_join (pid), 0);
    tells_both (&scene, 0);
    finish (&scene);
}
END_TEST

START_TEST (an_end_that_was_closed_is_seen)
{
    for (int i = 0; i < 20; i++) {
        scene_t scene;
        weir_value_t value;
        begin (&scene, _i % FLAGS);
        add_end (&scene, scene.kit.a, WEIR_READY_RECV, _i < FLAGS);
        works (weir_pipe_send (scene.kit.b, 1, 0));
        if (i % 2)
            ck_assert_int_eq (recv_int (scene.kit.a), 1);
        works (weir_pipe_close (scene.kit.b));
        tells_both (&scene, 0);
        if (i % 2 == 0)
            ck_assert_int_eq (recv_int (scene.kit.a), 1);
        tells_both (&scene, 0);
        refuses (EPIPE, weir_pipe_recv (scene.kit.a, &value, 0));
        finish (&scene);
    }
}
END_TEST

static void send_and_say_more (void *arg)
{
    pipe_kit_t *kit = arg;
    test_must (weir_pipe_send (kit->b, 1, TEST_PATIENCE_MS) == 0);
    atomic_fetch_add (&kit->b->sender.channel->sent, 1);
    test_latch_open (kit->ready);
    for (;;)
        pause ();
}

//  It was killed when it had counted a value, and before it had sent it.
START_TEST (the_death_of_the_sender_is_seen)
{
    for (int i = 0; i < 10; i++) {
        scene_t scene;
        begin (&scene, 0);
        add_end (&scene, scene.kit.a, WEIR_READY_RECV, _i == 0);
        ck_assert_int_eq (weir_select_wait (scene.select, 0), _i == 0);
        if (_i == 1)
            ck_assert_int_eq (weir_select_wait (scene.select, 0), 0);
        pid_t pid = test_fork (send_and_say_more, &scene.kit);
        weir_pipe_destroy (&scene.kit.b);
        ck_assert (test_latch_wait (scene.kit.ready, TEST_PATIENCE_MS));
        ck_assert_int_eq (recv_int (scene.kit.a), 1);
        test_kill (pid);
        if (_i == 1)
            ck_assert_int_eq (weir_select_wait (scene.select, 0), 1);
        tells_both (&scene, 0);
        finish (&scene);
    }
}
END_TEST

START_TEST (room_that_was_made_is_seen)
{
    scene_t scene;
    begin (&scene, _i % FLAGS);
    add_end (&scene, scene.kit.b, WEIR_READY_SEND, _i < FLAGS);
    for (int i = 0; i < ROUNDS; i++) {
        works (weir_pipe_send (scene.kit.b, i, 0));
        ck_assert_int_eq (recv_int (scene.kit.a), i);
        tells_both (&scene, timeout_of (i));
    }
    works (weir_pipe_send (scene.kit.b, 1, 0));
    works (weir_pipe_close (scene.kit.a));
    tells_both (&scene, 0);
    finish (&scene);
}
END_TEST

//  ---------------------------------------------------------------------------
//  Others

START_TEST (an_item_that_was_put_is_seen)
{
    scene_t scene;
    weir_value_t item;
    begin (&scene, WEIR_PIPE_THREADS);
    weir_owner_t *owner = shared_owner (_i);
    weir_queue_t *queue = weir_queue_new (owner, NULL, 0);
    ck_assert_int_eq (weir_select_add (scene.select, queue, WEIR_READY_GET), 0);
    ck_assert_int_eq (
        weir_select_add_pipe (scene.select, scene.kit.a, WEIR_READY_RECV), 1);
    ck_assert_int_eq (add_ready (&scene), 2);
    for (int i = 0; i < ROUNDS; i++) {
        works (weir_queue_put (queue, i, 0));
        works (weir_pipe_send (scene.kit.b, i, 0));
        for (int source = 0; source < 3; source++)
            ck_assert_int_eq (weir_select_wait (scene.select, timeout_of (i)),
                              source);
        works (weir_queue_get (queue, &item, 0));
        ck_assert_int_eq (recv_int (scene.kit.a), i);
    }
    weir_queue_destroy (&queue);
    finish (&scene);
    shared_owner_end (&owner);
}
END_TEST

typedef struct stopper {
    pid_t owner;
    test_latch_t
        *never; //  nobody opens it: the owner is slow until it times out
} stopper_t;

static void *resume_later (void *arg)
{
    const stopper_t *stopper = arg;
    test_must (!test_latch_wait (stopper->never, STOPPED_US / 1000));
    test_must (kill (stopper->owner, SIGCONT) == 0);
    return NULL;
}

//  Stops the owner for a while, in which the select waits.
static void wait_for_stopped (scene_t *scene, pid_t owner, int timeout_ms)
{
    uint64_t began_us = shared_now_us ();
    stopper_t stopper = {owner, test_latch_new ()};
    works (kill (owner, SIGSTOP));
    pthread_t thread = shared_thread (resume_later, &stopper);
    int told = weir_select_wait (scene->select, timeout_ms);
    //  A busy machine may need too long to resume the owner.
    ck_assert (told == 0 || shared_now_us () - began_us >= WAITED_US);
    shared_join (thread);
    test_latch_destroy (&stopper.never);
}

//  As on a busy machine.
START_TEST (an_item_is_seen_when_its_owner_is_slow)
{
    scene_t scene;
    weir_value_t item;
    begin (&scene, WEIR_PIPE_THREADS);
    weir_owner_t *owner = weir_owner_new (NULL);
    weir_queue_t *queue = weir_queue_new (owner, NULL, 0);
    ck_assert_int_eq (weir_select_add (scene.select, queue, WEIR_READY_GET), 0);
    ck_assert_int_eq (add_ready (&scene), 1);
    for (int i = 0; i < 4; i++) {
        works (weir_queue_put (queue, i, 0));
        wait_for_stopped (&scene, weir_owner_pid (owner), timeout_of (i));
        ck_assert_int_eq (weir_select_wait (scene.select, timeout_of (i)), 1);
        works (weir_queue_get (queue, &item, 0));
    }
    weir_queue_destroy (&queue);
    finish (&scene);
    weir_owner_destroy (&owner);
}
END_TEST

//  It is waited for longer once, until it has answered again.
START_TEST (a_stopped_owner_delays_nobody_for_long)
{
    scene_t scene;
    begin (&scene, WEIR_PIPE_THREADS);
    weir_owner_t *owner = weir_owner_new (NULL);
    weir_event_t *event = weir_event_new (owner, NULL);
    ck_assert_int_eq (weir_select_add (scene.select, event, WEIR_READY_WAIT),
                      0);
    ck_assert_int_eq (add_ready (&scene), 1);
    for (int round = 0; round < 2; round++) {
        works (kill (weir_owner_pid (owner), SIGSTOP));
        uint64_t began_us = shared_now_us ();
        for (int i = 0; i < FEW; i++)
            ck_assert_int_eq (
                weir_select_wait (scene.select, i % 3 ? timeout_of (i) : 100),
                1);
        uint64_t took_us = shared_now_us () - began_us;
        ck_assert_uint_ge (took_us, WAITED_US);
        ck_assert_uint_lt (took_us, FEW * (uint64_t) WAITED_US / 2);
        works (kill (weir_owner_pid (owner), SIGCONT));
        works (weir_event_set (event));
        tells_both (&scene, 0);
        works (weir_event_clear (event));
    }
    weir_event_destroy (&event);
    finish (&scene);
    weir_owner_destroy (&owner);
}
END_TEST

static void do_nothing (void *arg)
{
    (void) arg;
}

START_TEST (a_process_that_has_ended_is_seen)
{
    scene_t scene;
    begin (&scene, WEIR_PIPE_THREADS);
    for (int i = 0; i < 20; i++) {
        weir_process_t *process = weir_process_new (do_nothing, NULL);
        exists (process);
        ck_assert_int_eq (weir_select_add_process (scene.select, process), 0);
        ck_assert_int_eq (add_ready (&scene), 1);
        works (weir_process_join (process, TEST_PATIENCE_MS));
        tells_both (&scene, timeout_of (i));
        works (weir_select_remove (scene.select, 0));
        works (weir_select_remove (scene.select, 1));
        weir_process_destroy (&process);
    }
    finish (&scene);
}
END_TEST

//  ---------------------------------------------------------------------------
//  Values that do not come

//  As if the senders were stopped after they have counted their values.
static void count_one_more (weir_pipe_t *end, int by)
{
    atomic_fetch_add (&end->receiver.channel->sent, by);
}

//  All are waited for together, and once.
START_TEST (values_that_do_not_come_delay_nobody_for_long)
{
    scene_t scene;
    pipe_kit_t kits [SILENT];
    begin (&scene, 0);
    ck_assert_int_eq (add_ready (&scene), 0);
    for (int i = 0; i < SILENT; i++) {
        pipe_kit_open (&kits [i], _i);
        ck_assert_int_eq (
            weir_select_add_pipe (scene.select, kits [i].a, WEIR_READY_RECV),
            i + 1);
        count_one_more (kits [i].a, 1);
    }
    uint64_t began_us = shared_now_us ();
    for (int i = 0; i < SILENT; i++)
        ck_assert_int_eq (weir_select_wait (scene.select, timeout_of (i)), 0);
    ck_assert_uint_lt (shared_now_us () - began_us,
                       SILENT / 2 * (uint64_t) WAITED_US);
    //  They come in the end, and so do those that follow.
    works (weir_select_remove (scene.select, 0));
    for (int i = 0; i < SILENT; i++) {
        select_is_idle (scene.select);
        count_one_more (kits [i].a, -1);
        works (weir_pipe_send (kits [i].b, 1, 0));
        select_tells (scene.select, i + 1);
        recv_int (kits [i].a);
        works (weir_pipe_send (kits [i].b, 2, 0));
        ck_assert_int_eq (weir_select_wait (scene.select, 0), i + 1);
        recv_int (kits [i].a);
    }
    for (int i = 0; i < SILENT; i++)
        pipe_kit_close (&kits [i]);
    finish (&scene);
}
END_TEST

static void handle (int signal)
{
    (void) signal;
}

typedef struct sleeper {
    weir_select_t *select;
    atomic_int number; //  of its thread
    int told, error;
} sleeper_t;

static void *be_interrupted (void *arg)
{
    sleeper_t *sleeper = arg;
    atomic_store (&sleeper->number, gettid ());
    sleeper->told = weir_select_wait (sleeper->select, TEST_PATIENCE_MS);
    sleeper->error = errno;
    return NULL;
}

//  One signal does so, whether it comes while the value is awaited or later.
START_TEST (a_wait_for_a_value_can_be_interrupted)
{
    scene_t scene;
    struct sigaction action = {.sa_handler = handle};
    sigaction (SIGUSR1, &action, NULL);
    begin (&scene, _i);
    ck_assert_int_eq (
        weir_select_add_pipe (scene.select, scene.kit.a, WEIR_READY_RECV), 0);
    count_one_more (scene.kit.a, 1);
    sleeper_t sleeper = {.select = scene.select};
    pthread_t thread = shared_thread (be_interrupted, &sleeper);
    while (atomic_load (&sleeper.number) == 0 ||
           test_thread_state (atomic_load (&sleeper.number)) != 'S')
        sched_yield ();
    pthread_kill (thread, SIGUSR1);
    shared_join (thread);
    ck_assert_int_eq (sleeper.told, -1);
    ck_assert_int_eq (sleeper.error, EINTR);
    count_one_more (scene.kit.a, -1);
    select_is_idle (scene.select);
    works (weir_pipe_send (scene.kit.b, 1, 0));
    select_tells (scene.select, 0);
    finish (&scene);
}
END_TEST

int main (void)
{
    test_plain_only ();
    Suite *suite = suite_create ("select_before");
    TCase *tcase = test_case (suite, "pipes");
    tcase_add_loop_test (tcase, a_value_that_was_sent_is_seen, 0, 2 * FLAGS);
    tcase_add_loop_test (tcase, a_value_of_another_process_is_seen, 0, 2);
    tcase_add_loop_test (tcase, an_end_that_was_closed_is_seen, 0, 2 * FLAGS);
    tcase_add_loop_test (tcase, the_death_of_the_sender_is_seen, 0, 2);
    tcase_add_loop_test (tcase, room_that_was_made_is_seen, 0, 2 * FLAGS);
    tcase = test_case (suite, "others");
    tcase_add_loop_test (tcase, an_item_that_was_put_is_seen, 0, SHARED_FORMS);
    tcase_add_test (tcase, an_item_is_seen_when_its_owner_is_slow);
    tcase_add_test (tcase, a_process_that_has_ended_is_seen);
    tcase = test_case (suite, "late");
    add_both (tcase, values_that_do_not_come_delay_nobody_for_long);
    tcase_add_test (tcase, a_stopped_owner_delays_nobody_for_long);
    add_both (tcase, a_wait_for_a_value_can_be_interrupted);
    return test_main (suite);
}
