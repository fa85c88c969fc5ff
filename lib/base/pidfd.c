/*  pidfd.c - a descriptor that becomes readable when a process ends

    SPDX-License-Identifier: MPL-2.0
*/

#include "base/pidfd.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <semaphore.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/pidfd.h>
#include <sys/socket.h>
#include <unistd.h>

enum { LOOK_EVERY_MS = 2 };

//  The argument of the thread that stands in for the kernel. The thread copies
//  it, so that a forked child inherits no memory that it cannot free.
typedef struct watch {
    pid_t pid;
    uint64_t start; //  from find_start: the pid may be reused
    int fd;         //  the thread's end of the socket pair
    sem_t *copied;
} watch_t;

//  Returns when the process started, in kernel ticks plus 1; 0 when it has
//  ended.
static uint64_t find_start (pid_t pid)
{
    char path [40], text [1024];
    snprintf (path, sizeof path, "/proc/%d/stat", (int) pid);
    int fd = open (path, O_RDONLY | O_CLOEXEC);
    ssize_t size = fd < 0 ? -1 : read (fd, text, sizeof text - 1);
    if (fd >= 0)
        close (fd);
    text [size > 0 ? size : 0] = '\0';
    //  "pid (name) state ...": the name may contain any character, the fields
    //  after it do not contain a parenthesis.
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

//  Runs until the process has ended or every copy of the other end is closed.
//  It hangs up with shutdown (): a close () would have no effect while a forked
//  child has a copy.
static void *watch_process (void *arg)
{
    watch_t watch = *(watch_t *) arg;
    sem_post (watch.copied);
    struct pollfd item = {.fd = watch.fd};
    while (watch.start && find_start (watch.pid) == watch.start &&
           poll (&item, 1, LOOK_EVERY_MS) == 0)
        ;
    shutdown (watch.fd, SHUT_RDWR);
    close (watch.fd);
    return NULL;
}

//  Starts the thread with all signals blocked, so that it runs no signal
//  handler of the application.
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
        sem_wait (&copied); //  cannot be interrupted: signals are blocked
    }
    pthread_sigmask (SIG_SETMASK, &mask, NULL);
    sem_destroy (&copied);
    errno = error;
    return error == 0 ? 0 : -1;
}

int weir__pidfd_open (pid_t pid)
{
    int fds [2];
    int fd = pidfd_open (pid, 0);
    if (fd >= 0 || errno != ENOSYS)
        return fd;
    if (kill (pid, 0) != 0 && errno == ESRCH)
        return -1;
    if (socketpair (AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, fds) != 0)
        return -1;
    watch_t watch = {.pid = pid, .start = find_start (pid), .fd = fds [1]};
    if (start_thread (&watch) == 0)
        return fds [0];
    int error = errno;
    close (fds [0]);
    close (fds [1]);
    errno = error;
    return -1;
}

int weir__pidfd_signal (int pidfd, pid_t pid, int signal)
{
    if (pidfd_send_signal (pidfd, signal, NULL, 0) == 0)
        return 0;
    //  EBADF: `pidfd` is the socket of our thread instead of a pidfd.
    return errno == ENOSYS || errno == EBADF ? kill (pid, signal) : -1;
}
