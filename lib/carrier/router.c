/*  router.c - ZeroMQ on the side of the owner

    SPDX-License-Identifier: MPL-2.0
*/

#include "carrier/router.h"

#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/error.h"
#include "base/fork.h"
#include "base/random.h"
#include "base/tsan.h"
#include "carrier/chunks.h"
#include "carrier/context.h"
#include "carrier/endpoint.h"
#include "carrier/socket.h"

enum {
    //  Size of a routing id that ROUTER made: a zero byte and 32 bits.
    ROUTING_ID_BYTES = 5,
    //  More frames than can be on the way to a link: a window of replies of the
    //  largest size.
    SEND_FRAMES = WEIR__WINDOW * (WEIR__MESSAGE_BYTES / WEIR__CHUNK_BYTES + 1),
    //  Frames of one peer that ZeroMQ queues. Beyond that the buffer of the
    //  kernel fills, and the peer has to wait.
    RECEIVE_FRAMES = 2 * WEIR__WINDOW,
    LINGER_MS = 200,
    BACKLOG = 4096,   //  connections waiting to be accepted
    BIND_TRIES = 100, //  one per millisecond
    SECRET_BYTES = 9
};

//  The number of a peer has one of these flags above the 32 bits of its routing
//  id.
#define FOREIGN ((uint64_t) 1 << 32)
#define LOCAL ((uint64_t) 2 << 32)

struct weir__router {
    void *socket;
    zmq_msg_t frame; //  the frame that the caller borrows
    bool local;      //  whether a link of this process sent the frame
};

void weir__endpoint (const char *path, bool local,
                     char ret_endpoint [WEIR__ENDPOINT_SIZE])
{
    snprintf (ret_endpoint, WEIR__ENDPOINT_SIZE, "%s://%s/zmq",
              local ? "inproc" : "ipc", path);
}

//  The prefix of the routing ids of local links. The 4 bytes of a number follow
//  it.
static uint8_t secret [SECRET_BYTES] = "L";
static pthread_once_t secret_once = PTHREAD_ONCE_INIT;

static void make_secret (void)
{
    uint64_t random = weir__random ();
    memcpy (secret + 1, &random, sizeof random);
}

//  Writes the routing id of the local link with that number.
static void local_id (uint32_t number, uint8_t id [WEIR__LOCAL_ID_BYTES])
{
    pthread_once (&secret_once, make_secret);
    memcpy (id, secret, sizeof secret);
    for (int i = 0; i < 4; i++)
        id [SECRET_BYTES + i] = (uint8_t) (number >> (8 * i));
}

void weir__local_id (uint8_t ret_id [WEIR__LOCAL_ID_BYTES])
{
    static atomic_uint last;
    local_id (atomic_fetch_add (&last, 1) + 1, ret_id);
}

static int configure (void *socket)
{
    if (weir__socket_set (socket, ZMQ_ROUTER_MANDATORY, 1) != 0 ||
        weir__socket_set (socket, ZMQ_SNDHWM, SEND_FRAMES) != 0 ||
        weir__socket_set (socket, ZMQ_RCVHWM, RECEIVE_FRAMES) != 0 ||
        weir__socket_set (socket, ZMQ_BACKLOG, BACKLOG) != 0 ||
        weir__socket_set (socket, ZMQ_LINGER, LINGER_MS) != 0)
        return -1;
    //  libzmq does not allocate a larger frame; it disconnects the sender.
    int64_t size_max = WEIR__FRAME_BYTES;
    return zmq_setsockopt (socket, ZMQ_MAXMSGSIZE, &size_max, sizeof size_max);
}

static int bind_at (void *socket, const char *path)
{
    char endpoint [WEIR__ENDPOINT_SIZE];
    weir__endpoint (path, false, endpoint);
    if (weir__socket_bind (socket, endpoint) != 0)
        return -1;
    weir__endpoint (path, true, endpoint);
    //  A link that found no owner may occupy the endpoint for a moment, see
    //  dealer.c.
    int rc = -1;
    for (int i = 0; i < BIND_TRIES && rc != 0; i++) {
        rc = weir__socket_bind (socket, endpoint);
        if (rc != 0 && zmq_errno () != EADDRINUSE)
            break;
        if (rc != 0)
            poll (NULL, 0, 1);
    }
    return rc;
}

weir__router_t *weir__router_new (const char *path)
{
    void *context = weir__context (WEIR__CONTEXT_LINKS);
    if (!context || weir__fork_close_paths (path) != 0)
        return NULL;
    weir__router_t *self = calloc (1, sizeof *self);
    if (!self)
        return weir__fail_null (ENOMEM, "out of memory");
    zmq_msg_init (&self->frame);
    self->socket = zmq_socket (context, ZMQ_ROUTER);
    if (self->socket && configure (self->socket) == 0 &&
        bind_at (self->socket, path) == 0)
        return self;
    int error = errno;
    weir__router_destroy (&self);
    return weir__fail_null (error, "owner at %s: cannot listen: %s", path,
                            zmq_strerror (error));
}

