/*  context.c - the ZeroMQ contexts of the library

    A forked child forgets the contexts of its parent without ending them. Their
    threads do not exist in the child, so they can be neither used nor ended
    there.

    SPDX-License-Identifier: MPL-2.0
*/

#include "carrier/context.h"

#include <errno.h>
#include <stdbool.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>
#include <zmq.h>

#include "base/error.h"
#include "base/fork.h"

enum {
    SOCKET_FDS = 4,              //  a socket, its connection, its monitor
    CONTEXT_FDS = 6 + SOCKET_FDS //  for make_context, and a socket
};

//  Guarded by the process lock. `inherited` keeps the contexts of the parent
//  reachable, so that leak checkers report no leak in the child.
static struct {
    void *context;
    void *inherited;
    uint64_t generation;
} contexts [WEIR__CONTEXTS];

//  Returns whether `count` descriptors are free. libzmq ends the program when
//  it has no descriptor for one of its threads, and retries without end when it
//  has none for a connection. The caller holds the process lock, so that no
//  forked child gets a copy.
static bool are_free_locked (int count)
{
    int fds [CONTEXT_FDS], found = 0;
    while (found < count && (fds [found] = eventfd (0, EFD_CLOEXEC)) >= 0)
        found++;
    int error = errno;
    for (int i = 0; i < found; i++)
        close (fds [i]);
    errno = error;
    return found == count;
}

//  Makes a context and a first socket, which starts the threads of the context
//  now, while descriptors for them are free. The caller holds the process lock.
static void *make_context_locked (void)
{
    void *context = zmq_ctx_new ();
    if (!context)
        return NULL;
    //  Each thread needs one socket per owner. The default of libzmq is 1,023
    //  sockets.
    zmq_ctx_set (context, ZMQ_MAX_SOCKETS,
                 zmq_ctx_get (context, ZMQ_SOCKET_LIMIT));
    void *socket = zmq_socket (context, ZMQ_PAIR);
    if (socket) {
        zmq_close (socket);
        return context;
    }
    int error = errno;
    zmq_ctx_term (context);
    errno = error;
    return NULL;
}

void *weir__context (weir__context_t which)
{
    uint64_t generation = weir__generation ();
    weir__process_lock ();
    if (contexts [which].context && contexts [which].generation != generation) {
        contexts [which].inherited = contexts [which].context;
        contexts [which].context = NULL;
    }
    if (!are_free_locked (contexts [which].context ? SOCKET_FDS
                                                   : CONTEXT_FDS)) {
        int error = errno;
        weir__process_unlock ();
        return weir__fail_null (error,
                                "connection: too few descriptors are left "
                                "(%s); close some, or raise the limit",
                                strerror (error));
    }
    errno = ENOMEM;
    if (!contexts [which].context) {
        contexts [which].context = make_context_locked ();
        contexts [which].generation = generation;
    }
    void *context = contexts [which].context;
    int error = errno;
    weir__process_unlock ();
    if (!context)
        weir__fail (error, "connection: cannot make a ZeroMQ context: %s",
                    zmq_strerror (error));
    return context;
}

void weir__context_end (weir__context_t which)
{
    uint64_t generation = weir__generation ();
    weir__process_lock ();
    void *context = contexts [which].generation == generation
                        ? contexts [which].context
                        : NULL;
    if (context)
        contexts [which].context = NULL;
    weir__process_unlock ();
    if (context)
        while (zmq_ctx_term (context) == -1 && zmq_errno () == EINTR)
            ;
}
