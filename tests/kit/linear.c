/*  linear.c - decides whether a recorded history is linearizable

    SPDX-License-Identifier: MPL-2.0
*/

#include "kit/linear.h"

#include <assert.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/hash.h"

enum { NOBODY = -1, WORDS = (LINEAR_OPERATIONS + 63) / 64 };

//  The state of an object between two operations. It has no padding, because
//  its bytes are hashed.
typedef struct state {
    int64_t value; //  var, key; lock: the last token
    int64_t there; //  key: whether it exists; lock: the holder
    int64_t size;  //  queue
    int64_t items [LINEAR_ITEMS];
} state_t;

typedef struct tried {
    struct {
        uint64_t done [WORDS];
        state_t state;
    } key;
    UT_hash_handle hh;
} tried_t;

typedef struct search {
    linear_kind_t kind;
    const linear_operation_t *operations;
    size_t count;
    uint64_t done [WORDS];
    tried_t *tried;
} search_t;

//  Returns whether an operation that never returned, or that returned `error`
//  and `result`, can be the next. An unknown outcome fits everything.
static bool fits (const linear_operation_t *operation, int error,
                  int64_t result)
{
    return operation->returned_ns == LINEAR_NEVER ||
           (operation->error == error &&
            (error != 0 || operation->result == result));
}

static bool next_number (state_t *state, const linear_operation_t *operation,
                         bool is_key)
{
    bool there = !is_key || state->there;
    int64_t before = there ? state->value : 0;
    switch (operation->op) {
    case LINEAR_GET:
        return fits (operation, there ? 0 : ENOENT, before);
    case LINEAR_POP:
        state->there = 0;
        state->value = 0;
        return fits (operation, there ? 0 : ENOENT, before);
    case LINEAR_SET:
        state->value = operation->argument;
        state->there = 1;
        return fits (operation, 0, operation->result);
    case LINEAR_ADD:
        state->value = before + operation->argument;
        state->there = 1;
        return fits (operation, 0, state->value);
    case LINEAR_CAS:
        if (before == operation->argument)
            state->value = operation->argument2;
        return fits (operation, 0, before == operation->argument);
    default:
        return false;
    }
}

static bool next_queue (state_t *state, const linear_operation_t *operation)
{
    if (operation->op == LINEAR_PUT) {
        if (state->size == LINEAR_ITEMS)
            return false;
        state->items [state->size++] = operation->argument;
        return fits (operation, 0, operation->result);
    }
    if (state->size == 0)
        return fits (operation, EAGAIN, 0);
    int64_t first = state->items [0];
    state->size--;
    memmove (state->items, state->items + 1,
             (size_t) state->size * sizeof *state->items);
    state->items [state->size] = 0;
    return fits (operation, 0, first);
}

static bool next_lock (state_t *state, const linear_operation_t *operation)
{
    switch (operation->op) {
    case LINEAR_ACQUIRE:
        if (state->there != NOBODY)
            return fits (operation, EAGAIN, 0);
        state->there = operation->who;
        return fits (operation, 0, ++state->value);
    case LINEAR_RELEASE:
        if (state->there != operation->who)
            return fits (operation, EPERM, 0);
        state->there = NOBODY;
        return fits (operation, 0, operation->result);
    case LINEAR_DEATH:
        if (state->there == operation->who)
            state->there = NOBODY;
        return true;
    default:
        return false;
    }
}

//  Returns whether the operation can be the next. *state is then the state
//  after it.
static bool next (linear_kind_t kind, state_t *state,
                  const linear_operation_t *operation)
{
    switch (kind) {
    case LINEAR_QUEUE:
        return next_queue (state, operation);
    case LINEAR_LOCK:
        return next_lock (state, operation);
    default:
        return next_number (state, operation, kind == LINEAR_KEY);
    }
}

static bool is_done (const search_t *self, size_t i)
{
    return self->done [i / 64] >> (i % 64) & 1;
}

//  Records the position of the search. Returns false when it was there before.
static bool remember (search_t *self, const state_t *state)
{
    tried_t *tried = calloc (1, sizeof *tried), *before;
    assert (tried);
    memcpy (tried->key.done, self->done, sizeof self->done);
    tried->key.state = *state;
    HASH_FIND (hh, self->tried, &tried->key, sizeof tried->key, before);
    if (before) {
        free (tried);
        return false;
    }
    HASH_ADD (hh, self->tried, key, sizeof tried->key, tried);
    return true;
}

//  Returns the time when the first unfinished operation returned: an operation
//  called later cannot be the next. When none that returned is left, the
//  history is explained.
static int64_t first_return (const search_t *self)
{
    int64_t first = INT64_MAX;
    for (size_t i = 0; i < self->count; i++)
        if (!is_done (self, i) &&
            self->operations [i].returned_ns != LINEAR_NEVER &&
            self->operations [i].returned_ns < first)
            first = self->operations [i].returned_ns;
    return first;
}

static bool explain (search_t *self, const state_t *state)
{
    int64_t before_ns = first_return (self);
    if (before_ns == INT64_MAX)
        return true;
    if (!remember (self, state))
        return false;
    for (size_t i = 0; i < self->count; i++) {
        state_t after = *state;
        if (is_done (self, i) || self->operations [i].called_ns > before_ns ||
            !next (self->kind, &after, &self->operations [i]))
            continue;
        self->done [i / 64] |= UINT64_C (1) << (i % 64);
        if (explain (self, &after))
            return true;
        self->done [i / 64] &= ~(UINT64_C (1) << (i % 64));
    }
    return false;
}

bool linear_check (linear_kind_t kind, int64_t initial,
                   const linear_operation_t *operations, size_t count)
{
    assert (count <= LINEAR_OPERATIONS);
    search_t search = {.kind = kind, .operations = operations, .count = count};
    state_t state;
    memset (&state, 0, sizeof state);
    if (kind == LINEAR_VAR)
        state.value = initial;
    if (kind == LINEAR_LOCK)
        state.there = NOBODY;
    bool explained = explain (&search, &state);
    tried_t *tried, *following;
    HASH_ITER (hh, search.tried, tried, following)
    {
        HASH_DELETE (hh, search.tried, tried);
        free (tried);
    }
    return explained;
}
