/*  check_deadlock_condition.c - circles that close when a wait at a condition
    reacquires its lock

    SPDX-License-Identifier: MPL-2.0
*/

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "codec/status.h"
#include "kit/machine.h"
#include "kit/shared.h"

//  ---------------------------------------------------------------------------
//  The machine

static kit_t *kit;
static uint64_t lock, condition;

static uint64_t condition_of (uint64_t its_lock)
{
    char args [40];
    snprintf (args, sizeof args, "None, %d", (int) its_lock);
    return kit_create (kit, A, WEIR__CONDITION, args);
}

static void begin (void)
{
    kit = kit_new ();
    lock = kit_create (kit, A, WEIR__LOCK, "'l'");
    condition = condition_of (lock);
}

static void end (void)
{
    kit_destroy (&kit);
}

static const char *ask (weir__origin_t who, uint64_t object, unsigned op)
{
    return kit_ask (kit, who, object, op, "");
}

static void takes (weir__origin_t who, uint64_t its_lock)
{
    ck_assert_str_ne (ask (who, its_lock, WEIR__LOCK_ACQUIRE), "");
}

//  Lets the link begin to wait for an object that another one holds.
static uint64_t waits (weir__origin_t who, uint64_t object, unsigned op)
{
    ck_assert_str_eq (ask (who, object, op), "");
    return kit_last (kit, who);
}

//  The link waits at the condition of a lock that it holds until the timeout.
static uint64_t waits_at (weir__origin_t who, uint64_t at, uint64_t its_lock,
                          int timeout_ms)
{
    char args [24];
    snprintf (args, sizeof args, "%d", (int) its_lock);
    kit->timeout_ms = timeout_ms;
    ck_assert_str_eq (kit_ask (kit, who, at, WEIR__CONDITION_WAIT, args), "");
    kit->timeout_ms = -1;
    return kit_last (kit, who);
}

//  A wait that timed out has its lock again, by that grant.
static void has_come_back (weir__origin_t who, uint64_t wait, unsigned token)
{
    char text [60];
    snprintf (text, sizeof text, "[%u, False, %d]", token,
              weir__status_of (ETIMEDOUT));
    ck_assert_str_eq (kit_reply (kit, who, wait), text);
}

//  The object that A holds, its operations, and B's request for it.
static const struct {
    int kind;
    unsigned take;
    unsigned want;
    const char *args; //  of take
} things [] = {
    {WEIR__LOCK, WEIR__LOCK_ACQUIRE, WEIR__LOCK_ACQUIRE, ""},
    {WEIR__RLOCK, WEIR__LOCK_ACQUIRE, WEIR__LOCK_ACQUIRE, ""},
    {WEIR__RWLOCK, WEIR__RWLOCK_ACQUIRE_READ, WEIR__RWLOCK_ACQUIRE_WRITE, ""},
    {WEIR__RWLOCK, WEIR__RWLOCK_ACQUIRE_WRITE, WEIR__RWLOCK_ACQUIRE_READ, ""},
    {WEIR__SEMAPHORE, WEIR__SEMAPHORE_ACQUIRE, WEIR__SEMAPHORE_ACQUIRE, ""},
    {WEIR__SEMAPHORE, WEIR__SEMAPHORE_ACQUIRE, WEIR__SEMAPHORE_CONSUME, ""},
    {WEIR__QUEUE, WEIR__QUEUE_GET_LEASE, WEIR__QUEUE_JOIN, "-1"},
};
enum { THINGS = sizeof things / sizeof *things };

static uint64_t thing_that_a_holds (int i)
{
    uint64_t thing = kit_create (kit, A, things [i].kind, "'x'");
    if (things [i].kind == WEIR__QUEUE)
        kit_ask (kit, A, thing, WEIR__QUEUE_PUT, "1");
    ck_assert_str_ne (kit_ask (kit, A, thing, things [i].take, things [i].args),
                      "");
    return thing;
}

