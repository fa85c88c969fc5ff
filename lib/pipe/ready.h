/*  ready.h - whether a call on an end of a pipe would wait

    SPDX-License-Identifier: MPL-2.0
*/

#ifndef WEIR__PIPE_READY_H_INCLUDED
#define WEIR__PIPE_READY_H_INCLUDED

#include "pipe/end.h"

//  Checks whether a call on this end would wait: weir_pipe_send if `send` is
//  true, else weir_pipe_recv.
//  until_us: see weir__receiver_look.
//  Returns 1 when the call would not wait, also when it would fail; 0 when it
//  would wait: the caller checks again after `epoll` has an event; or -1 with
//  EMFILE, ENOMEM, ENOSPC or, without a sentence, EINTR.
//  Any number of threads may check, for any number of epoll instances. The
//  descriptors are added edge-triggered, and remain in the epoll instance when
//  a later answer is 1. Those that belong to the end leave it when the end is
//  closed or freed. The check counts as a use of the end.
int weir__end_watch (weir_pipe_t *self, bool send, int epoll,
                     uint64_t until_us);

//  The most descriptors that are added: the receiver's, and the bell.
enum { WEIR__END_FDS = WEIR__RECEIVER_FDS + 1 };

#endif
