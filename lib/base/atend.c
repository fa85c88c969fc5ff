/*  atend.c - functions to call when the process ends normally

    SPDX-License-Identifier: MPL-2.0
*/

#include "base/atend.h"

#include <assert.h>
#include <errno.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include "base/error.h"
#include "base/fork.h"

//  The library has fewer modules that register a function.
enum { FUNCTIONS_MAX = 16 };

//  Guarded by the process lock. A forked child inherits the atexit handler and
//  the table. Because the table has the generation of the parent, the child
//  empties it before use.
static bool has_handler;
static uint64_t generation;
static void (*functions [FUNCTIONS_MAX]) (void);
static size_t count;

//  Empties the table if a parent process filled it.
static void drop_inherited (uint64_t now)
{
    if (generation != now)
        count = 0;
    generation = now;
}

//  Removes fn from the table.
static void forget (void (*fn) (void))
{
    size_t kept = 0;
    for (size_t i = 0; i < count; i++)
        if (functions [i] != fn)
            functions [kept++] = functions [i];
    count = kept;
}

int weir__at_end_do (void (*fn) (void))
{
    uint64_t now = weir__generation ();
    weir__process_lock ();
    drop_inherited (now);
    if (!has_handler)
        has_handler = atexit (weir__at_end) == 0;
    if (has_handler) {
        forget (fn);
        assert (count < FUNCTIONS_MAX);
        functions [count++] = fn;
    }
    bool done = has_handler;
    weir__process_unlock ();
    return done ? 0 : weir__fail (ENOMEM, "out of memory");
}

void weir__at_end (void)
{
    uint64_t now = weir__generation ();
    for (;;) {
        weir__process_lock ();
        drop_inherited (now);
        void (*fn) (void) = count ? functions [--count] : NULL;
        weir__process_unlock ();
        if (!fn)
            return;
        fn ();
    }
}
