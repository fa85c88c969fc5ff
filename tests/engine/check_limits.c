/*  check_limits.c - an owner without I/O: limits of its memory

    SPDX-License-Identifier: MPL-2.0
*/

#include "owner/engine.h"

#include <stdio.h>
#include <string.h>

#include "kit/engine.h"
#include "owner/state.h"
#include "kit/support.h"

static stage_t *stage;

static void begin (void)
{
    stage = stage_new ();
}

static void end (void)
{
    stage_destroy (&stage);
}

static void expect (uint64_t peer, const char *message)
{
    ck_assert_str_eq (stage_take (stage, peer), message);
}

static const char *last_note (void)
{
    return stage->note_count
               ? stage->notes [(stage->note_count - 1) % STAGE_NOTES]
               : "";
}

//  Sends `size` bytes as chunks of request 2, but not the last of them.
static void begin_large (uint64_t peer, size_t size)
{
    static uint8_t frame [WEIR__FRAME_BYTES];
    weir__frame_t chunk = {WEIR__REQUEST, true, 2, NULL, WEIR__CHUNK_BYTES};
    weir__frame_head (frame, &chunk);
    for (size_t sent = 0; sent < size; sent += WEIR__CHUNK_BYTES)
        stage_bytes (stage, peer, frame, sizeof frame);
}

//  Sends a request with one argument of `size` bytes.
static void ask_large (const stage_ask_t *ask, size_t size)
{
    weir__buffer_t buffer = WEIR__BUFFER_INIT;
    weir__request_body_t body = {.acked = ask->acked,
                                 .object = ask->object,
                                 .op = (uint16_t) ask->op,
                                 .argc = 2};
    weir__request_body_put (&buffer, &body);
    weir__buffer_put (&buffer, "\xa1k\xc6", 3);
    for (int shift = 24; shift >= 0; shift -= 8)
        weir__buffer_put_u8 (&buffer, (uint8_t) (size >> shift));
    uint8_t *bytes = weir__buffer_extend (&buffer, size);
    memset (bytes, 'x', size);
    weir__frame_t message = {WEIR__REQUEST, false, ask->number, buffer.data,
                             buffer.size};
    stage_send (stage, ask->peer, &message);
    weir__buffer_free (&buffer);
}

//  Numbers

START_TEST (an_owner_has_4096_sessions)
{
    for (uint64_t i = 1; i <= WEIR__SESSIONS; i++)
        stage_hello (stage, i, i, 1);
    stage_hello (stage, 5000, 5000, 1);
    expect (5000, "REFUSED ENOBUFS: this owner cannot serve more sessions; end "
                  "some of the processes that use it");
    stage_commit (stage);
    for (uint64_t i = 1; i <= WEIR__SESSIONS; i++)
        ck_assert_uint_eq (stage_waiting (stage, i), 1);
    stage_forget (stage);
    //  Another link of a session is not another session.
    stage_enter (stage, 5001, 7, 2);
    stage_died (stage, 1);
    stage_enter (stage, 5000, 5000, 1);
}
END_TEST

START_TEST (a_session_has_4096_links)
{
    for (uint32_t i = 1; i <= 4096; i++)
        stage_hello (stage, i, 10, i);
    stage_hello (stage, 5000, 10, 4097);
    expect (5000,
            "REFUSED ENOBUFS: this session cannot have more links; use it from "
            "fewer threads");
    stage_commit (stage);
    stage_forget (stage);
    //  A link that comes back does not count once more.
    weir__hello_t hello = {.session = 10, .link = 7, .attempt = 2};
    stage_greet (stage, 5001, &hello, &(weir__credentials_t){STAGE_UID, 1010});
    stage_commit (stage);
    expect (5001, "WELCOME");
    stage_enter (stage, 5002, 11, 1);
}
END_TEST

START_TEST (new_peers_are_refused_when_room_is_short)
{
    const char *refused = "REFUSED ENOBUFS: this owner has few descriptors "
                          "left, and admits no new links; raise its limit "
                          "(ulimit -n)";
    stage_enter (stage, 1, 10, 1);
    stage->crowded = true;
    stage_hello (stage, 2, 11, 1);
    expect (2, refused);
    stage_hello (stage, 3, 10, 2);
    expect (3, refused);
    //  A link that comes back takes its former slot.
    weir__hello_t hello = {.session = 10, .link = 1, .attempt = 2};
    stage_greet (stage, 4, &hello, &(weir__credentials_t){STAGE_UID, 1010});
    stage_commit (stage);
    expect (4, "WELCOME");
    stage->crowded = false;
    stage_enter (stage, 5, 10, 2);
}
END_TEST

