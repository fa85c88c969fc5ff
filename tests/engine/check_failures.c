/*  check_failures.c - an owner without I/O: failures

    SPDX-License-Identifier: MPL-2.0
*/

#include "owner/engine.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "kit/engine.h"
#include "owner/state.h"
#include "machine/snapshot.h"
#include "kit/support.h"
#include "kit/malloc.h"

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

//  Sends records without a body until the entry needs more memory; or, without
//  any memory, until the entry was closed for that.
static void fill_entry (bool over)
{
    unsigned entries = stage->appends;
    while (over ? stage->append_error != 0 && stage->appends == entries
                : stage->engine->entry.size + WEIR__RECORD_HEAD_BYTES <=
                      stage->engine->entry.capacity) {
        stage->starves_at = 0;
        stage_signal (stage, 1, WEIR__CANCEL, 99);
    }
    stage->starves_at = TEST_NONE_FAILS;
}

START_TEST (an_owner_whose_log_fails_notifies_everybody_and_ends)
{
    static const int errors [] = {ESTALE, EIO};
    stage_enter (stage, 1, 10, 1);
    stage_enter (stage, 2, 11, 1);
    uint64_t dict = stage_dict (stage, 1);
    STAGE_ASK (stage, .peer = 1, .number = 2, .acked = 1, .object = dict,
               .op = WEIR__DICT_ADD, .args = "'n', 1");
    STAGE_ASK (stage, .peer = 1, .number = 3, .acked = 1, .object = dict,
               .op = WEIR__DICT_GET, .args = "'n'");
    stage->append_error = errors [_i];
    stage_commit (stage);
    ck_assert (weir__engine_failed (stage->engine));
    ck_assert_str_eq (last_note (),
                      "the log accepts no more entries; this owner ends");
    expect (1, "REFUSED EOWNERDEAD: the owner has ended");
    expect (2, "REFUSED EOWNERDEAD: the owner has ended");
    ck_assert_int_eq (stage_watched (stage, 10), 0);
    ck_assert_uint_eq (weir__engine_deadline_us (stage->engine), WEIR__NEVER);
    //  The engine sends and does nothing more.
    stage_hello (stage, 3, 12, 1);
    stage_died (stage, 11);
    stage_commit (stage);
    expect (3, "");
    expect (1, "");
}
END_TEST

//  The log fails while the engine is busy.
START_TEST (a_log_can_fail_in_the_middle_of_anything)
{
    stage_enter (stage, 1, 10, 1);
    stage_enter (stage, 2, 11, 1);
    uint64_t dict = stage_dict (stage, 1);
    STAGE_ASK (stage, .peer = 1, .number = 2, .acked = 1, .object = dict,
               .op = WEIR__DICT_ADD, .args = "'n', 1");
    STAGE_ASK (stage, .peer = 1, .number = 3, .acked = 1, .object = dict,
               .op = WEIR__DICT_GET, .args = "'n'");
    stage->append_error = ESTALE;
    if (_i == 0) //  a write after a read
        STAGE_ASK (stage, .peer = 1, .number = 4, .acked = 1, .object = dict,
                   .op = WEIR__DICT_ADD, .args = "'n', 1");
    else if (_i == 1) //  no memory for the entry to grow
        fill_entry (true);
    else { //  and that in the end of a session
        fill_entry (false);
        stage->starves_at = 0;
        stage_signal (stage, 2, WEIR__REPLY, 0);
    }
    expect (1, "REFUSED EOWNERDEAD: the owner has ended");
    expect (1, "");
    ck_assert (weir__engine_failed (stage->engine));
}
END_TEST

START_TEST (a_peer_that_takes_no_replies_is_dropped_at_once)
{
    stage_enter (stage, 1, 10, 1);
    stage_enter (stage, 2, 11, 1);
    uint64_t lock = stage_make (stage, 1, 1, WEIR__LOCK);
    STAGE_ASK (stage, .peer = 2, .number = 1, .object = lock,
               .op = WEIR__LOCK_ACQUIRE);
    STAGE_ASK (stage, .peer = 1, .number = 2, .acked = 1, .object = lock,
               .op = WEIR__LOCK_ACQUIRE, .waits = true);
    stage->send_error_peer = 2;
    stage->send_error = EAGAIN;
    stage_commit (stage);
    ck_assert_int_eq (stage_watched (stage, 11), 0);
    ck_assert_ptr_nonnull (
        strstr (last_note (), "it does not receive its replies"));
    //  The end of its session is an entry, which does not wait.
    ck_assert_uint_eq (weir__engine_deadline_us (stage->engine), 0);
    stage_commit (stage);
    expect (1, "2: [2, True]");
}
END_TEST

