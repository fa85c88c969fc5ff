/*  entries.c - makes entries of records, applies them, and sends replies

    SPDX-License-Identifier: MPL-2.0
*/

#include "owner/entries.h"

#include <assert.h>
#include <errno.h>
#include <stdio.h>

#include "base/clock.h"
#include "codec/pack.h"
#include "owner/refuse.h"

//  Adds a record to the entry. Returns false when the entry cannot grow.
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

//  When the entry cannot grow, it is committed and its memory reused. So a
//  record without a body always finds room.
bool weir__engine_record (weir__engine_t *self, const weir__record_t *record,
                          uint64_t now_us)
{
    if (try_record (self, record))
        return true;
    weir__engine_make_entry (self, now_us);
    return try_record (self, record);
}

//  Sends a reply. Returns false when out of memory for its frames.
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
    //  A dead connection needs no action here. If the process is dead, the
    //  watch reports it. If it is alive, its link comes back and asks again.
    //  But a peer with a live connection that misses a reply would wait for
    //  ever, so it is marked as deaf.
    if (!deaf &&
        (self->io.send (self->io.context, peer->number, &message) == 0 ||
         errno == EHOSTUNREACH)) {
        weir__peer_sent (peer, number, body.size);
        return true;
    }
    if (!deaf && errno == ENOMEM)
        return false;
    weir__engine_deafen (self, peer, "it does not receive its replies");
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

//  Sends the replies that a peer is owed. Returns whether all are sent.
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

void weir__engine_pay_all (weir__engine_t *self, uint64_t now_us)
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
    //  A read changes nothing, so an ENOMEM reply is correct.
    if (self->scratch.failed || !send_reply (self, peer, number, reply))
        weir__engine_reply (self, peer, number, weir__reply_no_memory);
    weir__buffer_shrink (&self->scratch, ENTRY_BYTES);
}

//  Sends a reply of the machine, if its link has a peer.
static void deliver (void *context, weir__origin_t to, uint64_t number,
                     weir__bytes_t body)
{
    weir__engine_t *self = context;
    weir__peer_t *peer = weir__peer_of (&self->peers, to);
    if (peer)
        weir__engine_reply (self, peer, number, body);
}

//  Sends WELCOME to the peers whose records are in the entry.
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

//  Marks the new peers whose links the machine had no memory for.
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

//  Answers the reads that waited for the entry.
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
                       "the log accepts no more entries; this owner ends");
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
