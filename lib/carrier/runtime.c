/*  runtime.c - the runtime directory

    SPDX-License-Identifier: MPL-2.0
*/

#include "carrier/runtime.h"

#include <assert.h>
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/error.h"

//  FILE_NAME_ROOM is the room for a slash and the longest name of a socket in a
//  folder.
enum { FILE_NAME_ROOM = 8, NAME_MAX_BYTES = 255 };

//  Makes a directory that only this user can access, or checks an existing one.
static int make_private (const char *path)
{
    if (mkdir (path, 0700) != 0 && errno != EEXIST)
        return weir__fail (errno,
                           "runtime directory %s: cannot make it: %s; set "
                           "WEIR_RUNTIME_DIR to another one",
                           path, strerror (errno));
    struct stat status;
    if (lstat (path, &status) != 0)
        return weir__fail (errno, "runtime directory %s: cannot look at it: %s",
                           path, strerror (errno));
    if (!S_ISDIR (status.st_mode))
        return weir__fail (ENOTDIR,
                           "runtime directory %s: it is not a directory; set "
                           "WEIR_RUNTIME_DIR to another one",
                           path);
    if (status.st_uid != geteuid () || (status.st_mode & 077) != 0)
        return weir__fail (
            EACCES,
            "runtime directory %s: it must belong to uid %u with mode 0700; "
            "remove it, or set WEIR_RUNTIME_DIR to another one",
            path, (unsigned) geteuid ());
    return 0;
}

//  Finds the runtime directory, and makes it if it does not exist.
static int find_directory (char *path, size_t size)
{
    const char *own = getenv ("WEIR_RUNTIME_DIR");
    const char *session = getenv ("XDG_RUNTIME_DIR");
    int length;
    if (own && *own)
        length = snprintf (path, size, "%s", own);
    else if (session && *session)
        length = snprintf (path, size, "%s/weir", session);
    else
        length = snprintf (path, size, "/tmp/weir-%u", (unsigned) geteuid ());
    if (length < 0 || (size_t) length >= size)
        return weir__fail (
            ENAMETOOLONG,
            "runtime directory: its path has %d bytes, and at most %zu can be "
            "used; set WEIR_RUNTIME_DIR to a shorter one",
            length, size - 1);
    if (path [0] != '/')
        return weir__fail (
            EINVAL, "runtime directory '%s': its path must be absolute", path);
    return make_private (path);
}

static int check_name (const char *name)
{
    //  isalnum would depend on the locale.
    static const char good_ones [] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
                                     "abcdefghijklmnopqrstuvwxyz0123456789._-";
    size_t length = strlen (name);
    bool good = length > 0 && length <= NAME_MAX_BYTES && name [0] != '.';
    for (size_t i = 0; i < length && good; i++)
        good = strchr (good_ones, name [i]) != NULL;
    if (!good)
        return weir__fail (EINVAL,
                           "owner '%.40s': the name is not valid; use 1 to %d "
                           "of A-Z a-z 0-9 . _ -, and no dot in front",
                           name, NAME_MAX_BYTES);
    return 0;
}

int weir__runtime_path (const char *name, char ret_path [WEIR__PATH_SIZE])
{
    char directory [WEIR__PATH_SIZE - FILE_NAME_ROOM];
    if (check_name (name) != 0 ||
        find_directory (directory, sizeof directory) != 0)
        return -1;
    size_t length = strlen (directory) + 1 + strlen (name);
    if (length + FILE_NAME_ROOM >= WEIR__PATH_SIZE)
        return weir__fail (
            ENAMETOOLONG,
            "%s/%s: it is %zu bytes too long for the path of a socket; use a "
            "shorter name, or set WEIR_RUNTIME_DIR to a shorter path",
            directory, name, length + FILE_NAME_ROOM - WEIR__PATH_SIZE + 1);
    int written =
        snprintf (ret_path, WEIR__PATH_SIZE, "%s/%s", directory, name);
    assert (written == (int) length);
    (void) written;
    return 0;
}
