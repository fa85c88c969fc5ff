/*  log.h - the ordered entries of an owner

    The interface is small, so that a replicated stream fits behind it. An
    entry's sequence number is 1, 2, 3 ... One thread uses a log.

    SPDX-License-Identifier: MPL-2.0
*/

#ifndef WEIR__LOG_LOG_H_INCLUDED
#define WEIR__LOG_LOG_H_INCLUDED

#include <stddef.h>
#include <stdint.h>

#include "base/bytes.h"

typedef struct weir__log weir__log_t;

struct weir__log {
    //  Appends an entry after `last`, which must be the log's last sequence
    //  number. Returns 0 when the entry will be there whatever happens; -1
    //  with ESTALE (somebody else has appended: this owner is fenced), or with
    //  another errno when it is unknown whether the entry is there: then this
    //  owner must not go on.
    int (*append) (weir__log_t *self, uint64_t last, weir__bytes_t entry);

    //  The number of the last entry; 0 when there is none.
    uint64_t (*last) (weir__log_t *self);

    //  The first entry at or after *sequence that is still there; sets
    //  *sequence to its number. Borrowed until the next call. 0, or -1 with
    //  ENOENT when there is none.
    int (*read) (weir__log_t *self, uint64_t *sequence,
                 weir__bytes_t *ret_entry);

    //  Forgets the entries up to a number.
    void (*trim) (weir__log_t *self, uint64_t sequence);

    //  Keeps a machine's state as of an entry, in place of the former one.
    //  Returns 0, or -1 with ENOMEM or what storing gave.
    int (*snapshot_put) (weir__log_t *self, uint64_t sequence,
                         weir__bytes_t snapshot);

    //  The state that is kept. Borrowed until the next call. 0, or -1 with
    //  ENOENT.
    int (*snapshot_get) (weir__log_t *self, uint64_t *ret_sequence,
                         weir__bytes_t *ret_snapshot);

    void (*destroy) (weir__log_t *self);
};

#endif
