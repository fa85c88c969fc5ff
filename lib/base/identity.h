/*  identity.h - whether a descriptor's number still means the same

    A program may close descriptors that it does not know, as daemons do with
    closefrom (3), and then the kernel uses their numbers again. Sockets and
    pipes have an identity of their own; epolls, eventfds and, before Linux 6.9,
    pidfds share one.

    SPDX-License-Identifier: MPL-2.0
*/

#ifndef WEIR__BASE_IDENTITY_H_INCLUDED
#define WEIR__BASE_IDENTITY_H_INCLUDED

#include <stdbool.h>
#include <sys/types.h>

typedef struct weir__identity {
    dev_t device;
    ino_t inode;
} weir__identity_t;

//  The identity of an open descriptor. errno stays.
weir__identity_t weir__identity (int fd);

//  Whether the descriptor is open and has that identity. errno stays.
bool weir__is_identical (int fd, weir__identity_t identity);

#endif
