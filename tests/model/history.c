/*  history.c - random histories for the machine: links, requests and their
    order

    SPDX-License-Identifier: MPL-2.0
*/

#include "model/history.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "codec/ops.h"
#include "codec/pack.h"
#include "machine/values/blob.h"
#include "codec/packed.h"
#include "kit/support.h"

enum {
    NUMBERS = 1024,
    LINKS = HISTORY_SESSIONS * HISTORY_LINKS,
    FAVOURITE = 2 //  one history in this many is mostly about one kind
};

static bool one_in (history_t *self, uint64_t n)
{
    return test_random_below (&self->random, n) == 0;
}

void *history_block (history_t *self, size_t size)
{
    if ((self->block_count & (self->block_count - 1)) == 0) {
        size_t capacity = self->block_count ? 2 * self->block_count : 1;
        self->blocks = realloc (self->blocks, capacity * sizeof *self->blocks);
    }
    void *block = calloc (1, size + 1);
    assert (self->blocks && block);
    return self->blocks [self->block_count++] = block;
}

history_t *history_new (uint64_t seed)
{
    history_t *self = calloc (1, sizeof *self);
    assert (self);
    self->random = seed;
    if (one_in (self, FAVOURITE))
        self->favourite =
            1 + (unsigned) test_random_below (&self->random, WEIR__KINDS - 1);
    for (unsigned i = 0; i < LINKS; i++)
        self->links [i].who = (weir__origin_t){
            .session = 1 + i / HISTORY_LINKS,
            .link = 1 + i % HISTORY_LINKS,
        };
    return self;
}

void history_destroy (history_t **self_p)
{
    history_t *self = *self_p;
    for (size_t i = 0; i < self->block_count; i++)
        free (self->blocks [i]);
    free (self->blocks);
    weir__buffer_free (&self->entry);
    free (self);
    *self_p = NULL;
}

static void set_open (history_link_t *link, bool open)
{
    if (link->open == open)
        return;
    link->open = open;
    link->last = link->come = 0;
    memset (link->is_here, 0, sizeof link->is_here);
}

void history_note (history_t *self, uint64_t id, weir_value_t kind,
                   weir_value_t detail)
{
    //  When room is short, one of the other objects gets no more requests.
    unsigned place =
        self->object_count < HISTORY_OBJECTS
            ? self->object_count++
            : (unsigned) test_random_below (&self->random, HISTORY_OBJECTS);
    self->objects [place].id = id;
    self->objects [place].kind = (unsigned) kind.integer;
    self->objects [place].detail =
        detail.type == WEIR_INTEGER ? detail.integer : 0;
    self->objects [place].grant = 0;
    self->objects [place].changes = 0;
}

//  Returns the integer at that index of a reply that is a list; 0: none.
static int64_t integer_at (weir__bytes_t body, uint32_t place)
{
    weir_value_t value;
    weir__bytes_t rest = {body.data + WEIR__REPLY_HEAD_BYTES,
                          body.size - WEIR__REPLY_HEAD_BYTES};
    size_t head = weir__packed_peek (rest.data, rest.size, &value);
    if (value.type != WEIR_LIST || value.size <= place)
        return 0;
    rest = (weir__bytes_t){rest.data + head, rest.size - head};
    weir__bytes_t packed;
    for (uint32_t i = 0; i <= place; i++)
        packed = weir__packed_next (&rest);
    weir__packed_peek (packed.data, packed.size, &value);
    return value.type == WEIR_INTEGER ? value.integer : 0;
}

void history_grant (history_t *self, const step_t *step, weir__bytes_t body)
{
    for (unsigned i = 0; i < self->object_count; i++) {
        if (self->objects [i].id != step->object)
            continue;
        if (self->objects [i].kind == WEIR__QUEUE &&
            step->op == WEIR__QUEUE_GET_LEASE)
            self->objects [i].grant = integer_at (body, 1);
        else if (self->objects [i].kind == WEIR__LOCK &&
                 step->op == WEIR__LOCK_ACQUIRE)
            self->objects [i].grant = integer_at (body, 0);
    }
}

