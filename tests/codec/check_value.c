/*  check_value.c - making, clearing, copying, comparing and finding values

    SPDX-License-Identifier: MPL-2.0
*/

#include <check.h>
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "kit/random_value.h"
#include "kit/support.h"
#include "kit/malloc.h"
#include "weir.h"

//  A marker that a failed call must not overwrite.
enum { UNTOUCHED = 4711 };

static weir_value_t reference (const char *text)
{
    return weir_value_sized (WEIR_REFERENCE, text, strlen (text));
}

static weir_value_t parse (const char *text)
{
    weir_value_t value;
    ck_assert_int_eq (weir_value_parse (text, &value), 0);
    return value;
}

//  Making

START_TEST (plain_c_values_become_values)
{
    char text [] = "abc";
    ck_assert_int_eq (weir_value ((bool) true).type, WEIR_BOOL);
    ck_assert_int_eq (weir_value ('x').integer, 'x');
    ck_assert_int_eq (weir_value ((short) -1).integer, -1);
    ck_assert_int_eq (weir_value (UINT32_MAX).integer, UINT32_MAX);
    ck_assert_int_eq (weir_value ((size_t) 7).integer, 7);
    ck_assert_int_eq (weir_value (UINT64_MAX).type, WEIR_INVALID);
    ck_assert_double_eq (weir_value (0.5f).real, 0.5);
    ck_assert_uint_eq (weir_value (text).size, 3);
    ck_assert_str_eq (weir_value ("").string, "");
    ck_assert_int_eq (weir_value ((const char *) NULL).type, WEIR_NIL);
    ck_assert_int_eq (weir_value (weir_value (3)).integer, 3);
    ck_assert_int_eq (weir_value_bytes (NULL, 1).type, WEIR_INVALID);
    ck_assert_int_eq (weir_value_bytes (NULL, 0).type, WEIR_BYTES);
    ck_assert_int_eq (weir_value_list (NULL, (size_t) 1 << 32).type,
                      WEIR_INVALID);
}
END_TEST

START_TEST (lists_and_maps_are_written_in_place)
{
    weir_value_t empty = weir_list_of ();
    ck_assert (empty.type == WEIR_LIST && empty.size == 0);
    empty = weir_map_of ();
    ck_assert (empty.type == WEIR_MAP && empty.size == 0);
    int x = 5;
    weir_value_t list = weir_list_of ((x), "two", 3.0, -x, WEIR_TRUE);
    ck_assert_uint_eq (list.size, 5);
    ck_assert_int_eq (list.items [0].integer, 5);
    ck_assert_str_eq (list.items [1].string, "two");
    ck_assert_int_eq (list.items [2].type, WEIR_REAL);
    ck_assert_int_eq (list.items [3].integer, -5);
    weir_value_t map = weir_map_of ("name", "Jack", "age", 31);
    ck_assert_uint_eq (map.size, 2);
    ck_assert_int_eq (map.items [3].integer, 31);
    list = weir_list_of (1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16);
    ck_assert_uint_eq (list.size, 16);
    ck_assert_int_eq (list.items [15].integer, 16);
    map = weir_map_of (1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16);
    ck_assert_uint_eq (map.size, 8);
    ck_assert_int_eq (map.items [15].integer, 16);
    list = weir_list_of (weir_list_of (weir_list_of (1), weir_list_of ()), 2);
    ck_assert_int_eq (list.items [0].items [0].items [0].integer, 1);
}
END_TEST

//  Clearing and copying

START_TEST (clearing_makes_nil_and_may_be_repeated)
{
    weir_value_t value = parse ("['a', {'b': [1]}]");
    weir_value_clear (&value);
    ck_assert_int_eq (value.type, WEIR_NIL);
    weir_value_clear (&value);
    weir_value_clear (NULL);
    value = weir_value ("borrowed");
    weir_value_clear (&value);
    ck_assert_int_eq (value.type, WEIR_NIL);
}
END_TEST

