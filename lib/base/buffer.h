/*  buffer.h - a growing byte buffer, and a reader of bytes

    Numbers are little-endian. The buffer and the reader both remember their
    first failure, so a caller can write or read many fields and check once.

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
    bool failed; //  out of memory: everything put since is lost
} weir__buffer_t;

typedef struct weir__reader {
    const uint8_t *data;
    size_t size; //  bytes left to read
    bool failed; //  a read went beyond the end
} weir__reader_t;

#define WEIR__BUFFER_INIT ((weir__buffer_t){0})

//  Empties the buffer and keeps its memory.
void weir__buffer_clear (weir__buffer_t *self);

//  Empties the buffer and frees its memory above `capacity` bytes.
void weir__buffer_shrink (weir__buffer_t *self, size_t capacity);

//  Frees the memory. The buffer can be used again.
void weir__buffer_free (weir__buffer_t *self);

//  Appends `size` uninitialized bytes. Returns a pointer to them, for the
//  caller to fill, valid until the next append. Returns NULL when out of
//  memory.
uint8_t *weir__buffer_extend (weir__buffer_t *self, size_t size);

//  Appends `size` bytes.
void weir__buffer_put (weir__buffer_t *self, const void *data, size_t size);

//  Append a number.
void weir__buffer_put_u8 (weir__buffer_t *self, uint8_t number);
void weir__buffer_put_u16 (weir__buffer_t *self, uint16_t number);
void weir__buffer_put_u32 (weir__buffer_t *self, uint32_t number);
void weir__buffer_put_u64 (weir__buffer_t *self, uint64_t number);

//  Appends `size` as a u32 and then as many bytes.
void weir__buffer_put_block (weir__buffer_t *self, const void *data,
                             size_t size);

//  Overwrites the number that was put at `offset`.
void weir__buffer_set_u32 (weir__buffer_t *self, size_t offset,
                           uint32_t number);

//  Makes a reader of `size` borrowed bytes.
weir__reader_t weir__reader (const void *data, size_t size);

//  Read a number. When too few bytes are left they return 0 and set `failed`;
//  every later read fails as well.
uint8_t weir__reader_u8 (weir__reader_t *self);
uint16_t weir__reader_u16 (weir__reader_t *self);
uint32_t weir__reader_u32 (weir__reader_t *self);
uint64_t weir__reader_u64 (weir__reader_t *self);

//  Reads the next `size` bytes. Returns a pointer into the bytes that the
//  reader borrows; NULL, and sets `failed`, when too few are left.
const uint8_t *weir__reader_take (weir__reader_t *self, size_t size);

//  Reads a block that weir__buffer_put_block wrote. Returns as
//  weir__reader_take.
const uint8_t *weir__reader_block (weir__reader_t *self, size_t *ret_size);

#endif
