/*  dict.c - a map from scalars to values, in insertion order

    Keys are equal as in Python: 1, 1.0 and true are one key, which is found by
    its canonical form; it is shown as it was first written.

    SPDX-License-Identifier: MPL-2.0
*/

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "codec/ops.h"
#include "machine/blob.h"
#include "machine/kind.h"

typedef struct item {
    UT_hash_handle hh;   //  by the canonical key, in insertion order
    weir__blob_t *shown; //  the key as it was first written
    weir__blob_t *value;
    size_t key_size;
    uint8_t key []; //  the canonical key
} item_t;

typedef struct dict {
    item_t *items;
} dict_t;

static const char no_memory [] = "out of memory";

//  The canonical form of a key: what is equal to an integer is written as that
//  integer. Returns what is wrong with the key, or NULL.
static const char *canonical_key (weir__slice_t key, weir__buffer_t *ret_key)
{
    weir_value_t value;
    weir__packed_peek (key.data, key.size, &value);
    if (value.type == WEIR_LIST || value.type == WEIR_MAP)
        return "a list or a map cannot be a key";
    if (value.type == WEIR_REAL && isnan (value.real))
        return "nan equals nothing, so it cannot be a key";
    if (value.type == WEIR_BOOL)
        value = weir_value_int (value.boolean);
    else if (value.type == WEIR_REAL && value.real >= -0x1p63 &&
             value.real < 0x1p63 && value.real == floor (value.real))
        value = weir_value_int ((int64_t) value.real);
    weir__buffer_clear (ret_key);
    return weir__pack (ret_key, value) == 0 ? NULL : no_memory;
}

static void refuse_key (weir__call_t *call, const char *wrong)
{
    weir__refuse (call, wrong == no_memory ? ENOMEM : EINVAL, "%s", wrong);
}

//  Finds a key. On failure refuses the call and returns false; a key that is
//  not there is no failure, but gives NULL.
static bool find (const dict_t *self, weir__call_t *call, weir__slice_t key,
                  item_t **ret_item)
{
    weir__buffer_t canonical = WEIR__BUFFER_INIT;
    const char *wrong = canonical_key (key, &canonical);
    if (wrong)
        refuse_key (call, wrong);
    else
        HASH_FIND (hh, self->items, canonical.data, canonical.size, *ret_item);
    weir__buffer_free (&canonical);
    return !wrong;
}

//  Finds the key in argument 0; refuses the call when it is not there.
static item_t *find_arg (const dict_t *self, weir__call_t *call)
{
    item_t *item = NULL;
    weir__slice_t key = weir__arg_packed (call, 0);
    if (find (self, call, key, &item) && !item)
        weir__refuse_value (call, ENOENT, "there is no key ", key, "");
    return item;
}

static void free_item (item_t *item)
{
    if (!item)
        return;
    free (item->shown);
    free (item->value);
    free (item);
}

static void remove_item (dict_t *self, item_t *item)
{
    HASH_DELETE (hh, self->items, item);
    free_item (item);
}

//  An item that is in no dict yet; takes the value, also on failure.
static item_t *new_item (weir__slice_t key, weir__blob_t *value)
{
    weir__buffer_t canonical = WEIR__BUFFER_INIT;
    item_t *item = NULL;
    if (value && !canonical_key (key, &canonical))
        item = calloc (1, sizeof *item + canonical.size);
    if (item) {
        memcpy (item->key, canonical.data, canonical.size);
        item->key_size = canonical.size;
        item->value = value;
        item->shown = weir__blob_new (key);
        if (!item->shown) {
            free_item (item);
            item = NULL;
        }
    } else
        free (value);
    weir__buffer_free (&canonical);
    return item;
}

static bool add_item (dict_t *self, item_t *item)
{
    if (!item)
        return false;
    HASH_ADD_KEYPTR (hh, self->items, item->key, item->key_size, item);
    if (item->hh.tbl)
        return true;
    free_item (item);
    return false;
}

