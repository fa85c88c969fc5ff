/*  buffer.h - bytes to write into and to read from

    Numbers are little-endian. Both sides remember the first failure, so a
    caller writes or reads many fields and asks once.

    SPDX-License-Identifier: MPL-2.0
*/

#ifndef WEIR__BASE_BUFFER_H_INCLUDED
#define WEIR__BASE_BUFFER_H_INCLUDED

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef struct weir__buffer {
    uint8_t *data;
    size_t size;
    size_t capacity;
    bool failed; //  out of memory: what was put since is not there
} weir__buffer_t;

typedef struct weir__reader {
    const uint8_t *data;
    size_t size; //  bytes that are left
    bool failed; //  something was read that is not there
} weir__reader_t;

#define WEIR__BUFFER_INIT ((weir__buffer_t){0})

//  Empties the buffer and keeps its memory.
void weir__buffer_clear (weir__buffer_t *self);

//  Empties the buffer and gives memory above a capacity back.
void weir__buffer_shrink (weir__buffer_t *self, size_t capacity);

//  Frees the memory. The buffer can be used again.
void weir__buffer_free (weir__buffer_t *self);

//  Appends size bytes and returns where they begin, for the caller to fill;
//  NULL when out of memory. Valid until the next append.
uint8_t *weir__buffer_extend (weir__buffer_t *self, size_t size);

void weir__buffer_put (weir__buffer_t *self, const void *data, size_t size);
void weir__buffer_put_u8 (weir__buffer_t *self, uint8_t number);
void weir__buffer_put_u16 (weir__buffer_t *self, uint16_t number);
void weir__buffer_put_u32 (weir__buffer_t *self, uint32_t number);
void weir__buffer_put_u64 (weir__buffer_t *self, uint64_t number);

//  A size (u32) and then as many bytes.
void weir__buffer_put_block (weir__buffer_t *self, const void *data,
                             size_t size);

//  Overwrites a number that was put at an offset.
void weir__buffer_set_u32 (weir__buffer_t *self, size_t offset,
                           uint32_t number);

//  Reads. When the bytes are not there, the result is 0 or NULL, and
//  `failed` is set; nothing is read from then on.
weir__reader_t weir__reader (const void *data, size_t size);
uint8_t weir__reader_u8 (weir__reader_t *self);
uint16_t weir__reader_u16 (weir__reader_t *self);
uint32_t weir__reader_u32 (weir__reader_t *self);
uint64_t weir__reader_u64 (weir__reader_t *self);

//  The next size bytes; borrowed from what is read.
const uint8_t *weir__reader_take (weir__reader_t *self, size_t size);

//  What weir__buffer_put_block wrote.
const uint8_t *weir__reader_block (weir__reader_t *self, size_t *ret_size);

#endif
