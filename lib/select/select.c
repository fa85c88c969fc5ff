/*  select.c - a select, and how sources are added and removed

    SPDX-License-Identifier: MPL-2.0
*/

#include "select/select.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/error.h"
#include "base/fork.h"
#include "client/handle.h"
#include "select/sources.h"
#include "base/hash.h"

enum { EVENTS = POLLIN | POLLOUT | POLLPRI | POLLRDHUP };

weir_select_t *weir_select_new (void)
{
    weir_select_t *self = calloc (1, sizeof *self);
    if (!self)
        return weir__fail_null (ENOMEM, "out of memory");
    weir__turn_init (&self->turn);
    self->generation = weir__generation ();
    self->epoll = self->last = WEIR__NONE;
    self->bell = WEIR__NONE;
    if (weir__select_open (self) == 0)
        return self;
    weir_select_destroy (&self);
    return NULL;
}

//  Takes the turn, however long that takes. Returns 0, or -1 with a sentence.
static int enter_now (weir_select_t *self)
{
    int rc = weir__select_enter (self, WEIR__NEVER);
    return rc == 0 || errno != EINTR
               ? rc
               : weir__fail (
                     EINTR,
                     "select: a signal interrupted the call; nothing was done");
}

//  ---------------------------------------------------------------------------
//  Adding

//  Returns the lowest free number, and makes room for it; or -1 with ENOMEM.
static int choose_number (weir_select_t *self)
{
    int number = 0;
    while (number < self->count && self->sources [number])
        number++;
    if (number < self->count)
        return number;
    size_t count = (size_t) number + 1;
    weir__process_lock ();
    weir__source_t **sources = realloc (self->sources, count * sizeof *sources);
    if (sources) {
        self->sources = sources;
        sources [number] = NULL;
    }
    struct pollfd *polls = realloc (self->polls, count * sizeof *polls);
    if (polls)
        self->polls = polls;
    if (sources && polls)
        self->count++;
    weir__process_unlock ();
    return sources && polls ? number : weir__fail (ENOMEM, "out of memory");
}

//  Returns the poller for an owner, which it makes if necessary. Returns NULL
//  with ENOMEM.
static weir__poller_t *use_poller (weir_select_t *self, weir__remote_t *remote)
{
    weir__poller_t *poller;
    DL_SEARCH_SCALAR (self->pollers, poller, remote, remote);
    if (poller)
        return poller;
    poller = weir__poller_new (remote);
    weir__process_lock ();
    if (poller)
        DL_APPEND (self->pollers, poller);
    weir__process_unlock ();
    return poller;
}

//  Takes the steps that come before a source gets its slot. Returns 0 or -1.
static int begin_source (weir__source_t *source)
{
    if (source->poller)
        return weir__poller_expect (source->poller, &source->polled);
    if (source->pipe)
        weir__pair_retain (source->pipe->pair);
    return 0;
}

//  Puts a source into its slot.
static void put_source (weir_select_t *self, weir__source_t *source, int number)
{
    if (source->poller)
        weir__poller_cancel (source->poller);
    weir__process_lock ();
    self->sources [number] = source;
    if (source->poller)
        weir__poller_add_locked (source->poller, &source->polled);
    weir__process_unlock ();
}

//  Frees a source that has no slot any more.
static void end_source (weir_select_t *self, weir__source_t *source)
{
    if (source->poller)
        weir__select_release (self, source->poller);
    else if (source->pipe)
        weir__pair_release (source->pipe->pair);
    else
        weir__select_watch (self, source->fd);
    free (source);
}

//  Empties the slot of a source, and frees the source.
static void remove_source (weir_select_t *self, int number)
{
    weir__source_t *source = self->sources [number];
    if (source->poller)
        weir__poller_cancel (source->poller);
    weir__process_lock ();
    self->sources [number] = NULL;
    if (source->poller)
        weir__poller_remove_locked (source->poller, &source->polled);
    weir__process_unlock ();
    end_source (self, source);
}

//  Adds a source whose type the caller has set. Returns its number, or -1 after
//  freeing the source.
static int enter_source (weir_select_t *self, weir__source_t *source)
{
    int number = choose_number (self);
    if (number < 0 || begin_source (source) != 0) {
        int error = errno;
        if (source->poller)
            weir__select_release (self, source->poller);
        free (source);
        errno = error;
        return -1;
    }
    put_source (self, source, number);
    if (source->fd >= 0 && weir__select_watch (self, source->fd) != 0) {
        int error = errno;
        remove_source (self, number);
        errno = error;
        return -1;
    }
    weir__bell_ring (&self->bell); //  wakes a thread that sleeps already
    return number;
}

//  How the wire calls what an object can be ready for.
static const weir__readiness_t readinesses [] = {
    [WEIR_READY_CHANGE] = WEIR__READY_CHANGE,
    [WEIR_READY_GET] = WEIR__READY_GET,
    [WEIR_READY_PUT] = WEIR__READY_PUT,
    [WEIR_READY_JOIN] = WEIR__READY_JOIN,
    [WEIR_READY_POP] = WEIR__READY_POP,
    [WEIR_READY_ACQUIRE] = WEIR__READY_ACQUIRE,
    [WEIR_READY_ACQUIRE_READ] = WEIR__READY_READ,
    [WEIR_READY_ACQUIRE_WRITE] = WEIR__READY_WRITE,
    [WEIR_READY_WAIT] = WEIR__READY_WAIT,
};

static weir__source_t *make_source (void)
{
    weir__source_t *source = calloc (1, sizeof *source);
    if (!source)
        return weir__fail_null (ENOMEM, "out of memory");
    source->fd = WEIR__NONE;
    return source;
}

