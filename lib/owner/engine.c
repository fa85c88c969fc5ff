/*  engine.c - an owner without I/O: frames in, entries, replies out

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
#include "owner/state.h"
#include "machine/snapshot.h"

static void no_reply (void *context, weir__origin_t to, uint64_t number,
                      weir__bytes_t body)
{
    (void) context, (void) to, (void) number, (void) body;
}

//  Begins where the log ends: applies what it holds, to nobody's hearing.
static bool replay (weir__engine_t *self)
{
    weir__bytes_t bytes;
    if (self->log->snapshot_get (self->log, &self->last, &bytes) == 0)
        self->machine = weir__machine_restore (bytes);
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

//  A session that the log has: its process may be alive, or dead meanwhile.
static bool expect_back (void *context, uint64_t session, uint64_t process)
{
    weir__engine_t *self = context;
    return weir__client_add (&self->peers, session, (pid_t) process) &&
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
    while (self->peers.clients)
        weir__client_remove (&self->peers, self->peers.clients);
    weir__machine_destroy (&self->machine);
    weir__buffer_free (&self->entry);
    weir__buffer_free (&self->welcomes);
    weir__buffer_free (&self->reads);
    weir__buffer_free (&self->scratch);
    weir__buffer_free (&self->control);
    free (self);
}

void weir__engine_note (weir__engine_t *self, weir__note_t sort,
                        uint64_t now_us, const char *format, ...)
{
    char text [512];
    unsigned *count = &self->note_count [sort];
    if (now_us / 1000000 != self->note_second [sort]) {
        if (*count > NOTES_PER_SECOND) {
            snprintf (text, sizeof text, "and %u more",
                      *count - NOTES_PER_SECOND);
            self->io.note (self->io.context, text);
        }
        self->note_second [sort] = now_us / 1000000;
        *count = 0;
    }
    if ((*count)++ >= NOTES_PER_SECOND)
        return;
    va_list args;
    va_start (args, format);
    vsnprintf (text, sizeof text, format, args);
    va_end (args);
    self->io.note (self->io.context, text);
}

static bool try_record (weir__engine_t *self, const weir__record_t *record)
{
    size_t size = self->entry.size;
    if (size == 0)
        weir__entry_begin (&self->entry, 0); //  the time is set later
    weir__entry_add (&self->entry, record);
    if (!self->entry.failed)
        return true;
    self->entry.size = size;
    self->entry.failed = false;
    return false;
}

//  When there is no memory for the entry to grow, it is closed and its memory
//  used again: a record without a body always finds room.
bool weir__engine_record (weir__engine_t *self, const weir__record_t *record,
                          uint64_t now_us)
{
    if (try_record (self, record))
        return true;
    weir__engine_make_entry (self, now_us);
    return try_record (self, record);
}

void weir__engine_refuse (weir__engine_t *self, uint64_t peer, int error,
                          const char *sentence)
{
    weir__buffer_clear (&self->control);
    weir__buffer_put_u16 (&self->control, weir__status_of (error));
    weir__buffer_put_u16 (&self->control, 0);
    int rc = weir__pack (&self->control, weir_value_string (sentence));
    assert (rc == 0 && self->control.size <= CONTROL_RESERVE);
    (void) rc;
    weir__frame_t message = {
        .type = WEIR__REFUSED,
        .body = self->control.data,
        .size = self->control.size,
    };
    self->io.send (self->io.context, peer, &message);
}

void weir__engine_forget (weir__engine_t *self, weir__peer_t *peer)
{
    self->joining_bytes -= peer->joiner.body.capacity;
    weir__peer_remove (&self->peers, peer);
}

void weir__engine_end_session (weir__engine_t *self, weir__client_t *client,
                               int error, const char *sentence, uint64_t now_us)
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
    weir__client_remove (&self->peers, client);
}

void weir__engine_deafen (weir__engine_t *self, weir__peer_t *peer,
                          const char *cause)
{
    peer->deaf = cause;
    self->deaf = true;
}

//  Sends a reply. Returns false when there is no memory for its frames.
static bool send_reply (weir__engine_t *self, weir__peer_t *peer,
                        uint64_t number, weir__bytes_t body)
{
    weir__frame_t message = {
        .type = WEIR__REPLY,
        .number = number,
        .body = body.data,
        .size = body.size,
    };
    bool deaf = peer->unacked_bytes > UNACKED_BYTES;
    //  A dead connection is no matter here: if the process is dead, watching
    //  tells; if it is not, its link comes back and asks again. A living one
    //  that lacks a reply would wait for ever.
    if (!deaf &&
        (self->io.send (self->io.context, peer->number, &message) == 0 ||
         errno == EHOSTUNREACH)) {
        weir__peer_sent (peer, number, body.size);
        return true;
    }
    if (!deaf && errno == ENOMEM)
        return false;
    weir__engine_deafen (self, peer, "it does not take its replies");
    return true;
}

void weir__engine_reply (weir__engine_t *self, weir__peer_t *peer,
                         uint64_t number, weir__bytes_t body)
{
    if (send_reply (self, peer, number, body))
        return;
    peer->owed |= (uint64_t) 1 << (number % WEIR__WINDOW);
    self->owes = true;
}

//  Tries to send the replies that a peer is owed. Returns whether all are sent.
static bool pay (weir__engine_t *self, weir__peer_t *peer)
{
    uint64_t owed = peer->owed;
    peer->owed = 0;
    for (uint64_t number = peer->acked + 1;
         owed && number <= peer->acked + WEIR__WINDOW; number++) {
        weir__bytes_t body = weir__reply_no_memory;
        if (!(owed >> (number % WEIR__WINDOW) & 1))
            continue;
        weir__machine_reply (self->machine, peer->origin, number, &body);
        weir__engine_reply (self, peer, number, body);
    }
    return peer->owed == 0;
}

//  Tries again to send what found no memory. A peer that is owed a reply for too
//  long cannot be served.
static void pay_all (weir__engine_t *self, uint64_t now_us)
{
    if (!self->owes || now_us < self->pay_us)
        return;
    self->owes = false;
    self->pay_us = now_us + PAY_STEP_US;
    for (weir__peer_t *peer = self->peers.by_number; peer;
         peer = peer->hh.next) {
        if (peer->owed == 0 || pay (self, peer))
            peer->owed_us = 0;
        else if (peer->owed_us == 0)
            peer->owed_us = now_us;
        else if (now_us - peer->owed_us > PAY_MAX_US)
            weir__engine_deafen (self, peer,
                                 "this owner has no memory for a reply");
    }
}

void weir__engine_answer_read (weir__engine_t *self, weir__peer_t *peer,
                               uint64_t number,
                               const weir__request_body_t *body)
{
    weir__buffer_clear (&self->scratch);
    weir__machine_read (self->machine, body, &self->scratch);
    weir__bytes_t reply = {self->scratch.data, self->scratch.size};
    //  Nothing was done, so it can be denied.
    if (self->scratch.failed || !send_reply (self, peer, number, reply))
        weir__engine_reply (self, peer, number, weir__reply_no_memory);
    weir__buffer_shrink (&self->scratch, ENTRY_BYTES);
}

void weir__engine_died (weir__engine_t *self, uint64_t session, uint64_t now_us)
{
    weir__client_t *client = weir__client_find (&self->peers, session);
    if (client)
        weir__engine_end_session (self, client, 0, NULL, now_us);
    weir__engine_settle (self, now_us);
}

static void deliver (void *context, weir__origin_t to, uint64_t number,
                     weir__bytes_t body)
{
    weir__engine_t *self = context;
    weir__peer_t *peer = weir__peer_of (&self->peers, to);
    if (peer)
        weir__engine_reply (self, peer, number, body);
}

static void send_welcomes (weir__engine_t *self)
{
    weir__reader_t reader =
        weir__reader (self->welcomes.data, self->welcomes.size);
    weir__buffer_clear (&self->control);
    weir__welcome_put (&self->control,
                       &(weir__welcome_t){
                           .epoch = self->config.epoch,
                           .pid = (uint64_t) self->config.self.pid,
                           .window = WEIR__WINDOW,
                           .message_bytes = WEIR__MESSAGE_BYTES,
                       });
    weir__frame_t message = {
        .type = WEIR__WELCOME,
        .body = self->control.data,
        .size = self->control.size,
    };
    while (reader.size > 0)
        self->io.send (self->io.context, weir__reader_u64 (&reader), &message);
}

//  Links that the machine had no memory for.
static void check_welcomes (weir__engine_t *self)
{
    weir__reader_t reader =
        weir__reader (self->welcomes.data, self->welcomes.size);
    while (reader.size > 0) {
        weir__peer_t *peer =
            weir__peer_find (&self->peers, weir__reader_u64 (&reader));
        if (peer && !weir__machine_has_link (self->machine, peer->origin))
            weir__engine_deafen (self, peer, WEIR__ENGINE_NO_MEMORY);
    }
    weir__buffer_clear (&self->welcomes);
}

static void answer_reads (weir__engine_t *self)
{
    weir__reader_t reader = weir__reader (self->reads.data, self->reads.size);
    while (reader.size > 0) {
        weir__peer_t *peer =
            weir__peer_find (&self->peers, weir__reader_u64 (&reader));
        uint64_t number = weir__reader_u64 (&reader);
        weir__bytes_t bytes;
        bytes.data = weir__reader_block (&reader, &bytes.size);
        weir__request_body_t body;
        if (!peer || peer->deaf)
            continue;
        const char *wrong =
            weir__request_body_read (bytes.data, bytes.size, &body);
        assert (!wrong);
        (void) wrong;
        peer->reads = false;
        weir__engine_answer_read (self, peer, number, &body);
    }
    weir__buffer_clear (&self->reads);
}

void weir__engine_make_entry (weir__engine_t *self, uint64_t now_us)
{
    bool due = weir__machine_deadline_us (self->machine) <= now_us;
    if (self->failed || (!due && self->entry.size == 0))
        return;
    if (self->entry.size == 0)
        weir__entry_begin (&self->entry, now_us);
    weir__entry_set_time (&self->entry, now_us);
    weir__bytes_t entry = {self->entry.data, self->entry.size};
    if (self->log->append (self->log, self->last, entry) != 0) {
        self->io.note (self->io.context,
                       "the log takes no more entries; this owner ends");
        self->failed = true;
        return;
    }
    self->last++;
    send_welcomes (self);
    weir__sink_t sink = {.reply = deliver, .context = self};
    int rc = weir__machine_apply (self->machine, entry, &sink);
    assert (rc == 0);
    (void) rc;
    check_welcomes (self);
    weir__buffer_shrink (&self->entry, 2 * ENTRY_BYTES);
    answer_reads (self);
}

void weir__engine_settle (weir__engine_t *self, uint64_t now_us)
{
    weir__peer_t *peer;
    if (!self->failed)
        pay_all (self, now_us);
    while (self->deaf && !self->failed &&
           (peer = weir__peers_deaf (&self->peers)) != NULL)
        if (weir__machine_has_link (self->machine, peer->origin))
            weir__engine_drop (self, peer->number, peer, now_us, peer->deaf);
        else { //  it never began: it may try again
            weir__engine_refuse (self, peer->number, ENOBUFS, peer->deaf);
            weir__engine_forget (self, peer);
        }
    self->deaf = false;
    if (self->failed)
        weir__engine_stop (self);
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
    //  What settling has put into the next entry does not wait for others.
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
    const weir__client_t *client = weir__client_find (&self->peers, session);
    for (const weir__peer_t *peer = client ? client->peers : NULL; peer;
         peer = peer->next)
        if (!each (context, peer->number))
            return false;
    return true;
}

void weir__engine_stop (weir__engine_t *self)
{
    while (self->peers.clients) {
        weir__client_t *client = self->peers.clients;
        for (weir__peer_t *peer = client->peers; peer; peer = peer->next)
            weir__engine_refuse (self, peer->number, EOWNERDEAD,
                                 "the owner has ended");
        self->io.unwatch (self->io.context, client->session);
        weir__client_remove (&self->peers, client);
    }
    self->joining_bytes = 0;
}

bool weir__engine_failed (const weir__engine_t *self)
{
    return self->failed;
}

const weir__machine_t *weir__engine_machine (const weir__engine_t *self)
{
    return self->machine;
}
