/*  check_transaction_queue.c - transactions in the machine: queues

    SPDX-License-Identifier: MPL-2.0
*/

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "machine/core/kind.h"
#include "machine/core/objects.h"
#include "kit/machine.h"
#include "kit/support.h"

static kit_t *kit;
static uint64_t dict, queue, stack, heap; //  ids 1 to 4

static void begin (void)
{
    kit = kit_new ();
    dict = kit_create (kit, A, WEIR__DICT, "'d', {'a': 1}");
    queue = kit_create (kit, A, WEIR__QUEUE, "'q', 3");
    stack = kit_create (kit, A, WEIR__QUEUE, "'s', 0, 1");
    heap = kit_create (kit, A, WEIR__QUEUE, "'h', 0, 2");
    ck_assert_uint_eq (heap, 4);
    for (uint64_t id = queue; id <= heap; id++)
        kit_ask (kit, A, id, WEIR__QUEUE_PUT_MANY, "[5, 7]");
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
    return kit_ask (kit, B, 0, WEIR__DIRECTORY_TRANSACT, args);
}

//  Returns the state of all objects.
static weir__buffer_t state (void)
{
    weir__buffer_t bytes = WEIR__BUFFER_INIT;
    for (uint64_t id = dict; id <= heap; id++) {
        const weir__object_t *object = weir__object_find (kit->machine, id);
        object->kind->save (object, &bytes);
        weir__buffer_put_u64 (&bytes, object->sequence);
    }
    ck_assert (!bytes.failed);
    return bytes;
}

//  Asserts that the steps fail so, and that the state is the same, byte for
//  byte. sentence: NULL for any.
static void fails (const char *steps, const char *error, const char *sentence)
{
    weir__buffer_t before = state ();
    ck_assert_str_eq (transact (steps), error);
    if (sentence)
        ck_assert_str_eq (kit_sentence (kit), sentence);
    weir__buffer_t after = state ();
    ck_assert_uint_eq (before.size, after.size);
    ck_assert_mem_eq (before.data, after.data, before.size);
    weir__buffer_free (&before);
    weir__buffer_free (&after);
    kit_restore (kit);
}

static const char *all_of (uint64_t id)
{
    return kit_ask (kit, A, id, WEIR__QUEUE_GET_MANY, "100");
}

START_TEST (a_transaction_moves_jobs_between_objects)
{
    //  pop 'a' of the dict, get from the queue, put both
    ck_assert_str_eq (transact ("[0, 1, 4, 'a'], [0, 2, 1], [0, 3, 0, 'a'], "
                                "[0, 4, 5, [1, 9]], [0, 2, 7]"),
                      "[1, 5, None, None, None]");
    kit_restore (kit);
    ck_assert_str_eq (kit_read (kit, dict, WEIR__DICT_SIZE, ""), "0");
    ck_assert_str_eq (all_of (queue), "[7]");
    ck_assert_str_eq (all_of (stack), "['a', 7, 5]");
    ck_assert_str_eq (all_of (heap), "[1, 5, 7, 9]");
}
END_TEST

//  A transaction gets its own items like any others: at its end of a stack, and
//  behind earlier ones of a queue.
START_TEST (each_step_sees_the_effects_of_earlier_steps)
{
    ck_assert_str_eq (transact ("[0, 3, 0, 1], [0, 3, 1], [0, 2, 0, 1], "
                                "[0, 2, 1], [0, 2, 2], [0, 4, 0, 6], "
                                "[0, 4, 6, 2]"),
                      "[None, 1, None, 5, 2, None, [5, 6]]");
    ck_assert_str_eq (all_of (queue), "[7, 1]");
    ck_assert_str_eq (all_of (stack), "[7, 5]");
    ck_assert_str_eq (all_of (heap), "[7]");
}
END_TEST

//  Gets from the queue, puts the item into the stack, and sets 'b' of the dict
//  to the item and to all items of the heap. A result can be used more than
//  once.
START_TEST (a_transaction_moves_an_unseen_item)
{
    ck_assert_str_eq (transact ("[0, 2, 1], [3, 3, 0, 0], [3, 1, 0, 0, 'b'], "
                                "[0, 4, 6, 9], [3, 1, 0, 3, 'c'], "
                                "[3, 4, 5, 3]"),
                      "[5, None, None, [5, 7], None, None]");
    kit_restore (kit);
    ck_assert_str_eq (kit_read (kit, dict, WEIR__DICT_ITEMS, ""),
                      "{'a': 1, 'b': 5, 'c': [5, 7]}");
    ck_assert_str_eq (all_of (stack), "[5, 7, 5]");
    ck_assert_str_eq (all_of (heap), "[5, 7]");
    fails ("[0, 2, 1], [3, 3, 0, 0], [3, 4, 5, 0]", "EINVAL",
           "step 3: queue 'h': put_many takes a list of items");
}
END_TEST

