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

//  Makes a blob, a copy of a packed value. Returns NULL when out of memory.
weir__blob_t *weir__blob_new (weir__bytes_t value);

//  Returns the bytes of the blob, which the blob keeps.
static inline weir__bytes_t weir__blob_slice (const weir__blob_t *self)
{
    return (weir__bytes_t){self->data, self->size};
}

//  Packs a value into a new blob. Returns NULL when out of memory.
weir__blob_t *weir__blob_pack (weir_value_t value);

//  Writes a blob to a snapshot.
void weir__blob_save (const weir__blob_t *self, weir__buffer_t *to);

//  Reads a blob from a snapshot and checks its packed bytes. Returns NULL when
//  they are not a value, or when out of memory.
weir__blob_t *weir__blob_load (weir__reader_t *from);

//  Adds two packed numbers and returns the sum as a new blob. The sum of two
//  integers is an integer; any other sum is a real. On failure refuses the call
//  and returns NULL: EINVAL when one of the two is not a number, ERANGE when
//  the sum of integers does not fit in 64 bits, ENOMEM when out of memory.
weir__blob_t *weir__blob_sum (weir__call_t *call, weir__bytes_t a,
                              weir__bytes_t b);

#endif
