/*  parse.c - reads values from text

    A recursive descent of at most WEIR__DEPTH_MAX levels. The parser appends
    each value to a buffer as MessagePack, byte for byte as weir__pack writes
    it. weir__unpack then makes the value from the buffer.

    SPDX-License-Identifier: MPL-2.0
*/

#include "weir/value.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "codec/limits.h"
#include "codec/pack.h"
#include "codec/packed.h"

typedef struct parser {
    const char *text;
    const char *at; //  the rest of the text, which ends in NUL
    weir__buffer_t packed;
    weir__buffer_t scratch; //  the current string or number
} parser_t;

static const char A_VALUE [] =
    "a value: None, True, False, a number, 'text', b'bytes', [..] or {..}";

static size_t column (const parser_t *parser)
{
    return (size_t) (parser->at - parser->text) + 1;
}

static int fail (const parser_t *parser, const char *what)
{
    return weir__fail (EINVAL, "column %zu: %s", column (parser), what);
}

static int fail_expecting (const parser_t *parser, const char *what)
{
    unsigned char found = (unsigned char) *parser->at;
    if (found == '\0')
        return weir__fail (EINVAL, "column %zu: expected %s, found the end",
                           column (parser), what);
    return weir__fail (EINVAL,
                       found > ' ' && found < 0x7f
                           ? "column %zu: expected %s, found %c"
                           : "column %zu: expected %s, found "
                             "the byte 0x%02x",
                       column (parser), what, found);
}

static void skip_space (parser_t *parser)
{
    parser->at += strspn (parser->at, " \t\r\n\f\v");
}

static bool take_character (parser_t *parser, char character)
{
    if (*parser->at != character)
        return false;
    parser->at++;
    return true;
}

static bool is_digit (char character)
{
    return character >= '0' && character <= '9';
}

//  Returns the value of a letter or digit in numbers up to base 16, or 16 for
//  any other character.
static unsigned digit_of (char character)
{
    if (is_digit (character))
        return (unsigned) (character - '0');
    if (character >= 'a' && character <= 'f')
        return (unsigned) (character - 'a') + 10;
    if (character >= 'A' && character <= 'F')
        return (unsigned) (character - 'A') + 10;
    return 16;
}

//  Numbers

//  Appends digits of the base to scratch. As in Python, single underscores may
//  separate digits.
static void scan_digits (parser_t *parser, unsigned base)
{
    while (digit_of (*parser->at) < base) {
        weir__buffer_put_u8 (&parser->scratch, (uint8_t) *parser->at++);
        if (*parser->at == '_' && digit_of (parser->at [1]) < base)
            parser->at++;
    }
}

static int put_integer (parser_t *parser, bool negative, unsigned base)
{
    const weir__buffer_t *digits = &parser->scratch;
    uint64_t most = (uint64_t) INT64_MAX + negative;
    uint64_t number = 0;
    for (size_t i = 0; i < digits->size; i++) {
        unsigned digit = digit_of ((char) digits->data [i]);
        if (number > (most - digit) / base)
            return fail (parser, "the integer in front of here does not fit "
                                 "64 bits: write it as a real, such as 1e20, "
                                 "or as a string");
        number = number * base + digit;
    }
    int64_t integer = (int64_t) (negative ? 0 - number : number);
    return weir__pack (&parser->packed, weir_value_int (integer));
}

