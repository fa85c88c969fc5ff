/*  snapshot.h - the machine's whole state as bytes, and back

    SPDX-License-Identifier: MPL-2.0
*/

#ifndef WEIR__MACHINE_SNAPSHOT_H_INCLUDED
#define WEIR__MACHINE_SNAPSHOT_H_INCLUDED

#include "base/buffer.h"
#include "base/bytes.h"
#include "machine/core/sink.h"

//  Appends the whole state, canonically: equal states give equal bytes.
void weir__machine_snapshot (const weir__machine_t *self,
                             weir__buffer_t *snapshot);

//  A machine with that state; NULL with EPROTO or ENOMEM.
weir__machine_t *weir__machine_restore (weir__bytes_t snapshot);

//  64 bits of FNV-1a over the snapshot; 0 when out of memory.
uint64_t weir__machine_hash (const weir__machine_t *self);

#endif
