/*  queue.h - the state of a queue, and its items in order

    SPDX-License-Identifier: MPL-2.0
*/

#ifndef WEIR__MACHINE_KINDS_QUEUE_QUEUE_H_INCLUDED
#define WEIR__MACHINE_KINDS_QUEUE_QUEUE_H_INCLUDED

#include "codec/ops.h"
#include "machine/kind.h"
#include "machine/values/order.h"

//  The lines of a queue.
enum {
    WEIR__GETTERS, //  who waits for an item: then the queue is empty
    WEIR__PUTTERS, //  who waits for room, with the items in the arguments
    WEIR__JOINERS  //  who waits until all that was put is done
};

typedef struct weir__item weir__item_t;
typedef struct weir__undo weir__undo_t;

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
    weir__undo_t *undo; //  of the transaction that changes it; NULL: none does
} weir__queue_t;

//  queue_items.c: the items in the order in which they are given.

//  A copy of a packed value, without a number. NULL: no memory.
weir__item_t *weir__item_new (weir__slice_t value);

static inline weir__slice_t weir__item_slice (const weir__item_t *self)
{
    return (weir__slice_t){self->data, self->size};
}

//  The one that is given next; there must be one.
static inline weir__item_t *weir__queue_first (const weir__queue_t *self)
{
    return WEIR__OF (self->items.nodes [0], weir__item_t, node);
}

//  Puts an item that has a claim into its place. / Takes one out, with its claim.
//  / Frees one that was taken out.
void weir__queue_insert (weir__queue_t *self, weir__item_t *item);
void weir__queue_take_out (weir__queue_t *self, weir__item_t *item);
void weir__queue_free (weir__queue_t *self, weir__item_t *item);

//  Snapshots. Of all of them, by number: false when memory is out, or when what
//  is read is no snapshot. / Of one; NULL for the same reasons.
bool weir__queue_put_items (const weir__queue_t *self, weir__buffer_t *to);
bool weir__queue_get_items (weir__queue_t *self, weir__reader_t *from);
void weir__item_put (const weir__item_t *self, weir__buffer_t *to);
weir__item_t *weir__item_get (weir__reader_t *from);

//  queue_undo.c: items come and go, for good or until a transaction is undone.

//  Makes room for the notes of so many items that are to come or go. False: no
//  memory. / Puts a new item that has a claim in. / An item that was taken out is
//  not needed any more.
bool weir__queue_reserve_notes (weir__queue_t *self, size_t count);
void weir__queue_accept (weir__queue_t *self, weir__item_t *item);
void weir__queue_let_go (weir__queue_t *self, weir__item_t *item);

//  The hooks for transactions, see kind.h.
bool weir__queue_begin (weir__object_t *object);
void weir__queue_end (weir__object_t *object, bool keeps);

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
