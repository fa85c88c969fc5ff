/*  check_list.c - the kind list: its operations, as in Python

    SPDX-License-Identifier: MPL-2.0
*/

#include <stdio.h>
#include <string.h>

#include "kit/machine.h"
#include "kit/support.h"

static kit_t *kit;
static uint64_t list;

static const char *ask (unsigned op, const char *args)
{
    return kit_ask (kit, A, list, op, args);
}

static const char *all (void)
{
    return kit_read (kit, list, WEIR__LIST_GET_SLICE, "None, None, None");
}

static void begin (void)
{
    kit = kit_new ();
    list = kit_create (kit, A, WEIR__LIST, "'l', [1, 6, 3, 4]");
}

static void end (void)
{
    kit_destroy (&kit);
}

//  Makes a new list with these items.
static void start_with (const char *items)
{
    char args [256];
    kit_forget (kit);
    snprintf (args, sizeof args, "None, None, None, [%s]", items);
    ck_assert_str_eq (ask (WEIR__LIST_SET_SLICE, args), "None");
}

START_TEST (a_list_begins_with_the_given_items)
{
    ck_assert_str_eq (all (), "[1, 6, 3, 4]");
    list = kit_create (kit, A, WEIR__LIST, "None");
    ck_assert_str_eq (all (), "[]");
    ck_assert_str_eq (ask (WEIR__LIST_APPEND, "'x'"), "None");
    ck_assert_str_eq (all (), "['x']");
    list = kit_create (kit, A, WEIR__LIST, "None, []");
    ck_assert_str_eq (ask (WEIR__LIST_CLEAR, ""), "None");
    ck_assert_str_eq (ask (WEIR__LIST_SIZE, ""), "0");
    ck_assert_str_eq (kit_ask (kit, A, 0, WEIR__DIRECTORY_CREATE, "2, None, 5"),
                      "EINVAL");
    ck_assert_ptr_nonnull (strstr (kit_sentence (kit), "must be in a list"));
}
END_TEST

START_TEST (items_are_added_at_either_end_and_between)
{
    ck_assert_str_eq (ask (WEIR__LIST_APPEND, "[5]"), "None");
    ck_assert_str_eq (ask (WEIR__LIST_EXTEND, "[7, 8]"), "None");
    ck_assert_str_eq (ask (WEIR__LIST_EXTEND, "[]"), "None");
    ck_assert_str_eq (ask (WEIR__LIST_INSERT, "0, 'first'"), "None");
    ck_assert_str_eq (ask (WEIR__LIST_INSERT, "-1, 'before last'"), "None");
    ck_assert_str_eq (ask (WEIR__LIST_INSERT, "-100, 'low'"), "None");
    ck_assert_str_eq (ask (WEIR__LIST_INSERT, "100, 'high'"), "None");
    ck_assert_str_eq (all (), "['low', 'first', 1, 6, 3, 4, [5], 7, "
                              "'before last', 8, 'high']");
    ck_assert_str_eq (ask (WEIR__LIST_EXTEND, "'ab'"), "EINVAL");
    ck_assert_str_eq (ask (WEIR__LIST_INSERT, "None, 1"), "EINVAL");
    ck_assert_str_eq (ask (WEIR__LIST_INSERT, "1.0, 1"), "EINVAL");
    ck_assert_str_eq (ask (WEIR__LIST_SIZE, ""), "11");
}
END_TEST

START_TEST (a_list_grows_to_any_size)
{
    char number [16];
    for (int i = 0; i < 1000; i++) {
        snprintf (number, sizeof number, "%d", i);
        ck_assert_str_eq (ask (WEIR__LIST_APPEND, number), "None");
        kit_forget (kit);
    }
    ck_assert_str_eq (ask (WEIR__LIST_GET, "-1"), "999");
    ck_assert_str_eq (ask (WEIR__LIST_SIZE, ""), "1004");
    ck_assert_str_eq (ask (WEIR__LIST_CLEAR, ""), "None");
    ck_assert_str_eq (all (), "[]");
}
END_TEST

