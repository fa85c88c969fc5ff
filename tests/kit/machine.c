/*  machine.c - a machine that a test talks to in Python literals

    SPDX-License-Identifier: MPL-2.0
*/

#include "kit/machine.h"

#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "codec/pack.h"
#include "codec/status.h"
#include "codec/packed.h"
#include "machine/snapshot.h"

static kit_link_t *find_link (kit_t *self, weir__origin_t who)
{
    for (unsigned i = 0; i < KIT_LINKS; i++) {
        kit_link_t *link = &self->links [i];
        if (link->who.session == 0)
            link->who = who;
        if (link->who.session == who.session && link->who.link == who.link)
            return link;
    }
    ck_abort_msg ("more links than the kit has");
}

static kit_reply_t read_reply (weir__bytes_t body)
{
    weir__reader_t reader = weir__reader (body.data, body.size);
    int error = weir__status_error (weir__reader_u16 (&reader));
    ck_assert_uint_eq (weir__reader_u16 (&reader), 0);
    size_t used;
    weir_value_t value;
    ck_assert_int_eq (weir__packed_check (reader.data, reader.size, &used), 0);
    ck_assert_uint_eq (used, reader.size);
    ck_assert_int_eq (weir__unpack (reader.data, reader.size, &value), 0);
    kit_reply_t reply = {0};
    if (error) {
        reply.text = strdup (strerrorname_np (error));
        reply.sentence =
            value.type == WEIR_STRING ? strdup (value.string) : NULL;
    } else
        reply.text = weir_value_format (value);
    weir_value_clear (&value);
    return reply;
}

static void take_reply (void *context, weir__origin_t to, uint64_t number,
                        weir__bytes_t body)
{
    kit_t *self = context;
    kit_reply_t reply = read_reply (body);
    reply.to = to;
    reply.number = number;
    ck_assert_uint_lt (self->reply_count, KIT_REPLIES);
    self->replies [self->reply_count++] = reply;
    if (number < KIT_NUMBERS)
        find_link (self, to)->replied [number] = true;
}

kit_t *kit_new (void)
{
    kit_t *self = calloc (1, sizeof *self);
    ck_assert_ptr_nonnull (self);
    self->machine = weir__machine_new ();
    ck_assert_ptr_nonnull (self->machine);
    self->timeout_ms = -1;
    self->acks = true;
    kit_record (self, WEIR__RECORD_OPEN, A, 0);
    kit_record (self, WEIR__RECORD_OPEN, A2, 0);
    kit_record (self, WEIR__RECORD_OPEN, B, 0);
    return self;
}

void kit_destroy (kit_t **self_p)
{
    kit_t *self = *self_p;
    kit_forget (self);
    weir__machine_destroy (&self->machine);
    weir__buffer_free (&self->entry);
    free (self);
    *self_p = NULL;
}

void kit_begin (kit_t *self)
{
    weir__entry_begin (&self->entry, self->time_us);
}

void kit_commit (kit_t *self)
{
    weir__sink_t sink = {take_reply, self};
    weir__bytes_t entry = {self->entry.data, self->entry.size};
    ck_assert (!self->entry.failed);
    ck_assert_int_eq (weir__machine_apply (self->machine, entry, &sink), 0);
}

void kit_record (kit_t *self, weir__record_type_t type, weir__origin_t who,
                 uint64_t number)
{
    kit_begin (self);
    weir__record_t record = {
        .type = type,
        .link = who.link,
        .session = who.session,
        .number = number,
    };
    weir__entry_add (&self->entry, &record);
    kit_commit (self);
}

//  Appends the body of a request. args: the items of a list, in Python.
static void put_body (kit_t *self, weir__buffer_t *buffer,
                      weir__request_body_t *body, const char *args)
{
    char *text;
    weir_value_t list;
    ck_assert_int_gt (asprintf (&text, "[%s]", args), 0);
    ck_assert_msg (weir_value_parse (text, &list) == 0, "%.200s", text);
    free (text);
    body->timeout_ms = self->timeout_ms;
    body->argc = (uint16_t) list.size;
    weir__request_body_put (buffer, body);
    for (unsigned i = 0; i < list.size; i++)
        ck_assert_int_eq (weir__pack (buffer, list.items [i]), 0);
    weir_value_clear (&list);
}

uint64_t kit_add (kit_t *self, weir__origin_t who, uint64_t object, unsigned op,
                  const char *args)
{
    kit_link_t *link = find_link (self, who);
    weir__request_body_t body = {.object = object, .op = (uint16_t) op};
    if (self->number == 0)
        link->last++;
    uint64_t number = self->number ? self->number : link->last;
    self->number = 0;
    body.acked = self->acks ? 0 : self->acked;
    while (self->acks && body.acked + 1 < number &&
           link->replied [body.acked + 1])
        body.acked++;
    weir__buffer_t bytes = WEIR__BUFFER_INIT;
    put_body (self, &bytes, &body, args);
    weir__record_t record = {
        .type = WEIR__RECORD_REQUEST,
        .link = who.link,
        .session = who.session,
        .number = number,
        .body = {bytes.data, bytes.size},
    };
    weir__entry_add (&self->entry, &record);
    weir__buffer_free (&bytes);
    return number;
}

