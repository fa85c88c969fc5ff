/*  process.h - a worker in a process of its own

    weir_process_new forks; the child calls a function and ends. Handles of Weir
    that were made before stay valid in the child, which connects to their
    owners by itself. Weir closes its descriptors of the parent in the child.

    As in Python's multiprocessing: the child has the standard streams of its
    parent. stdout and stderr are flushed before the fork and when the child's
    function returns; the caller flushes and closes other streams. At a normal
    exit of the parent, its daemon processes get SIGTERM, and all its processes
    are joined.

    Unlike there, a daemon process gets SIGTERM also when its parent is killed,
    crashes or calls _exit, at once and from the kernel (until the daemon
    executes another program). A daemon begins with the default action for
    SIGTERM, whatever handler the parent had set. A daemon may start processes:
    its own daemons end with it, its other processes go on without a parent.

    The child has only the thread that forked. As after any fork, a lock of the
    application that another thread held stays locked in the child.

    Any thread of the process that made the worker may call any function;
    destroy must be the last call. In another process (a forked child that
    inherited the handle) all functions except pid, name and destroy fail with
    EPERM. A worker costs its parent one descriptor, a daemon two.

    Errors of every function except destroy: EINVAL (the handle or a `ret_`
    pointer is NULL).

    Since 0.1.0.

    SPDX-License-Identifier: MPL-2.0
*/

#ifndef WEIR_PROCESS_H_INCLUDED
#define WEIR_PROCESS_H_INCLUDED

#include <sys/types.h>
#include "prelude.h"

WEIR_BEGIN_C

//  The function of a worker. When it returns, the process ends with code 0.
//  exit (n) inside it ends the process with code n.
typedef void (weir_process_fn) (void *arg);

//  The options of weir_process_new_with. Zero every field that is not set.
typedef struct weir_process_options {
    const char *name; //  borrowed for the call; ps and top show at most
                      //  15 bytes; NULL: "process-N"
    bool daemon;      //  the process ends when its parent ends
} weir_process_options_t;

//  Starts `fn` (`arg`) in a new process. Blocks only while the contents of
//  stdout and stderr are written.
//  arg: borrowed; the child works on its own copy of the parent's memory.
//  Returns a handle, given to the caller, or NULL with EINVAL (fn is NULL),
//  EAGAIN (too many processes), EMFILE or ENFILE (too many descriptors), or
//  ENOMEM. On failure fn does not run.
WEIR_EXPORT WEIR_CHECK weir_process_t *weir_process_new (weir_process_fn *fn,
                                                         void *arg);

//  Starts a process as weir_process_new, with options.
//  options: borrowed for the call; NULL for none.
WEIR_EXPORT WEIR_CHECK weir_process_t *weir_process_new_with (
    weir_process_fn *fn, void *arg, const weir_process_options_t *options);

//  Joins the process without a timeout, after SIGTERM if it is a daemon, frees
//  the handle, and sets *self_p to NULL. In a process that did not make it,
//  only frees the handle. Accepts NULL and a pointer to NULL. Leaves errno as
//  it was.
WEIR_EXPORT void weir_process_destroy (weir_process_t **self_p);

//  Waits until the process has ended. Several threads may wait at once; joining
//  again returns at once.
//  timeout_ms: a limit in milliseconds; negative for none; 0 does not wait.
//  Returns 0, or -1 with ETIMEDOUT, EAGAIN (timeout 0: it runs), EINTR or EPERM
//  (the caller is not the parent).
WEIR_EXPORT int weir_process_join (weir_process_t *self, int timeout_ms);

//  Returns 1 while the process runs, 0 when it has ended, -1 with EPERM. Does
//  not block.
WEIR_EXPORT int weir_process_alive (weir_process_t *self);

//  Gets the exit code. Does not block.
//  ret_code: the exit code, or minus the number of the signal that killed the
//  process.
//  Returns 0, or -1 with EAGAIN (the process runs), ECHILD (the exit code is
//  lost: the application has reaped the process itself, or ignores SIGCHLD) or
//  EPERM.
WEIR_EXPORT WEIR_CHECK int weir_process_exit_code (weir_process_t *self,
                                                   int *ret_code);

//  Sends SIGTERM to the process. As weir_process_signal.
WEIR_EXPORT int weir_process_terminate (weir_process_t *self);

//  Sends SIGKILL to the process. As weir_process_signal.
WEIR_EXPORT int weir_process_kill (weir_process_t *self);

//  Sends a signal to the process. Another process that has got the same pid is
//  never signalled. Does not block.
//  Returns 0, also when the process has ended; -1 with EPERM (also when the
//  process has become another user's) or EINVAL (also for an unknown signal).
WEIR_EXPORT int weir_process_signal (weir_process_t *self, int signal);

//  Returns the process id, or -1 with EINVAL. Does not block.
WEIR_EXPORT pid_t weir_process_pid (const weir_process_t *self);

//  Returns the name, borrowed and valid as long as the handle, or NULL with
//  EINVAL. Does not block.
WEIR_EXPORT const char *weir_process_name (const weir_process_t *self);

//  Returns a descriptor that polls readable once the process has ended: for
//  poll, epoll and select, not for reading. It is borrowed and valid as long as
//  the handle. Returns -1 with EPERM or EINVAL. Does not block.
WEIR_EXPORT int weir_process_sentinel (const weir_process_t *self);

WEIR_END_C

#endif
