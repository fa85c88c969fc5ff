/*  pidfd.h - a descriptor that becomes readable when a process ends

    Linux has pidfds since 5.3. Where they are missing (an older kernel, or
    valgrind, which does not pass the call on), a thread checks the process
    every few milliseconds and shuts down a socket when the process has ended.
    This is slower, and a forked child must not outlive the process that opened
    the descriptor. Everything else is the same.

    SPDX-License-Identifier: MPL-2.0
*/

#ifndef WEIR__BASE_PIDFD_H_INCLUDED
#define WEIR__BASE_PIDFD_H_INCLUDED

#include <sys/types.h>

//  Opens a descriptor that polls readable when the process has ended, whether
//  or not it has been reaped. The descriptor is close-on-exec. Returns -1 with
//  ESRCH (the process does not exist), EMFILE, ENFILE, ENOMEM, or EAGAIN (no
//  thread can be started). Sets no sentence. Any thread, also under the process
//  lock.
int weir__pidfd_open (pid_t pid);

//  Sends a signal to the process that the descriptor refers to, which cannot be
//  confused with another process. Where Linux cannot do that, sends it to
//  `pid`. Returns 0, or -1 with ESRCH, EPERM or EINVAL. Sets no sentence.
int weir__pidfd_signal (int pidfd, pid_t pid, int signal);

#endif
