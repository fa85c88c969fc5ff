/*  heap.c - a binary heap whose nodes know their index

    SPDX-License-Identifier: MPL-2.0
*/

#include "machine/core/heap.h"

#include <assert.h>
#include <stdlib.h>

enum { CAPACITY_MIN = 16 };

static bool set_capacity (weir__heap_t *self, size_t capacity)
{
    weir__node_t **nodes = realloc (self->nodes, capacity * sizeof *nodes);
    if (!nodes)
        return false;
    self->nodes = nodes;
    self->capacity = capacity;
    return true;
}

bool weir__heap_claim (weir__heap_t *self, size_t count)
{
    size_t capacity = self->capacity ? self->capacity : CAPACITY_MIN;
    if (count > WEIR__NOWHERE - self->claims)
        return false;
    while (capacity < self->claims + count)
        capacity *= 2;
    if (capacity != self->capacity && !set_capacity (self, capacity))
        return false;
    self->claims += count;
    return true;
}

void weir__heap_disclaim (weir__heap_t *self, size_t count)
{
    assert (count <= self->claims - self->count);
    self->claims -= count;
    size_t capacity = self->capacity;
    while (capacity > CAPACITY_MIN && self->claims < capacity / 4)
        capacity /= 2;
    //  Shrinking may fail: the heap then keeps its larger array.
    if (capacity != self->capacity)
        (void) !set_capacity (self, capacity);
}

static void put_node (weir__heap_t *self, size_t place, weir__node_t *node)
{
    self->nodes [place] = node;
    node->place = (uint32_t) place;
}

//  Puts a node at the index, or moves it up to where it belongs.
static void rise (weir__heap_t *self, size_t place, weir__node_t *node,
                  weir__before_fn *before)
{
    while (place > 0 && before (node, self->nodes [(place - 1) / 2])) {
        put_node (self, place, self->nodes [(place - 1) / 2]);
        place = (place - 1) / 2;
    }
    put_node (self, place, node);
}

//  Puts a node at the index, or moves it down to where it belongs.
static void sink (weir__heap_t *self, size_t place, weir__node_t *node,
                  weir__before_fn *before)
{
    size_t child;
    while ((child = 2 * place + 1) < self->count) {
        if (child + 1 < self->count &&
            before (self->nodes [child + 1], self->nodes [child]))
            child++;
        if (before (node, self->nodes [child]))
            break;
        put_node (self, place, self->nodes [child]);
        place = child;
    }
    put_node (self, place, node);
}

void weir__heap_push (weir__heap_t *self, weir__node_t *node,
                      weir__before_fn *before)
{
    assert (self->count < self->claims);
    rise (self, self->count++, node, before);
}

void weir__heap_remove (weir__heap_t *self, weir__node_t *node,
                        weir__before_fn *before)
{
    size_t place = node->place;
    assert (place < self->count && self->nodes [place] == node);
    weir__node_t *last = self->nodes [--self->count];
    node->place = WEIR__NOWHERE;
    if (last == node)
        return;
    if (place > 0 && before (last, self->nodes [(place - 1) / 2]))
        rise (self, place, last, before);
    else
        sink (self, place, last, before);
}
