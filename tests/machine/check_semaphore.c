/*  check_semaphore.c - the kind semaphore: units and their holders

    SPDX-License-Identifier: MPL-2.0
*/

#include <stdio.h>
#include <string.h>

#include "kit/machine.h"
#include "kit/support.h"

static kit_t *kit;
static uint64_t semaphore;

static void begin (void)
{
    kit = kit_new ();
}

static void end (void)
{
    kit_destroy (&kit);
}

static const char *acquire (weir__origin_t who)
{
    return kit_ask (kit, who, semaphore, WEIR__SEMAPHORE_ACQUIRE, "");
}

static const char *release (weir__origin_t who, const char *count)
{
    return kit_ask (kit, who, semaphore, WEIR__SEMAPHORE_RELEASE, count);
}

//  The facts: value, held.
static void has (int value, int held)
{
    char wanted [64];
    kit_restore (kit);
    snprintf (wanted, sizeof wanted, "'value': %d, 'held': %d,", value, held);
    const char *info = kit_read (kit, semaphore, WEIR__INFO, "");
    ck_assert_msg (strstr (info, wanted) != NULL, "%s: %s", wanted, info);
    snprintf (wanted, sizeof wanted, "%d", value);
    ck_assert_str_eq (kit_read (kit, semaphore, WEIR__SEMAPHORE_VALUE, ""),
                      wanted);
}

START_TEST (units_go_to_the_oldest_waiter_first)
{
    semaphore = kit_create (kit, A, WEIR__SEMAPHORE, "'s', 2");
    ck_assert_str_eq (acquire (A), "None");
    ck_assert_str_eq (acquire (A), "None");
    has (0, 2);
    ck_assert_str_eq (acquire (B), "");
    ck_assert_str_eq (acquire (A2), "");
    ck_assert_str_eq (acquire (B), "");
    kit->timeout_ms = 0;
    ck_assert_str_eq (acquire (A), "EAGAIN");
    ck_assert_str_eq (kit_sentence (kit), "semaphore 's': no unit is free");
    ck_assert_str_eq (release (A, ""), "None");
    ck_assert_str_eq (kit_reply (kit, B, 1), "None");
    ck_assert_str_eq (kit_reply (kit, A2, 1), "");
    has (0, 2);
    ck_assert_str_eq (release (A, "2"), "None"); //  one is B's
    ck_assert_str_eq (kit_reply (kit, A2, 1), "None");
    ck_assert_str_eq (kit_reply (kit, B, 2), "None");
    has (0, 2);
}
END_TEST

START_TEST (a_semaphore_checks_its_arguments)
{
    const char *wrong [] = {", 'x', -1",   ", 'x', 2147483648",
                            ", 'x', 1.5",  ", 'x', 1, 1",
                            ", 'x', True", ", 'x', 1, True, 1"};
    char args [40];
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        snprintf (args, sizeof args, "%d%s", WEIR__SEMAPHORE, wrong [i]);
        ck_assert_str_eq (kit_ask (kit, A, 0, WEIR__DIRECTORY_CREATE, args),
                          "EINVAL");
    }
    semaphore = kit_create (kit, A, WEIR__SEMAPHORE, "'a'");
    has (1, 0);
    ck_assert_str_eq (kit_ask (kit, A, semaphore, WEIR__SEMAPHORE_ACQUIRE, "1"),
                      "EINVAL");
    semaphore = kit_create (kit, A, WEIR__SEMAPHORE, "'b', 2147483647");
    ck_assert_str_eq (release (A, ""), "EOVERFLOW");
    ck_assert_str_eq (kit_sentence (kit), "semaphore 'b': a semaphore has at "
                                          "most 2147483647 units");
    ck_assert_str_eq (acquire (A), "None");
    ck_assert_str_eq (release (A, "2"), "EOVERFLOW");
    ck_assert_str_eq (release (A, "9223372036854775807"), "EOVERFLOW");
    has (2147483646, 1);
    ck_assert_str_eq (release (A, "0"), "EINVAL");
    ck_assert_str_eq (release (A, "-1"), "EINVAL");
    ck_assert_str_eq (release (A, "'x'"), "EINVAL");
    ck_assert_str_eq (release (A, ""), "None");
}
END_TEST

START_TEST (a_bounded_semaphore_does_not_overflow)
{
    semaphore = kit_create (kit, A, WEIR__SEMAPHORE, "'s', 2, True");
    ck_assert_str_eq (release (A, ""), "EOVERFLOW");
    ck_assert_str_eq (kit_sentence (kit),
                      "semaphore 's': it is bounded: it would have more units "
                      "free than the 2 that it was made with");
    ck_assert_str_eq (acquire (A), "None");
    ck_assert_str_eq (release (A, "2"), "EOVERFLOW");
    has (1, 1);
    ck_assert_str_eq (release (B, "1"), "None");
    has (2, 0);
    ck_assert_str_eq (release (A, "1"), "EOVERFLOW");
    //  Consumed units can be released.
    ck_assert_str_eq (kit_ask (kit, A, semaphore, WEIR__SEMAPHORE_CONSUME, ""),
                      "None");
    has (1, 0);
    ck_assert_str_eq (release (B, "1"), "None");
    ck_assert_str_eq (release (B, "1"), "EOVERFLOW");
}
END_TEST

