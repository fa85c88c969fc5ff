/*  sources.c - a select, its sources, and the epoll on which it sleeps

    SPDX-License-Identifier: MPL-2.0
*/

#include "select/sources.h"

#include <errno.h>
#include <string.h>
#include <sys/epoll.h>
#include <unistd.h>

#include "base/error.h"
#include "base/fork.h"
#include "base/hash.h"

int weir__select_fail (void)
{
    return weir__fail (errno, "select: cannot watch its sources: %s",
                       strerror (errno));
}

int weir__select_open (weir_select_t *self)
{
    weir__process_lock ();
    self->epoll = epoll_create1 (EPOLL_CLOEXEC);
    int error = errno;
    if (self->epoll >= 0 && weir__fork_close_locked (self->epoll) != 0) {
        error = errno;
        close (self->epoll);
        self->epoll = WEIR__NONE;
    }
    weir__process_unlock ();
    errno = error;
    struct epoll_event event = {.events = EPOLLIN};
    if (self->epoll >= 0 && weir__bell_make (&self->bell, true) == 0 &&
        epoll_ctl (self->epoll, EPOLL_CTL_ADD, self->bell, &event) == 0)
        return 0;
    return weir__select_fail ();
}

void weir__select_close (weir_select_t *self)
{
    weir__bell_close (&self->bell);
    if (self->epoll >= 0)
        weir__close (self->epoll);
    self->epoll = WEIR__NONE;
}

int weir__select_watch (weir_select_t *self, int fd)
{
    struct epoll_event event = {0};
    for (int i = 0; i < self->count; i++) {
        const weir__source_t *source = self->sources [i];
        if (source && !source->poller && !source->pipe && source->fd == fd)
            event.events |= (uint32_t) source->events;
    }
    if (event.events == 0) {
        epoll_ctl (self->epoll, EPOLL_CTL_DEL, fd, NULL);
        return 0;
    }
    if (epoll_ctl (self->epoll, EPOLL_CTL_MOD, fd, &event) == 0 ||
        epoll_ctl (self->epoll, EPOLL_CTL_ADD, fd, &event) == 0 ||
        errno == EPERM)
        return 0;
    return weir__select_fail ();
}

void weir__select_release (weir_select_t *self, weir__poller_t *poller)
{
    if (poller->count > 0)
        return;
    weir__process_lock ();
    DL_DELETE (self->pollers, poller);
    weir__process_unlock ();
    weir__poller_destroy (&poller);
}

void weir__select_forget_parent (weir_select_t *self)
{
    uint64_t generation = weir__generation ();
    weir__poller_t *poller;
    weir__process_lock ();
    if (self->generation != generation) {
        bool whole = weir__turn_is_free (&self->turn);
        DL_FOREACH (self->pollers, poller)
        weir__poller_forget (poller, whole);
        weir__turn_init (&self->turn);
        for (int i = 0; i < self->count; i++)
            if (self->sources [i] && self->sources [i]->sentinel)
                self->sources [i]->fd = WEIR__LOST;
        self->epoll = WEIR__NONE;
        self->bell = WEIR__NONE;
        self->generation = generation;
    }
    weir__process_unlock ();
}

//  Makes a new epoll in a forked child, and adds the descriptors of the sources
//  to it. Releases the pollers without sources: the parent was adding or
//  removing their sources during the fork. Returns 0 or -1.
static int adopt (weir_select_t *self)
{
    weir__poller_t *poller, *next;
    DL_FOREACH_SAFE (self->pollers, poller, next)
    weir__select_release (self, poller);
    if (weir__select_open (self) != 0)
        return -1;
    for (int i = 0; i < self->count; i++) {
        const weir__source_t *source = self->sources [i];
        //  A failure is ignored: a descriptor that is not open here counts as
        //  ready, and need not be in the epoll.
        if (source && !source->poller && !source->pipe)
            weir__select_watch (self, source->fd);
    }
    return 0;
}

int weir__select_enter (weir_select_t *self, uint64_t deadline_us)
{
    if (!self)
        return weir__fail (EINVAL, "select: the handle is NULL");
    weir__select_forget_parent (self);
    if (weir__turn_take (&self->turn, deadline_us) != 0)
        return -1;
    if (self->epoll >= 0 || adopt (self) == 0)
        return 0;
    weir__select_close (self);
    weir__turn_pass (&self->turn);
    return -1;
}

void weir__select_leave (weir_select_t *self)
{
    weir__turn_pass (&self->turn);
}
