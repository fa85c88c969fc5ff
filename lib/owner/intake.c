/*  intake.c - handles the frames of peers, and drops bad peers

    SPDX-License-Identifier: MPL-2.0
*/

#include "owner/intake.h"

#include <assert.h>
#include <errno.h>
#include <inttypes.h>

#include "owner/admit.h"
#include "owner/entries.h"
#include "owner/refuse.h"
#include "owner/sessions.h"

//  Answers a read, or queues it until the entry that is being gathered is
//  applied.
static void take_read (weir__engine_t *self, weir__peer_t *peer,
                       const weir__frame_t *frame,
                       const weir__request_body_t *body)
{
    if (self->entry.size == 0) {
        weir__engine_answer_read (self, peer, frame->number, body);
        return;
    }
    size_t size = self->reads.size;
    weir__buffer_put_u64 (&self->reads, peer->number);
    weir__buffer_put_u64 (&self->reads, frame->number);
    weir__buffer_put_block (&self->reads, frame->body, frame->size);
    if (self->reads.failed) {
        self->reads.size = size;
        self->reads.failed = false;
        weir__engine_reply (self, peer, frame->number, weir__reply_no_memory);
    } else
        peer->reads = true;
}

//  Answers a request for which memory is missing with ENOMEM, because it was
//  not executed. But a repeated request may have been executed the first time;
//  then the peer is marked as deaf instead.
static void starve (weir__engine_t *self, weir__peer_t *peer, uint64_t number,
                    uint64_t now_us)
{
    weir__engine_make_entry (self, now_us);
    if (weir__machine_keeps (self->machine, peer->origin, number))
        weir__engine_deafen (self, peer, WEIR__ENGINE_NO_MEMORY);
    else
        weir__engine_reply (self, peer, number, weir__reply_no_memory);
}

static void take_request (weir__engine_t *self, weir__peer_t *peer,
                          const weir__frame_t *frame, uint64_t now_us)
{
    weir__request_body_t body;
    const char *wrong =
        weir__request_body_read (frame->body, frame->size, &body);
    if (!wrong && (body.acked >= frame->number || body.acked < peer->acked ||
                   frame->number - body.acked > WEIR__WINDOW))
        wrong = "a request has a number outside its window";
    if (wrong) {
        weir__engine_drop (self, peer->number, peer, now_us, wrong);
        return;
    }
    weir__peer_acked (peer, body.acked);
    if (weir__machine_reads (self->machine, &body) &&
        !weir__machine_keeps (self->machine, peer->origin, frame->number)) {
        take_read (self, peer, frame, &body);
        return;
    }
    //  A link that reads and then writes must not see the write in the read.
    if (peer->reads)
        weir__engine_make_entry (self, now_us);
    weir__record_t request = {
        .type = WEIR__RECORD_REQUEST,
        .session = peer->origin.session,
        .link = peer->origin.link,
        .number = frame->number,
        .body = {frame->body, frame->size},
    };
    if (!weir__engine_record (self, &request, now_us))
        starve (self, peer, frame->number, now_us);
}

static void take_close (weir__engine_t *self, weir__peer_t *peer,
                        const weir__frame_t *frame, uint64_t now_us)
{
    if (frame->size > 0) {
        peer->client->left = true;
        weir__engine_end_session (self, peer->client, 0, NULL, now_us);
        return;
    }
    weir__engine_record (self,
                         &(weir__record_t){.type = WEIR__RECORD_CLOSE,
                                           .session = peer->origin.session,
                                           .link = peer->origin.link},
                         now_us);
    weir__peer_session_close (peer->client, peer);
    weir__engine_forget (self, peer);
}

static void take_message (weir__engine_t *self, weir__peer_t *peer,
                          const weir__frame_t *frame, uint64_t now_us)
{
    if (frame->type == WEIR__REQUEST)
        take_request (self, peer, frame, now_us);
    else if (frame->type == WEIR__CANCEL)
        weir__engine_record (self,
                             &(weir__record_t){.type = WEIR__RECORD_CANCEL,
                                               .session = peer->origin.session,
                                               .link = peer->origin.link,
                                               .number = frame->number},
                             now_us);
    else if (frame->type == WEIR__CLOSE)
        take_close (self, peer, frame, now_us);
    else
        weir__engine_drop (self, peer->number, peer, now_us,
                           "a link sent a frame that only owners send");
}

//  Drops sessions while unfinished messages use too much memory: the one whose
//  message began first. So such messages can neither use up all memory nor keep
//  other peers from finishing theirs.
static void limit_joining (weir__engine_t *self, uint64_t now_us)
{
    while (self->joining_bytes > JOINING_BYTES) {
        weir__peer_t *first = weir__peers_joining (&self->peers);
        weir__engine_drop (
            self, first->number, first, now_us,
            "too many large messages are unfinished, and its own "
            "began first");
    }
}

//  Adds a frame to its message, and handles the message when it is complete.
static void join (weir__engine_t *self, weir__peer_t *peer,
                  weir__frame_t *frame, uint64_t now_us)
{
    const char *cause;
    uint64_t number = peer->number;
    size_t before = peer->joiner.body.capacity;
    bool open = peer->joiner.open;
    int whole = weir__joiner_take (&peer->joiner, frame, &cause);
    self->joining_bytes += peer->joiner.body.capacity - before;
    if (!open && whole == 0)
        peer->joining = self->joinings++;
    if (whole == 0) {
        limit_joining (self, now_us);
        return;
    }
    if (whole < 0 && errno == ENOMEM && frame->type == WEIR__REQUEST) {
        starve (self, peer, frame->number, now_us);
        return;
    }
    if (whole < 0) {
        weir__engine_drop (self, number, peer, now_us, cause);
        return;
    }
    take_message (self, peer, frame, now_us);
    peer = weir__peer_find (&self->peers, number);
    if (peer && peer->joiner.body.data) {
        self->joining_bytes -= peer->joiner.body.capacity;
        weir__joiner_free (&peer->joiner);
    }
}

void weir__engine_frame (weir__engine_t *self, const weir__arrival_t *arrival,
                         uint64_t now_us)
{
    if (self->failed)
        return;
    weir__frame_t frame;
    const char *wrong = weir__frame_read (arrival->data, arrival->size, &frame);
    weir__peer_t *peer = weir__peer_find (&self->peers, arrival->peer);
    if (!wrong && !peer && frame.type != WEIR__HELLO)
        wrong = "a link must begin with HELLO";
    if (wrong)
        weir__engine_drop (self, arrival->peer, peer, now_us, wrong);
    else if (frame.type == WEIR__HELLO)
        weir__engine_greet (self, arrival, &frame, now_us);
    else
        join (self, peer, &frame, now_us);
    if (self->entry.size > ENTRY_BYTES || self->reads.size > ENTRY_BYTES)
        weir__engine_make_entry (self, now_us);
    weir__engine_settle (self, now_us);
}
