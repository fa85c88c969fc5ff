/*  protocol.c - a link's side of the session protocol, without I/O

    SPDX-License-Identifier: MPL-2.0
*/

#include "client/protocol.h"

#include <assert.h>
#include <errno.h>
#include <string.h>

#include "base/error.h"
#include "codec/pack.h"
#include "codec/status.h"
#include "codec/packed.h"

enum {
    KEPT_BYTES = 1024 //  the memory of a request that the next one may reuse
};

void weir__protocol_init (weir__protocol_t *self, const weir__hello_t *hello)
{
    memset (self, 0, sizeof *self);
    self->hello = *hello;
}

void weir__protocol_free (weir__protocol_t *self)
{
    for (int i = 0; i < WEIR__WINDOW; i++)
        weir__buffer_free (&self->pending [i].body);
    weir__joiner_free (&self->joiner);
}

static int send_request (const weir__pending_t *pending,
                         const weir__wire_t *wire)
{
    weir__frame_t message = {
        .type = WEIR__REQUEST,
        .number = pending->number,
        .body = pending->body.data,
        .size = pending->body.size,
    };
    return wire->send (wire->context, &message);
}

static int send_body (const weir__wire_t *wire, weir__frame_type_t type,
                      const weir__buffer_t *body)
{
    weir__frame_t message = {.type = type};
    if (body) {
        message.body = body->data;
        message.size = body->size;
    }
    return wire->send (wire->context, &message);
}

static int send_cancel (uint64_t number, const weir__wire_t *wire)
{
    weir__frame_t message = {.type = WEIR__CANCEL, .number = number};
    return wire->send (wire->context, &message);
}

//  Sends every request that has no reply, over a new connection.
static int ask_again (weir__protocol_t *self, const weir__wire_t *wire)
{
    int rc = 0;
    for (uint64_t number = self->acked + 1; number <= self->last && rc == 0;
         number++) {
        const weir__pending_t *pending = &self->pending [number % WEIR__WINDOW];
        if (!pending->answered)
            rc = send_request (pending, wire);
        if (!pending->answered && pending->cancelled && rc == 0)
            rc = send_cancel (number, wire);
    }
    return rc;
}

int weir__protocol_hello (weir__protocol_t *self, const weir__wire_t *wire)
{
    weir__joiner_free (&self->joiner);
    self->welcomed = false;
    self->hello.attempt++;
    weir__buffer_t body = WEIR__BUFFER_INIT;
    weir__hello_put (&body, &self->hello);
    int rc = body.failed ? weir__fail (ENOMEM, "out of memory")
                         : send_body (wire, WEIR__HELLO, &body);
    weir__buffer_free (&body);
    self->held = self->hello.epoch == 0 && self->last > self->acked;
    return rc == 0 && !self->held ? ask_again (self, wire) : rc;
}

int weir__protocol_resume (weir__protocol_t *self, const weir__wire_t *wire)
{
    if (!self->held)
        return 0;
    self->held = false;
    return ask_again (self, wire);
}

//  Packs a request. Returns 0, or -1 with EINVAL, EMSGSIZE or ENOMEM.
static int put_request (weir__protocol_t *self, const weir__operation_t *ask,
                        weir__buffer_t *body)
{
    weir__request_body_put (body, &(weir__request_body_t){
                                      .acked = self->acked,
                                      .object = ask->object,
                                      .timeout_ms = ask->timeout_ms,
                                      .op = ask->op,
                                      .argc = ask->argc,
                                      .guard = ask->guard,
                                  });
    for (unsigned i = 0; i < ask->argc; i++)
        if (weir__pack (body, ask->args [i]) != 0)
            return -1;
    if (body->failed)
        return weir__fail (ENOMEM, "out of memory");
    if (body->size > WEIR__MESSAGE_BYTES)
        return weir__fail (EMSGSIZE,
                           "request: it has %zu bytes, and at most %d can be "
                           "sent at once; send less",
                           body->size, WEIR__MESSAGE_BYTES);
    return 0;
}

