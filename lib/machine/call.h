/*  call.h - one operation: its arguments and its answer

    A kind's function gets a call and must end it in one of three ways: answer
    it (weir__answer...), refuse it (weir__refuse), or park it (weir__park).
    A parked call comes back by weir__resume, is answered or refused then, and
    must be ended by weir__reply.

    SPDX-License-Identifier: MPL-2.0
*/

#ifndef WEIR__MACHINE_CALL_H_INCLUDED
#define WEIR__MACHINE_CALL_H_INCLUDED

#include "codec/frame.h"
#include "machine/core/types.h"
#include "weir/value.h"

struct weir__call {
    weir__object_t *object;
    weir__request_t *request;  //  NULL: a read
    weir__request_body_t body; //  with the arguments
    weir__bytes_t raw;         //  the bytes of the body
    weir__buffer_t *reply;
    bool parked;
    unsigned step; //  of a transaction, from 1; else 0
    size_t before; //  what earlier steps have put into the reply, in bytes
};

//  Arguments. They were checked to be well formed, and to be there at all up to
//  the operation's argc_min. Each of these refuses the call with EINVAL and
//  returns false when the argument is something else.
weir_value_t weir__arg (const weir__call_t *call, unsigned index);
bool weir__arg_integer (weir__call_t *call, unsigned index,
                        int64_t *ret_integer);
bool weir__arg_text (weir__call_t *call, unsigned index,
                     weir__bytes_t *ret_text);

//  The argument as packed bytes.
weir__bytes_t weir__arg_packed (const weir__call_t *call, unsigned index);

//  Answers. The first WEIR__REPLY_ROOM bytes of a reply always fit; what
//  answers with more, and changes something, first makes the answer, then asks
//  weir__answer_fits, then makes the change.
void weir__answer (weir__call_t *call, weir_value_t value);
void weir__answer_nil (weir__call_t *call);
void weir__answer_packed (weir__call_t *call, weir__bytes_t value);

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
                         weir__bytes_t value, const char *after);

//  Refuses the call with ENOENT: the object, called by `what`, is gone.
void weir__refuse_gone (weir__call_t *call, const char *what);

//  Whether what guards the call, if anything does, is still held; if not,
//  refuses the call. A wait asks again before it changes its object.
bool weir__is_guarded (weir__call_t *call);

#endif
