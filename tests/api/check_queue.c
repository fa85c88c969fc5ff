/*  check_queue.c - queue through the public API

    Each test runs over all three forms of owners.

    SPDX-License-Identifier: MPL-2.0
*/

#include <stdlib.h>

#include "kit/shared.h"

START_TEST (a_queue_is_first_in_first_out)
{
    weir_owner_t *owner = shared_owner (_i);
    weir_queue_t *queue = weir_queue_new (owner, "queue", 0);
    exists (queue);
    refuses_null (EEXIST, weir_queue_new (owner, "queue", 0));
    refuses_null (ENOENT, weir_queue_open (owner, "none"));
    refuses_null (EINVAL, weir_lock_open (owner, "queue"));
    refuses_null (EINVAL, weir_queue_new (owner, "other", INT64_MAX));
    weir_queue_t *other = weir_queue_open (owner, "queue");
    exists (other);
    weir_value_t value;
    works (weir_queue_put (queue, 1, -1));
    works (weir_queue_put (queue, "two", 0));
    works (weir_queue_put (other, weir_list_of (3), 10));
    ck_assert_int_eq (weir_queue_size (queue), 3);
    ck_assert_int_eq (weir_queue_empty (queue), 0);
    ck_assert_int_eq (weir_queue_full (queue), 0);
    works (weir_queue_get (other, &value, -1));
    equals (&value, "1");
    works (weir_queue_get (other, &value, 0));
    equals (&value, "'two'");
    works (weir_queue_get (queue, &value, 10));
    equals (&value, "[3]");
    ck_assert_int_eq (weir_queue_empty (queue), 1);
    weir_queue_destroy (&queue);
    weir_queue_destroy (&queue);
    weir_queue_destroy (NULL);
    weir_queue_destroy (&other);
    shared_owner_end (&owner);
}
END_TEST

static void put_all (weir_queue_t *queue, const char *list)
{
    weir_value_t items;
    works (weir_value_parse (list, &items));
    for (uint32_t i = 0; i < items.size; i++)
        works (weir_queue_put (queue, items.items [i], -1));
    weir_value_clear (&items);
}

static void get_all (weir_queue_t *queue, const char *list)
{
    weir_value_t items, item;
    works (weir_value_parse (list, &items));
    for (uint32_t i = 0; i < items.size; i++) {
        works (weir_queue_get (queue, &item, 0));
        ck_assert (weir_value_equal (item, items.items [i]));
        weir_value_clear (&item);
    }
    refuses (EAGAIN, weir_queue_get (queue, &item, 0));
    weir_value_clear (&items);
}

START_TEST (a_queue_has_the_order_that_it_was_made_with)
{
    weir_owner_t *owner = shared_owner (_i);
    weir_queue_t *stack = weir_queue_new_lifo (owner, "stack", 3);
    weir_queue_t *urgent = weir_queue_new_priority (owner, NULL, -1);
    refuses_null (EEXIST, weir_queue_new_priority (owner, "stack", 0));
    refuses_null (EINVAL, weir_queue_new_lifo (owner, NULL, INT64_MAX));
    refuses_null (EINVAL, weir_queue_new_priority (owner, NULL, INT64_MAX));
    weir_queue_t *other = weir_queue_open (owner, "stack");
    put_all (stack, "[1, 'two', 3]");
    refuses (EAGAIN, weir_queue_put (other, 4, 0));
    get_all (other, "[3, 'two', 1]");
    put_all (urgent, "[[5, 'x'], [1, {'job': 7}], [1, {}], [0]]");
    refuses (EINVAL, weir_queue_put (urgent, 1, -1));
    refuses (EINVAL, weir_queue_put (urgent, WEIR_NOTHING, -1));
    get_all (urgent, "[[0], [1, {'job': 7}], [1, {}], [5, 'x']]");
    weir_queue_destroy (&other);
    weir_queue_destroy (&stack);
    weir_queue_destroy (&urgent);
    shared_owner_end (&owner);
}
END_TEST

