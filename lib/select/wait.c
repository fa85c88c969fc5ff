/*  wait.c - waits until one of several things is ready

    Every wait looks anew at what is ready: it polls the owners (poller.c), and
    looks at the pipes and the descriptors. The epoll only lets a thread sleep
    until a look may find more; an application's own loop waits for the epoll,
    too. A wait that finds nothing therefore leaves polls open at the owners. A
    wait that finds a source rings the bell, because there may be more.

    Any thread; the select's turn guards the work.

    SPDX-License-Identifier: MPL-2.0
*/

#include "weir/select.h"

#include <errno.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>

#include "base/clock.h"
#include "base/error.h"
#include "pipe/ready.h"
#include "select/sources.h"
#include "base/hash.h"

enum {
    NONE = -1,
    PATIENCE_MS = 50, //  with an owner that is known to be silent
    US_PER_MS = 1000
};

//  ---------------------------------------------------------------------------
//  Owners

//  Polls the owners that have no open poll and have given no answer. Returns 0
//  or -1.
static int ask (weir_select_t *self, int timeout_ms)
{
    weir__poller_t *poller;
    DL_FOREACH (self->pollers, poller)
    if (!poller->answered && !poller->asked &&
        weir__poller_ask (poller, self->epoll, timeout_ms) != 0)
        return -1;
    return 0;
}

//  Takes in the answers that have arrived. Returns 0 or -1.
static int take_in (weir_select_t *self)
{
    weir__poller_t *poller;
    DL_FOREACH (self->pollers, poller)
    if (!poller->answered && weir__poller_take_in (poller) != 0)
        return -1;
    return 0;
}

//  Returns until when a call that began then waits for the owner's answer:
//  longer for an owner that is not yet known to be silent, as a busy machine may
//  delay its answer.
static uint64_t patience_us (const weir__poller_t *poller, uint64_t began_us,
                             uint64_t now_us)
{
    const uint64_t most_us = (uint64_t) WEIR__ON_ITS_WAY_MS * US_PER_MS;
    uint64_t least_us = began_us + (uint64_t) PATIENCE_MS * US_PER_MS;
    uint64_t until_us = poller->unheard_us < most_us
                            ? now_us + most_us - poller->unheard_us
                            : now_us;
    return until_us > least_us ? until_us : least_us;
}

static void note_silence (weir_select_t *self, uint64_t waited_us)
{
    weir__poller_t *poller;
    DL_FOREACH (self->pollers, poller)
    if (!poller->answered)
        poller->unheard_us += waited_us;
}

//  Returns an owner that has not answered, the one that the call waits for
//  longest; NULL: all have answered.
static weir__poller_t *find_silent (const weir_select_t *self)
{
    weir__poller_t *poller, *found = NULL;
    DL_FOREACH (self->pollers, poller)
    if (!poller->answered && (!found || poller->unheard_us < found->unheard_us))
        found = poller;
    return found;
}

//  Returns when to look again: at the deadline, or after a short step while an
//  uplink has no WELCOME, because its owner could end unnoticed.
static uint64_t next_look_us (const weir_select_t *self, uint64_t deadline_us)
{
    const weir__poller_t *poller;
    uint64_t step_us =
        weir__deadline_us (weir__now_us (), WEIR__UPLINK_STEP_MS);
    DL_FOREACH (self->pollers, poller)
    if (poller->uplink && !weir__uplink_is_welcomed (poller->uplink) &&
        step_us < deadline_us)
        deadline_us = step_us;
    return deadline_us;
}

//  Sleeps until there may be something to take in from one owner, or the
//  deadline. Returns 0, or -1 with EINTR.
static int sleep_for (weir_select_t *self, const weir__poller_t *poller,
                      uint64_t deadline_us)
{
    struct pollfd items [] = {{.fd = poller->fd, .events = POLLIN},
                              {.fd = poller->owner_fd, .events = POLLIN}};
    return poll (items, 2,
                 weir__poll_ms (weir__now_us (),
                                next_look_us (self, deadline_us))) < 0
               ? -1
               : 0;
}

//  ---------------------------------------------------------------------------
//  Pipes and descriptors

//  Looks at a pipe. If it is not ready, an event in the epoll will tell when to
//  look again. Returns 0 or -1.
static int look_at_pipe (weir_select_t *self, weir__source_t *source,
                         uint64_t until_us)
{
    int rc =
        weir__end_watch (source->pipe, source->sends, self->epoll, until_us);
    source->is_ready = rc == 1;
    return rc < 0 ? -1 : 0;
}

