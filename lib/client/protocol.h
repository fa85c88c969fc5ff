/*  protocol.h - a link's side of the session protocol, without I/O

    Numbers requests, remembers those that have no reply yet, sends them again
    when the connection was made anew, and tells which reply belongs to which
    request. doc/protocol.md tells what goes over the wire.

    One thread uses a protocol: the one whose link it is.

    SPDX-License-Identifier: MPL-2.0
*/

#ifndef WEIR__CLIENT_PROTOCOL_H_INCLUDED
#define WEIR__CLIENT_PROTOCOL_H_INCLUDED

#include <stdbool.h>
#include <stdint.h>

#include "base/buffer.h"
#include "codec/frame.h"
#include "weir/value.h"

//  A request without a reply, or with one that was not taken in order.
typedef struct weir__pending {
    uint64_t number; //  0: none
    bool answered;
    bool cancelled;      //  CANCEL was sent, too
    weir__buffer_t body; //  as it was sent
} weir__pending_t;

typedef struct weir__protocol {
    weir__hello_t hello;
    uint64_t last;  //  number of the last request
    uint64_t acked; //  up to here all replies have arrived
    weir__pending_t pending [WEIR__WINDOW]; //  by number, modulo
    weir__joiner_t joiner;
    bool welcomed;
    bool held; //  nothing is sent before weir__protocol_resume
} weir__protocol_t;

//  Sends a message, all of it or nothing, as the frames that weir__frame_split
//  makes. Returns 0, or -1 with errno and a sentence.
typedef struct weir__wire {
    int (*send) (void *context, const weir__frame_t *message);
    void *context;
} weir__wire_t;

void weir__protocol_init (weir__protocol_t *self, const weir__hello_t *hello);
void weir__protocol_free (weir__protocol_t *self);

//  Says HELLO, and sends again every request that has no reply. For a
//  connection that is new. When an earlier one never brought WELCOME, these
//  requests may have been served by an owner that is gone; HELLO cannot name
//  it, so they wait for weir__protocol_resume. Returns 0, or -1 as the wire.
int weir__protocol_hello (weir__protocol_t *self, const weir__wire_t *wire);

//  The caller has seen by WELCOME that this is the owner that it means: sends
//  what was held back. (If it is another one, nothing must be sent, and the
//  outcome of what has no reply is unknown.) Returns 0, or -1 as the wire.
int weir__protocol_resume (weir__protocol_t *self, const weir__wire_t *wire);

//  What a caller asks for.
typedef struct weir__ask {
    uint64_t object;
    uint16_t op;
    uint16_t argc;
    const weir_value_t *args;
    int timeout_ms;
    weir__guard_t guard;
} weir__ask_t;

//  Sends a request. Returns 0 and its number, or -1 with EAGAIN (the window
//  is full), EINVAL or EMSGSIZE (an argument), ENOMEM, or as the wire: then
//  nothing was asked.
int weir__protocol_request (weir__protocol_t *self, const weir__wire_t *wire,
                            const weir__ask_t *ask, uint64_t *ret_number);

//  Asks for the end of a request's wait. Its reply comes all the same.
int weir__protocol_cancel (weir__protocol_t *self, const weir__wire_t *wire,
                           uint64_t number);

//  Says that the link ends, or its whole session.
int weir__protocol_close (weir__protocol_t *self, const weir__wire_t *wire,
                          bool session);

//  What a frame was.
typedef enum weir__news_type {
    WEIR__NEWS_NONE, //  nothing that matters
    WEIR__NEWS_WELCOME,
    WEIR__NEWS_REPLY,  //  to `number`, for the first time
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

//  Takes in a frame. Returns 0, or -1 with EPROTO or EMSGSIZE: it is none that
//  an owner sends. A reply for which there is no memory is one with ENOMEM.
int weir__protocol_frame (weir__protocol_t *self, weir__bytes_t bytes,
                          weir__news_t *ret_news);

#endif
