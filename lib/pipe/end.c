/*  end.c - an end of a pipe, as one process has it

    SPDX-License-Identifier: MPL-2.0
*/

#include "pipe/end.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/eventfd.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/atend.h"
#include "base/clock.h"
#include "base/error.h"
#include "base/fork.h"
#include "base/identity.h"
#include "carrier/context.h"

enum {
    LIMIT = 1000,
    SIZE_MAX_BYTES = 1 << 20,
    LINGER_MS = 10000 //  how long the exit of the process waits for delivery
};

//  The ends that are open in this process, and those that linger. Guarded by
//  the process lock. A forked child inherits the list.
static LIST_HEAD (, weir_pipe) ends = LIST_HEAD_INITIALIZER (ends);

//  ---------------------------------------------------------------------------
//  The list of ends

static void list (weir_pipe_t *self, bool lingers)
{
    weir__process_lock ();
    if (!self->listed)
        LIST_INSERT_HEAD (&ends, self, entry);
    self->listed = true;
    self->lingers = lingers;
    weir__process_unlock ();
}

static void unlist_locked (weir_pipe_t *self)
{
    if (self->listed)
        LIST_REMOVE (self, entry);
    self->listed = false;
}

static void unlist (weir_pipe_t *self)
{
    weir__process_lock ();
    unlist_locked (self);
    weir__process_unlock ();
}

//  Closes the bells, except in a forked child, which has closed them already.
static void close_bells (weir_pipe_t *self)
{
    if (atomic_load (&self->generation) != weir__generation ())
        return;
    weir__bell_close (&self->receiving.bell);
    weir__bell_close (&self->sending.bell);
}

void weir__pair_retain (weir__pair_t *pair)
{
    atomic_fetch_add (&pair->shares, 1);
}

void weir__pair_release (weir__pair_t *pair)
{
    if (atomic_fetch_sub (&pair->shares, 1) > 1)
        return;
    for (int i = 0; i < 2; i++)
        close_bells (&pair->ends [i]);
    munmap (pair->shared, sizeof *pair->shared);
    free (pair);
}

//  Includes an end that a forked child has inherited and not yet attached.
static bool is_open (weir_pipe_t *self)
{
    return !atomic_load (&self->closed);
}

static bool lingers (weir_pipe_t *self)
{
    return self->lingers &&
           atomic_load (&self->generation) == weir__generation ();
}

static bool lingers_no_more (weir_pipe_t *self)
{
    return lingers (self) && weir__sender_is_done (&self->sender);
}

//  Takes an end that fits out of the list. The caller gets the share with which
//  it lingered, or a new one. Returns NULL when no end fits.
static weir_pipe_t *pick (bool (*fits) (weir_pipe_t *))
{
    weir__process_lock ();
    weir_pipe_t *self = LIST_FIRST (&ends);
    while (self && !fits (self))
        self = LIST_NEXT (self, entry);
    if (self) {
        unlist_locked (self);
        if (!self->lingers)
            weir__pair_retain (self->pair);
    }
    weir__process_unlock ();
    return self;
}

//  Frees the ends that no longer need to linger.
static void sweep (void)
{
    weir_pipe_t *self;
    while ((self = pick (lingers_no_more)) != NULL) {
        weir__sender_close (&self->sender);
        weir__side_close (&self->sides.sending);
        weir__pair_release (self->pair);
    }
}

//  ---------------------------------------------------------------------------
//  The exit of the process

static int ended = -1; //  an eventfd

static void *end_context (void *unused)
{
    weir__context_end (WEIR__CONTEXT_PIPES);
    eventfd_write (ended, 1);
    return unused;
}

//  Ends the context in a thread without signal handlers, because libzmq's own
//  wait for delivery has no deadline, and goes on when a receiver has ended.
static bool start_to_end_context (pthread_t *thread)
{
    sigset_t all, before;
    ended = eventfd (0, EFD_CLOEXEC);
    sigfillset (&all);
    pthread_sigmask (SIG_SETMASK, &all, &before);
    bool started =
        ended >= 0 && pthread_create (thread, NULL, end_context, NULL) == 0;
    pthread_sigmask (SIG_SETMASK, &before, NULL);
    return started;
}

