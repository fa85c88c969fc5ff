/*  error.h - the last failure of this thread, as a sentence

    Every function of Weir that fails returns -1 or NULL and sets errno.
    errno says what happened; the sentence also says to which object, why,
    and what to do.

    SPDX-License-Identifier: MPL-2.0
*/

#ifndef WEIR_ERROR_H_INCLUDED
#define WEIR_ERROR_H_INCLUDED

#include "prelude.h"

WEIR_BEGIN_C

//  The last failure of a Weir function on this thread. Borrowed: valid until
//  the next call of a Weir function on this thread. Never NULL; "no error"
//  when nothing has failed yet. Does not block, cannot fail. Since 0.1.
WEIR_EXPORT const char *weir_error (void);

WEIR_END_C

#endif
