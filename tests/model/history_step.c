/*  history_step.c - random histories for the machine: operations of requests

    SPDX-License-Identifier: MPL-2.0
*/

#include "model/history.h"

#include <stddef.h>

#include "codec/ops.h"
#include "kit/support.h"

enum { ELEMENTS_MAX = 100 }; //  of an array; the model has room for more

static uint64_t below (history_t *self, uint64_t n)
{
    return test_random_below (&self->random, n);
}

//  Operations, their relative frequency, and their arguments.
typedef struct choice {
    unsigned op;
    unsigned weight;
    const char *args;
} choice_t;

static const choice_t of_dict [] = {
    {WEIR__DICT_SET, 9, "kv"},        {WEIR__DICT_GET, 3, "k"},
    {WEIR__DICT_CONTAINS, 1, "k"},    {WEIR__DICT_DELETE, 3, "k"},
    {WEIR__DICT_POP, 3, "k"},         {WEIR__DICT_POPITEM, 1, ""},
    {WEIR__DICT_SETDEFAULT, 3, "kv"}, {WEIR__DICT_ADD, 5, "ki"},
    {WEIR__DICT_CAS, 4, "kvv"},       {WEIR__DICT_UPDATE, 2, "m"},
    {WEIR__DICT_SIZE, 1, ""},         {WEIR__DICT_KEYS, 1, ""},
    {WEIR__DICT_VALUES, 1, ""},       {WEIR__DICT_ITEMS, 1, ""},
    {WEIR__DICT_SET, 6, "aN"},        {WEIR__DICT_GET_AT, 2, "p"},
    {WEIR__DICT_GET_AT, 1, "pv"},     {WEIR__DICT_SET_AT, 8, "pN"},
    {WEIR__DICT_DELETE_AT, 3, "p"},   {WEIR__DICT_ADD_AT, 4, "pi"},
    {WEIR__DICT_APPEND_AT, 4, "pN"},  {WEIR__DICT_CAS_AT, 3, "pvN"},
    {WEIR__DICT_CLEAR, 1, ""},        {WEIR__DICT_GET, 1, "kv"},
    {WEIR__DICT_POP, 1, "kv"},
};

static const choice_t of_list [] = {
    {WEIR__LIST_APPEND, 9, "v"},
    {WEIR__LIST_EXTEND, 2, "l"},
    {WEIR__LIST_INSERT, 3, "sv"},
    {WEIR__LIST_GET, 2, "s"},
    {WEIR__LIST_SET, 3, "sv"},
    {WEIR__LIST_DELETE, 2, "s"},
    {WEIR__LIST_POP, 3, "s"},
    {WEIR__LIST_REMOVE, 2, "v"},
    {WEIR__LIST_INDEX, 3, "vnn"},
    {WEIR__LIST_INDEX, 1, "v"},
    {WEIR__LIST_COUNT, 2, "v"},
    {WEIR__LIST_ADD, 2, "si"},
    {WEIR__LIST_REVERSE, 1, ""},
    {WEIR__LIST_SORT, 3, "b"},
    {WEIR__LIST_GET_SLICE, 3, "nnn"},
    {WEIR__LIST_SET_SLICE, 4, "nnnl"},
    {WEIR__LIST_DELETE_SLICE, 3, "nnn"},
    {WEIR__LIST_SIZE, 1, ""},
    {WEIR__LIST_CLEAR, 1, ""},
    {WEIR__LIST_POP_WAIT, 4, "s"},
};

static const choice_t of_var [] = {
    {WEIR__VAR_GET, 1, ""},
    {WEIR__VAR_SET, 2, "v"},
    {WEIR__VAR_ADD, 3, "i"},
    {WEIR__VAR_EXCHANGE, 2, "v"},
    {WEIR__VAR_CAS, 3, "vv"},
    {WEIR__VAR_WAIT_EQUAL, 2, "i"},
    {WEIR__VAR_WAIT_AT_LEAST, 2, "i"},
    {WEIR__VAR_WAIT_CHANGED, 2, "i"},
    {WEIR__VAR_WAIT_CHANGED, 1, "v"},
    {WEIR__VAR_WAIT_AT_LEAST, 1, "v"},
};

static const choice_t of_lock [] = {
    {WEIR__LOCK_ACQUIRE, 6, ""},  {WEIR__LOCK_RELEASE, 5, ""},
    {WEIR__LOCK_ACQUIRE, 3, "t"}, {WEIR__LOCK_INFO, 1, ""},
    {WEIR__LOCK_RENEW, 2, "t"},
};

