/*  check_protocol.c - a link's side of the protocol, against a real engine over
    a wire that is an array

    SPDX-License-Identifier: MPL-2.0
*/

#include "client/protocol.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "codec/pack.h"
#include "codec/status.h"
#include "engine_kit.h"
#include "support.h"
#include "support_malloc.h"
#include "weir/error.h"

enum { SESSION = 10, LINK = 3, WIRE_FRAMES = 256, NUMBERS = 256 };

static stage_t *stage;
static weir__protocol_t protocol;

//  The frames that are on their way to the engine, by peer `peer`.
static struct {
    uint8_t *frames [WIRE_FRAMES];
    size_t sizes [WIRE_FRAMES];
    unsigned first, count;
    unsigned fails_at; //  the send with this number fails; from 0
    unsigned sends;
    uint64_t peer;
} wire;

//  What the protocol has told.
static struct {
    unsigned replies [NUMBERS]; //  how often, by number
    int errors [NUMBERS];
    int64_t values [NUMBERS]; //  -1: no integer
    unsigned welcomes;
} told;

static int send_frame (void *context, const uint8_t *head, const uint8_t *body,
                       size_t size)
{
    ck_assert_ptr_eq (context, &wire);
    if (wire.sends++ == wire.fails_at)
        return weir__fail (EAGAIN, "the wire is full");
    ck_assert_uint_lt (wire.count, WIRE_FRAMES);
    uint8_t *frame = malloc (WEIR__FRAME_HEAD_BYTES + size);
    memcpy (frame, head, WEIR__FRAME_HEAD_BYTES);
    if (size)
        memcpy (frame + WEIR__FRAME_HEAD_BYTES, body, size);
    wire.frames [wire.count] = frame;
    wire.sizes [wire.count++] = WEIR__FRAME_HEAD_BYTES + size;
    return 0;
}

static const weir__wire_t to_wire = {send_frame, &wire};

//  What is on its way is lost.
static void cut (void)
{
    while (wire.count > 0)
        free (wire.frames [--wire.count]);
    wire.first = 0;
}

//  One frame arrives at the engine. False: there is none.
static bool go_up (void)
{
    if (wire.first == wire.count)
        return false;
    stage_bytes (stage, wire.peer, wire.frames [wire.first],
                 wire.sizes [wire.first]);
    wire.first++;
    return true;
}

static void note_news (const weir__news_t *news)
{
    weir_value_t value;
    if (news->type == WEIR__NEWS_WELCOME)
        told.welcomes++;
    if (news->type != WEIR__NEWS_REPLY)
        return;
    ck_assert_uint_lt (news->number, NUMBERS);
    weir__packed_peek (news->value.data, news->value.size, &value);
    told.replies [news->number]++;
    told.errors [news->number] = news->error;
    told.values [news->number] =
        value.type == WEIR_INTEGER ? value.integer : -1;
}

static int take_bytes (const void *data, size_t size, weir__news_t *news)
{
    return weir__protocol_frame (&protocol, (weir__slice_t){data, size}, news);
}

//  One message of the engine arrives at the link. False: there is none.
static bool go_down (void)
{
    for (unsigned i = 0; i < stage->message_count; i++) {
        stage_message_t *message = &stage->messages [i];
        if (message->peer != wire.peer)
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
            take_bytes (bytes, WEIR__FRAME_HEAD_BYTES + message->size, &news),
            0);
        note_news (&news);
        return true;
    }
    return false;
}

static void go_all (void)
{
    do {
        while (go_up ())
            ;
        stage_commit (stage);
    } while (go_down () || wire.first < wire.count);
}

//  Another connection.
static void reconnect (void)
{
    cut ();
    wire.peer++;
    ck_assert_int_eq (weir__protocol_hello (&protocol, &to_wire), 0);
}

static uint64_t ask (uint64_t object, unsigned op, const weir_value_t *args,
                     unsigned argc)
{
    uint64_t number;
    weir__ask_t what = {object, (uint16_t) op, (uint16_t) argc, args, -1};
    return weir__protocol_request (&protocol, &to_wire, &what, &number) == 0
               ? number
               : 0;
}

static uint64_t add_one (uint64_t dict)
{
    weir_value_t args [] = {weir_value_string ("n"), weir_value_int (1)};
    return ask (dict, WEIR__DICT_ADD, args, 2);
}

static uint64_t read_one (uint64_t dict)
{
    weir_value_t key = weir_value_string ("n");
    return ask (dict, WEIR__DICT_GET, &key, 1);
}