START_TEST (undo_restores_the_earlier_state)
{
    static const char *const steps [] = {
        "[0, %d, 0, 6]",
        "[0, %d, 1]",
        "[0, %d, 1], [0, %d, 0, 1]",
        "[0, %d, 0, 1], [0, %d, 6, 100]",
        "[0, %d, 6, 1], [0, %d, 5, [1, 2]], [0, %d, 6, 2]",
        "[0, %d, 7], [0, %d, 7]",
        "[0, %d, 3, False]",
        "[0, %d, 0, 6], [0, %d, 1], [0, %d, 3, True]",
        "[0, %d, 6, 100], [0, %d, 0, 8], [0, %d, 3, True]",
        "[0, %d, 6, 100], [0, %d, 0, 'text'], [0, %d, 2]",
    };
    kit_ask (kit, A, _i, WEIR__QUEUE_GET_LEASE, "-1");
    kit_ask (kit, A, _i, WEIR__QUEUE_PUT, "6");
    for (size_t i = 0; i < sizeof steps / sizeof *steps; i++) {
        char text [200], all [250];
        snprintf (text, sizeof text, steps [i], _i, _i, _i);
        snprintf (all, sizeof all, "%s, [0, 1, 3, 'x']", text);
        const char *what = NULL;
        bool mixed = _i == (int) heap && strstr (text, "text");
        fails (all, mixed ? "EINVAL" : "ENOENT", what);
    }
    ck_assert_str_eq (kit_ask (kit, A, _i, WEIR__QUEUE_NACK, "1"), "None");
    ck_assert_str_eq (all_of (_i), _i == (int) stack  ? "[6, 7, 5]"
                                   : _i == (int) heap ? "[5, 6, 7]"
                                                      : "[5, 7, 6]");
}
END_TEST

START_TEST (a_step_that_would_wait_fails)
{
    fails ("[0, 4, 6, 9], [0, 4, 1]", "EAGAIN",
           "step 2: queue 'h': it is empty; a transaction does not wait");
    fails ("[0, 4, 0, 9], [0, 2, 0, 9], [0, 2, 0, 9]", "EAGAIN",
           "step 3: queue 'q': it is full; a transaction does not wait");
    fails ("[0, 4, 0, 9], [0, 2, 8]", "EAGAIN",
           "step 2: queue 'q': some items are not done; a transaction "
           "does not wait");
    ck_assert_str_eq (transact ("[0, 4, 7, 2], [0, 4, 8]"), "[None, None]");
    //  It has room for one, but another putter waits for more room.
    kit_ask (kit, A, queue, WEIR__QUEUE_PUT_MANY, "[1, 2]");
    fails ("[0, 4, 0, 9], [0, 2, 0, 9]", "EAGAIN",
           "step 2: queue 'q': other threads already wait to put; a "
           "transaction does not wait");
}
END_TEST

START_TEST (a_closed_queue_is_closed_to_transactions_too)
{
    ck_assert_str_eq (transact ("[0, 2, 0, 9], [0, 2, 3, False]"), "[None, 0]");
    fails ("[0, 4, 0, 9], [0, 2, 0, 9]", "ECANCELED",
           "step 2: queue 'q': it is closed");
    ck_assert_str_eq (transact ("[0, 4, 0, 8], [0, 2, 6, 9]"),
                      "[None, [5, 7, 9]]");
    fails ("[0, 4, 0, 9], [0, 2, 1]", "ECANCELED",
           "step 2: queue 'q': it is closed and has been emptied");
    ck_assert_str_eq (transact ("[0, 4, 3, True], [0, 4, 2]"), "[3, 0]");
}
END_TEST

START_TEST (waiters_resume_when_all_steps_are_done)
{
    ck_assert_str_eq (all_of (heap), "[5, 7]");
    kit_ask (kit, A, heap, WEIR__QUEUE_GET, "");
    kit_ask (kit, A2, queue, WEIR__QUEUE_PUT_MANY, "[1, 2]");
    uint64_t getter = kit_last (kit, A), putter = kit_last (kit, A2);
    fails ("[0, 4, 0, 9], [0, 2, 1], [0, 1, 3, 'x']", "ENOENT", NULL);
    ck_assert_str_eq (transact ("[0, 4, 0, 9], [0, 4, 1]"), "[None, 9]");
    ck_assert_str_eq (kit_reply (kit, A, getter), "");
    ck_assert_str_eq (kit_reply (kit, A2, putter), "");
    ck_assert_str_eq (transact ("[0, 2, 1], [0, 4, 0, 8], [0, 1, 7, 'a', 1]"),
                      "[5, None, 2]");
    ck_assert_str_eq (kit_reply (kit, A, getter), "8");
    ck_assert_str_eq (kit_reply (kit, A2, putter), "None");
    ck_assert_str_eq (all_of (queue), "[7, 1, 2]");
    kit_ask (kit, A, stack, WEIR__QUEUE_JOIN, "");
    uint64_t joiner = kit_last (kit, A);
    fails ("[0, 3, 7, 2], [0, 1, 3, 'x']", "ENOENT", NULL);
    ck_assert_str_eq (transact ("[0, 3, 7, 2], [0, 3, 0, 1]"), "[None, None]");
    ck_assert_str_eq (kit_reply (kit, A, joiner), "");
    ck_assert_str_eq (transact ("[0, 3, 7], [0, 1, 7, 'a', 1]"), "[None, 3]");
    ck_assert_str_eq (kit_reply (kit, A, joiner), "None");
}
END_TEST

