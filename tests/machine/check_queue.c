/*  check_queue.c - the kind queue

    SPDX-License-Identifier: MPL-2.0
*/

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "codec/pack.h"
#include "machine/kinds/queue/state.h"
#include "codec/packed.h"
#include "machine/kinds/queue/items.h"
#include "kit/machine.h"
#include "kit/support.h"

static kit_t *kit;
static uint64_t queue;

static void begin (void)
{
    kit = kit_new ();
}

static void end (void)
{
    kit_destroy (&kit);
}

static const char *ask (unsigned op, const char *args)
{
    return kit_ask (kit, A, queue, op, args);
}

static const char *by (weir__origin_t who, unsigned op)
{
    return kit_ask (kit, who, queue, op, "");
}

START_TEST (a_queue_gives_the_oldest_item_first)
{
    static const kit_line_t lines [] = {
        {WEIR__QUEUE_PUT, "1", "None"},
        {WEIR__QUEUE_PUT, "[2]", "None"},
        {WEIR__QUEUE_SIZE, "", "2"},
        {WEIR__QUEUE_GET, "", "1"},
        {WEIR__QUEUE_PUT, "None", "None"},
        {WEIR__QUEUE_GET, "", "[2]"},
        {WEIR__QUEUE_GET, "", "None"},
        {WEIR__QUEUE_INFO, "", "[0, 0, False, 0, 0, 0, 0, 3, 0]"},
    };
    queue = kit_create (kit, A, WEIR__QUEUE, "None");
    KIT_PLAY (kit, queue, lines);
    kit->timeout_ms = 0;
    ck_assert_str_eq (ask (WEIR__QUEUE_GET, ""), "EAGAIN");
    ck_assert_ptr_nonnull (strstr (kit_sentence (kit), "it is empty"));
}
END_TEST

//  The order of a queue, its items as put, and as got.
static const struct {
    int order;
    const char *items, *sorted;
} orders [] = {
    {WEIR__QUEUE_FIFO, "3, 1, 'a', None, 2", "3, 1, 'a', None, 2"},
    {WEIR__QUEUE_LIFO, "3, 1, 'a', None, 2", "2, None, 'a', 1, 3"},
    {WEIR__QUEUE_PRIORITY, "3, 1, 2, 5, 4, 0", "0, 1, 2, 3, 4, 5"},
    {WEIR__QUEUE_PRIORITY, "1.0, True, nan, 1, 0.5, -inf, 0x1000000000001",
     "-inf, 0.5, 1.0, True, 1, 0x1000000000001, nan"},
    {WEIR__QUEUE_PRIORITY, "'b', 'a', '', 'ab', '\u00e9'",
     "'', 'a', 'ab', 'b', '\u00e9'"},
    {WEIR__QUEUE_PRIORITY, "b'b', b'', b'a'", "b'', b'a', b'b'"},
    {WEIR__QUEUE_PRIORITY, "[2, 'x'], [1, 'z'], [1, 'y'], [1], []",
     "[], [1], [1, 'y'], [1, 'z'], [2, 'x']"},
    //  Items that Python cannot compare; equal ones in the order of putting.
    {WEIR__QUEUE_PRIORITY,
     "[1, {'b': 1}], [1, {'a': 1}, 2], [1, {}], [1, [0]], [1, b''], [1, 'a'],"
     "[1, 7], [1, None]",
     "[1, None], [1, 7], [1, 'a'], [1, b''], [1, [0]], [1, {'b': 1}], [1, {}],"
     "[1, {'a': 1}, 2]"},
};

