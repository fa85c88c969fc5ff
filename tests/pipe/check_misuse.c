/*  check_misuse.c - misuse of pipes

    SPDX-License-Identifier: MPL-2.0
*/

#include "weir/pipe.h"

#include <stdio.h>
#include <sys/socket.h>
#include <unistd.h>
#include <zmq.h>

#include "kit/pipe.h"

enum { MIB = 1 << 20 };

START_TEST (misuse_is_refused)
{
    weir_pipe_t *a = NULL, *b = NULL, *none = NULL;
    weir_value_t value;
    ck_assert_fails (weir_pipe_new (NULL, &b, 0), EINVAL);
    ck_assert_fails (weir_pipe_new (&a, NULL, 0), EINVAL);
    ck_assert_fails (weir_pipe_new (&a, &b, 4), EINVAL);
    ck_assert (!a && !b);
    ck_assert_fails (weir_pipe_send (none, 1, 0), EINVAL);
    ck_assert_fails (weir_pipe_recv (none, &value, 0), EINVAL);
    ck_assert_fails (weir_pipe_poll (none, 0), EINVAL);
    ck_assert_fails (weir_pipe_close (none), EINVAL);
    ck_assert_fails (weir_pipe_set_limit (none, 1), EINVAL);
    ck_assert_fails (weir_pipe_set_size_max (none, 1), EINVAL);
    weir_pipe_destroy (&none);
    weir_pipe_destroy (NULL);

    ck_assert_int_eq (weir_pipe_new (&a, &b, _i), 0);
    ck_assert_fails (weir_pipe_recv (a, NULL, 0), EINVAL);
    ck_assert_fails (weir_pipe_recv (a, &value, -2), EINVAL);
    ck_assert_fails (weir_pipe_send (a, 1, -2), EINVAL);
    ck_assert_fails (weir_pipe_poll (a, -2), EINVAL);
    ck_assert_fails (weir_pipe_set_limit (a, 0), EINVAL);
    ck_assert_fails (weir_pipe_set_size_max (b, 0), EINVAL);
    ck_assert_fails (weir_pipe_set_size_max (b, 65 * (size_t) MIB), EINVAL);
    ck_assert_fails (weir_pipe_recv (a, &value, 0), EAGAIN);
    ck_assert_fails (weir_pipe_set_limit (b, 1), EBUSY);
    ck_assert_fails (weir_pipe_set_size_max (a, 1), EBUSY);
    ck_assert_int_eq (weir_pipe_close (a), 0);
    ck_assert_int_eq (weir_pipe_close (a), 0);
    ck_assert_fails (weir_pipe_send (a, 1, 0), EBADF);
    ck_assert_fails (weir_pipe_recv (a, &value, 0), EBADF);
    ck_assert_fails (weir_pipe_poll (a, 0), EBADF);
    weir_pipe_destroy (&a);
    weir_pipe_destroy (&a);
    ck_assert_fails (weir_pipe_send (b, 1, 0), EPIPE);
    ck_assert_fails (weir_pipe_recv (b, &value, 0), EPIPE);
    weir_pipe_destroy (&b);
}
END_TEST

START_TEST (a_one_way_pipe_carries_values_one_way)
{
    pipe_kit_t kit;
    weir_value_t value;
    pipe_kit_open (&kit, WEIR_PIPE_ONE_WAY | _i);
    ck_assert_fails (weir_pipe_send (kit.a, 1, 0), EPERM);
    ck_assert_fails (weir_pipe_recv (kit.b, &value, 0), EPERM);
    ck_assert_fails (weir_pipe_poll (kit.b, 0), EPERM);
    ck_assert_int_eq (weir_pipe_send (kit.b, 0, 0), 0);
    ck_assert_counts (kit.a, 1);
    pipe_kit_close (&kit);
}
END_TEST

START_TEST (ends_can_be_destroyed_in_any_order_used_or_not)
{
    for (int order = 0; order < 8; order++) {
        weir_pipe_t *ends [2];
        ck_assert_int_eq (weir_pipe_new (&ends [0], &ends [1], _i), 0);
        if (order & 2)
            ck_assert_int_eq (weir_pipe_send (ends [0], 1, 0), 0);
        if (order & 4)
            ck_assert_int_eq (weir_pipe_send (ends [1], 1, 0), 0);
        weir_pipe_destroy (&ends [order & 1]);
        weir_pipe_destroy (&ends [!(order & 1)]);
    }
}
END_TEST

static void must_be_busy (void *arg)
{
    pipe_kit_t *kit = arg;
    weir_value_t value;
    test_must (weir_pipe_send (kit->a, 1, 0) == -1 && errno == EBUSY);
    test_must (weir_pipe_recv (kit->a, &value, -1) == -1 && errno == EBUSY);
    test_must (weir_pipe_poll (kit->a, -1) == -1 && errno == EBUSY);
    test_must (weir_pipe_set_limit (kit->b, 1) == -1 && errno == EBUSY);
    test_must (strlen (weir_error ()) > 20);
}

START_TEST (an_end_belongs_to_the_first_process_that_uses_it)
{
    pipe_kit_t kit;
    pipe_kit_open (&kit, WEIR_PIPE_DUPLEX);
    ck_assert_int_eq (weir_pipe_send (kit.a, 0, 0), 0);
    ck_assert_int_eq (test_join (test_fork (must_be_busy, &kit)), 0);
    pipe_kit_close (&kit);

    kit.count = 1;
    pipe_kit_open (&kit, WEIR_PIPE_DUPLEX);
    pid_t pid = test_fork (count_up, &kit);
    ck_assert_counts (kit.a, 1);
    ck_assert_fails (weir_pipe_send (kit.b, 1, 0), EBUSY);
    test_latch_open (kit.go);
    ck_assert_int_eq (test_join (pid), 0);
    pipe_kit_close (&kit);
}
END_TEST

