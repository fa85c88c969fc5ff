/*  queue_items.c - the items of a queue, in the order in which it gives them

    A binary heap: an item comes before its two children. Every item has a
    number, so that no two are the same, and one that is put back finds the
    place that it had.

    SPDX-License-Identifier: MPL-2.0
*/

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "machine/queue.h"

enum { CAPACITY_MIN = 16 };

static bool before (const weir__items_t *self, const weir__item_t *a,
                    const weir__item_t *b)
{
    weir__order_t order = WEIR__SAME;
    if (self->order == WEIR__QUEUE_LIFO)
        return a->number > b->number;
    if (self->order == WEIR__QUEUE_PRIORITY)
        order = weir__packed_total_order (weir__item_slice (a),
                                          weir__item_slice (b));
    return order == WEIR__SAME ? a->number < b->number : order == WEIR__BEFORE;
}

weir__item_t *weir__item_new (weir__slice_t value)
{
    weir__item_t *self = malloc (sizeof *self + value.size);
    if (!self)
        return NULL;
    *self = (weir__item_t){.size = (uint32_t) value.size};
    memcpy (self->data, value.data, value.size);
    return self;
}

static bool set_capacity (weir__items_t *self, size_t capacity)
{
    weir__item_t **heap = realloc (self->heap, capacity * sizeof *heap);
    if (!heap)
        return false;
    self->heap = heap;
    self->capacity = (uint32_t) capacity;
    return true;
}

bool weir__items_reserve (weir__items_t *self, size_t more)
{
    size_t needed = (size_t) self->count + self->away + more;
    size_t capacity = self->capacity ? self->capacity : CAPACITY_MIN;
    if (needed <= self->capacity)
        return true;
    while (capacity < needed)
        capacity *= 2;
    return set_capacity (self, capacity);
}

void weir__items_push (weir__items_t *self, weir__item_t *item)
{
    assert (self->count < self->capacity);
    size_t place = self->count++;
    while (place > 0 && before (self, item, self->heap [(place - 1) / 2])) {
        self->heap [place] = self->heap [(place - 1) / 2];
        place = (place - 1) / 2;
    }
    self->heap [place] = item;
}

//  Puts an item at the root, and down from there to its place.
static void sink (weir__items_t *self, weir__item_t *item)
{
    size_t place = 0, child = 1;
    while (child < self->count) {
        if (child + 1 < self->count &&
            before (self, self->heap [child + 1], self->heap [child]))
            child++;
        if (!before (self, self->heap [child], item))
            break;
        self->heap [place] = self->heap [child];
        place = child;
        child = 2 * place + 1;
    }
    self->heap [place] = item;
}

weir__item_t *weir__items_pop (weir__items_t *self)
{
    assert (self->count > 0);
    weir__item_t *first = self->heap [0];
    weir__item_t *last = self->heap [--self->count];
    if (self->count > 0)
        sink (self, last);
    //  That memory cannot be given back does no harm.
    if (self->capacity > CAPACITY_MIN &&
        self->count + self->away < self->capacity / 4)
        (void) !set_capacity (self, self->capacity / 2);
    return first;
}

uint32_t weir__items_clear (weir__items_t *self)
{
    uint32_t count = self->count;
    for (uint32_t i = 0; i < count; i++)
        free (self->heap [i]);
    self->count = 0;
    if (self->away > 0)
        return count;
    free (self->heap);
    self->heap = NULL;
    self->capacity = 0;
    return count;
}

void weir__item_put (const weir__item_t *self, weir__buffer_t *to)
{
    weir__buffer_put_u64 (to, self->number);
    weir__buffer_put_u32 (to, self->deliveries);
    weir__buffer_put_block (to, self->data, self->size);
}

weir__item_t *weir__item_get (weir__reader_t *from)
{
    weir__slice_t value;
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
    const weir__item_t *x = *(weir__item_t *const *) a;
    const weir__item_t *y = *(weir__item_t *const *) b;
    return (x->number > y->number) - (x->number < y->number);
}

//  Not as the heap has them: that depends on how they came.
bool weir__items_put (const weir__items_t *self, weir__buffer_t *to)
{
    weir__item_t **sorted = malloc ((self->count + 1) * sizeof *sorted);
    if (!sorted)
        return false;
    if (self->count > 0)
        memcpy (sorted, self->heap, self->count * sizeof *sorted);
    qsort (sorted, self->count, sizeof *sorted, compare_numbers);
    weir__buffer_put_u32 (to, self->count);
    for (uint32_t i = 0; i < self->count; i++)
        weir__item_put (sorted [i], to);
    free (sorted);
    return true;
}

//  They come in the order of their numbers, of which no two are the same.
bool weir__items_get (weir__items_t *self, weir__reader_t *from)
{
    uint64_t last = 0;
    uint32_t count = weir__reader_u32 (from);
    for (uint32_t i = 0; i < count; i++) {
        weir__item_t *item = from->failed ? NULL : weir__item_get (from);
        if (!item || (i > 0 && item->number <= last) ||
            !weir__items_reserve (self, 1)) {
            free (item);
            return false;
        }
        last = item->number;
        weir__items_push (self, item);
    }
    return !from->failed;
}