START_TEST (leases_take_no_part)
{
    ck_assert_str_eq (kit_ask (kit, A, queue, WEIR__QUEUE_GET_LEASE, "-1"),
                      "[5, 1, 1]");
    fails ("[0, 4, 0, 9], [0, 2, 9, -1]", "EOPNOTSUPP",
           "step 2: queue 'q': a transaction cannot take or end a lease; "
           "call get_lease by itself");
    fails ("[0, 4, 0, 9], [0, 2, 10, 1]", "EOPNOTSUPP",
           "step 2: queue 'q': a transaction cannot take or end a lease; "
           "call ack by itself");
}
END_TEST

//  Returns the sequence of the queue, from info.
static int sequence (void)
{
    const char *text =
        strstr (kit_read (kit, queue, WEIR__INFO, ""), "'sequence': ");
    ck_assert_ptr_nonnull (text);
    return atoi (text + strlen ("'sequence': "));
}

START_TEST (the_sequence_counts_puts_and_gets)
{
    ck_assert_int_eq (sequence (), 1);
    kit_ask (kit, A, queue, WEIR__QUEUE_GET, "");
    kit_ask (kit, A, queue, WEIR__QUEUE_PUT, "1");
    kit_ask (kit, A, queue, WEIR__QUEUE_PUT_MANY, "[2, 3]");
    ck_assert_int_eq (sequence (), 3);
    //  This lets the waiting put in.
    kit_ask (kit, A, queue, WEIR__QUEUE_GET_LEASE, "5");
    ck_assert_int_eq (sequence (), 5);
    kit_wait (kit, 5);
    ck_assert_int_eq (sequence (), 6);
    fails ("[0, 2, 1], [2, 2, 6]", "ECANCELED",
           "step 2: queue 'q': its sequence is 7, not 6: it has been changed");
    ck_assert_str_eq (transact ("[2, 2, 6], [0, 2, 1], [0, 2, 1]"),
                      "[None, 7, 1]");
    ck_assert_int_eq (sequence (), 8);
    kit_restore (kit);
    ck_assert_int_eq (sequence (), 8);
}
END_TEST

//  If the items were copied, this would take minutes.
START_TEST (undoing_costs_no_more_than_doing)
{
    char items [3100] = "[0", steps [100];
    for (int i = 1; i < 1000; i++)
        strcat (items, ", 6");
    strcat (items, "]");
    for (int i = 0; i < 300; i++)
        kit_ask (kit, A, _i, WEIR__QUEUE_PUT_MANY, items);
    snprintf (steps, sizeof steps, "[0, %d, 0, 1], [0, %d, 6, 2], [0, 9, 9]",
              _i, _i);
    for (int i = 0; i < 4000; i++) {
        kit_forget (kit);
        ck_assert_str_eq (transact (steps), "ENOENT");
    }
    ck_assert_str_eq (kit_read (kit, _i, WEIR__QUEUE_SIZE, ""), "300002");
}
END_TEST

int main (void)
{
    Suite *suite = suite_create ("transaction queue");
    TCase *tcase = test_case (suite, "machine");
    tcase_add_checked_fixture (tcase, begin, end);
    tcase_add_test (tcase, a_transaction_moves_jobs_between_objects);
    tcase_add_test (tcase, each_step_sees_the_effects_of_earlier_steps);
    tcase_add_test (tcase, a_transaction_moves_an_unseen_item);
    tcase_add_loop_test (tcase, undo_restores_the_earlier_state, 2, 5);
    tcase_add_test (tcase, a_step_that_would_wait_fails);
    tcase_add_test (tcase, a_closed_queue_is_closed_to_transactions_too);
    tcase_add_test (tcase, waiters_resume_when_all_steps_are_done);
    tcase_add_test (tcase, leases_take_no_part);
    tcase_add_test (tcase, the_sequence_counts_puts_and_gets);
    tcase_add_loop_test (tcase, undoing_costs_no_more_than_doing, 3, 5);
    return test_main (suite);
}
