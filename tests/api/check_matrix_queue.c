/*  check_matrix_queue.c - the matrix of queues: fifo, lifo and priority

    Deeds 0 are batches of items that were put. Deeds 1 are items that were got
    and are done.

    SPDX-License-Identifier: MPL-2.0
*/

#include "kit/matrix.h"

enum { BATCH = 2, MAXSIZE = 3 * BATCH + 1 };

typedef enum order { FIFO, LIFO, PRIORITY } order_t;

static weir_queue_t *queue;
static order_t order;
static weir_select_t
    *select_of_one; //  of a wait until the queue is ready for a get

static void begin_fifo (weir_owner_t *owner)
{
    order = FIFO;
    exists (queue = weir_queue_new (owner, "queue", MAXSIZE));
}

static void begin_lifo (weir_owner_t *owner)
{
    order = LIFO;
    exists (queue = weir_queue_new_lifo (owner, "queue", MAXSIZE));
}

static void begin_priority (weir_owner_t *owner)
{
    order = PRIORITY;
    exists (queue = weir_queue_new_priority (owner, "queue", MAXSIZE));
}

static void begin_select (weir_owner_t *owner)
{
    begin_fifo (owner);
    exists (select_of_one = weir_select_new ());
    ck_assert_int_eq (weir_select_add (select_of_one, queue, WEIR_READY_GET),
                      0);
}

static void end (void)
{
    weir_select_destroy (&select_of_one);
    weir_queue_destroy (&queue);
}

//  ---------------------------------------------------------------------------
//  Steps: each producer tells each consumer when the play is over

//  The number of players in the victim's role, or in the opposite one: one
//  always stays.
static int count_of_two (void)
{
    return matrix_victim_stays () ? 2 : 1;
}

static void put_batch (matrix_actor_t *me)
{
    int n = BATCH * matrix_begin (me, 0);
    weir_value_t batch =
        weir_list_of (matrix_item (me, n), matrix_item (me, n + 1));
    test_must (weir_queue_put_many (queue, batch, -1) == 0);
    matrix_done (me, 0);
    matrix_moment (me);
}

static void put_stops (int count)
{
    for (int i = 0; i < count; i++)
        test_must (weir_queue_put (queue, MATRIX_STOP_ITEM, -1) == 0);
}

static bool produce (matrix_actor_t *me)
{
    bool over = matrix_over ();
    put_batch (me);
    put_stops (over ? 1 : 0);
    return !over;
}

static bool produce_for_all (matrix_actor_t *me)
{
    bool over = matrix_over ();
    put_batch (me);
    put_stops (over ? count_of_two () : 0);
    return !over;
}

static bool produce_and_join (matrix_actor_t *me)
{
    bool over = matrix_over ();
    put_batch (me);
    test_must (weir_queue_join (queue, -1) == 0);
    put_stops (over ? 1 : 0);
    return !over;
}

static bool join (matrix_actor_t *me)
{
    test_must (weir_queue_join (queue, -1) == 0);
    matrix_moment (me);
    return !matrix_over ();
}

static void take (matrix_actor_t *me, weir_value_t item)
{
    if (item.integer == MATRIX_STOP_ITEM)
        me->stops++;
    else
        matrix_got (me, item.integer, order == FIFO);
    matrix_moment (me);
    test_must (weir_queue_task_done (queue) == 0);
    matrix_done (me, 1);
    matrix_moment (me);
}

static bool consume_until (matrix_actor_t *me, int stops)
{
    weir_value_t item;
    matrix_begin (me, 1);
    test_must (weir_queue_get (queue, &item, -1) == 0);
    take (me, item);
    return me->stops < stops;
}

static bool consume (matrix_actor_t *me)
{
    return consume_until (me, 1);
}

static bool consume_from_all (matrix_actor_t *me)
{
    return consume_until (me, count_of_two ());
}

//  Another player may be quicker.
static bool select_and_consume (matrix_actor_t *me)
{
    weir_value_t item;
    test_must (weir_select_wait (select_of_one, -1) == 0);
    matrix_moment (me);
    matrix_begin (me, 1);
    if (weir_queue_get (queue, &item, 0) == 0)
        take (me, item);
    else {
        test_must (errno == EAGAIN);
        matrix_done (me, 1);
    }
    return me->stops == 0;
}