START_TEST (an_item_is_nested_31_deep_at_most)
{
    weir_owner_t *owner = shared_owner (_i);
    weir_queue_t *queue = weir_queue_new (owner, NULL, 0);
    weir_value_t items [33] = {weir_value_nil ()};
    for (int depth = 1; depth <= 32; depth++)
        items [depth] = weir_value_list (&items [depth - 1], 1);
    works (weir_queue_put (queue, items [31], -1));
    refuses (EINVAL, weir_queue_put (queue, items [32], -1));
    ck_assert_int_eq (weir_queue_size (queue), 1);
    weir_queue_destroy (&queue);
    shared_owner_end (&owner);
}
END_TEST

START_TEST (many_items_are_put_and_got_at_once)
{
    weir_owner_t *owner = shared_owner (_i);
    weir_queue_t *queue = weir_queue_new (owner, NULL, 4);
    weir_value_t items = weir_value_int (7);
    works (weir_queue_put_many (queue, weir_list_of (1, "two", 3), -1));
    refuses (EAGAIN, weir_queue_put_many (queue, weir_list_of (4, 5), 0));
    refuses (ETIMEDOUT, weir_queue_put_many (queue, weir_list_of (4, 5), 20));
    refuses (EMSGSIZE,
             weir_queue_put_many (queue, weir_list_of (1, 2, 3, 4, 5), -1));
    refuses (EINVAL, weir_queue_put_many (queue, weir_value_int (1), -1));
    ck_assert_int_eq (weir_queue_size (queue), 3);
    works (weir_queue_get_many (queue, 2, &items, -1));
    equals (&items, "[1, 'two']");
    works (weir_queue_put_many (queue, weir_list_of (4, 5), 0));
    works (weir_queue_get_many (queue, 100, &items, 10));
    equals (&items, "[3, 4, 5]");
    items = weir_value_int (7);
    refuses (EAGAIN, weir_queue_get_many (queue, 3, &items, 0));
    refuses (ETIMEDOUT, weir_queue_get_many (queue, 3, &items, 20));
    refuses (EINVAL, weir_queue_get_many (queue, 0, &items, -1));
    works (weir_queue_close (queue));
    refuses (ECANCELED, weir_queue_get_many (queue, 3, &items, -1));
    refuses (ECANCELED, weir_queue_put_many (queue, weir_list_of (1), -1));
    ck_assert_int_eq (items.integer, 7);
    weir_queue_destroy (&queue);
    shared_owner_end (&owner);
}
END_TEST

//  A reply has room for 64 MiB, get_many or not.
START_TEST (get_many_returns_as_many_large_items_as_fit)
{
    enum { LARGE_BYTES = 25 << 20 };
    weir_owner_t *owner = shared_owner (_i);
    weir_queue_t *queue = weir_queue_new (owner, NULL, 0);
    char *large = calloc (1, LARGE_BYTES);
    weir_value_t items;
    for (int i = 0; i < 3; i++)
        works (
            weir_queue_put (queue, weir_value_bytes (large, LARGE_BYTES), -1));
    works (weir_queue_get_many (queue, 3, &items, -1));
    ck_assert_uint_eq (items.size, 2);
    ck_assert_uint_eq (items.items [1].size, LARGE_BYTES);
    weir_value_clear (&items);
    ck_assert_int_eq (weir_queue_size (queue), 1);
    free (large);
    weir_queue_destroy (&queue);
    shared_owner_end (&owner);
}
END_TEST

static void *work_off (void *arg)
{
    weir_queue_t *queue = arg;
    weir_value_t item;
    while (weir_queue_get (queue, &item, -1) == 0)
        works (weir_queue_task_done (queue));
    ck_assert_int_eq (errno, ECANCELED);
    return NULL;
}

