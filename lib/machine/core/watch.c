/*  watch.c - the objects that polls wait for

    SPDX-License-Identifier: MPL-2.0
*/

#include "machine/core/watch.h"

#include <stdlib.h>

#include "machine/core/kind.h"

bool weir__watch_is_ready (const weir__poll_item_t *item)
{
    const weir__object_t *object = item->object;
    if (!object)
        return true;
    if (item->ready == WEIR__READY_CHANGE)
        return !item->counted || object->sequence != item->sequence;
    return object->kind->ready (object, item->ready);
}

void weir__watch_begin (weir__poll_t *self)
{
    self->request->poll = self;
    for (uint32_t i = 0; i < self->count; i++) {
        weir__poll_item_t *item = &self->items [i];
        DL_APPEND (item->object->polls, item);
    }
}

void weir__watch_touch (weir__object_t *object)
{
    if (!object->polls || object->touched)
        return;
    object->touched = true;
    DL_APPEND2 (object->machine->touched, object, touched_prev, touched_next);
}

static void untouch (weir__object_t *object)
{
    if (object->touched)
        DL_DELETE2 (object->machine->touched, object, touched_prev,
                    touched_next);
    object->touched = false;
}

static void wake (weir__poll_t *self, weir__machine_t *machine)
{
    if (!self->woken)
        DL_APPEND (machine->woken, self);
    self->woken = true;
}

void weir__watch_forget (weir__object_t *object)
{
    untouch (object);
    while (object->polls) {
        weir__poll_item_t *item = object->polls;
        DL_DELETE (object->polls, item);
        item->object = NULL;
        wake (item->poll, object->machine);
    }
}

void weir__watch_wake (weir__machine_t *machine)
{
    while (machine->touched) {
        weir__object_t *object = machine->touched;
        weir__poll_item_t *item;
        untouch (object);
        DL_FOREACH (object->polls, item)
        if (weir__watch_is_ready (item))
            wake (item->poll, machine);
    }
}

void weir__watch_end (weir__request_t *request)
{
    weir__poll_t *self = request->poll;
    if (!self)
        return;
    for (uint32_t i = 0; i < self->count; i++) {
        weir__poll_item_t *item = &self->items [i];
        if (item->object)
            DL_DELETE (item->object->polls, item);
    }
    if (self->woken)
        DL_DELETE (request->object->machine->woken, self);
    request->poll = NULL;
    free (self);
}
