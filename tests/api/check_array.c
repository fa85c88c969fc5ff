/*  check_array.c - array through the public API

    Each test runs over all three forms of owners.

    SPDX-License-Identifier: MPL-2.0
*/

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "kit/shared.h"

static weir_array_t *make_array (weir_owner_t *owner, weir_element_t type,
                                 weir_value_t numbers)
{
    weir_array_t *array = weir_array_new_with (owner, NULL, type, numbers);
    exists (array);
    return array;
}

//  Asserts the content, as it is printed.
static void holds (weir_array_t *array, const char *text)
{
    char *found = NULL;
    size_t size;
    FILE *file = open_memstream (&found, &size);
    works (weir_array_print (array, file));
    fclose (file);
    found [size - 1] = '\0'; //  the newline
    ck_assert_str_eq (found, text);
    free (found);
}

START_TEST (an_array_is_made_opened_and_destroyed)
{
    weir_owner_t *owner = shared_owner (_i);
    weir_array_t *array = weir_array_new (owner, "cells", WEIR_I16, 3);
    exists (array);
    refuses_null (EEXIST, weir_array_new (owner, "cells", WEIR_I16, 3));
    refuses_null (ENOENT, weir_array_open (owner, "none"));
    refuses_null (EINVAL, weir_list_open (owner, "cells"));
    refuses_null (EINVAL, weir_array_new (owner, NULL, WEIR_ELEMENTS, 3));
    refuses_null (EINVAL, weir_array_new (owner, NULL, WEIR_I16, -1));
    refuses_null (EINVAL, weir_array_new (owner, NULL, WEIR_F64, 8388609));
    refuses_null (EINVAL, weir_array_new_with (owner, NULL, WEIR_I16,
                                               weir_value_int (3)));
    refuses_null (EINVAL, weir_array_new_with (owner, NULL, WEIR_I16,
                                               weir_list_of ("a")));
    refuses_null (
        ERANGE, weir_array_new_with (owner, NULL, WEIR_U8, weir_list_of (256)));
    weir_array_t *other = weir_array_open (owner, "cells");
    exists (other);
    weir_array_t *third = weir_array_from (weir_object_reference (array));
    exists (third);
    works (weir_array_set (array, 1, -5));
    holds (other, "[0, -5, 0]");
    ck_assert_int_eq (weir_array_type (third), WEIR_I16);
    ck_assert_int_eq (weir_array_size (third), 3);
    weir_array_destroy (&array);
    ck_assert_ptr_null (array);
    weir_array_destroy (&array);
    weir_array_destroy (NULL);
    works (weir_object_drop (other));
    refuses (ENOENT, weir_array_set (third, 0, 1));
    weir_array_destroy (&other);
    weir_array_destroy (&third);
    shared_owner_end (&owner);
}
END_TEST

START_TEST (an_array_gets_sets_and_adds)
{
    weir_owner_t *owner = shared_owner (_i);
    weir_array_t *array =
        make_array (owner, WEIR_U8, weir_list_of (1, 2, 3, 250));
    weir_value_t value = weir_value_int (7);
    int64_t integer = 7;
    double real = 7;
    works (weir_array_get (array, -1, &value));
    equals (&value, "250");
    works (weir_array_get_int (array, 0, &integer));
    ck_assert_int_eq (integer, 1);
    works (weir_array_get_real (array, 1, &real));
    ck_assert_double_eq (real, 2);
    works (weir_array_add (array, 3, 5, &value));
    equals (&value, "255");
    value = weir_value_int (7);
    refuses (EOVERFLOW, weir_array_add (array, 3, 1, &value));
    refuses (EINVAL, weir_array_add (array, 3, 0.5, &value));
    refuses (ERANGE, weir_array_add (array, 4, 1, &value));
    refuses (ERANGE, weir_array_get (array, 4, &value));
    ck_assert_int_eq (value.integer, 7);
    refuses (ERANGE, weir_array_set (array, 0, 256));
    refuses (ERANGE, weir_array_set (array, 4, 1));
    refuses (EINVAL, weir_array_set (array, 0, "a"));
    holds (array, "[1, 2, 3, 255]");
    weir_array_destroy (&array);
    array = make_array (owner, WEIR_F32, weir_list_of (1, 0.5));
    refuses (EINVAL, weir_array_get_int (array, 1, &integer));
    refuses (ERANGE, weir_array_set (array, 1, 1e39));
    works (weir_array_add (array, 1, 1, NULL));
    works (weir_array_set (array, 0, NAN));
    holds (array, "[nan, 1.5]");
    weir_array_destroy (&array);
    shared_owner_end (&owner);
}
END_TEST

