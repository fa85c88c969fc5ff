/*  error.c - how the library reports a failure

    Each thread has one buffer for its sentence. A longer sentence is cut.

    SPDX-License-Identifier: MPL-2.0
*/

#include "base/error.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "weir/error.h"

static _Thread_local char sentence [1024] = "no error";

const char *weir_error (void)
{
    return sentence;
}

static void fail (int error, const char *format, va_list args)
{
    char text [sizeof sentence];
    vsnprintf (text, sizeof text, format, args);
    memcpy (sentence, text, sizeof sentence);
    errno = error;
}

int weir__fail (int error, const char *format, ...)
{
    va_list args;
    va_start (args, format);
    fail (error, format, args);
    va_end (args);
    return -1;
}

void *weir__fail_null (int error, const char *format, ...)
{
    va_list args;
    va_start (args, format);
    fail (error, format, args);
    va_end (args);
    return NULL;
}

int weir__fail_within (const char *format, ...)
{
    int error = errno;
    char context [256];
    va_list args;
    va_start (args, format);
    vsnprintf (context, sizeof context, format, args);
    va_end (args);
    return weir__fail (error, "%s: %s", context, sentence);
}
