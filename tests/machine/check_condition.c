/*  check_condition.c - the condition, in the machine and between processes

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
static char lock_arg [24];

static void begin (int kind)
{
    char args [40];
    kit = kit_new ();
    lock = kit_create (kit, A, kind, "'l'");
    snprintf (lock_arg, sizeof lock_arg, "%d", (int) lock);
    snprintf (args, sizeof args, "'c', %s", lock_arg);
    condition = kit_create (kit, A, WEIR__CONDITION, args);
}

static const char *acquire (weir__origin_t who)
{
    return kit_ask (kit, who, lock, WEIR__LOCK_ACQUIRE, "");
}

static const char *release (weir__origin_t who)
{
    return kit_ask (kit, who, lock, WEIR__LOCK_RELEASE, "");
}

static uint64_t waits (weir__origin_t who)
{
    ck_assert_str_eq (
        kit_ask (kit, who, condition, WEIR__CONDITION_WAIT, lock_arg), "");
    return kit_last (kit, who);
}

static const char *notify (weir__origin_t who, const char *count)
{
    return kit_ask (kit, who, condition, WEIR__CONDITION_NOTIFY, count);
}

//  A grant to a wait that ended so.
static const char *regained (unsigned token, int error)
{
    static char text [60];
    snprintf (text, sizeof text, "[%u, False, %d]", token,
              weir__status_of (error));
    return text;
}

START_TEST (a_notice_gives_the_lock_back_in_the_order_of_waiting)
{
    begin (WEIR__LOCK);
    ck_assert_str_eq (acquire (A), "[1, False]");
    uint64_t first = waits (A);
    ck_assert_str_eq (acquire (A2), "[2, False]");
    uint64_t second = waits (A2);
    ck_assert_str_eq (acquire (B), "[3, False]");
    ck_assert_str_eq (notify (B, "0"), "0");
    ck_assert_str_eq (notify (B, "1"), "1");
    kit_restore (kit);
    ck_assert_str_eq (kit_reply (kit, A, first), "");
    ck_assert_str_eq (release (B), "0");
    ck_assert_str_eq (kit_reply (kit, A, first), regained (4, 0));
    ck_assert_str_eq (notify (A, "-1"), "1");
    ck_assert_str_eq (notify (A, "-1"), "0");
    ck_assert_str_eq (release (A), "0");
    ck_assert_str_eq (kit_reply (kit, A2, second), regained (5, 0));
    ck_assert_str_eq (release (A2), "0");
    kit_destroy (&kit);
}
END_TEST

START_TEST (a_wait_releases_and_reacquires_an_rlock_at_full_depth)
{
    begin (WEIR__RLOCK);
    for (int i = 0; i < 3; i++)
        ck_assert_str_eq (acquire (A), "[1, False]");
    uint64_t wait = waits (A);
    kit_restore (kit);
    ck_assert_str_eq (acquire (B), "[2, False]");
    ck_assert_str_eq (notify (B, "5"), "1");
    kit_restore (kit);
    ck_assert_str_eq (release (B), "0");
    ck_assert_str_eq (kit_reply (kit, A, wait), regained (3, 0));
    ck_assert_str_eq (release (A), "2");
    ck_assert_str_eq (release (A), "1");
    ck_assert_str_eq (release (A), "0");
    kit_destroy (&kit);
}
END_TEST

START_TEST (every_wait_reacquires_the_lock_before_it_ends)
{
    begin (WEIR__LOCK);
    int error = _i == 0 ? ETIMEDOUT : _i == 1 ? EINTR : ENOENT;
    ck_assert_str_eq (acquire (A), "[1, False]");
    kit->timeout_ms = _i == 0 ? 5 : -1;
    uint64_t wait = waits (A);
    kit->timeout_ms = -1;
    ck_assert_str_eq (acquire (B), "[2, False]");
    if (_i == 0)
        kit_wait (kit, 5);
    else if (_i == 1)
        kit_record (kit, WEIR__RECORD_CANCEL, A, wait);
    else {
        char id [24];
        snprintf (id, sizeof id, "%d", (int) condition);
        ck_assert_str_eq (kit_ask (kit, B, 0, WEIR__DIRECTORY_DROP, id),
                          "None");
    }
    kit_restore (kit);
    ck_assert_str_eq (kit_reply (kit, A, wait), "");
    //  Once the wait has timed out, it waits only for the lock.
    kit_record (kit, WEIR__RECORD_CANCEL, A, wait);
    kit_wait (kit, 100);
    if (_i < 2)
        ck_assert_str_eq (notify (B, "1"), "0");
    ck_assert_str_eq (kit_reply (kit, A, wait), "");
    ck_assert_str_eq (release (B), "0");
    ck_assert_str_eq (kit_reply (kit, A, wait), regained (3, error));
    ck_assert_str_eq (release (A), "0");
    kit_destroy (&kit);
}
END_TEST

START_TEST (a_free_lock_is_reacquired_at_once)
{
    begin (WEIR__LOCK);
    ck_assert_str_eq (acquire (A), "[1, False]");
    kit->timeout_ms = 5;
    uint64_t wait = waits (A);
    kit_wait (kit, 5);
    ck_assert_str_eq (kit_reply (kit, A, wait), regained (2, ETIMEDOUT));
    kit->timeout_ms = 0;
    ck_assert_str_eq (
        kit_ask (kit, A, condition, WEIR__CONDITION_WAIT, lock_arg), "EAGAIN");
    ck_assert_str_eq (release (A), "0");
    kit_destroy (&kit);
}
END_TEST

START_TEST (without_its_lock_a_condition_does_nothing)
{
    begin (WEIR__LOCK);
    ck_assert_str_eq (
        kit_ask (kit, A, condition, WEIR__CONDITION_WAIT, lock_arg), "EPERM");
    ck_assert_str_eq (notify (A, "1"), "EPERM");
    ck_assert_str_eq (acquire (A), "[1, False]");
    ck_assert_str_eq (notify (A, "-2"), "EINVAL");
    ck_assert_str_eq (notify (A, "'1'"), "EINVAL");
    ck_assert_str_eq (kit_ask (kit, A, condition, WEIR__CONDITION_WAIT, "77"),
                      "EINVAL");
    uint64_t wait = waits (A);
    ck_assert_str_eq (kit_ask (kit, B, 0, WEIR__DIRECTORY_DROP, lock_arg),
                      "None");
    ck_assert_str_eq (kit_reply (kit, A, wait), "ENOENT");
    ck_assert_str_eq (notify (B, "1"), "ENOENT");
    kit_destroy (&kit);
}
END_TEST

//  The same happens when the lock ends with its creator.
START_TEST (a_waiter_whose_lock_is_dropped_is_told)
{
    begin (WEIR__LOCK);
    uint64_t own = kit_create (kit, B, _i, "None"), waits_of [2];
    uint64_t conditions [2];
    char args [60];
    snprintf (args, sizeof args, "None, %d", (int) own);
    for (int i = 0; i < 2; i++)
        conditions [i] = kit_create (kit, A, WEIR__CONDITION, args);
    snprintf (args, sizeof args, "%d", (int) own);
    const weir__origin_t who [] = {A, A2};
    for (int i = 0; i < 2; i++) {
        ck_assert_str_ne (kit_ask (kit, who [i], own, WEIR__LOCK_ACQUIRE, ""),
                          "");
        ck_assert_str_eq (kit_ask (kit, who [i], conditions [1 - i],
                                   WEIR__CONDITION_WAIT, args),
                          "");
        waits_of [i] = kit_last (kit, who [i]);
    }
    kit_restore (kit);
    kit_record (kit, WEIR__RECORD_EXPIRE, B, 0);
    for (int i = 0; i < 2; i++)
        ck_assert_str_eq (kit_reply (kit, who [i], waits_of [i]), "ENOENT");
    //  Others have theirs.
    ck_assert_str_eq (acquire (A), "[1, False]");
    uint64_t wait = waits (A);
    ck_assert_str_eq (acquire (A2), "[2, False]");
    ck_assert_str_eq (notify (A2, "1"), "1");
    ck_assert_str_eq (release (A2), "0");
    ck_assert_str_eq (kit_reply (kit, A, wait), regained (3, 0));
    kit_destroy (&kit);
}
END_TEST

START_TEST (the_dead_are_not_notified)
{
    begin (WEIR__LOCK);
    ck_assert_str_eq (acquire (B), "[1, False]");
    waits (B);
    ck_assert_str_eq (acquire (A2), "[2, False]");
    uint64_t wait = waits (A2);
    kit_record (kit, WEIR__RECORD_EXPIRE, B, 0);
    ck_assert_str_eq (acquire (A), "[3, False]");
    ck_assert_str_eq (notify (A, "1"), "1");
    ck_assert_str_eq (release (A), "0");
    ck_assert_str_eq (kit_reply (kit, A2, wait), regained (4, 0));
    kit_destroy (&kit);
}
END_TEST

START_TEST (a_condition_is_created_with_a_lock)
{
    kit = kit_new ();
    lock = kit_create (kit, A, WEIR__DICT, "'d'");
    char args [60];
    const char *const ids [] = {"None", "0", "99", "'l'"};
    const char *const errors [] = {"EINVAL", "EINVAL", "ENOENT", "EINVAL"};
    for (int i = 0; i < 4; i++) {
        snprintf (args, sizeof args, "%d, 'c', %s", WEIR__CONDITION, ids [i]);
        ck_assert_str_eq (kit_ask (kit, A, 0, WEIR__DIRECTORY_CREATE, args),
                          errors [i]);
    }
    snprintf (args, sizeof args, "%d, 'c', %d", WEIR__CONDITION, (int) lock);
    ck_assert_str_eq (kit_ask (kit, A, 0, WEIR__DIRECTORY_CREATE, args),
                      "EINVAL");
    kit_destroy (&kit);
}
END_TEST

//  ---------------------------------------------------------------------------
//  Between processes

typedef struct scene {
    weir_owner_t *owner;
    weir_lock_t *lock;
    weir_condition_t *condition;
    weir_var_t *var;
    test_latch_t *ready;
} scene_t;

static void open_scene (scene_t *scene, int form)
{
    *scene = (scene_t){.owner = shared_owner (form)};
    scene->lock = weir_lock_new (scene->owner, "lock");
    scene->condition =
        weir_condition_new (scene->owner, "condition", scene->lock);
    exists (scene->condition);
    scene->var = weir_var_new (scene->owner, "var", weir_value_int (0));
    scene->ready = test_latch_new ();
}

static void close_scene (scene_t *scene)
{
    test_latch_destroy (&scene->ready);
    weir_var_destroy (&scene->var);
    weir_condition_destroy (&scene->condition);
    weir_condition_destroy (&scene->condition);
    weir_condition_destroy (NULL);
    weir_lock_destroy (&scene->lock);
    shared_owner_end (&scene->owner);
}

static bool is_positive (void *arg)
{
    int64_t value = 0;
    test_must (weir_var_get_int (arg, &value) == 0);
    return value > 0;
}

static void consume (void *arg)
{
    scene_t *scene = arg;
    test_must (weir_lock_acquire (scene->lock, -1) == 0);
    test_latch_open (scene->ready);
    test_must (weir_condition_wait_for (scene->condition, scene->lock,
                                        is_positive, scene->var, -1) == 0);
    test_must (weir_var_add (scene->var, -1, NULL) == 0);
    test_must (weir_lock_release (scene->lock) == 0);
}

START_TEST (a_waiter_sees_a_change_of_another_process)
{
    scene_t scene;
    open_scene (&scene, _i);
    pid_t pids [4];
    for (int i = 0; i < 4; i++)
        pids [i] = test_fork (consume, &scene);
    ck_assert (test_latch_wait_for (scene.ready, 4, TEST_PATIENCE_MS));
    for (int i = 0; i < 4; i++) {
        works (weir_lock_acquire (scene.lock, -1));
        works (weir_var_add (scene.var, 1, NULL));
        ck_assert_int_ge (weir_condition_notify (scene.condition, 1), 0);
        works (weir_lock_release (scene.lock));
    }
    for (int i = 0; i < 4; i++)
        ck_assert_int_eq (test_join (pids [i]), 0);
    int64_t left;
    works (weir_var_get_int (scene.var, &left));
    ck_assert_int_eq (left, 0);
    close_scene (&scene);
}
END_TEST

static bool never (void *arg)
{
    (void) arg;
    return false;
}

START_TEST (waits_fail_as_documented)
{
    scene_t scene;
    open_scene (&scene, _i);
    weir_lock_t *other = weir_lock_new (scene.owner, NULL);
    refuses (EPERM, weir_condition_wait (scene.condition, scene.lock, -1));
    refuses (EPERM, weir_condition_notify (scene.condition, 1));
    refuses (EPERM, weir_condition_notify_all (scene.condition));
    works (weir_lock_acquire (scene.lock, -1));
    refuses (EINVAL, weir_condition_wait (scene.condition, other, -1));
    refuses (EINVAL, weir_condition_wait (scene.condition, NULL, -1));
    refuses (EINVAL, weir_condition_wait (NULL, scene.lock, -1));
    refuses (EINVAL, weir_condition_wait (scene.condition, scene.lock, -2));
    refuses (EINVAL, weir_condition_notify (scene.condition, -1));
    refuses (EINVAL, weir_condition_notify_all (NULL));
    refuses (EAGAIN, weir_condition_wait (scene.condition, scene.lock, 0));
    ck_assert_uint_eq (weir_lock_token (scene.lock), 1);
    refuses (ETIMEDOUT, weir_condition_wait (scene.condition, scene.lock, 5));
    ck_assert_uint_eq (weir_lock_token (scene.lock), 2);
    refuses (EAGAIN, weir_condition_wait_for (scene.condition, scene.lock,
                                              never, NULL, 0));
    refuses (ETIMEDOUT, weir_condition_wait_for (scene.condition, scene.lock,
                                                 never, NULL, 5));
    refuses (EINVAL, weir_condition_wait_for (scene.condition, scene.lock, NULL,
                                              NULL, 5));
    refuses (EINVAL, weir_condition_wait_for (scene.condition, scene.lock,
                                              never, NULL, -2));
    //  The lock is held all the while, and a guard continues with the new
    //  grant.
    works (weir_lock_release (scene.lock));
    works (weir_lock_acquire_lease (scene.lock, 60000, -1));
    refuses (ETIMEDOUT, weir_condition_wait (scene.condition, scene.lock, 5));
    works (weir_var_set (scene.var, 7));
    works (weir_lock_release (scene.lock));
    refuses_null (EINVAL, weir_condition_new (scene.owner, NULL, NULL));
    refuses_null (EINVAL, weir_condition_new (NULL, NULL, scene.lock));
    refuses_null (EEXIST, weir_condition_new (scene.owner, "lock", scene.lock));
    weir_condition_t *again =
        weir_condition_from (weir_object_reference (scene.condition));
    exists (again);
    weir_condition_destroy (&again);
    exists (again = weir_condition_open (scene.owner, "condition"));
    weir_condition_destroy (&again);
    weir_lock_destroy (&other);
    close_scene (&scene);
}
END_TEST

static void *wait_for_drop (void *arg)
{
    scene_t *scene = arg;
    works (weir_lock_acquire (scene->lock, -1));
    test_latch_open (scene->ready);
    refuses (ENOENT, weir_condition_wait (scene->condition, scene->lock, -1));
    works (weir_lock_release (scene->lock));
    return NULL;
}

START_TEST (dropping_a_condition_ends_its_waits)
{
    scene_t scene;
    open_scene (&scene, _i);
    pthread_t thread = shared_thread (wait_for_drop, &scene);
    ck_assert (test_latch_wait (scene.ready, TEST_PATIENCE_MS));
    works (weir_lock_acquire (scene.lock, -1));
    works (weir_object_drop (scene.condition));
    works (weir_lock_release (scene.lock));
    shared_join (thread);
    close_scene (&scene);
}
END_TEST

int main (void)
{
    Suite *suite = suite_create ("condition");
    TCase *tcase = test_case (suite, "machine");
    tcase_add_test (tcase,
                    a_notice_gives_the_lock_back_in_the_order_of_waiting);
    tcase_add_test (tcase,
                    a_wait_releases_and_reacquires_an_rlock_at_full_depth);
    tcase_add_loop_test (tcase, every_wait_reacquires_the_lock_before_it_ends,
                         0, 3);
    tcase_add_test (tcase, a_free_lock_is_reacquired_at_once);
    tcase_add_test (tcase, without_its_lock_a_condition_does_nothing);
    tcase_add_test (tcase, the_dead_are_not_notified);
    tcase_add_loop_test (tcase, a_waiter_whose_lock_is_dropped_is_told,
                         WEIR__LOCK, WEIR__LOCK + 1);
    tcase_add_loop_test (tcase, a_waiter_whose_lock_is_dropped_is_told,
                         WEIR__RLOCK, WEIR__RLOCK + 1);
    tcase_add_test (tcase, a_condition_is_created_with_a_lock);
    tcase = test_case (suite, "processes");
    tcase_add_loop_test (tcase, a_waiter_sees_a_change_of_another_process, 0,
                         SHARED_FORKING_FORMS);
    tcase_add_loop_test (tcase, waits_fail_as_documented, 0, SHARED_FORMS);
    tcase_add_loop_test (tcase, dropping_a_condition_ends_its_waits, 0,
                         SHARED_FORMS);
    return test_main (suite);
}