static const choice_t of_event [] = {
    {WEIR__EVENT_SET, 3, ""},
    {WEIR__EVENT_CLEAR, 4, ""},
    {WEIR__EVENT_IS_SET, 1, ""},
    {WEIR__EVENT_WAIT, 9, ""},
};

static const choice_t of_semaphore [] = {
    {WEIR__SEMAPHORE_ACQUIRE, 9, ""}, {WEIR__SEMAPHORE_CONSUME, 2, ""},
    {WEIR__SEMAPHORE_RELEASE, 5, ""}, {WEIR__SEMAPHORE_RELEASE, 3, "s"},
    {WEIR__SEMAPHORE_VALUE, 1, ""},
};

static const choice_t of_barrier [] = {
    {WEIR__BARRIER_WAIT, 20, "b"}, {WEIR__BARRIER_ACTED, 6, "b"},
    {WEIR__BARRIER_ABORT, 1, ""},  {WEIR__BARRIER_RESET, 5, ""},
    {WEIR__BARRIER_STATE, 2, ""},
};

static const choice_t of_rwlock [] = {
    {WEIR__RWLOCK_ACQUIRE_READ, 8, ""},
    {WEIR__RWLOCK_ACQUIRE_WRITE, 4, ""},
    {WEIR__RWLOCK_RELEASE, 7, ""},
    {WEIR__RWLOCK_INFO, 1, ""},
};

static const choice_t of_condition [] = {
    {WEIR__CONDITION_WAIT, 5, "h"},
    {WEIR__CONDITION_NOTIFY, 2, "i"},
};

static const choice_t of_queue [] = {
    {WEIR__QUEUE_PUT, 30, "v"},       {WEIR__QUEUE_GET, 20, ""},
    {WEIR__QUEUE_SIZE, 2, ""},        {WEIR__QUEUE_CLOSE, 2, "b"},
    {WEIR__QUEUE_INFO, 2, ""},        {WEIR__QUEUE_PUT_MANY, 18, "l"},
    {WEIR__QUEUE_GET_MANY, 5, "i"},   {WEIR__QUEUE_TASK_DONE, 10, ""},
    {WEIR__QUEUE_TASK_DONE, 4, "i"},  {WEIR__QUEUE_JOIN, 6, ""},
    {WEIR__QUEUE_GET_LEASE, 18, "e"}, {WEIR__QUEUE_ACK, 8, "c"},
    {WEIR__QUEUE_NACK, 4, "c"},       {WEIR__QUEUE_EXTEND, 3, "ce"},
};

static const choice_t of_set [] = {
    {WEIR__SET_ADD, 24, "v"},
    {WEIR__SET_DISCARD, 6, "v"},
    {WEIR__SET_REMOVE, 4, "v"},
    {WEIR__SET_POP, 2, ""},
    {WEIR__SET_CONTAINS, 4, "v"},
    {WEIR__SET_SIZE, 1, ""},
    {WEIR__SET_ITEMS, 1, ""},
    {WEIR__SET_CLEAR, 1, ""},
    {WEIR__SET_UNION, 2, "o"},
    {WEIR__SET_INTERSECTION, 2, "o"},
    {WEIR__SET_DIFFERENCE, 2, "o"},
    {WEIR__SET_SYMMETRIC_DIFFERENCE, 2, "o"},
    {WEIR__SET_UPDATE, 5, "o"},
    {WEIR__SET_INTERSECTION_UPDATE, 1, "o"},
    {WEIR__SET_DIFFERENCE_UPDATE, 2, "o"},
    {WEIR__SET_SYMMETRIC_DIFFERENCE_UPDATE, 2, "o"},
    {WEIR__SET_IS_SUBSET, 1, "o"},
    {WEIR__SET_IS_SUPERSET, 1, "o"},
    {WEIR__SET_IS_DISJOINT, 1, "o"},
    {WEIR__SET_EQUALS, 1, "o"},
};

static const choice_t of_array [] = {
    {WEIR__ARRAY_GET, 4, "s"},          {WEIR__ARRAY_SET, 4, "sx"},
    {WEIR__ARRAY_ADD, 6, "sx"},         {WEIR__ARRAY_GET_SLICE, 3, "nnn"},
    {WEIR__ARRAY_SET_SLICE, 4, "nnny"}, {WEIR__ARRAY_ADD_SLICE, 4, "nnny"},
    {WEIR__ARRAY_READ, 2, "EsC"},       {WEIR__ARRAY_WRITE, 3, "Esz"},
    {WEIR__ARRAY_SIZE, 1, ""},          {WEIR__ARRAY_TYPE, 1, ""},
};

