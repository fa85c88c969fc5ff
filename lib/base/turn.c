/*  turn.c - a mutex with deadlines, interruptible by signals

    SPDX-License-Identifier: MPL-2.0
*/

#include "base/turn.h"

#include <assert.h>
#include <errno.h>
#include <time.h>

#include "base/clock.h"
#include "base/tsan.h"

void weir__turn_init (weir__turn_t *self)
{
    int result = sem_init (&self->semaphore, 0, 1);
    assert (result == 0);
    (void) result;
    atomic_init (&self->bell, -1);
}

//  Waits for the semaphore until the deadline.
static int wait_for_semaphore (sem_t *semaphore, uint64_t deadline_us)
{
    if (deadline_us == WEIR__NEVER)
        return sem_wait (semaphore);
    struct timespec deadline = {
        .tv_sec = (time_t) (deadline_us / 1000000),
        .tv_nsec = (long) (deadline_us % 1000000) * 1000,
    };
    return sem_clockwait (semaphore, CLOCK_MONOTONIC, &deadline);
}

int weir__turn_take (weir__turn_t *self, uint64_t deadline_us)
{
    if (sem_trywait (&self->semaphore) != 0 &&
        wait_for_semaphore (&self->semaphore, deadline_us) != 0) {
        if (errno == ETIMEDOUT)
            errno = EAGAIN;
        return -1;
    }
    weir__take_over (self); //  ThreadSanitizer does not know sem_clockwait
    return 0;
}

bool weir__turn_is_free (weir__turn_t *self)
{
    int value = 0;
    sem_getvalue (&self->semaphore, &value);
    return value > 0;
}

//  The bell rings last, so that a woken thread can find the turn free.
void weir__turn_pass (weir__turn_t *self)
{
    weir__turn_give_back (self);
    weir__bell_ring (&self->bell);
}

void weir__turn_give_back (weir__turn_t *self)
{
    weir__hand_over (self);
    sem_post (&self->semaphore);
}
