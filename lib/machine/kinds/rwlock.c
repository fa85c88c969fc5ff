/*  rwlock.c - a lock that many hold for reading, or one for writing

    Line 0 has the waiters, readers and writers, oldest first. A reader that
    comes after a waiting writer waits behind it, so that neither side starves.
    Each grant has a token, counted by this lock. When a writer ends without a
    release, the lock is marked abandoned: each grant says so until a writer
    releases the lock.

    SPDX-License-Identifier: MPL-2.0
*/

#include "machine/kinds/kinds.h"

#include <errno.h>
#include <stdlib.h>

#include "base/clock.h"
#include "machine/call.h"
#include "machine/core/holds.h"
#include "machine/core/kind.h"
#include "machine/deadlock.h"
#include "machine/parking.h"
#include "machine/state.h"

typedef struct rwlock {
    uint64_t token; //  of the last grant
    bool writing;   //  whether the last grant was for writing
    bool abandoned; //  the last writer ended without a release
} rwlock_t;

//  The answer: [token, abandoned].
static void answer_grant (const weir__object_t *object, weir__call_t *call)
{
    const rwlock_t *self = object->state;
    weir_value_t items [] = {weir_value_int ((int64_t) self->token),
                             weir_value_bool (self->abandoned)};
    weir__answer (call, weir_value_list (items, 2));
}

//  Grants the lock to the link of the call and answers. A reading link has one
//  hold, which counts its grants.
static void grant (weir__object_t *object, weir__call_t *call, bool write)
{
    rwlock_t *self = object->state;
    weir__hold_t *own = weir__hold_of (object, call->request->link);
    self->writing = write;
    if (own)
        own->count++;
    else
        weir__hold_take (object, call->request, ++self->token)->count = 1;
    answer_grant (object, call);
}

static bool is_written (const weir__object_t *object)
{
    const rwlock_t *self = object->state;
    return object->holds && self->writing;
}

static bool wants_to_write (const weir__request_t *request)
{
    weir__request_body_t body;
    weir__request_body_read (request->body, request->size, &body);
    return body.op == WEIR__RWLOCK_ACQUIRE_WRITE;
}

//  Grants the lock to the first waiter: one writer, or all readers in front of
//  the next writer.
static void settle (weir__object_t *object)
{
    while (object->lines [0]) {
        bool write = wants_to_write (object->lines [0]);
        if (is_written (object) || (write && object->holds))
            return;
        weir__call_t call;
        weir__resume (object->lines [0], &call);
        grant (object, &call, write);
        weir__reply (&call);
    }
}

//  Returns whether a reader at that position in the line (NULL: at its end)
//  waits until all holders release the lock: it waits for a writer, or behind a
//  waiting writer without a timeout.
static bool reader_waits (const weir__object_t *object,
                          const weir__request_t *place)
{
    const weir__request_t *request;
    if (is_written (object))
        return true;
    DL_FOREACH (object->lines [0], request)
    {
        if (request == place)
            break;
        if (request->timer.deadline_us == WEIR__NEVER &&
            wants_to_write (request))
            return true;
    }
    return false;
}

static bool waits_for_holders (const weir__object_t *object,
                               const weir__request_t *request)
{
    return wants_to_write (request) || reader_waits (object, request);
}

//  Parks the call, or refuses it when waiting would be useless.
static void wait_to_acquire (weir__object_t *object, weir__call_t *call,
                             bool write)
{
    bool own = weir__hold_of (object, call->request->link) != NULL;
    bool tries = call->body.timeout_ms == 0;
    bool for_ever = call->body.timeout_ms < 0;
    const char *why = own ? "this thread holds it already"
                      : write
                          ? "another thread holds it"
                          : "another thread holds it for writing, or waits to";
    if (own && for_ever)
        weir__refuse (call, EDEADLK,
                      "this thread holds it for %s already, and would wait for "
                      "itself; release it first",
                      is_written (object) ? "writing" : "reading");
    else if ((write || reader_waits (object, NULL)) && weir__deadlocks (call))
        return;
    else if (tries || weir__hold_reserve (call, 0))
        weir__park (call, 0, why);
}

static void acquire_read (weir__object_t *object, weir__call_t *call)
{
    bool reads = !is_written (object) &&
                 weir__hold_of (object, call->request->link) != NULL;
    if (!reads && (object->lines [0] || is_written (object)))
        wait_to_acquire (object, call, false);
    else if (weir__hold_reserve (call, 0))
        grant (object, call, false);
}

static void acquire_write (weir__object_t *object, weir__call_t *call)
{
    if (object->holds)
        wait_to_acquire (object, call, true);
    else if (weir__hold_reserve (call, 0))
        grant (object, call, true);
}

