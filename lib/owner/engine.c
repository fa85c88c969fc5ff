/*  engine.c - an owner without I/O: from frames to entries and replies

    SPDX-License-Identifier: MPL-2.0
*/

#include "owner/engine.h"

#include <assert.h>
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/clock.h"
#include "codec/pack.h"
#include "codec/status.h"
#include "owner/entries.h"
#include "owner/sessions.h"
#include "machine/snapshot.h"

//  Drops a reply: nobody waits for it during a replay.
static void no_reply (void *context, weir__origin_t to, uint64_t number,
                      weir__bytes_t body)
{
    (void) context, (void) to, (void) number, (void) body;
}

//  Restores the machine from the snapshot and the entries of the log, without
//  sending replies. Returns false when out of memory, or with EPROTO when an
//  entry is missing or damaged.
static bool replay (weir__engine_t *self)
{
    weir__bytes_t bytes;
    if (self->log->snapshot_get (self->log, &self->last, &bytes) == 0)
        self->machine = weir__machine_load (bytes);
    else
        self->machine = weir__machine_new ();
    const weir__sink_t sink = {.reply = no_reply};
    uint64_t sequence = self->last + 1;
    while (self->machine &&
           self->log->read (self->log, &sequence, &bytes) == 0) {
        if (sequence != self->last + 1 ||
            weir__machine_apply (self->machine, bytes, &sink) != 0) {
            errno = EPROTO;
            return false;
        }
        self->last = sequence++;
    }
    return self->machine != NULL;
}

//  Adds a session from the log and watches its process, which may be dead by
//  now.
static bool expect_back (void *context, uint64_t session, uint64_t process)
{
    weir__engine_t *self = context;
    return weir__peer_session_add (&self->peers, session, (pid_t) process) &&
           (process == (uint64_t) self->config.self.pid ||
            self->io.watch (self->io.context, session, (pid_t) process) == 0);
}

weir__engine_t *weir__engine_new (const weir__engine_config_t *config,
                                  weir__log_t *log, const weir__engine_io_t *io)
{
    weir__engine_t *self = calloc (1, sizeof *self);
    if (!self)
        return NULL;
    self->config = *config;
    self->io = *io;
    self->log = log;
    weir__buffer_extend (&self->entry, ENTRY_RESERVE);
    weir__buffer_extend (&self->control, CONTROL_RESERVE);
    if (self->entry.failed || self->control.failed || !replay (self) ||
        !weir__machine_each_session (self->machine, expect_back, self))
        weir__engine_destroy (&self);
    else
        weir__buffer_clear (&self->entry);
    return self;
}

void weir__engine_destroy (weir__engine_t **self_p)
{
    weir__engine_t *self = *self_p;
    if (!self)
        return;
    *self_p = NULL;
    while (self->peers.sessions)
        weir__peer_session_remove (&self->peers, self->peers.sessions);
    weir__machine_destroy (&self->machine);
    weir__buffer_free (&self->entry);
    weir__buffer_free (&self->welcomes);
    weir__buffer_free (&self->reads);
    weir__buffer_free (&self->scratch);
    weir__buffer_free (&self->control);
    free (self);
}

void weir__engine_died (weir__engine_t *self, uint64_t session, uint64_t now_us)
{
    weir__peer_session_t *client =
        weir__peer_session_find (&self->peers, session);
    if (client)
        weir__engine_end_session (self, client, 0, NULL, now_us);
    weir__engine_settle (self, now_us);
}

void weir__engine_commit (weir__engine_t *self, uint64_t now_us)
{
    weir__engine_make_entry (self, now_us);
    weir__engine_settle (self, now_us);
}

uint64_t weir__engine_deadline_us (const weir__engine_t *self)
{
    if (self->failed)
        return WEIR__NEVER;
    //  Records that settling has added are committed at once.
    if (self->entry.size > 0)
        return 0;
    uint64_t deadline_us = weir__machine_deadline_us (self->machine);
    return self->owes && self->pay_us < deadline_us ? self->pay_us
                                                    : deadline_us;
}

bool weir__engine_each_peer (weir__engine_t *self, uint64_t session,
                             bool (*each) (void *context, uint64_t peer),
                             void *context)
{
    const weir__peer_session_t *client =
        weir__peer_session_find (&self->peers, session);
    for (const weir__peer_t *peer = client ? client->peers : NULL; peer;
         peer = peer->next)
        if (!each (context, peer->number))
            return false;
    return true;
}

void weir__engine_stop (weir__engine_t *self)
{
    weir__engine_dismiss (self);
}

bool weir__engine_failed (const weir__engine_t *self)
{
    return self->failed;
}

const weir__machine_t *weir__engine_machine (const weir__engine_t *self)
{
    return self->machine;
}
