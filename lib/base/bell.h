/*  bell.h - a descriptor that one thread rings to wake others

    Any thread. Ringing a bell that is not made costs one atomic load.

    SPDX-License-Identifier: MPL-2.0
*/

#ifndef WEIR__BASE_BELL_H_INCLUDED
#define WEIR__BASE_BELL_H_INCLUDED

#include <stdatomic.h>
#include <stdbool.h>

//  An eventfd that forked children close; -1 until weir__bell_make.
typedef atomic_int weir__bell_t;

//  Makes the bell if it does not exist yet. Only one thread at a time may call
//  this. With `rung` the bell starts as if it had been rung once. Returns 0, or
//  -1 with EMFILE or ENOMEM.
int weir__bell_make (weir__bell_t *self, bool rung);

//  Makes the descriptor readable. An edge-triggered waiter gets one more event
//  for each call. Does nothing if the bell is not made.
void weir__bell_ring (weir__bell_t *self);

//  Closes the bell, if it was made.
void weir__bell_close (weir__bell_t *self);

#endif
