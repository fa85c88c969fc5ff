/*  tasks.h - the items of a queue as tasks, which are done or not

    SPDX-License-Identifier: MPL-2.0
*/

#ifndef WEIR__MACHINE_KINDS_QUEUE_TASKS_H_INCLUDED
#define WEIR__MACHINE_KINDS_QUEUE_TASKS_H_INCLUDED

#include "machine/kinds/queue/state.h"

//  The operation WEIR__QUEUE_TASK_DONE.
void weir__queue_task_done (weir__object_t *object, weir__call_t *call);

//  The operation WEIR__QUEUE_JOIN.
void weir__queue_join (weir__object_t *object, weir__call_t *call);

//  Counts `count` items as done, or as discarded.
void weir__queue_finish (weir__queue_state_t *self, uint64_t count);

#endif
