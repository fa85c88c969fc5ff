/*  path.c - a path into a value

    SPDX-License-Identifier: MPL-2.0
*/

#include "machine/values/path.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "codec/pack.h"
#include "codec/packed.h"
#include "machine/call.h"

static bool refuse (weir__call_t *call, const char *why)
{
    weir__refuse (call, EINVAL, "%s", why);
    return false;
}

//  Reading paths

static bool add_list (weir__path_t *self, weir__call_t *call,
                      weir__bytes_t list)
{
    weir_value_t value;
    size_t head = weir__packed_peek (list.data, list.size, &value);
    weir__bytes_t rest = {list.data + head, list.size - head};
    if (value.size == 0 || value.size > WEIR__DEPTH_MAX)
        return refuse (call, "a path has 1 to 32 parts");
    while (self->count < value.size) {
        weir_value_t part;
        weir__bytes_t packed = weir__packed_next (&rest);
        weir__packed_peek (packed.data, packed.size, &part);
        if (part.type == WEIR_LIST || part.type == WEIR_MAP ||
            (part.type == WEIR_REAL && isnan (part.real)))
            return refuse (call,
                           "a part of a path must not be a list, a map or nan");
        self->parts [self->count++] = packed;
    }
    return true;
}

//  Unescapes one part of a text and packs it. Returns false after refusing the
//  call.
static bool add_text_part (weir__path_t *self, weir__call_t *call,
                           const char *text, size_t size)
{
    char *part = malloc (size + 1);
    size_t used = 0;
    bool good = true;
    for (size_t i = 0; part && good && i < size; i++) {
        char letter = text [i];
        if (letter == '~') {
            char escaped = ++i < size ? text [i] : '\0';
            good = escaped == '0' || escaped == '1';
            letter = escaped == '0' ? '~' : '/';
        }
        part [used++] = letter;
    }
    if (!part ||
        (good && weir__pack (&self->bytes, weir_value_sized (WEIR_STRING, part,
                                                             used)) != 0)) {
        weir__refuse (call, ENOMEM, "out of memory");
        free (part);
        return false;
    }
    free (part);
    return good || refuse (call, "the path has a ~ without 0 or 1 behind it; "
                                 "write ~ as ~0, and / in a key as ~1");
}

static bool add_text (weir__path_t *self, weir__call_t *call, weir_value_t path)
{
    const char *text = path.string;
    size_t left = path.size;
    for (bool more = true; more;) {
        const char *slash = memchr (text, '/', left);
        size_t size = slash ? (size_t) (slash - text) : left;
        if (self->count == WEIR__DEPTH_MAX)
            return refuse (call, "a path has 1 to 32 parts");
        self->count++;
        if (!add_text_part (self, call, text, size))
            return false;
        more = slash != NULL;
        text += size + more;
        left -= size + more;
    }
    weir__bytes_t rest = {self->bytes.data, self->bytes.size};
    for (unsigned i = 0; i < self->count; i++)
        self->parts [i] = weir__packed_next (&rest);
    return true;
}

bool weir__arg_path (weir__call_t *call, weir__path_t *ret_path)
{
    weir_value_t path = weir__arg (call, 0);
    *ret_path = (weir__path_t){.count = 0};
    if (path.type == WEIR_STRING)
        return add_text (ret_path, call, path);
    if (path.type == WEIR_LIST)
        return add_list (ret_path, call, weir__arg_packed (call, 0));
    return refuse (call, "a path is a string, or a list of keys and indexes");
}

void weir__path_free (weir__path_t *self)
{
    weir__buffer_free (&self->bytes);
}

//  Following paths

void weir__path_refuse (const weir__path_t *self, weir__call_t *call,
                        unsigned part)
{
    char before [40];
    snprintf (before, sizeof before, "part %u of the path, ", part + 1);
    weir__refuse_value (call, ENOENT, before, self->parts [part],
                        ", is not there");
}

static bool refuse_part (const weir__path_t *self, weir__call_t *call,
                         unsigned part, const char *why)
{
    char before [40];
    snprintf (before, sizeof before, "part %u of the path, ", part + 1);
    weir__refuse_value (call, EINVAL, before, self->parts [part], why);
    return false;
}

//  Converts a part to an index: an integer, or a text of one. Returns false
//  when it is neither.
static bool read_index (weir__bytes_t part, int64_t *ret_index)
{
    weir_value_t value;
    weir__packed_peek (part.data, part.size, &value);
    *ret_index = value.integer;
    if (value.type != WEIR_STRING)
        return value.type == WEIR_INTEGER;
    bool minus = value.size > 0 && value.string [0] == '-';
    uint32_t digits = value.size - minus;
    int64_t index = 0;
    for (uint32_t i = minus; i < value.size; i++) {
        if (digits > 18 || value.string [i] < '0' || value.string [i] > '9')
            return false;
        index = 10 * index + (value.string [i] - '0');
    }
    *ret_index = minus ? -index : index;
    return digits > 0;
}

