/*  check_queue_lease.c - the kind queue: leased items that return

    SPDX-License-Identifier: MPL-2.0
*/

#include <stdio.h>
#include <string.h>

#include "kit/machine.h"
#include "kit/support.h"
#include "machine/snapshot.h"

static kit_t *kit;
static uint64_t queue;

static void begin (void)
{
    kit = kit_new ();
    queue = kit_create (kit, A, WEIR__QUEUE, "'q'");
}

static void end (void)
{
    kit_destroy (&kit);
}

static const char *ask (unsigned op, const char *args)
{
    return kit_ask (kit, A, queue, op, args);
}

static const char *by (weir__origin_t who, unsigned op, const char *args)
{
    return kit_ask (kit, who, queue, op, args);
}

//  Checks the numbers of items in the queue, unfinished, and leased.
static void ck_counts (int size, int unfinished, int leases)
{
    int counts [3];
    kit_restore (kit);
    const char *info = kit_read (kit, queue, WEIR__QUEUE_INFO, "");
    ck_assert_int_eq (sscanf (info,
                              "[%d, %*d, %*[^,], %*d, %*d, %*d, %*d, %d, %d]",
                              &counts [0], &counts [1], &counts [2]),
                      3);
    ck_assert_int_eq (counts [0], size);
    ck_assert_int_eq (counts [1], unfinished);
    ck_assert_int_eq (counts [2], leases);
}

START_TEST (an_acknowledged_item_is_done)
{
    static const kit_line_t lines [] = {
        {WEIR__QUEUE_PUT_MANY, "['a', 'b']", "None"},
        {WEIR__QUEUE_GET_LEASE, "-1", "['a', 1, 1]"},
        {WEIR__QUEUE_GET_LEASE, "1000", "['b', 2, 1]"},
        {WEIR__QUEUE_ACK, "2", "None"},
        {WEIR__QUEUE_ACK, "2", "ESTALE"},
        {WEIR__QUEUE_NACK, "2", "ESTALE"},
        {WEIR__QUEUE_EXTEND, "2, 10", "ESTALE"},
        {WEIR__QUEUE_ACK, "3", "EINVAL"},
        {WEIR__QUEUE_ACK, "0", "EINVAL"},
        {WEIR__QUEUE_ACK, "-1", "EINVAL"},
        {WEIR__QUEUE_ACK, "'1'", "EINVAL"},
        {WEIR__QUEUE_GET_LEASE, "0", "EINVAL"},
        {WEIR__QUEUE_GET_LEASE, "-2", "EINVAL"},
        {WEIR__QUEUE_GET_LEASE, "2147483648", "EINVAL"},
        {WEIR__QUEUE_GET_LEASE, "None", "EINVAL"},
    };
    KIT_PLAY (kit, queue, lines);
    ck_counts (0, 1, 1);
    ck_assert_str_eq (ask (WEIR__QUEUE_ACK, "1"), "None");
    ck_counts (0, 0, 0);
    ck_assert_str_eq (ask (WEIR__QUEUE_ACK, "1"), "ESTALE");
    ck_assert_str_eq (kit_sentence (kit),
                      "queue 'q': lease 1 has ended: it ran out, or the item "
                      "was acknowledged or given back before");
    ck_assert_str_eq (ask (WEIR__QUEUE_JOIN, ""), "None");
}
END_TEST

//  The ways in which leases end without an acknowledgement.
typedef enum leave { GIVES_BACK, RUNS_OUT, THREAD_ENDS, DIES, LEAVES } leave_t;

static void come_back (leave_t how)
{
    if (how == GIVES_BACK) {
        //  They return in another order than that of leasing.
        ck_assert_str_eq (ask (WEIR__QUEUE_NACK, "2"), "None");
        ck_assert_str_eq (ask (WEIR__QUEUE_NACK, "3"), "None");
        ck_assert_str_eq (ask (WEIR__QUEUE_NACK, "1"), "None");
    } else if (how == RUNS_OUT)
        kit_wait (kit, 50);
    else if (how == THREAD_ENDS)
        kit_record (kit, WEIR__RECORD_CLOSE, B, 0);
    else
        kit_record (kit, WEIR__RECORD_EXPIRE, (weir__origin_t){2, 0}, 0);
}

