/*  node.c - the owner, and processes, which die and restart

    SPDX-License-Identifier: MPL-2.0
*/

#include "sim/sim.h"

#include <assert.h>
#include <errno.h>
#include <stdlib.h>

#include "base/clock.h"

enum { EPOCH = 4711, UID = 1000, FIRST_PID = 1000 };

enum {
    SKEW_US = 40000, //  of the clocks of two machines, at most
    LATE_US = 1000,  //  the largest delay of the owner
    SEEN_US = 200    //  the latest moment when its end is noticed
};

//  The owner

static uint64_t owner_now (const sim_t *self)
{
    return self->now_us + self->owner_skew_us;
}

static void commit (sim_t *self, void *unused, uint64_t detail)
{
    (void) unused;
    if (!self->engine || detail != self->incarnation)
        return;
    self->commit_planned = false;
    sim_memory_begin (self);
    weir__engine_commit (self->engine, owner_now (self));
    sim_memory_end (self);
    if (weir__engine_failed (self->engine)) {
        sim_owner_kill (self, "its log failed");
        return;
    }
    sim_log_snapshot (self);
    uint64_t deadline_us = weir__engine_deadline_us (self->engine);
    if (deadline_us != WEIR__NEVER &&
        deadline_us != self->deadline_planned_us) {
        self->deadline_planned_us = deadline_us;
        uint64_t now_us = owner_now (self);
        sim_plan (self, deadline_us > now_us ? deadline_us - now_us : 0, commit,
                  NULL, self->incarnation);
    }
}

static void plan_commit (sim_t *self)
{
    if (self->commit_planned)
        return;
    self->commit_planned = true;
    sim_plan (self, sim_below (self, 60), commit, NULL, self->incarnation);
}

typedef struct sending {
    sim_t *sim;
    sim_connection_t *connection;
} sending_t;

static int send_one (void *context, const uint8_t *head, const uint8_t *body,
                     size_t size)
{
    const sending_t *sending = context;
    sim_memory_pause (sending->sim);
    sim_send (sending->sim, sending->connection, SIM_TO_LINK, head,
              (weir__bytes_t){body, size});
    sim_memory_resume (sending->sim);
    return 0;
}

static int send_message (void *context, uint64_t peer,
                         const weir__frame_t *message)
{
    sending_t sending = {context, sim_find_peer (context, peer)};
    if (sending.connection && message->type == WEIR__REPLY)
        sim_memory_sent (context, sending.connection->link, message);
    if (!sending.connection || sending.connection->broken) {
        errno = EHOSTUNREACH;
        return -1;
    }
    return weir__frame_split (message, send_one, &sending);
}

static void die (sim_t *self, void *target, uint64_t detail)
{
    const sim_process_t *process = target;
    if (!self->engine || detail != self->incarnation)
        return;
    uint64_t silent_us = sim_silent_us (self, process);
    if (silent_us > self->now_us) { //  by a connection that is new to it
        sim_plan (self, silent_us - self->now_us + 1, die, target, detail);
        return;
    }
    sim_tell (self, "the owner hears that process %d is dead", process->pid);
    sim_memory_begin (self);
    weir__engine_died (self->engine, process->session, owner_now (self));
    sim_memory_end (self);
    plan_commit (self);
}

//  The owner learns of a death when it has received all frames of the dead
//  process, except those by connections that it does not know yet.
static void plan_death (sim_t *self, sim_process_t *process)
{
    uint64_t silent_us = sim_silent_us (self, process);
    sim_plan (self, silent_us - self->now_us + 1 + sim_below (self, 500), die,
              process, self->incarnation);
}

static sim_process_t *find_pid (sim_t *self, pid_t pid)
{
    for (unsigned i = 0; i < self->process_count; i++)
        if (self->processes [i].pid == pid)
            return &self->processes [i];
    return NULL;
}

static int watch (void *context, uint64_t session, pid_t pid)
{
    sim_t *self = context;
    sim_process_t *process = find_pid (self, pid);
    assert (process && process->session == session);
    sim_memory_pause (self);
    if (!process->alive)
        plan_death (self, process);
    sim_memory_resume (self);
    return 0;
}

static void unwatch (void *context, uint64_t session)
{
    (void) context, (void) session;
}

static void note (void *context, const char *text)
{
    sim_memory_pause (context);
    sim_tell (context, "the owner notes: %s", text);
    sim_memory_resume (context);
}

