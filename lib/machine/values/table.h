/*  table.h - keys in insertion order, each with a value or, in a set, without

    Keys are equal as in Python: 1, 1.0 and true are one key. The table finds a
    key by its canonical form and shows it as it was first written.

    SPDX-License-Identifier: MPL-2.0
*/

#ifndef WEIR__MACHINE_VALUES_TABLE_H_INCLUDED
#define WEIR__MACHINE_VALUES_TABLE_H_INCLUDED

#include "machine/values/blob.h"

//  The differences between the tables of the kinds.
typedef struct weir__table_rules {
    //  Returns what is wrong with a key, or NULL when it is good. May be NULL.
    const char *(*wrong) (const weir_value_t *key);
    const char *nan;            //  the sentence about a key that contains a nan
    const char *before, *after; //  the texts around a key that is missing
    bool has_values;
} weir__table_rules_t;

typedef struct weir__row {
    UT_hash_handle hh;   //  by the canonical key, in insertion order
    weir__blob_t *shown; //  the key as it was first written
    weir__blob_t *value; //  NULL when the rules have no values
    size_t key_size;
    uint8_t key []; //  the canonical key
} weir__row_t;

typedef struct weir__table {
    weir__row_t *items;
    const weir__table_rules_t *rules;
} weir__table_t;

//  Makes an empty table. Returns NULL when out of memory.
weir__table_t *weir__table_new (const weir__table_rules_t *rules);

//  Frees a table and its items. Accepts NULL.
void weir__table_free (weir__table_t *self);

//  Finds a key; *ret_item becomes NULL when the table does not have it. Returns
//  false after refusing the call.
bool weir__table_find (const weir__table_t *self, weir__call_t *call,
                       weir__bytes_t key, weir__row_t **ret_item);

//  Finds the key in argument 0. Returns NULL after refusing the call, with
//  ENOENT when the table does not have the key.
weir__row_t *weir__table_find_arg (const weir__table_t *self,
                                   weir__call_t *call);

//  Returns the item of this table that has the same key as an item of another
//  table, or NULL.
weir__row_t *weir__table_same (const weir__table_t *self,
                               const weir__row_t *item);

//  Puts the key in argument 0 with a value, which is NULL when the rules have
//  no values. `found` is the item that the caller has found for the key, or
//  NULL. Takes the value, also on failure. Returns false after refusing the
//  call.
bool weir__table_put (weir__table_t *self, weir__call_t *call,
                      weir__row_t *found, weir__blob_t *value);

//  Does the same with the key `key`.
bool weir__table_put_key (weir__table_t *self, weir__call_t *call,
                          weir__bytes_t key, weir__row_t *found,
                          weir__blob_t *value);

//  Removes an item and frees it.
void weir__table_remove (weir__table_t *self, weir__row_t *item);

//  Removes all items.
void weir__table_clear (weir__table_t *self);

//  A change to a table: the new item, and the item that the table already has
//  for that key, or NULL.
typedef struct weir__change {
    weir__row_t *made;
    weir__row_t *found;
} weir__change_t;

typedef struct weir__changes {
    weir__change_t *items;
    size_t count;
} weir__changes_t;

//  Reserves room for `count` changes. Returns false after refusing the call.
bool weir__changes_reserve (weir__changes_t *self, weir__call_t *call,
                            size_t count);

//  Makes changes from a packed map, or from a packed list when the rules have
//  no values. Returns false after refusing the call.
bool weir__changes_of (weir__changes_t *self, weir__call_t *call,
                       const weir__table_t *table, weir__bytes_t packed);

//  Adds a change that puts a copy of an item without a value. There must be
//  room for it. Returns false after refusing the call.
bool weir__changes_copy (weir__changes_t *self, weir__call_t *call,
                         const weir__row_t *item);

//  Frees the changes and the items that no table has taken.
void weir__changes_free (weir__changes_t *self);

//  Applies all changes and frees them, or applies none. Returns false after
//  refusing the call.
bool weir__table_change (weir__table_t *self, weir__call_t *call,
                         weir__changes_t *changes);

//  The hook `info` of kinds whose state is a table: the size.
size_t weir__table_describe (const weir__object_t *object, weir_value_t *facts);

//  Writes a table to a snapshot.
void weir__table_save (const weir__table_t *self, weir__buffer_t *to);

//  Reads the items of a snapshot into an empty table. Returns false when the
//  bytes are not a snapshot or memory is out; the table can be freed also then.
bool weir__table_load (weir__table_t *self, weir__reader_t *from);

#endif
