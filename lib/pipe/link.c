/*  link.c - the link of a channel, as both of its sides use it

    SPDX-License-Identifier: MPL-2.0
*/

#include "pipe/link.h"

#include <errno.h>
#include <poll.h>
#include <sys/socket.h>

#include "base/clock.h"

//  Receives a packet, without waiting. When the other side hung up without
//  having read all our packets, the kernel first reports ECONNRESET, once. Its
//  own packets may still be there, so the error is skipped.
static ssize_t receive (int link, void *data, size_t size, int flags)
{
    ssize_t got;
    do
        got = recv (link, data, size, MSG_DONTWAIT | flags);
    while (got == -1 && (errno == ECONNRESET || errno == EINTR));
    return got;
}

ssize_t weir__pipe_link_peek (int link)
{
    char byte;
    return receive (link, &byte, 1, MSG_PEEK | MSG_TRUNC);
}

ssize_t weir__pipe_link_take (int link, void *data, size_t size)
{
    return receive (link, data, size, 0);
}

int weir__pipe_link_put (int link, const void *data, size_t size)
{
    ssize_t sent;
    do
        sent = send (link, data, size, MSG_DONTWAIT | MSG_NOSIGNAL);
    while (sent == -1 && errno == EINTR);
    if (sent >= 0)
        return 0;
    errno = errno == EPIPE || errno == ECONNRESET ? EPIPE : EAGAIN;
    return -1;
}

void weir__pipe_link_note (int link)
{
    const uint8_t note = WEIR__NOTE;
    weir__pipe_link_put (link, &note, sizeof note);
}

int weir__pipe_link_wait (int link, int bell, uint64_t deadline_us)
{
    struct pollfd items [2] = {{.fd = link, .events = POLLIN},
                               {.fd = bell, .events = POLLIN}};
    int ready = poll (items, 2, weir__poll_ms (weir__now_us (), deadline_us));
    if (ready == 0)
        errno = EAGAIN;
    return ready > 0 ? 0 : -1;
}
