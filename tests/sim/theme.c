/*  theme.c - the theme of a run

    Many links use a few objects of some kinds at once. This gives a chance to
    faults that need several links.

    SPDX-License-Identifier: MPL-2.0
*/

#include "sim/sim.h"

#include <string.h>

#include "codec/limits.h"
#include "codec/ops.h"
#include "codec/ready.h"

enum {
    NUMBERS = 4,    //  one run in this many is about small numbers,
    SORTED = 4,     //  one request in this many about a list of them
    QUEUE_RUNS = 5, //  one is about this many small queues
    LOCK_RUNS = 6,  //  one run in this many is about this many locks
    LOCKS = 3,
    QUEUES = 4,
    ROOM = 3,      //  in each
    TOGETHER = 10, //  one request in this many is a transaction, one a poll,
    CLOSES = 60,   //  one closes one,
    SOON = 12,     //  or, in one run of these in so many, in that many
    MEETING_RUNS = 8,
    POLLS = 12,      //  one request in this many waits until the lock is free
    DROPS = 80,      //  or drops it
    PATH_RUNS = 12,  //  one run in this many is about a list inside a dict
    GUARD_RUNS = 12, //  one is about waits that a lock guards
    TRANSACTION_RUNS = 8,
    RETURN_RUNS = 10, //  one is about waits at a condition by holders of locks
    LARGE_RUNS = 20,  //  one run in this many has large values,
    BACK = 4,         //  one asks for such a value, perhaps
    LARGE_BYTES = WEIR__CHUNK_BYTES + WEIR__CHUNK_BYTES / 16
};

void sim_theme_init (sim_t *self)
{
    self->numbers = sim_below (self, NUMBERS) == 0;
    self->large = sim_below (self, LARGE_RUNS) == 0;
    self->locks = sim_below (self, LOCK_RUNS) == 0;
    self->queues = sim_below (self, QUEUE_RUNS) == 0;
    self->closing = sim_below (self, SOON) < 8;
    self->meetings = sim_below (self, MEETING_RUNS) == 0;
    self->returns = sim_below (self, RETURN_RUNS) == 0;
    self->paths = sim_below (self, PATH_RUNS) == 0;
    self->guards = sim_below (self, GUARD_RUNS) == 0;
    self->transactions = sim_below (self, TRANSACTION_RUNS) == 0;
    self->notices = self->meetings && sim_below (self, 2);
}

weir_value_t sim_theme_number (sim_t *self)
{
    int64_t integer = (int64_t) sim_below (self, 3);
    switch (sim_below (self, 3)) {
    case 0:
        return weir_value_bool (integer == 1);
    case 1:
        return weir_value_real ((double) integer);
    default:
        return weir_value_int (integer);
    }
}

weir_value_t sim_theme_large (sim_t *self)
{
    char *text = history_block (self->workload, LARGE_BYTES);
    memset (text, 'a' + (int) sim_below (self, 26), LARGE_BYTES);
    return weir_value_bytes (text, LARGE_BYTES);
}

//  Returns the index of the object of that kind known as number `nth`, from 0;
//  HISTORY_OBJECTS when it does not exist.
static unsigned find (const sim_t *self, unsigned kind, uint64_t nth)
{
    const history_t *workload = self->workload;
    for (unsigned i = 0; i < workload->object_count; i++)
        if (workload->objects [i].kind == kind && nth-- == 0)
            return i;
    return HISTORY_OBJECTS;
}

static void create (sim_t *self, step_t *step, int kind)
{
    static const char *const names [] = {"ann", "bob", "cat", "dan"};
    *step = (step_t){.op = WEIR__DIRECTORY_CREATE, .argc = 2};
    step->args [0] = weir_value_int (kind);
    step->args [1] = weir_value_string (names [sim_below (self, 4)]);
}

//  Uses a few locks, which links take while they hold others.
static void ask_lock (sim_t *self, step_t *step)
{
    unsigned place = find (self, WEIR__LOCK, sim_below (self, LOCKS));
    if (place == HISTORY_OBJECTS) {
        create (self, step, WEIR__LOCK);
        return;
    }
    *step = (step_t){
        .object = self->workload->objects [place].id,
        .op = sim_below (self, 3) ? WEIR__LOCK_ACQUIRE : WEIR__LOCK_RELEASE,
        .timeout_ms = -1,
    };
}

static weir_value_t items (sim_t *self, size_t count)
{
    weir_value_t *items = history_block (self->workload, count * sizeof *items);
    for (size_t i = 0; i < count; i++)
        items [i] = weir_value_int ((int64_t) sim_below (self, 9));
    return weir_value_list (items, count);
}

