/*  check_condition_notice.c - a notice survives the death of the waiter that
    received it

    SPDX-License-Identifier: MPL-2.0
*/

#include <signal.h>
#include <stdio.h>

#include "codec/status.h"
#include "kit/machine.h"
#include "kit/shared.h"

//  ---------------------------------------------------------------------------
//  The machine

//  More threads of B's process, and other processes.
#define B2 ((weir__origin_t){2, 2})
#define C ((weir__origin_t){3, 1})
#define D ((weir__origin_t){4, 1})

static kit_t *kit;
static uint64_t lock, condition;
static char lock_arg [24];

static void begin (void)
{
    char args [40];
    kit = kit_new ();
    kit_record (kit, WEIR__RECORD_OPEN, B2, 2);
    kit_record (kit, WEIR__RECORD_OPEN, C, 3);
    kit_record (kit, WEIR__RECORD_OPEN, D, 4);
    lock = kit_create (kit, A, WEIR__LOCK, "'l'");
    snprintf (lock_arg, sizeof lock_arg, "%d", (int) lock);
    snprintf (args, sizeof args, "'c', %s", lock_arg);
    condition = kit_create (kit, A, WEIR__CONDITION, args);
}

static const char *acquire (weir__origin_t who)
{
    return kit_ask (kit, who, lock, WEIR__LOCK_ACQUIRE, "");
}

static void release (weir__origin_t who)
{
    ck_assert_str_eq (kit_ask (kit, who, lock, WEIR__LOCK_RELEASE, ""), "0");
}

static uint64_t waits (weir__origin_t who)
{
    ck_assert_str_eq (
        kit_ask (kit, who, condition, WEIR__CONDITION_WAIT, lock_arg), "");
    return kit_last (kit, who);
}

static void notify (weir__origin_t who)
{
    ck_assert_str_eq (
        kit_ask (kit, who, condition, WEIR__CONDITION_NOTIFY, "1"), "1");
}

//  B, then C wait; A holds the lock and has notified B.
static void notify_b (uint64_t *ret_b, uint64_t *ret_c)
{
    begin ();
    ck_assert_str_eq (acquire (B), "[1, False]");
    *ret_b = waits (B);
    ck_assert_str_eq (acquire (C), "[2, False]");
    *ret_c = waits (C);
    ck_assert_str_eq (acquire (A), "[3, False]");
    notify (A);
}

static const weir__record_type_t ends [] = {
    WEIR__RECORD_EXPIRE,
    WEIR__RECORD_CLOSE,
};

START_TEST (a_waiter_that_ends_in_the_line_of_the_lock_leaves_its_notice)
{
    uint64_t b, c;
    notify_b (&b, &c);
    kit_restore (kit);
    kit_record (kit, ends [_i], B, 0);
    kit_restore (kit);
    release (A);
    ck_assert_str_eq (kit_reply (kit, C, c), "[4, False, 0]");
    kit_destroy (&kit);
}
END_TEST

START_TEST (a_waiter_that_ends_before_it_has_read_the_reply_leaves_its_notice)
{
    uint64_t b, c;
    notify_b (&b, &c);
    release (A);
    ck_assert_str_eq (kit_reply (kit, B, b), "[4, False, 0]");
    kit_restore (kit);
    ck_assert_str_eq (kit_reply (kit, C, c), "");
    kit_record (kit, ends [_i], B, 0);
    ck_assert_str_eq (kit_reply (kit, C, c), "[5, True, 0]");
    kit_destroy (&kit);
}
END_TEST

START_TEST (a_notice_goes_from_one_dead_waiter_to_the_next)
{
    begin ();
    ck_assert_str_eq (acquire (B), "[1, False]");
    waits (B);
    ck_assert_str_eq (acquire (C), "[2, False]");
    waits (C);
    ck_assert_str_eq (acquire (D), "[3, False]");
    uint64_t d = waits (D);
    ck_assert_str_eq (acquire (A), "[4, False]");
    notify (A);
    kit_record (kit, WEIR__RECORD_EXPIRE, B, 0);
    kit_restore (kit);
    kit_record (kit, WEIR__RECORD_EXPIRE, C, 0);
    release (A);
    ck_assert_str_eq (kit_reply (kit, D, d), "[5, False, 0]");
    kit_destroy (&kit);
}
END_TEST

