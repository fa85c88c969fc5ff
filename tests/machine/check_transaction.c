/*  check_transaction.c - transactions in the machine: all steps or none

    SPDX-License-Identifier: MPL-2.0
*/

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "codec/pack.h"
#include "kit/machine.h"
#include "kit/support.h"

static kit_t *kit;
static uint64_t dict, list, var, event, lock, queue; //  ids 1 to 6

static void begin (void)
{
    kit = kit_new ();
    dict = kit_create (kit, A, WEIR__DICT, "'d', {'a': 10, 'b': 0}");
    list = kit_create (kit, A, WEIR__LIST, "'l', [1]");
    var = kit_create (kit, A, WEIR__VAR, "'v', 0");
    event = kit_create (kit, A, WEIR__EVENT, "'e'");
    lock = kit_create (kit, A, WEIR__LOCK, "'k'");
    queue = kit_create (kit, A, WEIR__QUEUE, "'q'");
    ck_assert_uint_eq (queue, 6);
}

static void end (void)
{
    kit_destroy (&kit);
}

//  Returns the reply to a transaction of these steps.
static const char *transact (const char *steps)
{
    char args [4096];
    snprintf (args, sizeof args, "[%s]", steps);
    return kit_ask (kit, A, 0, WEIR__DIRECTORY_TRANSACT, args);
}

//  Asserts that the steps fail so and change nothing.
static void fails (const char *steps, const char *error, const char *sentence)
{
    char before [512];
    snprintf (before, sizeof before, "%s%s%s",
              kit_read (kit, dict, WEIR__DICT_ITEMS, ""),
              kit_read (kit, list, WEIR__LIST_GET_SLICE, "None, None, None"),
              kit_read (kit, var, WEIR__INFO, ""));
    ck_assert_str_eq (transact (steps), error);
    ck_assert_str_eq (kit_sentence (kit), sentence);
    char after [512];
    snprintf (after, sizeof after, "%s%s%s",
              kit_read (kit, dict, WEIR__DICT_ITEMS, ""),
              kit_read (kit, list, WEIR__LIST_GET_SLICE, "None, None, None"),
              kit_read (kit, var, WEIR__INFO, ""));
    ck_assert_str_eq (before, after);
    kit_restore (kit);
}

START_TEST (all_steps_are_done_in_their_order)
{
    //  dict: add 'a', add 'b', get 'a'; list: append; var: set; event: set
    ck_assert_str_eq (transact ("[0, 1, 7, 'a', -3], [0, 1, 7, 'b', 3], "
                                "[0, 1, 1, 'a'], [0, 2, 0, 'moved'], "
                                "[0, 3, 1, 7], [0, 4, 0]"),
                      "[7, 3, 7, None, None, None]");
    kit_restore (kit);
    ck_assert_str_eq (kit_read (kit, dict, WEIR__DICT_ITEMS, ""),
                      "{'a': 7, 'b': 3}");
    ck_assert_str_eq (kit_read (kit, list, WEIR__LIST_GET, "-1"), "'moved'");
    ck_assert_str_eq (kit_read (kit, var, WEIR__VAR_GET, ""), "7");
    ck_assert_str_eq (kit_read (kit, event, WEIR__EVENT_IS_SET, ""), "True");
    ck_assert_str_eq (transact (""), "[]");
}
END_TEST

START_TEST (when_a_step_fails_nothing_has_changed)
{
    fails ("[0, 1, 7, 'a', -3], [0, 2, 0, 5], [0, 3, 1, 7], [0, 1, 3, 'x']",
           "ENOENT", "step 4: dict 'd': there is no key 'x'");
    fails ("[0, 1, 14], [0, 3, 1, 7], [0, 3, 1, 'text']", "EINVAL",
           "step 3: var 'v': it holds an integer, not a string");
    fails ("[0, 3, 1, 7], [0, 77, 1, 8]", "ENOENT",
           "step 2: that object no longer exists: it was dropped, or it had "
           "no name and ended with the process that made it");
    fails ("[0, 3, 1, 7], [2, 77, 8]", "ENOENT",
           "step 2: that object no longer exists: it was dropped, or it had "
           "no name and ended with the process that made it");
    fails ("[0, 3, 1, 7], [0, 3, 99]", "EOPNOTSUPP",
           "step 2: var 'v': this owner does not know operation 99");
    fails ("[0, 3, 1, 7], [0, 3, 1]", "EINVAL",
           "step 2: var 'v': set takes 1 to 1 arguments, not 0");
}
END_TEST

