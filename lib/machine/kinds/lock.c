/*  lock.c - lock and rlock: fair, owned by one link, robust

    Line 0 has the waiters, oldest first. Each grant has a token, counted by
    this lock. When the holder's link ends or its lease runs out, the lock is
    marked abandoned: each grant says so until a holder releases the lock. The
    holder of an rlock can acquire it again; the count of its hold says how many
    times it has done so.

    SPDX-License-Identifier: MPL-2.0
*/

#include "machine/kinds/lock.h"

#include <assert.h>
#include <errno.h>
#include <stdlib.h>

#include "codec/status.h"
#include "machine/call.h"
#include "machine/core/holds.h"
#include "machine/core/kind.h"
#include "machine/deadlock.h"
#include "machine/kinds/kinds.h"
#include "machine/parking.h"
#include "machine/state.h"

typedef struct lock {
    uint64_t token; //  of the last grant
    bool abandoned; //  the last holder ended without a release
} lock_t;

//  The answer: [token, abandoned]. For a wait that began at a condition it also
//  has the status with which that wait ended.
static void answer_grant (weir__object_t *object, weir__call_t *call)
{
    const lock_t *self = object->state;
    weir_value_t items [] = {
        weir_value_int ((int64_t) self->token),
        weir_value_bool (self->abandoned),
        weir_value_int (call->request->outcome),
    };
    weir__answer (
        call, weir_value_list (items, 2 + (call->body.object != object->id)));
}

static void grant (weir__object_t *object, weir__call_t *call)
{
    lock_t *self = object->state;
    weir__hold_take (object, call->request, ++self->token);
    answer_grant (object, call);
}

//  Grants the free lock to the first waiter, if there is one.
static void pass_on (weir__object_t *object)
{
    assert (!object->holds);
    if (!object->lines [0])
        return;
    weir__call_t call;
    weir__resume (object->lines [0], &call);
    grant (object, &call);
    weir__reply (&call);
}

//  args: the lease in milliseconds; 0 or no argument means no lease.
static void acquire (weir__object_t *object, weir__call_t *call)
{
    int64_t lease_ms = 0;
    if (call->body.argc > 0 && !weir__arg_integer (call, 0, &lease_ms))
        return;
    if (lease_ms < 0 || lease_ms > WEIR__LEASE_MS_MAX) {
        weir__refuse (call, EINVAL,
                      "a lease lasts 1 to %d milliseconds; 0 means no lease",
                      WEIR__LEASE_MS_MAX);
        return;
    }
    weir__hold_t *hold = weir__hold_of (object, call->request->link);
    if (hold && object->kind == &weir__rlock_kind) {
        hold->count++;
        if (hold->lease_ms && lease_ms)
            weir__hold_renew (hold, (uint32_t) lease_ms);
        answer_grant (object, call);
        return;
    }
    if (object->holds && call->body.timeout_ms == 0)
        weir__refuse (call, EAGAIN,
                      hold ? "this thread holds it already"
                           : "another thread holds it");
    else if (object->holds && weir__deadlocks (call))
        return;
    else if (!weir__hold_reserve (call, (uint32_t) lease_ms))
        return;
    else if (object->holds)
        weir__park (call, 0, "another thread holds it");
    else
        grant (object, call);
}

//  Returns the hold of the call's link, or NULL after refusing the call.
static weir__hold_t *own_hold (weir__object_t *object, weir__call_t *call)
{
    weir__hold_t *hold = weir__hold_of (object, call->request->link);
    if (!hold)
        weir__refuse (call, EPERM,
                      object->holds
                          ? "another thread holds it; only the thread that "
                            "acquired it can release it"
                          : "nobody holds it; acquire it first");
    return hold;
}

static void let_go (weir__object_t *object, weir__hold_t *hold)
{
    lock_t *self = object->state;
    weir__hold_end (hold, object->machine);
    self->abandoned = false;
    pass_on (object);
}

//  The answer: how many more times the link must release it.
static void release (weir__object_t *object, weir__call_t *call)
{
    weir__hold_t *hold = own_hold (object, call);
    if (!hold)
        return;
    hold->count--;
    weir__answer (call, weir_value_int ((int64_t) hold->count));
    if (hold->count == 0)
        let_go (object, hold);
}

//  args: the new lease in milliseconds, from now on.
static void renew (weir__object_t *object, weir__call_t *call)
{
    int64_t lease_ms;
    weir__hold_t *hold = own_hold (object, call);
    if (!hold || !weir__arg_integer (call, 0, &lease_ms))
        return;
    if (!hold->lease_ms || lease_ms < 1 || lease_ms > WEIR__LEASE_MS_MAX) {
        weir__refuse (call, EINVAL,
                      hold->lease_ms ? "a lease lasts 1 to %d milliseconds"
                                     : "this thread holds it without a lease",
                      WEIR__LEASE_MS_MAX);
        return;
    }
    weir__hold_renew (hold, (uint32_t) lease_ms);
    weir__answer_nil (call);
}

