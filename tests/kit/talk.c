/*  talk.c - a link that talks to an engine over arrays of frames

    SPDX-License-Identifier: MPL-2.0
*/

#include "kit/talk.h"

#include <check.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "codec/pack.h"
#include "codec/packed.h"

stage_t *talk_stage;
weir__protocol_t talk_link;
struct talk_wire talk_wire;
struct talk_told talk_told;

static int send_frame (void *context, const uint8_t *head, const uint8_t *body,
                       size_t size)
{
    ck_assert_ptr_eq (context, &talk_wire);
    if (talk_wire.sends++ == talk_wire.fails_at)
        return weir__fail (EAGAIN, "the wire is full");
    ck_assert_uint_lt (talk_wire.count, TALK_FRAMES);
    uint8_t *frame = malloc (WEIR__FRAME_HEAD_BYTES + size);
    memcpy (frame, head, WEIR__FRAME_HEAD_BYTES);
    if (size)
        memcpy (frame + WEIR__FRAME_HEAD_BYTES, body, size);
    talk_wire.frames [talk_wire.count] = frame;
    talk_wire.sizes [talk_wire.count++] = WEIR__FRAME_HEAD_BYTES + size;
    return 0;
}

static int send_message (void *context, const weir__frame_t *message)
{
    return weir__frame_split (message, send_frame, context);
}

const weir__wire_t talk_carrier = {send_message, &talk_wire};

void talk_cut (void)
{
    while (talk_wire.count > 0)
        free (talk_wire.frames [--talk_wire.count]);
    talk_wire.first = 0;
}

bool talk_up (void)
{
    if (talk_wire.first == talk_wire.count)
        return false;
    stage_bytes (talk_stage, talk_wire.peer, talk_wire.frames [talk_wire.first],
                 talk_wire.sizes [talk_wire.first]);
    talk_wire.first++;
    return true;
}

static void note_news (const weir__news_t *news)
{
    weir_value_t value;
    if (news->type == WEIR__NEWS_WELCOME)
        talk_told.welcomes++;
    if (news->type != WEIR__NEWS_REPLY)
        return;
    ck_assert_uint_lt (news->number, TALK_NUMBERS);
    weir__packed_peek (news->value.data, news->value.size, &value);
    talk_told.replies [news->number]++;
    talk_told.errors [news->number] = news->error;
    talk_told.values [news->number] =
        value.type == WEIR_INTEGER ? value.integer : -1;
}

int talk_take (const void *data, size_t size, weir__news_t *news)
{
    return weir__protocol_frame (&talk_link, (weir__bytes_t){data, size}, news);
}

bool talk_down (void)
{
    for (unsigned i = 0; i < talk_stage->message_count; i++) {
        stage_message_t *message = &talk_stage->messages [i];
        if (message->peer != talk_wire.peer)
            continue;
        message->peer = 0;
        uint8_t bytes [WEIR__FRAME_HEAD_BYTES + sizeof message->head];
        ck_assert_uint_le (message->size, sizeof message->head);
        weir__frame_t frame = {message->type, false, message->number, NULL,
                               message->size};
        weir__frame_head (bytes, &frame);
        memcpy (bytes + WEIR__FRAME_HEAD_BYTES, message->head, message->size);
        weir__news_t news;
        ck_assert_int_eq (
            talk_take (bytes, WEIR__FRAME_HEAD_BYTES + message->size, &news),
            0);
        note_news (&news);
        if (news.type == WEIR__NEWS_WELCOME && !talk_wire.strange)
            ck_assert_int_eq (weir__protocol_resume (&talk_link, &talk_carrier),
                              0);
        return true;
    }
    return false;
}

void talk_all (void)
{
    do {
        while (talk_up ())
            ;
        stage_commit (talk_stage);
    } while (talk_down () || talk_wire.first < talk_wire.count);
}

void talk_again (void)
{
    talk_cut ();
    talk_wire.peer++;
    ck_assert_int_eq (weir__protocol_hello (&talk_link, &talk_carrier), 0);
}

uint64_t talk_ask (uint64_t object, unsigned op, const weir_value_t *args,
                   unsigned argc)
{
    uint64_t number;
    weir__operation_t what = {object, (uint16_t) op, (uint16_t) argc, args, -1,
                              {0}};
    return weir__protocol_request (&talk_link, &talk_carrier, &what, &number) ==
                   0
               ? number
               : 0;
}

uint64_t talk_add (uint64_t dict)
{
    weir_value_t args [] = {weir_value_string ("n"), weir_value_int (1)};
    return talk_ask (dict, WEIR__DICT_ADD, args, 2);
}

uint64_t talk_read (uint64_t dict)
{
    weir_value_t key = weir_value_string ("n");
    return talk_ask (dict, WEIR__DICT_GET, &key, 1);
}

uint64_t talk_make (int kind)
{
    weir_value_t args [] = {weir_value_int (kind), weir_value_nil ()};
    uint64_t number = talk_ask (0, WEIR__DIRECTORY_CREATE, args, 2);
    talk_all ();
    ck_assert_uint_eq (talk_told.replies [number], 1);
    return (uint64_t) talk_told.values [number];
}

void talk_begin (void)
{
    weir__hello_t hello = {.session = TALK_SESSION, .link = TALK_LINK};
    talk_stage = stage_new ();
    memset (&talk_wire, 0, sizeof talk_wire);
    memset (&talk_told, 0, sizeof talk_told);
    talk_wire.fails_at = UINT32_MAX;
    weir__protocol_init (&talk_link, &hello);
    talk_again ();
}

void talk_end (void)
{
    talk_cut ();
    weir__protocol_free (&talk_link);
    stage_destroy (&talk_stage);
}
