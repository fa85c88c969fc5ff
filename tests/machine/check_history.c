/*  check_history.c - random histories: the machine agrees with the model

    Every history goes through two machines. The second is restored from a
    snapshot of the first now and then, and from there on both must behave the
    same, byte for byte. At the end the whole log is applied to a fresh machine,
    which must reach the same state.

    SPDX-License-Identifier: MPL-2.0
*/

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "codec/ops.h"
#include "codec/status.h"
#include "machine/snapshot.h"
#include "model/history.h"
#include "model/model.h"
#include "kit/support.h"

enum {
    HISTORIES = 60,
    ENTRIES = 600,
    //  Histories mostly of one kind.
    FAVOURITES = TEST_IS_WATCHED ? 50 : 1000,
    FEW_ENTRIES = 60
};

//  The replies of a machine, in order: origin, number, body.
typedef struct output {
    weir__buffer_t replies;
    size_t count;
} output_t;

typedef struct trial {
    uint64_t seed;
    history_t *history;
    model_t *model;
    weir__machine_t *machine, *twin;
    output_t output, twin_output;
    weir__buffer_t log; //  all entries, as blocks
} trial_t;

static void take (void *context, weir__origin_t to, uint64_t number,
                  weir__bytes_t body)
{
    output_t *self = context;
    weir__buffer_put_u64 (&self->replies, to.session);
    weir__buffer_put_u32 (&self->replies, to.link);
    weir__buffer_put_u64 (&self->replies, number);
    weir__buffer_put_block (&self->replies, body.data, body.size);
    self->count++;
}

static void apply (weir__machine_t *machine, weir__bytes_t entry,
                   output_t *output)
{
    weir__sink_t sink = {take, output};
    weir__buffer_clear (&output->replies);
    output->count = 0;
    ck_assert_int_eq (weir__machine_apply (machine, entry, &sink), 0);
    ck_assert (!output->replies.failed);
}

static void check_replies (const trial_t *self)
{
    bool used [MODEL_REPLIES] = {false};
    const model_t *model = self->model;
    weir__reader_t reader =
        weir__reader (self->output.replies.data, self->output.replies.size);
    ck_assert_msg (self->output.count == model->reply_count,
                   "seed %" PRIu64 ": %zu replies, not %zu", self->seed,
                   self->output.count, model->reply_count);
    while (reader.size > 0) {
        uint64_t session = weir__reader_u64 (&reader);
        uint32_t link = weir__reader_u32 (&reader);
        uint64_t number = weir__reader_u64 (&reader);
        weir__bytes_t body;
        body.data = weir__reader_block (&reader, &body.size);
        bool found = false;
        for (size_t i = 0; i < model->reply_count && !found; i++) {
            const model_reply_t *reply = &model->replies [i];
            found = !used [i] && reply->to.session == session &&
                    reply->to.link == link && reply->number == number &&
                    model_agrees (reply, body);
            used [i] = used [i] || found;
        }
        ck_assert_msg (found,
                       "seed %" PRIu64 ": reply to %" PRIu64 " of link "
                       "%" PRIu64 ".%u is not the model's (status %d)",
                       self->seed, number, session, link, body.data [0]);
    }
}

static void tell_history (trial_t *self)
{
    weir__reader_t reader =
        weir__reader (self->output.replies.data, self->output.replies.size);
    while (reader.size > 0) {
        weir__origin_t to;
        to.session = weir__reader_u64 (&reader);
        to.link = weir__reader_u32 (&reader);
        uint64_t number = weir__reader_u64 (&reader);
        weir__bytes_t body;
        body.data = weir__reader_block (&reader, &body.size);
        history_reply (self->history, to, number, body);
    }
}

//  Reads the whole object without an entry.
static void check_read (trial_t *self, const model_object_t *object)
{
    static const unsigned ops [] = {
        [WEIR__DICT] = WEIR__DICT_ITEMS,
        [WEIR__LIST] = WEIR__LIST_GET_SLICE,
        [WEIR__VAR] = WEIR__VAR_GET,
        [WEIR__LOCK] = WEIR__LOCK_INFO,
        [WEIR__QUEUE] = WEIR__QUEUE_INFO,
        [WEIR__SET] = WEIR__SET_ITEMS,
        [WEIR__ARRAY] = WEIR__ARRAY_GET_SLICE,
        [WEIR__NAMESPACE] = WEIR__DICT_ITEMS,
        [WEIR__RLOCK] = WEIR__LOCK_INFO,
        [WEIR__BARRIER] = WEIR__BARRIER_STATE,
        [WEIR__EVENT] = WEIR__EVENT_IS_SET,
        [WEIR__SEMAPHORE] = WEIR__SEMAPHORE_VALUE,
        [WEIR__RWLOCK] = WEIR__RWLOCK_INFO,
    };
    static const uint8_t nil [] = {0xc0};
    if (object && object->kind == WEIR__CONDITION)
        return; //  no read shows anything of it
    model_request_t read = {0};
    read.step.op = object ? ops [object->kind] : WEIR__DIRECTORY_LIST;
    read.step.object = object ? object->id : 0;
    read.step.argc =
        object && (object->kind == WEIR__LIST || object->kind == WEIR__ARRAY)
            ? 3
            : 0;
    weir__request_body_t body = {
        .object = read.step.object,
        .op = (uint16_t) read.step.op,
        .argc = (uint16_t) read.step.argc,
        .args = {{nil, 1}, {nil, 1}, {nil, 1}},
    };
    weir__buffer_t reply = WEIR__BUFFER_INIT;
    ck_assert (weir__machine_reads (self->machine, &body));
    weir__machine_read (self->machine, &body, &reply);
    model_read (self->model, &read);
    model_reply_t expected = {.error = read.error, .value = read.value};
    ck_assert_msg (
        model_agrees (&expected, (weir__bytes_t){reply.data, reply.size}),
        "seed %" PRIu64 ": object %" PRIu64 " is not the model's", self->seed,
        read.step.object);
    weir__buffer_free (&reply);
    weir__buffer_free (&read.value);
}

