/*  loop.c - the loop of an owner: sockets, peers, timers

    The loop watches the processes of sessions by pidfd. When a process has
    died, frames that it sent before may still be on their way through ZeroMQ.
    So its session ends when its connections are gone and all frames from them
    have been applied.

    SPDX-License-Identifier: MPL-2.0
*/

#include "owner/loop.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/error.h"
#include "base/fork.h"
#include "base/pidfd.h"
#include "base/random.h"
#include "carrier/router.h"
#include "base/hash.h"
#include "owner/engine.h"
#include "owner/intake.h"
#include "log/memory.h"
#include "owner/notes.h"

enum {
    BATCH_PARTS = 1024, //  received before an entry is made: frames, or parts
                        //  of other messages
    BATCH_BYTES = 4 << 20,
    LOG_ENTRIES = 4096,
    LOG_BYTES = 1 << 20,
    SPARE_SHARE = 8,         //  of the descriptors: reserved for connections
                             //  that are to be refused
    DRAIN_ROUNDS = 1024,     //  of one batch each, from all peers
    DRAIN_STEP_US = 1000,    //  between checks of a dead process's peers
    DRAIN_MAX_US = 1000000,  //  after this its session ends in any case
    NOTES_AGAIN_US = 1000000 //  between attempts to write notes
};

//  A watched process.
typedef struct watch {
    uint64_t session;
    pid_t pid;
    int pidfd; //  -1: the process is dead
    uint64_t died_us;
    struct watch *prev, *next; //  in the list of dead processes
    UT_hash_handle hh;
} watch_t;

struct weir__loop {
    const weir__folder_t *folder;
    weir__engine_t *engine;
    weir__log_t *log;
    weir__router_t *router;
    int epoll_fd;
    watch_t *watches;
    watch_t *dead;
    weir__notes_t notes;
    uint64_t notes_us; //  when to write dropped notes; 0: none
    uint64_t epoch;
};

static int send_message (void *context, uint64_t peer,
                         const weir__frame_t *message)
{
    weir__loop_t *self = context;
    return weir__router_send (self->router, peer, message);
}

static void note (void *context, const char *text)
{
    weir__loop_t *self = context;
    weir__notes_add (&self->notes, "owner %s: %s",
                     strrchr (self->folder->path, '/') + 1, text);
}

//  Opens a descriptor that forked children close. Returns -1 with errno.
static int open_own (int (*open_it) (pid_t pid), pid_t pid)
{
    weir__process_lock ();
    int fd = open_it (pid);
    int error = errno;
    if (fd >= 0 && weir__fork_close_locked (fd) != 0) {
        close (fd);
        fd = -1;
        error = ENOMEM;
    }
    weir__process_unlock ();
    errno = error;
    return fd;
}

static int open_epoll (pid_t unused)
{
    (void) unused;
    return epoll_create1 (EPOLL_CLOEXEC);
}

//  Stops polling the process. Removes the descriptor from the epoll set
//  explicitly, because a child that is being spawned may hold a copy.
static void close_pidfd (weir__loop_t *self, watch_t *watch)
{
    if (watch->pidfd < 0)
        return;
    epoll_ctl (self->epoll_fd, EPOLL_CTL_DEL, watch->pidfd, NULL);
    weir__close (watch->pidfd);
    watch->pidfd = -1;
}

//  Puts a watched process on the list of dead ones.
static void mark_dead (weir__loop_t *self, watch_t *watch)
{
    close_pidfd (self, watch);
    watch->died_us = weir__now_us ();
    DL_APPEND (self->dead, watch);
}

static int watch_process (void *context, uint64_t session, pid_t pid)
{
    weir__loop_t *self = context;
    watch_t *watch = calloc (1, sizeof *watch);
    if (!watch)
        return -1;
    *watch = (watch_t){.session = session, .pid = pid};
    HASH_ADD (hh, self->watches, session, sizeof watch->session, watch);
    if (!watch->hh.tbl) {
        free (watch);
        return -1;
    }
    watch->pidfd = open_own (weir__pidfd_open, pid);
    struct epoll_event event = {.events = EPOLLIN, .data.ptr = watch};
    if (watch->pidfd < 0 && errno == ESRCH) {
        mark_dead (self, watch); //  it died before its WELCOME
        return 0;
    }
    if (watch->pidfd >= 0 &&
        epoll_ctl (self->epoll_fd, EPOLL_CTL_ADD, watch->pidfd, &event) == 0)
        return 0;
    HASH_DELETE (hh, self->watches, watch);
    close_pidfd (self, watch);
    free (watch);
    return -1;
}

