/*  remote.c - an owner as its clients see it: our session with it

    The owner's death is told by a pidfd, or, for an owner in this process, by
    the REFUSED that it sends to all its links when it ends. A link that has
    not been welcomed yet looks by itself whether the owner is still there.

    SPDX-License-Identifier: MPL-2.0
*/

#include "client/remote.h"

#include <assert.h>
#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/error.h"
#include "base/fork.h"
#include "carrier/pidfd.h"
#include "base/random.h"
#include "carrier/dealer.h"
#include "carrier/runtime.h"
#include "codec/pack.h"
#include "machine/hash.h"

enum {
    WELCOME_STEP_MS = 50 //  between looks while not yet welcomed
};

struct weir__remote {
    char path [WEIR__PATH_SIZE];
    unsigned shares;     //  of handles; guarded by the process lock
    unsigned links;      //  of threads; guarded by the process lock
    uint64_t generation; //  of the process that the session is of
    uint64_t session;
    uint32_t last_link;          //  number of the link made last
    pid_t pid;                   //  of the owner
    int pidfd;                   //  -1: the owner is in this process
    atomic_uint_fast64_t epoch;  //  of the owner; 0: it has not told yet
    atomic_bool ended;           //  no link to it can be of use any more
    weir__remote_t *prev, *next; //  among all remotes of this process
};

//  One thread's connection to one owner.
typedef struct link {
    weir__remote_t *remote;
    uint64_t generation;
    weir__dealer_t *dealer;
    weir__protocol_t protocol;
    weir__guard_t guard;
    struct link *prev, *next; //  among this thread's links
} link_t;

//  Guarded by the process lock.
static weir__remote_t *remotes;

static pthread_once_t once = PTHREAD_ONCE_INIT;
static pthread_key_t thread_end; //  its destructor closes the links
static _Thread_local link_t *links;

static void discard (weir__remote_t *self)
{
    if (self->pidfd >= 0)
        close (self->pidfd);
    free (self);
}

//  To be called under the process lock.
static void free_remote (weir__remote_t *self)
{
    DL_DELETE (remotes, self);
    discard (self);
}

//  Makes the session this process's own: in a forked child what it finds is
//  its parent's. To be called under the process lock.
static int adopt (weir__remote_t *self, uint64_t generation)
{
    if (self->generation == generation)
        return 0;
    //  The parent's own thread was the owner; for us it is another process.
    if (self->pidfd < 0) {
        self->pidfd = weir__pidfd_open (self->pid);
        if (self->pidfd < 0)
            return weir__fail (errno == ESRCH ? EOWNERDEAD : errno,
                               "the owner at %s cannot be watched: %s",
                               self->path, strerror (errno));
    }
    self->generation = generation;
    self->session = weir__random ();
    self->last_link = 0;
    self->links = 0;
    return 0;
}

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
        self->pidfd = weir__pidfd_open (self->pid);
        //  Still there after we watch it: then it is the one that we watch.
        if (self->pidfd >= 0 && weir__folder_holder (path) == self->pid)
            return self;
        if (self->pidfd >= 0 || errno == ESRCH)
            weir__fail (ENOENT, "no owner runs at %s", path);
        else
            weir__fail (errno, "the owner at %s cannot be watched: %s", path,
                        strerror (errno));
    }
    discard (self);
    return NULL;
}

//  Whether its process is dead, as far as that can be seen without waiting.
static bool is_dead (const weir__remote_t *self)
{
    struct pollfd end = {.fd = self->pidfd, .events = POLLIN};
    return self->pidfd >= 0 && poll (&end, 1, 0) == 1;
}

//  The remote for a path, with a share more. Not one of an owner that is dead:
//  another owner may have its place by now. To be called under the process
//  lock. NULL with errno 0: there is none.
static weir__remote_t *find_remote (const char *path, uint64_t generation)
{
    weir__remote_t *self;
    DL_FOREACH (remotes, self)
    if (!atomic_load (&self->ended) && self->shares > 0 &&
        strcmp (self->path, path) == 0 && !is_dead (self))
        break;
    errno = 0;
    if (!self || adopt (self, generation) != 0)
        return NULL;
    self->shares++;
    return self;
}

weir__remote_t *weir__remote_attach (const char *path)
{
    if (strlen (path) >= WEIR__PATH_SIZE)
        return weir__fail_null (ENAMETOOLONG, "%s is too long a path", path);
    uint64_t generation = weir__generation ();
    weir__process_lock ();
    weir__remote_t *self = find_remote (path, generation);
    weir__process_unlock ();
    if (self || errno != 0)
        return self;
    weir__remote_t *fresh = make_remote (path, generation);
    if (!fresh)
        return NULL;
    //  Another thread may have been quicker.
    weir__process_lock ();
    self = find_remote (path, generation);
    if (!self && errno == 0) {
        self = fresh;
        self->shares = 1;
        DL_APPEND (remotes, self);
    }
    weir__process_unlock ();
    if (self != fresh)
        discard (fresh);
    return self;
}

