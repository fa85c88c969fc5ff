/*  bank_lock.c - one process takes, another puts, under a lock

    An account holds 100. One process subtracts 1 a hundred times, another adds 1
    a hundred times. Each prints the balance, and the lock keeps them apart.

    Run:    examples/bank_lock
    Prints: 200 balances, and at the end that it is 100 again.

    SPDX-License-Identifier: MPL-2.0
*/

#include <weir.h>

enum { TIMES = 100 };

typedef struct bank {
    weir_var_t *balance;
    weir_lock_t *lock;
} bank_t;

static void change (bank_t *bank, const char *what, int amount)
{
    int64_t balance;
    for (int i = 0; i < TIMES; i++) {
        if (weir_lock_acquire (bank->lock, -1) != 0)
            return;
        if (weir_var_get_int (bank->balance, &balance) == 0) {
            weir_var_set (bank->balance, balance + amount);
            printf ("%s: %lld\n", what, (long long) balance + amount);
            fflush (stdout);
        }
        weir_lock_release (bank->lock);
    }
}

static void take (void *arg)
{
    change (arg, "take", -1);
}

static void put (void *arg)
{
    change (arg, "put", 1);
}

int main (void)
{
    weir_owner_t *owner = weir_owner_new (NULL);
    bank_t bank = {
        .balance = weir_var_new (owner, "balance", 100),
        .lock = weir_lock_new (owner, "lock"),
    };
    weir_process_t *taker = weir_process_new (take, &bank);
    weir_process_t *putter = weir_process_new (put, &bank);
    weir_process_destroy (&taker); //  waits for its end
    weir_process_destroy (&putter);

    printf ("at the end: ");
    weir_var_print (bank.balance, stdout);

    weir_lock_destroy (&bank.lock);
    weir_var_destroy (&bank.balance);
    weir_owner_destroy (&owner);
    return 0;
}
