/*  bytes.h - a borrowed range of bytes

    SPDX-License-Identifier: MPL-2.0
*/

#ifndef WEIR__BASE_BYTES_H_INCLUDED
#define WEIR__BASE_BYTES_H_INCLUDED

#include <stddef.h>
#include <stdint.h>

//  A range of bytes that its user borrows from an owner elsewhere.
typedef struct weir__bytes {
    const uint8_t *data;
    size_t size;
} weir__bytes_t;

#endif
