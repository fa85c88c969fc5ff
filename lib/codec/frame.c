/*  frame.c - the frames between a link and an owner

    SPDX-License-Identifier: MPL-2.0
*/

#include "codec/frame.h"

#include <assert.h>
#include <errno.h>

#include "codec/packed.h"

static const uint8_t no_memory [] = {17, 0, 0, 0, 0xc0};
const weir__bytes_t weir__reply_no_memory = {no_memory, sizeof no_memory};

static bool known_type (unsigned type)
{
    return (type >= WEIR__HELLO && type <= WEIR__CLOSE) ||
           (type >= WEIR__WELCOME && type <= WEIR__REFUSED);
}

const char *weir__frame_read (const uint8_t *data, size_t size,
                              weir__frame_t *ret_frame)
{
    weir__reader_t reader = weir__reader (data, size);
    unsigned magic = weir__reader_u8 (&reader);
    unsigned version = weir__reader_u8 (&reader);
    unsigned type = weir__reader_u8 (&reader);
    unsigned flags = weir__reader_u8 (&reader);
    uint32_t body_size = weir__reader_u32 (&reader);
    uint64_t number = weir__reader_u64 (&reader);
    if (size == 0)
        return "a message is empty, or in several parts, or its sender chose "
               "a routing id of its own";
    if (reader.failed)
        return "a frame is shorter than its header";
    if (magic != WEIR__FRAME_MAGIC)
        return "this is no frame of Weir";
    if (version != WEIR__FRAME_VERSION)
        return "a frame has a version that is not served here";
    if (!known_type (type))
        return "a frame has an unknown type";
    if (flags & ~(unsigned) WEIR__FRAME_MORE)
        return "a frame has unknown flags";
    if (body_size != reader.size)
        return "a frame's size is not what its header says";
    if (body_size > WEIR__CHUNK_BYTES)
        return "a frame is larger than one may be";
    *ret_frame = (weir__frame_t){
        .type = (weir__frame_type_t) type,
        .more = flags & WEIR__FRAME_MORE,
        .number = number,
        .body = reader.data,
        .size = reader.size,
    };
    return NULL;
}

void weir__frame_head (uint8_t head [WEIR__FRAME_HEAD_BYTES],
                       const weir__frame_t *frame)
{
    assert (frame->size <= WEIR__CHUNK_BYTES);
    head [0] = WEIR__FRAME_MAGIC;
    head [1] = WEIR__FRAME_VERSION;
    head [2] = (uint8_t) frame->type;
    head [3] = frame->more ? WEIR__FRAME_MORE : 0;
    for (int i = 0; i < 4; i++)
        head [4 + i] = (uint8_t) (frame->size >> (8 * i));
    for (int i = 0; i < 8; i++)
        head [8 + i] = (uint8_t) (frame->number >> (8 * i));
}

int weir__frame_split (const weir__frame_t *message, weir__frame_send_fn *send,
                       void *context)
{
    weir__frame_t frame = *message;
    size_t left = message->size;
    do {
        uint8_t head [WEIR__FRAME_HEAD_BYTES];
        frame.more = left > WEIR__CHUNK_BYTES;
        frame.size = frame.more ? WEIR__CHUNK_BYTES : left;
        weir__frame_head (head, &frame);
        int rc = send (context, head, frame.body, frame.size);
        if (rc != 0)
            return rc;
        if (frame.more)
            frame.body += frame.size;
        left -= frame.size;
    } while (frame.more);
    return 0;
}

static int joiner_fail (weir__joiner_t *self, int error, const char *cause,
                        const char **ret_cause)
{
    weir__joiner_free (self);
    *ret_cause = cause;
    errno = error;
    return -1;
}

int weir__joiner_take (weir__joiner_t *self, weir__frame_t *frame,
                       const char **ret_cause)
{
    if (!self->open) {
        weir__buffer_free (&self->body);
        if (!frame->more)
            return 1;
        self->type = frame->type;
        self->number = frame->number;
        self->open = true;
        self->skipping = false;
    }
    if (frame->type != self->type || frame->number != self->number)
        return joiner_fail (self, EPROTO,
                            "a message broke off before its last chunk",
                            ret_cause);
    if (frame->more && frame->size == 0)
        return joiner_fail (self, EPROTO, "a message has an empty chunk",
                            ret_cause);
    if (self->body.size + frame->size > WEIR__MESSAGE_BYTES)
        return joiner_fail (self, EMSGSIZE,
                            "a message is larger than one may be", ret_cause);
    if (!self->skipping)
        weir__buffer_put (&self->body, frame->body, frame->size);
    if (self->body.failed) {
        weir__buffer_free (&self->body);
        self->skipping = true;
    }
    if (frame->more)
        return 0;
    if (self->skipping)
        return joiner_fail (self, ENOMEM, "no memory for a large message",
                            ret_cause);
    self->open = false;
    frame->body = self->body.data;
    frame->size = self->body.size;
    return 1;
}

