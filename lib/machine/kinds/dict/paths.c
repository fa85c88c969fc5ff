/*  paths.c - changes inside the values of a dict, in place

    The first part of a path is a key of the dict.

    SPDX-License-Identifier: MPL-2.0
*/

#include "machine/kinds/dict/paths.h"

#include <errno.h>
#include <stdlib.h>

#include "codec/packed.h"
#include "machine/call.h"
#include "machine/values/path.h"
#include "machine/values/table.h"

//  The value that the path of a call leads to.
typedef struct target {
    weir__path_t path;
    weir__row_t *item; //  NULL: the dict does not have the key
    weir__spot_t spot; //  in the item's value, if the path has more parts
} target_t;

//  Reads the path in argument 0 and follows it. Returns false after refusing
//  the call. The caller frees the path in both cases.
static bool find (weir__object_t *object, weir__call_t *call,
                  target_t *ret_target)
{
    *ret_target = (target_t){.item = NULL};
    if (!weir__arg_path (call, &ret_target->path) ||
        !weir__table_find (object->state, call, ret_target->path.parts [0],
                           &ret_target->item))
        return false;
    return !ret_target->item ||
           weir__path_find (&ret_target->path, call, 1,
                            weir__blob_slice (ret_target->item->value),
                            &ret_target->spot);
}

static bool is_there (const target_t *target)
{
    return target->item && target->spot.missing == 0;
}

//  Does the same, but refuses the call when nothing is at the end of the path.
//  With `can_be_new` the last part may be a missing key.
static bool find_or_refuse (weir__object_t *object, weir__call_t *call,
                            bool can_be_new, target_t *ret_target)
{
    if (!find (object, call, ret_target))
        return false;
    const target_t *target = ret_target;
    bool is_new = target->item
                      ? weir__path_is_new_pair (&target->path, &target->spot)
                      : target->path.count == 1;
    if (is_there (target) || (can_be_new && is_new))
        return true;
    weir__path_refuse (&target->path, call,
                       target->item ? target->spot.missing : 0);
    return false;
}

static weir__bytes_t value_at (const target_t *target)
{
    const weir__spot_t *spot = &target->spot;
    return (weir__bytes_t){target->item->value->data + spot->value,
                           spot->end - spot->value};
}

//  Returns whether a value can be nested inside `levels` lists and maps,
//  besides the dict. If not, refuses the call.
static bool fits_inside (weir__call_t *call, weir__bytes_t value,
                         unsigned levels)
{
    unsigned depth = (unsigned) weir__packed_depth (value.data, value.size);
    if (depth + levels < WEIR__DEPTH_MAX)
        return true;
    weir__refuse (
        call, EINVAL,
        "the value would be nested more than %d deep; put a flatter one",
        WEIR__DEPTH_MAX - 1);
    return false;
}

//  Replaces the value of an item. Returns false when the new value is NULL.
static bool replace (weir__row_t *item, weir__blob_t *value)
{
    if (!value)
        return false;
    free (item->value);
    item->value = value;
    return true;
}

//  Puts a value at the end of the path. Returns false after refusing the call.
static bool put_value (weir__object_t *object, weir__call_t *call,
                       const target_t *target, weir__bytes_t value)
{
    const weir__path_t *path = &target->path;
    const weir__spot_t *spot = &target->spot;
    if (!fits_inside (call, value, path->count - 1))
        return false;
    if (path->count == 1)
        return weir__table_put_key (object->state, call, path->parts [0],
                                    target->item, weir__blob_new (value));
    weir__splice_t splice = {
        .start = spot->value, .end = spot->end, .first = value};
    if (spot->missing)
        splice = (weir__splice_t){
            .start = spot->key,
            .end = spot->key,
            .first = path->parts [path->count - 1],
            .second = value,
            .recount = spot,
            .count = spot->count + 1,
        };
    return replace (target->item,
                    weir__blob_splice (call, target->item->value, &splice));
}

//  args: path and, optionally, a default.
void weir__dict_get_at (weir__object_t *object, weir__call_t *call)
{
    target_t target;
    bool has_default = call->body.argc > 1;
    bool good = has_default ? find (object, call, &target)
                            : find_or_refuse (object, call, false, &target);
    if (good)
        weir__answer_packed (call, is_there (&target)
                                       ? value_at (&target)
                                       : weir__arg_packed (call, 1));
    weir__path_free (&target.path);
}

