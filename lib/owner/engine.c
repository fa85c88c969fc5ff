/*  engine.c - an owner without I/O: frames in, entries, replies out

    SPDX-License-Identifier: MPL-2.0
*/

#include "owner/engine.h"

#include <assert.h>
#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/clock.h"
#include "codec/pack.h"
#include "codec/status.h"
#include "owner/peers.h"

enum {
    ENTRY_BYTES = 1 << 20, //  an entry is closed above this
    ENTRY_RESERVE = 4096,  //  memory that is always there for it
    LINKS_PER_SESSION = 4096,
    UNACKED_BYTES = 2 * WEIR__MESSAGE_BYTES, //  replies not taken, a link
    JOINING_BYTES = 4 * WEIR__MESSAGE_BYTES, //  half-arrived, all peers
    NOTES_PER_SECOND = 10
};

#define NO_MEMORY "this owner has no memory or descriptors left"

struct weir__engine {
    weir__engine_config_t config;
    weir__engine_io_t io;
    weir__log_t *log;
    uint64_t last; //  sequence number of the last entry
    weir__machine_t *machine;
    weir__peers_t peers;
    weir__buffer_t entry;    //  being gathered; empty: nothing yet
    weir__buffer_t welcomes; //  peers (u64) to be welcomed after it
    weir__buffer_t reads;    //  to be answered after it: peer (u64),
                             //  number (u64), body (block)
    weir__buffer_t scratch;  //  one outgoing body
    size_t joining_bytes;
    uint64_t note_second;
    unsigned note_count;
    bool failed;
};

weir__engine_t *weir__engine_new (const weir__engine_config_t *config,
                                  weir__log_t *log, const weir__engine_io_t *io)
{
    weir__engine_t *self = calloc (1, sizeof *self);
    if (!self)
        return NULL;
    self->config = *config;
    self->io = *io;
    self->log = log;
    self->machine = weir__machine_new ();
    weir__buffer_extend (&self->entry, ENTRY_RESERVE);
    if (!self->machine || self->entry.failed)
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
    free (self);
}