//  Leases items in the order of the queue; they return in the same order.
static void ck_come_back (leave_t how, const char *order)
{
    char text [64];
    for (int i = 0; i < 3; i++)
        ck_assert_str_eq (by (B, WEIR__QUEUE_GET_LEASE,
                              how == RUNS_OUT ? "50" : "-1") [0] == '['
                              ? "leased"
                              : "",
                          "leased");
    ck_counts (1, 4, 3);
    come_back (how);
    ck_counts (4, 4, 0);
    for (int i = 0; i < 4; i++) {
        snprintf (text, sizeof text, "[%c, %d, %d]", order [i], 4 + i,
                  i < 3 ? 2 : 1);
        ck_assert_str_eq (ask (WEIR__QUEUE_GET_LEASE, "-1"), text);
    }
    for (int i = 1; i <= 3; i++) {
        snprintf (text, sizeof text, "%d", i);
        ck_assert_str_eq (ask (WEIR__QUEUE_ACK, text), "ESTALE");
    }
}

START_TEST (an_unacknowledged_item_returns_to_its_position)
{
    ck_assert_str_eq (ask (WEIR__QUEUE_PUT_MANY, "[3, 1, 2, 4]"), "None");
    ck_come_back ((leave_t) _i, "3124");
}
END_TEST

START_TEST (a_leased_item_returns_in_the_order_of_the_queue)
{
    queue = kit_create (kit, A, WEIR__QUEUE, "None, 0, 1");
    ck_assert_str_eq (ask (WEIR__QUEUE_PUT_MANY, "[3, 1, 2, 4]"), "None");
    ck_come_back ((leave_t) _i, "4213");
}
END_TEST

START_TEST (a_leased_item_returns_by_priority)
{
    queue = kit_create (kit, A, WEIR__QUEUE, "None, 0, 2");
    ck_assert_str_eq (ask (WEIR__QUEUE_PUT_MANY, "[3, 1, 2, 4]"), "None");
    ck_come_back ((leave_t) _i, "1234");
}
END_TEST

START_TEST (a_returned_item_goes_to_a_waiter)
{
    ck_assert_str_eq (ask (WEIR__QUEUE_PUT_MANY, "['a', 'b']"), "None");
    ck_assert_str_eq (by (B, WEIR__QUEUE_GET_LEASE, "50"), "['a', 1, 1]");
    ck_assert_str_eq (by (B, WEIR__QUEUE_GET_LEASE, "60"), "['b', 2, 1]");
    ck_assert_str_eq (ask (WEIR__QUEUE_GET_LEASE, "-1"), "");
    ck_assert_str_eq (by (A2, WEIR__QUEUE_GET, ""), "");
    kit_restore (kit);
    kit_wait (kit, 49);
    ck_assert_str_eq (kit_reply (kit, A, kit_last (kit, A)), "");
    kit_wait (kit, 1);
    ck_assert_str_eq (kit_reply (kit, A, kit_last (kit, A)), "['a', 3, 2]");
    ck_assert_str_eq (kit_reply (kit, A2, 1), "");
    kit_record (kit, WEIR__RECORD_EXPIRE, (weir__origin_t){2, 0}, 0);
    ck_assert_str_eq (kit_reply (kit, A2, 1), "'b'");
    ck_counts (0, 2, 1);
}
END_TEST

//  Nobody gets an item before all have returned.
START_TEST (items_that_return_together_are_given_in_order)
{
    static const weir__origin_t b2 = {2, 2};
    kit_record (kit, WEIR__RECORD_OPEN, b2, 0);
    ck_assert_str_eq (ask (WEIR__QUEUE_PUT_MANY, "[1, 2, 3]"), "None");
    ck_assert_str_eq (by (b2, WEIR__QUEUE_GET_LEASE, "-1"), "[1, 1, 1]");
    ck_assert_str_eq (by (B, WEIR__QUEUE_GET_LEASE, "-1"), "[2, 2, 1]");
    ck_assert_str_eq (by (B, WEIR__QUEUE_GET_LEASE, "-1"), "[3, 3, 1]");
    ck_assert_str_eq (by (B, WEIR__QUEUE_NACK, "2"), "None");
    ck_assert_str_eq (by (B, WEIR__QUEUE_GET_LEASE, "-1"), "[2, 4, 2]");
    ck_assert_str_eq (ask (WEIR__QUEUE_GET, ""), "");
    ck_assert_str_eq (by (A2, WEIR__QUEUE_GET_MANY, "2"), "");
    kit_restore (kit);
    if (_i == 0) {
        //  One thread, which has leased 3 before 2.
        kit_record (kit, WEIR__RECORD_CLOSE, B, 0);
        ck_assert_str_eq (kit_reply (kit, A, kit_last (kit, A)), "2");
        ck_assert_str_eq (kit_reply (kit, A2, 1), "[3]");
        ck_counts (0, 3, 1);
    } else {
        //  A process that was killed or closed its session.
        kit_record (kit, WEIR__RECORD_EXPIRE, (weir__origin_t){2, 0}, _i - 1);
        ck_assert_str_eq (kit_reply (kit, A, kit_last (kit, A)), "1");
        ck_assert_str_eq (kit_reply (kit, A2, 1), "[2, 3]");
        ck_counts (0, 3, 0);
    }
}
END_TEST

