/*  select.h - waiting until one of several sources is ready

    A select has a set of sources: objects of any owners, ends of pipes,
    processes, and other descriptors. weir_select_wait waits until one of them
    is ready and returns its number. A source is ready when the call that it was
    added for would not wait: because it would succeed, or because it would fail
    at once. So a queue that was closed, an object that was dropped, a pipe
    whose other end is gone, and an object whose owner has ended are ready, and
    the call then fails with the cause.

        weir_select_t *select = weir_select_new ();
        int job = weir_select_add (select, jobs, WEIR_READY_GET);
        int stop = weir_select_add (select, event, WEIR_READY_WAIT);
        int ready = weir_select_wait (select, -1);
        if (ready == job)
            rc = weir_queue_get (jobs, &item, 0);

    A select takes and reserves nothing. Another thread may be faster, so make
    the call with timeout 0, and wait again after EAGAIN. Threads that wait in
    the call itself come first: a lock that always has waiters is never ready.

    When several sources are ready, weir_select_wait returns the next one after
    the one that it returned last, so none of them starves. A source stays ready
    until its call would wait, and weir_select_wait returns it again.

    As Python's multiprocessing.connection.wait, which returns several objects;
    this one returns one source, and also takes queues, locks and the other
    objects.

    Any thread may use a select, several of them at the same time; destroy must
    be the last call. A source that is added while another thread waits takes
    part in that wait. A handle stays valid in forked children: each has the
    sources of its parent at the fork, and is separate from then on. A parent's
    processes are not children of the child; as sources there they are always
    ready.

    Errors of every function except destroy: EINVAL (a handle is NULL), EINTR (a
    signal handler ran; nothing was done) and, at the first call in a forked
    child, those of weir_select_new.

    Since 0.1.0.

    SPDX-License-Identifier: MPL-2.0
*/

#ifndef WEIR_SELECT_H_INCLUDED
#define WEIR_SELECT_H_INCLUDED

#include "prelude.h"

WEIR_BEGIN_C

//  The call that a source becomes ready for.
typedef enum weir_ready {
    WEIR_READY_CHANGE, //  a dict, list, var, namespace, set, array, event or
                       //  queue has changed since it was added or last returned
    WEIR_READY_GET,    //  weir_queue_get, also many or by lease
    WEIR_READY_PUT,    //  weir_queue_put
    WEIR_READY_JOIN,   //  weir_queue_join
    WEIR_READY_POP,    //  weir_list_pop_wait (list, 0, ...)
    WEIR_READY_ACQUIRE,       //  weir_lock_acquire (of an rlock, too),
                              //  weir_semaphore_acquire
    WEIR_READY_ACQUIRE_READ,  //  weir_rwlock_acquire_read
    WEIR_READY_ACQUIRE_WRITE, //  weir_rwlock_acquire_write
    WEIR_READY_WAIT,          //  weir_event_wait
    WEIR_READY_RECV,          //  weir_pipe_recv
    WEIR_READY_SEND           //  weir_pipe_send
} weir_ready_t;

//  Makes a select without sources. It costs two descriptors, and a connection
//  to each owner of its objects. Does not block.
//  Returns a handle, given to the caller, or NULL with ENOMEM, EMFILE or
//  ENFILE.
WEIR_EXPORT WEIR_CHECK weir_select_t *weir_select_new (void);

//  Frees the select and sets *self_p to NULL. Its sources remain as they are.
//  Accepts NULL and a pointer to NULL. Leaves errno as it was.
WEIR_EXPORT void weir_select_destroy (weir_select_t **self_p);

//  Adds an object as a source. Blocks until its owner replies.
//  object: the handle of an object: a weir_queue_t *, a weir_lock_t * and so
//  on. It may be destroyed before the source is removed.
//  ready: the call. Conditions and barriers are never ready.
//  Returns the number of the source, the lowest free one from 0; or -1 with
//  EINVAL (the object cannot be ready for that), ENOENT (WEIR_READY_CHANGE: the
//  object was dropped), ENOBUFS (also when the select has 4,096 objects of that
//  owner), or EOWNERDEAD, ECONNREFUSED, ESTALE, EMFILE, EACCES, EPROTO and ENOMEM as in
//  object.h.
WEIR_EXPORT int weir_select_add (weir_select_t *self, const void *object,
                                 weir_ready_t ready);

//  Adds an end of a pipe as a source. This process uses that end from now on.
//  pipe: the handle may be destroyed before the source is removed.
//  ready: WEIR_READY_RECV or WEIR_READY_SEND.
//  Returns the number of the source as weir_select_add; or -1 with EINVAL or
//  ENOMEM.
WEIR_EXPORT int weir_select_add_pipe (weir_select_t *self, weir_pipe_t *pipe,
                                      weir_ready_t ready);

//  Adds a process as a source, which is ready once the process has ended.
//  process: the source must be removed before the process is destroyed.
//  Returns the number of the source as weir_select_add; or -1 with EPERM (the
//  caller is not the parent), ENOMEM or ENOSPC.
WEIR_EXPORT int weir_select_add_process (weir_select_t *self,
                                         const weir_process_t *process);

//  Adds a descriptor as a source.
//  fd: the source must be removed before the descriptor is closed.
//  events: a sum of POLLIN, POLLOUT, POLLPRI and POLLRDHUP of poll(2). An error
//  or a hang-up makes the source ready as well.
//  Returns the number of the source as weir_select_add; or -1 with EBADF (fd is
//  not open), EINVAL (events has other bits or none, or fd belongs to this
//  select), ELOOP (fd belongs to a select that watches this one), ENOSPC
//  (epoll(7) watches too much) or ENOMEM.
WEIR_EXPORT int weir_select_add_fd (weir_select_t *self, int fd, int events);

//  Removes a source; its number is free again. May block while another thread
//  asks an owner.
//  Returns 0, or -1 with EINVAL (there is no source with that number).
WEIR_EXPORT int weir_select_remove (weir_select_t *self, int source);

//  Waits until a source is ready.
//  timeout_ms: -1 waits without a limit, 0 does not wait for sources to become
//  ready, a positive number is a limit in milliseconds.
//  Each call asks the owners of the objects and waits for their replies, for half
//  a second at most, also with timeout 0 and when another source is ready. An
//  owner that has not replied for that long, for instance because its process is
//  stopped, delays each call by up to 50 ms until it replies again. With timeout 0
//  there is no second chance to hear from it, so the call waits for its reply as
//  long as no other source is ready. The call also waits once, for half a second
//  at most, for a value that was sent to an end of a pipe and has not arrived.
//  Returns the number of the source, or -1 with EAGAIN (timeout 0: none is
//  ready), ETIMEDOUT, EINVAL (a timeout below -1, or a timeout of -1 without
//  any source), ECONNREFUSED, EMFILE, ENFILE, ENOBUFS, EACCES, EPROTO, ENOMEM or ENOSPC
//  (epoll(7) watches too much).
WEIR_EXPORT WEIR_CHECK int weir_select_wait (weir_select_t *self,
                                             int timeout_ms);

//  Returns a descriptor for poll, epoll, or the loop of an application such as
//  libuv. It is readable when a source may be ready, also at first. Then call
//  weir_select_wait with timeout 0: while that returns sources the descriptor
//  stays readable; after EAGAIN it is not readable until a source may be ready
//  again. It is not for reading.
//  The descriptor is borrowed and valid as long as the select, in this process;
//  a forked child asks for its own. Returns -1 on failure. May block while
//  another thread asks an owner.
WEIR_EXPORT int weir_select_fd (weir_select_t *self);

WEIR_END_C

#endif