void history_reply (history_t *self, weir__origin_t to, uint64_t number,
                    weir__bytes_t body)
{
    history_link_t *link = NULL;
    for (unsigned i = 0; i < LINKS; i++)
        if (self->links [i].who.session == to.session &&
            self->links [i].who.link == to.link)
            link = &self->links [i];
    if (!link || !link->open || number == 0 || number > link->last)
        return;
    bool again = link->is_here [number % NUMBERS];
    link->is_here [number % NUMBERS] = true;
    while (link->come < link->last &&
           link->is_here [(link->come + 1) % NUMBERS])
        link->is_here [(++link->come + NUMBERS / 2) % NUMBERS] = false;
    const step_t *step = &link->sent [number % NUMBERS];
    weir_value_t id;
    if (again || body.data [0] != 0)
        return;
    history_changed (self, step);
    history_grant (self, step, body);
    if (step->object != 0 || step->op != WEIR__DIRECTORY_CREATE)
        return;
    weir__packed_peek (body.data + 4, body.size - 4, &id);
    history_note (self, (uint64_t) id.integer, step->args [0], step->args [2]);
}

//  Returns an earlier request once more, or the next one.
static void choose_request (history_t *self, history_link_t *link, step_t *step)
{
    bool again = link->last > 0 && one_in (self, 12);
    if (again) {
        uint64_t back = test_random_below (&self->random, 70);
        step->number = link->last > back ? link->last - back : 1;
        uint64_t number = step->number;
        *step = link->sent [number % NUMBERS];
    } else {
        history_request (self, step);
        step->number = link->last + 1;
        uint64_t gap =
            one_in (self, 200) ? test_random_below (&self->random, 80) : 0;
        while (gap-- > 0) //  numbers that are never used
            link->is_here [step->number++ % NUMBERS] = true;
    }
    step->type = WEIR__RECORD_REQUEST;
    step->who = link->who;
    step->acked = one_in (self, 3) ? 0 : link->come;
    if (one_in (self, 300))
        step->acked += test_random_below (&self->random, 6);
    if (!again && link->open) {
        link->last = step->number;
        link->is_here [step->number % NUMBERS] = false;
        link->sent [step->number % NUMBERS] = *step;
    }
}

static void choose (history_t *self, step_t *step)
{
    history_link_t *link =
        &self->links [test_random_below (&self->random, LINKS)];
    *step = (step_t){.who = link->who};
    if (one_in (self, link->open ? 60 : 2)) {
        step->type = WEIR__RECORD_OPEN;
        set_open (link, true);
    } else if (one_in (self, 120)) {
        step->type = WEIR__RECORD_CLOSE;
        set_open (link, false);
    } else if (one_in (self, 240)) {
        step->type = WEIR__RECORD_EXPIRE;
        step->who.link = 0;
        for (unsigned i = 0; i < LINKS; i++)
            if (self->links [i].who.session == step->who.session)
                set_open (&self->links [i], false);
    } else if (link->last - link->come > 50 || one_in (self, 15)) {
        step->type = WEIR__RECORD_CANCEL;
        step->number = link->come + 1 + test_random_below (&self->random, 4);
    } else
        choose_request (self, link, step);
}

static void write_step (history_t *self, const step_t *step)
{
    weir__buffer_t body = WEIR__BUFFER_INIT;
    if (step->type == WEIR__RECORD_REQUEST) {
        weir__request_body_t head = {
            .acked = step->acked,
            .object = step->object,
            .timeout_ms = step->timeout_ms,
            .guard = step->guard,
            .op = (uint16_t) step->op,
            .argc = (uint16_t) step->argc,
        };
        weir__request_body_put (&body, &head);
        for (unsigned i = 0; i < step->argc; i++)
            weir__pack (&body, step->args [i]);
    }
    weir__record_t record = {
        .type = step->type,
        .link = step->who.link,
        .session = step->who.session,
        .number = step->number,
        .body = {body.data, body.size},
    };
    weir__entry_add (&self->entry, &record);
    assert (!self->entry.failed && !body.failed);
    weir__buffer_free (&body);
}

void history_next (history_t *self)
{
    if (!one_in (self, 3))
        self->time_us += test_random_below (&self->random, 4000);
    weir__entry_begin (&self->entry, self->time_us);
    self->step_count =
        (unsigned) test_random_below (&self->random, HISTORY_STEPS + 1);
    for (unsigned i = 0; i < self->step_count; i++) {
        choose (self, &self->steps [i]);
        write_step (self, &self->steps [i]);
    }
}
