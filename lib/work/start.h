/*  start.h - forks a worker

    SPDX-License-Identifier: MPL-2.0
*/

#ifndef WEIR__WORK_START_H_INCLUDED
#define WEIR__WORK_START_H_INCLUDED

#include <stdbool.h>
#include <sys/types.h>

//  What shall run. All is borrowed for the call; the child has copies.
typedef struct weir__worker {
    void (*fn) (void *arg);
    void *arg;
    const char *name;
    bool daemon; //  gets SIGTERM when this process ends, however it ends
} weir__worker_t;

//  What the parent has of it: to be closed with weir__close.
typedef struct weir__child {
    pid_t pid;
    int pidfd;    //  polls readable when the process has ended
    int lifeline; //  of a daemon: closing it sends SIGTERM; else -1
} weir__child_t;

//  Forks a process that calls fn (arg), does what the library does at the end
//  of a process (base/atend.h) and ends with code 0. Returns 0, or -1 with
//  EMFILE, ENFILE, EAGAIN, ENOMEM: then nothing has run. Any thread.
int weir__start (const weir__worker_t *worker, weir__child_t *ret_child);

#endif
