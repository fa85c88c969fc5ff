/*  notes.c - the items that a transaction puts and gets

    SPDX-License-Identifier: MPL-2.0
*/

#include "machine/kinds/queue/notes.h"

#include <assert.h>
#include <stdlib.h>

bool weir__queue_notes_reserve (weir__queue_state_t *self, size_t count)
{
    weir__queue_notes_t *notes = self->notes;
    if (!notes || count <= notes->capacity - notes->count)
        return true;
    size_t capacity =
        notes->count + (count > notes->count ? count : notes->count);
    weir__item_t **items = realloc (notes->items, capacity * sizeof *items);
    if (!items)
        return false;
    notes->items = items;
    notes->capacity = capacity;
    return true;
}

void weir__queue_notes_add (weir__queue_notes_t *self, weir__item_t *item)
{
    assert (self->count < self->capacity);
    self->items [self->count++] = item;
}
