/*  owner.h - the struct behind an owner's handle

    SPDX-License-Identifier: MPL-2.0
*/

#ifndef WEIR__CLIENT_OWNER_H_INCLUDED
#define WEIR__CLIENT_OWNER_H_INCLUDED

#include <stdint.h>

#include "client/remote.h"
#include "weir/prelude.h"

struct weir_owner {
    weir__remote_t *remote;
    struct weir__host *host; //  of lib/owner; NULL: the owner was opened by
                             //  name
    uint64_t generation;     //  of the process that made the handle
};

//  Returns the remote of an owner, or NULL with EINVAL when `owner` is NULL.
weir__remote_t *weir__owner_remote (const weir_owner_t *owner);

#endif
