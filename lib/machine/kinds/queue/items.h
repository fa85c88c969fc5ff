/*  items.h - the items of a queue, in the order in which it gives them

    SPDX-License-Identifier: MPL-2.0
*/

#ifndef WEIR__MACHINE_KINDS_QUEUE_ITEMS_H_INCLUDED
#define WEIR__MACHINE_KINDS_QUEUE_ITEMS_H_INCLUDED

#include "base/buffer.h"
#include "machine/kinds/queue/state.h"

//  A copy of a packed value, without a number. NULL: no memory.
weir__item_t *weir__item_new (weir__bytes_t value);

//  The one that is given next; there must be one.
static inline weir__item_t *weir__queue_first (const weir__queue_t *self)
{
    return WEIR__OF (self->items.nodes [0], weir__item_t, node);
}

//  Puts an item that has a claim into its place.
void weir__queue_insert (weir__queue_t *self, weir__item_t *item);

//  Takes an item out, with its claim.
void weir__queue_take_out (weir__queue_t *self, weir__item_t *item);

//  Frees an item that was taken out.
void weir__queue_free (weir__queue_t *self, weir__item_t *item);

//  Puts in a new item that has a claim: for good, or until the transaction is
//  undone.
void weir__queue_accept (weir__queue_t *self, weir__item_t *item);

//  Parts with an item that was taken out.
void weir__queue_let_go (weir__queue_t *self, weir__item_t *item);

//  Writes all items, by number. False: no memory.
bool weir__queue_put_items (const weir__queue_t *self, weir__buffer_t *to);

//  Reads them. False: no memory, or the bytes are no snapshot.
bool weir__queue_get_items (weir__queue_t *self, weir__reader_t *from);

//  Writes one item.
void weir__item_put (const weir__item_t *self, weir__buffer_t *to);

//  Reads one. NULL for the same reasons.
weir__item_t *weir__item_get (weir__reader_t *from);

#endif
