/*  link.h - the link of a channel, as both of its sides use it

    SPDX-License-Identifier: MPL-2.0
*/

#ifndef WEIR__PIPE_LINK_H_INCLUDED
#define WEIR__PIPE_LINK_H_INCLUDED

#include <stdint.h>
#include <sys/types.h>

//  The size of the packet that comes next, which stays; 0 when the other side
//  has hung up, -1 with EAGAIN when there is none.
ssize_t weir__link_peek (int link);

//  Takes the next packet out, cut to `size`. As weir__link_peek.
ssize_t weir__link_take (int link, void *data, size_t size);

//  Sends a packet without waiting. Returns 0, or -1 with EPIPE (the other side
//  has hung up), or EAGAIN (it does not fit now, or never).
int weir__link_put (int link, const void *data, size_t size);

//  A note is a packet that says nothing: it wakes the other side. A value never
//  looks like one: MessagePack has no use for this byte.
enum { WEIR__NOTE = 0xc1 };

//  Sends a note, unless the link is full: then the other side has no need of it.
void weir__link_note (int link);

//  Waits until there is a packet, the other side has hung up, or the descriptor
//  `bell` is readable. Returns 0, or -1 with EAGAIN (the deadline has passed) or
//  EINTR.
int weir__link_wait (int link, int bell, uint64_t deadline_us);

#endif