START_TEST (a_copy_shares_nothing_with_its_original)
{
    char text [] = "Jack";
    weir_value_t items [] = {weir_value (text), weir_value (1)};
    weir_value_t copy;
    ck_assert_int_eq (weir_value_copy (weir_value_list (items, 2), &copy), 0);
    text [0] = 'P';
    items [1] = weir_value (2);
    ck_assert_str_eq (copy.items [0].string, "Jack");
    ck_assert_int_eq (copy.items [1].integer, 1);
    weir_value_clear (&copy);
}
END_TEST

START_TEST (an_uncopyable_value_is_refused)
{
    weir_value_t copy = weir_value (UNTOUCHED);
    weir_value_t itself;
    itself = weir_value_list (&itself, 1);
    ck_assert_int_eq (weir_value_copy (itself, &copy), -1);
    ck_assert_int_eq (errno, EINVAL);
    ck_assert_int_eq (weir_value_copy (weir_value (UINT64_MAX), &copy), -1);
    ck_assert_int_eq (errno, EINVAL);
    size_t size = (size_t) 64 << 20;
    char *text = calloc (1, size);
    ck_assert_int_eq (weir_value_copy (weir_value_bytes (text, size), &copy),
                      -1);
    ck_assert_int_eq (errno, EMSGSIZE);
    free (text);
    ck_assert_int_eq (copy.integer, UNTOUCHED);
    ck_assert_int_eq (weir_value_copy (weir_value (1), NULL), -1);
    ck_assert_int_eq (errno, EINVAL);
}
END_TEST

START_TEST (a_copy_that_finds_no_memory_changes_nothing)
{
    bool failed = true;
    for (unsigned n = 0; failed; n++) {
        weir_value_t copy = weir_value (UNTOUCHED);
        test_malloc_watch (n);
        int rc = weir_value_copy (weir_list_of ("text", 1), &copy);
        failed = test_malloc_unwatch () > n;
        int error = errno;
        ck_assert_int_eq (rc, failed ? -1 : 0);
        ck_assert (!failed || error == ENOMEM);
        ck_assert_int_eq (copy.integer == UNTOUCHED, failed);
        weir_value_clear (&copy);
    }
}
END_TEST

//  Comparing

typedef struct pair {
    weir_value_t a;
    weir_value_t b;
    bool equal;
} pair_t;

static void must_compare (const pair_t *pairs, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        const pair_t *pair = &pairs [i];
        ck_assert_msg (weir_value_equal (pair->a, pair->b) == pair->equal,
                       "pair %zu", i);
        ck_assert_msg (weir_value_equal (pair->b, pair->a) == pair->equal,
                       "pair %zu, swapped", i);
    }
}

START_TEST (numbers_and_texts_are_equal_as_in_python)
{
    const int64_t odd = (INT64_C (1) << 53) + 1;
    const pair_t pairs [] = {
        {WEIR_NOTHING, WEIR_NOTHING, true},
        {WEIR_NOTHING, weir_value (0), false},
        {WEIR_NOTHING, WEIR_FALSE, false},
        {WEIR_TRUE, weir_value (1), true},
        {WEIR_TRUE, weir_value (1.0), true},
        {WEIR_FALSE, weir_value (-0.0), true},
        {WEIR_TRUE, weir_value (2), false},
        {weir_value (1), weir_value (1.0), true},
        {weir_value (1), weir_value (1.5), false},
        {weir_value (odd), weir_value (0x1p53), false},
        {weir_value (odd - 1), weir_value (0x1p53), true},
        {weir_value (INT64_C (3) << 61), weir_value (0x1.8p62), true},
        {weir_value (INT64_MAX), weir_value (0x1p63), false},
        {weir_value (INT64_MIN), weir_value (-0x1p63), true},
        {weir_value (INT64_MIN), weir_value (-0x1.8p63), false},
        {weir_value (1), weir_value ((double) INFINITY), false},
        {weir_value ((double) INFINITY), weir_value ((double) INFINITY), true},
        {weir_value ((double) NAN), weir_value ((double) NAN), false},
        {weir_value ((double) NAN), weir_value (0), false},
        {weir_value (0.0), weir_value (-0.0), true},
        {weir_value ("a"), weir_value ("a"), true},
        {weir_value ("a"), weir_value ("b"), false},
        {weir_value ("a"), weir_value ("aa"), false},
        {weir_value ("a"), weir_value_bytes ("a", 1), false},
        {weir_value ("a"), reference ("a"), false},
        {reference ("a"), reference ("a"), true},
        {weir_value (""), weir_value_sized (WEIR_STRING, NULL, 0), true},
        {weir_value (UINT64_MAX), weir_value (UINT64_MAX), false},
    };
    must_compare (pairs, sizeof pairs / sizeof *pairs);
}
END_TEST

