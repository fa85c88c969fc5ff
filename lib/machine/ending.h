/*  ending.h - the ends of waits, holds and objects, and resuming waiters

    SPDX-License-Identifier: MPL-2.0
*/

#ifndef WEIR__MACHINE_ENDING_H_INCLUDED
#define WEIR__MACHINE_ENDING_H_INCLUDED

#include "machine/core/types.h"

//  Resumes the waiters of an object whose condition now holds, and touches the
//  object for its polls. The caller calls it after each possible change.
void weir__settle (weir__object_t *object);

//  Ends a wait that was not granted. The kind may handle the end (wait_ended);
//  otherwise the request is refused with `error` and the sentence `cause`.
void weir__end_wait (weir__request_t *request, int error, const char *cause);

//  Ends a hold, tells its kind (holder_gone), and resumes waiters.
void weir__hold_abandon (weir__hold_t *hold, weir__leave_t leave);

//  Drops an object: tells its followers, ends its waits with ENOENT, and frees
//  it with its holds.
void weir__object_drop (weir__object_t *object);

#endif
