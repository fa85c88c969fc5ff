/*  folder.h - the folders of owners and of pipes

    Each folder is in the runtime directory, has mode 0700, and is held by a
    flock on its file `lock`. ZeroMQ lets a second bind steal an ipc path, so
    the flock makes a name unique and distinguishes a live folder from a dead
    one.

    The text of `lock` is Weir's mark: "weir 1", a newline, the pid of the maker
    and a newline. A folder without the mark belongs to another program. Weir
    removes only folders with the mark, and only if they contain no other files
    than Weir's own.

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

//  Makes and locks the folder `name`; for a NULL `name`, a new one that begins
//  with `prefix`. Also removes the dead folders in the runtime directory,
//  though not at every call when the directory has many live ones. Returns 0,
//  or -1 with EEXIST (a live owner has the name, or a file that is not Weir's)
//  or an errno of weir__runtime_path.
int weir__folder_make (const char *name, const char *prefix,
                       weir__folder_t *ret_folder);

//  Unlocks the folder and removes it with the files that Weir made in it. A
//  folder with other files remains. Only the process that made the folder may
//  call this; a forked child has no lock on it.
void weir__folder_remove (weir__folder_t *folder);

//  Returns the pid of the process that holds the folder at `path`. Returns -1
//  with ENOENT when the holder is dead or the folder is not Weir's, with EACCES
//  when the folder belongs to another user, or with EMFILE, ENFILE or ENOMEM
//  when the lock cannot be read.
pid_t weir__folder_holder (const char *path);

#endif
