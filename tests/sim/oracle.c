/*  oracle.c - applies the log to the sequential model

    The witness shows that the owner does what its own machine does. The oracle
    checks that this is right: the model (tests/model/model.h), which shares no
    code with the machine, must give the same replies, entry by entry.

    SPDX-License-Identifier: MPL-2.0
*/

#include "sim/sim.h"

#include <assert.h>
#include <inttypes.h>
#include <stdlib.h>

#include "codec/pack.h"
#include "codec/packed.h"
#include "machine/entry.h"
#include "model/model.h"

enum { STEPS = 512 }; //  records of one entry

typedef struct oracle {
    sim_t *sim;
    model_t *model;
    weir__machine_t *machine;
    uint64_t entry;
    sim_operation_t **reads; //  in the order of their indices
    size_t read_count, reads_done;
    bool used [MODEL_REPLIES];
    size_t reply_count;   //  of the machine, in this entry
    weir_value_t *values; //  memory of the model's arguments
    size_t value_count, value_capacity;
} oracle_t;

//  Keeps an argument as long as the oracle lives.
static weir_value_t keep (oracle_t *self, weir__bytes_t packed)
{
    if (self->value_count == self->value_capacity) {
        self->value_capacity = 2 * self->value_capacity + 64;
        self->values =
            realloc (self->values, self->value_capacity * sizeof *self->values);
        assert (self->values);
    }
    weir_value_t *value = &self->values [self->value_count++];
    int rc = weir__unpack (packed.data, packed.size, value);
    assert (rc == 0);
    (void) rc;
    return *value;
}

static void read_request (oracle_t *self, weir__bytes_t bytes, step_t *step)
{
    weir__request_body_t body;
    if (weir__request_body_read (bytes.data, bytes.size, &body) != NULL)
        return;
    step->acked = body.acked;
    step->object = body.object;
    step->op = body.op;
    step->timeout_ms = body.timeout_ms;
    step->guard = body.guard;
    step->argc = body.argc;
    for (unsigned i = 0; i < body.argc; i++)
        step->args [i] = keep (self, body.args [i]);
}

static step_t read_step (oracle_t *self, const weir__record_t *record)
{
    step_t step = {
        .type = record->type,
        .who = {record->session, record->link},
        .number = record->number,
    };
    if (record->type == WEIR__RECORD_REQUEST)
        read_request (self, record->body, &step);
    return step;
}

static size_t read_steps (oracle_t *self, weir__bytes_t entry, step_t *steps,
                          uint64_t *ret_time_us)
{
    weir__reader_t reader = weir__reader (entry.data, entry.size);
    weir__record_t record;
    size_t count = 0;
    *ret_time_us = weir__entry_time (&reader);
    while (weir__entry_next (&reader, &record)) {
        assert (count < STEPS);
        steps [count++] = read_step (self, &record);
    }
    return count;
}

//  Compares a reply of the machine: the model must have made it, too.
static void replied (void *context, weir__origin_t to, uint64_t number,
                     weir__bytes_t body)
{
    oracle_t *self = context;
    const model_t *model = self->model;
    self->reply_count++;
    for (size_t i = 0; i < model->reply_count; i++) {
        const model_reply_t *reply = &model->replies [i];
        if (!self->used [i] && reply->to.session == to.session &&
            reply->to.link == to.link && reply->number == number &&
            model_agrees (reply, body)) {
            self->used [i] = true;
            return;
        }
    }
    sim_fail (self->sim,
              "entry %" PRIu64 ": the reply to %" PRIu64 ".%u #%" PRIu64
              " (status %u) is not what the model says",
              self->entry, to.session, to.link, number, body.data [0]);
}

static void check_entry (oracle_t *self, weir__bytes_t entry)
{
    static step_t steps [STEPS];
    const weir__sink_t sink = {.reply = replied, .context = self};
    uint64_t time_us;
    size_t count = read_steps (self, entry, steps, &time_us);
    model_apply (self->model, time_us, steps, count);
    self->reply_count = 0;
    for (size_t i = 0; i < self->model->reply_count; i++)
        self->used [i] = false;
    weir__machine_apply (self->machine, entry, &sink);
    if (self->reply_count != self->model->reply_count)
        sim_fail (self->sim,
                  "entry %" PRIu64 ": %zu replies, but the model has %zu",
                  self->entry, self->reply_count, self->model->reply_count);
}

//  Checks a read without an entry, at its position.
static void check_read (oracle_t *self, const sim_operation_t *operation)
{
    model_request_t read = {0};
    read_request (self,
                  (weir__bytes_t){operation->body.data, operation->body.size},
                  &read.step);
    model_read (self->model, &read);
    model_reply_t expected = {.error = read.error, .value = read.value};
    if (!model_agrees (&expected, (weir__bytes_t){operation->reply.data,
                                                  operation->reply.size}))
        sim_fail (self->sim,
                  "%" PRIu64 ".%u #%" PRIu64 " read after entry %" PRIu64
                  " (status %u) what is not what the model says",
                  operation->session, operation->link, operation->number,
                  operation->read_at, operation->reply.data [0]);
    weir__buffer_free (&read.value);
}

static void check_reads (oracle_t *self)
{
    for (; self->reads_done < self->read_count; self->reads_done++) {
        const sim_operation_t *operation = self->reads [self->reads_done];
        if (operation->read_at > self->entry)
            return;
        if (operation->logged_at == 0)
            check_read (self, operation);
    }
}

void sim_ask_oracle (sim_t *self)
{
    oracle_t *oracle = calloc (1, sizeof *oracle);
    assert (oracle);
    oracle->sim = self;
    oracle->reads = sim_by_place (self, &oracle->read_count);
    oracle->model = model_new ();
    oracle->machine = weir__machine_new ();
    assert (oracle->machine);
    check_reads (oracle);
    while (oracle->entry < self->log.count && self->result->good) {
        const weir__buffer_t *entry = &self->log.entries [oracle->entry++];
        check_entry (oracle, (weir__bytes_t){entry->data, entry->size});
        check_reads (oracle);
    }
    free (oracle->reads);
    model_destroy (&oracle->model);
    weir__machine_destroy (&oracle->machine);
    for (size_t i = 0; i < oracle->value_count; i++)
        weir_value_clear (&oracle->values [i]);
    free (oracle->values);
    free (oracle);
}
