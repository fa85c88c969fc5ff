/*  end.h - an end of a pipe, as a process has it

    Four locks guard an end, always taken in this order: `looking`, by a thread
    that asks whether it would wait, for a moment, or as long as a value that was
    sent takes to arrive; the turn to receive or the turn to send, which a thread
    keeps while it waits; `opening`, for a moment; the process lock, for the list
    of ends.

    A forked child has copies of both ends, locked or not, and none of their
    threads. It notices by the generation, and begins anew.

    SPDX-License-Identifier: MPL-2.0
*/

#ifndef WEIR__PIPE_END_H_INCLUDED
#define WEIR__PIPE_END_H_INCLUDED

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/queue.h>

#include "base/identity.h"
#include "base/turn.h"
#include "pipe/box.h"
#include "pipe/channel.h"
#include "pipe/receiver.h"
#include "pipe/sender.h"
#include "weir/pipe.h"

//  What both ends share, in memory that forked children share too.
typedef struct weir__shared {
    weir__channel_t channels [2]; //  to end a, to end b
    atomic_bool used;             //  either end
} weir__shared_t;

typedef struct weir__pair weir__pair_t;

struct weir_pipe {
    weir__pair_t *pair;
    bool receives, sends;
    atomic_uint_fast64_t generation; //  in which what follows is valid
    weir__turn_t receiving, sending;
    bool seen [2]; //  last: recv, send would not wait; guarded by `looking`
    pthread_mutex_t looking, opening;
    int box; //  -1: opened, or closed
    weir__identity_t box_identity;
    atomic_bool used;   //  this process has the end
    atomic_bool closed; //  here
    weir__sides_t sides;
    weir__receiver_t receiver;
    weir__sender_t sender;

    //  Guarded by the process lock: the list of ends that are open here. One that
    //  is closed lingers in it, with a share in the pair, while what it sent is
    //  not delivered yet.
    LIST_ENTRY (weir_pipe) entry;
    bool listed, lingers;
};

//  Both ends, as this process has them.
struct weir__pair {
    atomic_int shares; //  one for each handle
    int flags;         //  of weir_pipe_new
    weir__shared_t *shared;
    weir_pipe_t ends [2]; //  a, b
};

//  Makes both ends, with two shares. NULL with EMFILE, ENFILE, ENOMEM, or what
//  the runtime directory gave.
weir__pair_t *weir__pair_new (int flags);

//  A share more: the ends stay in memory when their handles are destroyed.
void weir__pair_retain (weir__pair_t *pair);

//  Gives a share back; the last one frees the pair, whose ends are closed.
void weir__pair_release (weir__pair_t *pair);

//  Takes the turn for one use of the end; the first use makes it this
//  process's. Returns 0, or -1 with EBADF (closed), EBUSY (another process has
//  it), EINVAL (it is for threads, in another process), EMFILE, ENOMEM, or
//  without a sentence EAGAIN (the deadline has passed) or EINTR.
int weir__end_enter (weir_pipe_t *self, weir__turn_t *turn,
                     uint64_t deadline_us);

//  Takes `looking` and, without waiting, the turn, whose bell is made before:
//  when another thread has it, the bell is rung after that. As weir__end_enter. /
//  Gives both back. ready: what was seen; others who look hear of it.
int weir__end_look (weir_pipe_t *self, weir__turn_t *turn);
void weir__end_look_away (weir_pipe_t *self, weir__turn_t *turn, bool ready);

//  Closes the end in this process: the threads that wait on it wake up and
//  leave. What was sent is still delivered. Returns 0, or -1 when they have
//  not left before the deadline. Twice is no error.
int weir__end_close (weir_pipe_t *self, uint64_t deadline_us);

//  Sets EBADF and its sentence. Returns -1.
int weir__end_fail_closed (void);

#endif
