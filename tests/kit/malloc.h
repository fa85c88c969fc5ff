/*  malloc.h - allocations that are counted, and fail when a test says so

    A program that uses this is linked with
    -Wl,--wrap=malloc,--wrap=calloc,--wrap=realloc: every allocation in
    the objects of the library, the test and Check passes through here. Watch
    only the tested call, because each ck_assert allocates. One thread only.

        bool failed = true;
        for (unsigned n = 0; failed; n++) {
            test_malloc_watch (n);
            int rc = tested ();
            failed = test_malloc_unwatch () > n;
            ck_assert_int_eq (rc, failed ? -1 : 0);
        }

    SPDX-License-Identifier: MPL-2.0
*/

#ifndef WEIR_TESTS_KIT_MALLOC_H_INCLUDED
#define WEIR_TESTS_KIT_MALLOC_H_INCLUDED

#include <limits.h>

enum { TEST_NONE_FAILS = INT_MAX };

//  Counts allocations from here on. The one with this number, from 0, fails.
void test_malloc_watch (unsigned failing);

//  Counts allocations; the one with this number and all later ones fail.
void test_malloc_watch_from (unsigned failing);

//  Stops counting. Returns the number of allocations, including failed ones.
unsigned test_malloc_unwatch (void);

#endif
