/*  sim.h - a simulated world: clients, a network, a log and one owner

    The owner's engine, the machine and the clients' protocol are real; clock,
    scheduler, network and log are simulated. One number, the seed, decides
    everything, so it repeats a run exactly. The world runs in one thread.

    - world.c     time and events; faults; the run as a whole
    - net.c       connections between links and the owner
    - log.c       the log: entries and a snapshot, which survive the owner
    - node.c      the owner, and processes, which die and restart
    - link.c      links: they send requests, wait, cancel, and record replies
    - ask.c       the requests of links
    - theme.c     the theme of a run
    - memory.c    failed allocations
    - witness.c   every reply must agree with a replay of the log
    - oracle.c    and with a model that shares no code with the machine
    - weir-sim.c  the command: seeds, shrinking, figures

    SPDX-License-Identifier: MPL-2.0
*/

#ifndef WEIR_TESTS_SIM_H_INCLUDED
#define WEIR_TESTS_SIM_H_INCLUDED

#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>

#include "client/protocol.h"
#include "model/history.h"
#include "log/log.h"
#include "owner/engine.h"
#include "owner/intake.h"

//  What can go wrong; a sum of these.
enum {
    SIM_DELAY = 1,      //  frames take long, connections overtake others
    SIM_BREAK = 2,      //  connections break; what was on the way is lost
    SIM_DUPLICATE = 4,  //  frames arrive twice
    SIM_CRASH = 8,      //  client processes are killed, others begin
    SIM_PAUSE = 16,     //  client processes stand still for a while
    SIM_OWNER = 32,     //  the owner is killed and begins again
    SIM_CLOCK = 64,     //  its clock jumps
    SIM_LOG = 128,      //  appending fails, or nobody knows whether
    SIM_SNAPSHOT = 256, //  the owner begins with a snapshot of its machine
    SIM_MEMORY = 512,   //  in some runs, allocations fail: see memory.c
    SIM_OTHER = 1024,   //  another owner takes the place, without the log
    SIM_FAULTS = 11,
    SIM_ALL = 2047
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
    bool heard;           //  the owner has heard something by it
    uint64_t slow_us;     //  frames take so much longer
    uint64_t sent [2];    //  frames, by direction
    uint64_t cut [2];     //  of these, how many arrive; UINT64_MAX: all
    uint64_t last_us [2]; //  when the last one arrives
    bool within [2];      //  a message: more of its frames follow
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
    int64_t sum; //  of the counter, as it was sent first; 0: none
} sim_operation_t;

typedef struct sim_process {
    bool alive;
    int pid;
    uint64_t session;
    uint64_t paused_until_us;
    bool expire_logged; //  an entry ends its session
    sim_link_t *links [SIM_LINKS];
} sim_process_t;

struct sim_link {
    sim_process_t *process;
    uint64_t session;
    uint32_t number;
    unsigned owner;     //  which one it means
    bool gone;          //  closed, or its process is dead
    uint64_t closed_by; //  the incarnation of the owner that heard CLOSE; or 0
    bool close_logged;  //  an entry says so
    weir__protocol_t protocol;
    sim_connection_t *connection; //  NULL: broken, not yet made again
    unsigned left;                //  requests still to be made
    unsigned waiting;             //  requests without a reply
    unsigned at_once; //  requests that it has without a reply, at most
    size_t first;     //  its oldest operation that may be waiting
    sim_link_t *next;
};

typedef struct sim_log {
    weir__log_t log;
    sim_t *sim;
    weir__buffer_t *entries;
    uint64_t count;
    weir__buffer_t snapshot;
    uint64_t snapshot_at; //  the last entry that it has; 0: there is none
} sim_log_t;

typedef struct sim_memory {
    bool starves;      //  the run
    bool watching;     //  a call of the engine
    bool lasting;      //  all allocations fail, from `fails_at` on
    unsigned fails_at; //  counted from the last pause on
    uint64_t counter;  //  the object; 0: not known yet
    char *key;         //  in it, a long one
} sim_memory_t;

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
    unsigned owner;         //  which one it is: 1, 2, 3 ...
    uint64_t incarnation;   //  how often one has begun
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
    size_t past;         //  so many were judged with the log of an owner before
    history_t *workload; //  gives what is asked
    bool numbers;        //  it has hardly anything but small numbers
    bool large;          //  it has values that take several frames
    bool queues;         //  it is about a few small queues
    bool closing;        //  these are closed soon
    bool meetings;       //  a condition and a barrier
    bool returns;        //  locks, and a condition of one of them
    bool paths;          //  about a list inside a dict
    bool guards;         //  it is about waits that a lock guards
    bool transactions;   //  it has many
    bool locks;          //  it is about a few locks, and circles of them
    uint64_t next_id;    //  of an object, perhaps
    sim_memory_t memory;
};

//  world.c

uint64_t sim_below (sim_t *self, uint64_t n);
bool sim_chance (sim_t *self, unsigned fault, unsigned one_in);

