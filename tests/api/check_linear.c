/*  check_linear.c - histories of real processes and threads are linearizable

    Some of the processes are killed. Each worker records its operations in
    shared memory, with the monotonic clock before and after. The checker
    (linear.c) then searches, object by object, for an order that explains all
    results.

    SPDX-License-Identifier: MPL-2.0
*/

#include <check.h>
#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <weir.h>

#include "kit/linear.h"
#include "kit/support.h"

enum {
    WORKERS = 4, //  processes
    THREADS = 2, //  of each
    WHOS = WORKERS * THREADS,
    OPERATIONS = 12, //  of each thread
    OBJECTS = 4,     //  var, key, queue, lock
    ROUNDS = 20
};

//  In memory shared by all.
typedef struct record {
    linear_kind_t kind;
    linear_operation_t operation;
} record_t;

typedef struct board {
    uint64_t seed;
    atomic_int counts [WHOS]; //  complete records, except perhaps the last
    record_t records [WHOS][OPERATIONS];
} board_t;

static board_t *board;
static weir_owner_t *owner;
static weir_var_t *var;
static weir_dict_t *dict;
static weir_queue_t *queue;
static weir_lock_t *lock;

static int64_t now_ns (void)
{
    struct timespec now;
    clock_gettime (CLOCK_MONOTONIC, &now);
    return (int64_t) now.tv_sec * 1000000000 + now.tv_nsec;
}

//  Stores an integer result in the record; a value is always an integer.
static int take (int rc, const weir_value_t *value, int64_t *ret_result)
{
    if (rc == 0)
        *ret_result = value->integer;
    return rc;
}

static int on_number (linear_operation_t *what, bool is_key)
{
    weir_value_t value = weir_value_int (0);
    int rc;
    switch (what->op) {
    case LINEAR_SET:
        return is_key ? weir_dict_set (dict, "k", what->argument)
                      : weir_var_set (var, what->argument);
    case LINEAR_ADD:
        rc = is_key ? weir_dict_add (dict, "k", what->argument, &value)
                    : weir_var_add (var, what->argument, &value);
        return take (rc, &value, &what->result);
    case LINEAR_CAS:
        rc = weir_var_cas (var, what->argument, what->argument2);
        what->result = rc;
        return rc < 0 ? -1 : 0;
    case LINEAR_POP:
        return take (weir_dict_pop (dict, "k", &value), &value, &what->result);
    default:
        return is_key ? weir_dict_get_int (dict, "k", &what->result)
                      : weir_var_get_int (var, &what->result);
    }
}

static int run (linear_kind_t kind, linear_operation_t *what)
{
    weir_value_t value = weir_value_int (0);
    int rc;
    switch (kind) {
    case LINEAR_QUEUE:
        if (what->op == LINEAR_PUT)
            return weir_queue_put (queue, what->argument, -1);
        rc = weir_queue_get (queue, &value, 0);
        return take (rc, &value, &what->result);
    case LINEAR_LOCK:
        if (what->op == LINEAR_RELEASE)
            return weir_lock_release (lock);
        rc = weir_lock_acquire (lock, 0);
        if (rc == 0)
            what->result = (int64_t) weir_lock_token (lock);
        return rc;
    default:
        return on_number (what, kind == LINEAR_KEY);
    }
}

static void choose (record_t *record, int who, uint64_t *random)
{
    static const linear_op_t of_var [] = {LINEAR_GET, LINEAR_SET, LINEAR_ADD,
                                          LINEAR_CAS};
    static const linear_op_t of_key [] = {LINEAR_GET, LINEAR_SET, LINEAR_ADD,
                                          LINEAR_POP};
    linear_operation_t *what = &record->operation;
    record->kind = (linear_kind_t) test_random_below (random, OBJECTS);
    unsigned coin = (unsigned) test_random_below (random, 4);
    *what = (linear_operation_t){
        .who = who,
        .argument = (int64_t) test_random_below (random, 4),
        .argument2 = (int64_t) test_random_below (random, 4),
        .returned_ns = LINEAR_NEVER,
    };
    if (record->kind == LINEAR_VAR)
        what->op = of_var [coin];
    else if (record->kind == LINEAR_KEY)
        what->op = of_key [coin];
    else if (record->kind == LINEAR_QUEUE)
        what->op = coin & 1 ? LINEAR_PUT : LINEAR_GET;
    else
        what->op = coin & 1 ? LINEAR_RELEASE : LINEAR_ACQUIRE;
    if (what->op == LINEAR_PUT)
        what->argument = who * 1000 + atomic_load (&board->counts [who]);
}

