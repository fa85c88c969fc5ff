/*  remote.h - an owner as its clients see it: our session with it

    A remote is one per process and owner; all handles share it. Each thread
    that calls has a link of its own, made at its first call and closed when
    the thread ends, so that one thread's wait is never another's. A forked
    child finds its remotes and begins sessions of its own.

    Any thread.

    SPDX-License-Identifier: MPL-2.0
*/

#ifndef WEIR__CLIENT_REMOTE_H_INCLUDED
#define WEIR__CLIENT_REMOTE_H_INCLUDED

#include <sys/types.h>

#include "client/protocol.h"

typedef struct weir__remote weir__remote_t;

//  Finds the owner whose folder is at `path`. The caller has a share in the
//  result and gives it back by weir__links_release. NULL with ENOENT (no owner
//  runs there), EMFILE or ENOMEM.
weir__remote_t *weir__remote_attach (const char *path);
void weir__remote_retain (weir__remote_t *self);

//  Whether the caller has the last share of a session of this process that the
//  owner knows: then the caller tells the owner that the session ends, and nobody
//  finds the remote any more.
bool weir__remote_ends_session (weir__remote_t *self);

//  Gives a share back. The remote is freed with the last share and the last
//  uplink.
void weir__remote_drop_share (weir__remote_t *self);

//  From now on every call fails with EOWNERDEAD: the owner is being ended by
//  this process.
void weir__remote_end (weir__remote_t *self);

const char *weir__remote_path (const weir__remote_t *self);
pid_t weir__remote_pid (const weir__remote_t *self);

//  The owner's epoch, which tells it from any other at its place; 0 before the
//  first answer.
uint64_t weir__remote_epoch (const weir__remote_t *self);

//  ---------------------------------------------------------------------------
//  What its uplinks need of it

//  Counts an uplink, and gives it its place in the session of this process,
//  whose generation it tells. Returns 0, or -1 with EOWNERDEAD, EMFILE or
//  ENOMEM. / Counts it no more; the remote may go with it.
int weir__remote_join (weir__remote_t *self, uint64_t generation,
                       weir__hello_t *ret_hello);
void weir__remote_leave (weir__remote_t *self);

//  Whether no call to it can succeed any more. / -1 with EOWNERDEAD, which says
//  so.
bool weir__remote_has_ended (const weir__remote_t *self);
int weir__remote_fail_ended (const weir__remote_t *self);

//  Readable when the owner is dead; -1: it is in this process.
int weir__remote_pidfd (const weir__remote_t *self);

//  Whether the owner's process is dead, as far as that can be seen without
//  waiting. Never for an owner in this process.
bool weir__remote_is_dead (const weir__remote_t *self);

//  Whether another process or none serves at the path now; not when that
//  cannot be seen, for want of descriptors.
bool weir__remote_has_lost_folder (const weir__remote_t *self);

//  Whether it is the owner that we mean who has welcomed us. Then we know its
//  epoch.
bool weir__remote_is_meant (weir__remote_t *self,
                            const weir__welcome_t *welcome);

#endif
