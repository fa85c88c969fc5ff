/*  check_fork.c - descriptors that a forked child closes, and its exit
    functions

    SPDX-License-Identifier: MPL-2.0
*/

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>
#include <zmq.h>

#include "base/atend.h"
#include "base/fork.h"
#include "kit/support.h"

static bool is_open (int fd)
{
    return fcntl (fd, F_GETFD) != -1;
}

static int open_something (void)
{
    return open ("/dev/full", O_RDONLY | O_CLOEXEC);
}

//  ---------------------------------------------------------------------------
//  The registry

static void see_generation_again (void *before)
{
    test_must (weir__generation () == *(uint64_t *) before + 2);
}

static void see_generation (void *before)
{
    test_must (weir__generation () == *(uint64_t *) before + 1);
    test_must (test_join (test_fork (see_generation_again, before)) == 0);
    test_must (weir__generation () == *(uint64_t *) before + 1);
}

START_TEST (every_fork_is_a_new_generation)
{
    uint64_t before = weir__generation ();
    ck_assert_int_eq (test_join (test_fork (see_generation, &before)), 0);
    ck_assert_uint_eq (weir__generation (), before);
}
END_TEST

static void see_what_is_open (void *arg)
{
    int *fds = arg;
    test_must (is_open (fds [0]));
    test_must (!is_open (fds [1]));
    test_must (is_open (fds [2]));
    //  The registry of the child is empty: its numbers are free for others.
    int again = open_something ();
    test_must (again == fds [1]);
    int status;
    pid_t pid = fork ();
    if (pid == 0)
        _exit (is_open (again) ? 0 : 1);
    test_must (waitpid (pid, &status, 0) == pid && status == 0);
}

START_TEST (a_child_closes_only_registered_descriptors)
{
    int fds [3];
    for (int i = 0; i < 3; i++)
        fds [i] = open_something ();
    ck_assert_int_eq (weir__fork_close (fds [1]), 0);
    ck_assert_int_eq (weir__fork_close (fds [2]), 0);
    weir__fork_forget (fds [2]);
    weir__fork_forget (12345); //  never opened
    ck_assert_int_eq (test_join (test_fork (see_what_is_open, fds)), 0);
    errno = EBUSY;
    weir__close (fds [1]);
    ck_assert_int_eq (errno, EBUSY);
    ck_assert (!is_open (fds [1]));
    //  A file that has the number now is not touched.
    int again = open_something ();
    ck_assert_int_eq (again, fds [1]);
    pid_t pid = fork ();
    if (pid == 0)
        _exit (is_open (again) ? 0 : 1);
    ck_assert_int_eq (test_join (pid), 0);
    for (int i = 0; i < 3; i++)
        close (fds [i]);
}
END_TEST

START_TEST (a_child_can_keep_a_descriptor_and_its_own_child_closes_it)
{
    int fds [2] = {open_something (), open_something ()};
    weir__fork_close (fds [0]);
    weir__fork_close (fds [1]);
    pid_t pid = weir__fork_keeping (fds [0]);
    if (pid == 0) {
        test_must (is_open (fds [0]) && !is_open (fds [1]));
        pid = fork ();
        if (pid == 0)
            _exit (is_open (fds [0]) ? 1 : 0);
        test_must (test_join (pid) == 0);
        _exit (0);
    }
    ck_assert_int_eq (test_join (pid), 0);
    pid = fork ();
    if (pid == 0)
        _exit (is_open (fds [0]) ? 1 : 0);
    ck_assert_int_eq (test_join (pid), 0);
    weir__close (fds [0]);
    weir__close (fds [1]);
}
END_TEST

static atomic_bool enough;

static void *open_and_close (void *arg)
{
    while (!atomic_load (&enough)) {
        weir__process_lock ();
        int fd = open_something ();
        int result = weir__fork_close_locked (fd);
        weir__process_unlock ();
        if (result != 0)
            return arg;
        weir__close (fd);
    }
    return NULL;
}

static void see_nothing_open (void *arg)
{
    int *limit = arg;
    for (int fd = 3; fd < *limit + 8; fd++) {
        char path [40], name [20] = "";
        snprintf (path, sizeof path, "/proc/self/fd/%d", fd);
        test_must (readlink (path, name, sizeof name - 1) < 0 ||
                   strcmp (name, "/dev/full") != 0);
    }
    //  The lock that another thread may have held is free here.
    weir__process_lock ();
    weir__process_unlock ();
}

START_TEST (no_fork_comes_between_opening_and_registering)
{
    pthread_t threads [2];
    void *failed;
    int limit = open_something ();
    close (limit);
    atomic_store (&enough, false);
    for (int i = 0; i < 2; i++)
        pthread_create (&threads [i], NULL, open_and_close, &limit);
    for (int i = 0; i < 100; i++)
        ck_assert_int_eq (test_join (test_fork (see_nothing_open, &limit)), 0);
    atomic_store (&enough, true);
    for (int i = 0; i < 2; i++) {
        pthread_join (threads [i], &failed);
        ck_assert_ptr_null (failed);
    }
}
END_TEST