START_TEST (notes_are_limited_to_a_readable_number)
{
    for (int i = 0; i < 1000; i++)
        stage_signal (stage, 1, WEIR__CANCEL, 1);
    ck_assert_uint_eq (stage->note_count, 10);
    //  Notes about sessions are always written.
    stage_enter (stage, 2, 10, 1);
    stage_signal (stage, 2, WEIR__REPLY, 1);
    ck_assert_uint_eq (stage->note_count, 11);
    ck_assert_ptr_nonnull (strstr (last_note (), "dropped session"));
    stage->now_us += 1000000;
    stage_signal (stage, 1, WEIR__CANCEL, 1);
    ck_assert_uint_eq (stage->note_count, 13);
    ck_assert_str_eq (stage->notes [11], "and 990 more");
    stage->now_us += 1000000;
    stage_signal (stage, 1, WEIR__CANCEL, 1);
    ck_assert_uint_eq (stage->note_count, 14);
}
END_TEST

//  Sizes: after this much of a message, all of its memory is allocated.
enum { HALF = 33 << 20 };

START_TEST (large_messages_of_several_links_do_not_mix)
{
    stage_enter (stage, 1, 10, 1);
    stage_enter (stage, 2, 10, 2);
    uint64_t dict = stage_dict (stage, 1);
    begin_large (1, 3 << 20);
    ask_large (
        &(stage_ask_t){
            .peer = 2, .number = 1, .object = dict, .op = WEIR__DICT_SET},
        3 << 20);
    stage_commit (stage);
    expect (2, "1: None");
    STAGE_ASK (stage, .peer = 2, .number = 2, .acked = 1, .object = dict,
               .op = WEIR__DICT_GET, .args = "'k'");
    expect (2, "2: 3145737 bytes");
    //  Any other frame between the chunks breaks the message off.
    stage_signal (stage, 1, WEIR__CANCEL, 1);
    expect (1, "REFUSED EPROTO: a message broke off before its last chunk");
}
END_TEST

START_TEST (the_oldest_of_too_many_unfinished_messages_gives_way)
{
    for (uint64_t i = 1; i <= 4; i++)
        stage_enter (stage, i, 10 + i, 1);
    stage_enter (stage, 8, 19, 1); //  it sends no request
    stage_enter (stage, 9, 20, 1);
    uint64_t dict = stage_dict (stage, 9);
    static const uint64_t order [] = {4, 2, 3, 1};
    for (int i = 0; i < 4; i++)
        begin_large (order [i], HALF);
    ask_large (&(stage_ask_t){.peer = 9,
                              .number = 2,
                              .acked = 1,
                              .object = dict,
                              .op = WEIR__DICT_SET},
               4 << 20);
    stage_commit (stage);
    expect (9, "2: None");
    ck_assert_str_eq (stage_take (stage, 4),
                      "REFUSED EPROTO: too many large messages are unfinished, "
                      "and its own began first");
    ck_assert_ptr_nonnull (strstr (last_note (), "dropped session"));
    for (uint64_t i = 1; i <= 3; i++)
        expect (i, "");
    //  Their memory is free again, however they end.
    stage_died (stage, 12);
    stage_signal (stage, 3, WEIR__CANCEL, 1);
    weir__hello_t hello = {.session = 11, .link = 1, .attempt = 2};
    stage_greet (stage, 7, &hello, &(weir__credentials_t){STAGE_UID, 1011});
    ck_assert_uint_eq (stage->engine->joining_bytes, 0);
}
END_TEST

START_TEST (ended_messages_no_longer_count)
{
    enum { ENDS = 4, ROUNDS = 5 * ENDS };
    stage_enter (stage, 1, 10, 1);
    begin_large (1, HALF);
    for (uint64_t i = 0; i < ROUNDS; i++) {
        uint64_t peer = 100 + 2 * i, session = 100 + i;
        stage_enter (stage, peer, session, 1);
        begin_large (peer, HALF);
        weir__hello_t again = {.session = session, .link = 1, .attempt = 2};
        if (i % ENDS == 0)
            stage_signal (stage, peer, WEIR__REQUEST, 2);
        else if (i % ENDS == 1)
            stage_signal (stage, peer, WEIR__REPLY, 2);
        else if (i % ENDS == 2)
            stage_greet (
                stage, peer + 1, &again,
                &(weir__credentials_t){STAGE_UID, (pid_t) (1000 + session)});
        stage_died (stage, session);
        ck_assert_int_eq (stage_watched (stage, 10), 1010);
    }
}
END_TEST

