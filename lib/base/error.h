/*  error.h - how the library reports a failure

    SPDX-License-Identifier: MPL-2.0
*/

#ifndef WEIR__BASE_ERROR_H_INCLUDED
#define WEIR__BASE_ERROR_H_INCLUDED

//  Sets errno and the sentence of this thread (see weir_error). Returns -1, so
//  that a caller can `return weir__fail (EINVAL, "...")`.
int weir__fail (int error, const char *format, ...)
    __attribute__ ((format (printf, 2, 3)));

//  Does the same as weir__fail, for functions that return a pointer. Returns
//  NULL.
void *weir__fail_null (int error, const char *format, ...)
    __attribute__ ((format (printf, 2, 3)));

//  Puts "context: " in front of the sentence of this thread. Keeps errno.
//  Returns -1.
int weir__fail_within (const char *format, ...)
    __attribute__ ((format (printf, 1, 2)));

#endif