//  Looks at all pipes and descriptors. Waits up to WEIR__ON_ITS_WAY_MS in all
//  for values that were sent and have not arrived, as a receive does for one
//  value. Returns 0 or -1.
static int look (weir_select_t *self)
{
    uint64_t until_us =
        weir__deadline_us (weir__now_us (), WEIR__ON_ITS_WAY_MS);
    for (int i = 0; i < self->count; i++) {
        weir__source_t *source = self->sources [i];
        bool is_fd = source && !source->poller && !source->pipe;
        self->polls [i] =
            (struct pollfd){.fd = is_fd ? source->fd : NONE,
                            .events = (short) (is_fd ? source->events : 0)};
        if (source && source->pipe &&
            look_at_pipe (self, source, until_us) != 0)
            return -1;
    }
    if (self->count > 0 && poll (self->polls, (nfds_t) self->count, 0) < 0)
        return errno == EINTR ? -1 : weir__select_fail ();
    for (int i = 0; i < self->count; i++)
        if (self->polls [i].fd >= 0)
            self->sources [i]->is_ready = self->polls [i].revents != 0;
    return 0;
}

//  ---------------------------------------------------------------------------
//  Waiting

static bool is_ready (const weir__source_t *source)
{
    if (source && source->poller)
        return source->poller->answered && source->polled.is_ready;
    return source && source->is_ready;
}

//  Returns the number of a ready source, in turn from the one after the last;
//  -1 when no source is ready.
static int find_ready (const weir_select_t *self)
{
    for (int i = 1; i <= self->count; i++) {
        int number = (self->last + i) % self->count;
        if (is_ready (self->sources [number]))
            return number;
    }
    return NONE;
}

//  Chooses a ready source. Returns its number, or -1 with EAGAIN.
static int choose (weir_select_t *self)
{
    int number = find_ready (self);
    errno = EAGAIN;
    if (number < 0)
        return -1;
    weir__source_t *source = self->sources [number];
    if (source->poller && source->polled.ready == WEIR__READY_CHANGE)
        source->polled.sequence = source->polled.told;
    self->last = number;
    return number;
}

//  Polls the owners with timeout 0, and waits for the answers. Stops at a silent
//  owner (patience_us), because sources of other owners may be ready. With
//  timeout 0 (`tries`) there is no second chance: then the wait goes on until
//  every owner has answered or another source is ready. Returns 0, also when the
//  deadline has passed, or -1.
static int inquire (weir_select_t *self, bool tries, uint64_t deadline_us)
{
    weir__poller_t *poller;
    uint64_t began_us = weir__now_us (), now_us = began_us;
    DL_FOREACH (self->pollers, poller)
    if (weir__poller_ask (poller, self->epoll, 0) != 0)
        return -1;
    for (;;) {
        //  Takes in last, because sending a poll may consume an edge.
        if (ask (self, 0) != 0 || take_in (self) != 0)
            return -1;
        uint64_t before_us = now_us;
        now_us = weir__now_us ();
        note_silence (self, now_us - before_us);
        const weir__poller_t *silent = find_silent (self);
        if (!silent || now_us >= deadline_us)
            return 0;
        uint64_t until_us = patience_us (silent, began_us, now_us);
        if (now_us >= until_us) {
            if (tries && look (self) != 0)
                return -1;
            if (!tries || find_ready (self) >= 0)
                return 0;
            began_us = now_us;
            continue;
        }
        if (!weir__poller_can_ask (silent) &&
            sleep_for (self, silent,
                       until_us < deadline_us ? until_us : deadline_us) != 0)
            return -1;
    }
}

//  Empties the bell and the epoll; the look that follows sees what they
//  reported. The epoll reports an edge once, and reports its descriptors in
//  turn. A source has only a few of them, so the loop has a bound.
static void clear (weir_select_t *self)
{
    enum { BATCH = 64 };
    struct epoll_event events [BATCH];
    eventfd_t rung;
    eventfd_read (self->bell, &rung);
    for (int left = (WEIR__END_FDS + 2) * self->count; left >= 0; left -= BATCH)
        if (epoll_wait (self->epoll, events, BATCH, 0) < BATCH)
            return;
}

//  Finds a source that is ready now. Returns its number, or -1 with EAGAIN,
//  EINTR or the errors of weir_select_wait.
static int find (weir_select_t *self, bool tries, uint64_t deadline_us)
{
    clear (self);
    if (inquire (self, tries, deadline_us) != 0 || look (self) != 0)
        return -1;
    return choose (self);
}

