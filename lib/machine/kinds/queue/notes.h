/*  notes.h - which items a transaction puts and gets

    SPDX-License-Identifier: MPL-2.0
*/

#ifndef WEIR__MACHINE_KINDS_QUEUE_NOTES_H_INCLUDED
#define WEIR__MACHINE_KINDS_QUEUE_NOTES_H_INCLUDED

#include "machine/kinds/queue/state.h"

struct weir__queue_notes {
    weir__queue_t was;    //  the queue before the transaction
    weir__item_t **items; //  each that was put or got since, once
    size_t count, capacity;
};

//  Makes room for the notes of `count` items that are to come or go; needs none
//  outside of a transaction. False: no memory.
bool weir__queue_notes_reserve (weir__queue_t *self, size_t count);

//  Notes an item, for which there is room.
void weir__queue_notes_add (weir__queue_notes_t *self, weir__item_t *item);

#endif
