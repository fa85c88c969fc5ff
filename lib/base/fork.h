/*  fork.h - what a forked child must know and must close

    fork () copies descriptors but no threads. In the child this module closes
    the descriptors that belong to the parent's connections (so that a
    connection does not outlive its process in a grandchild) and raises the
    generation, by which every module notices that what it holds was made in
    another process. It all happens in a pthread_atfork handler, for any
    fork (), whoever calls it.

    Here is also the one lock for the tables that the process has only once.
    It is held over a fork, so the child finds them whole.

    SPDX-License-Identifier: MPL-2.0
*/

#ifndef WEIR__BASE_FORK_H_INCLUDED
#define WEIR__BASE_FORK_H_INCLUDED

#include <stdint.h>
#include <sys/types.h>

//  How often this process and its ancestors were forked since the first of
//  them used Weir: what was made in another generation is the parent's.
uint64_t weir__generation (void);

//  The lock on process-wide tables. Not recursive; hold it for a moment only,
//  never while blocking.
void weir__process_lock (void);
void weir__process_unlock (void);

//  A forked child closes this descriptor, unless the number means another one
//  by then. Returns 0, or -1 with ENOMEM.
int weir__fork_close (int fd);

//  The same for a caller that has held the process lock since before it
//  opened the descriptor, so that no fork came between.
int weir__fork_close_locked (int fd);

//  A forked child no longer closes this descriptor. Whoever then closes it
//  uses weir__close instead: a fork between the two would leave it open in the
//  child, and after the close its number may already be another's.
void weir__fork_forget (int fd);

//  Forgets a descriptor and closes it in one step. errno stays. / The same under
//  the process lock.
void weir__close (int fd);
void weir__close_locked (int fd);

//  fork (), except that the child keeps one of the descriptors that it would
//  close; it stays registered there.
pid_t weir__fork_keeping (int fd);

//  A forked child closes every Unix socket whose own or whose peer's path
//  begins with this prefix: the sockets that libzmq opened. Returns 0, or -1
//  with ENOMEM. The prefix stays known until the process ends.
int weir__fork_close_paths (const char *prefix);

#endif
