/*  ready.h - shared parts of the tests of weir__end_watch

    These functions wait only at the descriptors, for edges, as weir__end_watch
    says. They miss an event that the descriptors do not show.

    SPDX-License-Identifier: MPL-2.0
*/

#ifndef WEIR_TESTS_KIT_READY_H_INCLUDED
#define WEIR_TESTS_KIT_READY_H_INCLUDED

#include <sched.h>
#include <sys/epoll.h>

#include "pipe/end.h"
#include "pipe/ready.h"
#include "kit/pipe.h"

enum {
    RECV = false,
    SEND = true,
    STEPS_MAX = 20, //  of asking until all is quiet
    BELL = WEIR__END_FDS - 1
};

//  A watcher of one end, for receiving or for sending.
typedef struct watcher {
    weir_pipe_t *pipe;
    bool send;
    int epoll;
    int fds [WEIR__END_FDS]; //  as last seen
} watcher_t;

static inline watcher_t watch (weir_pipe_t *pipe, bool send)
{
    int epoll = epoll_create1 (EPOLL_CLOEXEC);
    test_must (epoll >= 0);
    return (watcher_t){.pipe = pipe, .send = send, .epoll = epoll};
}

static inline void watch_no_more (watcher_t *self)
{
    close (self->epoll);
}

static inline int ask (watcher_t *self)
{
    return weir__end_watch (self->pipe, self->send, self->epoll, 0);
}

static inline bool wake (watcher_t *self, int timeout_ms)
{
    struct epoll_event event;
    int count;
    do
        count = epoll_wait (self->epoll, &event, 1, timeout_ms);
    while (count == -1 && errno == EINTR);
    return count == 1;
}

//  Returns 1, or 0 when the time is over before the event is seen.
static inline int wait_until_ready (watcher_t *self)
{
    int ready;
    while ((ready = ask (self)) == 0 && wake (self, TEST_PATIENCE_MS))
        continue;
    return ready;
}

#define ck_assert_told(watcher) ck_assert_int_eq (wait_until_ready (watcher), 1)

//  The end is not ready, and no wakeup comes.
static inline void ck_assert_quiet (watcher_t *self)
{
    int steps = 0;
    do
        ck_assert_int_eq (ask (self), 0);
    while (wake (self, 0) && ++steps < STEPS_MAX);
    ck_assert_int_lt (steps, STEPS_MAX);
}

//  The descriptors on which a waiting receiver waits.
static inline void look_for_descriptors (watcher_t *self)
{
    weir__receiver_fds (&self->pipe->receiver, self->fds);
    self->fds [BELL] = atomic_load (&self->pipe->receiving.bell);
    ck_assert_int_ge (self->fds [BELL], 0);
}

//  Another thread has the turn: only the bell can wake a waiter.
static inline void wait_until_busy (watcher_t *self)
{
    while (weir__turn_is_free (self->send ? &self->pipe->sending
                                          : &self->pipe->receiving))
        sched_yield ();
}

//  Fills the pipe from b, with numbers from 0 on.
static inline int fill (weir_pipe_t *pipe)
{
    int count = 0;
    while (weir_pipe_send (pipe, count, 0) == 0)
        count++;
    ck_assert_int_eq (errno, EAGAIN);
    return count;
}

#endif
