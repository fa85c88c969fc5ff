/*  blob.h - a packed value on its own, and arithmetic on packed values

    SPDX-License-Identifier: MPL-2.0
*/

#ifndef WEIR__MACHINE_VALUES_BLOB_H_INCLUDED
#define WEIR__MACHINE_VALUES_BLOB_H_INCLUDED

#include "machine/core/types.h"
#include "weir/value.h"

typedef struct weir__blob {
    uint32_t size;
    uint8_t data [];
} weir__blob_t;

//  A copy of a packed value. NULL: no memory.
weir__blob_t *weir__blob_new (weir__bytes_t value);

static inline weir__bytes_t weir__blob_slice (const weir__blob_t *self)
{
    return (weir__bytes_t){self->data, self->size};
}

//  The same out of a value.
weir__blob_t *weir__blob_pack (weir_value_t value);

//  Snapshots. The packed bytes are checked on the way in; NULL when they are
//  no value or memory is out.
void weir__blob_put (const weir__blob_t *self, weir__buffer_t *to);
weir__blob_t *weir__blob_get (weir__reader_t *from);

//  The sum of two packed numbers, as a new blob. Integers give an integer,
//  with a real it is a real. NULL after refusing the call with EINVAL (one is
//  no number), ERANGE (over 64 bits) or ENOMEM.
weir__blob_t *weir__blob_sum (weir__call_t *call, weir__bytes_t a,
                              weir__bytes_t b);

#endif
