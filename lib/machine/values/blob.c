/*  blob.c - a packed value on its own, and arithmetic on packed values

    SPDX-License-Identifier: MPL-2.0
*/

#include "machine/values/blob.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "codec/pack.h"
#include "codec/packed.h"
#include "machine/call.h"

weir__blob_t *weir__blob_new (weir__bytes_t value)
{
    weir__blob_t *self = malloc (sizeof *self + value.size);
    if (!self)
        return NULL;
    self->size = (uint32_t) value.size;
    memcpy (self->data, value.data, value.size);
    return self;
}

weir__blob_t *weir__blob_pack (weir_value_t value)
{
    weir__buffer_t packed = WEIR__BUFFER_INIT;
    weir__blob_t *self = NULL;
    if (weir__pack (&packed, value) == 0)
        self = weir__blob_new ((weir__bytes_t){packed.data, packed.size});
    weir__buffer_free (&packed);
    return self;
}

void weir__blob_save (const weir__blob_t *self, weir__buffer_t *to)
{
    weir__buffer_put_block (to, self->data, self->size);
}

weir__blob_t *weir__blob_load (weir__reader_t *from)
{
    weir__bytes_t value;
    size_t used;
    value.data = weir__reader_block (from, &value.size);
    if (!value.data ||
        weir__packed_check (value.data, value.size, &used) != 0 ||
        used != value.size)
        return NULL;
    return weir__blob_new (value);
}

static double real_of (const weir_value_t *value)
{
    return value->type == WEIR_REAL ? value->real : (double) value->integer;
}

//  Adds two reals. A nan result becomes the one standard nan: the nan that an
//  addition gives depends on the processor and on the order in which the
//  compiler puts the operands.
static double add_reals (const weir_value_t *a, const weir_value_t *b)
{
    double sum = real_of (a) + real_of (b);
    return isnan (sum) ? (double) NAN : sum;
}

weir__blob_t *weir__blob_sum (weir__call_t *call, weir__bytes_t a,
                              weir__bytes_t b)
{
    weir_value_t x, y, sum;
    weir__packed_peek (a.data, a.size, &x);
    weir__packed_peek (b.data, b.size, &y);
    if ((x.type != WEIR_INTEGER && x.type != WEIR_REAL) ||
        (y.type != WEIR_INTEGER && y.type != WEIR_REAL)) {
        weir__refuse (call, EINVAL, "only numbers can be added");
        return NULL;
    }
    if (x.type == WEIR_INTEGER && y.type == WEIR_INTEGER) {
        sum = weir_value_int (0);
        if (__builtin_add_overflow (x.integer, y.integer, &sum.integer)) {
            weir__refuse (call, ERANGE, "the sum does not fit in 64 bits");
            return NULL;
        }
    } else
        sum = weir_value_real (add_reals (&x, &y));
    weir__blob_t *blob = weir__blob_pack (sum);
    if (!blob)
        weir__refuse (call, ENOMEM, "out of memory");
    return blob;
}
