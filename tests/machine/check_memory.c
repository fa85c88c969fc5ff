/*  check_memory.c - requests without memory: a failed one changes nothing

    SPDX-License-Identifier: MPL-2.0
*/

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "codec/status.h"
#include "machine/snapshot.h"
#include "kit/machine.h"
#include "kit/support.h"
#include "kit/malloc.h"

static weir__machine_t *restored (const weir__buffer_t *snapshot)
{
    weir__machine_t *machine =
        weir__machine_load ((weir__bytes_t){snapshot->data, snapshot->size});
    ck_assert_ptr_nonnull (machine);
    return machine;
}

//  Sends a request that does nothing and acknowledges all earlier ones.
static void put_nothing (kit_t *kit, weir__buffer_t *entry, uint64_t number)
{
    weir__buffer_t body = WEIR__BUFFER_INIT;
    weir__request_body_t head = {.acked = number - 1, .op = 99};
    weir__request_body_put (&body, &head);
    weir__record_t record = {
        .type = WEIR__RECORD_REQUEST,
        .link = A.link,
        .session = A.session,
        .number = number,
        .body = {body.data, body.size},
    };
    weir__entry_begin (entry, kit->time_us);
    weir__entry_add (entry, &record);
    weir__buffer_free (&body);
}

//  Puts a request of A into kit->entry that is not sent yet: the next one has
//  the same number.
static uint64_t prepare (kit_t *kit, uint64_t object, unsigned op,
                         const char *args)
{
    kit_begin (kit);
    kit->number = kit_last (kit, A) + 1;
    return kit_add (kit, A, object, op, args);
}

//  Returns the state without the kept reply of request `number`.
static uint64_t hash_after_ack (kit_t *kit, weir__machine_t *machine,
                                uint64_t number)
{
    weir__buffer_t entry = WEIR__BUFFER_INIT;
    put_nothing (kit, &entry, number + 1);
    kit_apply (machine, (weir__bytes_t){entry.data, entry.size});
    weir__buffer_free (&entry);
    uint64_t hash = weir__machine_hash (machine);
    ck_assert_uint_ne (hash, 0);
    return hash;
}

//  The effect of a request, with and without memory.
typedef struct outcome {
    uint64_t number;
    uint64_t unchanged; //  the hash when it had no effect
    uint64_t changed;   //  the hash when it had its full effect
    kit_statuses_t statuses;
} outcome_t;

//  Lets one allocation fail, or all from one on. Returns whether any did.
static bool try_failing (kit_t *kit, weir__machine_t *machine, unsigned n,
                         const outcome_t *expected)
{
    weir__bytes_t entry = {kit->entry.data, kit->entry.size};
    if (n % 2 == 0)
        test_malloc_watch (n / 2);
    else
        test_malloc_watch_from (n / 2);
    kit_statuses_t statuses = kit_apply (machine, entry);
    bool failed = test_malloc_unwatch () > n / 2;
    bool no_memory =
        statuses.count > 0 && statuses.errors [statuses.count - 1] == ENOMEM;
    if (!failed || !no_memory)
        ck_assert_mem_eq (&statuses, &expected->statuses, sizeof statuses);
    ck_assert_uint_eq (hash_after_ack (kit, machine, expected->number),
                       no_memory ? expected->unchanged : expected->changed);
    return failed;
}

//  Applies the request in kit->entry again and again from the same state, and
//  lets the n-th allocation fail for every n, alone or with all after it. The
//  request must either fail with ENOMEM and change nothing, or have its full
//  effect.
static void every_allocation_fails (kit_t *kit, uint64_t number)
{
    weir__buffer_t before = WEIR__BUFFER_INIT, nothing = WEIR__BUFFER_INIT;
    weir__bytes_t entry = {kit->entry.data, kit->entry.size};
    outcome_t expected = {.number = number};
    weir__machine_save (kit->machine, &before);
    put_nothing (kit, &nothing, number);

    weir__machine_t *machine = restored (&before);
    kit_apply (machine, (weir__bytes_t){nothing.data, nothing.size});
    expected.unchanged = hash_after_ack (kit, machine, number);
    weir__machine_destroy (&machine);
    machine = restored (&before);
    expected.statuses = kit_apply (machine, entry);
    expected.changed = hash_after_ack (kit, machine, number);
    weir__machine_destroy (&machine);

    bool failed = true;
    for (unsigned n = 0; failed; n++) {
        machine = restored (&before);
        failed = try_failing (kit, machine, n, &expected);
        weir__machine_destroy (&machine);
    }
    weir__buffer_free (&before);
    weir__buffer_free (&nothing);
}