//  Finds an item of the list that the spot is in. `left` is the bytes after the
//  list's head.
static void find_item (weir__spot_t *spot, weir__bytes_t left, int64_t index,
                       unsigned part)
{
    const uint8_t *begin = left.data;
    if (index < 0)
        index += (int64_t) spot->count;
    spot->missing = index < 0 || index >= (int64_t) spot->count ? part : 0;
    for (int64_t i = 0; !spot->missing && i < index; i++)
        weir__packed_next (&left);
    spot->value = spot->key =
        spot->parent + spot->head_size + (size_t) (left.data - begin);
    spot->end = spot->value;
    if (!spot->missing)
        spot->end += weir__packed_size (left.data, left.size);
}

//  Finds a key of the map that the spot is in. When several keys are equal, the
//  last one counts. A part is a scalar, and comparing scalars needs no memory.
static void find_pair (weir__spot_t *spot, weir__bytes_t left,
                       weir__bytes_t key, unsigned part)
{
    size_t begin = spot->parent + spot->head_size;
    const uint8_t *data = left.data;
    spot->missing = part;
    for (size_t i = 0; i < spot->count; i++) {
        size_t at = begin + (size_t) (left.data - data);
        bool failed;
        weir__bytes_t other = weir__packed_next (&left);
        weir__bytes_t value = weir__packed_next (&left);
        if (!weir__packed_equal (other, key, &failed))
            continue;
        spot->missing = 0;
        spot->key = at;
        spot->value = at + other.size;
        spot->end = spot->value + value.size;
    }
    if (spot->missing)
        spot->key = spot->value = spot->end =
            begin + (size_t) (left.data - data);
}

//  Moves the spot from the value at spot->value to the value that the part
//  selects in it. Returns false after refusing the call.
static bool step (const weir__path_t *self, weir__call_t *call, unsigned part,
                  weir__bytes_t whole, weir__spot_t *spot)
{
    weir_value_t container;
    int64_t index;
    spot->parent = spot->value;
    spot->head_size = weir__packed_peek (whole.data + spot->parent,
                                         whole.size - spot->parent, &container);
    spot->type = container.type;
    spot->count = container.size;
    size_t inside = spot->parent + spot->head_size;
    weir__bytes_t left = {whole.data + inside, whole.size - inside};
    if (container.type == WEIR_MAP)
        find_pair (spot, left, self->parts [part], part);
    else if (container.type != WEIR_LIST)
        return refuse_part (
            self, call, part,
            ", is looked up in a value that is neither a list nor a map");
    else if (read_index (self->parts [part], &index))
        find_item (spot, left, index, part);
    else
        return refuse_part (self, call, part, ", is not an index of a list");
    return true;
}

bool weir__path_find (const weir__path_t *self, weir__call_t *call,
                      unsigned first, weir__bytes_t value,
                      weir__spot_t *ret_spot)
{
    *ret_spot = (weir__spot_t){.end = value.size};
    for (unsigned part = first; part < self->count && !ret_spot->missing;
         part++)
        if (!step (self, call, part, value, ret_spot))
            return false;
    return true;
}

bool weir__path_is_new_pair (const weir__path_t *self, const weir__spot_t *spot)
{
    return spot->missing == self->count - 1 && spot->type == WEIR_MAP;
}

weir__blob_t *weir__blob_splice (weir__call_t *call, const weir__blob_t *old,
                                 const weir__splice_t *splice)
{
    const weir__spot_t *spot = splice->recount;
    weir__buffer_t head = WEIR__BUFFER_INIT;
    if (spot)
        weir__pack_head (&head, spot->type, splice->count);
    size_t head_at = spot ? spot->parent : 0;
    size_t head_end = spot ? spot->parent + spot->head_size : 0;
    const weir__bytes_t pieces [] = {
        {old->data, head_at},
        {head.data, head.size},
        {old->data + head_end, splice->start - head_end},
        splice->first,
        splice->second,
        {old->data + splice->end, old->size - splice->end},
    };
    size_t size = 0;
    for (unsigned i = 0; i < 6; i++)
        size += pieces [i].size;
    weir__blob_t *blob = NULL;
    if (size > WEIR__MESSAGE_BYTES)
        weir__refuse (call, EMSGSIZE, "the whole value would be over %d MiB",
                      WEIR__MESSAGE_BYTES >> 20);
    else if (head.failed || !(blob = malloc (sizeof *blob + size)))
        weir__refuse (call, ENOMEM, "out of memory");
    uint8_t *to = blob ? blob->data : NULL;
    for (unsigned i = 0; blob && i < 6; i++) {
        if (pieces [i].size > 0)
            memcpy (to, pieces [i].data, pieces [i].size);
        to += pieces [i].size;
    }
    if (blob)
        blob->size = (uint32_t) size;
    weir__buffer_free (&head);
    return blob;
}
