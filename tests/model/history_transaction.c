/*  history_transaction.c - random histories for the machine: transactions

    SPDX-License-Identifier: MPL-2.0
*/

#include "codec/ops.h"
#include "model/history.h"
#include "machine/core/kind.h"
#include "machine/kinds/kinds.h"
#include "kit/support.h"

enum { STEPS = 5, STEP_ITEMS = 4 + WEIR__ARGS };

static uint64_t below (history_t *self, uint64_t n)
{
    return test_random_below (&self->random, n);
}

//  Of operations that may wait, only puts into and gets from a queue.
static bool changes (unsigned kind, uint64_t op)
{
    return kind < WEIR__KINDS && weir__kinds [kind] &&
           op < weir__kinds [kind]->op_count &&
           weir__kinds [kind]->ops [op].effect != WEIR__READS &&
           (weir__kinds [kind]->ops [op].effect < WEIR__PARKS ||
            (kind == WEIR__QUEUE && op != WEIR__QUEUE_JOIN));
}

static void count_change (history_t *self, uint64_t object, uint64_t op)
{
    for (unsigned i = 0; i < self->object_count; i++)
        if (self->objects [i].id == object)
            self->objects [i].changes += changes (self->objects [i].kind, op);
}

//  A request taken for a transaction may be another one: see history_request.
static void count_changes (history_t *self, weir_value_t steps)
{
    for (size_t i = 0; steps.type == WEIR_LIST && i < steps.size; i++) {
        weir_value_t step = steps.items [i];
        if (step.type == WEIR_LIST && step.size >= 3 &&
            step.items [0].type == WEIR_INTEGER &&
            (step.items [0].integer == WEIR__STEP_DO ||
             step.items [0].integer == WEIR__STEP_TAKE))
            count_change (self, (uint64_t) step.items [1].integer,
                          (uint64_t) step.items [2].integer);
    }
}

void history_changed (history_t *self, const step_t *step)
{
    if (step->object != 0)
        count_change (self, step->object, step->op);
    else if (step->op == WEIR__DIRECTORY_TRANSACT && step->argc > 0)
        count_changes (self, step->args [0]);
}

//  A plausible result of a read.
static weir_value_t guess (history_t *self)
{
    switch (below (self, 4)) {
    case 0:
        return weir_value_bool (below (self, 2));
    case 1:
        return history_value (self, 2);
    default:
        return weir_value_int ((int64_t) below (self, 4));
    }
}

//  Mostly an object that can take part.
static unsigned choose_place (history_t *self)
{
    unsigned place = 0;
    for (int i = 0; i < 4; i++) {
        place = (unsigned) below (self, self->object_count);
        unsigned kind = self->objects [place].kind;
        if (kind < WEIR__KINDS && weir__kinds [kind] &&
            weir__kinds [kind]->begin)
            break;
    }
    return place;
}

static weir_value_t choose_step (history_t *self)
{
    weir_value_t *items = history_block (self, STEP_ITEMS * sizeof *items);
    unsigned place = choose_place (self);
    step_t step = {.object = self->objects [place].id};
    history_operation (self, &step, place);
    bool reads = !changes (self->objects [place].kind, step.op);
    size_t count = 3;
    items [0] = weir_value_int (WEIR__STEP_DO);
    items [1] = weir_value_int ((int64_t) step.object);
    items [2] = weir_value_int (step.op);
    if (below (self, 6) == 0) {
        items [0] = weir_value_int (WEIR__STEP_EXPECT_SEQUENCE);
        items [2] = weir_value_int (self->objects [place].changes);
        return weir_value_list (items, count);
    }
    if (reads ? below (self, 2) : below (self, 50) == 0) {
        items [0] = weir_value_int (WEIR__STEP_EXPECT);
        items [count++] = guess (self);
    }
    //  The last argument may be an earlier result.
    if (count == 3 && step.argc > 0 && below (self, 3) == 0) {
        items [0] = weir_value_int (WEIR__STEP_TAKE);
        items [count++] = weir_value_int ((int64_t) below (self, STEPS - 1));
        step.argc--;
    }
    for (unsigned i = 0; i < step.argc; i++)
        items [count++] = step.args [i];
    if (below (self, 80) == 0)
        items [below (self, 3)] = history_value (self, 1);
    return weir_value_list (items, count);
}

void history_transact (history_t *self, step_t *step)
{
    size_t count = (size_t) below (self, STEPS);
    weir_value_t *steps = history_block (self, count * sizeof *steps);
    for (size_t i = 0; i < count; i++)
        steps [i] = choose_step (self);
    step->op = WEIR__DIRECTORY_TRANSACT;
    step->args [step->argc++] = weir_value_list (steps, count);
}
