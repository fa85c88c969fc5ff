/*  end.h - an end of a pipe, as one process has it

    Any thread. Four locks guard an end. A thread takes them in this order:

    -   `looking`: for a thread that asks whether a call would wait. It holds
        the lock for a moment, or until a value that was sent has arrived;
    -   the turn to receive or to send: a thread keeps it while it waits;
    -   `opening`: for a moment;
    -   the process lock: for the list of ends.

    A forked child inherits copies of both ends, whose locks may be held, but
    none of the threads that hold them. The generation tells the child so, and
    it initializes the ends again.

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

//  The state that both ends share, in memory that forked children share too.
typedef struct weir__shared {
    weir__channel_t channels [2]; //  to end a; to end b
    atomic_bool used;             //  either end was used
} weir__shared_t;

typedef struct weir__pair weir__pair_t;

struct weir_pipe {
    weir__pair_t *pair;
    bool receives, sends;
    atomic_uint_fast64_t generation; //  in which the members below are valid
    weir__turn_t receiving, sending;
    bool seen [2]; //  last look: recv, send ready; guarded by `looking`
    pthread_mutex_t looking, opening;
    int box; //  -1: opened or closed
    weir__identity_t box_identity;
    atomic_bool used;   //  this process has the end
    atomic_bool closed; //  in this process
    weir__sides_t sides;
    weir__receiver_t receiver;
    weir__sender_t sender;

    //  The list of ends that are open in this process. A closed end lingers in
    //  the list, with a share in the pair, until its values are delivered.
    //  Guarded by the process lock.
    LIST_ENTRY (weir_pipe) entry;
    bool listed, lingers;
};

//  Both ends, as one process has them.
struct weir__pair {
    atomic_int shares; //  one for each handle
    int flags;         //  of weir_pipe_new
    weir__shared_t *shared;
    weir_pipe_t ends [2]; //  a, b
};

//  Makes both ends, with two shares. Returns NULL with EMFILE, ENFILE, ENOMEM
//  or an error of the runtime directory.
weir__pair_t *weir__pair_new (int flags);

//  Takes one more share: the ends remain in memory after their handles are
//  destroyed.
void weir__pair_retain (weir__pair_t *pair);

//  Releases a share. The last one frees the pair; both ends are closed by then.
void weir__pair_release (weir__pair_t *pair);

//  Takes the turn for one use of the end. The first use takes the end for this
//  process. Returns 0, or -1 with EBADF (closed), EBUSY (another process has
//  the end), EINVAL (the pipe is for threads, and this is another process),
//  EMFILE or ENOMEM; or, without a sentence, EAGAIN (the deadline has passed)
//  or EINTR.
int weir__end_enter (weir_pipe_t *self, weir__turn_t *turn,
                     uint64_t deadline_us);

//  Takes `looking` and then, without waiting, the turn. Makes the turn's bell
//  first, so that the bell rings when another thread that has the turn passes
//  it. Returns as weir__end_enter; holds neither after a failure.
int weir__end_look (weir_pipe_t *self, weir__turn_t *turn);

//  Releases the turn and `looking`.
//  ready: the result of the look. When it has become true, the bell rings for
//  the other threads that look.
void weir__end_look_away (weir_pipe_t *self, weir__turn_t *turn, bool ready);

//  Closes the end in this process. Threads that wait on the end wake up and
//  leave. Values that were sent are still delivered. Does nothing for a closed
//  end. Returns 0, or -1 when the threads have not left before the deadline.
int weir__end_close (weir_pipe_t *self, uint64_t deadline_us);

//  Fails with EBADF because this process has closed the end. Returns -1.
int weir__end_fail_closed (void);

#endif
