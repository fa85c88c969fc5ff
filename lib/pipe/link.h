/*  link.h - the link of a channel, as both of its sides use it

    SPDX-License-Identifier: MPL-2.0
*/

#ifndef WEIR__PIPE_LINK_H_INCLUDED
#define WEIR__PIPE_LINK_H_INCLUDED

#include <stdint.h>
#include <sys/types.h>

//  Returns the size of the next packet, which remains; 0 when the other side
//  has hung up; -1 with EAGAIN when no packet has arrived.
ssize_t weir__pipe_link_peek (int link);

//  Takes the next packet, cut to `size` bytes. Returns as weir__pipe_link_peek.
ssize_t weir__pipe_link_take (int link, void *data, size_t size);

//  Sends a packet without waiting. Returns 0, or -1 with EPIPE (the other side
//  has hung up) or EAGAIN (the packet does not fit now, or never will).
int weir__pipe_link_put (int link, const void *data, size_t size);

//  A note is a packet without content; it wakes the other side. No value looks
//  like a note, because MessagePack does not use this byte.
enum { WEIR__NOTE = 0xc1 };

//  Sends a note. Does nothing when the link is full: the other side has packets
//  to read then, and needs no note.
void weir__pipe_link_note (int link);

//  Waits until a packet has arrived, the other side has hung up, or the
//  descriptor `bell` is readable. Returns 0, or -1 with EAGAIN (the deadline
//  has passed) or EINTR.
int weir__pipe_link_wait (int link, int bell, uint64_t deadline_us);

#endif
