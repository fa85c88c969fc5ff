/*  start.c - forks a worker

    Parent and child share a pipe, the lifeline. The child does nothing until it
    reads a byte from the lifeline. The parent sends the byte when nothing is
    left that can fail. So a start that fails has run nothing, and no child ends
    before the parent has its pidfd. If the child reads end of file instead of
    the byte, the parent has failed or died.

    A daemon keeps its end of the lifeline. Only the parent has the end that
    writes (base/fork.h closes it in every other child). So however the parent
    ends, the kernel hangs up the lifeline and, because of F_SETSIG and O_ASYNC,
    sends the daemon SIGTERM. PR_SET_PDEATHSIG would not do: it takes the end of
    the thread that forked for the end of the parent.

    SPDX-License-Identifier: MPL-2.0
*/

#include "work/start.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/atend.h"
#include "base/error.h"
#include "base/fork.h"
#include "base/pidfd.h"

//  The state of a start.
typedef struct start {
    const weir__worker_t *worker;
    int read_fd; //  of the lifeline
    int write_fd;
    sigset_t mask; //  of the thread that starts the worker
} start_t;

//  Makes SIGTERM end this daemon: when its parent sends the signal, and when
//  the lifeline hangs up. SIGTERM stays blocked until the caller sets the mask.
static void end_with_parent (start_t *start)
{
    int fd = start->read_fd;
    signal (SIGTERM, SIG_DFL);
    sigdelset (&start->mask, SIGTERM);
    if (fcntl (fd, F_SETOWN, getpid ()) != 0 ||
        fcntl (fd, F_SETSIG, SIGTERM) != 0 || fcntl (fd, F_SETFL, O_ASYNC) != 0)
        _exit (EXIT_FAILURE); //  cannot happen: fcntl(2) names no cause
    struct pollfd item = {.fd = fd};
    if (poll (&item, 1, 0) == 1 && (item.revents & POLLHUP))
        raise (SIGTERM); //  it hung up before O_ASYNC was set
}

//  Runs the worker in the child, and ends the process.
static _Noreturn void run (start_t *start)
{
    char go;
    ssize_t size;
    do
        size = read (start->read_fd, &go, 1);
    while (size == -1 && errno == EINTR);
    if (size != 1)
        _exit (EXIT_FAILURE);
    prctl (PR_SET_NAME, start->worker->name);
    if (start->worker->daemon)
        end_with_parent (start);
    else
        weir__close (start->read_fd);
    pthread_sigmask (SIG_SETMASK, &start->mask, NULL);

    start->worker->fn (start->worker->arg);
    //  Comes first, so that the output is visible while this process waits for
    //  children of its own.
    fflush (stdout);
    fflush (stderr);
    weir__at_end ();
    _exit (EXIT_SUCCESS);
}

//  Opens the lifeline. Forked children close both ends. Returns 0 or -1.
static int open_lifeline (start_t *start)
{
    int fds [2];
    weir__process_lock ();
    int result = pipe2 (fds, O_CLOEXEC);
    int error = errno;
    if (result == 0) {
        start->read_fd = fds [0];
        start->write_fd = fds [1];
        result = weir__fork_close_locked (fds [0]);
        if (result == 0)
            result = weir__fork_close_locked (fds [1]);
        error = errno;
    }
    weir__process_unlock ();
    if (result == 0)
        return 0;
    return weir__fail (error,
                       "process '%s': cannot start it: no pipe to it: %s",
                       start->worker->name, strerror (error));
}

static void close_end (int *fd)
{
    if (*fd >= 0)
        weir__close (*fd);
    *fd = -1;
}

//  Opens the pidfd of a child. Forked children close it. Returns 0 or -1.
static int open_pidfd (const char *name, weir__child_t *child)
{
    weir__process_lock ();
    int fd = weir__pidfd_open (child->pid);
    int result = fd < 0 ? -1 : weir__fork_close_locked (fd);
    int error = errno;
    weir__process_unlock ();
    if (result == 0) {
        child->pidfd = fd;
        return 0;
    }
    if (fd >= 0)
        close (fd);
    return weir__fail (
        error, "process '%s': cannot start it: no descriptor for it: %s", name,
        strerror (error));
}

//  Forks the child, and sends it the byte when nothing is left that can fail.
//  Returns 0 or -1.
static int start_child (start_t *start, weir__child_t *child)
{
    const char *name = start->worker->name;
    child->pid = weir__fork_keeping (start->read_fd);
    if (child->pid == 0)
        run (start);
    if (child->pid < 0)
        return weir__fail (errno, "process '%s': cannot start it: fork: %s",
                           name, strerror (errno));
    if (open_pidfd (name, child) != 0) {
        int error = errno;
        close_end (&start->write_fd); //  the child ends
        waitpid (child->pid, NULL, 0);
        errno = error;
        return -1;
    }
    //  This process still has the end that reads, so this cannot raise SIGPIPE.
    ssize_t size = write (start->write_fd, "g", 1);
    (void) size;
    if (start->worker->daemon) {
        child->lifeline = start->write_fd;
        start->write_fd = -1;
    }
    return 0;
}

int weir__start (const weir__worker_t *worker, weir__child_t *ret_child)
{
    start_t start = {.worker = worker, .read_fd = -1, .write_fd = -1};
    weir__child_t child = {.pidfd = -1, .lifeline = -1};
    int result = open_lifeline (&start);
    if (result == 0) {
        //  Otherwise both processes would print the contents of the buffers.
        //  fflush (NULL) would also wait for a thread that reads from a
        //  terminal.
        fflush (stdout);
        fflush (stderr);
        //  No signal may reach a daemon while it still has a handler of this
        //  process: the signal would be lost.
        sigset_t all;
        sigfillset (&all);
        pthread_sigmask (SIG_BLOCK, &all, &start.mask);
        result = start_child (&start, &child);
        pthread_sigmask (SIG_SETMASK, &start.mask, NULL);
    }
    close_end (&start.read_fd);
    close_end (&start.write_fd);
    if (result == 0)
        *ret_child = child;
    return result;
}