//  Returns NULL when a kind of object can be ready for that, else a sentence
//  that says what the kind can be ready for.
static const char *what_fits (weir__kind_code_t kind, weir_ready_t ready)
{
    static const char *const sentences [WEIR__KINDS] = {
        [WEIR__QUEUE] = "a queue is ready for WEIR_READY_GET, _PUT, _JOIN or "
                        "_CHANGE",
        [WEIR__LOCK] = "a lock is ready for WEIR_READY_ACQUIRE",
        [WEIR__RLOCK] = "an rlock is ready for WEIR_READY_ACQUIRE",
        [WEIR__SEMAPHORE] = "a semaphore is ready for WEIR_READY_ACQUIRE",
        [WEIR__RWLOCK] = "a rwlock is ready for WEIR_READY_ACQUIRE_READ or "
                         "_ACQUIRE_WRITE",
        [WEIR__EVENT] = "an event is ready for WEIR_READY_WAIT or _CHANGE",
        [WEIR__LIST] = "a list is ready for WEIR_READY_POP or _CHANGE",
        [WEIR__CONDITION] =
            "a condition is never ready, because a waiter must hold its lock; "
            "use an event, or a var and WEIR_READY_CHANGE",
        [WEIR__BARRIER] =
            "a barrier is never ready, because each wait changes it",
    };
    if ((size_t) ready < sizeof readinesses / sizeof *readinesses &&
        weir__can_be_ready (kind, readinesses [ready]))
        return NULL;
    return sentences [kind] ? sentences [kind]
                            : "such an object is ready for WEIR_READY_CHANGE";
}

static int add_object (weir_select_t *self, const weir__handle_t *handle,
                       weir_ready_t ready)
{
    weir__source_t *source = make_source ();
    if (!source)
        return -1;
    source->poller = use_poller (self, handle->remote);
    source->polled =
        (weir__polled_t){.object = handle->id, .ready = readinesses [ready]};
    if (source->poller)
        return enter_source (self, source);
    free (source);
    return -1;
}

int weir_select_add (weir_select_t *self, const void *object,
                     weir_ready_t ready)
{
    const weir__handle_t *handle = object;
    if (!handle)
        return weir__fail (EINVAL, "weir_select_add: object must not be NULL");
    const char *wrong = what_fits (handle->kind, ready);
    if (wrong)
        return weir__fail (EINVAL, "weir_select_add: %s", wrong);
    if (enter_now (self) != 0)
        return -1;
    int number = add_object (self, handle, ready);
    weir__select_leave (self);
    return number;
}

int weir_select_add_pipe (weir_select_t *self, weir_pipe_t *pipe,
                          weir_ready_t ready)
{
    if (!pipe)
        return weir__fail (EINVAL,
                           "weir_select_add_pipe: pipe must not be NULL");
    if (ready != WEIR_READY_RECV && ready != WEIR_READY_SEND)
        return weir__fail (EINVAL, "weir_select_add_pipe: a pipe is ready for "
                                   "WEIR_READY_RECV or _SEND");
    if (enter_now (self) != 0)
        return -1;
    weir__source_t *source = make_source ();
    if (source) {
        source->pipe = pipe;
        source->sends = ready == WEIR_READY_SEND;
    }
    int number = source ? enter_source (self, source) : -1;
    weir__select_leave (self);
    return number;
}

static int add_fd (weir_select_t *self, const weir__source_t *what)
{
    if (enter_now (self) != 0)
        return -1;
    weir__source_t *source = make_source ();
    if (source)
        *source = *what;
    int number = source ? enter_source (self, source) : -1;
    weir__select_leave (self);
    return number;
}

int weir_select_add_fd (weir_select_t *self, int fd, int events)
{
    if (events == 0 || (events & ~EVENTS) != 0)
        return weir__fail (EINVAL,
                           "weir_select_add_fd: events %#x are not valid; use "
                           "a sum of POLLIN, POLLOUT, POLLPRI and POLLRDHUP",
                           (unsigned) events);
    if (fcntl (fd, F_GETFD) == -1)
        return weir__fail (EBADF,
                           "weir_select_add_fd: descriptor %d is not "
                           "open",
                           fd);
    return add_fd (self, &(weir__source_t){.fd = fd, .events = (short) events});
}

int weir__select_add_sentinel (weir_select_t *self, int fd)
{
    return add_fd (
        self, &(weir__source_t){.fd = fd, .events = POLLIN, .sentinel = true});
}

//  ---------------------------------------------------------------------------
//  Removing

int weir_select_remove (weir_select_t *self, int number)
{
    if (enter_now (self) != 0)
        return -1;
    bool there = number >= 0 && number < self->count && self->sources [number];
    if (there)
        remove_source (self, number);
    //  Wakes a thread that sleeps, so that it polls the owners again.
    weir__bell_ring (&self->bell);
    weir__select_leave (self);
    return there
               ? 0
               : weir__fail (EINVAL,
                             "weir_select_remove: the select has no source %d",
                             number);
}

void weir_select_destroy (weir_select_t **self_p)
{
    if (!self_p || !*self_p)
        return;
    weir_select_t *self = *self_p;
    *self_p = NULL;
    int error = errno;
    weir__select_forget_parent (self);
    for (int i = 0; i < self->count; i++)
        if (self->sources [i])
            remove_source (self, i);
    weir__poller_t *poller, *next;
    DL_FOREACH_SAFE (self->pollers, poller, next)
    weir__select_release (self, poller);
    weir__select_close (self);
    free (self->sources);
    free (self->polls);
    free (self);
    errno = error;
}
