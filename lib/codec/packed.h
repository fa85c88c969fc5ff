/*  packed.h - reads values packed as MessagePack

    We walk over the bytes with code of our own, because they come from the
    wire. The walk trusts no claimed size, allocates once, and allocates only
    after it has seen every byte. msgpack-c allocates what a size claims:
    version 4.0.0 asks malloc for 4 GiB when it sees the 5 bytes df 04 00 00 00
    (a map of 2^26 pairs, without any of them), and again at each level of
    nesting.

    The walk accepts what any MessagePack library may write, also when it is not
    the shortest form. A float32 becomes a real. It rejects integers above
    INT64_MAX, extension types other than 1, and values over
    WEIR__MESSAGE_BYTES. In memory a value takes at most 25 times its packed
    size.

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

//  Checks the value at the start of the bytes. Returns 0 and its size in bytes,
//  or -1 with EPROTO: it is cut short, has a type unknown to Weir, is nested
//  too deep or is too large. Sets no sentence.
int weir__packed_check (const uint8_t *data, size_t size, size_t *ret_size);

//  Reads the head of the value at the start of the bytes, without allocating. A
//  scalar is complete and borrowed from the bytes, and its string does not end
//  in NUL; of a list or map only the type and size are set. The bytes must have
//  been checked. Returns the size of the head in bytes: the whole size of a
//  scalar; of a list or map the offset of its first item.
size_t weir__packed_peek (const uint8_t *data, size_t size,
                          weir_value_t *ret_value);

//  Returns the size in bytes of the value at the start of the bytes, which must
//  have been checked.
size_t weir__packed_size (const uint8_t *data, size_t size);

//  Returns how deep lists and maps are nested in a value, 0 for a scalar. The
//  bytes must have been checked.
int weir__packed_depth (const uint8_t *data, size_t size);

//  Makes an owned value from the value at the start of the bytes. The value has
//  one block of memory, and its strings end in NUL. Returns 0, or -1 with
//  EPROTO (see weir__packed_check) or ENOMEM.
int weir__unpack (const uint8_t *data, size_t size, weir_value_t *ret_value);

//  Returns the first value of the packed bytes and removes it from `rest`.
weir__bytes_t weir__packed_next (weir__bytes_t *rest);

//  Returns whether two packed values are equal in the sense of
//  weir_value_equal. Returns false and sets *ret_failed when out of memory.
bool weir__packed_equal (weir__bytes_t a, weir__bytes_t b, bool *ret_failed);

#endif