#define LONG                                                                  \
    "'a long text, for which a reply has no room from the start, so that it " \
    "needs an allocation of its own'"

//  A restored list of eight items has no room for a ninth.
#define EIGHT "'o', [1, 2, 3, 4, 5, 6, 7, 8]"

#define MEMBERS "'o', [" LONG ", 5, {1: [], 2: []}]"

typedef struct script {
    int kind;
    const char *args; //  of the creation
    unsigned op;
    const char *call;
} script_t;

static const script_t scripts [] = {
    {WEIR__DICT, "'o'", WEIR__DICT_SET, "1, 2"},
    {WEIR__DICT, "'o'", WEIR__DICT_SET, "'a', 2"},
    {WEIR__DICT, "'o'", WEIR__DICT_GET, "'a'"},
    {WEIR__DICT, "'o'", WEIR__DICT_CONTAINS, "'a'"},
    {WEIR__DICT, "'o'", WEIR__DICT_DELETE, "'a'"},
    {WEIR__DICT, "'o'", WEIR__DICT_DELETE, "'nobody'"},
    {WEIR__DICT, "'o'", WEIR__DICT_POP, "'a'"},
    {WEIR__DICT, "'o'", WEIR__DICT_POPITEM, ""},
    {WEIR__DICT, "'o'", WEIR__DICT_SETDEFAULT, "'new', " LONG},
    {WEIR__DICT, "'o'", WEIR__DICT_SETDEFAULT, "'a', 1"},
    {WEIR__DICT, "'o'", WEIR__DICT_ADD, "'n', 1"},
    {WEIR__DICT, "'o'", WEIR__DICT_ADD, "'new', 1.5"},
    {WEIR__DICT, "'o'", WEIR__DICT_ADD, "'a', 1"},
    {WEIR__DICT, "'o'", WEIR__DICT_CAS, "'l', [1, {}], 1"},
    {WEIR__DICT, "'o'", WEIR__DICT_CAS, "'l', [2], 1"},
    {WEIR__DICT, "'o'", WEIR__DICT_UPDATE, "{'a': 1, 'x': 2, 'y': 3, 'x': 4}"},
    {WEIR__DICT, "'o'", WEIR__DICT_UPDATE, "{'x': 2, nan: 3}"},
    {WEIR__DICT, "'o'", WEIR__DICT_ITEMS, ""},
    {WEIR__DICT, "'o'", WEIR__DICT_CLEAR, ""},
    {WEIR__DICT, "'o'", 99, ""},
    {WEIR__LIST, "'o', [1, [1, {}], " LONG "]", WEIR__LIST_APPEND, LONG},
    {WEIR__LIST, "'o', [1, [1, {}], " LONG "]", WEIR__LIST_EXTEND, "[1, 2]"},
    {WEIR__LIST, "'o', [1, [1, {}], " LONG "]", WEIR__LIST_INSERT, "0, 1"},
    {WEIR__LIST, "'o', [1, [1, {}], " LONG "]", WEIR__LIST_SET, "0, 2"},
    {WEIR__LIST, "'o', [1, [1, {}], " LONG "]", WEIR__LIST_GET, "-1"},
    {WEIR__LIST, "'o', [1, [1, {}], " LONG "]", WEIR__LIST_POP, "-1"},
    {WEIR__LIST, "'o', [1, [1, {}], " LONG "]", WEIR__LIST_REMOVE, "[1, {}]"},
    {WEIR__LIST, "'o', [1, [1, {}], " LONG "]", WEIR__LIST_REMOVE, "[1]"},
    {WEIR__LIST, "'o', [1, [1, {}], " LONG "]", WEIR__LIST_INDEX, "[1, {}]"},
    {WEIR__LIST, "'o', [1, [1, {}], " LONG "]", WEIR__LIST_INDEX, "{}"},
    {WEIR__LIST, "'o', [1, [1, {}], " LONG "]", WEIR__LIST_COUNT, "[1, {}]"},
    {WEIR__LIST, "'o', [1, [1, {}], " LONG "]", WEIR__LIST_ADD, "0, 1"},
    {WEIR__LIST, EIGHT, WEIR__LIST_APPEND, "1"},
    {WEIR__LIST, EIGHT, WEIR__LIST_INSERT, "0, 1"},
    {WEIR__LIST, EIGHT, WEIR__LIST_EXTEND, "[1, 2]"},
    {WEIR__LIST, EIGHT, WEIR__LIST_SET_SLICE, "7, None, None, [1, 2]"},
    {WEIR__LIST, "'o', [2, 1]", WEIR__LIST_SORT, "False"},
    {WEIR__LIST, "'o', ['2', 1]", WEIR__LIST_SORT, "False"},
    {WEIR__LIST, "'o', [[[{}], 2], [[{}], 1]]", WEIR__LIST_SORT, "True"},
    {WEIR__LIST, "'o', [[{1: 2}, 2], [{1: 2}, 1]]", WEIR__LIST_SORT, "True"},
    {WEIR__LIST, "'o', [1, 2]", WEIR__LIST_GET_SLICE, "None, None, None"},
    {WEIR__LIST, "'o', [1, 2]", WEIR__LIST_SET_SLICE,
     "1, None, None, [3, 4, 5]"},
    {WEIR__LIST, "'o', [1, 2]", WEIR__LIST_SET_SLICE, "None, None, -1, [3, 4]"},
    {WEIR__LIST, "'o', [1, 2]", WEIR__LIST_SET_SLICE, "None, None, -1, [3]"},
    {WEIR__LIST, "'o', [1, 2]", WEIR__LIST_DELETE_SLICE, "0, 1, None"},
    {WEIR__LIST, "'o', [1, 2]", WEIR__LIST_CLEAR, ""},
    {WEIR__LIST, "'o', [1, " LONG "]", WEIR__LIST_POP_WAIT, "-1"},
    {WEIR__LIST, "'o', [1]", WEIR__LIST_POP_WAIT, "5"},
    {WEIR__VAR, "'o', 1", WEIR__VAR_SET, "2"},
    {WEIR__VAR, "'o', 1.5", WEIR__VAR_SET, "2"},
    {WEIR__VAR, "'o', 1", WEIR__VAR_SET, "'a'"},
    {WEIR__VAR, "'o', 1", WEIR__VAR_ADD, "2"},
    {WEIR__VAR, "'o', " LONG, WEIR__VAR_EXCHANGE, "'b'"},
    {WEIR__VAR, "'o', [1]", WEIR__VAR_WAIT_EQUAL, "[1, {}]"},
    {WEIR__VAR, "'o', " LONG, WEIR__VAR_WAIT_CHANGED, "'b'"},
    {WEIR__VAR, "'o', [{1: 2}, 3]", WEIR__VAR_WAIT_AT_LEAST, "[{1: 2}, 4]"},
    {WEIR__VAR, "'o', [1]", WEIR__VAR_CAS, "[1], [2]"},
    {WEIR__VAR, "'o', 1", WEIR__VAR_CAS, "1, 2"},
    {WEIR__DICT, "'o'", WEIR__DICT_GET, "'nobody', " LONG},
    {WEIR__DICT, "'o'", WEIR__DICT_POP, "'nobody', " LONG},
    {WEIR__DICT, "'o'", WEIR__DICT_GET_AT, "'l/0'"},
    {WEIR__DICT, "'o'", WEIR__DICT_GET_AT, "'l/9'"},
    {WEIR__DICT, "'o'", WEIR__DICT_SET_AT, "'l/0', " LONG},
    {WEIR__DICT, "'o'", WEIR__DICT_SET_AT, "'l/1/x', " LONG},
    {WEIR__DICT, "'o'", WEIR__DICT_SET_AT, "'x~0y', " LONG},
    {WEIR__DICT, "'o'", WEIR__DICT_ADD_AT, "['l', 1, 7], 5"},
    {WEIR__DICT, "'o'", WEIR__DICT_ADD_AT, "'fresh', 5"},
    {WEIR__DICT, "'o'", WEIR__DICT_APPEND_AT, "'l', " LONG},
    {WEIR__DICT, "'o'", WEIR__DICT_CAS_AT, "'l/1', {}, [1]"},
    {WEIR__DICT, "'o'", WEIR__DICT_DELETE_AT, "'l/1'"},
    {WEIR__NAMESPACE, "'o', {'a': 1}", WEIR__DICT_SET, "'b', 2"},
    {WEIR__NAMESPACE, "'o', {'a': 1}", WEIR__DICT_GET, "'b'"},
    {WEIR__NAMESPACE, "'o', {'a': 1}", WEIR__DICT_UPDATE, "{'a': 2, 'b': 3}"},
    {WEIR__ARRAY, "'o', 0, [1, 2]", WEIR__ARRAY_SET, "0, 2"},
    {WEIR__ARRAY, "'o', 0, [1, 2]", WEIR__ARRAY_GET_SLICE, "None, None, None"},
    {WEIR__ARRAY, "'o', 0, [1, 2]", WEIR__ARRAY_SET_SLICE, "0, 2, 1, [3, 4]"},
    {WEIR__ARRAY, "'o', 0, [1, 2]", WEIR__ARRAY_ADD_SLICE, "0, 2, 1, [3, 126]"},
    {WEIR__ARRAY, "'o', 9, 20", WEIR__ARRAY_READ, "9, 0, 20"},
    {WEIR__ARRAY, "'o', 0, [1, 2]", WEIR__ARRAY_WRITE, "0, 0, b'ab'"},
    {WEIR__SET, MEMBERS, WEIR__SET_ADD, "[1, {2: 3}]"},
    {WEIR__SET, MEMBERS, WEIR__SET_ADD, "{1: [], 2: []}"},
    {WEIR__SET, MEMBERS, WEIR__SET_ADD, LONG},
    {WEIR__SET, MEMBERS, WEIR__SET_DISCARD, "{2: [], 1: []}"},
    {WEIR__SET, MEMBERS, WEIR__SET_REMOVE, "'nobody'"},
    {WEIR__SET, MEMBERS, WEIR__SET_POP, ""},
    {WEIR__SET, MEMBERS, WEIR__SET_CONTAINS, "[nan]"},
    {WEIR__SET, MEMBERS, WEIR__SET_UNION, "[7, 8]"},
    {WEIR__SET, MEMBERS, WEIR__SET_UPDATE, "[7, {}, [], 8]"},
    {WEIR__SET, MEMBERS, WEIR__SET_UPDATE, "[7, nan]"},
    {WEIR__SET, MEMBERS, WEIR__SET_UPDATE, "1"},
    {WEIR__SET, MEMBERS, WEIR__SET_INTERSECTION_UPDATE, "[5, 6]"},
    {WEIR__SET, MEMBERS, WEIR__SET_DIFFERENCE_UPDATE, "[5, 6]"},
    {WEIR__SET, MEMBERS, WEIR__SET_SYMMETRIC_DIFFERENCE_UPDATE, "[5, 7, 8]"},
    {WEIR__SET, MEMBERS, WEIR__SET_EQUALS, "[5, 6]"},
    {WEIR__LOCK, "'o'", WEIR__LOCK_ACQUIRE, ""},
    {WEIR__LOCK, "'o'", WEIR__LOCK_RELEASE, ""},
    {WEIR__LOCK, "'o'", WEIR__LOCK_INFO, ""},
    {WEIR__SEMAPHORE, "'o'", WEIR__SEMAPHORE_ACQUIRE, ""},
    {WEIR__SEMAPHORE, "'o', 0", WEIR__SEMAPHORE_ACQUIRE, ""},
    {WEIR__SEMAPHORE, "'o', 0", WEIR__SEMAPHORE_CONSUME, ""},
    {WEIR__SEMAPHORE, "'o'", WEIR__SEMAPHORE_RELEASE, "2"},
    {WEIR__RWLOCK, "'o'", WEIR__RWLOCK_ACQUIRE_READ, ""},
    {WEIR__RWLOCK, "'o'", WEIR__RWLOCK_ACQUIRE_WRITE, ""},
    {WEIR__RWLOCK, "'o'", WEIR__RWLOCK_RELEASE, ""},
    {WEIR__EVENT, "'o'", WEIR__EVENT_SET, ""},
    {WEIR__EVENT, "'o'", WEIR__EVENT_WAIT, ""},
    {WEIR__QUEUE, "'o'", WEIR__QUEUE_PUT, LONG},
    {WEIR__QUEUE, "'o', 0, 2", WEIR__QUEUE_PUT, "'c'"},
    {WEIR__QUEUE, "'o', 0, 2", WEIR__QUEUE_PUT, "{}"},
    {WEIR__QUEUE, "'o'", WEIR__QUEUE_PUT_MANY, "[1, " LONG ", 3]"},
    {WEIR__QUEUE, "'o', 2", WEIR__QUEUE_PUT_MANY, "[1, 2]"},
    {WEIR__QUEUE, "'o', 2", WEIR__QUEUE_GET_MANY, "2"},
    {WEIR__QUEUE, "'o', 0, 2", WEIR__QUEUE_PUT_MANY, "['a', 'b', 1]"},
    {WEIR__QUEUE, "'o'", WEIR__QUEUE_GET_MANY, "3"},
    {WEIR__QUEUE, "'o'", WEIR__QUEUE_TASK_DONE, ""},
    {WEIR__QUEUE, "'o'", WEIR__QUEUE_JOIN, ""},
    {WEIR__QUEUE, "'o'", WEIR__QUEUE_GET, ""},
    {WEIR__QUEUE, "'o'", WEIR__QUEUE_GET_LEASE, "-1"},
    {WEIR__QUEUE, "'o'", WEIR__QUEUE_GET_LEASE, "1000"},
    {WEIR__QUEUE, "'o'", WEIR__QUEUE_ACK, "1"},
    {WEIR__QUEUE, "'o'", WEIR__QUEUE_NACK, "1"},
    {WEIR__QUEUE, "'o'", WEIR__QUEUE_EXTEND, "1, 9"},
    {WEIR__QUEUE, "'o'", WEIR__QUEUE_CLOSE, "True"},
};

