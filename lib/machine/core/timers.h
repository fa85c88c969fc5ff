/*  timers.h - what ends at its time: waits, and leases

    By deadline, and of equal ones by order.

    SPDX-License-Identifier: MPL-2.0
*/

#ifndef WEIR__MACHINE_CORE_TIMERS_H_INCLUDED
#define WEIR__MACHINE_CORE_TIMERS_H_INCLUDED

#include "machine/core/types.h"

//  The one that ends next; NULL: none does.
weir__timer_t *weir__timer_first (const weir__machine_t *self);

//  Makes room for a timer: from then on it can be set. False: no memory.
bool weir__timer_claim (weir__machine_t *self, weir__timer_t *timer);

//  Sets a timer that is not set; WEIR__NEVER leaves it so.
void weir__timer_set (weir__machine_t *self, weir__timer_t *timer,
                      uint64_t deadline_us);

void weir__timer_unset (weir__machine_t *self, weir__timer_t *timer);

//  Unsets it and gives its room up, if it has any.
void weir__timer_end (weir__machine_t *self, weir__timer_t *timer);

#endif
