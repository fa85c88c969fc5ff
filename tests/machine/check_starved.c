/*  check_starved.c - machines without memory continue after any failure

    SPDX-License-Identifier: MPL-2.0
*/

#include <errno.h>
#include <string.h>

#include "codec/status.h"
#include "machine/snapshot.h"
#include "model/history.h"
#include "kit/machine.h"
#include "kit/support.h"
#include "kit/malloc.h"

#define LONG                                                                  \
    "'a long text, for which a reply has no room from the start, so that it " \
    "needs an allocation of its own'"

START_TEST (a_waiter_can_resume_after_a_failure)
{
    bool failed = true;
    for (unsigned n = 0; failed; n++) {
        kit_t *kit = kit_new ();
        uint64_t queue = kit_create (kit, B, WEIR__QUEUE, "None, 1");
        kit_ask (kit, A, queue, WEIR__QUEUE_GET, "");
        kit_ask (kit, A2, queue, WEIR__QUEUE_GET, "");
        kit_begin (kit);
        kit_add (kit, B, queue, WEIR__QUEUE_PUT, LONG);
        kit_add (kit, B, queue, WEIR__QUEUE_PUT, LONG);
        kit_add (kit, B, queue, WEIR__QUEUE_PUT, LONG);
        kit_add (kit, B, queue, WEIR__QUEUE_PUT, LONG);
        test_malloc_watch (n);
        kit_statuses_t statuses = kit_apply (
            kit->machine, (weir__bytes_t){kit->entry.data, kit->entry.size});
        failed = test_malloc_unwatch () > n;
        //  One waiting putter is left, unless it could not even wait.
        ck_assert_uint_eq (statuses.count, failed ? statuses.count : 5);
        kit_restore (kit);
        ck_assert_str_ne (kit_ask (kit, A, queue, WEIR__QUEUE_GET, ""), "");
        ck_assert_str_ne (kit_ask (kit, A, queue, WEIR__QUEUE_CLOSE, "True"),
                          "");
        ck_assert_ptr_nonnull (
            strstr (kit_read (kit, queue, WEIR__QUEUE_INFO, ""),
                    "[0, 1, True, 0, 0, "));
        kit_destroy (&kit);
    }
}
END_TEST

START_TEST (a_waiter_for_a_value_gets_it_or_an_error)
{
    bool failed = true;
    for (unsigned n = 0; failed; n++) {
        kit_t *kit = kit_new ();
        uint64_t var = kit_create (kit, B, WEIR__VAR, "None, [[1]]");
        kit_ask (kit, A, var, WEIR__VAR_WAIT_CHANGED, "[[1]]");
        kit_ask (kit, A2, var, WEIR__VAR_WAIT_AT_LEAST, "[[2]]");
        kit_begin (kit);
        kit_add (kit, B, var, WEIR__VAR_SET, "[[2], " LONG "]");
        test_malloc_watch (n);
        kit_statuses_t statuses = kit_apply (
            kit->machine, (weir__bytes_t){kit->entry.data, kit->entry.size});
        failed = test_malloc_unwatch () > n;
        //  Nobody resumes when the event was not set; all do when it was.
        bool was_set = statuses.errors [statuses.count - 1] == 0;
        ck_assert_uint_eq (statuses.count, was_set ? 3 : 1);
        ck_assert (failed || was_set);
        kit_restore (kit);
        kit_begin (kit);
        kit_add (kit, B, var, WEIR__VAR_SET, "[[3]]");
        statuses = kit_apply (
            kit->machine, (weir__bytes_t){kit->entry.data, kit->entry.size});
        ck_assert_uint_eq (statuses.count, was_set ? 1 : 3);
        kit_destroy (&kit);
    }
}
END_TEST

