/*  world.c - time and events; faults; the run as a whole

    SPDX-License-Identifier: MPL-2.0
*/

#include "sim/sim.h"
#include "machine/kinds/kinds.h"
#include "machine/core/sessions.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "kit/support.h"

enum {
    FAULT_STEP_US = 1500, //  about one fault in this time
    EVENTS_MAX = 200000,  //  then the world does not end
    QUIET_US = 100000,    //  after the last reply
    PAUSE_US = 30000,     //  of a process, at most
    HEAL_US = 5000000     //  all waits are over by then
};

uint64_t sim_below (sim_t *self, uint64_t n)
{
    return test_random_below (&self->random, n);
}

bool sim_chance (sim_t *self, unsigned fault, unsigned one_in)
{
    if (self->healed || !(self->config.faults & fault) ||
        sim_below (self, one_in) != 0)
        return false;
    self->result->fault_count++;
    return true;
}

void sim_fail (sim_t *self, const char *format, ...)
{
    if (!self->result->good)
        return;
    self->result->good = false;
    va_list args;
    va_start (args, format);
    vsnprintf (self->result->cause, sizeof self->result->cause, format, args);
    va_end (args);
    sim_tell (self, "FAILED: %s", self->result->cause);
}

void sim_tell (sim_t *self, const char *format, ...)
{
    if (!self->config.trace)
        return;
    printf ("%9llu  ", (unsigned long long) self->now_us);
    va_list args;
    va_start (args, format);
    vprintf (format, args);
    va_end (args);
    printf ("\n");
}

static bool before (const sim_event_t *a, const sim_event_t *b)
{
    return a->time_us != b->time_us ? a->time_us < b->time_us
                                    : a->order < b->order;
}

void sim_enter (sim_t *self, sim_event_t event)
{
    if (self->event_count == self->event_capacity) {
        self->event_capacity = 2 * self->event_capacity + 64;
        self->events =
            realloc (self->events, self->event_capacity * sizeof *self->events);
        assert (self->events);
    }
    size_t place = self->event_count++;
    while (place > 0 && before (&event, &self->events [(place - 1) / 2])) {
        self->events [place] = self->events [(place - 1) / 2];
        place = (place - 1) / 2;
    }
    self->events [place] = event;
}

uint64_t sim_plan (sim_t *self, uint64_t delay_us, sim_event_fn *run,
                   void *target, uint64_t detail)
{
    sim_event_t event = {self->now_us + delay_us, self->order++, run, target,
                         detail};
    sim_enter (self, event);
    return event.order;
}

static sim_event_t take_event (sim_t *self)
{
    sim_event_t first = self->events [0];
    sim_event_t last = self->events [--self->event_count];
    size_t place = 0;
    for (;;) {
        size_t child = 2 * place + 1;
        if (child + 1 < self->event_count &&
            before (&self->events [child + 1], &self->events [child]))
            child++;
        if (child >= self->event_count ||
            !before (&self->events [child], &last))
            break;
        self->events [place] = self->events [child];
        place = child;
    }
    if (self->event_count > 0)
        self->events [place] = last;
    return first;
}

static sim_process_t *any_process (sim_t *self)
{
    sim_process_t *process =
        &self->processes [sim_below (self, self->process_count)];
    return process->alive ? process : NULL;
}

static sim_connection_t *any_connection (sim_t *self)
{
    sim_process_t *process = any_process (self);
    if (!process)
        return NULL;
    sim_link_t *link = process->links [sim_below (self, self->config.links)];
    return link->gone ? NULL : link->connection;
}

//  Returns whether a link has sent a request and does not know to which owner.
//  Another owner is most dangerous then.
static bool somebody_hopes (const sim_t *self)
{
    for (const sim_link_t *link = self->links; link; link = link->next)
        if (!link->gone && link->waiting > 0 && !link->protocol.hello.epoch)
            return true;
    return false;
}

