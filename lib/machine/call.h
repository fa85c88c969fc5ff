/*  call.h - one operation: its arguments and its answer

    A kind's function gets a call and must end it in one of three ways: answer
    it (weir__answer...), refuse it (weir__refuse), or park it (weir__park).
    A parked call comes back by weir__resume, is answered or refused then, and
    must be ended by weir__reply.

    SPDX-License-Identifier: MPL-2.0
*/

#ifndef WEIR__MACHINE_CALL_H_INCLUDED
#define WEIR__MACHINE_CALL_H_INCLUDED

#include "codec/pack.h"
#include "machine/core/object.h"

typedef struct weir__call {
    weir__object_t *object;
    weir__request_t *request;  //  NULL: a read
    weir__request_body_t body; //  with the arguments
    weir__slice_t raw;         //  the bytes of the body
    weir__buffer_t *reply;
    bool parked;
    unsigned step; //  of a transaction, from 1; else 0
    size_t before; //  what earlier steps have put into the reply, in bytes
} weir__call_t;

//  Arguments. They were checked to be well formed, and to be there at all up to
//  the operation's argc_min. Each of these refuses the call with EINVAL and
//  returns false when the argument is something else.
weir_value_t weir__arg (const weir__call_t *call, unsigned index);
bool weir__arg_integer (weir__call_t *call, unsigned index,
                        int64_t *ret_integer);
bool weir__arg_text (weir__call_t *call, unsigned index,
                     weir__slice_t *ret_text);

//  The argument as packed bytes.
weir__slice_t weir__arg_packed (const weir__call_t *call, unsigned index);

//  Answers. The first WEIR__REPLY_ROOM bytes of a reply always fit; what
//  answers with more, and changes something, first makes the answer, then asks
//  weir__answer_fits, then makes the change.
void weir__answer (weir__call_t *call, weir_value_t value);
void weir__answer_nil (weir__call_t *call);
void weir__answer_packed (weir__call_t *call, weir__slice_t value);

//  A list or map of `count` items or pairs, which the caller appends to
//  call->reply as packed values.
void weir__answer_begin (weir__call_t *call, weir_type_t type, size_t count);

//  Whether the reply that was made is whole and can be sent. If not, refuses
//  the call with ENOMEM or EMSGSIZE.
bool weir__answer_fits (weir__call_t *call);

//  Whether the call was refused, or its answer found no memory.
bool weir__call_failed (const weir__call_t *call);

//  A failure. The sentence says what is wrong with what; kind and name of the
//  object are put in front of it.
void weir__refuse (weir__call_t *call, int error, const char *format, ...)
    __attribute__ ((format (printf, 3, 4)));

//  The same with a packed value, as Python would print it, between two texts.
void weir__refuse_value (weir__call_t *call, int error, const char *before,
                         weir__slice_t value, const char *after);

//  Refuses the call with ENOENT: the object, called by `what`, is gone.
void weir__refuse_gone (weir__call_t *call, const char *what);

//  Parks the call at the end of a line of its object until its timeout: with
//  timeout 0 it is refused with EAGAIN instead, and the format says why it
//  cannot be answered now.
void weir__park (weir__call_t *call, unsigned line, const char *why);

//  Moves a parked request to the end of a line of another object. It does not
//  time out any more.
void weir__move (weir__request_t *request, weir__object_t *object,
                 unsigned line);

//  Whether a parked request has been moved to where it is.
bool weir__has_moved (const weir__request_t *request);

//  Takes a parked request out of its line, to be answered now.
void weir__resume (weir__request_t *request, weir__call_t *ret_call);

//  Ends a resumed call: keeps the reply and sends it.
void weir__reply (weir__call_t *call);

//  Ends a wait before it was granted, as the kind will have it.
void weir__end_wait (weir__request_t *request, int error, const char *cause);

//  The body of a done request's reply.
weir__slice_t weir__request_reply (const weir__request_t *request);

//  Hands a reply to whoever takes them, if anybody does.
void weir__send (const weir__machine_t *self, weir__origin_t to,
                 uint64_t number, weir__slice_t body);

#endif
