/*  remote.c - an owner as its clients see it: this process's session with it

    SPDX-License-Identifier: MPL-2.0
*/

#include "client/remote.h"

#include <assert.h>
#include <errno.h>
#include <poll.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/error.h"
#include "base/fork.h"
#include "base/random.h"
#include "base/pidfd.h"
#include "carrier/folder.h"
#include "carrier/runtime.h"
#include "base/hash.h"

struct weir__remote {
    char path [WEIR__PATH_SIZE];
    unsigned shares;     //  of handles; guarded by the process lock
    unsigned links;      //  uplinks; guarded by the process lock
    uint64_t generation; //  of the process that has the session
    uint64_t session;
    uint32_t last_link; //  number of the link made last
    pid_t pid;          //  of the owner
    int pidfd;          //  opened in this generation; -1: the owner is in this
                        //  process
    atomic_uint_fast64_t epoch;  //  of the owner; 0: not known yet
    atomic_bool ended;           //  no link is of use any more
    weir__remote_t *prev, *next; //  among all remotes of this process
};

//  Guarded by the process lock.
static weir__remote_t *remotes;

//  Opens a pidfd that forked children close. (If a child kept it, and then
//  closed all descriptors that it does not know, the number could mean another
//  descriptor there.) The caller holds the process lock. Returns -1 with errno.
static int watch_owner_locked (pid_t pid)
{
    int fd = weir__pidfd_open (pid);
    if (fd < 0 || weir__fork_close_locked (fd) == 0)
        return fd;
    close (fd);
    errno = ENOMEM;
    return -1;
}

//  Frees a remote that is in no list. The caller holds the process lock. errno
//  stays.
static void discard_locked (weir__remote_t *self)
{
    if (self->pidfd >= 0 && self->generation == weir__generation ())
        weir__close_locked (self->pidfd);
    free (self);
}

//  Removes a remote from the list, and frees it. The caller holds the process
//  lock.
static void free_remote_locked (weir__remote_t *self)
{
    DL_DELETE (remotes, self);
    discard_locked (self);
}

//  Fails because the owner's process cannot be watched. Returns -1.
static int fail_to_watch (const char *path, int error)
{
    bool few = error == EMFILE || error == ENFILE;
    return weir__fail (
        error, "owner at %s: cannot watch it: %s%s", path, strerror (error),
        few ? "; close some descriptors, or raise the limit" : "");
}

//  Makes sure that the session belongs to this process. A forked child inherits
//  its parent's remotes, and begins a new session for each. The caller holds
//  the process lock. Returns 0, or -1 with EOWNERDEAD, EMFILE or ENOMEM.
static int adopt_locked (weir__remote_t *self, uint64_t generation)
{
    if (self->generation == generation)
        return 0;
    //  The child watches also an owner that was a thread of its parent: for the
    //  child, that is another process.
    int pidfd = watch_owner_locked (self->pid);
    if (pidfd < 0 && errno == ESRCH)
        return weir__remote_fail_ended (self);
    if (pidfd < 0)
        return fail_to_watch (self->path, errno);
    self->pidfd = pidfd;
    self->generation = generation;
    self->session = weir__random ();
    self->last_link = 0;
    self->links = 0;
    return 0;
}

//  Makes a remote for the owner that holds the folder. Returns NULL with ENOENT
//  (no owner holds it), EMFILE or ENOMEM.
static weir__remote_t *make_remote (const char *path, uint64_t generation)
{
    weir__remote_t *self = calloc (1, sizeof *self);
    if (!self)
        return weir__fail_null (ENOMEM, "out of memory");
    strcpy (self->path, path);
    self->generation = generation;
    self->session = weir__random ();
    self->pidfd = -1;
    self->pid = weir__folder_holder (path);
    if (self->pid == getpid ())
        return self;
    if (self->pid >= 0) {
        weir__process_lock ();
        self->pidfd = watch_owner_locked (self->pid);
        int error = self->pidfd >= 0 ? 0 : errno;
        weir__process_unlock ();
        //  If the same process still holds the folder, then the pidfd watches
        //  the owner and not a later process with the same pid.
        pid_t holder = error ? -1 : weir__folder_holder (path);
        if (holder == self->pid)
            return self;
        if (holder >= 0 || error == ESRCH)
            weir__fail (ENOENT, "owner at %s: it does not run", path);
        else if (error)
            fail_to_watch (path, error);
    }
    weir__process_lock ();
    discard_locked (self);
    weir__process_unlock ();
    return NULL;
}

//  Returns whether the remote's owner is known to be dead. Makes sure that the
//  session belongs to this process. When that fails, the remote remains as the
//  parent left it, and errno says why. The caller holds the process lock.
static bool is_over_locked (weir__remote_t *self, uint64_t generation)
{
    return adopt_locked (self, generation) == 0 ? weir__remote_is_dead (self)
                                                : errno == EOWNERDEAD;
}