//  Puts a value, which is taken, under a key that was looked up. False after
//  refusing the call.
static bool put (dict_t *self, weir__call_t *call, item_t *found,
                 weir__blob_t *value)
{
    if (found && value) {
        free (found->value);
        found->value = value;
        return true;
    }
    if (!found && add_item (self, new_item (weir__arg_packed (call, 0), value)))
        return true;
    weir__refuse (call, ENOMEM, "out of memory");
    return false;
}

static void set (weir__object_t *object, weir__call_t *call)
{
    dict_t *self = object->state;
    item_t *item = NULL;
    if (find (self, call, weir__arg_packed (call, 0), &item) &&
        put (self, call, item, weir__blob_new (weir__arg_packed (call, 1))))
        weir__answer_nil (call);
}

static void get (weir__object_t *object, weir__call_t *call)
{
    item_t *item = find_arg (object->state, call);
    if (item)
        weir__answer_packed (call, weir__blob_slice (item->value));
}

static void contains (weir__object_t *object, weir__call_t *call)
{
    item_t *item = NULL;
    if (find (object->state, call, weir__arg_packed (call, 0), &item))
        weir__answer (call, weir_value_bool (item != NULL));
}

static void delete (weir__object_t *object, weir__call_t *call)
{
    item_t *item = find_arg (object->state, call);
    if (!item)
        return;
    remove_item (object->state, item);
    weir__answer_nil (call);
}

static void pop (weir__object_t *object, weir__call_t *call)
{
    item_t *item = find_arg (object->state, call);
    if (!item)
        return;
    weir__answer_packed (call, weir__blob_slice (item->value));
    if (weir__answer_fits (call))
        remove_item (object->state, item);
}

static void answer_pair (weir__call_t *call, const item_t *item)
{
    weir__buffer_put (call->reply, item->shown->data, item->shown->size);
    weir__buffer_put (call->reply, item->value->data, item->value->size);
}

//  The item that was put last, as in Python.
static void popitem (weir__object_t *object, weir__call_t *call)
{
    dict_t *self = object->state;
    if (!self->items) {
        weir__refuse (call, ENOENT, "it is empty");
        return;
    }
    item_t *item =
        ELMT_FROM_HH (self->items->hh.tbl, self->items->hh.tbl->tail);
    weir__answer_begin (call, WEIR_LIST, 2);
    answer_pair (call, item);
    if (weir__answer_fits (call))
        remove_item (self, item);
}

static void setdefault (weir__object_t *object, weir__call_t *call)
{
    dict_t *self = object->state;
    item_t *item = NULL;
    if (!find (self, call, weir__arg_packed (call, 0), &item))
        return;
    weir__answer_packed (call, item ? weir__blob_slice (item->value)
                                    : weir__arg_packed (call, 1));
    if (!item && weir__answer_fits (call))
        put (self, call, NULL, weir__blob_new (weir__arg_packed (call, 1)));
}

//  A key that is not there counts as 0.
static void add (weir__object_t *object, weir__call_t *call)
{
    static const uint8_t zero [] = {0};
    dict_t *self = object->state;
    item_t *item = NULL;
    if (!find (self, call, weir__arg_packed (call, 0), &item))
        return;
    weir__slice_t old = item ? weir__blob_slice (item->value)
                             : (weir__slice_t){zero, sizeof zero};
    weir__blob_t *sum = weir__blob_sum (call, old, weir__arg_packed (call, 1));
    if (!sum)
        return;
    weir__answer_packed (call, weir__blob_slice (sum));
    put (self, call, item, sum);
}

//  args: key, expected, desired. The answer: whether it was replaced.
static void cas (weir__object_t *object, weir__call_t *call)
{
    item_t *item = find_arg (object->state, call);
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
        put (object->state, call, item, desired);
    weir__answer (call, weir_value_bool (equal));
}