START_TEST (lists_and_maps_are_equal_as_in_python)
{
    const pair_t pairs [] = {
        {weir_list_of (1, 2), weir_list_of (1.0, 2), true},
        {weir_list_of (1, 2), weir_list_of (2, 1), false},
        {weir_list_of (1, 2), weir_list_of (1), false},
        {weir_list_of (), weir_map_of (), false},
        {weir_list_of (), weir_value_list (NULL, 0), true},
        {weir_list_of ((double) NAN), weir_list_of ((double) NAN), false},
        {weir_map_of (), weir_map_of (), true},
        {weir_map_of (1, 2, 3, 4), weir_map_of (3, 4, 1, 2), true},
        {weir_map_of (1, 2, 3, 4), weir_map_of (3, 4, WEIR_TRUE, 2.0), true},
        {weir_map_of (1, 2, 3, 4), weir_map_of (3, 2, 1, 4), false},
        {weir_map_of (1, 2), weir_map_of (1, 2, 3, 4), false},
        {weir_map_of (1, 2, 3, 4), weir_map_of (1, 2, 1, 2), false},
        {weir_map_of (1, 2, 1, 2), weir_map_of (1, 2, 3, 4), false},
        {weir_map_of (weir_list_of (1), 1, weir_map_of (1, 2, 3, 4), 2),
         weir_map_of (weir_map_of (3, 4, 1, 2), 2, weir_list_of (1.0), 1),
         true},
        {weir_map_of ((double) NAN, 1), weir_map_of ((double) NAN, 1), false},
        {weir_map_of ((double) NAN, 1), weir_map_of (), false},
    };
    must_compare (pairs, sizeof pairs / sizeof *pairs);
}
END_TEST

//  Makes another value that is equal: maps shuffled, integers as reals. Works
//  in place, on owned memory.
static void disguise (weir_value_t *value, uint64_t *state)
{
    if (value->type == WEIR_INTEGER && (double) value->integer < 0x1p62 &&
        (int64_t) (double) value->integer == value->integer)
        *value = weir_value ((double) value->integer);
    if (value->type != WEIR_LIST && value->type != WEIR_MAP)
        return;
    weir_value_t *items = (weir_value_t *) value->items;
    size_t count = value->type == WEIR_MAP ? 2 * value->size : value->size;
    for (size_t i = 0; i < count; i++)
        disguise (&items [i], state);
    for (size_t i = value->type == WEIR_MAP ? value->size : 0; i > 1; i--) {
        size_t j = test_random_below (state, i);
        weir_value_t pair [2];
        memcpy (pair, &items [2 * j], sizeof pair);
        memcpy (&items [2 * j], &items [2 * i - 2], sizeof pair);
        memcpy (&items [2 * i - 2], pair, sizeof pair);
    }
}

//  Makes the keys of all maps in an owned value differ.
static void number_keys (weir_value_t *value, int64_t *next)
{
    weir_value_t *items = (weir_value_t *) value->items;
    for (size_t i = 0; value->type == WEIR_LIST && i < value->size; i++)
        number_keys (&items [i], next);
    for (size_t i = 0; value->type == WEIR_MAP && i < value->size; i++) {
        items [2 * i] = weir_value ((*next)++);
        number_keys (&items [2 * i + 1], next);
    }
}