//  Appends a real. Scratch has its digits without the point, which stood
//  `places` digits before their end. strtod reads them as an integer with an
//  exponent, which is the same in every locale.
static int put_real (parser_t *parser, bool negative, size_t places)
{
    long long exponent = 0;
    if (*parser->at == 'e' || *parser->at == 'E') {
        parser->at++;
        bool is_negative = take_character (parser, '-');
        if (!is_negative)
            take_character (parser, '+');
        if (!is_digit (*parser->at))
            return fail_expecting (parser, "the digits of an exponent");
        size_t start = parser->scratch.size;
        scan_digits (parser, 10);
        for (size_t i = start; i < parser->scratch.size; i++)
            if (exponent < 1000000000000)
                exponent = exponent * 10 + (parser->scratch.data [i] - '0');
        parser->scratch.size = start;
        exponent = is_negative ? -exponent : exponent;
    }
    char text [32];
    snprintf (text, sizeof text, "e%lld", exponent - (long long) places);
    weir__buffer_put (&parser->scratch, text, strlen (text) + 1);
    if (parser->scratch.failed)
        return weir__fail (ENOMEM, "value: out of memory");
    double real = strtod ((const char *) parser->scratch.data, NULL);
    return weir__pack (&parser->packed,
                       weir_value_real (negative ? -real : real));
}

static int parse_number (parser_t *parser, bool negative)
{
    weir__buffer_clear (&parser->scratch);
    bool is_hex = parser->at [0] == '0' && (parser->at [1] | 0x20) == 'x';
    if (is_hex) {
        parser->at += 2;
        if (digit_of (*parser->at) == 16)
            return fail_expecting (parser, "hexadecimal digits");
    }
    scan_digits (parser, is_hex ? 16 : 10);
    size_t whole = parser->scratch.size;
    bool is_real = !is_hex && take_character (parser, '.');
    if (is_real)
        scan_digits (parser, 10);
    size_t size = parser->scratch.size;
    if (parser->scratch.failed)
        return weir__fail (ENOMEM, "value: out of memory");
    if (size == 0)
        return fail_expecting (parser, "the digits of a number");
    if (is_real || *parser->at == 'e' || *parser->at == 'E')
        return put_real (parser, negative, size - whole);
    if (parser->scratch.data [0] == '0' && size > 1 && !is_hex)
        return fail (parser, "the integer in front of here begins with 0: "
                             "leave that out");
    return put_integer (parser, negative, is_hex ? 16 : 10);
}

//  Strings

static int parse_hex (parser_t *parser, int digits, uint32_t *ret_number)
{
    uint32_t number = 0;
    for (int i = 0; i < digits; i++) {
        unsigned digit = digit_of (*parser->at);
        if (digit == 16)
            return fail_expecting (parser, "a hexadecimal digit");
        number = number << 4 | digit;
        parser->at++;
    }
    *ret_number = number;
    return 0;
}

static void put_utf8 (weir__buffer_t *buffer, uint32_t point)
{
    if (point < 0x80) {
        weir__buffer_put_u8 (buffer, (uint8_t) point);
        return;
    }
    int more = point < 0x800 ? 1 : point < 0x10000 ? 2 : 3;
    static const uint8_t marks [] = {0, 0xc0, 0xe0, 0xf0};
    weir__buffer_put_u8 (buffer, (uint8_t) (marks [more] | point >> 6 * more));
    while (more-- > 0)
        weir__buffer_put_u8 (buffer,
                             (uint8_t) (0x80 | (point >> 6 * more & 0x3f)));
}

//  Reads the digits after \u or \U. JSON writes a character above 0xffff as two
//  escapes.
static int parse_character (parser_t *parser, int digits)
{
    uint32_t point = 0, low = 0;
    if (parse_hex (parser, digits, &point) != 0)
        return -1;
    if (point >= 0xd800 && point <= 0xdbff && parser->at [0] == '\\' &&
        parser->at [1] == 'u') {
        parser->at += 2;
        if (parse_hex (parser, 4, &low) != 0)
            return -1;
        if (low >= 0xdc00 && low <= 0xdfff)
            point = 0x10000 + ((point - 0xd800) << 10) + (low - 0xdc00);
    }
    if (point > 0x10ffff || (point >= 0xd800 && point <= 0xdfff))
        return fail (parser, "the number in front of here is no character's");
    put_utf8 (&parser->scratch, point);
    return 0;
}

