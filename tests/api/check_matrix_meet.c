/*  check_matrix_meet.c - the matrix of conditions, events and barriers

    SPDX-License-Identifier: MPL-2.0
*/

#include "kit/matrix.h"

static weir_lock_t *lock;
static weir_condition_t *condition;
static weir_event_t *event;
static weir_barrier_t *barrier;
static weir_var_t *var;

//  ---------------------------------------------------------------------------
//  Condition: deeds 0 are notices, deeds 1 waits that ended by one

static void begin_condition (weir_owner_t *owner)
{
    exists (lock = weir_lock_new (owner, "lock"));
    exists (condition = weir_condition_new (owner, "condition", lock));
}

static void begin_rlock_condition (weir_owner_t *owner)
{
    exists (lock = weir_rlock_new (owner, "lock"));
    exists (condition = weir_condition_new (owner, "condition", lock));
}

static void end_condition (void)
{
    weir_condition_destroy (&condition);
    weir_lock_destroy (&lock);
}

static void acquire (matrix_actor_t *me)
{
    test_must (weir_lock_acquire (lock, -1) == 0);
    matrix_enter (me, weir_lock_abandoned (lock), weir_lock_token (lock));
    matrix_moment (me);
}

static void release (matrix_actor_t *me)
{
    matrix_leave (me);
    test_must (weir_lock_release (lock) == 0);
    matrix_moment (me);
}

//  A player that comes when the play is over sees that; a waiting one is
//  notified.
static bool wait_for_notice (matrix_actor_t *me)
{
    acquire (me);
    if (matrix_over ()) {
        release (me);
        return false;
    }
    matrix_leave (me);
    matrix_begin (me, 1);
    test_must (weir_condition_wait (condition, lock, -1) == 0);
    matrix_done (me, 1);
    matrix_enter (me, weir_lock_abandoned (lock), weir_lock_token (lock));
    matrix_moment (me);
    release (me);
    return true;
}

static bool notify (matrix_actor_t *me)
{
    bool over = matrix_over ();
    acquire (me);
    int before = matrix_begin (me, 0);
    int64_t count = over ? weir_condition_notify_all (condition)
                         : weir_condition_notify (condition, 1);
    test_must (count >= 0 && (over || count <= 1));
    atomic_store (&me->acked [0], before + (int) count);
    atomic_store (&me->sent [0], before + (int) count);
    matrix_moment (me);
    release (me);
    return !over;
}

//  Every notice has ended a wait. One more or less may belong to the killed
//  player. A notice given to the victim may also have ended another's wait.
static void check_condition (matrix_actor_t *actors)
{
    int sent [2] = {0}, acked [2] = {0};
    matrix_ck_idle (condition);
    matrix_ck_idle (lock);
    for (int i = 0; i < MATRIX_ACTORS; i++)
        for (int deed = 0; deed < 2; deed++) {
            sent [deed] += atomic_load (&actors [i].sent [deed]);
            acked [deed] += atomic_load (&actors [i].acked [deed]);
        }
    ck_assert_int_le (acked [0], sent [1]);
    ck_assert_int_le (acked [1], sent [0] + !matrix_victim_stays ());
    ck_assert_int_le (sent [0] - acked [0] + sent [1] - acked [1], 1);
    matrix_forget (actors);
    works (weir_lock_acquire (lock, 0));
    matrix_ck_abandoned (actors, weir_lock_abandoned (lock));
    works (weir_lock_release (lock));
}

static const matrix_kind_t condition_kind = {"condition", begin_condition,
                                             check_condition, end_condition};
static const matrix_kind_t rlock_condition_kind = {
    "condition of an rlock", begin_rlock_condition, check_condition,
    end_condition};

//  ---------------------------------------------------------------------------
//  Event

static void begin_event (weir_owner_t *owner)
{
    exists (event = weir_event_new (owner, "event"));
}

static void end_event (void)
{
    weir_event_destroy (&event);
}

static void check_event (matrix_actor_t *actors)
{
    (void) actors;
    matrix_ck_idle (event);
    ck_assert_int_eq (weir_event_is_set (event), 1);
    works (weir_event_clear (event));
}