void sim_owner_start (sim_t *self, void *unused, uint64_t detail)
{
    (void) unused, (void) detail;
    weir__engine_config_t config = {
        .epoch = EPOCH + self->owner,
        .self = {.uid = UID, .pid = (pid_t) self->owner},
    };
    weir__engine_io_t io = {
        .send = send_message,
        .watch = watch,
        .unwatch = unwatch,
        .note = note,
        .context = self,
    };
    self->incarnation++;
    self->commit_planned = false;
    self->deadline_planned_us = 0;
    //  Another machine has another clock, which may be behind.
    if (self->config.faults & SIM_CLOCK)
        self->owner_skew_us = sim_below (self, SKEW_US);
    self->engine = weir__engine_new (&config, &self->log.log, &io);
    if (!self->engine)
        sim_fail (self, "the owner cannot begin with its own log");
    else
        plan_commit (self);
    sim_tell (self, "the owner begins after entry %llu",
              (unsigned long long) self->log.count);
}

//  Tells a link that its connection is broken.
static void lose (sim_t *self, void *target, uint64_t detail)
{
    (void) detail;
    sim_connection_t *connection = target;
    sim_link_t *link = connection->link;
    if (!link->gone && link->connection == connection)
        sim_link_lost (self, link);
}

//  A part of its frames still arrives, until the links notice.
static void end_owner (sim_t *self, const char *cause, uint64_t seen_us)
{
    sim_tell (self, "the owner ends: %s", cause);
    weir__engine_destroy (&self->engine);
    for (sim_link_t *link = self->links; link; link = link->next)
        if (!link->gone && link->connection) {
            sim_connection_t *connection = link->connection;
            if (!connection->broken)
                sim_disconnect (self, connection);
            if (seen_us == 0)
                lose (self, connection, 0);
            else
                sim_plan (self, sim_below (self, seen_us), lose, connection, 0);
        }
    sim_plan (self, 100 + sim_below (self, 3000), sim_owner_start, NULL, 0);
}

void sim_owner_kill (sim_t *self, const char *cause)
{
    end_owner (self, cause, SEEN_US);
}

void sim_owner_replace (sim_t *self)
{
    sim_judge (self);
    self->past = self->operation_count;
    self->result->entries += self->log.count;
    sim_log_free (self);
    sim_log_init (self);
    sim_ask_forget (self);
    self->owner++;
    //  Its requests have been judged, or never arrive.
    end_owner (self, "another one takes its place", 0);
}

void sim_owner_frame (sim_t *self, sim_connection_t *connection,
                      weir__bytes_t frame)
{
    if (!self->engine)
        return;
    weir__credentials_t who = {
        .uid = UID,
        .pid = connection->link->process->pid,
    };
    weir__arrival_t arrival = {
        .peer = connection->peer,
        .credentials = &who,
        .data = frame.data,
        .size = frame.size,
    };
    sim_memory_begin (self);
    weir__engine_frame (self->engine, &arrival, owner_now (self));
    sim_memory_end (self);
    if (frame.data [2] == WEIR__CLOSE)
        connection->link->closed_by = self->incarnation;
    plan_commit (self);
}

void sim_owner_wake (sim_t *self)
{
    self->deadline_planned_us = 0;
    commit (self, NULL, self->incarnation);
}

void sim_owner_check (sim_t *self)
{
    const weir__machine_t *machine = self->engine && !self->commit_planned
                                         ? weir__engine_machine (self->engine)
                                         : NULL;
    uint64_t deadline_us =
        machine ? weir__machine_deadline_us (machine) : WEIR__NEVER;
    if (deadline_us != WEIR__NEVER && deadline_us + LATE_US < owner_now (self))
        sim_fail (self, "a wait should have timed out %llu us ago",
                  (unsigned long long) (owner_now (self) - deadline_us));
}

//  Processes

void sim_process_start (sim_t *self, void *unused, uint64_t detail)
{
    (void) unused, (void) detail;
    if (self->process_count == SIM_PROCESSES)
        return;
    sim_process_t *process = &self->processes [self->process_count++];
    *process = (sim_process_t){
        .alive = true,
        .pid = FIRST_PID + (int) self->process_count,
        .session = self->process_count,
    };
    sim_tell (self, "process %d begins", process->pid);
    for (uint32_t i = 0; i < self->config.links; i++)
        process->links [i] = sim_link_new (self, process, i + 1);
}

//  Nothing that it has sent is lost.
void sim_process_close (sim_t *self, sim_process_t *process)
{
    process->alive = false;
    for (unsigned i = 0; i < self->config.links; i++)
        process->links [i]->gone = true;
    plan_death (self, process);
    sim_plan (self, sim_below (self, 5000), sim_process_start, NULL, 0);
}

void sim_process_kill (sim_t *self, sim_process_t *process)
{
    sim_tell (self, "process %d is killed", process->pid);
    for (unsigned i = 0; i < self->config.links; i++) {
        sim_link_t *link = process->links [i];
        if (link->connection)
            sim_disconnect (self, link->connection);
        link->connection = NULL;
    }
    sim_process_close (self, process);
}
