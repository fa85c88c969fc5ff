/*  dealer.c - ZeroMQ on a link's side

    SPDX-License-Identifier: MPL-2.0
*/

#include "carrier/dealer.h"

#include <assert.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <zmq.h>

#include "base/clock.h"
#include "base/error.h"
#include "base/fork.h"
#include "base/tsan.h"
#include "carrier/context.h"
#include "carrier/endpoint.h"
#include "codec/limits.h"

enum {
    LINGER_MS = 1000,
    RECONNECT_MS = 5,         //  doubled with each try ...
    RECONNECT_MAX_MS = 60000, //  ... up to this
    QUEUE_FRAMES = WEIR__WINDOW * (WEIR__MESSAGE_BYTES / WEIR__CHUNK_BYTES + 1)
};

struct weir__dealer {
    void *socket;
    zmq_msg_t frame;                     //  the one that is borrowed
    char endpoint [WEIR__ENDPOINT_SIZE]; //  inproc, and nothing came from there
                                         //  yet; else empty
};

static int connect_to (void *socket, const char *endpoint, bool local)
{
    int linger_ms = LINGER_MS, frames = QUEUE_FRAMES;
    int again_ms = RECONNECT_MS, again_max_ms = RECONNECT_MAX_MS;
    uint8_t id [WEIR__LOCAL_ID_BYTES];
    weir__local_id (id);
    if ((local && zmq_setsockopt (socket, ZMQ_ROUTING_ID, id, sizeof id)) ||
        zmq_setsockopt (socket, ZMQ_LINGER, &linger_ms, sizeof linger_ms) ||
        zmq_setsockopt (socket, ZMQ_SNDHWM, &frames, sizeof frames) ||
        zmq_setsockopt (socket, ZMQ_RCVHWM, &frames, sizeof frames) ||
        //  Many processes may connect at once, more than the kernel lets wait.
        zmq_setsockopt (socket, ZMQ_RECONNECT_IVL, &again_ms,
                        sizeof again_ms) ||
        zmq_setsockopt (socket, ZMQ_RECONNECT_IVL_MAX, &again_max_ms,
                        sizeof again_max_ms))
        return -1;
    return zmq_connect (socket, endpoint);
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
    weir__endpoint (path, local, self->endpoint);
    if (self->socket && connect_to (self->socket, self->endpoint, local) == 0) {
        if (!local)
            self->endpoint [0] = '\0';
        return self;
    }
    int error = errno;
    weir__dealer_destroy (&self);
    return weir__fail_null (error, "cannot connect to %s: %s", path,
                            zmq_strerror (error));
}

//  An inproc endpoint may be connected to before anybody is there. libzmq then
//  keeps the socket, closed or not, until somebody comes and takes what was sent.
//  So somebody comes. When the owner is there, this fails, and is not needed.
static void meet (const char *endpoint)
{
    void *socket = zmq_socket (weir__context (WEIR__CONTEXT_LINKS), ZMQ_ROUTER);
    if (!socket)
        return;
    if (zmq_bind (socket, endpoint) == 0)
        zmq_unbind (socket, endpoint);
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
    if (self->endpoint [0])
        meet (self->endpoint);
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

int weir__dealer_send (weir__dealer_t *self, const void *head, size_t head_size,
                       const void *body, size_t size)
{
    zmq_msg_t frame;
    if (zmq_msg_init_size (&frame, head_size + size) != 0)
        return weir__fail (ENOMEM, "out of memory");
    uint8_t *data = zmq_msg_data (&frame);
    memcpy (data, head, head_size);
    if (size)
        memcpy (data + head_size, body, size);
    weir__hand_over (data);
    int rc;
    do
        rc = zmq_msg_send (&frame, self->socket, ZMQ_DONTWAIT);
    while (rc == -1 && zmq_errno () == EINTR);
    if (rc >= 0)
        return 0;
    int error = errno;
    zmq_msg_close (&frame);
    return weir__fail (error, "cannot send: %s", zmq_strerror (error));
}

int weir__dealer_recv (weir__dealer_t *self, const uint8_t **ret_data,
                       size_t *ret_size)
{
    int rc;
    do
        rc = zmq_msg_recv (&self->frame, self->socket, ZMQ_DONTWAIT);
    while (rc == -1 && zmq_errno () == EINTR);
    if (rc < 0) {
        errno = EAGAIN;
        return -1;
    }
    self->endpoint [0] = '\0';
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
    int fd = -1;
    size_t size = sizeof fd;
    int rc = zmq_getsockopt (self->socket, ZMQ_FD, &fd, &size);
    assert (rc == 0);
    (void) rc;
    return fd;
}
