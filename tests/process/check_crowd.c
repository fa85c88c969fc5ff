/*  check_crowd.c - many processes and threads at once lose nothing and repeat
    nothing

    SPDX-License-Identifier: MPL-2.0
*/

#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "kit/shared.h"

enum { PROCESSES = 200, THREADS = 64, ADDS = 200, TIMEOUT_S = 60 };

//  ---------------------------------------------------------------------------
//  Adding

typedef struct crowd {
    weir_var_t *var;
    weir_dict_t *dict;
    test_latch_t *go;
} crowd_t;

static void add (void *arg)
{
    crowd_t *crowd = arg;
    //  Starting them all may take longer than anything else here.
    test_must (test_latch_wait (crowd->go, 5 * TEST_PATIENCE_MS));
    for (int i = 0; i < ADDS; i++) {
        test_must (weir_var_add (crowd->var, 1, NULL) == 0);
        test_must (weir_dict_add (crowd->dict, "count", 1, NULL) == 0);
    }
}

static void *add_in_thread (void *arg)
{
    add (arg);
    return NULL;
}

static void begin (crowd_t *crowd, weir_owner_t *owner)
{
    *crowd = (crowd_t){.var = weir_var_new (owner, NULL, 0),
                       .dict = weir_dict_new (owner, NULL),
                       .go = test_latch_new ()};
}

static void finish (crowd_t *crowd, int64_t wanted, uint64_t start_us)
{
    int64_t var = 0, key = 0;
    works (weir_var_get_int (crowd->var, &var));
    works (weir_dict_get_int (crowd->dict, "count", &key));
    ck_assert_int_eq (var, wanted);
    ck_assert_int_eq (key, wanted);
    printf ("2 x %" PRId64 " adds took %.2f s\n", wanted,
            (double) (shared_now_us () - start_us) / 1e6);
    weir_var_destroy (&crowd->var);
    weir_dict_destroy (&crowd->dict);
    test_latch_destroy (&crowd->go);
}

//  Two hundred processes; a quarter of them for the other forms of owners.
START_TEST (two_hundred_processes_add_up)
{
    int count = _i == SHARED_PROCESS ? PROCESSES : PROCESSES / 4;
    weir_owner_t *owner = shared_owner (_i);
    crowd_t crowd;
    begin (&crowd, owner);
    pid_t pids [PROCESSES];
    uint64_t start_us = shared_now_us ();
    for (int i = 0; i < count; i++)
        pids [i] = test_fork (add, &crowd);
    test_latch_open (crowd.go);
    for (int i = 0; i < count; i++)
        ck_assert_int_eq (test_join (pids [i]), 0);
    finish (&crowd, count * ADDS, start_us);
    shared_owner_end (&owner);
}
END_TEST

START_TEST (sixty_four_threads_add_up)
{
    weir_owner_t *owner = shared_owner (_i);
    crowd_t crowd;
    begin (&crowd, owner);
    pthread_t threads [THREADS];
    uint64_t start_us = shared_now_us ();
    for (int i = 0; i < THREADS; i++)
        threads [i] = shared_thread (add_in_thread, &crowd);
    test_latch_open (crowd.go);
    for (int i = 0; i < THREADS; i++)
        shared_join (threads [i]);
    finish (&crowd, THREADS * ADDS, start_us);
    shared_owner_end (&owner);
}
END_TEST

//  ---------------------------------------------------------------------------
//  Producing and consuming

enum { PRODUCERS = 20, CONSUMERS = 20, ITEMS = 200, BOUND = 7 };

typedef struct market {
    weir_queue_t *queue;
    int number;          //  of the next producer
    unsigned char *seen; //  [PRODUCERS] [ITEMS]: how often
} market_t;

static void produce (void *arg)
{
    market_t *market = arg;
    for (int i = 0; i < ITEMS; i++)
        test_must (weir_queue_put (market->queue,
                                   weir_list_of (market->number, i), -1) == 0);
}

//  Each of them sees the items of one producer in their order.
static void consume (void *arg)
{
    market_t *market = arg;
    int64_t last [PRODUCERS];
    memset (last, -1, sizeof last);
    weir_value_t item;
    while (weir_queue_get (market->queue, &item, -1) == 0) {
        int64_t producer = item.items [0].integer;
        int64_t number = item.items [1].integer;
        test_must (number > last [producer]);
        last [producer] = number;
        __atomic_add_fetch (&market->seen [producer * ITEMS + number], 1,
                            __ATOMIC_RELAXED);
        weir_value_clear (&item);
    }
    test_must (errno == ECANCELED);
}

