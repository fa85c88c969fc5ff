/*  pidfd.h - a descriptor that tells the end of a process

    Linux has this since 5.3. Where it is missing (an older kernel; valgrind,
    which does not let it through), a thread looks at the process every few
    milliseconds and hangs up a socket. Slower, and a forked child must not
    outlive the process that opened it; all else stays the same.

    SPDX-License-Identifier: MPL-2.0
*/

#ifndef WEIR__BASE_PIDFD_H_INCLUDED
#define WEIR__BASE_PIDFD_H_INCLUDED

#include <sys/types.h>

//  A descriptor that polls readable when the process has ended, reaped or
//  not; close-on-exec. Returns -1 with ESRCH (there is no such process),
//  EMFILE, ENFILE, ENOMEM, EAGAIN (no thread). Sets no sentence. Any thread,
//  also under the process lock.
int weir__pidfd_open (pid_t pid);

//  Sends a signal to the process of a descriptor, which cannot be mistaken for
//  another one; where Linux cannot do that, to the pid. Returns 0, or -1 with
//  ESRCH, EPERM, EINVAL. Sets no sentence.
int weir__pidfd_signal (int pidfd, pid_t pid, int signal);

#endif
