/*  pipe.c - two ends that talk directly, without an owner

    SPDX-License-Identifier: MPL-2.0
*/

#include "weir/pipe.h"

#include <errno.h>
#include <inttypes.h>
#include <stdatomic.h>

#include "base/clock.h"
#include "base/error.h"
#include "codec/limits.h"
#include "pipe/end.h"

static int fail_no_pipe (void)
{
    return weir__fail (EINVAL, "pipe: the handle is NULL");
}

int weir_pipe_new (weir_pipe_t **ret_a, weir_pipe_t **ret_b, int flags)
{
    if (!ret_a || !ret_b)
        return weir__fail (EINVAL,
                           "weir_pipe_new: ret_a and ret_b must not be NULL");
    if (flags & ~(WEIR_PIPE_ONE_WAY | WEIR_PIPE_THREADS))
        return weir__fail (EINVAL,
                           "weir_pipe_new: flags %#x are unknown; use a sum of "
                           "WEIR_PIPE_ONE_WAY and WEIR_PIPE_THREADS",
                           (unsigned) flags);
    weir__pair_t *pair = weir__pair_new (flags);
    if (!pair)
        return -1;
    *ret_a = &pair->ends [0];
    *ret_b = &pair->ends [1];
    return 0;
}

void weir_pipe_destroy (weir_pipe_t **self_p)
{
    if (!self_p || !*self_p)
        return;
    weir_pipe_t *self = *self_p;
    *self_p = NULL;
    int error = errno;
    weir_pipe_close (self);
    weir__pair_release (self->pair);
    errno = error;
}

int weir_pipe_close (weir_pipe_t *self)
{
    return self ? weir__end_close (self, WEIR__NEVER) : fail_no_pipe ();
}

//  ---------------------------------------------------------------------------
//  Bounds

static int check_bounds (weir_pipe_t *self)
{
    if (!self)
        return fail_no_pipe ();
    if (atomic_load (&self->pair->shared->used))
        return weir__fail (EBUSY, "pipe: it is in use already; set its bounds "
                                  "right after weir_pipe_new");
    return 0;
}

int weir_pipe_set_limit (weir_pipe_t *self, int limit)
{
    if (check_bounds (self) != 0)
        return -1;
    if (limit < 1)
        return weir__fail (
            EINVAL, "weir_pipe_set_limit: limit must be 1 or more, not %d",
            limit);
    for (int i = 0; i < 2; i++)
        atomic_store (&self->pair->shared->channels [i].limit, limit);
    return 0;
}

int weir_pipe_set_size_max (weir_pipe_t *self, size_t size_bytes)
{
    if (check_bounds (self) != 0)
        return -1;
    if (size_bytes < 1 || size_bytes > WEIR__MESSAGE_BYTES)
        return weir__fail (EINVAL,
                           "weir_pipe_set_size_max: size_bytes %zu is out of "
                           "range; use 1 to %d",
                           size_bytes, WEIR__MESSAGE_BYTES);
    for (int i = 0; i < 2; i++)
        atomic_store (&self->pair->shared->channels [i].size_max, size_bytes);
    return 0;
}

//  ---------------------------------------------------------------------------
//  Sending and receiving

static int fail_timeout (int timeout_ms)
{
    return weir__fail (
        EINVAL,
        "pipe: timeout_ms must be -1 (wait), 0 (try) or milliseconds, not %d",
        timeout_ms);
}

static uint64_t deadline (int timeout_ms)
{
    return timeout_ms < 0 ? WEIR__NEVER
                          : weir__deadline_us (weir__now_us (), timeout_ms);
}

//  Gives a failure its sentence, if it has none yet. full: the cause of EAGAIN.
//  Returns -1.
static int explain (weir_pipe_t *self, int timeout_ms, const char *full)
{
    if (errno == EPIPE && atomic_load (&self->closed))
        return weir__end_fail_closed ();
    if (errno == EINTR)
        return weir__fail (
            EINTR, "pipe: a signal interrupted the call; nothing was done");
    if (errno == EAGAIN && timeout_ms != 0)
        return weir__fail (ETIMEDOUT, "pipe: %s; waited %d ms", full,
                           timeout_ms);
    if (errno == EAGAIN)
        return weir__fail (EAGAIN, "pipe: %s", full);
    return -1;
}

int (weir_pipe_send) (weir_pipe_t *self, weir_value_t value, int timeout_ms)
{
    if (!self)
        return fail_no_pipe ();
    if (!self->sends)
        return weir__fail (
            EPERM, "pipe: this end of a one-way pipe only receives; send on "
                   "the other end, the second that weir_pipe_new gave");
    if (timeout_ms < -1)
        return fail_timeout (timeout_ms);
    uint64_t until_us = deadline (timeout_ms);
    int result = weir__end_enter (self, &self->sending, until_us);
    if (result == 0) {
        result = weir__sender_send (&self->sender, value, until_us);
        weir__turn_pass (&self->sending);
        if (result != 0 && errno == EPIPE)
            weir__fail (
                EPIPE, "pipe: the other end is closed, or its process is dead");
    }
    return result == 0 ? 0 : explain (self, timeout_ms, "it is full");
}

//  Fails because no value will come any more. The other end no longer receives
//  either: this marks the sending channel as closed, so that send need not ask
//  the kernel. Returns -1.
static int fail_at_end (weir_pipe_t *self)
{
    atomic_store (&self->sender.channel->closed, true);
    uint64_t lost = weir__receiver_lost (&self->receiver);
    if (lost > 0)
        return weir__fail (EPIPE,
                           "pipe: the process at the other end is dead, and "
                           "%" PRIu64 " values that it had sent are lost",
                           lost);
    return weir__fail (EPIPE, "pipe: the other end is closed, or its process "
                              "is dead; all that it sent was received");
}

//  Waits for the next value, and takes it unless `ret_value` is NULL. When it
//  is NULL (poll), the end of all values counts as a value.
static int receive (weir_pipe_t *self, weir_value_t *ret_value, int timeout_ms)
{
    if (!self->receives)
        return weir__fail (
            EPERM, "pipe: this end of a one-way pipe only sends; receive on "
                   "the other end, the first that weir_pipe_new gave");
    if (timeout_ms < -1)
        return fail_timeout (timeout_ms);
    uint64_t until_us = deadline (timeout_ms);
    int result = weir__end_enter (self, &self->receiving, until_us);
    if (result == 0) {
        result = weir__receiver_open (&self->receiver, NULL);
        if (result == 0)
            result = weir__receiver_wait (&self->receiver, until_us);
        if (result == 0 && ret_value)
            result = weir__receiver_take (&self->receiver, ret_value);
        if (result != 0 && errno == EPIPE)
            result = ret_value || atomic_load (&self->closed)
                         ? fail_at_end (self)
                         : 0;
        weir__turn_pass (&self->receiving);
    }
    return result == 0
               ? 0
               : explain (self, timeout_ms, "there is nothing to receive");
}

int weir_pipe_recv (weir_pipe_t *self, weir_value_t *ret_value, int timeout_ms)
{
    if (!self)
        return fail_no_pipe ();
    if (!ret_value)
        return weir__fail (EINVAL,
                           "weir_pipe_recv: ret_value must not be NULL");
    return receive (self, ret_value, timeout_ms);
}

int weir_pipe_poll (weir_pipe_t *self, int timeout_ms)
{
    return self ? receive (self, NULL, timeout_ms) : fail_no_pipe ();
}
