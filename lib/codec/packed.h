/*  packed.h - reads values packed as MessagePack

    Reading is our own walk over the bytes, because what it reads comes from the
    wire: it trusts no claimed size, allocates once, and only after it has seen
    every byte. msgpack-c allocates by what is claimed: version 4.0.0 asks malloc
    for 4 GiB when it sees the 5 bytes df 04 00 00 00 (a map of 2^26 pairs, none of
    them there), and so again at each level of nesting.

    Read is what any MessagePack library may write, also where it is not the
    shortest form; a float32 becomes a real. Not read are integers above INT64_MAX,
    extension types other than 1, and what takes more than WEIR__MESSAGE_BYTES. In
    memory a value takes at most 25 times the bytes that it takes packed.

    All functions are pure.

    SPDX-License-Identifier: MPL-2.0
*/

#ifndef WEIR__CODEC_PACKED_H_INCLUDED
#define WEIR__CODEC_PACKED_H_INCLUDED

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/bytes.h"
#include "weir/value.h"

//  Checks the one value that the bytes begin with. Returns 0 and its size in
//  bytes, or -1 with EPROTO: cut short, a type that Weir does not have,
//  nested too deep, too large. Sets no sentence.
int weir__packed_check (const uint8_t *data, size_t size, size_t *ret_size);

//  Looks at the one value that the bytes begin with, without allocating: a
//  scalar is borrowed from the bytes (strings end in no NUL), of a list or a
//  map there is only type and size. The bytes must have been checked.
//  Returns the bytes that the value's head takes: all of a scalar; for a
//  list or map, where the first item begins.
size_t weir__packed_peek (const uint8_t *data, size_t size,
                          weir_value_t *ret_value);

//  The size in bytes of the one value that the checked bytes begin with.
size_t weir__packed_size (const uint8_t *data, size_t size);

//  How many lists and maps are inside each other in the checked bytes of a
//  value: 0 for a scalar.
int weir__packed_depth (const uint8_t *data, size_t size);

//  Makes an owned value out of the one value that the bytes begin with: one
//  block of memory, strings end in NUL. Returns 0, or -1 with EPROTO (as
//  weir__packed_check) or ENOMEM.
int weir__unpack (const uint8_t *data, size_t size, weir_value_t *ret_value);

//  The value that packed bytes begin with; they move on behind it.
weir__bytes_t weir__packed_next (weir__bytes_t *rest);

//  Whether two packed values are equal as weir_value_equal says; false also
//  when out of memory, which *ret_failed tells.
bool weir__packed_equal (weir__bytes_t a, weir__bytes_t b, bool *ret_failed);

#endif
