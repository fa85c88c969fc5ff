/*  check_array.c - the kind array: numbers of one type, packed

    SPDX-License-Identifier: MPL-2.0
*/

#include <stdio.h>
#include <string.h>

#include "kit/machine.h"
#include "kit/support.h"
#include "weir/array.h"

static kit_t *kit;
static uint64_t array;

static void begin (void)
{
    kit = kit_new ();
}

static void end (void)
{
    kit_destroy (&kit);
}

static const char *ask (unsigned op, const char *args)
{
    return kit_ask (kit, A, array, op, args);
}

//  Makes an array of a type from the text.
static void make (weir_element_t type, const char *with)
{
    char args [400];
    snprintf (args, sizeof args, "None, %d, %s", (int) type, with);
    array = kit_create (kit, A, WEIR__ARRAY, args);
}

#define ALL "None, None, None"

START_TEST (an_array_holds_numbers)
{
    static const kit_line_t lines [] = {
        {WEIR__ARRAY_GET_SLICE, ALL, "[0, 0, 0]"},
        {WEIR__ARRAY_SIZE, "", "3"},
        {WEIR__ARRAY_TYPE, "", "2"},
        {WEIR__ARRAY_SET, "0, 7", "None"},
        {WEIR__ARRAY_SET, "-1, -9", "None"},
        {WEIR__ARRAY_GET, "0", "7"},
        {WEIR__ARRAY_GET, "2", "-9"},
        {WEIR__ARRAY_ADD, "0, -8", "-1"},
        {WEIR__ARRAY_ADD, "1, 5", "5"},
        {WEIR__ARRAY_GET, "3", "ERANGE"},
        {WEIR__ARRAY_GET, "-4", "ERANGE"},
        {WEIR__ARRAY_SET, "3, 1", "ERANGE"},
        {WEIR__ARRAY_ADD, "-4, 1", "ERANGE"},
        {WEIR__ARRAY_GET, "'a'", "EINVAL"},
        {WEIR__ARRAY_SET, "0, 1.0", "EINVAL"},
        {WEIR__ARRAY_SET, "0, True", "EINVAL"},
        {WEIR__ARRAY_SET, "0, 'a'", "EINVAL"},
        {WEIR__ARRAY_ADD, "0, 1.0", "EINVAL"},
        {WEIR__ARRAY_GET_SLICE, ALL, "[-1, 5, -9]"},
    };
    array = kit_create (kit, A, WEIR__ARRAY, "'a', 2, 3");
    KIT_PLAY (kit, array, lines);
    ask (WEIR__ARRAY_SET, "0, 1.5");
    ck_assert_str_eq (kit_sentence (kit),
                      "array 'a': 1.5 is not a number of type i32");
    ask (WEIR__ARRAY_SET, "0, 9999999999");
    ck_assert_str_eq (kit_sentence (kit),
                      "array 'a': 9999999999 does not fit the type i32");
    ask (WEIR__ARRAY_ADD, "0, 9999999999");
    ck_assert_str_eq (kit_sentence (kit),
                      "array 'a': 9999999999 cannot be added: the sum does not "
                      "fit the type i32");
}
END_TEST

//  The smallest and the largest number of each type, and numbers beyond.
static const struct {
    weir_element_t type;
    const char *low, *high, *below, *above;
} edges [] = {
    {WEIR_I8, "-128", "127", "-129", "128"},
    {WEIR_I16, "-32768", "32767", "-32769", "32768"},
    {WEIR_I32, "-2147483648", "2147483647", "-2147483649", "2147483648"},
    {WEIR_I64, "-9223372036854775808", "9223372036854775807", NULL, NULL},
    {WEIR_U8, "0", "255", "-1", "256"},
    {WEIR_U16, "0", "65535", "-1", "65536"},
    {WEIR_U32, "0", "4294967295", "-1", "4294967296"},
    {WEIR_U64, "0", "9223372036854775807", "-1", NULL},
};