//  args: path, value.
void weir__dict_set_at (weir__object_t *object, weir__call_t *call)
{
    target_t target;
    if (find_or_refuse (object, call, true, &target) &&
        put_value (object, call, &target, weir__arg_packed (call, 1)))
        weir__answer_nil (call);
    weir__path_free (&target.path);
}

//  args: path, delta. A missing value counts as 0. The answer: the sum.
void weir__dict_add_at (weir__object_t *object, weir__call_t *call)
{
    static const uint8_t zero [] = {0};
    target_t target;
    weir__blob_t *sum = NULL;
    if (find_or_refuse (object, call, true, &target))
        sum = weir__blob_sum (call,
                              is_there (&target)
                                  ? value_at (&target)
                                  : (weir__bytes_t){zero, sizeof zero},
                              weir__arg_packed (call, 1));
    if (sum && put_value (object, call, &target, weir__blob_slice (sum)))
        weir__answer_packed (call, weir__blob_slice (sum));
    free (sum);
    weir__path_free (&target.path);
}

//  args: path, expected, desired. The answer: whether the value was replaced.
void weir__dict_cas_at (weir__object_t *object, weir__call_t *call)
{
    target_t target;
    if (find_or_refuse (object, call, false, &target)) {
        bool failed;
        bool equal = weir__packed_equal (value_at (&target),
                                         weir__arg_packed (call, 1), &failed);
        if (failed)
            weir__refuse (call, ENOMEM, "out of memory");
        else if (!equal ||
                 put_value (object, call, &target, weir__arg_packed (call, 2)))
            weir__answer (call, weir_value_bool (equal));
    }
    weir__path_free (&target.path);
}

//  Returns a copy of the item's value without the pair or list item that the
//  path leads to. If a map has the key twice, removes both pairs. Returns NULL
//  after refusing the call.
static weir__blob_t *without (const target_t *target, weir__call_t *call)
{
    const weir__blob_t *old = target->item->value;
    weir__spot_t spot = target->spot;
    weir__blob_t *value = NULL;
    do {
        weir__splice_t splice = {
            .start = spot.key,
            .end = spot.end,
            .recount = &spot,
            .count = spot.count - 1,
        };
        weir__blob_t *next =
            weir__blob_splice (call, value ? value : old, &splice);
        free (value);
        value = next;
    } while (value && spot.type == WEIR_MAP &&
             weir__path_find (&target->path, call, 1, weir__blob_slice (value),
                              &spot) &&
             !spot.missing);
    return value;
}

//  args: path.
void weir__dict_delete_at (weir__object_t *object, weir__call_t *call)
{
    target_t target;
    if (find_or_refuse (object, call, false, &target)) {
        bool is_key = target.path.count == 1;
        if (is_key)
            weir__table_remove (object->state, target.item);
        if (is_key || replace (target.item, without (&target, call)))
            weir__answer_nil (call);
    }
    weir__path_free (&target.path);
}

//  args: path of a list, value.
void weir__dict_append_at (weir__object_t *object, weir__call_t *call)
{
    target_t target;
    if (find_or_refuse (object, call, false, &target)) {
        weir__bytes_t list = value_at (&target);
        weir__bytes_t value = weir__arg_packed (call, 1);
        weir_value_t head;
        weir__spot_t spot = {.parent = target.spot.value, .type = WEIR_LIST};
        spot.head_size = weir__packed_peek (list.data, list.size, &head);
        weir__splice_t splice = {
            .start = target.spot.end,
            .end = target.spot.end,
            .first = value,
            .recount = &spot,
            .count = (size_t) head.size + 1,
        };
        if (head.type != WEIR_LIST)
            weir__refuse (call, EINVAL, "the value at the path is not a list");
        else if (fits_inside (call, value, target.path.count) &&
                 replace (target.item, weir__blob_splice (
                                           call, target.item->value, &splice)))
            weir__answer_nil (call);
    }
    weir__path_free (&target.path);
}
