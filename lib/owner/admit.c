/*  admit.c - admits connections: HELLO

    SPDX-License-Identifier: MPL-2.0
*/

#include "owner/admit.h"

#include <errno.h>

#include "owner/entries.h"
#include "owner/refuse.h"
#include "owner/sessions.h"

//  Returns why this HELLO must be refused, and sets *ret_error; NULL when it
//  can be served.
static const char *hello_problem (const weir__engine_t *self,
                                  const weir__hello_t *hello,
                                  const weir__arrival_t *arrival,
                                  int *ret_error)
{
    const weir__credentials_t *who = arrival->credentials;
    const weir__peer_session_t *client =
        weir__peer_session_find (&self->peers, hello->session);
    *ret_error = EACCES;
    if (who->uid != self->config.self.uid)
        return "this owner belongs to another user";
    if (who->pid <= 0)
        return "this owner cannot see your process: it runs in another pid "
               "namespace; start both in the same one";
    if (client && client->pid != who->pid)
        return "that session belongs to another process";
    *ret_error = EOWNERDEAD;
    if (hello->epoch != 0 && hello->epoch != self->config.epoch)
        return "the owner of that session has ended; another owner has its "
               "name";
    //  A link that knows our epoch was welcomed before, but its session is
    //  gone. In a new session the owner would execute its requests a second
    //  time.
    *ret_error = EPROTO;
    if (!client && ((hello->attempt > 1 && hello->epoch != 0) ||
                    weir__peers_ended (&self->peers, hello->session)))
        return WEIR__ENGINE_SESSION_ENDED;
    *ret_error = ENOBUFS;
    if (!client && HASH_COUNT (self->peers.sessions) >= WEIR__SESSIONS)
        return "this owner cannot serve more sessions; end some of the "
               "processes "
               "that use it";
    const weir__peer_t *peer = weir__peer_of (
        &self->peers, (weir__origin_t){hello->session, hello->link});
    int links = 0;
    if (client && !peer)
        DL_COUNT (client->peers, peer, links);
    if (links >= LINKS_PER_SESSION)
        return "this session cannot have more links; use it from fewer threads";
    if (arrival->crowded && !peer)
        return "this owner has few descriptors left, and admits no new links; "
               "raise its limit (ulimit -n)";
    return NULL;
}

//  Adds the peer as a link of its session, and the session if it is new.
//  Returns NULL when out of memory, or when the process cannot be watched.
static weir__peer_t *enter (weir__engine_t *self, uint64_t number,
                            const weir__hello_t *hello, pid_t pid)
{
    weir__peer_session_t *client =
        weir__peer_session_find (&self->peers, hello->session);
    bool fresh = !client;
    if (fresh)
        client = weir__peer_session_add (&self->peers, hello->session, pid);
    if (!client)
        return NULL;
    weir__peer_t *peer = weir__peer_add (&self->peers, client, number, hello);
    if (peer && (!fresh || pid == self->config.self.pid ||
                 self->io.watch (self->io.context, hello->session, pid) == 0))
        return peer;
    if (fresh)
        weir__peer_session_remove (&self->peers, client);
    return NULL;
}

//  Returns whether a later connection of the same link has already sent its
//  HELLO, or even its CLOSE.
static bool is_stale (const weir__engine_t *self, const weir__hello_t *hello)
{
    const weir__peer_session_t *client =
        weir__peer_session_find (&self->peers, hello->session);
    const weir__peer_t *peer = weir__peer_of (
        &self->peers, (weir__origin_t){hello->session, hello->link});
    return (peer && hello->attempt <= peer->attempt) ||
           (client && weir__peer_session_closed (client, hello->link));
}

//  Reserves room for one more WELCOME, so that it can be added after its record
//  is in the entry. Returns false when out of memory.
static bool reserve_welcome (weir__engine_t *self)
{
    bool there = weir__buffer_extend (&self->welcomes, sizeof (uint64_t));
    if (there)
        self->welcomes.size -= sizeof (uint64_t);
    self->welcomes.failed = false;
    return there;
}

void weir__engine_greet (weir__engine_t *self, const weir__arrival_t *arrival,
                         const weir__frame_t *frame, uint64_t now_us)
{
    weir__hello_t hello;
    weir__peer_t *known = weir__peer_find (&self->peers, arrival->peer);
    if (known || !arrival->credentials || frame->more ||
        !weir__hello_read (frame, &hello)) {
        weir__engine_drop (self, arrival->peer, known, now_us,
                           "a HELLO is malformed");
        return;
    }
    int error;
    const char *problem = hello_problem (self, &hello, arrival, &error);
    if (problem) {
        weir__engine_note (self, WEIR__NOTE_REFUSED, now_us,
                           "refused process %d: %s",
                           (int) arrival->credentials->pid, problem);
        weir__engine_refuse (self, arrival->peer, error, problem);
        return;
    }
    if (is_stale (self, &hello))
        return;
    //  Requests from the old connection of the link are answered there. When a
    //  reply that the machine does not keep finds no memory, the link sends the
    //  request again over the new connection.
    weir__peer_t *old = weir__peer_of (
        &self->peers, (weir__origin_t){hello.session, hello.link});
    if (old)
        weir__engine_make_entry (self, now_us);
    if (!reserve_welcome (self)) {
        weir__engine_refuse (self, arrival->peer, ENOBUFS,
                             WEIR__ENGINE_NO_MEMORY);
        return;
    }
    //  The new connection of a link replaces the old one.
    if (old)
        weir__engine_forget (self, old);
    if (!enter (self, arrival->peer, &hello, arrival->credentials->pid)) {
        weir__engine_refuse (self, arrival->peer, ENOBUFS,
                             WEIR__ENGINE_NO_MEMORY);
        return;
    }
    weir__engine_record (
        self,
        &(weir__record_t){.type = WEIR__RECORD_OPEN,
                          .session = hello.session,
                          .link = hello.link,
                          .number = (uint64_t) arrival->credentials->pid},
        now_us);
    weir__buffer_put_u64 (&self->welcomes, arrival->peer);
}
