/*  wait.c - waits until one of several things is ready

    What is ready is always looked at anew: owners are asked (poller.c), pipes
    and descriptors are looked at. The epoll is only for sleeping until a look
    may find more, and is what an application's own loop waits for. For that, a
    wait that has found nothing leaves the owners asked; one that has found
    something rings the bell, as there may be more.

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
    PATIENCE_MS = 50 //  with an owner that is silent
};

//  ---------------------------------------------------------------------------
//  Owners

//  Asks those that are not asked and have no answer.
static int ask (weir_select_t *self, int timeout_ms)
{
    weir__poller_t *poller;
    DL_FOREACH (self->pollers, poller)
    if (!poller->answered && !poller->asked &&
        weir__poller_ask (poller, self->epoll, timeout_ms) != 0)
        return -1;
    return 0;
}

static int take_in (weir_select_t *self)
{
    weir__poller_t *poller;
    DL_FOREACH (self->pollers, poller)
    if (!poller->answered && weir__poller_take_in (poller) != 0)
        return -1;
    return 0;
}

//  An owner that has not answered yet; NULL: all have.
static weir__poller_t *find_silent (const weir_select_t *self)
{
    weir__poller_t *poller;
    DL_FOREACH (self->pollers, poller)
    if (!poller->answered)
        break;
    return poller;
}

//  Not longer than an owner may go unnoticed that has ended before it has welcomed
//  us.
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

//  Waits until there may be something to take in from an owner. Returns 0, or -1
//  with EINTR.
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

//  What makes it ready will be told by the epoll.
static int look_at_pipe (weir_select_t *self, weir__source_t *source,
                         uint64_t until_us)
{
    int rc =
        weir__end_watch (source->pipe, source->sends, self->epoll, until_us);
    source->is_ready = rc == 1;
    return rc < 0 ? -1 : 0;
}

//  Looks at all of them. Values that were sent are waited for, together, as recv
//  waits for one. Returns 0, or -1.
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

//  One that is ready, those after the last one first; -1: none.
static int find_ready (const weir_select_t *self)
{
    for (int i = 1; i <= self->count; i++) {
        int number = (self->last + i) % self->count;
        if (is_ready (self->sources [number]))
            return number;
    }
    return NONE;
}

//  Chooses one that is ready. Returns its number, or -1 with EAGAIN.
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

//  Asks the owners which of their objects are ready now, and waits for the
//  answers: not long for who is silent, as there may be others to hear. But who
//  only tries hears of it now or never, so then one of the others must be ready.
//  Returns 0, also when the deadline has passed, or -1.
static int inquire (weir_select_t *self, bool tries, uint64_t deadline_us)
{
    weir__poller_t *poller;
    uint64_t patience_us = weir__deadline_us (weir__now_us (), PATIENCE_MS);
    DL_FOREACH (self->pollers, poller)
    if (weir__poller_ask (poller, self->epoll, 0) != 0)
        return -1;
    for (;;) {
        //  Asking may take an edge away, so taking in comes last.
        if (ask (self, 0) != 0 || take_in (self) != 0)
            return -1;
        const weir__poller_t *silent = find_silent (self);
        uint64_t now_us = weir__now_us ();
        if (!silent || now_us >= deadline_us)
            return 0;
        if (now_us >= patience_us) {
            if (tries && look (self) != 0)
                return -1;
            if (!tries || find_ready (self) >= 0)
                return 0;
            patience_us = weir__deadline_us (now_us, PATIENCE_MS);
        }
        if (!weir__poller_can_ask (silent) &&
            sleep_for (self, silent,
                       patience_us < deadline_us ? patience_us : deadline_us) !=
                0)
            return -1;
    }
}

//  What the epoll has told of is seen by the look that follows. An edge is told
//  of once; a source has several at most, in the epoll's turn.
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

//  What is ready now. Returns its number, or -1 with EAGAIN, EINTR, or as the
//  call.
static int find (weir_select_t *self, bool tries, uint64_t deadline_us)
{
    clear (self);
    if (inquire (self, tries, deadline_us) != 0 || look (self) != 0)
        return -1;
    return choose (self);
}

//  The same as far as it can be told without waiting. When nothing is ready, the
//  epoll tells when something is, as the owners are asked to say so.
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
    //  Who could not be asked, and can be now, will not tell: so once more.
    DL_FOREACH (self->pollers, poller)
    if (number < 0 && weir__poller_can_ask (poller))
        weir__bell_ring (&self->bell);
    return number;
}

//  Sleeps without the turn. Returns 0, also when the deadline has passed, or -1
//  with EINTR. By poll: unlike epoll_wait, it is not interrupted when the process
//  is stopped and continued, see signal(7).
static int sleep_until (weir_select_t *self, uint64_t deadline_us)
{
    struct pollfd epoll = {.fd = self->epoll, .events = POLLIN};
    uint64_t until_us = next_look_us (self, deadline_us);
    weir__select_leave (self);
    int ready = poll (&epoll, 1, weir__poll_ms (weir__now_us (), until_us));
    int error = errno;
    while (weir__select_enter (self, WEIR__NEVER) != 0)
        ; //  interrupted
    errno = error;
    return ready < 0 ? -1 : 0;
}

//  With the turn. Returns the number, or -1 with EAGAIN (the deadline has passed),
//  EINTR, or as the call.
static int wait (weir_select_t *self, bool tries, uint64_t deadline_us)
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
    //  There may be more; or it failed, and what was to wake others is cleared.
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

//  Says what a failure means that has no sentence yet.
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
    int number = endless ? -1 : wait (self, timeout_ms == 0, deadline_us);
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