//  Uses a few small queues, where many links wait for room, or for items that
//  another link has leased.
static void ask_queue (sim_t *self, step_t *step)
{
    unsigned place = find (self, WEIR__QUEUE, sim_below (self, QUEUES));
    if (place == HISTORY_OBJECTS) {
        create (self, step, WEIR__QUEUE);
        step->args [step->argc++] = weir_value_int (ROOM);
        return;
    }
    uint64_t chance = sim_below (self, TOGETHER);
    if (chance < 2) {
        *step = (step_t){.timeout_ms = -1};
        (chance ? history_poll : history_transact) (self->workload, step);
        return;
    }
    static const unsigned ops [] = {
        WEIR__QUEUE_PUT_MANY, WEIR__QUEUE_PUT_MANY,  WEIR__QUEUE_PUT,
        WEIR__QUEUE_GET,      WEIR__QUEUE_GET_LEASE, WEIR__QUEUE_GET_LEASE,
        WEIR__QUEUE_GET,      WEIR__QUEUE_GET_LEASE, WEIR__QUEUE_NACK,
        WEIR__QUEUE_ACK,      WEIR__QUEUE_ACK,       WEIR__QUEUE_EXTEND,
        WEIR__QUEUE_EXTEND,   WEIR__QUEUE_EXTEND,    WEIR__QUEUE_JOIN,
        WEIR__QUEUE_JOIN,
    };
    *step = (step_t){
        .object = self->workload->objects [place].id,
        .op = ops [sim_below (self, sizeof ops / sizeof *ops)],
        .timeout_ms = sim_below (self, 3) ? 1 + (int) sim_below (self, 5) : -1,
        .argc = 1,
    };
    if (sim_below (self, self->closing ? SOON : CLOSES) == 0)
        step->op = WEIR__QUEUE_CLOSE;
    if (step->op == WEIR__QUEUE_CLOSE)
        step->args [0] = weir_value_bool (sim_below (self, 4) == 0);
    else if (step->op == WEIR__QUEUE_PUT_MANY)
        step->args [0] = items (self, 1 + (size_t) sim_below (self, ROOM));
    else if (step->op == WEIR__QUEUE_PUT)
        step->args [0] = weir_value_int (1);
    else if (step->op == WEIR__QUEUE_GET_LEASE)
        step->args [0] = weir_value_int (
            sim_below (self, 3) ? -1 : 1 + (int64_t) sim_below (self, 20));
    else if (step->op == WEIR__QUEUE_ACK || step->op == WEIR__QUEUE_NACK ||
             step->op == WEIR__QUEUE_EXTEND)
        step->args [0] = weir_value_int (self->workload->objects [place].grant);
    else
        step->argc = 0;
    if (step->op == WEIR__QUEUE_EXTEND)
        step->args [step->argc++] =
            weir_value_int (1 + (int64_t) sim_below (self, 40));
}

//  Uses a list inside a dict, which grows and shrinks in place.
static void ask_path (sim_t *self, step_t *step)
{
    static const unsigned ops [] = {WEIR__DICT_APPEND_AT, WEIR__DICT_GET_AT,
                                    WEIR__DICT_DELETE_AT, WEIR__DICT_SET_AT};
    unsigned place = find (self, WEIR__DICT, 0);
    if (place == HISTORY_OBJECTS) {
        create (self, step, WEIR__DICT);
        return;
    }
    unsigned op = ops [sim_below (self, sizeof ops / sizeof *ops)];
    bool whole = op == WEIR__DICT_APPEND_AT || sim_below (self, 4) == 0;
    *step = (step_t){
        .object = self->workload->objects [place].id,
        .op = op,
        .argc = op == WEIR__DICT_GET_AT || op == WEIR__DICT_DELETE_AT ? 1 : 2,
        .args = {weir_value_string (whole ? "list" : "list/0"),
                 op == WEIR__DICT_SET_AT ? items (self, 2)
                                         : sim_theme_number (self)},
    };
}

//  Waits until a link can acquire it.
static void ask_poll (sim_t *self, step_t *step, weir_value_t id)
{
    weir_value_t *list = history_block (self->workload, 3 * sizeof *list);
    list [0] = weir_value_list (list + 1, 2);
    list [1] = id;
    list [2] = weir_value_int (WEIR__READY_ACQUIRE);
    *step = (step_t){
        .op = WEIR__DIRECTORY_POLL,
        .timeout_ms = -1,
        .argc = 1,
        .args = {weir_value_list (list, 1)},
    };
}

