/*  deadlock.h - finds the circle that a wait closes

    SPDX-License-Identifier: MPL-2.0
*/

#ifndef WEIR__MACHINE_DEADLOCK_H_INCLUDED
#define WEIR__MACHINE_DEADLOCK_H_INCLUDED

#include "machine/core/types.h"

//  Checks a call that is about to wait until all holders give its object up.
//  When a holder waits, directly or through others, for something that the
//  caller holds, the wait would never end: the function refuses the call with
//  EDEADLK, names the circle in the sentence, and returns true. A wait with a
//  timeout ends by itself: the function returns false.
bool weir__deadlocks (weir__call_t *call);

//  Breaks the circle, if any, that a request closes by its wait for a lock. The
//  request itself must not be refused, so the function refuses another wait in
//  the circle: that of the lock's holder, or the next one that can be refused.
void weir__deadlock_break (const weir__request_t *request);

//  Ends a wait with ETIMEDOUT. When the wait was part of a circle, the sentence
//  names the circle.
void weir__deadlock_time_out (weir__request_t *request);

#endif
