/*  sender.c - the sending side of a channel

    SPDX-License-Identifier: MPL-2.0
*/

#include "pipe/sender.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>
#include <zmq.h>

#include "base/clock.h"
#include "base/error.h"
#include "base/fork.h"
#include "base/tsan.h"
#include "carrier/context.h"
#include "carrier/socket.h"
#include "codec/pack.h"
#include "pipe/link.h"

enum {
    //  Copying up to this size is cheaper than a second allocation.
    COPY_BYTES = 4096,
    //  How long to wait for a connection. The I/O thread connects at once, but
    //  reports nothing when it has no descriptor left.
    CONNECT_MS = 5000
};

void weir__sender_init (weir__sender_t *self, weir__channel_t *channel,
                        weir__side_t *side, const atomic_bool *closed)
{
    *self = (weir__sender_t){
        .channel = channel, .side = side, .closed = closed, .bell = -1};
}

//  ---------------------------------------------------------------------------
//  Opening and closing

//  Returns the number of the monitor's next event; 0 when none comes in time.
static unsigned next_event (void *monitor)
{
    uint16_t event = 0;
    zmq_msg_t frame;
    zmq_msg_init (&frame);
    uint64_t until_us = weir__deadline_us (weir__now_us (), CONNECT_MS);
    int size;
    do
        size = zmq_msg_recv (&frame, monitor, 0);
    while (size == -1 && errno == EINTR && weir__now_us () < until_us);
    if (size >= (int) sizeof event)
        memcpy (&event, zmq_msg_data (&frame), sizeof event);
    zmq_msg_close (&frame);
    return event;
}

//  Connects to the door. Returns once the kernel has the connection: from then
//  on the receiver will learn of the connection and of its end. Returns -1 with
//  EPIPE, EMFILE or ENOMEM.
static int connect_to_door (void *context, void *socket, int door)
{
    char endpoint [48];
    snprintf (endpoint, sizeof endpoint, "ipc:///proc/thread-self/fd/%d", door);
    int spare = fcntl (door, F_DUPFD_CLOEXEC, 0); //  kept for the connection
    if (spare < 0)
        return -1;
    void *monitor = weir__socket_watch (context, socket,
                                        ZMQ_EVENT_CONNECTED | ZMQ_EVENT_CLOSED);
    int error = errno;
    close (spare);
    errno = error;
    if (!monitor)
        return -1;
    int result = -1;
    if (weir__socket_set (monitor, ZMQ_RCVTIMEO, CONNECT_MS) == 0 &&
        weir__socket_connect (socket, endpoint) == 0) {
        unsigned event = next_event (monitor);
        result = event == ZMQ_EVENT_CONNECTED ? 0 : -1;
        errno = event == ZMQ_EVENT_CLOSED ? EPIPE : EMFILE;
    }
    error = errno;
    weir__socket_unwatch (socket, monitor);
    errno = error;
    return result;
}

static void *make_socket (void *context)
{
    void *socket = zmq_socket (context, ZMQ_PUSH);
    if (socket &&
        //  Delivery may take as long as the receiver likes.
        weir__socket_set (socket, ZMQ_LINGER, -1) == 0 &&
        weir__socket_set (socket, ZMQ_SNDHWM, 0) == 0 &&
        //  No second connection: a broken one has lost values.
        weir__socket_set (socket, ZMQ_RECONNECT_IVL, -1) == 0 &&
        //  It may take long until a process receives.
        weir__socket_set (socket, ZMQ_HANDSHAKE_IVL, 0) == 0)
        return socket;
    if (socket)
        zmq_close (socket);
    return NULL;
}