static uint64_t make_object (int kind)
{
    weir_value_t args [] = {weir_value_int (kind), weir_value_nil ()};
    uint64_t number = ask (0, WEIR__DIRECTORY_CREATE, args, 2);
    go_all ();
    ck_assert_uint_eq (told.replies [number], 1);
    return (uint64_t) told.values [number];
}

static void begin (void)
{
    weir__hello_t hello = {.session = SESSION, .link = LINK};
    stage = stage_new ();
    memset (&wire, 0, sizeof wire);
    memset (&told, 0, sizeof told);
    wire.fails_at = UINT32_MAX;
    weir__protocol_init (&protocol, &hello);
    reconnect ();
}

static void end (void)
{
    cut ();
    weir__protocol_free (&protocol);
    stage_destroy (&stage);
}

START_TEST (a_link_says_HELLO_and_learns_the_epoch)
{
    ck_assert (!protocol.welcomed);
    go_all ();
    ck_assert (protocol.welcomed);
    ck_assert_uint_eq (told.welcomes, 1);
    ck_assert_uint_eq (protocol.hello.epoch, STAGE_EPOCH);
    ck_assert_uint_eq (protocol.hello.session, SESSION);
    ck_assert_uint_eq (protocol.hello.link, LINK);
}
END_TEST

START_TEST (requests_are_numbered_1_2_3_and_need_not_wait_for_the_WELCOME)
{
    weir_value_t args [] = {weir_value_int (WEIR__DICT), weir_value_nil ()};
    for (uint64_t number = 1; number < 6; number++)
        ck_assert_uint_eq (ask (0, WEIR__DIRECTORY_CREATE, args, 2), number);
    go_all ();
    ck_assert (protocol.welcomed);
    for (uint64_t number = 1; number < 6; number++)
        ck_assert_int_eq (told.values [number], (int64_t) number);
    ck_assert_uint_eq (protocol.acked, 5);
}
END_TEST

START_TEST (a_full_window_is_EAGAIN_until_the_oldest_reply_is_here)
{
    uint64_t queue = make_object (WEIR__QUEUE);
    weir_value_t item = weir_value_int (7);
    ck_assert_uint_gt (ask (queue, WEIR__QUEUE_GET, NULL, 0), 0);
    for (int i = 1; i < WEIR__WINDOW; i++)
        ck_assert_uint_gt (ask (queue, WEIR__QUEUE_SIZE, NULL, 0), 0);
    go_all ();
    //  All but the first have their replies.
    errno = 0;
    ck_assert_uint_eq (ask (queue, WEIR__QUEUE_SIZE, NULL, 0), 0);
    ck_assert_int_eq (errno, EAGAIN);
    ck_assert_str_eq (weir_error (),
                      "64 requests of this thread have no reply yet");
    stage_enter (stage, 900, 900, 1);
    STAGE_ASK (stage, .peer = 900, .number = 1, .object = queue,
               .op = WEIR__QUEUE_PUT, .args = "7");
    go_all ();
    ck_assert_int_eq (told.values [2], 7);
    ck_assert_uint_eq (protocol.acked, WEIR__WINDOW + 1);
    ck_assert_uint_eq (ask (queue, WEIR__QUEUE_PUT, &item, 1),
                       WEIR__WINDOW + 2);
    go_all ();
    ck_assert_uint_eq (told.replies [WEIR__WINDOW + 2], 1);
}
END_TEST

START_TEST (a_request_that_cannot_be_made_is_not_asked)
{
    uint64_t dict = make_object (WEIR__DICT);
    weir_value_t wrong = weir_value_sized (WEIR_INVALID, NULL, 0);
    static uint8_t bytes [WEIR__MESSAGE_BYTES];
    weir_value_t large = weir_value_bytes (bytes, sizeof bytes);
    weir_value_t half = weir_value_bytes (bytes, sizeof bytes / 2);
    weir_value_t halves [] = {half, half};
    unsigned frames = wire.count;
    ck_assert_uint_eq (ask (dict, WEIR__DICT_GET, &wrong, 1), 0);
    ck_assert_int_eq (errno, EINVAL);
    ck_assert_uint_eq (ask (dict, WEIR__DICT_GET, &large, 1), 0);
    ck_assert_int_eq (errno, EMSGSIZE);
    ck_assert_uint_eq (ask (dict, WEIR__DICT_SET, halves, 2), 0);
    ck_assert_int_eq (errno, EMSGSIZE);
    ck_assert_uint_eq (wire.count, frames);
    ck_assert_uint_eq (add_one (dict), 2);
    go_all ();
    ck_assert_int_eq (told.values [2], 1);
}
END_TEST