START_TEST (a_request_without_memory_changes_nothing)
{
    const script_t *script = &scripts [_i];
    kit_t *kit = kit_new ();
    kit->timeout_ms = 1000;
    uint64_t object = kit_create (kit, B, script->kind, script->args);
    if (script->kind == WEIR__DICT)
        kit_ask (kit, B, object, WEIR__DICT_UPDATE,
                 "{'n': 5, 'l': [1, {}], 'a': " LONG "}");
    if (script->kind == WEIR__QUEUE)
        kit_ask (kit, B, object, WEIR__QUEUE_PUT_MANY, "[" LONG ", 'b']");
    if (script->kind == WEIR__QUEUE && script->op >= WEIR__QUEUE_ACK)
        kit_ask (kit, B, object, WEIR__QUEUE_GET_LEASE, "1000");
    every_allocation_fails (kit,
                            prepare (kit, object, script->op, script->call));
    kit_destroy (&kit);
}
END_TEST

START_TEST (a_table_that_cannot_grow_stays_as_it_is)
{
    kit_t *kit = kit_new ();
    uint64_t dict = kit_create (kit, B, WEIR__DICT, "None");
    char pair [16];
    for (int i = 0; i < 400; i++) {
        snprintf (pair, sizeof pair, "%d, 1", i);
        if (i % 16 == 0 || i > 380)
            every_allocation_fails (kit,
                                    prepare (kit, dict, WEIR__DICT_SET, pair));
        ck_assert_str_eq (kit_ask (kit, A, dict, WEIR__DICT_SET, pair), "None");
        kit_forget (kit);
    }
    kit_destroy (&kit);
}
END_TEST