int weir__sender_open (weir__sender_t *self, const char *endpoint)
{
    if (self->socket)
        return 0;
    void *context = weir__context (WEIR__CONTEXT_PIPES);
    if (!context)
        return -1;
    void *socket = make_socket (context);
    int result = !socket ? -1
                 : endpoint
                     ? weir__socket_connect (socket, endpoint)
                     : connect_to_door (context, socket, self->side->door);
    if (result != 0) {
        int error = errno;
        if (socket) {
            weir__socket_set (socket, ZMQ_LINGER, 0);
            zmq_close (socket);
        }
        return weir__fail (error, "pipe: cannot send: %s",
                           zmq_strerror (error));
    }
    self->socket = socket;
    self->local = endpoint != NULL;
    if (self->side->door >= 0)
        weir__close (self->side->door);
    self->side->door = -1;
    atomic_store (&self->channel->by_link, self->sent);
    weir__pipe_link_note (
        self->side->link); //  wakes a receiver that waits on it
    return 0;
}

void weir__sender_forget (weir__sender_t *self)
{
    weir__buffer_free (&self->buffer);
}

//  ---------------------------------------------------------------------------
//  Sending

//  Fails with EPIPE, without a sentence, because the receiver is gone. Returns
//  -1.
static int fail_gone (weir__sender_t *self)
{
    self->gone = true;
    errno = EPIPE;
    return -1;
}

//  Asks the kernel whether the receiver still exists, and removes the notes
//  from the link. Returns 0, or -1 with EPIPE.
static int look (weir__sender_t *self)
{
    char byte;
    ssize_t size;
    do
        size = weir__pipe_link_take (self->side->link, &byte, 1);
    while (size > 0);
    return size == 0 ? fail_gone (self) : 0;
}

//  Checks whether the receiver still exists. A receiver that closes marks the
//  channel. To find one that was killed, asks the kernel, but only once per
//  tick of the coarse clock (about 4 ms), because the call costs more than
//  sending a value.
static int look_at_times (weir__sender_t *self)
{
    struct timespec now;
    clock_gettime (CLOCK_MONOTONIC_COARSE, &now);
    if (atomic_load (&self->channel->closed))
        return fail_gone (self);
    uint64_t tick = (uint64_t) now.tv_sec * 1000000000 + (uint64_t) now.tv_nsec;
    if (tick == self->looked)
        return 0;
    self->looked = tick;
    return look (self);
}

static bool has_room (const weir__sender_t *self)
{
    return (int64_t) (self->sent - self->received) <
           atomic_load (&self->channel->limit);
}

//  Reads the receiver's count again. Called only when the old count gave no
//  room, because the count lies in the receiver's cache line.
static bool has_room_now (weir__sender_t *self)
{
    self->received = atomic_load (&self->channel->received);
    return has_room (self);
}

void weir__sender_wake (weir__sender_t *self)
{
    weir__bell_ring (&self->bell);
}

//  Waits until the link or the bell has news. Makes the bell before it looks at
//  `closed`; the closing thread sets `closed` before it rings the bell.
static int wait_for_news (weir__sender_t *self, uint64_t deadline_us)
{
    if (weir__bell_make (&self->bell, false) != 0)
        return -1;
    if (atomic_load (self->closed)) {
        errno = EPIPE;
        return -1;
    }
    return weir__pipe_link_wait (self->side->link, atomic_load (&self->bell),
                                 deadline_us);
}

//  Waits until the channel has room. Returns 0, or -1 with EPIPE, EAGAIN, EINTR
//  or an error of the bell.
static int wait_for_room (weir__sender_t *self, uint64_t deadline_us)
{
    int result = 0;
    while (result == 0 && !has_room (self) && !has_room_now (self)) {
        atomic_store (&self->channel->waiting, true);
        if (!has_room_now (self))
            result = wait_for_news (self, deadline_us);
        atomic_store (&self->channel->waiting, false);
        if (result == 0)
            result = look (self);
    }
    return result;
}

//  Reads the link before it looks for room. A note that comes later then makes
//  the link readable, and no change is missed.
bool weir__sender_is_ready (weir__sender_t *self)
{
    if (self->gone || has_room (self) || has_room_now (self))
        return true;
    atomic_store (&self->channel->waiting, true);
    return look (self) != 0 || has_room_now (self);
}

static void free_bytes (void *data, void *hint)
{
    (void) hint;
    weir__take_over (data);
    free (data);
}

