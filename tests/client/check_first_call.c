/*  check_first_call.c - signals that arrive while a thread connects

    A thread's first call connects it to the owner. Whatever interrupts it, the
    owner's socket stays in place, and others can still connect to it.

    SPDX-License-Identifier: MPL-2.0
*/

#include <errno.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>
#include <zmq.h>

#include "client/uplink.h"
#include "kit/shared.h"

enum {
    STORM_US = 1000,
    ROUNDS = 50,
    ITEMS = 20,
    REFUSED_MS = WEIR__UPLINK_REFUSED_MS + 5000 //  and a busy machine
};

//  ---------------------------------------------------------------------------
//  The first attempt of each call of libzmq is interrupted

#define WRAP(name, parameters, arguments)                    \
    int __real_##name parameters;                            \
    WEIR_EXPORT int __wrap_##name parameters;                \
    int __wrap_##name parameters                             \
    {                                                        \
        return interrupts () ? -1 : __real_##name arguments; \
    }

static atomic_bool watching;
static atomic_int interrupted;

//  Each later attempt succeeds.
static bool interrupts (void)
{
    static _Thread_local bool again;
    if (!atomic_load (&watching))
        return false;
    again = !again;
    if (again) {
        atomic_fetch_add (&interrupted, 1);
        errno = EINTR;
    }
    return again;
}

WRAP (zmq_bind, (void *socket, const char *endpoint), (socket, endpoint))
WRAP (zmq_unbind, (void *socket, const char *endpoint), (socket, endpoint))
WRAP (zmq_send, (void *socket, const void *data, size_t size, int flags),
      (socket, data, size, flags))
WRAP (zmq_msg_send, (zmq_msg_t * message, void *socket, int flags),
      (message, socket, flags))
WRAP (zmq_msg_recv, (zmq_msg_t * message, void *socket, int flags),
      (message, socket, flags))
WRAP (zmq_socket_monitor, (void *socket, const char *endpoint, int events),
      (socket, endpoint, events))

//  For want of descriptors, for instance.
static atomic_bool fails_to_connect;

int __real_zmq_connect (void *socket, const char *endpoint);
WEIR_EXPORT int __wrap_zmq_connect (void *socket, const char *endpoint);
int __wrap_zmq_connect (void *socket, const char *endpoint)
{
    if (atomic_load (&fails_to_connect) && strncmp (endpoint, "ipc:", 4) == 0) {
        errno = EMFILE;
        return -1;
    }
    return interrupts () ? -1 : __real_zmq_connect (socket, endpoint);
}

//  Only this option receives pending frames.
int __real_zmq_getsockopt (void *socket, int option, void *value, size_t *size);
WEIR_EXPORT int __wrap_zmq_getsockopt (void *socket, int option, void *value,
                                       size_t *size);
int __wrap_zmq_getsockopt (void *socket, int option, void *value, size_t *size)
{
    return option == ZMQ_EVENTS && interrupts ()
               ? -1
               : __real_zmq_getsockopt (socket, option, value, size);
}

//  ---------------------------------------------------------------------------
//  Observed state

static void socket_path (const weir_owner_t *owner, char ret_path [200])
{
    snprintf (ret_path, 200, "%s/%s/zmq", test_runtime_directory (),
              weir_owner_name (owner));
}

//  Returns the file of the owner's socket.
static ino_t find_socket (const weir_owner_t *owner)
{
    char path [200];
    struct stat status;
    socket_path (owner, path);
    ck_assert_msg (stat (path, &status) == 0, "%s: %s", path, strerror (errno));
    ck_assert (S_ISSOCK (status.st_mode));
    return status.st_ino;
}

typedef struct scene {
    weir_owner_t *owner;
    weir_var_t *var;
    weir_queue_t *queue;
    weir_lock_t *lock;
    weir_select_t *select;
    weir_pipe_t *a, *b;
    int flags; //  of the pipe
} scene_t;

