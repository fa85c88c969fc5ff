/*  model_queue.c - the sequential model of queue

    The items are in the order in which they were put; the next one is looked
    for.

    SPDX-License-Identifier: MPL-2.0
*/

#include <errno.h>
#include <math.h>
#include <string.h>

#include "codec/ops.h"
#include "codec/pack.h"
#include "model.h"

static int family (weir_value_t value)
{
    switch (value.type) {
    case WEIR_NIL:
        return 0;
    case WEIR_BOOL:
    case WEIR_INTEGER:
    case WEIR_REAL:
        return 1;
    default:
        return (int) value.type;
    }
}

static int order_numbers (weir_value_t a, weir_value_t b)
{
    //  A long double holds all integers and all doubles exactly.
    weir_value_t values [] = {a, b};
    long double x [2];
    for (int i = 0; i < 2; i++)
        x [i] = values [i].type == WEIR_BOOL ? values [i].boolean
                : values [i].type == WEIR_REAL
                    ? (long double) values [i].real
                    : (long double) values [i].integer;
    if (isnan (x [0]) || isnan (x [1]))
        return (isnan (x [0]) != 0) - (isnan (x [1]) != 0);
    return (x [0] > x [1]) - (x [0] < x [1]);
}

//  Below, at or above 0.
static int order (weir_value_t a, weir_value_t b)
{
    int rc = family (a) - family (b);
    size_t common = a.size < b.size ? a.size : b.size;
    if (rc != 0)
        return rc;
    if (family (a) == 1)
        return order_numbers (a, b);
    if (a.type == WEIR_STRING || a.type == WEIR_BYTES)
        rc = common ? memcmp (a.bytes, b.bytes, common) : 0;
    else if (a.type == WEIR_LIST)
        for (size_t i = 0; i < common && rc == 0; i++)
            rc = order (a.items [i], b.items [i]);
    else
        return 0;
    return rc != 0 ? rc : (a.size > b.size) - (a.size < b.size);
}

bool model_queue_make (model_object_t *self, const model_request_t *request)
{
    const weir_value_t *args = request->step.args + 2;
    unsigned argc = request->step.argc - 2;
    if (argc > 2 || (argc > 0 && args [0].type != WEIR_INTEGER) ||
        (argc > 1 && args [1].type != WEIR_INTEGER))
        return false;
    self->maxsize = argc > 0 ? args [0].integer : 0;
    self->order = argc > 1 ? args [1].integer : WEIR__QUEUE_FIFO;
    return self->maxsize >= 0 && self->maxsize <= 0x7fffffff &&
           self->order >= WEIR__QUEUE_FIFO &&
           self->order <= WEIR__QUEUE_PRIORITY;
}

//  Where the item is that is got next.
static size_t next_item (const model_object_t *self)
{
    size_t next = 0;
    if (self->order == WEIR__QUEUE_LIFO)
        return self->size - 1;
    for (size_t i = 1; i < self->size; i++)
        if (self->order == WEIR__QUEUE_PRIORITY &&
            order (self->values [i], self->values [next]) < 0)
            next = i;
    return next;
}

//  How many lists and maps are inside each other.
static int depth (weir_value_t value)
{
    int deepest = 0;
    size_t count =
        value.type == WEIR_MAP ? 2 * (size_t) value.size : value.size;
    if (value.type != WEIR_LIST && value.type != WEIR_MAP)
        return 0;
    for (size_t i = 0; i < count; i++) {
        int inner = depth (value.items [i]);
        deepest = inner > deepest ? inner : deepest;
    }
    return deepest + 1;
}

static bool suits (const model_object_t *self, weir_value_t item)
{
    if (depth (item) > 31)
        return false;
    return self->order != WEIR__QUEUE_PRIORITY ||
           (item.type != WEIR_NIL && item.type < WEIR_MAP &&
            (self->family == 0 || self->family == family (item)));
}

static void put (model_object_t *self, weir_value_t item)
{
    self->family = family (item);
    model_insert (self, self->size, weir_value_int (self->put++), item);
}

static void get (model_object_t *self, model_request_t *request)
{
    size_t place = next_item (self);
    model_answer (request, self->values [place]);
    model_remove (self, place);
}

static bool is_full (const model_object_t *self)
{
    return self->maxsize > 0 && self->size >= (size_t) self->maxsize;
}

//  Everybody who waits and can go on does so.
static void settle (model_t *model, model_object_t *self)
{
    model_request_t *getter, *putter;
    bool more = true;
    while (more) {
        more = false;
        getter = model_first (model, self, 0);
        if (getter && self->size > 0) {
            get (self, getter);
            model_resume (model, getter);
            more = true;
        }
        putter = model_first (model, self, 1);
        if (putter && !is_full (self)) {
            put (self, putter->step.args [0]);
            model_answer (putter, weir_value_nil ());
            model_resume (model, putter);
            more = true;
        }
    }
}

static void close_queue (model_t *model, model_object_t *self,
                         model_request_t *request)
{
    weir_value_t at_once = request->step.args [0];
    if (at_once.type != WEIR_BOOL) {
        model_fail (request, EINVAL);
        return;
    }
    model_answer (request,
                  weir_value_int (at_once.boolean ? (int64_t) self->size : 0));
    if (at_once.boolean)
        self->size = 0;
    self->closed = true;
    for (unsigned line = 0; line < 2; line++) {
        model_request_t *waiting;
        while ((waiting = model_first (model, self, line))) {
            model_fail (waiting, ECANCELED);
            model_resume (model, waiting);
        }
    }
}

static void queue_info (model_t *model, const model_object_t *self,
                        model_request_t *request)
{
    weir_value_t items [] = {
        weir_value_int ((int64_t) self->size),
        weir_value_int (self->maxsize),
        weir_value_bool (self->closed),
        weir_value_int ((int64_t) model_waiting (model, self, 0)),
        weir_value_int ((int64_t) model_waiting (model, self, 1)),
    };
    model_answer (request, weir_value_list (items, 5));
}

void model_queue (model_t *model, model_object_t *self,
                  model_request_t *request)
{
    switch (request->step.op) {
    case WEIR__QUEUE_PUT:
        if (self->closed)
            model_fail (request, ECANCELED);
        else if (!suits (self, request->step.args [0]))
            model_fail (request, EINVAL);
        else if (is_full (self))
            model_park (model, self, request, 1);
        else {
            put (self, request->step.args [0]);
            model_answer (request, weir_value_nil ());
            settle (model, self);
        }
        break;
    case WEIR__QUEUE_GET:
        if (self->size > 0) {
            get (self, request);
            settle (model, self);
        } else if (self->closed)
            model_fail (request, ECANCELED);
        else
            model_park (model, self, request, 0);
        break;
    case WEIR__QUEUE_SIZE:
        model_answer (request, weir_value_int ((int64_t) self->size));
        break;
    case WEIR__QUEUE_CLOSE:
        close_queue (model, self, request);
        break;
    default:
        queue_info (model, self, request);
    }
}
