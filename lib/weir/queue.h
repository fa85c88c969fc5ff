/*  queue.h - a queue of values between many producers and consumers

    Each item goes to one consumer. The queue gives the first item, the last
    one, or the smallest, as it was made. A queue with a maxsize is bounded: a
    put waits while it is full. Waiters are served in the order in which they
    began to wait. weir_queue_size, _empty and _full are exact, as of one
    moment.

    When a process dies or a thread ends, the items that it has put remain, an
    item that it had got is lost with it, an item that it had leased comes back,
    and its waits are cancelled.

    Values may be plain C values: weir_queue_put (queue, "hello", -1).

    Leases. An item that was got by weir_queue_get_lease comes back to the queue
    unless it is acknowledged (weir_queue_ack): when weir_queue_nack returns it,
    when the lease expires, and when the thread or the process that leased it
    ends or is killed. It comes back to its old position: in a first in, first
    out queue it precedes all items that were put after it. It comes back also
    when the queue holds maxsize items.

    Names, handles, blocking and the errors of every operation: see object.h.

    Since 0.1.0.

    SPDX-License-Identifier: MPL-2.0
*/

#ifndef WEIR_QUEUE_H_INCLUDED
#define WEIR_QUEUE_H_INCLUDED

#include "object.h"

WEIR_BEGIN_C

//  A leased item.
typedef struct weir_lease {
    weir_value_t value; //  owned by the caller: weir_value_clear
    int64_t id;         //  for ack, nack and extend; the queue never reuses it
    int64_t deliveries; //  how often the item was leased, 1 the first time
} weir_lease_t;

//  Makes a queue that gives the item that was put first.
//  name: NULL for none.
//  maxsize: how many items the queue holds, up to 2^31 - 1; 0 or less for as
//  many as fit in memory. EINVAL when it is larger.
WEIR_EXPORT WEIR_CHECK weir_queue_t *weir_queue_new (weir_owner_t *owner,
                                                     const char *name,
                                                     int64_t maxsize);

//  Makes a queue that gives the item that was put last. Otherwise as
//  weir_queue_new.
WEIR_EXPORT WEIR_CHECK weir_queue_t *weir_queue_new_lifo (weir_owner_t *owner,
                                                          const char *name,
                                                          int64_t maxsize);

//  Makes a queue that gives the smallest item, and of equal items the one that
//  was put first. Otherwise as weir_queue_new.
//  All items that are in the queue or leased from it are numbers, or strings,
//  or bytes, or lists. Lists such as [priority, job] are compared item by item,
//  as in Python. Where Python could not compare two inner items, they still
//  have an order, so that a put does not depend on the jobs in the queue: nil,
//  numbers, strings, bytes, lists, maps, references. All maps are equal, and so
//  are all references.
WEIR_EXPORT WEIR_CHECK weir_queue_t *weir_queue_new_priority (
    weir_owner_t *owner, const char *name, int64_t maxsize);

//  Opens the queue with that name.
WEIR_EXPORT WEIR_CHECK weir_queue_t *weir_queue_open (weir_owner_t *owner,
                                                      const char *name);

//  Opens the queue that a reference refers to.
WEIR_EXPORT WEIR_CHECK weir_queue_t *weir_queue_from (weir_value_t reference);

//  Frees the handle and sets *self_p to NULL. The queue itself remains.
WEIR_EXPORT void weir_queue_destroy (weir_queue_t **self_p);

//  Puts an item. Waits up to `timeout_ms` while the queue is full.
//  Fails with EAGAIN (timeout 0: the queue is full, or other threads wait to
//  put), ETIMEDOUT, ECANCELED (the queue is closed) or EINVAL (the item is
//  nested over 31 levels deep, or cannot be compared with the items of this
//  priority queue).
WEIR_EXPORT int weir_queue_put (weir_queue_t *self, weir_value_t value,
                                int timeout_ms);

//  Gets the next item and removes it. Waits up to `timeout_ms` while the queue
//  is empty.
//  Fails with EAGAIN (timeout 0: the queue is empty), ETIMEDOUT or ECANCELED
//  (the queue is closed and empty, and no other thread has leased an item that
//  can come back).
WEIR_EXPORT WEIR_CHECK int weir_queue_get (weir_queue_t *self,
                                           weir_value_t *ret_value,
                                           int timeout_ms);