START_TEST (an_index_may_count_from_the_end)
{
    ck_assert_str_eq (ask (WEIR__LIST_GET, "0"), "1");
    ck_assert_str_eq (ask (WEIR__LIST_GET, "-1"), "4");
    ck_assert_str_eq (ask (WEIR__LIST_GET, "-4"), "1");
    ck_assert_str_eq (ask (WEIR__LIST_SET, "-3, None"), "None");
    ck_assert_str_eq (ask (WEIR__LIST_DELETE, "0"), "None");
    ck_assert_str_eq (all (), "[None, 3, 4]");
    ck_assert_str_eq (ask (WEIR__LIST_POP, "-1"), "4");
    ck_assert_str_eq (ask (WEIR__LIST_POP, "0"), "None");
    ck_assert_str_eq (all (), "[3]");
}
END_TEST

START_TEST (an_index_out_of_range_is_told_with_the_size)
{
    static const struct {
        unsigned op;
        const char *args;
    } calls [] = {
        {WEIR__LIST_GET, "4"},
        {WEIR__LIST_GET, "-5"},
        {WEIR__LIST_SET, "4, 1"},
        {WEIR__LIST_DELETE, "4"},
        {WEIR__LIST_POP, "-5"},
        {WEIR__LIST_ADD, "4, 1"},
        {WEIR__LIST_GET, "9223372036854775807"},
        {WEIR__LIST_GET, "-9223372036854775808"},
    };
    for (unsigned i = 0; i < sizeof calls / sizeof *calls; i++) {
        ck_assert_str_eq (ask (calls [i].op, calls [i].args), "ERANGE");
        ck_assert_ptr_nonnull (strstr (kit_sentence (kit), "it has 4 items"));
    }
    ck_assert_str_eq (kit_sentence (kit),
                      "list 'l': index -9223372036854775808 is out of range: "
                      "it has 4 items");
    ck_assert_str_eq (all (), "[1, 6, 3, 4]");
    start_with ("1");
    ck_assert_str_eq (ask (WEIR__LIST_POP, "-2"), "ERANGE");
    ck_assert_ptr_nonnull (strstr (kit_sentence (kit), "it has 1 item"));
    ck_assert_str_eq (ask (WEIR__LIST_GET, "'0'"), "EINVAL");
    ck_assert_str_eq (ask (WEIR__LIST_SET, "0.0, 1"), "EINVAL");
    ck_assert_str_eq (ask (WEIR__LIST_DELETE, "None"), "EINVAL");
    ck_assert_str_eq (ask (WEIR__LIST_POP, "True"), "EINVAL");
}
END_TEST

START_TEST (values_are_found_as_python_finds_them)
{
    start_with ("1, 'a', True, [1, {'k': 2}], 1.0, 'a', b'a', None");
    ck_assert_str_eq (ask (WEIR__LIST_COUNT, "1"), "3");
    ck_assert_str_eq (ask (WEIR__LIST_COUNT, "'a'"), "2");
    ck_assert_str_eq (ask (WEIR__LIST_COUNT, "'b'"), "0");
    ck_assert_str_eq (ask (WEIR__LIST_INDEX, "'a'"), "1");
    ck_assert_str_eq (ask (WEIR__LIST_INDEX, "[True, {'k': 2.0}]"), "3");
    ck_assert_str_eq (ask (WEIR__LIST_INDEX, "'a', 2"), "5");
    ck_assert_str_eq (ask (WEIR__LIST_INDEX, "1, -4, None"), "4");
    ck_assert_str_eq (ask (WEIR__LIST_INDEX, "1, None, 1"), "0");
    ck_assert_str_eq (ask (WEIR__LIST_INDEX, "None, -100, 100"), "7");
    ck_assert_str_eq (ask (WEIR__LIST_INDEX, "'a', 2, 5"), "ENOENT");
    ck_assert_str_eq (ask (WEIR__LIST_INDEX, "'a', 5, 2"), "ENOENT");
    ck_assert_str_eq (kit_sentence (kit), "list 'l': 'a' is not in the list");
    ck_assert_str_eq (ask (WEIR__LIST_INDEX, "'a', '5'"), "EINVAL");
    ck_assert_str_eq (ask (WEIR__LIST_INDEX, "'a', 0, 5.5"), "EINVAL");
}
END_TEST

START_TEST (remove_takes_the_first_that_is_equal)
{
    start_with ("2, True, 1, 3");
    ck_assert_str_eq (ask (WEIR__LIST_REMOVE, "1.0"), "None");
    ck_assert_str_eq (all (), "[2, 1, 3]");
    ck_assert_str_eq (ask (WEIR__LIST_REMOVE, "3"), "None");
    ck_assert_str_eq (ask (WEIR__LIST_REMOVE, "3"), "ENOENT");
    ck_assert_str_eq (kit_sentence (kit), "list 'l': 3 is not in the list");
    ck_assert_str_eq (all (), "[2, 1]");
}
END_TEST