//  When the play is over the event stays set.
static bool set_and_clear (matrix_actor_t *me)
{
    bool over = matrix_over ();
    test_must (weir_event_set (event) == 0);
    matrix_moment (me);
    if (over)
        return false;
    test_must (weir_event_clear (event) == 0);
    matrix_moment (me);
    return true;
}

static bool wait_for_event (matrix_actor_t *me)
{
    test_must (weir_event_wait (event, -1) == 0);
    matrix_moment (me);
    return !matrix_over ();
}

static const matrix_kind_t event_kind = {"event", begin_event, check_event,
                                         end_event};

//  ---------------------------------------------------------------------------
//  Barrier: deeds 0 are waits that opened the barrier. It breaks when a party
//  is killed, and when the play is over. A party whose thread ended is
//  replaced.

static void begin_barrier (weir_owner_t *owner)
{
    exists (barrier = weir_barrier_new (owner, "barrier", MATRIX_ACTORS));
    exists (var = weir_var_new (owner, "var", weir_value_int (0)));
}

static void end_barrier (void)
{
    weir_barrier_destroy (&barrier);
    weir_var_destroy (&var);
}

//  All passed equally often.
static void check_barrier (matrix_actor_t *actors)
{
    int times = atomic_load (&actors [0].acked [0]);
    ck_assert_int_eq (weir_barrier_waiting (barrier), 0);
    ck_assert_int_eq (weir_barrier_broken (barrier), 1);
    works (weir_barrier_reset (barrier));
    matrix_ck_idle (barrier);
    for (int i = 0; i < MATRIX_ACTORS; i++)
        matrix_settle (&actors [i], 0, times);
}

//  The action ran once before each opening. The killed player may have run it.
static void check_action (matrix_actor_t *actors)
{
    int64_t count = 0;
    check_barrier (actors);
    works (weir_var_get_int (var, &count));
    count -= atomic_load (&actors [0].acked [0]);
    ck_assert_int_ge (count, 0);
    ck_assert_int_le (count, matrix_victim_stays () ? 0 : 1);
    works (weir_var_set (var, 0));
    matrix_forget (actors);
}

static bool pass (matrix_actor_t *me, weir_action_fn *action)
{
    matrix_begin (me, 0);
    if (weir_barrier_wait_with (barrier, action, NULL, -1) >= 0)
        matrix_done (me, 0);
    else {
        test_must (errno == ECANCELED);
        atomic_fetch_sub (&me->sent [0], 1);
    }
    matrix_moment (me);
    if (!matrix_over ())
        return true;
    test_must (weir_barrier_abort (barrier) == 0);
    return false;
}

static int count_up (void *unused)
{
    (void) unused;
    return weir_var_add (var, 1, NULL);
}

static bool meet (matrix_actor_t *me)
{
    return pass (me, NULL);
}

static bool act (matrix_actor_t *me)
{
    return pass (me, count_up);
}

static const matrix_kind_t barrier_kind = {"barrier", begin_barrier,
                                           check_barrier, end_barrier};
static const matrix_kind_t action_kind = {
    "barrier with an action", begin_barrier, check_action, end_barrier};

static const matrix_row_t rows [] = {
    {&condition_kind,
     "waiter",
     wait_for_notice,
     {notify, wait_for_notice},
     MATRIX_NEEDED},
    {&condition_kind,
     "notifier",
     notify,
     {notify, wait_for_notice},
     MATRIX_NEEDED},
    {&rlock_condition_kind,
     "waiter",
     wait_for_notice,
     {notify, wait_for_notice},
     MATRIX_NEEDED},
    {&event_kind,
     "waiter",
     wait_for_event,
     {set_and_clear, wait_for_event},
     MATRIX_NOT_NEEDED},
    {&event_kind,
     "setter",
     set_and_clear,
     {set_and_clear, wait_for_event},
     MATRIX_NOT_NEEDED},
    {&barrier_kind, "party", meet, {meet, meet}, MATRIX_COUNTED_ON},
    {&action_kind, "party", act, {act, act}, MATRIX_COUNTED_ON},
};

int main (void)
{
    return matrix_main ("matrix of meetings", rows, sizeof rows / sizeof *rows);
}