static bool wait_for_context (uint64_t deadline_us)
{
    struct pollfd item = {.fd = ended, .events = POLLIN};
    int ready;
    do
        ready = poll (&item, 1, weir__poll_ms (weir__now_us (), deadline_us));
    while (ready == -1 && errno == EINTR);
    return ready > 0;
}

//  Waits until all that lingers is delivered or undeliverable, or the deadline.
static void linger (uint64_t deadline_us)
{
    LIST_HEAD (, weir_pipe) late = LIST_HEAD_INITIALIZER (late);
    weir_pipe_t *self;
    while ((self = pick (lingers)) != NULL) {
        weir__sender_close (&self->sender);
        LIST_INSERT_HEAD (&late, self, entry);
    }
    pthread_t thread;
    bool started = start_to_end_context (&thread), delivered = true;
    while ((self = LIST_FIRST (&late)) != NULL) {
        if (started)
            weir__sender_linger (&self->sender, ended, deadline_us);
        delivered = delivered && !self->sender.gone;
        LIST_REMOVE (self, entry);
        weir__side_close (&self->sides.sending);
        weir__pair_release (self->pair);
    }
    if (started && (!delivered || !wait_for_context (deadline_us)))
        pthread_detach (thread);
    else if (started)
        pthread_join (thread, NULL);
}

//  Closes the ends that the program left open.
static void end_pipes (void)
{
    uint64_t deadline_us = weir__deadline_us (weir__now_us (), LINGER_MS);
    bool closed = true;
    weir_pipe_t *self;
    while ((self = pick (is_open)) != NULL) {
        closed = weir__end_close (self, deadline_us) == 0 && closed;
        weir__pair_release (self->pair);
    }
    if (closed)
        linger (deadline_us);
}

//  ---------------------------------------------------------------------------
//  Making both ends

static void prepare (weir_pipe_t *self)
{
    weir__shared_t *shared = self->pair->shared;
    int other = self == &self->pair->ends [0];
    weir__turn_init (&self->receiving);
    weir__turn_init (&self->sending);
    pthread_mutex_init (&self->looking, NULL);
    pthread_mutex_init (&self->opening, NULL);
    self->seen [0] = self->seen [1] = false;
    self->sides = WEIR__SIDES_INIT;
    weir__receiver_init (&self->receiver, &shared->channels [!other],
                         &self->sides.receiving, &self->closed);
    weir__sender_init (&self->sender, &shared->channels [other],
                       &self->sides.sending, &self->closed);
    atomic_store (&self->used, false);
}