START_TEST (a_lease_can_be_extended)
{
    ck_assert_str_eq (ask (WEIR__QUEUE_PUT_MANY, "['a', 'b']"), "None");
    ck_assert_str_eq (ask (WEIR__QUEUE_GET_LEASE, "50"), "['a', 1, 1]");
    ck_assert_str_eq (ask (WEIR__QUEUE_GET_LEASE, "-1"), "['b', 2, 1]");
    kit_wait (kit, 40);
    ck_assert_str_eq (ask (WEIR__QUEUE_EXTEND, "1, 50"), "None");
    ck_assert_str_eq (ask (WEIR__QUEUE_EXTEND, "1, 0"), "EINVAL");
    ck_assert_str_eq (ask (WEIR__QUEUE_EXTEND, "1, -1"), "EINVAL");
    ck_assert_str_eq (ask (WEIR__QUEUE_EXTEND, "1, 'x'"), "EINVAL");
    ck_assert_str_eq (ask (WEIR__QUEUE_EXTEND, "1, 2147483648"), "EINVAL");
    ck_assert_str_eq (ask (WEIR__QUEUE_EXTEND, "2, 50"), "EINVAL");
    kit_restore (kit);
    kit_wait (kit, 49);
    ck_counts (0, 2, 2);
    kit_wait (kit, 1);
    ck_counts (1, 2, 1);
    ck_assert_str_eq (ask (WEIR__QUEUE_EXTEND, "1, 50"), "ESTALE");
    //  Another thread can do so, too.
    ck_assert_str_eq (by (B, WEIR__QUEUE_ACK, "2"), "None");
    ck_counts (1, 1, 0);
}
END_TEST

START_TEST (returned_items_may_exceed_maxsize)
{
    queue = kit_create (kit, A, WEIR__QUEUE, "None, 2");
    ck_assert_str_eq (ask (WEIR__QUEUE_PUT_MANY, "[1, 2]"), "None");
    ck_assert_str_eq (by (B, WEIR__QUEUE_GET_LEASE, "-1"), "[1, 1, 1]");
    ck_assert_str_eq (ask (WEIR__QUEUE_PUT, "3"), "None");
    ck_assert_str_eq (by (B, WEIR__QUEUE_NACK, "1"), "None");
    ck_counts (3, 3, 0);
    ck_assert_str_eq (by (B, WEIR__QUEUE_PUT, "4"), "");
    ck_assert_str_eq (ask (WEIR__QUEUE_GET, ""), "1");
    ck_counts (2, 3, 0);
    ck_assert_str_eq (ask (WEIR__QUEUE_GET, ""), "2");
    ck_counts (2, 4, 0);
}
END_TEST

START_TEST (a_closed_queue_waits_for_items_that_may_return)
{
    ck_assert_str_eq (ask (WEIR__QUEUE_PUT_MANY, "[1, 2]"), "None");
    ck_assert_str_eq (by (B, WEIR__QUEUE_GET_LEASE, "-1"), "[1, 1, 1]");
    ck_assert_str_eq (ask (WEIR__QUEUE_GET_LEASE, "-1"), "[2, 2, 1]");
    ck_assert_str_eq (ask (WEIR__QUEUE_CLOSE, "False"), "0");
    ck_assert_str_eq (by (A2, WEIR__QUEUE_GET_LEASE, "-1"), "");
    kit->timeout_ms = 0;
    ck_assert_str_eq (by (A2, WEIR__QUEUE_GET, ""), "EAGAIN");
    kit->timeout_ms = -1;
    ck_assert_str_eq (ask (WEIR__QUEUE_ACK, "2"), "None");
    ck_assert_str_eq (ask (WEIR__QUEUE_GET, ""), "");
    kit_restore (kit);
    kit_record (kit, WEIR__RECORD_EXPIRE, (weir__origin_t){2, 0}, 0);
    ck_assert_str_eq (kit_reply (kit, A2, 1), "[1, 3, 2]");
    ck_assert_str_eq (kit_reply (kit, A, kit_last (kit, A)), "");
    ck_assert_str_eq (by (A2, WEIR__QUEUE_ACK, "3"), "None");
    ck_assert_str_eq (kit_reply (kit, A, kit_last (kit, A)), "ECANCELED");
    ck_counts (0, 0, 0);
}
END_TEST

