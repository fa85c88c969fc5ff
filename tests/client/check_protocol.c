/*  check_protocol.c - a link's side of the protocol: requests

    SPDX-License-Identifier: MPL-2.0
*/

#include "client/protocol.h"

#include <errno.h>

#include "kit/support.h"
#include "kit/talk.h"
#include "weir/error.h"

START_TEST (a_link_sends_HELLO_and_learns_the_epoch)
{
    ck_assert (!talk_link.welcomed);
    talk_all ();
    ck_assert (talk_link.welcomed);
    ck_assert_uint_eq (talk_told.welcomes, 1);
    ck_assert_uint_eq (talk_link.hello.epoch, STAGE_EPOCH);
    ck_assert_uint_eq (talk_link.hello.session, TALK_SESSION);
    ck_assert_uint_eq (talk_link.hello.link, TALK_LINK);
}
END_TEST

START_TEST (requests_are_numbered_1_2_3_and_need_not_wait_for_the_WELCOME)
{
    weir_value_t args [] = {weir_value_int (WEIR__DICT), weir_value_nil ()};
    for (uint64_t number = 1; number < 6; number++)
        ck_assert_uint_eq (talk_ask (0, WEIR__DIRECTORY_CREATE, args, 2),
                           number);
    talk_all ();
    ck_assert (talk_link.welcomed);
    for (uint64_t number = 1; number < 6; number++)
        ck_assert_int_eq (talk_told.values [number], (int64_t) number);
    ck_assert_uint_eq (talk_link.acked, 5);
}
END_TEST

START_TEST (a_full_window_is_EAGAIN_until_the_oldest_reply_arrives)
{
    uint64_t queue = talk_make (WEIR__QUEUE);
    weir_value_t item = weir_value_int (7);
    ck_assert_uint_gt (talk_ask (queue, WEIR__QUEUE_GET, NULL, 0), 0);
    for (int i = 1; i < WEIR__WINDOW; i++)
        ck_assert_uint_gt (talk_ask (queue, WEIR__QUEUE_SIZE, NULL, 0), 0);
    talk_all ();
    //  All but the first have their replies.
    errno = 0;
    ck_assert_uint_eq (talk_ask (queue, WEIR__QUEUE_SIZE, NULL, 0), 0);
    ck_assert_int_eq (errno, EAGAIN);
    ck_assert_str_eq (
        weir_error (),
        "request: 64 earlier ones of this thread have no reply yet");
    stage_enter (talk_stage, 900, 900, 1);
    STAGE_ASK (talk_stage, .peer = 900, .number = 1, .object = queue,
               .op = WEIR__QUEUE_PUT, .args = "7");
    talk_all ();
    ck_assert_int_eq (talk_told.values [2], 7);
    ck_assert_uint_eq (talk_link.acked, WEIR__WINDOW + 1);
    ck_assert_uint_eq (talk_ask (queue, WEIR__QUEUE_PUT, &item, 1),
                       WEIR__WINDOW + 2);
    talk_all ();
    ck_assert_uint_eq (talk_told.replies [WEIR__WINDOW + 2], 1);
}
END_TEST

START_TEST (a_request_that_cannot_be_built_is_not_sent)
{
    uint64_t dict = talk_make (WEIR__DICT);
    weir_value_t wrong = weir_value_sized (WEIR_INVALID, NULL, 0);
    static uint8_t bytes [WEIR__MESSAGE_BYTES];
    weir_value_t large = weir_value_bytes (bytes, sizeof bytes);
    weir_value_t half = weir_value_bytes (bytes, sizeof bytes / 2);
    weir_value_t halves [] = {half, half};
    unsigned frames = talk_wire.count;
    ck_assert_uint_eq (talk_ask (dict, WEIR__DICT_GET, &wrong, 1), 0);
    ck_assert_int_eq (errno, EINVAL);
    ck_assert_uint_eq (talk_ask (dict, WEIR__DICT_GET, &large, 1), 0);
    ck_assert_int_eq (errno, EMSGSIZE);
    ck_assert_uint_eq (talk_ask (dict, WEIR__DICT_SET, halves, 2), 0);
    ck_assert_int_eq (errno, EMSGSIZE);
    ck_assert_uint_eq (talk_wire.count, frames);
    ck_assert_uint_eq (talk_add (dict), 2);
    talk_all ();
    ck_assert_int_eq (talk_told.values [2], 1);
}
END_TEST

