/*  notes.h - notes of an owner on standard error, without waiting

    A note is one line. A line that standard error does not accept is dropped
    and counted; the count is written when standard error accepts lines again.
    The flags of descriptor 2 do not change, because other processes share it.

    One thread uses an object. Each thread may have objects of its own.

    SPDX-License-Identifier: MPL-2.0
*/

#ifndef WEIR__OWNER_NOTES_H_INCLUDED
#define WEIR__OWNER_NOTES_H_INCLUDED

#include <stdbool.h>
#include <stddef.h>

//  The largest size of a line; longer ones are cut. At most PIPE_BUF, so that a
//  pipe accepts a line completely or not at all.
enum { WEIR__NOTE_BYTES = 1024 };

//  Initialize with zeros. The object needs no cleanup.
typedef struct weir__notes {
    char rest [WEIR__NOTE_BYTES]; //  of a line that was written in part
    size_t rest_size;
    unsigned long dropped; //  dropped lines that are not yet reported
} weir__notes_t;

//  Writes "weir: ", the text and a newline; drops and counts the line when
//  standard error does not accept it. Keeps errno.
void weir__notes_add (weir__notes_t *self, const char *format, ...)
    __attribute__ ((format (printf, 2, 3)));

//  Reports the number of dropped lines. Returns whether nothing is left to
//  write.
bool weir__notes_flush (weir__notes_t *self);

#endif
