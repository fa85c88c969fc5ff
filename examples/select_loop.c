/*  select_loop.c - jobs from a queue in a program that has a loop of its own

    The loop waits by poll for its own descriptor, here a pipe of the operating
    system, and for a select: one descriptor for all objects of Weir.

    Run:    examples/select_loop
    Prints: each message and its source

    SPDX-License-Identifier: MPL-2.0
*/

#include <poll.h>
#include <unistd.h>
#include <weir.h>

typedef struct program {
    weir_queue_t *jobs;
    weir_process_t *worker;
    weir_select_t *select;
    int job, end; //  sources of the select
    int64_t sum;
    bool ended;
} program_t;

static void work (void *arg)
{
    for (int i = 1; i <= 4; i++)
        weir_queue_put (arg, i, -1);
}

//  Takes one of what is ready; if there is more, the loop comes back.
static void take (program_t *self)
{
    weir_value_t value;
    int ready = weir_select_wait (self->select, 0);
    if (ready == self->job && weir_queue_get (self->jobs, &value, 0) == 0)
        self->sum += value.integer;
    else if (ready == self->end) {
        self->ended = true;
        weir_select_remove (self->select, self->end);
    }
}

static void run_loop (program_t *self, int input)
{
    struct pollfd items [] = {
        {.fd = input, .events = POLLIN},
        {.fd = weir_select_fd (self->select), .events = POLLIN},
    };
    char letter = 0;
    while (letter == 0 || !self->ended || self->sum < 10) {
        if (poll (items, 2, -1) < 0)
            break;
        if (items [0].revents && read (input, &letter, 1) != 1)
            break;
        if (items [1].revents)
            take (self);
    }
    printf ("the pipe gave '%c', the jobs sum up to %d\n", letter,
            (int) self->sum);
}

int main (void)
{
    int fds [2];
    weir_owner_t *owner = weir_owner_new (NULL);
    program_t self = {
        .jobs = weir_queue_new (owner, "jobs", 0),
        .select = weir_select_new (),
    };
    self.worker = weir_process_new (work, self.jobs);
    self.job = weir_select_add (self.select, self.jobs, WEIR_READY_GET);
    self.end = weir_select_add_process (self.select, self.worker);
    if (pipe (fds) == 0 && write (fds [1], "x", 1) == 1)
        run_loop (&self, fds [0]);

    weir_select_destroy (&self.select);
    weir_process_destroy (&self.worker);
    weir_queue_destroy (&self.jobs);
    weir_owner_destroy (&owner);
    return 0;
}