//  ---------------------------------------------------------------------------
//  Sockets by their path

typedef struct sockets {
    int listener;
    int client;
    int accepted;
} sockets_t;

static sockets_t connect_at (const char *name)
{
    sockets_t sockets;
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    snprintf (address.sun_path, sizeof address.sun_path, "%s/%s",
              test_runtime_directory (), name);
    sockets.listener = socket (AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockets.client = socket (AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    ck_assert_int_eq (
        bind (sockets.listener, (struct sockaddr *) &address, sizeof address),
        0);
    ck_assert_int_eq (listen (sockets.listener, 1), 0);
    ck_assert_int_eq (
        connect (sockets.client, (struct sockaddr *) &address, sizeof address),
        0);
    sockets.accepted = accept (sockets.listener, NULL, NULL);
    ck_assert_int_ge (sockets.accepted, 0);
    unlink (address.sun_path);
    return sockets;
}

static void close_all (sockets_t *sockets)
{
    close (sockets->listener);
    close (sockets->client);
    close (sockets->accepted);
}

static void see_sockets (void *arg)
{
    sockets_t *sockets = arg;
    test_must (!is_open (sockets [0].listener));
    test_must (!is_open (sockets [0].client));
    test_must (!is_open (sockets [0].accepted));
    test_must (is_open (sockets [1].listener));
    test_must (is_open (sockets [1].client));
    test_must (is_open (sockets [1].accepted));
}

START_TEST (a_child_closes_the_unix_sockets_below_a_prefix)
{
    char prefix [120];
    snprintf (prefix, sizeof prefix, "%s/ours", test_runtime_directory ());
    sockets_t sockets [2] = {connect_at ("ours.1"), connect_at ("other")};
    int pair [2];
    ck_assert_int_eq (socketpair (AF_UNIX, SOCK_STREAM, 0, pair), 0);
    ck_assert_int_eq (weir__fork_close_paths (prefix), 0);
    ck_assert_int_eq (weir__fork_close_paths (prefix), 0);
    ck_assert_int_eq (test_join (test_fork (see_sockets, sockets)), 0);
    pid_t pid = fork ();
    if (pid == 0)
        _exit (is_open (pair [0]) && is_open (pair [1]) ? 0 : 1);
    ck_assert_int_eq (test_join (pid), 0);
    for (int i = 0; i < 2; i++) {
        close_all (&sockets [i]);
        close (pair [i]);
    }
}
END_TEST

typedef struct server {
    char directory [100];
    test_latch_t *ready;
    test_latch_t *done;
    pid_t *orphan;
} server_t;

//  Talks ZeroMQ, leaves a child that does not, and waits to be killed.
static void serve (void *arg)
{
    server_t *server = arg;
    char endpoint [200], byte;
    test_must (weir__fork_close_paths (server->directory) == 0);
    snprintf (endpoint, sizeof endpoint, "ipc://%s/socket", server->directory);
    void *context = zmq_ctx_new ();
    void *router = zmq_socket (context, ZMQ_ROUTER);
    test_must (zmq_bind (router, endpoint) == 0);
    test_latch_open (server->ready);
    //  The first part, the peer's name, is there once it is connected.
    test_must (zmq_recv (router, &byte, 1, 0) >= 0);
    if (fork () == 0) {
        *server->orphan = getpid ();
        test_latch_open (server->ready);
        test_latch_wait (server->done, TEST_PATIENCE_MS);
        _exit (0);
    }
    for (;;)
        pause ();
}

//  Waits until ZeroMQ's monitor reports this event.
static bool happens (void *monitor, uint16_t wanted)
{
    for (;;) {
        uint16_t event;
        char address [200];
        if (zmq_recv (monitor, &event, sizeof event, 0) < 0 ||
            zmq_recv (monitor, address, sizeof address, 0) < 0)
            return false;
        if (event == wanted)
            return true;
    }
}

START_TEST (a_zeromq_connection_does_not_outlive_its_process_in_a_child)
{
    server_t server = {.ready = test_latch_new (), .done = test_latch_new ()};
    server.orphan = test_shared (sizeof *server.orphan);
    char endpoint [200];
    snprintf (server.directory, sizeof server.directory, "%s",
              test_runtime_directory ());
    snprintf (endpoint, sizeof endpoint, "ipc://%s/socket", server.directory);
    pid_t pid = test_fork (serve, &server);
    ck_assert (test_latch_wait (server.ready, TEST_PATIENCE_MS));
    int patience_ms = TEST_PATIENCE_MS, linger = 0;
    void *context = zmq_ctx_new ();
    void *dealer = zmq_socket (context, ZMQ_DEALER);
    zmq_setsockopt (dealer, ZMQ_LINGER, &linger, sizeof linger);
    zmq_socket_monitor (dealer, "inproc://monitor", ZMQ_EVENT_DISCONNECTED);
    void *monitor = zmq_socket (context, ZMQ_PAIR);
    zmq_setsockopt (monitor, ZMQ_RCVTIMEO, &patience_ms, sizeof patience_ms);
    ck_assert_int_eq (zmq_connect (monitor, "inproc://monitor"), 0);
    ck_assert_int_eq (zmq_connect (dealer, endpoint), 0);
    ck_assert_int_eq (zmq_send (dealer, "x", 1, 0), 1);
    ck_assert (test_latch_wait_for (server.ready, 2, TEST_PATIENCE_MS));
    test_kill (pid);
    ck_assert (!test_ends (*server.orphan, 0));
    ck_assert (happens (monitor, ZMQ_EVENT_DISCONNECTED));
    ck_assert (!test_ends (*server.orphan, 0));

    test_latch_open (server.done);
    ck_assert (test_ends (*server.orphan, TEST_PATIENCE_MS));
    zmq_close (monitor);
    zmq_close (dealer);
    zmq_ctx_term (context);
    snprintf (endpoint, sizeof endpoint, "%s/socket", server.directory);
    unlink (endpoint);
    test_unshare (server.orphan, sizeof *server.orphan);
    test_latch_destroy (&server.ready);
    test_latch_destroy (&server.done);
}
END_TEST

//  ---------------------------------------------------------------------------
//  The end of a process

static struct {
    atomic_int count;
    char order [16];
} * ends;

static void note (char letter)
{
    ends->order [atomic_fetch_add (&ends->count, 1)] = letter;
}

static void end_a (void)
{
    note ('a');
}

static void end_b (void)
{
    note ('b');
}

static void end_c (void)
{
    note ('c');
    test_must (weir__at_end_do (end_a) == 0);
}

static void make_ends (void)
{
    ends = test_shared (sizeof *ends);
}

static void drop_ends (void)
{
    test_unshare (ends, sizeof *ends);
}

START_TEST (functions_run_once_in_reverse_order_of_registration)
{
    ck_assert_int_eq (weir__at_end_do (end_a), 0);
    ck_assert_int_eq (weir__at_end_do (end_b), 0);
    weir__at_end ();
    ck_assert_str_eq (ends->order, "ba");
    weir__at_end ();
    ck_assert_str_eq (ends->order, "ba");
    ck_assert_int_eq (weir__at_end_do (end_b), 0);
    weir__at_end ();
    ck_assert_str_eq (ends->order, "bab");
}
END_TEST

START_TEST (registering_again_moves_a_function_to_the_end)
{
    weir__at_end_do (end_a);
    weir__at_end_do (end_b);
    weir__at_end_do (end_a);
    weir__at_end ();
    ck_assert_str_eq (ends->order, "ab");
}
END_TEST

START_TEST (functions_registered_during_exit_run_too)
{
    weir__at_end_do (end_b);
    weir__at_end_do (end_c);
    weir__at_end ();
    ck_assert_str_eq (ends->order, "cab");
}
END_TEST

static void exit_plainly (void *unused)
{
    (void) unused;
    exit (0);
}

static void exit_with_own_end (void *unused)
{
    (void) unused;
    test_must (weir__at_end_do (end_b) == 0);
    test_must (test_join (test_fork (exit_plainly, NULL)) == 0);
    test_must (ends->count == 0);
    exit (0);
}

START_TEST (a_child_does_not_run_its_parents_exit_functions)
{
    weir__at_end_do (end_a);
    ck_assert_int_eq (test_join (test_fork (exit_plainly, NULL)), 0);
    ck_assert_str_eq (ends->order, "");
    ck_assert_int_eq (test_join (test_fork (exit_with_own_end, NULL)), 0);
    ck_assert_str_eq (ends->order, "b");
    weir__at_end ();
    ck_assert_str_eq (ends->order, "ba");
}
END_TEST

int main (void)
{
    Suite *suite = suite_create ("fork");
    TCase *tcase = test_case (suite, "registry");
    tcase_add_test (tcase, every_fork_is_a_new_generation);
    tcase_add_test (tcase, a_child_closes_only_registered_descriptors);
    tcase_add_test (tcase,
                    a_child_can_keep_a_descriptor_and_its_own_child_closes_it);
    tcase_add_test (tcase, no_fork_comes_between_opening_and_registering);
    tcase = test_case (suite, "sockets");
    tcase_add_test (tcase, a_child_closes_the_unix_sockets_below_a_prefix);
    tcase_add_test (
        tcase, a_zeromq_connection_does_not_outlive_its_process_in_a_child);
    tcase = test_case (suite, "end");
    tcase_add_checked_fixture (tcase, make_ends, drop_ends);
    tcase_add_test (tcase, functions_run_once_in_reverse_order_of_registration);
    tcase_add_test (tcase, registering_again_moves_a_function_to_the_end);
    tcase_add_test (tcase, functions_registered_during_exit_run_too);
    tcase_add_test (tcase, a_child_does_not_run_its_parents_exit_functions);
    return test_main (suite);
}
