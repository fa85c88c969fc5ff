/*  channel.h - one direction of a pipe

    A channel has a sending and a receiving side. Each side has its own turn, so
    the two never wait for each other inside a process. Three things connect the
    sides:

    -   ZeroMQ, PUSH to PULL, over ipc or inproc, carries the values.
    -   The link, a SEQPACKET connection, tells each side when the other one is
        gone. The kernel hangs up, however the other side ended. While no
        process receives yet, the values go over the link: they stay in the
        kernel, so a process can send its result and end before another asks
        for it. Once a value has gone over ZeroMQ, all later ones do. A note on
        the link wakes a receiver that must now look at ZeroMQ, and a sender
        that waits for room.
    -   The struct below, in memory that both sides share, counts the values on
        the way, and so bounds the channel. ZeroMQ's high water marks could not:
        when libzmq 4.3 has stopped reading at its mark, and epoll reports that
        the sender has hung up, libzmq drops the values left in the kernel.

    Two processes may use a channel, with one thread at a time on each side.

    SPDX-License-Identifier: MPL-2.0
*/

#ifndef WEIR__PIPE_CHANNEL_H_INCLUDED
#define WEIR__PIPE_CHANNEL_H_INCLUDED

#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>

#include "pipe/box.h"

//  The value of by_link while the sender has not gone over to ZeroMQ.
#define WEIR__BY_LINK UINT64_MAX

enum { WEIR__CACHE_LINE = 64 };

//  The memory that both sides share. Only one side writes to each cache line,
//  except the line of `waiting`.
typedef struct weir__channel {
    //  Written by the sender. It raises `sent` before it sends the value: a
    //  receiver that has received that many values has received all.
    _Alignas(WEIR__CACHE_LINE) atomic_uint_fast64_t sent;
    atomic_uint_fast64_t by_link; //  values sent over the link; or BY_LINK

    //  Written by the receiver.
    _Alignas(WEIR__CACHE_LINE) atomic_uint_fast64_t received;
    atomic_bool receives; //  the receiver has begun to receive over ZeroMQ

    //  The sender sets it, and then looks at `received` again. The receiver
    //  raises `received`, and then looks at `waiting`. So at least one of them
    //  sees the other's change.
    _Alignas(WEIR__CACHE_LINE) atomic_bool waiting;

    //  Seldom written. The bounds are fixed once either end has been used.
    _Alignas(WEIR__CACHE_LINE) atomic_int limit;
    atomic_size_t size_max;
    atomic_bool
        closed; //  the receiver has closed its end. When it is killed, only the
                //  link tells
} weir__channel_t;

_Static_assert(ATOMIC_LLONG_LOCK_FREE == 2 && ATOMIC_POINTER_LOCK_FREE == 2,
               "processes can share no atomic that has a lock");

#endif
