/*  loop.h - the loop of an owner: sockets, peers, timers

    One thread uses a loop: the one that calls weir__loop_run.

    SPDX-License-Identifier: MPL-2.0
*/

#ifndef WEIR__OWNER_LOOP_H_INCLUDED
#define WEIR__OWNER_LOOP_H_INCLUDED

#include <stdint.h>

#include "carrier/folder.h"

typedef struct weir__loop weir__loop_t;

//  Makes a loop that listens in a folder, which is borrowed. Returns NULL with
//  EMFILE, ENOMEM or an errno of bind.
weir__loop_t *weir__loop_new (const weir__folder_t *folder);

//  Frees the loop.
void weir__loop_destroy (weir__loop_t **self_p);

//  Returns the epoch of the owner: a random number that distinguishes it from
//  all other owners.
uint64_t weir__loop_epoch (const weir__loop_t *self);

//  Serves until `stop_fd` polls readable or hangs up. Then tells all peers that
//  the owner ends. Returns 0, or -1 with EIO when the log has failed.
int weir__loop_run (weir__loop_t *self, int stop_fd);

#endif