void weir__joiner_free (weir__joiner_t *self)
{
    weir__buffer_free (&self->body);
    self->open = false;
}

//  A flag in the field with the number of arguments: the guard follows.
enum { GUARDED = 0x8000 };

void weir__request_body_put (weir__buffer_t *buffer,
                             const weir__request_body_t *body)
{
    weir__buffer_put_u64 (buffer, body->acked);
    weir__buffer_put_u64 (buffer, body->object);
    weir__buffer_put_u32 (buffer, (uint32_t) body->timeout_ms);
    weir__buffer_put_u16 (buffer, body->op);
    if (!body->guard.object) {
        weir__buffer_put_u16 (buffer, body->argc);
        return;
    }
    weir__buffer_put_u16 (buffer, body->argc | GUARDED);
    weir__buffer_put_u64 (buffer, body->guard.object);
    weir__buffer_put_u64 (buffer, body->guard.token);
}

const char *weir__request_body_read (const uint8_t *data, size_t size,
                                     weir__request_body_t *ret_body)
{
    weir__reader_t reader = weir__reader (data, size);
    weir__request_body_t body;
    body.acked = weir__reader_u64 (&reader);
    body.object = weir__reader_u64 (&reader);
    body.timeout_ms = (int32_t) weir__reader_u32 (&reader);
    body.op = weir__reader_u16 (&reader);
    body.argc = weir__reader_u16 (&reader);
    bool guarded = body.argc & GUARDED;
    body.argc &= (uint16_t) ~GUARDED;
    if (reader.failed)
        return "a request is cut short";
    if (body.timeout_ms < -1)
        return "a request has a timeout below -1";
    if (body.argc > WEIR__ARGS)
        return "a request has too many arguments";
    body.guard.object = guarded ? weir__reader_u64 (&reader) : 0;
    body.guard.token = guarded ? weir__reader_u64 (&reader) : 0;
    if (reader.failed || (guarded && body.guard.object == 0))
        return "a request has a guard that is none";
    for (unsigned i = 0; i < body.argc; i++) {
        size_t used;
        if (weir__packed_check (reader.data, reader.size, &used) != 0)
            return "a request has an argument that is no value";
        body.args [i].data = weir__reader_take (&reader, used);
        body.args [i].size = used;
    }
    if (reader.size != 0)
        return "a request goes on after its arguments";
    *ret_body = body;
    return NULL;
}

void weir__hello_put (weir__buffer_t *buffer, const weir__hello_t *hello)
{
    weir__buffer_put_u64 (buffer, hello->session);
    weir__buffer_put_u64 (buffer, hello->epoch);
    weir__buffer_put_u32 (buffer, hello->link);
    weir__buffer_put_u32 (buffer, hello->attempt);
}

bool weir__hello_read (const weir__frame_t *frame, weir__hello_t *ret_hello)
{
    weir__reader_t reader = weir__reader (frame->body, frame->size);
    weir__hello_t hello;
    hello.session = weir__reader_u64 (&reader);
    hello.epoch = weir__reader_u64 (&reader);
    hello.link = weir__reader_u32 (&reader);
    hello.attempt = weir__reader_u32 (&reader);
    if (reader.failed || reader.size || hello.attempt == 0 ||
        hello.session == 0)
        return false;
    *ret_hello = hello;
    return true;
}

void weir__welcome_put (weir__buffer_t *buffer, const weir__welcome_t *welcome)
{
    weir__buffer_put_u64 (buffer, welcome->epoch);
    weir__buffer_put_u64 (buffer, welcome->pid);
    weir__buffer_put_u32 (buffer, welcome->window);
    weir__buffer_put_u32 (buffer, welcome->message_bytes);
}

bool weir__welcome_read (const weir__frame_t *frame,
                         weir__welcome_t *ret_welcome)
{
    weir__reader_t reader = weir__reader (frame->body, frame->size);
    weir__welcome_t welcome;
    welcome.epoch = weir__reader_u64 (&reader);
    welcome.pid = weir__reader_u64 (&reader);
    welcome.window = weir__reader_u32 (&reader);
    welcome.message_bytes = weir__reader_u32 (&reader);
    if (reader.failed || reader.size)
        return false;
    *ret_welcome = welcome;
    return true;
}