START_TEST (replies_come_in_any_order_and_count_once)
{
    uint64_t queue = make_object (WEIR__QUEUE);
    uint64_t first = ask (queue, WEIR__QUEUE_GET, NULL, 0);
    uint64_t second = ask (queue, WEIR__QUEUE_SIZE, NULL, 0);
    go_all ();
    ck_assert_uint_eq (told.replies [first], 0);
    ck_assert_uint_eq (told.replies [second], 1);
    ck_assert_uint_eq (protocol.acked, 1);
    weir__news_t news;
    static const uint8_t reply [] = {'W', 1, 66, 0, 5, 0, 0, 0, 3, 0, 0,
                                     0,   0, 0,  0, 0, 0, 0, 0, 0, 7};
    static const uint8_t unasked [] = {'W', 1, 66, 0, 5, 0, 0, 0, 9, 0, 0,
                                       0,   0, 0,  0, 0, 0, 0, 0, 0, 7};
    ck_assert_int_eq (take_bytes (reply, sizeof reply, &news), 0);
    ck_assert_int_eq (news.type, WEIR__NEWS_NONE);
    ck_assert_int_eq (take_bytes (unasked, sizeof unasked, &news), 0);
    ck_assert_int_eq (news.type, WEIR__NEWS_NONE);
    ck_assert_int_eq (weir__protocol_cancel (&protocol, &to_wire, first), 0);
    go_all ();
    ck_assert_int_eq (told.errors [first], EINTR);
    ck_assert_uint_eq (protocol.acked, 3);
    ck_assert_int_eq (take_bytes (reply, sizeof reply, &news), 0);
    ck_assert_int_eq (news.type, WEIR__NEWS_NONE);
}
END_TEST

START_TEST (a_CANCEL_is_said_again_on_a_new_connection)
{
    uint64_t queue = make_object (WEIR__QUEUE);
    uint64_t number = ask (queue, WEIR__QUEUE_GET, NULL, 0);
    go_all ();
    ck_assert_int_eq (weir__protocol_cancel (&protocol, &to_wire, number), 0);
    reconnect (); //  and the CANCEL is lost
    go_all ();
    ck_assert_int_eq (told.errors [number], EINTR);
    unsigned frames = wire.count;
    ck_assert_int_eq (weir__protocol_cancel (&protocol, &to_wire, number), 0);
    ck_assert_int_eq (weir__protocol_cancel (&protocol, &to_wire, 77), 0);
    ck_assert_uint_eq (wire.count, frames);
}
END_TEST

START_TEST (a_request_that_was_sent_in_part_is_not_mixed_with_the_next)
{
    uint64_t dict = make_object (WEIR__DICT);
    static uint8_t bytes [3 * WEIR__CHUNK_BYTES];
    weir_value_t args [] = {weir_value_string ("n"),
                            weir_value_bytes (bytes, sizeof bytes)};
    wire.fails_at = wire.sends + (unsigned) _i;
    ck_assert_uint_eq (ask (dict, WEIR__DICT_SET, args, 2), 0);
    ck_assert_int_eq (errno, EAGAIN);
    //  What was sent of it is followed by something with another number.
    uint64_t number = add_one (dict);
    ck_assert_uint_eq (number, 3);
    go_up ();
    reconnect ();
    go_all ();
    ck_assert_uint_eq (told.replies [2], 0);
    ck_assert_int_eq (told.values [3], 1);
    ck_assert_uint_eq (protocol.acked, 3);
}
END_TEST

START_TEST (a_connection_that_takes_nothing_fails_the_HELLO)
{
    uint64_t queue = make_object (WEIR__QUEUE);
    uint64_t number = ask (queue, WEIR__QUEUE_GET, NULL, 0);
    weir__protocol_cancel (&protocol, &to_wire, number);
    for (unsigned n = 0; n < 3; n++) { //  HELLO, REQUEST, CANCEL
        cut ();
        wire.peer++;
        wire.fails_at = wire.sends + n;
        ck_assert_int_eq (weir__protocol_hello (&protocol, &to_wire), -1);
        ck_assert_int_eq (errno, EAGAIN);
    }
    reconnect ();
    go_all ();
    ck_assert_int_eq (told.errors [number], EINTR);
}
END_TEST