START_TEST (a_queue_gives_its_items_in_its_order)
{
    char args [64];
    weir_value_t items, sorted;
    char text [512];
    snprintf (text, sizeof text, "[%s]", orders [_i].items);
    ck_assert_int_eq (weir_value_parse (text, &items), 0);
    snprintf (text, sizeof text, "[%s]", orders [_i].sorted);
    ck_assert_int_eq (weir_value_parse (text, &sorted), 0);
    snprintf (args, sizeof args, "'q', 0, %d", orders [_i].order);
    queue = kit_create (kit, A, WEIR__QUEUE, args);
    for (uint32_t i = 0; i < items.size; i++) {
        char *item = weir_value_format (items.items [i]);
        ck_assert_str_eq (ask (WEIR__QUEUE_PUT, item), "None");
        free (item);
        kit_restore (kit);
    }
    for (uint32_t i = 0; i < sorted.size; i++) {
        char *item = weir_value_format (sorted.items [i]);
        ck_assert_str_eq (ask (WEIR__QUEUE_GET, ""), item);
        free (item);
        kit_restore (kit);
    }
    weir_value_clear (&items);
    weir_value_clear (&sorted);
}
END_TEST

START_TEST (a_priority_queue_takes_only_comparable_items)
{
    static const char *const alike [] = {"1", "'a'", "b'a'", "[1]"};
    queue = kit_create (kit, A, WEIR__QUEUE, "'q', 1, 2");
    ck_assert_str_eq (ask (WEIR__QUEUE_PUT, "None"), "EINVAL");
    ck_assert_ptr_nonnull (strstr (kit_sentence (kit), "has no order"));
    ck_assert_str_eq (ask (WEIR__QUEUE_PUT, "{}"), "EINVAL");
    for (unsigned i = 0; i < 4; i++) {
        queue = kit_create (kit, A, WEIR__QUEUE, "None, 0, 2");
        ck_assert_str_eq (ask (WEIR__QUEUE_PUT, alike [i]), "None");
        for (unsigned j = 0; j < 4; j++) {
            ck_assert_str_eq (ask (WEIR__QUEUE_PUT, alike [j]),
                              i == j ? "None" : "EINVAL");
            ck_assert (i == j || strstr (kit_sentence (kit), "compared"));
        }
        //  Not before all items are gone and none can return.
        const char *other = alike [(i + 1) % 4];
        ck_assert_str_eq (ask (WEIR__QUEUE_GET, ""), alike [i]);
        ask (WEIR__QUEUE_GET_LEASE, "-1");
        ck_assert_str_eq (ask (WEIR__QUEUE_PUT, other), "EINVAL");
        kit_restore (kit);
        ck_assert_str_eq (ask (WEIR__QUEUE_PUT, other), "EINVAL");
        ck_assert_str_eq (ask (WEIR__QUEUE_ACK, "1"), "None");
        ck_assert_str_eq (ask (WEIR__QUEUE_PUT, other), "None");
        ck_assert_str_eq (ask (WEIR__QUEUE_PUT, alike [i]), "EINVAL");
        ck_assert_str_eq (ask (WEIR__QUEUE_SIZE, ""), "1");
    }
}
END_TEST

//  With a structure that is searched from its beginning this would take
//  minutes. Some of the items are taken from any position, and returned.
START_TEST (two_hundred_thousand_items_are_sorted)
{
    enum { ITEMS = 200000 };
    uint64_t random = test_seed ();
    uint8_t packed [] = {0xce, 0, 0, 0, 0};
    int64_t last = -1;
    weir__queue_state_t state = {.order = (weir__queue_order_t) _i};
    for (uint64_t i = 0; i < ITEMS; i++) {
        for (int j = 1; j < 5; j++)
            packed [j] = (uint8_t) test_random (&random);
        ck_assert (weir__heap_claim (&state.items, 1));
        weir__item_t *item =
            weir__item_new ((weir__bytes_t){packed, sizeof packed});
        item->number = i;
        weir__queue_insert (&state, item);
    }
    for (int i = 0; i < ITEMS; i++) {
        uint64_t place = test_random_below (&random, ITEMS);
        weir__item_t *item =
            WEIR__OF (state.items.nodes [place], weir__item_t, node);
        weir__queue_take_out (&state, item);
        weir__queue_insert (&state, item);
    }
    for (int64_t i = 0; i < ITEMS; i++) {
        weir_value_t value;
        weir__item_t *item = weir__queue_first (&state);
        weir__queue_take_out (&state, item);
        weir__packed_peek (item->data, item->size, &value);
        if (_i == WEIR__QUEUE_PRIORITY && last > value.integer)
            ck_abort_msg ("%ld after %ld", (long) value.integer, (long) last);
        if (_i != WEIR__QUEUE_PRIORITY)
            ck_assert_uint_eq (item->number,
                               _i == WEIR__QUEUE_FIFO ? i : ITEMS - 1 - i);
        last = value.integer;
        weir__queue_free (&state, item);
    }
    ck_assert_uint_eq (state.items.count, 0);
    ck_assert_uint_le (state.items.capacity, 16);
    free (state.items.nodes);
}
END_TEST

