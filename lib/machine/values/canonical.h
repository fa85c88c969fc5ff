/*  canonical.h - one form for all values that are equal

    Two packed values are equal, in the sense of weir_value_equal, when their
    canonical forms are the same bytes. So a hash table finds 1.0 where 1 was
    put.

    SPDX-License-Identifier: MPL-2.0
*/

#ifndef WEIR__MACHINE_VALUES_CANONICAL_H_INCLUDED
#define WEIR__MACHINE_VALUES_CANONICAL_H_INCLUDED

#include "base/buffer.h"
#include "base/bytes.h"

//  Appends the canonical form of a packed value to `to`. Returns 0; EINVAL when
//  the value is a nan or contains one, because nan equals nothing; ENOMEM when
//  out of memory. On failure the content of the buffer is undefined.
int weir__canonical (weir__bytes_t value, weir__buffer_t *to);

#endif
