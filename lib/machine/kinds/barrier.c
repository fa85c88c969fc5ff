/*  barrier.c - a barrier: no party passes before all have arrived

    Line 0 has the waiters, in the order in which they arrived. The first
    `tripped` of them wait only for the action of the party that arrived last.
    Each link that has waited since the last reset is a party and holds the
    barrier (core/holds.h). The token of its hold is the number of the last
    round that it passed. When a party dies, the other parties of its last round
    would wait for it in vain in the next round, so the barrier breaks. While a
    party runs the action, its hold has the count ACTS.

    SPDX-License-Identifier: MPL-2.0
*/

#include "machine/kinds/kinds.h"

#include <errno.h>
#include <stdlib.h>

#include "machine/call.h"
#include "machine/core/holds.h"
#include "machine/core/kind.h"
#include "machine/parking.h"
#include "machine/state.h"

#define PARTY_DIED "one of its parties has died"

enum { WAITS = 1, ACTS = 2, PARTIES_MAX = 1 << 20 };

typedef struct barrier {
    uint32_t parties;
    uint32_t tripped;
    bool broken;
    uint64_t times; //  the number of rounds that all parties have passed
    uint64_t lost;  //  the last round with a party that died since; 0: none
} barrier_t;

static uint32_t waiting (const weir__object_t *object)
{
    const weir__request_t *request;
    uint32_t count;
    DL_COUNT (object->lines [0], request, count);
    return count;
}

static weir__hold_t *actor (const weir__object_t *object)
{
    weir__hold_t *hold;
    DL_SEARCH_SCALAR (object->holds, hold, count, ACTS);
    return hold;
}

//  Answers a wait with [index in the order of arrival, whether to run the
//  action].
static void let_pass (weir__object_t *object, weir__call_t *call,
                      uint32_t place, bool acts)
{
    const barrier_t *self = object->state;
    weir__hold_t *hold = weir__hold_of (object, call->request->link);
    if (hold) //  a damaged snapshot may lack it
        hold->token = self->times;
    weir_value_t items [] = {weir_value_int (place), weir_value_bool (acts)};
    weir__answer (call, weir_value_list (items, 2));
}

//  Resumes the first `count` waiters.
static void release (weir__object_t *object, uint32_t count)
{
    for (uint32_t place = 0; place < count; place++) {
        weir__call_t call;
        weir__resume (object->lines [0], &call);
        let_pass (object, &call, place, false);
        weir__reply (&call);
    }
}

//  Refuses all waiters, and ends the round.
static void turn_back (weir__object_t *object, const char *why)
{
    barrier_t *self = object->state;
    weir__hold_t *acts = actor (object);
    if (acts)
        acts->count = WAITS;
    self->tripped = 0;
    while (object->lines [0]) {
        weir__call_t call;
        weir__resume (object->lines [0], &call);
        weir__refuse (&call, ECANCELED, "%s", why);
        weir__reply (&call);
    }
}

static void break_it (weir__object_t *object, const char *why)
{
    barrier_t *self = object->state;
    self->broken = true;
    turn_back (object, why);
}

//  Makes the call's link a party. Returns false after refusing the call.
static bool join (weir__object_t *object, weir__call_t *call)
{
    if (weir__hold_of (object, call->request->link))
        return true;
    if (!weir__hold_reserve (call, 0))
        return false;
    weir__hold_take (object, call->request, 0);
    return true;
}

//  The link begins to run the action. All parties that arrived before it wait
//  for its end.
static void begin_action (weir__object_t *object, const weir__link_t *link)
{
    barrier_t *self = object->state;
    self->tripped = self->parties - 1;
    weir__hold_t *hold = weir__hold_of (object, link);
    if (hold)
        hold->count = ACTS;
}

