/*  check_poll.c - polls in the machine: waiting until one of several objects is
    ready

    SPDX-License-Identifier: MPL-2.0
*/

#include <stdio.h>
#include <stdlib.h>

#include "codec/limits.h"
#include "codec/ready.h"
#include "kit/machine.h"
#include "kit/support.h"

static kit_t *kit;

static void begin (void)
{
    kit = kit_new ();
}

static void end (void)
{
    kit_destroy (&kit);
}

//  Lets B poll. Returns its request's number; kit_reply gives the reply.
static uint64_t poll_for (const char *items)
{
    char args [512];
    snprintf (args, sizeof args, "[%s]", items);
    kit_ask (kit, B, 0, WEIR__DIRECTORY_POLL, args);
    return kit_last (kit, B);
}

#define answers(number, text) \
    ck_assert_str_eq (kit_reply (kit, B, number), text)

//  Polls one object. Returns whether it is ready at once.
static bool is_ready (uint64_t object, weir__readiness_t ready)
{
    char items [64];
    kit->timeout_ms = 0;
    snprintf (items, sizeof items, "[%d, %d]", (int) object, (int) ready);
    const char *reply = kit_reply (kit, B, poll_for (items));
    kit->timeout_ms = -1;
    if (reply [0] != '{')
        ck_assert_str_eq (reply, "EAGAIN");
    return reply [0] == '{';
}

//  The state at first, and after one more request of A or A2.
static void play (uint64_t object, weir__origin_t who, unsigned op,
                  const char *args)
{
    kit_ask (kit, who, object, op, args);
}

START_TEST (a_queue_is_ready_when_get_put_or_join_would_not_wait)
{
    uint64_t queue = kit_create (kit, A, WEIR__QUEUE, "'q', 2");
    ck_assert (!is_ready (queue, WEIR__READY_GET));
    ck_assert (is_ready (queue, WEIR__READY_PUT));
    ck_assert (is_ready (queue, WEIR__READY_JOIN));
    play (queue, A, WEIR__QUEUE_PUT_MANY, "[1, 2]");
    ck_assert (is_ready (queue, WEIR__READY_GET));
    ck_assert (!is_ready (queue, WEIR__READY_PUT));
    ck_assert (!is_ready (queue, WEIR__READY_JOIN));
    //  It has room for one, but another putter waits for more room.
    play (queue, A2, WEIR__QUEUE_PUT_MANY, "[3, 4]");
    play (queue, A, WEIR__QUEUE_GET, "");
    ck_assert (!is_ready (queue, WEIR__READY_PUT));
    play (queue, A, WEIR__QUEUE_CLOSE, "True");
    ck_assert (is_ready (queue, WEIR__READY_GET));
    ck_assert (is_ready (queue, WEIR__READY_PUT));
}
END_TEST

START_TEST (a_closed_queue_is_not_ready_while_an_item_may_return)
{
    uint64_t queue = kit_create (kit, A, WEIR__QUEUE, "'q'");
    play (queue, A, WEIR__QUEUE_PUT, "1");
    play (queue, A2, WEIR__QUEUE_GET_LEASE, "-1");
    play (queue, A, WEIR__QUEUE_CLOSE, "False");
    char items [32];
    snprintf (items, sizeof items, "[%d, 1]", (int) queue);
    uint64_t number = poll_for (items);
    answers (number, "");
    kit_restore (kit);
    play (queue, A2, WEIR__QUEUE_ACK, "1");
    answers (number, "{0: 4}");
}
END_TEST

