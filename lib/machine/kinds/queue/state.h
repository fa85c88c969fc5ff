/*  state.h - the state of a queue

    SPDX-License-Identifier: MPL-2.0
*/

#ifndef WEIR__MACHINE_KINDS_QUEUE_STATE_H_INCLUDED
#define WEIR__MACHINE_KINDS_QUEUE_STATE_H_INCLUDED

#include "base/hash.h"
#include "codec/ops.h"
#include "codec/order.h"
#include "machine/core/heap.h"
#include "machine/core/types.h"

//  The lines of a queue.
enum {
    WEIR__GETTERS, //  who waits for an item: then the queue is empty
    WEIR__PUTTERS, //  who waits for room, with the items in the arguments
    WEIR__JOINERS  //  who waits until all that was put is done
};

typedef struct weir__item weir__item_t;
typedef struct weir__queue_notes weir__queue_notes_t;

struct weir__item {
    uint64_t number;     //  how many were put before it
    weir__item_t *next;  //  outside of the queue, where several go together
    uint32_t deliveries; //  how often it was leased
    uint32_t size;
    weir__node_t node;
    uint8_t data []; //  packed
};

enum { WEIR__ITEMS_MAX = 0x7fffffff };

//  An item that was got, and comes back unless it is acknowledged.
typedef struct weir__lease {
    uint64_t id; //  counted by the queue, from 1
    weir__item_t *item;
    weir__hold_t *hold; //  its link's; the token is the id
    UT_hash_handle hh;  //  in the queue, by id
} weir__lease_t;

typedef struct weir__queue {
    weir__heap_t items; //  whoever has an item outside has its claim, too
    weir__queue_order_t order;
    weir__lease_t *leases; //  in the order of their ids
    uint64_t leased;       //  how many leases ever were
    uint64_t put;          //  how many items ever were
    uint64_t unfinished;   //  how many of them are not done
    uint32_t maxsize;      //  0: without a bound but WEIR__ITEMS_MAX
    weir__family_t family; //  of the items that a priority queue had last
    bool closed;
    bool discards; //  it was closed at once: what comes back is thrown away
    weir__queue_notes_t
        *notes; //  of the transaction that changes it; NULL: none does
} weir__queue_t;

static inline weir__bytes_t weir__item_slice (const weir__item_t *self)
{
    return (weir__bytes_t){self->data, self->size};
}

#endif
