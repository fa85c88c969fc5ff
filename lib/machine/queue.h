/*  queue.h - the state of a queue, and its items in order

    SPDX-License-Identifier: MPL-2.0
*/

#ifndef WEIR__MACHINE_QUEUE_H_INCLUDED
#define WEIR__MACHINE_QUEUE_H_INCLUDED

#include "codec/ops.h"
#include "machine/kind.h"
#include "machine/order.h"

//  The lines of a queue.
enum {
    WEIR__GETTERS, //  who waits for an item: then the queue is empty
    WEIR__PUTTERS, //  who waits for room, with the items in the arguments
    WEIR__JOINERS  //  who waits until all that was put is done
};

typedef struct weir__item weir__item_t;

struct weir__item {
    uint64_t number;     //  how many were put before it
    weir__item_t *next;  //  outside of the heap, where several go together
    uint32_t deliveries; //  how often it was leased
    uint32_t size;
    uint8_t data []; //  packed
};

//  queue_items.c: a heap of items, with the one that is given next at its root.
typedef struct weir__items {
    weir__item_t **heap;
    uint32_t count;
    uint32_t away; //  taken out, and may come back: they have a place
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

//  Frees all of them, and gives the number.
uint32_t weir__items_clear (weir__items_t *self);

//  Snapshots. Of all of them, by number: false when memory is out, or when what
//  is read is no snapshot. / Of one; NULL for the same reasons.
bool weir__items_put (const weir__items_t *self, weir__buffer_t *to);
bool weir__items_get (weir__items_t *self, weir__reader_t *from);
void weir__item_put (const weir__item_t *self, weir__buffer_t *to);
weir__item_t *weir__item_get (weir__reader_t *from);

//  An item that was got, and comes back unless it is acknowledged.
typedef struct weir__lease {
    uint64_t id; //  counted by the queue, from 1
    weir__item_t *item;
    weir__hold_t *hold; //  its link's; the token is the id
    UT_hash_handle hh;  //  in the queue, by id
} weir__lease_t;

typedef struct weir__queue {
    weir__items_t items;
    weir__lease_t *leases; //  in the order of their ids
    uint64_t leased;       //  how many leases ever were
    uint64_t put;          //  how many items ever were
    uint64_t unfinished;   //  how many of them are not done
    uint32_t maxsize;      //  0: without a bound but WEIR__ITEMS_MAX
    weir__family_t family; //  of the items that a priority queue had last
    bool closed;
    bool discards; //  it was closed at once: what comes back is thrown away
} weir__queue_t;

//  queue_flow.c: the operations by which items come and go.

void weir__queue_put (weir__object_t *object, weir__call_t *call);
void weir__queue_get (weir__object_t *object, weir__call_t *call);
void weir__queue_get_many (weir__object_t *object, weir__call_t *call);

//  Whether such a call of somebody who has leased nothing would not wait.
bool weir__queue_ready (const weir__object_t *object, weir__ready_t what);

//  The hook of that name, see kind.h.
void weir__queue_settle (weir__object_t *object);

//  queue_tasks.c: what becomes of items that were got.

void weir__queue_task_done (weir__object_t *object, weir__call_t *call);
void weir__queue_join (weir__object_t *object, weir__call_t *call);

//  So many are done, or never will be.
void weir__queue_finish (weir__queue_t *self, uint64_t count);

//  queue_lease.c: items that come back unless they are acknowledged.

void weir__queue_get_lease (weir__object_t *object, weir__call_t *call);
void weir__queue_ack (weir__object_t *object, weir__call_t *call);
void weir__queue_nack (weir__object_t *object, weir__call_t *call);
void weir__queue_extend (weir__object_t *object, weir__call_t *call);

//  Answers the call with a lease of the item that is next.
void weir__queue_lease (weir__object_t *object, weir__call_t *call);

//  The hooks for holds, see kind.h.
void weir__queue_holder_gone (weir__object_t *object, const weir__hold_t *hold,
                              weir__leave_t leave);
bool weir__queue_held (weir__object_t *object, const weir__hold_t *hold);

//  Snapshots, but for the holds. / Frees all leases and their items.
void weir__queue_put_leases (const weir__queue_t *self, weir__buffer_t *to);
bool weir__queue_get_leases (weir__queue_t *self, weir__reader_t *from);
void weir__queue_free_leases (weir__queue_t *self);

#endif
