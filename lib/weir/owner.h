/*  owner.h - an owner of shared objects

    An owner holds objects and applies the requests of all its clients, one at a
    time, in one order. It runs in one of three places:

    - in a child process of this one (weir_owner_new), which ends with this
      process, however this process ends;
    - in a thread of this process (weir_owner_new_thread), the fastest place for
      threads, and open to other processes as well;
    - in a daemon (the command `weir serve NAME`), which unrelated programs open
      by its name (weir_owner_open).

    The handle is the same for all three, and stays valid in children that are
    forked later. Objects are made and opened with it (see object.h).

    An owner serves the processes of one user. It lives in a runtime directory:
    $WEIR_RUNTIME_DIR, else $XDG_RUNTIME_DIR/weir, else /tmp/weir-UID.

    A client's session with an owner ends when the client's process ends or is
    killed, and when it destroys its last handle of the owner and of its
    objects. Then the owner cancels its waits, passes on the locks that it held,
    marked as abandoned, and ends its objects without a name. When the owner
    ends, all calls on its objects fail with EOWNERDEAD, including those that
    wait.

    An owner needs one descriptor for each client process and one for each
    thread of theirs that calls it. An owner's own process raises its soft limit
    of descriptors to the hard limit; for an owner in a thread, the program does
    so itself. When few are left, a new process or thread gets ENOBUFS.

    Any thread may call any function on a handle; weir_owner_destroy must be the
    last call. The errors that are not listed here stand in object.h.

    Since 0.1.0.

    SPDX-License-Identifier: MPL-2.0
*/

#ifndef WEIR_OWNER_H_INCLUDED
#define WEIR_OWNER_H_INCLUDED

#include <sys/types.h>
#include "prelude.h"
#include "value.h"

WEIR_BEGIN_C

//  Starts an owner in a child process. Blocks until the owner serves.
//  name: the name by which other processes open the owner, 1 to 255 of the
//  characters A-Z a-z 0-9 . _ - and not beginning with a dot; NULL gives it a
//  new, unique name.
//  Returns a handle, given to the caller, or NULL with EEXIST (a running owner
//  or files of another program have that name), EINVAL (the name is not valid),
//  ENAMETOOLONG (the path of its socket would be too long), EACCES (another
//  user owns the runtime directory, or its mode is not 0700), the error of
//  mkdir for the runtime directory (ENOENT, ENOTDIR and so on), EAGAIN, EMFILE,
//  ENFILE, ENOMEM, or EOWNERDEAD (the owner died while it started).
WEIR_EXPORT WEIR_CHECK weir_owner_t *weir_owner_new (const char *name);

//  Starts an owner in a thread of this process. Blocks until the owner serves.
//  Takes the same `name` as weir_owner_new and fails with the same errors.
WEIR_EXPORT WEIR_CHECK weir_owner_t *weir_owner_new_thread (const char *name);

//  Opens the running owner with that name. Does not block.
//  Returns a handle, given to the caller, or NULL with ENOENT (no such owner
//  runs), EINVAL (the name is NULL or not valid), ENAMETOOLONG, EACCES (the
//  runtime directory or the owner is another user's), ENOTDIR, EMFILE, ENFILE
//  or ENOMEM.
WEIR_EXPORT WEIR_CHECK weir_owner_t *weir_owner_open (const char *name);

//  Ends the owner if this process started it, and blocks until it has ended; an
//  opened or inherited owner keeps running. Frees the handle and sets *self_p
//  to NULL. Accepts NULL and a pointer to NULL.
//  The handles of the owner's objects stay valid for their own destroy.
WEIR_EXPORT void weir_owner_destroy (weir_owner_t **self_p);

//  Runs an owner in the calling thread, as `weir serve` does. Blocks until
//  `stop_fd` polls readable or hangs up.
//  name: as for weir_owner_new.
//  stop_fd: a descriptor that can be polled; borrowed for the call.
//  serving: called with the path of the owner's folder, borrowed for that call,
//  once the owner serves; NULL calls nothing.
//  Returns 0, or -1 with the errors of weir_owner_new, EIO (its log failed) or
//  EINVAL (stop_fd is not open or cannot be polled).
WEIR_EXPORT int weir_owner_serve (const char *name, int stop_fd,
                                  void (*serving) (const char *path));

//  Returns the owner's name, borrowed and valid as long as the handle; NULL
//  with EINVAL when `self` is NULL. Does not block.
WEIR_EXPORT const char *weir_owner_name (const weir_owner_t *self);

//  Returns the id of the process in which the owner runs; -1 with EINVAL when
//  `self` is NULL. Does not block.
WEIR_EXPORT pid_t weir_owner_pid (const weir_owner_t *self);

//  Gets the owner's objects. Blocks until the owner replies.
//  ret_objects: a list of [id, kind, name or nil], owned by the caller.
WEIR_EXPORT WEIR_CHECK int weir_owner_objects (weir_owner_t *self,
                                               weir_value_t *ret_objects);

WEIR_END_C

#endif
