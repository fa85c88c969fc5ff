/*  dealer.c - ZeroMQ on the side of a link

    SPDX-License-Identifier: MPL-2.0
*/

#include "carrier/dealer.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>
#include <zmq.h>

#include "base/clock.h"
#include "base/error.h"
#include "base/fork.h"
#include "base/tsan.h"
#include "carrier/chunks.h"
#include "carrier/context.h"
#include "carrier/endpoint.h"
#include "carrier/socket.h"
#include "codec/limits.h"

enum {
    LINGER_MS = 1000,
    RECONNECT_MS = 5,        //  doubled after each attempt ...
    RECONNECT_MAX_MS = 1000, //  ... up to this
    QUEUE_FRAMES = WEIR__WINDOW * (WEIR__MESSAGE_BYTES / WEIR__CHUNK_BYTES + 1)
};

struct weir__dealer {
    void *socket;
    zmq_msg_t frame;                  //  the frame that the caller borrows
    char unmet [WEIR__ENDPOINT_SIZE]; //  an inproc endpoint from which nothing
                                      //  has arrived yet; else empty
};

static int connect_to (void *socket, const char *endpoint, bool local)
{
    uint8_t id [WEIR__LOCAL_ID_BYTES];
    weir__local_id (id);
    if ((local && zmq_setsockopt (socket, ZMQ_ROUTING_ID, id, sizeof id)) ||
        weir__socket_set (socket, ZMQ_LINGER, LINGER_MS) ||
        //  No high water mark for sending, because it could cut a message; the
        //  window limits what is sent.
        weir__socket_set (socket, ZMQ_SNDHWM, 0) ||
        weir__socket_set (socket, ZMQ_RCVHWM, QUEUE_FRAMES) ||
        //  Many processes may connect at once, more than the queue of the
        //  kernel takes.
        weir__socket_set (socket, ZMQ_RECONNECT_IVL, RECONNECT_MS) ||
        weir__socket_set (socket, ZMQ_RECONNECT_IVL_MAX, RECONNECT_MAX_MS))
        return -1;
    return weir__socket_connect (socket, endpoint);
}

weir__dealer_t *weir__dealer_new (const char *path, bool local)
{
    void *context = weir__context (WEIR__CONTEXT_LINKS);
    if (!context || weir__fork_close_paths (path) != 0)
        return NULL;
    weir__dealer_t *self = calloc (1, sizeof *self);
    if (!self)
        return weir__fail_null (ENOMEM, "out of memory");
    zmq_msg_init (&self->frame);
    self->socket = zmq_socket (context, ZMQ_DEALER);
    char endpoint [WEIR__ENDPOINT_SIZE];
    weir__endpoint (path, local, endpoint);
    if (self->socket && connect_to (self->socket, endpoint, local) == 0) {
        if (local)
            strcpy (self->unmet, endpoint);
        return self;
    }
    int error = errno;
    weir__dealer_destroy (&self);
    return weir__fail_null (error, "owner at %s: cannot connect: %s", path,
                            zmq_strerror (error));
}

//  Tries to connect a socket that is connected already. Where a connection
//  would be queued, Linux returns EISCONN, so the owner does not have to accept
//  one. The caller holds the process lock, so that no forked child gets a copy
//  of the pair.
static int probe_locked (const struct sockaddr_un *address)
{
    int pair [2];
    if (socketpair (AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0,
                    pair) != 0)
        return errno;
    int rc =
        connect (pair [0], (const struct sockaddr *) address, sizeof *address);
    int error = rc == 0 ? 0 : errno;
    close (pair [0]);
    close (pair [1]);
    return error;
}

int weir__dealer_probe (const char *path)
{
    char endpoint [WEIR__ENDPOINT_SIZE];
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    weir__endpoint (path, false, endpoint);
    const char *file = endpoint + strlen ("ipc://");
    if (strlen (file) >= sizeof address.sun_path)
        return 0;
    strcpy (address.sun_path, file);
    weir__process_lock ();
    int error = probe_locked (&address);
    weir__process_unlock ();
    if (error == ENOENT || error == ENOTDIR) //  its file does not exist
        error = ECONNREFUSED;
    errno = error;
    return error == ECONNREFUSED || error == EMFILE || error == ENFILE ? -1 : 0;
}

//  Ends the wait of a closed inproc socket whose owner never came. A socket may
//  connect to an inproc endpoint before the owner binds it; libzmq then keeps
//  the socket, even when closed, until a socket binds the endpoint and takes
//  what was sent. So this function binds it. When the owner is there, the bind
//  fails and is not needed. Never call this for ipc: libzmq would take the
//  socket of the owner away.
static void meet (const char *endpoint)
{
    void *socket = zmq_socket (weir__context (WEIR__CONTEXT_LINKS), ZMQ_ROUTER);
    if (!socket)
        return;
    if (weir__socket_bind (socket, endpoint) == 0)
        weir__socket_unbind (socket, endpoint);
    zmq_close (socket);
}

void weir__dealer_destroy (weir__dealer_t **self_p)
{
    weir__dealer_t *self = *self_p;
    if (!self)
        return;
    *self_p = NULL;
    zmq_msg_close (&self->frame);
    if (self->socket)
        zmq_close (self->socket);
    if (self->unmet [0])
        meet (self->unmet);
    free (self);
}

void weir__dealer_forget (weir__dealer_t **self_p)
{
    weir__dealer_t *self = *self_p;
    if (!self)
        return;
    *self_p = NULL;
    free (self);
}

int weir__dealer_send (weir__dealer_t *self, const weir__frame_t *message)
{
    weir__chunks_t chunks;
    if (weir__chunks_make (&chunks, message) != 0)
        return weir__fail (ENOMEM,
                           "message of %zu bytes: it was not sent: out of "
                           "memory; free some, or send less at once",
                           message->size);
    int rc = 0;
    while (rc == 0 && weir__chunks_remain (&chunks))
        rc = weir__chunks_send (&chunks, self->socket);
    weir__chunks_free (&chunks);
    return rc == 0 ? 0
                   : weir__fail (errno, "owner: cannot send to it: %s",
                                 zmq_strerror (errno));
}

int weir__dealer_recv (weir__dealer_t *self, const uint8_t **ret_data,
                       size_t *ret_size)
{
    if (weir__socket_recv (self->socket, &self->frame) < 0) {
        errno = EAGAIN;
        return -1;
    }
    self->unmet [0] = '\0';
    weir__take_over (zmq_msg_data (&self->frame));
    *ret_data = zmq_msg_data (&self->frame);
    *ret_size = zmq_msg_size (&self->frame);
    return 0;
}

int weir__dealer_wait (weir__dealer_t *self, int fd, uint64_t deadline_us)
{
    zmq_pollitem_t items [] = {
        {.socket = self->socket, .events = ZMQ_POLLIN},
        {.fd = fd, .events = ZMQ_POLLIN},
    };
    int rc = zmq_poll (items, fd >= 0 ? 2 : 1,
                       weir__poll_ms (weir__now_us (), deadline_us));
    if (rc == 0)
        errno = ETIMEDOUT;
    if (rc <= 0)
        return -1;
    return !(items [0].revents & ZMQ_POLLIN);
}

int weir__dealer_fd (const weir__dealer_t *self)
{
    return weir__socket_fd (self->socket);
}
