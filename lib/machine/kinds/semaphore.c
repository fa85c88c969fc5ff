/*  semaphore.c - units that threads acquire and release

    Line 0 has the requests that wait for a unit. It is empty while a unit is
    free. A link has one hold, whose count is the number of units that it holds.
    When the link ends, these units become free. A consumed unit has no holder,
    so it never comes back that way.

    A link may release more units than it holds. The rest is taken from the
    other holders, the oldest one first; when no holder is left, new units are
    added.

    SPDX-License-Identifier: MPL-2.0
*/

#include "machine/kinds/kinds.h"

#include <assert.h>
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>

#include "machine/call.h"
#include "machine/core/holds.h"
#include "machine/core/kind.h"
#include "machine/deadlock.h"
#include "machine/parking.h"
#include "machine/state.h"

enum { UNITS_MAX = INT32_MAX };

typedef struct semaphore {
    uint32_t value; //  units that are free
    uint32_t held;  //  held units: the sum of the counts of the holds
    uint32_t first; //  the initial value
    bool bounded;   //  never more units than initially
    bool signalled; //  a link has released a unit that it did not hold
    uint64_t token; //  of the last grant to a link without a hold
} semaphore_t;

//  Takes a free unit and answers the call. If the request has reserved a hold,
//  its link holds the unit.
static void grant (weir__object_t *object, weir__call_t *call)
{
    semaphore_t *self = object->state;
    assert (self->value > 0);
    self->value--;
    if (call->request->hold) {
        weir__hold_t *own = weir__hold_of (object, call->request->link);
        if (own)
            own->count++;
        else
            weir__hold_take (object, call->request, ++self->token)->count = 1;
        self->held++;
    }
    weir__answer_nil (call);
}

//  Grants free units to the waiters.
static void pass_on (weir__object_t *object)
{
    const semaphore_t *self = object->state;
    while (self->value > 0 && object->lines [0]) {
        weir__call_t call;
        weir__resume (object->lines [0], &call);
        grant (object, &call);
        weir__reply (&call);
    }
}

//  Any link can release a unit. So a wait certainly ends only by the holder's
//  release when the semaphore was made with one unit and has only been used as
//  a lock until now.
static bool waits_for_holders (const weir__object_t *object,
                               const weir__request_t *request)
{
    (void) request;
    const semaphore_t *self = object->state;
    return self->first == 1 && self->held == 1 && self->value == 0 &&
           !self->signalled;
}

static void take_unit (weir__object_t *object, weir__call_t *call)
{
    const semaphore_t *self = object->state;
    if (self->value > 0)
        grant (object, call);
    else
        weir__park (call, 0, "no unit is free");
}

//  Returns whether the call would wait and close a circle of waits. If so,
//  refuses the call.
static bool deadlocks (weir__object_t *object, weir__call_t *call)
{
    return waits_for_holders (object, call->request) && weir__deadlocks (call);
}

static void acquire (weir__object_t *object, weir__call_t *call)
{
    if (!deadlocks (object, call) && weir__hold_reserve (call, 0))
        take_unit (object, call);
}

//  Takes a unit without a hold, so that it never comes back by itself.
static void consume (weir__object_t *object, weir__call_t *call)
{
    if (!deadlocks (object, call))
        take_unit (object, call);
}

//  Takes up to `count` units from a hold. Returns the number of units taken.
static uint32_t take_from (weir__object_t *object, weir__hold_t *hold,
                           uint32_t count)
{
    semaphore_t *self = object->state;
    if (count > hold->count)
        count = (uint32_t) hold->count;
    hold->count -= count;
    self->held -= count;
    if (hold->count == 0)
        weir__hold_end (hold, object->machine);
    return count;
}

//  args: the number of units; 1 if it is missing.
static void release (weir__object_t *object, weir__call_t *call)
{
    semaphore_t *self = object->state;
    int64_t count = 1;
    if (call->body.argc > 0 && !weir__arg_integer (call, 0, &count))
        return;
    if (count < 1) {
        weir__refuse (
            call, EINVAL,
            "the number of units to release must be 1 or more, not %" PRId64,
            count);
        return;
    }
    if (self->bounded && count > self->first - self->value) {
        weir__refuse (call, EOVERFLOW,
                      "it is bounded: it would have more units free than the "
                      "%u that it was made with",
                      (unsigned) self->first);
        return;
    }
    if (count > UNITS_MAX - self->value) {
        weir__refuse (call, EOVERFLOW, "a semaphore has at most %d units",
                      UNITS_MAX);
        return;
    }
    uint32_t left = (uint32_t) count;
    weir__hold_t *own = weir__hold_of (object, call->request->link);
    if (own)
        left -= take_from (object, own, left);
    self->signalled = self->signalled || left > 0;
    while (left > 0 && object->holds)
        left -= take_from (object, object->holds, left);
    self->value += (uint32_t) count;
    weir__answer_nil (call);
    pass_on (object);
}

