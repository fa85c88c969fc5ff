/*  owner.h - what the handle of an owner is made of

    SPDX-License-Identifier: MPL-2.0
*/

#ifndef WEIR__CLIENT_OWNER_H_INCLUDED
#define WEIR__CLIENT_OWNER_H_INCLUDED

#include <stdint.h>

#include "client/remote.h"
#include "weir/prelude.h"

struct weir_owner {
    weir__remote_t *remote;
    struct weir__host *host; //  lib/owner's; NULL: opened by name
    uint64_t generation;     //  of the process that made the handle
};

//  The owner's remote; NULL with EINVAL for NULL. See owner.c.
weir__remote_t *weir__owner_remote (const weir_owner_t *owner);

#endif