START_TEST (numbers_in_a_list_can_be_added_to)
{
    ck_assert_str_eq (ask (WEIR__LIST_ADD, "1, -1"), "5");
    ck_assert_str_eq (ask (WEIR__LIST_ADD, "-1, 0.5"), "4.5");
    ck_assert_str_eq (all (), "[1, 5, 3, 4.5]");
    start_with ("'a', 9223372036854775807");
    ck_assert_str_eq (ask (WEIR__LIST_ADD, "0, 1"), "EINVAL");
    ck_assert_str_eq (ask (WEIR__LIST_ADD, "1, 'b'"), "EINVAL");
    ck_assert_str_eq (ask (WEIR__LIST_ADD, "1, 1"), "ERANGE");
    ck_assert_str_eq (all (), "['a', 9223372036854775807]");
}
END_TEST

START_TEST (a_list_is_reversed)
{
    ck_assert_str_eq (ask (WEIR__LIST_REVERSE, ""), "None");
    ck_assert_str_eq (all (), "[4, 3, 6, 1]");
    ck_assert_str_eq (ask (WEIR__LIST_APPEND, "0"), "None");
    ck_assert_str_eq (ask (WEIR__LIST_REVERSE, ""), "None");
    ck_assert_str_eq (all (), "[0, 1, 6, 3, 4]");
    ck_assert_str_eq (ask (WEIR__LIST_CLEAR, ""), "None");
    ck_assert_str_eq (ask (WEIR__LIST_REVERSE, ""), "None");
}
END_TEST

typedef struct sorting {
    const char *items;
    const char *sorted;
    const char *backwards;
} sorting_t;

static const sorting_t sortings [] = {
    {"", "[]", "[]"},
    {"None", "[None]", "[None]"},
    {"3, 1, 2", "[1, 2, 3]", "[3, 2, 1]"},
    {"2, True, 1.0, 1, False", "[False, True, 1.0, 1, 2]",
     "[2, True, 1.0, 1, False]"},
    {"nan, 1, inf, nan, -inf", "[-inf, 1, inf, nan, nan]",
     "[nan, nan, inf, 1, -inf]"},
    {"9007199254740993, 9007199254740992.0, 9007199254740991",
     "[9007199254740991, 9007199254740992.0, 9007199254740993]",
     "[9007199254740993, 9007199254740992.0, 9007199254740991]"},
    {"9223372036854775807, 9.3e18, -9.3e18, -9223372036854775808",
     "[-9.3e+18, -9223372036854775808, 9223372036854775807, 9.3e+18]",
     "[9.3e+18, 9223372036854775807, -9223372036854775808, -9.3e+18]"},
    {"2, 1.5, 1, -1.5, -1, -2, 1.0", "[-2, -1.5, -1, 1, 1.0, 1.5, 2]",
     "[2, 1.5, 1, 1.0, -1, -1.5, -2]"},
    {"'b', 'a', '', 'ab', '\\u00e9', 'z'",
     "['', 'a', 'ab', 'b', 'z', '\xc3\xa9']",
     "['\xc3\xa9', 'z', 'b', 'ab', 'a', '']"},
    {"b'b', b'', b'\\xff', b'a'", "[b'', b'a', b'b', b'\\xff']",
     "[b'\\xff', b'b', b'a', b'']"},
    {"[2], [], [1, 'b'], [1, 'a'], [1]", "[[], [1], [1, 'a'], [1, 'b'], [2]]",
     "[[2], [1, 'b'], [1, 'a'], [1], []]"},
    {"[None, 2], [None, 1], [{'k': []}, 2]", NULL, NULL},
    {"[None, {'k': []}, 2], [None, {'k': []}, 1]",
     "[[None, {'k': []}, 1], [None, {'k': []}, 2]]",
     "[[None, {'k': []}, 2], [None, {'k': []}, 1]]"},
    {"[[1], [2]], [[1], [1]], [[1], [2]]",
     "[[[1], [1]], [[1], [2]], [[1], [2]]]",
     "[[[1], [2]], [[1], [2]], [[1], [1]]]"},
    {"1, 'a'", NULL, NULL},
    {"'a', b'a'", NULL, NULL},
    {"None, None", NULL, NULL},
    {"{}, {}", NULL, NULL},
    {"3, 2, [], 1", NULL, NULL},
    {"[1], [None]", NULL, NULL},
};