START_TEST (links_and_sessions_open_whole_or_not_at_all)
{
    static const weir__origin_t links [] = {{1, 3}, {7, 1}};
    for (int i = 0; i < 2; i++) {
        bool failed = true;
        for (unsigned n = 0; failed; n++) {
            kit_t *kit = kit_new ();
            uint64_t lock = kit_create (kit, A, WEIR__LOCK, "None");
            kit_record (kit, WEIR__RECORD_CLOSE, A, 0);
            kit_record (kit, WEIR__RECORD_CLOSE, A2, 0);
            kit_ask (kit, B, lock, WEIR__LOCK_ACQUIRE, "");
            uint64_t before = weir__machine_hash (kit->machine);
            kit_begin (kit);
            weir__record_t record = {
                .type = WEIR__RECORD_OPEN,
                .link = links [i].link,
                .session = links [i].session,
            };
            weir__entry_add (&kit->entry, &record);
            test_malloc_watch (n);
            kit_apply (kit->machine,
                       (weir__bytes_t){kit->entry.data, kit->entry.size});
            failed = test_malloc_unwatch () > n;
            if (weir__machine_hash (kit->machine) == before)
                ck_assert_str_eq (
                    kit_ask (kit, links [i], lock, WEIR__LOCK_INFO, ""),
                    "EPROTO");
            else
                ck_assert_str_eq (
                    kit_ask (kit, links [i], lock, WEIR__LOCK_INFO, ""),
                    "[True, 1, False, 0, 2, 1]");
            kit_restore (kit);
            kit_destroy (&kit);
        }
    }
}
END_TEST

START_TEST (a_wait_ends_even_without_memory)
{
    char name [300] = "'";
    memset (name + 1, 'n', 250);
    strcat (name, "'");
    bool failed = true;
    for (unsigned n = 0; failed; n++) {
        kit_t *kit = kit_new ();
        uint64_t lock = kit_create (kit, B, WEIR__LOCK, name);
        kit_ask (kit, B, lock, WEIR__LOCK_ACQUIRE, "");
        kit->timeout_ms = 10;
        kit_ask (kit, A, lock, WEIR__LOCK_ACQUIRE, "");
        kit->time_us += 10000;
        kit_begin (kit);
        test_malloc_watch (n);
        kit_statuses_t statuses = kit_apply (
            kit->machine, (weir__bytes_t){kit->entry.data, kit->entry.size});
        failed = test_malloc_unwatch () > n;
        ck_assert_uint_eq (statuses.count, 1);
        ck_assert_int_eq (statuses.errors [0], failed ? ENOMEM : ETIMEDOUT);
        kit_restore (kit);
        kit_destroy (&kit);
    }
}
END_TEST

START_TEST (machines_are_created_and_restored_whole_or_not_at_all)
{
    bool failed = true;
    for (unsigned n = 0; failed; n++) {
        test_malloc_watch (n);
        weir__machine_t *machine = weir__machine_new ();
        failed = test_malloc_unwatch () > n;
        ck_assert (!machine == failed);
        weir__machine_destroy (&machine);
    }
    kit_t *kit = kit_new ();
    kit_create (kit, A, WEIR__DICT, "'d'");
    kit_create (kit, A, WEIR__LIST, "None, [1, 2, 3]");
    kit_create (kit, A, WEIR__VAR, "None, 1");
    uint64_t lock = kit_create (kit, A, WEIR__LOCK, "'l'");
    uint64_t queue = kit_create (kit, A, WEIR__QUEUE, "None");
    kit_ask (kit, A, 1, WEIR__DICT_UPDATE, "{'a': 1, 'b': 2}");
    kit_ask (kit, A, queue, WEIR__QUEUE_PUT, "1");
    kit_ask (kit, A, lock, WEIR__LOCK_ACQUIRE, "");
    kit->timeout_ms = 10;
    kit_ask (kit, B, lock, WEIR__LOCK_ACQUIRE, "");
    kit_ask (kit, B, lock, WEIR__LOCK_RELEASE, "");
    weir__buffer_t snapshot = WEIR__BUFFER_INIT;
    weir__machine_save (kit->machine, &snapshot);
    weir__bytes_t bytes = {snapshot.data, snapshot.size};
    failed = true;
    for (unsigned n = 0; failed; n++) {
        errno = 0;
        test_malloc_watch (n);
        weir__machine_t *machine = weir__machine_load (bytes);
        failed = test_malloc_unwatch () > n;
        ck_assert (!machine == failed);
        ck_assert (!failed || errno == ENOMEM);
        weir__machine_destroy (&machine);
    }
    weir__buffer_free (&snapshot);
    kit_destroy (&kit);
}
END_TEST

