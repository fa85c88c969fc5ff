/*  pidfd.h - a descriptor that tells the end of a process

    Linux has this since 5.3. Where it is missing (an older kernel; valgrind,
    which does not let it through), a thread looks at the process every few
    milliseconds and hangs up a pipe. Slower, but all else stays the same.

    SPDX-License-Identifier: MPL-2.0
*/

#ifndef WEIR__CARRIER_PIDFD_H_INCLUDED
#define WEIR__CARRIER_PIDFD_H_INCLUDED

#include <sys/types.h>

//  A descriptor that polls readable when the process has ended, reaped or
//  not. To be closed by weir__close: a forked child has it no more. Returns
//  -1 with ESRCH (there is no such process), EMFILE, ENFILE, ENOMEM, EAGAIN
//  (no thread). The sentence names the process. Any thread.
int weir__pidfd_open (pid_t pid);

//  Sends a signal to the process of a descriptor, which cannot be mistaken for
//  another one; where Linux cannot do that, to the pid. Returns 0, or -1 with
//  ESRCH, EPERM, EINVAL. Sets no sentence.
int weir__pidfd_signal (int pidfd, pid_t pid, int signal);

#endif
