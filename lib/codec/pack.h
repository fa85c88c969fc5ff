/*  pack.h - writes values as MessagePack

    Writing is msgpack-c's; codec/packed.h reads.

    A reference is MessagePack's extension type 1, with its text as payload.
    All functions are pure.

    SPDX-License-Identifier: MPL-2.0
*/

#ifndef WEIR__CODEC_PACK_H_INCLUDED
#define WEIR__CODEC_PACK_H_INCLUDED

#include <stddef.h>
#include <stdint.h>

#include "base/buffer.h"
#include "weir/value.h"

enum { WEIR__EXT_REFERENCE = 1 };

//  Appends the value. Returns 0, or -1 with EINVAL (invalid, nested too deep),
//  EMSGSIZE (over WEIR__MESSAGE_BYTES) or ENOMEM; the buffer is then as
//  before, except that it may have grown.
int weir__pack (weir__buffer_t *buffer, weir_value_t value);

//  Appends the head of a list or a map of `count` items or pairs, which the
//  caller appends. Out of memory fails the buffer.
void weir__pack_head (weir__buffer_t *buffer, weir_type_t type, size_t count);

#endif