START_TEST (an_integer_out_of_range_of_its_type_is_refused)
{
    char args [80], both [80];
    make (edges [_i].type, "2");
    snprintf (args, sizeof args, "0, %s", edges [_i].low);
    ck_assert_str_eq (ask (WEIR__ARRAY_SET, args), "None");
    snprintf (args, sizeof args, "1, %s", edges [_i].high);
    ck_assert_str_eq (ask (WEIR__ARRAY_SET, args), "None");
    snprintf (both, sizeof both, "[%s, %s]", edges [_i].low, edges [_i].high);
    kit_restore (kit);
    ck_assert_str_eq (ask (WEIR__ARRAY_GET_SLICE, ALL), both);
    ck_assert_str_eq (ask (WEIR__ARRAY_ADD, "0, -1"), "EOVERFLOW");
    if (edges [_i].type != WEIR_U64)
        ck_assert_str_eq (ask (WEIR__ARRAY_ADD, "1, 1"), "EOVERFLOW");
    const char *beyond [] = {edges [_i].below, edges [_i].above};
    for (int i = 0; i < 2; i++) {
        snprintf (args, sizeof args, "0, %s", beyond [i] ? beyond [i] : "");
        if (beyond [i])
            ck_assert_str_eq (ask (WEIR__ARRAY_SET, args), "ERANGE");
    }
    ck_assert_str_eq (ask (WEIR__ARRAY_GET_SLICE, ALL), both);
}
END_TEST

START_TEST (a_u64_exceeds_the_range_of_a_value)
{
    static const kit_line_t lines [] = {
        {WEIR__ARRAY_SET, "0, 9223372036854775807", "None"},
        {WEIR__ARRAY_ADD, "0, 9223372036854775807", "None"},
        {WEIR__ARRAY_ADD, "0, 1", "None"},
        {WEIR__ARRAY_ADD, "0, 1", "EOVERFLOW"},
        {WEIR__ARRAY_GET, "0", "ERANGE"},
        {WEIR__ARRAY_GET_SLICE, ALL, "ERANGE"},
        {WEIR__ARRAY_GET_SLICE, "1, None, None", "[0]"},
        {WEIR__ARRAY_READ, "7, 0, 1",
         "b'\\xff\\xff\\xff\\xff\\xff\\xff\\xff\\xff'"},
        {WEIR__ARRAY_ADD, "0, -9223372036854775808", "9223372036854775807"},
    };
    make (WEIR_U64, "2");
    KIT_PLAY (kit, array, lines);
}
END_TEST

START_TEST (reals_are_those_of_ieee_754)
{
    static const kit_line_t f64 [] = {
        {WEIR__ARRAY_SET, "0, 3", "None"},
        {WEIR__ARRAY_GET, "0", "3.0"},
        {WEIR__ARRAY_ADD, "0, 0.5", "3.5"},
        {WEIR__ARRAY_ADD, "0, inf", "inf"},
        {WEIR__ARRAY_ADD, "0, -inf", "nan"},
        {WEIR__ARRAY_SET, "0, 1e308", "None"},
        {WEIR__ARRAY_ADD, "0, 1e308", "inf"},
        {WEIR__ARRAY_SET, "0, -0.0", "None"},
        {WEIR__ARRAY_GET, "0", "-0.0"},
        {WEIR__ARRAY_SET, "0, 'a'", "EINVAL"},
    };
    static const kit_line_t f32 [] = {
        {WEIR__ARRAY_SET, "0, 0.1", "None"},
        {WEIR__ARRAY_GET, "0", "0.10000000149011612"},
        {WEIR__ARRAY_SET, "0, 1e39", "ERANGE"},
        {WEIR__ARRAY_SET, "0, -1e39", "ERANGE"},
        {WEIR__ARRAY_SET, "0, 3.4028235e38", "None"},
        {WEIR__ARRAY_GET, "0", "3.4028234663852886e+38"},
        {WEIR__ARRAY_SET, "0, -3.4028235677973362e38", "None"},
        {WEIR__ARRAY_SET, "0, -3.4028235677973366e38", "ERANGE"},
        {WEIR__ARRAY_ADD, "0, -1e31", "-3.4028234663852886e+38"},
        {WEIR__ARRAY_ADD, "0, -1.1e31", "-inf"},
        {WEIR__ARRAY_SET, "0, -inf", "None"},
        {WEIR__ARRAY_GET, "0", "-inf"},
        {WEIR__ARRAY_SET, "0, nan", "None"},
        {WEIR__ARRAY_GET, "0", "nan"},
        {WEIR__ARRAY_READ, "8, 0, 1", "b'\\x00\\x00\\xc0\\x7f'"},
        {WEIR__ARRAY_SET, "0, -3e38", "None"},
        {WEIR__ARRAY_ADD, "0, -3e38", "-inf"},
        {WEIR__ARRAY_WRITE, "8, 0, b'\\x01\\x00\\xa0\\x7f'", "None"},
        {WEIR__ARRAY_READ, "8, 0, 1", "b'\\x01\\x00\\xa0\\x7f'"},
        {WEIR__ARRAY_GET, "0", "nan"},
    };
    make (WEIR_F64, "[1.5]");
    KIT_PLAY (kit, array, f64);
    make (WEIR_F32, "1");
    KIT_PLAY (kit, array, f32);
}
END_TEST

