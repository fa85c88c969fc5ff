/*  owner.h - an owner of shared objects

    An owner holds objects and applies what everybody sends it, one message at a
    time, in one order. It runs

    - as a child process of this one (weir_owner_new), which ends with it,
      however this one ends;
    - as a thread of this process (weir_owner_new_thread): the fastest for
      threads, and other processes can use it all the same;
    - as a daemon (the command `weir serve NAME`), which unrelated programs
      open by its name (weir_owner_open).

    The handle is the same. It is valid in children that are forked later.
    Objects are made and opened with it; see dict.h, list.h, var.h, lock.h,
    queue.h.

    Owners belong to one user: processes of others are refused. They live in a
    runtime directory: $WEIR_RUNTIME_DIR, else $XDG_RUNTIME_DIR/weir, else
    /tmp/weir-UID.

    When a process that uses an owner ends, destroys its last handle of it, or
    is killed, the owner ends its session: its waits vanish, the locks that it
    held pass on marked as abandoned, and its objects without a name go. When
    the owner ends, every call on its objects fails with EOWNERDEAD, also those
    that wait.

    An owner takes a descriptor for each process that uses it, and one for each
    of their threads that do. So a process that is there for an owner has its
    soft limit of descriptors raised to the hard one; for an owner in a thread
    that is the program's to do. When few are left, a process or a thread that
    comes new gets ENOBUFS.

    Every function may be called from any thread, except destroy.

    SPDX-License-Identifier: MPL-2.0
*/

#ifndef WEIR_OWNER_H_INCLUDED
#define WEIR_OWNER_H_INCLUDED

#include <sys/types.h>
#include "prelude.h"
#include "value.h"

WEIR_BEGIN_C

//  Starts an owner in a child process / in a thread of this process, and waits
//  until it serves. name: how others open it, 1 to 255 of A-Z a-z 0-9 . _ -
//  without a dot in front; NULL: a fresh one that nobody has. NULL with EEXIST
//  (a running owner has that name, or files of another program do), EINVAL
//  (the name), ENAMETOOLONG (the socket's path would not fit), EACCES (the
//  runtime directory is not ours),
//  ENOENT, ENOTDIR or what else mkdir gave for it, EAGAIN, EMFILE, ENFILE,
//  ENOMEM, EOWNERDEAD (it died while it started). Since 0.1.
WEIR_EXPORT WEIR_CHECK weir_owner_t *weir_owner_new (const char *name);
WEIR_EXPORT WEIR_CHECK weir_owner_t *weir_owner_new_thread (const char *name);

//  Opens the running owner with that name. NULL with ENOENT (none runs),
//  EINVAL, ENAMETOOLONG, EACCES, ENOTDIR, EMFILE, ENFILE, ENOMEM. Does not
//  block. Since 0.1.
WEIR_EXPORT WEIR_CHECK weir_owner_t *weir_owner_open (const char *name);

//  Ends the owner, if this process started it, and waits for its end; an
//  opened or inherited owner goes on. Frees the handle. Handles of its objects
//  stay valid for their own destroy. Accepts NULL and a NULL pointer.
//  Since 0.1.
WEIR_EXPORT void weir_owner_destroy (weir_owner_t **self_p);

//  Runs an owner in the calling thread until stop_fd polls readable or hangs
//  up; what `weir serve` does. Its folder is printed nowhere; `serving`, when
//  not NULL, is called with it once the owner serves. Returns 0, or -1 as
//  weir_owner_new, or with EIO (its log failed) or EINVAL. Since 0.1.
WEIR_EXPORT int weir_owner_serve (const char *name, int stop_fd,
                                  void (*serving) (const char *path));

//  Its name. Borrowed: valid as long as the handle. NULL with EINVAL.
//  Since 0.1.
WEIR_EXPORT const char *weir_owner_name (const weir_owner_t *self);

//  The process it runs in; -1 with EINVAL. Since 0.1.
WEIR_EXPORT pid_t weir_owner_pid (const weir_owner_t *self);

//  What objects it has: a list of [id, kind, name or nil], owned by the caller.
//  Returns 0, or -1 with EOWNERDEAD, ECONNREFUSED, EINTR, EINVAL, EMSGSIZE (over
//  64 MiB), EMFILE, ENOBUFS, EACCES, EPROTO, ENOMEM (as in dict.h). Since 0.1.
WEIR_EXPORT WEIR_CHECK int weir_owner_objects (weir_owner_t *self,
                                               weir_value_t *ret_objects);

WEIR_END_C

#endif
