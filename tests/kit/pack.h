/*  pack.h - strict reading of packed values for tests

    SPDX-License-Identifier: MPL-2.0
*/

#ifndef WEIR_TESTS_KIT_PACK_H_INCLUDED
#define WEIR_TESTS_KIT_PACK_H_INCLUDED

#include <stddef.h>
#include <stdint.h>

#include "base/buffer.h"
#include "codec/pack.h"

//  A marker that a failed call must not overwrite.
enum { UNTOUCHED = 4711 };

//  Packs only the value into the buffer.
void must_pack (weir__buffer_t *packed, weir_value_t value);

//  Copies the bytes into a block of exactly their size, so that a sanitizer
//  sees reads past its end. Given to the caller: free.
uint8_t *exactly (const void *data, size_t size);

//  Unpacks the bytes, which must be one value. Checks on the way that all
//  functions agree about their size. The value is owned.
weir_value_t must_unpack (const void *data, size_t size);

//  Checks that the bytes are refused with EPROTO, before anything is allocated
//  or written.
void must_refuse (const void *data, size_t size);

#endif