//  One thread: notes the call, calls, notes the return.
static void *play (void *arg)
{
    int who = (int) (intptr_t) arg;
    uint64_t random = board->seed + (uint64_t) who * 7919;
    for (int i = 0; i < OPERATIONS; i++) {
        record_t *record = &board->records [who][i];
        choose (record, who, &random);
        record->operation.called_ns = now_ns ();
        atomic_store (&board->counts [who], i + 1);
        linear_operation_t outcome = record->operation;
        outcome.error = run (record->kind, &outcome) == 0 ? 0 : errno;
        outcome.returned_ns = now_ns ();
        record->operation.error = outcome.error;
        record->operation.result = outcome.result;
        atomic_thread_fence (memory_order_release);
        record->operation.returned_ns = outcome.returned_ns;
    }
    return NULL;
}

static void work (void *arg)
{
    intptr_t first = (intptr_t) arg * THREADS;
    pthread_t threads [THREADS];
    for (int i = 0; i < THREADS; i++)
        pthread_create (&threads [i], NULL, play, (void *) (first + i));
    for (int i = 0; i < THREADS; i++)
        pthread_join (threads [i], NULL);
}

//  Collects the history of one object. The holds of a thread end with it, at
//  some moment after its last known event.
static size_t collect (linear_kind_t kind, linear_operation_t *operations)
{
    size_t count = 0;
    for (int who = 0; who < WHOS; who++) {
        linear_operation_t death = {
            .op = LINEAR_DEATH,
            .who = who,
            .returned_ns = LINEAR_NEVER,
        };
        for (int i = 0; i < atomic_load (&board->counts [who]); i++) {
            const record_t *record = &board->records [who][i];
            death.called_ns = record->operation.returned_ns != LINEAR_NEVER
                                  ? record->operation.returned_ns
                                  : record->operation.called_ns;
            if (record->kind == kind)
                operations [count++] = record->operation;
        }
        if (kind == LINEAR_LOCK)
            operations [count++] = death;
    }
    return count;
}

static void make_objects (void)
{
    owner = weir_owner_new (NULL);
    var = weir_var_new (owner, NULL, 0);
    dict = weir_dict_new (owner, NULL);
    queue = weir_queue_new (owner, NULL, 0);
    lock = weir_lock_new (owner, NULL);
    ck_assert (var && dict && queue && lock);
}

static void destroy_objects (void)
{
    weir_lock_destroy (&lock);
    weir_queue_destroy (&queue);
    weir_dict_destroy (&dict);
    weir_var_destroy (&var);
    weir_owner_destroy (&owner);
}

//  Kills a worker after it has noted a random number of calls.
static void kill_one (weir_process_t **workers, uint64_t *random)
{
    int victim = (int) test_random_below (random, WORKERS);
    int calls = 1 + (int) test_random_below (random, OPERATIONS);
    while (atomic_load (&board->counts [victim * THREADS]) < calls &&
           weir_process_alive (workers [victim]) == 1)
        ;
    weir_process_kill (workers [victim]);
}

static void play_round (uint64_t *random, bool killing)
{
    weir_process_t *workers [WORKERS];
    memset (board, 0, sizeof *board);
    board->seed = test_random (random);
    make_objects ();
    for (intptr_t i = 0; i < WORKERS; i++)
        ck_assert_ptr_nonnull (workers [i] =
                                   weir_process_new (work, (void *) i));
    if (killing)
        kill_one (workers, random);
    for (int i = 0; i < WORKERS; i++)
        weir_process_destroy (&workers [i]);
    destroy_objects ();
    for (int kind = 0; kind < OBJECTS; kind++) {
        static linear_operation_t operations [LINEAR_OPERATIONS];
        size_t count = collect ((linear_kind_t) kind, operations);
        ck_assert_msg (
            linear_check ((linear_kind_t) kind, 0, operations, count),
            "no order explains the history of object %d (%zu operations)", kind,
            count);
    }
}

static void play_rounds (bool killing)
{
    uint64_t random = test_seed ();
    board = test_shared (sizeof *board);
    for (int i = 0; i < ROUNDS; i++)
        play_round (&random, killing);
    test_unshare (board, sizeof *board);
}

START_TEST (histories_of_processes_and_threads_are_linearizable)
{
    play_rounds (false);
}
END_TEST

START_TEST (histories_stay_linearizable_when_a_client_is_killed)
{
    play_rounds (true);
}
END_TEST

//  ---------------------------------------------------------------------------
//  The checker itself distinguishes good from bad

static bool check (linear_kind_t kind, const linear_operation_t *operations,
                   size_t count)
{
    return linear_check (kind, 0, operations, count);
}

