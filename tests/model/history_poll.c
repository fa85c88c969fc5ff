/*  history_poll.c - random histories for the machine: polls of several objects

    SPDX-License-Identifier: MPL-2.0
*/

#include "codec/ops.h"
#include "model/history.h"
#include "codec/ready.h"
#include "machine/core/kind.h"
#include "machine/kinds/kinds.h"
#include "kit/support.h"

enum { ITEMS = 4 };

static uint64_t below (history_t *self, uint64_t n)
{
    return test_random_below (&self->random, n);
}

//  Mostly waits that suit such a kind.
static uint64_t choose_ready (history_t *self, unsigned code)
{
    const weir__kind_t *kind = code < WEIR__KINDS ? weir__kinds [code] : NULL;
    uint64_t ready = WEIR__READY_CHANGE;
    if (kind && kind->begin && below (self, 2))
        return ready;
    for (int i = 0; i < 40; i++) {
        ready = below (self, WEIR__READIES);
        if (kind && ready != WEIR__READY_CHANGE &&
            weir__can_be_ready (kind->code, ready))
            break;
    }
    return ready;
}

static weir_value_t choose_item (history_t *self)
{
    weir_value_t *items = history_block (self, 3 * sizeof *items);
    unsigned place = (unsigned) below (self, self->object_count);
    unsigned kind = self->objects [place].kind;
    for (int i = 0; i < 8 && (kind == WEIR__BARRIER || kind == WEIR__CONDITION);
         i++) {
        place = (unsigned) below (self, self->object_count);
        kind = self->objects [place].kind;
    }
    uint64_t ready = choose_ready (self, kind);
    size_t count = 2;
    items [0] = weir_value_int ((int64_t) self->objects [place].id);
    items [1] = weir_value_int ((int64_t) ready);
    if (ready == WEIR__READY_CHANGE ? below (self, 6) : below (self, 80) == 0)
        items [count++] = weir_value_int (self->objects [place].changes);
    if (below (self, 80) == 0)
        items [below (self, count)] = history_value (self, 1);
    return weir_value_list (items, count);
}

void history_poll (history_t *self, step_t *step)
{
    size_t count = (size_t) below (self, ITEMS);
    weir_value_t *items = history_block (self, count * sizeof *items);
    for (size_t i = 0; i < count; i++)
        items [i] = choose_item (self);
    step->op = WEIR__DIRECTORY_POLL;
    step->args [step->argc++] = weir_value_list (items, count);
}
