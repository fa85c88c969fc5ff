/*  check_sessions.c - an owner without I/O: sessions

    SPDX-License-Identifier: MPL-2.0
*/

#include "owner/engine.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "kit/engine.h"
#include "owner/peers.h"
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

//  Checks that the next message is a REFUSED with that error.
static void expect_refused (uint64_t peer, const char *error)
{
    char text [64];
    snprintf (text, sizeof text, "REFUSED %s: ", error);
    const char *message = stage_take (stage, peer);
    ck_assert_msg (strncmp (message, text, strlen (text)) == 0, "'%s'",
                   message);
}

static void expect_note (const char *part)
{
    ck_assert_uint_gt (stage->note_count, 0);
    const char *note = stage->notes [(stage->note_count - 1) % STAGE_NOTES];
    ck_assert_msg (strstr (note, part) != NULL, "'%s'", note);
}

//  Sessions

START_TEST (a_link_is_welcomed_once_its_entry_is_in_the_log)
{
    stage_hello (stage, 1, 10, 1);
    expect (1, "");
    ck_assert_uint_eq (stage->appends, 0);
    stage_commit (stage);
    ck_assert_uint_eq (stage->appends, 1);
    expect (1, "WELCOME");
    ck_assert_int_eq (stage_watched (stage, 10), 1010);
    stage_commit (stage);
    ck_assert_uint_eq (stage->appends, 1);
}
END_TEST

START_TEST (a_connection_without_HELLO_is_refused_and_changes_nothing)
{
    static const weir__frame_type_t types [] = {WEIR__REQUEST, WEIR__CANCEL,
                                                WEIR__CLOSE, WEIR__WELCOME};
    stage_signal (stage, 1, types [_i], 1);
    stage_commit (stage);
    expect (1, "REFUSED EPROTO: a link must begin with HELLO");
    expect_note ("refused a connection: a link must begin with HELLO");
    ck_assert_uint_eq (stage->appends, 0);
}
END_TEST

START_TEST (bytes_that_are_not_a_frame_are_refused)
{
    stage_bytes (stage, 1, "GET / HTTP/1.1\r\n", 16);
    expect (1, "REFUSED EPROTO: this is no frame of Weir");
    stage_bytes (stage, 1, "", 0);
    expect_refused (1, "EPROTO");
    stage_enter (stage, 2, 10, 1);
    stage_bytes (stage, 2, "W", 1);
    expect (2, "REFUSED EPROTO: a frame is shorter than its header");
    expect_note ("dropped session 000000000000000a of process 1010: a frame");
    ck_assert_int_eq (stage_watched (stage, 10), 0);
}
END_TEST

START_TEST (a_HELLO_must_be_whole_and_attested)
{
    weir__hello_t hello = {.session = 10, .link = 1, .attempt = 1};
    stage_greet (stage, 1, &hello, NULL);
    expect (1, "REFUSED EPROTO: a HELLO is malformed");
    stage_bytes (stage, 1, "W\1\1\0\0\0\0\0\0\0\0\0\0\0\0\0", 16);
    expect (1, "REFUSED EPROTO: a HELLO is malformed");
    static const uint8_t more [40] = {'W', 1,        1,        1,
                                      24,  [16] = 1, [36] = 1, [39] = 0};
    stage_bytes (stage, 1, more, sizeof more);
    expect (1, "REFUSED EPROTO: a HELLO is malformed");
    //  A second HELLO on a connection is wrong as well.
    stage_enter (stage, 2, 10, 1);
    hello.attempt = 2;
    stage_greet (stage, 2, &hello, &(weir__credentials_t){STAGE_UID, 1010});
    expect (2, "REFUSED EPROTO: a HELLO is malformed");
    expect_note ("dropped session");
    ck_assert_int_eq (stage_watched (stage, 10), 0);
}
END_TEST

START_TEST (other_users_and_processes_are_kept_out_of_a_session)
{
    stage_enter (stage, 1, 10, 1);
    uint64_t dict = stage_dict (stage, 1);
    weir__hello_t hello = {.session = 11, .link = 1, .attempt = 1};
    weir__credentials_t other_user = {STAGE_UID + 1, 1011};
    weir__credentials_t nobody = {STAGE_UID, 0};
    weir__credentials_t thief = {STAGE_UID, 1011};
    stage_greet (stage, 2, &hello, &other_user);
    expect (2, "REFUSED EACCES: this owner belongs to another user");
    stage_greet (stage, 2, &hello, &nobody);
    expect_refused (2, "EACCES");
    hello.session = 10;
    hello.link = 2;
    stage_greet (stage, 2, &hello, &thief);
    expect (2, "REFUSED EACCES: that session belongs to another process");
    expect_note ("refused process 1011: that session belongs to another");
    hello.link = 1;
    hello.attempt = 9;
    stage_greet (stage, 2, &hello, &thief);
    expect_refused (2, "EACCES");
    STAGE_ASK (stage, .peer = 1, .number = 2, .object = dict,
               .op = WEIR__DICT_SIZE);
    expect (1, "2: 0");
}
END_TEST

