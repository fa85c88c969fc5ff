/*  check_machine.c - the machine's core: exactly once, deadlines, reads

    SPDX-License-Identifier: MPL-2.0
*/

#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "codec/pack.h"
#include "machine/snapshot.h"
#include "kit/machine.h"
#include "kit/support.h"

static kit_t *kit;
static uint64_t var;
static uint64_t lock;

static void begin (void)
{
    kit = kit_new ();
    var = kit_create (kit, B, WEIR__VAR, "'v', 0");
    lock = kit_create (kit, B, WEIR__LOCK, "'l'");
}

static void end (void)
{
    kit_destroy (&kit);
}

static const char *add_one (weir__origin_t who)
{
    return kit_ask (kit, who, var, WEIR__VAR_ADD, "1");
}

//  The same with a given number.
static const char *add_one_as (weir__origin_t who, uint64_t number)
{
    kit_forget (kit);
    kit->number = number;
    return add_one (who);
}

static const char *acquire (weir__origin_t who)
{
    return kit_ask (kit, who, lock, WEIR__LOCK_ACQUIRE, "");
}

static const char *release (weir__origin_t who)
{
    return kit_ask (kit, who, lock, WEIR__LOCK_RELEASE, "");
}

//  ---------------------------------------------------------------------------
//  Exactly once

START_TEST (a_repeated_request_gets_the_reply_that_was_kept)
{
    ck_assert_str_eq (add_one (A), "1");
    ck_assert_str_eq (add_one_as (A, 1), "1");
    ck_assert_str_eq (add_one_as (A, 2), "2");
    kit_restore (kit);
    kit->acks = false;
    ck_assert_str_eq (add_one_as (A, 2), "2");
    ck_assert_str_eq (add_one_as (A2, 1), "3");
    ck_assert_str_eq (kit_read (kit, var, WEIR__VAR_GET, ""), "3");
}
END_TEST

START_TEST (a_failure_is_kept_as_well)
{
    kit->acks = false;
    ck_assert_str_eq (release (A), "EPERM");
    ck_assert_str_eq (acquire (A), "[1, False]");
    kit_forget (kit);
    kit->number = 1;
    ck_assert_str_eq (release (A), "EPERM");
    ck_assert_str_eq (release (A), "0");
}
END_TEST

START_TEST (an_acknowledged_reply_is_forgotten)
{
    ck_assert_str_eq (add_one (A), "1");
    ck_assert_str_eq (add_one (A), "2");
    ck_assert_str_eq (add_one_as (A, 1), "");
    ck_assert_str_eq (kit_read (kit, var, WEIR__VAR_GET, ""), "2");
}
END_TEST

START_TEST (a_repeated_request_that_waits_waits_once)
{
    acquire (A);
    ck_assert_str_eq (acquire (B), "");
    kit->number = kit_last (kit, B);
    ck_assert_str_eq (acquire (B), "");
    kit_restore (kit);
    kit->number = kit_last (kit, B);
    ck_assert_str_eq (acquire (B), "");
    kit_forget (kit);
    ck_assert_str_eq (release (A), "0");
    ck_assert_uint_eq (kit->reply_count, 2);
    ck_assert_str_eq (release (B), "0");
    kit->number = kit_last (kit, B) - 1;
    kit->acks = false;
    ck_assert_str_eq (acquire (B), "[2, False]");
}
END_TEST

START_TEST (a_link_may_have_a_window_of_requests)
{
    kit->acks = false;
    for (uint64_t number = 1; number <= WEIR__WINDOW; number++)
        ck_assert_str_ne (add_one (A), "EPROTO");
    ck_assert_str_eq (add_one (A), "EPROTO");
    ck_assert_str_eq (add_one_as (A, UINT64_MAX), "EPROTO");
    kit->acked = 1;
    ck_assert_str_eq (add_one_as (A, WEIR__WINDOW + 1), "65");
    ck_assert_str_eq (add_one_as (A, WEIR__WINDOW + 2), "EPROTO");
    ck_assert_str_eq (add_one_as (A, WEIR__WINDOW + 1), "65");
    kit->acked = WEIR__WINDOW + 1;
    ck_assert_str_eq (add_one_as (A, 2 * WEIR__WINDOW + 1), "66");
}
END_TEST

