/*  call.h - one operation: its arguments and its answer

    An operation of a kind gets a call. It must answer the call
    (weir__answer...), refuse it (weir__refuse) or park it (weir__park). The
    kind later resumes a parked call (weir__resume), answers or refuses it, and
    ends it with weir__reply.

    SPDX-License-Identifier: MPL-2.0
*/

#ifndef WEIR__MACHINE_CALL_H_INCLUDED
#define WEIR__MACHINE_CALL_H_INCLUDED

#include "codec/frame.h"
#include "machine/core/types.h"
#include "weir/value.h"

struct weir__call {
    weir__object_t *object;
    weir__request_t *request;  //  NULL: a read without an entry
    weir__request_body_t body; //  contains the arguments
    weir__bytes_t raw;         //  the bytes of the body
    weir__buffer_t *reply;
    bool parked;
    unsigned step; //  of a transaction, from 1; 0: not in a transaction
    size_t before; //  the size of the reply before this step, in bytes
};

//  Arguments. All arguments are well formed, and their number is within the
//  operation's argc_min and argc_max. Indices begin at 0.

//  Returns the argument as a value, which borrows from the call.
weir_value_t weir__arg (const weir__call_t *call, unsigned index);

//  Reads an integer. Refuses the call with EINVAL and returns false when the
//  argument has another type.
bool weir__arg_integer (weir__call_t *call, unsigned index,
                        int64_t *ret_integer);

//  Reads a string. Refuses the call with EINVAL and returns false when the
//  argument has another type.
bool weir__arg_text (weir__call_t *call, unsigned index,
                     weir__bytes_t *ret_text);

//  Returns the argument as packed bytes.
weir__bytes_t weir__arg_packed (const weir__call_t *call, unsigned index);

//  Answers. The first WEIR__REPLY_ROOM bytes of a reply always fit. An
//  operation that makes a change and has a longer answer first makes the
//  answer, then calls weir__answer_fits, and then makes the change.

//  Answers with a value.
void weir__answer (weir__call_t *call, weir_value_t value);

//  Answers with nil.
void weir__answer_nil (weir__call_t *call);

//  Answers with a packed value.
void weir__answer_packed (weir__call_t *call, weir__bytes_t value);

//  Begins an answer that is a list of `count` items or a map of `count` pairs.
//  The caller appends these to call->reply as packed values.
void weir__answer_begin (weir__call_t *call, weir_type_t type, size_t count);

//  Returns true when the reply is complete and can be sent. Otherwise refuses
//  the call with ENOMEM or EMSGSIZE, and returns false.
bool weir__answer_fits (weir__call_t *call);

//  Returns true when the call was refused, or there was no memory for its
//  answer.
bool weir__call_failed (const weir__call_t *call);

//  Refuses the call with an error and a sentence: cause; remedy. The function
//  puts the kind and the name of the object in front of the sentence.
void weir__refuse (weir__call_t *call, int error, const char *format, ...)
    __attribute__ ((format (printf, 3, 4)));

//  Refuses the call with a sentence that shows a packed value between two
//  texts, in the notation of Python.
void weir__refuse_value (weir__call_t *call, int error, const char *before,
                         weir__bytes_t value, const char *after);

//  Refuses the call with ENOENT: an object does not exist. `what` is the word
//  for it in the sentence.
void weir__refuse_gone (weir__call_t *call, const char *what);

//  Returns true when the call has no guard, or when its guard still holds.
//  Otherwise refuses the call with ESTALE and returns false. An operation that
//  has waited calls it again before it changes its object.
bool weir__is_guarded (weir__call_t *call);

#endif
