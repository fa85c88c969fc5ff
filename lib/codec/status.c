/*  status.c - errno values on the wire

    SPDX-License-Identifier: MPL-2.0
*/

#include "codec/status.h"

#include <errno.h>
#include <stddef.h>

//  The index is the number on the wire. Append only.
static const int errors [] = {
    [0] = 0,          [1] = EPROTO,  [2] = EINVAL,      [3] = EAGAIN,
    [4] = ETIMEDOUT,  [5] = EINTR,   [6] = ENOENT,      [7] = EEXIST,
    [8] = EPERM,      [9] = EACCES,  [10] = EDEADLK,    [11] = EOVERFLOW,
    [12] = ECANCELED, [13] = EPIPE,  [14] = EOWNERDEAD, [15] = ESTALE,
    [16] = EMSGSIZE,  [17] = ENOMEM, [18] = ENOBUFS,    [19] = ERANGE,
    [20] = ENOTSUP,
};
// clang-format on

enum { ERRORS = sizeof errors / sizeof *errors, STATUS_EPROTO = 1 };

uint16_t weir__status_of (int error)
{
    for (uint16_t status = 0; status < ERRORS; status++)
        if (errors [status] == error)
            return status;
    return STATUS_EPROTO;
}

int weir__status_error (uint16_t status)
{
    return status < ERRORS ? errors [status] : EPROTO;
}