START_TEST (a_waiting_request_keeps_its_slot_in_the_window)
{
    acquire (A);
    ck_assert_str_eq (acquire (A2), "");
    kit->acks = false;
    //  A liar: the replies that it acknowledges have not come.
    kit->acked = WEIR__WINDOW;
    ck_assert_str_eq (add_one_as (A2, WEIR__WINDOW + 1), "EPROTO");
    ck_assert_str_eq (add_one_as (A2, WEIR__WINDOW + 2), "1");
    kit_restore (kit);
    ck_assert_str_eq (release (A), "0");
    ck_assert_str_eq (kit_reply (kit, A2, 1), "[2, False]");
    ck_assert_str_eq (add_one_as (A2, WEIR__WINDOW + 3), "2");
    kit->number = 1; //  a reply acknowledged too early is kept a bit longer
    ck_assert_str_eq (acquire (A2), "[2, False]");
    kit->acked = WEIR__WINDOW + 1;
    ck_assert_str_eq (add_one_as (A2, WEIR__WINDOW + 4), "3");
    ck_assert_str_eq (add_one_as (A2, 1), "");
}
END_TEST

START_TEST (numbers_may_have_gaps_and_0_is_invalid)
{
    kit->acks = false;
    ck_assert_str_eq (add_one_as (A, 5), "1");
    ck_assert_str_eq (add_one_as (A, 3), "2");
    kit->acked = 5;
    ck_assert_str_eq (add_one_as (A, 6), "3");
    ck_assert_str_eq (add_one_as (A, 4), "");
    //  Acknowledging the request itself, or later ones, has no effect.
    kit->acked = 7;
    ck_assert_str_eq (add_one_as (A, 7), "4");
    ck_assert_str_eq (add_one_as (A, 6), "3");
    kit->number = 0;
    kit_begin (kit);
    weir__record_t record = {
        .type = WEIR__RECORD_REQUEST,
        .link = 1,
        .session = 1,
        .body = {(const uint8_t [24]){0}, 24},
    };
    weir__entry_add (&kit->entry, &record);
    kit_forget (kit);
    kit_commit (kit);
    ck_assert_uint_eq (kit->reply_count, 0);
}
END_TEST

START_TEST (without_a_link_or_a_body_nothing_is_done)
{
    ck_assert_str_eq (add_one ((weir__origin_t){9, 1}), "EPROTO");
    ck_assert_str_eq (add_one ((weir__origin_t){1, 9}), "EPROTO");
    kit_begin (kit);
    weir__record_t record = {
        .type = WEIR__RECORD_REQUEST,
        .link = 1,
        .session = 1,
        .number = 1,
        .body = {(const uint8_t *) "cut", 3},
    };
    weir__entry_add (&kit->entry, &record);
    kit_commit (kit);
    ck_assert_str_eq (kit_reply (kit, A, 1), "EPROTO");
    ck_assert_str_eq (add_one (A), "1");
}
END_TEST

START_TEST (a_request_names_an_object_an_operation_and_its_arguments)
{
    ck_assert_str_eq (kit_ask (kit, A, 99, 0, ""), "ENOENT");
    ck_assert_ptr_nonnull (strstr (kit_sentence (kit), "it was dropped"));
    ck_assert_str_eq (kit_ask (kit, A, var, 99, ""), "EOPNOTSUPP");
    ck_assert_str_eq (kit_sentence (kit),
                      "var 'v': this owner does not know operation 99");
    ck_assert_str_eq (kit_ask (kit, A, var, WEIR__VAR_CAS, "1"), "EINVAL");
    ck_assert_str_eq (kit_ask (kit, A, var, WEIR__VAR_GET, "1"), "EINVAL");
    ck_assert_str_eq (kit_sentence (kit),
                      "var 'v': get takes 0 to 0 arguments, not 1");
    ck_assert_str_eq (kit_ask (kit, A, 0, 99, ""), "EOPNOTSUPP");
}
END_TEST

START_TEST (an_entry_has_as_many_records_as_it_likes)
{
    kit_begin (kit);
    for (int i = 0; i < 20; i++) {
        kit_add (kit, A, var, WEIR__VAR_ADD, "1");
        kit_add (kit, B, var, WEIR__VAR_ADD, "-1");
    }
    kit_commit (kit);
    ck_assert_str_eq (kit_read (kit, var, WEIR__VAR_GET, ""), "0");
    ck_assert_str_eq (kit_reply (kit, A, 20), "1");
}
END_TEST

