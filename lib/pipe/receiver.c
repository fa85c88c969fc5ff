/*  receiver.c - the receiving side of a channel

    When will no value come any more? When the link tells that the sender is
    gone, and either all values that were sent have been received, or the
    sender's connection has ended. libzmq reads everything that the kernel has
    before it reports that end, because no high water mark ever stops it.

    SPDX-License-Identifier: MPL-2.0
*/

#include "pipe/receiver.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/error.h"
#include "base/fork.h"
#include "base/tsan.h"
#include "carrier/context.h"
#include "carrier/socket.h"
#include "codec/pack.h"
#include "pipe/link.h"
#include "codec/packed.h"

void weir__receiver_init (weir__receiver_t *self, weir__channel_t *channel,
                          weir__side_t *side, const atomic_bool *closed)
{
    *self =
        (weir__receiver_t){.channel = channel, .side = side, .closed = closed};
}

//  ---------------------------------------------------------------------------
//  Opening and closing

//  Listens at the side's door. libzmq owns the listening socket from the bind
//  on. A forked child finds the socket by its path and closes it (base/fork.h).
static int listen_at_door (weir__receiver_t *self, void *context)
{
    int64_t size_max = (int64_t) atomic_load (&self->channel->size_max);
    self->monitor = weir__socket_watch (
        context, self->socket, ZMQ_EVENT_ACCEPTED | ZMQ_EVENT_DISCONNECTED);
    if (!self->monitor ||
        zmq_setsockopt (self->socket, ZMQ_MAXMSGSIZE, &size_max,
                        sizeof size_max) != 0 ||
        weir__socket_set (self->socket, ZMQ_USE_FD, self->side->door) != 0 ||
        weir__socket_bind (self->socket, "ipc://door") != 0)
        return -1;
    weir__fork_forget (self->side->door);
    self->side->door = -1;
    return 0;
}

int weir__receiver_open (weir__receiver_t *self, const char *endpoint)
{
    if (self->socket)
        return 0;
    void *context = weir__context (WEIR__CONTEXT_PIPES);
    if (!context)
        return -1;
    self->socket = zmq_socket (context, ZMQ_PULL);
    if (!self->socket || weir__socket_set (self->socket, ZMQ_LINGER, 0) != 0 ||
        weir__socket_set (self->socket, ZMQ_RCVHWM, 0) != 0 ||
        //  A stopped sender takes long for the handshake, but is still a
        //  sender.
        weir__socket_set (self->socket, ZMQ_HANDSHAKE_IVL, 0) != 0 ||
        (endpoint ? weir__socket_bind (self->socket, endpoint)
                  : listen_at_door (self, context)) != 0) {
        int error = errno;
        weir__receiver_close (self);
        return weir__fail (error, "pipe: cannot receive: %s",
                           zmq_strerror (error));
    }
    atomic_store (&self->channel->receives, true);
    return 0;
}

void weir__receiver_forget (weir__receiver_t *self)
{
    if (self->has_next)
        zmq_msg_close (&self->next);
    self->has_next = false;
}

void weir__receiver_close (weir__receiver_t *self)
{
    weir__receiver_forget (self);
    if (self->monitor)
        weir__socket_unwatch (self->socket, self->monitor);
    if (self->socket)
        zmq_close (self->socket);
    self->monitor = self->socket = NULL;
}

//  ---------------------------------------------------------------------------
//  Looking for the next value

//  Returns whether the next value comes over the link. If it does, only another
//  program could have sent over ZeroMQ, so the socket is not read.
static bool is_by_link (const weir__receiver_t *self)
{
    return self->received < atomic_load (&self->channel->by_link);
}

//  Fetches the next value from the link. Returns whether there is one; false
//  with ENOMEM.
static bool fetch_from_link (weir__receiver_t *self)
{
    ssize_t size = weir__pipe_link_peek (self->side->link);
    if (size == 0)
        self->hung_up = true;
    if (size <= 0 || zmq_msg_init_size (&self->next, (size_t) size) != 0)
        return false;
    uint8_t *data = zmq_msg_data (&self->next);
    weir__pipe_link_take (self->side->link, data, (size_t) size);
    if (size > 1 || *data != WEIR__NOTE)
        return true;
    zmq_msg_close (&self->next);
    return false;
}

//  Fetches the next value from the socket. Returns whether there is one.
static bool fetch_from_socket (weir__receiver_t *self)
{
    zmq_msg_init (&self->next);
    if (weir__socket_recv (self->socket, &self->next) < 0) {
        zmq_msg_close (&self->next);
        return false;
    }
    weir__take_over (zmq_msg_data (&self->next));
    return true;
}

//  Fetches the next value. Returns whether there is one; false with EAGAIN or
//  ENOMEM.
static bool fetch (weir__receiver_t *self)
{
    errno = EAGAIN;
    self->has_next =
        is_by_link (self) ? fetch_from_link (self) : fetch_from_socket (self);
    if (!self->has_next && errno != ENOMEM)
        errno = EAGAIN;
    return self->has_next;
}

//  Returns whether nothing more will arrive. Values may still be waiting to be
//  fetched.
static bool is_over (const weir__receiver_t *self)
{
    const weir__channel_t *channel = self->channel;
    if (atomic_load_explicit (self->closed, memory_order_relaxed))
        return true;
    bool cut = self->accepted > 0 && self->accepted == self->ended;
    if (!self->monitor || is_by_link (self))
        return self->hung_up;
    return cut ||
           (self->hung_up && self->received >= atomic_load (&channel->sent));
}

