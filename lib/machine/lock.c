/*  lock.c - a lock: fair, owned by one link, robust

    Line 0: who waits for it, oldest first. Each grant has a token, counted by
    this lock. When its holder is gone, the next one gets it marked abandoned,
    until somebody releases it.

    SPDX-License-Identifier: MPL-2.0
*/

#include <assert.h>
#include <errno.h>
#include <stdlib.h>

#include "codec/ops.h"
#include "machine/call.h"
#include "machine/kind.h"

typedef struct lock {
    uint64_t token; //  of the last grant
    bool abandoned; //  the last holder went without a release
} lock_t;

//  The answer: [token, abandoned].
static void grant (weir__object_t *object, weir__call_t *call)
{
    lock_t *self = object->state;
    weir_value_t items [] = {
        weir_value_int ((int64_t) ++self->token),
        weir_value_bool (self->abandoned),
    };
    weir__answer (call, weir_value_list (items, 2));
    weir__hold (object, call->request->link);
}

//  The lock is free: the first that waits gets it.
static void pass_on (weir__object_t *object)
{
    assert (!object->holder);
    if (!object->lines [0])
        return;
    weir__call_t call;
    weir__resume (object->lines [0], &call);
    grant (object, &call);
    weir__reply (&call);
}

static void acquire (weir__object_t *object, weir__call_t *call)
{
    if (!object->holder)
        grant (object, call);
    else if (object->holder != call->request->link)
        weir__park (call, 0, "another thread holds it");
    else if (call->body.timeout_ms == 0)
        weir__refuse (call, EAGAIN, "this thread holds it already");
    else
        weir__refuse (call, EDEADLK,
                      "this thread holds it already and would wait for "
                      "itself");
}

static void release (weir__object_t *object, weir__call_t *call)
{
    lock_t *self = object->state;
    if (object->holder != call->request->link) {
        weir__refuse (call, EPERM,
                      object->holder ? "another thread holds it; only the "
                                       "thread that acquired it can release "
                                       "it"
                                     : "nobody holds it; acquire it first");
        return;
    }
    weir__unhold (object);
    self->abandoned = false;
    weir__answer_nil (call);
    pass_on (object);
}

//  The answer: [locked, token, abandoned, how many wait, session, link].
static void info (weir__object_t *object, weir__call_t *call)
{
    const lock_t *self = object->state;
    const weir__request_t *request;
    int waiting;
    DL_COUNT (object->lines [0], request, waiting);
    const weir__link_t *holder = object->holder;
    weir_value_t items [] = {
        weir_value_bool (holder != NULL),
        weir_value_int ((int64_t) self->token),
        weir_value_bool (self->abandoned),
        weir_value_int (waiting),
        weir_value_int (holder ? (int64_t) holder->session->id : 0),
        weir_value_int (holder ? holder->number : 0),
    };
    weir__answer (call, weir_value_list (items, 6));
}

static void holder_gone (weir__object_t *object)
{
    lock_t *self = object->state;
    self->abandoned = true;
    pass_on (object);
}

static bool create (weir__object_t *object, weir__call_t *call)
{
    object->state = calloc (1, sizeof (lock_t));
    if (!object->state)
        weir__refuse (call, ENOMEM, "out of memory");
    return object->state != NULL;
}

static void destroy (weir__object_t *object)
{
    free (object->state);
}

static void snapshot (const weir__object_t *object, weir__buffer_t *to)
{
    const lock_t *self = object->state;
    weir__buffer_put_u64 (to, self->token);
    weir__buffer_put_u8 (to, self->abandoned);
}

static bool restore (weir__object_t *object, weir__reader_t *from)
{
    lock_t *self = object->state = calloc (1, sizeof (lock_t));
    if (!self)
        return false;
    self->token = weir__reader_u64 (from);
    self->abandoned = weir__reader_u8 (from) != 0;
    return !from->failed;
}

static const weir__op_t ops [] = {
    [WEIR__LOCK_ACQUIRE] = {"acquire", acquire, 0, 0, WEIR__PARKS},
    [WEIR__LOCK_RELEASE] = {"release", release, 0, 0, WEIR__WRITES},
    [WEIR__LOCK_INFO] = {"info", info, 0, 0, WEIR__READS},
};

const weir__kind_t weir__lock_kind = {
    .name = "lock",
    .ops = ops,
    .op_count = sizeof ops / sizeof *ops,
    .create = create,
    .destroy = destroy,
    .holder_gone = holder_gone,
    .snapshot = snapshot,
    .restore = restore,
};