//  args: whether the party runs an action if it arrives last.
static void wait_for_parties (weir__object_t *object, weir__call_t *call)
{
    barrier_t *self = object->state;
    weir_value_t acts = weir__arg (call, 0);
    uint32_t others = waiting (object);
    bool last = !actor (object) && others + 1 == self->parties;
    const weir__hold_t *hold = weir__hold_of (object, call->request->link);
    if (acts.type != WEIR_BOOL) {
        weir__refuse (call, EINVAL, "argument 1 must be a boolean");
        return;
    }
    if (hold && hold->token > 0 && hold->token <= self->lost)
        break_it (object, PARTY_DIED);
    if (self->broken)
        weir__refuse (call, ECANCELED,
                      "it is broken, because a party timed out, died or "
                      "aborted it; repair it with weir_barrier_reset");
    else if (!last && call->body.timeout_ms == 0)
        weir__refuse (call, EAGAIN, "not all parties have arrived");
    else if (!join (object, call))
        return;
    else if (!last)
        weir__park (call, 0, "not all parties have arrived");
    else {
        self->times++;
        let_pass (object, call, others, acts.boolean);
        if (acts.boolean)
            begin_action (object, call->request->link);
        else
            release (object, others);
    }
}

//  Passes the parties that arrived while the action ran, if they are enough for
//  another round.
static void trip_again (weir__object_t *object)
{
    barrier_t *self = object->state;
    while (!actor (object) && waiting (object) >= self->parties) {
        uint32_t others = self->parties - 1;
        weir__request_t *last = object->lines [0];
        for (uint32_t place = 0; place < others; place++)
            last = last->next;
        weir__call_t call;
        weir__resume (last, &call);
        bool acts = weir__arg (&call, 0).boolean;
        if (acts)
            begin_action (object, call.request->link);
        self->times++;
        let_pass (object, &call, others, acts);
        weir__reply (&call);
        if (!acts)
            release (object, others);
    }
}

//  Ends the action. args: whether it has succeeded.
static void acted (weir__object_t *object, weir__call_t *call)
{
    barrier_t *self = object->state;
    weir_value_t good = weir__arg (call, 0);
    weir__hold_t *hold = weir__hold_of (object, call->request->link);
    if (good.type != WEIR_BOOL)
        weir__refuse (call, EINVAL, "argument 1 must be a boolean");
    else if (!hold || hold->count != ACTS)
        weir__refuse (call, ECANCELED,
                      "it was broken or reset while the action ran");
    else {
        uint32_t tripped = self->tripped;
        hold->count = WAITS;
        self->tripped = 0;
        weir__answer_nil (call);
        if (good.boolean) {
            release (object, tripped);
            trip_again (object);
        } else
            break_it (object, "its action has failed");
    }
}

static void abort_it (weir__object_t *object, weir__call_t *call)
{
    weir__answer_nil (call);
    break_it (object, "it was aborted");
}

static void reset (weir__object_t *object, weir__call_t *call)
{
    barrier_t *self = object->state;
    weir__answer_nil (call);
    turn_back (object, "it was reset during the wait");
    while (object->holds)
        weir__hold_end (object->holds, object->machine);
    self->broken = false;
    self->lost = 0;
}

//  The answer: [parties, number of waiters, whether it is broken].
static void state (weir__object_t *object, weir__call_t *call)
{
    const barrier_t *self = object->state;
    weir_value_t items [] = {
        [WEIR__BARRIER_STATE_PARTIES] = weir_value_int (self->parties),
        [WEIR__BARRIER_STATE_WAITING] = weir_value_int (waiting (object)),
        [WEIR__BARRIER_STATE_BROKEN] = weir_value_bool (self->broken),
    };
    weir__answer (call, weir_value_list (items, WEIR__BARRIER_STATE_ITEMS));
}

static void holder_gone (weir__object_t *object, const weir__hold_t *hold,
                         weir__leave_t leave)
{
    barrier_t *self = object->state;
    bool missed = hold->count == ACTS;
    const weir__request_t *request;
    if (leave == WEIR__DIED && hold->token > self->lost)
        self->lost = hold->token;
    DL_FOREACH (object->lines [0], request)
    {
        const weir__hold_t *other = weir__hold_of (object, request->link);
        if (leave == WEIR__DIED && hold->token > 0 && other &&
            other->token == hold->token)
            missed = true;
    }
    if (missed)
        break_it (object, PARTY_DIED);
}