START_TEST (units_of_dead_holders_are_released)
{
    semaphore = kit_create (kit, A, WEIR__SEMAPHORE, "'s', 3");
    for (int i = 0; i < 3; i++)
        ck_assert_str_eq (acquire (B), "None");
    ck_assert_str_eq (acquire (A), "");
    uint64_t wait = kit_last (kit, A);
    kit_record (kit, WEIR__RECORD_EXPIRE, (weir__origin_t){2, 0}, 0);
    ck_assert_str_eq (kit_reply (kit, A, wait), "None");
    has (2, 1);
    ck_assert_str_eq (acquire (A2), "None");
    kit_record (kit, WEIR__RECORD_CLOSE, A2, 0);
    has (2, 1);
}
END_TEST

//  B produces, A consumes.
START_TEST (releases_reduce_the_holds_of_consumers)
{
    semaphore = kit_create (kit, B, WEIR__SEMAPHORE, "'s', 0");
    release (B, "2");
    ck_assert_str_eq (acquire (A), "None");
    ck_assert_str_eq (acquire (A), "None");
    has (0, 2);
    for (int i = 0; i < 5; i++) {
        release (B, "");
        has (1, 1);
        ck_assert_str_eq (acquire (A), "None");
        has (0, 2);
    }
    kit_record (kit, WEIR__RECORD_CLOSE, A, 0);
    has (2, 0);
    //  Consuming holds nothing, and nothing is released at the end.
    for (int i = 0; i < 2; i++)
        ck_assert_str_eq (
            kit_ask (kit, A2, semaphore, WEIR__SEMAPHORE_CONSUME, ""), "None");
    ck_assert_str_eq (kit_ask (kit, A2, semaphore, WEIR__SEMAPHORE_CONSUME, ""),
                      "");
    release (B, "");
    has (0, 0);
    kit_record (kit, WEIR__RECORD_EXPIRE, (weir__origin_t){1, 0}, 0);
    has (0, 0);
}
END_TEST

START_TEST (releasing_more_than_held_takes_from_the_oldest_holder)
{
    semaphore = kit_create (kit, A, WEIR__SEMAPHORE, "'s', 4");
    acquire (A2);
    acquire (B);
    acquire (A);
    acquire (A2);
    release (A, "2"); //  its own, and one of A2's
    has (2, 2);
    release (A, ""); //  the other one of A2's
    has (3, 1);
    kit_record (kit, WEIR__RECORD_CLOSE, A2, 0);
    has (3, 1);
    release (A, "3"); //  B's, and two new ones
    has (6, 0);
}
END_TEST

//  A holds the unit and waits for the lock, which B holds.
static const char *close_circle (const char *args)
{
    semaphore = kit_create (kit, A, WEIR__SEMAPHORE, args);
    uint64_t lock = kit_create (kit, A, WEIR__LOCK, "None");
    if (strcmp (args, "None, 0") == 0)
        release (B, "");
    acquire (A);
    kit_ask (kit, B, lock, WEIR__LOCK_ACQUIRE, "");
    kit_ask (kit, A, lock, WEIR__LOCK_ACQUIRE, "");
    return acquire (B);
}

START_TEST (a_semaphore_that_is_a_lock_is_part_of_circles)
{
    ck_assert_str_eq (close_circle ("'s', 1"), "EDEADLK");
    ck_assert_ptr_nonnull (strstr (kit_sentence (kit), "semaphore 's'"));
    kit->timeout_ms = 5;
    ck_assert_str_eq (acquire (B), ""); //  any link may come and release
    kit_wait (kit, 5);
    kit->timeout_ms = 0;
    ck_assert_str_eq (acquire (B), "EAGAIN");
    kit->timeout_ms = -1;
    //  One does: from now on the holders are uncertain.
    release (A2, "");
    kit_destroy (&kit);
    kit = kit_new ();
    semaphore = kit_create (kit, A, WEIR__SEMAPHORE, "None, 1");
    acquire (A);
    release (B, "");
    acquire (A);
    ck_assert_str_eq (acquire (A), "");
}
END_TEST

START_TEST (a_semaphore_that_may_be_a_signal_is_not_part_of_circles)
{
    static const char *const args [] = {"None, 0", "None, 2"};
    ck_assert_str_eq (close_circle (args [_i]), _i ? "None" : "");
    if (_i)
        ck_assert_str_eq (acquire (B), "");
}
END_TEST

int main (void)
{
    Suite *suite = suite_create ("semaphore");
    TCase *tcase = test_case (suite, "operations");
    tcase_add_checked_fixture (tcase, begin, end);
    tcase_add_test (tcase, units_go_to_the_oldest_waiter_first);
    tcase_add_test (tcase, a_semaphore_checks_its_arguments);
    tcase_add_test (tcase, a_bounded_semaphore_does_not_overflow);
    tcase_add_test (tcase, units_of_dead_holders_are_released);
    tcase_add_test (tcase, releases_reduce_the_holds_of_consumers);
    tcase_add_test (tcase,
                    releasing_more_than_held_takes_from_the_oldest_holder);
    tcase_add_test (tcase, a_semaphore_that_is_a_lock_is_part_of_circles);
    tcase_add_loop_test (
        tcase, a_semaphore_that_may_be_a_signal_is_not_part_of_circles, 0, 2);
    return test_main (suite);
}
