/*  event.c - a flag that threads wait for

    Line 0 has the requests that wait until the flag is set. It is empty while
    the flag is set.

    SPDX-License-Identifier: MPL-2.0
*/

#include "machine/kinds/kinds.h"

#include <stdlib.h>

#include "machine/call.h"
#include "machine/core/kind.h"
#include "machine/parking.h"
#include "machine/state.h"

typedef struct event {
    bool is_set;
} event_t;

static void set (weir__object_t *object, weir__call_t *call)
{
    event_t *self = object->state;
    self->is_set = true;
    weir__answer_nil (call);
}

static void settle (weir__object_t *object)
{
    const event_t *self = object->state;
    while (self->is_set && object->lines [0]) {
        weir__call_t waiting;
        weir__resume (object->lines [0], &waiting);
        weir__answer_nil (&waiting);
        weir__reply (&waiting);
    }
}

static void clear (weir__object_t *object, weir__call_t *call)
{
    event_t *self = object->state;
    self->is_set = false;
    weir__answer_nil (call);
}

static void is_set (weir__object_t *object, weir__call_t *call)
{
    const event_t *self = object->state;
    weir__answer (call, weir_value_bool (self->is_set));
}

static void wait_until_set (weir__object_t *object, weir__call_t *call)
{
    const event_t *self = object->state;
    if (self->is_set)
        weir__answer_nil (call);
    else
        weir__park (call, 0, "it is not set");
}

static bool ready (const weir__object_t *object, weir__readiness_t what)
{
    (void) what;
    const event_t *self = object->state;
    return self->is_set;
}

static size_t describe (const weir__object_t *object, weir_value_t *facts)
{
    const event_t *self = object->state;
    facts [0] = weir_value_string ("set");
    facts [1] = weir_value_bool (self->is_set);
    return 1;
}

static bool create (weir__object_t *object, weir__call_t *call)
{
    return weir__state_new (object, call, sizeof (event_t));
}

static void save (const weir__object_t *object, weir__buffer_t *to)
{
    const event_t *self = object->state;
    weir__buffer_put_u8 (to, self->is_set);
}

static bool load (weir__object_t *object, weir__reader_t *from)
{
    event_t *self = object->state = calloc (1, sizeof (event_t));
    if (!self)
        return false;
    self->is_set = weir__reader_u8 (from) != 0;
    return !from->failed;
}

static const weir__op_t ops [] = {
    [WEIR__EVENT_SET] = {"set", set, 0, 0, WEIR__WRITES},
    [WEIR__EVENT_CLEAR] = {"clear", clear, 0, 0, WEIR__WRITES},
    [WEIR__EVENT_IS_SET] = {"is_set", is_set, 0, 0, WEIR__READS},
    [WEIR__EVENT_WAIT] = {"wait", wait_until_set, 0, 0, WEIR__PARKS},
};

const weir__kind_t weir__event_kind = {
    .code = WEIR__EVENT,
    .name = "event",
    .ops = ops,
    .op_count = sizeof ops / sizeof *ops,
    .begin = weir__copy_begin,
    .end = weir__copy_end,
    .create = create,
    .destroy = weir__state_free,
    .settle = settle,
    .ready = ready,
    .describe = describe,
    .save = save,
    .load = load,
};
