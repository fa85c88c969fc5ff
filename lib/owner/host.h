/*  host.h - where an owner runs: a thread, a child process, or this thread

    Any thread may start and stop a host; only the process that started it can
    stop it.

    SPDX-License-Identifier: MPL-2.0
*/

#ifndef WEIR__OWNER_HOST_H_INCLUDED
#define WEIR__OWNER_HOST_H_INCLUDED

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

typedef struct weir__host weir__host_t;

//  Starts an owner in a thread of this process or in a child process, and
//  waits until it serves. name: NULL for one that nobody can guess. NULL with
//  EEXIST, EINVAL, ENAMETOOLONG (see runtime.h), EAGAIN, EMFILE or ENOMEM.
//  A child process ends when this one does, however it ends.
weir__host_t *weir__host_thread (const char *name);
weir__host_t *weir__host_process (const char *name);

//  Runs an owner in this thread until stop_fd polls readable. `serving` is
//  called once it serves; NULL: not at all. Returns 0, or -1 as above or with
//  EIO.
int weir__host_serve (const char *name, int stop_fd,
                      void (*serving) (const char *path));

//  Stops the owner and waits for its end. In another process than the one
//  that started it, only frees.
void weir__host_stop (weir__host_t **self_p);

//  The owner's folder; valid as long as the host.
const char *weir__host_path (const weir__host_t *self);

#endif