START_TEST (locks_are_ready_when_acquire_would_not_wait)
{
    static const int kinds [] = {WEIR__LOCK, WEIR__RLOCK};
    for (int i = 0; i < 2; i++) {
        uint64_t lock = kit_create (kit, A, kinds [i], "None");
        ck_assert (is_ready (lock, WEIR__READY_ACQUIRE));
        play (lock, A, WEIR__LOCK_ACQUIRE, "");
        play (lock, A2, WEIR__LOCK_ACQUIRE, "");
        ck_assert (!is_ready (lock, WEIR__READY_ACQUIRE));
        play (lock, A, WEIR__LOCK_RELEASE, "");
        ck_assert (!is_ready (lock, WEIR__READY_ACQUIRE));
        play (lock, A2, WEIR__LOCK_RELEASE, "");
        ck_assert (is_ready (lock, WEIR__READY_ACQUIRE));
    }
    uint64_t semaphore = kit_create (kit, A, WEIR__SEMAPHORE, "None, 1");
    ck_assert (is_ready (semaphore, WEIR__READY_ACQUIRE));
    play (semaphore, A, WEIR__SEMAPHORE_ACQUIRE, "");
    ck_assert (!is_ready (semaphore, WEIR__READY_ACQUIRE));
}
END_TEST

START_TEST (a_rwlock_is_ready_to_be_read_or_to_be_written)
{
    uint64_t lock = kit_create (kit, A, WEIR__RWLOCK, "None");
    ck_assert (is_ready (lock, WEIR__READY_READ));
    ck_assert (is_ready (lock, WEIR__READY_WRITE));
    play (lock, A, WEIR__RWLOCK_ACQUIRE_READ, "");
    ck_assert (is_ready (lock, WEIR__READY_READ));
    ck_assert (!is_ready (lock, WEIR__READY_WRITE));
    play (lock, A2, WEIR__RWLOCK_ACQUIRE_WRITE, "");
    uint64_t wait = kit_last (kit, A2);
    ck_assert (!is_ready (lock, WEIR__READY_READ));
    //  A waiting writer gives up: the poll notices that, too.
    char items [32];
    snprintf (items, sizeof items, "[%d, 6]", (int) lock);
    uint64_t number = poll_for (items);
    kit_record (kit, WEIR__RECORD_CANCEL, A2, wait);
    answers (number, "{0: None}");
    kit_record (kit, WEIR__RECORD_CLOSE, A, 0);
    ck_assert (is_ready (lock, WEIR__READY_WRITE));
}
END_TEST

START_TEST (a_changed_object_is_ready_with_its_sequence)
{
    kit_create (kit, A, WEIR__DICT, "'d'");
    kit_create (kit, A, WEIR__EVENT, "'e'");
    answers (poll_for ("[1, 0], [2, 8]"), "{0: 0}");
    uint64_t number = poll_for ("[2, 8], [1, 0, 0]");
    answers (number, "");
    kit_restore (kit);
    kit_ask (kit, A, 1, WEIR__DICT_GET, "'k'");
    answers (number, "");
    kit_ask (kit, A, 1, WEIR__DICT_SET, "'k', 1");
    answers (number, "{1: 1}");
    number = poll_for ("[2, 8], [1, 0, 1]");
    //  An undone step answers no poll.
    kit_ask (kit, A, 0, WEIR__DIRECTORY_TRANSACT, "[[0, 1, 14], [0, 1, 3, 1]]");
    answers (number, "");
    kit_ask (kit, A, 0, WEIR__DIRECTORY_TRANSACT, "[[0, 1, 14], [0, 2, 0]]");
    answers (number, "{0: 1, 1: 2}");
}
END_TEST

START_TEST (a_list_is_ready_when_it_has_an_item)
{
    uint64_t list = kit_create (kit, A, WEIR__LIST, "'l'");
    uint64_t number = poll_for ("[1, 4]");
    //  The item is gone again when the entry ends.
    kit_begin (kit);
    kit_add (kit, A, list, WEIR__LIST_APPEND, "5");
    kit_add (kit, A, list, WEIR__LIST_POP, "0");
    kit_commit (kit);
    answers (number, "");
    kit_ask (kit, A, list, WEIR__LIST_APPEND, "5");
    answers (number, "{0: 3}");
}
END_TEST

START_TEST (a_missing_object_is_ready)
{
    uint64_t event = kit_create (kit, A, WEIR__EVENT, "'e'");
    kit_create (kit, B, WEIR__EVENT, "None");
    answers (poll_for ("[1, 8], [77, 1], [2, 8]"), "{1: None}");
    uint64_t number = poll_for ("[1, 8], [2, 8], [1, 0, 0]");
    char id [16];
    snprintf (id, sizeof id, "%d", (int) event);
    kit_ask (kit, A, 0, WEIR__DIRECTORY_DROP, id);
    answers (number, "{0: None, 2: None}");
}
END_TEST

