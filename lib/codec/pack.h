/*  pack.h - writes values as MessagePack

    msgpack-c writes the values; codec/packed.h reads them.

    A reference is the extension type 1 of MessagePack, with its text as
    payload. All functions are pure.

    SPDX-License-Identifier: MPL-2.0
*/

#ifndef WEIR__CODEC_PACK_H_INCLUDED
#define WEIR__CODEC_PACK_H_INCLUDED

#include <stddef.h>
#include <stdint.h>

#include "base/buffer.h"
#include "weir/value.h"

enum { WEIR__EXT_REFERENCE = 1 };

//  Appends the value. Returns 0, or -1 with EINVAL (invalid, or nested too
//  deep), EMSGSIZE (over WEIR__MESSAGE_BYTES) or ENOMEM. On failure the buffer
//  has its former contents, but it may have grown.
int weir__pack (weir__buffer_t *buffer, weir_value_t value);

//  Appends the head of a list of `count` items or a map of `count` pairs. The
//  caller appends the items. Sets buffer->failed when out of memory.
void weir__pack_head (weir__buffer_t *buffer, weir_type_t type, size_t count);

#endif
