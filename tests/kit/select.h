/*  select.h - shared parts of the tests of selects

    SPDX-License-Identifier: MPL-2.0
*/

#ifndef WEIR_TESTS_KIT_SELECT_H_INCLUDED
#define WEIR_TESTS_KIT_SELECT_H_INCLUDED

#include <poll.h>

#include "kit/shared.h"

//  Returns whether the descriptor becomes readable within that time.
static inline bool select_is_readable (int fd, int timeout_ms)
{
    struct pollfd item = {.fd = fd, .events = POLLIN};
    return poll (&item, 1, timeout_ms) == 1;
}

//  Checks that nothing is ready and stays so: the descriptor is not readable.
#define select_is_idle(select)                                        \
    do {                                                              \
        refuses (EAGAIN, weir_select_wait (select, 0));               \
        for (int i_ = 0; i_ < 3; i_++)                                \
            if (select_is_readable (weir_select_fd (select), 0))      \
                refuses (EAGAIN, weir_select_wait (select, 0));       \
        ck_assert (!select_is_readable (weir_select_fd (select), 0)); \
    } while (0)

//  Checks that the source becomes ready, for the descriptor and for a waiter.
#define select_tells(select, source)                                         \
    do {                                                                     \
        ck_assert (                                                          \
            select_is_readable (weir_select_fd (select), TEST_PATIENCE_MS)); \
        ck_assert_int_eq (weir_select_wait (select, TEST_PATIENCE_MS),       \
                          source);                                           \
        ck_assert_int_eq (weir_select_wait (select, 0), source);             \
    } while (0)

#endif
