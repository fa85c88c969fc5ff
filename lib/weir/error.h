/*  error.h - the last failure of this thread, as a sentence

    A function of Weir that fails returns -1 or NULL and sets errno. errno tells
    the kind of failure. The sentence also names the object, the cause, and
    often a remedy, as in "queue 'jobs': it is full".

    Since 0.1.0.

    SPDX-License-Identifier: MPL-2.0
*/

#ifndef WEIR_ERROR_H_INCLUDED
#define WEIR_ERROR_H_INCLUDED

#include "prelude.h"

WEIR_BEGIN_C

//  Returns the sentence of the last failure of a Weir function on this thread;
//  "no error" when none has failed yet. Never returns NULL.
//  The string is borrowed and valid until the next call of a Weir function on
//  this thread. Does not block and cannot fail.
WEIR_EXPORT const char *weir_error (void);

WEIR_END_C

#endif
