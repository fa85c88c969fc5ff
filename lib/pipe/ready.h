/*  ready.h - whether an end of a pipe would make its caller wait

    SPDX-License-Identifier: MPL-2.0
*/

#ifndef WEIR__PIPE_READY_H_INCLUDED
#define WEIR__PIPE_READY_H_INCLUDED

#include "pipe/end.h"

//  Whether send, or else recv, would not wait on this end now. Returns
//  1, also when it would fail; 0: ask again when `epoll` has an event; or -1 with
//  EMFILE, ENOMEM, ENOSPC, or without a sentence EINTR. Any number of threads and
//  of epoll instances. What was added, for edges, stays when the answer is 1
//  later; what belongs to the end leaves the epoll when it is closed or freed.
//  Asking is a use of the end. until_us: see weir__receiver_look.
int weir__end_watch (weir_pipe_t *self, bool send, int epoll,
                     uint64_t until_us);

//  What is added at most: the receiver's, and the bell.
enum { WEIR__END_FDS = WEIR__RECEIVER_FDS + 1 };

#endif
