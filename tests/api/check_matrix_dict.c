/*  check_matrix_dict.c - the matrix of dicts, namespaces and transactions over
    several objects

    A writer makes changes of two parts, which appear together or not at all. A
    reader checks this at any moment.

    SPDX-License-Identifier: MPL-2.0
*/

#include <stdio.h>

#include "kit/matrix.h"

static weir_owner_t *owner;
static weir_dict_t *dict;
static weir_namespace_t *names;
static weir_var_t *var;

//  ---------------------------------------------------------------------------
//  Dict and namespace: two keys of each writer, and a sum of all

static void key_of (char key [8], const char *side, int index)
{
    snprintf (key, 8, "%s%d", side, index);
}

//  Returns the value of a key; 0 when it is missing.
static int64_t find (weir_value_t map, const char *side, int index)
{
    char key [8];
    key_of (key, side, index);
    const weir_value_t *value = weir_value_find (map, weir_value_string (key));
    return value ? value->integer : 0;
}

//  Checks both keys of each writer.
static bool is_whole (weir_value_t map)
{
    for (int i = 0; i < MATRIX_ACTORS; i++)
        if (find (map, "left", i) != find (map, "right", i))
            return false;
    return true;
}

static void check_map (matrix_actor_t *actors, weir_value_t map)
{
    ck_assert (is_whole (map));
    for (int i = 0; i < MATRIX_ACTORS; i++)
        matrix_settle (&actors [i], 0, find (map, "left", i));
    matrix_settle_sum (actors, 1, find (map, "sum", 0));
    weir_value_clear (&map);
}

static void begin_dict (weir_owner_t *of)
{
    exists (dict = weir_dict_new (of, "dict"));
}

static void check_dict (matrix_actor_t *actors)
{
    weir_value_t map;
    works (weir_dict_items (dict, &map));
    check_map (actors, map);
}

static void end_dict (void)
{
    weir_dict_destroy (&dict);
}

static bool write_dict (matrix_actor_t *me)
{
    char left [8], right [8];
    key_of (left, "left", me->index);
    key_of (right, "right", me->index);
    int n = matrix_begin (me, 0) + 1;
    test_must (weir_dict_update (dict, weir_map_of (left, n, right, n)) == 0);
    matrix_done (me, 0);
    matrix_moment (me);
    matrix_begin (me, 1);
    test_must (weir_dict_add (dict, "sum0", 1, NULL) == 0);
    matrix_done (me, 1);
    matrix_moment (me);
    return !matrix_over ();
}

static bool read_dict (matrix_actor_t *me)
{
    weir_value_t map;
    test_must (weir_dict_items (dict, &map) == 0 && is_whole (map));
    weir_value_clear (&map);
    matrix_moment (me);
    return !matrix_over ();
}

static void begin_names (weir_owner_t *of)
{
    exists (names = weir_namespace_new (of, "names"));
}

static void check_names (matrix_actor_t *actors)
{
    weir_value_t map;
    works (weir_namespace_items (names, &map));
    check_map (actors, map);
}

static void end_names (void)
{
    weir_namespace_destroy (&names);
}

static bool write_names (matrix_actor_t *me)
{
    char left [8], right [8];
    key_of (left, "left", me->index);
    key_of (right, "right", me->index);
    int n = matrix_begin (me, 0) + 1;
    test_must (weir_namespace_update (names, weir_map_of (left, n, right, n)) ==
               0);
    matrix_done (me, 0);
    matrix_moment (me);
    matrix_begin (me, 1);
    test_must (weir_namespace_add (names, "sum0", 1, NULL) == 0);
    matrix_done (me, 1);
    matrix_moment (me);
    return !matrix_over ();
}

static bool read_names (matrix_actor_t *me)
{
    weir_value_t map;
    test_must (weir_namespace_items (names, &map) == 0 && is_whole (map));
    weir_value_clear (&map);
    matrix_moment (me);
    return !matrix_over ();
}

static const matrix_kind_t dict_kind = {"dict", begin_dict, check_dict,
                                        end_dict};
static const matrix_kind_t names_kind = {"namespace", begin_names, check_names,
                                         end_names};

//  ---------------------------------------------------------------------------
//  Transactions: two keys of each writer in different objects, and a sum

static void begin_all (weir_owner_t *of)
{
    owner = of;
    begin_dict (of);
    begin_names (of);
    exists (var = weir_var_new (of, "var", weir_value_int (0)));
}

static void end_all (void)
{
    end_dict ();
    end_names ();
    weir_var_destroy (&var);
}

//  Reads everything at one moment.
static bool look_at_all (int64_t counts [MATRIX_ACTORS], int64_t *sum)
{
    weir_value_t results;
    weir_transaction_t *look = weir_transaction_new (owner);
    for (int i = 0; i < MATRIX_ACTORS; i++) {
        char key [8];
        key_of (key, "left", i);
        weir_transaction_dict_add (look, dict, i, 0);
        weir_transaction_namespace_add (look, names, key, 0);
    }
    weir_transaction_var_get (look, var);
    bool whole = weir_transaction_commit (look, &results) == 0;
    weir_transaction_destroy (&look);
    if (!whole)
        return false;
    *sum = results.items [2 * MATRIX_ACTORS].integer;
    for (int i = 0; i < MATRIX_ACTORS; i++) {
        counts [i] = results.items [2 * i].integer;
        whole &= counts [i] == results.items [2 * i + 1].integer;
    }
    weir_value_clear (&results);
    return whole;
}

static void check_all (matrix_actor_t *actors)
{
    int64_t counts [MATRIX_ACTORS], sum = 0;
    ck_assert (look_at_all (counts, &sum));
    for (int i = 0; i < MATRIX_ACTORS; i++) {
        matrix_settle (&actors [i], 0, counts [i]);
        sum -= counts [i];
    }
    ck_assert_int_eq (sum, 0);
}

static bool commit (matrix_actor_t *me)
{
    char key [8];
    key_of (key, "left", me->index);
    weir_transaction_t *change = weir_transaction_new (owner);
    weir_transaction_dict_add (change, dict, me->index, 1);
    weir_transaction_namespace_add (change, names, key, 1);
    weir_transaction_var_add (change, var, 1);
    matrix_begin (me, 0);
    test_must (weir_transaction_commit (change, NULL) == 0);
    matrix_done (me, 0);
    weir_transaction_destroy (&change);
    matrix_moment (me);
    return !matrix_over ();
}

static bool look (matrix_actor_t *me)
{
    int64_t counts [MATRIX_ACTORS], sum;
    test_must (look_at_all (counts, &sum));
    matrix_moment (me);
    return !matrix_over ();
}

static const matrix_kind_t transaction_kind = {"transaction", begin_all,
                                               check_all, end_all};

static const matrix_row_t rows [] = {
    {&dict_kind,
     "writer",
     write_dict,
     {write_dict, read_dict},
     MATRIX_NOT_NEEDED},
    {&dict_kind,
     "reader",
     read_dict,
     {write_dict, read_dict},
     MATRIX_NOT_NEEDED},
    {&names_kind,
     "writer",
     write_names,
     {write_names, read_names},
     MATRIX_NOT_NEEDED},
    {&names_kind,
     "reader",
     read_names,
     {write_names, read_names},
     MATRIX_NOT_NEEDED},
    {&transaction_kind, "writer", commit, {commit, look}, MATRIX_NOT_NEEDED},
    {&transaction_kind, "reader", look, {commit, look}, MATRIX_NOT_NEEDED},
};

int main (void)
{
    return matrix_main ("matrix of dicts", rows, sizeof rows / sizeof *rows);
}