static weir__shared_t *share (void)
{
    weir__shared_t *shared = mmap (NULL, sizeof *shared, PROT_READ | PROT_WRITE,
                                   MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (shared == MAP_FAILED)
        return weir__fail_null (ENOMEM, "out of memory");
    for (int i = 0; i < 2; i++) {
        atomic_init (&shared->channels [i].by_link, WEIR__BY_LINK);
        atomic_init (&shared->channels [i].limit, LIMIT);
        atomic_init (&shared->channels [i].size_max, SIZE_MAX_BYTES);
    }
    return shared;
}

static weir__pair_t *prepare_both (int flags)
{
    weir__pair_t *pair = calloc (1, sizeof *pair);
    if (!pair)
        return weir__fail_null (ENOMEM, "out of memory");
    pair->shared = share ();
    if (!pair->shared) {
        free (pair);
        return NULL;
    }
    pair->flags = flags;
    atomic_init (&pair->shares, 2);
    for (int i = 0; i < 2; i++) {
        weir_pipe_t *self = &pair->ends [i];
        self->pair = pair;
        self->receives = i == 0 || !(flags & WEIR_PIPE_ONE_WAY);
        self->sends = i == 1 || !(flags & WEIR_PIPE_ONE_WAY);
        self->box = -1;
        atomic_init (&self->generation, weir__generation ());
        prepare (self);
    }
    return pair;
}

//  Uses both ends of a pipe within one process from the beginning: libzmq keeps
//  an inproc message only after the endpoint was bound.
static int use_both (weir__pair_t *pair)
{
    static atomic_uint count;
    unsigned number = atomic_fetch_add (&count, 1);
    weir__sides_t sides [2];
    if (weir__at_end_do (end_pipes) != 0 ||
        weir__sides_make (!(pair->flags & WEIR_PIPE_ONE_WAY), sides) != 0)
        return -1;
    for (int i = 0; i < 2; i++) {
        pair->ends [i].sides = sides [i];
        atomic_store (&pair->ends [i].used, true);
    }
    for (int i = 0; i < 2; i++) {
        char endpoint [48];
        snprintf (endpoint, sizeof endpoint, "inproc://weir-pipe-%u-%d", number,
                  i);
        if (pair->ends [i].receives &&
            (weir__receiver_open (&pair->ends [i].receiver, endpoint) != 0 ||
             weir__sender_open (&pair->ends [!i].sender, endpoint) != 0))
            return -1;
    }
    return 0;
}

static int put_into_boxes (weir__pair_t *pair)
{
    int boxes [2];
    if (weir__boxes_make (!(pair->flags & WEIR_PIPE_ONE_WAY), boxes) != 0)
        return -1;
    for (int i = 0; i < 2; i++) {
        pair->ends [i].box = boxes [i];
        pair->ends [i].box_identity = weir__identity (boxes [i]);
    }
    return 0;
}

weir__pair_t *weir__pair_new (int flags)
{
    sweep ();
    weir__pair_t *pair = prepare_both (flags);
    if (!pair)
        return NULL;
    int result =
        flags & WEIR_PIPE_THREADS ? use_both (pair) : put_into_boxes (pair);
    if (result == 0) {
        list (&pair->ends [0], false);
        list (&pair->ends [1], false);
        return pair;
    }
    int error = errno;
    for (int i = 0; i < 2; i++) {
        weir__end_close (&pair->ends [i], WEIR__NEVER);
        weir__pair_release (pair);
    }
    errno = error;
    return NULL;
}

//  ---------------------------------------------------------------------------
//  Using and closing an end

//  Frees the memory that a forked child inherited, except libzmq's, which the
//  inherited context still knows. Skips a side that a thread of the parent may
//  have been changing during the fork.
static void forget (weir_pipe_t *self)
{
    if (weir__turn_is_free (&self->sending))
        weir__sender_forget (&self->sender);
    if (weir__turn_is_free (&self->receiving))
        weir__receiver_forget (&self->receiver);
}

//  Makes an end that a forked child inherited ready for use in the child.
static void attach (weir_pipe_t *self)
{
    uint64_t generation = weir__generation ();
    if (atomic_load (&self->generation) == generation)
        return;
    weir__process_lock ();
    if (atomic_load (&self->generation) != generation) {
        forget (self);
        prepare (self);
        if (self->lingers) {
            unlist_locked (self);
            atomic_fetch_sub (&self->pair->shares, 1); //  the caller has one
        }
        self->lingers = false;
        atomic_store (&self->generation, generation);
    }
    weir__process_unlock ();
}

int weir__end_fail_closed (void)
{
    return weir__fail (
        EBADF, "pipe: this process has closed this end with weir_pipe_close");
}

//  Takes the end for this process. The caller holds `opening`.
static int open_box (weir_pipe_t *self)
{
    if (self->pair->flags & WEIR_PIPE_THREADS)
        return weir__fail (
            EINVAL,
            "pipe: it was made with WEIR_PIPE_THREADS, and stays in the "
            "process that made it; make it without for a forked process");
    if (atomic_load (&self->closed))
        return weir__end_fail_closed ();
    if (weir__box_check (self->box, self->box_identity) != 0)
        return -1;
    if (weir__at_end_do (end_pipes) != 0 ||
        weir__box_open (self->box, &self->sides) != 0)
        return -1;
    weir__box_close (&self->box, self->box_identity);
    return 0;
}

static int use (weir_pipe_t *self)
{
    int result = 0;
    if (!atomic_load (&self->used)) {
        pthread_mutex_lock (&self->opening);
        if (!atomic_load (&self->used)) {
            result = open_box (self);
            atomic_store (&self->used, result == 0);
        }
        pthread_mutex_unlock (&self->opening);
    }
    if (result == 0 && !atomic_load (&self->pair->shared->used))
        atomic_store (&self->pair->shared->used, true);
    return result;
}

static int enter (weir_pipe_t *self, weir__turn_t *turn, uint64_t deadline_us)
{
    if (atomic_load (&self->closed))
        return weir__end_fail_closed ();
    if (use (self) != 0 || weir__turn_take (turn, deadline_us) != 0)
        return -1;
    if (!atomic_load (&self->closed))
        return 0;
    weir__turn_pass (turn);
    return weir__end_fail_closed ();
}

//  A thread that only looks must not make a call fail: after EAGAIN, this tries
//  once more while no thread looks.
int weir__end_enter (weir_pipe_t *self, weir__turn_t *turn,
                     uint64_t deadline_us)
{
    attach (self);
    int result = enter (self, turn, deadline_us);
    if (result == 0 || errno != EAGAIN)
        return result;
    pthread_mutex_lock (&self->looking);
    result = enter (self, turn, 0);
    pthread_mutex_unlock (&self->looking);
    return result;
}

//  A new bell begins rung, since a turn may have passed before the bell
//  existed.
int weir__end_look (weir_pipe_t *self, weir__turn_t *turn)
{
    attach (self);
    pthread_mutex_lock (&self->looking);
    if (weir__bell_make (&turn->bell, true) == 0 && enter (self, turn, 0) == 0)
        return 0;
    self->seen [turn == &self->sending] = false;
    pthread_mutex_unlock (&self->looking);
    return -1;
}

void weir__end_look_away (weir_pipe_t *self, weir__turn_t *turn, bool ready)
{
    bool *seen = &self->seen [turn == &self->sending];
    bool news = ready && !*seen;
    *seen = ready;
    if (news)
        weir__turn_pass (turn);
    else
        weir__turn_give_back (turn);
    pthread_mutex_unlock (&self->looking);
}

static void take_turn_to_close (weir__turn_t *turn, uint64_t deadline_us,
                                int *result)
{
    while (*result == 0 && weir__turn_take (turn, deadline_us) != 0)
        if (errno == EAGAIN)
            *result = -1;
}

//  Closes both sides. The caller has both turns.
static void close_sides (weir_pipe_t *self)
{
    weir__receiver_close (&self->receiver);
    weir__side_close (&self->sides.receiving);
    weir__box_close (&self->box, self->box_identity);
    if (weir__sender_is_done (&self->sender)) {
        unlist (self);
        weir__sender_close (&self->sender);
        weir__side_close (&self->sides.sending);
    } else {
        weir__pair_retain (self->pair);
        list (self, true);
    }
}

int weir__end_close (weir_pipe_t *self, uint64_t deadline_us)
{
    attach (self);
    pthread_mutex_lock (&self->opening);
    bool closed = atomic_exchange (&self->closed, true);
    if (!closed && atomic_load (&self->used)) {
        if (self->receives)
            atomic_store (&self->receiver.channel->closed, true);
        weir__sides_hang_up (&self->sides);
        weir__sender_wake (&self->sender);
    }
    pthread_mutex_unlock (&self->opening);
    if (closed)
        return 0;
    int result = 0;
    take_turn_to_close (&self->receiving, deadline_us, &result);
    take_turn_to_close (&self->sending, deadline_us, &result);
    if (result != 0)
        return -1;
    close_sides (self);
    weir__turn_pass (&self->sending);
    weir__turn_pass (&self->receiving);
    sweep ();
    return 0;
}
