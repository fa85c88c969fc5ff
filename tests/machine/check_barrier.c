/*  check_barrier.c - the barrier, in the machine and between processes

    SPDX-License-Identifier: MPL-2.0
*/

#include <stdatomic.h>
#include <stdio.h>
#include <string.h>

#include "kit/machine.h"
#include "kit/shared.h"

enum { PARTIES = 3 };

//  ---------------------------------------------------------------------------
//  The machine

static kit_t *kit;
static uint64_t barrier;

static void begin (const char *args)
{
    kit = kit_new ();
    barrier = kit_create (kit, A, WEIR__BARRIER, args);
}

static const char *comes (weir__origin_t who, const char *acts)
{
    return kit_ask (kit, who, barrier, WEIR__BARRIER_WAIT, acts);
}

static const char *does (weir__origin_t who, unsigned op)
{
    return kit_ask (kit, who, barrier, op, "");
}

static const char *state (void)
{
    return kit_read (kit, barrier, WEIR__BARRIER_STATE, "");
}

START_TEST (the_last_party_opens_the_barrier_in_every_round)
{
    begin ("'b', 3");
    for (int round = 0; round < 3; round++) {
        ck_assert_str_eq (comes (A, "False"), "");
        uint64_t first = kit_last (kit, A);
        ck_assert_str_eq (comes (A2, "True"), "");
        uint64_t second = kit_last (kit, A2);
        ck_assert_str_eq (state (), "[3, 2, False]");
        kit_restore (kit);
        kit->timeout_ms = 0;
        ck_assert_str_eq (comes (B, "False"), "[2, False]");
        kit->timeout_ms = -1;
        ck_assert_str_eq (kit_reply (kit, A, first), "[0, False]");
        ck_assert_str_eq (kit_reply (kit, A2, second), "[1, False]");
        ck_assert_str_eq (state (), "[3, 0, False]");
    }
    kit->timeout_ms = 0;
    ck_assert_str_eq (comes (B, "False"), "EAGAIN");
    ck_assert_str_eq (comes (B, "1"), "EINVAL");
    kit_destroy (&kit);
}
END_TEST

START_TEST (an_action_runs_before_the_parties_resume)
{
    begin ("'b', 2");
    ck_assert_str_eq (comes (A, "True"), "");
    uint64_t first = kit_last (kit, A);
    ck_assert_str_eq (comes (B, "True"), "[1, True]");
    //  This is for the next round; a party that is about to resume is not
    //  called back.
    ck_assert_str_eq (comes (A2, "False"), "");
    uint64_t next = kit_last (kit, A2);
    kit_record (kit, WEIR__RECORD_CANCEL, A, first);
    kit_restore (kit);
    ck_assert_str_eq (kit_reply (kit, A, first), "");
    ck_assert_str_eq (kit_ask (kit, A, barrier, WEIR__BARRIER_ACTED, "True"),
                      "ECANCELED");
    ck_assert_str_eq (kit_ask (kit, B, barrier, WEIR__BARRIER_ACTED, "True"),
                      "None");
    ck_assert_str_eq (kit_reply (kit, A, first), "[0, False]");
    ck_assert_str_eq (kit_reply (kit, A2, next), "");
    //  One that fails breaks it.
    ck_assert_str_eq (comes (B, "True"), "[1, True]");
    ck_assert_str_eq (kit_ask (kit, B, barrier, WEIR__BARRIER_ACTED, "False"),
                      "None");
    ck_assert_str_eq (kit_reply (kit, A2, next), "ECANCELED");
    ck_assert_str_eq (state (), "[2, 0, True]");
    kit_destroy (&kit);
}
END_TEST

START_TEST (parties_that_come_during_an_action_count_for_the_next_round)
{
    begin ("'b', 2");
    ck_assert_str_eq (comes (A, "False"), "");
    uint64_t numbers [3] = {kit_last (kit, A)};
    ck_assert_str_eq (comes (B, "True"), "[1, True]");
    ck_assert_str_eq (comes (A2, "False"), "");
    numbers [1] = kit_last (kit, A2);
    ck_assert_str_eq (comes (A2, _i ? "True" : "False"), "");
    numbers [2] = kit_last (kit, A2);
    kit_restore (kit);
    ck_assert_str_eq (kit_ask (kit, B, barrier, WEIR__BARRIER_ACTED, "True"),
                      "None");
    ck_assert_str_eq (kit_reply (kit, A, numbers [0]), "[0, False]");
    ck_assert_str_eq (kit_reply (kit, A2, numbers [2]),
                      _i ? "[1, True]" : "[1, False]");
    ck_assert_str_eq (kit_reply (kit, A2, numbers [1]), _i ? "" : "[0, False]");
    kit_destroy (&kit);
}
END_TEST

