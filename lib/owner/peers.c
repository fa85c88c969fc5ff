/*  peers.c - the connections of an owner, and their sessions

    SPDX-License-Identifier: MPL-2.0
*/

#include "owner/peers.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

enum {
    CLOSED_LINKS = 1024 //  of a session that are remembered; the oldest are
                        //  forgotten
};

weir__peer_session_t *weir__peer_session_find (const weir__peers_t *self,
                                               uint64_t session)
{
    weir__peer_session_t *client;
    HASH_FIND (hh, self->sessions, &session, sizeof session, client);
    return client;
}

weir__peer_session_t *weir__peer_session_add (weir__peers_t *self,
                                              uint64_t session, pid_t pid)
{
    weir__peer_session_t *client = calloc (1, sizeof *client);
    if (!client)
        return NULL;
    client->session = session;
    client->pid = pid;
    HASH_ADD (hh, self->sessions, session, sizeof client->session, client);
    if (client->hh.tbl)
        return client;
    free (client);
    return NULL;
}

void weir__peer_session_remove (weir__peers_t *self,
                                weir__peer_session_t *client)
{
    while (client->peers)
        weir__peer_remove (self, client->peers);
    HASH_DELETE (hh, self->sessions, client);
    weir__buffer_free (&client->closed);
    free (client);
}

void weir__peers_end (weir__peers_t *self, uint64_t session)
{
    self->ended [self->next_ended] = session;
    self->next_ended = (self->next_ended + 1) % WEIR__ENDED_SESSIONS;
}

bool weir__peers_ended (const weir__peers_t *self, uint64_t session)
{
    for (size_t i = 0; i < WEIR__ENDED_SESSIONS; i++)
        if (self->ended [i] == session)
            return true;
    return false;
}

weir__peer_t *weir__peer_find (const weir__peers_t *self, uint64_t number)
{
    weir__peer_t *peer;
    HASH_FIND (hh, self->by_number, &number, sizeof number, peer);
    return peer;
}

weir__peer_t *weir__peer_of (const weir__peers_t *self, weir__origin_t origin)
{
    weir__peer_t *peer;
    weir__peer_key_t key = {origin.session, origin.link};
    HASH_FIND (hh_origin, self->by_origin, &key, sizeof key, peer);
    return peer;
}

weir__peer_t *weir__peers_joining (const weir__peers_t *self)
{
    weir__peer_t *first = NULL;
    for (weir__peer_t *peer = self->by_number; peer; peer = peer->hh.next)
        if (peer->joiner.body.data &&
            (!first || peer->joining < first->joining))
            first = peer;
    return first;
}

weir__peer_t *weir__peers_deaf (const weir__peers_t *self)
{
    weir__peer_t *peer = self->by_number;
    while (peer && !peer->deaf)
        peer = peer->hh.next;
    return peer;
}

//  Reserves memory to remember the closing of each link that has had more than
//  one connection, and of one link more. Returns false when out of memory.
static bool reserve_closed (weir__peer_session_t *client)
{
    size_t size = client->closed.size, links = 1;
    const weir__peer_t *peer;
    DL_FOREACH (client->peers, peer)
    links += peer->attempt > 1;
    weir__buffer_extend (&client->closed, links * sizeof (uint32_t));
    bool there = !client->closed.failed;
    client->closed.size = size;
    client->closed.failed = false;
    return there;
}

weir__peer_t *weir__peer_add (weir__peers_t *self, weir__peer_session_t *client,
                              uint64_t number, const weir__hello_t *hello)
{
    if (hello->attempt > 1 && !reserve_closed (client))
        return NULL;
    weir__peer_t *peer = calloc (1, sizeof *peer);
    if (!peer)
        return NULL;
    peer->number = number;
    peer->client = client;
    peer->attempt = hello->attempt;
    peer->origin = (weir__origin_t){client->session, hello->link};
    peer->key = (weir__peer_key_t){client->session, hello->link};
    HASH_ADD (hh, self->by_number, number, sizeof peer->number, peer);
    if (!peer->hh.tbl) {
        free (peer);
        return NULL;
    }
    HASH_ADD (hh_origin, self->by_origin, key, sizeof peer->key, peer);
    if (!peer->hh_origin.tbl) {
        HASH_DELETE (hh, self->by_number, peer);
        free (peer);
        return NULL;
    }
    DL_APPEND (client->peers, peer);
    return peer;
}

void weir__peer_remove (weir__peers_t *self, weir__peer_t *peer)
{
    HASH_DELETE (hh, self->by_number, peer);
    HASH_DELETE (hh_origin, self->by_origin, peer);
    DL_DELETE (peer->client->peers, peer);
    weir__joiner_free (&peer->joiner);
    free (peer);
}

void weir__peer_session_close (weir__peer_session_t *self,
                               const weir__peer_t *peer)
{
    weir__buffer_t *closed = &self->closed;
    if (peer->attempt <= 1)
        return;
    if (closed->size == CLOSED_LINKS * sizeof (uint32_t)) {
        closed->size /= 2;
        memmove (closed->data, closed->data + closed->size, closed->size);
    }
    weir__buffer_put_u32 (closed, peer->origin.link);
    assert (!closed->failed); //  reserved by weir__peer_add
}

bool weir__peer_session_closed (const weir__peer_session_t *self, uint32_t link)
{
    weir__reader_t reader = weir__reader (self->closed.data, self->closed.size);
    while (reader.size > 0)
        if (weir__reader_u32 (&reader) == link)
            return true;
    return false;
}

void weir__peer_acked (weir__peer_t *self, uint64_t acked)
{
    for (int i = 0; i < WEIR__WINDOW && self->acked < acked; i++) {
        uint32_t *bytes = &self->reply_bytes [++self->acked % WEIR__WINDOW];
        self->unacked_bytes -= *bytes;
        *bytes = 0;
    }
    if (self->acked < acked)
        self->acked = acked;
}

void weir__peer_sent (weir__peer_t *self, uint64_t number, size_t size)
{
    uint32_t *bytes = &self->reply_bytes [number % WEIR__WINDOW];
    self->unacked_bytes += size - *bytes;
    *bytes = (uint32_t) size;
}
