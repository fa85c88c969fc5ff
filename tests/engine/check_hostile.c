/*  check_hostile.c - an owner under attack by wrong frames

    Meanwhile it serves others, notes whom it drops and why, and does not grow.

    SPDX-License-Identifier: MPL-2.0
*/

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>
#include <zmq.h>

#include "codec/pack.h"
#include "codec/packed.h"
#include "kit/hostile.h"
#include "kit/support.h"

static uint64_t session_of (int i)
{
    return ((uint64_t) getpid () << 16) + (uint64_t) i + 1;
}

//  Rubbish

static void send_rubbish (void)
{
    uint64_t state = test_seed ();
    void *dealer = hostile_dealer (NULL);
    for (int i = 0; i < FRAMES; i++) {
        uint8_t bytes [64];
        for (size_t k = 0; k < sizeof bytes; k++)
            bytes [k] = (uint8_t) test_random (&state);
        zmq_send (dealer, bytes, test_random_below (&state, sizeof bytes), 0);
    }
    hostile_close (dealer);
}

START_TEST (rubbish_is_refused)
{
    hostile_attack (send_rubbish);
    hostile_attack (send_rubbish);
    hostile_endure ("refused a connection: this is no frame of Weir");
    hostile_check_memory (32);
}
END_TEST

//  Frames of a link that lie: each of them ends its session.
static const struct {
    const char *bytes;
    size_t size;
    const char *logged;
} lies [] = {
    {"W\1\2\0\0\0\0", 7, "a frame is shorter than its header"},
    {"V\1\2\0\0\0\0\0\0\0\0\0\0\0\0\0", 16, "this is no frame of Weir"},
    {"W\7\2\0\0\0\0\0\0\0\0\0\0\0\0\0", 16, "a version that is not served"},
    {"W\1\11\0\0\0\0\0\0\0\0\0\0\0\0\0", 16, "an unknown type"},
    {"W\1\2\200\0\0\0\0\0\0\0\0\0\0\0\0", 16, "unknown flags"},
    {"W\1\2\0\377\377\377\377\1\0\0\0\0\0\0\0", 16,
     "size is not what its header says"},
    {"W\1\2\0\1\0\0\0\1\0\0\0\0\0\0\0", 16, "size is not what its header says"},
    {"W\1\2\0\0\0\0\0\1\0\0\0\0\0\0\0", 16, "a request is cut short"},
    {"W\1\102\0\0\0\0\0\1\0\0\0\0\0\0\0", 16, "that only owners send"},
    {"W\1\2\1\0\0\0\0\1\0\0\0\0\0\0\0", 16, "an empty chunk"},
    {"W\1\1\0\0\0\0\0\0\0\0\0\0\0\0\0", 16, "a HELLO is malformed"},
    //  Requests whose values claim more than the body contains.
    {"W\1\2\0\35\0\0\0\1\0\0\0\0\0\0\0"
     "\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\377\377\377\377\0\0\1\0"
     "\335\377\377\377\377",
     45, "an argument that is no value"},
    {"W\1\2\0\35\0\0\0\1\0\0\0\0\0\0\0"
     "\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\377\377\377\377\0\0\1\0"
     "\306\377\377\377\377",
     45, "an argument that is no value"},
    {"W\1\2\0\30\0\0\0\1\0\0\0\0\0\0\0"
     "\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\377\377\377\377\0\0\377\377",
     40, "too many arguments"},
    {"W\1\2\0\30\0\0\0\377\377\377\377\377\377\377\377"
     "\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\377\377\377\377\0\0\0\0",
     40, "a number outside its window"},
};

static int lie;

static void send_lie (void)
{
    void *dealer = hostile_dealer (NULL);
    hostile_hello (dealer, session_of (0), 1);
    hostile_await (dealer, WEIR__WELCOME);
    zmq_send (dealer, lies [lie].bytes, lies [lie].size, 0);
    weir__frame_t frame = hostile_await (dealer, WEIR__REFUSED);
    test_must (hostile_status (&frame) == EPROTO);
    //  And again, for nothing.
    for (int i = 0; i < 100; i++)
        zmq_send (dealer, lies [lie].bytes, lies [lie].size, 0);
    hostile_close (dealer);
}