//  Counts the events of the monitor. An event has two frames; the first one
//  begins with the number of the event.
static void read_events (weir__receiver_t *self)
{
    zmq_msg_t frame;
    zmq_msg_init (&frame);
    bool first = true;
    while (weir__socket_recv (self->monitor, &frame) >= 0) {
        uint16_t event = 0;
        if (first && zmq_msg_size (&frame) >= sizeof event)
            memcpy (&event, zmq_msg_data (&frame), sizeof event);
        self->accepted += event == ZMQ_EVENT_ACCEPTED;
        self->ended += event == ZMQ_EVENT_DISCONNECTED;
        first = !zmq_msg_more (&frame);
    }
    zmq_msg_close (&frame);
}

//  Reads the notes from the link, which carries no values any more.
static void read_notes (weir__receiver_t *self)
{
    uint8_t note;
    ssize_t size;
    do
        size = weir__pipe_link_take (self->side->link, &note, 1);
    while (size > 0);
    self->hung_up = size == 0;
}

//  Waits until something may have changed. Returns 0, or -1 with EAGAIN or
//  EINTR.
static int wait_for_link (weir__receiver_t *self, uint64_t deadline_us)
{
    if (is_by_link (self))
        return weir__pipe_link_wait (self->side->link, -1, deadline_us);
    zmq_pollitem_t items [3] = {{.socket = self->socket, .events = ZMQ_POLLIN}};
    int count = 1, monitor = -1, link = -1;
    if (self->monitor) {
        items [monitor = count++] =
            (zmq_pollitem_t){.socket = self->monitor, .events = ZMQ_POLLIN};
    }
    if (!self->hung_up) {
        items [link = count++] =
            (zmq_pollitem_t){.fd = self->side->link, .events = ZMQ_POLLIN};
    }
    int ready =
        zmq_poll (items, count, weir__poll_ms (weir__now_us (), deadline_us));
    if (ready == 0)
        errno = EAGAIN;
    if (ready <= 0)
        return -1;
    if (monitor >= 0 && items [monitor].revents)
        read_events (self);
    if (link >= 0 && items [link].revents)
        read_notes (self);
    return 0;
}

//  Waits until there is a next value. Returns as weir__receiver_wait.
static int wait_until (weir__receiver_t *self, uint64_t deadline_us)
{
    while (!self->has_next) {
        //  In this order: a value that came before the end is fetched after the
        //  end was seen.
        bool over = is_over (self);
        if (fetch (self))
            break;
        if (errno == ENOMEM)
            return weir__fail (ENOMEM, "out of memory");
        if (over) {
            errno = EPIPE;
            return -1;
        }
        if (!is_over (self) && wait_for_link (self, deadline_us) != 0)
            return -1;
    }
    return 0;
}

//  Returns whether a value was sent and not yet received. Such a value arrives
//  by itself, unless the sender is stopped.
static bool expects (const weir__receiver_t *self)
{
    return atomic_load (&self->channel->sent) >
           atomic_load (&self->channel->received);
}

//  Once a send has returned, a receive with timeout 0 must find the value. So
//  this goes on to wait for a value that was sent before the deadline.
int weir__receiver_wait (weir__receiver_t *self, uint64_t deadline_us)
{
    int result = wait_until (self, deadline_us);
    if (result == 0 || errno != EAGAIN || !expects (self))
        return result;
    return wait_until (
        self, weir__deadline_us (weir__now_us (), WEIR__ON_ITS_WAY_MS));
}

int weir__receiver_look (weir__receiver_t *self, uint64_t until_us)
{
    int result = wait_until (self, 0);
    uint64_t next = self->received + 1;
    if (result == 0 || errno != EAGAIN || !expects (self) || self->late == next)
        return result;
    result = wait_until (self, until_us);
    if (result != 0 && errno == EAGAIN)
        self->late = next;
    return result;
}

//  Returns the descriptors that `wait` waits for. weir__receiver_look has taken
//  in everything before, so each one becomes readable with the next event.
void weir__receiver_fds (const weir__receiver_t *self,
                         int ret_fds [WEIR__RECEIVER_FDS])
{
    bool by_link = is_by_link (self);
    ret_fds [0] = self->hung_up ? -1 : self->side->link;
    ret_fds [1] = by_link ? -1 : weir__socket_fd (self->socket);
    ret_fds [2] = by_link ? -1 : weir__socket_fd (self->monitor);
}

//  ---------------------------------------------------------------------------
//  Taking the next value

//  Counts the value as received, and sends a note to a sender that waits for
//  room.
static void let_sender_know (weir__receiver_t *self)
{
    weir__channel_t *channel = self->channel;
    atomic_store (&channel->received, ++self->received);
    if (atomic_load (&channel->waiting) &&
        atomic_exchange (&channel->waiting, false))
        weir__pipe_link_note (self->side->link);
}

int weir__receiver_take (weir__receiver_t *self, weir_value_t *ret_value)
{
    int result = weir__unpack (zmq_msg_data (&self->next),
                               zmq_msg_size (&self->next), ret_value);
    if (result != 0 && errno == ENOMEM)
        return weir__fail (ENOMEM, "out of memory");
    zmq_msg_close (&self->next);
    self->has_next = false;
    if (result == 0)
        let_sender_know (self);
    else
        weir__fail (EPROTO,
                    "pipe: a message that is not a Weir value was dropped; "
                    "another program has connected to the pipe");
    return result;
}

uint64_t weir__receiver_lost (const weir__receiver_t *self)
{
    uint64_t sent = atomic_load (&self->channel->sent);
    return sent > self->received ? sent - self->received : 0;
}
