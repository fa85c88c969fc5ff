/*  queue.c - a queue of values: what was put first, last, or the smallest

    Line 0: who waits for an item (then the queue is empty). Line 1: who waits
    for a place (then it is full), with the item in the request's argument.

    SPDX-License-Identifier: MPL-2.0
*/

#include <errno.h>
#include <stdlib.h>

#include "codec/ops.h"
#include "machine/kind.h"
#include "machine/queue.h"

enum { GETTERS = 0, PUTTERS = 1 };

typedef struct queue {
    weir__items_t items;
    uint64_t put;          //  how many items ever were
    uint32_t maxsize;      //  0: without a bound but the number of items
    weir__family_t family; //  of the items of a priority queue; NIL: none yet
    bool closed;
} queue_t;

static bool is_full (const queue_t *self)
{
    return self->items.count >=
           (self->maxsize ? self->maxsize : WEIR__ITEMS_MAX);
}

//  Whether the value can be in the queue. If not, refuses the call.
static bool suits (const queue_t *self, weir__call_t *call, weir__slice_t value)
{
    static const char *const names [] = {
        [WEIR__FAMILY_NUMBER] = "numbers",
        [WEIR__FAMILY_STRING] = "strings",
        [WEIR__FAMILY_BYTES] = "bytes",
        [WEIR__FAMILY_LIST] = "lists",
    };
    weir__family_t family = weir__packed_family (value);
    if (weir__packed_depth (value.data, value.size) >= WEIR__DEPTH_MAX)
        weir__refuse (call, EINVAL,
                      "a value in it can be nested %d deep, for several can be "
                      "got as a list",
                      WEIR__DEPTH_MAX - 1);
    else if (self->items.order != WEIR__QUEUE_PRIORITY)
        return true;
    else if (family < WEIR__FAMILY_NUMBER || family > WEIR__FAMILY_LIST)
        weir__refuse (call, EINVAL,
                      "that has no order: a priority queue takes numbers, "
                      "strings, bytes, or lists such as [priority, job]");
    else if (self->family != family && self->family != WEIR__FAMILY_NIL)
        weir__refuse (call, EINVAL,
                      "that cannot be compared with what was put before; its "
                      "items are %s",
                      names [self->family]);
    else
        return true;
    return false;
}

//  Puts the call's item into the queue and answers.
static void accept (queue_t *self, weir__call_t *call)
{
    weir__slice_t value = weir__arg_packed (call, 0);
    weir__item_t *item = NULL;
    if (weir__items_reserve (&self->items, 1))
        item = weir__item_new (value);
    if (!item) {
        weir__refuse (call, ENOMEM, "out of memory");
        return;
    }
    if (self->items.order == WEIR__QUEUE_PRIORITY)
        self->family = weir__packed_family (value);
    item->number = self->put++;
    weir__items_push (&self->items, item);
    weir__answer_nil (call);
}

//  Answers the call with the item that is next.
static void deliver (queue_t *self, weir__call_t *call)
{
    weir__item_t *item = weir__items_pop (&self->items);
    weir__answer_packed (call, weir__item_slice (item));
    if (weir__answer_fits (call))
        free (item);
    else
        weir__items_push (&self->items, item);
}

//  Lets go on who can: getters while there are items, putters while there is
//  room.
static void settle (weir__object_t *object)
{
    queue_t *self = object->state;
    for (;;) {
        weir__call_t call;
        if (object->lines [GETTERS] && self->items.count > 0) {
            weir__resume (object->lines [GETTERS], &call);
            deliver (self, &call);
        } else if (object->lines [PUTTERS] && !is_full (self)) {
            weir__resume (object->lines [PUTTERS], &call);
            accept (self, &call);
        } else
            return;
        weir__reply (&call);
    }
}

static void put (weir__object_t *object, weir__call_t *call)
{
    queue_t *self = object->state;
    if (self->closed) {
        weir__refuse (call, ECANCELED, "it is closed");
        return;
    }
    if (!suits (self, call, weir__arg_packed (call, 0)))
        return;
    if (is_full (self)) {
        weir__park (call, PUTTERS, "it is full");
        return;
    }
    accept (self, call);
    settle (object);
}

static void get (weir__object_t *object, weir__call_t *call)
{
    queue_t *self = object->state;
    if (self->items.count > 0) {
        deliver (self, call);
        settle (object);
    } else if (self->closed)
        weir__refuse (call, ECANCELED, "it is closed and has been emptied");
    else
        weir__park (call, GETTERS, "it is empty");
}

static void size (weir__object_t *object, weir__call_t *call)
{
    const queue_t *self = object->state;
    weir__answer (call, weir_value_int (self->items.count));
}