START_TEST (a_damaged_entry_is_not_applied)
{
    kit_begin (kit);
    kit_add (kit, A, var, WEIR__VAR_ADD, "1");
    kit_add (kit, B, var, WEIR__VAR_ADD, "1");
    uint64_t hash = weir__machine_hash (kit->machine);
    size_t one = 8 + (kit->entry.size - 8) / 2;
    for (size_t size = 0; size < kit->entry.size; size++) {
        weir__bytes_t entry = {kit->entry.data, size};
        if (size == 8 || size == one)
            continue;
        ck_assert_int_eq (weir__machine_apply (kit->machine, entry, NULL), -1);
        ck_assert_uint_eq (weir__machine_hash (kit->machine), hash);
    }
    for (unsigned type = 0; type < 256; type++) {
        kit->entry.data [one] = (uint8_t) type;
        weir__bytes_t entry = {kit->entry.data, kit->entry.size};
        if (type < WEIR__RECORD_OPEN || type > WEIR__RECORD_EXPIRE)
            ck_assert_int_eq (weir__machine_apply (kit->machine, entry, NULL),
                              -1);
    }
    ck_assert_uint_eq (weir__machine_hash (kit->machine), hash);
}
END_TEST

START_TEST (without_a_sink_replies_are_only_kept)
{
    kit_begin (kit);
    kit_add (kit, A, var, WEIR__VAR_ADD, "1");
    weir__bytes_t entry = {kit->entry.data, kit->entry.size};
    ck_assert_int_eq (weir__machine_apply (kit->machine, entry, NULL), 0);
    ck_assert_int_eq (weir__machine_apply (kit->machine, entry, NULL), 0);
    ck_assert_str_eq (add_one_as (A, 1), "1");
}
END_TEST

//  ---------------------------------------------------------------------------
//  Deadlines and cancelling

START_TEST (deadlines_fire_in_their_order_and_equal_ones_by_age)
{
    static const int timeouts [] = {50, 20, 40, 20, 10, 30, 20, 60, 10};
    static const uint64_t order [] = {5, 9, 2, 4, 7, 6, 3, 1, 8};
    enum { COUNT = sizeof timeouts / sizeof *timeouts };
    acquire (A);
    for (int i = 0; i < COUNT; i++) {
        kit->timeout_ms = timeouts [i];
        ck_assert_str_eq (acquire (A2), "");
        if (i == COUNT / 2)
            kit_restore (kit);
    }
    ck_assert_uint_eq (weir__machine_deadline_us (kit->machine), 10000);
    kit_restore (kit);
    kit_forget (kit);
    kit_wait (kit, 20);
    ck_assert_uint_eq (kit->reply_count, 5);
    ck_assert_uint_eq (weir__machine_deadline_us (kit->machine), 30000);
    kit_wait (kit, 1000);
    ck_assert_uint_eq (kit->reply_count, COUNT);
    for (int i = 0; i < COUNT; i++) {
        ck_assert_uint_eq (kit->replies [i].number, order [i]);
        ck_assert_str_eq (kit->replies [i].text, "ETIMEDOUT");
    }
    ck_assert_uint_eq (weir__machine_deadline_us (kit->machine), WEIR__NEVER);
    ck_assert_str_eq (release (A), "0");
    ck_assert_str_eq (kit_read (kit, lock, WEIR__LOCK_INFO, ""),
                      "[False, 1, False, 0, 0, 0]");
}
END_TEST

START_TEST (deadlines_fire_before_the_records_of_an_entry)
{
    acquire (A);
    kit->timeout_ms = 10;
    ck_assert_str_eq (acquire (B), "");
    kit->time_us += 10000;
    ck_assert_str_eq (release (A), "0");
    ck_assert_str_eq (kit_reply (kit, B, kit_last (kit, B)), "ETIMEDOUT");
    ck_assert_str_eq (acquire (A2), "[2, False]");
}
END_TEST

START_TEST (time_never_goes_back_and_may_end)
{
    kit->time_us = 5000000;
    acquire (A);
    kit->time_us = 1000000;
    kit->timeout_ms = 10;
    ck_assert_str_eq (acquire (B), "");
    ck_assert_uint_eq (weir__machine_deadline_us (kit->machine), 5010000);
    kit->time_us = UINT64_MAX;
    kit_wait (kit, 0);
    ck_assert_str_eq (kit_reply (kit, B, kit_last (kit, B)), "ETIMEDOUT");
    ck_assert_str_eq (acquire (B), "");
    kit_wait (kit, 0);
    kit_restore (kit);
    kit_wait (kit, 0);
    ck_assert_uint_eq (weir__machine_deadline_us (kit->machine), WEIR__NEVER);
}
END_TEST

