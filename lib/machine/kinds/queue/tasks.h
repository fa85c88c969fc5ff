/*  tasks.h - what becomes of the items that were got from a queue

    SPDX-License-Identifier: MPL-2.0
*/

#ifndef WEIR__MACHINE_KINDS_QUEUE_TASKS_H_INCLUDED
#define WEIR__MACHINE_KINDS_QUEUE_TASKS_H_INCLUDED

#include "machine/kinds/queue/state.h"

void weir__queue_task_done (weir__object_t *object, weir__call_t *call);
void weir__queue_join (weir__object_t *object, weir__call_t *call);

//  `count` items are done, or never will be.
void weir__queue_finish (weir__queue_t *self, uint64_t count);

#endif
