/*  dict.c - a map from scalars to values, in insertion order

    SPDX-License-Identifier: MPL-2.0
*/

#include "machine/kinds/dict/dict.h"

#include <errno.h>

#include "codec/packed.h"
#include "machine/call.h"
#include "machine/kinds/dict/paths.h"
#include "machine/kinds/kinds.h"
#include "machine/state.h"

static void set (weir__object_t *object, weir__call_t *call)
{
    weir__table_t *self = object->state;
    weir__row_t *item = NULL;
    if (weir__table_find (self, call, weir__arg_packed (call, 0), &item) &&
        weir__table_put (self, call, item,
                         weir__blob_new (weir__arg_packed (call, 1))))
        weir__answer_nil (call);
}

//  args: key and, optionally, a default. Finds the item of the key. Returns
//  false after refusing the call. With a default, a missing key is not a
//  failure: then the item is NULL.
static bool find_or_default (const weir__table_t *self, weir__call_t *call,
                             weir__row_t **ret_item)
{
    if (call->body.argc < 2) {
        *ret_item = weir__table_find_arg (self, call);
        return *ret_item != NULL;
    }
    *ret_item = NULL;
    return weir__table_find (self, call, weir__arg_packed (call, 0), ret_item);
}

static void get (weir__object_t *object, weir__call_t *call)
{
    weir__row_t *item;
    if (find_or_default (object->state, call, &item))
        weir__answer_packed (call, item ? weir__blob_slice (item->value)
                                        : weir__arg_packed (call, 1));
}

static void contains (weir__object_t *object, weir__call_t *call)
{
    weir__row_t *item = NULL;
    if (weir__table_find (object->state, call, weir__arg_packed (call, 0),
                          &item))
        weir__answer (call, weir_value_bool (item != NULL));
}

static void delete (weir__object_t *object, weir__call_t *call)
{
    weir__row_t *item = weir__table_find_arg (object->state, call);
    if (!item)
        return;
    weir__table_remove (object->state, item);
    weir__answer_nil (call);
}

static void pop (weir__object_t *object, weir__call_t *call)
{
    weir__row_t *item;
    if (!find_or_default (object->state, call, &item))
        return;
    weir__answer_packed (call, item ? weir__blob_slice (item->value)
                                    : weir__arg_packed (call, 1));
    if (item && weir__answer_fits (call))
        weir__table_remove (object->state, item);
}

static void answer_pair (weir__call_t *call, const weir__row_t *item)
{
    weir__buffer_put (call->reply, item->shown->data, item->shown->size);
    weir__buffer_put (call->reply, item->value->data, item->value->size);
}

//  Removes the newest item, as Python does, and answers with it.
static void popitem (weir__object_t *object, weir__call_t *call)
{
    weir__table_t *self = object->state;
    if (!self->items) {
        weir__refuse (call, ENOENT, "it is empty");
        return;
    }
    weir__row_t *item =
        ELMT_FROM_HH (self->items->hh.tbl, self->items->hh.tbl->tail);
    weir__answer_begin (call, WEIR_LIST, 2);
    answer_pair (call, item);
    if (weir__answer_fits (call))
        weir__table_remove (self, item);
}

static void setdefault (weir__object_t *object, weir__call_t *call)
{
    weir__table_t *self = object->state;
    weir__row_t *item = NULL;
    if (!weir__table_find (self, call, weir__arg_packed (call, 0), &item))
        return;
    weir__answer_packed (call, item ? weir__blob_slice (item->value)
                                    : weir__arg_packed (call, 1));
    if (!item && weir__answer_fits (call))
        weir__table_put (self, call, NULL,
                         weir__blob_new (weir__arg_packed (call, 1)));
}

//  Adds to the value of a key. A missing key counts as 0.
static void add (weir__object_t *object, weir__call_t *call)
{
    static const uint8_t zero [] = {0};
    weir__table_t *self = object->state;
    weir__row_t *item = NULL;
    if (!weir__table_find (self, call, weir__arg_packed (call, 0), &item))
        return;
    weir__bytes_t old = item ? weir__blob_slice (item->value)
                             : (weir__bytes_t){zero, sizeof zero};
    weir__blob_t *sum = weir__blob_sum (call, old, weir__arg_packed (call, 1));
    if (!sum)
        return;
    weir__answer_packed (call, weir__blob_slice (sum));
    weir__table_put (self, call, item, sum);
}

//  args: key, expected, desired. The answer: whether the value was replaced.
static void cas (weir__object_t *object, weir__call_t *call)
{
    weir__row_t *item = weir__table_find_arg (object->state, call);
    if (!item)
        return;
    bool failed;
    bool equal = weir__packed_equal (weir__blob_slice (item->value),
                                     weir__arg_packed (call, 1), &failed);
    weir__blob_t *desired =
        equal ? weir__blob_new (weir__arg_packed (call, 2)) : NULL;
    if (failed || (equal && !desired)) {
        weir__refuse (call, ENOMEM, "out of memory");
        return;
    }
    if (equal)
        weir__table_put (object->state, call, item, desired);
    weir__answer (call, weir_value_bool (equal));
}

//  Sets all pairs of a map, or none. Returns false after refusing the call.
static bool set_pairs (weir__table_t *self, weir__call_t *call)
{
    weir__changes_t changes = {0};
    if (weir__arg (call, 0).type != WEIR_MAP) {
        weir__refuse (call, EINVAL, "the pairs must be in a map");
        return false;
    }
    bool good =
        weir__changes_of (&changes, call, self, weir__arg_packed (call, 0)) &&
        weir__table_change (self, call, &changes);
    weir__changes_free (&changes);
    return good;
}

static void update (weir__object_t *object, weir__call_t *call)
{
    if (set_pairs (object->state, call))
        weir__answer_nil (call);
}