START_TEST (abort_timeout_and_death_break_a_barrier_until_reset)
{
    begin ("'b', 3");
    ck_assert_str_eq (comes (A, "False"), "");
    uint64_t first = kit_last (kit, A);
    kit->timeout_ms = _i == 1 ? 5 : -1;
    ck_assert_str_eq (comes (B, "False"), "");
    uint64_t second = kit_last (kit, B);
    if (_i == 0)
        ck_assert_str_eq (does (A2, WEIR__BARRIER_ABORT), "None");
    else if (_i == 1)
        kit_wait (kit, 5);
    else
        kit_record (kit, WEIR__RECORD_EXPIRE, B, _i == 3);
    kit_restore (kit);
    ck_assert_str_eq (kit_reply (kit, A, first), "ECANCELED");
    if (_i < 2)
        ck_assert_str_eq (kit_reply (kit, B, second),
                          _i ? "ETIMEDOUT" : "ECANCELED");
    ck_assert_str_eq (state (), "[3, 0, True]");
    ck_assert_str_eq (comes (A, "False"), "ECANCELED");
    ck_assert_str_eq (does (A2, WEIR__BARRIER_RESET), "None");
    ck_assert_str_eq (state (), "[3, 0, False]");
    ck_assert_str_eq (comes (A, "False"), "");
    first = kit_last (kit, A);
    ck_assert_str_eq (does (A2, WEIR__BARRIER_RESET), "None");
    ck_assert_str_eq (kit_reply (kit, A, first), "ECANCELED");
    ck_assert_str_eq (state (), "[3, 0, False]");
    kit_destroy (&kit);
}
END_TEST

START_TEST (a_party_that_dies_between_rounds_breaks_the_barrier)
{
    begin ("'b', 2");
    ck_assert_str_eq (comes (A, "False"), "");
    ck_assert_str_eq (comes (B, "False"), "[1, False]");
    ck_assert_str_eq (comes (A, "False"), "");
    uint64_t wait = kit_last (kit, A);
    kit_restore (kit);
    kit_record (kit, WEIR__RECORD_EXPIRE, B, (uint64_t) _i);
    //  One that says goodbye does not.
    ck_assert_str_eq (kit_reply (kit, A, wait), _i ? "" : "ECANCELED");
    kit_destroy (&kit);
}
END_TEST

START_TEST (waiting_for_a_dead_party_in_the_next_round_fails)
{
    begin ("'b', 2");
    ck_assert_str_eq (comes (A, "False"), "");
    ck_assert_str_eq (comes (B, "False"), "[1, False]");
    kit_record (kit, WEIR__RECORD_EXPIRE, B, 0);
    kit_restore (kit);
    //  A party that did not know it can wait; a bad call breaks nothing.
    ck_assert_str_eq (comes (A2, "False"), "");
    uint64_t wait = kit_last (kit, A2);
    ck_assert_str_eq (comes (A, "1"), "EINVAL");
    ck_assert_str_eq (kit_reply (kit, A2, wait), "");
    ck_assert_str_eq (comes (A, "False"), "ECANCELED");
    ck_assert_str_eq (kit_reply (kit, A2, wait), "ECANCELED");
    kit_destroy (&kit);
}
END_TEST

START_TEST (the_death_of_the_acting_party_breaks_the_barrier)
{
    begin ("'b', 2");
    ck_assert_str_eq (comes (A, "False"), "");
    uint64_t wait = kit_last (kit, A);
    ck_assert_str_eq (comes (B, "True"), "[1, True]");
    kit_restore (kit);
    kit_record (kit, _i ? WEIR__RECORD_CLOSE : WEIR__RECORD_EXPIRE, B, 0);
    ck_assert_str_eq (kit_reply (kit, A, wait), "ECANCELED");
    kit_destroy (&kit);
}
END_TEST

START_TEST (a_barrier_has_at_least_one_party)
{
    begin ("'b', 1");
    ck_assert_str_eq (comes (A, "False"), "[0, False]");
    ck_assert_str_eq (comes (A, "True"), "[0, True]");
    ck_assert_str_eq (comes (A, "True"), "");
    kit_record (kit, WEIR__RECORD_CANCEL, A, kit_last (kit, A));
    static const char *const bad [] = {"0", "-1", "1048577", "None"};
    for (int i = 0; i < 4; i++) {
        char args [40];
        snprintf (args, sizeof args, "%d, None, %s", WEIR__BARRIER, bad [i]);
        ck_assert_str_eq (kit_ask (kit, A, 0, WEIR__DIRECTORY_CREATE, args),
                          "EINVAL");
    }
    kit_destroy (&kit);
}
END_TEST

//  ---------------------------------------------------------------------------
//  Between processes

typedef struct scene {
    weir_owner_t *owner;
    weir_barrier_t *barrier;
    weir_var_t *var;
    test_latch_t *ready;
} scene_t;

static void open_scene (scene_t *scene, int form, int64_t parties)
{
    *scene = (scene_t){.owner = shared_owner (form)};
    scene->barrier = weir_barrier_new (scene->owner, "barrier", parties);
    exists (scene->barrier);
    scene->var = weir_var_new (scene->owner, "var", weir_value_int (0));
    scene->ready = test_latch_new ();
}