START_TEST (join_waits_until_all_items_are_done)
{
    weir_owner_t *owner = shared_owner (_i);
    weir_queue_t *queue = weir_queue_new (owner, NULL, 0);
    works (weir_queue_join (queue, -1));
    refuses (EINVAL, weir_queue_task_done (queue));
    works (weir_queue_put_many (queue, weir_list_of (1, 2, 3), -1));
    refuses (EAGAIN, weir_queue_join (queue, 0));
    refuses (ETIMEDOUT, weir_queue_join (queue, 20));
    refuses (EINVAL, weir_queue_task_done_many (queue, 4));
    refuses (EINVAL, weir_queue_task_done_many (queue, 0));
    pthread_t threads [] = {shared_thread (work_off, queue),
                            shared_thread (work_off, queue)};
    for (int i = 0; i < 100; i++)
        works (weir_queue_put (queue, i, -1));
    works (weir_queue_join (queue, -1));
    ck_assert_int_eq (weir_queue_size (queue), 0);
    refuses (EINVAL, weir_queue_task_done (queue));
    works (weir_queue_close (queue));
    for (int i = 0; i < 2; i++)
        shared_join (threads [i]);
    works (weir_queue_join (queue, 0));
    weir_queue_destroy (&queue);
    shared_owner_end (&owner);
}
END_TEST

START_TEST (closing_at_once_ends_joins_of_discarded_items)
{
    weir_owner_t *owner = shared_owner (_i);
    weir_queue_t *queue = weir_queue_new (owner, NULL, 0);
    weir_value_t item;
    works (weir_queue_put_many (queue, weir_list_of (1, 2, 3), -1));
    works (weir_queue_get (queue, &item, -1));
    ck_assert_int_eq (weir_queue_close_now (queue), 2);
    refuses (EAGAIN, weir_queue_join (queue, 0));
    works (weir_queue_task_done_many (queue, 1));
    works (weir_queue_join (queue, -1));
    weir_queue_destroy (&queue);
    shared_owner_end (&owner);
}
END_TEST

START_TEST (a_queue_is_bounded)
{
    weir_owner_t *owner = shared_owner (_i);
    weir_queue_t *queue = weir_queue_new (owner, NULL, 2);
    weir_value_t value = weir_value_int (7);
    refuses (EAGAIN, weir_queue_get (queue, &value, 0));
    uint64_t start_us = shared_now_us ();
    refuses (ETIMEDOUT, weir_queue_get (queue, &value, 30));
    ck_assert_int_ge (shared_now_us () - start_us, 29000);
    works (weir_queue_put (queue, 1, -1));
    works (weir_queue_put (queue, 2, -1));
    ck_assert_int_eq (weir_queue_full (queue), 1);
    refuses (EAGAIN, weir_queue_put (queue, 3, 0));
    start_us = shared_now_us ();
    refuses (ETIMEDOUT, weir_queue_put (queue, 3, 30));
    ck_assert_int_ge (shared_now_us () - start_us, 29000);
    ck_assert_int_eq (value.integer, 7);
    works (weir_queue_get (queue, &value, -1));
    equals (&value, "1");
    works (weir_queue_put (queue, 3, 0));
    ck_assert_int_eq (weir_queue_size (queue), 2);
    weir_queue_destroy (&queue);
    shared_owner_end (&owner);
}
END_TEST

START_TEST (a_closed_queue_gives_its_remaining_items)
{
    weir_owner_t *owner = shared_owner (_i);
    weir_queue_t *queue = weir_queue_new (owner, NULL, 0);
    weir_value_t value;
    works (weir_queue_put (queue, 1, -1));
    works (weir_queue_put (queue, 2, -1));
    works (weir_queue_close (queue));
    works (weir_queue_close (queue));
    refuses (ECANCELED, weir_queue_put (queue, 3, -1));
    works (weir_queue_get (queue, &value, -1));
    equals (&value, "1");
    ck_assert_int_eq (weir_queue_close_now (queue), 1);
    ck_assert_int_eq (weir_queue_close_now (queue), 0);
    refuses (ECANCELED, weir_queue_get (queue, &value, -1));
    refuses (ECANCELED, weir_queue_get (queue, &value, 0));
    weir_queue_destroy (&queue);
    shared_owner_end (&owner);
}
END_TEST

