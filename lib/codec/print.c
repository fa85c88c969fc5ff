/*  print.c - prints values as Python does

    The text is the same in every locale. weir_value_parse reads it back as the
    same value, except for a reference (see parse.c).

    SPDX-License-Identifier: MPL-2.0
*/

#include "weir/value.h"

#include <assert.h>
#include <ctype.h>
#include <errno.h>
#include <float.h>
#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/buffer.h"
#include "base/error.h"
#include "codec/value.h"

static void put_string (weir__buffer_t *buffer, const char *string)
{
    weir__buffer_put (buffer, string, strlen (string));
}

static void put_integer (weir__buffer_t *buffer, int64_t integer)
{
    char text [24];
    snprintf (text, sizeof text, "%" PRId64, integer);
    put_string (buffer, text);
}

//  A positive number: digits x 10^exponent.
typedef struct decimal {
    uint64_t digits;
    int exponent;
} decimal_t;

//  Returns whether strtod reads the decimal as this number. The text has no
//  decimal point, so the locale has no effect.
static bool reads_back (decimal_t decimal, double real)
{
    char text [32];
    snprintf (text, sizeof text, "%" PRIu64 "e%d", decimal.digits,
              decimal.exponent);
    return strtod (text, NULL) == real;
}

//  Returns the nearest decimal with that number of digits.
static decimal_t round_to (double real, int digits)
{
    char text [64];
    snprintf (text, sizeof text, "%.*e", digits - 1, real);
    decimal_t decimal = {0, 1 - digits};
    char *at = text;
    for (; *at != 'e'; at++)
        if (isdigit ((unsigned char) *at))
            decimal.digits = decimal.digits * 10 + (uint64_t) (*at - '0');
    decimal.exponent += atoi (at + 1);
    return decimal;
}

//  Returns the shortest decimal that reads back as this number. A decimal of up
//  to DBL_DIG digits survives the conversion to a double, so the search starts
//  there and removes zeros at the end. Only for the smallest numbers, which
//  have fewer bits, a shorter decimal may do. At a power of 2 the doubles below
//  are nearer than those above; there the next decimal above may read back when
//  the nearest one does not.
static decimal_t shortest (double real)
{
    decimal_t decimal = {0};
    for (int digits = real < DBL_MIN ? 1 : DBL_DIG;; digits++) {
        assert (digits <= DBL_DECIMAL_DIG);
        decimal = round_to (real, digits);
        if (reads_back (decimal, real))
            break;
        decimal.digits++;
        if (reads_back (decimal, real))
            break;
    }
    while (decimal.digits % 10 == 0) {
        decimal.digits /= 10;
        decimal.exponent++;
    }
    return decimal;
}

static void put_real (weir__buffer_t *buffer, double real)
{
    if (isnan (real)) {
        put_string (buffer, "nan");
        return;
    }
    if (signbit (real))
        put_string (buffer, "-");
    real = fabs (real);
    if (isinf (real) || real == 0) {
        put_string (buffer, real == 0 ? "0.0" : "inf");
        return;
    }
    decimal_t decimal = shortest (real);
    char digits [32], text [64];
    int count = snprintf (digits, sizeof digits, "%" PRIu64, decimal.digits);
    int point = count + decimal.exponent; //  digits before the decimal point
    if (point > 16 || point < -3)
        snprintf (text, sizeof text, "%.1s%s%se%+03d", digits,
                  count > 1 ? "." : "", digits + 1, point - 1);
    else if (point <= 0)
        snprintf (text, sizeof text, "0.%.*s%s", -point, "000", digits);
    else if (point >= count)
        snprintf (text, sizeof text, "%s%.*s.0", digits, point - count,
                  "0000000000000000");
    else
        snprintf (text, sizeof text, "%.*s.%s", point, digits, digits + point);
    put_string (buffer, text);
}

//  Returns the size of the UTF-8 character at the start of the text if it is
//  printable: not a control character and not a line break. Returns 0 for all
//  other bytes.
static size_t shown_size (const uint8_t *text, size_t size)
{
    static const uint32_t least [] = {0, 0, 0x80, 0x800, 0x10000};
    uint8_t byte = text [0];
    if (byte < 0x80)
        return byte >= 0x20 && byte != 0x7f;
    size_t count = byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : 2;
    if (byte < 0xc0 || byte > 0xf4 || count > size)
        return 0;
    uint32_t point = byte & (0x7fu >> count);
    for (size_t i = 1; i < count; i++) {
        if ((text [i] & 0xc0) != 0x80)
            return 0;
        point = point << 6 | (text [i] & 0x3f);
    }
    bool is_character = point >= least [count] && point <= 0x10ffff &&
                        (point < 0xd800 || point > 0xdfff);
    bool is_control = point < 0xa0 || point == 0x2028 || point == 0x2029;
    return is_character && !is_control ? count : 0;
}

