/*  check_frame_body.c - the bodies of frames between a link and an owner

    SPDX-License-Identifier: MPL-2.0
*/

#include "codec/frame.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "codec/pack.h"
#include "codec/status.h"
#include "codec/packed.h"
#include "kit/pack.h"
#include "kit/support.h"

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

START_TEST (a_guard_reads_back_and_must_be_valid)
{
    weir__buffer_t buffer = WEIR__BUFFER_INIT;
    weir__request_body_t body = {.argc = 1, .guard = {7, 9}}, back;
    put_request (&buffer, &body);
    ck_assert_ptr_null (
        weir__request_body_read (buffer.data, buffer.size, &back));
    ck_assert_uint_eq (back.guard.object, 7);
    ck_assert_uint_eq (back.guard.token, 9);
    ck_assert_uint_eq (back.argc, 1);
    for (size_t size = 24; size < 40; size++)
        ck_assert_str_eq (request_problem (&buffer, size),
                          "a request has a guard that is none");
    buffer.data [24] = 0; //  of no object
    ck_assert_str_eq (request_problem (&buffer, buffer.size),
                      "a request has a guard that is none");
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

START_TEST (the_reply_for_want_of_memory_is_ENOMEM)
{
    ck_assert_uint_eq (weir__reply_no_memory.size, WEIR__REPLY_HEAD_BYTES + 1);
    weir__reader_t reader =
        weir__reader (weir__reply_no_memory.data, weir__reply_no_memory.size);
    ck_assert_int_eq (weir__status_error (weir__reader_u16 (&reader)), ENOMEM);
    ck_assert_uint_eq (weir__reader_u16 (&reader), 0);
    ck_assert_uint_eq (weir__reader_u8 (&reader), 0xc0);
}
END_TEST

START_TEST (an_errno_crosses_the_wire_and_an_unknown_one_becomes_EPROTO)
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

//  Reads the bytes as every type of body.
static void read_all (weir__joiner_t *joiner, const uint8_t *bytes, size_t size)
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
        weir__joiner_take (joiner, &frame, &cause);
    }
    frame = (weir__frame_t){.body = bytes, .size = size};
    weir__hello_read (&frame, &hello);
    weir__welcome_read (&frame, &welcome);
    if (weir__request_body_read (bytes, size, &body) != NULL)
        return;
    size_t sum = body.guard.object ? 40 : 24;
    for (int i = 0; i < body.argc; i++)
        sum += body.args [i].size;
    ck_assert_uint_eq (sum, size);
}

START_TEST (no_bytes_are_read_beyond_their_end)
{
    uint64_t state = test_seed ();
    weir__joiner_t joiner = {0};
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
        read_all (&joiner, block, size);
        free (block);
    }
    weir__buffer_free (&valid);
    weir__joiner_free (&joiner);
}
END_TEST

int main (void)
{
    Suite *suite = suite_create ("frame_body");
    TCase *tcase = test_case (suite, "bodies");
    tcase_add_loop_test (tcase, a_request_reads_back_as_it_was_written, 0,
                         WEIR__ARGS + 1);
    tcase_add_test (tcase, a_guard_reads_back_and_must_be_valid);
    tcase_add_test (tcase, a_request_that_claims_the_impossible_is_refused);
    tcase_add_test (tcase, hello_and_welcome_read_back_and_nothing_else_does);
    tcase_add_test (tcase, the_reply_for_want_of_memory_is_ENOMEM);
    tcase_add_test (
        tcase, an_errno_crosses_the_wire_and_an_unknown_one_becomes_EPROTO);
    tcase_add_test (tcase, no_bytes_are_read_beyond_their_end);
    return test_main (suite);
}
