/*  check_lock.c - the kind lock: one holder at a time

    SPDX-License-Identifier: MPL-2.0
*/

#include <stdio.h>
#include <string.h>

#include "kit/machine.h"
#include "kit/support.h"

static kit_t *kit;
static uint64_t lock;

static void begin (void)
{
    kit = kit_new ();
}

static void end (void)
{
    kit_destroy (&kit);
}

static const char *by (weir__origin_t who, unsigned op)
{
    return kit_ask (kit, who, lock, op, "");
}

START_TEST (a_lock_is_granted_to_one_at_a_time_the_oldest_first)
{
    lock = kit_create (kit, A, WEIR__LOCK, "'l'");
    ck_assert_str_eq (by (A, WEIR__LOCK_ACQUIRE), "[1, False]");
    ck_assert_str_eq (by (B, WEIR__LOCK_ACQUIRE), "");
    ck_assert_str_eq (by (A2, WEIR__LOCK_ACQUIRE), "");
    ck_assert_str_eq (by (A, WEIR__LOCK_INFO), "[True, 1, False, 2, 1, 1]");
    ck_assert_str_eq (by (B, WEIR__LOCK_RELEASE), "EPERM");
    ck_assert_str_eq (by (A, WEIR__LOCK_RELEASE), "0");
    ck_assert_str_eq (kit_reply (kit, B, 1), "[2, False]");
    ck_assert_str_eq (kit_reply (kit, A2, 1), "");
    ck_assert_str_eq (by (B, WEIR__LOCK_INFO), "[True, 2, False, 1, 2, 1]");
    ck_assert_str_eq (by (B, WEIR__LOCK_RELEASE), "0");
    ck_assert_str_eq (kit_reply (kit, A2, 1), "[3, False]");
    ck_assert_str_eq (by (A2, WEIR__LOCK_RELEASE), "0");
    ck_assert_str_eq (by (A2, WEIR__LOCK_RELEASE), "EPERM");
    ck_assert_str_eq (kit_sentence (kit),
                      "lock 'l': nobody holds it; acquire it first");
    ck_assert_str_eq (by (A, WEIR__LOCK_INFO), "[False, 3, False, 0, 0, 0]");
}
END_TEST

START_TEST (a_holder_does_not_wait_for_its_own_lock)
{
    lock = kit_create (kit, A, WEIR__LOCK, "None");
    ck_assert_str_eq (by (A, WEIR__LOCK_ACQUIRE), "[1, False]");
    ck_assert_str_eq (by (A, WEIR__LOCK_ACQUIRE), "EDEADLK");
    kit->timeout_ms = 0;
    ck_assert_str_eq (by (A, WEIR__LOCK_ACQUIRE), "EAGAIN");
    ck_assert_str_eq (by (B, WEIR__LOCK_ACQUIRE), "EAGAIN");
    //  A wait with a timeout ends.
    kit->timeout_ms = 10;
    ck_assert_str_eq (by (A, WEIR__LOCK_ACQUIRE), "");
    ck_assert_str_eq (by (B, WEIR__LOCK_ACQUIRE), "");
    kit_wait (kit, 9);
    ck_assert_str_eq (kit_reply (kit, A, kit_last (kit, A)), "");
    ck_assert_str_eq (kit_reply (kit, B, 2), "");
    kit_wait (kit, 1);
    ck_assert_str_eq (kit_reply (kit, A, kit_last (kit, A)), "ETIMEDOUT");
    ck_assert_str_eq (kit_reply (kit, B, 2), "ETIMEDOUT");
    ck_assert_str_eq (by (A, WEIR__LOCK_RELEASE), "0");
    ck_assert_str_eq (by (B, WEIR__LOCK_ACQUIRE), "[2, False]");
}
END_TEST

