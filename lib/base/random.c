/*  random.c - unpredictable random numbers

    SPDX-License-Identifier: MPL-2.0
*/

#include "base/random.h"

#include <assert.h>
#include <errno.h>
#include <sys/random.h>

uint64_t weir__random (void)
{
    uint64_t number = 0;
    while (number == 0) {
        //  getrandom (2) gives up to 256 bytes completely, or fails when a
        //  signal interrupts it before the pool of the kernel is ready.
        ssize_t size = getrandom (&number, sizeof number, 0);
        assert (size == sizeof number || (size == -1 && errno == EINTR));
        if (size != sizeof number)
            number = 0;
    }
    return number;
}