START_TEST (getters_are_served_in_the_order_of_their_requests)
{
    queue = kit_create (kit, A, WEIR__QUEUE, "'q', 0");
    ck_assert_str_eq (by (B, WEIR__QUEUE_GET), "");
    ck_assert_str_eq (by (A2, WEIR__QUEUE_GET), "");
    ck_assert_str_eq (by (B, WEIR__QUEUE_GET), "");
    kit_restore (kit);
    ck_assert_str_eq (ask (WEIR__QUEUE_INFO, ""),
                      "[0, 0, False, 3, 0, 0, 0, 0, 0]");
    ck_assert_str_eq (ask (WEIR__QUEUE_PUT, "'x'"), "None");
    ck_assert_str_eq (kit_reply (kit, B, 1), "'x'");
    ck_assert_str_eq (ask (WEIR__QUEUE_PUT, "'y'"), "None");
    ck_assert_str_eq (kit_reply (kit, A2, 1), "'y'");
    ck_assert_str_eq (ask (WEIR__QUEUE_PUT, "'z'"), "None");
    ck_assert_str_eq (kit_reply (kit, B, 2), "'z'");
    ck_assert_str_eq (ask (WEIR__QUEUE_SIZE, ""), "0");
}
END_TEST

START_TEST (putters_wait_at_a_full_queue)
{
    queue = kit_create (kit, A, WEIR__QUEUE, "'q', 2");
    for (int i = 1; i <= 2; i++)
        ck_assert_str_eq (kit_ask (kit, A, queue, WEIR__QUEUE_PUT, "'a'"),
                          "None");
    ck_assert_str_eq (kit_ask (kit, B, queue, WEIR__QUEUE_PUT, "'b'"), "");
    ck_assert_str_eq (kit_ask (kit, A2, queue, WEIR__QUEUE_PUT, "'c'"), "");
    kit_restore (kit);
    ck_assert_str_eq (ask (WEIR__QUEUE_INFO, ""),
                      "[2, 2, False, 0, 2, 0, 0, 2, 0]");
    kit->timeout_ms = 0;
    ck_assert_str_eq (ask (WEIR__QUEUE_PUT, "'d'"), "EAGAIN");
    ck_assert_ptr_nonnull (strstr (kit_sentence (kit), "it is full"));
    ck_assert_str_eq (ask (WEIR__QUEUE_GET, ""), "'a'");
    ck_assert_str_eq (kit_reply (kit, B, 1), "None");
    ck_assert_str_eq (kit_reply (kit, A2, 1), "");
    ck_assert_str_eq (ask (WEIR__QUEUE_GET, ""), "'a'");
    ck_assert_str_eq (kit_reply (kit, A2, 1), "None");
    ck_assert_str_eq (ask (WEIR__QUEUE_GET, ""), "'b'");
    ck_assert_str_eq (ask (WEIR__QUEUE_GET, ""), "'c'");
    ck_assert_str_eq (ask (WEIR__QUEUE_GET, ""), "EAGAIN");
}
END_TEST

