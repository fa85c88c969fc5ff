/*  ending.h - what lets waiters go on: changes, and ends of waits, holds and objects

    SPDX-License-Identifier: MPL-2.0
*/

#ifndef WEIR__MACHINE_ENDING_H_INCLUDED
#define WEIR__MACHINE_ENDING_H_INCLUDED

#include "machine/core/types.h"

//  The object may have changed: who waits for that is let go on.
void weir__settle (weir__object_t *object);

//  Ends a wait before it was granted, as the kind will have it.
void weir__end_wait (weir__request_t *request, int error, const char *cause);

//  Ends and frees a hold, and tells the kind.
void weir__hold_abandon (weir__hold_t *hold, weir__leave_t leave);

//  Ends an object: who waits at it is told, who holds it no longer does.
void weir__object_drop (weir__object_t *object);

#endif