#define CHECK(kind, ...)                                   \
    check (kind, (linear_operation_t []){__VA_ARGS__},     \
           sizeof ((linear_operation_t []){__VA_ARGS__}) / \
               sizeof (linear_operation_t))

//  An operation of `who` from a to b that gives a result.
#define AT(who_, op_, argument_, result_, a, b)                   \
    {                                                             \
        .op = (op_), .who = (who_), .argument = (argument_),      \
        .result = (result_), .called_ns = (a), .returned_ns = (b) \
    }

START_TEST (the_checker_sees_a_lost_update)
{
    ck_assert (CHECK (LINEAR_VAR, AT (1, LINEAR_ADD, 1, 1, 0, 10),
                      AT (2, LINEAR_ADD, 1, 2, 0, 10)));
    ck_assert (!CHECK (LINEAR_VAR, AT (1, LINEAR_ADD, 1, 1, 0, 10),
                       AT (2, LINEAR_ADD, 1, 1, 0, 10)));
}
END_TEST

START_TEST (the_checker_sees_a_stale_read)
{
    ck_assert (CHECK (LINEAR_VAR, AT (1, LINEAR_SET, 5, 0, 0, 10),
                      AT (2, LINEAR_GET, 0, 0, 5, 20)));
    ck_assert (!CHECK (LINEAR_VAR, AT (1, LINEAR_SET, 5, 0, 0, 10),
                       AT (2, LINEAR_GET, 0, 0, 11, 20)));
}
END_TEST

START_TEST (the_checker_sees_an_item_twice_and_out_of_order)
{
    ck_assert (!CHECK (LINEAR_QUEUE, AT (1, LINEAR_PUT, 7, 0, 0, 10),
                       AT (2, LINEAR_GET, 0, 7, 11, 20),
                       AT (3, LINEAR_GET, 0, 7, 11, 20)));
    ck_assert (!CHECK (LINEAR_QUEUE, AT (1, LINEAR_PUT, 7, 0, 0, 10),
                       AT (1, LINEAR_PUT, 8, 0, 11, 20),
                       AT (2, LINEAR_GET, 0, 8, 21, 30),
                       AT (2, LINEAR_GET, 0, 7, 31, 40)));
    ck_assert (CHECK (LINEAR_QUEUE, AT (1, LINEAR_PUT, 7, 0, 0, 25),
                      AT (3, LINEAR_PUT, 8, 0, 11, 20),
                      AT (2, LINEAR_GET, 0, 8, 21, 30),
                      AT (2, LINEAR_GET, 0, 7, 31, 40)));
}
END_TEST

START_TEST (the_checker_sees_two_holders_and_a_token_twice)
{
    ck_assert (!CHECK (LINEAR_LOCK, AT (1, LINEAR_ACQUIRE, 0, 1, 0, 10),
                       AT (2, LINEAR_ACQUIRE, 0, 2, 11, 20)));
    ck_assert (CHECK (LINEAR_LOCK, AT (1, LINEAR_ACQUIRE, 0, 1, 0, 10),
                      AT (1, LINEAR_DEATH, 0, 0, 10, LINEAR_NEVER),
                      AT (2, LINEAR_ACQUIRE, 0, 2, 11, 20)));
    ck_assert (!CHECK (LINEAR_LOCK, AT (1, LINEAR_ACQUIRE, 0, 1, 0, 10),
                       AT (1, LINEAR_RELEASE, 0, 0, 11, 20),
                       AT (2, LINEAR_ACQUIRE, 0, 1, 21, 30)));
}
END_TEST

START_TEST (the_checker_knows_that_an_unfinished_call_may_have_happened)
{
    for (int64_t seen = 0; seen < 3; seen++)
        ck_assert_int_eq (CHECK (LINEAR_KEY,
                                 AT (1, LINEAR_ADD, 1, 0, 0, LINEAR_NEVER),
                                 AT (2, LINEAR_ADD, 0, seen, 5, 20)),
                          seen < 2);
}
END_TEST

int main (void)
{
    Suite *suite = suite_create ("linear");
    TCase *checker = test_case (suite, "checker");
    tcase_add_test (checker, the_checker_sees_a_lost_update);
    tcase_add_test (checker, the_checker_sees_a_stale_read);
    tcase_add_test (checker, the_checker_sees_an_item_twice_and_out_of_order);
    tcase_add_test (checker, the_checker_sees_two_holders_and_a_token_twice);
    tcase_add_test (
        checker, the_checker_knows_that_an_unfinished_call_may_have_happened);
    TCase *real = test_case (suite, "real");
    tcase_add_test (real, histories_of_processes_and_threads_are_linearizable);
    tcase_add_test (real, histories_stay_linearizable_when_a_client_is_killed);
    return test_main (suite);
}