START_TEST (slices_are_set_and_added_all_or_nothing)
{
    static const kit_line_t lines [] = {
        {WEIR__ARRAY_GET_SLICE, "None, None, 2", "[1, 3, 5]"},
        {WEIR__ARRAY_GET_SLICE, "None, None, -2", "[5, 3, 1]"},
        {WEIR__ARRAY_GET_SLICE, "-2, None, None", "[4, 5]"},
        {WEIR__ARRAY_GET_SLICE, "9, None, None", "[]"},
        {WEIR__ARRAY_GET_SLICE, "0, 1, 0", "EINVAL"},
        {WEIR__ARRAY_SET_SLICE, "1, 3, None, [7, 8]", "None"},
        {WEIR__ARRAY_SET_SLICE, "None, None, -4, [9, 6]", "None"},
        {WEIR__ARRAY_GET_SLICE, ALL, "[6, 7, 8, 4, 9]"},
        {WEIR__ARRAY_SET_SLICE, "3, None, None, 1", "None"},
        {WEIR__ARRAY_SET_SLICE, "1, 3, None, [1, 2, 3]", "EINVAL"},
        {WEIR__ARRAY_SET_SLICE, "1, 3, None, []", "EINVAL"},
        {WEIR__ARRAY_SET_SLICE, "1, 3, None, [1, 300]", "ERANGE"},
        {WEIR__ARRAY_SET_SLICE, "1, 3, None, [1, 'a']", "EINVAL"},
        {WEIR__ARRAY_SET_SLICE, "1, 3, None, None", "EINVAL"},
        {WEIR__ARRAY_SET_SLICE, "5, None, None, 'a'", "EINVAL"},
        {WEIR__ARRAY_SET_SLICE, "5, None, None, 0.5", "EINVAL"},
        {WEIR__ARRAY_SET_SLICE, "5, None, None, 300", "ERANGE"},
        {WEIR__ARRAY_SET_SLICE, "5, None, None, 3", "None"},
        {WEIR__ARRAY_SET_SLICE, "5, None, None, []", "None"},
        {WEIR__ARRAY_ADD_SLICE, "5, None, None, 'a'", "EINVAL"},
        {WEIR__ARRAY_ADD_SLICE, "5, None, None, 300", "None"},
        {WEIR__ARRAY_GET_SLICE, ALL, "[6, 7, 8, 1, 1]"},
        {WEIR__ARRAY_ADD_SLICE, "None, None, None, 100", "None"},
        {WEIR__ARRAY_ADD_SLICE, "0, 2, None, [10, -20]", "None"},
        {WEIR__ARRAY_GET_SLICE, ALL, "[116, 87, 108, 101, 101]"},
        {WEIR__ARRAY_ADD_SLICE, "None, None, None, 12", "EOVERFLOW"},
        {WEIR__ARRAY_ADD_SLICE, "None, None, -1, [0, 0, 0, 0, 12]",
         "EOVERFLOW"},
        {WEIR__ARRAY_ADD_SLICE, "0, 1, 1, 0.5", "EINVAL"},
        {WEIR__ARRAY_GET_SLICE, ALL, "[116, 87, 108, 101, 101]"},
    };
    make (WEIR_I8, "[1, 2, 3, 4, 5]");
    KIT_PLAY (kit, array, lines);
}
END_TEST

