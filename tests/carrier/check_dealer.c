/*  check_dealer.c - the ZeroMQ socket of a link

    SPDX-License-Identifier: MPL-2.0
*/

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "carrier/context.h"
#include "carrier/dealer.h"
#include "carrier/router.h"
#include "kit/support.h"

enum { DEALERS = 20 };

static const weir__frame_t hello = {.type = WEIR__HELLO};

//  The end of the test looks for leaks.
START_TEST (a_dealer_that_never_met_its_owner_leaves_nothing_behind)
{
    char path [200];
    snprintf (path, sizeof path, "%s/nobody", test_runtime_directory ());
    for (int i = 0; i < DEALERS; i++) {
        weir__dealer_t *dealer = weir__dealer_new (path, _i);
        ck_assert (dealer);
        ck_assert_int_eq (weir__dealer_send (dealer, &hello), 0);
        weir__dealer_destroy (&dealer);
    }
}
END_TEST

START_TEST (an_owner_can_begin_where_dealers_have_met_nobody)
{
    const char *path = test_runtime_directory ();
    weir__dealer_t *early = weir__dealer_new (path, true);
    weir__dealer_t *other = weir__dealer_new (path, true);
    ck_assert (early && other);
    ck_assert_int_eq (weir__dealer_send (early, &hello), 0);
    ck_assert_int_eq (weir__dealer_send (other, &hello), 0);
    weir__dealer_destroy (&other);
    weir__router_t *router = weir__router_new (path);
    ck_assert (router);
    weir__dealer_destroy (&early);
    weir__router_destroy (&router);
    char socket [200];
    snprintf (socket, sizeof socket, "%s/zmq", path);
    ck_assert_int_eq (unlink (socket), 0);
}
END_TEST

//  A listener takes no connection from a probe; one with too many refuses none.
START_TEST (a_probe_finds_a_listener_and_leaves_no_trace)
{
    char path [200];
    const char *folder = test_runtime_directory ();
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    ck_assert_fails (weir__dealer_probe (folder), ECONNREFUSED);
    snprintf (path, sizeof path, "%s/zmq", folder);
    strcpy (address.sun_path, path);
    int listener = socket (AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0);
    ck_assert_int_eq (
        bind (listener, (const struct sockaddr *) &address, sizeof address), 0);
    ck_assert_fails (weir__dealer_probe (folder), ECONNREFUSED);
    ck_assert_int_eq (listen (listener, 0), 0);
    for (int i = 0; i < DEALERS; i++)
        ck_assert_int_eq (weir__dealer_probe (folder), 0);
    ck_assert_fails (accept (listener, NULL, NULL), EAGAIN);
    int guests [2];
    for (int i = 0; i < 2; i++)
        guests [i] = socket (AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0);
    ck_assert_int_eq (connect (guests [0], (const struct sockaddr *) &address,
                               sizeof address),
                      0);
    ck_assert_fails (connect (guests [1], (const struct sockaddr *) &address,
                              sizeof address),
                     EAGAIN);
    ck_assert_int_eq (weir__dealer_probe (folder), 0);
    for (int i = 0; i < 2; i++)
        close (guests [i]);
    close (listener);
    ck_assert_fails (weir__dealer_probe (folder), ECONNREFUSED);
    ck_assert_int_eq (unlink (path), 0);
}
END_TEST

static void send_and_end (void *arg)
{
    weir__dealer_t *dealer = weir__dealer_new (arg, false);
    test_must (dealer && weir__dealer_send (dealer, &hello) == 0);
    weir__dealer_destroy (&dealer);
    weir__context_end (WEIR__CONTEXT_LINKS);
}

START_TEST (frames_sent_just_before_a_process_ends_arrive)
{
    char path [200], socket [220];
    snprintf (path, sizeof path, "%s", test_runtime_directory ());
    weir__router_t *router = weir__router_new (path);
    ck_assert (router);
    ck_assert_int_eq (test_join (test_fork (send_and_end, path)), 0);
    struct pollfd item = {.fd = weir__router_fd (router), .events = POLLIN};
    weir__inbound_t inbound;
    while (!weir__router_ready (router) &&
           poll (&item, 1, TEST_PATIENCE_MS) == 1)
        ;
    ck_assert_int_eq (weir__router_recv (router, &inbound), 0);
    ck_assert_uint_eq (inbound.size, WEIR__FRAME_HEAD_BYTES);
    weir__router_destroy (&router);
    snprintf (socket, sizeof socket, "%s/zmq", path);
    ck_assert_int_eq (unlink (socket), 0);
}
END_TEST

int main (void)
{
    Suite *suite = suite_create ("dealer");
    TCase *tcase = test_case (suite, "ends");
    tcase_add_loop_test (
        tcase, a_dealer_that_never_met_its_owner_leaves_nothing_behind, 0, 2);
    tcase_add_test (tcase, an_owner_can_begin_where_dealers_have_met_nobody);
    tcase = test_case (suite, "probe");
    tcase_add_test (tcase, a_probe_finds_a_listener_and_leaves_no_trace);
    tcase_add_test (tcase, frames_sent_just_before_a_process_ends_arrive);
    return test_main (suite);
}
