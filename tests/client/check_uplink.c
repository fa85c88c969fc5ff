/*  check_uplink.c - one connection of this process to one owner

    The tests of the classes cover the calls of a thread on its own uplink. This
    file covers the functions that only select uses.

    SPDX-License-Identifier: MPL-2.0
*/

#include <signal.h>
#include <sys/epoll.h>
#include <unistd.h>

#include "client/handle.h"
#include "client/uplink.h"
#include "codec/limits.h"
#include "kit/shared.h"

static weir__uplink_t *uplink_to (void *object)
{
    weir__uplink_t *uplink =
        weir__uplink_new (((weir__handle_t *) object)->remote);
    exists (uplink);
    ck_assert (!weir__uplink_is_stale (uplink));
    return uplink;
}

static int ask (weir__uplink_t *uplink, void *object, uint16_t op,
                uint64_t *ret_number)
{
    weir__operation_t what = {
        .object = ((weir__handle_t *) object)->id,
        .op = op,
        .timeout_ms = -1,
    };
    return weir__uplink_ask (uplink, &what, ret_number);
}

static void watch (int epoll, int fd)
{
    struct epoll_event event = {.events = EPOLLIN | EPOLLET};
    if (fd >= 0)
        ck_assert_int_eq (epoll_ctl (epoll, EPOLL_CTL_ADD, fd, &event), 0);
}

//  Works as weir__uplink_await, but at the descriptors. Returns 0 when the time
//  is over.
static int settle (weir__uplink_t *uplink, uint64_t number,
                   weir_value_t *ret_value)
{
    int epoll = epoll_create1 (EPOLL_CLOEXEC), rc, woken = 1;
    ck_assert_int_ge (epoll, 0);
    watch (epoll, weir__uplink_fd (uplink));
    watch (epoll, weir__uplink_owner_fd (uplink));
    while ((rc = weir__uplink_take_in (uplink, number, ret_value)) == 0 &&
           woken != 0) {
        bool known = weir__uplink_is_welcomed (uplink);
        struct epoll_event event;
        woken = epoll_wait (epoll, &event, 1,
                            known ? TEST_PATIENCE_MS : WEIR__UPLINK_STEP_MS);
        if (!known)
            woken = 1;
    }
    int error = errno;
    close (epoll);
    errno = error;
    return rc;
}

START_TEST (a_reply_makes_the_descriptor_readable)
{
    weir_owner_t *owner = shared_owner (_i);
    weir_event_t *event = weir_event_new (owner, NULL);
    weir__uplink_t *uplink = uplink_to (event);
    uint64_t first, second;
    works (ask (uplink, event, WEIR__EVENT_WAIT, &first));
    ck_assert (shared_await_waiters (event, 1));
    ck_assert_int_eq (weir__uplink_take_in (uplink, first, NULL), 0);
    works (weir_event_set (event));
    ck_assert_int_eq (settle (uplink, first, NULL), 1);
    weir_value_t value;
    works (ask (uplink, event, WEIR__EVENT_IS_SET, &second));
    ck_assert_int_eq (settle (uplink, second, &value), 1);
    equals (&value, "True");
    weir__uplink_destroy (&uplink);
    ck_assert_ptr_null (uplink);
    weir_event_destroy (&event);
    shared_owner_end (&owner);
}
END_TEST

START_TEST (a_request_is_cancelled_and_another_one_made)
{
    weir_owner_t *owner = shared_owner (_i);
    weir_event_t *event = weir_event_new (owner, NULL);
    weir__uplink_t *uplink = uplink_to (event);
    uint64_t first, second;
    works (ask (uplink, event, WEIR__EVENT_WAIT, &first));
    works (weir__uplink_cancel (uplink, first));
    ck_assert_fails (settle (uplink, first, NULL), EINTR);
    ck_assert (!weir__uplink_is_stale (uplink));
    works (ask (uplink, event, WEIR__EVENT_IS_SET, &second));
    weir_value_t value;
    works (weir__uplink_await (uplink, second, &value));
    equals (&value, "False");
    weir__uplink_destroy (&uplink);
    weir_event_destroy (&event);
    shared_owner_end (&owner);
}
END_TEST