START_TEST (a_dead_holder_passes_the_lock_on_as_abandoned)
{
    lock = kit_create (kit, A, WEIR__LOCK, "'l'");
    ck_assert_str_eq (by (B, WEIR__LOCK_ACQUIRE), "[1, False]");
    ck_assert_str_eq (by (A, WEIR__LOCK_ACQUIRE), "");
    ck_assert_str_eq (by (A2, WEIR__LOCK_ACQUIRE), "");
    uint64_t number = kit_last (kit, A);
    kit_record (kit, WEIR__RECORD_EXPIRE, (weir__origin_t){2, 0}, 0);
    ck_assert_str_eq (kit_reply (kit, A, number), "[2, True]");
    kit_record (kit, WEIR__RECORD_CLOSE, A, 0);
    ck_assert_str_eq (kit_reply (kit, A2, 1), "[3, True]");
    kit_restore (kit);
    ck_assert_str_eq (by (A2, WEIR__LOCK_INFO), "[True, 3, True, 0, 1, 2]");
    ck_assert_str_eq (by (A2, WEIR__LOCK_RELEASE), "0");
    ck_assert_str_eq (by (A2, WEIR__LOCK_ACQUIRE), "[4, False]");
    kit_record (kit, WEIR__RECORD_EXPIRE, (weir__origin_t){1, 0}, 0);
    kit_record (kit, WEIR__RECORD_OPEN, (weir__origin_t){3, 1}, 0);
    ck_assert_str_eq (by ((weir__origin_t){3, 1}, WEIR__LOCK_INFO),
                      "[False, 4, True, 0, 0, 0]");
    ck_assert_str_eq (by ((weir__origin_t){3, 1}, WEIR__LOCK_ACQUIRE),
                      "[5, True]");
}
END_TEST

START_TEST (an_ended_link_passes_its_locks_on_in_the_order_of_acquiring)
{
    static const char *const names [] = {"'a'", "'b'", "'c'"};
    uint64_t locks [3], numbers [3];
    for (int i = 0; i < 3; i++)
        locks [i] = kit_create (kit, A, WEIR__LOCK, names [i]);
    for (int i = 0; i < 3; i++)
        kit_ask (kit, A, locks [2 - i], WEIR__LOCK_ACQUIRE, "");
    for (int i = 0; i < 3; i++) {
        kit_ask (kit, B, locks [i], WEIR__LOCK_ACQUIRE, "");
        numbers [i] = kit_last (kit, B);
    }
    kit_restore (kit);
    kit_forget (kit);
    kit_record (kit, WEIR__RECORD_CLOSE, A, 0);
    ck_assert_uint_eq (kit->reply_count, 3);
    for (int i = 0; i < 3; i++)
        ck_assert_uint_eq (kit->replies [i].number, numbers [2 - i]);
}
END_TEST

static const char *ask (weir__origin_t who, uint64_t object, unsigned op)
{
    return kit_ask (kit, who, object, op, "");
}

START_TEST (an_rlock_is_free_after_as_many_releases_as_acquires)
{
    lock = kit_create (kit, A, WEIR__RLOCK, "'r'");
    ck_assert_str_eq (by (A, WEIR__LOCK_ACQUIRE), "[1, False]");
    ck_assert_str_eq (by (A, WEIR__LOCK_ACQUIRE), "[1, False]");
    ck_assert_str_eq (by (B, WEIR__LOCK_ACQUIRE), "");
    uint64_t wait = kit_last (kit, B);
    ck_assert_str_eq (by (A, WEIR__LOCK_RELEASE), "1");
    kit_restore (kit);
    ck_assert_str_eq (kit_reply (kit, B, wait), "");
    ck_assert_str_eq (by (A, WEIR__LOCK_RELEASE), "0");
    ck_assert_str_eq (kit_reply (kit, B, wait), "[2, False]");
    ck_assert_str_eq (by (A, WEIR__LOCK_RELEASE), "EPERM");
}
END_TEST

START_TEST (a_lease_that_runs_out_passes_the_lock_on)
{
    lock = kit_create (kit, A, WEIR__LOCK, "'l'");
    ck_assert_str_eq (kit_ask (kit, A, lock, WEIR__LOCK_ACQUIRE, "0"),
                      "[1, False]");
    ck_assert_str_eq (kit_ask (kit, A, lock, WEIR__LOCK_RENEW, "5"), "EINVAL");
    ck_assert_str_eq (by (A, WEIR__LOCK_RELEASE), "0");
    ck_assert_str_eq (kit_ask (kit, A, lock, WEIR__LOCK_ACQUIRE, "-1"),
                      "EINVAL");
    ck_assert_str_eq (kit_ask (kit, A, lock, WEIR__LOCK_ACQUIRE, "10"),
                      "[2, False]");
    ck_assert_str_eq (by (B, WEIR__LOCK_ACQUIRE), "");
    uint64_t wait = kit_last (kit, B);
    kit_wait (kit, 9);
    ck_assert_str_eq (kit_ask (kit, A, lock, WEIR__LOCK_RENEW, "10"), "None");
    kit_restore (kit);
    kit_wait (kit, 9);
    ck_assert_str_eq (kit_reply (kit, B, wait), "");
    kit_wait (kit, 1);
    ck_assert_str_eq (kit_reply (kit, B, wait), "[3, True]");
    ck_assert_str_eq (by (A, WEIR__LOCK_RELEASE), "EPERM");
    ck_assert_str_eq (kit_ask (kit, A, lock, WEIR__LOCK_RENEW, "5"), "EPERM");
}
END_TEST

