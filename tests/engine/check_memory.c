/*  check_memory.c - an owner without I/O: every allocation fails once

    SPDX-License-Identifier: MPL-2.0
*/

#include "owner/engine.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "codec/status.h"
#include "kit/engine.h"
#include "owner/state.h"
#include "kit/support.h"
#include "kit/malloc.h"

//  The objects that the play makes when nothing fails.
enum { DICT = 1, QUEUE = 2 };

static stage_t *stage;

static void add (uint64_t peer, uint64_t number, uint64_t acked)
{
    STAGE_ASK (stage, .peer = peer, .number = number, .acked = acked,
               .object = DICT, .op = WEIR__DICT_ADD, .args = "'n', 1");
}

static void read_back (uint64_t peer, uint64_t number, uint64_t acked)
{
    STAGE_ASK (stage, .peer = peer, .number = number, .acked = acked,
               .object = DICT, .op = WEIR__DICT_ITEMS);
}

static void set_large (uint64_t peer, uint64_t number, uint64_t acked)
{
    enum { SIZE = 0x101000 };
    static uint8_t bytes [24 + 2 + 5 + SIZE];
    weir__buffer_t buffer = {.data = bytes, .capacity = sizeof bytes};
    weir__request_body_put (&buffer, &(weir__request_body_t){
                                         .acked = acked,
                                         .object = DICT,
                                         .op = WEIR__DICT_SET,
                                         .argc = 2,
                                     });
    weir__buffer_put (&buffer, "\xa1k\xc6\x00\x10\x10\x00", 7);
    weir__frame_t message = {WEIR__REQUEST, false, number, bytes, sizeof bytes};
    stage_send (stage, peer, &message);
}

static void get_item (uint64_t peer, uint64_t number, uint64_t acked,
                      int timeout_ms)
{
    STAGE_ASK (stage, .peer = peer, .number = number, .acked = acked,
               .object = QUEUE, .op = WEIR__QUEUE_GET,
               .timeout_ms = timeout_ms);
}

static void hello_again (uint64_t peer, uint64_t session, uint32_t attempt)
{
    weir__hello_t hello = {.session = session, .link = 1, .attempt = attempt};
    weir__credentials_t who = {STAGE_UID, (pid_t) (1000 + session)};
    stage_greet (stage, peer, &hello, &who);
}

//  Plays a little of everything that an engine does.
static void play (void)
{
    stage_hello (stage, 1, 10, 1);
    stage_hello (stage, 2, 11, 1);
    stage_hello (stage, 3, 10, 2);
    STAGE_ASK (stage, .peer = 1, .number = 1, .op = WEIR__DIRECTORY_CREATE,
               .args = "1, 'd'");
    STAGE_ASK (stage, .peer = 1, .number = 2, .op = WEIR__DIRECTORY_CREATE,
               .args = "5, 'q'");
    stage_commit (stage);
    for (uint64_t number = 1; number < 6; number++) {
        add (2, number, 0);
        read_back (3, number, 0);
    }
    read_back (1, 3, 2);
    add (1, 4, 2);
    stage_commit (stage);
    set_large (2, 6, 5);
    read_back (2, 7, 5);
    get_item (3, 6, 5, 100);
    get_item (3, 7, 5, 100000);
    get_item (3, 8, 5, -1);
    stage_commit (stage);
    stage->now_us += 200000;
    stage_commit (stage);
    stage_signal (stage, 3, WEIR__CANCEL, 8);
    STAGE_ASK (stage, .peer = 1, .number = 5, .acked = 4, .object = QUEUE,
               .op = WEIR__QUEUE_PUT, .args = "'item'");
    stage_commit (stage);
    read_back (2, 8, 5);
    //  Session 11 comes back and repeats its requests; its large message is cut
    //  off.
    weir__frame_t chunk = {WEIR__REQUEST, true, 9, NULL, WEIR__CHUNK_BYTES};
    static uint8_t frame [WEIR__FRAME_BYTES];
    weir__frame_head (frame, &chunk);
    stage_bytes (stage, 2, frame, sizeof frame);
    hello_again (4, 11, 2);
    set_large (4, 6, 5);
    read_back (4, 8, 5);
    add (4, 9, 5);
    add (4, 10, 5);
    add (4, 10, 5);
    stage_commit (stage);
    stage_signal (stage, 3, WEIR__CLOSE, 0);
    stage_bytes (stage, 1, "rubbish", 7);
    stage_commit (stage);
}

//  Returns whether a peer got a reply to the request, or was dropped. Peer 4 is
//  the same link as peer 2.
static bool is_answered (uint64_t peer, uint64_t number)
{
    bool answered = false;
    for (unsigned i = 0; i < stage->message_count; i++) {
        const stage_message_t *message = &stage->messages [i];
        if (message->peer != peer && !(peer == 2 && message->peer == 4))
            continue;
        answered |= message->type == WEIR__REFUSED ||
                    (message->type == WEIR__REPLY && message->number == number);
    }
    return answered;
}

//  Returns how many of the requests 1 to last of session 11 were applied, by
//  their replies.
static int count_done (const uint64_t *numbers, size_t count)
{
    int done = 0;
    for (size_t n = 0; n < count; n++) {
        bool good = false;
        for (unsigned i = 0; i < stage->message_count; i++) {
            const stage_message_t *message = &stage->messages [i];
            good |= message->type == WEIR__REPLY && message->head [0] == 0 &&
                    message->head [1] == 0 && message->number == numbers [n] &&
                    (message->peer == 2 || message->peer == 4);
        }
        done += good;
    }
    return done;
}