START_TEST (a_link_that_means_another_owner_learns_that_it_is_dead)
{
    weir__hello_t hello = {10, STAGE_EPOCH + 1, 1, 1};
    weir__credentials_t who = {STAGE_UID, 1010};
    stage_greet (stage, 1, &hello, &who);
    expect_refused (1, "EOWNERDEAD");
    hello.epoch = STAGE_EPOCH;
    stage_greet (stage, 1, &hello, &who);
    stage_commit (stage);
    expect (1, "WELCOME");
}
END_TEST

START_TEST (the_owners_own_process_is_not_watched)
{
    weir__hello_t hello = {.session = 10, .link = 1, .attempt = 1};
    stage->watch_fails = true;
    stage_greet (stage, 1, &hello,
                 &(weir__credentials_t){STAGE_UID, STAGE_PID});
    stage_commit (stage);
    expect (1, "WELCOME");
    ck_assert_int_eq (stage_watched (stage, 10), 0);
}
END_TEST

START_TEST (a_process_that_cannot_be_watched_has_no_session)
{
    stage->watch_fails = true;
    stage_hello (stage, 1, 10, 1);
    expect_refused (1, "ENOBUFS");
    stage_commit (stage);
    expect (1, "");
    stage->watch_fails = false;
    stage_enter (stage, 1, 10, 1);
    //  Its other links need no other watch.
    stage->watch_fails = true;
    stage_enter (stage, 2, 10, 2);
}
END_TEST

START_TEST (a_dead_process_frees_its_holds)
{
    stage_enter (stage, 1, 10, 1);
    stage_enter (stage, 2, 11, 1);
    uint64_t lock = stage_make (stage, 1, 1, WEIR__LOCK);
    STAGE_ASK (stage, .peer = 2, .number = 1, .object = lock,
               .op = WEIR__LOCK_ACQUIRE);
    STAGE_ASK (stage, .peer = 1, .number = 2, .acked = 1, .object = lock,
               .op = WEIR__LOCK_ACQUIRE, .waits = true);
    stage_commit (stage);
    expect (2, "1: [1, False]");
    expect (1, "");
    stage_died (stage, 12); //  unknown to this engine
    stage_died (stage, 11);
    ck_assert_int_eq (stage_watched (stage, 11), 0);
    ck_assert_uint_eq (weir__engine_deadline_us (stage->engine), 0);
    stage_commit (stage);
    expect (1, "2: [2, True]");
    expect (2, "");
    ck_assert_uint_eq (weir__engine_deadline_us (stage->engine), WEIR__NEVER);
    stage_signal (stage, 2, WEIR__CANCEL, 1);
    expect (2, "REFUSED EPROTO: a link must begin with HELLO");
}
END_TEST

START_TEST (a_closed_link_frees_its_holds_and_the_session_continues)
{
    stage_enter (stage, 1, 10, 1);
    stage_enter (stage, 2, 10, 2);
    uint64_t lock = stage_make (stage, 1, 1, WEIR__LOCK);
    STAGE_ASK (stage, .peer = 2, .number = 1, .object = lock,
               .op = WEIR__LOCK_ACQUIRE);
    STAGE_ASK (stage, .peer = 1, .number = 2, .acked = 1, .object = lock,
               .op = WEIR__LOCK_ACQUIRE, .waits = true);
    stage_signal (stage, 2, WEIR__CLOSE, 0);
    stage_commit (stage);
    expect (2, "");
    expect (1, "2: [2, True]");
    ck_assert_int_eq (stage_watched (stage, 10), 1010);
}
END_TEST

static bool count_peer (void *context, uint64_t peer)
{
    (void) peer;
    return --*(int *) context > 0;
}

START_TEST (a_closed_session_takes_all_its_links_with_it)
{
    stage_enter (stage, 1, 10, 1);
    stage_enter (stage, 2, 10, 2);
    stage_enter (stage, 3, 11, 1);
    int most = 9;
    ck_assert (weir__engine_each_peer (stage->engine, 10, count_peer, &most));
    ck_assert_int_eq (most, 7);
    most = 1;
    ck_assert (!weir__engine_each_peer (stage->engine, 10, count_peer, &most));
    ck_assert (weir__engine_each_peer (stage->engine, 99, count_peer, &most));
    uint8_t whole = 1;
    weir__frame_t close = {WEIR__CLOSE, false, 0, &whole, 1};
    stage_send (stage, 1, &close);
    stage_commit (stage);
    ck_assert_int_eq (stage_watched (stage, 10), 0);
    ck_assert_int_eq (stage_watched (stage, 11), 1011);
    expect (1, "");
    expect (2, "");
    stage_signal (stage, 2, WEIR__CANCEL, 1);
    expect (2, "REFUSED EPROTO: a link must begin with HELLO");
}
END_TEST

START_TEST (everybody_is_notified_when_the_owner_stops)
{
    stage_enter (stage, 1, 10, 1);
    stage_enter (stage, 2, 10, 2);
    stage_enter (stage, 3, 11, 1);
    weir__engine_stop (stage->engine);
    for (uint64_t peer = 1; peer <= 3; peer++)
        expect (peer, "REFUSED EOWNERDEAD: the owner has ended");
    ck_assert_int_eq (stage_watched (stage, 10), 0);
    ck_assert_int_eq (stage_watched (stage, 11), 0);
    ck_assert (!weir__engine_failed (stage->engine));
}
END_TEST

