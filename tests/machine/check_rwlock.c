/*  check_rwlock.c - the kind rwlock: many readers, or one writer

    SPDX-License-Identifier: MPL-2.0
*/

#include <string.h>

#include "kit/machine.h"
#include "kit/support.h"

enum {
    READ = WEIR__RWLOCK_ACQUIRE_READ,
    WRITE = WEIR__RWLOCK_ACQUIRE_WRITE,
    RELEASE = WEIR__RWLOCK_RELEASE,
    TELL = WEIR__RWLOCK_INFO
};

static kit_t *kit;
static uint64_t lock;

static void begin (void)
{
    kit = kit_new ();
    lock = kit_create (kit, A, WEIR__RWLOCK, "'l'");
}

static void end (void)
{
    kit_destroy (&kit);
}

static const char *by (weir__origin_t who, unsigned op)
{
    const char *reply = kit_ask (kit, who, lock, op, "");
    kit_restore (kit);
    return reply;
}

START_TEST (many_read_or_one_writes)
{
    ck_assert_str_eq (by (A, READ), "[1, False]");
    ck_assert_str_eq (by (B, READ), "[2, False]");
    ck_assert_str_eq (by (A, TELL), "[False, 2, 2, False, 0]");
    ck_assert_str_eq (by (A2, WRITE), "");
    uint64_t writer = kit_last (kit, A2);
    ck_assert_str_eq (by (A, RELEASE), "0");
    ck_assert_str_eq (kit_reply (kit, A2, writer), "");
    ck_assert_str_eq (by (B, RELEASE), "0");
    ck_assert_str_eq (kit_reply (kit, A2, writer), "[3, False]");
    ck_assert_str_eq (by (A, TELL), "[True, 0, 3, False, 0]");
    ck_assert_str_eq (by (A, RELEASE), "EPERM");
    ck_assert_str_eq (by (A2, RELEASE), "0");
    ck_assert_str_eq (by (A2, RELEASE), "EPERM");
    ck_assert_str_eq (kit_sentence (kit),
                      "rwlock 'l': nobody holds it; acquire it first");
}
END_TEST

START_TEST (a_reader_waits_behind_a_writer_that_waits)
{
    by (A, READ);
    ck_assert_str_eq (by (B, WRITE), "");
    uint64_t writer = kit_last (kit, B);
    kit->timeout_ms = 0;
    ck_assert_str_eq (by (A2, READ), "EAGAIN");
    ck_assert_str_eq (kit_sentence (kit),
                      "rwlock 'l': another thread holds it for writing, or "
                      "waits to");
    kit->timeout_ms = -1;
    ck_assert_str_eq (by (A2, READ), "");
    uint64_t reader = kit_last (kit, A2);
    //  A holder does not wait behind a waiter that waits for it.
    ck_assert_str_eq (by (A, READ), "[1, False]");
    ck_assert_str_eq (by (A, RELEASE), "1");
    ck_assert_str_eq (by (A, RELEASE), "0");
    ck_assert_str_eq (kit_reply (kit, B, writer), "[2, False]");
    ck_assert_str_eq (kit_reply (kit, A2, reader), "");
    ck_assert_str_eq (by (A, READ), "");
    uint64_t second = kit_last (kit, A);
    ck_assert_str_eq (by (B, RELEASE), "0");
    ck_assert_str_eq (kit_reply (kit, A2, reader), "[3, False]");
    ck_assert_str_eq (kit_reply (kit, A, second), "[4, False]");
}
END_TEST

//  The ways in which it leaves: timeout, signal or end.
START_TEST (readers_behind_a_writer_that_leaves_resume)
{
    by (A, READ);
    kit->timeout_ms = _i == 0 ? 5 : -1;
    ck_assert_str_eq (by (B, WRITE), "");
    uint64_t writer = kit_last (kit, B);
    kit->timeout_ms = -1;
    ck_assert_str_eq (by (A2, READ), "");
    uint64_t reader = kit_last (kit, A2);
    if (_i == 0)
        kit_wait (kit, 5);
    if (_i == 1)
        kit_record (kit, WEIR__RECORD_CANCEL, B, writer);
    if (_i == 2)
        kit_record (kit, WEIR__RECORD_EXPIRE, (weir__origin_t){2, 0}, 0);
    if (_i == 3)
        kit_record (kit, WEIR__RECORD_CLOSE, B, 0);
    static const char *const ends [] = {"ETIMEDOUT", "EINTR", "", ""};
    ck_assert_str_eq (kit_reply (kit, B, writer), ends [_i]);
    ck_assert_str_eq (kit_reply (kit, A2, reader), "[2, False]");
    ck_assert_str_eq (by (A, TELL), "[False, 2, 2, False, 0]");
}
END_TEST

START_TEST (a_dropped_rwlock_is_granted_to_nobody)
{
    by (A, READ);
    ck_assert_str_eq (by (B, WRITE), "");
    ck_assert_str_eq (by (A2, READ), "");
    char id [] = {(char) ('0' + lock), '\0'};
    ck_assert_str_eq (kit_ask (kit, A, 0, WEIR__DIRECTORY_DROP, id), "None");
    ck_assert_str_eq (kit_reply (kit, B, kit_last (kit, B)), "ENOENT");
    ck_assert_str_eq (kit_reply (kit, A2, kit_last (kit, A2)), "ENOENT");
}
END_TEST

