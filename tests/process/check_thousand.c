/*  check_thousand.c - a thousand waiting processes, and too few descriptors

    SPDX-License-Identifier: MPL-2.0
*/

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "kit/shared.h"

enum {
    //  A sanitizer takes several times the memory, and the time.
    PROCESSES = TEST_IS_WATCHED ? 50 : 1000,
    PATIENCE_MS = 12 * TEST_PATIENCE_MS,
    TIMEOUT_S = 120
};

//  The order in which processes came, by pid.
typedef struct order {
    int count;
    pid_t pids [PROCESSES];
} order_t;

//  In memory shared by all. The lock guards the first two.
typedef struct board {
    order_t locked, notified;
    pid_t places [PROCESSES]; //  at the barrier
} board_t;

static weir_lock_t *lock;
static weir_condition_t *condition;
static weir_event_t *event;
static weir_rwlock_t *rwlock;
static weir_barrier_t *barrier;
static board_t *board;

static void note (order_t *order)
{
    order->pids [order->count++] = getpid ();
}

static void wait_everywhere (void *unused)
{
    (void) unused;
    test_must (weir_event_wait (event, -1) == 0);
    test_must (weir_lock_acquire (lock, -1) == 0);
    note (&board->locked);
    test_must (weir_condition_wait (condition, lock, -1) == 0);
    note (&board->notified);
    test_must (weir_lock_release (lock) == 0);
    test_must (weir_rwlock_acquire_read (rwlock, -1) == 0);
    int64_t place = weir_barrier_wait (barrier, -1);
    test_must (place >= 0 && place < PROCESSES);
    board->places [place] = getpid ();
    test_must (weir_rwlock_release (rwlock) == 0);
}

//  Waits until all wait at the object. Gives their order.
static void await_all (void *object, order_t *ret_order)
{
    weir_value_t info;
    uint64_t end_us = shared_now_us () + PATIENCE_MS * UINT64_C (1000);
    while (shared_waiters (object) != PROCESSES)
        ck_assert (shared_now_us () < end_us);
    works (weir_object_info (object, &info));
    const weir_value_t *waiters =
        weir_value_find (info, weir_value_string ("waiters"));
    ck_assert_uint_eq (waiters->size, PROCESSES);
    ret_order->count = PROCESSES;
    for (int i = 0; i < PROCESSES; i++) {
        const weir_value_t *pid =
            weir_value_find (waiters->items [i], weir_value_string ("pid"));
        ret_order->pids [i] = (pid_t) pid->integer;
    }
    weir_value_clear (&info);
}

static void ck_order (const order_t *found, const order_t *wanted)
{
    ck_assert_int_eq (found->count, wanted->count);
    for (int i = 0; i < PROCESSES; i++)
        ck_assert_int_eq (found->pids [i], wanted->pids [i]);
}

static void make_all (weir_owner_t *owner)
{
    exists (lock = weir_lock_new (owner, "lock"));
    exists (condition = weir_condition_new (owner, "condition", lock));
    exists (event = weir_event_new (owner, "event"));
    exists (rwlock = weir_rwlock_new (owner, "rwlock"));
    exists (barrier = weir_barrier_new (owner, "barrier", PROCESSES));
    board = test_shared (sizeof *board);
}

static void destroy_all (void)
{
    weir_barrier_destroy (&barrier);
    weir_event_destroy (&event);
    weir_rwlock_destroy (&rwlock);
    weir_condition_destroy (&condition);
    weir_lock_destroy (&lock);
    test_unshare (board, sizeof *board);
}

static double lap (uint64_t *since_us)
{
    uint64_t before_us = *since_us;
    *since_us = shared_now_us ();
    return (double) (*since_us - before_us) / 1e6;
}

//  MiB available for new processes, by the kernel's estimate.
static long free_mib (void)
{
    char line [100];
    long kib = 0;
    FILE *file = fopen ("/proc/meminfo", "r");
    ck_assert_ptr_nonnull (file);
    while (fgets (line, sizeof line, file) &&
           sscanf (line, "MemAvailable: %ld", &kib) != 1)
        ;
    fclose (file);
    return kib / 1024;
}