START_TEST (elements_are_read_and_written_as_bytes)
{
    static const kit_line_t lines [] = {
        {WEIR__ARRAY_READ, "5, 0, 3", "b'\\x01\\x02\\x02\\x00\\x03\\x00'"},
        {WEIR__ARRAY_READ, "5, -1, 1", "b'\\x03\\x00'"},
        {WEIR__ARRAY_READ, "5, 3, 0", "b''"},
        {WEIR__ARRAY_WRITE, "5, 1, b'\\xff\\xff\\x09\\x00'", "None"},
        {WEIR__ARRAY_GET_SLICE, ALL, "[513, 65535, 9]"},
        {WEIR__ARRAY_WRITE, "5, 3, b''", "None"},
        {WEIR__ARRAY_WRITE, "5, 2, b'1234'", "ERANGE"},
        {WEIR__ARRAY_WRITE, "5, 4, b''", "ERANGE"},
        {WEIR__ARRAY_WRITE, "5, 0, b'123'", "EINVAL"},
        {WEIR__ARRAY_WRITE, "5, 0, '12'", "EINVAL"},
        {WEIR__ARRAY_WRITE, "1, 0, b'12'", "EINVAL"},
        {WEIR__ARRAY_WRITE, "10, 0, b'12'", "EINVAL"},
        {WEIR__ARRAY_READ, "5, 1, 3", "ERANGE"},
        {WEIR__ARRAY_READ, "5, -4, 1", "ERANGE"},
        {WEIR__ARRAY_READ, "5, 0, -1", "EINVAL"},
        {WEIR__ARRAY_READ, "5, 0, 9223372036854775807", "ERANGE"},
        {WEIR__ARRAY_READ, "1, 0, 1", "EINVAL"},
        {WEIR__ARRAY_READ, "5, 'a', 1", "EINVAL"},
        {WEIR__ARRAY_GET_SLICE, ALL, "[513, 65535, 9]"},
    };
    make (WEIR_U16, "[513, 2, 3]");
    KIT_PLAY (kit, array, lines);
    ask (WEIR__ARRAY_READ, "1, 0, 1");
    ck_assert_str_eq (strchr (kit_sentence (kit), ':'),
                      ": its numbers are u16, not i16");
}
END_TEST

START_TEST (an_array_is_made_of_a_size_or_of_numbers)
{
    static const struct {
        const char *args, *error;
    } wrong [] = {
        {"8, 'x'", "EINVAL"},
        {"8, 'x', 0", "EINVAL"},
        {"8, 'x', 0, -1", "EINVAL"},
        {"8, 'x', 10, 1", "EINVAL"},
        {"8, 'x', -1, 1", "EINVAL"},
        {"8, 'x', 'i8', 1", "EINVAL"},
        {"8, 'x', 0, 1.0", "EINVAL"},
        {"8, 'x', 0, 67108865", "EINVAL"},
        {"8, 'x', 9, 8388609", "EINVAL"},
        {"8, 'x', 9, 9223372036854775807", "EINVAL"},
        {"8, 'x', 0, [1, 'a']", "EINVAL"},
        {"8, 'x', 0, [1, 128]", "ERANGE"},
        {"8, 'x', 0, 1, 1", "EINVAL"},
    };
    for (unsigned i = 0; i < sizeof wrong / sizeof *wrong; i++)
        ck_assert_str_eq (
            kit_ask (kit, A, 0, WEIR__DIRECTORY_CREATE, wrong [i].args),
            wrong [i].error);
    make (WEIR_F64, "8388608");
    ck_assert_str_eq (ask (WEIR__ARRAY_ADD, "-1, 1"), "1.0");
    ck_assert_str_eq (ask (WEIR__ARRAY_READ, "9, 0, 8388608"), "EMSGSIZE");
    ck_assert_str_eq (ask (WEIR__ARRAY_GET_SLICE, "-1, None, None"), "[1.0]");
    make (WEIR_I8, "0");
    ck_assert_str_eq (ask (WEIR__ARRAY_GET_SLICE, ALL), "[]");
    ck_assert_str_eq (ask (WEIR__ARRAY_ADD_SLICE, ALL ", 1"), "None");
}
END_TEST

int main (void)
{
    Suite *suite = suite_create ("array");
    TCase *tcase = test_case (suite, "operations");
    tcase_add_checked_fixture (tcase, begin, end);
    tcase_add_test (tcase, an_array_holds_numbers);
    tcase_add_loop_test (tcase, an_integer_out_of_range_of_its_type_is_refused,
                         0, sizeof edges / sizeof *edges);
    tcase_add_test (tcase, a_u64_exceeds_the_range_of_a_value);
    tcase_add_test (tcase, reals_are_those_of_ieee_754);
    tcase_add_test (tcase, slices_are_set_and_added_all_or_nothing);
    tcase_add_test (tcase, elements_are_read_and_written_as_bytes);
    tcase_add_test (tcase, an_array_is_made_of_a_size_or_of_numbers);
    return test_main (suite);
}
