/*  runtime.h - the runtime directory

    The directory is $WEIR_RUNTIME_DIR, else $XDG_RUNTIME_DIR/weir, else
    /tmp/weir-UID. It has a folder for every owner and every pipe, see folder.h.
    Other programs may keep files in it as well.

    Any thread. Only the file system can block a call.

    SPDX-License-Identifier: MPL-2.0
*/

#ifndef WEIR__CARRIER_RUNTIME_H_INCLUDED
#define WEIR__CARRIER_RUNTIME_H_INCLUDED

//  The largest size of the path of a socket: sizeof sun_path, with the NUL.
enum { WEIR__PATH_SIZE = 108 };

//  Writes the path of the folder `name`, which need not exist; makes the
//  runtime directory if necessary. Returns 0, or -1 with EINVAL (a name must
//  have 1 to 255 characters of [A-Za-z0-9._-] and must not begin with a dot),
//  ENAMETOOLONG (the path of a socket would not fit; the sentence says by how
//  much), EACCES or ENOTDIR (the runtime directory is not private to this
//  user), or another errno of mkdir.
int weir__runtime_path (const char *name, char ret_path [WEIR__PATH_SIZE]);

#endif
