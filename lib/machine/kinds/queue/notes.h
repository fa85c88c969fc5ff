/*  notes.h - the items that a transaction puts and gets

    SPDX-License-Identifier: MPL-2.0
*/

#ifndef WEIR__MACHINE_KINDS_QUEUE_NOTES_H_INCLUDED
#define WEIR__MACHINE_KINDS_QUEUE_NOTES_H_INCLUDED

#include "machine/kinds/queue/state.h"

struct weir__queue_notes {
    weir__queue_state_t was; //  the queue before the transaction
    weir__item_t **items;    //  the items put or got since then, each once
    size_t count, capacity;
};

//  Reserves room for the notes of `count` items that will be put or got.
//  Without a transaction this does nothing. Returns false when out of memory.
bool weir__queue_notes_reserve (weir__queue_state_t *self, size_t count);

//  Notes an item. There must be room for it.
void weir__queue_notes_add (weir__queue_notes_t *self, weir__item_t *item);

#endif
