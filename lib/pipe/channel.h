/*  channel.h - one direction of a pipe

    A channel has a sending and a receiving side, and each side has its own
    turn, so the two never wait for each other inside a process. Between them:

    -   ZeroMQ, PUSH to PULL, over ipc or inproc, carries the values.
    -   The link, a SEQPACKET connection, tells each side when the other one is
        gone, however it went: the kernel hangs up. While nobody receives yet,
        values go by the link: they stay in the kernel, so a process can send
        its result and end before anybody asks for it. Once a value has gone
        by ZeroMQ, all that follow do. A note on the link wakes a receiver that
        has to look at ZeroMQ now, and a sender that waits for room.
    -   The struct below, in memory that both sides share, counts what is on
        the way. This is what bounds a channel. ZeroMQ's high water marks could
        not: a libzmq 4.3 that has stopped reading at its mark, and is told by
        epoll that the sender has hung up, gives up what is left in the kernel.

    SPDX-License-Identifier: MPL-2.0
*/

#ifndef WEIR__PIPE_CHANNEL_H_INCLUDED
#define WEIR__PIPE_CHANNEL_H_INCLUDED

#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>

#include "pipe/box.h"

//  As long as the sender has not gone over to ZeroMQ.
#define WEIR__BY_LINK UINT64_MAX

enum { WEIR__CACHE_LINE = 64 };

//  What both sides share. Each line is written by one side, but for `waiting`.
typedef struct weir__channel {
    //  The sender's. `sent` is raised before the value goes, so that a receiver
    //  that has as many has all.
    _Alignas(WEIR__CACHE_LINE) atomic_uint_fast64_t sent;
    atomic_uint_fast64_t by_link; //  how many went by the link, or BY_LINK

    //  The receiver's.
    _Alignas(WEIR__CACHE_LINE) atomic_uint_fast64_t received;
    atomic_bool receives; //  there is somebody who receives by ZeroMQ

    //  The sender sets it and then looks at `received` again; the receiver
    //  raises `received` and then looks at it: one of them sees the other.
    _Alignas(WEIR__CACHE_LINE) atomic_bool waiting;

    //  Seldom written. The bounds are fixed from the first use of either end on.
    _Alignas(WEIR__CACHE_LINE) atomic_int limit;
    atomic_size_t size_max;
    atomic_bool
        closed; //  the receiver has; when it is killed, only the link tells
} weir__channel_t;

_Static_assert(ATOMIC_LLONG_LOCK_FREE == 2 && ATOMIC_POINTER_LOCK_FREE == 2,
               "processes can share no atomic that has a lock");

#endif
