/*  object.h - the functions and the rules that all shared objects have in common

    The functions below take the handle of any shared object: a weir_dict_t *, a
    weir_list_t *, a weir_queue_t * and so on. Weir cannot detect any other
    pointer; passing one is undefined.

    Names. An object's name is a string of 1 to 255 bytes. NULL makes an object
    without a name.

    Lifetime of an object. An object with a name lives until it is dropped or
    its owner ends. An object without a name also ends with the session of the
    process that made it: when that process ends, or when it destroys its last
    handle of that owner or of its objects. Until then the object can be stored
    in other objects by its reference, and its handle can be destroyed. A
    program that makes many objects without a name drops each of them.

    Handles. weir_X_new, weir_X_open and weir_X_from give a handle to the
    caller; X stands for dict, queue and so on. The caller frees it with
    weir_X_destroy. Any thread may use a handle, and several threads may use it
    at the same time; destroy must be the last call. A handle stays valid in
    forked children. weir_X_destroy frees the handle, not the object; it sets
    the caller's pointer to NULL, accepts NULL and a pointer to NULL, and leaves
    errno as it was.

    Values. Arguments are borrowed for the call. A value that a function writes
    through a `ret_` pointer is owned by the caller and freed with
    weir_value_clear. On failure a function writes no output.

    Order. All operations are linearizable: each takes effect at one moment
    between its call and its return, in the one order in which the owner applies
    them.

    Blocking. An operation sends one request to the owner and waits for the
    reply. A function with `timeout_ms` may also wait for other threads: -1
    waits without a limit, 0 fails with EAGAIN instead of waiting, and a
    positive number is a limit in milliseconds, after which the call fails with
    ETIMEDOUT. The owner measures the time, from the moment the request reaches
    it.

    Return values. A function that returns int returns 0 on success, unless its
    comment says otherwise. On failure a function returns -1 or NULL, sets
    errno, and leaves a sentence in weir_error ().

    Errors of every operation, besides those that its comment lists:
    - EINVAL: a handle or a `ret_` pointer is NULL, a timeout is below -1, or a
      value is invalid.
    - ENOENT: the object was dropped.
    - EOWNERDEAD: the owner has ended. If it ended during the call, the
      operation may have been done or not.
    - ECONNREFUSED: the owner runs, but its socket takes no connections. The
      operation may have been done or not.
    - EINTR: a signal handler ran while the call waited. Nothing was done.
    - ESTALE: the call would change something, and a lock guards this thread's
      changes, but its grant has ended (weir_lock_guard).
    - EMSGSIZE: the arguments or the result are over 64 MiB.
    - EMFILE: this process has no descriptor left for this thread's connection.
    - ENOBUFS: the owner has no room for another session or connection.
    - EACCES: the owner does not serve this process.
    - EPROTO: the owner has expelled this process, or the reply is malformed.
    - ENOTSUP: the owner is of another version and does not know the operation.
    - ENOMEM: out of memory, here or at the owner.
    On failure nothing has changed, except where EOWNERDEAD or ECONNREFUSED leaves it unknown.

    Errors of weir_X_new: EEXIST (an object has that name already), EINVAL (the
    name is empty or too long).
    Errors of weir_X_open: ENOENT (no object has that name), EINVAL (the name is
    NULL, empty or too long, or the object is of another kind).
    Errors of weir_X_from: EINVAL (the value is not a reference, or refers to an
    object of another kind), ENOENT (the object was dropped, or its owner has
    ended).

    Since 0.1.0.

    SPDX-License-Identifier: MPL-2.0
*/

#ifndef WEIR_OBJECT_H_INCLUDED
#define WEIR_OBJECT_H_INCLUDED

#include "prelude.h"
#include "value.h"

WEIR_BEGIN_C

//  Returns a reference to the object: a value that can be stored in other
//  objects and sent through queues and pipes. The receiver opens the object
//  with weir_dict_from, weir_queue_from and so on, in any process of the same
//  user on this machine.
//  The value is borrowed and valid as long as the handle; a copy stays valid on
//  its own. Returns WEIR_INVALID when `object` is NULL. Does not block.
WEIR_EXPORT weir_value_t weir_object_reference (const void *object);

//  Returns the object's name, borrowed and valid as long as the handle. Returns
//  NULL for an object without a name and for a handle that was opened by a
//  reference; NULL with EINVAL when `object` is NULL. Does not block.
WEIR_EXPORT const char *weir_object_name (const void *object);

//  Gets a description of the object, as tools show it.
//  ret_info: a map with the keys 'kind', 'name', 'sequence' (see
//  weir_object_sequence; only for the kinds that have one), 'waiting' (the
//  number of waiters), 'waiters' (the first 1,000, each with 'pid', 'thread'
//  and 'for'), 'holders' (each with 'pid', 'thread', 'token' of the grant,
//  'count', and 'lease_ms', which is 0 without a lease), and the keys of its
//  kind, which weir_object(3) lists.
WEIR_EXPORT WEIR_CHECK int weir_object_info (void *object,
                                             weir_value_t *ret_info);

//  Gets the number of operations that have changed the object. Reads and waits
//  do not count. While the number is the same, nothing has changed the object
//  (see weir_transaction_expect_sequence).
//  Fails with ENOTSUP when the object is not a dict, namespace, list, set,
//  array, var, event or queue.
WEIR_EXPORT WEIR_CHECK int weir_object_sequence (void *object,
                                                 int64_t *ret_sequence);

//  Ends the object for all processes. Its waiters, and all later calls on it,
//  fail with ENOENT. The handles remain to be destroyed.
//  Fails with ENOENT when the object has ended already.
WEIR_EXPORT int weir_object_drop (void *object);

WEIR_END_C

#endif
