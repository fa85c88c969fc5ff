/*  turn.h - a mutex with deadlines, interruptible by signals

    A waiter can give a deadline on the monotonic clock, and a signal interrupts
    it. The turn is not recursive. It has a bell for threads that wait
    elsewhere, in a poll; the bell rings whenever the turn is passed.

    SPDX-License-Identifier: MPL-2.0
*/

#ifndef WEIR__BASE_TURN_H_INCLUDED
#define WEIR__BASE_TURN_H_INCLUDED

#include <semaphore.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/bell.h"

typedef struct weir__turn {
    sem_t semaphore;
    weir__bell_t bell; //  a thread that needs it makes it
} weir__turn_t;

//  Initializes the turn as free. A forked child also calls this on a turn that
//  it inherited.
void weir__turn_init (weir__turn_t *self);

//  Takes the turn. Waits until it is free or the deadline passes. Returns 0, or
//  -1 with EAGAIN (the deadline has passed) or EINTR.
int weir__turn_take (weir__turn_t *self, uint64_t deadline_us);

//  Returns whether the turn is free. A forked child asks this before it
//  initializes an inherited turn.
bool weir__turn_is_free (weir__turn_t *self);

//  Releases the turn and rings the bell.
void weir__turn_pass (weir__turn_t *self);

//  Releases the turn without ringing the bell, for a holder that has changed
//  nothing.
void weir__turn_give_back (weir__turn_t *self);

#endif
