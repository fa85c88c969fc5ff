/*  flow.c - the operations that put and get items of a queue

    The oldest waiter goes first. While a producer waits for room, later
    producers wait behind it, even when their items would fit.

    SPDX-License-Identifier: MPL-2.0
*/

#include "machine/kinds/queue/flow.h"

#include <errno.h>
#include <stdlib.h>

#include "codec/packed.h"
#include "machine/call.h"
#include "machine/kinds/queue/items.h"
#include "machine/kinds/queue/leases.h"
#include "machine/kinds/queue/notes.h"
#include "machine/parking.h"

//  The values that a call puts: packed, one after the other.
typedef struct batch {
    weir__bytes_t rest;
    uint32_t count;
} batch_t;

//  Reads the values from the arguments: put has one value, put_many a list.
//  Returns false when the argument of put_many is not a list.
static bool read_batch (const weir__request_body_t *body, batch_t *ret_batch)
{
    weir_value_t list;
    *ret_batch = (batch_t){body->args [0], 1};
    if (body->op == WEIR__QUEUE_PUT)
        return true;
    weir__bytes_t *rest = &ret_batch->rest;
    size_t head = weir__packed_peek (rest->data, rest->size, &list);
    if (list.type != WEIR_LIST)
        return false;
    *rest = (weir__bytes_t){rest->data + head, rest->size - head};
    ret_batch->count = list.size;
    return true;
}

static weir__bytes_t next_value (batch_t *batch)
{
    batch->count--;
    return weir__packed_next (&batch->rest);
}

static bool has_room (const weir__queue_state_t *self, uint32_t count)
{
    uint32_t maxsize = self->maxsize ? self->maxsize : WEIR__ITEMS_MAX;
    return count <= maxsize && self->items.count <= maxsize - count;
}

//  Returns whether a priority queue can order values of the family. If not,
//  refuses the call.
static bool compares (weir__family_t family, weir__family_t wanted,
                      weir__call_t *call)
{
    static const char *const names [] = {
        [WEIR__FAMILY_NUMBER] = "numbers",
        [WEIR__FAMILY_STRING] = "strings",
        [WEIR__FAMILY_BYTES] = "bytes",
        [WEIR__FAMILY_LIST] = "lists",
    };
    if (family < WEIR__FAMILY_NUMBER || family > WEIR__FAMILY_LIST)
        weir__refuse (call, EINVAL,
                      "the value has no order; a priority queue takes numbers, "
                      "strings, bytes, or lists such as [priority, job]");
    else if (wanted != WEIR__FAMILY_NIL && wanted != family)
        weir__refuse (
            call, EINVAL,
            "the value cannot be compared with its items; they are %s",
            names [wanted]);
    else
        return true;
    return false;
}

//  Returns whether the queue can hold the values. If not, refuses the call.
static bool suits (const weir__queue_state_t *self, weir__call_t *call,
                   batch_t batch)
{
    bool alone = self->items.count == 0 && !self->leases;
    weir__family_t wanted = alone ? WEIR__FAMILY_NIL : self->family;
    while (batch.count > 0) {
        weir__bytes_t value = next_value (&batch);
        if (weir__packed_depth (value.data, value.size) >= WEIR__DEPTH_MAX) {
            weir__refuse (
                call, EINVAL,
                "the value is nested more than %d deep; put a flatter one",
                WEIR__DEPTH_MAX - 1);
            return false;
        }
        if (self->order != WEIR__QUEUE_PRIORITY)
            continue;
        weir__family_t family = weir__packed_family (value);
        if (!compares (family, wanted, call))
            return false;
        wanted = family;
    }
    return true;
}

static void free_items (weir__item_t *items)
{
    while (items) {
        weir__item_t *next = items->next;
        free (items);
        items = next;
    }
}

//  Makes the items of a batch, in its order. Returns false when out of memory.
static bool make_items (batch_t batch, weir__item_t **ret_items)
{
    weir__item_t *items = NULL, **end = &items;
    while (batch.count > 0) {
        *end = weir__item_new (next_value (&batch));
        if (!*end) {
            free_items (items);
            return false;
        }
        end = &(*end)->next;
    }
    *ret_items = items;
    return true;
}

