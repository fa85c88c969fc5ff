/*  queue.c - the sequential model of queue

    The items are in the order in which they were put. A get searches for the
    next one.

    SPDX-License-Identifier: MPL-2.0
*/

#include <assert.h>
#include <errno.h>
#include <stdlib.h>

#include "codec/ops.h"
#include "codec/pack.h"
#include "model/model.h"

enum { GOT = 4096 }; //  items of one get_many, at most

bool model_queue_make (model_object_t *self, const model_request_t *request)
{
    const weir_value_t *args = request->step.args + 2;
    unsigned argc = request->step.argc - 2;
    if (argc > 2 || (argc > 0 && args [0].type != WEIR_INTEGER) ||
        (argc > 1 && args [1].type != WEIR_INTEGER))
        return false;
    self->maxsize = argc > 0 && args [0].integer > 0 ? args [0].integer : 0;
    self->order = argc > 1 ? args [1].integer : WEIR__QUEUE_FIFO;
    return self->maxsize <= 0x7fffffff && self->order >= WEIR__QUEUE_FIFO &&
           self->order <= WEIR__QUEUE_PRIORITY;
}

//  Returns the index of the item that the next get takes.
static size_t next_item (const model_object_t *self)
{
    size_t next = 0;
    if (self->order == WEIR__QUEUE_LIFO)
        return self->size - 1;
    for (size_t i = 1; i < self->size; i++)
        if (self->order == WEIR__QUEUE_PRIORITY &&
            model_item_order (self->values [i], self->values [next]) < 0)
            next = i;
    return next;
}

//  Returns the depth of nested lists and maps.
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

static bool suits (model_t *model, const model_object_t *self,
                   const weir_value_t *items, size_t count)
{
    bool alone = self->size == 0 && !model_held (model, self, NULL);
    int wanted = alone ? 0 : self->family;
    for (size_t i = 0; i < count; i++) {
        if (depth (items [i]) > 31)
            return false;
        if (self->order != WEIR__QUEUE_PRIORITY)
            continue;
        if (items [i].type == WEIR_NIL || items [i].type >= WEIR_MAP ||
            (wanted != 0 && wanted != model_family (items [i])))
            return false;
        wanted = model_family (items [i]);
    }
    return true;
}

static bool is_full (const model_object_t *self, size_t count)
{
    return self->maxsize > 0 && self->size + count > (size_t) self->maxsize;
}

//  Reads the items that a request puts.
static const weir_value_t *items_of (const model_request_t *request,
                                     size_t *ret_count)
{
    const weir_value_t *item = request->step.args;
    bool many = request->step.op == WEIR__QUEUE_PUT_MANY;
    *ret_count = many ? item->size : 1;
    return many ? item->items : item;
}

static void accept (model_object_t *self, model_request_t *request)
{
    size_t count;
    const weir_value_t *items = items_of (request, &count);
    for (size_t i = 0; i < count; i++) {
        self->family = model_family (items [i]);
        self->unfinished++;
        self->items = realloc (self->items,
                               (size_t) (self->put + 1) * sizeof *self->items);
        assert (self->items);
        self->items [self->put] = (model_item_t){.value = items [i]};
        model_insert (self, self->size, weir_value_int (self->put++),
                      items [i]);
    }
    self->sequence++;
    model_answer (request, weir_value_nil ());
}

static void lease (model_t *model, model_object_t *self,
                   model_request_t *request)
{
    size_t place = next_item (self);
    int64_t number = self->keys [place].integer;
    model_remove (self, place);
    self->leases = realloc (self->leases,
                            (size_t) (self->leased + 1) * sizeof *self->leases);
    assert (self->leases);
    self->leases [self->leased++] = number;
    model_item_t *item = &self->items [number];
    weir_value_t items [] = {
        item->value,
        weir_value_int (self->leased),
        weir_value_int (++item->deliveries),
    };
    model_answer (request, weir_value_list (items, 3));
    int64_t lease_ms = request->step.args [0].integer;
    model_hold_t *hold =
        model_take (model, self, request, lease_ms < 0 ? 0 : lease_ms);
    hold->token = self->leased;
}

