/*  check_lock.c - the kind lock: one holder at a time

    SPDX-License-Identifier: MPL-2.0
*/

#include <stdio.h>
#include <string.h>

#include "machine_kit.h"
#include "support.h"

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

START_TEST (a_lock_goes_to_one_at_a_time_in_the_order_of_asking)
{
    lock = kit_create (kit, A, WEIR__LOCK, "'l'");
    ck_assert_str_eq (by (A, WEIR__LOCK_ACQUIRE), "[1, False]");
    ck_assert_str_eq (by (B, WEIR__LOCK_ACQUIRE), "");
    ck_assert_str_eq (by (A2, WEIR__LOCK_ACQUIRE), "");
    ck_assert_str_eq (by (A, WEIR__LOCK_INFO), "[True, 1, False, 2, 1, 1]");
    ck_assert_str_eq (by (B, WEIR__LOCK_RELEASE), "EPERM");
    ck_assert_str_eq (by (A, WEIR__LOCK_RELEASE), "None");
    ck_assert_str_eq (kit_reply (kit, B, 1), "[2, False]");
    ck_assert_str_eq (kit_reply (kit, A2, 1), "");
    ck_assert_str_eq (by (B, WEIR__LOCK_INFO), "[True, 2, False, 1, 2, 1]");
    ck_assert_str_eq (by (B, WEIR__LOCK_RELEASE), "None");
    ck_assert_str_eq (kit_reply (kit, A2, 1), "[3, False]");
    ck_assert_str_eq (by (A2, WEIR__LOCK_RELEASE), "None");
    ck_assert_str_eq (by (A2, WEIR__LOCK_RELEASE), "EPERM");
    ck_assert_str_eq (kit_sentence (kit),
                      "lock 'l': nobody holds it; acquire it first");
    ck_assert_str_eq (by (A, WEIR__LOCK_INFO), "[False, 3, False, 0, 0, 0]");
}
END_TEST

START_TEST (who_holds_a_lock_does_not_wait_for_himself)
{
    lock = kit_create (kit, A, WEIR__LOCK, "None");
    ck_assert_str_eq (by (A, WEIR__LOCK_ACQUIRE), "[1, False]");
    ck_assert_str_eq (by (A, WEIR__LOCK_ACQUIRE), "EDEADLK");
    kit->timeout_ms = 0;
    ck_assert_str_eq (by (A, WEIR__LOCK_ACQUIRE), "EAGAIN");
    ck_assert_str_eq (by (B, WEIR__LOCK_ACQUIRE), "EAGAIN");
    kit->timeout_ms = 10;
    ck_assert_str_eq (by (A, WEIR__LOCK_ACQUIRE), "EDEADLK");
    ck_assert_str_eq (by (B, WEIR__LOCK_ACQUIRE), "");
    kit_wait (kit, 9);
    ck_assert_str_eq (kit_reply (kit, B, 2), "");
    kit_wait (kit, 1);
    ck_assert_str_eq (kit_reply (kit, B, 2), "ETIMEDOUT");
    ck_assert_str_eq (by (A, WEIR__LOCK_RELEASE), "None");
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
    ck_assert_str_eq (by (A2, WEIR__LOCK_RELEASE), "None");
    ck_assert_str_eq (by (A2, WEIR__LOCK_ACQUIRE), "[4, False]");
    kit_record (kit, WEIR__RECORD_EXPIRE, (weir__origin_t){1, 0}, 0);
    kit_record (kit, WEIR__RECORD_OPEN, (weir__origin_t){3, 1}, 0);
    ck_assert_str_eq (by ((weir__origin_t){3, 1}, WEIR__LOCK_INFO),
                      "[False, 4, True, 0, 0, 0]");
    ck_assert_str_eq (by ((weir__origin_t){3, 1}, WEIR__LOCK_ACQUIRE),
                      "[5, True]");
}
END_TEST

START_TEST (a_link_passes_on_all_it_held_in_the_order_of_taking)
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

int main (void)
{
    Suite *suite = suite_create ("lock");
    TCase *tcase = test_case (suite, "operations");
    tcase_add_checked_fixture (tcase, begin, end);
    tcase_add_test (tcase, a_lock_goes_to_one_at_a_time_in_the_order_of_asking);
    tcase_add_test (tcase, who_holds_a_lock_does_not_wait_for_himself);
    tcase_add_test (tcase, a_dead_holder_passes_the_lock_on_as_abandoned);
    tcase_add_test (tcase, a_link_passes_on_all_it_held_in_the_order_of_taking);
    return test_main (suite);
}
