/*  undo.c - what a transaction does to a queue, so that it can be undone

    An item that it puts is in the queue at once; one that it gets is kept until
    its end, with the claim of its place. Both are noted. So going back costs as
    much as what was done, however many items there are, and cannot fail.

    SPDX-License-Identifier: MPL-2.0
*/

#include <assert.h>
#include <stdlib.h>

#include "machine/kinds/queue/queue.h"

struct weir__undo {
    weir__queue_t was;
    weir__item_t **items; //  each that was put or got since, once
    size_t count, capacity;
};

bool weir__queue_begin (weir__object_t *object)
{
    weir__queue_t *self = object->state;
    assert (!self->undo);
    weir__undo_t *undo = calloc (1, sizeof *undo);
    if (!undo)
        return false;
    undo->was = *self;
    self->undo = undo;
    return true;
}

bool weir__queue_reserve_notes (weir__queue_t *self, size_t count)
{
    weir__undo_t *undo = self->undo;
    if (!undo || count <= undo->capacity - undo->count)
        return true;
    size_t capacity = undo->count + (count > undo->count ? count : undo->count);
    weir__item_t **items = realloc (undo->items, capacity * sizeof *items);
    if (!items)
        return false;
    undo->items = items;
    undo->capacity = capacity;
    return true;
}

static void note (weir__undo_t *self, weir__item_t *item)
{
    assert (self->count < self->capacity);
    self->items [self->count++] = item;
}

void weir__queue_accept (weir__queue_t *self, weir__item_t *item)
{
    item->number = self->put++;
    self->unfinished++;
    weir__queue_insert (self, item);
    if (self->undo)
        note (self->undo, item);
}

void weir__queue_let_go (weir__queue_t *self, weir__item_t *item)
{
    if (!self->undo)
        weir__queue_free (self, item);
    else if (item->number < self->undo->was.put)
        note (self->undo, item);
}

static bool is_inside (const weir__item_t *item)
{
    return item->node.place != WEIR__NOWHERE;
}

static void go_back (weir__queue_t *self, weir__item_t *item,
                     const weir__queue_t *was)
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
    weir__queue_t *self = object->state;
    weir__undo_t *undo = self->undo;
    self->undo = NULL;
    for (size_t i = 0; i < undo->count; i++)
        if (!keeps)
            go_back (self, undo->items [i], &undo->was);
        else if (!is_inside (undo->items [i]))
            weir__queue_free (self, undo->items [i]);
    if (!keeps) {
        self->put = undo->was.put;
        self->unfinished = undo->was.unfinished;
        self->family = undo->was.family;
        self->closed = undo->was.closed;
        self->discards = undo->was.discards;
    }
    free (undo->items);
    free (undo);
}