void weir__lock_wait (weir__hold_t *hold, weir__request_t *request)
{
    assert (request->hold);
    request->hold->count = hold->count;
    let_go (hold->object, hold);
}

void weir__lock_wake (weir__object_t *object, weir__request_t *request,
                      int error)
{
    request->outcome = weir__status_of (error);
    weir__move (request, object, 0);
    if (object->holds)
        weir__deadlock_break (request);
    else
        pass_on (object);
}

bool weir__is_lock (const weir__object_t *object)
{
    return object->kind == &weir__lock_kind ||
           object->kind == &weir__rlock_kind;
}

static void holder_gone (weir__object_t *object, const weir__hold_t *hold,
                         weir__leave_t leave)
{
    (void) hold, (void) leave;
    lock_t *self = object->state;
    self->abandoned = true;
    pass_on (object);
}

//  A lock has one holder, and a plain one is held once.
static bool held (weir__object_t *object, const weir__hold_t *hold)
{
    return object->holds == hold && !hold->next && hold->count > 0 &&
           (object->kind == &weir__rlock_kind || hold->count == 1);
}

//  An interrupted wait that began at a condition goes on: it gets its lock back
//  before it ends.
static bool wait_ended (weir__object_t *object, weir__request_t *request,
                        int error)
{
    (void) object;
    return error == EINTR && weir__has_moved (request);
}

static bool waits_for_holders (const weir__object_t *object,
                               const weir__request_t *request)
{
    (void) object, (void) request;
    return true;
}

//  The answer: [locked, token, abandoned, number of waiters, session of the
//  holder, link of the holder].
static void info (weir__object_t *object, weir__call_t *call)
{
    const lock_t *self = object->state;
    const weir__request_t *request;
    int waiting;
    DL_COUNT (object->lines [0], request, waiting);
    const weir__link_t *holder = object->holds ? object->holds->link : NULL;
    weir_value_t items [] = {
        [WEIR__LOCK_INFO_LOCKED] = weir_value_bool (holder != NULL),
        [WEIR__LOCK_INFO_TOKEN] = weir_value_int ((int64_t) self->token),
        [WEIR__LOCK_INFO_ABANDONED] = weir_value_bool (self->abandoned),
        [WEIR__LOCK_INFO_WAITING] = weir_value_int (waiting),
        [WEIR__LOCK_INFO_SESSION] =
            weir_value_int (holder ? (int64_t) holder->session->id : 0),
        [WEIR__LOCK_INFO_LINK] = weir_value_int (holder ? holder->number : 0),
    };
    weir__answer (call, weir_value_list (items, WEIR__LOCK_INFO_ITEMS));
}

static bool ready (const weir__object_t *object, weir__readiness_t what)
{
    (void) what;
    return !object->holds;
}

static size_t describe (const weir__object_t *object, weir_value_t *facts)
{
    const lock_t *self = object->state;
    facts [0] = weir_value_string ("locked");
    facts [1] = weir_value_bool (object->holds != NULL);
    facts [2] = weir_value_string ("token");
    facts [3] = weir_value_int ((int64_t) self->token);
    facts [4] = weir_value_string ("abandoned");
    facts [5] = weir_value_bool (self->abandoned);
    return 3;
}

static bool create (weir__object_t *object, weir__call_t *call)
{
    return weir__state_new (object, call, sizeof (lock_t));
}

static void save (const weir__object_t *object, weir__buffer_t *to)
{
    const lock_t *self = object->state;
    weir__buffer_put_u64 (to, self->token);
    weir__buffer_put_u8 (to, self->abandoned);
    weir__buffer_put_u8 (to, object->has_followers);
}

static bool load (weir__object_t *object, weir__reader_t *from)
{
    lock_t *self = object->state = calloc (1, sizeof (lock_t));
    if (!self)
        return false;
    self->token = weir__reader_u64 (from);
    self->abandoned = weir__reader_u8 (from) != 0;
    object->has_followers = weir__reader_u8 (from) != 0;
    return !from->failed;
}

static const weir__op_t ops [] = {
    [WEIR__LOCK_ACQUIRE] = {"acquire", acquire, 0, 1, WEIR__GRANTS},
    [WEIR__LOCK_RELEASE] = {"release", release, 0, 0, WEIR__WRITES},
    [WEIR__LOCK_INFO] = {"info", info, 0, 0, WEIR__READS},
    [WEIR__LOCK_RENEW] = {"renew", renew, 1, 1, WEIR__WRITES},
};

#define LOCK_KIND(code_, name_)                                                \
    {                                                                          \
        .code = code_, .name = name_, .ops = ops,                              \
        .op_count = sizeof ops / sizeof *ops, .create = create,                \
        .destroy = weir__state_free, .holder_gone = holder_gone, .held = held, \
        .wait_ended = wait_ended, .waits_for_holders = waits_for_holders,      \
        .ready = ready, .describe = describe, .save = save, .load = load,      \
    }

const weir__kind_t weir__lock_kind = LOCK_KIND (WEIR__LOCK, "lock");
const weir__kind_t weir__rlock_kind = LOCK_KIND (WEIR__RLOCK, "rlock");
