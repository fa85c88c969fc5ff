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

//  The possible faults; a sum of these.
enum {
    SIM_DELAY = 1,      //  frames are slow, connections overtake others
    SIM_BREAK = 2,      //  connections break; frames under way are lost
    SIM_DUPLICATE = 4,  //  frames arrive twice
    SIM_CRASH = 8,      //  client processes are killed, others begin
    SIM_PAUSE = 16,     //  client processes stop for a while
    SIM_OWNER = 32,     //  the owner is killed and begins again
    SIM_CLOCK = 64,     //  its clock jumps
    SIM_LOG = 128,      //  an append fails, or its outcome is unknown
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
    unsigned processes; //  at the same time
    unsigned links;     //  of a process
    bool trace;         //  print the events of the run
} sim_config_t;

typedef struct sim_result {
    bool good;
    char cause [512]; //  when it is not
    uint64_t events;
    uint64_t operations; //  witnessed replies
    uint64_t entries;
    uint64_t fault_count;
} sim_result_t;

//  Runs the world of a seed to its end and checks it.
void sim_run (const sim_config_t *config, sim_result_t *ret_result);

//  The rest is for the files of the simulator only.

enum { SIM_PROCESSES = 32, SIM_LINKS = 4 };

typedef struct sim sim_t;
typedef struct sim_link sim_link_t;
typedef struct sim_connection sim_connection_t;

//  An event at a moment. `detail` belongs to the callee.
typedef void (sim_event_fn) (sim_t *sim, void *target, uint64_t detail);
typedef struct sim_event {
    uint64_t time_us;
    uint64_t order; //  of equal times, the one planned first
    sim_event_fn *run;
    void *target;
    uint64_t detail;
} sim_event_t;

//  A connection of a link. The owner's side numbers its peers.
struct sim_connection {
    uint64_t peer;
    sim_link_t *link;
    uint64_t incarnation; //  of the owner at its other end
    bool broken;
    bool heard;           //  the owner has received a frame by it
    uint64_t slow_us;     //  additional delay of its frames
    uint64_t sent [2];    //  frames, by direction
    uint64_t cut [2];     //  the number of these that arrive; UINT64_MAX: all
    uint64_t last_us [2]; //  when the last one arrives
    bool within [2];      //  a message: more of its frames follow
    sim_connection_t *next;
};

enum { SIM_TO_OWNER, SIM_TO_LINK };

//  A request of a link, and its outcome.
typedef struct sim_operation {
    uint64_t session;
    uint32_t link;
    uint64_t number;
    uint32_t attempt;     //  the link's connection, when the request was made
    weir__buffer_t body;  //  as it was sent
    uint64_t logged_at;   //  the first entry with it; 0: none
    uint64_t called_at;   //  the log's last entry then
    uint64_t returned_at; //  and when the reply came
    bool returned;
    bool asked_again; //  its link reconnected while it waited
    uint64_t read_at; //  of a read: the entry after which it was sent
    weir__buffer_t reply;
    int64_t sum; //  of the counter, as first sent; 0: none
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
    unsigned owner; //  the owner that it means
    bool gone;      //  closed, or its process is dead
    uint64_t
        closed_by; //  the incarnation of the owner that received CLOSE; or 0
    bool close_logged; //  an entry records that
    weir__protocol_t protocol;
    sim_connection_t *connection; //  NULL: broken, not yet made again
    unsigned left;                //  requests still to be made
    unsigned waiting;             //  requests without a reply
    unsigned at_once; //  its largest number of requests without a reply
    size_t first;     //  its oldest operation that may be waiting
    sim_link_t *next;
};

typedef struct sim_log {
    weir__log_t log;
    sim_t *sim;
    weir__buffer_t *entries;
    uint64_t count;
    weir__buffer_t snapshot;
    uint64_t snapshot_at; //  its last entry; 0: it is empty
} sim_log_t;

typedef struct sim_memory {
    bool starves;      //  the run
    bool watching;     //  a call of the engine
    bool lasting;      //  all allocations fail, from `fails_at` on
    unsigned fails_at; //  counted from the last pause on
    uint64_t counter;  //  the object of the counter; 0: not known yet
    char *key;         //  its key, a long one
} sim_memory_t;

struct sim {
    sim_config_t config;
    sim_result_t *result;
    uint64_t random;
    uint64_t now_us;
    uint64_t order;
    sim_event_t *events; //  a binary heap
    size_t event_count, event_capacity;
    bool healed; //  no more faults: everything must end

    sim_log_t log;
    weir__engine_t *engine; //  NULL: the owner is down
    unsigned owner;         //  its incarnation: 1, 2, 3 ...
    uint64_t incarnation;   //  number of owners begun
    uint64_t owner_skew_us; //  the lead of its clock
    bool commit_planned;
    uint64_t deadline_planned_us;

    sim_process_t processes [SIM_PROCESSES];
    unsigned process_count; //  number of links ever
    sim_link_t *links;
    sim_connection_t *connections;
    uint64_t last_peer;
    sim_operation_t *operations;
    size_t operation_count, operation_capacity;
    size_t
        past; //  the number of requests judged with the log of an earlier owner
    history_t *workload; //  chooses the requests
    bool numbers;        //  it uses almost only small numbers
    bool large;          //  it uses values of several frames
    bool queues;         //  it uses a few small queues
    bool closing;        //  these are closed early
    bool meetings;       //  a condition and a barrier
    bool notices;        //  waiters of the condition that die when notified
    bool returns;        //  locks, and a condition of one of them
    bool paths;          //  it uses a list inside a dict
    bool guards;         //  it uses waits that a lock guards
    bool transactions;   //  many of them
    bool locks;          //  it uses a few locks, and circles of them
    uint64_t next_id;    //  of an object, perhaps
    sim_memory_t memory;
};

