/*  process.c - a worker in a process of its own

    Any thread. The pidfd reports the end of a process to any number of threads.
    The first thread that looks afterwards reaps the process, and keeps the exit
    status for the others. A mutex guards that; no thread holds it while it
    waits.

    SPDX-License-Identifier: MPL-2.0
*/

#include "weir/process.h"

#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>

#include "base/atend.h"
#include "base/clock.h"
#include "base/error.h"
#include "base/fork.h"
#include "base/pidfd.h"
#include "select/select.h"
#include "weir/select.h"
#include "work/start.h"

struct weir_process {
    weir_process_t *next; //  in the list of all handles
    uint64_t generation;  //  of the process that made it
    weir__child_t child;
    pthread_mutex_t mutex; //  guards the members below; never held while
                           //  blocking
    bool ended;
    bool code_known; //  false when the status was reaped elsewhere
    int code;
    char name []; //  never changes
};

//  All handles, including those that an ancestor made. Guarded by the process
//  lock.
static weir_process_t *processes;

//  ---------------------------------------------------------------------------
//  The end of a process

//  Calls waitid for this process, without waiting. Works also on a system
//  without pidfds.
static int wait_for_status (const weir_process_t *self, siginfo_t *ret_info)
{
    int flags = WEXITED | WNOHANG;
    int result = waitid (P_PIDFD, (id_t) self->child.pidfd, ret_info, flags);
    if (result == -1 && errno != ECHILD)
        result = waitid (P_PID, (id_t) self->child.pid, ret_info, flags);
    return result;
}

//  Does what reap does. The caller holds the mutex.
static bool reap_locked (weir_process_t *self)
{
    siginfo_t info = {0};
    if (self->ended)
        return true;
    int result = wait_for_status (self, &info);
    if (result == 0 && info.si_pid != 0) {
        self->ended = self->code_known = true;
        self->code =
            info.si_code == CLD_EXITED ? info.si_status : -info.si_status;
    } else if (result == -1)
        //  ECHILD: the application waited for the process, or ignores SIGCHLD.
        self->ended = true;
    return self->ended;
}

//  Returns whether the process has ended. Reaps it if no thread has done so
//  yet. Does not block.
static bool reap (weir_process_t *self)
{
    pthread_mutex_lock (&self->mutex);
    bool ended = reap_locked (self);
    pthread_mutex_unlock (&self->mutex);
    return ended;
}

//  Sends a signal, unless the process has ended. Holds the mutex, because no
//  other process can get the pid until this one is reaped. Returns 0, or -1
//  with errno.
static int send_signal (weir_process_t *self, int signal)
{
    pthread_mutex_lock (&self->mutex);
    int result = 0;
    if (signal < 0 || signal > SIGRTMAX) {
        errno = EINVAL;
        result = -1;
    } else if (!reap_locked (self))
        result =
            weir__pidfd_signal (self->child.pidfd, self->child.pid, signal);
    pthread_mutex_unlock (&self->mutex);
    return result;
}

static bool is_ours (const weir_process_t *self)
{
    return self->generation == weir__generation ();
}

static bool is_daemon (const weir_process_t *self)
{
    return self->child.lifeline >= 0;
}

//  Returns the pid of a process that this one started and that still runs; 0
//  when there is none.
static pid_t find_running (void)
{
    pid_t pid = 0;
    weir__process_lock ();
    for (weir_process_t *self = processes; self && !pid; self = self->next)
        if (is_ours (self) && !reap (self))
            pid = self->child.pid;
    weir__process_unlock ();
    return pid;
}

//  Runs at the exit of this process: terminates the daemons, and waits for all.
//  Another thread may still use or destroy the handles, so this touches them
//  only under the process lock. It waits by pid, and does not reap.
static void end_processes (void)
{
    weir__process_lock ();
    for (weir_process_t *self = processes; self; self = self->next)
        if (is_ours (self) && is_daemon (self))
            send_signal (self, SIGTERM);
    weir__process_unlock ();
    pid_t pid;
    siginfo_t info;
    while ((pid = find_running ()) != 0)
        waitid (P_PID, (id_t) pid, &info, WEXITED | WNOWAIT);
}

//  ---------------------------------------------------------------------------
//  The handle

//  Allocates a handle. name: NULL for a new one. Returns NULL when out of
//  memory.
static weir_process_t *allocate (const char *name)
{
    static atomic_uint counter;
    char fresh [32];
    if (!name) {
        snprintf (fresh, sizeof fresh, "process-%u",
                  atomic_fetch_add (&counter, 1) + 1);
        name = fresh;
    }
    size_t size = strlen (name) + 1;
    weir_process_t *self = calloc (1, sizeof *self + size);
    if (!self)
        return weir__fail_null (ENOMEM, "out of memory");
    memcpy (self->name, name, size);
    self->generation = weir__generation ();
    pthread_mutex_init (&self->mutex, NULL);
    return self;
}

static void release (weir_process_t *self)
{
    pthread_mutex_destroy (&self->mutex);
    free (self);
}

weir_process_t *weir_process_new (weir_process_fn *fn, void *arg)
{
    return weir_process_new_with (fn, arg, NULL);
}

