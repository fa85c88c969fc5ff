/*  queue.c - a queue of values, first in, first out

    Line 0: who waits for an item (then the queue is empty). Line 1: who waits
    for a place (then it is full), with the item in the request's argument.

    SPDX-License-Identifier: MPL-2.0
*/

#include <assert.h>
#include <errno.h>
#include <stdlib.h>

#include "codec/ops.h"
#include "machine/blob.h"
#include "machine/kind.h"

enum { GETTERS = 0, PUTTERS = 1 };

typedef struct item {
    struct item *prev, *next;
    weir__blob_t *value;
} item_t;

typedef struct queue {
    item_t *items;
    uint32_t size;
    uint32_t maxsize; //  0: without a bound but the number of items
    bool closed;
} queue_t;

enum { ITEMS_MAX = 0x7fffffff };

static bool is_full (const queue_t *self)
{
    return self->size >= (self->maxsize ? self->maxsize : ITEMS_MAX);
}

static bool append (queue_t *self, weir__blob_t *value)
{
    item_t *item = value ? calloc (1, sizeof *item) : NULL;
    if (!item) {
        free (value);
        return false;
    }
    item->value = value;
    DL_APPEND (self->items, item);
    self->size++;
    return true;
}

static void remove_first (queue_t *self)
{
    item_t *item = self->items;
    DL_DELETE (self->items, item);
    self->size--;
    free (item->value);
    free (item);
}

//  Puts the call's item into the queue and answers.
static void accept (queue_t *self, weir__call_t *call)
{
    if (append (self, weir__blob_new (weir__arg_packed (call, 0))))
        weir__answer_nil (call);
    else
        weir__refuse (call, ENOMEM, "out of memory");
}

//  Answers the call with the first item.
static void deliver (queue_t *self, weir__call_t *call)
{
    weir__answer_packed (call, weir__blob_slice (self->items->value));
    if (weir__answer_fits (call))
        remove_first (self);
}

//  Lets go on who can: getters while there are items, putters while there is
//  room.
static void settle (weir__object_t *object)
{
    queue_t *self = object->state;
    for (;;) {
        weir__call_t call;
        if (object->lines [GETTERS] && self->size > 0) {
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
    if (self->size > 0) {
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
    weir__answer (call, weir_value_int (self->size));
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
    int64_t thrown_away = at_once.boolean ? self->size : 0;
    self->closed = true;
    while (at_once.boolean && self->size > 0)
        remove_first (self);
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
        weir_value_int (self->size),    weir_value_int (self->maxsize),
        weir_value_bool (self->closed), weir_value_int (getters),
        weir_value_int (putters),
    };
    weir__answer (call, weir_value_list (items, 5));
}

//  args: maxsize, 0 for none.
static bool create (weir__object_t *object, weir__call_t *call)
{
    int64_t maxsize = 0;
    if (call->body.argc > 0 && !weir__arg_integer (call, 0, &maxsize))
        return false;
    if (maxsize < 0 || maxsize > ITEMS_MAX) {
        weir__refuse (call, EINVAL, "a queue's maxsize is 0 (no bound) to %d",
                      ITEMS_MAX);
        return false;
    }
    queue_t *self = object->state = calloc (1, sizeof *self);
    if (!self) {
        weir__refuse (call, ENOMEM, "out of memory");
        return false;
    }
    self->maxsize = (uint32_t) maxsize;
    return true;
}

static void destroy (weir__object_t *object)
{
    queue_t *self = object->state;
    while (self && self->items)
        remove_first (self);
    free (self);
}

static void snapshot (const weir__object_t *object, weir__buffer_t *to)
{
    const queue_t *self = object->state;
    weir__buffer_put_u32 (to, self->maxsize);
    weir__buffer_put_u8 (to, self->closed);
    weir__buffer_put_u32 (to, self->size);
    const item_t *item;
    DL_FOREACH (self->items, item)
    weir__blob_put (item->value, to);
}

static bool restore (weir__object_t *object, weir__reader_t *from)
{
    queue_t *self = object->state = calloc (1, sizeof *self);
    if (!self)
        return false;
    self->maxsize = weir__reader_u32 (from);
    self->closed = weir__reader_u8 (from) != 0;
    for (uint32_t count = weir__reader_u32 (from); count > 0; count--)
        if (from->failed || !append (self, weir__blob_get (from)))
            return false;
    return !from->failed;
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
    .create_argc_max = 1,
    .create = create,
    .destroy = destroy,
    .snapshot = snapshot,
    .restore = restore,
};
