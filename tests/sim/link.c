/*  link.c - links: they send requests, wait, cancel, and record replies

    SPDX-License-Identifier: MPL-2.0
*/

#include "sim/sim.h"

#include <assert.h>
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "codec/pack.h"
#include "codec/status.h"
#include "codec/packed.h"

enum {
    AT_ONCE = 3,        //  requests of a link without a reply
    GREEDY = 12,        //  one link in this many has a whole window of them
    ENDS = 200,         //  one step in this many is the link's last,
    ENDS_SOON = 30,     //  after it has reconnected,
    ENDS_LATE = 80,     //  or in a run about queues
    WHOLE = 4,          //  one in this many ends its session as well
    STILLBORN = 20,     //  one connection in this many breaks at once
    THINK_US = 400,     //  between requests, about
    PATIENCE_US = 60000 //  then a wait is cancelled
};

static int send_frame (void *context, const uint8_t *head, const uint8_t *body,
                       size_t size)
{
    sim_link_t *link = context;
    //  Every link has a pointer to its world.
    sim_t *self =
        (sim_t *) ((uint8_t *) (link->process - (link->process->session - 1)) -
                   offsetof (sim_t, processes));
    sim_send (self, link->connection, SIM_TO_OWNER, head,
              (weir__bytes_t){body, size});
    return 0;
}

static int send_message (void *context, const weir__frame_t *message)
{
    return weir__frame_split (message, send_frame, context);
}

static weir__wire_t wire_of (sim_link_t *link)
{
    return (weir__wire_t){.send = send_message, .context = link};
}

sim_link_t *sim_link_new (sim_t *self, sim_process_t *process, uint32_t number)
{
    sim_link_t *link = calloc (1, sizeof *link);
    assert (link);
    link->process = process;
    link->session = process->session;
    link->number = number;
    link->owner = self->owner;
    link->left = self->healed ? 0 : self->config.steps;
    link->at_once = 1 + (unsigned) sim_below (self, AT_ONCE);
    //  Now and then a link sends as fast as it can, up to the window.
    if (sim_below (self, GREEDY) == 0) {
        link->at_once = WEIR__WINDOW;
        link->left *= GREEDY;
    }
    link->first = self->operation_count;
    link->next = self->links;
    self->links = link;
    weir__hello_t hello = {.session = process->session, .link = number};
    weir__protocol_init (&link->protocol, &hello);
    sim_plan (self, sim_below (self, THINK_US), sim_link_connect, link, 0);
    sim_plan (self, sim_below (self, THINK_US), sim_link_step, link, 0);
    return link;
}

void sim_links_free (sim_t *self)
{
    while (self->links) {
        sim_link_t *link = self->links;
        self->links = link->next;
        weir__protocol_free (&link->protocol);
        free (link);
    }
    for (size_t i = 0; i < self->operation_count; i++) {
        weir__buffer_free (&self->operations [i].body);
        weir__buffer_free (&self->operations [i].reply);
    }
    free (self->operations);
}

//  Connects, or reconnects.
void sim_link_connect (sim_t *self, void *target, uint64_t detail)
{
    (void) detail;
    sim_link_t *link = target;
    if (link->gone || link->connection)
        return;
    if (!self->engine) {
        sim_plan (self, 1 + sim_below (self, 1000), sim_link_connect, link, 0);
        return;
    }
    link->connection = sim_connect (self, link);
    weir__wire_t wire = wire_of (link);
    if (weir__protocol_hello (&link->protocol, &wire) != 0)
        sim_fail (self, "a link cannot say HELLO");
    if (sim_chance (self, SIM_BREAK, STILLBORN))
        sim_break (self, link->connection, 0);
}

void sim_link_lost (sim_t *self, sim_link_t *link)
{
    link->connection = NULL;
    sim_plan (self, 1 + sim_below (self, 2000), sim_link_connect, link, 0);
}

static sim_operation_t *keep (sim_t *self)
{
    if (self->operation_count == self->operation_capacity) {
        self->operation_capacity = 2 * self->operation_capacity + 64;
        self->operations =
            realloc (self->operations,
                     self->operation_capacity * sizeof *self->operations);
        assert (self->operations);
    }
    sim_operation_t *operation = &self->operations [self->operation_count++];
    memset (operation, 0, sizeof *operation);
    return operation;
}

sim_operation_t *sim_find (const sim_t *self, const sim_link_t *link,
                           uint64_t number)
{
    for (size_t i = link->first; i < self->operation_count; i++) {
        sim_operation_t *operation = &self->operations [i];
        if (operation->session == link->session &&
            operation->link == link->number && operation->number == number)
            return operation;
    }
    return NULL;
}

//  Cancels a request, as a thread does at a signal.
static void cancel (sim_t *self, void *target, uint64_t detail)
{
    sim_link_t *link = target;
    weir__wire_t wire = wire_of (link);
    if (!link->gone &&
        weir__protocol_cancel (&link->protocol, &wire, detail) != 0)
        sim_fail (self, "a link cannot cancel");
}

