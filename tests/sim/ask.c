/*  ask.c - what links ask for

    Random operations of every kind, as the histories have them, and what only
    a world with connections makes interesting: objects that will be there in a
    moment, large values, values that are equal and yet differ.

    SPDX-License-Identifier: MPL-2.0
*/

#include "sim.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "codec/limits.h"
#include "codec/ops.h"
#include "codec/pack.h"

enum {
    NUMBERS = 4,    //  one run in so many is about small numbers,
    SORTED = 4,     //  one request in so many about a list of them
    QUEUE_RUNS = 5, //  one is about so many small queues
    LOCK_RUNS = 6,  //  one run in so many is about so many locks
    LOCKS = 3,
    QUEUES = 4,
    ROOM = 3,    //  in each
    CLOSES = 60, //  one request in so many closes one,
    SOON = 12,   //  or, in one run of them in so many, in so many
    MEETING_RUNS = 8,
    POLLS = 12,       //  one request in so many waits until the lock is free
    PATH_RUNS = 12,   //  one run in so many is about a list inside a dict
    RETURN_RUNS = 16, //  one is about waits at a condition by who holds locks
    EARLY = 40,       //  one request in so many asks for an object to come
    LARGE_RUNS = 20,  //  one run in so many has large values,
    LARGE = 12,       //  one has an argument that takes several frames,
    BACK = 4,         //  one asks for such a value, perhaps
    LARGE_BYTES = WEIR__CHUNK_BYTES + WEIR__CHUNK_BYTES / 16
};

void sim_ask_init (sim_t *self)
{
    self->workload = history_new (self->config.seed);
    self->numbers = sim_below (self, NUMBERS) == 0;
    self->large = sim_below (self, LARGE_RUNS) == 0;
    self->locks = sim_below (self, LOCK_RUNS) == 0;
    self->queues = sim_below (self, QUEUE_RUNS) == 0;
    self->closing = sim_below (self, SOON) < 8;
    self->meetings = sim_below (self, MEETING_RUNS) == 0;
    self->returns = sim_below (self, RETURN_RUNS) == 0;
    self->paths = sim_below (self, PATH_RUNS) == 0;
    sim_ask_forget (self);
}

void sim_ask_forget (sim_t *self)
{
    self->workload->object_count = 0;
    self->next_id = 1;
}

static weir_value_t number (sim_t *self)
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

//  Numbers in the place of everything that is none.
static weir_value_t only_numbers (sim_t *self, weir_value_t value)
{
    if (value.type != WEIR_LIST)
        return value.type == WEIR_NIL || value.type == WEIR_STRING ||
                       value.type == WEIR_BYTES || value.type == WEIR_MAP
                   ? number (self)
                   : value;
    weir_value_t *items =
        history_block (self->workload, value.size * sizeof *items);
    for (size_t i = 0; i < value.size; i++)
        items [i] = number (self);
    return weir_value_list (items, value.size);
}

//  A read of what is not there yet: when it is asked again, it may be.
static void ask_early (sim_t *self, step_t *step)
{
    static const unsigned ops [] = {
        WEIR__VAR_GET,   WEIR__LOCK_INFO, WEIR__QUEUE_INFO, WEIR__DICT_SIZE,
        WEIR__DICT_KEYS, WEIR__LIST_SIZE, WEIR__SET_SIZE,   WEIR__ARRAY_SIZE,
    };
    *step = (step_t){
        .object = self->next_id,
        .op = ops [sim_below (self, sizeof ops / sizeof *ops)],
    };
}

static weir_value_t large (sim_t *self)
{
    char *text = history_block (self->workload, LARGE_BYTES);
    memset (text, 'a' + (int) sim_below (self, 26), LARGE_BYTES);
    return weir_value_bytes (text, LARGE_BYTES);
}

//  The place of the object of that kind that is known as number `nth`, from 0;
//  HISTORY_OBJECTS: there is none.
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

//  Of a few locks, which links take while they hold others.
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