static void put_escaped (weir__buffer_t *buffer, uint8_t byte)
{
    char text [8];
    switch (byte) {
    case '\n':
        put_string (buffer, "\\n");
        break;
    case '\r':
        put_string (buffer, "\\r");
        break;
    case '\t':
        put_string (buffer, "\\t");
        break;
    default:
        snprintf (text, sizeof text,
                  byte > ' ' && byte < 0x7f ? "\\%c" : "\\x%02x", byte);
        put_string (buffer, text);
    }
}

static void put_characters (weir__buffer_t *buffer, const weir_value_t *value,
                            char quote)
{
    const uint8_t *text = value->bytes;
    for (size_t i = 0, left = value->size; left > 0;) {
        size_t shown = shown_size (text + i, left);
        if (shown == 0 || text [i] == '\\' || text [i] == (uint8_t) quote ||
            (shown > 1 && value->type == WEIR_BYTES)) {
            put_escaped (buffer, text [i]);
            shown = 1;
        } else
            weir__buffer_put (buffer, text + i, shown);
        i += shown;
        left -= shown;
    }
}

//  Prints a text as Python does: in double quotes when that saves escapes.
static void put_text (weir__buffer_t *buffer, const weir_value_t *value)
{
    if (value->type == WEIR_REFERENCE) {
        put_string (buffer, "<");
        put_characters (buffer, value, '>');
        put_string (buffer, ">");
        return;
    }
    bool prefers_double = value->size > 0 &&
                          memchr (value->bytes, '\'', value->size) &&
                          !memchr (value->bytes, '"', value->size);
    char quote = prefers_double ? '"' : '\'';
    if (value->type == WEIR_BYTES)
        put_string (buffer, "b");
    weir__buffer_put (buffer, &quote, 1);
    put_characters (buffer, value, quote);
    weir__buffer_put (buffer, &quote, 1);
}

//  Prints a value that is inside `depth` lists and maps; weir__value_check
//  limits the depth.
static int put_value (weir__buffer_t *buffer, const weir_value_t *value,
                      int depth);

static int put_items (weir__buffer_t *buffer, const weir_value_t *value,
                      int depth)
{
    bool is_map = value->type == WEIR_MAP;
    uint64_t count = weir__value_items (value);
    put_string (buffer, is_map ? "{" : "[");
    for (uint64_t i = 0; i < count; i++) {
        if (i > 0)
            put_string (buffer, is_map && i % 2 == 1 ? ": " : ", ");
        if (put_value (buffer, &value->items [i], depth) != 0)
            return -1;
    }
    put_string (buffer, is_map ? "}" : "]");
    return 0;
}

static int put_value (weir__buffer_t *buffer, const weir_value_t *value,
                      int depth)
{
    if (weir__value_check (value, depth) != 0)
        return -1;
    switch (value->type) {
    case WEIR_NIL:
        put_string (buffer, "None");
        return 0;
    case WEIR_BOOL:
        put_string (buffer, value->boolean ? "True" : "False");
        return 0;
    case WEIR_INTEGER:
        put_integer (buffer, value->integer);
        return 0;
    case WEIR_REAL:
        put_real (buffer, value->real);
        return 0;
    case WEIR_STRING:
    case WEIR_BYTES:
    case WEIR_REFERENCE:
        put_text (buffer, value);
        return 0;
    default:
        return put_items (buffer, value, depth + 1);
    }
}

static int format (weir__buffer_t *buffer, const weir_value_t *value)
{
    if (put_value (buffer, value, 0) != 0)
        return -1;
    weir__buffer_put_u8 (buffer, '\0');
    return buffer->failed ? weir__fail (ENOMEM, "value: out of memory") : 0;
}

int weir_value_print (weir_value_t value, FILE *file)
{
    if (!file)
        return weir__fail (EINVAL, "weir_value_print: file must not be NULL; "
                                   "pass an open file, such as stdout");
    weir__buffer_t buffer = WEIR__BUFFER_INIT;
    int rc = format (&buffer, &value);
    if (rc == 0) {
        errno = EIO;
        if (fputs ((const char *) buffer.data, file) == EOF)
            rc = weir__fail (errno, "weir_value_print: cannot write: %s",
                             strerror (errno));
    }
    weir__buffer_free (&buffer);
    return rc;
}

char *weir_value_format (weir_value_t value)
{
    weir__buffer_t buffer = WEIR__BUFFER_INIT;
    if (format (&buffer, &value) != 0)
        weir__buffer_free (&buffer);
    return (char *) buffer.data;
}
