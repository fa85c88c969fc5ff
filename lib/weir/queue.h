/*  queue.h - a queue of values, between many producers and consumers

    Each item goes to one consumer: the one that was put first, or last, or the
    smallest, as the queue was made. A queue with a maxsize is bounded: put waits
    while it is full. All operations are linearizable, and size, empty and full
    are exact (as of their moment). Who has waited longest goes first. When a
    process dies, or a thread ends, what it has put stays; an item that it had
    got goes with it, but one that it had leased comes back; its waits vanish.

    Values may be plain C values: weir_queue_put (queue, "hello", -1).

    Errors that every function has, besides those listed: EINVAL (a NULL handle
    or a bad argument), ENOENT (it was dropped), EOWNERDEAD (its owner has
    ended; if during the call, whether it was done is unknown), ECONNREFUSED
    (its owner runs, but its socket takes no connections; whether it was done is
    unknown), EINTR (a signal came while it waited; nothing was done), EMSGSIZE
    (a value over 64 MiB), EMFILE or ENOBUFS (no descriptor here, or no room at
    the owner, for this thread's connection), EACCES (the owner does not serve
    this process), EPROTO (it has thrown this process out), ENOMEM. On failure
    nothing has changed and no output is written. Values in `ret_` are owned by
    the caller (weir_value_clear).

    Any thread, also at the same time on one handle; but destroy must be last.
    Handles stay valid in forked children.

    SPDX-License-Identifier: MPL-2.0
*/

#ifndef WEIR_QUEUE_H_INCLUDED
#define WEIR_QUEUE_H_INCLUDED

#include "object.h"

WEIR_BEGIN_C

//  An item that was got for a time.
typedef struct weir_lease {
    weir_value_t value; //  owned by the caller: weir_value_clear
    int64_t id;         //  for ack, nack and extend; never given twice
    int64_t deliveries; //  how often the item was leased; 1: the first time
} weir_lease_t;

//  Makes a queue / opens the one with that name / opens the one that a reference
//  stands for. name: up to 255 bytes; NULL: none, see object.h. maxsize: how many
//  items it holds, up to 2^31 - 1; 0 or less: as many as fit in memory.
//  new: first in, first out. new_lifo: last in, first out. new_priority: the
//  smallest first, and of equal ones the one that was put first.
//
//  The items that are in a priority queue, or leased from it, are all numbers,
//  all strings, all bytes, or all lists. Lists such as [priority, job] are
//  compared item by item, as in Python. Where two of them come to what Python
//  does not compare there is an order all the same, so that it does not
//  depend on the jobs whether they can be put: nil, numbers, strings, bytes,
//  lists, maps, references; all maps are equal, and so are all references.
//
//  NULL with EEXIST (new: the name is taken), ENOENT (there is none), EINVAL
//  (it is no queue, or a bad argument), or as every function. Since 0.1.
WEIR_EXPORT WEIR_CHECK weir_queue_t *weir_queue_new (weir_owner_t *owner,
                                                     const char *name,
                                                     int64_t maxsize);
WEIR_EXPORT WEIR_CHECK weir_queue_t *weir_queue_new_lifo (weir_owner_t *owner,
                                                          const char *name,
                                                          int64_t maxsize);
WEIR_EXPORT WEIR_CHECK weir_queue_t *weir_queue_new_priority (
    weir_owner_t *owner, const char *name, int64_t maxsize);
WEIR_EXPORT WEIR_CHECK weir_queue_t *weir_queue_open (weir_owner_t *owner,
                                                      const char *name);
WEIR_EXPORT WEIR_CHECK weir_queue_t *weir_queue_from (weir_value_t reference);

//  Frees the handle; see object.h for what becomes of the queue. Accepts NULL and
//  a NULL pointer. Since 0.1.
WEIR_EXPORT void weir_queue_destroy (weir_queue_t **self_p);

//  Adds an item; waits while the queue is full. Returns 0, or -1 with EAGAIN
//  (timeout 0: it is full, or others wait for room), ETIMEDOUT, ECANCELED (it is
//  closed), EINVAL (it is nested over 31 deep, or cannot be in this priority
//  queue). Since 0.1.
WEIR_EXPORT int weir_queue_put (weir_queue_t *self, weir_value_t value,
                                int timeout_ms);

//  Takes the next item; waits while the queue is empty. Returns 0, or -1 with
//  EAGAIN (timeout 0: it is empty), ETIMEDOUT, ECANCELED (it is closed and
//  empty). Since 0.1.
WEIR_EXPORT WEIR_CHECK int weir_queue_get (weir_queue_t *self,
                                           weir_value_t *ret_value,
                                           int timeout_ms);