//  Walks over the pairs of a packed map.
static bool next_pair (weir__slice_t *rest, weir__slice_t *ret_key,
                       weir__slice_t *ret_value)
{
    if (rest->size == 0)
        return false;
    for (int i = 0; i < 2; i++) {
        weir__slice_t *place = i == 0 ? ret_key : ret_value;
        *place = (weir__slice_t){rest->data,
                                 weir__packed_size (rest->data, rest->size)};
        rest->data += place->size;
        rest->size -= place->size;
    }
    return true;
}

//  One pair of an update: the item made for it and, when the key was there
//  already, the item whose value it has been swapped with.
typedef struct change {
    item_t *made;
    item_t *found;
} change_t;

static void swap_values (const change_t *change)
{
    weir__blob_t *value = change->made->value;
    change->made->value = change->found->value;
    change->found->value = value;
}

//  Makes the items for all pairs; NULL after refusing the call.
static change_t *make_changes (weir__call_t *call, weir__slice_t pairs,
                               size_t count)
{
    change_t *changes = calloc (count + 1, sizeof *changes);
    weir__buffer_t scratch = WEIR__BUFFER_INIT;
    const char *wrong = changes ? NULL : no_memory;
    weir__slice_t key, value;
    for (size_t i = 0; !wrong && next_pair (&pairs, &key, &value); i++) {
        wrong = canonical_key (key, &scratch);
        if (!wrong)
            changes [i].made = new_item (key, weir__blob_new (value));
        if (!wrong && !changes [i].made)
            wrong = no_memory;
    }
    weir__buffer_free (&scratch);
    if (!wrong)
        return changes;
    refuse_key (call, wrong);
    for (size_t i = 0; changes && i < count; i++)
        free_item (changes [i].made);
    free (changes);
    return NULL;
}

//  Puts a change into the dict. Only the growth of the table can fail.
static bool do_change (dict_t *self, change_t *change)
{
    item_t *made = change->made;
    HASH_FIND (hh, self->items, made->key, made->key_size, change->found);
    if (change->found) {
        swap_values (change);
        return true;
    }
    HASH_ADD_KEYPTR (hh, self->items, made->key, made->key_size, made);
    return made->hh.tbl != NULL;
}

static void undo_change (dict_t *self, const change_t *change)
{
    if (change->found)
        swap_values (change);
    else
        HASH_DELETE (hh, self->items, change->made);
}

//  Sets the pairs of a map, all or none.
static void update (weir__object_t *object, weir__call_t *call)
{
    dict_t *self = object->state;
    weir__slice_t pairs = weir__arg_packed (call, 0);
    weir_value_t map;
    size_t head = weir__packed_peek (pairs.data, pairs.size, &map);
    if (map.type != WEIR_MAP) {
        weir__refuse (call, EINVAL, "an update needs a map");
        return;
    }
    pairs = (weir__slice_t){pairs.data + head, pairs.size - head};
    change_t *changes = make_changes (call, pairs, map.size);
    if (!changes)
        return;
    size_t done = 0;
    while (done < map.size && do_change (self, &changes [done]))
        done++;
    bool good = done == map.size;
    for (size_t i = done; !good && i > 0; i--)
        undo_change (self, &changes [i - 1]);
    for (size_t i = 0; i < map.size; i++)
        if (!good || changes [i].found)
            free_item (changes [i].made);
    free (changes);
    if (good)
        weir__answer_nil (call);
    else
        weir__refuse (call, ENOMEM, "out of memory");
}

static void size (weir__object_t *object, weir__call_t *call)
{
    const dict_t *self = object->state;
    weir__answer (call, weir_value_int (HASH_COUNT (self->items)));
}

static void keys (weir__object_t *object, weir__call_t *call)
{
    const dict_t *self = object->state;
    weir__answer_begin (call, WEIR_LIST, HASH_COUNT (self->items));
    for (const item_t *item = self->items; item; item = item->hh.next)
        weir__buffer_put (call->reply, item->shown->data, item->shown->size);
}

