/*  engine.c - arbitrary conversations with the owner's engine

    For libFuzzer; tests/fuzz/fuzz.sh builds and runs it. The input is a
    sequence of steps: a byte that selects the peer (bits 0-1) and the step (the
    rest), a size (u8), and that number of bytes. Frames get a good header half
    of the time, so that the engine reads their bodies.

    SPDX-License-Identifier: MPL-2.0
*/

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "owner/engine.h"
#include "owner/intake.h"
#include "log/memory.h"

int LLVMFuzzerTestOneInput (const uint8_t *data, size_t size);

enum { UID = 1000, PID = 10, SECOND_US = 1000000 };

static int send_nothing (void *context, uint64_t peer,
                         const weir__frame_t *message)
{
    (void) context, (void) peer, (void) message;
    return 0;
}

static int watch (void *context, uint64_t session, pid_t pid)
{
    (void) context, (void) session, (void) pid;
    return 0;
}

static void unwatch (void *context, uint64_t session)
{
    (void) context, (void) session;
}

static void note (void *context, const char *text)
{
    (void) context, (void) text;
}

typedef struct talk {
    weir__engine_t *engine;
    uint64_t now_us;
    uint64_t numbers [4]; //  of the peers' last requests
} talk_t;

static void arrive (talk_t *self, unsigned peer, const uint8_t *data,
                    size_t size)
{
    weir__credentials_t who = {.uid = UID, .pid = PID + (pid_t) peer};
    weir__arrival_t arrival = {
        .peer = peer,
        .credentials = &who,
        .data = data,
        .size = size,
    };
    weir__engine_frame (self->engine, &arrival, self->now_us);
}

//  The bytes as the body of a frame of that type.
static void arrive_as (talk_t *self, unsigned peer, weir__frame_type_t type,
                       weir__bytes_t body)
{
    uint8_t frame [WEIR__FRAME_HEAD_BYTES + UINT8_MAX];
    weir__frame_head (frame, &(weir__frame_t){
                                 .type = type,
                                 .number = self->numbers [peer],
                                 .size = body.size,
                             });
    if (body.size)
        memcpy (frame + WEIR__FRAME_HEAD_BYTES, body.data, body.size);
    arrive (self, peer, frame, WEIR__FRAME_HEAD_BYTES + body.size);
}

static void say_hello (talk_t *self, unsigned peer)
{
    weir__buffer_t body = WEIR__BUFFER_INIT;
    weir__hello_put (&body, &(weir__hello_t){
                                .session = 1 + peer,
                                .link = 1,
                                .attempt = 1,
                            });
    self->numbers [peer] = 0;
    arrive_as (self, peer, WEIR__HELLO, (weir__bytes_t){body.data, body.size});
    weir__buffer_free (&body);
}

static void step (talk_t *self, unsigned what, weir__bytes_t bytes)
{
    unsigned peer = what & 3;
    switch (what >> 2 & 7) {
    case 0:
        arrive (self, peer, bytes.data, bytes.size);
        break;
    case 1:
        say_hello (self, peer);
        break;
    case 2:
        arrive_as (self, peer, WEIR__CANCEL, bytes);
        break;
    case 3:
        arrive_as (self, peer, WEIR__CLOSE, bytes);
        break;
    case 4:
        weir__engine_died (self->engine, 1 + peer, self->now_us);
        break;
    case 5:
        self->now_us += SECOND_US / 100;
        weir__engine_commit (self->engine, self->now_us);
        break;
    default:
        self->numbers [peer]++;
        arrive_as (self, peer, WEIR__REQUEST, bytes);
    }
}

int LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
    weir__log_t *log = weir__log_memory (64, 1 << 16);
    weir__engine_config_t config = {.epoch = 1, .self = {.uid = UID, .pid = 1}};
    weir__engine_io_t io = {
        .send = send_nothing,
        .watch = watch,
        .unwatch = unwatch,
        .note = note,
    };
    talk_t talk = {.engine = weir__engine_new (&config, log, &io),
                   .now_us = SECOND_US};
    weir__reader_t reader = weir__reader (data, size);
    while (reader.size > 1) {
        unsigned what = weir__reader_u8 (&reader);
        weir__bytes_t bytes;
        bytes.size = weir__reader_u8 (&reader);
        if (bytes.size > reader.size)
            bytes.size = reader.size;
        bytes.data = weir__reader_take (&reader, bytes.size);
        step (&talk, what, bytes);
    }
    weir__engine_commit (talk.engine, talk.now_us);
    weir__engine_stop (talk.engine);
    weir__engine_destroy (&talk.engine);
    log->destroy (log);
    return 0;
}