//  Adds all items of a list, in their order, with no other ones between them;
//  waits until there is room for all. So all of them are in it, or, on failure,
//  none. Who waits for much room holds up those who come later and need less.
//  Returns 0, or -1 as put, or with EMSGSIZE (more than the queue holds when it
//  is empty), EINVAL (it is no list). Since 0.1.
WEIR_EXPORT int weir_queue_put_many (weir_queue_t *self, weir_value_t items,
                                     int timeout_ms);

//  Takes up to `count` items at once, as a list, in the order in which get would
//  give them; waits until there is one, and not for more. It takes fewer than
//  there are when they are over 64 MiB together. Returns 0, or -1 as get, or with
//  EINVAL (count is below 1). Since 0.1.
WEIR_EXPORT WEIR_CHECK int weir_queue_get_many (weir_queue_t *self,
                                                int64_t count,
                                                weir_value_t *ret_items,
                                                int timeout_ms);

//  Says that one item / `count` items that were got are done. Anybody may say
//  so. Returns 0, or -1 with EINVAL: fewer than that are not done, or count is
//  below 1. Since 0.1.
WEIR_EXPORT int weir_queue_task_done (weir_queue_t *self);
WEIR_EXPORT int weir_queue_task_done_many (weir_queue_t *self, int64_t count);

//  Waits until all items that were ever put are done, or were thrown away by
//  close_now. Returns 0, or -1 with EAGAIN (timeout 0: some are not done),
//  ETIMEDOUT, EDEADLK (only without a timeout: this thread has leased one of
//  them, and would wait for itself, or for threads that wait for it). Since 0.1.
WEIR_EXPORT WEIR_CHECK int weir_queue_join (weir_queue_t *self, int timeout_ms);

//  Leases: get_lease is a get after which the item comes back, unless it is
//  acknowledged: when nack gives it back, when the lease runs out, and when the
//  thread or the process that leased it ends or is killed. It comes back to its
//  place, so before all that was put after it into a first in, first out queue,
//  also when that is more than maxsize; the next one who leases it sees how often
//  that was done before. The time is measured by the owner, from when it gives
//  the item.
//
//  lease_ms: 1 or more; -1: no limit but the life of the thread.
//  Returns 0, or -1 as get, or with EINVAL (lease_ms is neither). Of a queue that
//  is closed and empty it fails, as get does, only when nobody else has leased
//  something that may still come back. Since 0.1.
WEIR_EXPORT WEIR_CHECK int weir_queue_get_lease (weir_queue_t *self,
                                                 int lease_ms,
                                                 weir_lease_t *ret_lease,
                                                 int timeout_ms);

//  Ends a lease. ack: the item is done, as by task_done. nack: it goes back at
//  once. extend: the lease ends lease_ms (1 or more) from now. Any thread may do
//  it that knows the id. Returns 0, or -1 with ESTALE (the lease has ended:
//  somebody else may have the item now, so take back what you did, or leave it
//  if it may be done twice), EINVAL (it never was; extend: it has no limit, or
//  lease_ms is below 1). Since 0.1.
WEIR_EXPORT WEIR_CHECK int weir_queue_ack (weir_queue_t *self,
                                           int64_t lease_id);
WEIR_EXPORT int weir_queue_nack (weir_queue_t *self, int64_t lease_id);
WEIR_EXPORT WEIR_CHECK int weir_queue_extend (weir_queue_t *self,
                                              int64_t lease_id, int lease_ms);

//  How many items are in it, without those that are leased; -1 on failure.
//  Since 0.1.
WEIR_EXPORT int64_t weir_queue_size (weir_queue_t *self);

//  1 when it is empty / full, 0 when it is not, -1 on failure. Since 0.1.
WEIR_EXPORT WEIR_CHECK int weir_queue_empty (weir_queue_t *self);
WEIR_EXPORT WEIR_CHECK int weir_queue_full (weir_queue_t *self);

//  Closes it for everybody: put fails from now on, also where it waits; get
//  goes on until the queue is empty and nothing can come back to it that others
//  have leased, and fails then. Closing twice is no error. Since 0.1.
WEIR_EXPORT int weir_queue_close (weir_queue_t *self);

//  The same, and throws away what is in it, and what comes back later. Who has
//  leased something can still acknowledge it. Returns how many items were in it;
//  -1 on failure. Since 0.1.
WEIR_EXPORT int64_t weir_queue_close_now (weir_queue_t *self);

WEIR_END_C

#define weir_queue_put(self, value, timeout_ms) \
    (weir_queue_put) (self, weir_value (value), timeout_ms)

#endif