//  Acquires the lock, waits, notifies or releases, as often as it takes for
//  several waiters to be there when one that was notified dies.
static void ask_notice (sim_t *self, step_t *step, uint64_t lock,
                        uint64_t condition)
{
    static const unsigned ops [] = {
        WEIR__LOCK_ACQUIRE,   WEIR__LOCK_ACQUIRE,     WEIR__CONDITION_WAIT,
        WEIR__CONDITION_WAIT, WEIR__CONDITION_NOTIFY, WEIR__LOCK_RELEASE,
    };
    unsigned chance = (unsigned) sim_below (self, sizeof ops / sizeof *ops);
    bool of_lock = chance < 2 || chance == 5;
    *step = (step_t){
        .object = of_lock ? lock : condition,
        .op = ops [chance],
        .timeout_ms = -1,
        .argc = of_lock ? 0 : 1,
        .args = {weir_value_int (chance == 4 ? 1 : (int64_t) lock)},
    };
}

//  Waits at a condition of an rlock, which some links have acquired more than
//  once.
static void ask_condition (sim_t *self, step_t *step)
{
    unsigned lock = find (self, WEIR__RLOCK, 0);
    unsigned condition = find (self, WEIR__CONDITION, 0);
    if (lock == HISTORY_OBJECTS) {
        create (self, step, WEIR__RLOCK);
        return;
    }
    weir_value_t id =
        weir_value_int ((int64_t) self->workload->objects [lock].id);
    if (condition == HISTORY_OBJECTS) {
        create (self, step, WEIR__CONDITION);
        step->args [step->argc++] = id;
        return;
    }
    if (self->notices) {
        ask_notice (self, step, self->workload->objects [lock].id,
                    self->workload->objects [condition].id);
        return;
    }
    if (sim_below (self, POLLS) == 0) {
        ask_poll (self, step, id);
        return;
    }
    if (!self->returns && sim_below (self, DROPS) == 0) {
        *step = (step_t){.op = WEIR__DIRECTORY_DROP, .argc = 1, .args = {id}};
        return;
    }
    *step = (step_t){
        .object = self->workload->objects [lock].id,
        .op = WEIR__LOCK_ACQUIRE,
        .timeout_ms = 1 + (int) sim_below (self, 9),
    };
    uint64_t chance = sim_below (self, 10);
    if (chance < 2)
        step->op = WEIR__LOCK_RELEASE;
    if (chance < 6)
        return;
    bool waits = chance < 9;
    if (sim_below (self, 2))
        step->timeout_ms = -1;
    step->object = self->workload->objects [condition].id;
    step->op = waits ? WEIR__CONDITION_WAIT : WEIR__CONDITION_NOTIFY;
    step->args [step->argc++] =
        waits ? id : weir_value_int (sim_below (self, 4) ? 1 : -1);
}

//  Uses a lock that is held for moments, and waits that it guards.
static void ask_guarded (sim_t *self, step_t *step)
{
    bool of_queue = sim_below (self, 2);
    unsigned lock = find (self, WEIR__LOCK, 0);
    unsigned place = find (self, of_queue ? WEIR__QUEUE : WEIR__LIST, 0);
    if (lock == HISTORY_OBJECTS) {
        create (self, step, WEIR__LOCK);
        return;
    }
    if (place == HISTORY_OBJECTS) {
        create (self, step, of_queue ? WEIR__QUEUE : WEIR__LIST);
        if (of_queue)
            step->args [step->argc++] = weir_value_int (1);
        return;
    }
    *step = (step_t){.timeout_ms = -1, .argc = 1};
    step->args [0] = weir_value_int (1 + (int64_t) sim_below (self, 3));
    if (sim_below (self, 4) == 0) {
        step->object = self->workload->objects [lock].id;
        step->op = WEIR__LOCK_ACQUIRE;
        return;
    }
    bool gives = sim_below (self, 2);
    step->object = self->workload->objects [place].id;
    if (of_queue)
        step->op = gives ? WEIR__QUEUE_PUT : WEIR__QUEUE_GET;
    else
        step->op = gives ? WEIR__LIST_APPEND : WEIR__LIST_POP_WAIT;
    if (!gives) {
        step->argc = of_queue ? 0 : 1;
        step->args [0] = weir_value_int (0);
    }
    if (sim_below (self, 3))
        step->guard =
            (weir__guard_t){self->workload->objects [lock].id,
                            (uint64_t) self->workload->objects [lock].grant};
}

//  Meets at a barrier of two, with an action or without.
static void ask_barrier (sim_t *self, step_t *step)
{
    unsigned place = find (self, WEIR__BARRIER, 0);
    if (place == HISTORY_OBJECTS) {
        create (self, step, WEIR__BARRIER);
        step->args [step->argc++] = weir_value_int (2);
        return;
    }
    *step = (step_t){
        .object = self->workload->objects [place].id,
        .op = WEIR__BARRIER_WAIT,
        .timeout_ms = -1,
        .argc = 1,
    };
    switch (sim_below (self, 8)) {
    case 0:
        step->op = WEIR__BARRIER_RESET;
        step->argc = 0;
        break;
    case 1:
    case 2:
        step->op = WEIR__BARRIER_ACTED;
        step->args [0] = weir_value_bool (sim_below (self, 5) > 0);
        break;
    default:
        step->args [0] = weir_value_bool (sim_below (self, 2));
    }
}