//  The call in which a thread waits, and its expected end.
typedef struct waiter {
    weir_queue_t *queue;
    int error;
    int how; //  0: gets, 1: puts, 2: joins
    test_latch_t *started;
} waiter_t;

static void *wait_in_vain (void *arg)
{
    waiter_t *waiter = arg;
    weir_value_t value = weir_value_int (7);
    test_latch_open (waiter->started);
    if (waiter->how == 2)
        refuses (waiter->error, weir_queue_join (waiter->queue, -1));
    else if (waiter->how == 1)
        refuses (waiter->error, weir_queue_put (waiter->queue, 1, -1));
    else
        refuses (waiter->error, weir_queue_get (waiter->queue, &value, -1));
    ck_assert_int_eq (value.integer, 7);
    return NULL;
}

//  Close or drop may come before or after the thread waits at the owner; it
//  must fail with the same errno.
START_TEST (closing_and_dropping_end_waits)
{
    weir_owner_t *owner = shared_owner (_i);
    for (int round = 0; round < 40; round++) {
        weir_queue_t *queues [] = {weir_queue_new (owner, NULL, 1),
                                   weir_queue_new (owner, NULL, 1)};
        waiter_t waiters [4];
        pthread_t threads [4];
        test_latch_t *started = test_latch_new ();
        bool drop = round % 2;
        works (weir_queue_put (queues [1], 0, -1));
        for (int i = 0; i < 4; i++) {
            waiters [i] = (waiter_t){queues [i % 2], drop ? ENOENT : ECANCELED,
                                     i % 2, started};
            threads [i] = shared_thread (wait_in_vain, &waiters [i]);
        }
        ck_assert (test_latch_wait_for (started, 4, TEST_PATIENCE_MS));
        for (int i = 0; i < 2; i++)
            works (drop ? weir_object_drop (queues [i])
                        : weir_queue_close (queues [i]));
        for (int i = 0; i < 4; i++)
            shared_join (threads [i]);
        for (int i = 0; i < 2; i++)
            weir_queue_destroy (&queues [i]);
        test_latch_destroy (&started);
    }
    shared_owner_end (&owner);
}
END_TEST

int main (void)
{
    Suite *suite = suite_create ("shared queue");
    TCase *tcase = test_case (suite, "queue");
    tcase_add_loop_test (tcase, a_queue_is_first_in_first_out, 0, SHARED_FORMS);
    tcase_add_loop_test (tcase, a_queue_has_the_order_that_it_was_made_with, 0,
                         SHARED_FORMS);
    tcase_add_loop_test (tcase, an_item_is_nested_31_deep_at_most, 0,
                         SHARED_FORMS);
    tcase_add_loop_test (tcase, many_items_are_put_and_got_at_once, 0,
                         SHARED_FORMS);
    tcase_add_loop_test (tcase, get_many_returns_as_many_large_items_as_fit, 0,
                         SHARED_FORMS);
    tcase_add_loop_test (tcase, join_waits_until_all_items_are_done, 0,
                         SHARED_FORMS);
    tcase_add_loop_test (tcase, closing_at_once_ends_joins_of_discarded_items,
                         0, SHARED_FORMS);
    tcase_add_loop_test (tcase, a_queue_is_bounded, 0, SHARED_FORMS);
    tcase_add_loop_test (tcase, a_closed_queue_gives_its_remaining_items, 0,
                         SHARED_FORMS);
    tcase_add_loop_test (tcase, closing_and_dropping_end_waits, 0,
                         SHARED_FORMS);
    return test_main (suite);
}
