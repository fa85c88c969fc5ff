/*  queue.c - a queue of values, ordered fifo, lifo or by priority

    SPDX-License-Identifier: MPL-2.0
*/

#include "machine/kinds/kinds.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "machine/call.h"
#include "machine/core/kind.h"
#include "machine/kinds/queue/flow.h"
#include "machine/kinds/queue/items.h"
#include "machine/kinds/queue/leases.h"
#include "machine/kinds/queue/notes.h"
#include "machine/kinds/queue/tasks.h"
#include "machine/kinds/queue/undo.h"

static void size (weir__object_t *object, weir__call_t *call)
{
    const weir__queue_state_t *self = object->state;
    weir__answer (call, weir_value_int ((int64_t) self->items.count));
}

static void clear (weir__queue_state_t *self)
{
    while (self->items.count > 0) {
        weir__node_t *last = self->items.nodes [--self->items.count];
        last->place = WEIR__NOWHERE;
        weir__queue_let_go (self, WEIR__OF (last, weir__item_t, node));
    }
}

//  args: whether to discard the items. The answer: the number of discarded
//  items.
static void close_queue (weir__object_t *object, weir__call_t *call)
{
    weir__queue_state_t *self = object->state;
    weir_value_t at_once = weir__arg (call, 0);
    if (at_once.type != WEIR_BOOL) {
        weir__refuse (call, EINVAL, "argument 1 must be a boolean");
        return;
    }
    size_t count = at_once.boolean ? self->items.count : 0;
    if (!weir__queue_notes_reserve (self, count)) {
        weir__refuse (call, ENOMEM, "out of memory");
        return;
    }
    if (at_once.boolean)
        clear (self);
    self->closed = true;
    self->discards = self->discards || at_once.boolean;
    weir__queue_finish (self, count);
    weir__answer (call, weir_value_int ((int64_t) count));
}

static weir_value_t waiting (const weir__object_t *object, unsigned line)
{
    const weir__request_t *request;
    int count;
    DL_COUNT (object->lines [line], request, count);
    return weir_value_int (count);
}

//  The answer: [size, maxsize, closed, number of waiting gets, puts and joins,
//  order, number of unfinished items, number of leases].
static void info (weir__object_t *object, weir__call_t *call)
{
    const weir__queue_state_t *self = object->state;
    weir_value_t items [] = {
        [WEIR__QUEUE_INFO_SIZE] = weir_value_int ((int64_t) self->items.count),
        [WEIR__QUEUE_INFO_MAXSIZE] = weir_value_int (self->maxsize),
        [WEIR__QUEUE_INFO_CLOSED] = weir_value_bool (self->closed),
        [WEIR__QUEUE_INFO_GETTERS] = waiting (object, WEIR__GETTERS),
        [WEIR__QUEUE_INFO_PUTTERS] = waiting (object, WEIR__PUTTERS),
        [WEIR__QUEUE_INFO_JOINERS] = waiting (object, WEIR__JOINERS),
        [WEIR__QUEUE_INFO_ORDER] = weir_value_int (self->order),
        [WEIR__QUEUE_INFO_UNFINISHED] =
            weir_value_int ((int64_t) self->unfinished),
        [WEIR__QUEUE_INFO_LEASES] = weir_value_int (HASH_COUNT (self->leases)),
    };
    weir__answer (call, weir_value_list (items, WEIR__QUEUE_INFO_ITEMS));
}

static size_t describe (const weir__object_t *object, weir_value_t *facts)
{
    static const char *const orders [] = {"fifo", "lifo", "priority"};
    const weir__queue_state_t *self = object->state;
    const weir_value_t all [] = {
        weir_value_string ("size"),
        weir_value_int ((int64_t) self->items.count),
        weir_value_string ("maxsize"),
        weir_value_int (self->maxsize),
        weir_value_string ("order"),
        weir_value_string (orders [self->order]),
        weir_value_string ("closed"),
        weir_value_bool (self->closed),
        weir_value_string ("unfinished"),
        weir_value_int ((int64_t) self->unfinished),
        weir_value_string ("leases"),
        weir_value_int (HASH_COUNT (self->leases)),
    };
    memcpy (facts, all, sizeof all);
    return sizeof all / sizeof *all / 2;
}

static bool waits_for_holders (const weir__object_t *object,
                               const weir__request_t *request)
{
    (void) object;
    return request->line == WEIR__JOINERS;
}

