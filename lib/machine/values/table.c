/*  table.c - keys in insertion order

    SPDX-License-Identifier: MPL-2.0
*/

#include "machine/values/table.h"

#include <assert.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "codec/packed.h"
#include "machine/call.h"
#include "machine/values/canonical.h"

static const char no_memory [] = "out of memory";

//  Makes the canonical form of a key. Returns what is wrong with the key, or
//  NULL.
static const char *make_key (const weir__table_rules_t *rules,
                             weir__bytes_t key, weir__buffer_t *ret_key)
{
    weir_value_t value;
    weir__packed_peek (key.data, key.size, &value);
    const char *wrong = rules->wrong ? rules->wrong (&value) : NULL;
    if (wrong)
        return wrong;
    weir__buffer_clear (ret_key);
    int error = weir__canonical (key, ret_key);
    return error == 0 ? NULL : error == EINVAL ? rules->nan : no_memory;
}

static void refuse_key (weir__call_t *call, const char *wrong)
{
    weir__refuse (call, wrong == no_memory ? ENOMEM : EINVAL, "%s", wrong);
}

weir__table_t *weir__table_new (const weir__table_rules_t *rules)
{
    weir__table_t *self = calloc (1, sizeof *self);
    if (self)
        self->rules = rules;
    return self;
}

void weir__table_free (weir__table_t *self)
{
    if (self)
        weir__table_clear (self);
    free (self);
}

bool weir__table_find (const weir__table_t *self, weir__call_t *call,
                       weir__bytes_t key, weir__row_t **ret_item)
{
    weir__buffer_t canonical = WEIR__BUFFER_INIT;
    const char *wrong = make_key (self->rules, key, &canonical);
    if (wrong)
        refuse_key (call, wrong);
    else
        HASH_FIND (hh, self->items, canonical.data, canonical.size, *ret_item);
    weir__buffer_free (&canonical);
    return !wrong;
}

weir__row_t *weir__table_find_arg (const weir__table_t *self,
                                   weir__call_t *call)
{
    weir__row_t *item = NULL;
    weir__bytes_t key = weir__arg_packed (call, 0);
    if (weir__table_find (self, call, key, &item) && !item)
        weir__refuse_value (call, ENOENT, self->rules->before, key,
                            self->rules->after);
    return item;
}

weir__row_t *weir__table_same (const weir__table_t *self,
                               const weir__row_t *item)
{
    weir__row_t *same = NULL;
    HASH_FIND (hh, self->items, item->key, item->key_size, same);
    return same;
}

static void free_item (weir__row_t *item)
{
    if (!item)
        return;
    free (item->shown);
    free (item->value);
    free (item);
}

//  Makes an item, which is not in a table yet. Takes the value, also on
//  failure. Returns NULL when out of memory.
static weir__row_t *make_item (weir__bytes_t shown, weir__bytes_t key,
                               weir__blob_t *value)
{
    weir__row_t *item = calloc (1, sizeof *item + key.size);
    if (!item) {
        free (value);
        return NULL;
    }
    memcpy (item->key, key.data, key.size);
    item->key_size = key.size;
    item->value = value;
    item->shown = weir__blob_new (shown);
    if (item->shown)
        return item;
    free_item (item);
    return NULL;
}

//  Checks the key and makes an item. Takes the value, also on failure. Returns
//  what is wrong, or NULL.
static const char *new_item (const weir__table_rules_t *rules,
                             weir__bytes_t shown, weir__blob_t *value,
                             weir__row_t **ret_item)
{
    weir__buffer_t key = WEIR__BUFFER_INIT;
    const char *wrong =
        rules->has_values && !value ? no_memory : make_key (rules, shown, &key);
    if (wrong)
        free (value);
    else {
        *ret_item =
            make_item (shown, (weir__bytes_t){key.data, key.size}, value);
        wrong = *ret_item ? NULL : no_memory;
    }
    weir__buffer_free (&key);
    return wrong;
}

bool weir__table_put_key (weir__table_t *self, weir__call_t *call,
                          weir__bytes_t key, weir__row_t *found,
                          weir__blob_t *value)
{
    if (found && (value || !self->rules->has_values)) {
        free (found->value);
        found->value = value;
        return true;
    }
    weir__row_t *item = NULL;
    if (!found && !new_item (self->rules, key, value, &item)) {
        HASH_ADD_KEYPTR (hh, self->items, item->key, item->key_size, item);
        if (item->hh.tbl)
            return true;
        free_item (item);
    }
    weir__refuse (call, ENOMEM, "out of memory");
    return false;
}

bool weir__table_put (weir__table_t *self, weir__call_t *call,
                      weir__row_t *found, weir__blob_t *value)
{
    return weir__table_put_key (self, call, weir__arg_packed (call, 0), found,
                                value);
}