static int parse_octal (parser_t *parser)
{
    unsigned number = 0;
    for (int i = 0; i < 3 && digit_of (*parser->at) < 8; i++)
        number = number * 8 + digit_of (*parser->at++);
    if (number > 0xff)
        return fail (parser, "the octal number in front of here is over 377");
    weir__buffer_put_u8 (&parser->scratch, (uint8_t) number);
    return 0;
}

//  Reads the rest of an escape, after the backslash.
static int parse_escape (parser_t *parser, bool is_bytes)
{
    static const char names [] = "ntr\\'\"/abfv";
    static const char meanings [] = "\n\t\r\\'\"/\a\b\f\v";
    char name = *parser->at;
    const char *known = name ? strchr (names, name) : NULL;
    if (digit_of (name) < 8)
        return parse_octal (parser);
    bool is_character = (name == 'u' || name == 'U') && !is_bytes;
    if (!known && name != 'x' && !is_character)
        return fail_expecting (parser, is_bytes
                                           ? "an escape of bytes: n t r ' \" "
                                             "\\ xNN or NNN"
                                           : "an escape: n t r ' \" \\ xNN "
                                             "uNNNN UNNNNNNNN or NNN");
    parser->at++;
    if (is_character)
        return parse_character (parser, name == 'u' ? 4 : 8);
    uint32_t byte = 0;
    if (known)
        byte = (uint8_t) meanings [known - names];
    else if (parse_hex (parser, 2, &byte) != 0)
        return -1;
    weir__buffer_put_u8 (&parser->scratch, (uint8_t) byte);
    return 0;
}

static int parse_text (parser_t *parser, bool is_bytes)
{
    weir__buffer_t *text = &parser->scratch;
    weir__buffer_clear (text);
    char quote = *parser->at++;
    while (!take_character (parser, quote)) {
        if (*parser->at == '\0' || *parser->at == '\n')
            return fail_expecting (parser, quote == '"' ? "the closing \""
                                                        : "the closing '");
        if (is_bytes && *parser->at & 0x80)
            return fail (parser, "bytes are written in ASCII: write \\xNN");
        if (!take_character (parser, '\\'))
            weir__buffer_put_u8 (text, (uint8_t) *parser->at++);
        else if (parse_escape (parser, is_bytes) != 0)
            return -1;
    }
    if (text->failed)
        return weir__fail (ENOMEM, "value: out of memory");
    return weir__pack (&parser->packed,
                       weir_value_sized (is_bytes ? WEIR_BYTES : WEIR_STRING,
                                         text->data, text->size));
}

//  Words, lists and maps

static bool is_in_word (char character)
{
    return is_digit (character) || character == '_' || character & 0x80 ||
           (character >= 'a' && character <= 'z') ||
           (character >= 'A' && character <= 'Z');
}

//  Reads a word. Returns its value, or NULL if it is not a known word.
static const weir_value_t *take_word (parser_t *parser)
{
    static const struct {
        const char *name;
        weir_value_t value;
    } words [] = {
        {"None", {.type = WEIR_NIL}},
        {"null", {.type = WEIR_NIL}},
        {"True", {.type = WEIR_BOOL, .boolean = true}},
        {"true", {.type = WEIR_BOOL, .boolean = true}},
        {"False", {.type = WEIR_BOOL, .boolean = false}},
        {"false", {.type = WEIR_BOOL, .boolean = false}},
        {"inf", {.type = WEIR_REAL, .real = INFINITY}},
        {"Infinity", {.type = WEIR_REAL, .real = INFINITY}},
        {"nan", {.type = WEIR_REAL, .real = NAN}},
        {"NaN", {.type = WEIR_REAL, .real = NAN}},
    };
    size_t size = 0;
    while (is_in_word (parser->at [size]))
        size++;
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (strlen (words [i].name) == size &&
            memcmp (words [i].name, parser->at, size) == 0) {
            parser->at += size;
            return &words [i].value;
        }
    return NULL;
}

