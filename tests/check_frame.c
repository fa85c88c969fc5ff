/*  check_frame.c - the frames between a link and an owner

    SPDX-License-Identifier: MPL-2.0
*/

#include "codec/frame.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "codec/pack.h"
#include "codec/status.h"
#include "pack_kit.h"
#include "support.h"
#include "support_malloc.h"

//  Frames as `weir__frame_split` hands them out, one block each.
typedef struct trace {
    uint8_t *frames [WEIR__MESSAGE_BYTES / WEIR__CHUNK_BYTES + 1];
    size_t sizes [WEIR__MESSAGE_BYTES / WEIR__CHUNK_BYTES + 1];
    unsigned count;
    unsigned fails_at; //  the send with this number fails; from 0
} trace_t;

static trace_t trace;
static weir__joiner_t joiner;

static void begin (void)
{
    trace = (trace_t){.fails_at = UINT_MAX};
    joiner = (weir__joiner_t){0};
}

static void forget_trace (void)
{
    while (trace.count > 0)
        free (trace.frames [--trace.count]);
}

static void end (void)
{
    forget_trace ();
    weir__joiner_free (&joiner);
}

static int take_frame (void *context, const uint8_t *head, const uint8_t *body,
                       size_t size)
{
    ck_assert_ptr_eq (context, &trace);
    if (trace.count == trace.fails_at) {
        errno = EAGAIN;
        return -7;
    }
    uint8_t *frame = malloc (WEIR__FRAME_HEAD_BYTES + size);
    memcpy (frame, head, WEIR__FRAME_HEAD_BYTES);
    if (size)
        memcpy (frame + WEIR__FRAME_HEAD_BYTES, body, size);
    trace.frames [trace.count] = frame;
    trace.sizes [trace.count++] = WEIR__FRAME_HEAD_BYTES + size;
    return 0;
}

//  A REQUEST with that number, and size bytes that are all different.
static void split (uint64_t number, size_t size)
{
    uint8_t *body = size ? malloc (size) : NULL;
    for (size_t i = 0; i < size; i++)
        body [i] = (uint8_t) (i ^ i >> 8 ^ i >> 16);
    weir__frame_t message = {WEIR__REQUEST, false, number, body, size};
    forget_trace ();
    ck_assert_int_eq (weir__frame_split (&message, take_frame, &trace), 0);
    free (body);
}

static weir__frame_t must_read (unsigned index)
{
    weir__frame_t frame;
    ck_assert_ptr_null (
        weir__frame_read (trace.frames [index], trace.sizes [index], &frame));
    return frame;
}

//  What the joiner says to the frame with that index, and an errno.
static int join (unsigned index, weir__frame_t *frame, int error)
{
    const char *cause = NULL;
    *frame = must_read (index);
    errno = 0;
    int rc = weir__joiner_take (&joiner, frame, &cause);
    ck_assert_int_eq (errno, error);
    ck_assert (!cause == (rc >= 0));
    return rc;
}

static const char *what_is_wrong (const void *data, size_t size)
{
    uint8_t *bytes = exactly (data, size);
    weir__frame_t frame = {.number = UNTOUCHED};
    const char *wrong = weir__frame_read (bytes, size, &frame);
    ck_assert (!wrong || frame.number == UNTOUCHED);
    free (bytes);
    return wrong ? wrong : "";
}

START_TEST (a_header_reads_back_as_it_was_written)
{
    static const weir__frame_type_t types [] = {
        WEIR__HELLO,   WEIR__REQUEST, WEIR__CANCEL,  WEIR__CLOSE,
        WEIR__WELCOME, WEIR__REPLY,   WEIR__REFUSED,
    };
    weir__frame_t frame = {types [_i], _i % 2, 0x0123456789abcdef + _i, NULL,
                           3};
    uint8_t bytes [WEIR__FRAME_HEAD_BYTES + 3] = {0};
    weir__frame_head (bytes, &frame);
    weir__frame_t back;
    ck_assert_ptr_null (weir__frame_read (bytes, sizeof bytes, &back));
    ck_assert_int_eq (back.type, frame.type);
    ck_assert_int_eq (back.more, frame.more);
    ck_assert_uint_eq (back.number, frame.number);
    ck_assert_uint_eq (back.size, 3);
    ck_assert_ptr_eq (back.body, bytes + WEIR__FRAME_HEAD_BYTES);
}
END_TEST

