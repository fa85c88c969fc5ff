/*  socket.c - calls of libzmq that signals do not interrupt

    SPDX-License-Identifier: MPL-2.0
*/

#include "carrier/socket.h"

#include <errno.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>

static bool is_interrupted (int rc)
{
    return rc == -1 && errno == EINTR;
}

int weir__socket_bind (void *socket, const char *endpoint)
{
    int rc;
    do
        rc = zmq_bind (socket, endpoint);
    while (is_interrupted (rc));
    return rc;
}

int weir__socket_unbind (void *socket, const char *endpoint)
{
    int rc;
    do
        rc = zmq_unbind (socket, endpoint);
    while (is_interrupted (rc));
    return rc;
}

int weir__socket_connect (void *socket, const char *endpoint)
{
    int rc;
    do
        rc = zmq_connect (socket, endpoint);
    while (is_interrupted (rc));
    return rc;
}

int weir__socket_send (void *socket, zmq_msg_t *message)
{
    int rc;
    do
        rc = zmq_msg_send (message, socket, ZMQ_DONTWAIT);
    while (is_interrupted (rc));
    return rc;
}

int weir__socket_send_bytes (void *socket, const void *data, size_t size,
                             int flags)
{
    int rc;
    do
        rc = zmq_send (socket, data, size, ZMQ_DONTWAIT | flags);
    while (is_interrupted (rc));
    return rc;
}

int weir__socket_recv (void *socket, zmq_msg_t *message)
{
    int rc;
    do
        rc = zmq_msg_recv (message, socket, ZMQ_DONTWAIT);
    while (is_interrupted (rc));
    return rc;
}

int weir__socket_set (void *socket, int option, int value)
{
    return zmq_setsockopt (socket, option, &value, sizeof value);
}

int weir__socket_events (void *socket)
{
    int events = 0, rc;
    size_t size = sizeof events;
    do
        rc = zmq_getsockopt (socket, ZMQ_EVENTS, &events, &size);
    while (is_interrupted (rc));
    return rc == 0 ? events : 0;
}

int weir__socket_fd (void *socket)
{
    int fd = -1;
    size_t size = sizeof fd;
    zmq_getsockopt (socket, ZMQ_FD, &fd, &size);
    return fd;
}

void *weir__socket_watch (void *context, void *socket, int events)
{
    static atomic_uint count;
    char endpoint [48];
    snprintf (endpoint, sizeof endpoint, "inproc://weir-monitor-%u",
              atomic_fetch_add (&count, 1));
    int rc;
    do
        rc = zmq_socket_monitor (socket, endpoint, events);
    while (is_interrupted (rc));
    if (rc != 0)
        return NULL;
    void *monitor = zmq_socket (context, ZMQ_PAIR);
    if (monitor && weir__socket_set (monitor, ZMQ_RCVHWM, 0) == 0 &&
        weir__socket_connect (monitor, endpoint) == 0)
        return monitor;
    int error = errno;
    weir__socket_unwatch (socket, monitor);
    errno = error;
    return NULL;
}

//  The sending end of the monitor closes first: the I/O thread would wait for
//  us if it could not write.
void weir__socket_unwatch (void *socket, void *monitor)
{
    zmq_socket_monitor (socket, NULL, 0);
    if (monitor)
        zmq_close (monitor);
}