//  A holds a, B holds b, C holds c; A waits for b, B for c: C must not wait for
//  a.
START_TEST (the_wait_that_closes_a_circle_is_refused_and_the_circle_named)
{
    weir__origin_t links [] = {A, B, A2};
    uint64_t locks [3];
    const char *names [] = {"'a'", "'b'", "'c'"};
    for (int i = 0; i < 3; i++) {
        locks [i] =
            kit_create (kit, A, i == 1 ? WEIR__RLOCK : WEIR__LOCK, names [i]);
        ck_assert_str_eq (ask (links [i], locks [i], WEIR__LOCK_ACQUIRE),
                          "[1, False]");
    }
    ck_assert_str_eq (ask (A, locks [1], WEIR__LOCK_ACQUIRE), "");
    uint64_t wait = kit_last (kit, A);
    //  No circle yet, and none with a wait that ends by itself.
    kit->timeout_ms = 5;
    ck_assert_str_eq (ask (B, locks [2], WEIR__LOCK_ACQUIRE), "");
    kit->timeout_ms = -1;
    ck_assert_str_eq (ask (A2, locks [0], WEIR__LOCK_ACQUIRE), "");
    kit_record (kit, WEIR__RECORD_CANCEL, A2, kit_last (kit, A2));
    kit_wait (kit, 5);
    ck_assert_str_eq (ask (B, locks [2], WEIR__LOCK_ACQUIRE), "");
    kit_restore (kit);
    static const char *const outcomes [] = {"EDEADLK", "EAGAIN", ""};
    kit->timeout_ms = _i;
    ck_assert_str_eq (ask (A2, locks [0], WEIR__LOCK_ACQUIRE),
                      outcomes [_i + 1]);
    kit_wait (kit, 1);
    //  The sentence names the circle in either case.
    if (_i != 0)
        ck_assert_ptr_nonnull (strstr (
            kit_sentence (kit),
            "waiting for it would never end: this thread (2 of process 0) "
            "holds lock 'c'; thread 1 of process 0 waits for it and holds "
            "rlock 'b'; thread 1 of process 0 waits for it and holds "
            "lock 'a'"));
    ck_assert (strstr (kit_sentence (kit), "timed out") || _i < 1);
    //  The refused thread can give way.
    ck_assert_str_eq (ask (A2, locks [2], WEIR__LOCK_RELEASE), "0");
    ck_assert_str_eq (ask (B, locks [1], WEIR__LOCK_RELEASE), "0");
    ck_assert_str_eq (kit_reply (kit, A, wait), "[2, False]");
}
END_TEST

int main (void)
{
    Suite *suite = suite_create ("lock");
    TCase *tcase = test_case (suite, "operations");
    tcase_add_checked_fixture (tcase, begin, end);
    tcase_add_test (tcase, a_lock_is_granted_to_one_at_a_time_the_oldest_first);
    tcase_add_test (tcase, a_holder_does_not_wait_for_its_own_lock);
    tcase_add_test (tcase, a_dead_holder_passes_the_lock_on_as_abandoned);
    tcase_add_test (
        tcase, an_ended_link_passes_its_locks_on_in_the_order_of_acquiring);
    tcase_add_test (tcase, an_rlock_is_free_after_as_many_releases_as_acquires);
    tcase_add_test (tcase, a_lease_that_runs_out_passes_the_lock_on);
    tcase_add_loop_test (
        tcase, the_wait_that_closes_a_circle_is_refused_and_the_circle_named,
        -1, 2);
    return test_main (suite);
}