static bool held (weir__object_t *object, const weir__hold_t *hold)
{
    const barrier_t *self = object->state;
    if (hold->count == WAITS)
        return true;
    //  Only one party acts at a time, and it arrived after the parties that
    //  wait for its action.
    return hold->count == ACTS && actor (object) == hold &&
           self->tripped == self->parties - 1 &&
           waiting (object) >= self->tripped;
}

static void waiter_gone (weir__object_t *object, unsigned line,
                         weir__leave_t leave)
{
    (void) line, (void) leave;
    break_it (object, PARTY_DIED);
}

//  A wait that times out breaks the barrier. An interrupted wait only leaves
//  the line; but when it waits only for the action it stays, because its answer
//  is near.
static bool wait_ended (weir__object_t *object, weir__request_t *request,
                        int error)
{
    const barrier_t *self = object->state;
    if (error == EINTR && actor (object)) {
        uint32_t place = 0;
        const weir__request_t *other;
        DL_FOREACH (object->lines [0], other)
        {
            if (other == request)
                break;
            place++;
        }
        return place < self->tripped;
    }
    if (error != ETIMEDOUT)
        return false;
    weir__call_t call;
    weir__resume (request, &call);
    weir__refuse (&call, ETIMEDOUT,
                  "the wait timed out, so the barrier is broken");
    weir__reply (&call);
    break_it (object, "one of its parties has timed out");
    return true;
}

static size_t describe (const weir__object_t *object, weir_value_t *facts)
{
    const barrier_t *self = object->state;
    facts [0] = weir_value_string ("parties");
    facts [1] = weir_value_int (self->parties);
    facts [2] = weir_value_string ("broken");
    facts [3] = weir_value_bool (self->broken);
    return 2;
}

//  args: the number of parties.
static bool create (weir__object_t *object, weir__call_t *call)
{
    int64_t parties;
    if (!weir__arg_integer (call, 0, &parties))
        return false;
    if (parties < 1 || parties > PARTIES_MAX) {
        weir__refuse (call, EINVAL, "a barrier has 1 to %d parties",
                      PARTIES_MAX);
        return false;
    }
    if (!weir__state_new (object, call, sizeof (barrier_t)))
        return false;
    barrier_t *self = object->state;
    self->parties = (uint32_t) parties;
    return true;
}

static void save (const weir__object_t *object, weir__buffer_t *to)
{
    const barrier_t *self = object->state;
    weir__buffer_put_u32 (to, self->parties);
    weir__buffer_put_u32 (to, self->tripped);
    weir__buffer_put_u8 (to, self->broken);
    weir__buffer_put_u64 (to, self->times);
    weir__buffer_put_u64 (to, self->lost);
}

static bool load (weir__object_t *object, weir__reader_t *from)
{
    barrier_t *self = object->state = calloc (1, sizeof *self);
    if (!self)
        return false;
    self->parties = weir__reader_u32 (from);
    self->tripped = weir__reader_u32 (from);
    self->broken = weir__reader_u8 (from) != 0;
    self->times = weir__reader_u64 (from);
    self->lost = weir__reader_u64 (from);
    return !from->failed && self->parties > 0 && self->parties <= PARTIES_MAX &&
           (self->tripped == 0 || self->tripped == self->parties - 1);
}

static const weir__op_t ops [] = {
    [WEIR__BARRIER_WAIT] = {"wait", wait_for_parties, 1, 1, WEIR__PARKS},
    [WEIR__BARRIER_ACTED] = {"acted", acted, 1, 1, WEIR__WRITES},
    [WEIR__BARRIER_ABORT] = {"abort", abort_it, 0, 0, WEIR__WRITES},
    [WEIR__BARRIER_RESET] = {"reset", reset, 0, 0, WEIR__WRITES},
    [WEIR__BARRIER_STATE] = {"state", state, 0, 0, WEIR__READS},
};

const weir__kind_t weir__barrier_kind = {
    .code = WEIR__BARRIER,
    .name = "barrier",
    .ops = ops,
    .op_count = sizeof ops / sizeof *ops,
    .create_argc_min = 1,
    .create_argc_max = 1,
    .create = create,
    .destroy = weir__state_free,
    .holder_gone = holder_gone,
    .held = held,
    .waiter_gone = waiter_gone,
    .wait_ended = wait_ended,
    .describe = describe,
    .save = save,
    .load = load,
};
