/*  runtime.h - the runtime directory, where sockets live

    $WEIR_RUNTIME_DIR, else $XDG_RUNTIME_DIR/weir, else /tmp/weir-UID. In it
    every owner and every pipe has a folder of mode 0700, held by a flock on
    its file `lock`: ZeroMQ lets a second bind steal an ipc path, so the flock
    is what makes a name unique, and what tells a dead folder from a live one.

    Any thread; nothing here blocks but the file system.

    SPDX-License-Identifier: MPL-2.0
*/

#ifndef WEIR__CARRIER_RUNTIME_H_INCLUDED
#define WEIR__CARRIER_RUNTIME_H_INCLUDED

#include <stddef.h>
#include <sys/types.h>

//  No path of a socket is longer: sizeof sun_path, with its NUL.
enum { WEIR__PATH_SIZE = 108 };

typedef struct weir__folder {
    char path [WEIR__PATH_SIZE];
    int lock_fd; //  -1 when not held
} weir__folder_t;

//  Writes the path of the folder NAME, which need not exist. Returns 0, or -1
//  with EINVAL (a name must be 1 to 255 of [A-Za-z0-9._-], not begin with a
//  dot), ENAMETOOLONG (the socket's path would not fit; the sentence says by
//  how much), or EACCES / ENOTDIR / another errno of mkdir when the runtime
//  directory itself cannot be had or is not ours alone.
int weir__runtime_path (const char *name, char ret_path [WEIR__PATH_SIZE]);

//  Makes and locks the folder NAME; a NULL name means a fresh one that
//  begins with `prefix`. Also sweeps away what the dead left in the runtime
//  directory; not each time, when many folders are alive. Returns 0, or -1
//  with EEXIST (a live owner has that name) or as weir__runtime_path.
int weir__folder_make (const char *name, const char *prefix,
                       weir__folder_t *ret_folder);

//  Removes the folder with all that is in it and unlocks it. Only in the
//  process that made it: a forked child has no lock on it.
void weir__folder_remove (weir__folder_t *folder);

//  The process that holds the folder at this path. -1 with ENOENT when nobody
//  alive does, with EACCES when it is another user's, or with EMFILE, ENFILE
//  or ENOMEM when that cannot be seen.
pid_t weir__folder_holder (const char *path);

#endif
