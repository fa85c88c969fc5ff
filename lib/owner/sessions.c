/*  sessions.c - ends sessions and peers

    SPDX-License-Identifier: MPL-2.0
*/

#include "owner/sessions.h"

#include <errno.h>
#include <inttypes.h>

#include "owner/entries.h"
#include "owner/refuse.h"

void weir__engine_end_session (weir__engine_t *self,
                               weir__peer_session_t *client, int error,
                               const char *sentence, uint64_t now_us)
{
    weir__engine_record (self,
                         &(weir__record_t){.type = WEIR__RECORD_EXPIRE,
                                           .session = client->session,
                                           .number = client->left},
                         now_us);
    for (weir__peer_t *peer = client->peers; peer; peer = peer->next) {
        self->joining_bytes -= peer->joiner.body.capacity;
        if (error)
            weir__engine_refuse (self, peer->number, error, sentence);
    }
    self->io.unwatch (self->io.context, client->session);
    weir__peers_end (&self->peers, client->session);
    weir__peer_session_remove (&self->peers, client);
}

void weir__engine_drop (weir__engine_t *self, uint64_t number,
                        weir__peer_t *peer, uint64_t now_us, const char *cause)
{
    if (!peer) {
        weir__engine_note (self, WEIR__NOTE_REFUSED, now_us,
                           "refused a connection: %s", cause);
        weir__engine_refuse (self, number, EPROTO, cause);
        return;
    }
    weir__engine_note (self, WEIR__NOTE_DROPPED, now_us,
                       "dropped session %016" PRIx64 " of process %d: %s",
                       peer->client->session, (int) peer->client->pid, cause);
    weir__engine_end_session (self, peer->client, EPROTO, cause, now_us);
}

void weir__engine_dismiss (weir__engine_t *self)
{
    while (self->peers.sessions) {
        weir__peer_session_t *client = self->peers.sessions;
        for (weir__peer_t *peer = client->peers; peer; peer = peer->next)
            weir__engine_refuse (self, peer->number, EOWNERDEAD,
                                 "the owner has ended");
        self->io.unwatch (self->io.context, client->session);
        weir__peer_session_remove (&self->peers, client);
    }
    self->joining_bytes = 0;
}

void weir__engine_settle (weir__engine_t *self, uint64_t now_us)
{
    weir__peer_t *peer;
    if (!self->failed)
        weir__engine_pay_all (self, now_us);
    while (self->deaf && !self->failed &&
           (peer = weir__peers_deaf (&self->peers)) != NULL)
        if (weir__machine_has_link (self->machine, peer->origin))
            weir__engine_drop (self, peer->number, peer, now_us, peer->deaf);
        else { //  its link never began, so it may try again
            weir__engine_refuse (self, peer->number, ENOBUFS, peer->deaf);
            weir__engine_forget (self, peer);
        }
    self->deaf = false;
    if (self->failed)
        weir__engine_dismiss (self);
}
