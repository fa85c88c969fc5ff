/*  check_parse.c - values read from text, and the sentences of failures

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

static void must_read (const char *text, weir_value_t expected)
{
    weir_value_t value;
    ck_assert_msg (weir_value_parse (text, &value) == 0, "%s: %s", text,
                   weir_error ());
    ck_assert_msg (value.type == expected.type, "%s: type", text);
    ck_assert_msg (weir_value_equal (value, expected), "%s", text);
    weir_value_clear (&value);
}

static void must_refuse (const char *text, const char *sentence)
{
    weir_value_t value = weir_value (UNTOUCHED);
    errno = 0;
    ck_assert_msg (weir_value_parse (text, &value) == -1, "%s", text);
    ck_assert_int_eq (errno, EINVAL);
    ck_assert_int_eq (value.integer, UNTOUCHED);
    if (!strstr (weir_error (), sentence))
        ck_assert_str_eq (weir_error (), sentence);
}

START_TEST (words_of_python_and_json_are_read)
{
    must_read ("None", WEIR_NOTHING);
    must_read ("null", WEIR_NOTHING);
    must_read ("True", WEIR_TRUE);
    must_read (" true ", WEIR_TRUE);
    must_read ("False", WEIR_FALSE);
    must_read ("\t\r\n\f\vfalse\n", WEIR_FALSE);
}
END_TEST

START_TEST (integers_are_read)
{
    must_read ("0", weir_value (0));
    must_read ("-0", weir_value (0));
    must_read ("+12", weir_value (12));
    must_read ("-12", weir_value (-12));
    must_read ("1_000_000", weir_value (1000000));
    must_read ("0x1F", weir_value (31));
    must_read ("-0Xff_ff", weir_value (-65535));
    must_read ("9223372036854775807", weir_value (INT64_MAX));
    must_read ("-9223372036854775808", weir_value (INT64_MIN));
    must_read ("-0x8000000000000000", weir_value (INT64_MIN));
    must_read ("0x00000000000000000000001", weir_value (1));
}
END_TEST

START_TEST (reals_are_read)
{
    must_read ("1.5", weir_value (1.5));
    must_read ("-1.5e3", weir_value (-1500.0));
    must_read ("1e3", weir_value (1000.0));
    must_read ("1E+3", weir_value (1000.0));
    must_read ("25e-2", weir_value (0.25));
    must_read (".5", weir_value (0.5));
    must_read ("5.", weir_value (5.0));
    must_read ("007.5", weir_value (7.5));
    must_read ("1_0.2_5", weir_value (10.25));
    must_read ("0.1", weir_value (0.1));
    must_read ("5e-324", weir_value (5e-324));
    must_read ("1.7976931348623157e308", weir_value (1.7976931348623157e308));
    must_read ("9007199254740993.0", weir_value (9007199254740992.0));
    must_read ("1e400", weir_value ((double) INFINITY));
    must_read ("1e-99999999999999999999", weir_value (0.0));
    must_read ("inf", weir_value ((double) INFINITY));
    must_read ("+inf", weir_value ((double) INFINITY));
    must_read ("-inf", weir_value (-(double) INFINITY));
    must_read ("-Infinity", weir_value (-(double) INFINITY));
    const char *const nans [] = {"nan", "NaN", "-nan"};
    for (size_t i = 0; i < 3; i++) {
        weir_value_t value;
        ck_assert_int_eq (weir_value_parse (nans [i], &value), 0);
        ck_assert (value.type == WEIR_REAL && isnan (value.real));
    }
    weir_value_t zero;
    ck_assert_int_eq (weir_value_parse ("-0.0", &zero), 0);
    ck_assert (signbit (zero.real));
}
END_TEST

START_TEST (a_real_may_have_any_number_of_digits)
{
    char text [3000] = "0.";
    memset (text + 2, '0', 2000);
    strcpy (text + 2002, "25e2001");
    must_read (text, weir_value (2.5));
    memset (text, '9', 2000);
    strcpy (text + 2000, "e-1999");
    must_read (text, weir_value (10.0));
}
END_TEST

START_TEST (strings_and_bytes_are_read)
{
    must_read ("''", weir_value (""));
    must_read ("\"it's\"", weir_value ("it's"));
    must_read ("'say \"x\"'", weir_value ("say \"x\""));
    must_read ("'a\\n\\t\\r\\\\\\'\\\"b'", weir_value ("a\n\t\r\\'\"b"));
    must_read ("'\\a\\b\\f\\v\\/'", weir_value ("\a\b\f\v/"));
    must_read ("'\\x41\\xfF'", weir_value ("A\xff"));
    must_read ("'\\101\\0\\7z\\377'",
               weir_value_sized (WEIR_STRING, "A\0\7z\377", 5));
    must_read ("'\\u0041\\u00e9\\u65e5\\u0000'",
               weir_value_sized (WEIR_STRING, "A\xc3\xa9\xe6\x97\xa5\0", 7));
    must_read ("'\\U0001F600\\U0010ffff'",
               weir_value ("\xf0\x9f\x98\x80\xf4\x8f\xbf\xbf"));
    must_read ("\"\\ud83d\\ude00\"", weir_value ("\xf0\x9f\x98\x80"));
    must_read ("'h\xc3\xa9\xff'", weir_value ("h\xc3\xa9\xff"));
    must_read ("b''", weir_value_bytes (NULL, 0));
    must_read ("b'a\\x00\\xff\\n'", weir_value_bytes ("a\0\xff\n", 4));
    must_read ("b\"it's\"", weir_value_bytes ("it's", 4));
}
END_TEST

START_TEST (lists_and_maps_are_read)
{
    must_read ("[]", weir_list_of ());
    must_read (" [ ] ", weir_list_of ());
    must_read ("{}", weir_map_of ());
    must_read ("[1, 6, 3, 4]", weir_list_of (1, 6, 3, 4));
    must_read ("[1,]", weir_list_of (1));
    must_read ("{'name': 'Jack', 'age': 31}",
               weir_map_of ("name", "Jack", "age", 31));
    must_read ("{\n  \"a\" : [true, null],\n  \"b\" : {1:2,},\n}",
               weir_map_of ("a", weir_list_of (WEIR_TRUE, WEIR_NOTHING), "b",
                            weir_map_of (1, 2)));
    must_read ("{[1]: {2: 3}}",
               weir_map_of (weir_list_of (1), weir_map_of (2, 3)));
}
END_TEST

START_TEST (large_lists_are_read)
{
    const size_t counts [] = {15, 16, 65535, 65536};
    for (size_t i = 0; i < sizeof counts / sizeof *counts; i++) {
        size_t count = counts [i];
        char *text = malloc (2 * count + 2);
        weir_value_t value;
        text [0] = '[';
        for (size_t j = 0; j < count; j++)
            memcpy (text + 1 + 2 * j, "7,", 2);
        strcpy (text + 2 * count, "]");
        ck_assert_int_eq (weir_value_parse (text, &value), 0);
        ck_assert_uint_eq (value.size, count);
        ck_assert_int_eq (value.items [count - 1].integer, 7);
        weir_value_clear (&value);
        free (text);
    }
}
END_TEST

START_TEST (values_are_read_32_deep_and_no_deeper)
{
    char text [70] = "";
    memset (text, '[', 32);
    memset (text + 32, ']', 32);
    weir_value_t value;
    ck_assert_int_eq (weir_value_parse (text, &value), 0);
    weir_value_clear (&value);
    memset (text, '[', 33);
    memset (text + 33, ']', 33);
    must_refuse (text, "column 33: nested over 32 deep");
}
END_TEST

START_TEST (an_error_says_the_column_and_what_was_expected)
{
    must_refuse ("", "column 1: expected a value: None, True, False, a number, "
                     "'text', b'bytes', [..] or {..}, found the end");
    must_refuse ("  ", "column 3: expected a value");
    must_refuse ("none", "column 1: expected a value");
    must_refuse ("Truely", "found T");
    must_refuse ("True_", "found T");
    must_refuse ("-True", "column 1: expected a value");
    must_refuse ("-", "column 1: expected a value");
    must_refuse ("--1", "column 1: expected a value");
    must_refuse ("(1, 2)", "found (");
    must_refuse ("<dict>", "found <");
    must_refuse ("\x01", "found the byte 0x01");
    must_refuse ("\xc3\xa9", "found the byte 0xc3");
    must_refuse ("1 2", "column 3: expected the end of the text, found 2");
    must_refuse ("1, 2", "column 2: expected the end of the text, found ,");
    must_refuse ("[1 2]", "column 4: expected ',' or ']', found 2");
    must_refuse ("[1", "column 3: expected ',' or ']', found the end");
    must_refuse ("[", "column 2: expected a value");
    must_refuse ("[,]", "column 2: expected a value");
    must_refuse ("[1,,]", "column 4: expected a value");
    must_refuse ("[1}", "column 3: expected ',' or ']', found }");
    must_refuse ("{1}", "column 3: expected ':' after the key of a map");
    must_refuse ("{1: }", "column 5: expected a value");
    must_refuse ("{1: 2 3: 4}", "column 7: expected ',' or '}', found 3");
}
END_TEST

START_TEST (malformed_numbers_are_refused)
{
    must_refuse ("9223372036854775808", "column 20: the integer in front of "
                                        "here does not fit 64 bits");
    must_refuse ("-9223372036854775809", "does not fit 64 bits");
    must_refuse ("0x10000000000000000", "does not fit 64 bits");
    must_refuse ("0x8000000000000000", "does not fit 64 bits");
    must_refuse ("012", "column 4: the integer in front of here begins with 0");
    must_refuse ("00", "begins with 0");
    must_refuse (".", "column 2: expected the digits of a number");
    must_refuse ("-.e1", "expected the digits of a number, found e");
    must_refuse ("0x", "column 3: expected hexadecimal digits");
    must_refuse ("1e", "column 3: expected the digits of an exponent");
    must_refuse ("1e+x", "column 4: expected the digits of an exponent");
    must_refuse ("1_", "found _");
    must_refuse ("1__0", "found _");
    must_refuse ("_1", "expected a value");
    must_refuse ("12ab", "column 3: expected the end of the text, found a");
    must_refuse ("1.5.2", "column 4: expected the end of the text");
}
END_TEST

START_TEST (malformed_strings_are_refused)
{
    must_refuse ("'abc", "column 5: expected the closing ', found the end");
    must_refuse ("\"abc'", "expected the closing \"");
    must_refuse ("'a\nb'", "expected the closing ', found the byte 0x0a");
    must_refuse ("'\\", "expected an escape");
    must_refuse ("'\\q'", "column 3: expected an escape");
    must_refuse ("'\\x4'", "column 5: expected a hexadecimal digit, found '");
    must_refuse ("'\\u12'", "expected a hexadecimal digit");
    must_refuse ("'\\400'", "over 377");
    must_refuse ("'\\ud800'", "no character");
    must_refuse ("'\\ud800\\u0041'", "no character");
    must_refuse ("'\\ud800\\n'", "no character");
    must_refuse ("'\\ud83d\\u12'", "expected a hexadecimal digit");
    must_refuse ("'\\ud83d\\ue000'", "no character");
    must_refuse ("'\\ude00'", "no character");
    must_refuse ("'\\U00110000'", "no character");
    must_refuse ("'\\Uffffffff'", "no character");
    must_refuse ("b'\xc3\xa9'", "bytes are written in ASCII");
    must_refuse ("b'\\u0041'", "expected an escape of bytes");
    must_refuse ("b", "expected a value");
    must_refuse ("b'", "expected the closing '");
}
END_TEST

START_TEST (null_is_refused)
{
    weir_value_t value;
    ck_assert_int_eq (weir_value_parse (NULL, &value), -1);
    ck_assert_int_eq (errno, EINVAL);
    ck_assert_int_eq (weir_value_parse ("1", NULL), -1);
    ck_assert_int_eq (errno, EINVAL);
}
END_TEST

START_TEST (a_value_may_take_64_MiB_and_no_more)
{
    const size_t most = ((size_t) 64 << 20) - 5;
    char *text = malloc (most + 5);
    weir_value_t value;
    memset (text, 'x', most + 5);
    text [0] = text [most + 1] = '\'';
    text [most + 2] = '\0';
    ck_assert_int_eq (weir_value_parse (text, &value), 0);
    ck_assert_uint_eq (value.size, most);
    weir_value_clear (&value);

    value = weir_value (UNTOUCHED);
    memcpy (text + most + 1, "x'", 3);
    ck_assert_int_eq (weir_value_parse (text, &value), -1);
    ck_assert_int_eq (errno, EMSGSIZE);
    memcpy (text, "['", 2);
    memcpy (text + most + 2, "']", 3);
    ck_assert_int_eq (weir_value_parse (text, &value), -1);
    ck_assert_int_eq (errno, EMSGSIZE);
    ck_assert_int_eq (value.integer, UNTOUCHED);
    free (text);
}
END_TEST

START_TEST (printed_values_read_back)
{
    uint64_t state = test_seed ();
    for (int round = 0; round < 500; round++) {
        random_value_t random = random_value (&state, 0);
        char *text = weir_value_format (random.value);
        ck_assert_ptr_nonnull (text);
        weir_value_t value;
        ck_assert_msg (weir_value_parse (text, &value) == 0, "%s",
                       weir_error ());
        ck_assert (value.type == random.value.type);
        ck_assert (weir_value_equal (value, random.value));
        char *again = weir_value_format (value);
        ck_assert_str_eq (again, text);
        free (again);
        free (text);
        weir_value_clear (&value);
        random_value_free (&random);
    }
}
END_TEST

START_TEST (any_text_is_read_or_refused)
{
    static const char characters [] = "[]{}(),:'\"\\bxuUnN01239e._+- \n\xc3";
    uint64_t state = test_seed ();
    for (int round = 0; round < 3000; round++) {
        random_value_t random = random_value (&state, 0);
        char *text = weir_value_format (random.value);
        size_t size = strlen (text);
        for (uint64_t i = test_random_below (&state, 4); i > 0; i--)
            text [test_random_below (&state, size)] =
                characters [test_random_below (&state, sizeof characters)];
        weir_value_t value = weir_value (UNTOUCHED);
        if (weir_value_parse (text, &value) != 0) {
            ck_assert_int_eq (errno, EINVAL);
            ck_assert_ptr_nonnull (strstr (weir_error (), "column "));
            ck_assert_int_eq (value.integer, UNTOUCHED);
        }
        weir_value_clear (&value);
        free (text);
        random_value_free (&random);
    }
}
END_TEST

//  Returns the number of allocations.
static unsigned must_need_memory (const char *text)
{
    bool failed = true;
    unsigned n = 0;
    for (; failed; n++) {
        weir_value_t value = weir_value (UNTOUCHED);
        test_malloc_watch (n);
        int rc = weir_value_parse (text, &value);
        failed = test_malloc_unwatch () > n;
        int error = errno;
        ck_assert_int_eq (rc, failed ? -1 : 0);
        ck_assert (!failed || error == ENOMEM);
        ck_assert_int_eq (value.integer == UNTOUCHED, failed);
        weir_value_clear (&value);
    }
    return n - 1;
}

START_TEST (reading_without_memory_is_an_error)
{
    ck_assert_uint_eq (must_need_memory ("12345"), 2);
    ck_assert_uint_eq (must_need_memory ("'text'"), 3);
    //  The exponent no longer fits into the buffer that the digits have filled.
    char real [80];
    snprintf (real, sizeof real, "1.%062d", 5);
    ck_assert_uint_eq (must_need_memory (real), 3);
    //  The items have filled a buffer's first memory when their head is put.
    must_need_memory ("'0123456789012345678901234567890123456789012345678901"
                      "23456789'");
    must_need_memory ("['01234567890123456789012345678901234567890123456789012"
                      "345678901']");
    must_need_memory ("[1.5, 'a text that is longer than what a buffer begins "
                      "with, so that it has to grow', {1: b'x', 2: [True]}]");
}
END_TEST

int main (void)
{
    Suite *suite = suite_create ("parse");
    TCase *reading = test_case (suite, "reading");
    tcase_add_test (reading, words_of_python_and_json_are_read);
    tcase_add_test (reading, integers_are_read);
    tcase_add_test (reading, reals_are_read);
    tcase_add_test (reading, a_real_may_have_any_number_of_digits);
    tcase_add_test (reading, strings_and_bytes_are_read);
    tcase_add_test (reading, lists_and_maps_are_read);
    tcase_add_test (reading, large_lists_are_read);
    tcase_add_test (reading, values_are_read_32_deep_and_no_deeper);

    TCase *refusing = test_case (suite, "refusing");
    tcase_add_test (refusing, an_error_says_the_column_and_what_was_expected);
    tcase_add_test (refusing, malformed_numbers_are_refused);
    tcase_add_test (refusing, malformed_strings_are_refused);
    tcase_add_test (refusing, null_is_refused);
    tcase_add_test (refusing, a_value_may_take_64_MiB_and_no_more);
    tcase_add_test (refusing, reading_without_memory_is_an_error);

    TCase *properties = test_case (suite, "properties");
    tcase_add_test (properties, printed_values_read_back);
    tcase_add_test (properties, any_text_is_read_or_refused);
    return test_main (suite);
}
