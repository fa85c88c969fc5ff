/*  matrix_board.c - records of the plays of the matrix, and checks of them

    SPDX-License-Identifier: MPL-2.0
*/

#include "kit/matrix_board.h"

matrix_board_t *matrix_board;

//  ---------------------------------------------------------------------------
//  For steps

bool matrix_over (void)
{
    return atomic_load (&matrix_board->over);
}

bool matrix_victim_stays (void)
{
    return matrix_board->harm == MATRIX_STOP;
}

void matrix_moment (matrix_actor_t *me)
{
    if (matrix_board->harm == MATRIX_END && me->index == MATRIX_VICTIM &&
        me->left-- == 0)
        pthread_exit (NULL);
}

int matrix_begin (matrix_actor_t *me, int deed)
{
    return atomic_fetch_add (&me->sent [deed], 1);
}

void matrix_done (matrix_actor_t *me, int deed)
{
    atomic_fetch_add (&me->acked [deed], 1);
}

//  Returns whether nothing in the section is half done.
static bool is_whole (void)
{
    const matrix_board_t *board = matrix_board;
    return atomic_load (&board->left) == atomic_load (&board->right);
}

static void make_whole (void)
{
    matrix_board_t *board = matrix_board;
    atomic_store (&board->right, atomic_load (&board->left));
}

void matrix_enter (matrix_actor_t *me, bool abandoned, uint64_t token)
{
    atomic_store (&me->holds, MATRIX_HOLDS);
    atomic_fetch_add (&me->abandoned, abandoned);
    if (abandoned)
        make_whole ();
    test_must (is_whole ());
    test_must (token > atomic_exchange (&matrix_board->token, token));
    atomic_fetch_add (&matrix_board->left, 1);
}

void matrix_leave (matrix_actor_t *me)
{
    atomic_fetch_add (&matrix_board->right, 1);
    atomic_store (&me->holds, MATRIX_FREE);
}

void matrix_read (matrix_actor_t *me, bool abandoned)
{
    atomic_store (&me->holds, MATRIX_READS);
    test_must (abandoned || is_whole ());
}

int32_t matrix_item (const matrix_actor_t *me, int n)
{
    test_must (n < MATRIX_ITEMS_MAX);
    return n | me->index << MATRIX_OF_SHIFT | n % 4 << MATRIX_SHUFFLE_SHIFT;
}

void matrix_got (matrix_actor_t *me, int64_t item, bool ordered)
{
    int n = (int) item & (MATRIX_ITEMS_MAX - 1);
    int of = (int) (item >> MATRIX_OF_SHIFT) & 3;
    test_must (item >= 0 && of < MATRIX_ACTORS);
    atomic_fetch_add (&matrix_board->seen [of][n], 1);
    test_must (!ordered || n > me->last [of]);
    if (n > me->last [of])
        me->last [of] = n;
}

//  ---------------------------------------------------------------------------
//  For checks

static bool has_died (void)
{
    return matrix_board->harm != MATRIX_STOP;
}

void matrix_settle (matrix_actor_t *actor, int deed, int64_t found)
{
    int sent = atomic_load (&actor->sent [deed]);
    int acked = atomic_load (&actor->acked [deed]);
    bool killed =
        matrix_board->harm == MATRIX_KILL && actor->index == MATRIX_VICTIM;
    ck_assert_msg (killed || sent == acked, "%d sent, %d acknowledged", sent,
                   acked);
    ck_assert_msg (found == acked || found == sent,
                   "deed %d of %d: %d sent, %d acknowledged, %d done", deed,
                   actor->index, sent, acked, (int) found);
    atomic_store (&actor->sent [deed], (int) found);
    atomic_store (&actor->acked [deed], (int) found);
}

void matrix_settle_sum (matrix_actor_t *actors, int deed, int64_t found)
{
    for (int i = 0; i < MATRIX_VICTIM; i++) {
        int acked = atomic_load (&actors [i].acked [deed]);
        matrix_settle (&actors [i], deed, acked);
        found -= acked;
    }
    matrix_settle (&actors [MATRIX_VICTIM], deed, found);
}

void matrix_forget (matrix_actor_t *actors)
{
    for (int i = 0; i < MATRIX_ACTORS; i++)
        for (int deed = 0; deed < MATRIX_DEEDS; deed++) {
            atomic_store (&actors [i].sent [deed], 0);
            atomic_store (&actors [i].acked [deed], 0);
        }
}

void matrix_ck_abandoned (matrix_actor_t *actors, bool seen)
{
    int holds = atomic_load (&actors [MATRIX_VICTIM].holds);
    int count = seen;
    for (int i = 0; i < MATRIX_ACTORS; i++)
        count += atomic_load (&actors [i].abandoned);
    if (!has_died () || holds == MATRIX_READS)
        ck_assert_int_eq (count, 0);
    else if (holds == MATRIX_HOLDS)
        ck_assert_int_eq (count, 1);
    else
        ck_assert_int_le (count, matrix_board->harm == MATRIX_KILL);
    if (seen)
        make_whole ();
}

void matrix_ck_idle (void *object)
{
    weir_value_t info;
    works (weir_object_info (object, &info));
    const char *const names [] = {"waiters", "holders"};
    for (int i = 0; i < 2; i++) {
        const weir_value_t *list =
            weir_value_find (info, weir_value_string (names [i]));
        ck_assert (list && list->type == WEIR_LIST);
        ck_assert_msg (list->size == 0, "%d %s are left", (int) list->size,
                       names [i]);
    }
    weir_value_clear (&info);
}

//  The items of a deed arrive all or none.
static bool has_items (int index, int first, int each)
{
    const matrix_board_t *board = matrix_board;
    bool there = atomic_load (&board->seen [index][first]) > 0;
    for (int i = 1; i < each; i++)
        ck_assert_int_eq (atomic_load (&board->seen [index][first + i]) > 0,
                          there);
    return there;
}

matrix_items_t matrix_count_items (matrix_actor_t *actors, int each)
{
    matrix_board_t *board = matrix_board;
    matrix_items_t items = {0};
    for (int i = 0; i < MATRIX_ACTORS; i++) {
        int sent = atomic_load (&actors [i].sent [0]);
        int count = atomic_load (&actors [i].acked [0]);
        if (sent > count && has_items (i, count * each, each))
            count = sent;
        matrix_settle (&actors [i], 0, count);
        for (int n = 0; n < count * each; n++) {
            int seen = atomic_load (&board->seen [i][n]);
            items.lost += seen == 0;
            items.again += seen > 1 ? seen - 1 : 0;
            atomic_store (&board->seen [i][n], 0);
        }
    }
    matrix_forget (actors);
    return items;
}