START_TEST (a_list_is_sorted_as_python_sorts)
{
    const sorting_t *sorting = &sortings [_i];
    char untouched [256];
    start_with (sorting->items);
    snprintf (untouched, sizeof untouched, "%s", all ());
    if (!sorting->sorted) {
        ck_assert_str_eq (ask (WEIR__LIST_SORT, "False"), "EINVAL");
        ck_assert_str_eq (ask (WEIR__LIST_SORT, "True"), "EINVAL");
        ck_assert_ptr_nonnull (
            strstr (kit_sentence (kit), "cannot be compared"));
        ck_assert_str_eq (all (), untouched);
        return;
    }
    ck_assert_str_eq (ask (WEIR__LIST_SORT, "False"), "None");
    ck_assert_str_eq (all (), sorting->sorted);
    start_with (sorting->items);
    ck_assert_str_eq (ask (WEIR__LIST_SORT, "True"), "None");
    ck_assert_str_eq (all (), sorting->backwards);
    ck_assert_str_eq (ask (WEIR__LIST_SORT, "1"), "EINVAL");
}
END_TEST

typedef struct slicing {
    const char *slice;
    const char *expected;
} slicing_t;

//  The indices of a slice of [0, 1, 2, 3, 4, 5].
static const slicing_t slicings [] = {
    {"None, None, None", "[0, 1, 2, 3, 4, 5]"},
    {"1, 3, None", "[1, 2]"},
    {"-2, None, None", "[4, 5]"},
    {"None, -2, 1", "[0, 1, 2, 3]"},
    {"None, None, 2", "[0, 2, 4]"},
    {"None, None, -1", "[5, 4, 3, 2, 1, 0]"},
    {"None, None, -4", "[5, 1]"},
    {"4, 1, -1", "[4, 3, 2]"},
    {"-100, 100, 4", "[0, 4]"},
    {"100, -100, -4", "[5, 1]"},
    {"3, 1, None", "[]"},
    {"1, 3, -1", "[]"},
    {"100, None, None", "[]"},
    {"None, -100, None", "[]"},
    {"-100, None, -1", "[]"},
    {"1, None, 9223372036854775807", "[1]"},
    {"-2, None, -9223372036854775808", "[4]"},
    {"-9223372036854775808, 9223372036854775807, 5", "[0, 5]"},
    {"None, None, 0", "EINVAL"},
    {"None, None, 1.0", "EINVAL"},
    {"'a', None, None", "EINVAL"},
    {"None, 'a', None", "EINVAL"},
};

START_TEST (a_slice_is_the_same_as_in_python)
{
    start_with ("0, 1, 2, 3, 4, 5");
    ck_assert_str_eq (ask (WEIR__LIST_GET_SLICE, slicings [_i].slice),
                      slicings [_i].expected);
    //  The deleted and the remaining items make up the list.
    if (slicings [_i].expected [0] != '[') {
        ck_assert_str_eq (ask (WEIR__LIST_DELETE_SLICE, slicings [_i].slice),
                          "EINVAL");
        ck_assert_str_eq (all (), "[0, 1, 2, 3, 4, 5]");
        return;
    }
    ck_assert_str_eq (ask (WEIR__LIST_DELETE_SLICE, slicings [_i].slice),
                      "None");
    const char *left = all ();
    for (const char *c = "012345"; *c; c++)
        ck_assert (!strchr (left, *c) != !strchr (slicings [_i].expected, *c));
}
END_TEST