//  Adds a number of any type to an object that may have another type, or waits
//  for that.
static void ask_var (sim_t *self, step_t *step)
{
    unsigned place = find (self, WEIR__VAR, 0);
    if (place == HISTORY_OBJECTS)
        return;
    bool waits = sim_below (self, 3) == 0;
    *step = (step_t){
        .object = self->workload->objects [place].id,
        .op = waits ? WEIR__VAR_WAIT_CHANGED : WEIR__VAR_ADD,
        .timeout_ms = -1,
        .argc = 1,
    };
    step->args [0] = sim_theme_number (self);
}

//  Adds to an array of small integers, which overflow soon.
static void ask_array (sim_t *self, step_t *step)
{
    unsigned place = find (self, WEIR__ARRAY, 0);
    if (place == HISTORY_OBJECTS) {
        create (self, step, WEIR__ARRAY);
        step->args [step->argc++] = weir_value_int (0); //  i8
        step->args [step->argc++] = weir_value_int (3);
        return;
    }
    *step = (step_t){.object = self->workload->objects [place].id};
    int64_t change = sim_below (self, 2) ? 60 : -60;
    switch (sim_below (self, 4)) {
    case 0:
        step->op = WEIR__ARRAY_GET_SLICE;
        step->argc = 3; //  all of it
        break;
    case 1:
        step->op = WEIR__ARRAY_ADD;
        step->args [step->argc++] =
            weir_value_int ((int64_t) sim_below (self, 3));
        step->args [step->argc++] = weir_value_int (change);
        break;
    default:
        step->op = WEIR__ARRAY_ADD_SLICE;
        step->argc = 3;
        step->args [step->argc++] = weir_value_int (change);
    }
}

//  Sorts a list of numbers of which some are equal.
static void ask_sorted (sim_t *self, step_t *step)
{
    unsigned place = find (self, WEIR__LIST, 0);
    if (place == HISTORY_OBJECTS)
        return;
    *step = (step_t){.object = self->workload->objects [place].id};
    switch (sim_below (self, 6)) {
    case 0:
        step->op = WEIR__LIST_SORT;
        step->args [step->argc++] = weir_value_bool (sim_below (self, 2));
        break;
    case 1:
        step->op = WEIR__LIST_GET_SLICE;
        step->argc = 3; //  all of it
        break;
    case 2:
        step->op = WEIR__LIST_COUNT;
        step->args [step->argc++] = sim_theme_number (self);
        break;
    default:
        step->op = WEIR__LIST_APPEND;
        step->args [step->argc++] = sim_theme_number (self);
    }
}

//  Gets a large value back, from the first known dict.
static void ask_large (sim_t *self, step_t *step)
{
    unsigned place = find (self, WEIR__DICT, 0);
    if (place == HISTORY_OBJECTS)
        return;
    bool set = sim_below (self, 2);
    *step = (step_t){
        .object = self->workload->objects [place].id,
        .op = set ? WEIR__DICT_SET : WEIR__DICT_GET,
        .argc = set ? 2 : 1,
    };
    step->args [0] = weir_value_string ("large");
    if (set)
        step->args [1] = sim_theme_large (self);
}

void sim_theme_ask (sim_t *self, step_t *step)
{
    if (self->numbers && sim_below (self, SORTED) == 0)
        ask_sorted (self, step);
    if (self->numbers && sim_below (self, SORTED) == 0)
        ask_var (self, step);
    if (self->numbers && sim_below (self, SORTED) == 0)
        ask_array (self, step);
    if (self->large && sim_below (self, BACK) == 0)
        ask_large (self, step);
    if (self->locks && sim_below (self, 5))
        ask_lock (self, step);
    if (self->queues && sim_below (self, 2))
        ask_queue (self, step);
    if (self->meetings && sim_below (self, 4))
        ask_condition (self, step);
    if (self->meetings && sim_below (self, 4) == 0)
        ask_barrier (self, step);
    if (self->transactions && self->workload->object_count > 0 &&
        sim_below (self, 3) == 0) {
        *step = (step_t){.timeout_ms = -1};
        history_transact (self->workload, step);
    }
    if (self->guards && sim_below (self, 4))
        ask_guarded (self, step);
    if (self->paths && sim_below (self, 2))
        ask_path (self, step);
    if (self->returns && sim_below (self, 2))
        ask_condition (self, step);
    else if (self->returns)
        ask_lock (self, step);
}