//  Plans an event. Returns its place among those of equal times.
uint64_t sim_plan (sim_t *self, uint64_t delay_us, sim_event_fn *run,
                   void *target, uint64_t detail);

//  Plans one that keeps its place.
void sim_enter (sim_t *self, sim_event_t event);

void sim_fail (sim_t *self, const char *format, ...)
    __attribute__ ((format (printf, 2, 3)));
void sim_tell (sim_t *self, const char *format, ...)
    __attribute__ ((format (printf, 2, 3)));

//  net.c

sim_connection_t *sim_connect (sim_t *self, sim_link_t *link);
void sim_send (sim_t *self, sim_connection_t *connection, int direction,
               const uint8_t *head, weir__bytes_t body);

//  Breaks a connection; a random part of what is on the way still arrives.
void sim_disconnect (sim_t *self, sim_connection_t *connection);

//  Does so as an event, if its link has no other one meanwhile.
void sim_break (sim_t *self, void *connection, uint64_t detail);

//  When all that a process has sent by connections that the owner has heard of
//  has arrived or is lost.
uint64_t sim_silent_us (const sim_t *self, const sim_process_t *process);
sim_connection_t *sim_find_peer (sim_t *self, uint64_t peer);
void sim_net_free (sim_t *self);

//  log.c

void sim_log_init (sim_t *self);
void sim_log_free (sim_t *self);

//  After an entry: now and then takes a snapshot.
void sim_log_snapshot (sim_t *self);

//  node.c

void sim_owner_start (sim_t *self, void *unused, uint64_t detail);
void sim_owner_kill (sim_t *self, const char *cause);

//  Another one begins in its place, with an empty log: what was done is judged.
void sim_owner_replace (sim_t *self);
void sim_owner_frame (sim_t *self, sim_connection_t *connection,
                      weir__bytes_t frame);
void sim_process_start (sim_t *self, void *unused, uint64_t detail);
void sim_process_kill (sim_t *self, sim_process_t *process);

//  It has said by one of its links that its session ends.
void sim_process_close (sim_t *self, sim_process_t *process);

//  The owner's clock has jumped.
void sim_owner_wake (sim_t *self);

//  Fails the run when a deadline is over and nothing happens.
void sim_owner_check (sim_t *self);

//  link.c

sim_link_t *sim_link_new (sim_t *self, sim_process_t *process, uint32_t number);
void sim_link_connect (sim_t *self, void *link, uint64_t detail);
void sim_link_step (sim_t *self, void *link, uint64_t detail);
void sim_link_frame (sim_t *self, sim_link_t *link, weir__bytes_t frame,
                     uint64_t sent_at);
void sim_link_lost (sim_t *self, sim_link_t *link);
void sim_links_free (sim_t *self);

//  What the link asked with that number; NULL: nothing.
sim_operation_t *sim_find (const sim_t *self, const sim_link_t *link,
                           uint64_t number);

//  ask.c

void sim_ask_init (sim_t *self);

//  None of the objects is there any more.
void sim_ask_forget (sim_t *self);
void sim_ask (sim_t *self, step_t *ret_step);

//  An object was made or opened: later requests may be about it.
void sim_ask_note (sim_t *self, const sim_operation_t *operation);

//  theme.c

void sim_theme_init (sim_t *self);

//  Makes the request one about the run's theme, perhaps.
void sim_theme_ask (sim_t *self, step_t *step);

//  A small number of any type. / A value that takes several frames.
weir_value_t sim_theme_number (sim_t *self);
weir_value_t sim_theme_large (sim_t *self);

//  memory.c

void sim_memory_init (sim_t *self);

//  Around a call of the engine; and around what it calls of the simulator.
void sim_memory_begin (sim_t *self);
void sim_memory_pause (sim_t *self);
void sim_memory_resume (sim_t *self);
void sim_memory_end (sim_t *self);

//  In a run that starves, makes the request one about the counter, perhaps.
void sim_memory_request (sim_t *self, step_t *step);

//  A request of the directory gave an id. Returns whether it is the counter's.
bool sim_memory_note (sim_t *self, const weir__request_body_t *body,
                      uint64_t id);

//  The owner sends a reply, whether it arrives or not.
void sim_memory_sent (sim_t *self, const sim_link_t *link,
                      const weir__frame_t *message);

//  Whether the owner may refuse a good link with that sentence.
bool sim_memory_refused (const sim_t *self, const char *sentence, size_t size);
void sim_memory_judge (sim_t *self);

//  witness.c

void sim_judge (sim_t *self);

//  Of the dead and of closed links the machine has nothing.
void sim_check_gone (sim_t *self, weir__machine_t *machine);

//  The operations that returned, in the order of the entries after which they
//  were answered. The caller frees it.
sim_operation_t **sim_by_place (const sim_t *self, size_t *ret_count);

//  oracle.c

void sim_ask_oracle (sim_t *self);

#endif
