/*  tasks.c - the items of a queue as tasks, which are done or not

    Each item that is put is a task until a task_done counts it as done. A join
    waits until no unfinished task is left.

    SPDX-License-Identifier: MPL-2.0
*/

#include "machine/kinds/queue/tasks.h"

#include <errno.h>
#include <inttypes.h>

#include "machine/call.h"
#include "machine/core/holds.h"
#include "machine/deadlock.h"
#include "machine/parking.h"

void weir__queue_finish (weir__queue_state_t *self, uint64_t count)
{
    //  There can be fewer, because task_done also counts items that are still
    //  in the queue.
    self->unfinished -= count < self->unfinished ? count : self->unfinished;
}

//  args: the number of items; 1 if it is missing.
void weir__queue_task_done (weir__object_t *object, weir__call_t *call)
{
    weir__queue_state_t *self = object->state;
    int64_t count = 1;
    if (call->body.argc > 0 && !weir__arg_integer (call, 0, &count))
        return;
    if (count < 1)
        weir__refuse (call, EINVAL,
                      "the number of items that are done must be 1 or more");
    else if ((uint64_t) count > self->unfinished)
        weir__refuse (
            call, EINVAL,
            "task_done was called more often than items were put; %" PRIu64
            " items are not done",
            self->unfinished);
    else {
        weir__answer_nil (call);
        weir__queue_finish (self, (uint64_t) count);
    }
}

void weir__queue_join (weir__object_t *object, weir__call_t *call)
{
    const weir__queue_state_t *self = object->state;
    if (self->unfinished == 0)
        weir__answer_nil (call);
    else if (call->body.timeout_ms < 0 &&
             weir__hold_of (object, call->request->link))
        weir__refuse (call, EDEADLK,
                      "this thread has leased an item of it and would wait for "
                      "itself; acknowledge it first");
    else if (!weir__deadlocks (call))
        weir__park (call, WEIR__JOINERS, "some items are not done");
}