//  args: maxsize, 0 or less means no bound; order.
static bool create (weir__object_t *object, weir__call_t *call)
{
    int64_t maxsize = 0, order = WEIR__QUEUE_FIFO;
    if ((call->body.argc > 0 && !weir__arg_integer (call, 0, &maxsize)) ||
        (call->body.argc > 1 && !weir__arg_integer (call, 1, &order)))
        return false;
    if (maxsize > WEIR__ITEMS_MAX) {
        weir__refuse (
            call, EINVAL,
            "the maxsize must be at most %d; 0 or less means no bound",
            WEIR__ITEMS_MAX);
        return false;
    }
    if (order < 0 || order >= WEIR__QUEUE_ORDERS) {
        weir__refuse (call, EINVAL,
                      "the order must be 0 (first in first out), 1 (last in "
                      "first out) or 2 (by priority)");
        return false;
    }
    weir__queue_state_t *self = object->state = calloc (1, sizeof *self);
    if (!self) {
        weir__refuse (call, ENOMEM, "out of memory");
        return false;
    }
    self->maxsize = maxsize > 0 ? (uint32_t) maxsize : 0;
    self->order = (weir__queue_order_t) order;
    return true;
}

static void destroy (weir__object_t *object)
{
    weir__queue_state_t *self = object->state;
    if (self) {
        weir__queue_free_leases (self);
        clear (self);
        free (self->items.nodes);
    }
    free (self);
}

static void save (const weir__object_t *object, weir__buffer_t *to)
{
    const weir__queue_state_t *self = object->state;
    weir__buffer_put_u32 (to, self->maxsize);
    weir__buffer_put_u8 (to, self->closed);
    weir__buffer_put_u8 (to, self->discards);
    weir__buffer_put_u8 (to, (uint8_t) self->order);
    weir__buffer_put_u8 (to, (uint8_t) self->family);
    weir__buffer_put_u64 (to, self->put);
    weir__buffer_put_u64 (to, self->unfinished);
    if (!weir__queue_save_items (self, to))
        to->failed = true;
    weir__queue_save_leases (self, to);
}

static bool load (weir__object_t *object, weir__reader_t *from)
{
    weir__queue_state_t *self = object->state = calloc (1, sizeof *self);
    if (!self)
        return false;
    self->maxsize = weir__reader_u32 (from);
    self->closed = weir__reader_u8 (from) != 0;
    self->discards = weir__reader_u8 (from) != 0;
    uint8_t order = weir__reader_u8 (from), family = weir__reader_u8 (from);
    self->put = weir__reader_u64 (from);
    self->unfinished = weir__reader_u64 (from);
    self->order = order;
    self->family = family;
    return order < WEIR__QUEUE_ORDERS && family <= WEIR__FAMILY_LIST &&
           weir__queue_load_items (self, from) &&
           weir__queue_load_leases (self, from);
}

static const weir__op_t ops [] = {
    [WEIR__QUEUE_PUT] = {"put", weir__queue_put, 1, 1, WEIR__PARKS,
                         .line = WEIR__PUTTERS},
    [WEIR__QUEUE_GET] = {"get", weir__queue_get, 0, 0, WEIR__PARKS,
                         .line = WEIR__GETTERS},
    [WEIR__QUEUE_SIZE] = {"size", size, 0, 0, WEIR__READS},
    [WEIR__QUEUE_CLOSE] = {"close", close_queue, 1, 1, WEIR__WRITES},
    [WEIR__QUEUE_INFO] = {"info", info, 0, 0, WEIR__READS},
    [WEIR__QUEUE_PUT_MANY] = {"put_many", weir__queue_put, 1, 1, WEIR__PARKS,
                              .line = WEIR__PUTTERS},
    [WEIR__QUEUE_GET_MANY] = {"get_many", weir__queue_get_many, 1, 1,
                              WEIR__PARKS, .line = WEIR__GETTERS},
    [WEIR__QUEUE_TASK_DONE] = {"task_done", weir__queue_task_done, 0, 1,
                               WEIR__WRITES},
    [WEIR__QUEUE_JOIN] = {"join", weir__queue_join, 0, 0, WEIR__PARKS,
                          .line = WEIR__JOINERS},
    [WEIR__QUEUE_GET_LEASE] = {"get_lease", weir__queue_get_lease, 1, 1,
                               WEIR__GRANTS, .line = WEIR__GETTERS},
    [WEIR__QUEUE_ACK] = {"ack", weir__queue_ack, 1, 1, WEIR__ALONE},
    [WEIR__QUEUE_NACK] = {"nack", weir__queue_nack, 1, 1, WEIR__ALONE},
    [WEIR__QUEUE_EXTEND] = {"extend", weir__queue_extend, 2, 2, WEIR__ALONE},
};

const weir__kind_t weir__queue_kind = {
    .code = WEIR__QUEUE,
    .name = "queue",
    .ops = ops,
    .op_count = sizeof ops / sizeof *ops,
    .create_argc_max = 2,
    .create = create,
    .destroy = destroy,
    .holder_gone = weir__queue_holder_gone,
    .held = weir__queue_held,
    .waits_for_holders = waits_for_holders,
    .settle = weir__queue_settle,
    .begin = weir__queue_begin,
    .end = weir__queue_end,
    .ready = weir__queue_ready,
    .describe = describe,
    .save = save,
    .load = load,
};