//  Reads a number or a word, with an optional sign. inf and nan are words that
//  may have a sign.
static int parse_plain (parser_t *parser)
{
    const char *start = parser->at;
    bool negative = take_character (parser, '-');
    bool is_signed = negative || take_character (parser, '+');
    if (is_digit (*parser->at) || *parser->at == '.')
        return parse_number (parser, negative);
    const weir_value_t *word = take_word (parser);
    if (!word || (is_signed && word->type != WEIR_REAL)) {
        parser->at = start;
        return fail_expecting (parser, A_VALUE);
    }
    weir_value_t value = *word;
    if (negative)
        value.real = -value.real;
    return weir__pack (&parser->packed, value);
}

//  Inserts the head of a list or map in front of its items, because the number
//  of items is known only at the end.
static int put_head_at (parser_t *parser, size_t start, weir_type_t type,
                        size_t count)
{
    weir__buffer_t *packed = &parser->packed;
    size_t end = packed->size;
    weir__pack_head (packed, type, count);
    if (packed->failed)
        return weir__fail (ENOMEM, "value: out of memory");
    uint8_t head [8];
    size_t size = packed->size - end;
    memcpy (head, packed->data + end, size);
    memmove (packed->data + start + size, packed->data + start, end - start);
    memcpy (packed->data + start, head, size);
    return 0;
}

//  Reads a value that is inside `depth` lists and maps.
static int parse_value (parser_t *parser, int depth);

static int parse_pair (parser_t *parser, int depth)
{
    if (parse_value (parser, depth) != 0)
        return -1;
    skip_space (parser);
    if (!take_character (parser, ':'))
        return fail_expecting (parser, "':' after the key of a map");
    return parse_value (parser, depth);
}

static int parse_items (parser_t *parser, weir_type_t type, int depth)
{
    if (depth > WEIR__DEPTH_MAX)
        return weir__fail (EINVAL, "column %zu: nested over %d deep",
                           column (parser), WEIR__DEPTH_MAX);
    size_t start = parser->packed.size;
    size_t count = 0;
    bool is_map = type == WEIR_MAP;
    bool goes_on = true;
    for (parser->at++;; count++) {
        skip_space (parser);
        if (take_character (parser, is_map ? '}' : ']'))
            return put_head_at (parser, start, type, count);
        if (!goes_on)
            return fail_expecting (parser,
                                   is_map ? "',' or '}'" : "',' or ']'");
        if ((is_map ? parse_pair : parse_value) (parser, depth) != 0)
            return -1;
        skip_space (parser);
        goes_on = take_character (parser, ',');
    }
}

static int parse_value (parser_t *parser, int depth)
{
    skip_space (parser);
    const char *at = parser->at;
    int rc;
    if (*at == '[' || *at == '{')
        rc = parse_items (parser, *at == '[' ? WEIR_LIST : WEIR_MAP, depth + 1);
    else if (*at == '\'' || *at == '"')
        rc = parse_text (parser, false);
    else if (*at == 'b' && (at [1] == '\'' || at [1] == '"')) {
        parser->at++;
        rc = parse_text (parser, true);
    } else
        rc = parse_plain (parser);
    if (rc == 0 && parser->packed.size > WEIR__MESSAGE_BYTES)
        rc = weir__fail (EMSGSIZE, "column %zu: the value is over %d MiB",
                         column (parser), WEIR__MESSAGE_BYTES >> 20);
    return rc;
}

int weir_value_parse (const char *text, weir_value_t *ret_value)
{
    if (!text || !ret_value)
        return weir__fail (EINVAL, "weir_value_parse: %s must not be NULL",
                           text ? "ret_value" : "text");
    parser_t parser = {.text = text, .at = text};
    int rc = parse_value (&parser, 0);
    if (rc == 0) {
        skip_space (&parser);
        if (*parser.at != '\0')
            rc = fail_expecting (&parser, "the end of the text");
    }
    if (rc == 0)
        rc = weir__unpack (parser.packed.data, parser.packed.size, ret_value);
    weir__buffer_free (&parser.packed);
    weir__buffer_free (&parser.scratch);
    return rc;
}
