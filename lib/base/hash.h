/*  hash.h - uthash, as the library uses it

    The tables keep the order of insertion, and we walk them in that order, so
    no result depends on a hash. When out of memory, an insertion leaves the
    element out, with hh.tbl NULL, instead of ending the program.

    SPDX-License-Identifier: MPL-2.0
*/

#ifndef WEIR__BASE_HASH_H_INCLUDED
#define WEIR__BASE_HASH_H_INCLUDED

#include <stddef.h>

#define HASH_NONFATAL_OOM 1
#define uthash_nonfatal_oom(element) ((void) (element))

#include <uthash.h>
#include <utlist.h>

#endif