//  Finds the remote for a path, and takes a share in it. Ignores a remote whose
//  owner is dead, because another owner may have the folder by now. The caller
//  holds the process lock. Returns NULL with errno 0 when there is no such
//  remote, and NULL with an error when it cannot be used.
static weir__remote_t *find_remote_locked (const char *path,
                                           uint64_t generation)
{
    weir__remote_t *self;
    errno = 0;
    DL_FOREACH (remotes, self)
    if (!atomic_load (&self->ended) && self->shares > 0 &&
        strcmp (self->path, path) == 0 && !is_over_locked (self, generation))
        break;
    if (!self)
        errno = 0;
    if (!self || self->generation != generation)
        return NULL;
    self->shares++;
    return self;
}

weir__remote_t *weir__remote_attach (const char *path)
{
    if (strlen (path) >= WEIR__PATH_SIZE)
        return weir__fail_null (ENAMETOOLONG,
                                "owner at %s: the path is too long", path);
    uint64_t generation = weir__generation ();
    weir__process_lock ();
    weir__remote_t *self = find_remote_locked (path, generation);
    weir__process_unlock ();
    if (self || errno != 0)
        return self;
    weir__remote_t *fresh = make_remote (path, generation);
    if (!fresh)
        return NULL;
    //  Another thread may have made it meanwhile.
    weir__process_lock ();
    self = find_remote_locked (path, generation);
    if (!self && errno == 0) {
        self = fresh;
        self->shares = 1;
        DL_APPEND (remotes, self);
    }
    if (self != fresh)
        discard_locked (fresh);
    weir__process_unlock ();
    return self;
}

void weir__remote_retain (weir__remote_t *self)
{
    weir__process_lock ();
    self->shares++;
    weir__process_unlock ();
}

bool weir__remote_ends_session (weir__remote_t *self)
{
    weir__process_lock ();
    assert (self->shares > 0);
    bool ends = self->shares == 1 && self->generation == weir__generation () &&
                self->last_link > 0 && !atomic_exchange (&self->ended, true);
    weir__process_unlock ();
    return ends;
}

void weir__remote_drop_share (weir__remote_t *self)
{
    weir__process_lock ();
    bool used = self->links > 0 && self->generation == weir__generation ();
    if (--self->shares == 0 && !used)
        free_remote_locked (self);
    weir__process_unlock ();
}

void weir__remote_end (weir__remote_t *self)
{
    atomic_store (&self->ended, true);
}

const char *weir__remote_path (const weir__remote_t *self)
{
    return self->path;
}

pid_t weir__remote_pid (const weir__remote_t *self)
{
    return self->pid;
}

uint64_t weir__remote_epoch (const weir__remote_t *self)
{
    return atomic_load (&self->epoch);
}

//  ---------------------------------------------------------------------------
//  Functions for uplinks

int weir__remote_join (weir__remote_t *self, uint64_t generation,
                       weir__hello_t *ret_hello)
{
    //  The hello names the epoch, so that a later owner in the same folder
    //  refuses it.
    weir__hello_t hello = {.epoch = atomic_load (&self->epoch)};
    weir__process_lock ();
    int rc = adopt_locked (self, generation);
    if (rc == 0) {
        hello.session = self->session;
        hello.link = ++self->last_link;
        self->links++;
        *ret_hello = hello;
    }
    weir__process_unlock ();
    return rc;
}

void weir__remote_leave (weir__remote_t *self)
{
    weir__process_lock ();
    assert (self->links > 0);
    if (--self->links == 0 && self->shares == 0)
        free_remote_locked (self);
    weir__process_unlock ();
}

bool weir__remote_has_ended (const weir__remote_t *self)
{
    return atomic_load (&self->ended);
}

int weir__remote_fail_ended (const weir__remote_t *self)
{
    return weir__fail (EOWNERDEAD,
                       "owner at %s: it has ended, and its objects with it; "
                       "make or open another one",
                       self->path);
}

int weir__remote_pidfd (const weir__remote_t *self)
{
    return self->pidfd;
}

bool weir__remote_is_dead (const weir__remote_t *self)
{
    struct pollfd end = {.fd = self->pidfd, .events = POLLIN};
    return self->pidfd >= 0 && poll (&end, 1, 0) == 1;
}

bool weir__remote_has_lost_folder (const weir__remote_t *self)
{
    pid_t holder = weir__folder_holder (self->path);
    return holder != self->pid && (holder >= 0 || errno == ENOENT);
}

bool weir__remote_is_meant (weir__remote_t *self,
                            const weir__welcome_t *welcome)
{
    if (welcome->pid != (uint64_t) self->pid)
        return false;
    atomic_store (&self->epoch, welcome->epoch);
    return true;
}
