/*  box.h - the ends of a pipe while nobody has them yet

    What a process needs to use an end are descriptors. Until somebody uses the
    end they are in flight: in a message that lies unread in a socket, the box.
    A forked child inherits boxes, never what is in them. The kernel hands a
    message out once, so one process gets the end, and has it alone: its
    children do not inherit it. When that process dies, or when nobody is left
    who could open the box, the kernel closes what was in it. Either way the
    other end's links hang up, and nobody ever asks whether a process lives.

    Nothing of a pipe has a name in the file system: the sockets' files are
    removed as soon as there are descriptors for them.

    SPDX-License-Identifier: MPL-2.0
*/

#ifndef WEIR__PIPE_BOX_H_INCLUDED
#define WEIR__PIPE_BOX_H_INCLUDED

#include <stdbool.h>

#include "base/identity.h"

//  The descriptors of one side of a channel; -1 when there is none.
typedef struct weir__side {
    int link; //  to the other side; see channel.h
    int door; //  of the receiving side: a listening socket; of the sending side:
              //  O_PATH of that socket's file
} weir__side_t;

//  The sides that make an end; an end of a one-way pipe has only one of them.
typedef struct weir__sides {
    weir__side_t receiving;
    weir__side_t sending;
} weir__sides_t;

#define WEIR__SIDE_INIT ((weir__side_t){-1, -1})
#define WEIR__SIDES_INIT ((weir__sides_t){WEIR__SIDE_INIT, WEIR__SIDE_INIT})

//  Makes the two ends of a pipe and puts each in a box; the first one receives,
//  and with duplex both do both. Returns 0, or -1 with EMFILE, ENFILE, ENOMEM,
//  or what the runtime directory gave.
int weir__boxes_make (bool duplex, int ret_boxes [2]);

//  Takes the end out of the box, which stays open and empty. What comes out is
//  closed in forked children. Returns 0, or -1 with EBUSY (it is empty, or -1:
//  not ours), EMFILE or ENOMEM (the end is still in it).
int weir__box_open (int box, weir__sides_t *ret_end);

//  The links of two ends within one process. Returns 0, or -1 with EMFILE,
//  ENFILE or ENOMEM.
int weir__sides_make (bool duplex, weir__sides_t ret_ends [2]);

//  Closes what weir__box_open or weir__sides_make gave.
void weir__side_close (weir__side_t *side);

//  Hangs up: the other ends' links say so, and so does our receiving link, for
//  the thread that waits there. Our sending link still tells of the other side.
void weir__sides_hang_up (const weir__sides_t *sides);

//  Returns -1 with EBADF when the number of a box (-1: none) means another
//  descriptor. / Closes a box, unless it does, and sets it to -1.
int weir__box_check (int box, weir__identity_t identity);
void weir__box_close (int *box, weir__identity_t identity);

#endif
