/*  clock.h - the monotonic clock and deadlines on it

    A deadline is a moment on the monotonic clock, in microseconds;
    WEIR__NEVER is the moment that never comes.

    SPDX-License-Identifier: MPL-2.0
*/

#ifndef WEIR__BASE_CLOCK_H_INCLUDED
#define WEIR__BASE_CLOCK_H_INCLUDED

#include <stdint.h>

#define WEIR__NEVER UINT64_MAX

//  Microseconds on the monotonic clock.
uint64_t weir__now_us (void);

//  When a timeout that begins at now_us ends; a negative timeout never does.
uint64_t weir__deadline_us (uint64_t now_us, int timeout_ms);

//  How many milliseconds to poll until the deadline, rounded up; -1 for
//  WEIR__NEVER, 0 when it has passed.
int weir__poll_ms (uint64_t now_us, uint64_t deadline_us);

#endif
