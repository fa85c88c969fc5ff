/*  socket.h - calls of libzmq that signals do not interrupt

    Before libzmq executes a call on a socket, it processes commands that its
    threads have sent to the socket. A signal at that time makes the call fail
    with EINTR before it has done anything, so these functions repeat the call.
    Calls that wait, such as zmq_poll, are not here, because a signal must end
    them.

    Only the thread that uses the socket may call these functions.

    SPDX-License-Identifier: MPL-2.0
*/

#ifndef WEIR__CARRIER_SOCKET_H_INCLUDED
#define WEIR__CARRIER_SOCKET_H_INCLUDED

#include <stddef.h>
#include <zmq.h>

//  Call zmq_bind, zmq_unbind or zmq_connect. They never return EINTR.
int weir__socket_bind (void *socket, const char *endpoint);
int weir__socket_unbind (void *socket, const char *endpoint);
int weir__socket_connect (void *socket, const char *endpoint);

//  Send or receive a message or a part without waiting. They never return
//  EINTR.
int weir__socket_send (void *socket, zmq_msg_t *message);
int weir__socket_send_bytes (void *socket, const void *data, size_t size,
                             int flags);
int weir__socket_recv (void *socket, zmq_msg_t *message);

//  Sets an option of type int. Returns 0, or -1 with EINVAL.
int weir__socket_set (void *socket, int option, int value);

//  Returns the events of the socket, a sum of ZMQ_POLLIN and ZMQ_POLLOUT.
int weir__socket_events (void *socket);

//  Returns the descriptor of ZeroMQ for the socket.
int weir__socket_fd (void *socket);

//  Makes a monitor of the socket: a PAIR socket that receives these events. It
//  has no high water mark, because the I/O thread would wait for its reader.
//  Returns NULL with EMFILE, ENFILE or ENOMEM.
void *weir__socket_watch (void *context, void *socket, int events);

//  Ends a monitor. Call this before closing the socket that it watches.
void weir__socket_unwatch (void *socket, void *monitor);

#endif
