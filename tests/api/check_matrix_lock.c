/*  check_matrix_lock.c - the matrix of kinds with holders: lock, rlock, rwlock,
    semaphore

    SPDX-License-Identifier: MPL-2.0
*/

#include "kit/matrix.h"

enum { UNITS = 2 };

static weir_lock_t *lock;
static weir_rwlock_t *rwlock;
static weir_semaphore_t *semaphore;
static weir_var_t *var; //  guarded by a lock: a change of it is get and set

//  Makes a change that is lost when two players are in the section.
static void count_up (matrix_actor_t *me)
{
    int64_t count = 0;
    test_must (weir_var_get_int (var, &count) == 0);
    matrix_moment (me);
    matrix_begin (me, 0);
    test_must (weir_var_set (var, count + 1) == 0);
    matrix_done (me, 0);
    matrix_moment (me);
}

static void ck_count (matrix_actor_t *actors)
{
    int64_t count = 0;
    works (weir_var_get_int (var, &count));
    matrix_settle_sum (actors, 0, count);
}

//  ---------------------------------------------------------------------------
//  Lock and rlock

static bool is_rlock;

static void begin_lock (weir_owner_t *owner)
{
    is_rlock = false;
    exists (lock = weir_lock_new (owner, "lock"));
    exists (var = weir_var_new (owner, "var", weir_value_int (0)));
}

static void begin_rlock (weir_owner_t *owner)
{
    is_rlock = true;
    exists (lock = weir_rlock_new (owner, "rlock"));
    exists (var = weir_var_new (owner, "var", weir_value_int (0)));
}

static void end_lock (void)
{
    weir_lock_destroy (&lock);
    weir_var_destroy (&var);
}

static void check_lock (matrix_actor_t *actors)
{
    matrix_ck_idle (lock);
    ck_count (actors);
    works (weir_lock_acquire (lock, 0));
    matrix_ck_abandoned (actors, weir_lock_abandoned (lock));
    works (weir_lock_release (lock));
}

static void acquire (matrix_actor_t *me)
{
    test_must (weir_lock_acquire (lock, -1) == 0);
    matrix_enter (me, weir_lock_abandoned (lock), weir_lock_token (lock));
    matrix_moment (me);
}

static void release (matrix_actor_t *me)
{
    matrix_moment (me);
    matrix_leave (me);
    test_must (weir_lock_release (lock) == 0);
    matrix_moment (me);
}

static bool hold (matrix_actor_t *me)
{
    acquire (me);
    if (is_rlock)
        test_must (weir_lock_acquire (lock, -1) == 0);
    count_up (me);
    if (is_rlock)
        test_must (weir_lock_release (lock) == 0);
    release (me);
    return !matrix_over ();
}

static bool wait_mostly (matrix_actor_t *me)
{
    acquire (me);
    release (me);
    return !matrix_over ();
}

static const matrix_kind_t lock_kind = {"lock", begin_lock, check_lock,
                                        end_lock};
static const matrix_kind_t rlock_kind = {"rlock", begin_rlock, check_lock,
                                         end_lock};

//  ---------------------------------------------------------------------------
//  Read-write lock

static void begin_rwlock (weir_owner_t *owner)
{
    exists (rwlock = weir_rwlock_new (owner, "rwlock"));
    exists (var = weir_var_new (owner, "var", weir_value_int (0)));
}

static void end_rwlock (void)
{
    weir_rwlock_destroy (&rwlock);
    weir_var_destroy (&var);
}

static void check_rwlock (matrix_actor_t *actors)
{
    matrix_ck_idle (rwlock);
    ck_count (actors);
    works (weir_rwlock_acquire_write (rwlock, 0));
    matrix_ck_abandoned (actors, weir_rwlock_abandoned (rwlock));
    works (weir_rwlock_release (rwlock));
}

static bool write_alone (matrix_actor_t *me)
{
    test_must (weir_rwlock_acquire_write (rwlock, -1) == 0);
    matrix_enter (me, weir_rwlock_abandoned (rwlock),
                  weir_rwlock_token (rwlock));
    matrix_moment (me);
    count_up (me);
    matrix_leave (me);
    test_must (weir_rwlock_release (rwlock) == 0);
    matrix_moment (me);
    return !matrix_over ();
}

static bool read_twice (matrix_actor_t *me)
{
    int64_t before = 0, after = 0;
    test_must (weir_rwlock_acquire_read (rwlock, -1) == 0);
    matrix_read (me, weir_rwlock_abandoned (rwlock));
    test_must (weir_var_get_int (var, &before) == 0);
    matrix_moment (me);
    test_must (weir_rwlock_acquire_read (rwlock, -1) == 0);
    test_must (weir_var_get_int (var, &after) == 0 && after == before);
    matrix_moment (me);
    test_must (weir_rwlock_release (rwlock) == 0);
    test_must (weir_rwlock_release (rwlock) == 0);
    matrix_moment (me);
    return !matrix_over ();
}

static const matrix_kind_t rwlock_kind = {"rwlock", begin_rwlock, check_rwlock,
                                          end_rwlock};