//  A process that has not used the owner yet.
static void come_as_a_stranger (void *arg)
{
    const scene_t *scene = arg;
    weir_owner_t *owner = weir_owner_open (weir_owner_name (scene->owner));
    test_must (owner != NULL);
    weir_var_t *var = weir_var_open (owner, "var");
    test_must (var && weir_var_add (var, 0, NULL) == 0);
    weir_var_destroy (&var);
    weir_owner_destroy (&owner);
}

static scene_t begin (weir_owner_t *owner)
{
    ck_assert_msg (owner != NULL, "%s", weir_error ());
    scene_t scene = {
        .owner = owner,
        .var = weir_var_new (owner, "var", 0),
        .queue = weir_queue_new (owner, NULL, 0),
        .lock = weir_lock_new (owner, NULL),
    };
    exists (scene.var);
    exists (scene.queue);
    exists (scene.lock);
    return scene;
}

static void end (scene_t *scene)
{
    weir_lock_destroy (&scene->lock);
    weir_queue_destroy (&scene->queue);
    weir_var_destroy (&scene->var);
    weir_owner_destroy (&scene->owner);
}

//  ---------------------------------------------------------------------------
//  Uses

static void *add_one (void *arg)
{
    scene_t *scene = arg;
    works (weir_var_add (scene->var, 1, NULL));
    return NULL;
}

static bool was_interrupted (int result)
{
    ck_assert_msg (result == 0 || errno == EINTR, "%s", weir_error ());
    return result != 0;
}

//  All first uses by a thread that may wait.
static void *use_all (void *arg)
{
    scene_t *scene = arg;
    weir_value_t item;
    works (weir_var_add (scene->var, 1, NULL));
    while (was_interrupted (weir_queue_put (scene->queue, "item", -1)))
        ;
    while (was_interrupted (weir_queue_get (scene->queue, &item, -1)))
        ;
    equals (&item, "'item'");
    while (was_interrupted (weir_lock_acquire (scene->lock, -1)))
        ;
    works (weir_lock_release (scene->lock));
    return NULL;
}

//  The receiver comes before the first value is sent, so that it goes by
//  libzmq. No value comes twice, and none is lost.
static void *use_pipe (void *arg)
{
    scene_t *scene = arg;
    weir_value_t value;
    works (weir_pipe_new (&scene->a, &scene->b, scene->flags));
    int rc = weir_pipe_poll (scene->a, 0);
    ck_assert (rc == -1 && (errno == EAGAIN || errno == EINTR));
    for (int i = 0; i < ITEMS; i++)
        while (was_interrupted (weir_pipe_send (scene->b, i, -1)))
            ;
    weir_pipe_destroy (&scene->b);
    for (int i = 0; i < ITEMS; i++) {
        while (was_interrupted (weir_pipe_recv (scene->a, &value, -1)))
            ;
        ck_assert_int_eq (value.integer, i);
    }
    do
        rc = weir_pipe_recv (scene->a, &value, -1);
    while (rc != 0 && errno == EINTR);
    ck_assert (rc == -1 && errno == EPIPE);
    weir_pipe_destroy (&scene->a);
    return NULL;
}

static void *use_select (void *arg)
{
    scene_t *scene = arg;
    weir_select_t *select = weir_select_new ();
    exists (select);
    ck_assert_int_eq (weir_select_add (select, scene->queue, WEIR_READY_GET),
                      0);
    int rc;
    while (was_interrupted (weir_queue_put (scene->queue, 1, -1)))
        ;
    do
        rc = weir_select_wait (select, -1);
    while (rc == -1 && errno == EINTR);
    ck_assert_msg (rc == 0, "%s", weir_error ());
    weir_value_t item;
    while (was_interrupted (weir_queue_get (scene->queue, &item, -1)))
        ;
    weir_select_destroy (&select);
    return NULL;
}

//  ---------------------------------------------------------------------------
//  Tests