//  Marks a request as answered. Returns false when it has been answered before.
static bool note_reply (weir__protocol_t *self, uint64_t number)
{
    weir__pending_t *pending = &self->pending [number % WEIR__WINDOW];
    if (number <= self->acked || number > self->last || pending->answered)
        return false;
    assert (pending->number == number);
    pending->answered = true;
    weir__buffer_shrink (&pending->body, KEPT_BYTES);
    while (self->acked < self->last &&
           self->pending [(self->acked + 1) % WEIR__WINDOW].answered)
        self->acked++;
    return true;
}

int weir__protocol_request (weir__protocol_t *self, const weir__wire_t *wire,
                            const weir__operation_t *ask, uint64_t *ret_number)
{
    assert (ask->argc <= WEIR__ARGS);
    if (self->last - self->acked >= WEIR__WINDOW)
        return weir__fail (
            EAGAIN, "request: %d earlier ones of this thread have no reply yet",
            WEIR__WINDOW);
    weir__pending_t *pending = &self->pending [(self->last + 1) % WEIR__WINDOW];
    weir__buffer_clear (&pending->body);
    if (put_request (self, ask, &pending->body) != 0)
        return -1;
    pending->number = ++self->last;
    pending->answered = false;
    pending->cancelled = false;
    if (!self->held && send_request (pending, wire) != 0) {
        //  The number is used, although nothing was sent.
        note_reply (self, pending->number);
        return -1;
    }
    *ret_number = pending->number;
    return 0;
}

int weir__protocol_cancel (weir__protocol_t *self, const weir__wire_t *wire,
                           uint64_t number)
{
    weir__pending_t *pending = &self->pending [number % WEIR__WINDOW];
    if (pending->number != number || pending->answered)
        return 0;
    pending->cancelled = true;
    return self->held ? 0 : send_cancel (number, wire);
}

int weir__protocol_close (weir__protocol_t *self, const weir__wire_t *wire,
                          bool session)
{
    (void) self;
    uint8_t whole = 1;
    weir__buffer_t body = {.data = &whole, .size = 1};
    return send_body (wire, WEIR__CLOSE, session ? &body : NULL);
}

//  Reads the status and the value of REPLY and REFUSED. Returns 0, or -1 with
//  EPROTO.
static int read_outcome (const weir__frame_t *frame, weir__news_t *news)
{
    weir__reader_t reader = weir__reader (frame->body, frame->size);
    news->error = weir__status_error (weir__reader_u16 (&reader));
    weir__reader_u16 (&reader);
    size_t size;
    if (reader.failed ||
        weir__packed_check (reader.data, reader.size, &size) != 0 ||
        size != reader.size)
        return weir__fail (EPROTO, "owner: it sent a malformed reply");
    news->value = (weir__bytes_t){reader.data, reader.size};
    return 0;
}

int weir__protocol_frame (weir__protocol_t *self, weir__bytes_t bytes,
                          weir__news_t *ret_news)
{
    *ret_news = (weir__news_t){.type = WEIR__NEWS_NONE};
    weir__frame_t frame;
    const char *wrong = weir__frame_read (bytes.data, bytes.size, &frame);
    if (wrong)
        return weir__fail (EPROTO, "owner: %s", wrong);
    int whole = weir__joiner_take (&self->joiner, &frame, &wrong);
    if (whole < 0 && errno == ENOMEM) {
        //  The reply has arrived; only its value is missing.
        frame.body = weir__reply_no_memory.data;
        frame.size = weir__reply_no_memory.size;
    } else if (whole < 0)
        return weir__fail (errno, "owner: %s", wrong);
    if (whole == 0)
        return 0;
    if (frame.type == WEIR__WELCOME) {
        if (!weir__welcome_read (&frame, &ret_news->welcome))
            return weir__fail (EPROTO, "owner: it sent a malformed WELCOME");
        self->welcomed = true;
        self->hello.epoch = ret_news->welcome.epoch;
        ret_news->type = WEIR__NEWS_WELCOME;
        return 0;
    }
    if (frame.type != WEIR__REPLY && frame.type != WEIR__REFUSED)
        return weir__fail (EPROTO,
                           "owner: it sent a frame that only owners receive");
    if (read_outcome (&frame, ret_news) != 0)
        return -1;
    if (frame.type == WEIR__REFUSED)
        ret_news->type = WEIR__NEWS_REFUSED;
    else if (note_reply (self, frame.number)) {
        ret_news->type = WEIR__NEWS_REPLY;
        ret_news->number = frame.number;
    }
    return 0;
}
