/*  witness.c - every reply must agree with a replay of the log

    A fresh machine applies the log, entry by entry. The replay gives the reply
    to each request and the entry after which it was made. That entry must lie
    between call and return, and the bytes must be those that the caller
    received. A reply without an entry is computed again at its position. So the
    operations took effect one after the other, each at a moment of its own
    call: they are linearizable. The check takes one pass.

    SPDX-License-Identifier: MPL-2.0
*/

#include "sim/sim.h"

#include <assert.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buffer.h"
#include "codec/ops.h"
#include "codec/pack.h"
#include "base/hash.h"
#include "codec/packed.h"
#include "machine/entry.h"
#include "machine/snapshot.h"

//  The replay's record of a request.
typedef struct verdict {
    struct {
        uint64_t session;
        uint64_t link;
        uint64_t number;
    } key;
    sim_operation_t *operation;
    bool logged;
    bool replied;
    UT_hash_handle hh;
} verdict_t;

typedef struct witness {
    sim_t *sim;
    weir__machine_t *machine;
    verdict_t *verdicts;
    uint64_t entry;          //  the entry being applied
    sim_operation_t **reads; //  in the order of their indices
    size_t read_count, reads_done;
} witness_t;

//  Returns a reply as text. Valid until the next call with the same `place`.
static const char *describe (const uint8_t *data, size_t size, int place)
{
    static char texts [2][160];
    weir_value_t value = weir_value_nil ();
    char *text = NULL;
    if (size > WEIR__REPLY_HEAD_BYTES &&
        weir__unpack (data + WEIR__REPLY_HEAD_BYTES,
                      size - WEIR__REPLY_HEAD_BYTES, &value) == 0)
        text = weir_value_format (value);
    weir_value_clear (&value);
    snprintf (texts [place], sizeof texts [place], "status %u, %s",
              size ? data [0] : 0, text ? text : "nothing");
    free (text);
    return texts [place];
}

static void replied (void *context, weir__origin_t to, uint64_t number,
                     weir__bytes_t body)
{
    witness_t *self = context;
    verdict_t *verdict, key;
    memset (&key, 0, sizeof key);
    key.key.session = to.session;
    key.key.link = to.link;
    key.key.number = number;
    HASH_FIND (hh, self->verdicts, &key.key, sizeof key.key, verdict);
    if (!verdict || verdict->replied)
        return; //  a kept reply, once more
    verdict->replied = true;
    const sim_operation_t *operation = verdict->operation;
    if (!operation->returned)
        return;
    if (operation->reply.size != body.size ||
        memcmp (operation->reply.data, body.data, body.size) != 0)
        sim_fail (self->sim,
                  "%" PRIu64 ".%u #%" PRIu64 " got %s, but entry %" PRIu64
                  " gives %s",
                  to.session, to.link, number,
                  describe (operation->reply.data, operation->reply.size, 0),
                  self->entry, describe (body.data, body.size, 1));
    if (self->entry <= operation->called_at ||
        self->entry > operation->returned_at)
        sim_fail (self->sim,
                  "%" PRIu64 ".%u #%" PRIu64 " took effect at entry %" PRIu64
                  ", not between its call (%" PRIu64 ") and return (%" PRIu64
                  ")",
                  to.session, to.link, number, self->entry,
                  operation->called_at, operation->returned_at);
}

//  Checks a reply without an entry: the same read at its position must give it.
//  (When a read comes twice and its object is dropped in between, the second
//  one is in the log, but the caller has the first one's reply.)
static void check_read (witness_t *self, verdict_t *verdict)
{
    const sim_operation_t *operation = verdict->operation;
    weir__request_body_t body;
    weir__buffer_t reply = WEIR__BUFFER_INIT;
    const char *wrong = weir__request_body_read (operation->body.data,
                                                 operation->body.size, &body);
    assert (!wrong);
    (void) wrong;
    weir__machine_read (self->machine, &body, &reply);
    if (reply.size == operation->reply.size &&
        memcmp (reply.data, operation->reply.data, reply.size) == 0)
        verdict->replied = true;
    weir__buffer_free (&reply);
    if (!verdict->replied && !verdict->logged)
        sim_fail (self->sim,
                  "%" PRIu64 ".%u #%" PRIu64
                  " read what was not there after entry %" PRIu64,
                  operation->session, operation->link, operation->number,
                  operation->read_at);
}

