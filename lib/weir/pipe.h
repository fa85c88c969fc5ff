/*  pipe.h - a pair of ends that exchange values directly, without an owner

    weir_pipe_new makes both ends. The holder of one end exchanges values with
    the holder of the other: two threads, or two processes (make the pipe, then
    fork). The first process that sends, receives or polls on an end owns it
    from then on; other processes get EBUSY. When that process closes its end or
    dies, in whatever way, the other end notices at once. An end that no process
    has used is closed once every process that has it has closed or destroyed
    it, or has ended.

    Values arrive in the order in which they were sent, none of them twice. None
    is lost as long as the sending process lives or ends normally and the other
    end receives. A process can send and end before the other end receives. When
    a process is killed, the values that have left it are received; values that
    were only passed to weir_pipe_send are not.

    A pipe is bounded: while it is full, weir_pipe_send waits.

    A timeout is -1 (wait without a limit), 0 (fail with EAGAIN instead of
    waiting) or a limit in milliseconds, after which the call fails with
    ETIMEDOUT.

    Any thread may call any function, several of them at the same time on one
    end; destroy must be the last call. Threads that receive from one end take
    turns: while one of them waits, the others find nothing and fail with EAGAIN
    when their timeout is 0.

    Errors of every function, besides those that its comment lists: EINVAL (a
    handle or a `ret_` pointer is NULL, or a timeout is below -1).

    Errors of weir_pipe_send, _recv and _poll: EBUSY (another process has this
    end), EBADF (this process has closed this end), EINTR (a signal handler ran;
    nothing was done), EINVAL (a pipe made with WEIR_PIPE_THREADS, in another
    process), EMFILE, ENOMEM.

    Since 0.1.0.

    SPDX-License-Identifier: MPL-2.0
*/

#ifndef WEIR_PIPE_H_INCLUDED
#define WEIR_PIPE_H_INCLUDED

#include "prelude.h"
#include "value.h"

WEIR_BEGIN_C

//  The flags of weir_pipe_new.
enum {
    WEIR_PIPE_DUPLEX = 0,  //  both ends send and receive
    WEIR_PIPE_ONE_WAY = 1, //  as in Python: a only receives, b only sends
    WEIR_PIPE_THREADS = 2  //  both ends stay in this process
};

//  Makes a pipe. Does not block.
//  ret_a, ret_b: the two ends, given to the caller.
//  flags: a sum of the flags above.
//  Returns 0, or -1 with EINVAL (a pointer is NULL, or a flag is unknown),
//  EMFILE, ENFILE, ENOMEM, or the errors of the runtime directory (owner.h), in
//  which the call makes a temporary folder.
WEIR_EXPORT WEIR_CHECK int weir_pipe_new (weir_pipe_t **ret_a,
                                          weir_pipe_t **ret_b, int flags);

//  Closes this end in this process, frees the handle, and sets *self_p to NULL.
//  Accepts NULL and a pointer to NULL. Leaves errno as it was.
WEIR_EXPORT void weir_pipe_destroy (weir_pipe_t **self_p);

//  Closes this end in this process. Values that were sent before are still
//  delivered; then weir_pipe_recv at the other end fails with EPIPE.
//  weir_pipe_send there fails at once. Threads that wait on this end fail with
//  EBADF. Closing it again changes nothing.
WEIR_EXPORT int weir_pipe_close (weir_pipe_t *self);

//  Sets how many values may be on their way in each direction, 1 or more; 1,000
//  by default. Call it on either end, before the first use of either. Does not
//  block.
//  Fails with EINVAL (limit is below 1) or EBUSY (an end is in use).
WEIR_EXPORT int weir_pipe_set_limit (weir_pipe_t *self, int limit);

//  Sets the largest size of a packed value in bytes, 1 byte to 64 MiB; 1 MiB by
//  default. Call it on either end, before the first use of either. Does not
//  block.
//  Fails with EINVAL (size_bytes is out of range) or EBUSY (an end is in use).
WEIR_EXPORT int weir_pipe_set_size_max (weir_pipe_t *self, size_t size_bytes);

//  Sends a value. Waits up to `timeout_ms` while the pipe is full. Returns when
//  the value is on its way.
//  value: borrowed for the call; a plain C value may be passed.
//  Fails with EPIPE (the other end is closed, or its process is dead), EAGAIN
//  (timeout 0: the pipe is full), ETIMEDOUT, EMSGSIZE (the value is larger than
//  weir_pipe_set_size_max allows), EPERM (this end only receives), EINVAL (the
//  value is invalid), and the errors above.
WEIR_EXPORT int weir_pipe_send (weir_pipe_t *self, weir_value_t value,
                                int timeout_ms);

//  Receives the next value. Waits up to `timeout_ms` for it. A value that was
//  sent before the time is over counts, also with timeout 0: the call waits for
//  it while it is on its way, for half a second at most.
//  ret_value: owned by the caller (weir_value_clear).
//  Fails with EPIPE (the other end is closed or its process is dead, and all
//  that arrived from it has been received), EAGAIN (timeout 0: there is no
//  value), ETIMEDOUT, EPERM (this end only sends), EPROTO (another program
//  wrote to the pipe's socket; the message was dropped), and the errors above.
WEIR_EXPORT WEIR_CHECK int weir_pipe_recv (weir_pipe_t *self,
                                           weir_value_t *ret_value,
                                           int timeout_ms);

//  Waits up to `timeout_ms` until weir_pipe_recv would not wait. Returns 0 when
//  there is a value, or when weir_pipe_recv would fail with EPIPE. Fails as
//  weir_pipe_recv, but not with EPIPE or EPROTO.
WEIR_EXPORT int weir_pipe_poll (weir_pipe_t *self, int timeout_ms);

WEIR_END_C

//  Lets weir_pipe_send take plain C values: weir_pipe_send (pipe, 42, -1).
#define weir_pipe_send(self, value, timeout_ms) \
    (weir_pipe_send) (self, weir_value (value), timeout_ms)

#endif