START_TEST (an_interrupted_call_of_libzmq_is_repeated)
{
    bool thread = _i != 0;
    atomic_store (&watching, true);
    scene_t scene =
        begin (thread ? weir_owner_new_thread (NULL) : weir_owner_new (NULL));
    ino_t inode = find_socket (scene.owner);
    shared_join (shared_thread (use_all, &scene));
    shared_join (shared_thread (use_select, &scene));
    for (int flags = 0; flags <= WEIR_PIPE_THREADS;
         flags += WEIR_PIPE_THREADS) {
        scene.flags = flags;
        shared_join (shared_thread (use_pipe, &scene));
    }
    ck_assert_uint_eq (find_socket (scene.owner), inode);
    if (!(thread && TEST_WITH_TSAN))
        ck_assert_int_eq (test_join (test_fork (come_as_a_stranger, &scene)),
                          0);
    end (&scene);
    atomic_store (&watching, false);
    ck_assert_int_gt (atomic_load (&interrupted), 0);
    printf ("%d interrupted\n", atomic_load (&interrupted));
}
END_TEST

static void *add_in_vain (void *arg)
{
    scene_t *scene = arg;
    refuses (EMFILE, weir_var_add (scene->var, 1, NULL));
    return NULL;
}

START_TEST (a_connection_that_fails_leaves_the_owners_socket_alone)
{
    scene_t scene = begin (weir_owner_new (NULL));
    ino_t inode = find_socket (scene.owner);
    atomic_store (&fails_to_connect, true);
    shared_join (shared_thread (add_in_vain, &scene));
    atomic_store (&fails_to_connect, false);
    ck_assert_uint_eq (find_socket (scene.owner), inode);
    shared_join (shared_thread (add_one, &scene));
    ck_assert_int_eq (test_join (test_fork (come_as_a_stranger, &scene)), 0);
    end (&scene);
}
END_TEST

START_TEST (a_pipe_that_fails_to_connect_connects_later)
{
    weir_pipe_t *a, *b;
    weir_value_t value;
    works (weir_pipe_new (&a, &b, 0));
    refuses (EAGAIN, weir_pipe_poll (a, 0));
    atomic_store (&fails_to_connect, true);
    refuses (EMFILE, weir_pipe_send (b, 1, -1));
    refuses (EMFILE, weir_pipe_send (b, 2, -1));
    atomic_store (&fails_to_connect, false);
    works (weir_pipe_send (b, 3, -1));
    works (weir_pipe_recv (a, &value, -1));
    ck_assert_int_eq (value.integer, 3);
    weir_pipe_destroy (&b);
    refuses (EPIPE, weir_pipe_recv (a, &value, -1));
    weir_pipe_destroy (&a);
}
END_TEST

static void do_nothing (int signal)
{
    (void) signal;
}

//  From now on a signal comes at this interval; 0: none does.
static void set_storm (int every_us)
{
    struct itimerval timer = {{0, every_us}, {0, every_us}};
    struct sigaction action = {.sa_handler = do_nothing};
    sigaction (SIGALRM, &action, NULL);
    ck_assert_int_eq (setitimer (ITIMER_REAL, &timer, NULL), 0);
}

static void mask_storm (int how)
{
    sigset_t alarm;
    sigemptyset (&alarm);
    sigaddset (&alarm, SIGALRM);
    pthread_sigmask (how, &alarm, NULL);
}

//  Runs it in a thread of its own, the only one that the signals can hit.
static void run_in_storm (void *(*fn) (void *), void *arg)
{
    pthread_t thread = shared_thread (fn, arg);
    mask_storm (SIG_BLOCK);
    shared_join (thread);
    mask_storm (SIG_UNBLOCK);
}

START_TEST (a_storm_of_signals_leaves_the_owners_socket_alone)
{
    set_storm (STORM_US);
    scene_t scene =
        begin (_i ? weir_owner_new_thread (NULL) : weir_owner_new (NULL));
    ino_t inode = find_socket (scene.owner);
    for (int i = 0; i < ROUNDS; i++) {
        scene.flags = i % 2 ? WEIR_PIPE_THREADS : 0;
        run_in_storm (use_all, &scene);
        run_in_storm (use_pipe, &scene);
        run_in_storm (use_select, &scene);
        ck_assert_uint_eq (find_socket (scene.owner), inode);
    }
    set_storm (0);
    if (!(_i && TEST_WITH_TSAN))
        ck_assert_int_eq (test_join (test_fork (come_as_a_stranger, &scene)),
                          0);
    int64_t count;
    works (weir_var_get_int (scene.var, &count));
    ck_assert_int_eq (count, ROUNDS);
    end (&scene);
}
END_TEST

