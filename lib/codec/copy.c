/*  copy.c - copies values

    SPDX-License-Identifier: MPL-2.0
*/

#include "weir/value.h"

#include <errno.h>

#include "base/error.h"
#include "codec/pack.h"
#include "codec/packed.h"

//  Copies through the packed form, so that a value can be copied exactly when
//  it can be sent, with the same limits.
int weir_value_copy (weir_value_t value, weir_value_t *ret_value)
{
    if (!ret_value)
        return weir__fail (EINVAL,
                           "weir_value_copy: ret_value must not be NULL");
    weir__buffer_t buffer = WEIR__BUFFER_INIT;
    int rc = weir__pack (&buffer, value);
    if (rc == 0)
        rc = weir__unpack (buffer.data, buffer.size, ret_value);
    weir__buffer_free (&buffer);
    return rc;
}
