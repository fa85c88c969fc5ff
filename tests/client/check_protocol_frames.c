/*  check_protocol_frames.c - a link's side of the protocol: any frames of an
    owner, and every failed allocation

    SPDX-License-Identifier: MPL-2.0
*/

#include "client/protocol.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "codec/pack.h"
#include "codec/status.h"
#include "kit/pack.h"
#include "kit/support.h"
#include "kit/malloc.h"
#include "weir/error.h"
#include "codec/packed.h"

static weir__protocol_t protocol;
static unsigned sent; //  frames

static int send_frame (void *context, const uint8_t *head, const uint8_t *body,
                       size_t size)
{
    (void) context, (void) head, (void) body, (void) size;
    sent++;
    return 0;
}

static int send_message (void *context, const weir__frame_t *message)
{
    return weir__frame_split (message, send_frame, context);
}

static const weir__wire_t wire = {send_message, NULL};

static void begin (void)
{
    weir__hello_t hello = {.session = 10, .link = 1};
    weir__protocol_init (&protocol, &hello);
}

static void end (void)
{
    weir__protocol_free (&protocol);
}

static uint64_t ask (void)
{
    uint64_t number = 0;
    weir_value_t arg = weir_value_int (5);
    weir__operation_t what = {1, 2, 1, &arg, -1, {0}};
    ck_assert_int_eq (weir__protocol_request (&protocol, &wire, &what, &number),
                      0);
    return number;
}

//  Returns the protocol's result for a frame; the bytes are a block of their
//  size.
static int take (const void *data, size_t size, weir__news_t *news)
{
    uint8_t *bytes = exactly (data, size);
    errno = 0;
    int rc =
        weir__protocol_frame (&protocol, (weir__bytes_t){bytes, size}, news);
    ck_assert (rc == 0 || news->type == WEIR__NEWS_NONE);
    free (bytes);
    return rc;
}

static int take_message (weir__frame_type_t type, uint64_t number,
                         const void *body, size_t size, weir__news_t *news)
{
    uint8_t bytes [256];
    weir__frame_t frame = {type, false, number, NULL, size};
    weir__frame_head (bytes, &frame);
    if (size)
        memcpy (bytes + WEIR__FRAME_HEAD_BYTES, body, size);
    return take (bytes, WEIR__FRAME_HEAD_BYTES + size, news);
}

START_TEST (a_refusal_has_an_error_and_a_sentence)
{
    weir__buffer_t body = WEIR__BUFFER_INIT;
    weir__buffer_put_u16 (&body, weir__status_of (EACCES));
    weir__buffer_put_u16 (&body, 0);
    weir__pack (&body, weir_value_string ("not you"));
    weir__news_t news;
    weir__frame_t frame = {WEIR__REFUSED, false, 0, NULL, body.size};
    uint8_t bytes [64];
    weir__frame_head (bytes, &frame);
    memcpy (bytes + WEIR__FRAME_HEAD_BYTES, body.data, body.size);
    ck_assert_int_eq (
        weir__protocol_frame (
            &protocol,
            (weir__bytes_t){bytes, WEIR__FRAME_HEAD_BYTES + body.size}, &news),
        0);
    ck_assert_int_eq (news.type, WEIR__NEWS_REFUSED);
    ck_assert_int_eq (news.error, EACCES);
    weir_value_t value;
    weir__packed_peek (news.value.data, news.value.size, &value);
    ck_assert_int_eq (value.type, WEIR_STRING);
    ck_assert_int_eq (strncmp (value.string, "not you", value.size), 0);
    weir__buffer_free (&body);
}
END_TEST

START_TEST (a_reply_with_an_unknown_status_is_EPROTO)
{
    weir__news_t news;
    uint64_t number = ask ();
    ck_assert_int_eq (
        take_message (WEIR__REPLY, number, "\xff\xff\0\0\xc0", 5, &news), 0);
    ck_assert_int_eq (news.type, WEIR__NEWS_REPLY);
    ck_assert_uint_eq (news.number, number);
    ck_assert_int_eq (news.error, EPROTO);
}
END_TEST

