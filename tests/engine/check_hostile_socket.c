/*  check_hostile_socket.c - an owner under attack below its frames

    The attacks are at its socket, in ZMTP, and with large messages or replies
    that are never received.

    SPDX-License-Identifier: MPL-2.0
*/

#include <errno.h>
#include <string.h>
#include <unistd.h>
#include <zmq.h>

#include "codec/pack.h"
#include "codec/packed.h"
#include "kit/hostile.h"
#include "kit/support.h"

enum { CONNECTIONS = 200, LARGE_MEBIBYTES = 16 };

static test_latch_t *ready, *done;

static void begin (void)
{
    ready = test_latch_new ();
    done = test_latch_new ();
    hostile_begin ();
}

static void end (void)
{
    hostile_end ();
    test_latch_destroy (&ready);
    test_latch_destroy (&done);
}

static uint64_t session_of (int i)
{
    return ((uint64_t) getpid () << 16) + (uint64_t) i + 1;
}

//  The attacker stays as it is until the owner has been used for a while.
static void stay (void)
{
    test_latch_open (ready);
    test_must (test_latch_wait (done, 2 * PATIENCE_MS));
}

static void use_meanwhile (void)
{
    ck_assert (test_latch_wait (ready, 2 * PATIENCE_MS));
    for (int i = 0; i < 200; i++)
        hostile_use ();
}

static void leave (void)
{
    test_latch_open (done);
    hostile_endure (NULL);
}

//  Below ZMTP

static void write_rubbish (void)
{
    uint64_t state = test_seed ();
    for (int i = 0; i < CONNECTIONS; i++) {
        static uint8_t bytes [100000];
        for (size_t k = 0; k < sizeof bytes; k++)
            bytes [k] = (uint8_t) test_random (&state);
        //  Half of them begin as ZMTP does.
        if (i % 2)
            memcpy (bytes, "\xff\0\0\0\0\0\0\0\1\x7f\3", 11);
        int fd = hostile_connect ();
        hostile_write (fd, bytes, test_random_below (&state, sizeof bytes));
        close (fd);
    }
}

START_TEST (bytes_that_are_not_ZMTP_harm_nobody)
{
    hostile_attack (write_rubbish);
    hostile_attack (write_rubbish);
    hostile_endure (NULL);
    hostile_check_memory (32);
}
END_TEST

static void connect_and_wait (void)
{
    int fds [CONNECTIONS];
    for (int i = 0; i < CONNECTIONS; i++) {
        fds [i] = hostile_connect ();
        //  Some say nothing at all, some stop in the middle of the greeting.
        hostile_write (fds [i], "\xff\0\0\0\0\0\0\0\1\x7f\3\0NULL",
                       (size_t) (i % 17));
    }
    stay ();
    for (int i = 0; i < CONNECTIONS; i++)
        close (fds [i]);
}

START_TEST (connections_that_never_speak_keep_nobody_out)
{
    hostile_attack (connect_and_wait);
    use_meanwhile ();
    hostile_check_memory (64);
    leave ();
}
END_TEST

//  In ZMTP

static void send_oversized (void)
{
    static const struct {
        const char *bytes;
        size_t size;
    } heads [] = {
        {"\2\0\0\1\0\0\0\0\0", 9},                 //  1 TiB
        {"\2\0\0\0\0\0\20\0\21", 9},               //  1 byte too many
        {"\2\377\377\377\377\377\377\377\377", 9}, //  all ones
        {"\3\0\0\0\0\100\0\0\0", 9},               //  a part of 1 GiB
        {"\6\0\0\0\0\100\0\0\0", 9},               //  a command
        {"\4\6\5READ", 7},                         //  a broken one
        {"\200\0", 2},                             //  reserved flags
    };
    for (size_t i = 0; i < sizeof heads / sizeof *heads; i++) {
        int fd = hostile_zmtp (3);
        hostile_write (fd, heads [i].bytes, heads [i].size);
        if (i < 5)
            test_must (hostile_is_closed (fd));
        close (fd);
    }
}