START_TEST (a_thousand_processes_are_served_in_their_order)
{
    static pid_t pids [PROCESSES];
    static order_t order;
    weir_owner_t *owner = shared_owner (SHARED_PROCESS);
    make_all (owner);
    long before_mib = free_mib ();
    uint64_t now_us = shared_now_us ();
    for (int i = 0; i < PROCESSES; i++)
        pids [i] = test_fork (wait_everywhere, NULL);
    await_all (event, &order);
    printf ("%d came in %.2f s with %ld MiB; ", PROCESSES, lap (&now_us),
            before_mib - free_mib ());
    works (weir_lock_acquire (lock, -1));
    works (weir_rwlock_acquire_write (rwlock, -1));
    works (weir_event_set (event));
    await_all (lock, &order);
    printf ("event %.2f s, ", lap (&now_us));
    works (weir_lock_release (lock));
    order_t *waiting = malloc (sizeof *waiting);
    await_all (condition, waiting);
    ck_order (&board->locked, &order);
    ck_order (waiting, &order);
    printf ("lock %.2f s, ", lap (&now_us));
    works (weir_lock_acquire (lock, -1));
    ck_assert_int_eq (weir_condition_notify_all (condition), PROCESSES);
    works (weir_lock_release (lock));
    //  A process that has released the lock may be overtaken before this.
    await_all (rwlock, waiting);
    ck_order (&board->notified, &order);
    printf ("condition %.2f s, ", lap (&now_us));
    works (weir_rwlock_release (rwlock));
    for (int i = 0; i < PROCESSES; i++)
        ck_assert_int_eq (test_join (pids [i]), 0);
    for (int i = 0; i < PROCESSES; i++)
        ck_assert_int_gt (board->places [i], 0);
    printf ("rwlock, barrier and end %.2f s\n", lap (&now_us));
    free (waiting);
    destroy_all ();
    shared_owner_end (&owner);
}
END_TEST

//  ---------------------------------------------------------------------------
//  Few descriptors

enum { FEW = 64, LOW = 256 };

static void limit_descriptors (rlim_t soft, rlim_t hard)
{
    struct rlimit files;
    ck_assert_int_eq (getrlimit (RLIMIT_NOFILE, &files), 0);
    files.rlim_cur = soft;
    files.rlim_max = hard ? hard : files.rlim_max;
    ck_assert_int_eq (setrlimit (RLIMIT_NOFILE, &files), 0);
}

static void wait_for_event (void *unused)
{
    (void) unused;
    test_must (weir_event_wait (event, -1) == 0);
}

//  Two descriptors for each, more than the soft limit of its program.
START_TEST (an_owner_takes_all_descriptors_that_it_may_have)
{
    pid_t pids [FEW];
    limit_descriptors (FEW, 0);
    weir_owner_t *owner = shared_owner (_i);
    exists (event = weir_event_new (owner, "event"));
    for (int i = 0; i < FEW; i++)
        pids [i] = test_fork (wait_for_event, NULL);
    ck_assert (shared_await_waiters (event, FEW));
    works (weir_event_set (event));
    for (int i = 0; i < FEW; i++)
        ck_assert_int_eq (test_join (pids [i]), 0);
    weir_event_destroy (&event);
    shared_owner_end (&owner);
}
END_TEST

//  Waits, unless it is refused: then the failure has a sentence.
static void wait_or_go (void *unused)
{
    (void) unused;
    if (weir_event_wait (event, -1) == 0)
        return;
    test_must (errno == ENOBUFS && strstr (weir_error (), "descriptors"));
    _exit (1);
}

typedef struct visit {
    test_latch_t *refused, *room;
} visit_t;

//  Is refused, and comes again when there is room.
static void come_again (void *arg)
{
    const visit_t *self = arg;
    test_must (weir_event_is_set (event) == -1 && errno == ENOBUFS);
    test_latch_open (self->refused);
    test_must (test_latch_wait (self->room, TEST_PATIENCE_MS));
    test_must (weir_event_is_set (event) == 0);
}

static bool is_in_line (pid_t pid, int64_t count)
{
    while (!test_ends (pid, 0))
        if (shared_waiters (event) == count)
            return true;
    return false;
}

//  Starts processes one by one until one is refused. Returns the number that
//  wait.
static int fill_up (pid_t pids [LOW], int count)
{
    for (; count < LOW; count++) {
        pids [count] = test_fork (wait_or_go, NULL);
        if (is_in_line (pids [count], count + 1))
            continue;
        ck_assert_int_eq (test_join (pids [count]), 1);
        return count;
    }
    ck_abort_msg ("nobody is refused");
}

