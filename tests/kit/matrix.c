/*  matrix.c - every role of every kind, and harm to its player

    SPDX-License-Identifier: MPL-2.0
*/

#include "kit/matrix_board.h"

#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

//  Under a sanitizer a program is much slower, so it plays fewer rounds.
enum {
    KILLS = TEST_IS_WATCHED ? 5 : 100,
    STOPS = TEST_IS_WATCHED ? 5 : 100,
    ENDS = TEST_IS_WATCHED ? 5 : 100,
    IN_OTHER_FORMS = TEST_IS_WATCHED ? 1 : 3
};

enum {
    SPIN_US = 1000, //  the longest time that a victim plays before harm
    MOMENTS = 12,   //  the moment at which a thread ends is one of these
    GOES_ON = 2,    //  steps that each other must do after a harm
};

//  The play of one test; see also the board.
static const matrix_row_t *rows;
static struct {
    const matrix_row_t *row;
    weir_owner_t *owner;
    weir_lock_t *life; //  the victim has it: its next holder knows that all
                       //  requests of the dead victim were applied
    test_latch_t *gate, *ready, *done, *steps [MATRIX_ACTORS];
    uint64_t random;
    unsigned round;
    pid_t pids [MATRIX_ACTORS];
    pthread_t other; //  the thread that has replaced an ended one
    bool replaced;
} play;

//  ---------------------------------------------------------------------------
//  Players

static void go_round (matrix_actor_t *me)
{
    matrix_step_fn *step = me->index == MATRIX_VICTIM
                               ? play.row->victim
                               : play.row->others [me->index];
    while (step (me))
        test_latch_open (play.steps [me->index]);
}

//  A player that plays as long as the row.
static void stay (void *arg)
{
    matrix_actor_t *me = arg;
    //  This ends it also when it is stopped and the test fails.
    prctl (PR_SET_PDEATHSIG, SIGKILL);
    for (unsigned round = 1;; round++) {
        //  The rest of a round is the victim's.
        test_must (
            test_latch_wait_for (play.gate, round, 5 * TEST_PATIENCE_MS));
        if (atomic_load (&matrix_board->ended))
            return;
        go_round (me);
        test_latch_open (play.done);
    }
}

static void be_victim (void *arg)
{
    matrix_actor_t *me = arg;
    test_must (weir_lock_acquire (play.life, -1) == 0);
    test_latch_open (play.ready);
    test_must (test_latch_wait_for (play.gate, play.round, TEST_PATIENCE_MS));
    go_round (me);
    test_must (false); //  the play is not over before the victim has ended
}

static void *end_somewhere (void *arg)
{
    be_victim (arg);
    return NULL;
}

//  Waits until the players from first to last have done some more steps.
static void go_on (int first, int last)
{
    unsigned goals [MATRIX_ACTORS];
    for (int i = first; i <= last; i++)
        goals [i] = test_latch_count (play.steps [i]) + GOES_ON;
    for (int i = first; i <= last; i++)
        ck_assert_msg (
            test_latch_wait_for (play.steps [i], goals [i], TEST_PATIENCE_MS),
            "round %u: %d does not go on", play.round, i);
}

static void spin (void)
{
    uint64_t until_us =
        shared_now_us () + test_random_below (&play.random, SPIN_US);
    while (shared_now_us () < until_us)
        ;
}

//  ---------------------------------------------------------------------------
//  Harms

static bool is_counted_on (void)
{
    return play.row->need == MATRIX_COUNTED_ON;
}

static void let_play (void)
{
    test_latch_open (play.gate);
}

//  All requests of the dead victim are applied now, and it holds nothing.
static void bury (void)
{
    works (weir_lock_acquire (play.life, TEST_PATIENCE_MS));
    ck_assert (weir_lock_abandoned (play.life));
    works (weir_lock_release (play.life));
    go_on (0, 1);
}

static void kill_one (matrix_actor_t *victim)
{
    pid_t pid = test_fork (be_victim, victim);
    ck_assert (test_latch_wait_for (play.ready, play.round, TEST_PATIENCE_MS));
    let_play ();
    if (is_counted_on ())
        go_on (MATRIX_VICTIM, MATRIX_VICTIM);
    spin ();
    ck_assert_int_eq (kill (pid, SIGKILL), 0);
    ck_assert_int_eq (test_join (pid), -SIGKILL);
    bury ();
}

static void stop_one (matrix_actor_t *victim)
{
    pid_t pid = play.pids [victim->index];
    int status;
    let_play ();
    spin ();
    ck_assert_int_eq (kill (pid, SIGSTOP), 0);
    ck_assert_int_eq (waitpid (pid, &status, WUNTRACED), pid);
    ck_assert (WIFSTOPPED (status));
    if (play.row->need != MATRIX_NOT_NEEDED)
        spin ();
    else
        go_on (0, 1);
    ck_assert_int_eq (kill (pid, SIGCONT), 0);
    go_on (0, MATRIX_VICTIM);
}

//  Another thread continues the steps of the ended one, until the play is over.
static void *replace (void *arg)
{
    matrix_actor_t *me = arg;
    me->left = -1;
    go_round (me);
    return NULL;
}

