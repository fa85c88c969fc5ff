/*  timers.h - the timers of waits and leases

    Timers are ordered by deadline; those with the same deadline by `order`.

    SPDX-License-Identifier: MPL-2.0
*/

#ifndef WEIR__MACHINE_CORE_TIMERS_H_INCLUDED
#define WEIR__MACHINE_CORE_TIMERS_H_INCLUDED

#include "machine/core/types.h"

//  Returns the timer that fires next; NULL when none is set.
weir__timer_t *weir__timer_first (const weir__machine_t *self);

//  Reserves room for a timer, so that it can be set. Returns false when out of
//  memory.
bool weir__timer_claim (weir__machine_t *self, weir__timer_t *timer);

//  Sets a timer that is not set. With WEIR__NEVER, does nothing.
void weir__timer_set (weir__machine_t *self, weir__timer_t *timer,
                      uint64_t deadline_us);

//  Unsets a timer. Its room stays reserved. Accepts one that is not set.
void weir__timer_unset (weir__machine_t *self, weir__timer_t *timer);

//  Unsets a timer and releases its room, if it has any.
void weir__timer_end (weir__machine_t *self, weir__timer_t *timer);

#endif
