/*  process.h - a worker in a process of its own

    weir_process_new forks: the child calls a function and ends. Weir's handles
    that were made before are valid in the child, which attaches to their
    owners by itself; what the parent had open is closed there.

    As in Python's multiprocessing: the child's standard streams are those of
    the parent; stdout and stderr are flushed before the fork and when the
    child's function returns (other streams are the caller's to flush and to
    close); at a normal exit of the parent its daemon processes get SIGTERM,
    and all of its processes are joined.

    Better than there: a daemon process gets SIGTERM also when its parent is
    killed, crashes or calls _exit, at once and by the kernel (until the daemon
    execs another program). In a daemon SIGTERM has its default action at
    first, whatever handler the parent had set. A daemon may start processes:
    its own daemons end with it, its other processes go on without a parent.

    The child has only the thread that forked. As after any fork, a lock of
    the application that another thread held then stays locked there.

    Every function may be called from any thread of the process that made the
    worker, except destroy, which must be the last. In another process (a
    forked child that inherited the handle) all but pid, name and destroy fail
    with EPERM. A worker costs its parent one descriptor, a daemon two.

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
    bool daemon;      //  ends with its parent, however that ends
} weir_process_options_t;

//  Starts fn (arg) in a new process. arg is borrowed: the child works on its
//  own copy of the parent's memory. NULL with EINVAL (no fn), EAGAIN (too
//  many processes), EMFILE or ENFILE (too many descriptors), ENOMEM: then fn
//  does not run. Waits for nothing but for what is in stdout and stderr to be
//  written. Since 0.1.
WEIR_EXPORT WEIR_CHECK weir_process_t *weir_process_new (weir_process_fn *fn,
                                                         void *arg);

//  The same with options; NULL means none. Since 0.1.
WEIR_EXPORT WEIR_CHECK weir_process_t *weir_process_new_with (
    weir_process_fn *fn, void *arg, const weir_process_options_t *options);

//  Joins the process, without a timeout (a daemon process gets SIGTERM
//  first), and frees the handle. In a process that did not make it, only
//  frees. Accepts NULL and a NULL pointer. Since 0.1.
WEIR_EXPORT void weir_process_destroy (weir_process_t **self_p);

//  Waits until the process has ended. Several threads may wait at once, and
//  joining again is no error. Returns 0, or -1 with ETIMEDOUT, EAGAIN
//  (timeout 0), EINTR, EPERM (not the parent), EINVAL. Since 0.1.
WEIR_EXPORT int weir_process_join (weir_process_t *self, int timeout_ms);

//  1 while it runs, 0 when it has ended, -1 with EPERM or EINVAL. Since 0.1.
WEIR_EXPORT int weir_process_alive (weir_process_t *self);

//  How it ended: writes its exit code, or minus the signal that killed it.
//  Returns 0, or -1 with EAGAIN (it is running), ECHILD (the application
//  reaped it by a wait of its own, or ignores SIGCHLD: nobody knows), EPERM,
//  EINVAL. Does not block. Since 0.1.
WEIR_EXPORT WEIR_CHECK int weir_process_exit_code (weir_process_t *self,
                                                   int *ret_code);

//  Sends SIGTERM / SIGKILL / a signal. The process cannot be mistaken for
//  another one with the same pid. Returns 0, also when it has ended already;
//  -1 with EPERM (also when it has become another user), EINVAL (also no such
//  signal). Since 0.1.
WEIR_EXPORT int weir_process_terminate (weir_process_t *self);
WEIR_EXPORT int weir_process_kill (weir_process_t *self);
WEIR_EXPORT int weir_process_signal (weir_process_t *self, int signal);

//  Its process id; -1 with EINVAL. Since 0.1.
WEIR_EXPORT pid_t weir_process_pid (const weir_process_t *self);

//  Its name; NULL with EINVAL. Borrowed: valid as long as the handle.
//  Since 0.1.
WEIR_EXPORT const char *weir_process_name (const weir_process_t *self);

//  A descriptor that polls readable when the process has ended: for poll,
//  epoll and select, not for reading. Borrowed: valid as long as the handle.
//  -1 with EPERM or EINVAL. Since 0.1.
WEIR_EXPORT int weir_process_sentinel (const weir_process_t *self);

WEIR_END_C

#endif