START_TEST (CLOSE_ends_the_link_or_the_session)
{
    uint64_t lock = make_object (WEIR__LOCK);
    ask (lock, WEIR__LOCK_ACQUIRE, NULL, 0);
    go_all ();
    ck_assert_int_eq (weir__protocol_close (&protocol, &to_wire, _i), 0);
    go_all ();
    ck_assert_int_eq (stage_watched (stage, SESSION), _i ? 0 : 1);
}
END_TEST

//  Numbers of one history: what is asked, and when the connection breaks.
enum { ADDS = 9, REQUESTS = 2 * ADDS };

//  One step of a link: something arrives somewhere. Returns whether anything
//  was left to do.
static bool take_step (uint64_t dict, unsigned *asked, uint64_t *random)
{
    switch (test_random_below (random, 4)) {
    case 0:
        if (*asked < REQUESTS) {
            uint64_t number = *asked % 2 ? read_one (dict) : add_one (dict);
            ck_assert_uint_eq (number, *asked + 2);
            ++*asked;
        }
        break;
    case 1:
        go_up ();
        break;
    case 2:
        stage_commit (stage);
        break;
    default:
        go_down ();
    }
    return *asked < REQUESTS || protocol.acked < REQUESTS + 1;
}

//  Plays a history that breaks at some steps. Returns how many it had.
static unsigned play (uint64_t seed, const unsigned *breaks, unsigned count)
{
    unsigned steps = 0, asked = 0;
    begin ();
    uint64_t dict = make_object (WEIR__DICT), random = seed;
    bool more = true;
    for (; more && steps < 100000; steps++) {
        for (unsigned i = 0; i < count; i++)
            if (breaks [i] == steps)
                reconnect ();
        more = take_step (dict, &asked, &random);
    }
    ck_assert (!more);
    //  Each was applied exactly once, in order, and answered once.
    for (unsigned i = 0; i < REQUESTS; i++) {
        ck_assert_uint_eq (told.replies [i + 2], 1);
        ck_assert_int_eq (told.errors [i + 2], 0);
        if (i % 2 == 0)
            ck_assert_int_eq (told.values [i + 2], i / 2 + 1);
        else
            ck_assert_int_ge (told.values [i + 2], i / 2 + 1);
    }
    uint64_t number = read_one (dict);
    go_all ();
    ck_assert_int_eq (told.values [number], ADDS);
    end ();
    return steps;
}

START_TEST (a_connection_can_break_at_every_step_and_all_is_done_once)
{
    uint64_t seed = test_seed ();
    unsigned steps = play (seed, NULL, 0);
    for (unsigned at = 0; at < steps; at++)
        play (seed, &at, 1);
}
END_TEST

START_TEST (a_connection_can_break_often_and_all_is_done_once)
{
    uint64_t random = test_seed ();
    for (int round = 0; round < 300; round++) {
        unsigned breaks [8];
        for (int i = 0; i < 8; i++)
            breaks [i] = (unsigned) test_random_below (&random, 150);
        play (test_random (&random), breaks, 8);
    }
}
END_TEST

int main (void)
{
    Suite *suite = suite_create ("protocol");
    TCase *tcase = test_case (suite, "requests");
    tcase_add_checked_fixture (tcase, begin, end);
    tcase_add_test (tcase, a_link_says_HELLO_and_learns_the_epoch);
    tcase_add_test (
        tcase, requests_are_numbered_1_2_3_and_need_not_wait_for_the_WELCOME);
    tcase_add_test (tcase,
                    a_full_window_is_EAGAIN_until_the_oldest_reply_is_here);
    tcase_add_test (tcase, a_request_that_cannot_be_made_is_not_asked);
    tcase_add_test (tcase, replies_come_in_any_order_and_count_once);
    tcase_add_test (tcase, a_CANCEL_is_said_again_on_a_new_connection);
    tcase_add_loop_test (
        tcase, a_request_that_was_sent_in_part_is_not_mixed_with_the_next, 0,
        4);
    tcase_add_test (tcase, a_connection_that_takes_nothing_fails_the_HELLO);
    tcase_add_loop_test (tcase, CLOSE_ends_the_link_or_the_session, 0, 2);

    tcase = test_case (suite, "exactly once");
    tcase_add_test (tcase,
                    a_connection_can_break_at_every_step_and_all_is_done_once);
    tcase_add_test (tcase, a_connection_can_break_often_and_all_is_done_once);
    return test_main (suite);
}
