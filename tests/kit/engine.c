/*  engine.c - an engine on a stage: no sockets, a clock that the test moves

    SPDX-License-Identifier: MPL-2.0
*/

#include "kit/engine.h"

#include <check.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "codec/pack.h"
#include "codec/status.h"
#include "codec/packed.h"
#include "log/memory.h"
#include "kit/malloc.h"

//  The engine's io

static int take_message (void *context, uint64_t peer,
                         const weir__frame_t *message)
{
    stage_t *self = context;
    if (self->send_error && (self->send_error_peer == peer ||
                             self->send_error_peer == UINT64_MAX)) {
        errno = self->send_error;
        return -1;
    }
    if (self->message_count == STAGE_MESSAGES)
        abort ();
    stage_message_t *kept = &self->messages [self->message_count++];
    *kept = (stage_message_t){
        .peer = peer,
        .type = message->type,
        .number = message->number,
        .size = message->size,
    };
    size_t size =
        message->size < sizeof kept->head ? message->size : sizeof kept->head;
    if (size)
        memcpy (kept->head, message->body, size);
    return 0;
}

static int begin_watch (void *context, uint64_t session, pid_t pid)
{
    stage_t *self = context;
    if (self->watch_fails)
        return -1;
    for (unsigned i = 0; i < STAGE_WATCHES; i++) {
        if (self->watches [i].session == session)
            abort (); //  twice
        if (self->watches [i].session != 0)
            continue;
        self->watches [i].session = session;
        self->watches [i].pid = pid;
        return 0;
    }
    abort ();
}

static void end_watch (void *context, uint64_t session)
{
    stage_t *self = context;
    for (unsigned i = 0; i < STAGE_WATCHES; i++)
        if (self->watches [i].session == session)
            self->watches [i].session = 0;
}

static void take_note (void *context, const char *text)
{
    stage_t *self = context;
    snprintf (self->notes [self->note_count++ % STAGE_NOTES],
              sizeof *self->notes, "%s", text);
}

//  The log

static stage_t *of_log (weir__log_t *log)
{
    return (stage_t *) ((char *) log - offsetof (stage_t, log));
}

static int append (weir__log_t *log, uint64_t last, weir__bytes_t entry)
{
    stage_t *self = of_log (log);
    if (self->append_error) {
        errno = self->append_error;
        self->append_error = 0;
        return -1;
    }
    self->appends++;
    return self->inner->append (self->inner, last, entry);
}

static int read_entry (weir__log_t *log, uint64_t *sequence,
                       weir__bytes_t *ret_entry)
{
    stage_t *self = of_log (log);
    return self->inner->read (self->inner, sequence, ret_entry);
}

static int snapshot_get (weir__log_t *log, uint64_t *ret_sequence,
                         weir__bytes_t *ret_snapshot)
{
    stage_t *self = of_log (log);
    return self->inner->snapshot_get (self->inner, ret_sequence, ret_snapshot);
}

weir__engine_t *stage_restart (stage_t *self)
{
    weir__engine_config_t config = {STAGE_EPOCH, {STAGE_UID, STAGE_PID}};
    weir__engine_io_t io = {
        .send = take_message,
        .watch = begin_watch,
        .unwatch = end_watch,
        .note = take_note,
        .context = self,
    };
    weir__engine_destroy (&self->engine);
    memset (self->watches, 0, sizeof self->watches);
    self->engine = weir__engine_new (&config, &self->log, &io);
    return self->engine;
}

stage_t *stage_new (void)
{
    stage_t *self = calloc (1, sizeof *self);
    ck_assert_ptr_nonnull (self);
    self->now_us = 1000000;
    self->starves_at = TEST_NONE_FAILS;
    self->log.append = append;
    self->log.read = read_entry;
    self->log.snapshot_get = snapshot_get;
    self->inner = weir__log_memory (64, 1 << 20);
    ck_assert_ptr_nonnull (self->inner);
    ck_assert_ptr_nonnull (stage_restart (self));
    return self;
}

void stage_destroy (stage_t **self_p)
{
    stage_t *self = *self_p;
    weir__engine_destroy (&self->engine);
    self->inner->destroy (self->inner);
    free (self);
    *self_p = NULL;
}

