/*  clock.c - the monotonic clock and deadlines on it

    SPDX-License-Identifier: MPL-2.0
*/

#include "base/clock.h"

#include <limits.h>
#include <time.h>

uint64_t weir__now_us (void)
{
    struct timespec now;
    clock_gettime (CLOCK_MONOTONIC, &now);
    return (uint64_t) now.tv_sec * 1000000 + (uint64_t) now.tv_nsec / 1000;
}

uint64_t weir__deadline_us (uint64_t now_us, int timeout_ms)
{
    return timeout_ms < 0 ? WEIR__NEVER : now_us + (uint64_t) timeout_ms * 1000;
}

int weir__poll_ms (uint64_t now_us, uint64_t deadline_us)
{
    if (deadline_us == WEIR__NEVER)
        return -1;
    if (deadline_us <= now_us)
        return 0;
    uint64_t left_ms = (deadline_us - now_us - 1) / 1000 + 1;
    return left_ms > INT_MAX ? INT_MAX : (int) left_ms;
}