//  Timers are added and removed in any order: the earliest fires first.
START_TEST (many_deadlines_fire_in_their_order)
{
    enum { WAITERS = 64 };
    uint64_t state = test_seed (), deadlines [WAITERS + 1] = {0}, last = 0;
    acquire (A);
    for (int i = 1; i <= WAITERS; i++) {
        kit->timeout_ms = 1 + (int) test_random_below (&state, 40);
        deadlines [i] = (uint64_t) kit->timeout_ms * 1000;
        ck_assert_str_eq (acquire (A2), "");
    }
    unsigned left = WAITERS;
    for (int i = 0; i < WAITERS / 3; i++) {
        uint64_t number = 1 + test_random_below (&state, WAITERS);
        kit_record (kit, WEIR__RECORD_CANCEL, A2, number);
        left -= deadlines [number] != 0;
        deadlines [number] = 0;
    }
    kit_forget (kit);
    kit_wait (kit, 40);
    ck_assert_uint_eq (kit->reply_count, left);
    for (unsigned i = 0; i < left; i++) {
        uint64_t deadline = deadlines [kit->replies [i].number];
        ck_assert_uint_ge (deadline, last);
        if (i > 0 && deadline == last)
            ck_assert_uint_gt (kit->replies [i].number,
                               kit->replies [i - 1].number);
        last = deadline;
    }
}
END_TEST

START_TEST (a_wait_can_be_cancelled)
{
    acquire (A);
    ck_assert_str_eq (acquire (B), "");
    uint64_t number = kit_last (kit, B);
    kit_record (kit, WEIR__RECORD_CANCEL, B, number);
    ck_assert_str_eq (kit_reply (kit, B, number), "EINTR");
    ck_assert_str_eq (release (A), "0");
    kit_forget (kit);
    //  Done, never sent, and of no link: nothing can be cancelled.
    kit_record (kit, WEIR__RECORD_CANCEL, B, number);
    kit_record (kit, WEIR__RECORD_CANCEL, B, number + 1);
    kit_record (kit, WEIR__RECORD_CANCEL, (weir__origin_t){9, 9}, 1);
    ck_assert_uint_eq (kit->reply_count, 0);
    ck_assert_str_eq (acquire (A2), "[2, False]");
}
END_TEST

//  ---------------------------------------------------------------------------
//  Reads

START_TEST (only_reads_are_answered_without_an_entry)
{
    weir__request_body_t body = {.object = var, .op = WEIR__VAR_GET};
    ck_assert (weir__machine_reads (kit->machine, &body));
    body.op = WEIR__VAR_SET;
    ck_assert (!weir__machine_reads (kit->machine, &body));
    for (body.op = WEIR__VAR_CAS + 1; body.op < 100; body.op++)
        ck_assert (!weir__machine_reads (kit->machine, &body));
    body.object = 99;
    ck_assert (!weir__machine_reads (kit->machine, &body));
    ck_assert_str_eq (kit_read (kit, var, WEIR__VAR_SET, "1"), "EINVAL");
    ck_assert_str_eq (kit_sentence (kit), "var 'v': set is not a read");
    ck_assert_str_eq (kit_read (kit, 99, WEIR__VAR_GET, ""), "ENOENT");
    ck_assert_str_eq (kit_read (kit, var, WEIR__VAR_GET, "1"), "EINVAL");
    ck_assert_str_eq (kit_read (kit, var, WEIR__VAR_GET, ""), "0");
}
END_TEST

START_TEST (a_request_is_kept_until_it_is_acknowledged)
{
    acquire (A);
    acquire (B);
    ck_assert (weir__machine_keeps (kit->machine, A, 1));
    ck_assert (weir__machine_keeps (kit->machine, B, kit_last (kit, B)));
    ck_assert (!weir__machine_keeps (kit->machine, A, 2));
    ck_assert (!weir__machine_keeps (kit->machine, (weir__origin_t){9, 1}, 1));
    add_one (A);
    ck_assert (!weir__machine_keeps (kit->machine, A, 1));
    ck_assert (weir__machine_keeps (kit->machine, A, 2));
}
END_TEST

//  Puts a request with two large arguments into an entry, and applies it.
static const char *ask_large (uint64_t object, unsigned op, uint64_t number,
                              size_t size)
{
    weir__buffer_t body = WEIR__BUFFER_INIT;
    weir__request_body_t head = {
        .object = object, .op = (uint16_t) op, .argc = 2, .acked = number - 1};
    char *bytes = calloc (1, size);
    ck_assert_ptr_nonnull (bytes);
    weir__request_body_put (&body, &head);
    bytes [0] = (char) number;
    ck_assert_int_eq (weir__pack (&body, weir_value_bytes (bytes, size)), 0);
    ck_assert_int_eq (weir__pack (&body, weir_value_bytes (bytes, size)), 0);
    free (bytes);
    weir__record_t record = {
        .type = WEIR__RECORD_REQUEST,
        .link = A.link,
        .session = A.session,
        .number = number,
        .body = {body.data, body.size},
    };
    kit_begin (kit);
    weir__entry_add (&kit->entry, &record);
    weir__buffer_free (&body);
    kit_commit (kit);
    return kit_reply (kit, A, number);
}