static void step (uint64_t time_us)
{
    stage->now_us += time_us;
    ck_assert_uint_le (weir__engine_deadline_us (stage->engine), stage->now_us);
    stage_commit (stage);
}

START_TEST (a_reply_that_finds_no_memory_is_sent_later)
{
    stage_enter (stage, 1, 10, 1);
    stage_enter (stage, 2, 11, 1);
    uint64_t lock = stage_make (stage, 1, 1, WEIR__LOCK);
    stage->send_error_peer = 2;
    stage->send_error = ENOMEM;
    STAGE_ASK (stage, .peer = 2, .number = 1, .object = lock,
               .op = WEIR__LOCK_ACQUIRE);
    stage_commit (stage);
    //  A read is denied as soon as a reply can be sent.
    STAGE_ASK (stage, .peer = 2, .number = 2, .object = lock,
               .op = WEIR__LOCK_INFO);
    step (PAY_STEP_US);
    expect (2, "");
    ck_assert_int_eq (stage_watched (stage, 11), 1011);
    stage->send_error = 0;
    step (PAY_STEP_US);
    expect (2, "1: [1, False]");
    expect (2, "2: ENOMEM");
    expect (2, "");
    ck_assert_uint_eq (weir__engine_deadline_us (stage->engine), UINT64_MAX);
}
END_TEST

START_TEST (a_peer_owed_a_reply_for_too_long_is_dropped)
{
    stage_enter (stage, 2, 11, 1);
    stage->send_error_peer = 2;
    stage->send_error = ENOMEM;
    STAGE_ASK (stage, .peer = 2, .number = 1, .op = WEIR__DIRECTORY_CREATE,
               .args = "5, None");
    stage_commit (stage);
    step (PAY_STEP_US);
    step (PAY_MAX_US - PAY_STEP_US);
    ck_assert_int_eq (stage_watched (stage, 11), 1011);
    step (PAY_STEP_US);
    ck_assert_int_eq (stage_watched (stage, 11), 0);
    ck_assert_ptr_nonnull (strstr (last_note (), "no memory for a reply"));
}
END_TEST

START_TEST (a_read_that_cannot_be_answered_ends_the_session_as_well)
{
    stage_enter (stage, 1, 10, 1);
    uint64_t dict = stage_dict (stage, 1);
    stage->send_error_peer = 1;
    stage->send_error = EAGAIN;
    STAGE_ASK (stage, .peer = 1, .number = 2, .acked = 1, .object = dict,
               .op = WEIR__DICT_SIZE);
    ck_assert_int_eq (stage_watched (stage, 10), 0);
}
END_TEST

START_TEST (a_broken_connection_does_not_end_a_session)
{
    stage_enter (stage, 1, 10, 1);
    uint64_t dict = stage_dict (stage, 1);
    stage->send_error_peer = 1;
    stage->send_error = EHOSTUNREACH;
    STAGE_ASK (stage, .peer = 1, .number = 2, .acked = 1, .object = dict,
               .op = WEIR__DICT_ADD, .args = "'n', 1");
    stage_commit (stage);
    ck_assert_int_eq (stage_watched (stage, 10), 1010);
    weir__hello_t hello = {.session = 10, .link = 1, .attempt = 2};
    stage_greet (stage, 2, &hello, &(weir__credentials_t){STAGE_UID, 1010});
    STAGE_ASK (stage, .peer = 2, .number = 2, .acked = 1, .object = dict,
               .op = WEIR__DICT_ADD, .args = "'n', 1");
    stage_commit (stage);
    expect (2, "WELCOME");
    expect (2, "2: 1");
}
END_TEST

START_TEST (an_engine_begins_with_a_snapshot)
{
    weir__buffer_t snapshot = WEIR__BUFFER_INIT;
    stage_enter (stage, 1, 10, 1);
    uint64_t dict = stage_dict (stage, 1);
    weir__machine_save (weir__engine_machine (stage->engine), &snapshot);
    ck_assert_int_eq (
        stage->inner->snapshot_put (
            stage->inner, 2, (weir__bytes_t){snapshot.data, snapshot.size}),
        0);
    stage->inner->trim (stage->inner, 2);
    STAGE_ASK (stage, .peer = 1, .number = 2, .acked = 1, .object = dict,
               .op = WEIR__DICT_ADD, .args = "'n', 1");
    stage_commit (stage);
    uint64_t hash = weir__machine_hash (weir__engine_machine (stage->engine));
    ck_assert_ptr_nonnull (stage_restart (stage));
    ck_assert_uint_eq (
        weir__machine_hash (weir__engine_machine (stage->engine)), hash);
    stage->inner->snapshot_put (stage->inner, 2, (weir__bytes_t){NULL, 0});
    errno = 0;
    ck_assert_ptr_null (stage_restart (stage));
    ck_assert_int_eq (errno, EPROTO);
    weir__buffer_free (&snapshot);
}
END_TEST