START_TEST (the_newest_message_gives_way_when_it_is_the_only_one)
{
    //  All links are of one session: dropping it drops the sender as well.
    for (uint32_t i = 1; i <= 5; i++)
        stage_enter (stage, i, 10, i);
    for (uint32_t i = 1; i <= 4; i++)
        begin_large (i, HALF);
    expect (5, "");
    begin_large (5, 1 << 20);
    for (uint32_t i = 1; i <= 5; i++)
        ck_assert_int_eq (strncmp (stage_take (stage, i), "REFUSED EPROTO", 14),
                          0);
    stage_enter (stage, 6, 11, 1);
    ck_assert_uint_gt (stage_dict (stage, 6), 0);
}
END_TEST

START_TEST (a_message_above_64_mebibytes_ends_the_session)
{
    stage_enter (stage, 1, 10, 1);
    begin_large (1, 64 << 20);
    expect (1, "");
    begin_large (1, 1);
    expect (1, "REFUSED EPROTO: a message is larger than one may be");
}
END_TEST

START_TEST (a_link_that_acknowledges_large_replies_can_continue)
{
    stage_enter (stage, 1, 10, 1);
    uint64_t dict = stage_dict (stage, 1);
    ask_large (&(stage_ask_t){.peer = 1,
                              .number = 2,
                              .acked = 1,
                              .object = dict,
                              .op = WEIR__DICT_SET},
               60 << 20);
    stage_commit (stage);
    expect (1, "2: None");
    uint64_t number = 3;
    for (; number < 6; number++) {
        STAGE_ASK (stage, .peer = 1, .number = number, .acked = number - 1,
                   .object = dict, .op = WEIR__DICT_GET, .args = "'k'");
        ck_assert_ptr_nonnull (strstr (stage_take (stage, 1), "62914569"));
    }
}
END_TEST

START_TEST (unacknowledged_replies_have_a_bound)
{
    stage_enter (stage, 1, 10, 1);
    uint64_t dict = stage_dict (stage, 1);
    ask_large (&(stage_ask_t){.peer = 1,
                              .number = 2,
                              .acked = 1,
                              .object = dict,
                              .op = WEIR__DICT_SET},
               60 << 20);
    stage_commit (stage);
    expect (1, "2: None");
    //  Reads that are answered one by one, or all together after an entry.
    uint64_t number = 3;
    if (_i == 1)
        STAGE_ASK (stage, .peer = 1, .number = number++, .acked = 2,
                   .object = dict, .op = WEIR__DICT_ADD, .args = "'n', 1");
    for (; number < 3 + WEIR__WINDOW && stage_watched (stage, 10); number++)
        STAGE_ASK (stage, .peer = 1, .number = number, .acked = 2,
                   .object = dict, .op = WEIR__DICT_GET, .args = "'k'");
    stage_commit (stage);
    ck_assert_int_eq (stage_watched (stage, 10), 0);
    if (_i == 1)
        expect (1, "3: 1");
    for (uint64_t i = 0; i < 3; i++)
        ck_assert_ptr_nonnull (strstr (stage_take (stage, 1), "62914569"));
    expect (1, "REFUSED EPROTO: it does not receive its replies");
    expect (1, "");
}
END_TEST

START_TEST (an_entry_is_closed_when_it_is_large)
{
    stage_enter (stage, 1, 10, 1);
    uint64_t dict = stage_dict (stage, 1);
    unsigned appends = stage->appends;
    ask_large (&(stage_ask_t){.peer = 1,
                              .number = 2,
                              .acked = 1,
                              .object = dict,
                              .op = WEIR__DICT_SET},
               600000);
    ck_assert_uint_eq (stage->appends, appends);
    ask_large (&(stage_ask_t){.peer = 1,
                              .number = 3,
                              .acked = 1,
                              .object = dict,
                              .op = WEIR__DICT_SET},
               600000);
    ck_assert_uint_eq (stage->appends, appends + 1);
    expect (1, "2: None");
    expect (1, "3: None");
}
END_TEST

//  Reads

START_TEST (reads_are_answered_without_an_entry)
{
    stage_enter (stage, 1, 10, 1);
    uint64_t dict = stage_dict (stage, 1);
    unsigned appends = stage->appends;
    STAGE_ASK (stage, .peer = 1, .number = 2, .acked = 1, .object = dict,
               .op = WEIR__DICT_SIZE);
    expect (1, "2: 0");
    stage_commit (stage);
    ck_assert_uint_eq (stage->appends, appends);
}
END_TEST