START_TEST (every_value_equals_its_copy_in_any_order_and_only_that)
{
    uint64_t state = test_seed ();
    weir_value_t last = weir_value_nil ();
    for (int round = 0; round < 500; round++) {
        random_value_t random = random_value (&state, RANDOM_REFERENCES);
        weir_value_t copy, other;
        int64_t next = 0;
        ck_assert_int_eq (weir_value_copy (random.value, &copy), 0);
        ck_assert (weir_value_equal (random.value, copy));
        number_keys (&copy, &next);
        ck_assert_int_eq (weir_value_copy (copy, &other), 0);
        disguise (&other, &state);
        ck_assert (weir_value_equal (copy, other));
        ck_assert (weir_value_equal (other, copy));
        ck_assert_int_eq (weir_value_equal (last, copy),
                          weir_value_equal (copy, last));
        ck_assert (!weir_value_equal (weir_list_of (copy, 1),
                                      weir_list_of (other, 2)));
        weir_value_clear (&other);
        weir_value_clear (&last);
        last = copy;
        random_value_free (&random);
    }
    weir_value_clear (&last);
}
END_TEST

//  Two maps with keys from 0 to count - 1, one of them backwards.
static void make_large_maps (size_t count, weir_value_t *a, weir_value_t *b)
{
    weir_value_t *up = calloc (2 * count, sizeof *up);
    weir_value_t *down = calloc (2 * count, sizeof *down);
    for (size_t i = 0; i < 2 * count; i++) {
        up [i] = weir_value (i / 2);
        down [i] = weir_value (count - 1 - i / 2);
    }
    *a = weir_value_map (up, count);
    *b = weir_value_map (down, count);
}

START_TEST (large_maps_in_different_orders_are_compared_quickly)
{
    const size_t count = 200000;
    weir_value_t a, b;
    make_large_maps (count, &a, &b);
    weir_value_t *last = (weir_value_t *) &b.items [2 * count - 1];
    ck_assert (weir_value_equal (a, b));
    *last = weir_value (-1);
    ck_assert (!weir_value_equal (a, b));
    free ((void *) a.items);
    free ((void *) b.items);
}
END_TEST

START_TEST (large_maps_are_compared_also_without_memory)
{
    weir_value_t a, b;
    make_large_maps (100, &a, &b);
    test_malloc_watch (0);
    bool equal = weir_value_equal (a, b);
    ck_assert_uint_eq (test_malloc_unwatch (), 1);
    ck_assert (equal);
    ((weir_value_t *) b.items) [1] = weir_value (-1);
    test_malloc_watch (0);
    equal = weir_value_equal (a, b);
    test_malloc_unwatch ();
    ck_assert (!equal);
    free ((void *) a.items);
    free ((void *) b.items);
}
END_TEST

START_TEST (one_key_a_million_times_is_compared_quickly)
{
    const size_t count = 1000000;
    weir_value_t *a = calloc (2 * count, sizeof *a);
    weir_value_t *b = calloc (2 * count, sizeof *b);
    a [0] = b [2 * count - 2] = weir_value (1);
    ck_assert (weir_value_equal (weir_value_map (a, count),
                                 weir_value_map (b, count)));
    free (a);
    free (b);
}
END_TEST

//  Comparing these would take 2^32 steps if the keys of a pair were compared
//  twice on each level. The innermost values differ, but have the same hash.
START_TEST (keys_within_keys_are_compared_quickly)
{
    weir_value_t a [31][4], b [31][4];
    weir_value_t key = weir_list_of ((double) NAN);
    for (int i = 0; i < 31; i++) {
        a [i][0] = b [i][2] = key;
        a [i][2] = b [i][0] = weir_value ("other");
        a [i][1] = a [i][3] = b [i][1] = b [i][3] = weir_value (1);
        key = weir_value_map (a [i], 2);
    }
    ck_assert (!weir_value_equal (key, weir_value_map (b [30], 2)));
}
END_TEST