static verdict_t *verdict_of (witness_t *self, const sim_operation_t *operation)
{
    verdict_t *verdict, key;
    memset (&key, 0, sizeof key);
    key.key.session = operation->session;
    key.key.link = operation->link;
    key.key.number = operation->number;
    HASH_FIND (hh, self->verdicts, &key.key, sizeof key.key, verdict);
    return verdict;
}

//  It was judged with the log of an owner that has been replaced since.
static bool is_past (const sim_t *self, const sim_operation_t *operation)
{
    return operation < self->operations + self->past;
}

static void note_request (witness_t *self, const weir__record_t *record,
                          uint64_t entry)
{
    sim_operation_t key = {.session = record->session,
                           .link = record->link,
                           .number = record->number};
    verdict_t *verdict = verdict_of (self, &key);
    if (!verdict)
        return;
    if (is_past (self->sim, verdict->operation)) {
        if (verdict->operation->logged_at != 0)
            sim_fail (self->sim,
                      "%" PRIu64 ".%u #%" PRIu64
                      " was done by its owner, and by another one",
                      record->session, record->link, record->number);
        return;
    }
    verdict->logged = true;
    if (verdict->operation->logged_at == 0)
        verdict->operation->logged_at = entry;
}

//  A closed link, or one whose session has ended, must never be opened again:
//  its earlier requests would be applied once more.
static void note_link (witness_t *self, const weir__record_t *record)
{
    sim_link_t *link = self->sim->links;
    if (record->type == WEIR__RECORD_EXPIRE)
        self->sim->processes [record->session - 1].expire_logged = true;
    while (link &&
           (link->session != record->session || link->number != record->link))
        link = link->next;
    if (link && record->type == WEIR__RECORD_CLOSE)
        link->close_logged = true;
    else if (link && record->type == WEIR__RECORD_OPEN &&
             (link->close_logged || link->process->expire_logged))
        sim_fail (self->sim, "%" PRIu64 ".%u is open again", link->session,
                  link->number);
}

//  Returns which requests are in the log; the others can only have been reads.
static void find_logged (witness_t *self)
{
    for (uint64_t i = 0; i < self->sim->log.count; i++) {
        const weir__buffer_t *entry = &self->sim->log.entries [i];
        weir__reader_t reader = weir__reader (entry->data, entry->size);
        weir__record_t record;
        weir__entry_time (&reader);
        while (weir__entry_next (&reader, &record)) {
            if (record.type == WEIR__RECORD_REQUEST)
                note_request (self, &record, i + 1);
            else
                note_link (self, &record);
        }
    }
}

static int compare_places (const void *a, const void *b)
{
    const sim_operation_t *x = *(sim_operation_t *const *) a;
    const sim_operation_t *y = *(sim_operation_t *const *) b;
    return x->read_at < y->read_at ? -1 : x->read_at > y->read_at;
}

sim_operation_t **sim_by_place (const sim_t *self, size_t *ret_count)
{
    sim_operation_t **sorted =
        calloc (self->operation_count + 1, sizeof *sorted);
    assert (sorted);
    *ret_count = 0;
    for (size_t i = self->past; i < self->operation_count; i++)
        if (self->operations [i].returned)
            sorted [(*ret_count)++] = &self->operations [i];
    qsort (sorted, *ret_count, sizeof *sorted, compare_places);
    return sorted;
}

static void enter_operations (witness_t *self)
{
    sim_t *sim = self->sim;
    for (size_t i = 0; i < sim->operation_count; i++) {
        sim_operation_t *operation = &sim->operations [i];
        verdict_t *verdict = calloc (1, sizeof *verdict);
        assert (verdict);
        verdict->key.session = operation->session;
        verdict->key.link = operation->link;
        verdict->key.number = operation->number;
        verdict->operation = operation;
        HASH_ADD (hh, self->verdicts, key, sizeof verdict->key, verdict);
    }
    find_logged (self);
    self->reads = sim_by_place (sim, &self->read_count);
}

static void check_reads (witness_t *self)
{
    while (self->reads_done < self->read_count &&
           self->reads [self->reads_done]->read_at <= self->entry)
        check_read (self, verdict_of (self, self->reads [self->reads_done++]));
}

