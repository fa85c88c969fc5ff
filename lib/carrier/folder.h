/*  folder.h - the folders of owners and of pipes

    Each is in the runtime directory, has mode 0700, and is held by a flock on
    its file `lock`: ZeroMQ lets a second bind steal an ipc path, so the flock
    makes a name unique and tells a dead folder from a live one.

    The text of `lock` is Weir's mark: "weir 1", a newline, the maker's pid and
    a newline. What has no mark belongs to others. Only marked folders are
    removed, and only when nothing but Weir's own files is in them.

    Any thread. A call waits while another process makes or removes a folder.

    SPDX-License-Identifier: MPL-2.0
*/

#ifndef WEIR__CARRIER_FOLDER_H_INCLUDED
#define WEIR__CARRIER_FOLDER_H_INCLUDED

#include <sys/types.h>

#include "carrier/runtime.h"

typedef struct weir__folder {
    char path [WEIR__PATH_SIZE];
    int lock_fd; //  -1 when not held
} weir__folder_t;

//  Makes and locks the folder NAME; a NULL name means a fresh one that
//  begins with `prefix`. Also removes what the dead left in the runtime
//  directory; not each time, when many folders are alive. Returns 0, or -1
//  with EEXIST (a live owner has that name, or something that is not Weir's
//  is there) or as weir__runtime_path.
int weir__folder_make (const char *name, const char *prefix,
                       weir__folder_t *ret_folder);

//  Unlocks the folder and removes it with the files that Weir has made in it.
//  A folder with other files stays as it is. Only in the process that made
//  it: a forked child has no lock on it.
void weir__folder_remove (weir__folder_t *folder);

//  The process that holds the folder at this path. -1 with ENOENT when nobody
//  alive does or the folder is not Weir's, with EACCES when it is another
//  user's, or with EMFILE, ENFILE or ENOMEM when that cannot be seen.
pid_t weir__folder_holder (const char *path);

#endif
