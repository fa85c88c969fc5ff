/*  check_event.c - the kind event: a flag that threads wait for

    SPDX-License-Identifier: MPL-2.0
*/

#include "kit/machine.h"
#include "kit/support.h"

static kit_t *kit;
static uint64_t event;

static void begin (void)
{
    kit = kit_new ();
    event = kit_create (kit, A, WEIR__EVENT, "'e'");
}

static void end (void)
{
    kit_destroy (&kit);
}

static const char *by (weir__origin_t who, unsigned op)
{
    return kit_ask (kit, who, event, op, "");
}

START_TEST (an_event_is_set_or_not)
{
    const kit_line_t lines [] = {
        {WEIR__EVENT_IS_SET, "", "False"}, {WEIR__EVENT_CLEAR, "", "None"},
        {WEIR__EVENT_IS_SET, "", "False"}, {WEIR__EVENT_SET, "", "None"},
        {WEIR__EVENT_SET, "", "None"},     {WEIR__EVENT_IS_SET, "", "True"},
        {WEIR__EVENT_WAIT, "", "None"},    {WEIR__EVENT_WAIT, "", "None"},
        {WEIR__EVENT_CLEAR, "", "None"},   {WEIR__EVENT_IS_SET, "", "False"},
        {WEIR__EVENT_WAIT, "1", "EINVAL"}, {WEIR__EVENT_SET, "1", "EINVAL"},
    };
    KIT_PLAY (kit, event, lines);
}
END_TEST

START_TEST (all_waiters_resume_in_the_order_of_their_requests)
{
    ck_assert_str_eq (by (B, WEIR__EVENT_WAIT), "");
    ck_assert_str_eq (by (A, WEIR__EVENT_WAIT), "");
    ck_assert_str_eq (by (B, WEIR__EVENT_WAIT), "");
    kit_restore (kit);
    kit_forget (kit);
    //  The event is cleared at once: they resume all the same.
    kit_begin (kit);
    uint64_t set = kit_add (kit, A2, event, WEIR__EVENT_SET, "");
    uint64_t clear = kit_add (kit, A2, event, WEIR__EVENT_CLEAR, "");
    kit_commit (kit);
    ck_assert_str_eq (kit_reply (kit, A2, set), "None");
    ck_assert_str_eq (kit_reply (kit, A2, clear), "None");
    const weir__origin_t order [] = {B, A, B};
    for (unsigned i = 0; i < 3; i++) {
        ck_assert_uint_eq (kit->replies [i].to.session, order [i].session);
        ck_assert_uint_eq (kit->replies [i].number, i == 1 ? 2 : 1 + i / 2);
        ck_assert_str_eq (kit->replies [i].text, "None");
    }
    ck_assert_str_eq (by (A, WEIR__EVENT_WAIT), "");
}
END_TEST

START_TEST (a_wait_is_refused_times_out_is_cancelled_or_vanishes)
{
    kit->timeout_ms = 0;
    ck_assert_str_eq (by (A, WEIR__EVENT_WAIT), "EAGAIN");
    ck_assert_str_eq (kit_sentence (kit), "event 'e': it is not set");
    kit->timeout_ms = 5;
    ck_assert_str_eq (by (A, WEIR__EVENT_WAIT), "");
    uint64_t timed = kit_last (kit, A);
    kit->timeout_ms = -1;
    ck_assert_str_eq (by (A2, WEIR__EVENT_WAIT), "");
    ck_assert_str_eq (by (B, WEIR__EVENT_WAIT), "");
    kit_wait (kit, 5);
    ck_assert_str_eq (kit_reply (kit, A, timed), "ETIMEDOUT");
    kit_record (kit, WEIR__RECORD_CANCEL, A2, kit_last (kit, A2));
    ck_assert_str_eq (kit_reply (kit, A2, kit_last (kit, A2)), "EINTR");
    kit_record (kit, WEIR__RECORD_EXPIRE, (weir__origin_t){2, 0}, 0);
    ck_assert_str_eq (by (A, WEIR__INFO),
                      "{'kind': 'event', 'name': 'e', 'sequence': 0, 'set': "
                      "False, 'waiting': 0, 'waiters': [], 'holders': []}");
    kit_forget (kit);
    ck_assert_str_eq (by (A, WEIR__EVENT_SET), "None");
    ck_assert_uint_eq (kit->reply_count, 1);
}
END_TEST

int main (void)
{
    Suite *suite = suite_create ("event");
    TCase *tcase = test_case (suite, "operations");
    tcase_add_checked_fixture (tcase, begin, end);
    tcase_add_test (tcase, an_event_is_set_or_not);
    tcase_add_test (tcase, all_waiters_resume_in_the_order_of_their_requests);
    tcase_add_test (tcase,
                    a_wait_is_refused_times_out_is_cancelled_or_vanishes);
    return test_main (suite);
}