START_TEST (a_slice_is_replaced_as_in_python)
{
    static const struct {
        const char *args;
        const char *expected;
    } cases [] = {
        {"1, 3, None, ['x']", "[0, 'x', 3, 4, 5]"},
        {"1, 1, 1, ['x', 'y']", "[0, 'x', 'y', 1, 2, 3, 4, 5]"},
        {"5, 2, None, ['x']", "[0, 1, 2, 3, 4, 'x', 5]"},
        {"100, None, None, ['x']", "[0, 1, 2, 3, 4, 5, 'x']"},
        {"None, None, None, []", "[]"},
        {"None, None, 2, ['x', 'y', 'z']", "['x', 1, 'y', 3, 'z', 5]"},
        {"None, None, -1, [1, 2, 3, 4, 5, 6]", "[6, 5, 4, 3, 2, 1]"},
        {"5, 2, -2, ['x', 'y']", "[0, 1, 2, 'y', 4, 'x']"},
        {"3, 1, 2, []", "[0, 1, 2, 3, 4, 5]"},
        {"None, None, 2, ['x']", NULL},
        {"None, None, -1, []", NULL},
        {"None, None, 0, []", NULL},
        {"None, None, None, 'ab'", NULL},
        {"None, True, None, []", NULL},
    };
    for (unsigned i = 0; i < sizeof cases / sizeof *cases; i++) {
        start_with ("0, 1, 2, 3, 4, 5");
        ck_assert_str_eq (ask (WEIR__LIST_SET_SLICE, cases [i].args),
                          cases [i].expected ? "None" : "EINVAL");
        ck_assert_str_eq (all (), cases [i].expected ? cases [i].expected
                                                     : "[0, 1, 2, 3, 4, 5]");
    }
    ck_assert_str_eq (ask (WEIR__LIST_SET_SLICE, "None, None, 5, [1]"),
                      "EINVAL");
    ck_assert_str_eq (
        kit_sentence (kit),
        "list 'l': 1 items do not fit a slice of 2 items with step 5");
}
END_TEST

START_TEST (a_long_value_is_cut_in_a_sentence)
{
    char args [1200] = "'";
    for (int i = 0; i < 150; i++)
        strcat (args, "\xc3\xa9");
    strcat (args, "'");
    ck_assert_str_eq (ask (WEIR__LIST_REMOVE, args), "ENOENT");
    const char *sentence = kit_sentence (kit);
    ck_assert_ptr_nonnull (strstr (sentence, "\xc3\xa9... is not in the list"));
    ck_assert_uint_lt (strlen (sentence), 250);
    args [1] = 'a';
    args [2] = 'b'; //  the cut moves by a byte
    memmove (args + 1, args + 2, strlen (args + 1));
    ck_assert_str_eq (ask (WEIR__LIST_REMOVE, args), "ENOENT");
    ck_assert_ptr_nonnull (strstr (kit_sentence (kit), "\xc3\xa9... is not"));
    memset (args + 1, 'x', 1150);
    args [1150] = '\'';
    args [1151] = '\0';
    ck_assert_str_eq (ask (WEIR__LIST_REMOVE, args), "ENOENT");
    ck_assert_str_eq (kit_sentence (kit),
                      "list 'l': that value is not in the list");
}
END_TEST

START_TEST (a_list_survives_a_snapshot)
{
    start_with ("1, [2, {'k': None}], 'x'");
    kit_restore (kit);
    ck_assert_str_eq (all (), "[1, [2, {'k': None}], 'x']");
    ck_assert_str_eq (ask (WEIR__LIST_APPEND, "2"), "None");
    ck_assert_str_eq (ask (WEIR__LIST_CLEAR, ""), "None");
    kit_restore (kit);
    ck_assert_str_eq (all (), "[]");
}
END_TEST

//  ---------------------------------------------------------------------------
//  Waiting for an item

//  Begins a wait. Returns its number.
static uint64_t wait_for (weir__origin_t who, const char *index)
{
    ck_assert_str_eq (kit_ask (kit, who, list, WEIR__LIST_POP_WAIT, index), "");
    return kit_last (kit, who);
}

START_TEST (an_available_item_is_popped_at_once)
{
    static const kit_line_t lines [] = {
        {WEIR__LIST_POP_WAIT, "-1", "3"},
        {WEIR__LIST_POP_WAIT, "0", "1"},
        {WEIR__LIST_POP_WAIT, "1", "EAGAIN"},
        {WEIR__LIST_POP_WAIT, "-2", "EAGAIN"},
        {WEIR__LIST_POP_WAIT, "'a'", "EINVAL"},
        {WEIR__LIST_POP_WAIT, "0", "2"},
        {WEIR__LIST_POP_WAIT, "0", "EAGAIN"},
    };
    list = kit_create (kit, A, WEIR__LIST, "None, [1, 2, 3]");
    kit->timeout_ms = 0;
    KIT_PLAY (kit, list, lines);
}
END_TEST