//  ---------------------------------------------------------------------------
//  Semaphores: units that are released again

static void begin_semaphore (weir_owner_t *owner)
{
    exists (semaphore = weir_semaphore_new (owner, "semaphore", UNITS));
}

static void begin_bounded (weir_owner_t *owner)
{
    exists (semaphore = weir_semaphore_new_bounded (owner, "bounded", UNITS));
}

static void end_semaphore (void)
{
    weir_semaphore_destroy (&semaphore);
}

static void check_semaphore (matrix_actor_t *actors)
{
    (void) actors;
    matrix_ck_idle (semaphore);
    ck_assert_int_eq (weir_semaphore_value (semaphore), UNITS);
}

static void check_bounded (matrix_actor_t *actors)
{
    check_semaphore (actors);
    refuses (EOVERFLOW, weir_semaphore_release (semaphore, 1));
}

static bool use_unit (matrix_actor_t *me)
{
    test_must (weir_semaphore_acquire (semaphore, -1) == 0);
    matrix_moment (me);
    test_must (weir_semaphore_value (semaphore) < UNITS);
    test_must (weir_semaphore_release (semaphore, 1) == 0);
    matrix_moment (me);
    return !matrix_over ();
}

static bool use_and_go (matrix_actor_t *me)
{
    test_must (weir_semaphore_acquire (semaphore, -1) == 0);
    matrix_moment (me);
    test_must (weir_semaphore_release (semaphore, 1) == 0);
    matrix_moment (me);
    return !matrix_over ();
}

static const matrix_kind_t semaphore_kind = {"semaphore", begin_semaphore,
                                             check_semaphore, end_semaphore};
static const matrix_kind_t bounded_kind = {"bounded semaphore", begin_bounded,
                                           check_bounded, end_semaphore};

//  ---------------------------------------------------------------------------
//  Semaphores: units as signals, which are used up

static void begin_signals (weir_owner_t *owner)
{
    exists (semaphore = weir_semaphore_new (owner, "signals", 0));
}

//  Deeds 0 are signals, deeds 1 are consumed signals.
static void check_signals (matrix_actor_t *actors)
{
    matrix_actor_t *victim = &actors [MATRIX_VICTIM];
    int64_t more = weir_semaphore_value (semaphore);
    matrix_ck_idle (semaphore);
    for (int i = 0; i < MATRIX_VICTIM; i++) {
        more -= atomic_load (&actors [i].acked [0]);
        more += atomic_load (&actors [i].acked [1]);
    }
    matrix_settle (victim, 0, atomic_load (&victim->sent [0]) ? more : 0);
    matrix_settle (victim, 1, atomic_load (&victim->sent [0]) ? 0 : -more);
}

static void give_signal (matrix_actor_t *me)
{
    matrix_begin (me, 0);
    test_must (weir_semaphore_release (semaphore, 1) == 0);
    matrix_done (me, 0);
    matrix_moment (me);
}

//  When the play is over, every waiter resumes once more.
static bool give_signals (matrix_actor_t *me)
{
    give_signal (me);
    if (!matrix_over ())
        return true;
    give_signal (me);
    give_signal (me);
    return false;
}

static bool consume (matrix_actor_t *me)
{
    matrix_begin (me, 1);
    test_must (weir_semaphore_consume (semaphore, -1) == 0);
    matrix_done (me, 1);
    matrix_moment (me);
    return !matrix_over ();
}

static const matrix_kind_t signals_kind = {
    "semaphore of signals", begin_signals, check_signals, end_semaphore};

static const matrix_row_t rows [] = {
    {&lock_kind, "holder", hold, {hold, hold}, MATRIX_NEEDED},
    {&lock_kind, "waiter", wait_mostly, {hold, hold}, MATRIX_NEEDED},
    {&rlock_kind, "holder", hold, {hold, hold}, MATRIX_NEEDED},
    {&rlock_kind, "waiter", wait_mostly, {hold, hold}, MATRIX_NEEDED},
    {&rwlock_kind,
     "writer",
     write_alone,
     {write_alone, read_twice},
     MATRIX_NEEDED},
    {&rwlock_kind,
     "reader",
     read_twice,
     {write_alone, read_twice},
     MATRIX_NEEDED},
    {&semaphore_kind,
     "holder",
     use_unit,
     {use_unit, use_unit},
     MATRIX_NOT_NEEDED},
    {&semaphore_kind,
     "waiter",
     use_and_go,
     {use_unit, use_unit},
     MATRIX_NOT_NEEDED},
    {&bounded_kind,
     "holder",
     use_unit,
     {use_unit, use_unit},
     MATRIX_NOT_NEEDED},
    {&bounded_kind,
     "waiter",
     use_and_go,
     {use_unit, use_unit},
     MATRIX_NOT_NEEDED},
    {&signals_kind,
     "releaser",
     give_signals,
     {give_signals, consume},
     MATRIX_NOT_NEEDED},
    {&signals_kind,
     "consumer",
     consume,
     {give_signals, consume},
     MATRIX_NOT_NEEDED},
};

int main (void)
{
    return matrix_main ("matrix of locks", rows, sizeof rows / sizeof *rows);
}
