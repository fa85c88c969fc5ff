/*  fork.h - the generation of a process, and what a forked child closes

    fork () copies descriptors but no threads. In the child, this module closes
    the descriptors of the parent's connections, so that a connection does not
    outlive the parent in a grandchild. It also raises the generation, by which
    every module notices that its state was made in another process. All of this
    happens in a pthread_atfork handler, for every fork (), no matter which code
    calls it.

    This module also has the one lock for the tables that exist once per
    process. It is held across a fork, so the child finds the tables consistent.

    SPDX-License-Identifier: MPL-2.0
*/

#ifndef WEIR__BASE_FORK_H_INCLUDED
#define WEIR__BASE_FORK_H_INCLUDED

#include <stdint.h>
#include <sys/types.h>

//  Returns how often this process and its ancestors were forked since the first
//  of them used Weir. State made in another generation belongs to a parent
//  process.
uint64_t weir__generation (void);

//  Locks or unlocks the process-wide tables. The lock is not recursive. Hold it
//  only for a moment, never while blocking.
void weir__process_lock (void);
void weir__process_unlock (void);

//  Makes every forked child close this descriptor, unless its number refers to
//  another file by then. Returns 0, or -1 with ENOMEM.
int weir__fork_close (int fd);

//  Does the same for a caller that has held the process lock since before it
//  opened the descriptor, so that no fork can come between.
int weir__fork_close_locked (int fd);

//  Makes forked children keep this descriptor. To close a registered
//  descriptor, call weir__close instead: a fork between this call and a
//  close () would leave the descriptor open in the child, and after a close ()
//  another thread may already have reused its number.
void weir__fork_forget (int fd);

//  Unregisters a descriptor and closes it in one step. Keeps errno.
void weir__close (int fd);

//  Does the same for a caller that holds the process lock.
void weir__close_locked (int fd);

//  Calls fork (). The child keeps `fd`, which it would otherwise close; there
//  the descriptor remains registered.
pid_t weir__fork_keeping (int fd);

//  Makes every forked child close all Unix sockets whose own path or peer path
//  begins with `prefix`; these are the sockets that libzmq opens. The prefix
//  remains registered until the process ends. Returns 0, or -1 with ENOMEM.
int weir__fork_close_paths (const char *prefix);

#endif