//  Only what the engine itself allocates is counted.
static void begin_call (const stage_t *self)
{
    if (self->starved && self->famine > 0)
        test_malloc_watch_from (0);
    else if (self->famine > 0)
        test_malloc_watch_from (self->starves_at);
    else
        test_malloc_watch (self->starves_at);
}

static void end_call (stage_t *self)
{
    unsigned count = test_malloc_unwatch ();
    if (self->starved && self->famine > 0)
        self->famine--;
    if (self->starves_at == TEST_NONE_FAILS)
        return;
    self->starved = count > self->starves_at;
    self->starves_at =
        self->starved ? TEST_NONE_FAILS : self->starves_at - count;
}

void stage_commit (stage_t *self)
{
    begin_call (self);
    weir__engine_commit (self->engine, self->now_us);
    end_call (self);
}

void stage_died (stage_t *self, uint64_t session)
{
    begin_call (self);
    weir__engine_died (self->engine, session, self->now_us);
    end_call (self);
}

static void arrive (stage_t *self, const weir__arrival_t *arrival)
{
    begin_call (self);
    weir__engine_frame (self->engine, arrival, self->now_us);
    end_call (self);
}

//  Frames

typedef struct target {
    stage_t *stage;
    uint64_t peer;
    const weir__credentials_t *who;
} target_t;

static int put_frame (void *context, const uint8_t *head, const uint8_t *body,
                      size_t size)
{
    static uint8_t frame [WEIR__FRAME_BYTES];
    const target_t *target = context;
    memcpy (frame, head, WEIR__FRAME_HEAD_BYTES);
    if (size)
        memcpy (frame + WEIR__FRAME_HEAD_BYTES, body, size);
    weir__arrival_t arrival = {
        .peer = target->peer,
        .credentials = target->who,
        .data = frame,
        .size = WEIR__FRAME_HEAD_BYTES + size,
        .crowded = target->stage->crowded,
    };
    arrive (target->stage, &arrival);
    return 0;
}

void stage_bytes (stage_t *self, uint64_t peer, const void *data, size_t size)
{
    weir__credentials_t who = {STAGE_UID, 1};
    weir__arrival_t arrival = {
        .peer = peer, .credentials = &who, .data = data, .size = size};
    arrive (self, &arrival);
}

void stage_send (stage_t *self, uint64_t peer, const weir__frame_t *message)
{
    target_t target = {self, peer, NULL};
    weir__frame_split (message, put_frame, &target);
}

void stage_greet (stage_t *self, uint64_t peer, const weir__hello_t *hello,
                  const weir__credentials_t *who)
{
    uint8_t bytes [64];
    weir__buffer_t body = {.data = bytes, .capacity = sizeof bytes};
    weir__hello_put (&body, hello);
    weir__frame_t message = {WEIR__HELLO, false, 0, bytes, body.size};
    target_t target = {self, peer, who};
    weir__frame_split (&message, put_frame, &target);
}

void stage_hello (stage_t *self, uint64_t peer, uint64_t session, uint32_t link)
{
    weir__hello_t hello = {.session = session, .link = link, .attempt = 1};
    weir__credentials_t who = {STAGE_UID, (pid_t) (1000 + session)};
    stage_greet (self, peer, &hello, &who);
}

void stage_enter (stage_t *self, uint64_t peer, uint64_t session, uint32_t link)
{
    stage_hello (self, peer, session, link);
    stage_commit (self);
    ck_assert_str_eq (stage_take (self, peer), "WELCOME");
}

void stage_signal (stage_t *self, uint64_t peer, weir__frame_type_t type,
                   uint64_t number)
{
    weir__frame_t message = {.type = type, .number = number};
    stage_send (self, peer, &message);
}

//  Requests

