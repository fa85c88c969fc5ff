/*  buffer.c - a growing byte buffer, and a reader of bytes

    SPDX-License-Identifier: MPL-2.0
*/

#include "base/buffer.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

enum { SMALLEST_CAPACITY = 64 };

void weir__buffer_clear (weir__buffer_t *self)
{
    self->size = 0;
    self->failed = false;
}

void weir__buffer_shrink (weir__buffer_t *self, size_t capacity)
{
    weir__buffer_clear (self);
    uint8_t *data =
        self->capacity > capacity ? realloc (self->data, capacity) : NULL;
    if (data) {
        self->data = data;
        self->capacity = capacity;
    }
}

void weir__buffer_free (weir__buffer_t *self)
{
    free (self->data);
    *self = WEIR__BUFFER_INIT;
}

uint8_t *weir__buffer_extend (weir__buffer_t *self, size_t size)
{
    if (self->failed)
        return NULL;
    if (!self->data || size > self->capacity - self->size) {
        size_t capacity = self->capacity ? self->capacity : SMALLEST_CAPACITY;
        while (capacity - self->size < size && capacity <= SIZE_MAX / 2)
            capacity *= 2;
        uint8_t *data = capacity - self->size < size
                            ? NULL
                            : realloc (self->data, capacity);
        if (!data) {
            self->failed = true;
            return NULL;
        }
        self->data = data;
        self->capacity = capacity;
    }
    uint8_t *place = self->data + self->size;
    self->size += size;
    return place;
}

void weir__buffer_put (weir__buffer_t *self, const void *data, size_t size)
{
    uint8_t *place = weir__buffer_extend (self, size);
    if (place && size)
        memcpy (place, data, size);
}

//  Writes a number little-endian, independent of the byte order of this
//  machine.
static void store (uint8_t *place, uint64_t number, size_t size)
{
    for (size_t i = 0; i < size; i++)
        place [i] = (uint8_t) (number >> (8 * i));
}

static void put_number (weir__buffer_t *self, uint64_t number, size_t size)
{
    uint8_t *place = weir__buffer_extend (self, size);
    if (place)
        store (place, number, size);
}

void weir__buffer_put_u8 (weir__buffer_t *self, uint8_t number)
{
    put_number (self, number, 1);
}

void weir__buffer_put_u16 (weir__buffer_t *self, uint16_t number)
{
    put_number (self, number, 2);
}

void weir__buffer_put_u32 (weir__buffer_t *self, uint32_t number)
{
    put_number (self, number, 4);
}

void weir__buffer_put_u64 (weir__buffer_t *self, uint64_t number)
{
    put_number (self, number, 8);
}

void weir__buffer_put_block (weir__buffer_t *self, const void *data,
                             size_t size)
{
    assert (size <= UINT32_MAX);
    weir__buffer_put_u32 (self, (uint32_t) size);
    weir__buffer_put (self, data, size);
}

void weir__buffer_set_u32 (weir__buffer_t *self, size_t offset, uint32_t number)
{
    if (self->failed)
        return;
    assert (offset + 4 <= self->size);
    store (self->data + offset, number, 4);
}

weir__reader_t weir__reader (const void *data, size_t size)
{
    return (weir__reader_t){.data = data, .size = size};
}

const uint8_t *weir__reader_take (weir__reader_t *self, size_t size)
{
    if (self->failed || size > self->size) {
        self->failed = true;
        return NULL;
    }
    const uint8_t *place = self->data;
    if (size) //  no arithmetic on the NULL of an empty reader
        self->data += size;
    self->size -= size;
    return place;
}

static uint64_t take_number (weir__reader_t *self, size_t size)
{
    const uint8_t *place = weir__reader_take (self, size);
    uint64_t number = 0;
    for (size_t i = 0; place && i < size; i++)
        number |= (uint64_t) place [i] << (8 * i);
    return number;
}

uint8_t weir__reader_u8 (weir__reader_t *self)
{
    return (uint8_t) take_number (self, 1);
}

uint16_t weir__reader_u16 (weir__reader_t *self)
{
    return (uint16_t) take_number (self, 2);
}

uint32_t weir__reader_u32 (weir__reader_t *self)
{
    return (uint32_t) take_number (self, 4);
}

uint64_t weir__reader_u64 (weir__reader_t *self)
{
    return take_number (self, 8);
}

const uint8_t *weir__reader_block (weir__reader_t *self, size_t *ret_size)
{
    uint32_t size = weir__reader_u32 (self);
    const uint8_t *place = weir__reader_take (self, size);
    *ret_size = place ? size : 0;
    return place;
}
