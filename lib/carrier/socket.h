/*  socket.h - libzmq's calls on a socket, which signals do not interrupt

    Before libzmq does what a call is for, it takes in what its threads have
    sent to the socket. When a signal comes then, the call fails with EINTR and
    has done nothing; so it is made again. Calls that wait, as zmq_poll, are not
    here: a signal must end them.

    The thread that uses the socket.

    SPDX-License-Identifier: MPL-2.0
*/

#ifndef WEIR__CARRIER_SOCKET_H_INCLUDED
#define WEIR__CARRIER_SOCKET_H_INCLUDED

#include <stddef.h>
#include <zmq.h>

//  As the functions of zmq.h, without EINTR.
int weir__socket_bind (void *socket, const char *endpoint);
int weir__socket_unbind (void *socket, const char *endpoint);
int weir__socket_connect (void *socket, const char *endpoint);

//  Sends or receives a message or a part without waiting; sends bytes.
int weir__socket_send (void *socket, zmq_msg_t *message);
int weir__socket_send_bytes (void *socket, const void *data, size_t size,
                             int flags);
int weir__socket_recv (void *socket, zmq_msg_t *message);

//  Sets an option that is an int. Returns 0, or -1 with EINVAL.
int weir__socket_set (void *socket, int option, int value);

//  A sum of ZMQ_POLLIN and ZMQ_POLLOUT.
int weir__socket_events (void *socket);

//  ZeroMQ's own descriptor of the socket.
int weir__socket_fd (void *socket);

//  Makes a monitor of the socket, a PAIR socket that receives these events and
//  has no high water mark, as the I/O thread would wait for its reader. NULL with
//  EMFILE, ENFILE or ENOMEM. / Ends it; before the socket that it watches.
void *weir__socket_watch (void *context, void *socket, int events);
void weir__socket_unwatch (void *socket, void *monitor);

#endif
