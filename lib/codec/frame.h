/*  frame.h - the frames between a link and an owner

    A frame is a header of 16 bytes and a body:

        0   'W'
        1   version, 1
        2   type
        3   flags: 1 = more: the body continues in the next frame
        4   u32     bytes of body in this frame
        8   u64     number of the request that the frame belongs to, or 0

    Numbers are little-endian. A body over WEIR__CHUNK_BYTES is sent in several
    frames, all but the last with the flag `more`. doc/protocol.md describes the
    whole protocol. All functions are pure.

    SPDX-License-Identifier: MPL-2.0
*/

#ifndef WEIR__CODEC_FRAME_H_INCLUDED
#define WEIR__CODEC_FRAME_H_INCLUDED

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buffer.h"
#include "base/bytes.h"
#include "codec/limits.h"

enum {
    WEIR__FRAME_MAGIC = 'W',
    WEIR__FRAME_VERSION = 1,
    WEIR__FRAME_HEAD_BYTES = 16,
    WEIR__FRAME_BYTES = WEIR__FRAME_HEAD_BYTES + WEIR__CHUNK_BYTES,
    WEIR__FRAME_MORE = 1
};

typedef enum weir__frame_type {
    //  From a link to its owner.
    WEIR__HELLO = 1,   //  this connection is link L of session S
    WEIR__REQUEST = 2, //  an operation on an object
    WEIR__CANCEL = 3,  //  stop waiting for that request
    WEIR__CLOSE = 4,   //  this link ends; with a body: the session
    //  From an owner to a link.
    WEIR__WELCOME = 65, //  the answer to HELLO
    WEIR__REPLY = 66,   //  the answer to a request
    WEIR__REFUSED = 67  //  the session is not, or no longer, served
} weir__frame_type_t;

typedef struct weir__frame {
    weir__frame_type_t type;
    bool more;
    uint64_t number;
    const uint8_t *body; //  borrowed from the frame's bytes
    size_t size;
} weir__frame_t;

//  Reads a frame. Returns NULL when the frame is well formed, otherwise a
//  sentence that says what is wrong.
const char *weir__frame_read (const uint8_t *data, size_t size,
                              weir__frame_t *ret_frame);

//  Writes the header of a frame; the caller sends the body of frame->size bytes
//  after it.
void weir__frame_head (uint8_t head [WEIR__FRAME_HEAD_BYTES],
                       const weir__frame_t *frame);

//  Sends a frame: the header is in a temporary buffer, the body is borrowed.
typedef int (weir__frame_send_fn) (void *context, const uint8_t *head,
                                   const uint8_t *body, size_t size);

//  Passes the frames of a message to `send` one by one. Stops when `send`
//  returns a nonzero value, and returns that value; otherwise returns 0.
int weir__frame_split (const weir__frame_t *message, weir__frame_send_fn *send,
                       void *context);

//  Collects the chunks of a message. The frames of one message are adjacent on
//  their connection. A zeroed joiner is ready for use.
typedef struct weir__joiner {
    weir__buffer_t body;
    weir__frame_type_t type;
    uint64_t number;
    bool open;     //  some chunks have arrived, the last has not
    bool skipping; //  out of memory: the rest is discarded
} weir__joiner_t;

//  Adds a frame. Returns 1 when the message is complete; *frame then describes
//  all of it, with a body that is borrowed until the next call. Returns 0 when
//  more frames must follow. Returns -1 and sets *ret_cause when the sender
//  broke the rules (EPROTO, EMSGSIZE), or when out of memory for the message
//  (ENOMEM). ENOMEM is reported with the last frame of the message, and the
//  joiner can then take the next message.
int weir__joiner_take (weir__joiner_t *self, weir__frame_t *frame,
                       const char **ret_cause);

//  Frees the chunks. The joiner can be used again.
void weir__joiner_free (weir__joiner_t *self);

//  A condition of a change: the owner makes the change only while the grant
//  with that token holds that object.
typedef struct weir__guard {
    uint64_t object; //  0: none
    uint64_t token;
} weir__guard_t;

//  The body of REQUEST.
typedef struct weir__request_body {
    uint64_t acked; //  all replies up to this number have arrived
    uint64_t object;
    int32_t timeout_ms; //  -1: wait without limit; 0: do not wait
    uint16_t op;
    uint16_t argc;
    weir__guard_t guard;
    weir__bytes_t args [WEIR__ARGS]; //  one packed value each
} weir__request_body_t;

//  Appends a body without its arguments, which the caller appends as packed
//  values.
void weir__request_body_put (weir__buffer_t *buffer,
                             const weir__request_body_t *body);

//  Reads and checks a body. The arguments are borrowed from `data`. Returns
//  NULL, or a sentence that says what is wrong.
const char *weir__request_body_read (const uint8_t *data, size_t size,
                                     weir__request_body_t *ret_body);

//  The body of HELLO.
typedef struct weir__hello {
    uint64_t session;
    uint64_t epoch; //  of the owner to connect to; 0: any
    uint32_t link;
    uint32_t attempt; //  1 for the first connection of a link, then 2 ...
} weir__hello_t;

//  The body of WELCOME.
typedef struct weir__welcome {
    uint64_t epoch; //  chosen at random when the owner starts
    uint64_t pid;
    uint32_t window;
    uint32_t message_bytes;
} weir__welcome_t;

//  Appends the body of HELLO.
void weir__hello_put (weir__buffer_t *buffer, const weir__hello_t *hello);

//  Reads the body of HELLO. Returns false when it is malformed.
bool weir__hello_read (const weir__frame_t *frame, weir__hello_t *ret_hello);

//  Appends the body of WELCOME.
void weir__welcome_put (weir__buffer_t *buffer, const weir__welcome_t *welcome);

//  Reads the body of WELCOME. Returns false when it is malformed.
bool weir__welcome_read (const weir__frame_t *frame,
                         weir__welcome_t *ret_welcome);

//  The body of REPLY and of REFUSED begins with a status (see status.h) in four
//  bytes. A packed value follows: the result, or a sentence when the status is
//  an error.
enum { WEIR__REPLY_HEAD_BYTES = 4 };

//  The body of a reply that is sent when the owner is out of memory for the
//  real one: status ENOMEM and nil.
extern const weir__bytes_t weir__reply_no_memory;

#endif
