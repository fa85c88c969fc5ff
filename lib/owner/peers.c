/*  peers.c - the connections of an owner, and whose they are

    SPDX-License-Identifier: MPL-2.0
*/

#include "owner/peers.h"

#include <stdlib.h>

weir__client_t *weir__client_find (const weir__peers_t *self, uint64_t session)
{
    weir__client_t *client;
    HASH_FIND (hh, self->clients, &session, sizeof session, client);
    return client;
}

weir__client_t *weir__client_add (weir__peers_t *self, uint64_t session,
                                  pid_t pid)
{
    weir__client_t *client = calloc (1, sizeof *client);
    if (!client)
        return NULL;
    client->session = session;
    client->pid = pid;
    HASH_ADD (hh, self->clients, session, sizeof client->session, client);
    if (client->hh.tbl)
        return client;
    free (client);
    return NULL;
}

void weir__client_remove (weir__peers_t *self, weir__client_t *client)
{
    while (client->peers)
        weir__peer_remove (self, client->peers);
    HASH_DELETE (hh, self->clients, client);
    free (client);
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

weir__peer_t *weir__peer_add (weir__peers_t *self, weir__client_t *client,
                              uint64_t number, uint32_t link)
{
    weir__peer_t *peer = calloc (1, sizeof *peer);
    if (!peer)
        return NULL;
    peer->number = number;
    peer->client = client;
    peer->origin = (weir__origin_t){client->session, link};
    peer->key = (weir__peer_key_t){client->session, link};
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