START_TEST (the_bytes_of_a_header_are_those_of_the_protocol)
{
    static const uint8_t expected [] = {
        'W', 1, 66, 1, 3, 2, 1, 0, 8, 7, 6, 5, 4, 3, 2, 1,
    };
    uint8_t head [WEIR__FRAME_HEAD_BYTES];
    weir__frame_t frame = {WEIR__REPLY, true, 0x0102030405060708, NULL,
                           0x010203 % WEIR__CHUNK_BYTES};
    weir__frame_head (head, &frame);
    ck_assert_mem_eq (head, expected, sizeof expected);
}
END_TEST

START_TEST (a_header_that_lies_is_refused)
{
    static const struct {
        uint8_t bytes [17];
        size_t size;
        const char *wrong;
    } cases [] = {
        {"", 0,
         "a message is empty, or in several parts, or its sender chose a "
         "routing id of its own"},
        {"W\1\2\0\0\0\0\0\0\0\0\0\0\0\0", 15,
         "a frame is shorter than its header"},
        {"V\1\2\0\0\0\0\0\0\0\0\0\0\0\0\0", 16, "this is no frame of Weir"},
        {"W\2\2\0\0\0\0\0\0\0\0\0\0\0\0\0", 16,
         "a frame has a version that is not served here"},
        {"W\1\0\0\0\0\0\0\0\0\0\0\0\0\0\0", 16, "a frame has an unknown type"},
        {"W\1\5\0\0\0\0\0\0\0\0\0\0\0\0\0", 16, "a frame has an unknown type"},
        {"W\1\100\0\0\0\0\0\0\0\0\0\0\0\0\0", 16,
         "a frame has an unknown type"},
        {"W\1\104\0\0\0\0\0\0\0\0\0\0\0\0\0", 16,
         "a frame has an unknown type"},
        {"W\1\2\2\0\0\0\0\0\0\0\0\0\0\0\0", 16, "a frame has unknown flags"},
        {"W\1\2\377\0\0\0\0\0\0\0\0\0\0\0\0", 16, "a frame has unknown flags"},
        {"W\1\2\0\1\0\0\0\0\0\0\0\0\0\0\0", 16,
         "a frame's size is not what its header says"},
        {"W\1\2\0\377\377\377\377\0\0\0\0\0\0\0\0", 16,
         "a frame's size is not what its header says"},
        {"W\1\2\0\0\0\0\0\0\0\0\0\0\0\0\0x", 17,
         "a frame's size is not what its header says"},
        {"W\1\2\1\1\0\0\0\0\0\0\0\0\0\0\0x", 17, ""},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        ck_assert_str_eq (what_is_wrong (cases [i].bytes, cases [i].size),
                          cases [i].wrong);
}
END_TEST

START_TEST (a_frame_has_at_most_a_mebibyte)
{
    static uint8_t bytes [WEIR__FRAME_BYTES + 1];
    weir__frame_t frame = {WEIR__REPLY, false, 1, NULL, WEIR__CHUNK_BYTES};
    weir__frame_head (bytes, &frame);
    ck_assert_str_eq (what_is_wrong (bytes, WEIR__FRAME_BYTES), "");
    bytes [4]++;
    ck_assert_str_eq (what_is_wrong (bytes, WEIR__FRAME_BYTES + 1),
                      "a frame is larger than one may be");
}
END_TEST

START_TEST (a_message_is_split_and_joined_again)
{
    static const size_t sizes [] = {
        0,
        1,
        WEIR__CHUNK_BYTES - 1,
        WEIR__CHUNK_BYTES,
        WEIR__CHUNK_BYTES + 1,
        2 * WEIR__CHUNK_BYTES,
        5 * WEIR__CHUNK_BYTES + 17,
        WEIR__MESSAGE_BYTES,
    };
    size_t size = sizes [_i];
    split (9, size);
    unsigned count = (unsigned) (size / WEIR__CHUNK_BYTES +
                                 (size % WEIR__CHUNK_BYTES > 0 || size == 0));
    ck_assert_uint_eq (trace.count, count);
    weir__frame_t frame;
    for (unsigned i = 0; i + 1 < count; i++)
        ck_assert_int_eq (join (i, &frame, 0), 0);
    ck_assert_int_eq (join (count - 1, &frame, 0), 1);
    ck_assert_uint_eq (frame.size, size);
    ck_assert_uint_eq (frame.number, 9);
    ck_assert_int_eq (frame.type, WEIR__REQUEST);
    for (size_t i = 0; i < size; i++)
        if (frame.body [i] != (uint8_t) (i ^ i >> 8 ^ i >> 16))
            ck_abort_msg ("byte %zu is wrong", i);
}
END_TEST

START_TEST (splitting_stops_when_a_frame_cannot_be_sent)
{
    static uint8_t body [3 * WEIR__CHUNK_BYTES];
    weir__frame_t message = {WEIR__REPLY, false, 1, body, sizeof body};
    trace.fails_at = 1;
    ck_assert_int_eq (weir__frame_split (&message, take_frame, &trace), -7);
    ck_assert_int_eq (errno, EAGAIN);
    ck_assert_uint_eq (trace.count, 1);
}
END_TEST

START_TEST (one_message_after_the_other_is_joined)
{
    weir__frame_t frame;
    for (uint64_t number = 1; number < 4; number++) {
        split (number, 2 * WEIR__CHUNK_BYTES);
        ck_assert_int_eq (join (0, &frame, 0), 0);
        ck_assert_int_eq (join (1, &frame, 0), 1);
        ck_assert_uint_eq (frame.size, 2 * WEIR__CHUNK_BYTES);
        split (number, 10);
        ck_assert_int_eq (join (0, &frame, 0), 1);
        ck_assert_uint_eq (frame.size, 10);
        //  What the large one took is given back.
        ck_assert_ptr_null (joiner.body.data);
    }
}
END_TEST

//  Changes the header of a frame that was split off.
static void set_type (unsigned index, weir__frame_type_t type)
{
    trace.frames [index][2] = (uint8_t) type;
}

static void set_number (unsigned index, uint8_t number)
{
    trace.frames [index][8] = number;
}

START_TEST (what_comes_between_the_chunks_of_a_message_breaks_it_off)
{
    weir__frame_t frame;
    split (1, 3 * WEIR__CHUNK_BYTES);
    ck_assert_int_eq (join (0, &frame, 0), 0);
    if (_i == 0)
        set_number (1, 2);
    else
        set_type (1, WEIR__CANCEL);
    ck_assert_int_eq (join (1, &frame, EPROTO), -1);
    ck_assert (!joiner.open);
    ck_assert_ptr_null (joiner.body.data);
}
END_TEST

START_TEST (the_last_chunk_must_belong_to_the_message_as_well)
{
    weir__frame_t frame;
    split (1, 2 * WEIR__CHUNK_BYTES);
    ck_assert_int_eq (join (0, &frame, 0), 0);
    set_number (1, 2);
    ck_assert_int_eq (join (1, &frame, EPROTO), -1);
}
END_TEST

START_TEST (empty_chunks_do_not_go_on_for_ever)
{
    weir__frame_t frame;
    split (1, 0);
    trace.frames [0][3] = WEIR__FRAME_MORE;
    ck_assert_int_eq (join (0, &frame, EPROTO), -1);
}
END_TEST

START_TEST (the_last_chunk_may_be_empty)
{
    weir__frame_t frame;
    split (1, 2 * WEIR__CHUNK_BYTES);
    ck_assert_int_eq (join (0, &frame, 0), 0);
    split (1, 0);
    ck_assert_int_eq (join (0, &frame, 0), 1);
    ck_assert_uint_eq (frame.size, WEIR__CHUNK_BYTES);
}
END_TEST

START_TEST (a_message_has_at_most_64_mebibytes)
{
    static const size_t extra [] = {1, WEIR__CHUNK_BYTES};
    weir__frame_t frame;
    split (1, WEIR__CHUNK_BYTES);
    trace.frames [0][3] = WEIR__FRAME_MORE;
    for (int i = 0; i < WEIR__MESSAGE_BYTES / WEIR__CHUNK_BYTES; i++)
        ck_assert_int_eq (join (0, &frame, 0), 0);
    ck_assert_uint_le (joiner.body.capacity, WEIR__MESSAGE_BYTES);
    split (1, extra [_i]);
    ck_assert_int_eq (join (0, &frame, EMSGSIZE), -1);
    ck_assert_ptr_null (joiner.body.data);
}
END_TEST

START_TEST (without_memory_a_message_is_skipped_and_the_next_one_taken)
{
    enum { CHUNKS = 5 };
    weir__frame_t frame;
    const char *cause;
    bool failed = true;
    for (unsigned n = 0; failed; n++) {
        split (7, CHUNKS * WEIR__CHUNK_BYTES);
        int rc = 0;
        unsigned taken = 0;
        test_malloc_watch (n);
        for (unsigned i = 0; i < CHUNKS && rc == 0; i++) {
            weir__frame_read (trace.frames [i], trace.sizes [i], &frame);
            taken = i + 1;
            rc = weir__joiner_take (&joiner, &frame, &cause);
        }
        int error = errno;
        failed = test_malloc_unwatch () > n;
        ck_assert_int_eq (rc, failed ? -1 : 1);
        ck_assert (!failed || error == ENOMEM);
        ck_assert_uint_eq (taken, CHUNKS);
        ck_assert_uint_eq (frame.number, 7);
        split (8, 2 * WEIR__CHUNK_BYTES);
        ck_assert_int_eq (join (0, &frame, 0), 0);
        ck_assert_int_eq (join (1, &frame, 0), 1);
        ck_assert_uint_eq (frame.size, 2 * WEIR__CHUNK_BYTES);
    }
}
END_TEST

START_TEST (a_joiner_can_be_freed_at_any_time_and_used_again)
{
    weir__frame_t frame;
    split (1, 2 * WEIR__CHUNK_BYTES);
    ck_assert_int_eq (join (0, &frame, 0), 0);
    weir__joiner_free (&joiner);
    weir__joiner_free (&joiner);
    ck_assert_int_eq (join (0, &frame, 0), 0);
    ck_assert_int_eq (join (1, &frame, 0), 1);
    ck_assert_uint_eq (frame.size, 2 * WEIR__CHUNK_BYTES);
}
END_TEST

//  Bodies

static void put_request (weir__buffer_t *buffer, weir__request_body_t *body)
{
    weir__request_body_put (buffer, body);
    for (int i = 0; i < body->argc; i++)
        weir__pack (buffer, weir_value_int (i * 1000));
}

static const char *request_problem (const weir__buffer_t *buffer, size_t size)
{
    uint8_t *bytes = exactly (buffer->data, size);
    weir__request_body_t body = {.object = UNTOUCHED};
    const char *wrong = weir__request_body_read (bytes, size, &body);
    ck_assert (!wrong || body.object == UNTOUCHED);
    free (bytes);
    return wrong ? wrong : "";
}

START_TEST (a_request_reads_back_as_it_was_written)
{
    weir__buffer_t buffer = WEIR__BUFFER_INIT;
    weir__request_body_t body = {
        .acked = UINT64_MAX - 1,
        .object = 0x0102030405060708,
        .timeout_ms = _i - 1,
        .op = 0xfedc,
        .argc = (uint16_t) _i,
    };
    put_request (&buffer, &body);
    weir__request_body_t back;
    ck_assert_ptr_null (
        weir__request_body_read (buffer.data, buffer.size, &back));
    ck_assert_uint_eq (back.acked, body.acked);
    ck_assert_uint_eq (back.object, body.object);
    ck_assert_int_eq (back.timeout_ms, body.timeout_ms);
    ck_assert_uint_eq (back.op, body.op);
    ck_assert_uint_eq (back.argc, _i);
    for (int i = 0; i < _i; i++) {
        weir_value_t value;
        ck_assert_uint_eq (
            back.args [i].size,
            weir__packed_peek (back.args [i].data, back.args [i].size, &value));
        ck_assert_int_eq (value.integer, i * 1000);
    }
    for (size_t size = 0; size < buffer.size; size++)
        ck_assert_str_eq (request_problem (&buffer, size),
                          size < 24 ? "a request is cut short"
                                    : "a request has an argument that is no "
                                      "value");
    weir__buffer_put_u8 (&buffer, 0xc0);
    ck_assert_str_eq (request_problem (&buffer, buffer.size),
                      "a request goes on after its arguments");
    weir__buffer_free (&buffer);
}
END_TEST

START_TEST (a_request_that_claims_the_impossible_is_refused)
{
    weir__buffer_t buffer = WEIR__BUFFER_INIT;
    weir__request_body_t body = {.timeout_ms = -2};
    weir__request_body_put (&buffer, &body);
    ck_assert_str_eq (request_problem (&buffer, buffer.size),
                      "a request has a timeout below -1");
    weir__buffer_clear (&buffer);
    body = (weir__request_body_t){.argc = WEIR__ARGS + 1};
    put_request (&buffer, &body);
    ck_assert_str_eq (request_problem (&buffer, buffer.size),
                      "a request has too many arguments");
    weir__buffer_clear (&buffer);
    body.argc = 1;
    weir__request_body_put (&buffer, &body);
    weir__buffer_put (&buffer, "\xdd\xff\xff\xff\xff", 5);
    ck_assert_str_eq (request_problem (&buffer, buffer.size),
                      "a request has an argument that is no value");
    weir__buffer_free (&buffer);
}
END_TEST

START_TEST (hello_and_welcome_read_back_and_nothing_else_does)
{
    weir__buffer_t buffer = WEIR__BUFFER_INIT;
    weir__hello_t hello = {1, 2, 3, 4}, hello_back;
    weir__welcome_t welcome = {1, 2, 3, 4}, welcome_back;
    weir__hello_put (&buffer, &hello);
    ck_assert_uint_eq (buffer.size, 24);
    weir__frame_t frame = {.body = buffer.data, .size = buffer.size};
    ck_assert (weir__hello_read (&frame, &hello_back));
    ck_assert (hello_back.session == 1 && hello_back.epoch == 2 &&
               hello_back.link == 3 && hello_back.attempt == 4);
    for (frame.size = 0; frame.size < 24; frame.size++)
        ck_assert (!weir__hello_read (&frame, &hello_back));
    buffer.data [20] = 0; //  attempt 0 is none
    ck_assert (!weir__hello_read (&frame, &hello_back));
    buffer.data [20] = 4;
    buffer.data [0] = 0; //  session 0 is none
    ck_assert (!weir__hello_read (&frame, &hello_back));
    weir__buffer_clear (&buffer);

    weir__welcome_put (&buffer, &welcome);
    weir__buffer_put_u8 (&buffer, 0);
    frame.body = buffer.data;
    for (frame.size = 0; frame.size <= 25; frame.size++)
        ck_assert (weir__welcome_read (&frame, &welcome_back) ==
                   (frame.size == 24));
    ck_assert (welcome_back.epoch == 1 && welcome_back.pid == 2 &&
               welcome_back.window == 3 && welcome_back.message_bytes == 4);
    buffer.data [24] = 0;
    frame.size = 25;
    ck_assert (!weir__hello_read (&frame, &hello_back));
    weir__buffer_free (&buffer);
}
END_TEST

START_TEST (the_reply_without_memory_says_so)
{
    ck_assert_uint_eq (weir__reply_no_memory.size, WEIR__REPLY_HEAD_BYTES + 1);
    weir__reader_t reader =
        weir__reader (weir__reply_no_memory.data, weir__reply_no_memory.size);
    ck_assert_int_eq (weir__status_error (weir__reader_u16 (&reader)), ENOMEM);
    ck_assert_uint_eq (weir__reader_u16 (&reader), 0);
    ck_assert_uint_eq (weir__reader_u8 (&reader), 0xc0);
}
END_TEST

START_TEST (an_errno_crosses_the_wire_and_what_has_no_number_is_EPROTO)
{
    static const int errors [] = {
        0,          EPROTO, EINVAL,   EAGAIN,  ETIMEDOUT, EINTR,     ENOENT,
        EEXIST,     EPERM,  EACCES,   EDEADLK, EOVERFLOW, ECANCELED, EPIPE,
        EOWNERDEAD, ESTALE, EMSGSIZE, ENOMEM,  ENOBUFS,   ERANGE,    ENOTSUP,
    };
    enum { ERRORS = sizeof errors / sizeof *errors };
    for (uint16_t i = 0; i < ERRORS; i++) {
        ck_assert_uint_eq (weir__status_of (errors [i]), i);
        ck_assert_int_eq (weir__status_error (i), errors [i]);
    }
    ck_assert_int_eq (weir__status_error (ERRORS), EPROTO);
    ck_assert_int_eq (weir__status_error (UINT16_MAX), EPROTO);
    ck_assert_int_eq (weir__status_error (weir__status_of (ENOTTY)), EPROTO);
}
END_TEST

//  Properties

//  Bytes of a valid frame, with some changed, some cut off.
static size_t mutate (uint64_t *state, const weir__buffer_t *valid,
                      uint8_t *bytes)
{
    memcpy (bytes, valid->data, valid->size);
    for (uint64_t i = test_random_below (state, 4); i > 0; i--)
        bytes [test_random_below (state, valid->size)] =
            (uint8_t) test_random (state);
    return test_random_below (state, 3)
               ? valid->size
               : test_random_below (state, valid->size);
}

//  Reads the bytes as everything that they could be.
static void read_all (const uint8_t *bytes, size_t size)
{
    weir__frame_t frame;
    weir__request_body_t body;
    weir__hello_t hello;
    weir__welcome_t welcome;
    const char *cause;
    if (weir__frame_read (bytes, size, &frame) == NULL) {
        ck_assert_ptr_eq (frame.body, bytes + WEIR__FRAME_HEAD_BYTES);
        ck_assert_uint_eq (frame.size, size - WEIR__FRAME_HEAD_BYTES);
        weir__request_body_read (frame.body, frame.size, &body);
        weir__joiner_take (&joiner, &frame, &cause);
    }
    frame = (weir__frame_t){.body = bytes, .size = size};
    weir__hello_read (&frame, &hello);
    weir__welcome_read (&frame, &welcome);
    if (weir__request_body_read (bytes, size, &body) != NULL)
        return;
    size_t sum = 24;
    for (int i = 0; i < body.argc; i++)
        sum += body.args [i].size;
    ck_assert_uint_eq (sum, size);
}

START_TEST (no_bytes_are_read_beyond_their_end)
{
    uint64_t state = test_seed ();
    weir__buffer_t valid = WEIR__BUFFER_INIT;
    uint8_t head [WEIR__FRAME_HEAD_BYTES];
    weir__buffer_put (&valid, head, sizeof head);
    weir__request_body_t body = {.argc = 5, .object = 3, .acked = 1};
    put_request (&valid, &body);
    weir__frame_t frame = {WEIR__REQUEST, false, 2, NULL,
                           valid.size - sizeof head};
    weir__frame_head (valid.data, &frame);
    for (int round = 0; round < 100000; round++) {
        uint8_t bytes [256];
        size_t size = test_random_below (&state, 64);
        if (round % 2)
            size = mutate (&state, &valid, bytes);
        else
            for (size_t i = 0; i < size; i++)
                bytes [i] = (uint8_t) test_random (&state);
        uint8_t *block = exactly (bytes, size);
        read_all (block, size);
        free (block);
    }
    weir__buffer_free (&valid);
}
END_TEST

int main (void)
{
    Suite *suite = suite_create ("frame");
    TCase *tcase = test_case (suite, "frames");
    tcase_add_checked_fixture (tcase, begin, end);
    tcase_add_loop_test (tcase, a_header_reads_back_as_it_was_written, 0, 7);
    tcase_add_test (tcase, the_bytes_of_a_header_are_those_of_the_protocol);
    tcase_add_test (tcase, a_header_that_lies_is_refused);
    tcase_add_test (tcase, a_frame_has_at_most_a_mebibyte);

    tcase = test_case (suite, "messages");
    tcase_add_checked_fixture (tcase, begin, end);
    tcase_add_loop_test (tcase, a_message_is_split_and_joined_again, 0, 8);
    tcase_add_test (tcase, splitting_stops_when_a_frame_cannot_be_sent);
    tcase_add_test (tcase, one_message_after_the_other_is_joined);
    tcase_add_loop_test (
        tcase, what_comes_between_the_chunks_of_a_message_breaks_it_off, 0, 2);
    tcase_add_test (tcase, the_last_chunk_must_belong_to_the_message_as_well);
    tcase_add_test (tcase, empty_chunks_do_not_go_on_for_ever);
    tcase_add_test (tcase, the_last_chunk_may_be_empty);
    tcase_add_loop_test (tcase, a_message_has_at_most_64_mebibytes, 0, 2);
    tcase_add_test (tcase,
                    without_memory_a_message_is_skipped_and_the_next_one_taken);
    tcase_add_test (tcase, a_joiner_can_be_freed_at_any_time_and_used_again);

    tcase = test_case (suite, "bodies");
    tcase_add_checked_fixture (tcase, begin, end);
    tcase_add_loop_test (tcase, a_request_reads_back_as_it_was_written, 0,
                         WEIR__ARGS + 1);
    tcase_add_test (tcase, a_request_that_claims_the_impossible_is_refused);
    tcase_add_test (tcase, hello_and_welcome_read_back_and_nothing_else_does);
    tcase_add_test (tcase, the_reply_without_memory_says_so);
    tcase_add_test (tcase,
                    an_errno_crosses_the_wire_and_what_has_no_number_is_EPROTO);
    tcase_add_test (tcase, no_bytes_are_read_beyond_their_end);
    return test_main (suite);
}