START_TEST (an_update_that_cannot_be_finished_is_undone)
{
    kit_t *kit = kit_new ();
    uint64_t dict = kit_create (kit, B, WEIR__DICT, "None");
    char pairs [4000] = "{", pair [24];
    kit_ask (kit, B, dict, WEIR__DICT_UPDATE, "{'a': 1, 7: 0, 250: 0}");
    for (int i = 0; i < 300; i++) {
        snprintf (pair, sizeof pair, "%d: 1, ", i);
        strcat (pairs, pair);
    }
    strcat (pairs, "3: 2}");
    every_allocation_fails (kit, prepare (kit, dict, WEIR__DICT_UPDATE, pairs));
    kit_destroy (&kit);
}
END_TEST

START_TEST (a_set_that_cannot_grow_stays_as_it_is)
{
    kit_t *kit = kit_new ();
    uint64_t set = kit_create (kit, B, WEIR__SET, "None, [1, 7, 250]");
    char members [2000] = "[", member [8];
    for (int i = 0; i < 200; i++) {
        snprintf (member, sizeof member, "%d, ", i);
        strcat (members, member);
    }
    strcat (members, "3]");
    every_allocation_fails (
        kit,
        prepare (kit, set, WEIR__SET_SYMMETRIC_DIFFERENCE_UPDATE, members));
    kit_destroy (&kit);
}
END_TEST

