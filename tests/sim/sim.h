/*  sim.h - a simulated world: clients, a network, a log and one owner

    The owner's engine, the machine and the clients' protocol are the real ones;
    clock, scheduler, network and log are simulated. One number, the seed,
    decides everything, so a run can be had again exactly. It runs in one
    thread.

    - world.c     time and events; faults; the run as a whole
    - net.c       connections between links and the owner
    - node.c      the owner and its log; processes, which die and come back
    - link.c      links: they ask, wait, cancel, and keep what they were told
    - witness.c   every reply must be what a replay of the log gives
    - oracle.c    and what a model gives that shares no code with the machine
    - weir-sim.c  the command: seeds, shrinking, figures

    SPDX-License-Identifier: MPL-2.0
*/

#ifndef WEIR_TESTS_SIM_H_INCLUDED
#define WEIR_TESTS_SIM_H_INCLUDED

#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>

#include "client/protocol.h"
#include "history.h"
#include "log/log.h"
#include "owner/engine.h"

//  What can go wrong; a sum of these.
enum {
    SIM_DELAY = 1,     //  frames take long, connections overtake others
    SIM_BREAK = 2,     //  connections break; what was on the way is lost
    SIM_DUPLICATE = 4, //  frames arrive twice
    SIM_CRASH = 8,     //  client processes are killed, others begin
    SIM_PAUSE = 16,    //  client processes stand still for a while
    SIM_OWNER = 32,    //  the owner is killed and begins again
    SIM_CLOCK = 64,    //  its clock jumps
    SIM_LOG = 128,     //  appending fails, or nobody knows whether
    SIM_FAULTS = 8,
    SIM_ALL = 255
};

typedef struct sim_config {
    uint64_t seed;
    unsigned faults;
    unsigned steps;     //  requests of each link
    unsigned processes; //  at a time
    unsigned links;     //  of a process
    bool trace;         //  tell on standard output what happens
} sim_config_t;

typedef struct sim_result {
    bool good;
    char cause [512]; //  when it is not
    uint64_t events;
    uint64_t operations; //  replies that were witnessed
    uint64_t entries;
    uint64_t fault_count;
} sim_result_t;

//  Runs the world of a seed to its end and judges it.
void sim_run (const sim_config_t *config, sim_result_t *ret_result);

//  The rest is for the files of the simulator.

enum { SIM_PROCESSES = 32, SIM_LINKS = 4 };

typedef struct sim sim_t;
typedef struct sim_link sim_link_t;
typedef struct sim_connection sim_connection_t;

//  Something that happens at a moment. `detail` is the callee's own.
typedef void (sim_event_fn) (sim_t *sim, void *target, uint64_t detail);
typedef struct sim_event {
    uint64_t time_us;
    uint64_t order; //  of equal times, the one that was planned first
    sim_event_fn *run;
    void *target;
    uint64_t detail;
} sim_event_t;

//  A connection of a link. Peers are numbered by the owner's side.
struct sim_connection {
    uint64_t peer;
    sim_link_t *link;
    uint64_t incarnation; //  of the owner that it leads to
    bool broken;
    uint64_t sent [2];    //  frames, by direction
    uint64_t cut [2];     //  of these, how many arrive; UINT64_MAX: all
    uint64_t last_us [2]; //  when the last one arrives
    sim_connection_t *next;
};

enum { SIM_TO_OWNER, SIM_TO_LINK };

//  A request of a link, and what became of it.
typedef struct sim_operation {
    uint64_t session;
    uint32_t link;
    uint64_t number;
    uint32_t attempt;     //  of its link to connect, when it was asked
    weir__buffer_t body;  //  as it was sent
    uint64_t logged_at;   //  the first entry that has it; 0: none
    uint64_t called_at;   //  the log's last entry then
    uint64_t returned_at; //  and when the reply had come
    bool returned;
    bool asked_again; //  its link was connected anew while it waited
    uint64_t read_at; //  if it is a read: after which entry it was sent
    weir__buffer_t reply;
} sim_operation_t;

