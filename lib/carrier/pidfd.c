/*  pidfd.c - a descriptor that tells the end of a process

    SPDX-License-Identifier: MPL-2.0
*/

#include "carrier/pidfd.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <semaphore.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/pidfd.h>
#include <unistd.h>

#include "base/error.h"
#include "base/fork.h"

enum { LOOK_EVERY_MS = 2 };

//  What the thread that stands in for the kernel is told. It takes a copy, so
//  that a forked child inherits no memory that nobody frees.
typedef struct watch {
    pid_t pid;
    uint64_t start; //  as find_start: the pid may come again
    int write_fd;   //  its end of the pipe
    sem_t *copied;
} watch_t;

//  When the process started, as the kernel counts, from 1; 0: it has ended.
static uint64_t find_start (pid_t pid)
{
    char path [40], text [1024];
    snprintf (path, sizeof path, "/proc/%d/stat", (int) pid);
    int fd = open (path, O_RDONLY | O_CLOEXEC);
    ssize_t size = fd < 0 ? -1 : read (fd, text, sizeof text - 1);
    if (fd >= 0)
        close (fd);
    text [size > 0 ? size : 0] = '\0';
    //  "pid (name) state ...": the name may hold anything, the rest does not.
    char state, *rest = strrchr (text, ')');
    unsigned long long start;
    if (!rest ||
        sscanf (rest + 1,
                " %c %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s "
                "%*s %*s %*s %*s %llu",
                &state, &start) != 2 ||
        state == 'Z' || state == 'X')
        return 0;
    return start + 1;
}

//  Runs until the process has ended or nobody has the other end any more.
static void *watch_process (void *arg)
{
    watch_t watch = *(watch_t *) arg;
    sem_post (watch.copied);
    struct pollfd item = {.fd = watch.write_fd};
    while (watch.start && find_start (watch.pid) == watch.start &&
           poll (&item, 1, LOOK_EVERY_MS) == 0)
        ;
    weir__close (watch.write_fd);
    return NULL;
}

//  The thread shall run no signal handler of the application.
static int start_thread (watch_t *watch)
{
    sem_t copied;
    sigset_t all, mask;
    pthread_t thread;
    sem_init (&copied, 0, 0);
    watch->copied = &copied;
    sigfillset (&all);
    pthread_sigmask (SIG_BLOCK, &all, &mask);
    int error = pthread_create (&thread, NULL, watch_process, watch);
    if (error == 0) {
        pthread_detach (thread);
        sem_wait (&copied); //  uninterrupted, as no signal comes
    }
    pthread_sigmask (SIG_SETMASK, &mask, NULL);
    sem_destroy (&copied);
    errno = error;
    return error == 0 ? 0 : -1;
}

//  Opens a pipe that no forked child has.
static int open_pipe (int ret_fds [2])
{
    weir__process_lock ();
    int result = pipe2 (ret_fds, O_CLOEXEC);
    if (result == 0 && (weir__fork_close_locked (ret_fds [0]) != 0 ||
                        weir__fork_close_locked (ret_fds [1]) != 0))
        result = 1;
    weir__process_unlock ();
    if (result == 1) {
        weir__close (ret_fds [0]);
        weir__close (ret_fds [1]);
        errno = ENOMEM;
    }
    return result == 0 ? 0 : -1;
}

static int open_without_kernel (pid_t pid)
{
    int fds [2];
    if (kill (pid, 0) != 0 && errno == ESRCH)
        return -1;
    if (open_pipe (fds) != 0)
        return -1;
    watch_t watch = {
        .pid = pid, .start = find_start (pid), .write_fd = fds [1]};
    if (start_thread (&watch) == 0)
        return fds [0];
    weir__close (fds [0]);
    weir__close (fds [1]);
    return -1;
}

static int open_with_kernel (pid_t pid)
{
    weir__process_lock ();
    int fd = pidfd_open (pid, 0);
    if (fd >= 0 && weir__fork_close_locked (fd) != 0) {
        close (fd);
        fd = -1;
        errno = ENOMEM;
    }
    weir__process_unlock ();
    return fd;
}

int weir__pidfd_open (pid_t pid)
{
    int fd = open_with_kernel (pid);
    if (fd < 0 && errno == ENOSYS)
        fd = open_without_kernel (pid);
    return fd >= 0 ? fd
                   : weir__fail (errno, "cannot watch process %d: %s",
                                 (int) pid, strerror (errno));
}

int weir__pidfd_signal (int pidfd, pid_t pid, int signal)
{
    if (pidfd_send_signal (pidfd, signal, NULL, 0) == 0)
        return 0;
    //  EBADF: it is a pipe.
    return errno == ENOSYS || errno == EBADF ? kill (pid, signal) : -1;
}
