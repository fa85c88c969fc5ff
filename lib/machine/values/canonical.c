/*  canonical.c - one form for all values that are equal

    A boolean or a real that equals an integer is written as that integer. The
    pairs of a map are written in the order of their keys' bytes.

    SPDX-License-Identifier: MPL-2.0
*/

#include "machine/values/canonical.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "codec/pack.h"
#include "codec/packed.h"

//  One pair of a map, within the buffer.
typedef struct pair {
    const uint8_t *data;
    size_t key_size;
    size_t size;
} pair_t;

static int put_value (weir__bytes_t *rest, weir__buffer_t *to);

static int put_scalar (weir_value_t value, weir__buffer_t *to)
{
    if (value.type == WEIR_REAL && isnan (value.real))
        return EINVAL;
    if (value.type == WEIR_BOOL)
        value = weir_value_int (value.boolean);
    else if (value.type == WEIR_REAL && value.real >= -0x1p63 &&
             value.real < 0x1p63 && value.real == floor (value.real))
        value = weir_value_int ((int64_t) value.real);
    return weir__pack (to, value) == 0 ? 0 : ENOMEM;
}

//  Compares two pairs by the bytes of their keys. Pairs with equal keys keep
//  their order.
static int compare (const void *a, const void *b)
{
    const pair_t *x = a, *y = b;
    size_t common = x->key_size < y->key_size ? x->key_size : y->key_size;
    int rc = memcmp (x->data, y->data, common);
    if (rc == 0)
        rc = (x->key_size > y->key_size) - (x->key_size < y->key_size);
    return rc != 0 ? rc : (x->data > y->data) - (x->data < y->data);
}

//  Sorts the pairs that begin at `start`.
static int sort (weir__buffer_t *buffer, size_t start, pair_t *pairs,
                 size_t count)
{
    size_t size = buffer->size - start;
    uint8_t *copy = malloc (size + 1);
    if (!copy)
        return ENOMEM;
    memcpy (copy, buffer->data + start, size);
    const uint8_t *data = copy;
    for (size_t i = 0; i < count; i++) {
        pairs [i].data = data;
        data += pairs [i].size;
    }
    qsort (pairs, count, sizeof *pairs, compare);
    uint8_t *to = buffer->data + start;
    for (size_t i = 0; i < count; i++) {
        memcpy (to, pairs [i].data, pairs [i].size);
        to += pairs [i].size;
    }
    free (copy);
    return 0;
}

static int put_pairs (weir__bytes_t *rest, size_t count, weir__buffer_t *to)
{
    pair_t *pairs = calloc (count + 1, sizeof *pairs);
    size_t start = to->size;
    int error = pairs ? 0 : ENOMEM;
    for (size_t i = 0; !error && i < count; i++) {
        size_t before = to->size;
        error = put_value (rest, to);
        pairs [i].key_size = to->size - before;
        if (!error)
            error = put_value (rest, to);
        pairs [i].size = to->size - before;
    }
    if (!error && count > 1)
        error = sort (to, start, pairs, count);
    free (pairs);
    return error;
}

//  Appends the first value of `rest` and moves `rest` behind it. The recursion
//  ends at WEIR__DEPTH_MAX.
static int put_value (weir__bytes_t *rest, weir__buffer_t *to)
{
    weir_value_t value;
    size_t head = weir__packed_peek (rest->data, rest->size, &value);
    rest->data += head;
    rest->size -= head;
    if (value.type != WEIR_LIST && value.type != WEIR_MAP)
        return put_scalar (value, to);
    weir__pack_head (to, value.type, value.size);
    if (to->failed)
        return ENOMEM;
    if (value.type == WEIR_MAP)
        return put_pairs (rest, value.size, to);
    int error = 0;
    for (size_t i = 0; !error && i < value.size; i++)
        error = put_value (rest, to);
    return error;
}

int weir__canonical (weir__bytes_t value, weir__buffer_t *to)
{
    return put_value (&value, to);
}
