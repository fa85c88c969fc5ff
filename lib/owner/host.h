/*  host.h - runs an owner in a thread, in a child process, or here

    Any thread may start and stop a host. Only the process that started a host
    can stop it.

    SPDX-License-Identifier: MPL-2.0
*/

#ifndef WEIR__OWNER_HOST_H_INCLUDED
#define WEIR__OWNER_HOST_H_INCLUDED

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

typedef struct weir__host weir__host_t;

//  Starts an owner in a thread of this process, and waits until it serves. A
//  NULL `name` means a new name that cannot be guessed. Returns NULL with
//  EEXIST, EINVAL, ENAMETOOLONG (see runtime.h), EAGAIN, EMFILE or ENOMEM.
weir__host_t *weir__host_thread (const char *name);

//  Does the same in a child process, which ends when this process ends for any
//  reason.
weir__host_t *weir__host_process (const char *name);

//  Runs an owner in this thread until `stop_fd` polls readable. Calls
//  `serving`, unless it is NULL, when the owner serves. Returns 0, or -1 with
//  an errno of weir__host_thread or EIO.
int weir__host_serve (const char *name, int stop_fd,
                      void (*serving) (const char *path));

//  Stops the owner, waits for its end, and frees the host. In another process
//  than the one that started the host, only frees it.
void weir__host_stop (weir__host_t **self_p);

//  Returns the path of the owner's folder, valid as long as the host.
const char *weir__host_path (const weir__host_t *self);

#endif