static void must_be_refused (void *arg)
{
    pipe_kit_t *kit = arg;
    weir_value_t value;
    test_must (weir_pipe_send (kit->a, 1, 0) == -1 && errno == EINVAL);
    test_must (weir_pipe_recv (kit->b, &value, -1) == -1 && errno == EINVAL);
    weir_pipe_destroy (&kit->a);
    weir_pipe_destroy (&kit->b);
}

START_TEST (a_pipe_for_threads_stays_in_its_process)
{
    pipe_kit_t kit;
    pipe_kit_open (&kit, WEIR_PIPE_THREADS);
    ck_assert_int_eq (weir_pipe_send (kit.a, 0, 0), 0);
    test_await_others_blocked ();
    ck_assert_int_eq (test_join (test_fork (must_be_refused, &kit)), 0);
    ck_assert_counts (kit.b, 1);
    pipe_kit_close (&kit);
}
END_TEST

//  The file of a socket is removed as soon as the pipe is made; but a process
//  of the same user can look into this one. The test takes the door of end a
//  out of its box, by MSG_PEEK.
static int find_door (void)
{
    union {
        char room [CMSG_SPACE (4 * sizeof (int))];
        struct cmsghdr align;
    } control;
    for (int fd = 3; fd < 256; fd++) {
        char byte;
        int fds [4];
        struct iovec bytes = {&byte, 1};
        struct msghdr message = {.msg_iov = &bytes,
                                 .msg_iovlen = 1,
                                 .msg_control = &control,
                                 .msg_controllen = sizeof control};
        if (recvmsg (fd, &message, MSG_PEEK | MSG_DONTWAIT) != 1 ||
            !CMSG_FIRSTHDR (&message))
            continue;
        memcpy (fds, CMSG_DATA (CMSG_FIRSTHDR (&message)), 2 * sizeof (int));
        close (fds [0]);
        if (byte == 2) //  the end that sends
            return fds [1];
        close (fds [1]);
    }
    return -1;
}

START_TEST (a_stranger_cannot_do_more_than_disturb)
{
    pipe_kit_t kit;
    weir_value_t value;
    char endpoint [64], junk [64];
    pipe_kit_open (&kit, WEIR_PIPE_ONE_WAY);
    int door = find_door ();
    ck_assert_int_ge (door, 0);
    snprintf (endpoint, sizeof endpoint, "ipc:///proc/self/fd/%d", door);
    void *context = zmq_ctx_new (), *socket = zmq_socket (context, ZMQ_PUSH);
    ck_assert_int_eq (zmq_connect (socket, endpoint), 0);
    memset (junk, 0xc1, sizeof junk);
    ck_assert_int_eq (zmq_send (socket, junk, 0, ZMQ_SNDMORE), 0);
    ck_assert_int_eq (zmq_send (socket, junk, sizeof junk, 0), sizeof junk);

    //  Both sides switch to ZeroMQ.
    ck_assert_fails (weir_pipe_recv (kit.a, &value, 0), EAGAIN);
    ck_assert_int_eq (weir_pipe_send (kit.b, 0, 0), 0);
    int strange = 0, good = 0;
    while (strange < 2 || good < 1)
        if (weir_pipe_recv (kit.a, &value, TEST_PATIENCE_MS) == 0)
            good++;
        else {
            ck_assert_int_eq (errno, EPROTO);
            strange++;
        }
    zmq_close (socket);
    zmq_ctx_term (context);
    close (door);
    ck_assert_int_eq (weir_pipe_send (kit.b, 0, 0), 0);
    ck_assert_int_eq (weir_pipe_close (kit.b), 0);
    ck_assert_counts (kit.a, 1);
    ck_assert_ends (kit.a);
    pipe_kit_close (&kit);
}
END_TEST

START_TEST (two_hundred_pipes_come_and_go)
{
    enum { PIPES = 200 };
    weir_pipe_t *a [PIPES], *b [PIPES];
    for (int i = 0; i < PIPES; i++) {
        ck_assert_msg (weir_pipe_new (&a [i], &b [i], _i) == 0, "%s",
                       weir_error ());
        if (i % 4 == 0)
            ck_assert_int_eq (weir_pipe_send (a [i], i, 0), 0);
        if (i % 8 == 0)
            ck_assert_int_eq (recv_int (b [i]), i);
    }
    for (int i = 0; i < PIPES; i++) {
        weir_pipe_destroy (&a [i]);
        weir_pipe_destroy (&b [i]);
    }
    test_leaves_nothing_behind ();
}
END_TEST

//  ---------------------------------------------------------------------------

int main (void)
{
    Suite *suite = suite_create ("pipe_misuse");
    TCase *tcase = test_case (suite, "misuse");
    add_both (tcase, misuse_is_refused);
    add_both (tcase, a_one_way_pipe_carries_values_one_way);
    add_both (tcase, ends_can_be_destroyed_in_any_order_used_or_not);
    tcase_add_test (tcase, an_end_belongs_to_the_first_process_that_uses_it);
    tcase_add_test (tcase, a_pipe_for_threads_stays_in_its_process);
    tcase_add_test (tcase, a_stranger_cannot_do_more_than_disturb);
    add_both (tcase, two_hundred_pipes_come_and_go);
    return test_main (suite);
}