//  Nobody can wait for items leased by the waiters themselves, alone or
//  together.
START_TEST (a_closed_queue_does_not_trap_its_getters)
{
    ck_assert_str_eq (ask (WEIR__QUEUE_PUT_MANY, "[1, 2]"), "None");
    ck_assert_str_eq (by (B, WEIR__QUEUE_GET_LEASE, "-1"), "[1, 1, 1]");
    ck_assert_str_eq (ask (WEIR__QUEUE_GET_LEASE, "-1"), "[2, 2, 1]");
    ck_assert_str_eq (by (A2, WEIR__QUEUE_GET_LEASE, "-1"), "");
    ck_assert_str_eq (by (B, WEIR__QUEUE_GET_LEASE, "-1"), "");
    ck_assert_str_eq (ask (WEIR__QUEUE_CLOSE, "False"), "0");
    ck_assert_str_eq (ask (WEIR__QUEUE_GET_LEASE, "-1"), "ECANCELED");
    ck_assert_str_eq (kit_reply (kit, B, 2), "");
    ck_assert_str_eq (ask (WEIR__QUEUE_ACK, "2"), "None");
    ck_assert_str_eq (kit_reply (kit, B, 2), "ECANCELED");
    ck_assert_str_eq (kit_reply (kit, A2, 1), "");
    ck_assert_str_eq (by (B, WEIR__QUEUE_NACK, "1"), "None");
    ck_assert_str_eq (kit_reply (kit, A2, 1), "[1, 3, 2]");
}
END_TEST

START_TEST (closing_at_once_discards_returned_items)
{
    ck_assert_str_eq (ask (WEIR__QUEUE_PUT_MANY, "[1, 2, 3]"), "None");
    ck_assert_str_eq (by (B, WEIR__QUEUE_GET_LEASE, "-1"), "[1, 1, 1]");
    ck_assert_str_eq (ask (WEIR__QUEUE_GET_LEASE, "-1"), "[2, 2, 1]");
    ck_assert_str_eq (by (A2, WEIR__QUEUE_JOIN, ""), "");
    ck_assert_str_eq (ask (WEIR__QUEUE_CLOSE, "True"), "1");
    ck_assert_str_eq (by (B, WEIR__QUEUE_GET, ""), "ECANCELED");
    ck_counts (0, 2, 2);
    ck_assert_str_eq (ask (WEIR__QUEUE_ACK, "2"), "None");
    ck_assert_str_eq (kit_reply (kit, A2, 1), "");
    kit_record (kit, WEIR__RECORD_EXPIRE, (weir__origin_t){2, 0}, 0);
    ck_assert_str_eq (kit_reply (kit, A2, 1), "None");
    ck_counts (0, 0, 0);
}
END_TEST

START_TEST (a_holder_of_a_leased_item_cannot_join)
{
    uint64_t other = kit_create (kit, A, WEIR__QUEUE, "'r'");
    ck_assert_str_eq (ask (WEIR__QUEUE_PUT, "1"), "None");
    ck_assert_str_eq (kit_ask (kit, A, other, WEIR__QUEUE_PUT, "2"), "None");
    ck_assert_str_eq (ask (WEIR__QUEUE_GET_LEASE, "-1"), "[1, 1, 1]");
    ck_assert_str_eq (ask (WEIR__QUEUE_JOIN, ""), "EDEADLK");
    ck_assert_ptr_nonnull (strstr (kit_sentence (kit), "wait for itself"));
    kit->timeout_ms = 5; //  then it ends
    ck_assert_str_eq (ask (WEIR__QUEUE_JOIN, ""), "");
    kit_wait (kit, 5);
    ck_assert_str_eq (kit_reply (kit, A, kit_last (kit, A)), "ETIMEDOUT");
    kit->timeout_ms = 0;
    ck_assert_str_eq (ask (WEIR__QUEUE_JOIN, ""), "EAGAIN");
    kit->timeout_ms = -1;
    //  Nor with a lease that will expire: its holder must finish it.
    ck_assert_str_eq (by (A2, WEIR__QUEUE_PUT, "3"), "None");
    ck_assert_str_eq (by (A2, WEIR__QUEUE_GET_LEASE, "1000"), "[3, 2, 1]");
    ck_assert_str_eq (by (A2, WEIR__QUEUE_JOIN, ""), "EDEADLK");
    ck_assert_str_eq (by (A2, WEIR__QUEUE_ACK, "2"), "None");
    //  And not in a circle either.
    ck_assert_str_eq (kit_ask (kit, B, other, WEIR__QUEUE_GET_LEASE, "-1"),
                      "[2, 1, 1]");
    ck_assert_str_eq (by (B, WEIR__QUEUE_JOIN, ""), "");
    ck_assert_str_eq (kit_ask (kit, A, other, WEIR__QUEUE_JOIN, ""), "EDEADLK");
    ck_assert_str_eq (ask (WEIR__QUEUE_ACK, "1"), "None");
    ck_assert_str_eq (kit_reply (kit, B, kit_last (kit, B)), "None");
}
END_TEST