START_TEST (sessions_of_a_log_are_watched_again)
{
    weir__hello_t hello = {.session = 10, .link = 1, .attempt = 1};
    stage_greet (stage, 1, &hello,
                 &(weir__credentials_t){STAGE_UID, STAGE_PID});
    stage_commit (stage);
    stage->watch_fails = true;
    //  The owner's own process needs no watch.
    ck_assert_ptr_nonnull (stage_restart (stage));
    stage->watch_fails = false;
    stage_enter (stage, 2, 11, 1);
    stage_enter (stage, 3, 12, 1);
    ck_assert_ptr_nonnull (stage_restart (stage));
    ck_assert_int_eq (stage_watched (stage, 10), 0);
    ck_assert_int_eq (stage_watched (stage, 11), 1011);
    ck_assert_int_eq (stage_watched (stage, 12), 1012);
    //  The session that has died ends, with its watch; the others stay.
    weir__engine_died (stage->engine, 11, stage->now_us);
    stage_commit (stage);
    ck_assert_int_eq (stage_watched (stage, 11), 0);
    ck_assert_int_eq (stage_watched (stage, 12), 1012);
    ck_assert_ptr_nonnull (stage_restart (stage));
    ck_assert_int_eq (stage_watched (stage, 11), 0);
    ck_assert_int_eq (stage_watched (stage, 12), 1012);
    stage->watch_fails = true;
    ck_assert_ptr_null (stage_restart (stage));
}
END_TEST

START_TEST (a_request_already_done_is_not_denied_for_want_of_memory)
{
    enum { SIZE = WEIR__CHUNK_BYTES + 100 };
    static uint8_t bytes [SIZE];
    weir__buffer_t buffer = {.data = bytes, .capacity = SIZE};
    weir__request_body_t body = {
        .acked = 1, .op = WEIR__DICT_UPDATE, .argc = 1};
    stage_enter (stage, 1, 10, 1);
    body.object = stage_dict (stage, 1);
    weir__request_body_put (&buffer, &body);
    //  The refusal of an argument is kept as well.
    weir__buffer_put (&buffer, "\xc6\x00\x10\x00\x47", 5);
    weir__frame_t message = {WEIR__REQUEST, false, 2, bytes, SIZE};
    stage_send (stage, 1, &message);
    stage_commit (stage);
    expect (1, "2: EINVAL");
    //  A repeated request has a reply already: only that one is right. The log
    //  may fail as well.
    stage_signal (stage, 1, WEIR__CANCEL, 1);
    stage->append_error = _i ? EIO : 0;
    stage->starves_at = 0;
    stage_send (stage, 1, &message);
    ck_assert (stage->starved);
    const char *refusal = _i ? "REFUSED EOWNERDEAD" : "REFUSED EPROTO";
    ck_assert_int_eq (
        strncmp (stage_take (stage, 1), refusal, strlen (refusal)), 0);
    expect (1, "");
}
END_TEST

START_TEST (a_link_that_was_closed_without_memory_stays_closed)
{
    weir__hello_t hello = {.session = 10, .attempt = 2};
    weir__credentials_t who = {STAGE_UID, 1010};
    stage_enter (stage, 1, 10, 1);
    for (hello.link = 2; hello.link < 60; hello.link++)
        stage_greet (stage, hello.link, &hello, &who);
    stage_commit (stage);
    hello.attempt = 1; //  was long on its way
    for (hello.link = 2; hello.link < 60; hello.link++) {
        expect (hello.link, "WELCOME");
        stage->starves_at = 0;
        stage_signal (stage, hello.link, WEIR__CLOSE, 0);
        stage->starves_at = TEST_NONE_FAILS;
        stage_greet (stage, 100, &hello, &who);
    }
    stage_commit (stage);
    expect (100, "");
}
END_TEST

