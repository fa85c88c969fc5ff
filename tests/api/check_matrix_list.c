/*  check_matrix_list.c - the matrix of lists, sets, arrays and vars

    A writer makes changes of several parts, which appear together or not at
    all. A reader checks this at any moment. A waiter gets each new item or
    value.

    SPDX-License-Identifier: MPL-2.0
*/

#include "kit/matrix.h"

static weir_list_t *list;
static weir_set_t *set;
static weir_array_t *array;
static weir_var_t *var;

//  ---------------------------------------------------------------------------
//  List: two equal items at a time; or single ones, which are taken out

static void begin_list (weir_owner_t *of)
{
    exists (list = weir_list_new (of, "list"));
}

static void end_list (void)
{
    weir_list_destroy (&list);
}

//  Checks that items come in pairs, and those of each writer in order. Counts
//  them.
static bool is_in_pairs (weir_value_t items, int64_t counts [MATRIX_ACTORS])
{
    for (uint32_t i = 0; i < items.size; i += 2) {
        int64_t item = items.items [i].integer;
        int64_t *count = &counts [item % MATRIX_ACTORS];
        if (i + 1 == items.size || items.items [i + 1].integer != item ||
            item / MATRIX_ACTORS != (*count)++)
            return false;
    }
    return true;
}

static void check_list (matrix_actor_t *actors)
{
    weir_value_t items;
    int64_t counts [MATRIX_ACTORS] = {0};
    works (weir_list_items (list, &items));
    ck_assert (is_in_pairs (items, counts));
    for (int i = 0; i < MATRIX_ACTORS; i++)
        matrix_settle (&actors [i], 0, counts [i]);
    weir_value_clear (&items);
    works (weir_list_clear (list));
    matrix_forget (actors);
}

static bool write_list (matrix_actor_t *me)
{
    int item = matrix_begin (me, 0) * MATRIX_ACTORS + me->index;
    test_must (weir_list_extend (list, weir_list_of (item, item)) == 0);
    matrix_done (me, 0);
    matrix_moment (me);
    return !matrix_over ();
}

static bool read_list (matrix_actor_t *me)
{
    weir_value_t items;
    int64_t counts [MATRIX_ACTORS] = {0};
    test_must (weir_list_items (list, &items) == 0 &&
               is_in_pairs (items, counts));
    weir_value_clear (&items);
    matrix_moment (me);
    return !matrix_over ();
}

//  Takes out the remaining items. One item may be lost: it was on its way to
//  the killed player.
static void check_popped (matrix_actor_t *actors)
{
    matrix_actor_t *victim = &actors [MATRIX_VICTIM];
    weir_value_t item;
    matrix_ck_idle (list);
    int lost =
        atomic_load (&victim->sent [1]) - atomic_load (&victim->acked [1]);
    while (weir_list_pop (list, 0, &item) == 0)
        if (item.integer != MATRIX_STOP_ITEM)
            matrix_got (&actors [0], item.integer, false);
    matrix_items_t items = matrix_count_items (actors, 1);
    ck_assert_int_le (items.lost, lost);
    ck_assert_int_eq (items.again, 0);
}

static bool append (matrix_actor_t *me)
{
    bool over = matrix_over ();
    int32_t item = matrix_item (me, matrix_begin (me, 0));
    test_must (weir_list_append (list, item) == 0);
    matrix_done (me, 0);
    matrix_moment (me);
    for (int i = 0; over && i < MATRIX_ACTORS; i++)
        test_must (weir_list_append (list, MATRIX_STOP_ITEM) == 0);
    return !over;
}

static bool pop (matrix_actor_t *me)
{
    weir_value_t item;
    matrix_begin (me, 1);
    test_must (weir_list_pop_wait (list, 0, &item, -1) == 0);
    matrix_done (me, 1);
    if (item.integer == MATRIX_STOP_ITEM)
        return false;
    matrix_got (me, item.integer, true);
    matrix_moment (me);
    return true;
}

static const matrix_kind_t list_kind = {"list", begin_list, check_list,
                                        end_list};
static const matrix_kind_t popped_kind = {"list of items", begin_list,
                                          check_popped, end_list};

//  ---------------------------------------------------------------------------
//  Var: a number that grows

static void begin_var (weir_owner_t *of)
{
    exists (var = weir_var_new (of, "var", weir_value_int (0)));
}

static void end_var (void)
{
    weir_var_destroy (&var);
}

static void check_var (matrix_actor_t *actors)
{
    int64_t sum = 0;
    matrix_ck_idle (var);
    works (weir_var_get_int (var, &sum));
    matrix_settle_sum (actors, 0, sum);
}

//  When the play is over the var grows once more, for the waiters.
static bool add_to_var (matrix_actor_t *me)
{
    bool over = matrix_over ();
    matrix_begin (me, 0);
    test_must (weir_var_add (var, 1, NULL) == 0);
    matrix_done (me, 0);
    matrix_moment (me);
    return !over;
}

static bool read_var (matrix_actor_t *me)
{
    int64_t before = 0, after = 0;
    test_must (weir_var_get_int (var, &before) == 0);
    matrix_moment (me);
    test_must (weir_var_get_int (var, &after) == 0 && after >= before);
    matrix_moment (me);
    return !matrix_over ();
}