const char *kit_ask (kit_t *self, weir__origin_t who, uint64_t object,
                     unsigned op, const char *args)
{
    kit_begin (self);
    uint64_t number = kit_add (self, who, object, op, args);
    kit_commit (self);
    return kit_reply (self, who, number);
}

const char *kit_read (kit_t *self, uint64_t object, unsigned op,
                      const char *args)
{
    weir__buffer_t bytes = WEIR__BUFFER_INIT;
    weir__buffer_t reply = WEIR__BUFFER_INIT;
    weir__request_body_t body = {.object = object, .op = (uint16_t) op};
    put_body (self, &bytes, &body, args);
    ck_assert_ptr_null (
        weir__request_body_read (bytes.data, bytes.size, &body));
    weir__machine_read (self->machine, &body, &reply);
    ck_assert (!reply.failed);
    take_reply (self, (weir__origin_t){UINT64_MAX, 0}, 0,
                (weir__bytes_t){reply.data, reply.size});
    weir__buffer_free (&bytes);
    weir__buffer_free (&reply);
    return self->replies [self->reply_count - 1].text;
}

uint64_t kit_create (kit_t *self, weir__origin_t who, int kind,
                     const char *args)
{
    char text [4096];
    snprintf (text, sizeof text, "%d, %s", kind, args);
    const char *reply = kit_ask (self, who, 0, WEIR__DIRECTORY_CREATE, text);
    char *end;
    uint64_t id = strtoull (reply, &end, 10);
    ck_assert_msg (*reply && !*end, "create %s: %s, %s", text, reply,
                   kit_sentence (self));
    return id;
}

void kit_play (kit_t *self, uint64_t object, const kit_line_t *lines,
               size_t count)
{
    for (size_t i = 0; i < count; i++) {
        const char *reply =
            kit_ask (self, A, object, lines [i].op, lines [i].args);
        ck_assert_msg (strcmp (reply, lines [i].expected) == 0,
                       "line %zu, %u (%s): %s, not %s", i, lines [i].op,
                       lines [i].args, reply, lines [i].expected);
    }
}

const char *kit_reply (const kit_t *self, weir__origin_t who, uint64_t number)
{
    for (unsigned i = self->reply_count; i > 0; i--) {
        const kit_reply_t *reply = &self->replies [i - 1];
        if (reply->to.session == who.session && reply->to.link == who.link &&
            reply->number == number)
            return reply->text;
    }
    return "";
}

const char *kit_sentence (const kit_t *self)
{
    ck_assert_uint_gt (self->reply_count, 0);
    const char *sentence = self->replies [self->reply_count - 1].sentence;
    return sentence ? sentence : "";
}

uint64_t kit_last (kit_t *self, weir__origin_t who)
{
    return find_link (self, who)->last;
}

void kit_wait (kit_t *self, unsigned ms)
{
    self->time_us += (uint64_t) ms * 1000;
    kit_begin (self);
    kit_commit (self);
}

void kit_forget (kit_t *self)
{
    while (self->reply_count > 0) {
        kit_reply_t *reply = &self->replies [--self->reply_count];
        free (reply->text);
        free (reply->sentence);
    }
}

static void note_status (void *context, weir__origin_t to, uint64_t number,
                         weir__bytes_t body)
{
    (void) to, (void) number;
    kit_statuses_t *self = context;
    self->errors [self->count++ % 16] =
        weir__status_error ((uint16_t) (body.data [0] | body.data [1] << 8));
}

kit_statuses_t kit_apply (weir__machine_t *machine, weir__bytes_t entry)
{
    kit_statuses_t statuses = {0};
    weir__sink_t sink = {note_status, &statuses};
    statuses.rc = weir__machine_apply (machine, entry, &sink);
    return statuses;
}

void kit_restore (kit_t *self)
{
    weir__buffer_t snapshot = WEIR__BUFFER_INIT;
    weir__machine_save (self->machine, &snapshot);
    ck_assert (!snapshot.failed);
    weir__machine_t *restored =
        weir__machine_load ((weir__bytes_t){snapshot.data, snapshot.size});
    ck_assert_ptr_nonnull (restored);
    ck_assert_uint_eq (weir__machine_hash (restored),
                       weir__machine_hash (self->machine));
    weir__machine_destroy (&self->machine);
    self->machine = restored;
    weir__buffer_free (&snapshot);
}
