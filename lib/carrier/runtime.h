/*  runtime.h - the runtime directory, where sockets live

    $WEIR_RUNTIME_DIR, else $XDG_RUNTIME_DIR/weir, else /tmp/weir-UID. In it
    every owner and every pipe has a folder: see folder.h. Other programs may
    keep files there as well.

    Any thread; nothing here blocks but the file system.

    SPDX-License-Identifier: MPL-2.0
*/

#ifndef WEIR__CARRIER_RUNTIME_H_INCLUDED
#define WEIR__CARRIER_RUNTIME_H_INCLUDED

//  No path of a socket is longer: sizeof sun_path, with its NUL.
enum { WEIR__PATH_SIZE = 108 };

//  Writes the path of the folder NAME, which need not exist. Returns 0, or -1
//  with EINVAL (a name must be 1 to 255 of [A-Za-z0-9._-], not begin with a
//  dot), ENAMETOOLONG (the socket's path would not fit; the sentence says by
//  how much), or EACCES / ENOTDIR / another errno of mkdir when the runtime
//  directory itself cannot be had or is not ours alone.
int weir__runtime_path (const char *name, char ret_path [WEIR__PATH_SIZE]);

#endif