START_TEST (a_session_that_was_dropped_does_not_come_back)
{
    weir__credentials_t who = {STAGE_UID, 1010};
    weir__hello_t other = {.session = 10, .link = 2, .attempt = 1};
    stage_enter (stage, 1, 10, 1);
    stage_greet (stage, 2, &other, &who);
    stage_commit (stage);
    expect (2, "WELCOME");
    //  One link breaks the rules while another one has no connection.
    stage_signal (stage, 1, WEIR__WELCOME, 0);
    stage_commit (stage);
    other.attempt = 2;
    other.epoch = STAGE_EPOCH;
    stage_greet (stage, 3, &other, &who);
    stage_commit (stage);
    expect_refused (3, "EPROTO");
    other.epoch = 0;
    stage_greet (stage, 4, &other, &who);
    stage_commit (stage);
    expect_refused (4, "EPROTO");
    ck_assert_int_eq (stage_watched (stage, 10), 0);
}
END_TEST

START_TEST (a_late_HELLO_does_not_begin_a_session_that_has_ended)
{
    uint8_t whole = 1;
    weir__frame_t close = {WEIR__CLOSE, false, 0, &whole, 1};
    stage_enter (stage, 1, 10, 1);
    if (_i == 0)
        stage_died (stage, 10);
    else
        stage_send (stage, 1, &close);
    stage_commit (stage);
    for (uint32_t link = 1; link <= 2; link++) {
        stage_hello (stage, 2, 10, link);
        expect (2, "REFUSED EPROTO: the session of that connection has ended; "
                   "its requests without a reply may have been executed");
    }
    stage_commit (stage);
    expect (2, "");
    ck_assert_int_eq (stage_watched (stage, 10), 0);
}
END_TEST

START_TEST (the_most_recently_ended_sessions_are_remembered)
{
    enum { FIRST = 100, LAST = FIRST + WEIR__ENDED_SESSIONS };
    for (uint64_t session = FIRST; session <= LAST; session++) {
        stage_enter (stage, session, session, 1);
        stage_died (stage, session);
        stage_commit (stage);
        stage_forget (stage);
    }
    for (uint64_t session = FIRST + 1; session <= LAST; session++) {
        stage_hello (stage, 1, session, 1);
        expect_refused (1, "EPROTO");
    }
    stage_enter (stage, 1, FIRST, 1);
    stage_died (stage, FIRST); //  then FIRST + 1 is forgotten
    //  But a client that knows this owner's epoch was welcomed before.
    weir__hello_t hello = {FIRST + 1, STAGE_EPOCH, 1, 2};
    weir__credentials_t who = {STAGE_UID, 1000 + FIRST + 1};
    stage_greet (stage, 3, &hello, &who);
    expect_refused (3, "EPROTO");
}
END_TEST

START_TEST (a_session_continues_when_all_its_links_are_closed)
{
    stage_enter (stage, 1, 10, 1);
    stage_signal (stage, 1, WEIR__CLOSE, 0);
    stage_commit (stage);
    stage_enter (stage, 2, 10, 2);
    ck_assert_int_eq (stage_watched (stage, 10), 1010);
}
END_TEST

int main (void)
{
    Suite *suite = suite_create ("engine");
    TCase *tcase = test_case (suite, "sessions");
    tcase_add_checked_fixture (tcase, begin, end);
    tcase_add_test (tcase, a_link_is_welcomed_once_its_entry_is_in_the_log);
    tcase_add_loop_test (
        tcase, a_connection_without_HELLO_is_refused_and_changes_nothing, 0, 4);
    tcase_add_test (tcase, bytes_that_are_not_a_frame_are_refused);
    tcase_add_test (tcase, a_HELLO_must_be_whole_and_attested);
    tcase_add_test (tcase, other_users_and_processes_are_kept_out_of_a_session);
    tcase_add_test (tcase,
                    a_link_that_means_another_owner_learns_that_it_is_dead);
    tcase_add_test (tcase, the_owners_own_process_is_not_watched);
    tcase_add_test (tcase, a_process_that_cannot_be_watched_has_no_session);
    tcase_add_test (tcase, a_dead_process_frees_its_holds);
    tcase_add_test (tcase,
                    a_closed_link_frees_its_holds_and_the_session_continues);
    tcase_add_test (tcase, a_closed_session_takes_all_its_links_with_it);
    tcase_add_test (tcase, everybody_is_notified_when_the_owner_stops);
    tcase_add_test (tcase, a_session_that_was_dropped_does_not_come_back);
    tcase_add_loop_test (
        tcase, a_late_HELLO_does_not_begin_a_session_that_has_ended, 0, 2);
    tcase_add_test (tcase, the_most_recently_ended_sessions_are_remembered);
    tcase_add_test (tcase, a_session_continues_when_all_its_links_are_closed);
    return test_main (suite);
}
