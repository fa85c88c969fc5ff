/*  pipe.h - shared parts of the tests of pipes

    SPDX-License-Identifier: MPL-2.0
*/

#ifndef WEIR_TESTS_KIT_PIPE_H_INCLUDED
#define WEIR_TESTS_KIT_PIPE_H_INCLUDED

#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "kit/support.h"
#include "weir/error.h"
#include "weir/pipe.h"

//  A pipe with its two ends, and the latches that a test needs.
typedef struct pipe_kit {
    weir_pipe_t *a, *b;
    test_latch_t *ready, *go;
    int count;
} pipe_kit_t;

static inline void pipe_kit_open (pipe_kit_t *kit, int flags)
{
    ck_assert_msg (weir_pipe_new (&kit->a, &kit->b, flags) == 0, "%s",
                   weir_error ());
    kit->ready = test_latch_new ();
    kit->go = test_latch_new ();
}

static inline void pipe_kit_close (pipe_kit_t *kit)
{
    weir_pipe_destroy (&kit->a);
    weir_pipe_destroy (&kit->b);
    test_latch_destroy (&kit->ready);
    test_latch_destroy (&kit->go);
}

static inline int64_t recv_int (weir_pipe_t *pipe)
{
    weir_value_t value;
    ck_assert_msg (weir_pipe_recv (pipe, &value, TEST_PATIENCE_MS) == 0, "%s",
                   weir_error ());
    ck_assert_int_eq (value.type, WEIR_INTEGER);
    return value.integer;
}

//  Checks that exactly the numbers from 0 to count - 1 arrive.
static inline void ck_assert_counts (weir_pipe_t *pipe, int count)
{
    for (int i = 0; i < count; i++)
        ck_assert_int_eq (recv_int (pipe), i);
}

static inline void ck_assert_ends (weir_pipe_t *pipe)
{
    weir_value_t value;
    ck_assert_fails (weir_pipe_recv (pipe, &value, TEST_PATIENCE_MS), EPIPE);
}

static inline void must_count (weir_pipe_t *pipe, int count)
{
    for (int i = 0; i < count; i++)
        test_must (weir_pipe_send (pipe, i, TEST_PATIENCE_MS) == 0);
}

//  Over ipc, and between threads.
static inline void add_both (TCase *tcase, const TTest *test)
{
    _tcase_add_test (tcase, test, 0, 0, 0, 1);
    _tcase_add_test (tcase, test, 0, 0, WEIR_PIPE_THREADS,
                     WEIR_PIPE_THREADS + 1);
}

static inline pthread_t start_thread (void *(*fn) (void *), void *arg)
{
    pthread_t thread;
    ck_assert_int_eq (pthread_create (&thread, NULL, fn, arg), 0);
    return thread;
}

static inline void join_thread (pthread_t thread)
{
    ck_assert_int_eq (pthread_join (thread, NULL), 0);
}

//  Sends count values by end b.
static inline void count_up (void *arg)
{
    pipe_kit_t *kit = arg;
    must_count (kit->b, kit->count);
    test_must (test_latch_wait (kit->go, TEST_PATIENCE_MS));
}

#endif
