/*  check_print.c - values printed as text

    SPDX-License-Identifier: MPL-2.0
*/

#include <check.h>
#include <errno.h>
#include <locale.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "kit/random_value.h"
#include "kit/support.h"
#include "kit/malloc.h"
#include "weir.h"

static void must_print (weir_value_t value, const char *expected)
{
    char *text = weir_value_format (value);
    ck_assert_ptr_nonnull (text);
    ck_assert_str_eq (text, expected);
    free (text);
}

START_TEST (words_and_integers_are_printed_as_python_does)
{
    must_print (WEIR_NOTHING, "None");
    must_print (WEIR_TRUE, "True");
    must_print (WEIR_FALSE, "False");
    must_print (weir_value (0), "0");
    must_print (weir_value (-7), "-7");
    must_print (weir_value (INT64_MAX), "9223372036854775807");
    must_print (weir_value (INT64_MIN), "-9223372036854775808");
}
END_TEST

//  The output of Python 3.11.
static const struct {
    double real;
    const char *text;
} reals [] = {
    {0.0, "0.0"},
    {-0.0, "-0.0"},
    {1.0, "1.0"},
    {-1.5, "-1.5"},
    {0.1, "0.1"},
    {0.1 + 0.2, "0.30000000000000004"},
    {1.0 / 3, "0.3333333333333333"},
    {2.0 / 3, "0.6666666666666666"},
    {3.14, "3.14"},
    {100.0, "100.0"},
    {123456789.125, "123456789.125"},
    {1e15, "1000000000000000.0"},
    {9999999999999998.0, "9999999999999998.0"},
    {1e16, "1e+16"},
    {12345678901234567.0, "1.2345678901234568e+16"},
    {1e22, "1e+22"},
    {1e23, "1e+23"},
    {1e100, "1e+100"},
    {0.001, "0.001"},
    {0.0001, "0.0001"},
    {0.00012, "0.00012"},
    {0.00001, "1e-05"},
    {0.000012345, "1.2345e-05"},
    {1e-100, "1e-100"},
    {5e-324, "5e-324"},
    {-1e-323, "-1e-323"},
    {2.225073858507201e-308, "2.225073858507201e-308"},
    {2.2250738585072014e-308, "2.2250738585072014e-308"},
    {1.7976931348623157e308, "1.7976931348623157e+308"},
    {0x1p-44, "5.684341886080802e-14"},
    {0x1p53, "9007199254740992.0"},
    {0x1p63, "9.223372036854776e+18"},
    {0x1p-1074, "5e-324"},
    {0x1p-1022, "2.2250738585072014e-308"},
    {(double) INFINITY, "inf"},
    {-(double) INFINITY, "-inf"},
    {(double) NAN, "nan"},
};

START_TEST (reals_are_printed_as_short_as_they_read_back)
{
    for (size_t i = 0; i < sizeof reals / sizeof *reals; i++)
        must_print (weir_value (reals [i].real), reals [i].text);
}
END_TEST

//  This shows something only where a locale with a decimal comma is installed.
START_TEST (no_locale_changes_a_number)
{
    const char *const names [] = {"de_DE.UTF-8", "de_DE.utf8", "fr_FR.UTF-8",
                                  "de_DE"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (setlocale (LC_ALL, names [i]))
            break;
    must_print (weir_value (1.5), "1.5");
    must_print (weir_value (1.2345e-05), "1.2345e-05");
    must_print (weir_value (1e300), "1e+300");
    weir_value_t value;
    ck_assert_int_eq (weir_value_parse ("1.25e1", &value), 0);
    ck_assert_double_eq (value.real, 12.5);
}
END_TEST

START_TEST (strings_choose_their_quotes_as_python_does)
{
    must_print (weir_value (""), "''");
    must_print (weir_value ("plain"), "'plain'");
    must_print (weir_value ("it's"), "\"it's\"");
    must_print (weir_value ("say \"x\""), "'say \"x\"'");
    must_print (weir_value ("it's \"x\""), "'it\\'s \"x\"'");
    must_print (weir_value_bytes ("it's", 4), "b\"it's\"");
    must_print (weir_value_bytes ("'\"", 2), "b'\\'\"'");
    must_print (weir_value_bytes (NULL, 0), "b''");
}
END_TEST

START_TEST (invisible_characters_are_escaped)
{
    must_print (weir_value ("a\\b"), "'a\\\\b'");
    must_print (weir_value ("\n\r\t"), "'\\n\\r\\t'");
    must_print (weir_value ("\x01\x1b[0m\x7f"), "'\\x01\\x1b[0m\\x7f'");
    must_print (weir_value_sized (WEIR_STRING, "a\0b", 3), "'a\\x00b'");
    must_print (weir_value_bytes ("\0\xff z~", 5), "b'\\x00\\xff z~'");
    must_print (weir_value_bytes ("\xc3\xa9", 2), "b'\\xc3\\xa9'");
}
END_TEST

START_TEST (utf_8_is_printed_as_it_is_and_other_bytes_are_escaped)
{
    must_print (weir_value ("h\xc3\xa9 \xe6\x97\xa5 \xf0\x9f\x98\x80"),
                "'h\xc3\xa9 \xe6\x97\xa5 \xf0\x9f\x98\x80'");
    must_print (weir_value ("\xc2\xa0"), "'\xc2\xa0'");
    const char *const wrong [] = {
        "\xff",
        "\x80",
        "\xc3",
        "\xc0\xaf",
        "\xc1\xbf",
        "\xe0\x9f\xbf",
        "\xed\xa0\x80",
        "\xed\xbf\xbf",
        "\xf0\x8f\xbf\xbf",
        "\xf4\x90\x80\x80",
        "\xf5\x80\x80\x80",
        "\xe6\x97",
        "\xf0\x9f\x98",
        "\xc2\x85",
        "\xe2\x80\xa8",
        "\xe2\x80\xa9",
    };
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        char expected [32] = "'";
        for (const char *at = wrong [i]; *at; at++)
            sprintf (expected + strlen (expected), "\\x%02x", (uint8_t) *at);
        must_print (weir_value (wrong [i]), strcat (expected, "'"));
    }
    must_print (weir_value ("\xe6\x97z"), "'\\xe6\\x97z'");
}
END_TEST