static void value (weir__object_t *object, weir__call_t *call)
{
    const semaphore_t *self = object->state;
    weir__answer (call, weir_value_int (self->value));
}

static void holder_gone (weir__object_t *object, const weir__hold_t *hold,
                         weir__leave_t leave)
{
    (void) leave;
    semaphore_t *self = object->state;
    self->held -= (uint32_t) hold->count;
    self->value += (uint32_t) hold->count;
    pass_on (object);
}

//  Returns whether a restored hold is valid: a link has one hold, and the units
//  do not exceed the bound.
static bool held (weir__object_t *object, const weir__hold_t *hold)
{
    semaphore_t *self = object->state;
    uint32_t most = self->bounded ? self->first : UNITS_MAX;
    if (weir__hold_of (object, hold->link) != hold || hold->count < 1 ||
        hold->count > most - self->value - self->held)
        return false;
    self->held += (uint32_t) hold->count;
    return true;
}

static bool ready (const weir__object_t *object, weir__readiness_t what)
{
    (void) what;
    const semaphore_t *self = object->state;
    return self->value > 0;
}

static size_t describe (const weir__object_t *object, weir_value_t *facts)
{
    const semaphore_t *self = object->state;
    facts [0] = weir_value_string ("value");
    facts [1] = weir_value_int (self->value);
    facts [2] = weir_value_string ("held");
    facts [3] = weir_value_int (self->held);
    facts [4] = weir_value_string ("first");
    facts [5] = weir_value_int (self->first);
    facts [6] = weir_value_string ("bounded");
    facts [7] = weir_value_bool (self->bounded);
    return 4;
}

//  args: the initial value, 1 if it is missing; whether the semaphore is
//  bounded, false if it is missing.
static bool create (weir__object_t *object, weir__call_t *call)
{
    int64_t first = 1;
    if (call->body.argc > 0 && !weir__arg_integer (call, 0, &first))
        return false;
    weir_value_t bounded =
        call->body.argc > 1 ? weir__arg (call, 1) : weir_value_bool (false);
    if (bounded.type != WEIR_BOOL) {
        weir__refuse (call, EINVAL, "argument 2 must be a boolean");
        return false;
    }
    if (first < 0 || first > UNITS_MAX) {
        weir__refuse (call, EINVAL, "the initial value must be 0 to %d",
                      UNITS_MAX);
        return false;
    }
    if (!weir__state_new (object, call, sizeof (semaphore_t)))
        return false;
    semaphore_t *self = object->state;
    self->first = self->value = (uint32_t) first;
    self->bounded = bounded.boolean;
    return true;
}

static void save (const weir__object_t *object, weir__buffer_t *to)
{
    const semaphore_t *self = object->state;
    weir__buffer_put_u32 (to, self->value);
    weir__buffer_put_u32 (to, self->first);
    weir__buffer_put_u8 (to, self->bounded);
    weir__buffer_put_u8 (to, self->signalled);
    weir__buffer_put_u64 (to, self->token);
}

static bool load (weir__object_t *object, weir__reader_t *from)
{
    semaphore_t *self = object->state = calloc (1, sizeof *self);
    if (!self)
        return false;
    self->value = weir__reader_u32 (from);
    self->first = weir__reader_u32 (from);
    self->bounded = weir__reader_u8 (from) != 0;
    self->signalled = weir__reader_u8 (from) != 0;
    self->token = weir__reader_u64 (from);
    return !from->failed && self->first <= UNITS_MAX &&
           self->value <= (self->bounded ? self->first : UNITS_MAX);
}

static const weir__op_t ops [] = {
    [WEIR__SEMAPHORE_ACQUIRE] = {"acquire", acquire, 0, 0, WEIR__GRANTS},
    [WEIR__SEMAPHORE_RELEASE] = {"release", release, 0, 1, WEIR__WRITES},
    [WEIR__SEMAPHORE_VALUE] = {"value", value, 0, 0, WEIR__READS},
    [WEIR__SEMAPHORE_CONSUME] = {"consume", consume, 0, 0, WEIR__PARKS},
};

const weir__kind_t weir__semaphore_kind = {
    .code = WEIR__SEMAPHORE,
    .name = "semaphore",
    .ops = ops,
    .op_count = sizeof ops / sizeof *ops,
    .create_argc_max = 2,
    .create = create,
    .destroy = weir__state_free,
    .holder_gone = holder_gone,
    .held = held,
    .waits_for_holders = waits_for_holders,
    .ready = ready,
    .describe = describe,
    .save = save,
    .load = load,
};
