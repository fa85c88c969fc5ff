/*  state_hash.c - one number for the states that fixed histories lead to

    Prints a hash over the hashes of all states. tests/machine/state_hash.sh
    builds it with several compilers and compares.

    SPDX-License-Identifier: MPL-2.0
*/

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "model/history.h"
#include "machine/snapshot.h"

enum { SEEDS = 40, ENTRIES = 500 };

static void tell_history (void *context, weir__origin_t to, uint64_t number,
                          weir__bytes_t body)
{
    history_reply (context, to, number, body);
}

static uint64_t hash_of (uint64_t seed)
{
    history_t *history = history_new (seed);
    weir__machine_t *machine = weir__machine_new ();
    weir__sink_t sink = {tell_history, history};
    uint64_t hash = 0;
    for (int i = 0; machine && i < ENTRIES; i++) {
        history_next (history);
        weir__bytes_t entry = {history->entry.data, history->entry.size};
        if (weir__machine_apply (machine, entry, &sink) != 0)
            exit (EXIT_FAILURE);
        if (i % 100 == 99)
            hash = hash * 31 + weir__machine_hash (machine);
    }
    weir__machine_destroy (&machine);
    history_destroy (&history);
    return hash;
}

int main (void)
{
    uint64_t sum = 0;
    for (uint64_t seed = 1; seed <= SEEDS; seed++)
        sum = sum * 31 + hash_of (seed);
    printf ("%016" PRIx64 "\n", sum);
    return EXIT_SUCCESS;
}
