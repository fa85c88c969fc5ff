/*  context.c - the library's own ZeroMQ contexts

    In a forked child the parent's context is only forgotten: its threads are
    not there, so it can be neither used nor ended.

    SPDX-License-Identifier: MPL-2.0
*/

#include "carrier/context.h"

#include <errno.h>
#include <zmq.h>

#include "base/error.h"
#include "base/fork.h"

//  Guarded by the process lock. `inherited` keeps the parent's contexts
//  reachable, so that leak checkers see no leak in the child.
static struct {
    void *context;
    void *inherited;
    uint64_t generation;
} contexts [WEIR__CONTEXTS];

void *weir__context (weir__context_t which)
{
    uint64_t generation = weir__generation ();
    weir__process_lock ();
    if (contexts [which].context && contexts [which].generation != generation) {
        contexts [which].inherited = contexts [which].context;
        contexts [which].context = NULL;
    }
    if (!contexts [which].context) {
        contexts [which].context = zmq_ctx_new ();
        contexts [which].generation = generation;
        if (contexts [which].context)
            //  One socket a thread and owner; libzmq's default is 1,023.
            zmq_ctx_set (
                contexts [which].context, ZMQ_MAX_SOCKETS,
                zmq_ctx_get (contexts [which].context, ZMQ_SOCKET_LIMIT));
    }
    void *context = contexts [which].context;
    weir__process_unlock ();
    if (!context)
        weir__fail (errno ? errno : ENOMEM, "cannot make a ZeroMQ context: %s",
                    zmq_strerror (errno));
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