START_TEST (an_object_is_created_whole_or_not_at_all)
{
    static const char *const creations [] = {
        "1, 'x'",
        "1, None",
        "2, 'x', [1, 2]",
        "2, None",
        "3, 'x', 1",
        "4, 'x'",
        "5, 'x', 3",
        "5, 'x', -1",
        "5, 'x', 0, 2",
        "5, 'x', 0, 3",
        "1, 'o'",
        "4, 'x', 1",
        "1, 'x', {1: 2, 3: 4}",
        "1, 'x', {1: 2, nan: 4}",
        "6, 'x'",
        "6, 'x', {'a': 1}",
        "7, 'x'",
        "8, 'x', 0, [1, 2]",
        "8, None, 9, 5",
        "8, 'x', 0, [1, 200]",
        "7, None, [1, {1: 2, 2: 3}, 1.0]",
        "7, 'x', [1, nan]",
    };
    kit_t *kit = kit_new ();
    kit_create (kit, B, WEIR__DICT, "'o'");
    //  Up to the growth of the slots, and beyond.
    for (int i = 0; i < 17; i++) {
        for (unsigned j = 0; j < sizeof creations / sizeof *creations; j++)
            every_allocation_fails (
                kit, prepare (kit, 0, WEIR__DIRECTORY_CREATE, creations [j]));
        kit_create (kit, B, WEIR__LOCK, "None");
    }
    every_allocation_fails (kit, prepare (kit, 0, WEIR__DIRECTORY_LIST, ""));
    every_allocation_fails (kit, prepare (kit, 0, WEIR__DIRECTORY_DROP, "3"));
    kit_destroy (&kit);
}
END_TEST

