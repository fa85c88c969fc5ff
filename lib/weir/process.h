/*  process.h - a worker in a process of its own

    weir_process_new forks: the child calls a function and ends. Weir's handles
    that were made before are valid in the child, which attaches to their
    owners by itself; what the parent had open is closed there.

    As in Python's multiprocessing: the child's standard streams are those of
    the parent; stdio is flushed before the fork and when the child's function
    returns; at a normal exit of the parent its daemon processes are
    terminated and the others joined. Better than there: a daemon process is
    terminated also when its parent is killed.

    Every function may be called from any thread of the process that made the
    worker, except destroy, which must be the last. In another process (a
    forked child that inherited the handle) they fail with EPERM.

    SPDX-License-Identifier: MPL-2.0
*/

#ifndef WEIR_PROCESS_H_INCLUDED
#define WEIR_PROCESS_H_INCLUDED

#include <sys/types.h>
#include "prelude.h"

WEIR_BEGIN_C

//  The function of a worker. When it returns, the process ends with code 0;
//  exit (n) inside it ends the process with code n.
typedef void (weir_process_fn) (void *arg);

//  What weir_process_new_with can set. Zero every field that is not set.
typedef struct weir_process_options {
    const char *name; //  borrowed for the call; at most 15 bytes are
                      //  shown by ps and top; NULL: "process-N"
    bool daemon;      //  ends with its parent; is not joined at exit
} weir_process_options_t;

//  Starts fn (arg) in a new process. arg is borrowed: the child works on its
//  own copy of the parent's memory. NULL with EINVAL (no fn), EAGAIN or
//  ENOMEM (no process to be had). Does not block. Since 0.1.
WEIR_EXPORT WEIR_CHECK weir_process_t *weir_process_new (weir_process_fn *fn,
                                                         void *arg);

//  The same with options; NULL means none. Since 0.1.
WEIR_EXPORT WEIR_CHECK weir_process_t *weir_process_new_with (
    weir_process_fn *fn, void *arg, const weir_process_options_t *options);

//  Joins the process (a daemon process is terminated first) and frees the
//  handle. In a process that did not make it, only frees. Accepts NULL and a
//  NULL pointer. Since 0.1.
WEIR_EXPORT void weir_process_destroy (weir_process_t **self_p);

//  Waits until the process has ended. Returns 0, or -1 with ETIMEDOUT, EAGAIN
//  (timeout 0), EINTR, EPERM (not the parent), EINVAL. Since 0.1.
WEIR_EXPORT int weir_process_join (weir_process_t *self, int timeout_ms);

//  1 while it runs, 0 when it has ended, -1 with EPERM or EINVAL. Since 0.1.
WEIR_EXPORT int weir_process_alive (weir_process_t *self);

//  How it ended: its exit code, or minus the signal that killed it. -1 is also
//  the answer, with errno EAGAIN, while it runs (and EPERM, EINVAL); on
//  success *ret_code is written and the result is 0. Since 0.1.
WEIR_EXPORT WEIR_CHECK int weir_process_exit_code (weir_process_t *self,
                                                   int *ret_code);

//  Sends SIGTERM / SIGKILL / a signal. The process cannot be mistaken for
//  another one with the same pid. Returns 0, also when it has ended already;
//  -1 with EPERM or EINVAL. Since 0.1.
WEIR_EXPORT int weir_process_terminate (weir_process_t *self);
WEIR_EXPORT int weir_process_kill (weir_process_t *self);
WEIR_EXPORT int weir_process_signal (weir_process_t *self, int signal);

//  Its process id; -1 with EINVAL. Since 0.1.
WEIR_EXPORT pid_t weir_process_pid (const weir_process_t *self);

//  Its name; NULL with EINVAL. Borrowed: valid as long as the handle.
//  Since 0.1.
WEIR_EXPORT const char *weir_process_name (const weir_process_t *self);

//  A descriptor that polls readable when the process has ended. It belongs to
//  the handle. -1 with EPERM or EINVAL. Since 0.1.
WEIR_EXPORT int weir_process_sentinel (const weir_process_t *self);

WEIR_END_C

#endif