START_TEST (every_growth_of_a_list_ends_waits)
{
    static const kit_line_t growths [] = {
        {WEIR__LIST_APPEND, "7", "None"},
        {WEIR__LIST_INSERT, "0, 7", "None"},
        {WEIR__LIST_EXTEND, "[7]", "None"},
        {WEIR__LIST_SET_SLICE, "0, 0, 1, [7]", "None"},
    };
    for (unsigned i = 0; i < sizeof growths / sizeof *growths; i++) {
        list = kit_create (kit, A, WEIR__LIST, "None");
        uint64_t number = wait_for (A, "-1");
        kit_restore (kit);
        ck_assert_str_eq (
            kit_ask (kit, B, list, growths [i].op, growths [i].args), "None");
        ck_assert_str_eq (kit_reply (kit, A, number), "7");
        ck_assert_str_eq (kit_read (kit, list, WEIR__LIST_SIZE, ""), "0");
    }
}
END_TEST

START_TEST (each_item_goes_to_one_waiter_the_oldest_first)
{
    list = kit_create (kit, A, WEIR__LIST, "None");
    uint64_t far = wait_for (A, "2"), first = wait_for (A2, "0");
    uint64_t second = wait_for (B, "0"), third = wait_for (A2, "0");
    kit_ask (kit, A, list, WEIR__LIST_EXTEND, "['x', 'y']");
    ck_assert_str_eq (kit_reply (kit, A2, first), "'x'");
    ck_assert_str_eq (kit_reply (kit, B, second), "'y'");
    ck_assert_str_eq (kit_reply (kit, A2, third), "");
    kit_ask (kit, A, list, WEIR__LIST_EXTEND, "['a', 'b', 'c']");
    ck_assert_str_eq (kit_reply (kit, A, far), "'c'");
    ck_assert_str_eq (kit_reply (kit, A2, third), "'a'");
    ck_assert_str_eq (
        kit_read (kit, list, WEIR__LIST_GET_SLICE, "None, None, None"),
        "['b']");
}
END_TEST

START_TEST (a_wait_for_an_item_ends_without_one)
{
    list = kit_create (kit, B, WEIR__LIST, "None");
    kit->timeout_ms = 10;
    uint64_t timed = wait_for (A, "0");
    kit->timeout_ms = -1;
    uint64_t cancelled = wait_for (A2, "0"), dropped = wait_for (A, "0");
    kit_wait (kit, 11);
    ck_assert_str_eq (kit_reply (kit, A, timed), "ETIMEDOUT");
    kit_record (kit, WEIR__RECORD_CANCEL, A2, cancelled);
    ck_assert_str_eq (kit_reply (kit, A2, cancelled), "EINTR");
    kit_record (kit, WEIR__RECORD_EXPIRE, (weir__origin_t){B.session, 0}, 0);
    ck_assert_str_eq (kit_reply (kit, A, dropped), "ENOENT");
}
END_TEST

int main (void)
{
    Suite *suite = suite_create ("list");
    TCase *tcase = test_case (suite, "operations");
    tcase_add_checked_fixture (tcase, begin, end);
    tcase_add_test (tcase, a_list_begins_with_the_given_items);
    tcase_add_test (tcase, items_are_added_at_either_end_and_between);
    tcase_add_test (tcase, a_list_grows_to_any_size);
    tcase_add_test (tcase, an_index_may_count_from_the_end);
    tcase_add_test (tcase, an_index_out_of_range_is_told_with_the_size);
    tcase_add_test (tcase, values_are_found_as_python_finds_them);
    tcase_add_test (tcase, remove_takes_the_first_that_is_equal);
    tcase_add_test (tcase, numbers_in_a_list_can_be_added_to);
    tcase_add_test (tcase, a_list_is_reversed);
    tcase_add_test (tcase, a_long_value_is_cut_in_a_sentence);
    tcase_add_test (tcase, a_list_survives_a_snapshot);
    tcase_add_loop_test (tcase, a_list_is_sorted_as_python_sorts, 0,
                         sizeof sortings / sizeof *sortings);
    tcase_add_loop_test (tcase, a_slice_is_the_same_as_in_python, 0,
                         sizeof slicings / sizeof *slicings);
    tcase_add_test (tcase, a_slice_is_replaced_as_in_python);
    tcase = test_case (suite, "waiting");
    tcase_add_checked_fixture (tcase, begin, end);
    tcase_add_test (tcase, an_available_item_is_popped_at_once);
    tcase_add_test (tcase, every_growth_of_a_list_ends_waits);
    tcase_add_test (tcase, each_item_goes_to_one_waiter_the_oldest_first);
    tcase_add_test (tcase, a_wait_for_an_item_ends_without_one);
    return test_main (suite);
}