//  Puts all items of a list, in their order and next to each other, in one
//  step: all or none. Waits up to `timeout_ms` until there is room for all. A
//  waiter that needs much room holds up later ones that need less.
//  Fails as weir_queue_put, and with EMSGSIZE (the list has more items than
//  maxsize) or EINVAL (`items` is not a list).
WEIR_EXPORT int weir_queue_put_many (weir_queue_t *self, weir_value_t items,
                                     int timeout_ms);

//  Gets up to `count` items, 1 or more, in the order of weir_queue_get, and
//  removes them. Waits up to `timeout_ms` until there is one item, and not for
//  more.
//  ret_items: a list of the items. It has fewer than are there when they are
//  over 64 MiB together.
//  Fails as weir_queue_get, and with EINVAL when count is below 1.
WEIR_EXPORT WEIR_CHECK int weir_queue_get_many (weir_queue_t *self,
                                                int64_t count,
                                                weir_value_t *ret_items,
                                                int timeout_ms);

//  Marks one item that was got as done. Any thread may call it. Fails with
//  EINVAL when all items that were put are done.
WEIR_EXPORT int weir_queue_task_done (weir_queue_t *self);

//  Marks `count` items that were got as done, 1 or more. Any thread may call
//  it. Fails with EINVAL when fewer items are not done, or count is below 1.
WEIR_EXPORT int weir_queue_task_done_many (weir_queue_t *self, int64_t count);

//  Waits up to `timeout_ms` until all items that were ever put are done, or
//  were discarded by weir_queue_close_now.
//  Fails with EAGAIN (timeout 0: an item is not done), ETIMEDOUT or EDEADLK
//  (only with timeout -1: this thread has leased one of the items, or the wait
//  would close a circle of waiting threads).
WEIR_EXPORT WEIR_CHECK int weir_queue_join (weir_queue_t *self, int timeout_ms);

//  Leases the next item: gets it and removes it, until the lease ends. Waits
//  and fails as weir_queue_get.
//  lease_ms: the length of the lease in milliseconds, 1 or more, measured by
//  the owner from the moment it gives the item; -1 for no limit but the life of
//  the thread. EINVAL for another number.
//  ret_lease: the item, whose value is owned by the caller (weir_value_clear),
//  and its lease.
WEIR_EXPORT WEIR_CHECK int weir_queue_get_lease (weir_queue_t *self,
                                                 int lease_ms,
                                                 weir_lease_t *ret_lease,
                                                 int timeout_ms);

//  Ends a lease: the item is done, which also counts as weir_queue_task_done.
//  Any thread that knows the id may call it.
//  Fails with ESTALE (the lease has ended, and another thread may have the
//  item: undo the work, unless it may be done twice) or EINVAL (there never was
//  such a lease).
WEIR_EXPORT WEIR_CHECK int weir_queue_ack (weir_queue_t *self,
                                           int64_t lease_id);

//  Ends a lease: the item comes back to the queue at once. Any thread that
//  knows the id may call it. Fails as weir_queue_ack.
WEIR_EXPORT int weir_queue_nack (weir_queue_t *self, int64_t lease_id);

//  Makes a lease end `lease_ms` milliseconds from now, 1 or more. Any thread
//  that knows the id may call it.
//  Fails as weir_queue_ack, and with EINVAL when the lease has no limit or
//  lease_ms is below 1.
WEIR_EXPORT WEIR_CHECK int weir_queue_extend (weir_queue_t *self,
                                              int64_t lease_id, int lease_ms);

//  Returns the number of items in the queue, without leased ones, or -1 on
//  failure.
WEIR_EXPORT int64_t weir_queue_size (weir_queue_t *self);

//  Returns 1 when the queue is empty, 0 when it is not, -1 on failure.
WEIR_EXPORT WEIR_CHECK int weir_queue_empty (weir_queue_t *self);

//  Returns 1 when the queue has maxsize items or more, 0 when it has not, or
//  has no maxsize; -1 on failure.
WEIR_EXPORT WEIR_CHECK int weir_queue_full (weir_queue_t *self);

//  Closes the queue for all processes. Puts fail from now on, also those that
//  wait. Gets succeed until the queue is empty and no other thread has leased
//  an item that can come back; then they fail. Closing it again changes
//  nothing.
WEIR_EXPORT int weir_queue_close (weir_queue_t *self);

//  Closes the queue, discards its items, and discards leased items that come
//  back later. A leased item can still be acknowledged.
//  Returns the number of items that were in the queue, or -1 on failure.
WEIR_EXPORT int64_t weir_queue_close_now (weir_queue_t *self);

WEIR_END_C

#define weir_queue_put(self, value, timeout_ms) \
    (weir_queue_put) (self, weir_value (value), timeout_ms)

#endif