//  Causes a fault, now and then.
static void make_trouble (sim_t *self, void *unused, uint64_t detail)
{
    (void) unused, (void) detail;
    sim_process_t *process;
    sim_connection_t *connection;
    if (self->healed)
        return;
    if (sim_chance (self, SIM_BREAK, 3) && (connection = any_connection (self)))
        sim_break (self, connection, 0);
    if (sim_chance (self, SIM_CRASH, self->notices ? 2 : 8) &&
        (process = any_process (self)))
        sim_process_kill (self, process);
    if (sim_chance (self, SIM_PAUSE, 8) && (process = any_process (self))) {
        uint64_t until_us = self->now_us + sim_below (self, PAUSE_US);
        if (process->paused_until_us < until_us)
            process->paused_until_us = until_us;
        sim_tell (self, "process %d stands still", process->pid);
    }
    if (sim_chance (self, SIM_OWNER, 12) && self->engine)
        sim_owner_kill (self, "killed");
    if (sim_chance (self, SIM_OTHER, somebody_hopes (self) ? 10 : 80) &&
        self->engine)
        sim_owner_replace (self);
    if (sim_chance (self, SIM_CLOCK, 8)) {
        self->owner_skew_us += sim_below (self, 20000);
        sim_tell (self, "the owner's clock jumps");
        sim_owner_wake (self);
    }
    sim_plan (self, 1 + sim_below (self, 2 * FAULT_STEP_US), make_trouble, NULL,
              0);
}

//  Ends all faults.
static void heal (sim_t *self)
{
    self->healed = true;
    sim_tell (self, "no more faults");
}

//  Returns whether CANCEL does not end the wait of a request, because another
//  link must act first, and may never do so: it must release the lock of a
//  condition, or run the action of a barrier.
static bool is_bound (const weir__request_t *request)
{
    weir__request_body_t body;
    const weir__object_t *object = request->object;
    const weir__hold_t *hold;
    if (weir__request_body_read (request->body, request->size, &body) == NULL &&
        body.object != object->id)
        return true;
    DL_FOREACH (object->holds, hold)
    if (object->kind == &weir__barrier_kind && hold->count > 1)
        return true;
    return false;
}

static unsigned bound (const sim_t *self, const sim_link_t *link)
{
    unsigned count = 0;
    if (!self->engine)
        return 0;
    const weir__machine_t *machine = weir__engine_machine (self->engine);
    const weir__link_t *there = weir__link_find ((weir__machine_t *) machine,
                                                 link->session, link->number);
    for (size_t place = 0; there && place < WEIR__WINDOW; place++) {
        const weir__request_t *request = there->requests [place];
        count += request && request->object && is_bound (request);
    }
    return count;
}

static bool is_done (const sim_t *self)
{
    for (const sim_link_t *link = self->links; link; link = link->next)
        if (!link->gone &&
            (link->left > 0 || link->waiting > bound (self, link)))
            return false;
    return true;
}

static void run_events (sim_t *self)
{
    uint64_t healed_us = 0;
    uint64_t done_us = 0;
    while (self->event_count > 0 && self->result->good) {
        if (done_us == 0 && is_done (self))
            done_us = self->now_us;
        //  The owner has yet to learn of the last deaths.
        if (done_us && self->events [0].time_us - done_us > QUIET_US &&
            self->engine)
            break;
        sim_event_t event = take_event (self);
        self->now_us = event.time_us;
        event.run (self, event.target, event.detail);
        self->result->events++;
        sim_owner_check (self);
        bool asked = true;
        for (const sim_link_t *link = self->links; link; link = link->next)
            asked = asked && (link->gone || link->left == 0);
        if (asked && !self->healed) {
            heal (self);
            healed_us = self->now_us;
        }
        if (self->result->events > EVENTS_MAX ||
            (self->healed && self->now_us - healed_us > HEAL_US))
            sim_fail (self, "a request never got its reply");
    }
    if (self->result->good && !is_done (self))
        sim_fail (self, "a request has no reply, and nothing happens");
}

void sim_run (const sim_config_t *config, sim_result_t *ret_result)
{
    sim_t *self = calloc (1, sizeof *self);
    assert (self);
    self->config = *config;
    self->result = ret_result;
    self->random = config->seed;
    self->now_us = 1000;
    self->owner = 1;
    *ret_result = (sim_result_t){.good = true};
    sim_memory_init (self);
    sim_ask_init (self);
    sim_log_init (self);
    sim_owner_start (self, NULL, 0);
    for (unsigned i = 0; i < config->processes; i++)
        sim_process_start (self, NULL, 0);
    make_trouble (self, NULL, 0);
    run_events (self);
    if (ret_result->good && self->memory.starves)
        sim_memory_judge (self);
    else if (ret_result->good)
        sim_judge (self);
    ret_result->entries += self->log.count;
    weir__engine_destroy (&self->engine);
    for (size_t i = 0; i < self->event_count; i++)
        if (self->events [i].detail == UINT64_MAX)
            free (self->events [i].target); //  a frame on its way
    free (self->events);
    sim_links_free (self);
    sim_net_free (self);
    sim_log_free (self);
    history_destroy (&self->workload);
    free (self->memory.key);
    free (self);
}
