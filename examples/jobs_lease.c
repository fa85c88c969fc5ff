/*  jobs_lease.c - a worker is killed in the middle of a job; no job is lost

    The worker has leased the job and has not acknowledged it. So the job comes
    back to the head of the queue, and the next worker gets it. The number of
    deliveries tells that worker that this is the second attempt.

    Run:    examples/jobs_lease
    Prints: the worker, the job and the attempt

    SPDX-License-Identifier: MPL-2.0
*/

#include <signal.h>
#include <weir.h>

typedef struct plant {
    const char *worker;
    weir_queue_t *jobs;
    weir_list_t *done;
} plant_t;

static void work (void *arg)
{
    plant_t *plant = arg;
    weir_lease_t lease;
    while (weir_queue_get_lease (plant->jobs, -1, &lease, -1) == 0) {
        if (lease.value.integer == 3 && lease.deliveries == 1)
            raise (SIGKILL); //  a crash, a kernel out of memory, ...
        weir_list_append (plant->done, weir_list_of (plant->worker, lease.value,
                                                     lease.deliveries));
        if (weir_queue_ack (plant->jobs, lease.id) != 0)
            fprintf (stderr, "%s\n", weir_error ());
        weir_value_clear (&lease.value);
    }
}

int main (void)
{
    weir_owner_t *owner = weir_owner_new (NULL);
    plant_t plant = {
        .jobs = weir_queue_new (owner, "jobs", 0),
        .done = weir_list_new (owner, "done"),
    };
    weir_queue_put_many (plant.jobs, weir_list_of (1, 2, 3, 4, 5), -1);
    weir_queue_close (plant.jobs);

    const char *workers [] = {"ann", "bob"};
    for (int i = 0; i < 2; i++) {
        plant.worker = workers [i];
        weir_process_t *process = weir_process_new (work, &plant);
        weir_process_destroy (&process); //  waits for its end
    }
    if (weir_queue_join (plant.jobs, -1) == 0)
        weir_list_print (plant.done, stdout);

    weir_list_destroy (&plant.done);
    weir_queue_destroy (&plant.jobs);
    weir_owner_destroy (&owner);
    return 0;
}