START_TEST (a_ZMTP_frame_above_the_limit_is_not_even_allocated)
{
    hostile_attack (send_oversized);
    hostile_endure (NULL);
    hostile_check_memory (16);
}
END_TEST

//  ZeroMQ does not give the credentials of a peer with an old ZMTP.
static void speak_old_zmtp (void)
{
    weir__buffer_t message = WEIR__BUFFER_INIT;
    weir__hello_t hello = {.session = session_of (0), .link = 1, .attempt = 1};
    weir__buffer_put (&message, "\0\50", 2);
    weir__buffer_extend (&message, WEIR__FRAME_HEAD_BYTES);
    weir__hello_put (&message, &hello);
    weir__frame_t frame = {WEIR__HELLO, false, 0, NULL, 24};
    weir__frame_head (message.data + 2, &frame);
    int fd = hostile_zmtp (2);
    hostile_write (fd, message.data, message.size);
    stay ();
    close (fd);
    weir__buffer_free (&message);
}

START_TEST (a_peer_without_kernel_credentials_is_refused)
{
    hostile_attack (speak_old_zmtp);
    use_meanwhile ();
    leave ();
    hostile_endure ("refused a connection: a HELLO is malformed");
}
END_TEST

//  Large messages

//  Sends the chunks of a message of that size, except the last.
static void send_unfinished (void *dealer, unsigned mebibytes)
{
    static uint8_t bytes [WEIR__FRAME_BYTES];
    weir__frame_t chunk = {WEIR__REQUEST, true, 1, NULL, WEIR__CHUNK_BYTES};
    weir__frame_head (bytes, &chunk);
    for (unsigned i = 0; i < mebibytes; i++)
        test_must (zmq_send (dealer, bytes, sizeof bytes, 0) >= 0);
}

static void begin_large (void)
{
    enum { LINKS = 5 };
    void *dealers [LINKS];
    for (int i = 0; i < LINKS; i++) {
        dealers [i] = hostile_dealer (NULL);
        hostile_hello (dealers [i], session_of (i), 1);
        hostile_await (dealers [i], WEIR__WELCOME);
        send_unfinished (dealers [i], 33);
    }
    stay ();
    for (int i = 0; i < LINKS; i++) {
        hostile_close (dealers [i]);
    }
}

START_TEST (messages_that_are_never_finished_give_way)
{
    hostile_attack (begin_large);
    ck_assert (test_latch_wait (ready, 2 * PATIENCE_MS));
    for (int i = 0; i < 3; i++)
        hostile_use_large (8 << 20);
    hostile_endure_until ("too many large messages are unfinished");
    //  256 MiB of them may be there, and what our own calls take.
    hostile_check_memory (256 + 128);
    test_latch_open (done);
    hostile_endure (NULL);
}
END_TEST

static void send_too_large (void)
{
    void *dealer = hostile_dealer (NULL);
    hostile_hello (dealer, session_of (0), 1);
    hostile_await (dealer, WEIR__WELCOME);
    send_unfinished (dealer, 65);
    weir__frame_t frame = hostile_await (dealer, WEIR__REFUSED);
    test_must (hostile_status (&frame) == EPROTO);
    hostile_close (dealer);
}

START_TEST (a_message_above_64_mebibytes_is_cut_off)
{
    hostile_attack (send_too_large);
    hostile_endure ("a message is larger than one may be");
}
END_TEST

//  Replies that are never received

