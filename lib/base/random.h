/*  random.h - unpredictable random numbers

    SPDX-License-Identifier: MPL-2.0
*/

#ifndef WEIR__BASE_RANDOM_H_INCLUDED
#define WEIR__BASE_RANDOM_H_INCLUDED

#include <stdint.h>

//  Returns 64 random bits from the kernel, never 0.
uint64_t weir__random (void);

#endif
