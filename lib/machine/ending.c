/*  ending.c - the ends of waits, holds and objects, and resuming waiters

    SPDX-License-Identifier: MPL-2.0
*/

#include "machine/ending.h"

#include <errno.h>
#include <stdlib.h>

#include "machine/call.h"
#include "machine/core/holds.h"
#include "machine/core/kind.h"
#include "machine/core/objects.h"
#include "machine/core/watch.h"
#include "machine/parking.h"

void weir__settle (weir__object_t *object)
{
    if (object->kind->settle)
        object->kind->settle (object);
    weir__watch_touch (object);
}

void weir__end_wait (weir__request_t *request, int error, const char *cause)
{
    weir__object_t *object = request->object;
    if (object->kind->wait_ended &&
        object->kind->wait_ended (object, request, error))
        return;
    weir__call_t call;
    weir__resume (request, &call);
    weir__refuse (&call, error, "%s", cause);
    weir__reply (&call);
    if (error != ENOENT)
        weir__settle (object);
}

void weir__hold_abandon (weir__hold_t *hold, weir__leave_t leave)
{
    weir__object_t *object = hold->object;
    weir__hold_take_out (hold, object->machine);
    object->kind->holder_gone (object, hold, leave);
    free (hold);
    weir__settle (object);
}

//  Calls leader_dropped of all objects that may follow this one.
static void tell_followers (weir__object_t *leader)
{
    const weir__machine_t *machine = leader->machine;
    for (uint32_t index = 1; index < machine->slot_count; index++) {
        weir__object_t *object = machine->slots [index].object;
        if (object && object->kind->leader_dropped)
            object->kind->leader_dropped (object, leader);
    }
}

void weir__object_drop (weir__object_t *object)
{
    if (object->has_followers)
        tell_followers (object);
    for (unsigned line = 0; line < WEIR__LINES; line++)
        while (object->lines [line])
            weir__end_wait (object->lines [line], ENOENT,
                            "it was dropped while you waited");
    weir__object_free (object);
}
