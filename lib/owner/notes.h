/*  notes.h - lines of an owner on standard error, which never wait

    A line that standard error does not take is dropped and counted. The count
    is told when standard error takes lines again. Descriptor 2 stays as it is:
    other processes share it.

    One thread uses an object; each thread may have objects of its own.

    SPDX-License-Identifier: MPL-2.0
*/

#ifndef WEIR__OWNER_NOTES_H_INCLUDED
#define WEIR__OWNER_NOTES_H_INCLUDED

#include <stdbool.h>
#include <stddef.h>

//  A line is cut above this; at most PIPE_BUF, so that a pipe takes it as one.
enum { WEIR__NOTE_BYTES = 1024 };

//  All zero at first. Needs no end.
typedef struct weir__notes {
    char rest [WEIR__NOTE_BYTES]; //  of a line that was taken in part
    size_t rest_size;
    unsigned long dropped; //  not yet told
} weir__notes_t;

//  Writes "weir: ", the text and the end of the line, or counts it.
void weir__notes_add (weir__notes_t *self, const char *format, ...)
    __attribute__ ((format (printf, 2, 3)));

//  Tells how many lines were dropped. Returns whether nothing is left to tell.
bool weir__notes_flush (weir__notes_t *self);

#endif