START_TEST (a_frame_that_owners_do_not_send_is_EPROTO)
{
    static const struct {
        weir__frame_type_t type;
        const char *body;
        size_t size;
        const char *sentence;
    } cases [] = {
        {WEIR__HELLO, "", 0, "owner: it sent a frame that only owners receive"},
        {WEIR__REQUEST, "", 0,
         "owner: it sent a frame that only owners receive"},
        {WEIR__CANCEL, "", 0,
         "owner: it sent a frame that only owners receive"},
        {WEIR__CLOSE, "", 0, "owner: it sent a frame that only owners receive"},
        {WEIR__WELCOME, "", 0, "owner: it sent a malformed WELCOME"},
        {WEIR__WELCOME, "0123456789012345678901234", 25,
         "owner: it sent a malformed WELCOME"},
        {WEIR__REPLY, "", 0, "owner: it sent a malformed reply"},
        {WEIR__REPLY, "\0\0\0", 3, "owner: it sent a malformed reply"},
        {WEIR__REPLY, "\0\0\0\0", 4, "owner: it sent a malformed reply"},
        {WEIR__REPLY, "\0\0\0\0\xc1", 5, "owner: it sent a malformed reply"},
        {WEIR__REPLY, "\0\0\0\0\xdd\xff\xff\xff\xff", 9,
         "owner: it sent a malformed reply"},
        {WEIR__REPLY, "\0\0\0\0\xc0\xc0", 6,
         "owner: it sent a malformed reply"},
        {WEIR__REFUSED, "\1\0\0\0\xa2x", 6, "owner: it sent a malformed reply"},
    };
    weir__news_t news;
    uint64_t number = ask ();
    ck_assert_int_eq (take_message (cases [_i].type, number, cases [_i].body,
                                    cases [_i].size, &news),
                      -1);
    ck_assert_int_eq (errno, EPROTO);
    ck_assert_str_eq (weir_error (), cases [_i].sentence);
    ck_assert_uint_eq (protocol.acked, 0);
    ck_assert (!protocol.welcomed);
}
END_TEST

START_TEST (bytes_that_are_not_a_frame_are_EPROTO)
{
    weir__news_t news;
    ck_assert_int_eq (take ("", 0, &news), -1);
    ck_assert_int_eq (errno, EPROTO);
    ck_assert_int_eq (take ("HTTP/1.1 200 OK\r\n", 17, &news), -1);
    ck_assert_int_eq (errno, EPROTO);
    ck_assert_str_eq (weir_error (), "owner: this is no frame of Weir");
}
END_TEST

//  A reply in chunks: the frames of a string of `size` bytes.
enum { LARGE = 5 << 19 };

typedef struct chunks {
    uint8_t *frames [8];
    size_t sizes [8];
    unsigned count;
} chunks_t;

static int keep_frame (void *context, const uint8_t *head, const uint8_t *body,
                       size_t size)
{
    chunks_t *self = context;
    uint8_t *frame = malloc (WEIR__FRAME_HEAD_BYTES + size);
    memcpy (frame, head, WEIR__FRAME_HEAD_BYTES);
    memcpy (frame + WEIR__FRAME_HEAD_BYTES, body, size);
    self->frames [self->count] = frame;
    self->sizes [self->count++] = WEIR__FRAME_HEAD_BYTES + size;
    return 0;
}

static chunks_t large_reply (uint64_t number)
{
    chunks_t chunks = {.count = 0};
    weir__buffer_t body = WEIR__BUFFER_INIT;
    static uint8_t bytes [LARGE];
    weir__buffer_put_u32 (&body, 0);
    weir__pack (&body, weir_value_bytes (bytes, sizeof bytes));
    weir__frame_t message = {WEIR__REPLY, false, number, body.data, body.size};
    weir__frame_split (&message, keep_frame, &chunks);
    weir__buffer_free (&body);
    return chunks;
}

static void free_chunks (chunks_t *chunks)
{
    while (chunks->count > 0)
        free (chunks->frames [--chunks->count]);
}

static weir__bytes_t slice (const chunks_t *chunks, unsigned i)
{
    return (weir__bytes_t){chunks->frames [i], chunks->sizes [i]};
}

START_TEST (a_reply_in_chunks_is_one_reply)
{
    weir__news_t news;
    uint64_t number = ask ();
    chunks_t chunks = large_reply (number);
    ck_assert_uint_eq (chunks.count, 3);
    for (unsigned i = 0; i < 3; i++) {
        ck_assert_int_eq (
            weir__protocol_frame (&protocol, slice (&chunks, i), &news), 0);
        ck_assert_int_eq (news.type,
                          i < 2 ? WEIR__NEWS_NONE : WEIR__NEWS_REPLY);
    }
    ck_assert_uint_eq (news.value.size, LARGE + 5);
    free_chunks (&chunks);
}
END_TEST

START_TEST (a_broken_off_reply_is_EPROTO_and_ends_with_its_connection)
{
    weir__news_t news;
    uint64_t number = ask ();
    chunks_t chunks = large_reply (number);
    ck_assert_int_eq (
        weir__protocol_frame (&protocol, slice (&chunks, 0), &news), 0);
    if (_i == 0) {
        ck_assert_int_eq (
            take_message (WEIR__REPLY, number + 1, "\0\0\0\0\xc0", 5, &news),
            -1);
        ck_assert_int_eq (errno, EPROTO);
    }
    ck_assert_int_eq (weir__protocol_hello (&protocol, &wire), 0);
    ck_assert_int_eq (
        take_message (WEIR__REPLY, number, "\0\0\0\0\xc0", 5, &news), 0);
    ck_assert_int_eq (news.type, WEIR__NEWS_REPLY);
    free_chunks (&chunks);
}
END_TEST