void weir__table_remove (weir__table_t *self, weir__row_t *item)
{
    HASH_DELETE (hh, self->items, item);
    free_item (item);
}

void weir__table_clear (weir__table_t *self)
{
    weir__row_t *item, *next;
    HASH_ITER (hh, self->items, item, next)
    weir__table_remove (self, item);
}

bool weir__changes_reserve (weir__changes_t *self, weir__call_t *call,
                            size_t count)
{
    self->items = calloc (count + 1, sizeof *self->items);
    if (!self->items)
        weir__refuse (call, ENOMEM, "out of memory");
    return self->items != NULL;
}

void weir__changes_free (weir__changes_t *self)
{
    for (size_t i = 0; i < self->count; i++)
        free_item (self->items [i].made);
    free (self->items);
    *self = (weir__changes_t){0};
}

bool weir__changes_of (weir__changes_t *self, weir__call_t *call,
                       const weir__table_t *table, weir__bytes_t packed)
{
    bool has_values = table->rules->has_values;
    weir_value_t all;
    size_t head = weir__packed_peek (packed.data, packed.size, &all);
    assert (all.type == (has_values ? WEIR_MAP : WEIR_LIST));
    if (!weir__changes_reserve (self, call, all.size))
        return false;
    weir__bytes_t rest = {packed.data + head, packed.size - head};
    const char *wrong = NULL;
    while (!wrong && self->count < all.size) {
        weir__bytes_t key = weir__packed_next (&rest);
        weir__blob_t *value =
            has_values ? weir__blob_new (weir__packed_next (&rest)) : NULL;
        wrong = new_item (table->rules, key, value,
                          &self->items [self->count].made);
        if (!wrong)
            self->count++;
    }
    if (wrong) {
        refuse_key (call, wrong);
        weir__changes_free (self);
    }
    return !wrong;
}

bool weir__changes_copy (weir__changes_t *self, weir__call_t *call,
                         const weir__row_t *item)
{
    assert (!item->value);
    weir__row_t *made =
        make_item (weir__blob_slice (item->shown),
                   (weir__bytes_t){item->key, item->key_size}, NULL);
    if (made)
        self->items [self->count++].made = made;
    else
        weir__refuse (call, ENOMEM, "out of memory");
    return made != NULL;
}

static void swap_values (const weir__change_t *change)
{
    weir__blob_t *value = change->made->value;
    change->made->value = change->found->value;
    change->found->value = value;
}

//  Applies a change. It fails only when the table cannot grow.
static bool do_change (weir__table_t *self, weir__change_t *change)
{
    weir__row_t *made = change->made;
    change->found = weir__table_same (self, made);
    if (change->found) {
        swap_values (change);
        return true;
    }
    HASH_ADD_KEYPTR (hh, self->items, made->key, made->key_size, made);
    return made->hh.tbl != NULL;
}

static void undo_change (weir__table_t *self, const weir__change_t *change)
{
    if (change->found)
        swap_values (change);
    else
        HASH_DELETE (hh, self->items, change->made);
}

bool weir__table_change (weir__table_t *self, weir__call_t *call,
                         weir__changes_t *changes)
{
    size_t done = 0;
    while (done < changes->count && do_change (self, &changes->items [done]))
        done++;
    bool good = done == changes->count;
    for (size_t i = done; !good && i > 0; i--)
        undo_change (self, &changes->items [i - 1]);
    for (size_t i = 0; good && i < changes->count; i++)
        if (!changes->items [i].found)
            changes->items [i].made = NULL; //  the table has taken it
    if (good)
        weir__changes_free (changes);
    else
        weir__refuse (call, ENOMEM, "out of memory");
    return good;
}

size_t weir__table_describe (const weir__object_t *object, weir_value_t *facts)
{
    const weir__table_t *self = object->state;
    facts [0] = weir_value_string ("size");
    facts [1] = weir_value_int (HASH_COUNT (self->items));
    return 1;
}

void weir__table_save (const weir__table_t *self, weir__buffer_t *to)
{
    weir__buffer_put_u32 (to, HASH_COUNT (self->items));
    for (const weir__row_t *item = self->items; item; item = item->hh.next) {
        weir__blob_save (item->shown, to);
        if (self->rules->has_values)
            weir__blob_save (item->value, to);
    }
}

bool weir__table_load (weir__table_t *self, weir__reader_t *from)
{
    bool good = true;
    for (uint32_t count = weir__reader_u32 (from); good && count > 0; count--) {
        weir__blob_t *key = weir__blob_load (from);
        weir__blob_t *value =
            self->rules->has_values ? weir__blob_load (from) : NULL;
        weir__change_t change = {0};
        if (!key)
            free (value);
        good = key && !new_item (self->rules, weir__blob_slice (key), value,
                                 &change.made);
        good = good && do_change (self, &change) && !change.found;
        if (!good)
            free_item (change.made);
        free (key);
    }
    return good && !from->failed;
}