START_TEST (a_condition_must_hold_when_its_step_comes)
{
    ck_assert_str_eq (transact ("[1, 1, 1, 10, 'a'], [0, 1, 7, 'a', 1], "
                                "[1, 1, 1, 11.0, 'a'], [1, 1, 2, False, 'x']"),
                      "[None, 11, None, None]");
    fails ("[0, 1, 7, 'a', 1], [1, 1, 1, 11, 'a']", "ECANCELED",
           "step 2: dict 'd': get gives 12, which is not what the transaction "
           "expects");
    fails ("[0, 3, 1, 7], [1, 1, 1, 11, 'x']", "ENOENT",
           "step 2: dict 'd': there is no key 'x'");
    fails ("[1, 1, 7, 11, 'a', 1]", "EINVAL",
           "step 1: dict 'd': add is not a read, so it cannot be a condition");
    kit_ask (kit, A, dict, WEIR__DICT_SET, "'deep', [[1], {2: 3}]");
    ck_assert_str_eq (transact ("[1, 1, 1, [[True], {2.0: 3}], 'deep']"),
                      "[None]");
    fails ("[1, 1, 1, [[1], {2: 4}], 'deep']", "ECANCELED",
           "step 1: dict 'd': get gives [[1], {2: 3}], which is not what the "
           "transaction expects");
}
END_TEST

//  Returns the sequence of an object, from info.
static int sequence (uint64_t object)
{
    const char *text =
        strstr (kit_read (kit, object, WEIR__INFO, ""), "'sequence': ");
    ck_assert_ptr_nonnull (text);
    return atoi (text + strlen ("'sequence': "));
}

START_TEST (the_sequence_counts_changes_and_can_be_a_condition)
{
    ck_assert_int_eq (sequence (dict), 0);
    kit_ask (kit, A, dict, WEIR__DICT_ADD, "'a', 1");
    kit_ask (kit, A, dict, WEIR__DICT_GET, "'a'");
    kit_ask (kit, A, dict, WEIR__DICT_DELETE, "'x'");
    ck_assert_int_eq (sequence (dict), 1);
    ck_assert_str_eq (
        transact ("[2, 1, 1], [0, 1, 7, 'a', 1], [2, 1, 2], [0, 1, 7, 'b', 1]"),
        "[None, 12, None, 1]");
    ck_assert_int_eq (sequence (dict), 3);
    fails ("[0, 1, 7, 'a', 1], [2, 1, 3]", "ECANCELED",
           "step 2: dict 'd': its sequence is 4, not 3: it has been changed");
    ck_assert_int_eq (sequence (dict), 3);
    kit_restore (kit);
    ck_assert_int_eq (sequence (dict), 3);
}
END_TEST

START_TEST (a_wait_at_a_var_or_an_event_does_not_count_as_a_change)
{
    kit_ask (kit, A2, var, WEIR__VAR_WAIT_EQUAL, "1");
    kit_ask (kit, A, var, WEIR__VAR_WAIT_EQUAL, "0");
    kit_ask (kit, B, event, WEIR__EVENT_WAIT, "");
    ck_assert_int_eq (sequence (var), 0);
    kit_ask (kit, A, var, WEIR__VAR_SET, "1");
    kit_ask (kit, A, event, WEIR__EVENT_SET, "");
    ck_assert_int_eq (sequence (var), 1);
    ck_assert_int_eq (sequence (event), 1);
}
END_TEST

START_TEST (a_waiter_sees_only_the_result_of_all_steps)
{
    kit_ask (kit, A2, var, WEIR__VAR_WAIT_AT_LEAST, "5");
    kit_ask (kit, B, event, WEIR__EVENT_WAIT, "");
    uint64_t at_var = kit_last (kit, A2), at_event = kit_last (kit, B);
    fails ("[0, 3, 1, 9], [0, 4, 0], [0, 1, 3, 'x']", "ENOENT",
           "step 3: dict 'd': there is no key 'x'");
    ck_assert_str_eq (transact ("[0, 3, 1, 9], [0, 4, 0], [0, 3, 1, 2], "
                                "[0, 4, 1]"),
                      "[None, None, None, None]");
    ck_assert_str_eq (kit_reply (kit, A2, at_var), "");
    ck_assert_str_eq (kit_reply (kit, B, at_event), "");
    ck_assert_str_eq (transact ("[0, 3, 1, 4], [0, 4, 0], [0, 3, 2, 2]"),
                      "[None, None, 6]");
    ck_assert_str_eq (kit_reply (kit, A2, at_var), "6");
    ck_assert_str_eq (kit_reply (kit, B, at_event), "None");
}
END_TEST

