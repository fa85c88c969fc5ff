/*  memory.c - failed allocations, and the checks of such runs

    In a run that starves, an allocation inside a call of the engine fails now
    and then, or all from one on. A request that was refused then is in the log.
    A replay, which has memory, applies it, so the live machine and the log
    differ. Such a run therefore has an owner that does not die, and other
    checks. Nothing crashes. Every living link gets its replies, unless its
    session was ended for want of memory. Nothing of dead processes remains.
    Each addition to one counter is done once: acknowledged ones have different
    sums, failed ones left no trace, and only additions without a reply may or
    may not be included.

    SPDX-License-Identifier: MPL-2.0
*/

#include "sim/sim.h"

#include <assert.h>
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "codec/ops.h"
#include "codec/pack.h"
#include "codec/status.h"
#include "owner/state.h"
#include "codec/packed.h"
#include "kit/malloc.h"

enum {
    STARVES = 6,      //  one run in this many
    SHORT = 4,        //  one call in this many, then
    ALLOCATIONS = 8,  //  of a call that may fail
    COUNTS = 3,       //  one request in this many is about the counter
    SUMS = 1 << 16,   //  that are possible
    KEY_BYTES = 4500, //  of the counter's key, and the range above that
    KEY_TIMES = 6,
    KEY_LARGE = 8 //  in one run in this many, it takes two frames
};

static const char counter_name [] = "counter";

void sim_memory_init (sim_t *self)
{
    if (!(self->config.faults & SIM_MEMORY) || sim_below (self, STARVES) != 0)
        return;
    self->memory.starves = true;
    //  A request that found no memory may be applied when it comes once more.
    self->config.faults &= ~(unsigned) (SIM_OWNER | SIM_LOG | SIM_SNAPSHOT |
                                        SIM_DUPLICATE | SIM_OTHER);
    size_t size =
        KEY_BYTES + (size_t) sim_below (self, KEY_BYTES * (KEY_TIMES - 1));
    if (sim_below (self, KEY_LARGE) == 0)
        size += WEIR__CHUNK_BYTES;
    self->memory.key = calloc (1, size + 1);
    assert (self->memory.key);
    memset (self->memory.key, 'k', size);
}

static void watch (const sim_memory_t *memory)
{
    if (memory->lasting)
        test_malloc_watch_from (memory->fails_at);
    else
        test_malloc_watch (memory->fails_at);
}

void sim_memory_begin (sim_t *self)
{
    sim_memory_t *memory = &self->memory;
    if (!memory->starves || !sim_chance (self, SIM_MEMORY, SHORT))
        return;
    memory->watching = true;
    //  Prefers the first allocations.
    memory->fails_at =
        (unsigned) sim_below (self, 1 + sim_below (self, ALLOCATIONS));
    memory->lasting = sim_below (self, 2);
    sim_tell (self, "memory is short from allocation %u on, %s",
              memory->fails_at, memory->lasting ? "for good" : "once");
    watch (memory);
}

void sim_memory_pause (sim_t *self)
{
    sim_memory_t *memory = &self->memory;
    if (!memory->watching)
        return;
    unsigned count = test_malloc_unwatch ();
    if (count <= memory->fails_at)
        memory->fails_at -= count;
    else if (memory->lasting)
        memory->fails_at = 0;
    else
        memory->fails_at = TEST_NONE_FAILS;
}

void sim_memory_resume (sim_t *self)
{
    if (self->memory.watching)
        watch (&self->memory);
}

void sim_memory_end (sim_t *self)
{
    if (self->memory.watching)
        test_malloc_unwatch ();
    self->memory.watching = false;
}

//  Returns whether the workload knows the object, which is then not the
//  counter.
static bool is_known (const sim_t *self, uint64_t id)
{
    for (unsigned i = 0; i < self->workload->object_count; i++)
        if (self->workload->objects [i].id == id)
            return true;
    return false;
}

//  Returns whether a request leaves the counter alone.
static bool is_harmless (const sim_t *self, const step_t *step)
{
    if (step->object != 0)
        return is_known (self, step->object);
    return step->op != WEIR__DIRECTORY_DROP ||
           (step->args [0].type == WEIR_INTEGER &&
            is_known (self, (uint64_t) step->args [0].integer));
}

void sim_memory_request (sim_t *self, step_t *step)
{
    if (!self->memory.starves ||
        (sim_below (self, COUNTS) != 0 && is_harmless (self, step)))
        return;
    *step = (step_t){.object = self->memory.counter, .timeout_ms = -1};
    if (step->object) {
        bool add = sim_below (self, 4) > 0;
        step->op = add ? WEIR__DICT_ADD : WEIR__DICT_GET;
        //  Reads have any size: the queue of waiting reads grows with them.
        size_t size = strlen (self->memory.key);
        step->args [step->argc++] = weir_value_sized (
            WEIR_STRING, self->memory.key, add ? size : sim_below (self, size));
        if (add)
            step->args [step->argc++] = weir_value_int (1);
        return;
    }
    bool create = sim_below (self, 2);
    step->op = create ? WEIR__DIRECTORY_CREATE : WEIR__DIRECTORY_OPEN;
    step->args [step->argc++] = weir_value_int (WEIR__DICT);
    step->args [step->argc++] = weir_value_string (counter_name);
}