//  Puts the call's values into the queue and answers the call.
static void accept_batch (weir__object_t *object, weir__call_t *call,
                          batch_t batch)
{
    weir__queue_state_t *self = object->state;
    weir__item_t *items = NULL;
    bool good = weir__queue_notes_reserve (self, batch.count) &&
                weir__heap_claim (&self->items, batch.count);
    if (good && !make_items (batch, &items)) {
        weir__heap_disclaim (&self->items, batch.count);
        good = false;
    }
    if (!good) {
        weir__refuse (call, ENOMEM, "out of memory");
        return;
    }
    while (items) {
        weir__item_t *item = items;
        items = item->next;
        item->next = NULL;
        if (self->order == WEIR__QUEUE_PRIORITY)
            self->family = weir__packed_family (weir__item_slice (item));
        weir__queue_accept (self, item);
    }
    object->sequence++;
    weir__answer_nil (call);
}

void weir__queue_put (weir__object_t *object, weir__call_t *call)
{
    weir__queue_state_t *self = object->state;
    batch_t batch;
    if (!read_batch (&call->body, &batch))
        weir__refuse (call, EINVAL, "put_many takes a list of items");
    else if (self->closed)
        weir__refuse (call, ECANCELED, "it is closed");
    else if (self->maxsize && batch.count > self->maxsize)
        weir__refuse (call, EMSGSIZE,
                      "it holds at most %u items, so %u never fit at once; put "
                      "fewer at a time",
                      self->maxsize, batch.count);
    else if (!suits (self, call, batch))
        return;
    else if (!has_room (self, batch.count))
        weir__park (call, WEIR__PUTTERS,
                    batch.count == 1 ? "it is full"
                                     : "it has no room for all the items");
    else if (object->lines [WEIR__PUTTERS] && batch.count > 0)
        weir__park (call, WEIR__PUTTERS, "other threads already wait to put");
    else
        accept_batch (object, call, batch);
}

//  Takes out up to `count` items, but not more than the rest of one reply can
//  carry.
static weir__item_t *take_items (weir__queue_state_t *self, int64_t count,
                                 size_t used, uint32_t *ret_taken)
{
    weir__item_t *items = NULL, **end = &items;
    size_t left = WEIR__MESSAGE_BYTES - WEIR__REPLY_ROOM;
    left -= used < left ? used : left;
    *ret_taken = 0;
    while (*ret_taken < count && self->items.count > 0) {
        weir__item_t *item = weir__queue_first (self);
        if (*ret_taken > 0 && item->size > left)
            break;
        left -= item->size < left ? item->size : left;
        weir__queue_take_out (self, item);
        *end = item;
        end = &item->next;
        (*ret_taken)++;
    }
    return items;
}

//  Answers the call with the next item, or the next items.
static void deliver_items (weir__object_t *object, weir__call_t *call)
{
    weir__queue_state_t *self = object->state;
    int64_t count = 1;
    uint32_t taken;
    bool many = call->body.op == WEIR__QUEUE_GET_MANY;
    if (call->body.op == WEIR__QUEUE_GET_LEASE) {
        weir__queue_lease (object, call);
        return;
    }
    if (many && !weir__arg_integer (call, 0, &count))
        return;
    weir__item_t *items = take_items (self, count, call->before, &taken);
    if (many)
        weir__answer_begin (call, WEIR_LIST, taken);
    else
        weir__answer_packed (call, weir__item_slice (items));
    for (weir__item_t *item = items; many && item; item = item->next)
        weir__buffer_put (call->reply, item->data, item->size);
    bool good = weir__answer_fits (call);
    if (good && !weir__queue_notes_reserve (self, taken)) {
        weir__refuse (call, ENOMEM, "out of memory");
        good = false;
    }
    object->sequence += good;
    while (items) {
        weir__item_t *item = items;
        items = item->next;
        item->next = NULL;
        if (good)
            weir__queue_let_go (self, item);
        else
            weir__queue_insert (self, item);
    }
}

//  Returns the request of a link that waits in this queue for an item, or NULL.
static weir__request_t *wait_of (const weir__object_t *object,
                                 const weir__link_t *link)
{
    weir__request_t *request;
    DL_FOREACH (object->lines [WEIR__GETTERS], request)
    if (request->link == link)
        break;
    return request;
}

//  Returns whether an item can come back to a closed, empty queue: a link has
//  leased an item and does not itself wait here for one. The link `link` counts
//  as waiting, too; NULL: no such link.
static bool can_come_back (const weir__object_t *object,
                           const weir__link_t *link)
{
    const weir__queue_state_t *self = object->state;
    const weir__hold_t *hold;
    if (self->discards)
        return false;
    DL_FOREACH (object->holds, hold)
    if (hold->link != link && !wait_of (object, hold->link))
        return true;
    return false;
}

