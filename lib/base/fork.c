/*  fork.c - the generation of a process, and what a forked child closes

    SPDX-License-Identifier: MPL-2.0
*/

#include "base/fork.h"

#include <assert.h>
#include <dirent.h>
#include <errno.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/error.h"
#include "base/identity.h"

static pthread_once_t once = PTHREAD_ONCE_INIT;
static pthread_mutex_t process_mutex = PTHREAD_MUTEX_INITIALIZER;
static atomic_uint_fast64_t generation;

//  A registered descriptor. A child closes it if the number still refers to the
//  same file there.
typedef struct registered {
    int fd;
    weir__identity_t identity;
} registered_t;

//  Guarded by process_mutex.
static registered_t *fds;
static size_t fd_count;
static char **prefixes;
static size_t prefix_count;

//  The descriptor that the child of the current fork of this thread keeps; -1
//  for none.
static _Thread_local int kept_fd = -1;

static void before_fork (void)
{
    pthread_mutex_lock (&process_mutex);
}

static void after_fork_in_parent (void)
{
    pthread_mutex_unlock (&process_mutex);
}

//  Returns whether the address is a path with a registered prefix.
static bool has_our_path (const struct sockaddr_un *address, socklen_t length)
{
    if (address->sun_family != AF_UNIX ||
        length <= offsetof (struct sockaddr_un, sun_path))
        return false;
    size_t size = length - offsetof (struct sockaddr_un, sun_path);
    if (size > sizeof address->sun_path) //  the kernel counts a final NUL
        size = sizeof address->sun_path;
    for (size_t i = 0; i < prefix_count; i++)
        if (strlen (prefixes [i]) <= size &&
            memcmp (address->sun_path, prefixes [i], strlen (prefixes [i])) ==
                0)
            return true;
    return false;
}

//  Returns whether the descriptor is a Unix socket whose own path or peer path
//  has a registered prefix.
static bool is_our_socket (int fd)
{
    struct sockaddr_un address;
    socklen_t length = sizeof address;
    if (getsockname (fd, (struct sockaddr *) &address, &length) != 0)
        return false;
    if (has_our_path (&address, length))
        return true;
    length = sizeof address;
    return getpeername (fd, (struct sockaddr *) &address, &length) == 0 &&
           has_our_path (&address, length);
}

static void close_our_sockets (void)
{
    DIR *directory = prefix_count ? opendir ("/proc/self/fd") : NULL;
    if (!directory)
        return;
    struct dirent *entry;
    while ((entry = readdir (directory)) != NULL) {
        int fd = atoi (entry->d_name);
        if (entry->d_name [0] != '.' && fd != dirfd (directory) &&
            is_our_socket (fd))
            close (fd);
    }
    closedir (directory);
}

static void after_fork_in_child (void)
{
    int error = errno;
    atomic_fetch_add (&generation, 1);
    size_t kept = 0;
    for (size_t i = 0; i < fd_count; i++)
        if (fds [i].fd == kept_fd)
            fds [kept++] = fds [i];
        else if (weir__is_identical (fds [i].fd, fds [i].identity))
            close (fds [i].fd);
    fd_count = kept;
    close_our_sockets ();
    errno = error;
    pthread_mutex_unlock (&process_mutex);
}

static void initialize (void)
{
    int error =
        pthread_atfork (before_fork, after_fork_in_parent, after_fork_in_child);
    assert (error == 0 || error == ENOMEM);
    (void) error;
}

//  Runs when the library is loaded, so that no thread can fork while another
//  one uses Weir for the first time. `once` serves constructors that run
//  earlier.
__attribute__ ((constructor)) static void initialize_early (void)
{
    pthread_once (&once, initialize);
}

uint64_t weir__generation (void)
{
    pthread_once (&once, initialize);
    return atomic_load (&generation);
}

void weir__process_lock (void)
{
    pthread_once (&once, initialize);
    pthread_mutex_lock (&process_mutex);
}

void weir__process_unlock (void)
{
    pthread_mutex_unlock (&process_mutex);
}

int weir__fork_close (int fd)
{
    weir__process_lock ();
    int result = weir__fork_close_locked (fd);
    weir__process_unlock ();
    return result;
}

int weir__fork_close_locked (int fd)
{
    registered_t *more = realloc (fds, (fd_count + 1) * sizeof *fds);
    if (!more)
        return weir__fail (ENOMEM, "out of memory");
    fds = more;
    fds [fd_count++] = (registered_t){fd, weir__identity (fd)};
    return 0;
}

//  Removes a descriptor from the table.
static void forget (int fd)
{
    for (size_t i = 0; i < fd_count; i++)
        if (fds [i].fd == fd) {
            fds [i] = fds [--fd_count];
            return;
        }
}

void weir__fork_forget (int fd)
{
    weir__process_lock ();
    forget (fd);
    weir__process_unlock ();
}

void weir__close (int fd)
{
    weir__process_lock ();
    weir__close_locked (fd);
    weir__process_unlock ();
}

void weir__close_locked (int fd)
{
    int error = errno;
    forget (fd);
    close (fd);
    errno = error;
}

pid_t weir__fork_keeping (int fd)
{
    pthread_once (&once, initialize);
    kept_fd = fd;
    pid_t pid = fork ();
    kept_fd = -1;
    return pid;
}

int weir__fork_close_paths (const char *prefix)
{
    weir__process_lock ();
    bool known = false;
    for (size_t i = 0; i < prefix_count && !known; i++)
        known = strncmp (prefix, prefixes [i], strlen (prefixes [i])) == 0;
    char **more = NULL, *copy = NULL;
    if (!known) {
        copy = strdup (prefix);
        more =
            copy ? realloc (prefixes, (prefix_count + 1) * sizeof *more) : NULL;
        if (more) {
            prefixes = more;
            prefixes [prefix_count++] = copy;
        } else
            free (copy);
    }
    weir__process_unlock ();
    return known || more ? 0 : weir__fail (ENOMEM, "out of memory");
}