START_TEST (an_item_too_large_for_a_reply_stays_in_place)
{
    enum { SIZE = 17 << 20 };
    uint64_t dict = kit_create (kit, B, WEIR__DICT, "None");
    ck_assert_str_eq (ask_large (dict, WEIR__DICT_SET, 1, SIZE), "None");
    ck_assert_str_eq (ask_large (dict, WEIR__DICT_SET, 2, SIZE), "None");
    ck_assert_str_eq (kit_ask (kit, B, dict, WEIR__DICT_ITEMS, ""), "EMSGSIZE");
    ck_assert_ptr_nonnull (strstr (kit_sentence (kit), "ask for less"));
    ck_assert_str_eq (kit_read (kit, dict, WEIR__DICT_ITEMS, ""), "EMSGSIZE");
    ck_assert_str_eq (kit_read (kit, dict, WEIR__DICT_SIZE, ""), "2");
}
END_TEST

static bool count_session (void *context, uint64_t session, uint64_t process)
{
    uint64_t *sum = context;
    *sum += session * 100 + process;
    return session < 7;
}

START_TEST (the_machine_lists_sessions_with_their_processes)
{
    uint64_t sum = 0;
    kit_record (kit, WEIR__RECORD_OPEN, (weir__origin_t){5, 1}, 55);
    kit_restore (kit);
    ck_assert (weir__machine_each_session (kit->machine, count_session, &sum));
    ck_assert_uint_eq (sum, (1 + 2 + 5) * 100 + 55);
    ck_assert (weir__machine_has_link (kit->machine, (weir__origin_t){5, 1}));
    ck_assert (!weir__machine_has_link (kit->machine, (weir__origin_t){5, 2}));
    kit_record (kit, WEIR__RECORD_OPEN, (weir__origin_t){7, 1}, 1);
    kit_record (kit, WEIR__RECORD_OPEN, (weir__origin_t){8, 1}, 1);
    ck_assert (!weir__machine_each_session (kit->machine, count_session, &sum));
}
END_TEST

int main (void)
{
    Suite *suite = suite_create ("machine");
    TCase *tcase = test_case (suite, "exactly once");
    tcase_add_checked_fixture (tcase, begin, end);
    tcase_add_test (tcase, a_repeated_request_gets_the_reply_that_was_kept);
    tcase_add_test (tcase, a_failure_is_kept_as_well);
    tcase_add_test (tcase, an_acknowledged_reply_is_forgotten);
    tcase_add_test (tcase, a_repeated_request_that_waits_waits_once);
    tcase_add_test (tcase, a_link_may_have_a_window_of_requests);
    tcase_add_test (tcase, a_waiting_request_keeps_its_slot_in_the_window);
    tcase_add_test (tcase, numbers_may_have_gaps_and_0_is_invalid);
    tcase_add_test (tcase, without_a_link_or_a_body_nothing_is_done);
    tcase_add_test (tcase,
                    a_request_names_an_object_an_operation_and_its_arguments);
    tcase_add_test (tcase, an_entry_has_as_many_records_as_it_likes);
    tcase_add_test (tcase, a_damaged_entry_is_not_applied);
    tcase_add_test (tcase, without_a_sink_replies_are_only_kept);
    tcase = test_case (suite, "deadlines and reads");
    tcase_add_checked_fixture (tcase, begin, end);
    tcase_add_test (tcase, deadlines_fire_in_their_order_and_equal_ones_by_age);
    tcase_add_test (tcase, deadlines_fire_before_the_records_of_an_entry);
    tcase_add_test (tcase, time_never_goes_back_and_may_end);
    tcase_add_test (tcase, many_deadlines_fire_in_their_order);
    tcase_add_test (tcase, a_wait_can_be_cancelled);
    tcase_add_test (tcase, only_reads_are_answered_without_an_entry);
    tcase_add_test (tcase, a_request_is_kept_until_it_is_acknowledged);
    tcase_add_test (tcase, an_item_too_large_for_a_reply_stays_in_place);
    tcase_add_test (tcase, the_machine_lists_sessions_with_their_processes);
    return test_main (suite);
}