//  Finds a ready source without waiting for answers. If it finds none, it
//  leaves polls open at the owners, so that the epoll reports when a source is
//  ready. Returns as find.
static int find_or_arm (weir_select_t *self)
{
    weir__poller_t *poller;
    clear (self);
    if (look (self) != 0)
        return -1;
    DL_FOREACH (self->pollers, poller)
    if (!(poller->asked && poller->waits) &&
        weir__poller_ask (poller, self->epoll, -1) != 0)
        return -1;
    if (take_in (self) != 0)
        return -1;
    int number = choose (self);
    //  An owner that could not be polled above, and can be now, would never
    //  report. The bell makes the wait try again.
    DL_FOREACH (self->pollers, poller)
    if (number < 0 && weir__poller_can_ask (poller))
        weir__bell_ring (&self->bell);
    return number;
}

//  Passes the turn on, sleeps, and takes the turn again. Returns 0, also when
//  the deadline has passed, or -1 with EINTR. Uses poll: unlike epoll_wait, it
//  is not interrupted when the process is stopped and continued, see signal(7).
static int sleep_until (weir_select_t *self, uint64_t deadline_us)
{
    struct pollfd epoll = {.fd = self->epoll, .events = POLLIN};
    uint64_t until_us = next_look_us (self, deadline_us);
    weir__select_leave (self);
    int ready = poll (&epoll, 1, weir__poll_ms (weir__now_us (), until_us));
    int error = errno;
    while (weir__select_enter (self, WEIR__NEVER) != 0)
        ; //  EINTR
    errno = error;
    return ready < 0 ? -1 : 0;
}

//  Waits for a ready source. The caller has the turn. Returns its number, or -1
//  with EAGAIN (the deadline has passed), EINTR or the errors of
//  weir_select_wait.
static int wait_for_source (weir_select_t *self, bool tries,
                            uint64_t deadline_us)
{
    int number = find (self, tries, tries ? WEIR__NEVER : deadline_us);
    while (number < 0 && errno == EAGAIN) {
        bool over = deadline_us <= weir__now_us ();
        number = find_or_arm (self);
        if (number >= 0 || errno != EAGAIN || over)
            break;
        if (sleep_until (self, deadline_us) != 0)
            return -1;
        errno = EAGAIN;
    }
    //  More sources may be ready. Or the wait failed after it had removed
    //  events that were to wake other threads.
    if (number >= 0 || errno != EAGAIN)
        weir__bell_ring (&self->bell);
    return number;
}

static bool has_sources (const weir_select_t *self)
{
    for (int i = 0; i < self->count; i++)
        if (self->sources [i])
            return true;
    return false;
}

//  Gives a failure its sentence, if it has none yet. Returns -1.
static int explain (int timeout_ms)
{
    if (errno == EINTR)
        return weir__fail (
            EINTR, "select: a signal interrupted the call; nothing was done");
    if (errno != EAGAIN && errno != ETIMEDOUT)
        return -1;
    if (timeout_ms == 0)
        return weir__fail (EAGAIN, "select: no source is ready");
    return weir__fail (ETIMEDOUT, "select: no source was ready for %d ms",
                       timeout_ms);
}

int weir_select_wait (weir_select_t *self, int timeout_ms)
{
    if (timeout_ms < -1)
        return weir__fail (EINVAL,
                           "weir_select_wait: timeout_ms must be -1 (wait), 0 "
                           "(try) or milliseconds, not %d",
                           timeout_ms);
    uint64_t deadline_us =
        timeout_ms < 0 ? WEIR__NEVER
                       : weir__deadline_us (weir__now_us (), timeout_ms);
    if (weir__select_enter (self,
                            timeout_ms == 0 ? WEIR__NEVER : deadline_us) != 0)
        return explain (timeout_ms);
    bool endless = timeout_ms < 0 && !has_sources (self);
    int number =
        endless ? -1 : wait_for_source (self, timeout_ms == 0, deadline_us);
    int error = errno;
    weir__select_leave (self);
    errno = error;
    if (endless)
        return weir__fail (EINVAL,
                           "weir_select_wait: the select has no sources, so "
                           "the wait would never end; add some");
    return number >= 0 ? number : explain (timeout_ms);
}

int weir_select_fd (weir_select_t *self)
{
    if (weir__select_enter (self, WEIR__NEVER) != 0)
        return explain (-1);
    int fd = self->epoll;
    weir__select_leave (self);
    return fd;
}
