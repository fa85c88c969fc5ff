/*  transaction.c - applies several operations on objects: all or none

    Before the first step that changes an object, the transaction calls `begin`
    of its kind. At the end it calls `end`: the kind keeps all changes when
    every step succeeded, and undoes them when a step failed. It cannot fail.
    The last step needs no `begin`, because a single operation is all or
    nothing. Waiters are resumed at the end (settle), so they see the result of
    all steps.

    SPDX-License-Identifier: MPL-2.0
*/

#include "machine/transaction.h"

#include <assert.h>
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "codec/packed.h"
#include "machine/core/objects.h"
#include "machine/dispatch.h"
#include "machine/ending.h"

enum {
    STEP_HEAD = 3, //  type; object; operation or sequence
    STEP_ITEMS = STEP_HEAD + 1 + WEIR__ARGS,
    SENTENCE_BYTES = 64
};

//  An object that a step changes, and how it was before.
typedef struct before {
    weir__object_t *object;
    bool begun; //  false: only the last step changes it
    uint64_t sequence;
} before_t;

typedef struct transaction {
    weir__call_t *call; //  at the directory
    before_t *befores;  //  the changed objects, in the order of first changes
    uint32_t count;
    uint32_t steps;
    size_t *results; //  the offset of each result in the reply
} transaction_t;

//  A step after parsing.
typedef struct step {
    weir__step_type_t type;
    weir__call_t call;      //  contains the arguments
    weir__bytes_t expected; //  only of a condition
    int64_t sequence;       //  only of a condition on the sequence
    int64_t place; //  index of the result that becomes the last argument
    uint8_t *copy; //  of that result, because a growing reply moves
} step_t;

//  Prepares the object for changes, unless an earlier step has. Returns false
//  after refusing the step.
static bool keep_before (transaction_t *self, weir__call_t *call)
{
    weir__object_t *object = call->object;
    for (uint32_t i = 0; i < self->count; i++)
        if (self->befores [i].object == object)
            return true;
    before_t before = {object, call->step < self->steps, object->sequence};
    if (before.begun && !object->kind->begin (object)) {
        weir__refuse (call, ENOMEM, "out of memory");
        return false;
    }
    assert (self->count < self->steps);
    self->befores [self->count++] = before;
    return true;
}

//  Ends the transaction for all changed objects, and resumes waiters.
static void end_all (const transaction_t *self, bool keeps)
{
    for (uint32_t i = 0; i < self->count; i++) {
        const before_t *before = &self->befores [i];
        if (before->begun)
            before->object->kind->end (before->object, keeps);
        if (!keeps)
            before->object->sequence = before->sequence;
    }
    for (uint32_t i = 0; keeps && i < self->count; i++)
        weir__settle (self->befores [i].object);
}

//  Reads an integer of a step. Returns -1, which is invalid in every position,
//  when the value has another type.
static int64_t natural (weir__bytes_t packed)
{
    weir_value_t value;
    weir__packed_peek (packed.data, packed.size, &value);
    return value.type == WEIR_INTEGER ? value.integer : -1;
}

//  Parses the items of a step. Returns false when the step is malformed.
static bool read_items (step_t *self, const weir__bytes_t *items,
                        uint32_t count)
{
    int64_t type = natural (items [0]), third = natural (items [2]);
    weir_value_t object;
    weir__packed_peek (items [1].data, items [1].size, &object);
    bool takes = type == WEIR__STEP_TAKE;
    uint32_t head = STEP_HEAD + (type == WEIR__STEP_EXPECT || takes);
    if (type < 0 || type > WEIR__STEP_TAKE || object.type != WEIR_INTEGER ||
        third < 0 || count < head || count - head + takes > WEIR__ARGS)
        return false;
    self->type = (weir__step_type_t) type;
    self->call.body.object = (uint64_t) object.integer; //  with all its 64 bits
    self->sequence = third;
    if (type == WEIR__STEP_EXPECT_SEQUENCE)
        return count == STEP_HEAD;
    if (third > UINT16_MAX)
        return false;
    self->expected = items [STEP_HEAD];
    self->call.body.op = (uint16_t) third;
    self->call.body.argc = (uint16_t) (count - head);
    for (uint32_t i = head; i < count; i++)
        self->call.body.args [i - head] = items [i];
    self->place = takes ? natural (items [STEP_HEAD]) : 0;
    return !takes ||
           (self->place >= 0 && self->place + 1 < (int64_t) self->call.step);
}

static bool read_step (step_t *self, weir__bytes_t packed)
{
    weir_value_t list;
    weir__bytes_t items [STEP_ITEMS] = {0};
    size_t head = weir__packed_peek (packed.data, packed.size, &list);
    weir__bytes_t rest = {packed.data + head, packed.size - head};
    bool good = list.type == WEIR_LIST && list.size >= STEP_HEAD &&
                list.size <= STEP_ITEMS;
    for (uint32_t i = 0; good && i < list.size; i++)
        items [i] = weir__packed_next (&rest);
    if (good && read_items (self, items, (uint32_t) list.size))
        return true;
    weir__refuse (&self->call, EINVAL,
                  "it must be [0, object, operation, ...], [1, object, "
                  "operation, expected, ...], [2, object, sequence] or [3, "
                  "object, operation, index of an earlier result, ...]");
    return false;
}

