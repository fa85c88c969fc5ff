/*  items.c - the items of a queue, in the order in which it gives them

    The items are in a heap. Each item has a number of its own, so no two items
    compare as equal, and an item that comes back gets its old position.

    SPDX-License-Identifier: MPL-2.0
*/

#include "machine/kinds/queue/items.h"

#include <stdlib.h>
#include <string.h>

#include "codec/packed.h"
#include "machine/kinds/queue/notes.h"

static const weir__item_t *item_of (const weir__node_t *node)
{
    return WEIR__OF (node, const weir__item_t, node);
}

static bool is_older (const weir__node_t *a, const weir__node_t *b)
{
    return item_of (a)->number < item_of (b)->number;
}

static bool is_newer (const weir__node_t *a, const weir__node_t *b)
{
    return item_of (a)->number > item_of (b)->number;
}

static bool is_smaller (const weir__node_t *a, const weir__node_t *b)
{
    weir__order_t order = weir__packed_total_order (
        weir__item_slice (item_of (a)), weir__item_slice (item_of (b)));
    return order == WEIR__SAME ? is_older (a, b) : order == WEIR__BEFORE;
}

static weir__before_fn *const orders [] = {
    [WEIR__QUEUE_FIFO] = is_older,
    [WEIR__QUEUE_LIFO] = is_newer,
    [WEIR__QUEUE_PRIORITY] = is_smaller,
};

weir__item_t *weir__item_new (weir__bytes_t value)
{
    weir__item_t *self = malloc (offsetof (weir__item_t, data) + value.size);
    if (!self)
        return NULL;
    self->number = 0;
    self->next = NULL;
    self->deliveries = 0;
    self->size = (uint32_t) value.size;
    self->node.place = WEIR__NOWHERE;
    memcpy (self->data, value.data, value.size);
    return self;
}

void weir__queue_insert (weir__queue_state_t *self, weir__item_t *item)
{
    weir__heap_push (&self->items, &item->node, orders [self->order]);
}

void weir__queue_take_out (weir__queue_state_t *self, weir__item_t *item)
{
    weir__heap_remove (&self->items, &item->node, orders [self->order]);
}

void weir__queue_free (weir__queue_state_t *self, weir__item_t *item)
{
    weir__heap_disclaim (&self->items, 1);
    free (item);
}

void weir__queue_accept (weir__queue_state_t *self, weir__item_t *item)
{
    item->number = self->put++;
    self->unfinished++;
    weir__queue_insert (self, item);
    if (self->notes)
        weir__queue_notes_add (self->notes, item);
}

void weir__queue_let_go (weir__queue_state_t *self, weir__item_t *item)
{
    if (!self->notes)
        weir__queue_free (self, item);
    else if (item->number < self->notes->was.put)
        weir__queue_notes_add (self->notes, item);
}

void weir__item_save (const weir__item_t *self, weir__buffer_t *to)
{
    weir__buffer_put_u64 (to, self->number);
    weir__buffer_put_u32 (to, self->deliveries);
    weir__buffer_put_block (to, self->data, self->size);
}

weir__item_t *weir__item_load (weir__reader_t *from)
{
    weir__bytes_t value;
    size_t used;
    uint64_t number = weir__reader_u64 (from);
    uint32_t deliveries = weir__reader_u32 (from);
    value.data = weir__reader_block (from, &value.size);
    if (!value.data ||
        weir__packed_check (value.data, value.size, &used) != 0 ||
        used != value.size)
        return NULL;
    weir__item_t *item = weir__item_new (value);
    if (!item)
        return NULL;
    item->number = number;
    item->deliveries = deliveries;
    return item;
}

static int compare_numbers (const void *a, const void *b)
{
    weir__node_t *const *x = a, *const *y = b;
    return is_older (*y, *x) - is_older (*x, *y);
}

//  Sorts the items, because the order of the nodes in the heap depends on the
//  order of the operations.
bool weir__queue_save_items (const weir__queue_state_t *self,
                             weir__buffer_t *to)
{
    size_t count = self->items.count;
    weir__node_t **sorted = malloc ((count + 1) * sizeof *sorted);
    if (!sorted)
        return false;
    if (count > 0)
        memcpy (sorted, self->items.nodes, count * sizeof *sorted);
    qsort (sorted, count, sizeof *sorted, compare_numbers);
    weir__buffer_put_u32 (to, (uint32_t) count);
    for (size_t i = 0; i < count; i++)
        weir__item_save (item_of (sorted [i]), to);
    free (sorted);
    return true;
}

//  The items of a snapshot are in the order of their numbers, and no two have
//  the same number.
bool weir__queue_load_items (weir__queue_state_t *self, weir__reader_t *from)
{
    uint64_t last = 0;
    uint32_t count = weir__reader_u32 (from);
    for (uint32_t i = 0; i < count; i++) {
        weir__item_t *item = from->failed ? NULL : weir__item_load (from);
        if (!item || item->number >= self->put ||
            (i > 0 && item->number <= last) ||
            !weir__heap_claim (&self->items, 1)) {
            free (item);
            return false;
        }
        last = item->number;
        weir__queue_insert (self, item);
    }
    return !from->failed;
}