//  Replaces the machine, if any, by one with a session that it never saw.
static void go_on (weir__machine_t *machine)
{
    static const weir__origin_t c = {3, 1};
    if (!machine)
        return;
    weir__machine_destroy (&kit->machine);
    kit->machine = machine;
    kit_forget (kit);
    for (unsigned i = 0; i < KIT_LINKS; i++)
        if (kit->links [i].who.session == c.session)
            kit->links [i] = (kit_link_t){.who = c};
    kit_record (kit, WEIR__RECORD_OPEN, c, 0);
    by (c, WEIR__QUEUE_PUT_MANY, "[7, 8, 9]");
    by (c, WEIR__QUEUE_NACK, "2");
    kit_record (kit, WEIR__RECORD_EXPIRE, (weir__origin_t){2, 0}, 0);
    by (c, WEIR__QUEUE_ACK, "3");
    by (c, WEIR__QUEUE_CLOSE, "True");
}

START_TEST (a_damaged_snapshot_is_refused_or_works)
{
    weir__buffer_t snapshot = WEIR__BUFFER_INIT;
    ck_assert_str_eq (ask (WEIR__QUEUE_PUT_MANY, "[1, 2]"), "None");
    ck_assert_str_eq (by (B, WEIR__QUEUE_GET_LEASE, "-1"), "[1, 1, 1]");
    ck_assert_str_eq (by (B, WEIR__QUEUE_GET_LEASE, "90"), "[2, 2, 1]");
    ck_assert_str_eq (ask (WEIR__QUEUE_GET_LEASE, "50"), "");
    ck_assert_str_eq (by (A2, WEIR__QUEUE_GET_LEASE, "-1"), "");
    weir__machine_save (kit->machine, &snapshot);
    unsigned char changes [] = {0x01, 0x02, 0x80, 0xff};
    for (size_t i = 0; i < snapshot.size; i++)
        for (size_t j = 0; j < sizeof changes; j++) {
            snapshot.data [i] ^= changes [j];
            go_on (weir__machine_load (
                (weir__bytes_t){snapshot.data, snapshot.size}));
            snapshot.data [i] ^= changes [j];
        }
    weir__buffer_free (&snapshot);
}
END_TEST

int main (void)
{
    Suite *suite = suite_create ("queue, leases");
    TCase *tcase = test_case (suite, "leases");
    tcase_add_checked_fixture (tcase, begin, end);
    tcase_add_test (tcase, an_acknowledged_item_is_done);
    tcase_add_loop_test (tcase, an_unacknowledged_item_returns_to_its_position,
                         0, LEAVES);
    tcase_add_loop_test (tcase, a_leased_item_returns_in_the_order_of_the_queue,
                         0, LEAVES);
    tcase_add_loop_test (tcase, a_leased_item_returns_by_priority, 0, LEAVES);
    tcase_add_test (tcase, a_returned_item_goes_to_a_waiter);
    tcase_add_loop_test (tcase, items_that_return_together_are_given_in_order,
                         0, 3);
    tcase_add_test (tcase, a_lease_can_be_extended);
    tcase_add_test (tcase, returned_items_may_exceed_maxsize);
    tcase_add_test (tcase, a_closed_queue_waits_for_items_that_may_return);
    tcase_add_test (tcase, a_closed_queue_does_not_trap_its_getters);
    tcase_add_test (tcase, closing_at_once_discards_returned_items);
    tcase_add_test (tcase, a_holder_of_a_leased_item_cannot_join);
    tcase_add_test (tcase, a_damaged_snapshot_is_refused_or_works);
    return test_main (suite);
}
