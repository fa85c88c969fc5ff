/*  check_frame.c - the frames between a link and an owner

    SPDX-License-Identifier: MPL-2.0
*/

#include "codec/frame.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "kit/pack.h"
#include "kit/support.h"
#include "kit/malloc.h"

//  Frames from `weir__frame_split`, one block each.
typedef struct trace {
    uint8_t *frames [WEIR__MESSAGE_BYTES / WEIR__CHUNK_BYTES + 1];
    size_t sizes [WEIR__MESSAGE_BYTES / WEIR__CHUNK_BYTES + 1];
    unsigned count;
    unsigned fails_at; //  the send with this number, from 0, fails
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

//  A REQUEST with that number, and `size` bytes that are all different.
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

//  Returns the joiner's result for the frame with that index, and an errno.
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
        //  The memory of the large one is free again.
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

START_TEST (a_foreign_frame_between_chunks_breaks_the_message_off)
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
        tcase, a_foreign_frame_between_chunks_breaks_the_message_off, 0, 2);
    tcase_add_test (tcase, the_last_chunk_must_belong_to_the_message_as_well);
    tcase_add_test (tcase, empty_chunks_do_not_go_on_for_ever);
    tcase_add_test (tcase, the_last_chunk_may_be_empty);
    tcase_add_loop_test (tcase, a_message_has_at_most_64_mebibytes, 0, 2);
    tcase_add_test (tcase,
                    without_memory_a_message_is_skipped_and_the_next_one_taken);
    tcase_add_test (tcase, a_joiner_can_be_freed_at_any_time_and_used_again);
    return test_main (suite);
}