//  Makes a message of the packed value. A large message takes over the buffer.
static int fill (weir__buffer_t *buffer, zmq_msg_t *message)
{
    if (buffer->size <= COPY_BYTES) {
        if (zmq_msg_init_size (message, buffer->size) != 0)
            return -1;
        memcpy (zmq_msg_data (message), buffer->data, buffer->size);
    } else {
        if (zmq_msg_init_data (message, buffer->data, buffer->size, free_bytes,
                               NULL) != 0)
            return -1;
        *buffer = WEIR__BUFFER_INIT;
    }
    weir__hand_over (zmq_msg_data (message));
    return 0;
}

static int send_by_socket (weir__sender_t *self)
{
    zmq_msg_t message;
    if (fill (&self->buffer, &message) != 0)
        return weir__fail (ENOMEM, "out of memory");
    if (weir__socket_send (self->socket, &message) >= 0)
        return 0;
    //  The send queue has no limit, so only a missing connection makes this
    //  fail.
    zmq_msg_close (&message);
    return fail_gone (self);
}

//  Sends the packed value: over the link while the receiver has not begun to
//  receive and the link has room, else over ZeroMQ.
static int deliver (weir__sender_t *self)
{
    if (self->socket)
        return send_by_socket (self);
    if (!atomic_load (&self->channel->receives)) {
        if (weir__pipe_link_put (self->side->link, self->buffer.data,
                                 self->buffer.size) == 0)
            return 0;
        if (errno == EPIPE)
            return fail_gone (self);
    }
    if (weir__sender_open (self, NULL) == 0)
        return send_by_socket (self);
    return errno == EPIPE ? fail_gone (self) : -1;
}

//  Packs the value into the buffer. Returns 0, or -1 with EINVAL, EMSGSIZE or
//  ENOMEM.
static int pack (weir__sender_t *self, weir_value_t value)
{
    size_t size_max = atomic_load (&self->channel->size_max);
    weir__buffer_clear (&self->buffer);
    if (weir__pack (&self->buffer, value) != 0)
        return -1;
    if (self->buffer.size > size_max)
        return weir__fail (
            EMSGSIZE,
            "pipe: the value takes %zu bytes, and at most %zu are allowed; "
            "raise that with weir_pipe_set_size_max",
            self->buffer.size, size_max);
    return 0;
}

int weir__sender_send (weir__sender_t *self, weir_value_t value,
                       uint64_t deadline_us)
{
    if (pack (self, value) != 0)
        return -1;
    if (self->gone)
        return fail_gone (self);
    if (look_at_times (self) != 0 || wait_for_room (self, deadline_us) != 0)
        return -1;
    atomic_store (&self->channel->sent, self->sent + 1);
    if (deliver (self) != 0) {
        atomic_store (&self->channel->sent, self->sent);
        return -1;
    }
    self->sent++;
    weir__buffer_shrink (&self->buffer, COPY_BYTES);
    return 0;
}

//  ---------------------------------------------------------------------------
//  Closing

bool weir__sender_is_done (weir__sender_t *self)
{
    return !self->socket || self->local || self->gone ||
           atomic_load (&self->channel->received) >= self->sent ||
           look (self) != 0;
}

void weir__sender_close (weir__sender_t *self)
{
    weir__sender_forget (self);
    weir__bell_close (&self->bell);
    if (self->socket && weir__sender_is_done (self))
        weir__socket_set (self->socket, ZMQ_LINGER, 0);
    if (self->socket)
        zmq_close (self->socket);
    self->socket = NULL;
}

void weir__sender_linger (weir__sender_t *self, int enough,
                          uint64_t deadline_us)
{
    struct pollfd item = {.fd = enough, .events = POLLIN};
    while (!self->gone && poll (&item, 1, 0) == 0) {
        atomic_store (&self->channel->waiting, true);
        if (atomic_load (&self->channel->received) >= self->sent ||
            (weir__pipe_link_wait (self->side->link, enough, deadline_us) !=
                 0 &&
             errno == EAGAIN) ||
            look (self) != 0)
            break;
    }
}
