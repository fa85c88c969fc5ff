/*  select.h - waits until one of several things is ready

    A select is a set of sources: objects of any owners, ends of pipes,
    processes, and descriptors of any other kind. weir_select_wait waits until
    one of them is ready, and tells which. A source is ready when the call that
    it is for would not wait: because it would succeed, or because it would fail
    at once. So the queue that was closed, the object that was dropped, the pipe
    whose other end is gone and the owner that has ended are ready, and the call
    says what has become of them.

        weir_select_t *select = weir_select_new ();
        int job = weir_select_add (select, jobs, WEIR_READY_GET);
        int stop = weir_select_add (select, event, WEIR_READY_WAIT);
        int ready = weir_select_wait (select, -1);
        if (ready == job)
            rc = weir_queue_get (jobs, &item, 0);

    Nothing is taken or reserved: another thread may be quicker, so call with
    timeout 0, and wait again after EAGAIN. Whoever waits in the call itself
    comes first: a lock that others always wait for is never ready.

    When several are ready, the one is told that comes next after the one that
    was told before, so that none of them starves. A source stays ready until it
    is not any more: wait tells it again.

    As Python's multiprocessing.connection.wait, with queues, locks and the
    other objects beside connections, processes and descriptors; for one source
    at a time.

    Any thread, also at the same time on one handle; but destroy must be last.
    What is added while another thread waits is waited for. Handles stay valid
    in forked children, where each has the sources that it had; but a child has
    no part in its parent's processes, which are ready there, always.

    SPDX-License-Identifier: MPL-2.0
*/

#ifndef WEIR_SELECT_H_INCLUDED
#define WEIR_SELECT_H_INCLUDED

#include "prelude.h"

WEIR_BEGIN_C

//  What a source is ready for.
typedef enum weir_ready {
    WEIR_READY_CHANGE, //  a dict, list, var, namespace, set, array, event or queue
                       //  has changed since it was added, or was told last
    WEIR_READY_GET,    //  weir_queue_get, also many or by lease
    WEIR_READY_PUT,    //  weir_queue_put
    WEIR_READY_JOIN,          //  weir_queue_join
    WEIR_READY_POP,           //  weir_list_pop_wait (list, 0, ...)
    WEIR_READY_ACQUIRE,       //  weir_lock_acquire (of an rlock, too),
                              //  weir_semaphore_acquire
    WEIR_READY_ACQUIRE_READ,  //  weir_rwlock_acquire_read
    WEIR_READY_ACQUIRE_WRITE, //  weir_rwlock_acquire_write
    WEIR_READY_WAIT,          //  weir_event_wait
    WEIR_READY_RECV,          //  weir_pipe_recv
    WEIR_READY_SEND           //  weir_pipe_send
} weir_ready_t;

//  Makes a select without sources. NULL with ENOMEM, EMFILE or ENFILE. It costs
//  two descriptors, and a connection to each owner of its objects. Since 0.1.
WEIR_EXPORT WEIR_CHECK weir_select_t *weir_select_new (void);

//  Frees it; its sources stay as they are. Accepts NULL and a NULL pointer.
//  errno stays. Since 0.1.
WEIR_EXPORT void weir_select_destroy (weir_select_t **self_p);

//  Adds a source. Returns its number, the lowest that is free: 0, 1, 2 and so on;
//  or -1 with EINVAL (NULL, or nothing that such a source can be ready for),
//  ENOMEM, or as each says. Since 0.1.

//  An object: a weir_queue_t *, weir_lock_t * and so on. Conditions and barriers
//  have nothing that can be ready. The handle may be destroyed before the source
//  is removed. Asks the owner.
//  EOWNERDEAD, ECONNREFUSED, EINTR, EMFILE, ENOBUFS (also: 4,096 objects of one
//  owner are in it already), EACCES, EPROTO as in dict.h; ENOENT (CHANGE: the
//  object was dropped).
WEIR_EXPORT int weir_select_add (weir_select_t *self, const void *object,
                                 weir_ready_t ready);

//  An end of a pipe, for WEIR_READY_RECV or _SEND, by which this process uses it
//  from now on. The handle may be destroyed before the source is removed.
WEIR_EXPORT int weir_select_add_pipe (weir_select_t *self, weir_pipe_t *pipe,
                                      weir_ready_t ready);

//  A process, which is ready when it has ended. EPERM (not the parent). The
//  source must be removed before the process is destroyed.
WEIR_EXPORT int weir_select_add_process (weir_select_t *self,
                                         const weir_process_t *process);

//  A descriptor, for poll's events: a sum of POLLIN, POLLOUT, POLLPRI and
//  POLLRDHUP. It is ready for errors and hang-ups as well. Remove the source
//  before you close the descriptor. EBADF (it is not open), ENOSPC; the
//  descriptor of a select: EINVAL (this one), ELOOP (one that watches this one).
WEIR_EXPORT int weir_select_add_fd (weir_select_t *self, int fd, int events);

//  Removes a source; its number is free again. Returns 0, or -1 with EINVAL (there
//  is none of that number), EINTR (a signal came, while another thread was
//  asking an owner), or, at first in a forked child, as weir_select_new. Since
//  0.1.
WEIR_EXPORT int weir_select_remove (weir_select_t *self, int source);

//  Waits until a source is ready. Returns its number, or -1 with EAGAIN
//  (timeout 0: none is), ETIMEDOUT, EINTR (a signal came), EINVAL (NULL, a
//  timeout below -1, or there is no source and no timeout), ECONNREFUSED, EMFILE,
//  ENFILE, ENOBUFS, EACCES, EPROTO, ENOMEM, ENOSPC (too much is watched by epolls,
//  see epoll(7)). timeout_ms: -1 waits, 0 tries.
//  Owners are asked first, each time. One that does not answer, because its
//  process is stopped, holds it up for 50 ms; with timeout 0, which hears of it
//  now or never, as long as no other source is ready. A value on its way to an
//  end of a pipe is waited for, once, for half a second at most.
//  Since 0.1.
WEIR_EXPORT WEIR_CHECK int weir_select_wait (weir_select_t *self,
                                             int timeout_ms);

//  A descriptor for poll, epoll, or the loop of an application, as libuv: it is
//  readable when a source may be ready, also at first. Then call weir_select_wait
//  with timeout 0: as long as that tells a source it stays readable, from EAGAIN
//  on until a source is ready it is not. Not for reading. Borrowed: valid as
//  long as the select, in this process; a forked child asks for its own. -1 with
//  EINVAL, EINTR as weir_select_remove, ENOMEM, EMFILE or ENFILE. Since 0.1.
WEIR_EXPORT int weir_select_fd (weir_select_t *self);

WEIR_END_C

#endif
