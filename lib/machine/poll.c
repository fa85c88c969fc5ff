/*  poll.c - waiting until one of several objects is ready

    SPDX-License-Identifier: MPL-2.0
*/

#include "machine/poll.h"

#include <errno.h>
#include <stdlib.h>

#include "codec/ops.h"
#include "machine/values/blob.h"
#include "machine/kind.h"

//  One object of a poll.
struct weir__poll_item {
    weir__poll_t *poll;
    weir__object_t *object; //  NULL: it is not there (any more)
    weir__ready_t ready;
    bool counted;                   //  for WEIR__READY_CHANGE: there is ...
    uint64_t sequence;              //  ... a sequence that is known
    weir__poll_item_t *prev, *next; //  in the object's
};

struct weir__poll {
    weir__request_t *request;
    weir__poll_t *prev, *next; //  among those that are to be answered
    bool woken;                //  it is one of them
    uint32_t count;
    weir__poll_item_t items [];
};

static bool is_ready (const weir__poll_item_t *item)
{
    const weir__object_t *object = item->object;
    if (!object)
        return true;
    if (item->ready == WEIR__READY_CHANGE)
        return !item->counted || object->sequence != item->sequence;
    return object->kind->ready (object, item->ready);
}

//  ---------------------------------------------------------------------------
//  Reading

//  The next of the integers of an item. False: it is none.
static bool next_integer (weir__slice_t *rest, int64_t *ret_integer)
{
    weir_value_t value;
    weir__slice_t packed = weir__packed_next (rest);
    weir__packed_peek (packed.data, packed.size, &value);
    if (value.type != WEIR_INTEGER)
        return false;
    *ret_integer = value.integer;
    return true;
}

//  [object, what for], or with the sequence that is known.
static bool read_item (weir__slice_t packed, weir__poll_item_t *item,
                       uint64_t *ret_object)
{
    weir_value_t list;
    int64_t object, ready, sequence;
    size_t head = weir__packed_peek (packed.data, packed.size, &list);
    weir__slice_t rest = {packed.data + head, packed.size - head};
    if (list.type != WEIR_LIST || list.size < 2 || list.size > 3 ||
        !next_integer (&rest, &object) || !next_integer (&rest, &ready) ||
        ready < 0 || ready >= WEIR__READIES)
        return false;
    *ret_object = (uint64_t) object; //  all 64 bits of it
    item->ready = (weir__ready_t) ready;
    item->counted = list.size == 3;
    if (!item->counted)
        return true;
    if (ready != WEIR__READY_CHANGE || !next_integer (&rest, &sequence) ||
        sequence < 0)
        return false;
    item->sequence = (uint64_t) sequence;
    return true;
}

static bool read_items (weir__poll_t *self, weir__call_t *call,
                        weir__slice_t rest)
{
    const weir__object_t *directory = call->object;
    for (uint32_t i = 0; i < self->count; i++) {
        weir__poll_item_t *item = &self->items [i];
        uint64_t id;
        if (!read_item (weir__packed_next (&rest), item, &id) || id == 0) {
            weir__refuse (call, EINVAL,
                          "item %u is neither [object, what for] nor [object, "
                          "change, sequence]",
                          i);
            return false;
        }
        item->poll = self;
        item->object = weir__object_find (directory->machine, id);
        if (item->object &&
            !weir__can_be_ready (item->object->kind, item->ready)) {
            call->object = item->object;
            weir__refuse (call, EINVAL, "a poll cannot wait for that at it");
            return false;
        }
    }
    return true;
}

//  What the call asks for. NULL after refusing it.
static weir__poll_t *read_poll (weir__call_t *call)
{
    weir_value_t list;
    weir__slice_t packed = weir__arg_packed (call, 0);
    size_t head = weir__packed_peek (packed.data, packed.size, &list);
    if (list.type != WEIR_LIST || list.size > WEIR__POLLED) {
        weir__refuse (call, EINVAL, "a poll is a list of at most %d objects",
                      WEIR__POLLED);
        return NULL;
    }
    weir__poll_t *self =
        calloc (1, sizeof *self + list.size * sizeof *self->items);
    if (!self) {
        weir__refuse (call, ENOMEM, "out of memory");
        return NULL;
    }
    self->count = (uint32_t) list.size;
    self->request = call->request;
    packed = (weir__slice_t){packed.data + head, packed.size - head};
    if (read_items (self, call, packed))
        return self;
    free (self);
    return NULL;
}