START_TEST (snapshots_hashes_and_reads_say_when_memory_is_out)
{
    kit_t *kit = kit_new ();
    uint64_t list = kit_create (kit, A, WEIR__LIST, "None, [1, " LONG "]");
    weir__buffer_t buffer = WEIR__BUFFER_INIT;
    weir__request_body_t body = {.object = list, .op = WEIR__LIST_SIZE};
    test_malloc_watch (0);
    weir__machine_save (kit->machine, &buffer);
    uint64_t hash = weir__machine_hash (kit->machine);
    test_malloc_unwatch ();
    ck_assert (buffer.failed);
    ck_assert_uint_ne (hash, 0); //  only the first one failed
    weir__buffer_free (&buffer);
    test_malloc_watch (0);
    hash = weir__machine_hash (kit->machine);
    test_malloc_unwatch ();
    ck_assert_uint_eq (hash, 0);
    test_malloc_watch (0);
    weir__machine_read (kit->machine, &body, &buffer);
    test_malloc_unwatch ();
    //  The refusal itself needed no more memory.
    ck_assert (!buffer.failed);
    ck_assert_int_eq (weir__status_error (buffer.data [0]), ENOMEM);
    weir__buffer_free (&buffer);
    kit_destroy (&kit);
}
END_TEST

START_TEST (a_snapshot_needs_memory_for_all_of_it)
{
    kit_t *kit = kit_new ();
    uint64_t queue = kit_create (kit, A, WEIR__QUEUE, "None");
    kit_ask (kit, A, queue, WEIR__QUEUE_PUT, "1");
    bool failed = true;
    for (unsigned n = 0; failed; n++) {
        weir__buffer_t buffer = WEIR__BUFFER_INIT;
        test_malloc_watch (n);
        weir__machine_save (kit->machine, &buffer);
        failed = test_malloc_unwatch () > n;
        ck_assert_int_eq (buffer.failed, failed);
        weir__buffer_free (&buffer);
    }
    kit_destroy (&kit);
}
END_TEST

static void tell_history (void *context, weir__origin_t to, uint64_t number,
                          weir__bytes_t body)
{
    history_reply (context, to, number, body);
}

//  A long random history in which one allocation in a few entries fails.
START_TEST (a_history_continues_after_any_failed_allocation)
{
    uint64_t state = test_seed () + (uint64_t) _i;
    history_t *history = history_new (test_random (&state));
    kit_t *kit = kit_new ();
    weir__sink_t sink = {tell_history, history};
    for (int i = 0; i < 1500; i++) {
        history_next (history);
        weir__bytes_t entry = {history->entry.data, history->entry.size};
        test_malloc_watch ((unsigned) test_random_below (&state, 100));
        int rc = weir__machine_apply (kit->machine, entry, &sink);
        test_malloc_unwatch ();
        ck_assert_int_eq (rc, 0);
        if (i % 100 == 0)
            kit_restore (kit);
    }
    kit_restore (kit);
    history_destroy (&history);
    kit_destroy (&kit);
}
END_TEST

int main (void)
{
    Suite *suite = suite_create ("machines without memory");
    TCase *tcase = test_case (suite, "machines");
    tcase_add_test (tcase, a_waiter_can_resume_after_a_failure);
    tcase_add_test (tcase, a_waiter_for_a_value_gets_it_or_an_error);
    tcase_add_test (tcase, links_and_sessions_open_whole_or_not_at_all);
    tcase_add_test (tcase, a_wait_ends_even_without_memory);
    tcase_add_test (tcase,
                    machines_are_created_and_restored_whole_or_not_at_all);
    tcase_add_test (tcase, snapshots_hashes_and_reads_say_when_memory_is_out);
    tcase_add_test (tcase, a_snapshot_needs_memory_for_all_of_it);
    tcase_add_loop_test (tcase, a_history_continues_after_any_failed_allocation,
                         0, 10);
    return test_main (suite);
}
