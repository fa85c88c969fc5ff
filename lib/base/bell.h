/*  bell.h - a descriptor that one thread rings to wake others

    Any thread. A bell that nobody waits for costs a load.

    SPDX-License-Identifier: MPL-2.0
*/

#ifndef WEIR__BASE_BELL_H_INCLUDED
#define WEIR__BASE_BELL_H_INCLUDED

#include <stdatomic.h>
#include <stdbool.h>

//  An eventfd, which forked children close; -1 until it is made.
typedef atomic_int weir__bell_t;

//  Makes the bell, if it is not there yet; one thread at a time. rung: as if it
//  had been rung once. Returns 0, or -1 with EMFILE or ENOMEM.
int weir__bell_make (weir__bell_t *self, bool rung);

//  From now on the descriptor is readable; for who waits for an edge, once more
//  each time.
void weir__bell_ring (weir__bell_t *self);

//  Closes it, if it was made.
void weir__bell_close (weir__bell_t *self);

#endif