static bool lease (matrix_actor_t *me)
{
    weir_lease_t lease;
    matrix_begin (me, 1);
    test_must (weir_queue_get_lease (queue, -1, &lease, -1) == 0);
    if (lease.value.integer == MATRIX_STOP_ITEM)
        me->stops++;
    else
        matrix_got (me, lease.value.integer,
                    order == FIFO && lease.deliveries == 1);
    matrix_moment (me);
    test_must (weir_queue_ack (queue, lease.id) == 0);
    matrix_done (me, 1);
    matrix_moment (me);
    return me->stops == 0;
}

//  ---------------------------------------------------------------------------
//  Checks

//  Takes the remaining items, which come in the order of the queue.
static void drain (matrix_actor_t *me)
{
    weir_value_t item;
    int64_t last = -1;
    while (weir_queue_get (queue, &item, 0) == 0) {
        works (weir_queue_task_done (queue));
        ck_assert (order != PRIORITY || item.integer >= last);
        last = item.integer;
        if (item.integer != MATRIX_STOP_ITEM)
            matrix_got (me, item.integer, false);
    }
    ck_assert_int_eq (errno, EAGAIN);
}

//  Returns the number of items that the victim did not finish in its turn: 0 or
//  1.
static int count_undone (const matrix_actor_t *actors)
{
    const matrix_actor_t *victim = &actors [MATRIX_VICTIM];
    return atomic_load (&victim->sent [1]) - atomic_load (&victim->acked [1]);
}

//  An item that was got ends with its consumer, and is never done.
static void check (matrix_actor_t *actors)
{
    int undone = count_undone (actors), found = 0;
    drain (actors);
    while (weir_queue_task_done (queue) == 0)
        found++;
    ck_assert_int_eq (errno, EINVAL);
    ck_assert_int_le (found, undone);
    works (weir_queue_join (queue, 0));
    matrix_ck_idle (queue);
    matrix_items_t items = matrix_count_items (actors, BATCH);
    ck_assert_int_le (items.lost, found);
    ck_assert_int_eq (items.again, 0);
}

//  A leased item returns.
static void check_leases (matrix_actor_t *actors)
{
    int undone = count_undone (actors);
    drain (actors);
    works (weir_queue_join (queue, 0));
    matrix_ck_idle (queue);
    matrix_items_t items = matrix_count_items (actors, BATCH);
    ck_assert_int_eq (items.lost, 0);
    ck_assert_int_le (items.again, undone);
}

static const matrix_kind_t fifo = {"queue", begin_fifo, check, end};
static const matrix_kind_t lifo = {"LIFO queue", begin_lifo, check, end};
static const matrix_kind_t priority = {"priority queue", begin_priority, check,
                                       end};
static const matrix_kind_t selected = {"queue under a select", begin_select,
                                       check, end};
static const matrix_kind_t leases = {"queue with leases", begin_fifo,
                                     check_leases, end};
static const matrix_kind_t lifo_leases = {"LIFO queue with leases", begin_lifo,
                                          check_leases, end};
static const matrix_kind_t priority_leases = {
    "priority queue with leases", begin_priority, check_leases, end};

static const matrix_row_t rows [] = {
    {&fifo,
     "producer",
     produce,
     {produce, consume_from_all},
     MATRIX_NOT_NEEDED},
    {&fifo, "consumer", consume, {produce_for_all, consume}, MATRIX_NOT_NEEDED},
    {&fifo, "joiner", join, {produce_and_join, consume}, MATRIX_NOT_NEEDED},
    {&leases, "lessee", lease, {produce_for_all, lease}, MATRIX_NOT_NEEDED},
    {&lifo,
     "producer",
     produce,
     {produce, consume_from_all},
     MATRIX_NOT_NEEDED},
    {&lifo, "consumer", consume, {produce_for_all, consume}, MATRIX_NOT_NEEDED},
    {&lifo, "joiner", join, {produce_and_join, consume}, MATRIX_NOT_NEEDED},
    {&lifo_leases,
     "lessee",
     lease,
     {produce_for_all, lease},
     MATRIX_NOT_NEEDED},
    {&priority,
     "producer",
     produce,
     {produce, consume_from_all},
     MATRIX_NOT_NEEDED},
    {&priority,
     "consumer",
     consume,
     {produce_for_all, consume},
     MATRIX_NOT_NEEDED},
    {&priority, "joiner", join, {produce_and_join, consume}, MATRIX_NOT_NEEDED},
    {&priority_leases,
     "lessee",
     lease,
     {produce_for_all, lease},
     MATRIX_NOT_NEEDED},
    {&selected,
     "selector",
     select_and_consume,
     {produce_for_all, select_and_consume},
     MATRIX_NOT_NEEDED},
};

int main (void)
{
    return matrix_main ("matrix of queues", rows, sizeof rows / sizeof *rows);
}
