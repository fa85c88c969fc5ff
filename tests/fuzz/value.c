/*  value.c - arbitrary bytes as a packed value and as the text of a value

    For libFuzzer; tests/fuzz/fuzz.sh builds and runs it.

    An accepted value must survive every conversion and back; otherwise the
    program aborts.

    SPDX-License-Identifier: MPL-2.0
*/

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "codec/pack.h"
#include "codec/packed.h"

int LLVMFuzzerTestOneInput (const uint8_t *data, size_t size);

static void wants (bool good)
{
    if (!good)
        abort ();
}

//  Checks that the text of the value is the value; it holds no reference.
static bool is_readable (const weir_value_t *value)
{
    bool readable = value->type != WEIR_REFERENCE;
    size_t count = value->type == WEIR_LIST  ? value->size
                   : value->type == WEIR_MAP ? 2 * (size_t) value->size
                                             : 0;
    for (size_t i = 0; readable && i < count; i++)
        readable = is_readable (&value->items [i]);
    return readable;
}

static char *format (weir_value_t value)
{
    char *text = weir_value_format (value);
    wants (text != NULL);
    return text;
}

//  Equality does not serve here, because NaN equals nothing; the text shows it.
static void must_have_text (weir_value_t value, const char *expected)
{
    char *text = format (value);
    wants (strcmp (text, expected) == 0);
    free (text);
}

static void there_and_back (weir_value_t value)
{
    char *text = format (value);
    weir__buffer_t packed = WEIR__BUFFER_INIT;
    weir_value_t other;
    size_t size;
    wants (weir__pack (&packed, value) == 0);
    wants (weir__packed_check (packed.data, packed.size, &size) == 0);
    wants (size == packed.size);
    wants (weir__unpack (packed.data, packed.size, &other) == 0);
    must_have_text (other, text);
    bool equal = weir_value_equal (other, other);
    wants (weir_value_equal (value, other) == equal);
    wants (weir_value_equal (other, value) == equal);
    weir_value_clear (&other);
    weir__buffer_free (&packed);

    if (is_readable (&value)) {
        wants (weir_value_parse (text, &other) == 0);
        must_have_text (other, text);
        weir_value_clear (&other);
    }
    free (text);
}

int LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
    weir_value_t value;
    size_t used;
    bool good = weir__packed_check (data, size, &used) == 0;
    wants (!good || weir__packed_size (data, size) == used);
    wants ((weir__unpack (data, size, &value) == 0) == good);
    if (good) {
        there_and_back (value);
        weir_value_clear (&value);
    }
    char *text = malloc (size + 1);
    wants (text != NULL);
    if (size > 0)
        memcpy (text, data, size);
    text [size] = '\0';
    if (weir_value_parse (text, &value) == 0) {
        there_and_back (value);
        weir_value_clear (&value);
    }
    free (text);
    return 0;
}