bool sim_memory_note (sim_t *self, const weir__request_body_t *body,
                      uint64_t id)
{
    weir_value_t name;
    weir__packed_peek (body->args [1].data, body->args [1].size, &name);
    if (name.type != WEIR_STRING || name.size != strlen (counter_name) ||
        memcmp (name.string, counter_name, name.size) != 0)
        return false;
    self->memory.counter = id;
    return true;
}

bool sim_memory_refused (const sim_t *self, const char *sentence, size_t size)
{
    static const char *const sentences [] = {WEIR__ENGINE_NO_MEMORY,
                                             WEIR__ENGINE_SESSION_ENDED};
    bool known = false;
    for (int i = 0; i < 2; i++)
        known = known || (size == strlen (sentences [i]) &&
                          memcmp (sentence, sentences [i], size) == 0);
    return self->memory.starves && known;
}

//  A request that reads, and changes nothing.
static weir__machine_t *live_machine (const sim_t *self)
{
    return (weir__machine_t *) weir__engine_machine (self->engine);
}

//  Returns the value of the counter in the owner.
static int64_t read_counter (sim_t *self)
{
    weir__buffer_t key = WEIR__BUFFER_INIT, reply = WEIR__BUFFER_INIT;
    int rc = weir__pack (&key, weir_value_string (self->memory.key));
    assert (rc == 0);
    (void) rc;
    weir__request_body_t body = {
        .object = self->memory.counter,
        .op = WEIR__DICT_GET,
        .argc = 1,
        .args = {{key.data, key.size}},
    };
    weir_value_t value;
    weir__machine_read (live_machine (self), &body, &reply);
    weir__packed_peek (reply.data + WEIR__REPLY_HEAD_BYTES,
                       reply.size - WEIR__REPLY_HEAD_BYTES, &value);
    int64_t count = 0; //  without an addition the key is missing
    if (reply.data [0] == 0)
        count = value.type == WEIR_INTEGER ? value.integer : -1;
    weir__buffer_free (&key);
    weir__buffer_free (&reply);
    return count;
}

static bool is_addition (const sim_t *self, const sim_operation_t *operation)
{
    weir__request_body_t body;
    weir__request_body_read (operation->body.data, operation->body.size, &body);
    return body.object == self->memory.counter && body.op == WEIR__DICT_ADD;
}

//  Returns the sum in a reply; 0 after a failure.
static int64_t sum_of (const uint8_t *reply, size_t size)
{
    weir_value_t sum;
    if (reply [0] != 0)
        return 0;
    weir__packed_peek (reply + WEIR__REPLY_HEAD_BYTES,
                       size - WEIR__REPLY_HEAD_BYTES, &sum);
    return sum.type == WEIR_INTEGER ? sum.integer : -1;
}

//  An applied request stays applied: its reply is the same whenever it is sent.
void sim_memory_sent (sim_t *self, const sim_link_t *link,
                      const weir__frame_t *message)
{
    sim_operation_t *operation =
        self->memory.counter ? sim_find (self, link, message->number) : NULL;
    if (!operation || !is_addition (self, operation))
        return;
    int64_t sum = sum_of (message->body, message->size);
    if (operation->sum != 0 && operation->sum != sum)
        sim_fail (self,
                  "%" PRIu64 ".%u #%" PRIu64 " made the counter %" PRId64
                  ", but is told %" PRId64 " when it asks again (status %u)",
                  link->session, link->number, message->number, operation->sum,
                  sum, message->body [0]);
    operation->sum = sum;
}

//  Checks an addition whose reply has come. Returns whether it was applied.
static bool check_sum (sim_t *self, const sim_operation_t *operation,
                       bool *seen)
{
    const weir__buffer_t *reply = &operation->reply;
    int64_t sum = sum_of (reply->data, reply->size);
    int error = weir__status_error (reply->data [0]);
    //  EPROTO: there was no memory for the link itself.
    if (sum == 0 && (error == ENOMEM || error == EPROTO))
        return false;
    if (sum < 1 || sum >= SUMS || seen [sum]) {
        sim_fail (self, "the counter gave %" PRId64 " twice, or status %u", sum,
                  reply->data [0]);
        return false;
    }
    return seen [sum] = true;
}

static void check_counter (sim_t *self)
{
    int64_t done = 0, unknown = 0;
    bool *seen = calloc (SUMS, sizeof *seen);
    assert (seen);
    for (size_t i = 0; i < self->operation_count; i++) {
        const sim_operation_t *operation = &self->operations [i];
        if (!is_addition (self, operation))
            continue;
        if (!operation->returned)
            unknown++;
        else if (check_sum (self, operation, seen))
            done++;
    }
    free (seen);
    int64_t value = read_counter (self);
    if (value < done || value > done + unknown)
        sim_fail (self,
                  "the counter is %" PRId64 " after %" PRId64
                  " additions that are acknowledged and %" PRId64
                  " that nobody heard of",
                  value, done, unknown);
}

//  Links that found no memory have tried again.
static void check_living (sim_t *self)
{
    for (const sim_link_t *link = self->links; link; link = link->next)
        if (!link->gone && !weir__machine_has_link (
                               live_machine (self),
                               (weir__origin_t){link->session, link->number}))
            sim_fail (self, "living %" PRIu64 ".%u is not there", link->session,
                      link->number);
}

void sim_memory_judge (sim_t *self)
{
    check_living (self);
    if (self->memory.counter)
        check_counter (self);
    sim_check_gone (self, live_machine (self));
}