START_TEST (every_item_of_a_bounded_queue_is_got_once)
{
    weir_owner_t *owner = shared_owner (_i);
    market_t market = {.queue = weir_queue_new (owner, NULL, BOUND),
                       .seen = test_shared (PRODUCERS * ITEMS)};
    pid_t producers [PRODUCERS], consumers [CONSUMERS];
    uint64_t start_us = shared_now_us ();
    for (int i = 0; i < PRODUCERS; i++) {
        market.number = i;
        producers [i] = test_fork (produce, &market);
        consumers [i] = test_fork (consume, &market);
    }
    for (int i = 0; i < PRODUCERS; i++)
        ck_assert_int_eq (test_join (producers [i]), 0);
    ck_assert_int_le (weir_queue_size (market.queue), BOUND);
    works (weir_queue_close (market.queue));
    for (int i = 0; i < CONSUMERS; i++)
        ck_assert_int_eq (test_join (consumers [i]), 0);
    for (int i = 0; i < PRODUCERS * ITEMS; i++)
        ck_assert_int_eq (market.seen [i], 1);
    printf ("%d items took %.2f s\n", PRODUCERS * ITEMS,
            (double) (shared_now_us () - start_us) / 1e6);
    test_unshare (market.seen, PRODUCERS * ITEMS);
    weir_queue_destroy (&market.queue);
    shared_owner_end (&owner);
}
END_TEST

//  ---------------------------------------------------------------------------
//  A section under one lock

typedef struct section {
    weir_lock_t *lock;
    weir_dict_t *dict;
    weir_var_t *var;
    int *plain; //  shared memory, guarded by the lock
} section_t;

static void pass_through (void *arg)
{
    section_t *section = arg;
    for (int i = 0; i < 20; i++) {
        int64_t a, b;
        test_must (weir_lock_acquire (section->lock, -1) == 0);
        test_must (weir_dict_get_int (section->dict, "n", &a) == 0);
        test_must (weir_var_get_int (section->var, &b) == 0);
        test_must (a == b && a == *section->plain);
        test_must (weir_dict_set (section->dict, "n", a + 1) == 0);
        *section->plain = (int) a + 1;
        test_must (weir_var_set (section->var, b + 1) == 0);
        test_must (weir_lock_release (section->lock) == 0);
    }
}

START_TEST (only_one_process_at_a_time_is_in_a_locked_section)
{
    weir_owner_t *owner = shared_owner (_i);
    section_t section = {.lock = weir_lock_new (owner, NULL),
                         .dict = weir_dict_new (owner, NULL),
                         .var = weir_var_new (owner, NULL, 0),
                         .plain = test_shared (sizeof (int))};
    works (weir_dict_set (section.dict, "n", 0));
    pid_t pids [16];
    for (int i = 0; i < 16; i++)
        pids [i] = test_fork (pass_through, &section);
    for (int i = 0; i < 16; i++)
        ck_assert_int_eq (test_join (pids [i]), 0);
    ck_assert_int_eq (*section.plain, 16 * 20);
    works (weir_lock_acquire (section.lock, 0));
    ck_assert_uint_eq (weir_lock_token (section.lock), 16 * 20 + 1);
    works (weir_lock_release (section.lock));
    test_unshare (section.plain, sizeof (int));
    weir_lock_destroy (&section.lock);
    weir_dict_destroy (&section.dict);
    weir_var_destroy (&section.var);
    shared_owner_end (&owner);
}
END_TEST

int main (void)
{
    Suite *suite = suite_create ("crowd");
    TCase *tcase = test_case (suite, "adding");
    tcase_set_timeout (tcase, TIMEOUT_S);
    tcase_add_loop_test (tcase, two_hundred_processes_add_up, 0,
                         SHARED_FORKING_FORMS);
    tcase_add_loop_test (tcase, sixty_four_threads_add_up, 0, SHARED_FORMS);
    tcase = test_case (suite, "queue and lock");
    tcase_add_loop_test (tcase, every_item_of_a_bounded_queue_is_got_once, 0,
                         SHARED_FORKING_FORMS);
    tcase_add_loop_test (tcase,
                         only_one_process_at_a_time_is_in_a_locked_section, 0,
                         SHARED_FORKING_FORMS);
    return test_main (suite);
}