static void unwatch_process (void *context, uint64_t session)
{
    weir__loop_t *self = context;
    watch_t *watch;
    HASH_FIND (hh, self->watches, &session, sizeof session, watch);
    if (!watch)
        return;
    if (watch->pidfd >= 0)
        close_pidfd (self, watch);
    else
        DL_DELETE (self->dead, watch);
    HASH_DELETE (hh, self->watches, watch);
    free (watch);
}

weir__loop_t *weir__loop_new (const weir__folder_t *folder)
{
    weir__loop_t *self = calloc (1, sizeof *self);
    if (!self)
        return weir__fail_null (ENOMEM, "out of memory");
    self->folder = folder;
    self->epoch = weir__random ();
    self->epoll_fd = open_own (open_epoll, 0);
    self->router = weir__router_new (folder->path);
    self->log = weir__log_memory (LOG_ENTRIES, LOG_BYTES);
    weir__engine_config_t config = {
        .epoch = self->epoch,
        .self = {.uid = geteuid (), .pid = getpid ()},
    };
    weir__engine_io_t io = {
        .send = send_message,
        .watch = watch_process,
        .unwatch = unwatch_process,
        .note = note,
        .context = self,
    };
    if (self->epoll_fd >= 0 && self->router && self->log)
        self->engine = weir__engine_new (&config, self->log, &io);
    if (self->engine)
        return self;
    if (self->router)
        weir__fail (errno, "owner: cannot start it: %s", strerror (errno));
    weir__loop_destroy (&self);
    return NULL;
}

void weir__loop_destroy (weir__loop_t **self_p)
{
    weir__loop_t *self = *self_p;
    if (!self)
        return;
    *self_p = NULL;
    int error = errno;
    while (self->watches)
        unwatch_process (self, self->watches->session);
    weir__engine_destroy (&self->engine);
    if (self->log)
        self->log->destroy (self->log);
    weir__router_destroy (&self->router);
    if (self->epoll_fd >= 0)
        weir__close (self->epoll_fd);
    free (self);
    errno = error;
}

uint64_t weir__loop_epoch (const weir__loop_t *self)
{
    return self->epoch;
}

//  Returns the lowest free descriptor number, or -1. Holds the process lock, so
//  that no forked child inherits the descriptor.
static int find_free (int any_fd)
{
    weir__process_lock ();
    int fd = fcntl (any_fd, F_DUPFD_CLOEXEC, 0);
    if (fd >= 0)
        close (fd);
    weir__process_unlock ();
    return fd;
}

//  Returns whether so few descriptors are free that a rush of connections could
//  take the last one, without which libzmq ends the program.
static bool is_crowded (const weir__loop_t *self)
{
    struct rlimit files;
    int fd = find_free (self->epoll_fd);
    return fd < 0 ||
           (getrlimit (RLIMIT_NOFILE, &files) == 0 &&
            (rlim_t) fd >= files.rlim_cur - files.rlim_cur / SPARE_SHARE);
}

//  Handles the arrived frames, up to one batch. Returns whether that was all.
static bool drain (weir__loop_t *self)
{
    uint64_t now_us = weir__now_us ();
    weir__inbound_t inbound;
    size_t parts = 0, bytes = 0;
    while (parts < BATCH_PARTS && bytes < BATCH_BYTES) {
        if (weir__router_recv (self->router, &inbound) != 0)
            return true;
        weir__credentials_t who;
        bool hello = inbound.size > 2 && inbound.data [2] == WEIR__HELLO;
        weir__arrival_t arrival = {
            .peer = inbound.peer,
            .data = inbound.data,
            .size = inbound.size,
        };
        if (hello && weir__router_sender (self->router, &who.uid, &who.pid))
            arrival.credentials = &who;
        arrival.crowded = hello && is_crowded (self);
        weir__engine_frame (self->engine, &arrival, now_us);
        parts += inbound.parts;
        bytes += inbound.size;
    }
    return false;
}