static void deliver (model_t *model, model_object_t *self,
                     model_request_t *request)
{
    weir_value_t items [GOT];
    size_t count = 0;
    int64_t wanted = 1;
    self->sequence++;
    if (request->step.op == WEIR__QUEUE_GET_LEASE) {
        lease (model, self, request);
        return;
    }
    if (request->step.op == WEIR__QUEUE_GET_MANY)
        wanted = request->step.args [0].integer;
    while (self->size > 0 && count < GOT && (int64_t) count < wanted) {
        size_t place = next_item (self);
        items [count++] = self->values [place];
        model_remove (self, place);
    }
    if (request->step.op == WEIR__QUEUE_GET_MANY)
        model_answer (request, weir_value_list (items, count));
    else
        model_answer (request, items [0]);
}

//  Returns the oldest request of a link that waits for an item here.
static model_request_t *wait_of (const model_object_t *self,
                                 const model_link_t *link)
{
    model_request_t *first = NULL;
    for (unsigned place = 0; place < WEIR__WINDOW; place++) {
        model_request_t *request = link->requests [place];
        if (request && request->object == self && request->line == 0 &&
            (!first || request->order < first->order))
            first = request;
    }
    return first;
}

//  Returns whether an item may return to the queue: another link has leased it,
//  and does not itself wait for an item.
static bool can_come_back (model_t *model, const model_object_t *self,
                           const model_link_t *waits)
{
    for (size_t i = 0; i < model->hold_count; i++) {
        const model_hold_t *hold = &model->holds [i];
        if (hold->object == self && hold->link != waits &&
            !wait_of (self, hold->link))
            return !self->discards;
    }
    return false;
}

bool model_queue_gives (model_t *model, const model_object_t *self)
{
    return self->size > 0 ||
           (self->closed && !can_come_back (model, self, NULL));
}

bool model_queue_takes (model_t *model, const model_object_t *self)
{
    return self->closed ||
           (!is_full (self, 1) && !model_first (model, self, 1));
}

static void flow (model_t *model, model_object_t *self)
{
    model_request_t *getter, *putter;
    bool more = true;
    while (more) {
        more = false;
        getter = model_first (model, self, 0);
        if (getter && self->size > 0) {
            if (model_is_guarded (model, getter))
                deliver (model, self, getter);
            model_resume (model, getter);
            more = true;
        }
        size_t count = 0;
        putter = model_first (model, self, 1);
        if (putter)
            items_of (putter, &count);
        if (putter && !is_full (self, count)) {
            if (model_is_guarded (model, putter))
                accept (self, putter);
            model_resume (model, putter);
            more = true;
        }
    }
}

//  Resumes every waiter that can proceed.
void model_queue_settle (model_t *model, model_object_t *self)
{
    model_request_t *getter, *other;
    if (model->transacting)
        return;
    while (self->closed && (other = model_first (model, self, 1))) {
        model_fail (other, ECANCELED);
        model_resume (model, other);
    }
    while (self->unfinished == 0 && (other = model_first (model, self, 2))) {
        model_answer (other, weir_value_nil ());
        model_resume (model, other);
    }
    flow (model, self);
    while (self->closed && self->size == 0 &&
           (getter = model_first (model, self, 0)) &&
           !can_come_back (model, self, NULL)) {
        const model_hold_t *hold = model_held (model, self, NULL);
        if (hold && wait_of (self, hold->link))
            getter = wait_of (self, hold->link);
        model_fail (getter, ECANCELED);
        model_resume (model, getter);
    }
}

static void finish (model_object_t *self, int64_t count)
{
    self->unfinished -= count;
    if (self->unfinished < 0)
        self->unfinished = 0;
}

