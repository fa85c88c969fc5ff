/*  box.h - the ends of a pipe while no process uses them

    A process uses an end by its descriptors. Until then, the descriptors are in
    flight: they lie in an unread message in a socket, the box. A forked child
    inherits the boxes, but not the descriptors in them. The kernel delivers a
    message once, so only one process gets the end, and its children do not
    inherit it. The kernel closes the descriptors when that process dies, or
    when no process is left that could open the box. Either way the links of the
    other end hang up, so no process ever has to ask whether another lives.

    A pipe has no name in the file system: the files of its sockets are removed
    as soon as there are descriptors for them.

    Any thread.

    SPDX-License-Identifier: MPL-2.0
*/

#ifndef WEIR__PIPE_BOX_H_INCLUDED
#define WEIR__PIPE_BOX_H_INCLUDED

#include <stdbool.h>

#include "base/identity.h"

//  The descriptors of one side of a channel; -1 for none.
typedef struct weir__side {
    int link; //  to the other side; see channel.h
    int door; //  receiving side: a listening socket; sending side: an O_PATH
              //  descriptor of that socket's file
} weir__side_t;

//  The sides that make up an end. An end of a one-way pipe has only one of
//  them.
typedef struct weir__sides {
    weir__side_t receiving;
    weir__side_t sending;
} weir__sides_t;

#define WEIR__SIDE_INIT ((weir__side_t){-1, -1})
#define WEIR__SIDES_INIT ((weir__sides_t){WEIR__SIDE_INIT, WEIR__SIDE_INIT})

//  Makes the two ends of a pipe, and puts each one into a box. The second end
//  sends and the first one receives; with `duplex`, both ends do both. Returns
//  0, or -1 with EMFILE, ENFILE, ENOMEM or an error of the runtime directory.
int weir__boxes_make (bool duplex, int ret_boxes [2]);

//  Takes the end out of a box, which stays open and empty. Forked children
//  close the descriptors of the end. Returns 0, or -1 with EBUSY (the box is
//  empty, or -1: another process has the end), EMFILE or ENOMEM (the end is
//  still in the box).
int weir__box_open (int box, weir__sides_t *ret_end);

//  Makes the links of both ends of a pipe within one process. Returns 0, or -1
//  with EMFILE, ENFILE or ENOMEM.
int weir__sides_make (bool duplex, weir__sides_t ret_ends [2]);

//  Closes the descriptors of a side that weir__box_open or weir__sides_make
//  made.
void weir__side_close (weir__side_t *side);

//  Hangs up. The links of the other end report it, and so does the receiving
//  link of this end, to the thread that waits there. The sending link of this
//  end still reports what the other side does.
void weir__sides_hang_up (const weir__sides_t *sides);

//  Checks that the number of a box still means the box. Returns 0 (also for -1:
//  no box), or -1 with EBADF when it means another descriptor.
int weir__box_check (int box, weir__identity_t identity);

//  Closes a box, unless its number means another descriptor, and sets it to -1.
void weir__box_close (int *box, weir__identity_t identity);

#endif