//  Returns whether a peer has no connection any more.
static bool is_gone (void *context, uint64_t peer)
{
    weir__loop_t *self = context;
    return !weir__router_reaches (self->router, peer);
}

//  Ends the sessions of dead processes whose connections are gone, after
//  handling the frames from them.
static void bury (weir__loop_t *self)
{
    watch_t *watch, *next;
    uint64_t now_us = weir__now_us ();
    DL_FOREACH_SAFE (self->dead, watch, next)
    {
        bool late = now_us - watch->died_us > DRAIN_MAX_US;
        if (!late && !weir__engine_each_peer (self->engine, watch->session,
                                              is_gone, self))
            continue;
        uint64_t session = watch->session;
        for (int i = 0; i < DRAIN_ROUNDS && !drain (self); i++)
            weir__engine_commit (self->engine, weir__now_us ());
        weir__engine_died (self->engine, session, now_us);
        //  Handling frames may have ended other sessions, so start over.
        next = self->dead;
    }
}

//  Writes dropped notes from time to time. Returns when to try again.
static uint64_t tell_rest (weir__loop_t *self, uint64_t now_us)
{
    if (now_us >= self->notes_us)
        self->notes_us =
            weir__notes_flush (&self->notes) ? 0 : now_us + NOTES_AGAIN_US;
    return self->notes_us ? self->notes_us : WEIR__NEVER;
}

//  Waits for a frame, a death, a deadline or the stop descriptor. Returns false
//  when the loop must end.
static bool wait_for_events (weir__loop_t *self)
{
    uint64_t now_us = weir__now_us ();
    uint64_t until_us = weir__engine_deadline_us (self->engine);
    uint64_t notes_us = tell_rest (self, now_us);
    if (notes_us < until_us)
        until_us = notes_us;
    if (self->dead && now_us + DRAIN_STEP_US < until_us)
        until_us = now_us + DRAIN_STEP_US;
    if (weir__router_ready (self->router))
        until_us = now_us;
    struct epoll_event events [64];
    int count = epoll_wait (self->epoll_fd, events, 64,
                            weir__poll_ms (now_us, until_us));
    bool go_on = true;
    for (int i = 0; i < count; i++)
        if (events [i].data.ptr == &self->epoll_fd)
            go_on = false;
        else if (events [i].data.ptr != self)
            mark_dead (self, events [i].data.ptr);
    return go_on;
}

int weir__loop_run (weir__loop_t *self, int stop_fd)
{
    struct epoll_event frames = {.events = EPOLLIN, .data.ptr = self};
    struct epoll_event stop = {.events = EPOLLIN, .data.ptr = &self->epoll_fd};
    if (epoll_ctl (self->epoll_fd, EPOLL_CTL_ADD,
                   weir__router_fd (self->router), &frames) != 0)
        return weir__fail (errno, "owner: cannot run it: %s", strerror (errno));
    if (epoll_ctl (self->epoll_fd, EPOLL_CTL_ADD, stop_fd, &stop) != 0)
        return weir__fail (errno == EBADF || errno == EPERM ? EINVAL : errno,
                           "weir_owner_serve: stop_fd %d cannot be polled: %s; "
                           "pass a pipe, for example",
                           stop_fd, strerror (errno));
    do {
        drain (self);
        weir__engine_commit (self->engine, weir__now_us ());
        if (self->dead) {
            bury (self);
            weir__engine_commit (self->engine, weir__now_us ());
        }
    } while (!weir__engine_failed (self->engine) && wait_for_events (self));
    weir__engine_stop (self->engine);
    weir__notes_flush (&self->notes);
    if (weir__engine_failed (self->engine))
        return weir__fail (EIO, "owner: its log has failed");
    return 0;
}