START_TEST (lists_maps_and_references_are_printed)
{
    must_print (weir_list_of (), "[]");
    must_print (weir_map_of (), "{}");
    must_print (weir_list_of (1, 6, 3, 4), "[1, 6, 3, 4]");
    must_print (weir_map_of ("count", 0), "{'count': 0}");
    must_print (weir_map_of ("name", "Tom", 1, weir_list_of (1.5, WEIR_TRUE)),
                "{'name': 'Tom', 1: [1.5, True]}");
    must_print (weir_value_sized (WEIR_REFERENCE, "dict 'x'\n>", 10),
                "<dict 'x'\\n\\>>");
}
END_TEST

START_TEST (an_invalid_value_is_not_printed)
{
    weir_value_t itself;
    itself = weir_value_list (&itself, 1);
    const weir_value_t wrong [] = {itself,
                                   weir_value (UINT64_MAX),
                                   weir_list_of (1, UINT64_MAX),
                                   {.type = WEIR_STRING, .size = 1},
                                   {.type = (weir_type_t) 99}};
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        errno = 0;
        ck_assert_ptr_null (weir_value_format (wrong [i]));
        ck_assert_int_eq (errno, EINVAL);
    }
}
END_TEST

START_TEST (printing_writes_the_result_of_format)
{
    char *written = NULL;
    size_t size;
    FILE *file = open_memstream (&written, &size);
    ck_assert_int_eq (weir_value_print (weir_list_of ("a", 1), file), 0);
    fclose (file);
    ck_assert_str_eq (written, "['a', 1]");
    free (written);
}
END_TEST

START_TEST (a_failed_write_is_an_error)
{
    FILE *file = fopen ("/dev/full", "w");
    ck_assert_ptr_nonnull (file);
    setvbuf (file, NULL, _IONBF, 0);
    ck_assert_int_eq (weir_value_print (weir_value (1), file), -1);
    ck_assert_int_eq (errno, ENOSPC);
    ck_assert_ptr_nonnull (strstr (weir_error (), "No space left"));
    ck_assert_int_eq (weir_value_print (weir_value (UINT64_MAX), file), -1);
    ck_assert_int_eq (errno, EINVAL);
    fclose (file);
    ck_assert_int_eq (weir_value_print (weir_value (1), NULL), -1);
    ck_assert_int_eq (errno, EINVAL);
}
END_TEST

START_TEST (printing_without_memory_is_an_error)
{
    bool failed = true;
    for (unsigned n = 0; failed; n++) {
        test_malloc_watch (n);
        char *text = weir_value_format (
            weir_list_of ("a text that is longer than what a buffer begins "
                          "with, so that it has to grow",
                          1.5));
        failed = test_malloc_unwatch () > n;
        int error = errno;
        ck_assert_int_eq (text == NULL, failed);
        ck_assert (!failed || error == ENOMEM);
        free (text);
    }
}
END_TEST

int main (void)
{
    Suite *suite = suite_create ("print");
    TCase *tcase = test_case (suite, "printing");
    tcase_add_test (tcase, words_and_integers_are_printed_as_python_does);
    tcase_add_test (tcase, reals_are_printed_as_short_as_they_read_back);
    tcase_add_test (tcase, no_locale_changes_a_number);
    tcase_add_test (tcase, strings_choose_their_quotes_as_python_does);
    tcase_add_test (tcase, invisible_characters_are_escaped);
    tcase_add_test (tcase,
                    utf_8_is_printed_as_it_is_and_other_bytes_are_escaped);
    tcase_add_test (tcase, lists_maps_and_references_are_printed);
    tcase_add_test (tcase, an_invalid_value_is_not_printed);
    tcase_add_test (tcase, printing_writes_the_result_of_format);
    tcase_add_test (tcase, a_failed_write_is_an_error);
    tcase_add_test (tcase, printing_without_memory_is_an_error);
    return test_main (suite);
}
