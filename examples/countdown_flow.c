/*  countdown_flow.c - 100 processes subtract one from a number, without a lock

    The change itself is the message: "add -1". The owner applies one message
    at a time, so none is lost.

    Run:    examples/countdown_flow
    Prints: {'count': 0}

    SPDX-License-Identifier: MPL-2.0
*/

#include <weir.h>

enum { WORKERS = 100 };

static void work (void *arg)
{
    weir_dict_t *counts = arg; //  made by the parent, valid here as well
    weir_dict_add (counts, "count", -1, NULL);
}

int main (void)
{
    weir_owner_t *owner = weir_owner_new (NULL);
    weir_dict_t *counts = weir_dict_new (owner, "counts");
    weir_dict_set (counts, "count", WORKERS);

    weir_process_t *workers [WORKERS];
    for (int i = 0; i < WORKERS; i++)
        workers [i] = weir_process_new (work, counts);
    for (int i = 0; i < WORKERS; i++)
        weir_process_destroy (&workers [i]); //  waits for its end
    weir_dict_print (counts, stdout);

    weir_dict_destroy (&counts);
    weir_owner_destroy (&owner);
    return 0;
}
