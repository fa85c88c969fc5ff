/*  pipe.h - two ends that talk directly, without an owner

    weir_pipe_new makes both ends; whoever holds one talks to whoever holds the
    other: two threads, or two processes (make the pipe, then fork). The first
    process that sends, receives or polls on an end has it from then on; other
    processes get EBUSY. When that process closes its end or dies, however it
    dies, the other end notices at once. An end that nobody has used is gone
    when every process that could has closed or destroyed it, or has ended.

    What is sent are values, in order, none twice. None is lost as long as the
    sending process lives or ends normally, and the other end receives. A
    process can send, and end, before anybody receives. When a process is
    killed, what has left it is received; what it had only handed to send is
    not.

    A pipe is bounded: when the other side does not receive, send waits.

    A timeout of -1 waits, 0 tries, any other number is milliseconds.

    Every function may be called from any thread, on the same end, except
    destroy. Threads that receive from one end take turns: while one of them
    waits, there is nothing for the others, so with timeout 0 they get EAGAIN.

    SPDX-License-Identifier: MPL-2.0
*/

#ifndef WEIR_PIPE_H_INCLUDED
#define WEIR_PIPE_H_INCLUDED

#include "prelude.h"
#include "value.h"

WEIR_BEGIN_C

enum {
    WEIR_PIPE_DUPLEX = 0,  //  both ends send and receive
    WEIR_PIPE_ONE_WAY = 1, //  as in Python: a only receives, b only sends
    WEIR_PIPE_THREADS = 2  //  both ends stay in this process: inproc
};

//  Makes a pipe. flags: a sum of the above. Both ends are given to the
//  caller. Returns 0, or -1 with EINVAL (unknown flags, NULL), EMFILE, ENFILE,
//  ENOMEM, or what the runtime directory gave (see owner.h), which it needs for
//  a moment. Does not block. Since 0.1.
WEIR_EXPORT WEIR_CHECK int weir_pipe_new (weir_pipe_t **ret_a,
                                          weir_pipe_t **ret_b, int flags);

//  Closes this end in this process and frees the handle. Accepts NULL and a
//  NULL pointer. errno stays. Since 0.1.
WEIR_EXPORT void weir_pipe_destroy (weir_pipe_t **self_p);

//  Closes this end in this process: what was sent before is still delivered,
//  then the other end's recv fails with EPIPE, and its send at once. Threads
//  that wait on this end get EBADF. Closing twice is no error. Returns 0, or
//  -1 with EINVAL. Since 0.1.
WEIR_EXPORT int weir_pipe_close (weir_pipe_t *self);

//  The bounds of the pipe: how many values may be on the way in each direction
//  (default 1,000), and how many bytes a packed value may have (default 1 MiB, at
//  most 64 MiB). Set them on either end, before the first use of either. Returns
//  0, or -1 with EINVAL (0, too large) or EBUSY (in use already). Since 0.1.
WEIR_EXPORT int weir_pipe_set_limit (weir_pipe_t *self, int limit);
WEIR_EXPORT int weir_pipe_set_size_max (weir_pipe_t *self, size_t size_bytes);

//  Sends a value; weir_pipe_send also takes plain C values. Returns when the
//  value is on its way: 0, or -1 with EPIPE (the other end is closed or dead),
//  EAGAIN / ETIMEDOUT (full), EMSGSIZE (too large), EINTR, EBUSY (another
//  process has this end), EBADF (closed here), EPERM (this end only receives),
//  EINVAL (NULL, no value, a timeout below -1, or a pipe for threads in another
//  process), EMFILE, ENOMEM. Since 0.1.
WEIR_EXPORT int weir_pipe_send (weir_pipe_t *self, weir_value_t value,
                                int timeout_ms);

//  Receives the next value; it is owned by the caller. A value that was sent
//  before the time is over counts, also with timeout 0, and is waited for while
//  it is on its way, for half a second at most. Returns 0, or -1 with EPIPE (the
//  other end is closed or dead, and all that came from it has been received),
//  EAGAIN / ETIMEDOUT, EINTR, EBUSY, EBADF, EPERM (this end only sends), EPROTO
//  (a stranger had written to the pipe's socket; that is dropped), EINVAL,
//  EMFILE, ENOMEM. Since 0.1.
WEIR_EXPORT WEIR_CHECK int weir_pipe_recv (weir_pipe_t *self,
                                           weir_value_t *ret_value,
                                           int timeout_ms);

//  Waits until recv would not wait. Returns 0 (there is a value, or EPIPE is
//  due), or -1 as weir_pipe_recv. Since 0.1.
WEIR_EXPORT int weir_pipe_poll (weir_pipe_t *self, int timeout_ms);

WEIR_END_C

//  Plain C values may be sent as they are: weir_pipe_send (pipe, 42, -1).
#define weir_pipe_send(self, value, timeout_ms) \
    (weir_pipe_send) (self, weir_value (value), timeout_ms)

#endif
