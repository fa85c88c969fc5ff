/*  hash.h - uthash, as the machine uses it

    Its tables keep the order of insertion, which is the order in which we
    walk them; so no order here depends on a hash. Out of memory leaves the
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
