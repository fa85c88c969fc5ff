/*  bell.c - a descriptor that one thread rings to wake others

    SPDX-License-Identifier: MPL-2.0
*/

#include "base/bell.h"

#include <errno.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "base/error.h"
#include "base/fork.h"

int weir__bell_make (weir__bell_t *self, bool rung)
{
    if (atomic_load (self) >= 0)
        return 0;
    weir__process_lock ();
    int bell = eventfd (rung, EFD_CLOEXEC | EFD_NONBLOCK), error = errno;
    if (bell >= 0 && weir__fork_close_locked (bell) != 0) {
        error = errno;
        close (bell);
        bell = -1;
    }
    weir__process_unlock ();
    if (bell < 0)
        return weir__fail (error, "descriptor: cannot make one to wait at: %s",
                           strerror (error));
    atomic_store (self, bell);
    return 0;
}

void weir__bell_ring (weir__bell_t *self)
{
    int bell = atomic_load (self);
    if (bell >= 0)
        eventfd_write (bell, 1);
}

void weir__bell_close (weir__bell_t *self)
{
    int bell = atomic_exchange (self, -1);
    if (bell >= 0)
        weir__close (bell);
}