static uint64_t make_large (void *dealer)
{
    static uint8_t bytes [WEIR__FRAME_BYTES];
    weir__buffer_t body = hostile_body (0, WEIR__DIRECTORY_CREATE, 3);
    weir__pack (&body, weir_value_int (WEIR__VAR));
    weir__pack (&body, weir_value_nil ());
    weir__buffer_put (&body, "\306", 1);
    size_t size = LARGE_MEBIBYTES << 20;
    for (int shift = 24; shift >= 0; shift -= 8)
        weir__buffer_put_u8 (&body, (uint8_t) (size >> shift));
    uint8_t *rest = weir__buffer_extend (&body, size);
    test_must (rest != NULL);
    memset (rest, 'x', size);
    for (size_t sent = 0; sent < body.size;) {
        size_t left = body.size - sent;
        weir__frame_t frame = {WEIR__REQUEST, left > WEIR__CHUNK_BYTES, 1, NULL,
                               left > WEIR__CHUNK_BYTES ? WEIR__CHUNK_BYTES
                                                        : left};
        weir__frame_head (bytes, &frame);
        memcpy (bytes + WEIR__FRAME_HEAD_BYTES, body.data + sent, frame.size);
        test_must (zmq_send (dealer, bytes, WEIR__FRAME_HEAD_BYTES + frame.size,
                             0) >= 0);
        sent += frame.size;
    }
    weir__buffer_free (&body);
    weir__frame_t reply = hostile_await (dealer, WEIR__REPLY);
    test_must (hostile_status (&reply) == 0);
    weir_value_t id;
    weir__packed_peek (reply.body + WEIR__REPLY_HEAD_BYTES,
                       reply.size - WEIR__REPLY_HEAD_BYTES, &id);
    return (uint64_t) id.integer;
}

static void read_nothing (void)
{
    int one = 1;
    void *dealer = hostile_dealer (NULL);
    zmq_setsockopt (dealer, ZMQ_RCVHWM, &one, sizeof one);
    hostile_hello (dealer, session_of (0), 1);
    hostile_await (dealer, WEIR__WELCOME);
    uint64_t id = make_large (dealer);
    weir__buffer_t body = hostile_body (id, WEIR__VAR_GET, 0);
    for (uint64_t number = 2; number < WEIR__WINDOW; number++)
        hostile_send (dealer, WEIR__REQUEST, number, &body);
    weir__buffer_free (&body);
    stay ();
    hostile_close (dealer);
}

START_TEST (a_peer_that_never_takes_large_replies_is_dropped)
{
    hostile_attack (read_nothing);
    hostile_endure_until ("it does not receive its replies");
    ck_assert (test_latch_wait (ready, 2 * PATIENCE_MS));
    //  128 MiB and one more reply, the value, and the request for it.
    hostile_check_memory (128 + 4 * LARGE_MEBIBYTES);
    test_latch_open (done);
    hostile_endure (NULL);
}
END_TEST

//  Attackers are killed in the middle of everything.
static void be_killed (void)
{
    void *dealers [20];
    for (int i = 0; i < 20; i++) {
        dealers [i] = hostile_dealer (NULL);
        hostile_hello (dealers [i], session_of (i), 1);
        send_unfinished (dealers [i], 2);
    }
    _exit (0);
}

START_TEST (attackers_that_die_leave_nothing_behind)
{
    for (int i = 0; i < 20; i++) {
        hostile_attack (be_killed);
        hostile_endure (NULL);
    }
    hostile_check_memory (96);
}
END_TEST

int main (void)
{
    Suite *suite = suite_create ("hostile_socket");
    TCase *tcase = test_case (suite, "socket");
    tcase_add_checked_fixture (tcase, begin, end);
    tcase_add_test (tcase, bytes_that_are_not_ZMTP_harm_nobody);
    tcase_add_test (tcase, connections_that_never_speak_keep_nobody_out);
    tcase_add_test (tcase, a_ZMTP_frame_above_the_limit_is_not_even_allocated);
    tcase_add_test (tcase, a_peer_without_kernel_credentials_is_refused);

    tcase = test_case (suite, "memory");
    tcase_add_checked_fixture (tcase, begin, end);
    tcase_add_test (tcase, messages_that_are_never_finished_give_way);
    tcase_add_test (tcase, a_message_above_64_mebibytes_is_cut_off);
    tcase_add_test (tcase, a_peer_that_never_takes_large_replies_is_dropped);
    tcase_add_test (tcase, attackers_that_die_leave_nothing_behind);
    return test_main (suite);
}