void weir__router_destroy (weir__router_t **self_p)
{
    weir__router_t *self = *self_p;
    if (!self)
        return;
    *self_p = NULL;
    zmq_msg_close (&self->frame);
    if (self->socket) {
        //  Frees the inproc name, which was bound last, at once. zmq_close
        //  alone would free it in the background.
        char endpoint [WEIR__ENDPOINT_SIZE];
        size_t size = sizeof endpoint;
        if (zmq_getsockopt (self->socket, ZMQ_LAST_ENDPOINT, endpoint, &size) ==
            0)
            weir__socket_unbind (self->socket, endpoint);
        zmq_close (self->socket);
    }
    free (self);
}

int weir__router_fd (weir__router_t *self)
{
    return weir__socket_fd (self->socket);
}

bool weir__router_ready (weir__router_t *self)
{
    return (weir__socket_events (self->socket) & ZMQ_POLLIN) != 0;
}

//  Returns the number of the peer with that routing id; 0 when the peer chose
//  its routing id itself.
static uint64_t peer_number (const uint8_t *id, size_t size)
{
    uint8_t local [WEIR__LOCAL_ID_BYTES];
    if (size == ROUTING_ID_BYTES && id [0] == 0) {
        weir__reader_t reader = weir__reader (id + 1, 4);
        return FOREIGN | weir__reader_u32 (&reader);
    }
    if (size != WEIR__LOCAL_ID_BYTES)
        return 0;
    weir__reader_t reader = weir__reader (id + SECRET_BYTES, 4);
    uint32_t number = weir__reader_u32 (&reader);
    local_id (number, local);
    return memcmp (id, local, sizeof local) == 0 ? LOCAL | number : 0;
}

//  Receives a routing id. Returns false when nothing has arrived.
static bool recv_peer (weir__router_t *self, uint64_t *ret_peer)
{
    zmq_msg_t id;
    zmq_msg_init (&id);
    bool there = weir__socket_recv (self->socket, &id) >= 0;
    *ret_peer =
        there ? peer_number (zmq_msg_data (&id), zmq_msg_size (&id)) : 0;
    zmq_msg_close (&id);
    return there;
}

int weir__router_recv (weir__router_t *self, weir__inbound_t *ret_inbound)
{
    uint64_t peer;
    if (!recv_peer (self, &peer)) {
        errno = EAGAIN;
        return -1;
    }
    self->local = (peer & LOCAL) != 0;
    size_t parts = 1;
    int rc = weir__socket_recv (self->socket, &self->frame);
    //  The parts of a message arrive together. Each part replaces the one
    //  before it.
    while (rc >= 0 && zmq_msg_more (&self->frame)) {
        parts++;
        rc = weir__socket_recv (self->socket, &self->frame);
    }
    weir__take_over (zmq_msg_data (&self->frame));
    *ret_inbound = (weir__inbound_t){
        .peer = peer,
        .data = zmq_msg_data (&self->frame),
        .size = peer == 0 || parts > 1 ? 0 : zmq_msg_size (&self->frame),
        .parts = parts,
    };
    return 0;
}

bool weir__router_sender (weir__router_t *self, uid_t *ret_uid, pid_t *ret_pid)
{
    if (self->local) {
        *ret_uid = geteuid ();
        *ret_pid = getpid ();
        return true;
    }
    //  The format is host:uid:gid:pid, from SO_PEERCRED.
    const char *address = zmq_msg_gets (&self->frame, "Peer-Address");
    const char *uid = address ? strchr (address, ':') : NULL;
    unsigned long id [3];
    if (!uid || sscanf (uid, ":%lu:%lu:%lu", &id [0], &id [1], &id [2]) != 3)
        return false;
    *ret_uid = (uid_t) id [0];
    *ret_pid = (pid_t) id [2];
    return true;
}

//  Sends the routing id, the first part of a message to that peer.
static int send_peer (weir__router_t *self, uint64_t peer)
{
    uint8_t id [WEIR__LOCAL_ID_BYTES] = {0};
    size_t size = ROUTING_ID_BYTES;
    if (peer == 0) {
        errno = EHOSTUNREACH;
        return -1;
    }
    if (peer & LOCAL) {
        local_id ((uint32_t) peer, id);
        size = sizeof id;
    } else
        for (int i = 0; i < 4; i++)
            id [1 + i] = (uint8_t) (peer >> (8 * i));
    return weir__socket_send_bytes (self->socket, id, size, ZMQ_SNDMORE);
}

int weir__router_send (weir__router_t *self, uint64_t peer,
                       const weir__frame_t *message)
{
    weir__chunks_t chunks;
    if (weir__chunks_make (&chunks, message) != 0)
        return -1;
    int rc = 0;
    //  When ROUTER accepts the routing id, it accepts the frame as well.
    while (rc == 0 && weir__chunks_remain (&chunks))
        rc = send_peer (self, peer) >= 0
                 ? weir__chunks_send (&chunks, self->socket)
                 : -1;
    weir__chunks_free (&chunks);
    return rc;
}

bool weir__router_reaches (weir__router_t *self, uint64_t peer)
{
    if (send_peer (self, peer) < 0)
        return errno == EAGAIN;
    weir__socket_send_bytes (self->socket, NULL, 0, 0);
    return true;
}