START_TEST (a_full_window_is_an_error_and_the_link_stays_usable)
{
    weir_owner_t *owner = shared_owner (_i);
    weir_event_t *event = weir_event_new (owner, NULL);
    weir__uplink_t *uplink = uplink_to (event);
    uint64_t number, last;
    for (int i = 0; i < WEIR__WINDOW; i++)
        works (ask (uplink, event, WEIR__EVENT_WAIT, &last));
    refuses (EAGAIN, ask (uplink, event, WEIR__EVENT_WAIT, &number));
    ck_assert (!weir__uplink_is_stale (uplink));
    works (weir_event_set (event));
    ck_assert_int_eq (settle (uplink, last, NULL), 1);
    works (ask (uplink, event, WEIR__EVENT_WAIT, &number));
    works (weir__uplink_await (uplink, number, NULL));
    weir__uplink_destroy (&uplink);
    weir_event_destroy (&event);
    shared_owner_end (&owner);
}
END_TEST

START_TEST (requests_of_an_uplink_end_with_it)
{
    weir_owner_t *owner = shared_owner (_i);
    weir_event_t *event = weir_event_new (owner, NULL);
    weir__uplink_t *uplink = uplink_to (event);
    uint64_t number;
    works (ask (uplink, event, WEIR__EVENT_WAIT, &number));
    ck_assert (shared_await_waiters (event, 1));
    errno = ENOTTY;
    weir__uplink_destroy (&uplink);
    ck_assert_int_eq (errno, ENOTTY);
    ck_assert (shared_await_waiters (event, 0));
    weir__uplink_destroy (&uplink);
    weir_event_destroy (&event);
    shared_owner_end (&owner);
}
END_TEST

START_TEST (the_end_of_the_owner_is_reported)
{
    weir_owner_t *owner = shared_owner (_i);
    weir_event_t *event = weir_event_new (owner, NULL);
    weir__uplink_t *uplink = uplink_to (event);
    weir__remote_t *remote = ((weir__handle_t *) event)->remote;
    ck_assert_int_eq (weir__uplink_owner_fd (uplink) < 0, _i == SHARED_THREAD);
    uint64_t number;
    works (ask (uplink, event, WEIR__EVENT_WAIT, &number));
    ck_assert (shared_await_waiters (event, 1));
    shared_owner_end (&owner);
    refuses (EOWNERDEAD, settle (uplink, number, NULL));
    ck_assert (weir__uplink_is_stale (uplink));
    refuses_null (EOWNERDEAD, weir__uplink_new (remote));
    weir__uplink_destroy (&uplink);
    weir_event_destroy (&event);
}
END_TEST

START_TEST (replies_of_a_killed_owner_come_before_its_end)
{
    weir_owner_t *owner = weir_owner_new (NULL);
    exists (owner);
    weir_event_t *event = weir_event_new (owner, NULL);
    weir__uplink_t *uplink = uplink_to (event);
    uint64_t number, other;
    works (ask (uplink, event, WEIR__EVENT_IS_SET, &number));
    works (weir__uplink_await (uplink, number, NULL));
    ck_assert_int_eq (weir__uplink_take_in (uplink, number, NULL), 0);
    works (ask (uplink, event, WEIR__EVENT_WAIT, &other));
    works (ask (uplink, event, WEIR__EVENT_IS_SET, &number));
    int epoll = epoll_create1 (EPOLL_CLOEXEC);
    watch (epoll, weir__uplink_fd (uplink));
    struct epoll_event news;
    ck_assert_int_eq (epoll_wait (epoll, &news, 1, TEST_PATIENCE_MS), 1);
    watch (epoll, weir__uplink_owner_fd (uplink));
    kill (weir_owner_pid (owner), SIGKILL);
    ck_assert_int_eq (epoll_wait (epoll, &news, 1, TEST_PATIENCE_MS), 1);
    close (epoll);
    ck_assert_int_eq (weir__uplink_take_in (uplink, number, NULL), 1);
    ck_assert (!weir__uplink_is_stale (uplink));
    refuses (EOWNERDEAD, weir__uplink_take_in (uplink, other, NULL));
    ck_assert (weir__uplink_is_stale (uplink));
    weir__uplink_destroy (&uplink);
    weir_event_destroy (&event);
    weir_owner_destroy (&owner);
    shared_sweep ();
}
END_TEST

START_TEST (an_owner_that_never_welcomed_is_given_up)
{
    weir_owner_t *owner = weir_owner_new (NULL);
    exists (owner);
    weir_event_t *event = weir_event_new (owner, NULL);
    test_kill (weir_owner_pid (owner));
    weir__uplink_t *uplink = uplink_to (event);
    uint64_t number;
    works (ask (uplink, event, WEIR__EVENT_WAIT, &number));
    refuses (EOWNERDEAD, settle (uplink, number, NULL));
    weir__uplink_destroy (&uplink);
    weir_event_destroy (&event);
    weir_owner_destroy (&owner);
    shared_sweep ();
}
END_TEST

typedef struct retired {
    test_latch_t *serves, *stopped, *end;
    int stop_fd;
} retired_t;