//  A holds x and waits at the condition; B holds the lock and waits for x.
START_TEST (a_holder_of_a_lock_that_a_wait_needs_back_is_refused)
{
    static const char *const kinds [] = {
        [WEIR__LOCK] = "lock",     [WEIR__RLOCK] = "rlock",
        [WEIR__RWLOCK] = "rwlock", [WEIR__SEMAPHORE] = "semaphore",
        [WEIR__QUEUE] = "queue",
    };
    uint64_t thing = thing_that_a_holds (_i);
    takes (A, lock);
    uint64_t at_condition = waits_at (A, condition, lock, 5);
    takes (B, lock);
    uint64_t victim = waits (B, thing, things [_i].want);
    kit_restore (kit);
    ck_assert_str_eq (kit_reply (kit, B, victim), "");
    kit_wait (kit, 5);
    ck_assert_str_eq (kit_reply (kit, B, victim), "EDEADLK");
    char sentence [200];
    snprintf (sentence, sizeof sentence,
              "%s 'x': waiting for it would never end: this thread (1 of "
              "process 0) holds lock 'l'; thread 1 of process 0 waits for it "
              "and holds %s 'x'",
              kinds [things [_i].kind], kinds [things [_i].kind]);
    ck_assert_str_eq (kit_sentence (kit), sentence);
    ck_assert_str_eq (kit_reply (kit, A, at_condition), "");
    kit_restore (kit);
    ck_assert_str_eq (ask (B, lock, WEIR__LOCK_RELEASE), "0");
    has_come_back (A, at_condition, 3);
}
END_TEST

//  B holds the lock that A2's wait has come back to, A2 the one of A's.
START_TEST (a_wait_that_has_reacquired_its_lock_is_not_refused)
{
    uint64_t x = kit_create (kit, A, WEIR__LOCK, "'x'");
    uint64_t second = kit_create (kit, A, WEIR__RLOCK, "'m'");
    uint64_t of_second = condition_of (second);
    takes (A, x);
    takes (A, lock);
    uint64_t first_wait = waits_at (A, condition, lock, 5);
    takes (A2, lock);
    takes (A2, second);
    uint64_t second_wait = waits_at (A2, of_second, second, 3);
    takes (B, second);
    uint64_t victim = waits (B, x, WEIR__LOCK_ACQUIRE);
    kit_wait (kit, 3);
    ck_assert_str_eq (kit_reply (kit, B, victim), "");
    kit_restore (kit);
    kit_wait (kit, 2);
    ck_assert_str_eq (kit_reply (kit, B, victim), "EDEADLK");
    ck_assert_str_eq (
        kit_sentence (kit),
        "lock 'x': waiting for it would never end: this thread (1 of process "
        "0) holds rlock 'm'; thread 2 of process 0 waits for it and holds "
        "lock 'l'; thread 1 of process 0 waits for it and holds lock 'x'");
    ck_assert_str_eq (ask (B, second, WEIR__LOCK_RELEASE), "0");
    has_come_back (A2, second_wait, 3);
    ck_assert_str_eq (ask (A2, lock, WEIR__LOCK_RELEASE), "0");
    has_come_back (A, first_wait, 3);
}
END_TEST

//  Uncertain cases: B's wait ends by itself; the hold of B's lock does; B waits
//  for two objects; A does.
START_TEST (a_wait_that_may_end_closes_no_circle)
{
    uint64_t x = kit_create (kit, A, WEIR__LOCK, "'x'");
    uint64_t event = kit_create (kit, A, WEIR__EVENT, "'e'");
    takes (A, x);
    takes (A, lock);
    uint64_t at_condition = waits_at (A, condition, lock, 5);
    if (_i == 3)
        waits (A, event, WEIR__EVENT_WAIT);
    kit_ask (kit, B, lock, WEIR__LOCK_ACQUIRE, _i == 1 ? "10" : "");
    kit->timeout_ms = _i == 0 ? 10 : -1;
    uint64_t wait = waits (B, x, WEIR__LOCK_ACQUIRE);
    kit->timeout_ms = -1;
    if (_i == 2)
        waits (B, event, WEIR__EVENT_WAIT);
    kit_wait (kit, 5);
    ck_assert_str_eq (kit_reply (kit, B, wait), "");
    ck_assert_str_eq (kit_reply (kit, A, at_condition), "");
    kit_wait (kit, 5);
    ck_assert_str_eq (kit_reply (kit, B, wait), _i == 0 ? "ETIMEDOUT" : "");
    ck_assert_str_eq (ask (B, lock, WEIR__LOCK_RELEASE),
                      _i == 1 ? "EPERM" : "0");
    ck_assert_str_eq (ask (A, x, WEIR__LOCK_RELEASE), "0");
    ck_assert_str_eq (kit_reply (kit, B, wait),
                      _i == 0 ? "ETIMEDOUT" : "[2, False]");
}
END_TEST

