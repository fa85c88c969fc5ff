/*  value.c - checks and clears values

    SPDX-License-Identifier: MPL-2.0
*/

#include "codec/value.h"

#include <errno.h>
#include <stdlib.h>

#include "base/error.h"
#include "codec/limits.h"

int weir__value_check (const weir_value_t *value, int depth)
{
    bool nests = value->type == WEIR_LIST || value->type == WEIR_MAP;
    if (nests && depth >= WEIR__DEPTH_MAX)
        return weir__fail (EINVAL,
                           "value: it is nested over %d deep; flatten it, or "
                           "keep its inner parts in objects of their own",
                           WEIR__DEPTH_MAX);
    if (weir__value_is_sound (value))
        return 0;
    if (value->type == WEIR_INVALID)
        return weir__fail (
            EINVAL, "value: it is invalid: it was made from an integer above "
                    "INT64_MAX, from NULL with a size, or from over 4 GiB");
    return weir__fail (EINVAL,
                       "value: it is damaged (type %d, size %u); make values "
                       "with weir_value () or weir_value_...",
                       (int) value->type, (unsigned) value->size);
}

void weir_value_clear (weir_value_t *value)
{
    if (!value)
        return;
    free (value->block);
    *value = weir_value_nil ();
}