START_TEST (a_notice_that_was_acknowledged_is_used_up)
{
    uint64_t b, c;
    notify_b (&b, &c);
    release (A);
    ck_assert_str_eq (kit_reply (kit, B, b), "[4, False, 0]");
    kit_create (kit, B, WEIR__DICT, "None");
    kit_record (kit, ends [_i], B, 0);
    ck_assert_str_eq (kit_reply (kit, C, c), "");
    ck_assert_str_eq (acquire (A), "[5, True]");
    notify (A);
    release (A);
    ck_assert_str_eq (kit_reply (kit, C, c), "[6, False, 0]");
    kit_destroy (&kit);
}
END_TEST

START_TEST (a_waiter_that_comes_after_a_notice_does_not_get_it)
{
    begin ();
    ck_assert_str_eq (acquire (B), "[1, False]");
    waits (B);
    ck_assert_str_eq (acquire (A), "[2, False]");
    ck_assert_str_eq (acquire (C), "");
    notify (A);
    release (A);
    uint64_t c = waits (C);
    kit_restore (kit);
    kit_record (kit, WEIR__RECORD_EXPIRE, B, 0);
    ck_assert_str_eq (kit_reply (kit, C, c), "");
    kit_destroy (&kit);
}
END_TEST

//  Otherwise the newer notice is spent on a waiter that could have had the
//  older one.
START_TEST (the_oldest_notice_of_a_dead_process_passes_on_first)
{
    begin ();
    ck_assert_str_eq (acquire (B2), "[1, False]");
    waits (B2);
    ck_assert_str_eq (acquire (B), "[2, False]");
    waits (B);
    ck_assert_str_eq (acquire (C), "[3, False]");
    uint64_t c = waits (C);
    ck_assert_str_eq (acquire (A), "[4, False]");
    ck_assert_str_eq (acquire (D), "");
    notify (A);
    release (A);
    uint64_t d = waits (D);
    kit->acks = false;
    notify (B2);
    kit->acks = true;
    kit_restore (kit);
    kit_record (kit, WEIR__RECORD_EXPIRE, B, 0);
    ck_assert_str_eq (kit_reply (kit, C, c), "[7, True, 0]");
    release (C);
    ck_assert_str_eq (kit_reply (kit, D, d), "[8, False, 0]");
    kit_destroy (&kit);
}
END_TEST

START_TEST (an_interrupted_wait_has_used_up_no_notice)
{
    uint64_t b, c;
    notify_b (&b, &c);
    char interrupted [40];
    kit_record (kit, WEIR__RECORD_CANCEL, B, b);
    release (A);
    ck_assert_str_eq (kit_reply (kit, B, b), "[4, False, 0]");
    b = waits (B);
    ck_assert_str_eq (acquire (A), "[5, False]");
    kit_record (kit, WEIR__RECORD_CANCEL, C, c);
    notify (A);
    release (A);
    snprintf (interrupted, sizeof interrupted, "[6, False, %d]",
              weir__status_of (EINTR));
    ck_assert_str_eq (kit_reply (kit, C, c), interrupted);
    release (C);
    ck_assert_str_eq (kit_reply (kit, B, b), "[7, False, 0]");
    kit_destroy (&kit);
}
END_TEST

//  ---------------------------------------------------------------------------
//  Between processes

enum { ROUNDS = TEST_IS_WATCHED ? 15 : 60 };

typedef struct scene {
    weir_owner_t *owner;
    weir_lock_t *lock;
    weir_condition_t *condition;
    test_latch_t *go, *done;
} scene_t;

static void open_scene (scene_t *scene, int form)
{
    *scene = (scene_t){.owner = shared_owner (form)};
    exists (scene->lock = weir_lock_new (scene->owner, "lock"));
    scene->condition =
        weir_condition_new (scene->owner, "condition", scene->lock);
    exists (scene->condition);
    scene->go = test_latch_new ();
    scene->done = test_latch_new ();
}

static void close_scene (scene_t *scene)
{
    test_latch_destroy (&scene->go);
    test_latch_destroy (&scene->done);
    weir_condition_destroy (&scene->condition);
    weir_lock_destroy (&scene->lock);
    shared_owner_end (&scene->owner);
}