START_TEST (a_request_waits_or_fails)
{
    kit_t *kit = kit_new ();
    uint64_t lock = kit_create (kit, B, WEIR__LOCK, "None");
    kit_ask (kit, B, lock, WEIR__LOCK_ACQUIRE, "");
    for (int i = 0; i < 40; i++) {
        kit->timeout_ms = i % 3 == 0 ? -1 : 1000;
        every_allocation_fails (kit,
                                prepare (kit, lock, WEIR__LOCK_ACQUIRE, ""));
        ck_assert_str_eq (kit_ask (kit, A, lock, WEIR__LOCK_ACQUIRE, ""), "");
    }
    kit_destroy (&kit);
}
END_TEST

START_TEST (a_transaction_without_memory_changes_nothing)
{
    //  On a dict, a list, a var, a set, an array, a namespace and a queue.
    static const char *const transactions [] = {
        "[[0, 1, 7, 'a', -3], [0, 1, 7, 'b', 3], [0, 2, 0, " LONG "]]",
        "[[0, 2, 0, 7], [0, 3, 3, " LONG "], [0, 4, 0, 7], [0, 5, 1, 0, 7], "
        "[0, 6, 0, 'a', 7], [0, 3, 3, 'again'], [0, 2, 0, " LONG "]]",
        "[[1, 1, 1, 1, 'a'], [1, 3, 0, " LONG "], [2, 1, 0], [0, 3, 1, 'x']]",
        "[[0, 1, 14], [1, 3, 0, [1, {2: 3}]], [0, 2, 0, 7]]",
        "[[0, 1, 14], [0, 2, 0, 1], [1, 2, 3, [1, {2: 3}], 0], [0, 3, 3, 'x']]",
        "[[0, 1, 14], [0, 2, 0, 1], [0, 1, 3, 'a']]",
        "[[0, 1, 1, 'a'], [0, 3, 0], [0, 3, 0], [0, 3, 0], [0, 3, 3, 'x']]",
        "[[0, 7, 5, [4, 5]], [0, 7, 6, 3], [0, 7, 3, True], [0, 1, 14]]",
        "[[0, 7, 1], [0, 1, 7, 'a', 1], [0, 7, 5, [4, 5]]]",
        "[[0, 7, 6, 2], [0, 7, 0, 6], [0, 1, 3, 'x']]",
        "[[0, 7, 6, 2], [3, 1, 0, 0, 'b'], [0, 2, 3, 1], [3, 7, 0, 2]]",
    };
    kit_t *kit = kit_new ();
    kit_create (kit, B, WEIR__DICT, "'d', {'a': 1, 'l': " LONG "}");
    kit_create (kit, B, WEIR__LIST, "'l', [[1, {2: 3}], " LONG "]");
    kit_create (kit, B, WEIR__VAR, "'v', " LONG);
    kit_create (kit, B, WEIR__SET, "'s', [1, 2, 'x', [3]]");
    kit_create (kit, B, WEIR__ARRAY, "'a', 0, [1, 2]");
    kit_create (kit, B, WEIR__NAMESPACE, "'n', {'b': 1}");
    uint64_t queue = kit_create (kit, B, WEIR__QUEUE, "'q', 0, 2");
    kit_ask (kit, B, queue, WEIR__QUEUE_PUT_MANY, "[3, 1, 2]");
    for (unsigned i = 0; i < sizeof transactions / sizeof *transactions; i++)
        every_allocation_fails (
            kit, prepare (kit, 0, WEIR__DIRECTORY_TRANSACT, transactions [i]));
    kit_destroy (&kit);
}
END_TEST

//  Several replies to one entry: each of them may fail. Then all continues.
int main (void)
{
    Suite *suite = suite_create ("requests without memory");
    TCase *tcase = test_case (suite, "requests");
    tcase_add_loop_test (tcase, a_request_without_memory_changes_nothing, 0,
                         sizeof scripts / sizeof *scripts);
    tcase_add_test (tcase, a_table_that_cannot_grow_stays_as_it_is);
    tcase_add_test (tcase, an_update_that_cannot_be_finished_is_undone);
    tcase_add_test (tcase, a_set_that_cannot_grow_stays_as_it_is);
    tcase_add_test (tcase, an_object_is_created_whole_or_not_at_all);
    tcase_add_test (tcase, a_transaction_without_memory_changes_nothing);
    tcase_add_test (tcase, a_request_waits_or_fails);
    return test_main (suite);
}