//  The answer: how many more times the link must release it.
static void release (weir__object_t *object, weir__call_t *call)
{
    rwlock_t *self = object->state;
    weir__hold_t *own = weir__hold_of (object, call->request->link);
    if (!own) {
        weir__refuse (call, EPERM,
                      object->holds ? "only a thread that has acquired it can "
                                      "release it"
                                    : "nobody holds it; acquire it first");
        return;
    }
    own->count--;
    weir__answer (call, weir_value_int ((int64_t) own->count));
    if (own->count > 0)
        return;
    weir__hold_end (own, object->machine);
    if (self->writing)
        self->abandoned = false;
}

static void holder_gone (weir__object_t *object, const weir__hold_t *hold,
                         weir__leave_t leave)
{
    (void) hold, (void) leave;
    rwlock_t *self = object->state;
    if (self->writing)
        self->abandoned = true;
}

//  Returns whether a restored hold is valid: a writer is the only holder and
//  holds the lock once; a reading link has one hold.
static bool held (weir__object_t *object, const weir__hold_t *hold)
{
    const rwlock_t *self = object->state;
    if (self->writing)
        return object->holds == hold && !hold->next && hold->count == 1;
    return weir__hold_of (object, hold->link) == hold && hold->count > 0;
}

static int count_readers (const weir__object_t *object)
{
    const weir__hold_t *hold;
    int count;
    DL_COUNT (object->holds, hold, count);
    return is_written (object) ? 0 : count;
}

//  The answer: [writing, number of readers, token, abandoned, number of
//  waiters].
static void info (weir__object_t *object, weir__call_t *call)
{
    const rwlock_t *self = object->state;
    const weir__request_t *request;
    int waiting;
    DL_COUNT (object->lines [0], request, waiting);
    weir_value_t items [] = {
        [WEIR__RWLOCK_INFO_WRITING] = weir_value_bool (is_written (object)),
        [WEIR__RWLOCK_INFO_READERS] = weir_value_int (count_readers (object)),
        [WEIR__RWLOCK_INFO_TOKEN] = weir_value_int ((int64_t) self->token),
        [WEIR__RWLOCK_INFO_ABANDONED] = weir_value_bool (self->abandoned),
        [WEIR__RWLOCK_INFO_WAITING] = weir_value_int (waiting),
    };
    weir__answer (call, weir_value_list (items, WEIR__RWLOCK_INFO_ITEMS));
}

static bool ready (const weir__object_t *object, weir__readiness_t what)
{
    if (what == WEIR__READY_WRITE)
        return !object->holds;
    return !is_written (object) && !object->lines [0];
}

static size_t describe (const weir__object_t *object, weir_value_t *facts)
{
    const rwlock_t *self = object->state;
    facts [0] = weir_value_string ("writing");
    facts [1] = weir_value_bool (is_written (object));
    facts [2] = weir_value_string ("readers");
    facts [3] = weir_value_int (count_readers (object));
    facts [4] = weir_value_string ("token");
    facts [5] = weir_value_int ((int64_t) self->token);
    facts [6] = weir_value_string ("abandoned");
    facts [7] = weir_value_bool (self->abandoned);
    return 4;
}

static bool create (weir__object_t *object, weir__call_t *call)
{
    return weir__state_new (object, call, sizeof (rwlock_t));
}

static void save (const weir__object_t *object, weir__buffer_t *to)
{
    const rwlock_t *self = object->state;
    weir__buffer_put_u64 (to, self->token);
    weir__buffer_put_u8 (to, self->writing);
    weir__buffer_put_u8 (to, self->abandoned);
}

static bool load (weir__object_t *object, weir__reader_t *from)
{
    rwlock_t *self = object->state = calloc (1, sizeof (rwlock_t));
    if (!self)
        return false;
    self->token = weir__reader_u64 (from);
    self->writing = weir__reader_u8 (from) != 0;
    self->abandoned = weir__reader_u8 (from) != 0;
    return !from->failed;
}

static const weir__op_t ops [] = {
    [WEIR__RWLOCK_ACQUIRE_READ] = {"acquire_read", acquire_read, 0, 0,
                                   WEIR__GRANTS},
    [WEIR__RWLOCK_ACQUIRE_WRITE] = {"acquire_write", acquire_write, 0, 0,
                                    WEIR__GRANTS},
    [WEIR__RWLOCK_RELEASE] = {"release", release, 0, 0, WEIR__WRITES},
    [WEIR__RWLOCK_INFO] = {"info", info, 0, 0, WEIR__READS},
};

const weir__kind_t weir__rwlock_kind = {
    .code = WEIR__RWLOCK,
    .name = "rwlock",
    .ops = ops,
    .op_count = sizeof ops / sizeof *ops,
    .create = create,
    .destroy = weir__state_free,
    .holder_gone = holder_gone,
    .held = held,
    .waits_for_holders = waits_for_holders,
    .settle = settle,
    .ready = ready,
    .describe = describe,
    .save = save,
    .load = load,
};
