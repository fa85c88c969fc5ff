/*  identity.h - whether a descriptor still refers to the same file

    A program may close descriptors that it does not know, as daemons do with
    closefrom (3), and the kernel then reuses their numbers. Each socket and
    each pipe has an identity of its own. Epolls, eventfds and, before Linux
    6.9, pidfds all share one identity.

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

//  Returns the identity of an open descriptor; all zero if it is not open.
//  Keeps errno.
weir__identity_t weir__identity (int fd);

//  Returns whether the descriptor is open and has that identity. Keeps errno.
bool weir__is_identical (int fd, weir__identity_t identity);

#endif
