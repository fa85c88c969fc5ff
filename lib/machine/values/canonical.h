/*  canonical.h - one form for all values that are equal

    Two packed values are equal (as weir_value_equal says) when their canonical
    forms are the same bytes. So a hash table finds 1.0 where 1 was put.

    SPDX-License-Identifier: MPL-2.0
*/

#ifndef WEIR__MACHINE_VALUES_CANONICAL_H_INCLUDED
#define WEIR__MACHINE_VALUES_CANONICAL_H_INCLUDED

#include "base/buffer.h"
#include "base/bytes.h"

//  Appends the canonical form of a packed value. Returns 0; EINVAL when there
//  is a nan in it, which equals nothing; ENOMEM. On failure the buffer holds
//  nothing of use.
int weir__canonical (weir__bytes_t value, weir__buffer_t *to);

#endif