START_TEST (replies_come_in_any_order_and_count_once)
{
    uint64_t queue = talk_make (WEIR__QUEUE);
    uint64_t first = talk_ask (queue, WEIR__QUEUE_GET, NULL, 0);
    uint64_t second = talk_ask (queue, WEIR__QUEUE_SIZE, NULL, 0);
    talk_all ();
    ck_assert_uint_eq (talk_told.replies [first], 0);
    ck_assert_uint_eq (talk_told.replies [second], 1);
    ck_assert_uint_eq (talk_link.acked, 1);
    weir__news_t news;
    static const uint8_t reply [] = {'W', 1, 66, 0, 5, 0, 0, 0, 3, 0, 0,
                                     0,   0, 0,  0, 0, 0, 0, 0, 0, 7};
    static const uint8_t unasked [] = {'W', 1, 66, 0, 5, 0, 0, 0, 9, 0, 0,
                                       0,   0, 0,  0, 0, 0, 0, 0, 0, 7};
    ck_assert_int_eq (talk_take (reply, sizeof reply, &news), 0);
    ck_assert_int_eq (news.type, WEIR__NEWS_NONE);
    ck_assert_int_eq (talk_take (unasked, sizeof unasked, &news), 0);
    ck_assert_int_eq (news.type, WEIR__NEWS_NONE);
    ck_assert_int_eq (weir__protocol_cancel (&talk_link, &talk_carrier, first),
                      0);
    talk_all ();
    ck_assert_int_eq (talk_told.errors [first], EINTR);
    ck_assert_uint_eq (talk_link.acked, 3);
    ck_assert_int_eq (talk_take (reply, sizeof reply, &news), 0);
    ck_assert_int_eq (news.type, WEIR__NEWS_NONE);
}
END_TEST

START_TEST (a_request_that_was_sent_in_part_is_not_mixed_with_the_next)
{
    uint64_t dict = talk_make (WEIR__DICT);
    static uint8_t bytes [3 * WEIR__CHUNK_BYTES];
    weir_value_t args [] = {weir_value_string ("n"),
                            weir_value_bytes (bytes, sizeof bytes)};
    talk_wire.fails_at = talk_wire.sends + (unsigned) _i;
    ck_assert_uint_eq (talk_ask (dict, WEIR__DICT_SET, args, 2), 0);
    ck_assert_int_eq (errno, EAGAIN);
    //  The part that was sent is followed by a frame with another number.
    uint64_t number = talk_add (dict);
    ck_assert_uint_eq (number, 3);
    talk_up ();
    talk_again ();
    talk_all ();
    ck_assert_uint_eq (talk_told.replies [2], 0);
    ck_assert_int_eq (talk_told.values [3], 1);
    ck_assert_uint_eq (talk_link.acked, 3);
}
END_TEST

START_TEST (CLOSE_ends_the_link_or_the_session)
{
    uint64_t lock = talk_make (WEIR__LOCK);
    talk_ask (lock, WEIR__LOCK_ACQUIRE, NULL, 0);
    talk_all ();
    ck_assert_int_eq (weir__protocol_close (&talk_link, &talk_carrier, _i), 0);
    talk_all ();
    ck_assert_int_eq (stage_watched (talk_stage, TALK_SESSION), _i ? 0 : 1);
}
END_TEST

int main (void)
{
    Suite *suite = suite_create ("protocol");
    TCase *tcase = test_case (suite, "requests");
    tcase_add_checked_fixture (tcase, talk_begin, talk_end);
    tcase_add_test (tcase, a_link_sends_HELLO_and_learns_the_epoch);
    tcase_add_test (
        tcase, requests_are_numbered_1_2_3_and_need_not_wait_for_the_WELCOME);
    tcase_add_test (tcase,
                    a_full_window_is_EAGAIN_until_the_oldest_reply_arrives);
    tcase_add_test (tcase, a_request_that_cannot_be_built_is_not_sent);
    tcase_add_test (tcase, replies_come_in_any_order_and_count_once);
    tcase_add_loop_test (
        tcase, a_request_that_was_sent_in_part_is_not_mixed_with_the_next, 0,
        4);
    tcase_add_loop_test (tcase, CLOSE_ends_the_link_or_the_session, 0, 2);
    return test_main (suite);
}