START_TEST (a_request_denied_for_want_of_memory_is_not_done_later)
{
    weir__hello_t hello = {.session = 10, .link = 1, .attempt = 2};
    weir__credentials_t who = {STAGE_UID, 1010};
    stage_enter (stage, 1, 10, 1);
    uint64_t dict = stage_dict (stage, 1);
    stage_ask_t add = {.peer = 1,
                       .number = 2,
                       .acked = 1,
                       .object = dict,
                       .op = WEIR__DICT_ADD,
                       .args = "'n', 1"};
    stage_ask (stage, &add);
    //  It is repeated before the first one is in the log.
    unsigned starves_at = (unsigned) _i / 2;
    stage->starves_at = _i % 2 ? TEST_NONE_FAILS : starves_at;
    stage_greet (stage, 2, &hello, &who);
    add.peer = 2;
    stage_ask (stage, &add);
    stage->starves_at = _i % 2 ? starves_at : TEST_NONE_FAILS;
    stage_commit (stage);
    stage->starves_at = TEST_NONE_FAILS;
    const char *text = stage_take (stage, 2);
    if (strncmp (text, "REFUSED ENOBUFS", 15) == 0)
        return;
    ck_assert_str_eq (text, "WELCOME");
    bool done = strcmp (stage_take (stage, 2), "2: 1") == 0;
    STAGE_ASK (stage, .peer = 2, .number = 3, .acked = 2, .object = dict,
               .op = WEIR__DICT_GET, .args = "'n'");
    stage_commit (stage);
    expect (2, done ? "3: 1" : "3: ENOENT");
}
END_TEST

START_TEST (a_large_frame_other_than_a_request_without_memory_ends_it)
{
    static uint8_t frame [WEIR__FRAME_BYTES];
    stage_enter (stage, 1, 10, 1);
    weir__frame_t chunk = {WEIR__CANCEL, true, 2, NULL, WEIR__CHUNK_BYTES};
    weir__frame_head (frame, &chunk);
    stage->starves_at = 0;
    stage_bytes (stage, 1, frame, sizeof frame);
    expect (1, "");
    stage_signal (stage, 1, WEIR__CANCEL, 2);
    expect (1, "REFUSED EPROTO: no memory for a large message");
}
END_TEST

START_TEST (an_engine_begins_where_its_log_ends)
{
    stage_enter (stage, 1, 10, 1);
    uint64_t dict = stage_dict (stage, 1);
    STAGE_ASK (stage, .peer = 1, .number = 2, .acked = 1, .object = dict,
               .op = WEIR__DICT_ADD, .args = "'n', 1");
    stage_commit (stage);
    uint64_t hash = weir__machine_hash (weir__engine_machine (stage->engine));
    stage_forget (stage);
    ck_assert_ptr_nonnull (stage_restart (stage));
    ck_assert_uint_eq (
        weir__machine_hash (weir__engine_machine (stage->engine)), hash);
    expect (1, "");
    ck_assert_int_eq (stage_watched (stage, 10), 1010);
    stage_enter (stage, 2, 10, 1);
    STAGE_ASK (stage, .peer = 2, .number = 2, .acked = 1, .object = dict,
               .op = WEIR__DICT_ADD, .args = "'n', 1");
    stage_commit (stage);
    expect (2, "2: 1");
    //  A log with a gap is refused, and one with a damaged entry, too.
    if (_i == 0)
        stage->inner->trim (stage->inner, 1);
    else
        stage->inner->append (stage->inner, stage->inner->last (stage->inner),
                              (weir__bytes_t){(const uint8_t *) "x", 1});
    errno = 0;
    ck_assert_ptr_null (stage_restart (stage));
    ck_assert_int_eq (errno, EPROTO);
}
END_TEST

int main (void)
{
    Suite *suite = suite_create ("engine_failures");
    TCase *tcase = test_case (suite, "failures");
    tcase_add_checked_fixture (tcase, begin, end);
    tcase_add_loop_test (
        tcase, an_owner_whose_log_fails_notifies_everybody_and_ends, 0, 2);
    tcase_add_loop_test (tcase, a_log_can_fail_in_the_middle_of_anything, 0, 3);
    tcase_add_test (tcase, a_peer_that_takes_no_replies_is_dropped_at_once);
    tcase_add_test (tcase, a_reply_that_finds_no_memory_is_sent_later);
    tcase_add_test (tcase, a_peer_owed_a_reply_for_too_long_is_dropped);
    tcase_add_test (tcase,
                    a_read_that_cannot_be_answered_ends_the_session_as_well);
    tcase_add_test (tcase, a_broken_connection_does_not_end_a_session);
    tcase_add_test (tcase, an_engine_begins_with_a_snapshot);
    tcase_add_test (tcase, sessions_of_a_log_are_watched_again);
    tcase_add_loop_test (
        tcase, a_request_already_done_is_not_denied_for_want_of_memory, 0, 2);
    tcase_add_test (tcase, a_link_that_was_closed_without_memory_stays_closed);
    tcase_add_loop_test (
        tcase, a_request_denied_for_want_of_memory_is_not_done_later, 0, 16);
    tcase_add_test (tcase,
                    a_large_frame_other_than_a_request_without_memory_ends_it);
    tcase_add_loop_test (tcase, an_engine_begins_where_its_log_ends, 0, 2);
    return test_main (suite);
}
