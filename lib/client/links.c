/*  links.c - the links of this thread, one for each owner

    SPDX-License-Identifier: MPL-2.0
*/

#include "client/links.h"

#include <assert.h>
#include <errno.h>
#include <pthread.h>
#include <stdlib.h>

#include "base/error.h"
#include "base/hash.h"
#include "client/uplink.h"

//  One thread's uplink to one owner.
typedef struct link {
    weir__remote_t *remote;
    weir__uplink_t *uplink;
    weir__guard_t guard;
    struct link *prev, *next; //  among this thread's links
} link_t;

static pthread_once_t once = PTHREAD_ONCE_INIT;
static pthread_key_t thread_end; //  its destructor closes the links
static _Thread_local link_t *links;

//  Frees a link; its uplink may be gone already. errno stays.
static void free_link (link_t *link)
{
    DL_DELETE (links, link);
    weir__uplink_destroy (&link->uplink);
    free (link);
}

//  Closes all links of this thread, which ends.
static void close_links (void *unused)
{
    (void) unused;
    while (links)
        free_link (links);
}

static void make_key (void)
{
    int error = pthread_key_create (&thread_end, close_links);
    assert (error == 0 || error == EAGAIN || error == ENOMEM);
    (void) error;
}

//  Returns this thread's link to the remote; NULL when it has none. Frees every
//  stale link on the way.
static link_t *find_link (const weir__remote_t *remote)
{
    link_t *link, *next;
    DL_FOREACH_SAFE (links, link, next)
    if (weir__uplink_is_stale (link->uplink))
        free_link (link);
    DL_SEARCH_SCALAR (links, link, remote, remote);
    return link;
}

//  Makes this thread's link to the remote. Returns NULL with the errors of
//  weir__uplink_new.
static link_t *make_link (weir__remote_t *remote)
{
    link_t *link = calloc (1, sizeof *link);
    if (!link)
        return weir__fail_null (ENOMEM, "out of memory");
    link->remote = remote;
    link->uplink = weir__uplink_new (remote);
    if (!link->uplink) {
        free (link);
        return NULL;
    }
    DL_APPEND (links, link);
    pthread_once (&once, make_key);
    pthread_setspecific (thread_end, &links);
    return link;
}

//  Returns this thread's link to the remote, which it makes if necessary.
//  Returns NULL as make_link.
static link_t *use_link (weir__remote_t *remote)
{
    link_t *link = find_link (remote);
    return link ? link : make_link (remote);
}

//  The caller's share is kept until the owner has been told, so that another
//  thread, which ends meanwhile, does not free the remote. The links of other
//  threads remain until those threads call or end.
void weir__links_release (weir__remote_t *remote)
{
    int error = errno;
    link_t *link = find_link (remote);
    if (weir__remote_ends_session (remote)) {
        weir__uplink_t *none = NULL;
        weir__uplink_end_session (link ? &link->uplink : &none, remote);
        if (link)
            free_link (link);
    }
    weir__remote_drop_share (remote);
    errno = error;
}

weir__guard_t *weir__links_guard (weir__remote_t *remote)
{
    link_t *link = use_link (remote);
    return link ? &link->guard : NULL;
}

int weir__links_call (weir__remote_t *remote, const weir__operation_t *ask,
                      weir_value_t *ret_value)
{
    link_t *link = use_link (remote);
    if (!link)
        return -1;
    weir__operation_t guarded = *ask;
    guarded.guard = link->guard;
    uint64_t number;
    int rc = weir__uplink_ask (link->uplink, &guarded, &number);
    if (rc == 0)
        rc = weir__uplink_await (link->uplink, number, ret_value);
    if (rc != 0 && weir__uplink_is_stale (link->uplink))
        free_link (link);
    return rc;
}