//  world.c

uint64_t sim_below (sim_t *self, uint64_t n);
bool sim_chance (sim_t *self, unsigned fault, unsigned one_in);

//  Plans an event. Returns its number among events of equal time.
uint64_t sim_plan (sim_t *self, uint64_t delay_us, sim_event_fn *run,
                   void *target, uint64_t detail);

//  Plans an event with a given number.
void sim_enter (sim_t *self, sim_event_t event);

void sim_fail (sim_t *self, const char *format, ...)
    __attribute__ ((format (printf, 2, 3)));
void sim_tell (sim_t *self, const char *format, ...)
    __attribute__ ((format (printf, 2, 3)));

//  net.c

sim_connection_t *sim_connect (sim_t *self, sim_link_t *link);
void sim_send (sim_t *self, sim_connection_t *connection, int direction,
               const uint8_t *head, weir__bytes_t body);

//  Breaks a connection; a random part of its frames under way still arrives.
void sim_disconnect (sim_t *self, sim_connection_t *connection);

//  Breaks a connection as an event, if its link has no newer one.
void sim_break (sim_t *self, void *connection, uint64_t detail);

//  Returns the time when all frames that a process has sent, by connections
//  known to the owner, have arrived or are lost.
uint64_t sim_silent_us (const sim_t *self, const sim_process_t *process);
sim_connection_t *sim_find_peer (sim_t *self, uint64_t peer);
void sim_net_free (sim_t *self);

//  log.c

void sim_log_init (sim_t *self);
void sim_log_free (sim_t *self);

//  Takes a snapshot after an entry, now and then.
void sim_log_snapshot (sim_t *self);

//  node.c

void sim_owner_start (sim_t *self, void *unused, uint64_t detail);
void sim_owner_kill (sim_t *self, const char *cause);

//  Begins another owner in its place, with an empty log. Earlier requests are
//  judged first.
void sim_owner_replace (sim_t *self);
void sim_owner_frame (sim_t *self, sim_connection_t *connection,
                      weir__bytes_t frame);
void sim_process_start (sim_t *self, void *unused, uint64_t detail);
void sim_process_kill (sim_t *self, sim_process_t *process);

//  Handles the announcement of a link that its session ends.
void sim_process_close (sim_t *self, sim_process_t *process);

//  Handles a jump of the owner's clock.
void sim_owner_wake (sim_t *self);

//  Fails the run when a deadline has passed without an effect.
void sim_owner_check (sim_t *self);

//  link.c

sim_link_t *sim_link_new (sim_t *self, sim_process_t *process, uint32_t number);
void sim_link_connect (sim_t *self, void *link, uint64_t detail);
void sim_link_step (sim_t *self, void *link, uint64_t detail);
void sim_link_frame (sim_t *self, sim_link_t *link, weir__bytes_t frame,
                     uint64_t sent_at);
void sim_link_lost (sim_t *self, sim_link_t *link);
void sim_links_free (sim_t *self);

//  Returns the request of the link with that number, or NULL.
sim_operation_t *sim_find (const sim_t *self, const sim_link_t *link,
                           uint64_t number);

//  ask.c

void sim_ask_init (sim_t *self);

//  Forgets all objects.
void sim_ask_forget (sim_t *self);
void sim_ask (sim_t *self, step_t *ret_step);

//  Notes an object that was made or opened: later requests may use it.
void sim_ask_note (sim_t *self, const sim_operation_t *operation);

//  theme.c

void sim_theme_init (sim_t *self);

//  Makes the request one of the run's theme, perhaps.
void sim_theme_ask (sim_t *self, step_t *step);

//  Returns a small number of any type.
weir_value_t sim_theme_number (sim_t *self);

//  Returns a value of several frames.
weir_value_t sim_theme_large (sim_t *self);

//  memory.c

void sim_memory_init (sim_t *self);

//  These surround a call of the engine, and the calls that it makes to the
//  simulator.
void sim_memory_begin (sim_t *self);
void sim_memory_pause (sim_t *self);
void sim_memory_resume (sim_t *self);
void sim_memory_end (sim_t *self);

//  Makes the request one about the counter, perhaps, in a run that starves.
void sim_memory_request (sim_t *self, step_t *step);

//  Notes the id that the directory gave. Returns whether it is the counter's.
bool sim_memory_note (sim_t *self, const weir__request_body_t *body,
                      uint64_t id);

//  Notes a reply of the owner, whether it arrives or not.
void sim_memory_sent (sim_t *self, const sim_link_t *link,
                      const weir__frame_t *message);

//  Returns whether the owner may refuse a good link with that sentence.
bool sim_memory_refused (const sim_t *self, const char *sentence, size_t size);
void sim_memory_judge (sim_t *self);

//  witness.c

void sim_judge (sim_t *self);

//  Checks that the machine keeps nothing of dead processes and closed links.
void sim_check_gone (sim_t *self, weir__machine_t *machine);

//  Returns the operations that returned, in the order of the entries after
//  which they were answered. The caller frees the array.
sim_operation_t **sim_by_place (const sim_t *self, size_t *ret_count);

//  oracle.c

void sim_ask_oracle (sim_t *self);

#endif