START_TEST (a_read_sees_earlier_writes_of_its_link_and_no_later_ones)
{
    stage_enter (stage, 1, 10, 1);
    stage_enter (stage, 2, 11, 1);
    uint64_t dict = stage_dict (stage, 1);
    for (uint64_t number = 2; number < 8; number++)
        STAGE_ASK (stage, .peer = 1, .number = number, .acked = 1,
                   .object = dict, .args = number % 2 ? "" : "'n', 1",
                   .op = number % 2 ? WEIR__DICT_SIZE : WEIR__DICT_ADD);
    for (uint64_t number = 8; number < 12; number++)
        STAGE_ASK (stage, .peer = 1, .number = number, .acked = 1,
                   .object = dict, .args = number % 2 ? "'n'" : "'n', 1",
                   .op = number % 2 ? WEIR__DICT_GET : WEIR__DICT_ADD);
    stage_commit (stage);
    static const char *const expected [] = {"2: 1",  "3: 1", "4: 2", "5: 1",
                                            "6: 3",  "7: 1", "8: 4", "9: 4",
                                            "10: 5", "11: 5"};
    for (int i = 0; i < 10; i++)
        expect (1, expected [i]);
}
END_TEST

START_TEST (reads_of_a_link_that_has_gone_are_forgotten)
{
    stage_enter (stage, 1, 10, 1);
    stage_enter (stage, 2, 11, 1);
    uint64_t dict = stage_dict (stage, 1);
    STAGE_ASK (stage, .peer = 1, .number = 2, .acked = 1, .object = dict,
               .op = WEIR__DICT_ADD, .args = "'n', 1");
    STAGE_ASK (stage, .peer = 2, .number = 1, .object = dict,
               .op = WEIR__DICT_SIZE);
    stage_signal (stage, 2, WEIR__CLOSE, 0);
    STAGE_ASK (stage, .peer = 1, .number = 3, .acked = 1, .object = dict,
               .op = WEIR__DICT_SIZE);
    stage_commit (stage);
    expect (2, "");
    expect (1, "2: 1");
    expect (1, "3: 1");
}
END_TEST

START_TEST (waiting_reads_take_at_most_a_mebibyte)
{
    char key [900], args [910];
    memset (key, 'k', sizeof key - 1);
    key [sizeof key - 1] = '\0';
    snprintf (args, sizeof args, "'%s'", key);
    stage_enter (stage, 1, 10, 1);
    uint64_t dict = stage_dict (stage, 1);
    uint64_t peer = 2;
    STAGE_ASK (stage, .peer = 1, .number = 2, .acked = 1, .object = dict,
               .op = WEIR__DICT_ADD, .args = "'n', 1");
    for (; stage_waiting (stage, 1) == 0; peer++) {
        ck_assert_uint_lt (peer, 100);
        stage_hello (stage, peer, 9 + peer, 1);
        for (uint64_t i = 1; i <= WEIR__WINDOW; i++)
            STAGE_ASK (stage, .peer = peer, .number = i, .object = dict,
                       .op = WEIR__DICT_CONTAINS, .args = args);
    }
    ck_assert_uint_gt (peer, 10);
    expect (1, "2: 1");
    expect (2, "WELCOME");
    expect (2, "1: False");
}
END_TEST

int main (void)
{
    Suite *suite = suite_create ("engine_limits");
    TCase *tcase = test_case (suite, "how many");
    tcase_add_checked_fixture (tcase, begin, end);
    tcase_add_test (tcase, an_owner_has_4096_sessions);
    tcase_add_test (tcase, a_session_has_4096_links);
    tcase_add_test (tcase, new_peers_are_refused_when_room_is_short);
    tcase_add_test (tcase, notes_are_limited_to_a_readable_number);

    tcase = test_case (suite, "how large");
    tcase_add_checked_fixture (tcase, begin, end);
    tcase_add_test (tcase, large_messages_of_several_links_do_not_mix);
    tcase_add_test (tcase,
                    the_oldest_of_too_many_unfinished_messages_gives_way);
    tcase_add_test (tcase, ended_messages_no_longer_count);
    tcase_add_test (tcase,
                    the_newest_message_gives_way_when_it_is_the_only_one);
    tcase_add_test (tcase, a_message_above_64_mebibytes_ends_the_session);
    tcase_add_test (tcase, a_link_that_acknowledges_large_replies_can_continue);
    tcase_add_loop_test (tcase, unacknowledged_replies_have_a_bound, 0, 2);
    tcase_add_test (tcase, an_entry_is_closed_when_it_is_large);

    tcase = test_case (suite, "reads");
    tcase_add_checked_fixture (tcase, begin, end);
    tcase_add_test (tcase, reads_are_answered_without_an_entry);
    tcase_add_test (tcase,
                    a_read_sees_earlier_writes_of_its_link_and_no_later_ones);
    tcase_add_test (tcase, reads_of_a_link_that_has_gone_are_forgotten);
    tcase_add_test (tcase, waiting_reads_take_at_most_a_mebibyte);
    return test_main (suite);
}