static void size (weir__object_t *object, weir__call_t *call)
{
    const weir__table_t *self = object->state;
    weir__answer (call, weir_value_int (HASH_COUNT (self->items)));
}

static void keys (weir__object_t *object, weir__call_t *call)
{
    const weir__table_t *self = object->state;
    weir__answer_begin (call, WEIR_LIST, HASH_COUNT (self->items));
    for (const weir__row_t *item = self->items; item; item = item->hh.next)
        weir__buffer_put (call->reply, item->shown->data, item->shown->size);
}

static void values (weir__object_t *object, weir__call_t *call)
{
    const weir__table_t *self = object->state;
    weir__answer_begin (call, WEIR_LIST, HASH_COUNT (self->items));
    for (const weir__row_t *item = self->items; item; item = item->hh.next)
        weir__buffer_put (call->reply, item->value->data, item->value->size);
}

static void items (weir__object_t *object, weir__call_t *call)
{
    const weir__table_t *self = object->state;
    weir__answer_begin (call, WEIR_MAP, HASH_COUNT (self->items));
    for (const weir__row_t *item = self->items; item; item = item->hh.next)
        answer_pair (call, item);
}

static void clear (weir__object_t *object, weir__call_t *call)
{
    weir__table_clear (object->state);
    weir__answer_nil (call);
}

//  args: none, or a map.
bool weir__dict_create (weir__object_t *object, weir__call_t *call,
                        const weir__table_rules_t *rules)
{
    weir__table_t *self = weir__table_new (rules);
    if (!self)
        weir__refuse (call, ENOMEM, "out of memory");
    else if (call->body.argc > 0 && !set_pairs (self, call)) {
        weir__table_free (self);
        self = NULL;
    }
    object->state = self;
    return self != NULL;
}

void weir__dict_destroy (weir__object_t *object)
{
    weir__table_free (object->state);
}

void weir__dict_save (const weir__object_t *object, weir__buffer_t *to)
{
    weir__table_save (object->state, to);
}

bool weir__dict_load (weir__object_t *object, weir__reader_t *from,
                      const weir__table_rules_t *rules)
{
    object->state = weir__table_new (rules);
    return object->state && weir__table_load (object->state, from);
}

const weir__op_t weir__dict_ops [WEIR__DICT_OPS] = {
    [WEIR__DICT_SET] = {"set", set, 2, 2, WEIR__WRITES, .kept = 2},
    [WEIR__DICT_GET] = {"get", get, 1, 2, WEIR__READS},
    [WEIR__DICT_CONTAINS] = {"contains", contains, 1, 1, WEIR__READS},
    [WEIR__DICT_DELETE] = {"delete", delete, 1, 1, WEIR__WRITES},
    [WEIR__DICT_POP] = {"pop", pop, 1, 2, WEIR__WRITES},
    [WEIR__DICT_POPITEM] = {"popitem", popitem, 0, 0, WEIR__WRITES},
    [WEIR__DICT_SETDEFAULT] = {"setdefault", setdefault, 2, 2, WEIR__WRITES,
                               .kept = 2},
    [WEIR__DICT_ADD] = {"add", add, 2, 2, WEIR__WRITES},
    [WEIR__DICT_CAS] = {"cas", cas, 3, 3, WEIR__WRITES, .kept = 3},
    [WEIR__DICT_UPDATE] = {"update", update, 1, 1, WEIR__WRITES},
    [WEIR__DICT_SIZE] = {"size", size, 0, 0, WEIR__READS},
    [WEIR__DICT_KEYS] = {"keys", keys, 0, 0, WEIR__READS},
    [WEIR__DICT_VALUES] = {"values", values, 0, 0, WEIR__READS},
    [WEIR__DICT_ITEMS] = {"items", items, 0, 0, WEIR__READS},
    [WEIR__DICT_GET_AT] = {"get at", weir__dict_get_at, 1, 2, WEIR__READS},
    [WEIR__DICT_SET_AT] = {"set at", weir__dict_set_at, 2, 2, WEIR__WRITES},
    [WEIR__DICT_DELETE_AT] = {"delete at", weir__dict_delete_at, 1, 1,
                              WEIR__WRITES},
    [WEIR__DICT_ADD_AT] = {"add at", weir__dict_add_at, 2, 2, WEIR__WRITES},
    [WEIR__DICT_APPEND_AT] = {"append at", weir__dict_append_at, 2, 2,
                              WEIR__WRITES},
    [WEIR__DICT_CAS_AT] = {"cas at", weir__dict_cas_at, 3, 3, WEIR__WRITES},
    [WEIR__DICT_CLEAR] = {"clear", clear, 0, 0, WEIR__WRITES},
};

static const char *wrong_key (const weir_value_t *key)
{
    return key->type == WEIR_LIST || key->type == WEIR_MAP
               ? "a list or a map cannot be a key"
               : NULL;
}

static const weir__table_rules_t rules = {
    .wrong = wrong_key,
    .nan = "nan equals nothing, so it cannot be a key",
    .before = "there is no key ",
    .after = "",
    .has_values = true,
};

static bool create (weir__object_t *object, weir__call_t *call)
{
    return weir__dict_create (object, call, &rules);
}

static bool load (weir__object_t *object, weir__reader_t *from)
{
    return weir__dict_load (object, from, &rules);
}

const weir__kind_t weir__dict_kind = {
    .code = WEIR__DICT,
    .name = "dict",
    .ops = weir__dict_ops,
    .op_count = WEIR__DICT_OPS,
    .create_argc_max = 1,
    .begin = weir__copy_begin,
    .end = weir__copy_end,
    .create = create,
    .destroy = weir__dict_destroy,
    .describe = weir__table_describe,
    .save = weir__dict_save,
    .load = load,
};
