/*  deadlock.h - finds the circle that a wait closes

    SPDX-License-Identifier: MPL-2.0
*/

#ifndef WEIR__MACHINE_DEADLOCK_H_INCLUDED
#define WEIR__MACHINE_DEADLOCK_H_INCLUDED

#include "machine/core/types.h"

//  Whether waiting for the call's object, until all who hold it give it up,
//  would never end, because one of them waits, directly or through others, for
//  something that the caller holds. Then the call has been refused with
//  EDEADLK, and the sentence names the circle. To be asked before parking. A
//  wait with a timeout ends, so it is none.
bool weir__deadlocks (weir__call_t *call);

//  A request that must not be refused waits for a lock from now on. If that
//  closes a circle, another wait in it is refused: of who holds that lock.
void weir__deadlock_break (const weir__request_t *request);

//  Ends a wait with ETIMEDOUT. If it would never have ended otherwise, the
//  sentence names the circle.
void weir__deadlock_time_out (weir__request_t *request);

#endif
