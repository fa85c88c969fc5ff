/*  random.c - numbers that nobody can guess

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
        //  Up to 256 bytes come whole, or not at all when interrupted
        //  while the kernel's pool is not ready yet (getrandom(2)).
        ssize_t size = getrandom (&number, sizeof number, 0);
        assert (size == sizeof number || (size == -1 && errno == EINTR));
        if (size != sizeof number)
            number = 0;
    }
    return number;
}