//  ---------------------------------------------------------------------------
//  Answering

static uint32_t count_ready (const weir__poll_t *self)
{
    uint32_t count = 0;
    for (uint32_t i = 0; i < self->count; i++)
        count += is_ready (&self->items [i]);
    return count;
}

//  The answer: {place in the list: sequence, nil if it has none, ...}
static void answer (const weir__poll_t *self, weir__call_t *call,
                    uint32_t count)
{
    weir__answer_begin (call, WEIR_MAP, count);
    for (uint32_t i = 0; i < self->count; i++) {
        const weir__poll_item_t *item = &self->items [i];
        if (!is_ready (item))
            continue;
        weir_value_t sequence = weir_value_nil ();
        if (item->object && weir__transacts (item->object))
            sequence = weir_value_int ((int64_t) item->object->sequence);
        if (weir__pack (call->reply, weir_value_int (i)) != 0 ||
            weir__pack (call->reply, sequence) != 0)
            call->reply->failed = true;
    }
}

//  It waits from now on.
static void attach (weir__poll_t *self)
{
    self->request->poll = self;
    for (uint32_t i = 0; i < self->count; i++) {
        weir__poll_item_t *item = &self->items [i];
        DL_APPEND (item->object->polls, item);
    }
}

//  args: a list of items, see read_item.
void weir__poll (weir__object_t *directory, weir__call_t *call)
{
    weir__poll_t *self = read_poll (call);
    uint32_t count = self ? count_ready (self) : 0;
    call->object = directory;
    if (!self)
        return;
    if (count > 0)
        answer (self, call, count);
    else
        weir__park (call, 0, "nothing of it is ready");
    if (call->parked)
        attach (self);
    else
        free (self);
}

//  ---------------------------------------------------------------------------
//  Waiting

void weir__poll_touch (weir__object_t *object)
{
    if (!object->polls || object->touched)
        return;
    object->touched = true;
    DL_APPEND2 (object->machine->touched, object, touched_prev, touched_next);
}

static void untouch (weir__object_t *object)
{
    if (object->touched)
        DL_DELETE2 (object->machine->touched, object, touched_prev,
                    touched_next);
    object->touched = false;
}

static void wake (weir__poll_t *self, weir__machine_t *machine)
{
    if (!self->woken)
        DL_APPEND (machine->woken, self);
    self->woken = true;
}

void weir__poll_forget (weir__object_t *object)
{
    untouch (object);
    while (object->polls) {
        weir__poll_item_t *item = object->polls;
        DL_DELETE (object->polls, item);
        item->object = NULL;
        wake (item->poll, object->machine);
    }
}

void weir__poll_settle (weir__machine_t *machine)
{
    while (machine->touched) {
        weir__object_t *object = machine->touched;
        weir__poll_item_t *item;
        untouch (object);
        DL_FOREACH (object->polls, item)
        if (is_ready (item))
            wake (item->poll, machine);
    }
    while (machine->woken) {
        weir__poll_t *self = machine->woken;
        weir__request_t *request = self->request;
        weir__call_t call = {.object = request->object,
                             .request = request,
                             .reply = &request->reply};
        answer (self, &call, count_ready (self));
        weir__request_unpark (request);
        weir__reply (&call);
    }
}

void weir__poll_end (weir__request_t *request)
{
    weir__poll_t *self = request->poll;
    if (!self)
        return;
    for (uint32_t i = 0; i < self->count; i++) {
        weir__poll_item_t *item = &self->items [i];
        if (item->object)
            DL_DELETE (item->object->polls, item);
    }
    if (self->woken)
        DL_DELETE (request->object->machine->woken, self);
    request->poll = NULL;
    free (self);
}

bool weir__poll_restore (weir__request_t *request)
{
    weir__call_t call = {.object = request->object,
                         .request = request,
                         .reply = &request->reply};
    weir__request_body_read (request->body, request->size, &call.body);
    weir__poll_t *self = read_poll (&call);
    if (!self || count_ready (self) > 0) {
        free (self);
        return false;
    }
    attach (self);
    return true;
}
