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
    WEIR__GETTERS, //  requests that wait for an item of the empty queue
    WEIR__PUTTERS, //  requests that wait for room for their items
    WEIR__JOINERS  //  requests that wait until all items are done
};

typedef struct weir__item weir__item_t;
typedef struct weir__queue_notes weir__queue_notes_t;

struct weir__item {
    uint64_t number;     //  the number of items that were put before it
    weir__item_t *next;  //  in a chain of items outside of the queue
    uint32_t deliveries; //  how many times it was leased
    uint32_t size;
    weir__node_t node;
    uint8_t data []; //  the packed value
};

enum { WEIR__ITEMS_MAX = 0x7fffffff };

//  An item that comes back unless it is acknowledged.
typedef struct weir__lease {
    uint64_t id; //  counted by the queue, from 1
    weir__item_t *item;
    weir__hold_t *hold; //  of the link; its token is the id
    UT_hash_handle hh;  //  in the queue, by id
} weir__lease_t;

typedef struct weir__queue_state {
    weir__heap_t items; //  an item outside keeps its room in the heap
    weir__queue_order_t order;
    weir__lease_t *leases; //  in the order of their ids
    uint64_t leased;       //  the number of leases until now
    uint64_t put;          //  the number of items put until now
    uint64_t unfinished;   //  the number of these items that are not done
    uint32_t maxsize;      //  0: no bound except WEIR__ITEMS_MAX
    weir__family_t family; //  of the last item put into a priority queue
    bool closed;
    bool discards; //  closed at once: items that come back are freed
    weir__queue_notes_t
        *notes; //  of the transaction that changes it; NULL: none does
} weir__queue_state_t;

static inline weir__bytes_t weir__item_slice (const weir__item_t *self)
{
    return (weir__bytes_t){self->data, self->size};
}

#endif