START_TEST (an_array_has_slices)
{
    weir_owner_t *owner = shared_owner (_i);
    weir_array_t *array =
        make_array (owner, WEIR_I8, weir_list_of (1, 2, 3, 4, 5));
    weir_slice_t odd = weir_slice (1, WEIR_SLICE_END, 2);
    weir_value_t value;
    works (weir_array_get_slice (array, odd, &value));
    equals (&value, "[2, 4]");
    works (weir_array_set_slice (array, odd, weir_list_of (7, 8)));
    works (weir_array_set_slice (array, weir_slice (-1, WEIR_SLICE_END, 1), 9));
    works (weir_array_add_slice (array, WEIR_SLICE_ALL, 100));
    holds (array, "[101, 107, 103, 108, 109]");
    works (weir_array_items (array, &value));
    equals (&value, "[101, 107, 103, 108, 109]");
    refuses (EOVERFLOW, weir_array_add_slice (array, WEIR_SLICE_ALL, 20));
    refuses (EOVERFLOW,
             weir_array_add_slice (array, odd, weir_list_of (1, 99)));
    refuses (EINVAL, weir_array_add_slice (array, odd, weir_list_of (1)));
    refuses (EINVAL, weir_array_set_slice (array, odd, weir_list_of (1, 2, 3)));
    refuses (ERANGE, weir_array_set_slice (array, odd, 128));
    refuses (EINVAL, weir_array_set_slice (array, odd, "a"));
    refuses (EINVAL,
             weir_array_get_slice (array, weir_slice (0, 1, 0), &value));
    works (weir_array_add_slice (array, odd, weir_list_of (-7, -8)));
    holds (array, "[101, 100, 103, 100, 109]");
    weir_array_destroy (&array);
    shared_owner_end (&owner);
}
END_TEST

START_TEST (elements_go_in_and_out_as_they_are)
{
    weir_owner_t *owner = shared_owner (_i);
    weir_array_t *array = weir_array_new (owner, NULL, WEIR_F64, 4);
    const double in [] = {1.5, NAN, -INFINITY};
    double out [4] = {7, 7, 7, 7};
    works (weir_array_write (array, 1, WEIR_F64, in, 3));
    holds (array, "[0.0, 1.5, nan, -inf]");
    works (weir_array_read (array, -3, WEIR_F64, out, 3));
    ck_assert_mem_eq (in, out, sizeof in);
    ck_assert_double_eq (out [3], 7);
    works (weir_array_read (array, 4, WEIR_F64, NULL, 0));
    works (weir_array_write (array, 4, WEIR_F64, NULL, 0));
    refuses (ERANGE, weir_array_read (array, 2, WEIR_F64, out, 3));
    refuses (ERANGE, weir_array_write (array, 2, WEIR_F64, in, 3));
    refuses (ERANGE, weir_array_read (array, 0, WEIR_F64, out, SIZE_MAX));
    refuses (ERANGE, weir_array_write (array, 0, WEIR_F64, in, SIZE_MAX / 8));
    refuses (EINVAL, weir_array_read (array, 0, WEIR_U64, out, 1));
    refuses (EINVAL, weir_array_write (array, 0, WEIR_I64, in, 1));
    refuses (EINVAL, weir_array_read (array, 0, WEIR_ELEMENTS, out, 1));
    refuses (EINVAL, weir_array_write (array, 0, (weir_element_t) -1, in, 1));
    refuses (EINVAL, weir_array_read (array, 0, WEIR_F64, NULL, 1));
    refuses (EINVAL, weir_array_write (array, 0, WEIR_F64, NULL, 1));
    ck_assert_double_eq (out [3], 7);
    weir_array_destroy (&array);
    array = weir_array_new (owner, NULL, WEIR_U64, 1);
    const uint64_t most = UINT64_MAX;
    uint64_t back = 0;
    weir_value_t value;
    works (weir_array_write (array, 0, WEIR_U64, &most, 1));
    refuses (ERANGE, weir_array_get (array, 0, &value));
    works (weir_array_read (array, 0, WEIR_U64, &back, 1));
    ck_assert (back == most);
    weir_array_destroy (&array);
    shared_owner_end (&owner);
}
END_TEST

START_TEST (a_million_doubles_go_at_once)
{
    enum { COUNT = 1000000 };
    weir_owner_t *owner = shared_owner (_i);
    weir_array_t *array = weir_array_new (owner, NULL, WEIR_F64, COUNT);
    exists (array);
    double *in = malloc (COUNT * sizeof *in);
    double *out = malloc (COUNT * sizeof *out);
    for (int i = 0; i < COUNT; i++)
        in [i] = i / 3.0;
    works (weir_array_write (array, 0, WEIR_F64, in, COUNT));
    works (weir_array_add_slice (array, weir_slice (0, 2, 1), 1));
    works (weir_array_read (array, 0, WEIR_F64, out, COUNT));
    ck_assert_double_eq (out [0], 1);
    ck_assert_double_eq (out [1], in [1] + 1);
    ck_assert_mem_eq (in + 2, out + 2, (COUNT - 2) * sizeof *in);
    free (in);
    free (out);
    weir_array_destroy (&array);
    shared_owner_end (&owner);
}
END_TEST

