/*  lock.h - the function of a lock's handle that a condition needs

    SPDX-License-Identifier: MPL-2.0
*/

#ifndef WEIR__API_LOCK_H_INCLUDED
#define WEIR__API_LOCK_H_INCLUDED

#include "weir/lock.h"

//  Stores a grant in the handle: [token, abandoned, ...]. If this thread's
//  guard is by this lock, moves it to the new grant.
void weir__lock_granted (weir_lock_t *self, const weir_value_t *grant);

#endif