bool weir__queue_ready (const weir__object_t *object, weir__readiness_t what)
{
    const weir__queue_state_t *self = object->state;
    if (what == WEIR__READY_JOIN)
        return self->unfinished == 0;
    if (what == WEIR__READY_PUT)
        return self->closed ||
               (has_room (self, 1) && !object->lines [WEIR__PUTTERS]);
    return self->items.count > 0 ||
           (self->closed && !can_come_back (object, NULL));
}

void weir__queue_get (weir__object_t *object, weir__call_t *call)
{
    weir__queue_state_t *self = object->state;
    if (self->items.count > 0)
        deliver_items (object, call);
    else if (!self->closed)
        weir__park (call, WEIR__GETTERS, "it is empty");
    else if (can_come_back (object, call->request->link))
        weir__park (call, WEIR__GETTERS,
                    "it is closed and empty, but leased items may come back");
    else
        weir__refuse (call, ECANCELED, "it is closed and has been emptied");
}

void weir__queue_get_many (weir__object_t *object, weir__call_t *call)
{
    int64_t count;
    if (!weir__arg_integer (call, 0, &count))
        return;
    if (count > 0)
        weir__queue_get (object, call);
    else
        weir__refuse (call, EINVAL, "the number of items must be 1 or more");
}

//  args: the lease in milliseconds; -1 means until the thread ends.
void weir__queue_get_lease (weir__object_t *object, weir__call_t *call)
{
    int64_t lease_ms;
    if (!weir__arg_integer (call, 0, &lease_ms))
        return;
    if (lease_ms < -1 || lease_ms == 0 || lease_ms > WEIR__LEASE_MS_MAX)
        weir__refuse (call, EINVAL,
                      "a lease lasts 1 to %d milliseconds, or -1 for no limit",
                      WEIR__LEASE_MS_MAX);
    else if (weir__hold_reserve (call, lease_ms < 0 ? 0 : (uint32_t) lease_ms))
        weir__queue_get (object, call);
}

//  Returns the values of a parked put, which was checked when it arrived.
static batch_t batch_of (const weir__request_t *request)
{
    weir__request_body_t body;
    batch_t batch = {0};
    if (!weir__request_body_read (request->body, request->size, &body))
        read_batch (&body, &batch);
    return batch;
}

//  Refuses one waiter of a closed, empty queue, if no item can come back to it.
//  Returns whether it did. A waiter that has leased an item comes first,
//  because its item may come back when it stops waiting.
static bool give_up (weir__object_t *object)
{
    weir__request_t *request = object->lines [WEIR__GETTERS];
    weir__call_t call;
    if (!request || can_come_back (object, NULL))
        return false;
    if (object->holds && wait_of (object, object->holds->link))
        request = wait_of (object, object->holds->link);
    weir__resume (request, &call);
    weir__refuse (&call, ECANCELED, "it is closed and has been emptied");
    weir__reply (&call);
    return true;
}

//  Resumes all waiters of a line, with an error or, if that is 0, with success.
static void let_go (weir__object_t *object, unsigned line, int error)
{
    while (object->lines [line]) {
        weir__call_t call;
        weir__resume (object->lines [line], &call);
        if (error)
            weir__refuse (&call, error, "it was closed during the wait");
        else
            weir__answer_nil (&call);
        weir__reply (&call);
    }
}

//  First ends the waits whose result is already certain. Then moves items from
//  the waiting producers to the waiting consumers, each in the order of their
//  waits.
void weir__queue_settle (weir__object_t *object)
{
    weir__queue_state_t *self = object->state;
    if (self->closed)
        let_go (object, WEIR__PUTTERS, ECANCELED);
    if (self->unfinished == 0)
        let_go (object, WEIR__JOINERS, 0);
    for (;;) {
        weir__request_t *getter = object->lines [WEIR__GETTERS];
        weir__request_t *putter = object->lines [WEIR__PUTTERS];
        batch_t batch = putter ? batch_of (putter) : (batch_t){0};
        weir__call_t call;
        if (getter && self->items.count > 0) {
            weir__resume (getter, &call);
            if (weir__is_guarded (&call))
                deliver_items (object, &call);
        } else if (putter && has_room (self, batch.count)) {
            weir__resume (putter, &call);
            if (weir__is_guarded (&call))
                accept_batch (object, &call, batch);
        } else
            break;
        weir__reply (&call);
    }
    while (self->closed && self->items.count == 0 && give_up (object))
        ;
}
