/*  call.c - one operation: its arguments and its answer

    SPDX-License-Identifier: MPL-2.0
*/

#include "machine/call.h"

#include <assert.h>
#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "codec/pack.h"
#include "codec/packed.h"
#include "codec/status.h"
#include "machine/core/holds.h"
#include "machine/core/kind.h"
#include "machine/core/objects.h"

enum {
    SENTENCE_BYTES = 1024,
    SHOWN_PACKED_BYTES = 1024, //  a sentence shows no larger value
    SHOWN_TEXT_BYTES = 200
};

weir_value_t weir__arg (const weir__call_t *call, unsigned index)
{
    assert (index < call->body.argc);
    weir_value_t value;
    weir__packed_peek (call->body.args [index].data,
                       call->body.args [index].size, &value);
    return value;
}

weir__bytes_t weir__arg_packed (const weir__call_t *call, unsigned index)
{
    assert (index < call->body.argc);
    return call->body.args [index];
}

bool weir__arg_integer (weir__call_t *call, unsigned index,
                        int64_t *ret_integer)
{
    weir_value_t value = weir__arg (call, index);
    if (value.type != WEIR_INTEGER) {
        weir__refuse (call, EINVAL, "argument %u must be an integer",
                      index + 1);
        return false;
    }
    *ret_integer = value.integer;
    return true;
}

bool weir__arg_text (weir__call_t *call, unsigned index,
                     weir__bytes_t *ret_text)
{
    weir_value_t value = weir__arg (call, index);
    if (value.type != WEIR_STRING) {
        weir__refuse (call, EINVAL, "argument %u must be a string", index + 1);
        return false;
    }
    *ret_text = (weir__bytes_t){(const uint8_t *) value.string, value.size};
    return true;
}

//  Begins the body of a reply again from its start. Inside a transaction, an
//  answer begins behind the answers of earlier steps; a refusal replaces all.
static void begin (weir__call_t *call, int error)
{
    assert (!call->parked);
    if (call->step > 0 && error == 0) {
        call->reply->size = call->before;
        return;
    }
    weir__buffer_clear (call->reply);
    weir__buffer_put_u16 (call->reply, weir__status_of (error));
    weir__buffer_put_u16 (call->reply, 0);
}

void weir__answer (weir__call_t *call, weir_value_t value)
{
    begin (call, 0);
    if (weir__pack (call->reply, value) != 0)
        call->reply->failed = true;
}

void weir__answer_nil (weir__call_t *call)
{
    weir__answer (call, weir_value_nil ());
}

void weir__answer_packed (weir__call_t *call, weir__bytes_t value)
{
    begin (call, 0);
    weir__buffer_put (call->reply, value.data, value.size);
}

void weir__answer_begin (weir__call_t *call, weir_type_t type, size_t count)
{
    begin (call, 0);
    weir__pack_head (call->reply, type, count);
}

bool weir__answer_fits (weir__call_t *call)
{
    size_t size = call->reply->size;
    bool failed = call->reply->failed;
    bool deep = !failed && call->step > 0 && !weir__call_failed (call) &&
                weir__packed_depth (call->reply->data + call->before,
                                    size - call->before) >= WEIR__DEPTH_MAX;
    if (!failed && !deep && size <= WEIR__MESSAGE_BYTES)
        return true;
    //  Frees the large reply first: the refusal may need its memory.
    if (call->reply->capacity > WEIR__REPLY_ROOM)
        weir__buffer_free (call->reply);
    if (failed)
        weir__refuse (call, ENOMEM, "out of memory");
    else if (deep)
        weir__refuse (call, EMSGSIZE,
                      "the result is nested %d deep, too deep for a step of a "
                      "transaction; call it by itself",
                      WEIR__DEPTH_MAX);
    else
        weir__refuse (call, EMSGSIZE,
                      "the result has %zu bytes, more than one reply can "
                      "carry; ask for less at once",
                      size);
    return false;
}

bool weir__call_failed (const weir__call_t *call)
{
    return call->reply->failed || call->reply->data [0] != 0 ||
           call->reply->data [1] != 0;
}

void weir__refuse (weir__call_t *call, int error, const char *format, ...)
{
    char text [SENTENCE_BYTES];
    const weir__object_t *object = call->object;
    int used = 0;
    if (call->step > 0)
        used = snprintf (text, sizeof text, "step %u: ", call->step);
    size_t left = sizeof text - (size_t) used;
    if (object->name)
        used += snprintf (text + used, left, "%s '%s': ", object->kind->name,
                          object->name);
    else if (object->id != 0)
        used += snprintf (text + used, left, "%s %" PRIu64 ": ",
                          object->kind->name, object->id);
    va_list args;
    va_start (args, format);
    vsnprintf (text + used, sizeof text - (size_t) used, format, args);
    va_end (args);
    begin (call, error);
    if (weir__pack (call->reply, weir_value_string (text)) != 0)
        call->reply->failed = true;
}

//  Shortens a text to SHOWN_TEXT_BYTES at most, and cuts it between two code
//  points.
static void shorten (char *text)
{
    size_t size = strlen (text);
    if (size <= SHOWN_TEXT_BYTES)
        return;
    for (size = SHOWN_TEXT_BYTES - 3; (text [size] & 0xc0) == 0x80;)
        size--;
    memcpy (text + size, "...", sizeof "...");
}

void weir__refuse_value (weir__call_t *call, int error, const char *before,
                         weir__bytes_t packed, const char *after)
{
    weir_value_t value;
    char *text = NULL;
    if (packed.size <= SHOWN_PACKED_BYTES &&
        weir__unpack (packed.data, packed.size, &value) == 0) {
        text = weir_value_format (value);
        weir_value_clear (&value);
    }
    if (text)
        shorten (text);
    weir__refuse (call, error, "%s%s%s", before, text ? text : "that value",
                  after);
    free (text);
}

void weir__refuse_gone (weir__call_t *call, const char *what)
{
    weir__refuse (call, ENOENT,
                  "that %s no longer exists: it was dropped, or it had no "
                  "name and ended with the process that made it",
                  what);
}

bool weir__is_guarded (weir__call_t *call)
{
    const weir__guard_t *guard = &call->body.guard;
    if (guard->object == 0)
        return true;
    const weir__object_t *by =
        weir__object_find (call->object->machine, guard->object);
    if (by && weir__hold_by (by, guard->token))
        return true;
    weir__refuse (call, ESTALE,
                  "its guard, grant %" PRIu64 " of %s%s%s%s, has ended; "
                  "another thread may hold the object now",
                  guard->token, by ? by->kind->name : "a dropped object",
                  by && by->name ? " '" : "", by && by->name ? by->name : "",
                  by && by->name ? "'" : "");
    return false;
}
