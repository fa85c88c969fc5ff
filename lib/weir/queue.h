/*  queue.h - a queue of values, between many producers and consumers

    Each item goes to one consumer: the one that was put first, or last, or the
    smallest, as the queue was made. A queue with a maxsize is bounded: put waits
    while it is full. All operations are linearizable,
    and size, empty and full are exact (as of their moment). When a process
    dies, what it has put stays; an item that it had got goes with it; its
    waits vanish.

    Values may be plain C values: weir_queue_put (queue, "hello", -1).

    Errors that every function has, besides those listed: EINVAL (a NULL handle
    or a bad argument), ENOENT (it was dropped), EOWNERDEAD (its owner has
    ended; if during the call, whether it was done is unknown), EINTR (a signal
    came while it waited; nothing was done), EMSGSIZE (a value over 64 MiB),
    EMFILE or ENOBUFS (no descriptor here, or no room at the owner, for this
    thread's connection), EACCES (the owner does not serve this process), EPROTO
    (it has thrown this process out), ENOMEM. On failure nothing has changed and
    no output is written. Values in `ret_` are owned by the caller
    (weir_value_clear).

    Any thread, also at the same time on one handle; but destroy must be last.
    Handles stay valid in forked children.

    SPDX-License-Identifier: MPL-2.0
*/

#ifndef WEIR_QUEUE_H_INCLUDED
#define WEIR_QUEUE_H_INCLUDED

#include "object.h"

WEIR_BEGIN_C

//  maxsize: how many items it holds; 0: as many as fit in memory.
//  Makes a queue / opens the one with that name / opens the one that a reference
//  stands for. name: up to 255 bytes; NULL: none, see object.h.
//  new: first in, first out. new_lifo: last in, first out. new_priority: the
//  smallest first, and of equal ones the one that was put first.
//
//  The items of a priority queue are all numbers, all strings, all bytes, or
//  all lists; what the first one is, all are. Lists such as [priority, job] are
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
//  (timeout 0: it is full), ETIMEDOUT, ECANCELED (it is closed), EINVAL (it is
//  nested over 31 deep, or cannot be in this priority queue). Since 0.1.
WEIR_EXPORT int weir_queue_put (weir_queue_t *self, weir_value_t value,
                                int timeout_ms);

//  Takes the next item; waits while the queue is empty. Returns 0, or -1 with
//  EAGAIN (timeout 0: it is empty), ETIMEDOUT, ECANCELED (it is closed and
//  empty). Since 0.1.
WEIR_EXPORT WEIR_CHECK int weir_queue_get (weir_queue_t *self,
                                           weir_value_t *ret_value,
                                           int timeout_ms);

//  How many items are in it; -1 on failure. Since 0.1.
WEIR_EXPORT int64_t weir_queue_size (weir_queue_t *self);

//  1 when it is empty / full, 0 when it is not, -1 on failure. Since 0.1.
WEIR_EXPORT WEIR_CHECK int weir_queue_empty (weir_queue_t *self);
WEIR_EXPORT WEIR_CHECK int weir_queue_full (weir_queue_t *self);

//  Closes it for everybody: put fails from now on, also where it waits; get
//  goes on until the queue is empty, and fails then. Closing twice is no
//  error. Since 0.1.
WEIR_EXPORT int weir_queue_close (weir_queue_t *self);

//  The same, and throws away what is in it. Returns how many items that were;
//  -1 on failure. Since 0.1.
WEIR_EXPORT int64_t weir_queue_close_now (weir_queue_t *self);

WEIR_END_C

#define weir_queue_put(self, value, timeout_ms) \
    (weir_queue_put) (self, weir_value (value), timeout_ms)

#endif
