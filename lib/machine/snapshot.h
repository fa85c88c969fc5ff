/*  snapshot.h - writes the machine's whole state as bytes and restores it

    SPDX-License-Identifier: MPL-2.0
*/

#ifndef WEIR__MACHINE_SNAPSHOT_H_INCLUDED
#define WEIR__MACHINE_SNAPSHOT_H_INCLUDED

#include "base/buffer.h"
#include "base/bytes.h"
#include "machine/core/sink.h"

//  Appends the whole state to a buffer. Equal states give equal bytes.
void weir__machine_save (const weir__machine_t *self, weir__buffer_t *snapshot);

//  Makes a machine from a snapshot. Returns NULL with EPROTO when the bytes are
//  invalid, with ENOMEM when out of memory.
weir__machine_t *weir__machine_load (weir__bytes_t snapshot);

//  Returns the 64-bit FNV-1a hash of the snapshot; 0 when out of memory.
uint64_t weir__machine_hash (const weir__machine_t *self);

#endif
