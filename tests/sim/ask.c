/*  ask.c - the requests of links

    Random operations of every kind, from the histories. Added are requests that
    only a world with connections makes interesting: objects that are about to
    exist, large values, and values that are equal but differ.

    SPDX-License-Identifier: MPL-2.0
*/

#include "sim/sim.h"

#include "codec/ops.h"
#include "codec/pack.h"
#include "codec/packed.h"

enum {
    EARLY = 40, //  one request in this many asks for a future object
    LARGE = 12  //  one has an argument of several frames
};

void sim_ask_init (sim_t *self)
{
    self->workload = history_new (self->config.seed);
    sim_theme_init (self);
    sim_ask_forget (self);
}

void sim_ask_forget (sim_t *self)
{
    self->workload->object_count = 0;
    self->next_id = 1;
}

//  Replaces everything other than a number by one.
static weir_value_t only_numbers (sim_t *self, weir_value_t value)
{
    if (value.type != WEIR_LIST)
        return value.type == WEIR_NIL || value.type == WEIR_STRING ||
                       value.type == WEIR_BYTES || value.type == WEIR_MAP
                   ? sim_theme_number (self)
                   : value;
    weir_value_t *items =
        history_block (self->workload, value.size * sizeof *items);
    for (size_t i = 0; i < value.size; i++)
        items [i] = sim_theme_number (self);
    return weir_value_list (items, value.size);
}

//  Reads an object that does not exist yet: a repeated read may find it.
static void ask_early (sim_t *self, step_t *step)
{
    static const unsigned ops [] = {
        WEIR__VAR_GET,   WEIR__LOCK_INFO, WEIR__QUEUE_INFO, WEIR__DICT_SIZE,
        WEIR__DICT_KEYS, WEIR__LIST_SIZE, WEIR__SET_SIZE,   WEIR__ARRAY_SIZE,
    };
    *step = (step_t){
        .object = self->next_id,
        .op = ops [sim_below (self, sizeof ops / sizeof *ops)],
    };
}

void sim_ask (sim_t *self, step_t *ret_step)
{
    *ret_step = (step_t){0};
    history_request (self->workload, ret_step);
    //  The library checks the arguments of a caller before it sends them.
    if (ret_step->argc > WEIR__ARGS)
        ret_step->argc = WEIR__ARGS;
    if (self->numbers && ret_step->object != 0)
        for (unsigned i = 0; i < ret_step->argc; i++)
            ret_step->args [i] = only_numbers (self, ret_step->args [i]);
    if (self->large && ret_step->object != 0 && ret_step->argc > 0 &&
        sim_below (self, LARGE) == 0)
        ret_step->args [ret_step->argc - 1] = sim_theme_large (self);
    sim_theme_ask (self, ret_step);
    if (sim_below (self, EARLY) == 0)
        ask_early (self, ret_step);
    sim_memory_request (self, ret_step);
}

//  Dropped objects get no more requests, most of the time.
static void forget (sim_t *self, weir__bytes_t packed)
{
    history_t *workload = self->workload;
    weir_value_t id;
    weir__packed_peek (packed.data, packed.size, &id);
    for (unsigned i = 0; i < workload->object_count; i++)
        if (workload->objects [i].id == (uint64_t) id.integer &&
            sim_below (self, 4)) {
            workload->objects [i] =
                workload->objects [--workload->object_count];
            return;
        }
}

void sim_ask_note (sim_t *self, const sim_operation_t *operation)
{
    weir__request_body_t body;
    history_t *workload = self->workload;
    if (operation->reply.data [0] != 0 ||
        weir__request_body_read (operation->body.data, operation->body.size,
                                 &body) != NULL)
        return;
    step_t step = {.object = body.object, .op = body.op};
    history_changed (workload, &step);
    history_grant (
        workload, &step,
        (weir__bytes_t){operation->reply.data, operation->reply.size});
    if (body.object == 0 && body.op == WEIR__DIRECTORY_DROP)
        forget (self, body.args [0]);
    if (body.object != 0 ||
        (body.op != WEIR__DIRECTORY_CREATE && body.op != WEIR__DIRECTORY_OPEN))
        return;
    weir_value_t id, kind;
    weir__packed_peek (operation->reply.data + WEIR__REPLY_HEAD_BYTES,
                       operation->reply.size - WEIR__REPLY_HEAD_BYTES, &id);
    weir_value_t detail = weir_value_nil ();
    if (body.argc > 2)
        weir__packed_peek (body.args [2].data, body.args [2].size, &detail);
    weir__packed_peek (body.args [0].data, body.args [0].size, &kind);
    if (self->next_id <= (uint64_t) id.integer && id.integer < UINT32_MAX)
        self->next_id = (uint64_t) id.integer + 1;
    if (sim_memory_note (self, &body, (uint64_t) id.integer) ||
        body.op != WEIR__DIRECTORY_CREATE)
        return;
    history_note (workload, (uint64_t) id.integer, kind, detail);
}
