/*  status.c - errno values on the wire

    SPDX-License-Identifier: MPL-2.0
*/

#include "codec/status.h"

#include <errno.h>
#include <stddef.h>

//  The index is the number on the wire. Append only.
static const int errors [] = {
    0,          EPROTO, EINVAL,   EAGAIN,  ETIMEDOUT, EINTR,     ENOENT,
    EEXIST,     EPERM,  EACCES,   EDEADLK, EOVERFLOW, ECANCELED, EPIPE,
    EOWNERDEAD, ESTALE, EMSGSIZE, ENOMEM,  ENOBUFS,   ERANGE,    ENOTSUP,
};

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
