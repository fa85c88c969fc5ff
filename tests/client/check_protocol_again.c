/*  check_protocol_again.c - a link's side of the protocol: connections that break

    SPDX-License-Identifier: MPL-2.0
*/

#include "client/protocol.h"

#include <errno.h>

#include "kit/support.h"
#include "kit/talk.h"

START_TEST (a_CANCEL_is_repeated_on_a_new_connection)
{
    uint64_t queue = talk_make (WEIR__QUEUE);
    uint64_t number = talk_ask (queue, WEIR__QUEUE_GET, NULL, 0);
    talk_all ();
    ck_assert_int_eq (weir__protocol_cancel (&talk_link, &talk_carrier, number),
                      0);
    talk_again (); //  and the CANCEL is lost
    talk_all ();
    ck_assert_int_eq (talk_told.errors [number], EINTR);
    unsigned frames = talk_wire.count;
    ck_assert_int_eq (weir__protocol_cancel (&talk_link, &talk_carrier, number),
                      0);
    ck_assert_int_eq (weir__protocol_cancel (&talk_link, &talk_carrier, 77), 0);
    ck_assert_uint_eq (talk_wire.count, frames);
}
END_TEST

START_TEST (a_connection_that_takes_nothing_fails_the_HELLO)
{
    uint64_t queue = talk_make (WEIR__QUEUE);
    uint64_t number = talk_ask (queue, WEIR__QUEUE_GET, NULL, 0);
    weir__protocol_cancel (&talk_link, &talk_carrier, number);
    for (unsigned n = 0; n < 3; n++) { //  HELLO, REQUEST, CANCEL
        talk_cut ();
        talk_wire.peer++;
        talk_wire.fails_at = talk_wire.sends + n;
        ck_assert_int_eq (weir__protocol_hello (&talk_link, &talk_carrier), -1);
        ck_assert_int_eq (errno, EAGAIN);
    }
    talk_again ();
    talk_all ();
    ck_assert_int_eq (talk_told.errors [number], EINTR);
}
END_TEST

//  Creates a queue and waits for an item. The owner does so, but before its
//  WELCOME arrives the connection is another one.
static void lose_the_welcome (void)
{
    weir_value_t args [] = {weir_value_int (WEIR__QUEUE), weir_value_nil ()};
    ck_assert_uint_eq (talk_ask (0, WEIR__DIRECTORY_CREATE, args, 2), 1);
    ck_assert_uint_eq (talk_ask (1, WEIR__QUEUE_GET, NULL, 0), 2);
    while (talk_up ())
        ;
    stage_commit (talk_stage);
    talk_again ();
    ck_assert_uint_eq (talk_wire.count, 1);
}

START_TEST (a_new_connection_sends_only_HELLO_until_WELCOME)
{
    lose_the_welcome ();
    ck_assert_uint_eq (talk_ask (1, WEIR__QUEUE_SIZE, NULL, 0), 3);
    ck_assert_int_eq (weir__protocol_cancel (&talk_link, &talk_carrier, 2), 0);
    ck_assert_uint_eq (talk_wire.count, 1);
    talk_all ();
    ck_assert_int_eq (talk_told.values [1], 1);
    ck_assert_int_eq (talk_told.errors [2], EINTR);
    ck_assert_uint_eq (talk_told.replies [3], 1);
    ck_assert_uint_eq (talk_link.acked, 3);
    unsigned frames = talk_wire.count;
    ck_assert_int_eq (weir__protocol_resume (&talk_link, &talk_carrier), 0);
    ck_assert_uint_eq (talk_wire.count, frames);
}
END_TEST

START_TEST (a_request_of_unknown_outcome_is_not_sent_to_another_owner)
{
    lose_the_welcome ();
    talk_wire.strange = true;
    talk_all ();
    ck_assert_uint_eq (talk_told.welcomes, 1);
    ck_assert_uint_eq (talk_wire.count, 1);
    ck_assert_uint_eq (talk_told.replies [1], 0);
}
END_TEST

START_TEST (a_link_without_requests_has_none_to_hold_back)
{
    talk_again ();
    ck_assert (talk_make (WEIR__DICT) > 0);
    ck_assert_uint_eq (talk_told.welcomes, 1);
}
END_TEST

