/*  shared.c - shared parts of the tests of the public API

    SPDX-License-Identifier: MPL-2.0
*/

#include "kit/shared.h"

#include <dirent.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

//  ---------------------------------------------------------------------------
//  Owners

static shared_daemon_t opened = {.stop_fd = -1};
static test_latch_t *serving;

static void say_serving (const char *path)
{
    test_must (path && path [0] == '/');
    test_latch_open (serving);
}

shared_daemon_t shared_daemon_start (const char *name)
{
    int stop [2];
    ck_assert_int_eq (pipe (stop), 0);
    serving = test_latch_new ();
    fflush (stdout);
    pid_t pid = fork ();
    ck_assert_int_ge (pid, 0);
    if (pid == 0) {
        close (stop [1]);
        if (weir_owner_serve (name, stop [0], say_serving) != 0)
            fprintf (stderr, "serve: %s\n", weir_error ());
        else
            _exit (0);
        _exit (1);
    }
    close (stop [0]);
    ck_assert (test_latch_wait (serving, TEST_PATIENCE_MS));
    test_latch_destroy (&serving);
    return (shared_daemon_t){pid, stop [1]};
}

void shared_daemon_stop (shared_daemon_t *self)
{
    //  A byte ends it, because children of ours may have the writing end as
    //  well.
    ck_assert_int_eq (write (self->stop_fd, "x", 1), 1);
    close (self->stop_fd);
    ck_assert_int_eq (test_join (self->pid), 0);
    *self = (shared_daemon_t){.stop_fd = -1};
}

weir_owner_t *shared_owner (int form)
{
    weir_owner_t *owner;
    test_thread_owns |= form == SHARED_THREAD;
    if (form == SHARED_PROCESS)
        owner = weir_owner_new (NULL);
    else if (form == SHARED_THREAD)
        owner = weir_owner_new_thread (NULL);
    else {
        opened = shared_daemon_start ("daemon");
        owner = weir_owner_open ("daemon");
    }
    exists (owner);
    return owner;
}

void shared_owner_end (weir_owner_t **owner_p)
{
    weir_owner_destroy (owner_p);
    ck_assert_ptr_null (*owner_p);
    if (opened.stop_fd >= 0)
        shared_daemon_stop (&opened);
}

//  ---------------------------------------------------------------------------
//  Results of calls

void shared_refused (bool failed, int error, const char *call, const char *file,
                     int line)
{
    int found = errno;
    const char *sentence = weir_error ();
    if (failed && found == error && strlen (sentence) > 10 &&
        strcmp (sentence, "out of memory") != 0)
        return;
    ck_abort_msg ("%s:%d: %s: %s, errno %s instead of %s: %s", file, line, call,
                  failed ? "it failed" : "it did not fail", strerror (found),
                  strerror (error), sentence);
}

void shared_worked (bool good, const char *call, const char *file, int line)
{
    int found = errno;
    if (!good)
        ck_abort_msg ("%s:%d: %s: %s (%s)", file, line, call, weir_error (),
                      strerror (found));
}

void shared_equal (weir_value_t *value, const char *literal, const char *file,
                   int line)
{
    weir_value_t wanted;
    works (weir_value_parse (literal, &wanted));
    bool same = value->type == wanted.type && weir_value_equal (*value, wanted);
    char *text = same ? NULL : weir_value_format (*value);
    if (!same)
        ck_abort_msg ("%s:%d: %s instead of %s", file, line, text, literal);
    weir_value_clear (&wanted);
    weir_value_clear (value);
}

//  ---------------------------------------------------------------------------
//  Threads and time

pthread_t shared_thread (void *(*fn) (void *), void *arg)
{
    pthread_t thread;
    int error = pthread_create (&thread, NULL, fn, arg);
    ck_assert_msg (error == 0, "pthread_create: %s", strerror (error));
    return thread;
}

void shared_join (pthread_t thread)
{
    ck_assert_int_eq (pthread_join (thread, NULL), 0);
}

void shared_interrupt (pthread_t thread, test_latch_t *interrupted)
{
    unsigned count = test_latch_count (interrupted);
    for (int i = 0; i < TEST_PATIENCE_MS; i++) {
        pthread_kill (thread, SIGUSR1);
        if (test_latch_wait_for (interrupted, count + 1, 1))
            return;
    }
    ck_abort_msg ("no signal interrupted the wait");
}

uint64_t shared_now_us (void)
{
    struct timespec now;
    clock_gettime (CLOCK_MONOTONIC, &now);
    return (uint64_t) now.tv_sec * 1000000 + (uint64_t) now.tv_nsec / 1000;
}

bool shared_await (bool (*reached) (void *context), void *context)
{
    uint64_t end_us = shared_now_us () + TEST_PATIENCE_MS * 1000;
    while (!reached (context)) {
        if (shared_now_us () > end_us)
            return false;
        sched_yield ();
    }
    return true;
}

int64_t shared_waiters (void *object)
{
    weir_value_t info;
    works (weir_object_info (object, &info));
    const weir_value_t *waiting =
        weir_value_find (info, weir_value_string ("waiting"));
    ck_assert_ptr_nonnull (waiting);
    int64_t count = waiting->integer;
    weir_value_clear (&info);
    return count;
}

typedef struct waiters {
    void *object;
    int64_t count;
} waiters_t;

static bool has_waiters (void *context)
{
    const waiters_t *waiters = context;
    return shared_waiters (waiters->object) == waiters->count;
}

bool shared_await_waiters (void *object, int64_t count)
{
    return shared_await (has_waiters, &(waiters_t){object, count});
}

typedef struct line {
    weir_lock_t *lock;
    int64_t count;
} line_t;

static bool has_waiting (void *context)
{
    const line_t *line = context;
    return weir_lock_waiting (line->lock) == line->count;
}

bool shared_await_waiting (weir_lock_t *lock, int64_t count)
{
    return shared_await (has_waiting, &(line_t){lock, count});
}

//  ---------------------------------------------------------------------------
//  Remaining resources

int shared_descriptors (pid_t pid)
{
    char path [40];
    if (pid)
        snprintf (path, sizeof path, "/proc/%d/fd", (int) pid);
    else
        snprintf (path, sizeof path, "/proc/self/fd");
    DIR *directory = opendir (path);
    int count = pid ? 0 : -1; //  not the one used for this look
    struct dirent *entry;
    while (directory && (entry = readdir (directory)) != NULL)
        count += entry->d_name [0] != '.';
    if (directory)
        closedir (directory);
    return count;
}

static bool sweeps (void *unused)
{
    (void) unused;
    weir_owner_t *owner = weir_owner_new_thread ("sweeper");
    test_must (owner != NULL);
    weir_owner_destroy (&owner);
    int count = 0;
    DIR *directory = opendir (test_runtime_directory ());
    struct dirent *entry;
    while (directory && (entry = readdir (directory)) != NULL)
        count += entry->d_name [0] != '.';
    if (directory)
        closedir (directory);
    return count == 0;
}

void shared_sweep (void)
{
    ck_assert (shared_await (sweeps, NULL));
}