static void values (weir__object_t *object, weir__call_t *call)
{
    const dict_t *self = object->state;
    weir__answer_begin (call, WEIR_LIST, HASH_COUNT (self->items));
    for (const item_t *item = self->items; item; item = item->hh.next)
        weir__buffer_put (call->reply, item->value->data, item->value->size);
}

static void items (weir__object_t *object, weir__call_t *call)
{
    const dict_t *self = object->state;
    weir__answer_begin (call, WEIR_MAP, HASH_COUNT (self->items));
    for (const item_t *item = self->items; item; item = item->hh.next)
        answer_pair (call, item);
}

static void empty (dict_t *self)
{
    item_t *item, *next;
    HASH_ITER (hh, self->items, item, next)
    remove_item (self, item);
}

static void clear (weir__object_t *object, weir__call_t *call)
{
    empty (object->state);
    weir__answer_nil (call);
}

static bool create (weir__object_t *object, weir__call_t *call)
{
    object->state = calloc (1, sizeof (dict_t));
    if (!object->state)
        weir__refuse (call, ENOMEM, "out of memory");
    return object->state != NULL;
}

static void destroy (weir__object_t *object)
{
    if (object->state)
        empty (object->state);
    free (object->state);
}

static void snapshot (const weir__object_t *object, weir__buffer_t *to)
{
    const dict_t *self = object->state;
    weir__buffer_put_u32 (to, HASH_COUNT (self->items));
    for (const item_t *item = self->items; item; item = item->hh.next) {
        weir__blob_put (item->shown, to);
        weir__blob_put (item->value, to);
    }
}

static bool restore (weir__object_t *object, weir__reader_t *from)
{
    dict_t *self = object->state = calloc (1, sizeof (dict_t));
    bool good = self != NULL;
    for (uint32_t count = weir__reader_u32 (from); good && count > 0; count--) {
        weir__blob_t *key = weir__blob_get (from);
        change_t change = {0};
        if (key)
            change.made =
                new_item (weir__blob_slice (key), weir__blob_get (from));
        good = change.made && do_change (self, &change) && !change.found;
        if (!good)
            free_item (change.made);
        free (key);
    }
    return good && !from->failed;
}

static const weir__op_t ops [] = {
    [WEIR__DICT_SET] = {"set", set, 2, 2, WEIR__KEEPS + 1},
    [WEIR__DICT_GET] = {"get", get, 1, 1, WEIR__READS},
    [WEIR__DICT_CONTAINS] = {"contains", contains, 1, 1, WEIR__READS},
    [WEIR__DICT_DELETE] = {"delete", delete, 1, 1, WEIR__WRITES},
    [WEIR__DICT_POP] = {"pop", pop, 1, 1, WEIR__WRITES},
    [WEIR__DICT_POPITEM] = {"popitem", popitem, 0, 0, WEIR__WRITES},
    [WEIR__DICT_SETDEFAULT] = {"setdefault", setdefault, 2, 2, WEIR__KEEPS + 1},
    [WEIR__DICT_ADD] = {"add", add, 2, 2, WEIR__WRITES},
    [WEIR__DICT_CAS] = {"cas", cas, 3, 3, WEIR__KEEPS + 2},
    [WEIR__DICT_UPDATE] = {"update", update, 1, 1, WEIR__WRITES},
    [WEIR__DICT_SIZE] = {"size", size, 0, 0, WEIR__READS},
    [WEIR__DICT_KEYS] = {"keys", keys, 0, 0, WEIR__READS},
    [WEIR__DICT_VALUES] = {"values", values, 0, 0, WEIR__READS},
    [WEIR__DICT_ITEMS] = {"items", items, 0, 0, WEIR__READS},
    [WEIR__DICT_CLEAR] = {"clear", clear, 0, 0, WEIR__WRITES},
};

const weir__kind_t weir__dict_kind = {
    .name = "dict",
    .ops = ops,
    .op_count = sizeof ops / sizeof *ops,
    .create = create,
    .destroy = destroy,
    .snapshot = snapshot,
    .restore = restore,
};
