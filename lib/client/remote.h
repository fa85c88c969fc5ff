/*  remote.h - an owner as its clients see it: this process's session with it

    A process has one remote for each owner, and all handles share it. Each
    thread that calls has a link of its own, so that the waits of two threads
    never mix (links.h). A forked child inherits the remotes, and begins
    sessions of its own on them.

    Any thread.

    SPDX-License-Identifier: MPL-2.0
*/

#ifndef WEIR__CLIENT_REMOTE_H_INCLUDED
#define WEIR__CLIENT_REMOTE_H_INCLUDED

#include <sys/types.h>

#include "client/protocol.h"

typedef struct weir__remote weir__remote_t;

//  Finds the owner that has the folder `path`. The caller gets a share in the
//  remote, and releases it by weir__links_release. Returns NULL with ENOENT (no
//  owner runs there), EMFILE, ENAMETOOLONG or ENOMEM.
weir__remote_t *weir__remote_attach (const char *path);

//  Takes one more share in the remote.
void weir__remote_retain (weir__remote_t *self);

//  Returns whether the caller has the last share of a session that this process
//  began and the owner knows. If so, also ends the remote: weir__remote_attach
//  no longer finds it, and the caller must tell the owner that the session
//  ends.
bool weir__remote_ends_session (weir__remote_t *self);

//  Releases a share. The remote is freed with the last share and the last
//  uplink.
void weir__remote_drop_share (weir__remote_t *self);

//  Ends the remote: every later call fails with EOWNERDEAD.
void weir__remote_end (weir__remote_t *self);

//  Returns the path of the owner's folder.
const char *weir__remote_path (const weir__remote_t *self);

//  Returns the pid of the owner's process.
pid_t weir__remote_pid (const weir__remote_t *self);

//  Returns the owner's epoch, which distinguishes the owner from a later one in
//  the same folder; 0 before the owner's first answer.
uint64_t weir__remote_epoch (const weir__remote_t *self);

//  ---------------------------------------------------------------------------
//  Functions for uplinks

//  Counts an uplink, and gives it a number in this process's session.
//  generation: that of this process.
//  Returns 0, or -1 with EOWNERDEAD, EMFILE or ENOMEM.
int weir__remote_join (weir__remote_t *self, uint64_t generation,
                       weir__hello_t *ret_hello);

//  Stops counting an uplink. Frees the remote when nothing else uses it.
void weir__remote_leave (weir__remote_t *self);

//  Returns whether every call to the owner will fail from now on.
bool weir__remote_has_ended (const weir__remote_t *self);

//  Fails with EOWNERDEAD because the remote has ended. Returns -1.
int weir__remote_fail_ended (const weir__remote_t *self);

//  Returns a descriptor that is readable when the owner is dead; -1 when the
//  owner is in this process.
int weir__remote_pidfd (const weir__remote_t *self);

//  Returns whether the owner's process is dead, without waiting. Always false
//  for an owner in this process.
bool weir__remote_is_dead (const weir__remote_t *self);

//  Returns whether the owner no longer holds its folder: another process holds
//  it, or none does. Returns false when a lack of descriptors hides the answer.
bool weir__remote_has_lost_folder (const weir__remote_t *self);

//  Checks a WELCOME: returns whether the intended owner sent it, and if so
//  stores that owner's epoch.
bool weir__remote_is_meant (weir__remote_t *self,
                            const weir__welcome_t *welcome);

#endif