static void end_one (matrix_actor_t *victim)
{
    victim->left = (int) test_random_below (&play.random, MOMENTS);
    pthread_t thread = shared_thread (end_somewhere, victim);
    ck_assert (test_latch_wait_for (play.ready, play.round, TEST_PATIENCE_MS));
    let_play ();
    shared_join (thread);
    play.replaced = is_counted_on ();
    if (play.replaced)
        play.other = shared_thread (replace, victim);
    bury ();
}

//  ---------------------------------------------------------------------------
//  A play

static void begin_play (int form, matrix_harm_t harm)
{
    play.owner = shared_owner (form);
    play.life = weir_lock_new (play.owner, "life");
    exists (play.life);
    play.gate = test_latch_new ();
    play.ready = test_latch_new ();
    play.done = test_latch_new ();
    matrix_board = test_shared (sizeof *matrix_board);
    matrix_board->harm = harm;
    play.row->kind->begin (play.owner);
    int count =
        matrix_board->harm == MATRIX_STOP ? MATRIX_ACTORS : MATRIX_VICTIM;
    for (int i = 0; i < MATRIX_ACTORS; i++) {
        matrix_board->actors [i].index = i;
        play.steps [i] = test_latch_new ();
    }
    for (int i = 0; i < count; i++)
        play.pids [i] = test_fork (stay, &matrix_board->actors [i]);
}

static void end_play (void)
{
    atomic_store (&matrix_board->ended, true);
    let_play ();
    for (int i = 0; i < MATRIX_ACTORS; i++) {
        if (play.pids [i])
            ck_assert_int_eq (test_join (play.pids [i]), 0);
        test_latch_destroy (&play.steps [i]);
    }
    play.row->kind->end ();
    test_unshare (matrix_board, sizeof *matrix_board);
    test_latch_destroy (&play.gate);
    test_latch_destroy (&play.ready);
    test_latch_destroy (&play.done);
    weir_lock_destroy (&play.life);
    shared_owner_end (&play.owner);
}

static void play_once (void)
{
    static void (*const harms []) (matrix_actor_t * victim) = {
        [MATRIX_KILL] = kill_one,
        [MATRIX_STOP] = stop_one,
        [MATRIX_END] = end_one,
    };
    matrix_board_t *board = matrix_board;
    unsigned count =
        matrix_board->harm == MATRIX_STOP ? MATRIX_ACTORS : MATRIX_VICTIM;
    play.round++;
    atomic_store (&board->over, false);
    for (int i = 0; i < MATRIX_ACTORS; i++) {
        board->actors [i].stops = 0;
        memset (board->actors [i].last, -1, sizeof board->actors [i].last);
        atomic_store (&board->actors [i].holds, MATRIX_FREE);
        atomic_store (&board->actors [i].abandoned, 0);
    }
    harms [matrix_board->harm](&board->actors [MATRIX_VICTIM]);
    atomic_store (&board->over, true);
    ck_assert_msg (
        test_latch_wait_for (play.done, count * play.round, TEST_PATIENCE_MS),
        "round %u: not all end", play.round);
    if (play.replaced)
        shared_join (play.other);
    play.replaced = false;
    play.row->kind->check (board->actors);
}

//  Plays every row with an owner in a process, and less often in another form.
static void play_row (int i, matrix_harm_t harm)
{
    static const char *const names [] = {"killed", "stopped", "ended"};
    static const int counts [] = {KILLS, STOPS, ENDS};
    int form = i % 2 ? i / 2 % (SHARED_FORKING_FORMS - 1) + 1 : SHARED_PROCESS;
    int rounds = form == SHARED_PROCESS ? counts [harm] : IN_OTHER_FORMS;
    play.row = &rows [i / 2];
    play.random = test_seed () + (uint64_t) i;
    printf ("%s, %s, %s %d times: ", play.row->kind->name, play.row->role,
            names [harm], rounds);
    fflush (stdout);
    uint64_t start_us = shared_now_us ();
    begin_play (form, harm);
    for (int round = 0; round < rounds; round++)
        play_once ();
    end_play ();
    printf ("%.2f s\n", (double) (shared_now_us () - start_us) / 1e6);
}

START_TEST (when_a_process_is_killed_the_others_continue)
{
    play_row (_i, MATRIX_KILL);
}
END_TEST

START_TEST (when_a_process_is_stopped_for_a_while_all_continue)
{
    play_row (_i, MATRIX_STOP);
}
END_TEST

START_TEST (when_a_thread_ends_the_others_continue)
{
    play_row (_i, MATRIX_END);
}
END_TEST

int matrix_main (const char *name, const matrix_row_t *all, int count)
{
    rows = all;
    Suite *suite = suite_create (name);
    TCase *tcase = test_case (suite, "kill");
    int end = count * 2;
    tcase_add_loop_test (tcase, when_a_process_is_killed_the_others_continue, 0,
                         end);
    tcase = test_case (suite, "stop");
    tcase_add_loop_test (
        tcase, when_a_process_is_stopped_for_a_while_all_continue, 0, end);
    tcase = test_case (suite, "end");
    tcase_add_loop_test (tcase, when_a_thread_ends_the_others_continue, 0, end);
    return test_main (suite);
}
