/*  log.h - the ordered entries of an owner

    The interface is small, so that a replicated stream can implement it. The
    sequence numbers of the entries are 1, 2, 3 ... One thread uses a log.

    SPDX-License-Identifier: MPL-2.0
*/

#ifndef WEIR__LOG_LOG_H_INCLUDED
#define WEIR__LOG_LOG_H_INCLUDED

#include <stddef.h>
#include <stdint.h>

#include "base/bytes.h"

typedef struct weir__log weir__log_t;

struct weir__log {
    //  Appends an entry after `last`, which must be the last sequence number of
    //  the log. Returns 0 when the entry is stored for good. Returns -1 with
    //  ESTALE when another owner has appended, so that this owner is fenced.
    //  Returns -1 with another errno when it is unknown whether the entry is
    //  stored; this owner must then stop.
    int (*append) (weir__log_t *self, uint64_t last, weir__bytes_t entry);

    //  Returns the sequence number of the last entry; 0 when the log is empty.
    uint64_t (*last) (weir__log_t *self);

    //  Finds the first stored entry at or after *sequence, and sets *sequence
    //  to its number. The entry is borrowed until the next call. Returns 0, or
    //  -1 with ENOENT.
    int (*read) (weir__log_t *self, uint64_t *sequence,
                 weir__bytes_t *ret_entry);

    //  Removes the entries up to `sequence`.
    void (*trim) (weir__log_t *self, uint64_t sequence);

    //  Stores the state of a machine after the entry `sequence`, in place of
    //  the former snapshot. Returns 0, or -1 with ENOMEM or another errno of
    //  the storage.
    int (*snapshot_put) (weir__log_t *self, uint64_t sequence,
                         weir__bytes_t snapshot);

    //  Finds the stored snapshot and the sequence number of its entry. The
    //  snapshot is borrowed until the next call. Returns 0, or -1 with ENOENT.
    int (*snapshot_get) (weir__log_t *self, uint64_t *ret_sequence,
                         weir__bytes_t *ret_snapshot);

    //  Frees the log.
    void (*destroy) (weir__log_t *self);
};

#endif
