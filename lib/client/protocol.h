/*  protocol.h - a link's side of the session protocol, without I/O

    Numbers the requests, keeps each one until its reply arrives, sends them
    again over a new connection, and finds the request that a reply answers.
    doc/protocol.md describes the bytes on the wire.

    Only the thread that owns the link uses its protocol.

    SPDX-License-Identifier: MPL-2.0
*/

#ifndef WEIR__CLIENT_PROTOCOL_H_INCLUDED
#define WEIR__CLIENT_PROTOCOL_H_INCLUDED

#include <stdbool.h>
#include <stdint.h>

#include "base/buffer.h"
#include "codec/frame.h"
#include "weir/value.h"

//  A request that has no reply yet, or whose reply came before the reply to an
//  earlier request.
typedef struct weir__pending {
    uint64_t number; //  0: none
    bool answered;
    bool cancelled;      //  CANCEL was sent as well
    weir__buffer_t body; //  the bytes that were sent
} weir__pending_t;

typedef struct weir__protocol {
    weir__hello_t hello;
    uint64_t last;  //  number of the last request
    uint64_t acked; //  all replies up to this number have arrived
    weir__pending_t pending [WEIR__WINDOW]; //  by number, modulo
    weir__joiner_t joiner;
    bool welcomed;
    bool held; //  nothing is sent before weir__protocol_resume
} weir__protocol_t;

//  The connection below. `send` sends a whole message or nothing, in the frames
//  that weir__frame_split makes. It returns 0, or -1 with errno and a sentence.
typedef struct weir__wire {
    int (*send) (void *context, const weir__frame_t *message);
    void *context;
} weir__wire_t;

//  Initializes a protocol. Copies `hello`.
void weir__protocol_init (weir__protocol_t *self, const weir__hello_t *hello);

//  Frees the memory of a protocol.
void weir__protocol_free (weir__protocol_t *self);

//  Begins a new connection: sends HELLO, and then every request that has no
//  reply. If an earlier connection ended before WELCOME, an owner that has
//  ended since may have served these requests. HELLO cannot name that owner, so
//  the requests are held until weir__protocol_resume. Returns 0, or -1 as
//  `wire->send`.
int weir__protocol_hello (weir__protocol_t *self, const weir__wire_t *wire);

//  Sends the requests that weir__protocol_hello held. The caller has seen by
//  WELCOME that the connection leads to the right owner. (At any other owner
//  the caller must send nothing, and cannot know which of these requests were
//  done.) Returns 0, or -1 as `wire->send`.
int weir__protocol_resume (weir__protocol_t *self, const weir__wire_t *wire);

//  An operation, from the class that asks for it to the frame. A class fills in
//  what it asks for, its handle the object, its link the guard.
typedef struct weir__operation {
    uint64_t object;
    uint16_t op;
    uint16_t argc;
    const weir_value_t *args;
    int timeout_ms;
    weir__guard_t guard;
} weir__operation_t;

//  Sends a request. Returns 0 and its number, or -1 with EAGAIN (the window is
//  full), EINVAL or EMSGSIZE (an argument), ENOMEM, or as `wire->send`. After a
//  failure nothing was sent.
int weir__protocol_request (weir__protocol_t *self, const weir__wire_t *wire,
                            const weir__operation_t *ask, uint64_t *ret_number);

//  Asks the owner to end a request's wait. The reply still comes. Returns 0, or
//  -1 as `wire->send`.
int weir__protocol_cancel (weir__protocol_t *self, const weir__wire_t *wire,
                           uint64_t number);

//  Tells the owner that this link ends or, with `session`, the whole session.
//  Returns 0, or -1 as `wire->send`.
int weir__protocol_close (weir__protocol_t *self, const weir__wire_t *wire,
                          bool session);

//  The meaning of a frame.
typedef enum weir__news_type {
    WEIR__NEWS_NONE, //  nothing to act on
    WEIR__NEWS_WELCOME,
    WEIR__NEWS_REPLY,  //  the first reply to `number`
    WEIR__NEWS_REFUSED //  the session is over
} weir__news_type_t;

typedef struct weir__news {
    weir__news_type_t type;
    uint64_t number;
    weir__welcome_t welcome;
    int error;           //  of a reply or refusal; 0: success
    weir__bytes_t value; //  the result or sentence, packed and checked;
                         //  borrowed until the next frame
} weir__news_t;

//  Takes in a frame. When there is no memory for the value of a reply, the
//  reply gets the error ENOMEM. Returns 0, or -1 with EPROTO or EMSGSIZE for a
//  frame that an owner must not send.
int weir__protocol_frame (weir__protocol_t *self, weir__bytes_t bytes,
                          weir__news_t *ret_news);

#endif