static void close_scene (scene_t *scene)
{
    test_latch_destroy (&scene->ready);
    weir_var_destroy (&scene->var);
    weir_barrier_destroy (&scene->barrier);
    weir_barrier_destroy (&scene->barrier);
    weir_barrier_destroy (NULL);
    shared_owner_end (&scene->owner);
}

static int count_up (void *arg)
{
    return weir_var_add (arg, 1, NULL);
}

static void go_round (void *arg)
{
    scene_t *scene = arg;
    for (int round = 1; round <= 20; round++) {
        test_must (weir_barrier_wait_with (scene->barrier, count_up, scene->var,
                                           -1) >= 0);
        //  A party that has passed sees the whole effect of the action, and no
        //  more.
        int64_t rounds = 0;
        test_must (weir_var_get_int (scene->var, &rounds) == 0);
        test_must (rounds == round);
        test_must (weir_barrier_wait (scene->barrier, -1) >= 0);
    }
}

START_TEST (processes_pass_a_barrier_together)
{
    scene_t scene;
    pid_t pids [PARTIES];
    open_scene (&scene, _i, PARTIES);
    for (int i = 0; i < PARTIES; i++)
        pids [i] = test_fork (go_round, &scene);
    for (int i = 0; i < PARTIES; i++)
        ck_assert_int_eq (test_join (pids [i]), 0);
    close_scene (&scene);
}
END_TEST

static int go_wrong (void *arg)
{
    (void) arg;
    return 1;
}

START_TEST (waits_fail_as_documented)
{
    scene_t scene;
    open_scene (&scene, _i, 2);
    refuses (EAGAIN, weir_barrier_wait (scene.barrier, 0));
    ck_assert_int_eq (weir_barrier_broken (scene.barrier), 0);
    refuses (ETIMEDOUT, weir_barrier_wait (scene.barrier, 5));
    ck_assert_int_eq (weir_barrier_broken (scene.barrier), 1);
    refuses (ECANCELED, weir_barrier_wait (scene.barrier, -1));
    works (weir_barrier_reset (scene.barrier));
    works (weir_barrier_abort (scene.barrier));
    refuses (ECANCELED, weir_barrier_wait (scene.barrier, -1));
    ck_assert_int_eq (weir_barrier_parties (scene.barrier), 2);
    ck_assert_int_eq (weir_barrier_waiting (scene.barrier), 0);
    refuses (EINVAL, weir_barrier_wait (scene.barrier, -2));
    refuses (EINVAL, weir_barrier_wait (NULL, -1));
    refuses (EINVAL, weir_barrier_abort (NULL));
    refuses (EINVAL, weir_barrier_reset (NULL));
    refuses (EINVAL, weir_barrier_parties (NULL));
    refuses (EINVAL, weir_barrier_waiting (NULL));
    refuses (EINVAL, weir_barrier_broken (NULL));
    refuses_null (EINVAL, weir_barrier_new (scene.owner, NULL, 0));
    refuses_null (EEXIST, weir_barrier_new (scene.owner, "var", 1));
    weir_barrier_t *alone = weir_barrier_new (scene.owner, NULL, 1);
    ck_assert_int_eq (weir_barrier_wait (alone, 0), 0);
    refuses (ECANCELED, weir_barrier_wait_with (alone, go_wrong, NULL, 0));
    ck_assert_int_eq (weir_barrier_broken (alone), 1);
    weir_barrier_t *again =
        weir_barrier_from (weir_object_reference (scene.barrier));
    exists (again);
    weir_barrier_destroy (&again);
    exists (again = weir_barrier_open (scene.owner, "barrier"));
    works (weir_object_drop (again));
    refuses (ENOENT, weir_barrier_wait (again, -1));
    weir_barrier_destroy (&again);
    weir_barrier_destroy (&alone);
    close_scene (&scene);
}
END_TEST

int main (void)
{
    Suite *suite = suite_create ("barrier");
    TCase *tcase = test_case (suite, "machine");
    tcase_add_test (tcase, the_last_party_opens_the_barrier_in_every_round);
    tcase_add_test (tcase, an_action_runs_before_the_parties_resume);
    tcase_add_loop_test (
        tcase, parties_that_come_during_an_action_count_for_the_next_round, 0,
        2);
    tcase_add_loop_test (
        tcase, abort_timeout_and_death_break_a_barrier_until_reset, 0, 4);
    tcase_add_loop_test (
        tcase, a_party_that_dies_between_rounds_breaks_the_barrier, 0, 2);
    tcase_add_test (tcase, waiting_for_a_dead_party_in_the_next_round_fails);
    tcase_add_loop_test (
        tcase, the_death_of_the_acting_party_breaks_the_barrier, 0, 2);
    tcase_add_test (tcase, a_barrier_has_at_least_one_party);
    tcase = test_case (suite, "processes");
    tcase_add_loop_test (tcase, processes_pass_a_barrier_together, 0,
                         SHARED_FORKING_FORMS);
    tcase_add_loop_test (tcase, waits_fail_as_documented, 0, SHARED_FORMS);
    return test_main (suite);
}