START_TEST (a_value_nested_too_deep_equals_nothing)
{
    weir_value_t places [33], value = weir_value (1);
    for (int i = 0; i < 33; i++) {
        ck_assert (weir_value_equal (value, value));
        places [i] = value;
        value = weir_value_list (&places [i], 1);
    }
    ck_assert (!weir_value_equal (value, value));
    weir_value_t itself;
    itself = weir_value_list (&itself, 1);
    ck_assert (!weir_value_equal (itself, itself));
    weir_value_t no_items = {.type = WEIR_LIST, .size = 1};
    ck_assert (!weir_value_equal (no_items, no_items));
    //  Nor does a map with such a key.
    weir_value_t keys [] = {value, itself, no_items};
    for (int i = 0; i < 3; i++) {
        weir_value_t pair [] = {keys [i], weir_value (1)};
        weir_value_t map = weir_value_map (pair, 1);
        ck_assert (!weir_value_equal (map, map));
    }
}
END_TEST

//  Finding

START_TEST (a_key_is_found_by_equality)
{
    weir_value_t map = weir_map_of ("name", "Jack", 1, "one", WEIR_NOTHING,
                                    "nothing", weir_list_of (1), "list");
    ck_assert_str_eq (weir_value_find (map, weir_value ("name"))->string,
                      "Jack");
    ck_assert_ptr_eq (weir_value_find (map, weir_value (1.0)), &map.items [3]);
    ck_assert_ptr_eq (weir_value_find (map, WEIR_TRUE), &map.items [3]);
    ck_assert_ptr_eq (weir_value_find (map, WEIR_NOTHING), &map.items [5]);
    ck_assert_ptr_eq (weir_value_find (map, weir_list_of (1)), &map.items [7]);
    ck_assert_ptr_null (weir_value_find (map, weir_value ("Jack")));
    ck_assert_ptr_null (weir_value_find (weir_map_of (), weir_value (1)));
    ck_assert_ptr_null (weir_value_find (weir_list_of (1, 2), weir_value (1)));
    weir_value_t no_items = {.type = WEIR_MAP, .size = 1};
    ck_assert_ptr_null (weir_value_find (no_items, weir_value (1)));
}
END_TEST

START_TEST (the_last_of_two_equal_keys_counts)
{
    weir_value_t map = weir_map_of (1, "first", 2, "other", 1, "last");
    ck_assert_str_eq (weir_value_find (map, weir_value (1))->string, "last");
}
END_TEST

int main (void)
{
    Suite *suite = suite_create ("value");
    TCase *making = test_case (suite, "making");
    tcase_add_test (making, plain_c_values_become_values);
    tcase_add_test (making, lists_and_maps_are_written_in_place);

    TCase *copying = test_case (suite, "copying");
    tcase_add_test (copying, clearing_makes_nil_and_may_be_repeated);
    tcase_add_test (copying, a_copy_shares_nothing_with_its_original);
    tcase_add_test (copying, an_uncopyable_value_is_refused);
    tcase_add_test (copying, a_copy_that_finds_no_memory_changes_nothing);

    TCase *comparing = test_case (suite, "comparing");
    tcase_add_test (comparing, numbers_and_texts_are_equal_as_in_python);
    tcase_add_test (comparing, lists_and_maps_are_equal_as_in_python);
    tcase_add_test (comparing,
                    every_value_equals_its_copy_in_any_order_and_only_that);
    tcase_add_test (comparing,
                    large_maps_in_different_orders_are_compared_quickly);
    tcase_add_test (comparing, large_maps_are_compared_also_without_memory);
    tcase_add_test (comparing, one_key_a_million_times_is_compared_quickly);
    tcase_add_test (comparing, keys_within_keys_are_compared_quickly);
    tcase_add_test (comparing, a_value_nested_too_deep_equals_nothing);

    TCase *finding = test_case (suite, "finding");
    tcase_add_test (finding, a_key_is_found_by_equality);
    tcase_add_test (finding, the_last_of_two_equal_keys_counts);
    return test_main (suite);
}