typedef struct sim_process {
    bool alive;
    int pid;
    uint64_t session;
    uint64_t paused_until_us;
    sim_link_t *links [SIM_LINKS];
} sim_process_t;

struct sim_link {
    sim_process_t *process;
    uint64_t session;
    uint32_t number;
    bool gone; //  closed, or its process is dead
    weir__protocol_t protocol;
    sim_connection_t *connection; //  NULL: broken, not yet made again
    unsigned left;                //  requests still to be made
    unsigned waiting;             //  requests without a reply
    unsigned at_once; //  requests that it has without a reply, at most
    size_t first;     //  its oldest operation that may be waiting
    sim_link_t *next;
};

//  The log: entries that survive the owner.
typedef struct sim_log {
    weir__log_t log;
    sim_t *sim;
    weir__buffer_t *entries;
    uint64_t count;
} sim_log_t;

struct sim {
    sim_config_t config;
    sim_result_t *result;
    uint64_t random;
    uint64_t now_us;
    uint64_t order;
    sim_event_t *events; //  a binary heap
    size_t event_count, event_capacity;
    bool healed; //  no more faults: everything must come to an end

    sim_log_t log;
    weir__engine_t *engine; //  NULL: the owner is down
    uint64_t incarnation;   //  how often it has begun
    uint64_t owner_skew_us; //  its clock is ahead by this
    bool commit_planned;
    uint64_t deadline_planned_us;

    sim_process_t processes [SIM_PROCESSES];
    unsigned process_count; //  ever
    sim_link_t *links;
    sim_connection_t *connections;
    uint64_t last_peer;
    sim_operation_t *operations;
    size_t operation_count, operation_capacity;
    history_t *workload; //  gives what is asked
};

//  world.c

uint64_t sim_below (sim_t *self, uint64_t n);
bool sim_chance (sim_t *self, unsigned fault, unsigned one_in);
void sim_plan (sim_t *self, uint64_t delay_us, sim_event_fn *run, void *target,
               uint64_t detail);
void sim_fail (sim_t *self, const char *format, ...)
    __attribute__ ((format (printf, 2, 3)));
void sim_tell (sim_t *self, const char *format, ...)
    __attribute__ ((format (printf, 2, 3)));

//  net.c

sim_connection_t *sim_connect (sim_t *self, sim_link_t *link);
void sim_send (sim_t *self, sim_connection_t *connection, int direction,
               const uint8_t *head, const uint8_t *body, size_t size);

//  Breaks a connection; a random part of what is on the way still arrives.
//  Returns when the last of it has.
uint64_t sim_disconnect (sim_t *self, sim_connection_t *connection);
sim_connection_t *sim_find_peer (sim_t *self, uint64_t peer);
void sim_net_free (sim_t *self);

//  node.c

void sim_owner_start (sim_t *self, void *unused, uint64_t detail);
void sim_owner_kill (sim_t *self, const char *cause);
void sim_owner_frame (sim_t *self, sim_connection_t *connection,
                      weir__slice_t frame);
void sim_process_start (sim_t *self, void *unused, uint64_t detail);
void sim_process_kill (sim_t *self, sim_process_t *process);
void sim_log_init (sim_t *self);
void sim_log_free (sim_t *self);

//  link.c

sim_link_t *sim_link_new (sim_t *self, sim_process_t *process, uint32_t number);
void sim_link_connect (sim_t *self, void *link, uint64_t detail);
void sim_link_step (sim_t *self, void *link, uint64_t detail);
void sim_link_frame (sim_t *self, sim_link_t *link, weir__slice_t frame,
                     uint64_t sent_at);
void sim_link_lost (sim_t *self, sim_link_t *link);
void sim_links_free (sim_t *self);

//  witness.c

void sim_judge (sim_t *self);

//  oracle.c

void sim_ask_oracle (sim_t *self);

#endif