//  Tells whoever runs the owner, but not more than it can read.
static void note (weir__engine_t *self, uint64_t now_us, const char *format,
                  ...)
{
    if (now_us / 1000000 != self->note_second) {
        self->note_second = now_us / 1000000;
        self->note_count = 0;
    }
    if (self->note_count++ >= NOTES_PER_SECOND)
        return;
    char text [512];
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

//  Adds a record to the entry that is being gathered. When there is no memory
//  for it to grow, the entry is closed and its memory used again: a record
//  without a body always finds room.
static bool record (weir__engine_t *self, const weir__record_t *record,
                    uint64_t now_us)
{
    if (try_record (self, record))
        return true;
    weir__engine_commit (self, now_us);
    return try_record (self, record);
}

static void refuse (weir__engine_t *self, uint64_t peer, int error,
                    const char *sentence)
{
    weir__buffer_clear (&self->scratch);
    weir__buffer_put_u16 (&self->scratch, weir__status_of (error));
    weir__buffer_put_u16 (&self->scratch, 0);
    weir__pack (&self->scratch, weir_value_string (sentence));
    weir__frame_t message = {
        .type = WEIR__REFUSED,
        .body = self->scratch.data,
        .size = self->scratch.size,
    };
    if (!self->scratch.failed)
        self->io.send (self->io.context, peer, &message);
}

//  Ends a session, with what is to be told to its peers; nothing when error
//  is 0.
static void end_session (weir__engine_t *self, weir__client_t *client,
                         int error, const char *sentence, uint64_t now_us)
{
    record (self,
            &(weir__record_t){.type = WEIR__RECORD_EXPIRE,
                              .session = client->session},
            now_us);
    for (weir__peer_t *peer = client->peers; peer; peer = peer->next) {
        self->joining_bytes -= peer->joiner.body.capacity;
        if (error)
            refuse (self, peer->number, error, sentence);
    }
    self->io.unwatch (self->io.context, client->session);
    weir__client_remove (&self->peers, client);
}

//  A peer broke the rules: its session ends.
static void drop (weir__engine_t *self, uint64_t number, weir__peer_t *peer,
                  uint64_t now_us, const char *cause)
{
    if (!peer) {
        note (self, now_us, "refused a connection: %s", cause);
        refuse (self, number, EPROTO, cause);
        return;
    }
    note (self, now_us, "dropped session %016" PRIx64 " of process %d: %s",
          peer->client->session, (int) peer->client->pid, cause);
    end_session (self, peer->client, EPROTO, cause, now_us);
}

//  Why this HELLO cannot be served; NULL when it can.
static const char *hello_problem (const weir__engine_t *self,
                                  const weir__hello_t *hello,
                                  const weir__credentials_t *who,
                                  int *ret_error)
{
    const weir__client_t *client =
        weir__client_find (&self->peers, hello->session);
    *ret_error = EACCES;
    if (who->uid != self->config.self.uid)
        return "this owner belongs to another user";
    if (who->pid <= 0)
        return "this owner cannot see your process: it runs in another pid "
               "namespace";
    if (client && client->pid != who->pid)
        return "that session belongs to another process";
    *ret_error = EOWNERDEAD;
    if (hello->epoch != 0 && hello->epoch != self->config.epoch)
        return "the owner that you knew has ended; this is another one at the "
               "same place";
    *ret_error = ENOBUFS;
    if (!client && HASH_COUNT (self->peers.clients) >= WEIR__SESSIONS)
        return "this owner has as many sessions as it can serve";
    const weir__peer_t *peer;
    int links = 0;
    if (client)
        DL_COUNT (client->peers, peer, links);
    if (links >= LINKS_PER_SESSION)
        return "this session has as many links as it may have";
    return NULL;
}

//  Enters the peer as a link of its session. NULL: no memory, or the process
//  cannot be watched.
static weir__peer_t *enter (weir__engine_t *self, uint64_t number,
                            const weir__hello_t *hello, pid_t pid)
{
    weir__client_t *client = weir__client_find (&self->peers, hello->session);
    bool fresh = !client;
    if (fresh)
        client = weir__client_add (&self->peers, hello->session, pid);
    if (!client)
        return NULL;
    weir__peer_t *peer =
        weir__peer_add (&self->peers, client, number, hello->link);
    if (peer && (!fresh || pid == self->config.self.pid ||
                 self->io.watch (self->io.context, hello->session, pid) == 0))
        return peer;
    if (fresh)
        weir__client_remove (&self->peers, client);
    return NULL;
}

static void greet (weir__engine_t *self, const weir__arrival_t *arrival,
                   const weir__frame_t *frame, uint64_t now_us)
{
    weir__hello_t hello;
    weir__peer_t *known = weir__peer_find (&self->peers, arrival->peer);
    if (known || !arrival->credentials || frame->more ||
        !weir__hello_read (frame, &hello)) {
        drop (self, arrival->peer, known, now_us, "a HELLO is malformed");
        return;
    }
    int error;
    const char *problem =
        hello_problem (self, &hello, arrival->credentials, &error);
    if (problem) {
        note (self, now_us, "refused process %d: %s",
              (int) arrival->credentials->pid, problem);
        refuse (self, arrival->peer, error, problem);
        return;
    }
    //  A link that comes back by another connection takes its old place.
    weir__peer_t *old = weir__peer_of (
        &self->peers, (weir__origin_t){hello.session, hello.link});
    if (old) {
        self->joining_bytes -= old->joiner.body.capacity;
        weir__peer_remove (&self->peers, old);
    }
    if (!enter (self, arrival->peer, &hello, arrival->credentials->pid)) {
        refuse (self, arrival->peer, ENOBUFS, NO_MEMORY);
        return;
    }
    record (self,
            &(weir__record_t){.type = WEIR__RECORD_OPEN,
                              .session = hello.session,
                              .link = hello.link},
            now_us);
    weir__buffer_put_u64 (&self->welcomes, arrival->peer);
    if (self->welcomes.failed) {
        self->welcomes.failed = false;
        drop (self, arrival->peer,
              weir__peer_find (&self->peers, arrival->peer), now_us, NO_MEMORY);
    }
}

static void send_reply (weir__engine_t *self, weir__peer_t *peer,
                        uint64_t number, weir__slice_t body)
{
    weir__frame_t message = {
        .type = WEIR__REPLY,
        .number = number,
        .body = body.data,
        .size = body.size,
    };
    weir__peer_sent (peer, number, body.size);
    //  A dead connection is no matter here: if the process is dead, watching
    //  tells; if it is not, its link comes back and asks again.
    if (self->io.send (self->io.context, peer->number, &message) != 0 &&
        errno == EAGAIN)
        peer->unacked_bytes = UNACKED_BYTES + 1;
}

static void answer_read (weir__engine_t *self, weir__peer_t *peer,
                         uint64_t number, const weir__request_body_t *body)
{
    weir__buffer_clear (&self->scratch);
    weir__machine_read (self->machine, body, &self->scratch);
    weir__slice_t reply = {self->scratch.data, self->scratch.size};
    send_reply (self, peer, number,
                self->scratch.failed ? weir__reply_no_memory : reply);
    weir__buffer_shrink (&self->scratch, ENTRY_BYTES);
}

//  Reads wait for the entry that is being gathered, if there is one.
static void take_read (weir__engine_t *self, weir__peer_t *peer,
                       const weir__frame_t *frame,
                       const weir__request_body_t *body)
{
    if (self->entry.size == 0 && self->reads.size == 0) {
        answer_read (self, peer, frame->number, body);
        return;
    }
    size_t size = self->reads.size;
    weir__buffer_put_u64 (&self->reads, peer->number);
    weir__buffer_put_u64 (&self->reads, frame->number);
    weir__buffer_put_block (&self->reads, frame->body, frame->size);
    if (self->reads.failed) {
        self->reads.size = size;
        self->reads.failed = false;
        send_reply (self, peer, frame->number, weir__reply_no_memory);
    } else
        peer->reads = true;
}

static void take_request (weir__engine_t *self, weir__peer_t *peer,
                          const weir__frame_t *frame, uint64_t now_us)
{
    weir__request_body_t body;
    const char *wrong =
        weir__request_body_read (frame->body, frame->size, &body);
    if (!wrong &&
        (frame->number == 0 || body.acked >= frame->number ||
         body.acked < peer->acked || frame->number - body.acked > WEIR__WINDOW))
        wrong = "a request has a number outside its window";
    if (!wrong && peer->unacked_bytes > UNACKED_BYTES)
        wrong = "it does not take its replies";
    if (wrong) {
        drop (self, peer->number, peer, now_us, wrong);
        return;
    }
    weir__peer_acked (peer, body.acked);
    if (weir__machine_reads (self->machine, &body)) {
        take_read (self, peer, frame, &body);
        return;
    }
    //  What a link reads before it writes must not see the write.
    uint64_t number = peer->number;
    if (peer->reads)
        weir__engine_commit (self, now_us);
    assert (weir__peer_find (&self->peers, number) == peer);
    weir__record_t request = {
        .type = WEIR__RECORD_REQUEST,
        .session = peer->origin.session,
        .link = peer->origin.link,
        .number = frame->number,
        .body = {frame->body, frame->size},
    };
    if (!record (self, &request, now_us))
        send_reply (self, peer, frame->number, weir__reply_no_memory);
}

static void take_close (weir__engine_t *self, weir__peer_t *peer,
                        const weir__frame_t *frame, uint64_t now_us)
{
    if (frame->size > 0) {
        end_session (self, peer->client, 0, NULL, now_us);
        return;
    }
    record (self,
            &(weir__record_t){.type = WEIR__RECORD_CLOSE,
                              .session = peer->origin.session,
                              .link = peer->origin.link},
            now_us);
    self->joining_bytes -= peer->joiner.body.capacity;
    weir__peer_remove (&self->peers, peer);
}

static void take (weir__engine_t *self, weir__peer_t *peer,
                  const weir__frame_t *frame, uint64_t now_us)
{
    if (frame->type == WEIR__REQUEST)
        take_request (self, peer, frame, now_us);
    else if (frame->type == WEIR__CANCEL)
        record (self,
                &(weir__record_t){.type = WEIR__RECORD_CANCEL,
                                  .session = peer->origin.session,
                                  .link = peer->origin.link,
                                  .number = frame->number},
                now_us);
    else if (frame->type == WEIR__CLOSE)
        take_close (self, peer, frame, now_us);
    else
        drop (self, peer->number, peer, now_us,
              "a link sent a frame that only owners send");
}

//  Hands a frame on when its message is whole.
static void join (weir__engine_t *self, weir__peer_t *peer,
                  weir__frame_t *frame, uint64_t now_us)
{
    const char *cause;
    uint64_t number = peer->number;
    size_t before = peer->joiner.body.capacity;
    int whole = weir__joiner_take (&peer->joiner, frame, &cause);
    self->joining_bytes += peer->joiner.body.capacity - before;
    if (whole == 0 && self->joining_bytes > JOINING_BYTES) {
        whole = -1;
        cause = "too many large messages are on their way at once";
    }
    if (whole < 0) {
        drop (self, number, peer, now_us, cause);
        return;
    }
    if (whole == 0)
        return;
    take (self, peer, frame, now_us);
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
        wrong = "a link begins with HELLO";
    if (wrong)
        drop (self, arrival->peer, peer, now_us, wrong);
    else if (frame.type == WEIR__HELLO)
        greet (self, arrival, &frame, now_us);
    else
        join (self, peer, &frame, now_us);
    if (self->entry.size > ENTRY_BYTES || self->reads.size > ENTRY_BYTES)
        weir__engine_commit (self, now_us);
}

void weir__engine_died (weir__engine_t *self, uint64_t session, uint64_t now_us)
{
    weir__client_t *client = weir__client_find (&self->peers, session);
    if (client)
        end_session (self, client, 0, NULL, now_us);
}

static void deliver (void *context, weir__origin_t to, uint64_t number,
                     weir__slice_t body)
{
    weir__engine_t *self = context;
    weir__peer_t *peer = weir__peer_of (&self->peers, to);
    if (peer)
        send_reply (self, peer, number, body);
}

static void send_welcomes (weir__engine_t *self)
{
    weir__reader_t reader =
        weir__reader (self->welcomes.data, self->welcomes.size);
    weir__buffer_clear (&self->scratch);
    weir__welcome_put (&self->scratch,
                       &(weir__welcome_t){
                           .epoch = self->config.epoch,
                           .pid = (uint64_t) self->config.self.pid,
                           .window = WEIR__WINDOW,
                           .message_bytes = WEIR__MESSAGE_BYTES,
                       });
    weir__frame_t message = {
        .type = WEIR__WELCOME,
        .body = self->scratch.data,
        .size = self->scratch.size,
    };
    while (reader.size > 0)
        self->io.send (self->io.context, weir__reader_u64 (&reader), &message);
    weir__buffer_clear (&self->welcomes);
}

static void answer_reads (weir__engine_t *self)
{
    weir__reader_t reader = weir__reader (self->reads.data, self->reads.size);
    while (reader.size > 0) {
        weir__peer_t *peer =
            weir__peer_find (&self->peers, weir__reader_u64 (&reader));
        uint64_t number = weir__reader_u64 (&reader);
        weir__slice_t bytes;
        bytes.data = weir__reader_block (&reader, &bytes.size);
        weir__request_body_t body;
        if (!peer ||
            weir__request_body_read (bytes.data, bytes.size, &body) != NULL)
            continue;
        peer->reads = false;
        answer_read (self, peer, number, &body);
    }
    weir__buffer_clear (&self->reads);
}

void weir__engine_commit (weir__engine_t *self, uint64_t now_us)
{
    bool due = weir__machine_deadline_us (self->machine) <= now_us;
    if (self->failed ||
        (!due && self->entry.size == 0 && self->reads.size == 0))
        return;
    if (due || self->entry.size > 0) {
        if (self->entry.size == 0)
            weir__entry_begin (&self->entry, now_us);
        weir__entry_set_time (&self->entry, now_us);
        weir__slice_t entry = {self->entry.data, self->entry.size};
        if (self->log->append (self->log, self->last, entry) != 0) {
            note (self, now_us,
                  "the log takes no more entries; this owner "
                  "ends");
            weir__engine_stop (self);
            self->failed = true;
            return;
        }
        self->last++;
        send_welcomes (self);
        weir__sink_t sink = {.reply = deliver, .context = self};
        int rc = weir__machine_apply (self->machine, entry, &sink);
        assert (rc == 0);
        (void) rc;
        weir__buffer_clear (&self->entry);
        weir__buffer_shrink (&self->entry, 2 * ENTRY_BYTES);
    }
    answer_reads (self);
}

uint64_t weir__engine_deadline_us (const weir__engine_t *self)
{
    return self->failed ? WEIR__NEVER
                        : weir__machine_deadline_us (self->machine);
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
            refuse (self, peer->number, EOWNERDEAD, "the owner has ended");
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