weir_process_t *weir_process_new_with (weir_process_fn *fn, void *arg,
                                       const weir_process_options_t *options)
{
    if (!fn)
        return weir__fail_null (EINVAL,
                                "weir_process_new: fn must not be NULL");
    weir_process_t *self = allocate (options ? options->name : NULL);
    if (!self)
        return NULL;
    weir__worker_t worker = {.fn = fn,
                             .arg = arg,
                             .name = self->name,
                             .daemon = options && options->daemon};
    if (weir__at_end_do (end_processes) != 0 ||
        weir__start (&worker, &self->child) != 0) {
        release (self);
        return NULL;
    }
    weir__process_lock ();
    self->next = processes;
    processes = self;
    weir__process_unlock ();
    return self;
}

//  Removes a handle from the list.
static void unlist (weir_process_t *self)
{
    weir__process_lock ();
    weir_process_t **place = &processes;
    while (*place && *place != self)
        place = &(*place)->next;
    if (*place)
        *place = self->next;
    weir__process_unlock ();
}

void weir_process_destroy (weir_process_t **self_p)
{
    if (!self_p || !*self_p)
        return;
    weir_process_t *self = *self_p;
    *self_p = NULL;
    int error = errno;
    if (is_ours (self)) {
        if (is_daemon (self))
            weir_process_terminate (self);
        while (weir_process_join (self, -1) != 0)
            ; //  EINTR
    }
    unlist (self);
    if (is_ours (self)) {
        weir__close (self->child.pidfd);
        if (is_daemon (self))
            weir__close (self->child.lifeline);
        release (self);
    } else
        free (self); //  a thread of the parent may have held its mutex
    errno = error;
}

//  Checks that this process started the worker. Returns 0, or -1 with EINVAL or
//  EPERM.
static int check (const weir_process_t *self)
{
    if (!self)
        return weir__fail (EINVAL, "process: the handle is NULL");
    if (!is_ours (self))
        return weir__fail (EPERM,
                           "process '%s': another process started it; only "
                           "that process can wait for it and signal it",
                           self->name);
    return 0;
}

int weir_process_join (weir_process_t *self, int timeout_ms)
{
    if (check (self) != 0)
        return -1;
    uint64_t deadline_us = weir__deadline_us (weir__now_us (), timeout_ms);
    while (!reap (self)) {
        int left_ms = weir__poll_ms (weir__now_us (), deadline_us);
        if (left_ms == 0)
            return weir__fail (timeout_ms == 0 ? EAGAIN : ETIMEDOUT,
                               "process '%s' (pid %d): it is still running",
                               self->name, (int) self->child.pid);
        struct pollfd item = {.fd = self->child.pidfd, .events = POLLIN};
        if (poll (&item, 1, left_ms) == -1)
            return weir__fail (
                errno, "process '%s' (pid %d): cannot wait for it: %s",
                self->name, (int) self->child.pid, strerror (errno));
    }
    return 0;
}

int weir_process_alive (weir_process_t *self)
{
    if (check (self) != 0)
        return -1;
    return reap (self) ? 0 : 1;
}

int weir_process_exit_code (weir_process_t *self, int *ret_code)
{
    if (check (self) != 0)
        return -1;
    if (!ret_code)
        return weir__fail (EINVAL,
                           "weir_process_exit_code: ret_code must not be NULL");
    if (!reap (self))
        return weir__fail (EAGAIN,
                           "process '%s' (pid %d): it is still running and has "
                           "no exit code; join it first",
                           self->name, (int) self->child.pid);
    //  The end of the process has set these, and they never change again.
    if (!self->code_known)
        return weir__fail (
            ECHILD,
            "process '%s' (pid %d): its exit code is lost: the application "
            "waited for it by itself, or ignores SIGCHLD",
            self->name, (int) self->child.pid);
    *ret_code = self->code;
    return 0;
}

int weir_process_terminate (weir_process_t *self)
{
    return weir_process_signal (self, SIGTERM);
}

int weir_process_kill (weir_process_t *self)
{
    return weir_process_signal (self, SIGKILL);
}

int weir_process_signal (weir_process_t *self, int signal)
{
    if (check (self) != 0)
        return -1;
    if (send_signal (self, signal) == 0 || errno == ESRCH)
        return 0;
    return weir__fail (
        errno, "process '%s' (pid %d): cannot send signal %d: %s", self->name,
        (int) self->child.pid, signal, strerror (errno));
}

pid_t weir_process_pid (const weir_process_t *self)
{
    if (!self)
        return weir__fail (EINVAL, "process: the handle is NULL");
    return self->child.pid;
}

const char *weir_process_name (const weir_process_t *self)
{
    if (!self)
        return weir__fail_null (EINVAL, "process: the handle is NULL");
    return self->name;
}

int weir_process_sentinel (const weir_process_t *self)
{
    return check (self) == 0 ? self->child.pidfd : -1;
}

int weir_select_add_process (weir_select_t *self, const weir_process_t *process)
{
    int sentinel = weir_process_sentinel (process);
    return sentinel < 0 ? -1 : weir__select_add_sentinel (self, sentinel);
}
