/*  bytes.h - bytes that somebody else owns

    SPDX-License-Identifier: MPL-2.0
*/

#ifndef WEIR__BASE_BYTES_H_INCLUDED
#define WEIR__BASE_BYTES_H_INCLUDED

#include <stddef.h>
#include <stdint.h>

//  Borrowed bytes.
typedef struct weir__bytes {
    const uint8_t *data;
    size_t size;
} weir__bytes_t;

#endif