static bool wait_for_var (matrix_actor_t *me)
{
    int64_t before = 0;
    weir_value_t after;
    test_must (weir_var_get_int (var, &before) == 0);
    if (matrix_over ())
        return false;
    test_must (weir_var_wait_at_least (var, weir_value_int (before + 1), &after,
                                       -1) == 0);
    test_must (after.integer > before);
    matrix_moment (me);
    return true;
}

static const matrix_kind_t var_kind = {"var", begin_var, check_var, end_var};

//  ---------------------------------------------------------------------------
//  Set: two members at a time

static void begin_set (weir_owner_t *of)
{
    exists (set = weir_set_new (of, "set"));
}

static void end_set (void)
{
    weir_set_destroy (&set);
}

//  Checks that members come in pairs. Counts those of each writer.
static bool has_both (weir_value_t members, int64_t counts [MATRIX_ACTORS])
{
    for (uint32_t i = 0; i < members.size; i += 2) {
        int64_t member = members.items [i].integer;
        if (i + 1 == members.size || member % 2 != 0 ||
            members.items [i + 1].integer != member + 1)
            return false;
        counts [member / 2 % MATRIX_ACTORS]++;
    }
    return true;
}

static void check_set (matrix_actor_t *actors)
{
    weir_value_t members;
    int64_t counts [MATRIX_ACTORS] = {0};
    works (weir_set_items (set, &members));
    ck_assert (has_both (members, counts));
    for (int i = 0; i < MATRIX_ACTORS; i++)
        matrix_settle (&actors [i], 0, counts [i]);
    weir_value_clear (&members);
    works (weir_set_clear (set));
    matrix_forget (actors);
}

static bool write_set (matrix_actor_t *me)
{
    int member = 2 * (matrix_begin (me, 0) * MATRIX_ACTORS + me->index);
    test_must (weir_set_update (set, weir_list_of (member, member + 1)) == 0);
    matrix_done (me, 0);
    matrix_moment (me);
    return !matrix_over ();
}

static bool read_set (matrix_actor_t *me)
{
    weir_value_t members;
    int64_t counts [MATRIX_ACTORS] = {0};
    test_must (weir_set_items (set, &members) == 0 &&
               has_both (members, counts));
    weir_value_clear (&members);
    matrix_moment (me);
    return !matrix_over ();
}

static const matrix_kind_t set_kind = {"set", begin_set, check_set, end_set};

//  ---------------------------------------------------------------------------
//  Array: a slice of each writer, whose elements are equal

enum { PART = 40 };

static void begin_array (weir_owner_t *of)
{
    exists (array =
                weir_array_new (of, "array", WEIR_I64, PART * MATRIX_ACTORS));
}

static void end_array (void)
{
    weir_array_destroy (&array);
}

static bool look_at_array (int64_t counts [MATRIX_ACTORS])
{
    int64_t elements [MATRIX_ACTORS][PART];
    if (weir_array_read (array, 0, WEIR_I64, elements, MATRIX_ACTORS * PART) !=
        0)
        return false;
    for (int i = 0; i < MATRIX_ACTORS; i++) {
        counts [i] = elements [i][0];
        for (int j = 1; j < PART; j++)
            if (elements [i][j] != counts [i])
                return false;
    }
    return true;
}

static void check_array (matrix_actor_t *actors)
{
    int64_t counts [MATRIX_ACTORS];
    ck_assert (look_at_array (counts));
    for (int i = 0; i < MATRIX_ACTORS; i++)
        matrix_settle (&actors [i], 0, counts [i]);
}

static bool write_array (matrix_actor_t *me)
{
    matrix_begin (me, 0);
    test_must (weir_array_add_slice (
                   array,
                   weir_slice (me->index * PART, (me->index + 1) * PART, 1),
                   1) == 0);
    matrix_done (me, 0);
    matrix_moment (me);
    return !matrix_over ();
}

static bool read_array (matrix_actor_t *me)
{
    int64_t counts [MATRIX_ACTORS];
    test_must (look_at_array (counts));
    matrix_moment (me);
    return !matrix_over ();
}

static const matrix_kind_t array_kind = {"array", begin_array, check_array,
                                         end_array};

static const matrix_row_t rows [] = {
    {&list_kind,
     "writer",
     write_list,
     {write_list, read_list},
     MATRIX_NOT_NEEDED},
    {&list_kind,
     "reader",
     read_list,
     {write_list, read_list},
     MATRIX_NOT_NEEDED},
    {&popped_kind, "producer", append, {append, pop}, MATRIX_NOT_NEEDED},
    {&popped_kind, "waiter", pop, {append, pop}, MATRIX_NOT_NEEDED},
    {&var_kind,
     "writer",
     add_to_var,
     {add_to_var, wait_for_var},
     MATRIX_NOT_NEEDED},
    {&var_kind, "reader", read_var, {add_to_var, read_var}, MATRIX_NOT_NEEDED},
    {&var_kind,
     "waiter",
     wait_for_var,
     {add_to_var, wait_for_var},
     MATRIX_NOT_NEEDED},
    {&set_kind, "writer", write_set, {write_set, read_set}, MATRIX_NOT_NEEDED},
    {&set_kind, "reader", read_set, {write_set, read_set}, MATRIX_NOT_NEEDED},
    {&array_kind,
     "writer",
     write_array,
     {write_array, read_array},
     MATRIX_NOT_NEEDED},
    {&array_kind,
     "reader",
     read_array,
     {write_array, read_array},
     MATRIX_NOT_NEEDED},
};

int main (void)
{
    return matrix_main ("matrix of lists", rows, sizeof rows / sizeof *rows);
}