START_TEST (a_frame_that_lies_ends_its_session)
{
    lie = _i;
    hostile_attack (send_lie);
    hostile_endure (lies [_i].logged);
    hostile_endure ("dropped session");
    hostile_check_memory (32);
}
END_TEST

//  Floods

static void flood_with_parts (void)
{
    enum { PARTS = 200 };
    static uint8_t large [100000];
    void *dealer = hostile_dealer (NULL);
    for (int i = 0; i < FRAMES; i++)
        for (int part = 0; part < PARTS; part++)
            test_must (zmq_send (dealer, "W", 1,
                                 part < PARTS - 1 ? ZMQ_SNDMORE : 0) >= 0);
    for (int i = 0; i < 200; i++)
        for (int part = 0; part < 10; part++)
            test_must (zmq_send (dealer, large, sizeof large,
                                 part < 9 ? ZMQ_SNDMORE : 0) >= 0);
    hostile_close (dealer);
}

START_TEST (messages_in_several_parts_are_refused)
{
    hostile_attack (flood_with_parts);
    hostile_endure ("refused a connection: a message is empty, or in several "
                    "parts");
    hostile_check_memory (256);
}
END_TEST

static void flood_with_requests (void)
{
    void *dealer = hostile_dealer (NULL);
    weir__buffer_t body = hostile_body (0, WEIR__DIRECTORY_LIST, 0);
    for (int i = 0; i < 4 * FRAMES; i++)
        hostile_send (dealer, WEIR__REQUEST, 1, &body);
    weir__buffer_free (&body);
    hostile_close (dealer);
}

START_TEST (requests_without_HELLO_are_refused)
{
    hostile_attack (flood_with_requests);
    hostile_attack (flood_with_requests);
    hostile_endure ("refused a connection: a link must begin with HELLO");
    hostile_check_memory (32);
}
END_TEST

static void flood_with_hellos (void)
{
    void *dealers [200];
    for (int i = 0; i < 200; i++) {
        dealers [i] = hostile_dealer (NULL);
        hostile_hello (dealers [i], session_of (i), 1);
    }
    //  A second HELLO on a connection is wrong, and so are a thousand.
    for (int k = 0; k < FRAMES; k++)
        hostile_hello (dealers [0], session_of (k), 1);
    for (int i = 0; i < 200; i++)
        hostile_close (dealers [i]);
}

START_TEST (peers_that_send_only_HELLO_keep_nobody_out)
{
    hostile_attack (flood_with_hellos);
    hostile_attack (flood_with_hellos);
    hostile_endure ("a HELLO is malformed");
    hostile_check_memory (64);
}
END_TEST

static void flood_with_waits (void)
{
    void *dealer = hostile_dealer (NULL);
    hostile_hello (dealer, session_of (0), 1);
    weir__buffer_t body = hostile_body (0, WEIR__DIRECTORY_CREATE, 2);
    weir__pack (&body, weir_value_int (WEIR__QUEUE));
    weir__pack (&body, weir_value_nil ());
    hostile_send (dealer, WEIR__REQUEST, 1, &body);
    weir__frame_t reply = hostile_await (dealer, WEIR__REPLY);
    test_must (hostile_status (&reply) == 0);
    weir_value_t id;
    weir__packed_peek (reply.body + WEIR__REPLY_HEAD_BYTES,
                       reply.size - WEIR__REPLY_HEAD_BYTES, &id);
    weir__buffer_free (&body);
    body = hostile_body ((uint64_t) id.integer, WEIR__QUEUE_GET, 0);
    body.data [16] = body.data [17] = body.data [18] = body.data [19] = 0xff;
    for (uint64_t number = 2; number < 2 + WEIR__WINDOW; number++)
        hostile_send (dealer, WEIR__REQUEST, number, &body);
    weir__frame_t refused = hostile_await (dealer, WEIR__REFUSED);
    test_must (hostile_status (&refused) == EPROTO);
    weir__buffer_free (&body);
    hostile_close (dealer);
}