static void ask (sim_t *self, sim_link_t *link)
{
    step_t step;
    sim_ask (self, &step);
    weir__operation_t what = {
        .object = step.object,
        .op = (uint16_t) step.op,
        .argc = (uint16_t) step.argc,
        .args = step.args,
        .timeout_ms = step.timeout_ms,
        .guard = step.guard,
    };
    weir__wire_t wire = wire_of (link);
    uint64_t number;
    int rc = weir__protocol_request (&link->protocol, &wire, &what, &number);
    //  One missing reply keeps the window in place.
    if (rc != 0 && errno == EAGAIN &&
        link->protocol.last - link->protocol.acked == WEIR__WINDOW)
        return;
    if (rc != 0) {
        sim_fail (self, "a link cannot ask: %s", strerror (errno));
        return;
    }
    const weir__pending_t *pending =
        &link->protocol.pending [number % WEIR__WINDOW];
    sim_operation_t *operation = keep (self);
    operation->session = link->session;
    operation->link = link->number;
    operation->number = number;
    operation->attempt = link->protocol.hello.attempt;
    operation->called_at = self->log.count;
    weir__buffer_put (&operation->body, pending->body.data, pending->body.size);
    link->left--;
    link->waiting++;
    sim_tell (self,
              "%" PRIu64 ".%u asks #%" PRIu64 ": object %" PRIu64
              " op %u timeout %d",
              link->session, link->number, number, step.object, step.op,
              step.timeout_ms);
    sim_plan (self,
              sim_below (self, 10) == 0 ? sim_below (self, 2000) : PATIENCE_US,
              cancel, link, number);
}

//  Ends the link, or its whole session.
static void close_link (sim_t *self, sim_link_t *link)
{
    weir__wire_t wire = wire_of (link);
    bool whole = sim_below (self, WHOLE) == 0;
    weir__protocol_close (&link->protocol, &wire, whole);
    sim_tell (self, "%" PRIu64 ".%u closes%s", link->session, link->number,
              whole ? ", with its session" : "");
    link->gone = true;
    if (whole)
        sim_process_close (self, link->process);
}

void sim_link_step (sim_t *self, void *target, uint64_t detail)
{
    (void) detail;
    sim_link_t *link = target;
    if (link->gone || link->left == 0)
        return;
    uint64_t pause_us = link->process->paused_until_us > self->now_us
                            ? link->process->paused_until_us - self->now_us
                            : 0;
    bool greedy = link->at_once == WEIR__WINDOW;
    if (pause_us == 0 && link->waiting < link->at_once)
        ask (self, link);
    //  Now and then a thread ends in the middle.
    unsigned ends = self->queues ? ENDS_LATE : ENDS;
    if (link->protocol.hello.attempt > 1)
        ends = ENDS_SOON;
    if (link->left > 0 && pause_us == 0 && sim_below (self, ends) == 0) {
        close_link (self, link);
        return;
    }
    sim_plan (self, pause_us + 1 + sim_below (self, greedy ? 8 : 2 * THINK_US),
              sim_link_step, link, 0);
}

static void take_reply (sim_t *self, sim_link_t *link, const weir__news_t *news,
                        uint64_t sent_at)
{
    sim_operation_t *operation = sim_find (self, link, news->number);
    assert (operation);
    if (operation->returned) {
        sim_fail (self, "%" PRIu64 ".%u got two replies to #%" PRIu64,
                  link->session, link->number, news->number);
        return;
    }
    operation->returned = true;
    operation->asked_again = operation->attempt != link->protocol.hello.attempt;
    operation->returned_at = self->log.count;
    operation->read_at = sent_at;
    //  The body before it was cut into frames.
    weir__buffer_put_u16 (&operation->reply, weir__status_of (news->error));
    weir__buffer_put_u16 (&operation->reply, 0);
    weir__buffer_put (&operation->reply, news->value.data, news->value.size);
    link->waiting--;
    self->result->operations++;
    sim_tell (self, "%" PRIu64 ".%u gets #%" PRIu64 ": status %u",
              link->session, link->number, news->number,
              operation->reply.data [0]);
    sim_ask_note (self, operation);
}

//  The outcome of its requests is unknown. (Whoever continues has a new
//  session.)
static void give_up (sim_t *self, sim_link_t *link)
{
    sim_tell (self, "%" PRIu64 ".%u hears that its owner is dead",
              link->session, link->number);
    sim_process_kill (self, link->process);
}

static void take_refusal (sim_t *self, sim_link_t *link,
                          const weir__news_t *news)
{
    weir_value_t cause;
    if (news->error == EOWNERDEAD) {
        if (link->owner != self->owner)
            give_up (self, link);
        return; //  else it begins again
    }
    weir__packed_peek (news->value.data, news->value.size, &cause);
    if (!sim_memory_refused (self, cause.string, cause.size))
        sim_fail (self, "the owner refused a good link: %.*s", (int) cause.size,
                  cause.string);
    else if (news->error == ENOBUFS) //  it may try again
        sim_link_lost (self, link);
    else
        sim_process_kill (self, link->process);
}

static void take_welcome (sim_t *self, sim_link_t *link,
                          const weir__welcome_t *welcome)
{
    weir__wire_t wire = wire_of (link);
    if (welcome->pid != link->owner)
        give_up (self, link);
    else if (weir__protocol_resume (&link->protocol, &wire) != 0)
        sim_fail (self, "a link cannot ask again");
}

void sim_link_frame (sim_t *self, sim_link_t *link, weir__bytes_t frame,
                     uint64_t sent_at)
{
    weir__news_t news;
    if (weir__protocol_frame (&link->protocol, frame, &news) != 0)
        sim_fail (self, "a link cannot read what the owner sent");
    else if (news.type == WEIR__NEWS_REPLY)
        take_reply (self, link, &news, sent_at);
    else if (news.type == WEIR__NEWS_WELCOME)
        take_welcome (self, link, &news.welcome);
    else if (news.type == WEIR__NEWS_REFUSED)
        take_refusal (self, link, &news);
}