void stage_ask (stage_t *self, const stage_ask_t *ask)
{
    char text [1024];
    uint8_t bytes [1024];
    weir_value_t list;
    snprintf (text, sizeof text, "[%s]", ask->args ? ask->args : "");
    ck_assert_msg (weir_value_parse (text, &list) == 0, "%s", text);
    weir__request_body_t body = {
        .acked = ask->acked,
        .object = ask->object,
        .timeout_ms = ask->waits ? -1 : ask->timeout_ms,
        .op = (uint16_t) ask->op,
        .argc = (uint16_t) list.size,
    };
    weir__buffer_t buffer = {.data = bytes, .capacity = sizeof bytes};
    weir__request_body_put (&buffer, &body);
    for (unsigned i = 0; i < list.size; i++)
        ck_assert_int_eq (weir__pack (&buffer, list.items [i]), 0);
    weir_value_clear (&list);
    weir__frame_t message = {WEIR__REQUEST, false, ask->number, bytes,
                             buffer.size};
    stage_send (self, ask->peer, &message);
}

uint64_t stage_make (stage_t *self, uint64_t peer, uint64_t number, int kind)
{
    char args [32];
    snprintf (args, sizeof args, "%d, None", kind);
    STAGE_ASK (self, .peer = peer, .number = number, .acked = number - 1,
               .op = WEIR__DIRECTORY_CREATE, .args = args);
    stage_commit (self);
    const char *text = stage_take (self, peer), *colon = strchr (text, ':');
    ck_assert_msg (colon != NULL, "'%s'", text);
    return strtoull (colon + 1, NULL, 10);
}

uint64_t stage_dict (stage_t *self, uint64_t peer)
{
    return stage_make (self, peer, 1, WEIR__DICT);
}

//  Sent messages

static const char *outcome (const stage_message_t *message)
{
    static char text [512];
    weir__reader_t reader = weir__reader (message->head, message->size);
    int error = weir__status_error (weir__reader_u16 (&reader));
    weir__reader_u16 (&reader);
    const char *name = error ? strerrorname_np (error) : NULL;
    weir_value_t value;
    size_t used;
    if (message->type == WEIR__REPLY && error)
        snprintf (text, sizeof text, "%d: %s", (int) message->number, name);
    else if (message->size > sizeof message->head)
        snprintf (text, sizeof text, "%d: %zu bytes", (int) message->number,
                  message->size);
    else {
        ck_assert_int_eq (weir__packed_check (reader.data, reader.size, &used),
                          0);
        ck_assert_uint_eq (used, reader.size);
        ck_assert_int_eq (weir__unpack (reader.data, reader.size, &value), 0);
        char *shown = weir_value_format (value);
        if (message->type == WEIR__REFUSED)
            snprintf (text, sizeof text, "REFUSED %s: %s", name, value.string);
        else
            snprintf (text, sizeof text, "%d: %s", (int) message->number,
                      shown);
        free (shown);
        weir_value_clear (&value);
    }
    return text;
}

const char *stage_take (stage_t *self, uint64_t peer)
{
    for (unsigned i = 0; i < self->message_count; i++) {
        stage_message_t *message = &self->messages [i];
        if (message->peer != peer)
            continue;
        message->peer = 0;
        if (message->type != WEIR__WELCOME)
            return outcome (message);
        weir__frame_t frame = {.body = message->head, .size = message->size};
        weir__welcome_t welcome;
        ck_assert (weir__welcome_read (&frame, &welcome));
        ck_assert_uint_eq (welcome.epoch, STAGE_EPOCH);
        ck_assert_uint_eq (welcome.pid, STAGE_PID);
        ck_assert_uint_eq (welcome.window, WEIR__WINDOW);
        ck_assert_uint_eq (welcome.message_bytes, WEIR__MESSAGE_BYTES);
        return "WELCOME";
    }
    return "";
}

unsigned stage_waiting (const stage_t *self, uint64_t peer)
{
    unsigned count = 0;
    for (unsigned i = 0; i < self->message_count; i++)
        count += self->messages [i].peer == peer;
    return count;
}

void stage_forget (stage_t *self)
{
    self->message_count = 0;
}

pid_t stage_watched (const stage_t *self, uint64_t session)
{
    for (unsigned i = 0; i < STAGE_WATCHES; i++)
        if (self->watches [i].session == session)
            return self->watches [i].pid;
    return 0;
}