START_TEST (a_closed_queue_drains_first)
{
    queue = kit_create (kit, A, WEIR__QUEUE, "'q', 1");
    ck_assert_str_eq (ask (WEIR__QUEUE_PUT, "1"), "None");
    ck_assert_str_eq (kit_ask (kit, B, queue, WEIR__QUEUE_PUT, "2"), "");
    ck_assert_str_eq (ask (WEIR__QUEUE_CLOSE, "1"), "EINVAL");
    ck_assert_str_eq (ask (WEIR__QUEUE_CLOSE, "False"), "0");
    ck_assert_str_eq (kit_reply (kit, B, 1), "ECANCELED");
    ck_assert_str_eq (ask (WEIR__QUEUE_PUT, "3"), "ECANCELED");
    kit_restore (kit);
    ck_assert_str_eq (ask (WEIR__QUEUE_INFO, ""),
                      "[1, 1, True, 0, 0, 0, 0, 1, 0]");
    ck_assert_str_eq (ask (WEIR__QUEUE_GET, ""), "1");
    ck_assert_str_eq (ask (WEIR__QUEUE_GET, ""), "ECANCELED");
    ck_assert_str_eq (kit_sentence (kit),
                      "queue 'q': it is closed and has been emptied");
}
END_TEST

START_TEST (closing_at_once_discards_items_and_wakes_all)
{
    queue = kit_create (kit, A, WEIR__QUEUE, "None");
    ck_assert_str_eq (by (B, WEIR__QUEUE_GET), "");
    ck_assert_str_eq (ask (WEIR__QUEUE_CLOSE, "True"), "0");
    ck_assert_str_eq (kit_reply (kit, B, 1), "ECANCELED");
    queue = kit_create (kit, A, WEIR__QUEUE, "None");
    ck_assert_str_eq (ask (WEIR__QUEUE_PUT, "1"), "None");
    ck_assert_str_eq (ask (WEIR__QUEUE_PUT, "2"), "None");
    ck_assert_str_eq (ask (WEIR__QUEUE_CLOSE, "True"), "2");
    ck_assert_str_eq (ask (WEIR__QUEUE_GET, ""), "ECANCELED");
    ck_assert_str_eq (ask (WEIR__QUEUE_CLOSE, "True"), "0");
}
END_TEST

START_TEST (a_queue_is_made_with_a_sensible_maxsize)
{
    static const char *const wrong [] = {"2147483648", "'1'",    "1.0",
                                         "None",       "1, 3",   "1, -1",
                                         "1, '2'",     "1, 2, 3"};
    for (unsigned i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        char args [64];
        snprintf (args, sizeof args, "5, 'q', %s", wrong [i]);
        ck_assert_str_eq (kit_ask (kit, A, 0, WEIR__DIRECTORY_CREATE, args),
                          "EINVAL");
    }
    ck_assert_str_eq (kit_read (kit, 0, WEIR__DIRECTORY_LIST, ""), "[]");
    queue = kit_create (kit, A, WEIR__QUEUE, "'q', 2147483647");
    ck_assert_str_eq (ask (WEIR__QUEUE_INFO, ""),
                      "[0, 2147483647, False, 0, 0, 0, 0, 0, 0]");
    queue = kit_create (kit, A, WEIR__QUEUE, "None, -1");
    ck_assert_str_eq (ask (WEIR__QUEUE_INFO, ""),
                      "[0, 0, False, 0, 0, 0, 0, 0, 0]");
}
END_TEST

int main (void)
{
    Suite *suite = suite_create ("queue");
    TCase *tcase = test_case (suite, "operations");
    tcase_add_checked_fixture (tcase, begin, end);
    tcase_add_test (tcase, a_queue_gives_the_oldest_item_first);
    tcase_add_loop_test (tcase, a_queue_gives_its_items_in_its_order, 0,
                         sizeof orders / sizeof *orders);
    tcase_add_test (tcase, a_priority_queue_takes_only_comparable_items);
    tcase_add_loop_test (tcase, two_hundred_thousand_items_are_sorted, 0,
                         WEIR__QUEUE_ORDERS);
    tcase_add_test (tcase, getters_are_served_in_the_order_of_their_requests);
    tcase_add_test (tcase, putters_wait_at_a_full_queue);
    tcase_add_test (tcase, a_closed_queue_drains_first);
    tcase_add_test (tcase, closing_at_once_discards_items_and_wakes_all);
    tcase_add_test (tcase, a_queue_is_made_with_a_sensible_maxsize);
    return test_main (suite);
}
