/*  list_dict_lock.c - a list and a dict that two processes share, under a lock

    The child acquires the lock, changes both and prints them. The parent waits
    for the child and prints them, too: it sees the changes.

    Run:    examples/list_dict_lock
    Prints: [1, 5, 3, 4] and {'name': 'Tom'}, twice.

    SPDX-License-Identifier: MPL-2.0
*/

#include <weir.h>

typedef struct shared {
    weir_list_t *list;
    weir_dict_t *dict;
    weir_lock_t *lock;
} shared_t;

static void print (shared_t *shared)
{
    weir_list_print (shared->list, stdout);
    weir_dict_print (shared->dict, stdout);
}

static void work (void *arg)
{
    shared_t *shared = arg;
    int64_t number;
    if (weir_lock_acquire (shared->lock, -1) != 0 ||
        weir_list_get_int (shared->list, 1, &number) != 0)
        return;
    weir_list_set (shared->list, 1, number - 1);
    weir_dict_set (shared->dict, "name", "Tom");
    print (shared);
    weir_lock_release (shared->lock);
}

int main (void)
{
    weir_owner_t *owner = weir_owner_new (NULL);
    shared_t shared = {
        .list = weir_list_new (owner, "list"),
        .dict = weir_dict_new (owner, "dict"),
        .lock = weir_lock_new (owner, "lock"),
    };
    weir_list_extend (shared.list, weir_list_of (1, 6, 3, 4));
    weir_dict_set (shared.dict, "name", "Jack");

    weir_process_t *child = weir_process_new (work, &shared);
    weir_process_destroy (&child); //  waits for its end
    print (&shared);

    weir_lock_destroy (&shared.lock);
    weir_dict_destroy (&shared.dict);
    weir_list_destroy (&shared.list);
    weir_owner_destroy (&owner);
    return 0;
}
