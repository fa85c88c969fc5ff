/*  lock.h - what a lock and its conditions do with each other

    SPDX-License-Identifier: MPL-2.0
*/

#ifndef WEIR__MACHINE_KINDS_LOCK_H_INCLUDED
#define WEIR__MACHINE_KINDS_LOCK_H_INCLUDED

#include "machine/core/types.h"

//  Returns whether the object is a lock or an rlock.
bool weir__is_lock (const weir__object_t *object);

//  Releases the lock completely, even when the holder has acquired it several
//  times. The request waits in the line of a condition, and has reserved a
//  hold; that hold keeps the count.
void weir__lock_wait (weir__hold_t *hold, weir__request_t *request);

//  Ends the wait at the condition with 0 or an error. The request moves to the
//  line of the lock, and is answered when its link holds the lock again, as
//  many times as before.
void weir__lock_wake (weir__object_t *object, weir__request_t *request,
                      int error);

#endif