static retired_t *retired;

static void note_serving (const char *path)
{
    (void) path;
    test_latch_open (retired->serves);
}

//  Serves until it is stopped, and lives on.
static void serve_and_live (void *arg)
{
    retired = arg;
    test_must (weir_owner_serve ("retired", retired->stop_fd, note_serving) ==
               0);
    test_latch_open (retired->stopped);
    test_must (test_latch_wait (retired->end, TEST_PATIENCE_MS));
}

START_TEST (an_owner_that_serves_no_more_but_lives_is_given_up)
{
    int stop [2];
    retired_t it = {test_latch_new (), test_latch_new (), test_latch_new (), 0};
    ck_assert_int_eq (pipe (stop), 0);
    it.stop_fd = stop [0];
    pid_t child = test_fork (serve_and_live, &it);
    ck_assert (test_latch_wait (it.serves, TEST_PATIENCE_MS));
    weir_owner_t *owner = weir_owner_open ("retired");
    exists (owner);
    weir_event_t *event = weir_event_new (owner, NULL);
    exists (event);
    ck_assert_int_eq (write (stop [1], "x", 1), 1);
    ck_assert (test_latch_wait (it.stopped, TEST_PATIENCE_MS));
    weir__uplink_t *uplink = uplink_to (event);
    uint64_t number;
    works (ask (uplink, event, WEIR__EVENT_WAIT, &number));
    refuses (EOWNERDEAD, weir__uplink_await (uplink, number, NULL));
    weir__uplink_destroy (&uplink);
    test_latch_open (it.end);
    ck_assert_int_eq (test_join (child), 0);
    weir_event_destroy (&event);
    weir_owner_destroy (&owner);
    close (stop [0]);
    close (stop [1]);
    test_latch_destroy (&it.serves);
    test_latch_destroy (&it.stopped);
    test_latch_destroy (&it.end);
}
END_TEST

static void forget (void *arg)
{
    weir__uplink_t *uplink = arg;
    test_must (weir__uplink_is_stale (uplink));
    weir__uplink_destroy (&uplink);
}

START_TEST (a_forked_child_forgets_an_uplink_and_harms_nothing)
{
    weir_owner_t *owner = shared_owner (_i);
    weir_event_t *event = weir_event_new (owner, NULL);
    weir__uplink_t *uplink = uplink_to (event);
    uint64_t number;
    works (ask (uplink, event, WEIR__EVENT_WAIT, &number));
    ck_assert_int_eq (test_join (test_fork (forget, uplink)), 0);
    works (weir_event_set (event));
    works (weir__uplink_await (uplink, number, NULL));
    weir__uplink_destroy (&uplink);
    weir_event_destroy (&event);
    shared_owner_end (&owner);
}
END_TEST

START_TEST (an_uplink_outlives_the_session)
{
    weir_owner_t *owner = weir_owner_new_thread ("here");
    test_thread_owns = true;
    exists (owner);
    weir_event_t *event = weir_event_new (owner, NULL);
    weir__uplink_t *uplink = uplink_to (event);
    weir_event_destroy (&event);
    weir_owner_destroy (&owner);
    ck_assert (weir__uplink_is_stale (uplink));
    weir__uplink_destroy (&uplink);
}
END_TEST

int main (void)
{
    Suite *suite = suite_create ("uplink");
    TCase *tcase = test_case (suite, "asking");
    tcase_add_loop_test (tcase, a_reply_makes_the_descriptor_readable, 0,
                         SHARED_FORMS);
    tcase_add_loop_test (tcase, a_request_is_cancelled_and_another_one_made, 0,
                         SHARED_FORMS);
    tcase_add_loop_test (tcase,
                         a_full_window_is_an_error_and_the_link_stays_usable, 0,
                         SHARED_FORMS);
    tcase = test_case (suite, "ends");
    tcase_add_loop_test (tcase, requests_of_an_uplink_end_with_it, 0,
                         SHARED_FORMS);
    tcase_add_loop_test (tcase, the_end_of_the_owner_is_reported, 0,
                         SHARED_FORMS);
    tcase_add_test (tcase, replies_of_a_killed_owner_come_before_its_end);
    tcase_add_test (tcase, an_owner_that_never_welcomed_is_given_up);
    tcase_add_test (tcase, an_owner_that_serves_no_more_but_lives_is_given_up);
    tcase_add_loop_test (tcase,
                         a_forked_child_forgets_an_uplink_and_harms_nothing, 0,
                         SHARED_FORKING_FORMS);
    tcase_add_test (tcase, an_uplink_outlives_the_session);
    return test_main (suite);
}