static const struct {
    const choice_t *choices;
    size_t count;
} of_kind [] = {
    [WEIR__DICT] = {of_dict, sizeof of_dict / sizeof *of_dict},
    [WEIR__LIST] = {of_list, sizeof of_list / sizeof *of_list},
    [WEIR__VAR] = {of_var, sizeof of_var / sizeof *of_var},
    [WEIR__LOCK] = {of_lock, sizeof of_lock / sizeof *of_lock},
    [WEIR__RLOCK] = {of_lock, sizeof of_lock / sizeof *of_lock},
    [WEIR__EVENT] = {of_event, sizeof of_event / sizeof *of_event},
    [WEIR__RWLOCK] = {of_rwlock, sizeof of_rwlock / sizeof *of_rwlock},
    [WEIR__SEMAPHORE] = {of_semaphore,
                         sizeof of_semaphore / sizeof *of_semaphore},
    [WEIR__BARRIER] = {of_barrier, sizeof of_barrier / sizeof *of_barrier},
    [WEIR__CONDITION] = {of_condition,
                         sizeof of_condition / sizeof *of_condition},
    [WEIR__QUEUE] = {of_queue, sizeof of_queue / sizeof *of_queue},
    [WEIR__NAMESPACE] = {of_dict, sizeof of_dict / sizeof *of_dict},
    [WEIR__ARRAY] = {of_array, sizeof of_array / sizeof *of_array},
    [WEIR__SET] = {of_set, sizeof of_set / sizeof *of_set},
};

static weir_value_t name (history_t *self)
{
    static const char *const names [] = {"ann", "bob", "cat", "dan", "eve",
                                         "fay", "gil", "hal", "ida", "jim"};
    return below (self, 3) == 0 ? weir_value_nil ()
                                : weir_value_string (names [below (self, 10)]);
}

//  Returns the first lock or rlock that is known; HISTORY_OBJECTS: there is none.
static unsigned find_lock (const history_t *self)
{
    for (unsigned place = 0; place < self->object_count; place++)
        if (self->objects [place].kind == WEIR__LOCK ||
            self->objects [place].kind == WEIR__RLOCK)
            return place;
    return HISTORY_OBJECTS;
}

static void create (history_t *self, step_t *step)
{
    size_t kinds = sizeof of_kind / sizeof *of_kind;
    unsigned kind = 0;
    while (of_kind [kind].count == 0)
        kind = (unsigned) below (self, kinds);
    if (self->favourite && below (self, 5))
        kind = self->favourite;
    else if (below (self, 50) == 0)
        kind = (unsigned) below (self, WEIR__KINDS + 2);
    //  A condition is made of a lock.
    if (kind == WEIR__CONDITION && find_lock (self) == HISTORY_OBJECTS)
        kind = WEIR__LOCK;
    step->op = WEIR__DIRECTORY_CREATE;
    step->args [step->argc++] = weir_value_int (kind);
    step->args [step->argc++] = name (self);
    if (kind == WEIR__VAR || below (self, 60) == 0)
        step->args [step->argc++] =
            history_argument (self, below (self, 2) ? 'i' : 'v');
    else if ((kind == WEIR__LIST || kind == WEIR__SET) && below (self, 2))
        step->args [step->argc++] = history_argument (self, 'l');
    else if ((kind == WEIR__DICT || kind == WEIR__NAMESPACE) &&
             below (self, 3) == 0)
        step->args [step->argc++] =
            history_argument (self, kind == WEIR__DICT ? 'm' : 'w');
    else if (kind == WEIR__BARRIER)
        step->args [step->argc++] = weir_value_int ((int64_t) below (self, 5));
    else if (kind == WEIR__CONDITION && self->object_count > 0)
        step->args [step->argc++] = history_argument (self, 'h');
    else if (kind == WEIR__ARRAY) {
        self->detail = (int64_t) below (self, 11);
        step->args [step->argc++] = history_argument (self, 'E');
        step->args [step->argc++] = below (self, 2)
                                        ? history_argument (self, 'C')
                                        : history_argument (self, 'Y');
    } else if (kind == WEIR__SEMAPHORE && below (self, 8)) {
        step->args [step->argc++] = weir_value_int ((int64_t) below (self, 4));
        if (below (self, 2))
            step->args [step->argc++] = history_argument (self, 'b');
    } else if (kind == WEIR__QUEUE && below (self, 8)) {
        step->args [step->argc++] = weir_value_int ((int64_t) below (self, 4));
        if (below (self, 3))
            step->args [step->argc++] =
                weir_value_int ((int64_t) below (self, 13) / 4);
    }
}

//  The number of objects in a while. Favourite kinds get many requests.
static unsigned few (const history_t *self)
{
    return self->favourite ? 3 : 12;
}