static void refuse_line (weir__object_t *object, unsigned line)
{
    while (object->lines [line]) {
        weir__call_t call;
        weir__resume (object->lines [line], &call);
        weir__refuse (&call, ECANCELED, "it was closed while you waited");
        weir__reply (&call);
    }
}

//  args: whether what is in it is thrown away. The answer: how many items
//  were.
static void close_queue (weir__object_t *object, weir__call_t *call)
{
    queue_t *self = object->state;
    weir_value_t at_once = weir__arg (call, 0);
    if (at_once.type != WEIR_BOOL) {
        weir__refuse (call, EINVAL, "argument 1 must be a boolean");
        return;
    }
    int64_t thrown_away = at_once.boolean ? self->items.count : 0;
    self->closed = true;
    if (at_once.boolean)
        weir__items_clear (&self->items);
    weir__answer (call, weir_value_int (thrown_away));
    refuse_line (object, GETTERS);
    refuse_line (object, PUTTERS);
}

//  The answer: [size, maxsize, closed, getters that wait, putters that wait].
static void info (weir__object_t *object, weir__call_t *call)
{
    const queue_t *self = object->state;
    const weir__request_t *request;
    int getters, putters;
    DL_COUNT (object->lines [GETTERS], request, getters);
    DL_COUNT (object->lines [PUTTERS], request, putters);
    weir_value_t items [] = {
        weir_value_int (self->items.count), weir_value_int (self->maxsize),
        weir_value_bool (self->closed),     weir_value_int (getters),
        weir_value_int (putters),
    };
    weir__answer (call, weir_value_list (items, 5));
}

//  args: maxsize, 0 for none; order.
static bool create (weir__object_t *object, weir__call_t *call)
{
    int64_t maxsize = 0, order = WEIR__QUEUE_FIFO;
    if ((call->body.argc > 0 && !weir__arg_integer (call, 0, &maxsize)) ||
        (call->body.argc > 1 && !weir__arg_integer (call, 1, &order)))
        return false;
    if (maxsize < 0 || maxsize > WEIR__ITEMS_MAX) {
        weir__refuse (call, EINVAL, "a queue's maxsize is 0 (no bound) to %d",
                      WEIR__ITEMS_MAX);
        return false;
    }
    if (order < 0 || order >= WEIR__QUEUE_ORDERS) {
        weir__refuse (call, EINVAL,
                      "a queue's order is 0 (first in first out), 1 (last in "
                      "first out) or 2 (by priority)");
        return false;
    }
    queue_t *self = object->state = calloc (1, sizeof *self);
    if (!self) {
        weir__refuse (call, ENOMEM, "out of memory");
        return false;
    }
    self->maxsize = (uint32_t) maxsize;
    self->items.order = (weir__queue_order_t) order;
    return true;
}

static void destroy (weir__object_t *object)
{
    queue_t *self = object->state;
    if (self)
        weir__items_clear (&self->items);
    free (self);
}

static void snapshot (const weir__object_t *object, weir__buffer_t *to)
{
    const queue_t *self = object->state;
    weir__buffer_put_u32 (to, self->maxsize);
    weir__buffer_put_u8 (to, self->closed);
    weir__buffer_put_u8 (to, (uint8_t) self->items.order);
    weir__buffer_put_u8 (to, (uint8_t) self->family);
    weir__buffer_put_u64 (to, self->put);
    if (!weir__items_put (&self->items, to))
        to->failed = true;
}

static bool restore (weir__object_t *object, weir__reader_t *from)
{
    queue_t *self = object->state = calloc (1, sizeof *self);
    if (!self)
        return false;
    self->maxsize = weir__reader_u32 (from);
    self->closed = weir__reader_u8 (from) != 0;
    uint8_t order = weir__reader_u8 (from), family = weir__reader_u8 (from);
    self->put = weir__reader_u64 (from);
    self->items.order = order;
    self->family = family;
    return order < WEIR__QUEUE_ORDERS && family <= WEIR__FAMILY_LIST &&
           weir__items_get (&self->items, from);
}

static const weir__op_t ops [] = {
    [WEIR__QUEUE_PUT] = {"put", put, 1, 1, WEIR__PARKS + PUTTERS},
    [WEIR__QUEUE_GET] = {"get", get, 0, 0, WEIR__PARKS + GETTERS},
    [WEIR__QUEUE_SIZE] = {"size", size, 0, 0, WEIR__READS},
    [WEIR__QUEUE_CLOSE] = {"close", close_queue, 1, 1, WEIR__WRITES},
    [WEIR__QUEUE_INFO] = {"info", info, 0, 0, WEIR__READS},
};

const weir__kind_t weir__queue_kind = {
    .name = "queue",
    .ops = ops,
    .op_count = sizeof ops / sizeof *ops,
    .create_argc_max = 2,
    .create = create,
    .destroy = destroy,
    .snapshot = snapshot,
    .restore = restore,
};
