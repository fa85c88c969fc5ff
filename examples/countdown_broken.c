/*  countdown_broken.c - a countdown without an owner and without a lock

    Each of 100 processes subtracts one from a number in plain shared memory.
    Read, change and write are three steps. A process that reads between the
    read and the write of another process undoes the change of the other. All
    processes start together, and each yields between its read and its write, so
    that one run shows a fault that is otherwise rare.

    Run:    examples/countdown_broken
    Prints: a number that should be 0, and is not, most of the time.

    SPDX-License-Identifier: MPL-2.0
*/

#include <sched.h>
#include <sys/mman.h>

#include <weir.h>

enum { WORKERS = 100 };

typedef struct shared {
    volatile int started; //  volatile: really read and written each
    volatile int count;   //  time. It does not make a step of three.
} shared_t;

static void work (void *arg)
{
    shared_t *shared = arg;
    while (!shared->started)
        sched_yield ();
    int count = shared->count;
    sched_yield ();
    shared->count = count - 1;
}

int main (void)
{
    shared_t *shared = mmap (NULL, sizeof *shared, PROT_READ | PROT_WRITE,
                             MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (shared == MAP_FAILED)
        return 1;
    shared->count = WORKERS;

    weir_process_t *workers [WORKERS];
    for (int i = 0; i < WORKERS; i++)
        workers [i] = weir_process_new (work, shared);
    shared->started = 1;
    for (int i = 0; i < WORKERS; i++)
        weir_process_destroy (&workers [i]);
    printf ("count: %d, which is %s\n", shared->count,
            shared->count ? "not 0" : "0, for once");
    return 0;
}