START_TEST (polls_time_out_and_are_cancelled_and_leave_nothing)
{
    uint64_t event = kit_create (kit, A, WEIR__EVENT, "'e'");
    kit->timeout_ms = 10;
    uint64_t timed = poll_for ("[1, 8]");
    kit->timeout_ms = -1;
    uint64_t cancelled = poll_for ("[1, 8], [1, 0, 0]");
    uint64_t empty = poll_for ("");
    kit_wait (kit, 11);
    answers (timed, "ETIMEDOUT");
    kit_record (kit, WEIR__RECORD_CANCEL, B, cancelled);
    answers (cancelled, "EINTR");
    kit_record (kit, WEIR__RECORD_CANCEL, B, empty);
    answers (empty, "EINTR");
    uint64_t last = poll_for ("[1, 8]");
    kit_record (kit, WEIR__RECORD_EXPIRE, B, 0);
    kit_ask (kit, A, event, WEIR__EVENT_SET, "");
    answers (last, "");
    kit_restore (kit);
}
END_TEST

START_TEST (a_malformed_poll_is_refused)
{
    static const char *const wrong [] = {
        "1",      "[1]",    "1, 2",    "[1, 8, 0]", "[0, 0]",
        "[1, 9]", "[1, 1]", "[.5, 8]", "[1, 'x']",  "[1, 8, 0, 0]",
    };
    kit_create (kit, A, WEIR__EVENT, "'e'");
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
        answers (poll_for (wrong [i]), "EINVAL");
    answers (poll_for ("[1, 1]"), "EINVAL");
    ck_assert_str_eq (kit_sentence (kit),
                      "event 'e': it can never be ready for that");
    kit_ask (kit, B, 0, WEIR__DIRECTORY_POLL, "{}");
    answers (kit_last (kit, B), "EINVAL");
}
END_TEST

START_TEST (a_poll_has_at_most_4096_objects)
{
    kit_create (kit, A, WEIR__EVENT, "'e'");
    size_t size = 8 * (WEIR__POLLED + 2);
    char *args = malloc (size), *at = args;
    ck_assert_ptr_nonnull (args);
    *at++ = '[';
    for (int i = 0; i < WEIR__POLLED; i++)
        at += sprintf (at, "[1,8],");
    strcpy (at, "]");
    kit->timeout_ms = 0;
    kit_ask (kit, B, 0, WEIR__DIRECTORY_POLL, args);
    answers (kit_last (kit, B), "EAGAIN");
    strcpy (at, "[1,8]]");
    kit_ask (kit, B, 0, WEIR__DIRECTORY_POLL, args);
    answers (kit_last (kit, B), "EINVAL");
    free (args);
}
END_TEST

int main (void)
{
    Suite *suite = suite_create ("poll");
    TCase *tcase = tcase_create ("poll");
    suite_add_tcase (suite, tcase);
    tcase_add_checked_fixture (tcase, begin, end);
    tcase_add_test (tcase,
                    a_queue_is_ready_when_get_put_or_join_would_not_wait);
    tcase_add_test (tcase,
                    a_closed_queue_is_not_ready_while_an_item_may_return);
    tcase_add_test (tcase, locks_are_ready_when_acquire_would_not_wait);
    tcase_add_test (tcase, a_rwlock_is_ready_to_be_read_or_to_be_written);
    tcase_add_test (tcase, a_changed_object_is_ready_with_its_sequence);
    tcase_add_test (tcase, a_list_is_ready_when_it_has_an_item);
    tcase_add_test (tcase, a_missing_object_is_ready);
    tcase_add_test (tcase, polls_time_out_and_are_cancelled_and_leave_nothing);
    tcase_add_test (tcase, a_malformed_poll_is_refused);
    tcase_add_test (tcase, a_poll_has_at_most_4096_objects);
    return test_main (suite);
}
