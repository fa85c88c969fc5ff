/*  owner.c - the struct behind an owner's handle

    SPDX-License-Identifier: MPL-2.0
*/

#include "client/owner.h"

#include <errno.h>

#include "base/error.h"

weir__remote_t *weir__owner_remote (const weir_owner_t *owner)
{
    if (owner)
        return owner->remote;
    return weir__fail_null (EINVAL,
                            "owner: the handle is NULL; weir_error () said why "
                            "when weir_owner_new or weir_owner_open failed");
}