static void close_queue (model_t *model, model_object_t *self,
                         model_request_t *request)
{
    weir_value_t at_once = request->step.args [0];
    if (at_once.type != WEIR_BOOL) {
        model_fail (request, EINVAL);
        return;
    }
    int64_t count = at_once.boolean ? (int64_t) self->size : 0;
    model_answer (request, weir_value_int (count));
    self->size -= (size_t) count;
    self->closed = true;
    self->discards = self->discards || at_once.boolean;
    finish (self, count);
    model_queue_settle (model, self);
}

static int64_t count_holds (const model_t *model, const model_object_t *self)
{
    int64_t count = 0;
    for (size_t i = 0; i < model->hold_count; i++)
        count += model->holds [i].object == self;
    return count;
}

static void info (model_t *model, model_object_t *self,
                  model_request_t *request)
{
    weir_value_t items [] = {
        weir_value_int ((int64_t) self->size),
        weir_value_int (self->maxsize),
        weir_value_bool (self->closed),
        weir_value_int ((int64_t) model_waiting (model, self, 0)),
        weir_value_int ((int64_t) model_waiting (model, self, 1)),
        weir_value_int ((int64_t) model_waiting (model, self, 2)),
        weir_value_int (self->order),
        weir_value_int (self->unfinished),
        weir_value_int (count_holds (model, self)),
    };
    model_answer (request, weir_value_list (items, 9));
}

static void put (model_t *model, model_object_t *self, model_request_t *request)
{
    size_t count;
    const weir_value_t *items = items_of (request, &count);
    if (request->step.op == WEIR__QUEUE_PUT_MANY &&
        request->step.args [0].type != WEIR_LIST)
        model_fail (request, EINVAL);
    else if (self->closed)
        model_fail (request, ECANCELED);
    else if (self->maxsize > 0 && count > (size_t) self->maxsize)
        model_fail (request, EMSGSIZE);
    else if (!suits (model, self, items, count))
        model_fail (request, EINVAL);
    else if (is_full (self, count) ||
             (count > 0 && model_waiting (model, self, 1) > 0))
        model_park (model, self, request, 1);
    else {
        accept (self, request);
        model_queue_settle (model, self);
    }
}

static bool is_wrong (const model_request_t *request)
{
    const weir_value_t *arg = request->step.args;
    if (request->step.op == WEIR__QUEUE_GET)
        return false;
    if (arg->type != WEIR_INTEGER)
        return true;
    if (request->step.op == WEIR__QUEUE_GET_MANY)
        return arg->integer < 1;
    return arg->integer < -1 || arg->integer == 0 || arg->integer > INT32_MAX;
}

static void get (model_t *model, model_object_t *self, model_request_t *request)
{
    if (is_wrong (request))
        model_fail (request, EINVAL);
    else if (self->size > 0) {
        deliver (model, self, request);
        model_queue_settle (model, self);
    } else if (self->closed && !can_come_back (model, self, request->link))
        model_fail (request, ECANCELED);
    else
        model_park (model, self, request, 0);
}

//  Returns the lease in argument 0, or NULL after failing the request.
static model_hold_t *arg_lease (model_t *model, model_object_t *self,
                                model_request_t *request)
{
    weir_value_t id = request->step.args [0];
    model_hold_t *hold = NULL;
    if (id.type == WEIR_INTEGER)
        hold = model_granted (model, self->id, (uint64_t) id.integer);
    if (!hold)
        model_fail (request, id.type == WEIR_INTEGER && id.integer > 0 &&
                                     id.integer <= self->leased
                                 ? ESTALE
                                 : EINVAL);
    return hold;
}

static void ack (model_t *model, model_object_t *self, model_request_t *request)
{
    model_hold_t *hold = arg_lease (model, self, request);
    if (!hold)
        return;
    model_let_go (model, hold);
    model_answer (request, weir_value_nil ());
    finish (self, 1);
    model_queue_settle (model, self);
}

