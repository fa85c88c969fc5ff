/*  undo.c - undoes what a transaction does to a queue

    An item that the transaction puts is in the queue at once. An item that it
    gets is kept until the end of the transaction, and its room in the heap
    stays reserved. Both are noted. So the undo costs only as much as the
    transaction did, however long the queue is, and cannot fail.

    SPDX-License-Identifier: MPL-2.0
*/

#include "machine/kinds/queue/undo.h"

#include <assert.h>
#include <stdlib.h>

#include "machine/kinds/queue/items.h"
#include "machine/kinds/queue/notes.h"

bool weir__queue_begin (weir__object_t *object)
{
    weir__queue_state_t *self = object->state;
    assert (!self->notes);
    weir__queue_notes_t *notes = calloc (1, sizeof *notes);
    if (!notes)
        return false;
    notes->was = *self;
    self->notes = notes;
    return true;
}

static bool is_inside (const weir__item_t *item)
{
    return item->node.place != WEIR__NOWHERE;
}

static void go_back (weir__queue_state_t *self, weir__item_t *item,
                     const weir__queue_state_t *was)
{
    if (item->number < was->put) {
        weir__queue_insert (self, item);
        return;
    }
    if (is_inside (item))
        weir__queue_take_out (self, item);
    weir__queue_free (self, item);
}

void weir__queue_end (weir__object_t *object, bool keeps)
{
    weir__queue_state_t *self = object->state;
    weir__queue_notes_t *notes = self->notes;
    self->notes = NULL;
    for (size_t i = 0; i < notes->count; i++)
        if (!keeps)
            go_back (self, notes->items [i], &notes->was);
        else if (!is_inside (notes->items [i]))
            weir__queue_free (self, notes->items [i]);
    if (!keeps) {
        self->put = notes->was.put;
        self->unfinished = notes->was.unfinished;
        self->family = notes->was.family;
        self->closed = notes->was.closed;
        self->discards = notes->was.discards;
    }
    free (notes->items);
    free (notes);
}
