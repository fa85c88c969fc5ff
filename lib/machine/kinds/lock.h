/*  lock.h - what a lock and its conditions do with each other

    SPDX-License-Identifier: MPL-2.0
*/

#ifndef WEIR__MACHINE_KINDS_LOCK_H_INCLUDED
#define WEIR__MACHINE_KINDS_LOCK_H_INCLUDED

#include "machine/core/types.h"

//  Whether it is a lock or an rlock.
bool weir__is_lock (const weir__object_t *object);

//  The holder gives the lock up, however often it was acquired, for a request
//  that is parked elsewhere and has reserved a hold.
void weir__lock_wait (weir__hold_t *hold, weir__request_t *request);

//  That wait has ended, with 0 or an error: the request waits for the lock now,
//  and is answered when it has it as often as before.
void weir__lock_wake (weir__object_t *object, weir__request_t *request,
                      int error);

#endif