static void come_back (const model_hold_t *hold)
{
    model_object_t *self = hold->object;
    int64_t number = self->leases [hold->token - 1];
    size_t place = 0;
    while (place < self->size && self->keys [place].integer < number)
        place++;
    if (self->discards)
        finish (self, 1);
    else
        model_insert (self, place, weir_value_int (number),
                      self->items [number].value);
}

void model_queue_gone (model_t *model, const model_hold_t *hold,
                       weir__leave_t leave)
{
    hold->object->sequence++;
    come_back (hold);
    for (size_t i = 0; leave != WEIR__LAPSED && i < model->hold_count;) {
        model_hold_t other = model->holds [i];
        if (other.object == hold->object &&
            (other.link == hold->link ||
             (model->ending &&
              other.link->who.session == hold->link->who.session))) {
            model_let_go (model, &model->holds [i]);
            come_back (&other);
        } else
            i++;
    }
    model_queue_settle (model, hold->object);
}

static void nack (model_t *model, model_object_t *self,
                  model_request_t *request)
{
    model_hold_t *hold = arg_lease (model, self, request);
    if (!hold)
        return;
    model_hold_t gone = *hold;
    model_let_go (model, hold);
    model_answer (request, weir_value_nil ());
    come_back (&gone);
    model_queue_settle (model, self);
}

static void extend (model_t *model, model_object_t *self,
                    model_request_t *request)
{
    weir_value_t lease_ms = request->step.args [1];
    model_hold_t *hold = arg_lease (model, self, request);
    if (!hold)
        return;
    if (lease_ms.type != WEIR_INTEGER || !hold->lease_ms ||
        lease_ms.integer < 1 || lease_ms.integer > INT32_MAX) {
        model_fail (request, EINVAL);
        return;
    }
    model_renew (model, hold, lease_ms.integer);
    model_answer (request, weir_value_nil ());
}

static void task_done (model_t *model, model_object_t *self,
                       model_request_t *request)
{
    weir_value_t count = weir_value_int (1);
    if (request->step.argc > 0)
        count = request->step.args [0];
    if (count.type != WEIR_INTEGER || count.integer < 1 ||
        count.integer > self->unfinished) {
        model_fail (request, EINVAL);
        return;
    }
    model_answer (request, weir_value_nil ());
    finish (self, count.integer);
    model_queue_settle (model, self);
}

static void join (model_t *model, model_object_t *self,
                  model_request_t *request)
{
    if (self->unfinished == 0)
        model_answer (request, weir_value_nil ());
    else if (request->step.timeout_ms < 0 &&
             (model_held (model, self, request->link) ||
              model_deadlocks (model, self, request)))
        model_fail (request, EDEADLK);
    else
        model_park (model, self, request, 2);
}

static void size (model_t *model, model_object_t *self,
                  model_request_t *request)
{
    (void) model;
    model_answer (request, weir_value_int ((int64_t) self->size));
}

void model_queue (model_t *model, model_object_t *self,
                  model_request_t *request)
{
    static void (*const ops []) (model_t *, model_object_t *,
                                 model_request_t *) = {
        [WEIR__QUEUE_PUT] = put,       [WEIR__QUEUE_GET] = get,
        [WEIR__QUEUE_SIZE] = size,     [WEIR__QUEUE_CLOSE] = close_queue,
        [WEIR__QUEUE_INFO] = info,     [WEIR__QUEUE_PUT_MANY] = put,
        [WEIR__QUEUE_GET_MANY] = get,  [WEIR__QUEUE_TASK_DONE] = task_done,
        [WEIR__QUEUE_JOIN] = join,     [WEIR__QUEUE_GET_LEASE] = get,
        [WEIR__QUEUE_ACK] = ack,       [WEIR__QUEUE_NACK] = nack,
        [WEIR__QUEUE_EXTEND] = extend,
    };
    ops [request->step.op](model, self, request);
}