//  Returns whether it may be a repeated read: such a read has no fixed
//  position.
static bool floats (const sim_link_t *link, const sim_operation_t *operation)
{
    weir__request_body_t body;
    weir__request_body_read (operation->body.data, operation->body.size, &body);
    if (body.object == 0 &&
        (body.op == WEIR__DIRECTORY_CREATE || body.op == WEIR__DIRECTORY_DROP))
        return false;
    return operation->asked_again ||
           (!operation->returned &&
            operation->attempt != link->protocol.hello.attempt);
}

//  The requests of a link take effect in the order of its calls: a read sees
//  earlier writes of its link, and no later ones. (Operations are kept in the
//  order of their calls. A read that is repeated on another connection may see
//  later writes: doc/internals/simulator.md.)
static void check_order (sim_t *self, const sim_link_t *link)
{
    uint64_t place = 0;   //  no later one before this entry ...
    uint64_t read_at = 0; //  ... and no write at or before this one
    for (size_t i = link->first; i < self->operation_count; i++) {
        const sim_operation_t *operation = &self->operations [i];
        //  It was read at once, though a copy of it came into the log later.
        bool reads = operation->returned &&
                     (operation->logged_at == 0 ||
                      operation->logged_at > operation->returned_at);
        if (operation->session != link->session ||
            operation->link != link->number ||
            (!reads && operation->logged_at == 0) || floats (link, operation))
            continue;
        uint64_t at = reads ? operation->read_at : operation->logged_at;
        if (at < place || (!reads && read_at && at <= read_at))
            sim_fail (self,
                      "%" PRIu64 ".%u #%" PRIu64
                      " took effect at entry %" PRIu64
                      ", before what it asked for earlier, at %" PRIu64,
                      operation->session, operation->link, operation->number,
                      at, place);
        place = at;
        read_at = reads ? at : 0;
    }
}

void sim_check_gone (sim_t *self, weir__machine_t *machine)
{
    for (const sim_link_t *link = self->links; link; link = link->next) {
        if (!weir__machine_has_link (
                machine, (weir__origin_t){link->session, link->number}))
            continue;
        if (!link->process->alive)
            sim_fail (self, "dead process %d still has a link",
                      link->process->pid);
        //  Without memory for its HELLO, the owner ignored its CLOSE.
        if (link->closed_by == self->incarnation && !self->memory.starves)
            sim_fail (self, "%" PRIu64 ".%u is closed and still there",
                      link->session, link->number);
    }
}

static void free_witness (witness_t *self)
{
    verdict_t *verdict, *next;
    HASH_ITER (hh, self->verdicts, verdict, next)
    {
        HASH_DELETE (hh, self->verdicts, verdict);
        free (verdict);
    }
    weir__machine_destroy (&self->machine);
    free (self->reads);
}

void sim_judge (sim_t *self)
{
    witness_t witness = {.sim = self, .machine = weir__machine_new ()};
    assert (witness.machine);
    weir__sink_t sink = {.reply = replied, .context = &witness};
    enter_operations (&witness);
    check_reads (&witness);
    while (witness.entry < self->log.count && self->result->good) {
        const weir__buffer_t *entry = &self->log.entries [witness.entry++];
        weir__bytes_t bytes = {entry->data, entry->size};
        if (weir__machine_apply (witness.machine, bytes, &sink) != 0)
            sim_fail (self, "entry %" PRIu64 " is malformed", witness.entry);
        check_reads (&witness);
    }
    verdict_t *verdict, *next;
    HASH_ITER (hh, witness.verdicts, verdict, next)
    if (verdict->operation->returned && !verdict->replied &&
        !is_past (self, verdict->operation))
        sim_fail (self,
                  "%" PRIu64 ".%u #%" PRIu64
                  " got a reply that the log does not have",
                  verdict->operation->session, verdict->operation->link,
                  verdict->operation->number);
    if (self->result->good && self->engine &&
        !weir__engine_failed (self->engine) &&
        weir__machine_hash (witness.machine) !=
            weir__machine_hash (weir__engine_machine (self->engine)))
        sim_fail (self, "the owner's state is not what its log gives");
    for (const sim_link_t *link = self->links; link; link = link->next)
        if (link->owner == self->owner)
            check_order (self, link);
    if (self->healed)
        sim_check_gone (self, witness.machine);
    free_witness (&witness);
    if (self->result->good)
        sim_ask_oracle (self);
}