static void choose_directory (history_t *self, step_t *step)
{
    uint64_t id = self->object_count
                      ? self->objects [below (self, self->object_count)].id
                      : below (self, 4);
    switch (self->object_count < few (self) ? 0 : below (self, 10)) {
    case 6:
    case 7:
        step->op = WEIR__DIRECTORY_OPEN;
        step->args [step->argc++] =
            weir_value_int (1 + (int64_t) below (self, WEIR__KINDS - 1));
        step->args [step->argc++] =
            below (self, 2) ? name (self) : weir_value_int ((int64_t) id);
        break;
    case 8:
        step->op = WEIR__DIRECTORY_LIST;
        break;
    case 9:
        step->op = WEIR__DIRECTORY_DROP;
        step->args [step->argc++] = weir_value_int ((int64_t) id);
        break;
    default:
        create (self, step);
    }
}

static void choose_operation (history_t *self, step_t *step, unsigned kind)
{
    const choice_t *choices = of_kind [kind].choices;
    unsigned total = 0;
    for (size_t i = 0; i < of_kind [kind].count; i++)
        total += choices [i].weight;
    unsigned left = (unsigned) below (self, total);
    while (left >= choices->weight)
        left -= choices++->weight;
    step->op = choices->op;
    for (const char *next = choices->args; *next; next++) {
        char letter = *next;
        if (kind == WEIR__NAMESPACE && (letter == 'k' || letter == 'm'))
            letter = letter == 'k' ? 'a' : 'w';
        step->args [step->argc++] = history_argument (self, letter);
    }
}

//  A thread waits and notifies with the lock, so that is asked for as often.
void history_operation (history_t *self, step_t *step, unsigned place)
{
    unsigned lock = find_lock (self);
    if (self->favourite == WEIR__CONDITION && lock != HISTORY_OBJECTS &&
        below (self, 3) == 0)
        place = lock;
    unsigned kind = self->objects [place].kind;
    step->object = self->objects [place].id;
    self->lease = self->objects [place].grant;
    self->detail = self->objects [place].detail;
    if (kind < sizeof of_kind / sizeof *of_kind && of_kind [kind].count > 0)
        choose_operation (self, step, kind);
}

//  Now and then a lock guards a change, and with luck the lock is held.
static void choose_guard (history_t *self, step_t *step, unsigned kind)
{
    bool writes = (kind == WEIR__DICT && step->op == WEIR__DICT_SET) ||
                  (kind == WEIR__VAR && step->op == WEIR__VAR_ADD) ||
                  (kind == WEIR__LOCK && step->op == WEIR__LOCK_RELEASE) ||
                  (kind == WEIR__LIST && step->op == WEIR__LIST_POP_WAIT) ||
                  (kind == WEIR__QUEUE && (step->op == WEIR__QUEUE_PUT ||
                                           step->op == WEIR__QUEUE_GET));
    for (unsigned place = 0; writes && place < self->object_count; place++)
        if (self->objects [place].kind == WEIR__LOCK && below (self, 30) == 0)
            step->guard = (weir__guard_t){
                self->objects [place].id,
                below (self, 3) ? (uint64_t) self->objects [place].grant
                                : 1 + below (self, 5)};
}

//  An object may be of another kind than believed, even of one that does not
//  exist: when its link is closed and reopened in one entry, the reply to its
//  creation is taken for that of the new request with the same number.
void history_request (history_t *self, step_t *step)
{
    static const int timeouts [] = {-1, -1, 0, 1, 5, 20};
    step->timeout_ms = timeouts [below (self, 6)];
    if (self->object_count == 0 ||
        below (self, self->object_count < few (self) ? 4 : 40) == 0)
        choose_directory (self, step);
    else if (below (self, 12) == 0)
        history_transact (self, step);
    else if (below (self, 12) == 0)
        history_poll (self, step);
    else {
        unsigned place = (unsigned) below (self, self->object_count);
        history_operation (self, step, place);
        choose_guard (self, step, self->objects [place].kind);
        if (step->guard.object != 0)
            return;
    }
    if (below (self, 100) == 0)
        step->op = (unsigned) below (self, 20);
    if (below (self, 100) == 0)
        step->argc = (unsigned) below (self, step->argc + 1);
    else if (below (self, 100) == 0 && step->argc < WEIR__ARGS)
        step->args [step->argc++] = history_value (self, 1);
    if (below (self, 300) == 0)
        step->object = below (self, 40);
    if (step->object == 0 && step->argc == 4 &&
        step->args [3].type == WEIR_INTEGER &&
        step->args [3].integer > ELEMENTS_MAX)
        step->args [3] = weir_value_int (ELEMENTS_MAX);
}
