/*  ready.c - whether a call on an end of a pipe would wait

    SPDX-License-Identifier: MPL-2.0
*/

#include "pipe/ready.h"

#include <errno.h>
#include <string.h>
#include <sys/epoll.h>

#include "base/error.h"

//  Returns 1 when recv would not wait; 0 and the descriptors when it would; or
//  -1.
static int look_to_receive (weir_pipe_t *self, uint64_t until_us,
                            int ret_fds [WEIR__END_FDS])
{
    weir__receiver_t *receiver = &self->receiver;
    if (weir__receiver_open (receiver, NULL) != 0)
        return -1;
    if (weir__receiver_look (receiver, until_us) == 0)
        return 1;
    if (errno != EAGAIN)
        return -1;
    weir__receiver_fds (receiver, ret_fds);
    return 0;
}

//  Returns 1 when send would not wait; 0 and the descriptors when it would.
static int look_to_send (weir_pipe_t *self, int ret_fds [WEIR__END_FDS])
{
    if (weir__sender_is_ready (&self->sender))
        return 1;
    ret_fds [0] = self->sides.sending.link;
    return 0;
}

//  Adds the descriptors to the epoll instance. Leaves those that are in it
//  already unchanged. Returns 0 or -1.
static int add (int epoll, const int fds [WEIR__END_FDS])
{
    struct epoll_event event = {.events = EPOLLIN | EPOLLET};
    for (int i = 0; i < WEIR__END_FDS; i++)
        if (fds [i] >= 0 &&
            epoll_ctl (epoll, EPOLL_CTL_ADD, fds [i], &event) != 0 &&
            errno != EEXIST)
            return weir__fail (errno, "pipe: cannot wait at it: %s",
                               strerror (errno));
    return 0;
}

//  Adds the descriptors while it holds the turn, so that no thread closes them.
int weir__end_watch (weir_pipe_t *self, bool send, int epoll, uint64_t until_us)
{
    weir__turn_t *turn = send ? &self->sending : &self->receiving;
    int fds [WEIR__END_FDS];
    for (int i = 0; i < WEIR__END_FDS; i++)
        fds [i] = -1;
    if (!(send ? self->sends : self->receives))
        return 1;
    int result = weir__end_look (self, turn);
    bool looks = result == 0;
    if (looks)
        result = send ? look_to_send (self, fds)
                      : look_to_receive (self, until_us, fds);
    if (result == -1 && errno == EAGAIN)
        result = 0; //  another thread has the turn
    else if (result == -1 && errno != EMFILE && errno != ENOMEM &&
             errno != EINTR)
        result = 1; //  the call itself fails with a better sentence
    if (result == 0) {
        fds [WEIR__END_FDS - 1] = atomic_load (&turn->bell);
        result = add (epoll, fds);
    }
    if (looks)
        weir__end_look_away (self, turn, result == 1);
    return result;
}