//  Of a few small queues, where many at once wait for room, or for items that
//  somebody has leased.
static void ask_queue (sim_t *self, step_t *step)
{
    unsigned place = find (self, WEIR__QUEUE, sim_below (self, QUEUES));
    if (place == HISTORY_OBJECTS) {
        create (self, step, WEIR__QUEUE);
        step->args [step->argc++] = weir_value_int (ROOM);
        return;
    }
    static const unsigned ops [] = {
        WEIR__QUEUE_PUT_MANY, WEIR__QUEUE_PUT_MANY,  WEIR__QUEUE_PUT,
        WEIR__QUEUE_GET,      WEIR__QUEUE_GET_LEASE, WEIR__QUEUE_GET_LEASE,
        WEIR__QUEUE_GET,      WEIR__QUEUE_GET_LEASE, WEIR__QUEUE_NACK,
        WEIR__QUEUE_ACK,      WEIR__QUEUE_ACK,       WEIR__QUEUE_EXTEND,
        WEIR__QUEUE_JOIN,     WEIR__QUEUE_JOIN,
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
        step->args [0] = weir_value_int (self->workload->objects [place].lease);
    else
        step->argc = 0;
    if (step->op == WEIR__QUEUE_EXTEND)
        step->args [step->argc++] =
            weir_value_int (1 + (int64_t) sim_below (self, 40));
}

//  A list inside a dict, which grows and shrinks in its place.
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
                 op == WEIR__DICT_SET_AT ? items (self, 2) : number (self)},
    };
}

//  Waiting until somebody can acquire it.
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

//  Waiting at a condition of an rlock, which some have acquired more than once.
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
    if (sim_below (self, POLLS) == 0) {
        ask_poll (self, step, id);
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

//  Meeting at a barrier of two, with an action or without.
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

//  Adds a number of any type to what may be of another.
static void ask_var (sim_t *self, step_t *step)
{
    unsigned place = find (self, WEIR__VAR, 0);
    if (place == HISTORY_OBJECTS)
        return;
    *step = (step_t){
        .object = self->workload->objects [place].id,
        .op = WEIR__VAR_ADD,
        .argc = 1,
    };
    step->args [0] = number (self);
}

//  Sums of an array of small integers, which overflow soon.
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

//  A list of numbers of which some are equal, and its order.
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
        step->args [step->argc++] = number (self);
        break;
    default:
        step->op = WEIR__LIST_APPEND;
        step->args [step->argc++] = number (self);
    }
}

//  A large value that comes back, from the first dict that is known.
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
        step->args [1] = large (self);
}

//  What this run is about.
static void ask_theme (sim_t *self, step_t *step)
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
    if (self->paths && sim_below (self, 2))
        ask_path (self, step);
    if (self->returns && sim_below (self, 2))
        ask_condition (self, step);
    else if (self->returns)
        ask_lock (self, step);
}

void sim_ask (sim_t *self, step_t *ret_step)
{
    *ret_step = (step_t){0};
    history_request (self->workload, ret_step);
    //  What a caller asks for was checked before.
    if (ret_step->argc > WEIR__ARGS)
        ret_step->argc = WEIR__ARGS;
    if (self->numbers && ret_step->object != 0)
        for (unsigned i = 0; i < ret_step->argc; i++)
            ret_step->args [i] = only_numbers (self, ret_step->args [i]);
    if (self->large && ret_step->object != 0 && ret_step->argc > 0 &&
        sim_below (self, LARGE) == 0)
        ret_step->args [ret_step->argc - 1] = large (self);
    ask_theme (self, ret_step);
    if (sim_below (self, EARLY) == 0)
        ask_early (self, ret_step);
    sim_memory_request (self, ret_step);
}

void sim_ask_note (sim_t *self, const sim_operation_t *operation)
{
    weir__request_body_t body;
    history_t *workload = self->workload;
    if (operation->reply.data [0] != 0 ||
        weir__request_body_read (operation->body.data, operation->body.size,
                                 &body) != NULL)
        return;
    history_changed (workload, &(step_t){.object = body.object, .op = body.op});
    if (body.object != 0 && body.op == WEIR__QUEUE_GET_LEASE)
        history_lease (
            workload, body.object,
            (weir__slice_t){operation->reply.data, operation->reply.size});
    if (body.object != 0 ||
        (body.op != WEIR__DIRECTORY_CREATE && body.op != WEIR__DIRECTORY_OPEN))
        return;
    weir_value_t id, kind;
    weir__packed_peek (operation->reply.data + WEIR__REPLY_HEAD_BYTES,
                       operation->reply.size - WEIR__REPLY_HEAD_BYTES, &id);
    weir_value_t detail = weir_value_nil ();
    if (body.argc > 2)
        weir__packed_peek (body.args [2].data, body.args [2].size, &detail);
    weir__packed_peek (body.args [0].data, body.args [0].size, &kind);
    if (self->next_id <= (uint64_t) id.integer && id.integer < UINT32_MAX)
        self->next_id = (uint64_t) id.integer + 1;
    if (sim_memory_note (self, &body, (uint64_t) id.integer) ||
        body.op != WEIR__DIRECTORY_CREATE)
        return;
    history_note (workload, (uint64_t) id.integer, kind, detail);
}