START_TEST (a_reply_without_memory_is_a_reply_with_ENOMEM)
{
    bool failed = true;
    for (unsigned n = 0; failed; n++) {
        weir__news_t news;
        uint64_t number = ask ();
        chunks_t chunks = large_reply (number);
        int rc = 0;
        test_malloc_watch (n);
        for (unsigned i = 0; i < 3 && rc == 0; i++)
            rc = weir__protocol_frame (&protocol, slice (&chunks, i), &news);
        failed = test_malloc_unwatch () > n;
        ck_assert_int_eq (rc, 0);
        ck_assert_int_eq (news.type, WEIR__NEWS_REPLY);
        ck_assert_uint_eq (news.number, number);
        ck_assert_int_eq (news.error, failed ? ENOMEM : 0);
        ck_assert_uint_eq (news.value.size, failed ? 1 : LARGE + 5);
        ck_assert_uint_eq (protocol.acked, number);
        free_chunks (&chunks);
    }
}
END_TEST

START_TEST (a_request_without_memory_is_not_sent)
{
    static uint8_t bytes [5000];
    weir_value_t arg = weir_value_bytes (bytes, sizeof bytes);
    weir__operation_t what = {1, 2, (uint16_t) _i, &arg, -1, {0}};
    bool failed = true;
    for (unsigned n = 0; failed; n++) {
        uint64_t number = 4711;
        test_malloc_watch (n);
        int rc = weir__protocol_request (&protocol, &wire, &what, &number);
        int error = errno;
        failed = test_malloc_unwatch () > n;
        ck_assert_int_eq (rc, failed ? -1 : 0);
        ck_assert_uint_eq (number, failed ? 4711 : 1);
        ck_assert (!failed || error == ENOMEM);
        ck_assert_uint_eq (sent, !failed);
    }
}
END_TEST

START_TEST (a_HELLO_without_memory_fails)
{
    bool failed = true;
    for (unsigned n = 0; failed; n++) {
        test_malloc_watch (n);
        int rc = weir__protocol_hello (&protocol, &wire);
        int error = errno;
        failed = test_malloc_unwatch () > n;
        ck_assert_int_eq (rc, failed ? -1 : 0);
        ck_assert (!failed || error == ENOMEM);
        ck_assert_uint_eq (sent, !failed);
    }
}
END_TEST

START_TEST (no_frame_makes_a_link_crash_or_lose_count)
{
    uint64_t state = test_seed ();
    static const uint8_t valid [] = {
        'W', 1, 66, 0, 14, 0,    0,    0,   1,   0,   0,    0, 0, 0,    0,
        0,   0, 0,  0, 0,  0x93, 0xa3, 'a', 'b', 'c', 0xcd, 1, 2, 0x81, 0xc3};
    for (int round = 0; round < 50000; round++) {
        weir__news_t news;
        uint8_t bytes [64];
        size_t size = sizeof valid;
        if (round % 100 == 0) {
            end ();
            begin ();
            ask ();
        }
        memcpy (bytes, valid, sizeof valid);
        for (uint64_t i = test_random_below (&state, 4); i > 0; i--)
            bytes [test_random_below (&state, sizeof valid)] =
                (uint8_t) test_random (&state);
        if (test_random_below (&state, 2)) {
            size = test_random_below (&state, sizeof valid);
            if (size >= WEIR__FRAME_HEAD_BYTES)
                bytes [4] = (uint8_t) (size - WEIR__FRAME_HEAD_BYTES);
        }
        if (take (bytes, size, &news) == -1)
            ck_assert_int_eq (errno, EPROTO);
        else if (news.type == WEIR__NEWS_REPLY)
            ck_assert_uint_eq (protocol.acked, 1);
        ck_assert_uint_le (protocol.acked, protocol.last);
    }
}
END_TEST

int main (void)
{
    Suite *suite = suite_create ("protocol_frames");
    TCase *tcase = test_case (suite, "frames");
    tcase_add_checked_fixture (tcase, begin, end);
    tcase_add_test (tcase, a_refusal_has_an_error_and_a_sentence);
    tcase_add_test (tcase, a_reply_with_an_unknown_status_is_EPROTO);
    tcase_add_loop_test (tcase, a_frame_that_owners_do_not_send_is_EPROTO, 0,
                         13);
    tcase_add_test (tcase, bytes_that_are_not_a_frame_are_EPROTO);
    tcase_add_test (tcase, a_reply_in_chunks_is_one_reply);
    tcase_add_loop_test (
        tcase, a_broken_off_reply_is_EPROTO_and_ends_with_its_connection, 0, 2);
    tcase_add_test (tcase, no_frame_makes_a_link_crash_or_lose_count);

    tcase = test_case (suite, "memory");
    tcase_add_checked_fixture (tcase, begin, end);
    tcase_add_test (tcase, a_reply_without_memory_is_a_reply_with_ENOMEM);
    tcase_add_loop_test (tcase, a_request_without_memory_is_not_sent, 0, 2);
    tcase_add_test (tcase, a_HELLO_without_memory_fails);
    return test_main (suite);
}
