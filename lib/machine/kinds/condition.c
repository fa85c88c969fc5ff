/*  condition.c - a condition: threads give up a lock and wait for a notice

    Line 0 has the waiters, oldest first. A wait releases the lock and parks in
    one step, so no notice is lost. When the wait ends, by a notice, its timeout
    or a CANCEL, the request moves to the line of the lock; lock.c answers it
    when its link holds the lock again. When the lock is dropped, all waits end.

    A request keeps the notice that ended its wait until its reply is
    acknowledged. If its link ends before that, the notice passes on to the next
    waiter, as if the lost request had never waited.

    SPDX-License-Identifier: MPL-2.0
*/

#include "machine/kinds/kinds.h"

#include <errno.h>
#include <stdlib.h>

#include "machine/call.h"
#include "machine/core/holds.h"
#include "machine/core/kind.h"
#include "machine/core/objects.h"
#include "machine/kinds/lock.h"
#include "machine/parking.h"
#include "machine/state.h"

typedef struct condition {
    uint64_t lock; //  its id
} condition_t;

//  Returns the lock, or NULL when it was dropped, or when a damaged snapshot
//  names another object.
static weir__object_t *lock_of (const weir__object_t *object)
{
    const condition_t *self = object->state;
    weir__object_t *lock = weir__object_find (object->machine, self->lock);
    return lock && weir__is_lock (lock) ? lock : NULL;
}

//  Returns the hold of the call's link on the lock, or NULL after refusing the
//  call.
static weir__hold_t *own_hold (weir__object_t *object, weir__call_t *call)
{
    const weir__object_t *lock = lock_of (object);
    weir__hold_t *hold =
        lock ? weir__hold_of (lock, call->request->link) : NULL;
    if (!lock)
        weir__refuse (call, ENOENT, "its lock is not there any more");
    else if (!hold)
        weir__refuse (call, EPERM,
                      "this thread does not hold its lock; acquire that first");
    return hold;
}

//  args: the id of the lock that the caller uses, so that a wait with another
//  lock is refused.
static void wait_for_notice (weir__object_t *object, weir__call_t *call)
{
    int64_t lock;
    if (!weir__arg_integer (call, 0, &lock))
        return;
    if ((uint64_t) lock != ((const condition_t *) object->state)->lock) {
        weir__refuse (
            call, EINVAL,
            "it has another lock; wait with the lock that it was made with");
        return;
    }
    weir__hold_t *hold = own_hold (object, call);
    if (!hold || !weir__hold_reserve (call, hold->lease_ms))
        return;
    weir__park (call, 0, "nobody has notified it yet");
    if (call->parked)
        weir__lock_wait (hold, call->request);
}

//  Gives a notice to the first waiter.
static void wake_first (weir__object_t *object, weir__notice_t notice)
{
    weir__request_t *first = object->lines [0];
    first->notice = notice;
    weir__lock_wake (lock_of (object), first, 0);
}

//  args: the largest number of waiters to notify, or -1 for all. The answer:
//  how many were notified.
static void notify (weir__object_t *object, weir__call_t *call)
{
    int64_t most, count = 0;
    if (!weir__arg_integer (call, 0, &most) || !own_hold (object, call))
        return;
    if (most < -1) {
        weir__refuse (call, EINVAL,
                      "the number of waiters must be 0 or more, or -1 for all");
        return;
    }
    weir__notice_t notice = {object->id, object->machine->order};
    for (; object->lines [0] && (most < 0 || count < most); count++)
        wake_first (object, notice);
    weir__answer (call, weir_value_int (count));
}

//  Passes on the notice of a lost receiver. Only a waiter that is older than
//  the notice gets it.
static void receiver_gone (weir__object_t *object, weir__notice_t notice)
{
    const weir__request_t *first = object->lines [0];
    if (first && first->timer.order < notice.order && lock_of (object))
        wake_first (object, notice);
}

static bool wait_ended (weir__object_t *object, weir__request_t *request,
                        int error)
{
    weir__object_t *lock = lock_of (object);
    if (lock)
        weir__lock_wake (lock, request, error);
    return lock != NULL;
}

//  Moves all waiters to the line of the lock that is being dropped. They end
//  with it, because they cannot acquire it again.
static void leader_dropped (weir__object_t *object, weir__object_t *leader)
{
    if (lock_of (object) == leader)
        while (object->lines [0])
            weir__move (object->lines [0], leader, 0);
}

static size_t describe (const weir__object_t *object, weir_value_t *facts)
{
    const weir__object_t *lock = lock_of (object);
    facts [0] = weir_value_string ("lock");
    facts [1] = weir_value_string (lock ? lock->name : NULL);
    return 1;
}

//  args: the id of its lock.
static bool create (weir__object_t *object, weir__call_t *call)
{
    int64_t id;
    if (!weir__arg_integer (call, 0, &id))
        return false;
    weir__object_t *lock = weir__object_find (object->machine, (uint64_t) id);
    if (!lock) {
        weir__refuse_gone (call, "lock");
        return false;
    }
    if (!weir__is_lock (lock)) {
        weir__refuse (call, EINVAL, "a condition needs a lock or an rlock");
        return false;
    }
    if (!weir__state_new (object, call, sizeof (condition_t)))
        return false;
    condition_t *self = object->state;
    self->lock = (uint64_t) id;
    lock->has_followers = true;
    return true;
}

static void save (const weir__object_t *object, weir__buffer_t *to)
{
    weir__buffer_put_u64 (to, ((const condition_t *) object->state)->lock);
}

static bool load (weir__object_t *object, weir__reader_t *from)
{
    condition_t *self = object->state = calloc (1, sizeof *self);
    if (!self)
        return false;
    self->lock = weir__reader_u64 (from);
    return !from->failed;
}

static const weir__op_t ops [] = {
    [WEIR__CONDITION_WAIT] = {"wait", wait_for_notice, 1, 1, WEIR__GRANTS},
    [WEIR__CONDITION_NOTIFY] = {"notify", notify, 1, 1, WEIR__WRITES},
};

const weir__kind_t weir__condition_kind = {
    .code = WEIR__CONDITION,
    .name = "condition",
    .ops = ops,
    .op_count = sizeof ops / sizeof *ops,
    .create_argc_min = 1,
    .create_argc_max = 1,
    .create = create,
    .destroy = weir__state_free,
    .receiver_gone = receiver_gone,
    .wait_ended = wait_ended,
    .leader_dropped = leader_dropped,
    .describe = describe,
    .save = save,
    .load = load,
};