START_TEST (a_waiter_gets_no_item_of_an_undone_transaction)
{
    kit_ask (kit, A2, list, WEIR__LIST_POP_WAIT, "1");
    uint64_t wait = kit_last (kit, A2);
    fails ("[0, 2, 0, 'lost'], [0, 1, 3, 'x']", "ENOENT",
           "step 2: dict 'd': there is no key 'x'");
    ck_assert_str_eq (kit_reply (kit, A2, wait), "");
    ck_assert_str_eq (transact ("[0, 2, 0, 'kept'], [0, 2, 3, 1]"),
                      "[None, 'kept']");
    ck_assert_str_eq (kit_reply (kit, A2, wait), "'kept'");
    ck_assert_str_eq (kit_read (kit, list, WEIR__LIST_SIZE, ""), "1");
}
END_TEST

START_TEST (taking_an_item_that_was_waited_for_counts_as_a_change)
{
    kit_ask (kit, A, list, WEIR__LIST_POP_WAIT, "0");
    ck_assert_int_eq (sequence (list), 1);
    kit_ask (kit, A2, list, WEIR__LIST_POP_WAIT, "0");
    ck_assert_int_eq (sequence (list), 1);
    kit_ask (kit, A, list, WEIR__LIST_APPEND, "5");
    ck_assert_int_eq (sequence (list), 3);
}
END_TEST

START_TEST (operations_that_wait_or_hold_are_refused_in_a_transaction)
{
    fails ("[0, 3, 1, 7], [0, 5, 0]", "EOPNOTSUPP",
           "step 2: lock 'k': a transaction can read it, but cannot change it; "
           "call acquire by itself");
    fails ("[0, 3, 1, 7], [0, 3, 5, 8]", "EAGAIN",
           "step 2: var 'v': it does not have that value; a transaction does "
           "not wait");
    fails ("[0, 3, 1, 7], [0, 2, 18, 5]", "EAGAIN",
           "step 2: list 'l': it has no item at that index; a transaction does "
           "not wait");
    fails ("[0, 3, 1, 7], [0, 0, 2, 1]", "EINVAL",
           "step 2: a transaction cannot create or drop objects");
    fails ("[0, 3, 1, 7], [2, 0, 1]", "EINVAL",
           "step 2: a transaction cannot create or drop objects");
    fails ("[0, 3, 1, 7], [2, 5, 0]", "EOPNOTSUPP",
           "step 2: lock 'k': it has no sequence");
    ck_assert_str_eq (transact ("[0, 6, 2], [1, 6, 2, 0]"), "[0, None]");
    ck_assert_ptr_null (
        strstr (kit_read (kit, lock, WEIR__INFO, ""), "sequence"));
}
END_TEST

START_TEST (a_malformed_step_is_refused)
{
    static const char *const wrong [] = {
        "7",
        "[]",
        "[0, 3]",
        "[4, 3, 1]",
        "[3, 3, 1]",
        "[3, 3, 1, -1]",
        "[3, 3, 1, 1]",
        "[3, 3, 1, 'a']",
        "[3, 3, 1, 0, 1, 2, 3, 4, 5, 6, 7, 8]",
        "[-1, 3, 1]",
        "['', 3, 1]",
        "[0, .5, 1]",
        "[0, 'v', 1]",
        "[0, 3, -1]",
        "[0, 3, 65536]",
        "[1, 3, 1]",
        "[2, 3, -1]",
        "[2, 3, 1, 1]",
        "[0, 3, 1, 1, 2, 3, 4, 5, 6, 7, 8, 9]",
        "[1, 3, 1, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9]",
        "[1, 3, 1, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10]",
    };
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        char steps [128];
        snprintf (steps, sizeof steps, "[0, 3, 1, 7], %s", wrong [i]);
        fails (steps, "EINVAL",
               "step 2: it must be [0, object, operation, ...], [1, object, "
               "operation, expected, ...], [2, object, sequence] or [3, "
               "object, operation, index of an earlier result, ...]");
    }
    ck_assert_str_eq (kit_ask (kit, A, 0, WEIR__DIRECTORY_TRANSACT, "{1: 2}"),
                      "EINVAL");
}
END_TEST