//  ---------------------------------------------------------------------------
//  A socket that refuses

typedef enum refusal { GONE, LEFT, DEAF, REFUSALS } refusal_t;

//  Replaces a socket by an abandoned one, or by one without a listener. Returns
//  its descriptor, or -1.
static int put_socket (const char *path, refusal_t refusal)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    strcpy (address.sun_path, path);
    int fd = socket (AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    ck_assert (fd >= 0);
    ck_assert_int_eq (
        bind (fd, (const struct sockaddr *) &address, sizeof address), 0);
    if (refusal == DEAF)
        return fd;
    close (fd);
    return -1;
}

static void *select_in_vain (void *arg)
{
    scene_t *scene = arg;
    mask_storm (SIG_BLOCK); //  all are for the other thread
    refuses (ECONNREFUSED, weir_select_wait (scene->select, -1));
    return NULL;
}

static void *be_refused (void *arg)
{
    scene_t *scene = arg;
    uint64_t begin_us = shared_now_us ();
    pthread_t other = shared_thread (select_in_vain, scene);
    refuses (ECONNREFUSED, weir_lock_acquire (scene->lock, -1));
    ck_assert (strstr (weir_error (), "runs, but its socket"));
    shared_join (other);
    ck_assert_uint_lt (shared_now_us () - begin_us, REFUSED_MS * 1000ul);
    return NULL;
}

//  Also while signals come, which must not keep it from looking. When the
//  socket is back, the owner has received no abandoned request.
START_TEST (a_client_of_an_owner_whose_socket_refuses_is_told_so)
{
    char path [200], away [210];
    scene_t scene = begin (weir_owner_new (NULL));
    scene.select = weir_select_new ();
    exists (scene.select);
    ck_assert_int_eq (
        weir_select_add (scene.select, scene.queue, WEIR_READY_GET), 0);
    socket_path (scene.owner, path);
    snprintf (away, sizeof away, "%s.away", path);
    ck_assert_int_eq (rename (path, away), 0);
    int fd = _i == GONE ? -1 : put_socket (path, _i);
    set_storm (STORM_US);
    run_in_storm (be_refused, &scene);
    set_storm (0);
    ck_assert_int_eq (rename (away, path), 0);
    if (fd >= 0)
        close (fd);
    shared_join (shared_thread (add_one, &scene));
    works (weir_lock_acquire (scene.lock, -1));
    works (weir_lock_release (scene.lock));
    works (weir_queue_put (scene.queue, 1, -1));
    ck_assert_int_eq (weir_select_wait (scene.select, -1), 0);
    weir_select_destroy (&scene.select);
    ck_assert_int_eq (test_join (test_fork (come_as_a_stranger, &scene)), 0);
    end (&scene);
}
END_TEST

int main (void)
{
    test_plain_only ();
    Suite *suite = suite_create ("first call");
    TCase *tcase = test_case (suite, "signals");
    tcase_add_loop_test (tcase, an_interrupted_call_of_libzmq_is_repeated, 0,
                         2);
    tcase_add_loop_test (
        tcase, a_storm_of_signals_leaves_the_owners_socket_alone, 0, 2);
    tcase = test_case (suite, "failures");
    tcase_add_test (tcase,
                    a_connection_that_fails_leaves_the_owners_socket_alone);
    tcase_add_test (tcase, a_pipe_that_fails_to_connect_connects_later);
    tcase = test_case (suite, "refusal");
    tcase_add_loop_test (tcase,
                         a_client_of_an_owner_whose_socket_refuses_is_told_so,
                         0, REFUSALS);
    return test_main (suite);
}
