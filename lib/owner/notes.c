/*  notes.c - notes of an owner on standard error, without waiting

    O_NONBLOCK belongs to the open file description, which the other processes
    of a terminal and the parent of the program share. So this module never sets
    it on descriptor 2. Instead it opens the pipe or terminal a second time, for
    one line, with O_NONBLOCK.

    A write can raise a signal: SIGPIPE (the pipe has no reader), SIGXFSZ (the
    file is too large), SIGTTOU (the terminal belongs to another job). The
    thread blocks these signals during the write and removes the one that the
    write has raised. So the handlers of the program are neither replaced nor
    called.

    SPDX-License-Identifier: MPL-2.0
*/

#include "owner/notes.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <time.h>
#include <unistd.h>

#include "base/fork.h"

_Static_assert(WEIR__NOTE_BYTES <= PIPE_BUF, "a pipe may take a line in part");

//  Opens the file of descriptor 2 a second time, without waiting for readers.
static int open_again (void)
{
    weir__process_lock ();
    int fd =
        open ("/proc/self/fd/2", O_WRONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
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

//  Writes to a pipe or terminal that may be written to but not opened, because
//  it belongs to another user. Where the kernel cannot write without waiting,
//  the write may wait if another process takes the room after the poll.
static ssize_t write_if_ready (const char *data, size_t size)
{
    struct pollfd out = {.fd = STDERR_FILENO, .events = POLLOUT};
    if (poll (&out, 1, 0) != 1 || !(out.revents & POLLOUT)) {
        errno = EAGAIN;
        return -1;
    }
    struct iovec part = {(void *) data, size};
    ssize_t written = pwritev2 (STDERR_FILENO, &part, 1, -1, RWF_NOWAIT);
    if (written == -1 && (errno == EOPNOTSUPP || errno == ENOSYS))
        written = write (STDERR_FILENO, data, size);
    return written;
}

//  Writes through a second descriptor of the file, without waiting.
static ssize_t write_again (const char *data, size_t size)
{
    int fd = open_again ();
    if (fd < 0)
        return errno == EACCES || errno == EPERM || errno == ENOENT
                   ? write_if_ready (data, size)
                   : -1;
    ssize_t written = write (fd, data, size);
    weir__close (fd);
    return written;
}

//  Writes without waiting. A descriptor 2 with FD_CLOEXEC is not a standard
//  error: descriptor 2 was closed, and another file of the program or of libzmq
//  got its number.
static ssize_t try_write (const char *data, size_t size)
{
    struct stat status;
    int flags = fcntl (STDERR_FILENO, F_GETFD);
    if (flags == -1 || (flags & FD_CLOEXEC) ||
        fstat (STDERR_FILENO, &status) != 0) {
        errno = EBADF;
        return -1;
    }
    switch (status.st_mode & S_IFMT) {
    case S_IFSOCK:
        return send (STDERR_FILENO, data, size, MSG_DONTWAIT | MSG_NOSIGNAL);
    case S_IFREG:
        return write (STDERR_FILENO, data, size);
    case S_IFCHR:
    case S_IFIFO:
        return write_again (data, size);
    default:
        errno = EBADF;
        return -1;
    }
}

//  Does the same with the signals of a write blocked, and removes the signal
//  that the write has raised.
static ssize_t write_quietly (const char *data, size_t size)
{
    sigset_t signals, before, pending;
    sigemptyset (&signals);
    sigaddset (&signals, SIGPIPE);
    sigaddset (&signals, SIGXFSZ);
    sigaddset (&signals, SIGTTOU);
    pthread_sigmask (SIG_BLOCK, &signals, &before);
    sigpending (&pending);
    ssize_t written = try_write (data, size);
    int raised = written != -1    ? 0
                 : errno == EPIPE ? SIGPIPE
                 : errno == EFBIG ? SIGXFSZ
                                  : 0;
    if (raised && !sigismember (&pending, raised)) {
        sigemptyset (&signals);
        sigaddset (&signals, raised);
        while (sigtimedwait (&signals, NULL, &(struct timespec){0}) == -1 &&
               errno == EINTR)
            ;
    }
    pthread_sigmask (SIG_SETMASK, &before, NULL);
    return written;
}

//  Writes the rest of the line before, and then a line. Returns false when
//  standard error accepted nothing of the line.
static bool write_line (weir__notes_t *self, const char *line, size_t size)
{
    if (self->rest_size > 0) {
        ssize_t written = write_quietly (self->rest, self->rest_size);
        if (written > 0) {
            self->rest_size -= (size_t) written;
            memmove (self->rest, self->rest + written, self->rest_size);
        }
        if (self->rest_size > 0)
            return false;
    }
    ssize_t written = size > 0 ? write_quietly (line, size) : 0;
    if (written < 0 || (written == 0 && size > 0))
        return false;
    self->rest_size = size - (size_t) written;
    memcpy (self->rest, line + written, self->rest_size);
    return true;
}

bool weir__notes_flush (weir__notes_t *self)
{
    char line [WEIR__NOTE_BYTES];
    int size = 0;
    if (self->dropped > 0)
        size = snprintf (line, sizeof line,
                         "weir: and %lu more notes were dropped: standard "
                         "error could not take them\n",
                         self->dropped);
    if (write_line (self, line, (size_t) size))
        self->dropped = 0;
    return self->dropped == 0 && self->rest_size == 0;
}

void weir__notes_add (weir__notes_t *self, const char *format, ...)
{
    char line [WEIR__NOTE_BYTES] = "weir: ";
    const size_t head = strlen (line);
    va_list args;
    va_start (args, format);
    vsnprintf (line + head, sizeof line - head - 1, format, args);
    va_end (args);
    size_t size = strlen (line);
    line [size++] = '\n';
    int error = errno;
    if (!weir__notes_flush (self) || !write_line (self, line, size))
        self->dropped++;
    errno = error;
}