static void wait_once (void *arg)
{
    scene_t *scene = arg;
    test_must (weir_lock_acquire (scene->lock, -1) == 0);
    test_must (weir_condition_wait (scene->condition, scene->lock,
                                    TEST_PATIENCE_MS) == 0);
    test_must (weir_lock_release (scene->lock) == 0);
}

static void wait_each_round (void *arg)
{
    scene_t *scene = arg;
    for (unsigned round = 1; round <= ROUNDS; round++) {
        test_must (
            test_latch_wait_for (scene->go, round, 2 * TEST_PATIENCE_MS));
        wait_once (scene);
        test_latch_open (scene->done);
    }
}

static void notify_one (scene_t *scene, pid_t dies)
{
    works (weir_lock_acquire (scene->lock, -1));
    ck_assert_int_eq (weir_condition_notify (scene->condition, 1), 1);
    if (dies)
        test_kill (dies);
    works (weir_lock_release (scene->lock));
}

//  The victim, which waits first, dies before the notice, with the notice in
//  the line of the lock, or with the lock, before it knows of the grant.
START_TEST (the_living_waiter_gets_the_notice_of_a_killed_one)
{
    scene_t scene;
    open_scene (&scene, _i);
    pid_t living = test_fork (wait_each_round, &scene);
    for (unsigned round = 1; round <= ROUNDS; round++) {
        pid_t victim = test_fork (wait_once, &scene);
        ck_assert (shared_await_waiters (scene.condition, 1));
        test_latch_open (scene.go);
        ck_assert (shared_await_waiters (scene.condition, 2));
        if (round % 3 == 0)
            test_kill (victim);
        else if (round % 3 == 2)
            ck_assert_int_eq (kill (victim, SIGSTOP), 0);
        notify_one (&scene, round % 3 == 1 ? victim : 0);
        if (round % 3 == 2)
            test_kill (victim);
        ck_assert_msg (
            test_latch_wait_for (scene.done, round, TEST_PATIENCE_MS),
            "round %u: the notice is lost", round);
    }
    ck_assert_int_eq (test_join (living), 0);
    close_scene (&scene);
}
END_TEST

//  Counts the calls; returns true from the second one on.
static bool is_asked_again (void *arg)
{
    int *count = arg;
    return ++*count > 1;
}

START_TEST (wait_for_tests_its_predicate_once_more_at_its_timeout)
{
    scene_t scene;
    int count = 0;
    open_scene (&scene, _i);
    works (weir_lock_acquire (scene.lock, -1));
    works (weir_condition_wait_for (scene.condition, scene.lock, is_asked_again,
                                    &count, 5));
    ck_assert_int_eq (count, 2);
    works (weir_lock_release (scene.lock));
    close_scene (&scene);
}
END_TEST

int main (void)
{
    test_plain_only ();
    Suite *suite = suite_create ("condition, notices");
    TCase *tcase = test_case (suite, "machine");
    tcase_add_loop_test (
        tcase, a_waiter_that_ends_in_the_line_of_the_lock_leaves_its_notice, 0,
        2);
    tcase_add_loop_test (
        tcase,
        a_waiter_that_ends_before_it_has_read_the_reply_leaves_its_notice, 0,
        2);
    tcase_add_test (tcase, a_notice_goes_from_one_dead_waiter_to_the_next);
    tcase_add_loop_test (tcase, a_notice_that_was_acknowledged_is_used_up, 0,
                         2);
    tcase_add_test (tcase, a_waiter_that_comes_after_a_notice_does_not_get_it);
    tcase_add_test (tcase, the_oldest_notice_of_a_dead_process_passes_on_first);
    tcase_add_test (tcase, an_interrupted_wait_has_used_up_no_notice);
    tcase = test_case (suite, "processes");
    tcase_add_loop_test (tcase,
                         the_living_waiter_gets_the_notice_of_a_killed_one, 0,
                         SHARED_FORKING_FORMS);
    tcase_add_loop_test (tcase,
                         wait_for_tests_its_predicate_once_more_at_its_timeout,
                         0, SHARED_FORMS);
    tcase_set_timeout (tcase, 60);
    return test_main (suite);
}