void weir__remote_retain (weir__remote_t *self)
{
    weir__process_lock ();
    self->shares++;
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

static int send_frame (void *context, const uint8_t *head, const uint8_t *body,
                       size_t size)
{
    return weir__dealer_send (context, head, WEIR__FRAME_HEAD_BYTES, body,
                              size);
}

static weir__wire_t wire_of (link_t *link)
{
    return (weir__wire_t){.send = send_frame, .context = link->dealer};
}

//  Frees a link; errno stays. One that was inherited over a fork is only
//  forgotten.
static void free_link (link_t *link)
{
    int error = errno;
    DL_DELETE (links, link);
    weir__protocol_free (&link->protocol);
    if (link->generation == weir__generation ()) {
        weir__dealer_destroy (&link->dealer);
        weir__process_lock ();
        if (--link->remote->links == 0 && link->remote->shares == 0)
            free_remote (link->remote);
        weir__process_unlock ();
    } else
        weir__dealer_forget (&link->dealer);
    free (link);
    errno = error;
}

//  Whether it is of use no more: inherited over a fork, or its remote ended.
static bool is_stale (const link_t *link)
{
    return link->generation != weir__generation () ||
           atomic_load (&link->remote->ended);
}

static void close_links (void *unused)
{
    (void) unused;
    while (links) {
        weir__wire_t wire = wire_of (links);
        if (!is_stale (links))
            weir__protocol_close (&links->protocol, &wire, false);
        free_link (links);
    }
}

static void make_key (void)
{
    int error = pthread_key_create (&thread_end, close_links);
    assert (error == 0 || error == EAGAIN || error == ENOMEM);
    (void) error;
}

static link_t *find_link (const weir__remote_t *remote)
{
    link_t *link, *next;
    DL_FOREACH_SAFE (links, link, next)
    if (is_stale (link))
        free_link (link);
    DL_SEARCH_SCALAR (links, link, remote, remote);
    return link;
}

static void *fail_ended (const weir__remote_t *self)
{
    return weir__fail_null (EOWNERDEAD,
                            "the owner at %s has ended, and its objects with "
                            "it; make or open another one",
                            self->path);
}

//  A frame was not sent: a thread that was the owner may have closed its socket.
static int fail_send (weir__remote_t *self)
{
    if (errno == EAGAIN && self->pidfd < 0) {
        atomic_store (&self->ended, true);
        fail_ended (self);
    }
    return -1;
}

//  Makes this thread's link and says HELLO.
static link_t *make_link (weir__remote_t *remote)
{
    uint64_t generation = weir__generation ();
    link_t *link = calloc (1, sizeof *link);
    if (!link)
        return weir__fail_null (ENOMEM, "out of memory");
    //  With an epoch: what has our owner's place after its end is not meant.
    weir__hello_t hello = {.epoch = atomic_load (&remote->epoch)};
    weir__process_lock ();
    int rc = adopt (remote, generation);
    if (rc == 0) {
        hello.session = remote->session;
        hello.link = ++remote->last_link;
        remote->links++;
    }
    weir__process_unlock ();
    if (rc != 0) {
        free (link);
        return NULL;
    }
    link->remote = remote;
    link->generation = generation;
    weir__protocol_init (&link->protocol, &hello);
    DL_APPEND (links, link);
    pthread_once (&once, make_key);
    pthread_setspecific (thread_end, &links);
    link->dealer = weir__dealer_new (remote->path, remote->pidfd < 0);
    weir__wire_t wire = wire_of (link);
    if (link->dealer && weir__protocol_hello (&link->protocol, &wire) == 0)
        return link;
    fail_send (remote);
    free_link (link);
    return NULL;
}

//  Tells the owner that our session is over. Other threads' links to it remain
//  until those threads call or end.
static void end_session (weir__remote_t *self, link_t *link)
{
    if (!link)
        link = make_link (self);
    if (!link)
        return;
    weir__wire_t wire = wire_of (link);
    weir__protocol_close (&link->protocol, &wire, true);
    free_link (link);
}

//  With the last share the session ends. That share is kept until the owner has
//  been told, so that the end of another thread does not free the remote.
void weir__remote_release (weir__remote_t *self)
{
    int error = errno;
    link_t *link = find_link (self);
    weir__process_lock ();
    assert (self->shares > 0);
    bool used = self->links > 0 && self->generation == weir__generation ();
    //  Ended: nobody finds the remote any more.
    bool tell =
        self->shares == 1 && used && !atomic_exchange (&self->ended, true);
    weir__process_unlock ();
    if (tell)
        end_session (self, link);
    weir__process_lock ();
    used = self->links > 0 && self->generation == weir__generation ();
    if (--self->shares == 0 && !used)
        free_remote (self);
    weir__process_unlock ();
    errno = error;
}

//  The owner is gone in the middle of a call.
static int lose_owner (link_t *link)
{
    weir__remote_t *remote = link->remote;
    atomic_store (&remote->ended, true);
    weir__fail (EOWNERDEAD,
                "the owner at %s ended before it answered: its objects are "
                "gone, and whether it did this is unknown",
                remote->path);
    free_link (link);
    return -1;
}

//  The sentence that a refusal or a failed reply carries.
static int fail_as_told (const weir__news_t *news)
{
    weir_value_t value;
    weir__packed_peek (news->value.data, news->value.size, &value);
    if (value.type != WEIR_STRING)
        return weir__fail (news->error, "%s", strerror (news->error));
    return weir__fail (news->error, "%.*s", (int) value.size, value.string);
}

static int refused (link_t *link, const weir__news_t *news)
{
    //  Of a dead one's links nobody knows who has its place.
    if (news->error == EOWNERDEAD || is_dead (link->remote))
        return lose_owner (link);
    fail_as_told (news);
    //  A session that was dropped does not come back.
    if (news->error == EPROTO)
        atomic_store (&link->remote->ended, true);
    free_link (link);
    return -1;
}

//  Whether it is the owner that we mean who has welcomed us.
static bool is_meant (weir__remote_t *remote, const weir__welcome_t *welcome)
{
    if (welcome->pid != (uint64_t) remote->pid)
        return false;
    atomic_store (&remote->epoch, welcome->epoch);
    return true;
}

//  Takes in what has arrived. Returns 1 when the reply is among it (*ret_value
//  is set), 0 when it is not, -1 when the call has failed.
static int take_in (link_t *link, uint64_t number, weir_value_t *ret_value)
{
    weir__slice_t bytes;
    while (weir__dealer_recv (link->dealer, &bytes.data, &bytes.size) == 0) {
        weir__news_t news;
        if (weir__protocol_frame (&link->protocol, bytes, &news) != 0) {
            atomic_store (&link->remote->ended, true);
            free_link (link);
            return -1;
        }
        if (news.type == WEIR__NEWS_REFUSED)
            return refused (link, &news);
        if (news.type == WEIR__NEWS_WELCOME &&
            !is_meant (link->remote, &news.welcome))
            return lose_owner (link);
        if (news.type != WEIR__NEWS_REPLY || news.number != number)
            continue;
        if (news.error)
            return fail_as_told (&news);
        if (ret_value &&
            weir__unpack (news.value.data, news.value.size, ret_value) != 0)
            return weir__fail (ENOMEM, "no memory for the result");
        return 1;
    }
    return 0;
}

//  Whether another process or none serves at the path now; not when that
//  cannot be seen, for want of descriptors.
static bool has_lost_folder (const weir__remote_t *self)
{
    pid_t holder = weir__folder_holder (self->path);
    return holder != self->pid && (holder >= 0 || errno == ENOENT);
}

//  Waits for the reply to a request.
static int await (link_t *link, uint64_t number, weir_value_t *ret_value)
{
    weir__remote_t *remote = link->remote;
    weir__wire_t wire = wire_of (link);
    bool cancelled = false, dead = false;
    for (;;) {
        int rc = take_in (link, number, ret_value);
        if (rc != 0)
            return rc < 0 ? -1 : 0;
        if (dead)
            return lose_owner (link);
        uint64_t until_us =
            link->protocol.welcomed
                ? WEIR__NEVER
                : weir__deadline_us (weir__now_us (), WELCOME_STEP_MS);
        rc = weir__dealer_wait (link->dealer, remote->pidfd, until_us);
        if (rc == 1)
            dead = true;
        else if (rc == -1 && errno == ETIMEDOUT)
            dead = atomic_load (&remote->ended) || has_lost_folder (remote);
        else if (rc == -1 && errno == EINTR && !cancelled)
            //  The reply comes in any case: the result, or EINTR.
            cancelled =
                weir__protocol_cancel (&link->protocol, &wire, number) == 0;
    }
}

//  This thread's link; NULL with EOWNERDEAD or as make_link.
static link_t *use_link (weir__remote_t *self)
{
    if (atomic_load (&self->ended))
        return fail_ended (self);
    link_t *link = find_link (self);
    return link ? link : make_link (self);
}

weir__guard_t *weir__remote_guard (weir__remote_t *self)
{
    link_t *link = use_link (self);
    return link ? &link->guard : NULL;
}

int weir__remote_call (weir__remote_t *self, const weir__ask_t *ask,
                       weir_value_t *ret_value)
{
    link_t *link = use_link (self);
    if (!link)
        return -1;
    weir__wire_t wire = wire_of (link);
    weir__ask_t guarded = *ask;
    guarded.guard = link->guard;
    uint64_t number;
    if (weir__protocol_request (&link->protocol, &wire, &guarded, &number) == 0)
        return await (link, number, ret_value);
    return fail_send (self);
}