START_TEST (a_connection_that_takes_nothing_fails_held_requests)
{
    lose_the_welcome ();
    talk_wire.fails_at = talk_wire.sends + (unsigned) _i;
    weir__protocol_cancel (&talk_link, &talk_carrier, 2);
    ck_assert_int_eq (weir__protocol_resume (&talk_link, &talk_carrier), -1);
    ck_assert_int_eq (errno, EAGAIN);
    talk_again ();
    ck_assert_uint_eq (talk_wire.count, 1);
    talk_all ();
    ck_assert_int_eq (talk_told.values [1], 1);
    ck_assert_int_eq (talk_told.errors [2], EINTR);
}
END_TEST

//  Numbers of one history: its requests, and the steps at which the connection
//  breaks.
enum { ADDS = 9, REQUESTS = 2 * ADDS };

//  One step of a link: one frame arrives. Returns whether any step was left.
static bool take_step (uint64_t dict, unsigned *asked, uint64_t *random)
{
    switch (test_random_below (random, 4)) {
    case 0:
        if (*asked < REQUESTS) {
            uint64_t number = *asked % 2 ? talk_read (dict) : talk_add (dict);
            ck_assert_uint_eq (number, *asked + 2);
            ++*asked;
        }
        break;
    case 1:
        talk_up ();
        break;
    case 2:
        stage_commit (talk_stage);
        break;
    default:
        talk_down ();
    }
    return *asked < REQUESTS || talk_link.acked < REQUESTS + 1;
}

//  Plays a history that breaks at some steps. Returns the number of its steps.
static unsigned play (uint64_t seed, const unsigned *breaks, unsigned count)
{
    unsigned steps = 0, asked = 0;
    talk_begin ();
    uint64_t dict = talk_make (WEIR__DICT), random = seed;
    bool more = true;
    for (; more && steps < 100000; steps++) {
        for (unsigned i = 0; i < count; i++)
            if (breaks [i] == steps)
                talk_again ();
        more = take_step (dict, &asked, &random);
    }
    ck_assert (!more);
    //  Each was applied exactly once, in order, and answered once.
    for (unsigned i = 0; i < REQUESTS; i++) {
        ck_assert_uint_eq (talk_told.replies [i + 2], 1);
        ck_assert_int_eq (talk_told.errors [i + 2], 0);
        if (i % 2 == 0)
            ck_assert_int_eq (talk_told.values [i + 2], i / 2 + 1);
        else
            ck_assert_int_ge (talk_told.values [i + 2], i / 2 + 1);
    }
    uint64_t number = talk_read (dict);
    talk_all ();
    ck_assert_int_eq (talk_told.values [number], ADDS);
    talk_end ();
    return steps;
}

START_TEST (a_connection_can_break_at_every_step_and_requests_run_once)
{
    uint64_t seed = test_seed ();
    unsigned steps = play (seed, NULL, 0);
    for (unsigned at = 0; at < steps; at++)
        play (seed, &at, 1);
}
END_TEST

START_TEST (a_connection_can_break_often_and_requests_run_once)
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
    Suite *suite = suite_create ("protocol_again");
    TCase *tcase = test_case (suite, "a new connection");
    tcase_add_checked_fixture (tcase, talk_begin, talk_end);
    tcase_add_test (tcase, a_CANCEL_is_repeated_on_a_new_connection);
    tcase_add_test (tcase, a_connection_that_takes_nothing_fails_the_HELLO);
    tcase_add_test (tcase, a_new_connection_sends_only_HELLO_until_WELCOME);
    tcase_add_test (tcase,
                    a_request_of_unknown_outcome_is_not_sent_to_another_owner);
    tcase_add_test (tcase, a_link_without_requests_has_none_to_hold_back);
    tcase_add_loop_test (
        tcase, a_connection_that_takes_nothing_fails_held_requests, 0, 3);

    tcase = test_case (suite, "exactly once");
    tcase_add_test (tcase,
                    a_connection_can_break_at_every_step_and_requests_run_once);
    tcase_add_test (tcase, a_connection_can_break_often_and_requests_run_once);
    return test_main (suite);
}
