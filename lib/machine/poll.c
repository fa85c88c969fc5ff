/*  poll.c - waits until one of several objects is ready

    SPDX-License-Identifier: MPL-2.0
*/

#include "machine/poll.h"

#include <errno.h>
#include <stdlib.h>

#include "codec/pack.h"
#include "codec/packed.h"
#include "machine/call.h"
#include "machine/core/kind.h"
#include "machine/core/objects.h"
#include "machine/core/requests.h"
#include "machine/core/watch.h"
#include "machine/parking.h"

//  ---------------------------------------------------------------------------
//  Reading

//  Reads the next value of an item as an integer. Returns false when it has
//  another type.
static bool next_integer (weir__bytes_t *rest, int64_t *ret_integer)
{
    weir_value_t value;
    weir__bytes_t packed = weir__packed_next (rest);
    weir__packed_peek (packed.data, packed.size, &value);
    if (value.type != WEIR_INTEGER)
        return false;
    *ret_integer = value.integer;
    return true;
}

//  Reads an item: [object, readiness] or [object, WEIR__READY_CHANGE,
//  sequence]. Returns false when it is malformed.
static bool read_item (weir__bytes_t packed, weir__poll_item_t *item,
                       uint64_t *ret_object)
{
    weir_value_t list;
    int64_t object, ready, sequence;
    size_t head = weir__packed_peek (packed.data, packed.size, &list);
    weir__bytes_t rest = {packed.data + head, packed.size - head};
    if (list.type != WEIR_LIST || list.size < 2 || list.size > 3 ||
        !next_integer (&rest, &object) || !next_integer (&rest, &ready) ||
        ready < 0 || ready >= WEIR__READIES)
        return false;
    *ret_object = (uint64_t) object; //  with all its 64 bits
    item->ready = (weir__readiness_t) ready;
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
                        weir__bytes_t rest)
{
    const weir__object_t *directory = call->object;
    for (uint32_t i = 0; i < self->count; i++) {
        weir__poll_item_t *item = &self->items [i];
        uint64_t id;
        if (!read_item (weir__packed_next (&rest), item, &id) || id == 0) {
            weir__refuse (call, EINVAL,
                          "item %u must be [object, readiness] or [object, "
                          "change, sequence]",
                          i);
            return false;
        }
        item->poll = self;
        item->object = weir__object_find (directory->machine, id);
        if (item->object &&
            !weir__can_be_ready (item->object->kind->code, item->ready)) {
            call->object = item->object;
            weir__refuse (call, EINVAL, "it can never be ready for that");
            return false;
        }
    }
    return true;
}

//  Makes the poll that a call asks for. Returns NULL after refusing the call.
static weir__poll_t *read_poll (weir__call_t *call)
{
    weir_value_t list;
    weir__bytes_t packed = weir__arg_packed (call, 0);
    size_t head = weir__packed_peek (packed.data, packed.size, &list);
    if (list.type != WEIR_LIST || list.size > WEIR__POLLED) {
        weir__refuse (call, EINVAL,
                      "a poll must be a list of at most %d objects",
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
    packed = (weir__bytes_t){packed.data + head, packed.size - head};
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
        count += weir__watch_is_ready (&self->items [i]);
    return count;
}

//  Answers with a map: the index of each ready object in the list, and its
//  sequence, or nil when it has none.
static void answer_ready (const weir__poll_t *self, weir__call_t *call,
                          uint32_t count)
{
    weir__answer_begin (call, WEIR_MAP, count);
    for (uint32_t i = 0; i < self->count; i++) {
        const weir__poll_item_t *item = &self->items [i];
        if (!weir__watch_is_ready (item))
            continue;
        weir_value_t sequence = weir_value_nil ();
        if (item->object && weir__transacts (item->object))
            sequence = weir_value_int ((int64_t) item->object->sequence);
        if (weir__pack (call->reply, weir_value_int (i)) != 0 ||
            weir__pack (call->reply, sequence) != 0)
            call->reply->failed = true;
    }
}

//  args: a list of items; see read_item.
void weir__poll (weir__object_t *directory, weir__call_t *call)
{
    weir__poll_t *self = read_poll (call);
    uint32_t count = self ? count_ready (self) : 0;
    call->object = directory;
    if (!self)
        return;
    if (count > 0)
        answer_ready (self, call, count);
    else
        weir__park (call, 0, "none of the objects is ready");
    if (call->parked)
        weir__watch_begin (self);
    else
        free (self);
}

//  ---------------------------------------------------------------------------
//  Waiting

void weir__poll_settle (weir__machine_t *machine)
{
    weir__watch_wake (machine);
    while (machine->woken) {
        weir__poll_t *self = machine->woken;
        weir__request_t *request = self->request;
        weir__call_t call = {.object = request->object,
                             .request = request,
                             .reply = &request->reply};
        answer_ready (self, &call, count_ready (self));
        weir__request_unpark (request);
        weir__reply (&call);
    }
}

bool weir__poll_load (weir__request_t *request)
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
    weir__watch_begin (self);
    return true;
}