//  Returns the step's operation when a transaction can apply it. Returns NULL
//  after refusing the step.
static const weir__op_t *find_op (step_t *self)
{
    weir__call_t *call = &self->call;
    const weir__op_t *op = weir__find_op (call, call->object->machine);
    if (!op || op->effect == WEIR__READS)
        return op;
    if (self->type == WEIR__STEP_EXPECT)
        weir__refuse (call, EINVAL,
                      "%s is not a read, so it cannot be a condition",
                      op->name);
    else if (!weir__transacts (call->object))
        weir__refuse (call, ENOTSUP,
                      "a transaction can read it, but cannot change it; "
                      "call %s by itself",
                      op->name);
    else if (op->effect == WEIR__ALONE || op->effect >= WEIR__GRANTS)
        weir__refuse (call, ENOTSUP,
                      "a transaction cannot take or end a lease; call %s by "
                      "itself",
                      op->name);
    else
        return op;
    return NULL;
}

//  Compares the step's answer with the expected value. Replaces an equal answer
//  by nil; otherwise refuses the step.
static void compare (step_t *self, const char *name)
{
    weir__call_t *call = &self->call;
    weir__bytes_t found = {call->reply->data + call->before,
                           call->reply->size - call->before};
    bool failed;
    if (weir__packed_equal (found, self->expected, &failed)) {
        weir__answer_nil (call);
        return;
    }
    char before [SENTENCE_BYTES];
    snprintf (before, sizeof before, "%s gives ", name);
    if (failed)
        weir__refuse (call, ENOMEM, "out of memory");
    else
        weir__refuse_value (call, ECANCELED, before, found,
                            ", which is not what the transaction expects");
}

//  Runs a step that is a condition on the sequence of an object.
static void expect_sequence (step_t *self)
{
    weir__call_t *call = &self->call;
    weir__object_t *object =
        weir__object_find (call->object->machine, call->body.object);
    if (!object) {
        weir__refuse_gone (call, "object");
        return;
    }
    call->object = object;
    if (!weir__transacts (object))
        weir__refuse (call, ENOTSUP, "it has no sequence");
    else if (object->sequence == (uint64_t) self->sequence)
        weir__answer_nil (call);
    else
        weir__refuse (call, ECANCELED,
                      "its sequence is %" PRIu64 ", not %" PRId64
                      ": it has been changed",
                      object->sequence, self->sequence);
}

//  Appends the earlier result that the step takes to its arguments. Returns
//  false after refusing the step.
static bool take_result (const transaction_t *self, step_t *step)
{
    weir__call_t *call = &step->call;
    if (step->type != WEIR__STEP_TAKE)
        return true;
    size_t begin = self->results [step->place];
    size_t size = self->results [step->place + 1] - begin;
    step->copy = malloc (size);
    if (!step->copy) {
        weir__refuse (call, ENOMEM, "out of memory");
        return false;
    }
    memcpy (step->copy, call->reply->data + begin, size);
    call->body.args [call->body.argc++] = (weir__bytes_t){step->copy, size};
    return true;
}

//  Runs a step that is an operation, or a condition on the result of one.
static void run_operation (transaction_t *self, step_t *step)
{
    weir__call_t *call = &step->call;
    const weir__op_t *op = take_result (self, step) ? find_op (step) : NULL;
    if (!op)
        return;
    bool changes = op->effect != WEIR__READS;
    if (changes && !keep_before (self, call))
        return;
    op->apply (call->object, call);
    if (!weir__answer_fits (call) || weir__call_failed (call))
        return;
    if (step->type == WEIR__STEP_EXPECT)
        compare (step, op->name);
    else if (weir__changes (op))
        call->object->sequence++;
}

//  Runs a step, which appends its answer to the reply. Returns false after
//  refusing the step.
static bool run_step (transaction_t *self, uint32_t number,
                      weir__bytes_t packed)
{
    weir__buffer_t *reply = self->call->reply;
    step_t step = {.call = {.object = self->call->object,
                            .request = self->call->request,
                            .reply = reply,
                            .step = number,
                            .before = reply->size}};
    weir__call_t *call = &step.call;
    //  Reserve room for a short answer before the step, as for any request.
    weir__buffer_extend (reply, WEIR__REPLY_ROOM);
    if (!weir__answer_fits (self->call))
        return false;
    reply->size = self->results [number - 1] = call->before;
    if (!read_step (&step, packed))
        return false;
    if (call->body.object == 0)
        weir__refuse (call, EINVAL,
                      "a transaction cannot create or drop objects");
    else if (step.type == WEIR__STEP_EXPECT_SEQUENCE)
        expect_sequence (&step);
    else
        run_operation (self, &step);
    free (step.copy);
    return weir__answer_fits (call) && !weir__call_failed (call);
}

//  args: a list of steps. Answers with the list of their results; the result of
//  a condition is nil.
void weir__transact (weir__object_t *directory, weir__call_t *call)
{
    (void) directory;
    weir_value_t list = weir__arg (call, 0);
    if (list.type != WEIR_LIST || list.size > WEIR__STEPS) {
        weir__refuse (call, EINVAL,
                      "a transaction must be a list of at most %d steps",
                      WEIR__STEPS);
        return;
    }
    transaction_t self = {.call = call, .steps = (uint32_t) list.size};
    self.befores = calloc (self.steps + 1, sizeof *self.befores);
    self.results = calloc (self.steps + 1, sizeof *self.results);
    if (!self.befores || !self.results) {
        free (self.befores);
        free (self.results);
        weir__refuse (call, ENOMEM, "out of memory");
        return;
    }
    weir__bytes_t rest = weir__arg_packed (call, 0);
    size_t head = weir__packed_peek (rest.data, rest.size, &list);
    rest = (weir__bytes_t){rest.data + head, rest.size - head};
    weir__answer_begin (call, WEIR_LIST, list.size);
    bool good = weir__answer_fits (call);
    for (uint32_t i = 0; i < self.steps && good; i++)
        good = run_step (&self, i + 1, weir__packed_next (&rest));
    end_all (&self, good);
    free (self.befores);
    free (self.results);
}
