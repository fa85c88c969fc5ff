/*  list_dict_flow.c - a list and a dict that two processes share, without a lock

    Each change is one message, which the owner applies as a whole, so the program
    needs no lock.

    Run:    examples/list_dict_flow
    Prints: [1, 5, 3, 4] and {'name': 'Tom'}, twice.

    SPDX-License-Identifier: MPL-2.0
*/

#include <weir.h>

typedef struct shared {
    weir_list_t *list;
    weir_dict_t *dict;
} shared_t;

static void print (shared_t *shared)
{
    weir_list_print (shared->list, stdout);
    weir_dict_print (shared->dict, stdout);
}

static void work (void *arg)
{
    shared_t *shared = arg;
    weir_list_add (shared->list, 1, -1, NULL);
    weir_dict_set (shared->dict, "name", "Tom");
    print (shared);
}

int main (void)
{
    weir_owner_t *owner = weir_owner_new (NULL);
    shared_t shared = {
        .list = weir_list_new (owner, "list"),
        .dict = weir_dict_new (owner, "dict"),
    };
    weir_list_extend (shared.list, weir_list_of (1, 6, 3, 4));
    weir_dict_set (shared.dict, "name", "Jack");

    weir_process_t *child = weir_process_new (work, &shared);
    weir_process_destroy (&child); //  waits for its end
    print (&shared);

    weir_dict_destroy (&shared.dict);
    weir_list_destroy (&shared.list);
    weir_owner_destroy (&owner);
    return 0;
}
