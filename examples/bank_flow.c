/*  bank_flow.c - the account is a worker that answers orders from a queue

    No process shares the balance: it is a plain variable of one process, the
    bank. The others send it orders and receive the new balance. Orders are
    served one at a time, in the order in which they arrive.

    Run:    examples/bank_flow
    Prints: 200 balances, and at the end that it is 100 again.

    SPDX-License-Identifier: MPL-2.0
*/

#include <weir.h>

enum { TIMES = 100 };

typedef struct customer {
    weir_owner_t *owner;
    weir_queue_t *orders;
    const char *what;
    int amount;
} customer_t;

//  Serves orders [amount, queue for the answer] until the queue is closed.
static void serve (void *arg)
{
    weir_queue_t *orders = arg;
    int64_t balance = 100;
    weir_value_t order;
    while (weir_queue_get (orders, &order, -1) == 0) {
        balance += order.items [0].integer;
        weir_queue_t *answers = weir_queue_from (order.items [1]);
        weir_queue_put (answers, balance, -1);
        weir_queue_destroy (&answers);
        weir_value_clear (&order);
    }
    printf ("at the end: %lld\n", (long long) balance);
}

static void visit (void *arg)
{
    customer_t *customer = arg;
    weir_queue_t *answers = weir_queue_new (customer->owner, NULL, 0);
    weir_value_t balance;
    for (int i = 0; i < TIMES; i++) {
        weir_queue_put (
            customer->orders,
            weir_list_of (customer->amount, weir_object_reference (answers)),
            -1);
        if (weir_queue_get (answers, &balance, -1) != 0)
            break;
        printf ("%s: %lld\n", customer->what, (long long) balance.integer);
        fflush (stdout);
    }
    weir_queue_destroy (&answers);
}

int main (void)
{
    weir_owner_t *owner = weir_owner_new (NULL);
    weir_queue_t *orders = weir_queue_new (owner, "orders", 0);
    customer_t taker = {owner, orders, "take", -1};
    customer_t putter = {owner, orders, "put", 1};

    weir_process_t *bank = weir_process_new (serve, orders);
    weir_process_t *first = weir_process_new (visit, &taker);
    weir_process_t *second = weir_process_new (visit, &putter);
    weir_process_destroy (&first); //  waits for its end
    weir_process_destroy (&second);
    weir_queue_close (orders);
    weir_process_destroy (&bank);

    weir_queue_destroy (&orders);
    weir_owner_destroy (&owner);
    return 0;
}