START_TEST (a_refused_writer_lets_readers_behind_it_in)
{
    uint64_t x = kit_create (kit, A, WEIR__RWLOCK, "'x'");
    ck_assert_str_ne (ask (A, x, WEIR__RWLOCK_ACQUIRE_READ), "");
    takes (A, lock);
    waits_at (A, condition, lock, 5);
    takes (B, lock);
    uint64_t writer = waits (B, x, WEIR__RWLOCK_ACQUIRE_WRITE);
    uint64_t reader = waits (A2, x, WEIR__RWLOCK_ACQUIRE_READ);
    kit_wait (kit, 5);
    ck_assert_str_eq (kit_reply (kit, B, writer), "EDEADLK");
    ck_assert_str_eq (kit_reply (kit, A2, reader), "[2, False]");
}
END_TEST

//  By a link with several requests under way: nobody can be refused.
START_TEST (a_lock_taken_while_its_wait_needs_it_can_be_released)
{
    takes (A, lock);
    uint64_t at_condition = waits_at (A, condition, lock, 5);
    takes (A, lock);
    kit_wait (kit, 5);
    ck_assert_str_eq (kit_reply (kit, A, at_condition), "");
    ck_assert_str_eq (ask (A, lock, WEIR__LOCK_RELEASE), "0");
    has_come_back (A, at_condition, 3);
}
END_TEST

//  ---------------------------------------------------------------------------
//  Between processes

typedef struct scene {
    weir_owner_t *owner;
    weir_lock_t *lock, *other;
    weir_condition_t *condition;
    test_latch_t *ready;
} scene_t;

static void wait_with_the_other (void *arg)
{
    scene_t *scene = arg;
    test_must (weir_lock_acquire (scene->other, -1) == 0);
    test_must (weir_lock_acquire (scene->lock, -1) == 0);
    test_latch_open (scene->ready);
    test_must (weir_condition_wait (scene->condition, scene->lock, -1) == -1);
    test_must (errno == ENOENT);
    test_must (weir_lock_release (scene->lock) == 0);
    test_must (weir_lock_release (scene->other) == 0);
}

static void *drop_when_it_waits (void *arg)
{
    scene_t *scene = arg;
    ck_assert (shared_await_waiting (scene->other, 1));
    works (weir_object_drop (scene->condition));
    return NULL;
}

START_TEST (a_process_in_a_circle_is_told_and_can_give_way)
{
    scene_t scene = {.owner = shared_owner (_i)};
    exists (scene.lock = weir_lock_new (scene.owner, "lock"));
    exists (scene.other = weir_lock_new (scene.owner, "other"));
    exists (scene.condition =
                weir_condition_new (scene.owner, "condition", scene.lock));
    scene.ready = test_latch_new ();
    pid_t pid = test_fork (wait_with_the_other, &scene);
    ck_assert (test_latch_wait (scene.ready, TEST_PATIENCE_MS));
    works (weir_lock_acquire (scene.lock, -1));
    pthread_t thread = shared_thread (drop_when_it_waits, &scene);
    refuses (EDEADLK, weir_lock_acquire (scene.other, -1));
    ck_assert_ptr_nonnull (strstr (weir_error (), "holds lock 'lock'"));
    shared_join (thread);
    works (weir_lock_release (scene.lock));
    works (weir_lock_acquire (scene.other, -1));
    ck_assert_int_eq (test_join (pid), 0);
    test_latch_destroy (&scene.ready);
    weir_condition_destroy (&scene.condition);
    weir_lock_destroy (&scene.other);
    weir_lock_destroy (&scene.lock);
    shared_owner_end (&scene.owner);
}
END_TEST

int main (void)
{
    Suite *suite = suite_create ("condition_circle");
    TCase *tcase = test_case (suite, "machine");
    tcase_add_checked_fixture (tcase, begin, end);
    tcase_add_loop_test (
        tcase, a_holder_of_a_lock_that_a_wait_needs_back_is_refused, 0, THINGS);
    tcase_add_test (tcase, a_wait_that_has_reacquired_its_lock_is_not_refused);
    tcase_add_loop_test (tcase, a_wait_that_may_end_closes_no_circle, 0, 4);
    tcase_add_test (tcase, a_refused_writer_lets_readers_behind_it_in);
    tcase_add_test (tcase,
                    a_lock_taken_while_its_wait_needs_it_can_be_released);
    tcase = test_case (suite, "processes");
    tcase_add_loop_test (tcase, a_process_in_a_circle_is_told_and_can_give_way,
                         0, SHARED_FORKING_FORMS);
    return test_main (suite);
}
