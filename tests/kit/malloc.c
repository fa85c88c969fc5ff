/*  malloc.c - allocations that are counted, and fail when a test says so

    SPDX-License-Identifier: MPL-2.0
*/

#include "kit/malloc.h"

#include <errno.h>
#include <stdbool.h>
#include <stddef.h>

static bool watching;
static unsigned fails_at;
static unsigned recovers_at;
static unsigned count;

//  The linker defines these names.
void *__real_malloc (size_t size);
void *__real_calloc (size_t items, size_t size);
void *__real_realloc (void *memory, size_t size);
void *__wrap_malloc (size_t size);
void *__wrap_calloc (size_t items, size_t size);
void *__wrap_realloc (void *memory, size_t size);

void test_malloc_watch (unsigned failing)
{
    fails_at = failing;
    recovers_at = failing + 1;
    count = 0;
    watching = true;
}

void test_malloc_watch_from (unsigned failing)
{
    test_malloc_watch (failing);
    recovers_at = UINT_MAX;
}

unsigned test_malloc_unwatch (void)
{
    watching = false;
    return count;
}

static bool succeeds (void)
{
    unsigned number = watching ? count++ : UINT_MAX;
    if (number < fails_at || number >= recovers_at)
        return true;
    errno = ENOMEM;
    return false;
}

void *__wrap_malloc (size_t size)
{
    return succeeds () ? __real_malloc (size) : NULL;
}

void *__wrap_calloc (size_t items, size_t size)
{
    return succeeds () ? __real_calloc (items, size) : NULL;
}

void *__wrap_realloc (void *memory, size_t size)
{
    return succeeds () ? __real_realloc (memory, size) : NULL;
}
