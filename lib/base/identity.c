/*  identity.c - whether a descriptor still refers to the same file

    SPDX-License-Identifier: MPL-2.0
*/

#include "base/identity.h"

#include <errno.h>
#include <sys/stat.h>

weir__identity_t weir__identity (int fd)
{
    struct stat status;
    int error = errno;
    weir__identity_t identity = {0};
    if (fstat (fd, &status) == 0)
        identity = (weir__identity_t){status.st_dev, status.st_ino};
    errno = error;
    return identity;
}

bool weir__is_identical (int fd, weir__identity_t identity)
{
    weir__identity_t now = weir__identity (fd);
    return now.inode != 0 && now.inode == identity.inode &&
           now.device == identity.device;
}
