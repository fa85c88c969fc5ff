/*  check_lease.c - leases of queue items through the public API

    Each test runs over all three forms of owners.

    SPDX-License-Identifier: MPL-2.0
*/

#include "kit/shared.h"

typedef struct scene {
    weir_owner_t *owner;
    weir_queue_t *queue;
} scene_t;

static scene_t begin (int form)
{
    scene_t scene = {.owner = shared_owner (form)};
    scene.queue = weir_queue_new (scene.owner, "jobs", 0);
    exists (scene.queue);
    works (weir_queue_put_many (scene.queue, weir_list_of (1, "two", 3), -1));
    return scene;
}

static void finish (scene_t *scene)
{
    weir_queue_destroy (&scene->queue);
    shared_owner_end (&scene->owner);
}

static void ck_lease (weir_lease_t *lease, const char *value, int64_t id,
                      int64_t deliveries)
{
    equals (&lease->value, value);
    ck_assert_int_eq (lease->id, id);
    ck_assert_int_eq (lease->deliveries, deliveries);
}

START_TEST (a_leased_item_is_acknowledged_or_comes_back)
{
    scene_t scene = begin (_i);
    weir_queue_t *queue = scene.queue;
    weir_lease_t first, second;
    works (weir_queue_get_lease (queue, -1, &first, -1));
    works (weir_queue_get_lease (queue, 60000, &second, 0));
    ck_lease (&second, "'two'", 2, 1);
    ck_assert_int_eq (weir_queue_size (queue), 1);
    works (weir_queue_nack (queue, first.id));
    refuses (ESTALE, weir_queue_nack (queue, first.id));
    ck_lease (&first, "1", 1, 1);
    works (weir_queue_ack (queue, second.id));
    refuses (ESTALE, weir_queue_ack (queue, second.id));
    refuses (ESTALE, weir_queue_extend (queue, second.id, 10));
    refuses (EINVAL, weir_queue_ack (queue, 3));
    works (weir_queue_get_lease (queue, -1, &first, -1));
    ck_lease (&first, "1", 3, 2);
    refuses (EINVAL, weir_queue_extend (queue, first.id, 10));
    works (weir_queue_ack (queue, first.id));
    works (weir_queue_get_lease (queue, -1, &first, -1));
    ck_lease (&first, "3", 4, 1);
    first.value = weir_value_int (7);
    refuses (EAGAIN, weir_queue_get_lease (queue, -1, &first, 0));
    refuses (ETIMEDOUT, weir_queue_get_lease (queue, -1, &first, 20));
    refuses (EINVAL, weir_queue_get_lease (queue, 0, &first, -1));
    refuses (EINVAL, weir_queue_get_lease (queue, -2, &first, -1));
    ck_lease (&first, "7", 4, 1);
    works (weir_queue_ack (queue, first.id));
    works (weir_queue_join (queue, -1));
    finish (&scene);
}
END_TEST

START_TEST (a_lease_runs_out_unless_it_is_extended)
{
    scene_t scene = begin (_i);
    weir_queue_t *queue = scene.queue;
    weir_lease_t first, second;
    works (weir_queue_get_lease (queue, 60000, &first, -1));
    for (int i = 0; i < 2; i++) {
        works (weir_queue_get_lease (queue, 60000, &second, -1));
        weir_value_clear (&second.value);
    }
    works (weir_queue_extend (queue, second.id, 120000));
    refuses (EINVAL, weir_queue_extend (queue, second.id, 0));
    uint64_t start_us = shared_now_us ();
    works (weir_queue_extend (queue, first.id, 50));
    works (weir_queue_get_lease (queue, -1, &second, -1));
    ck_assert_int_ge (shared_now_us () - start_us, 50000);
    refuses (ESTALE, weir_queue_ack (queue, first.id));
    ck_lease (&second, "1", 4, 2);
    weir_value_clear (&first.value);
    finish (&scene);
}
END_TEST

static void *join_in_vain (void *arg)
{
    weir_queue_t *queue = arg;
    weir_lease_t lease;
    works (weir_queue_get_lease (queue, -1, &lease, -1));
    refuses (EDEADLK, weir_queue_join (queue, -1));
    refuses (ETIMEDOUT, weir_queue_join (queue, 10));
    refuses (EAGAIN, weir_queue_join (queue, 0));
    weir_value_clear (&lease.value);
    return NULL;
}

START_TEST (a_holder_of_a_leased_item_cannot_join)
{
    scene_t scene = begin (_i);
    shared_join (shared_thread (join_in_vain, scene.queue));
    //  The lease ended with its thread.
    ck_assert_int_eq (weir_queue_size (scene.queue), 3);
    finish (&scene);
}
END_TEST

static void *wait_for_the_rest (void *arg)
{
    weir_lease_t lease;
    works (weir_queue_get_lease (arg, -1, &lease, -1));
    ck_lease (&lease, "3", 4, 2);
    works (weir_queue_ack (arg, lease.id));
    refuses (ECANCELED, weir_queue_get_lease (arg, -1, &lease, -1));
    return NULL;
}

START_TEST (a_closed_queue_gives_returned_items)
{
    scene_t scene = begin (_i);
    weir_lease_t lease;
    for (int i = 0; i < 2; i++) {
        works (weir_queue_get_lease (scene.queue, -1, &lease, -1));
        weir_value_clear (&lease.value);
        works (weir_queue_ack (scene.queue, lease.id));
    }
    works (weir_queue_close (scene.queue));
    works (weir_queue_get_lease (scene.queue, -1, &lease, -1));
    weir_value_clear (&lease.value);
    //  Nobody waits for an item that the waiter itself has leased.
    refuses (ECANCELED, weir_queue_get_lease (scene.queue, -1, &lease, -1));
    pthread_t thread = shared_thread (wait_for_the_rest, scene.queue);
    ck_assert (shared_await_waiters (scene.queue, 1));
    works (weir_queue_nack (scene.queue, lease.id));
    shared_join (thread);
    works (weir_queue_join (scene.queue, 0));
    finish (&scene);
}
END_TEST

START_TEST (closing_at_once_discards_returned_items)
{
    scene_t scene = begin (_i);
    weir_lease_t leases [2];
    for (int i = 0; i < 2; i++) {
        works (weir_queue_get_lease (scene.queue, -1, &leases [i], -1));
        weir_value_clear (&leases [i].value);
    }
    ck_assert_int_eq (weir_queue_close_now (scene.queue), 1);
    works (weir_queue_ack (scene.queue, leases [0].id));
    works (weir_queue_nack (scene.queue, leases [1].id));
    ck_assert_int_eq (weir_queue_size (scene.queue), 0);
    works (weir_queue_join (scene.queue, 0));
    finish (&scene);
}
END_TEST

int main (void)
{
    Suite *suite = suite_create ("shared leases");
    TCase *tcase = test_case (suite, "leases");
    tcase_add_loop_test (tcase, a_leased_item_is_acknowledged_or_comes_back, 0,
                         SHARED_FORMS);
    tcase_add_loop_test (tcase, a_lease_runs_out_unless_it_is_extended, 0,
                         SHARED_FORMS);
    tcase_add_loop_test (tcase, a_holder_of_a_leased_item_cannot_join, 0,
                         SHARED_FORMS);
    tcase_add_loop_test (tcase, a_closed_queue_gives_returned_items, 0,
                         SHARED_FORMS);
    tcase_add_loop_test (tcase, closing_at_once_discards_returned_items, 0,
                         SHARED_FORMS);
    return test_main (suite);
}