START_TEST (more_waits_than_a_window_holds_end_the_session)
{
    hostile_attack (flood_with_waits);
    hostile_endure ("a request has a number outside its window");
    hostile_check_memory (32);
}
END_TEST

//  Under another's name

static test_latch_t *entered, *tried;
static uint64_t *stolen; //  shared

static void be_robbed (void)
{
    void *dealer = hostile_dealer (NULL);
    *stolen = session_of (0);
    hostile_hello (dealer, *stolen, 1);
    hostile_await (dealer, WEIR__WELCOME);
    test_latch_open (entered);
    test_must (test_latch_wait (tried, 2 * PATIENCE_MS));
    weir__buffer_t body = hostile_body (0, WEIR__DIRECTORY_LIST, 0);
    hostile_send (dealer, WEIR__REQUEST, 1, &body);
    weir__frame_t reply = hostile_await (dealer, WEIR__REPLY);
    test_must (hostile_status (&reply) == 0);
    weir__buffer_free (&body);
    hostile_close (dealer);
}

static void rob (void)
{
    test_must (test_latch_wait (entered, 2 * PATIENCE_MS));
    for (uint32_t link = 1; link < 4; link++) {
        void *dealer = hostile_dealer (NULL);
        hostile_hello (dealer, *stolen, link);
        weir__frame_t frame = hostile_await (dealer, WEIR__REFUSED);
        test_must (hostile_status (&frame) == EACCES);
        hostile_close (dealer);
    }
    test_latch_open (tried);
}

START_TEST (a_session_belongs_to_its_process)
{
    entered = test_latch_new ();
    tried = test_latch_new ();
    stolen = test_shared (sizeof *stolen);
    hostile_attack (be_robbed);
    hostile_attack (rob);
    hostile_endure ("that session belongs to another process");
    test_latch_destroy (&entered);
    test_latch_destroy (&tried);
    test_unshare (stolen, sizeof *stolen);
}
END_TEST

static void choose_routing_id (void)
{
    //  The longest one looks like those of the owner's own process.
    static const char *const formats [] = {"%d", "%04d!", "L%012d"};
    for (int i = 0; i < 3; i++) {
        char id [32];
        snprintf (id, sizeof id, formats [i], (int) getpid ());
        void *dealer = hostile_dealer (id);
        for (int k = 0; k < FRAMES; k++)
            hostile_hello (dealer, session_of (k), 1);
        int patience_ms = 0;
        zmq_setsockopt (dealer, ZMQ_RCVTIMEO, &patience_ms, sizeof patience_ms);
        test_must (zmq_recv (dealer, NULL, 0, 0) == -1);
        hostile_close (dealer);
    }
}

START_TEST (a_peer_that_chooses_a_routing_id_is_ignored)
{
    hostile_attack (choose_routing_id);
    hostile_attack (choose_routing_id);
    hostile_endure ("or its sender chose a routing id of its own");
    hostile_check_memory (32);
}
END_TEST

int main (void)
{
    Suite *suite = suite_create ("hostile");
    TCase *tcase = test_case (suite, "frames");
    tcase_add_checked_fixture (tcase, hostile_begin, hostile_end);
    tcase_add_test (tcase, rubbish_is_refused);
    tcase_add_loop_test (tcase, a_frame_that_lies_ends_its_session, 0,
                         sizeof lies / sizeof *lies);

    tcase = test_case (suite, "floods");
    tcase_add_checked_fixture (tcase, hostile_begin, hostile_end);
    tcase_add_test (tcase, messages_in_several_parts_are_refused);
    tcase_add_test (tcase, requests_without_HELLO_are_refused);
    tcase_add_test (tcase, peers_that_send_only_HELLO_keep_nobody_out);
    tcase_add_test (tcase, more_waits_than_a_window_holds_end_the_session);

    tcase = test_case (suite, "names");
    tcase_add_checked_fixture (tcase, hostile_begin, hostile_end);
    tcase_add_test (tcase, a_session_belongs_to_its_process);
    tcase_add_test (tcase, a_peer_that_chooses_a_routing_id_is_ignored);
    return test_main (suite);
}