//  The engine must serve a new client as if nothing had happened.
static int read_count (void)
{
    stage_enter (stage, 90, 90, 1);
    ck_assert_uint_gt (stage_dict (stage, 90), 0);
    STAGE_ASK (stage, .peer = 90, .number = 2, .acked = 1, .object = DICT,
               .op = WEIR__DICT_GET, .args = "'n'");
    stage_commit (stage);
    const char *text = stage_take (stage, 90);
    ck_assert_int_eq (strncmp (text, "2: ", 3), 0);
    return atoi (text + 3);
}

static bool refuse_session (void *context, uint64_t session, uint64_t process)
{
    (void) context, (void) session, (void) process;
    return false;
}

//  When all processes are dead nothing of them is left.
static void end_all (void)
{
    for (uint64_t session = 10; session <= 90; session++)
        stage_died (stage, session);
    stage_commit (stage);
    ck_assert_ptr_null (stage->engine->peers.sessions);
    ck_assert_ptr_null (stage->engine->peers.by_number);
    ck_assert_ptr_null (stage->engine->peers.by_origin);
    ck_assert_uint_eq (stage->engine->joining_bytes, 0);
    ck_assert (weir__machine_each_session (stage->engine->machine,
                                           refuse_session, NULL));
    for (uint64_t session = 10; session <= 90; session++)
        if (stage_watched (stage, session))
            ck_abort_msg ("session %d is still watched", (int) session);
}

static void check_answers (unsigned n)
{
    static const struct {
        uint64_t peer, first, last;
    } asked [] = {{1, 1, 5}, {2, 1, 8}, {3, 1, 6}, {4, 8, 10}};
    for (size_t i = 0; i < sizeof asked / sizeof *asked; i++)
        for (uint64_t k = asked [i].first; k <= asked [i].last; k++)
            if (!is_answered (asked [i].peer, k))
                ck_abort_msg ("allocation %u: request %d of peer %d has no "
                              "answer",
                              n, (int) k, (int) asked [i].peer);
}

//  Plays with the n-th allocation failing, and all allocations in the next
//  `famine` calls. Returns whether the play reached that allocation.
static bool starve (unsigned n, unsigned famine)
{
    static const uint64_t adds [] = {1, 2, 3, 4, 5, 9, 10};
    stage = stage_new ();
    stage->starves_at = n;
    stage->famine = famine;
    play ();
    bool starved = stage->starved;
    stage->starves_at = TEST_NONE_FAILS;
    stage->famine = 0;
    check_answers (n);
    int done = count_done (adds, 7) + is_answered (1, 4);
    int count = read_count ();
    if (!starved)
        ck_assert_int_eq (count, 8);
    if (count > 0)
        ck_assert_int_ge (done, count);
    end_all ();
    stage_destroy (&stage);
    return starved;
}

//  ThreadSanitizer is slow, and sees nothing in a single thread.
enum { STEP = TEST_WITH_TSAN ? 10 : 1 };

START_TEST (each_allocation_can_fail_and_the_owner_serves_on)
{
    static const unsigned famines [] = {0, 1, 4, 1000};
    unsigned n = 0;
    while (starve (n, famines [_i]))
        n += _i == 0 ? STEP : 5 * STEP;
    ck_assert_uint_gt (n, 100);
}
END_TEST

START_TEST (a_link_that_finds_no_memory_is_refused_and_can_try_again)
{
    bool starved = true;
    unsigned refused = 0;
    for (unsigned n = 0; starved; n++) {
        stage = stage_new ();
        stage->starves_at = n;
        stage_hello (stage, 1, 10, 1);
        stage_commit (stage);
        starved = stage->starved;
        const char *text = stage_take (stage, 1);
        if (strcmp (text, "WELCOME") == 0)
            text = stage_take (stage, 1);
        if (*text) {
            ck_assert_int_eq (strncmp (text, "REFUSED ENOBUFS", 15), 0);
            stage_enter (stage, 2, 10, 2);
            ck_assert_uint_gt (stage_dict (stage, 2), 0);
            refused++;
        } else
            ck_assert_uint_gt (stage_dict (stage, 1), 0);
        stage_destroy (&stage);
    }
    ck_assert_uint_gt (refused, 4);
}
END_TEST

START_TEST (an_engine_without_memory_does_not_begin)
{
    stage = stage_new ();
    stage_enter (stage, 1, 10, 1);
    stage_dict (stage, 1);
    bool failed = true;
    for (unsigned n = 0; failed; n++) {
        test_malloc_watch (n);
        weir__engine_t *engine = stage_restart (stage);
        int error = errno;
        failed = test_malloc_unwatch () > n;
        ck_assert (engine || (failed && error == ENOMEM));
    }
    stage_destroy (&stage);
}
END_TEST

int main (void)
{
    Suite *suite = suite_create ("engine_memory");
    TCase *tcase = test_case (suite, "memory");
    tcase_add_loop_test (
        tcase, each_allocation_can_fail_and_the_owner_serves_on, 0, 4);
    tcase_add_test (tcase,
                    a_link_that_finds_no_memory_is_refused_and_can_try_again);
    tcase_add_test (tcase, an_engine_without_memory_does_not_begin);
    return test_main (suite);
}
