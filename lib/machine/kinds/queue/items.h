/*  items.h - the items of a queue, in the order in which it gives them

    SPDX-License-Identifier: MPL-2.0
*/

#ifndef WEIR__MACHINE_KINDS_QUEUE_ITEMS_H_INCLUDED
#define WEIR__MACHINE_KINDS_QUEUE_ITEMS_H_INCLUDED

#include "base/buffer.h"
#include "machine/kinds/queue/state.h"

//  Makes an item, a copy of a packed value. Its number is 0. Returns NULL when
//  out of memory.
weir__item_t *weir__item_new (weir__bytes_t value);

//  Returns the next item. The queue must not be empty.
static inline weir__item_t *weir__queue_first (const weir__queue_state_t *self)
{
    return WEIR__OF (self->items.nodes [0], weir__item_t, node);
}

//  Inserts an item at its position. Room for it must have been reserved.
void weir__queue_insert (weir__queue_state_t *self, weir__item_t *item);

//  Takes an item out. Its room stays reserved.
void weir__queue_take_out (weir__queue_state_t *self, weir__item_t *item);

//  Frees an item that was taken out, and releases its room.
void weir__queue_free (weir__queue_state_t *self, weir__item_t *item);

//  Inserts a new item, for which room must have been reserved, and gives it a
//  number. If the transaction is undone, the item goes again.
void weir__queue_accept (weir__queue_state_t *self, weir__item_t *item);

//  Frees an item that was taken out. During a transaction the item is kept
//  until the transaction ends.
void weir__queue_let_go (weir__queue_state_t *self, weir__item_t *item);

//  Writes all items to a snapshot, in the order of their numbers. Returns false
//  when out of memory.
bool weir__queue_save_items (const weir__queue_state_t *self,
                             weir__buffer_t *to);

//  Reads the items of a snapshot. Returns false when the bytes are not a
//  snapshot or memory is out.
bool weir__queue_load_items (weir__queue_state_t *self, weir__reader_t *from);

//  Writes one item to a snapshot.
void weir__item_save (const weir__item_t *self, weir__buffer_t *to);

//  Reads one item. Returns NULL when the bytes are not a snapshot or memory is
//  out.
weir__item_t *weir__item_load (weir__reader_t *from);

#endif
