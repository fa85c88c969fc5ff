/*  queue.h - the state of a queue, and its items in order

    SPDX-License-Identifier: MPL-2.0
*/

#ifndef WEIR__MACHINE_QUEUE_H_INCLUDED
#define WEIR__MACHINE_QUEUE_H_INCLUDED

#include "codec/ops.h"
#include "machine/order.h"

typedef struct weir__item weir__item_t;

struct weir__item {
    uint64_t number;    //  how many were put before it
    weir__item_t *next; //  outside of the heap, where several go together
    uint32_t size;
    uint8_t data []; //  packed
};

//  queue_items.c: a heap of items, with the one that is given next at its root.
typedef struct weir__items {
    weir__item_t **heap;
    uint32_t count;
    uint32_t capacity;
    weir__queue_order_t order;
} weir__items_t;

enum { WEIR__ITEMS_MAX = 0x7fffffff };

//  A copy of a packed value, without a number. NULL: no memory.
weir__item_t *weir__item_new (weir__slice_t value);

static inline weir__slice_t weir__item_slice (const weir__item_t *self)
{
    return (weir__slice_t){self->data, self->size};
}

//  Makes room for so many more. False: no memory.
bool weir__items_reserve (weir__items_t *self, size_t more);

//  Puts an item into its place, which must be reserved. / Takes out the one
//  that is next; there must be one. Neither can fail.
void weir__items_push (weir__items_t *self, weir__item_t *item);
weir__item_t *weir__items_pop (weir__items_t *self);

//  Frees all of them.
void weir__items_clear (weir__items_t *self);

//  All of them, by number. False: no memory, or what is read is no snapshot.
bool weir__items_put (const weir__items_t *self, weir__buffer_t *to);
bool weir__items_get (weir__items_t *self, weir__reader_t *from);

#endif
