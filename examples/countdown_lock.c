/*  countdown_lock.c - 100 processes subtract one from a number, under a lock

    Read, change and write are three steps, so a lock must keep the other
    processes out meanwhile.

    Run:    examples/countdown_lock
    Prints: {'count': 0}

    SPDX-License-Identifier: MPL-2.0
*/

#include <weir.h>

enum { WORKERS = 100 };

typedef struct shared {
    weir_dict_t *counts;
    weir_lock_t *lock;
} shared_t;

static void work (void *arg)
{
    shared_t *shared = arg;
    int64_t count;
    if (weir_lock_acquire (shared->lock, -1) != 0)
        return;
    if (weir_dict_get_int (shared->counts, "count", &count) == 0)
        weir_dict_set (shared->counts, "count", count - 1);
    weir_lock_release (shared->lock);
}

int main (void)
{
    weir_owner_t *owner = weir_owner_new (NULL);
    shared_t shared = {
        .counts = weir_dict_new (owner, "counts"),
        .lock = weir_lock_new (owner, "lock"),
    };
    weir_dict_set (shared.counts, "count", WORKERS);

    weir_process_t *workers [WORKERS];
    for (int i = 0; i < WORKERS; i++)
        workers [i] = weir_process_new (work, &shared);
    for (int i = 0; i < WORKERS; i++)
        weir_process_destroy (&workers [i]); //  waits for its end
    weir_dict_print (shared.counts, stdout);

    weir_lock_destroy (&shared.lock);
    weir_dict_destroy (&shared.counts);
    weir_owner_destroy (&owner);
    return 0;
}
