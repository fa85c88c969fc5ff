/*  turn.h - threads take turns, and can stop waiting for it

    A mutex whose waiters have a deadline on the monotonic clock and can be
    interrupted by a signal. Not recursive. It has a bell, for who waits
    elsewhere: that is rung whenever the turn is passed.

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
    weir__bell_t bell; //  made by who wants it
} weir__turn_t;

//  Nobody has the turn. Also for a forked child, over what it inherited.
void weir__turn_init (weir__turn_t *self);

//  Returns 0, or -1 with EAGAIN (the deadline has passed) or EINTR.
int weir__turn_take (weir__turn_t *self, uint64_t deadline_us);

//  Whether nobody had it, for a forked child that is about to initialize it.
bool weir__turn_is_free (weir__turn_t *self);

void weir__turn_pass (weir__turn_t *self);

//  The same, when all is as it was: without the bell.
void weir__turn_give_back (weir__turn_t *self);

#endif