START_TEST (an_owner_in_a_thread_leaves_the_limit_to_the_program)
{
    struct rlimit files;
    limit_descriptors (FEW, 0);
    rlim_t soft = getrlimit (RLIMIT_NOFILE, &files) == 0 ? files.rlim_cur : 0;
    weir_owner_t *owner = shared_owner (SHARED_THREAD);
    ck_assert_int_eq (getrlimit (RLIMIT_NOFILE, &files), 0);
    ck_assert_uint_eq (files.rlim_cur, soft);
    shared_owner_end (&owner);
}
END_TEST

START_TEST (new_processes_are_refused_when_descriptors_are_short)
{
    pid_t pids [LOW];
    limit_descriptors (LOW, LOW);
    weir_owner_t *owner = shared_owner (_i);
    exists (event = weir_event_new (owner, "event"));
    visit_t visit = {test_latch_new (), test_latch_new ()};
    int count = fill_up (pids, 0);
    ck_assert_int_ge (count, LOW / 4);
    pid_t refused = test_fork (come_again, &visit);
    ck_assert (test_latch_wait (visit.refused, TEST_PATIENCE_MS));
    //  When some have gone there is room again, and all others are still there.
    for (int i = count / 2; i < count; i++)
        test_kill (pids [i]);
    ck_assert (shared_await_waiters (event, count / 2));
    test_latch_open (visit.room);
    ck_assert_int_eq (test_join (refused), 0);
    int again = fill_up (pids, count / 2);
    ck_assert_int_ge (again, count - 1);
    works (weir_event_set (event));
    for (int i = 0; i < again; i++)
        ck_assert_int_eq (test_join (pids [i]), 0);
    test_latch_destroy (&visit.refused);
    test_latch_destroy (&visit.room);
    weir_event_destroy (&event);
    shared_owner_end (&owner);
}
END_TEST

//  Allows this number of additional descriptors.
static void leave_descriptors (int count)
{
    int fds [LOW], got = 0;
    while (got < LOW && (fds [got] = dup (STDERR_FILENO)) >= 0)
        got++;
    test_must (got == LOW || errno == EMFILE);
    for (int i = 0; i < count; i++)
        close (fds [--got]);
}

static void *call_once (void *unused)
{
    (void) unused;
    test_must (weir_event_is_set (event) == 0 ||
               (errno == EMFILE && strstr (weir_error (), "descriptors")));
    return NULL;
}

typedef struct want {
    int count;
    bool attached; //  the process has a link, but not the calling thread
} want_t;

static void call_with_few (void *arg)
{
    const want_t *want = arg;
    pthread_t thread;
    struct rlimit files = {LOW, LOW};
    test_must (setrlimit (RLIMIT_NOFILE, &files) == 0);
    if (want->attached)
        test_must (weir_event_is_set (event) == 0);
    leave_descriptors (want->count);
    test_must (pthread_create (&thread, NULL, call_once, NULL) == 0);
    test_must (pthread_join (thread, NULL) == 0);
}

START_TEST (a_process_with_too_few_descriptors_is_told)
{
    weir_owner_t *owner = shared_owner (SHARED_PROCESS);
    exists (event = weir_event_new (owner, "event"));
    for (want_t want = {0, _i}; want.count < 16; want.count++)
        ck_assert_int_eq (test_join (test_fork (call_with_few, &want)), 0);
    weir_event_destroy (&event);
    shared_owner_end (&owner);
}
END_TEST

int main (void)
{
    Suite *suite = suite_create ("thousand");
    TCase *tcase = test_case (suite, "processes");
    tcase_set_timeout (tcase, TIMEOUT_S);
    tcase_add_test (tcase, a_thousand_processes_are_served_in_their_order);
    tcase = test_case (suite, "descriptors");
    tcase_set_timeout (tcase, TIMEOUT_S);
    tcase_add_loop_test (tcase, an_owner_takes_all_descriptors_that_it_may_have,
                         0, SHARED_THREAD);
    tcase_add_test (tcase,
                    an_owner_in_a_thread_leaves_the_limit_to_the_program);
    tcase_add_loop_test (tcase,
                         new_processes_are_refused_when_descriptors_are_short,
                         0, SHARED_FORKING_FORMS);
    tcase_add_loop_test (tcase, a_process_with_too_few_descriptors_is_told, 0,
                         2);
    return test_main (suite);
}