//  Restores the twin from a snapshot of the machine; sometimes they change
//  roles.
static void renew_twin (trial_t *self, bool swap)
{
    weir__buffer_t snapshot = WEIR__BUFFER_INIT;
    weir__buffer_t again = WEIR__BUFFER_INIT;
    weir__machine_destroy (&self->twin);
    weir__machine_save (self->machine, &snapshot);
    self->twin =
        weir__machine_load ((weir__bytes_t){snapshot.data, snapshot.size});
    ck_assert_ptr_nonnull (self->twin);
    weir__machine_save (self->twin, &again);
    ck_assert_uint_eq (snapshot.size, again.size);
    ck_assert_mem_eq (snapshot.data, again.data, again.size);
    weir__buffer_free (&snapshot);
    weir__buffer_free (&again);
    if (swap) {
        weir__machine_t *machine = self->machine;
        self->machine = self->twin;
        self->twin = machine;
    }
}

static void step (trial_t *self)
{
    history_next (self->history);
    const weir__buffer_t *entry = &self->history->entry;
    weir__bytes_t bytes = {entry->data, entry->size};
    weir__buffer_put_block (&self->log, bytes.data, bytes.size);
    apply (self->machine, bytes, &self->output);
    apply (self->twin, bytes, &self->twin_output);
    model_apply (self->model, self->history->time_us, self->history->steps,
                 self->history->step_count);
    check_replies (self);
    ck_assert_uint_eq (self->output.replies.size,
                       self->twin_output.replies.size);
    if (self->output.replies.size > 0)
        ck_assert_mem_eq (self->output.replies.data,
                          self->twin_output.replies.data,
                          self->output.replies.size);
    tell_history (self);
}

//  Applies all entries again, on a machine that never saw a snapshot.
static void replay (const trial_t *self)
{
    weir__machine_t *fresh = weir__machine_new ();
    weir__reader_t reader = weir__reader (self->log.data, self->log.size);
    while (reader.size > 0) {
        weir__bytes_t entry;
        entry.data = weir__reader_block (&reader, &entry.size);
        ck_assert_int_eq (weir__machine_apply (fresh, entry, NULL), 0);
    }
    uint64_t hash = weir__machine_hash (self->machine);
    ck_assert_uint_ne (hash, 0);
    ck_assert_uint_eq (weir__machine_hash (fresh), hash);
    ck_assert_uint_eq (weir__machine_hash (self->twin), hash);
    weir__machine_destroy (&fresh);
}

//  kind: that of most objects; -1: the seed chooses it.
static void run (uint64_t state, int kind, int entries)
{
    trial_t trial = {
        .seed = test_seed (),
        .history = history_new (test_random (&state)),
        .model = model_new (),
        .machine = weir__machine_new (),
        .twin = weir__machine_new (),
    };
    if (kind >= 0)
        trial.history->favourite = (unsigned) kind;
    for (int i = 0; i < entries; i++) {
        step (&trial);
        uint64_t choice = test_random_below (&state, 40);
        if (choice < 2)
            renew_twin (&trial, choice == 0);
        size_t count = trial.model->object_count;
        size_t place = (size_t) test_random_below (&state, count + 1);
        check_read (&trial,
                    place < count ? trial.model->objects [place] : NULL);
    }
    replay (&trial);
    history_destroy (&trial.history);
    model_destroy (&trial.model);
    weir__machine_destroy (&trial.machine);
    weir__machine_destroy (&trial.twin);
    weir__buffer_free (&trial.output.replies);
    weir__buffer_free (&trial.twin_output.replies);
    weir__buffer_free (&trial.log);
}

START_TEST (a_machine_agrees_with_the_model)
{
    run (test_seed () + (uint64_t) _i, -1, ENTRIES);
}
END_TEST

START_TEST (each_kind_agrees_with_the_model)
{
    uint64_t random = test_seed () + (uint64_t) _i;
    for (int i = 0; i < FAVOURITES; i++)
        run (test_random (&random), _i, FEW_ENTRIES);
}
END_TEST

int main (void)
{
    Suite *suite = suite_create ("history");
    TCase *tcase = test_case (suite, "random histories");
    tcase_add_loop_test (tcase, a_machine_agrees_with_the_model, 0, HISTORIES);
    tcase_add_loop_test (tcase, each_kind_agrees_with_the_model,
                         WEIR__DIRECTORY + 1, WEIR__KINDS);
    tcase_set_timeout (tcase, 60);
    return test_main (suite);
}
