/*  clock.h - the monotonic clock and deadlines on it

    A deadline is a moment on the monotonic clock, in microseconds. WEIR__NEVER
    stands for no deadline.

    SPDX-License-Identifier: MPL-2.0
*/

#ifndef WEIR__BASE_CLOCK_H_INCLUDED
#define WEIR__BASE_CLOCK_H_INCLUDED

#include <stdint.h>

#define WEIR__NEVER UINT64_MAX

//  Returns the time on the monotonic clock, in microseconds.
uint64_t weir__now_us (void);

//  Returns the deadline of a timeout that starts at `now_us`; WEIR__NEVER for a
//  negative timeout.
uint64_t weir__deadline_us (uint64_t now_us, int timeout_ms);

//  Returns how many milliseconds to poll until the deadline, rounded up: -1 for
//  WEIR__NEVER, 0 when the deadline has passed.
int weir__poll_ms (uint64_t now_us, uint64_t deadline_us);

#endif
