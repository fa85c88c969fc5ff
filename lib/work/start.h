/*  start.h - forks a worker

    SPDX-License-Identifier: MPL-2.0
*/

#ifndef WEIR__WORK_START_H_INCLUDED
#define WEIR__WORK_START_H_INCLUDED

#include <stdbool.h>
#include <sys/types.h>

//  The function to run. All is borrowed for the call; the child has copies.
typedef struct weir__worker {
    void (*fn) (void *arg);
    void *arg;
    const char *name;
    bool daemon; //  gets SIGTERM when this process ends, however it ends
} weir__worker_t;

//  The child, as its parent sees it. The parent closes the descriptors with
//  weir__close.
typedef struct weir__child {
    pid_t pid;
    int pidfd;    //  polls readable when the process has ended
    int lifeline; //  of a daemon: closing it sends SIGTERM; else -1
} weir__child_t;

//  Forks a process that calls fn (arg), then runs the library's exit functions
//  (base/atend.h), and ends with code 0. Any thread. Returns 0, or -1 with
//  EMFILE, ENFILE, EAGAIN or ENOMEM; after a failure nothing has run.
int weir__start (const weir__worker_t *worker, weir__child_t *ret_child);

#endif
