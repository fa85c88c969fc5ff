/*  lock.h - what a condition's handle does with its lock's

    SPDX-License-Identifier: MPL-2.0
*/

#ifndef WEIR__API_LOCK_H_INCLUDED
#define WEIR__API_LOCK_H_INCLUDED

#include "weir/lock.h"

//  Takes in what a grant tells: [token, abandoned, ...].
void weir__lock_granted (weir_lock_t *self, const weir_value_t *grant);

#endif
