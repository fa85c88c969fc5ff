/*  queue.c - a queue of values, between many producers and consumers

    SPDX-License-Identifier: MPL-2.0
*/

#include "weir/queue.h"

#include <errno.h>

#include "base/error.h"
#include "client/handle.h"

struct weir_queue {
    weir__handle_t handle;
};

static const weir__class_t class = {WEIR__QUEUE, sizeof (weir_queue_t)};

//  Makes a queue of the given order.
static weir_queue_t *new_ordered (weir_owner_t *owner, const char *name,
                                  int64_t maxsize, weir__queue_order_t order)
{
    weir_value_t args [] = {weir_value_int (maxsize), weir_value_int (order)};
    return weir__handle_new (&class, owner, name, args, 2);
}

weir_queue_t *weir_queue_new (weir_owner_t *owner, const char *name,
                              int64_t maxsize)
{
    return new_ordered (owner, name, maxsize, WEIR__QUEUE_FIFO);
}

weir_queue_t *weir_queue_new_lifo (weir_owner_t *owner, const char *name,
                                   int64_t maxsize)
{
    return new_ordered (owner, name, maxsize, WEIR__QUEUE_LIFO);
}

weir_queue_t *weir_queue_new_priority (weir_owner_t *owner, const char *name,
                                       int64_t maxsize)
{
    return new_ordered (owner, name, maxsize, WEIR__QUEUE_PRIORITY);
}

weir_queue_t *weir_queue_open (weir_owner_t *owner, const char *name)
{
    return weir__handle_open (&class, owner, name);
}

weir_queue_t *weir_queue_from (weir_value_t reference)
{
    return weir__handle_from (&class, reference);
}

void weir_queue_destroy (weir_queue_t **self_p)
{
    if (!self_p || !*self_p)
        return;
    weir__handle_destroy (*self_p);
    *self_p = NULL;
}

int (weir_queue_put) (weir_queue_t *self, weir_value_t value, int timeout_ms)
{
    weir__operation_t *put = WEIR__OP (WEIR__QUEUE_PUT, value);
    put->timeout_ms = timeout_ms;
    return weir__handle_call (self, put, NULL);
}

int weir_queue_get (weir_queue_t *self, weir_value_t *ret_value, int timeout_ms)
{
    weir__operation_t *get = WEIR__OP (WEIR__QUEUE_GET);
    get->timeout_ms = timeout_ms;
    return weir__handle_get (self, get, ret_value);
}

int weir_queue_put_many (weir_queue_t *self, weir_value_t items, int timeout_ms)
{
    weir__operation_t *put = WEIR__OP (WEIR__QUEUE_PUT_MANY, items);
    put->timeout_ms = timeout_ms;
    return weir__handle_call (self, put, NULL);
}

int weir_queue_get_many (weir_queue_t *self, int64_t count,
                         weir_value_t *ret_items, int timeout_ms)
{
    weir__operation_t *get =
        WEIR__OP (WEIR__QUEUE_GET_MANY, weir_value_int (count));
    get->timeout_ms = timeout_ms;
    return weir__handle_get (self, get, ret_items);
}

int weir_queue_task_done (weir_queue_t *self)
{
    return weir__handle_call (self, WEIR__OP (WEIR__QUEUE_TASK_DONE), NULL);
}

int weir_queue_task_done_many (weir_queue_t *self, int64_t count)
{
    return weir__handle_call (
        self, WEIR__OP (WEIR__QUEUE_TASK_DONE, weir_value_int (count)), NULL);
}

int weir_queue_join (weir_queue_t *self, int timeout_ms)
{
    weir__operation_t *join = WEIR__OP (WEIR__QUEUE_JOIN);
    join->timeout_ms = timeout_ms;
    return weir__handle_call (self, join, NULL);
}

int weir_queue_get_lease (weir_queue_t *self, int lease_ms,
                          weir_lease_t *ret_lease, int timeout_ms)
{
    if (!ret_lease)
        return weir__fail_null_output (self);
    weir__operation_t *get =
        WEIR__OP (WEIR__QUEUE_GET_LEASE, weir_value_int (lease_ms));
    get->timeout_ms = timeout_ms;
    weir_value_t lease;
    if (weir__handle_items (self, get, 3, &lease) != 0)
        return -1;
    *ret_lease = (weir_lease_t){
        .value = lease.items [WEIR__QUEUE_LEASE_VALUE],
        .id = lease.items [WEIR__QUEUE_LEASE_ID].integer,
        .deliveries = lease.items [WEIR__QUEUE_LEASE_DELIVERIES].integer,
    };
    //  The item lies in the list's only block, and takes the block over. A
    //  number needs no block.
    if (ret_lease->value.type > WEIR_REAL)
        ret_lease->value.block = lease.block;
    else
        weir_value_clear (&lease);
    return 0;
}

int weir_queue_ack (weir_queue_t *self, int64_t lease_id)
{
    return weir__handle_call (
        self, WEIR__OP (WEIR__QUEUE_ACK, weir_value_int (lease_id)), NULL);
}

int weir_queue_nack (weir_queue_t *self, int64_t lease_id)
{
    return weir__handle_call (
        self, WEIR__OP (WEIR__QUEUE_NACK, weir_value_int (lease_id)), NULL);
}

int weir_queue_extend (weir_queue_t *self, int64_t lease_id, int lease_ms)
{
    return weir__handle_call (self,
                              WEIR__OP (WEIR__QUEUE_EXTEND,
                                        weir_value_int (lease_id),
                                        weir_value_int (lease_ms)),
                              NULL);
}

int64_t weir_queue_size (weir_queue_t *self)
{
    return weir__handle_number (self, WEIR__OP (WEIR__QUEUE_SIZE));
}

//  Gets size and maxsize, the first two items of the info.
static int get_bounds (weir_queue_t *self, int64_t *ret_size,
                       int64_t *ret_maxsize)
{
    weir_value_t info;
    if (weir__handle_items (self, WEIR__OP (WEIR__QUEUE_INFO),
                            WEIR__QUEUE_INFO_ITEMS, &info) != 0)
        return -1;
    *ret_size = info.items [WEIR__QUEUE_INFO_SIZE].integer;
    *ret_maxsize = info.items [WEIR__QUEUE_INFO_MAXSIZE].integer;
    weir_value_clear (&info);
    return 0;
}

int weir_queue_empty (weir_queue_t *self)
{
    int64_t size = weir_queue_size (self);
    return size < 0 ? -1 : size == 0;
}

int weir_queue_full (weir_queue_t *self)
{
    int64_t size, maxsize;
    if (get_bounds (self, &size, &maxsize) != 0)
        return -1;
    return maxsize > 0 && size >= maxsize;
}

int weir_queue_close (weir_queue_t *self)
{
    return weir__handle_call (
        self, WEIR__OP (WEIR__QUEUE_CLOSE, weir_value_bool (false)), NULL);
}

int64_t weir_queue_close_now (weir_queue_t *self)
{
    return weir__handle_number (
        self, WEIR__OP (WEIR__QUEUE_CLOSE, weir_value_bool (true)));
}