START_TEST (null_is_refused)
{
    weir_owner_t *owner = shared_owner (_i);
    weir_array_t *array = make_array (owner, WEIR_I8, weir_list_of (1));
    weir_value_t value, list = weir_list_of (1);
    int64_t integer;
    double real;
    int8_t byte = 0;
    refuses_null (EINVAL, weir_array_new (NULL, "x", WEIR_I8, 1));
    refuses_null (EINVAL, weir_array_new_with (NULL, "x", WEIR_I8, list));
    refuses_null (EINVAL, weir_array_open (NULL, "x"));
    refuses_null (EINVAL, weir_array_open (owner, NULL));
    refuses_null (EINVAL, weir_array_from (list));
    refuses (EINVAL, weir_array_type (NULL));
    refuses (EINVAL, weir_array_size (NULL));
    refuses (EINVAL, weir_array_get (NULL, 0, &value));
    refuses (EINVAL, weir_array_get_int (NULL, 0, &integer));
    refuses (EINVAL, weir_array_get_real (NULL, 0, &real));
    refuses (EINVAL, weir_array_set (NULL, 0, 1));
    refuses (EINVAL, weir_array_add (NULL, 0, 1, &value));
    refuses (EINVAL, weir_array_get_slice (NULL, WEIR_SLICE_ALL, &value));
    refuses (EINVAL, weir_array_set_slice (NULL, WEIR_SLICE_ALL, 1));
    refuses (EINVAL, weir_array_add_slice (NULL, WEIR_SLICE_ALL, 1));
    refuses (EINVAL, weir_array_items (NULL, &value));
    refuses (EINVAL, weir_array_read (NULL, 0, WEIR_I8, &byte, 1));
    refuses (EINVAL, weir_array_write (NULL, 0, WEIR_I8, &byte, 1));
    refuses (EINVAL, weir_array_print (NULL, stdout));
    refuses (EINVAL, weir_array_get (array, 0, NULL));
    refuses (EINVAL, weir_array_get_int (array, 0, NULL));
    refuses (EINVAL, weir_array_get_real (array, 0, NULL));
    refuses (EINVAL, weir_array_get_slice (array, WEIR_SLICE_ALL, NULL));
    refuses (EINVAL, weir_array_items (array, NULL));
    refuses (EINVAL, weir_array_print (array, NULL));
    weir_array_destroy (&array);
    shared_owner_end (&owner);
}
END_TEST

enum { CHILDREN = 4, ADDS = 50 };

static void add_often (void *arg)
{
    for (int i = 0; i < ADDS; i++)
        test_must (weir_array_add_slice (arg, WEIR_SLICE_ALL, 1) == 0);
}

START_TEST (no_addition_of_several_processes_is_lost)
{
    weir_owner_t *owner = shared_owner (_i);
    weir_array_t *array = weir_array_new (owner, NULL, WEIR_I32, 3);
    pid_t children [CHILDREN];
    for (int i = 0; i < CHILDREN; i++)
        children [i] = test_fork (add_often, array);
    for (int i = 0; i < CHILDREN; i++)
        ck_assert_int_eq (test_join (children [i]), 0);
    holds (array, "[200, 200, 200]");
    weir_array_destroy (&array);
    shared_owner_end (&owner);
}
END_TEST

int main (void)
{
    Suite *suite = suite_create ("shared array");
    TCase *tcase = test_case (suite, "array");
    tcase_add_loop_test (tcase, an_array_is_made_opened_and_destroyed, 0,
                         SHARED_FORMS);
    tcase_add_loop_test (tcase, an_array_gets_sets_and_adds, 0, SHARED_FORMS);
    tcase_add_loop_test (tcase, an_array_has_slices, 0, SHARED_FORMS);
    tcase_add_loop_test (tcase, elements_go_in_and_out_as_they_are, 0,
                         SHARED_FORMS);
    tcase_add_loop_test (tcase, a_million_doubles_go_at_once, 0, SHARED_FORMS);
    tcase_add_loop_test (tcase, null_is_refused, 0, SHARED_FORMS);
    tcase_add_loop_test (tcase, no_addition_of_several_processes_is_lost, 0,
                         SHARED_FORKING_FORMS);
    return test_main (suite);
}