START_TEST (a_dead_writers_lock_is_abandoned_until_a_writer_releases_it)
{
    by (B, WRITE);
    ck_assert_str_eq (by (A, READ), "");
    uint64_t reader = kit_last (kit, A);
    kit_record (kit, WEIR__RECORD_EXPIRE, (weir__origin_t){2, 0}, 0);
    ck_assert_str_eq (kit_reply (kit, A, reader), "[2, True]");
    ck_assert_str_eq (by (A, RELEASE), "0");
    ck_assert_str_eq (by (A, WRITE), "[3, True]");
    ck_assert_str_eq (by (A, TELL), "[True, 0, 3, True, 0]");
    ck_assert_str_eq (by (A, RELEASE), "0");
    ck_assert_str_eq (by (A, WRITE), "[4, False]");
    ck_assert_str_eq (by (A, RELEASE), "0");
    //  A reader leaves nothing half done.
    ck_assert_str_eq (by (A, READ), "[5, False]");
    ck_assert_str_eq (by (A, READ), "[5, False]");
    ck_assert_str_eq (by (A2, WRITE), "");
    kit_record (kit, WEIR__RECORD_CLOSE, A, 0);
    ck_assert_str_eq (kit_reply (kit, A2, kit_last (kit, A2)), "[6, False]");
}
END_TEST

START_TEST (a_holder_does_not_wait_for_its_own_rwlock)
{
    by (A, READ);
    ck_assert_str_eq (by (A, WRITE), "EDEADLK");
    ck_assert_str_eq (kit_sentence (kit),
                      "rwlock 'l': this thread holds it for reading already, "
                      "and would wait for itself; release it first");
    kit->timeout_ms = 5; //  then it ends
    ck_assert_str_eq (by (A, WRITE), "");
    kit_wait (kit, 5);
    ck_assert_str_eq (kit_reply (kit, A, kit_last (kit, A)), "ETIMEDOUT");
    kit->timeout_ms = 0;
    ck_assert_str_eq (by (A, WRITE), "EAGAIN");
    kit->timeout_ms = -1;
    ck_assert_str_eq (by (A, RELEASE), "0");
    by (A, WRITE);
    for (unsigned op = READ; op <= WRITE; op++) {
        ck_assert_str_eq (by (A, op), "EDEADLK");
        ck_assert_ptr_nonnull (strstr (kit_sentence (kit), "for writing"));
    }
    kit->timeout_ms = 0;
    ck_assert_str_eq (by (A, READ), "EAGAIN");
    ck_assert_str_eq (by (A, RELEASE), "0");
}
END_TEST

//  A reads and B waits to write; A2, which holds m, waits behind B: A must not
//  wait for m, unless B's wait ends by itself.
START_TEST (a_reader_behind_a_writer_is_part_of_circles)
{
    uint64_t m = kit_create (kit, A, WEIR__LOCK, "'m'");
    by (A, READ);
    kit_ask (kit, A2, m, WEIR__LOCK_ACQUIRE, "");
    kit->timeout_ms = _i ? 5 : -1;
    ck_assert_str_eq (by (B, WRITE), "");
    kit->timeout_ms = -1;
    ck_assert_str_eq (by (A2, READ), "");
    ck_assert_str_eq (kit_ask (kit, A, m, WEIR__LOCK_ACQUIRE, ""),
                      _i ? "" : "EDEADLK");
    kit_wait (kit, 5);
    ck_assert_str_eq (kit_reply (kit, A2, kit_last (kit, A2)),
                      _i ? "[2, False]" : "");
}
END_TEST

//  The same, closed by the reader.
START_TEST (a_reader_does_not_close_a_circle_behind_a_writer)
{
    uint64_t m = kit_create (kit, A, WEIR__LOCK, "'m'");
    by (A, READ);
    kit_ask (kit, A2, m, WEIR__LOCK_ACQUIRE, "");
    kit->timeout_ms = _i ? 5 : -1;
    ck_assert_str_eq (by (B, WRITE), "");
    kit->timeout_ms = -1;
    ck_assert_str_eq (kit_ask (kit, A, m, WEIR__LOCK_ACQUIRE, ""), "");
    ck_assert_str_eq (by (A2, READ), _i ? "" : "EDEADLK");
    kit_wait (kit, 5);
    if (_i)
        ck_assert_str_eq (kit_reply (kit, A2, kit_last (kit, A2)),
                          "[2, False]");
    ck_assert_str_eq (by (A2, WRITE), "EDEADLK");
}
END_TEST

int main (void)
{
    Suite *suite = suite_create ("rwlock");
    TCase *tcase = test_case (suite, "operations");
    tcase_add_checked_fixture (tcase, begin, end);
    tcase_add_test (tcase, many_read_or_one_writes);
    tcase_add_test (tcase, a_reader_waits_behind_a_writer_that_waits);
    tcase_add_loop_test (tcase, readers_behind_a_writer_that_leaves_resume, 0,
                         4);
    tcase_add_test (tcase, a_dropped_rwlock_is_granted_to_nobody);
    tcase_add_test (
        tcase, a_dead_writers_lock_is_abandoned_until_a_writer_releases_it);
    tcase_add_test (tcase, a_holder_does_not_wait_for_its_own_rwlock);
    tcase_add_loop_test (tcase, a_reader_behind_a_writer_is_part_of_circles, 0,
                         2);
    tcase_add_loop_test (
        tcase, a_reader_does_not_close_a_circle_behind_a_writer, 0, 2);
    return test_main (suite);
}