//  B's transaction of packed steps.
static const char *transact_packed (weir__guard_t guard,
                                    const weir__buffer_t *steps)
{
    weir__buffer_t body = WEIR__BUFFER_INIT;
    weir__request_body_t head = {
        .op = WEIR__DIRECTORY_TRANSACT, .argc = 1, .guard = guard};
    uint64_t number = kit_last (kit, B) + 1;
    for (unsigned i = 0; i < kit->reply_count; i++)
        number += kit->replies [i].to.session == B.session;
    weir__request_body_put (&body, &head);
    weir__buffer_put (&body, steps->data, steps->size);
    weir__record_t record = {.type = WEIR__RECORD_REQUEST,
                             .link = B.link,
                             .session = B.session,
                             .number = number,
                             .body = {body.data, body.size}};
    kit_begin (kit);
    weir__entry_add (&kit->entry, &record);
    kit_commit (kit);
    weir__buffer_free (&body);
    return kit_reply (kit, B, number);
}

//  Packed steps, each of which adds 1 to the var.
static weir__buffer_t steps_of (unsigned count)
{
    weir__buffer_t steps = WEIR__BUFFER_INIT;
    weir__pack_head (&steps, WEIR_LIST, count);
    while (count-- > 0)
        weir__buffer_put (&steps, (uint8_t []){0x94, 0, 3, 2, 1}, 5);
    return steps;
}

START_TEST (there_are_at_most_1024_steps)
{
    weir__guard_t none = {0, 0};
    weir__buffer_t steps = steps_of (WEIR__STEPS);
    ck_assert_ptr_nonnull (
        strstr (transact_packed (none, &steps), ", 1022, 1023, 1024]"));
    weir__buffer_free (&steps);
    steps = steps_of (WEIR__STEPS + 1);
    ck_assert_str_eq (transact_packed (none, &steps), "EINVAL");
    ck_assert_str_eq (kit_sentence (kit),
                      "a transaction must be a list of at most 1024 steps");
    ck_assert_str_eq (kit_read (kit, var, WEIR__VAR_GET, ""), "1024");
    weir__buffer_free (&steps);
}
END_TEST

START_TEST (a_result_can_be_too_deep_for_the_list_of_results)
{
    char deep [128] = "'k', ";
    for (int i = 0; i < WEIR__DEPTH_MAX - 1; i++)
        strcat (deep, "[");
    strcat (deep, "7");
    for (int i = 0; i < WEIR__DEPTH_MAX - 1; i++)
        strcat (deep, "]");
    ck_assert_str_eq (kit_ask (kit, A, dict, WEIR__DICT_SET, deep), "None");
    ck_assert_str_ne (transact ("[0, 1, 1, 'k']"), "EMSGSIZE");
    fails ("[0, 1, 13]", "EMSGSIZE",
           "step 1: dict 'd': the result is nested 32 deep, too deep for a "
           "step of a transaction; call it by itself");
    fails ("[0, 1, 5]", "EMSGSIZE",
           "step 1: dict 'd': the result is nested 32 deep, too deep for a "
           "step of a transaction; call it by itself");
}
END_TEST

START_TEST (a_guard_guards_all_steps)
{
    kit_ask (kit, A, lock, WEIR__LOCK_ACQUIRE, "");
    weir__buffer_t steps = steps_of (2);
    ck_assert_str_eq (transact_packed ((weir__guard_t){lock, 2}, &steps),
                      "ESTALE");
    ck_assert_str_eq (kit_read (kit, var, WEIR__VAR_GET, ""), "0");
    ck_assert_str_eq (transact_packed ((weir__guard_t){lock, 1}, &steps),
                      "[1, 2]");
    weir__buffer_free (&steps);
}
END_TEST

int main (void)
{
    Suite *suite = suite_create ("transaction");
    TCase *tcase = test_case (suite, "machine");
    tcase_add_checked_fixture (tcase, begin, end);
    tcase_add_test (tcase, all_steps_are_done_in_their_order);
    tcase_add_test (tcase, when_a_step_fails_nothing_has_changed);
    tcase_add_test (tcase, a_condition_must_hold_when_its_step_comes);
    tcase_add_test (tcase, the_sequence_counts_changes_and_can_be_a_condition);
    tcase_add_test (tcase,
                    a_wait_at_a_var_or_an_event_does_not_count_as_a_change);
    tcase_add_test (tcase, a_waiter_sees_only_the_result_of_all_steps);
    tcase_add_test (tcase,
                    operations_that_wait_or_hold_are_refused_in_a_transaction);
    tcase_add_test (tcase, a_waiter_gets_no_item_of_an_undone_transaction);
    tcase_add_test (tcase,
                    taking_an_item_that_was_waited_for_counts_as_a_change);
    tcase_add_test (tcase, a_malformed_step_is_refused);
    tcase_add_test (tcase, there_are_at_most_1024_steps);
    tcase_add_test (tcase, a_result_can_be_too_deep_for_the_list_of_results);
    tcase_add_test (tcase, a_guard_guards_all_steps);
    return test_main (suite);
}
