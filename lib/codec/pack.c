/*  pack.c - writes values as MessagePack

    SPDX-License-Identifier: MPL-2.0
*/

#include "codec/pack.h"

#include <assert.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <msgpack.h>

#include "base/error.h"
#include "codec/limits.h"
#include "codec/value.h"

typedef struct sink {
    weir__buffer_t *buffer;
    size_t start; //  where the value begins
} sink_t;

//  The callback of the packer. msgpack_pack_* returns its result.
static int append (void *arg, const char *data, size_t size)
{
    sink_t *sink = arg;
    size_t taken = sink->buffer->size - sink->start;
    if (size > WEIR__MESSAGE_BYTES - taken)
        return weir__fail (EMSGSIZE,
                           "value: it is over %d MiB; send it in parts",
                           WEIR__MESSAGE_BYTES >> 20);
    weir__buffer_put (sink->buffer, data, size);
    if (sink->buffer->failed)
        return weir__fail (ENOMEM, "value: out of memory");
    return 0;
}

static int pack_head (msgpack_packer *packer, weir_type_t type, size_t count)
{
    return type == WEIR_LIST ? msgpack_pack_array (packer, count)
                             : msgpack_pack_map (packer, count);
}

static int pack_text (msgpack_packer *packer, const weir_value_t *value)
{
    switch (value->type) {
    case WEIR_STRING:
        return msgpack_pack_str_with_body (packer, value->string, value->size);
    case WEIR_BYTES:
        return msgpack_pack_bin_with_body (packer, value->bytes, value->size);
    default:
        return msgpack_pack_ext_with_body (packer, value->string, value->size,
                                           WEIR__EXT_REFERENCE);
    }
}

//  Packs a value that is inside `depth` lists and maps. The recursion ends at
//  WEIR__DEPTH_MAX.
static int pack (msgpack_packer *packer, const weir_value_t *value, int depth);

static int pack_items (msgpack_packer *packer, const weir_value_t *value,
                       int depth)
{
    int rc = pack_head (packer, value->type, value->size);
    uint64_t count = weir__value_items (value);
    for (uint64_t i = 0; rc == 0 && i < count; i++)
        rc = pack (packer, &value->items [i], depth);
    return rc;
}

static int pack (msgpack_packer *packer, const weir_value_t *value, int depth)
{
    if (weir__value_check (value, depth) != 0)
        return -1;
    switch (value->type) {
    case WEIR_NIL:
        return msgpack_pack_nil (packer);
    case WEIR_BOOL:
        return value->boolean ? msgpack_pack_true (packer)
                              : msgpack_pack_false (packer);
    case WEIR_INTEGER:
        return msgpack_pack_int64 (packer, value->integer);
    case WEIR_REAL:
        return msgpack_pack_double (packer, value->real);
    case WEIR_STRING:
    case WEIR_BYTES:
    case WEIR_REFERENCE:
        return pack_text (packer, value);
    default:
        return pack_items (packer, value, depth + 1);
    }
}

int weir__pack (weir__buffer_t *buffer, weir_value_t value)
{
    if (buffer->failed)
        return weir__fail (ENOMEM, "value: out of memory");
    sink_t sink = {.buffer = buffer, .start = buffer->size};
    msgpack_packer packer;
    msgpack_packer_init (&packer, &sink, append);
    int rc = pack (&packer, &value, 0);
    if (rc != 0) {
        buffer->size = sink.start;
        buffer->failed = false;
    }
    return rc;
}

void weir__pack_head (weir__buffer_t *buffer, weir_type_t type, size_t count)
{
    assert (type == WEIR_LIST || type == WEIR_MAP);
    sink_t sink = {.buffer = buffer, .start = buffer->size};
    msgpack_packer packer;
    msgpack_packer_init (&packer, &sink, append);
    pack_head (&packer, type, count);
}
