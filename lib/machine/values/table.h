/*  table.h - keys in insertion order, each with a value or, in a set, without

    Keys are equal as in Python: 1, 1.0 and true are one key, which is found by
    its canonical form; it is shown as it was first written.

    SPDX-License-Identifier: MPL-2.0
*/

#ifndef WEIR__MACHINE_VALUES_TABLE_H_INCLUDED
#define WEIR__MACHINE_VALUES_TABLE_H_INCLUDED

#include "machine/values/blob.h"

//  What tells the tables of one kind from those of another.
typedef struct weir__table_rules {
    //  What is wrong with a key; NULL: nothing. May be NULL.
    const char *(*wrong) (const weir_value_t *key);
    const char *nan;            //  what is wrong with one that has a nan in it
    const char *before, *after; //  the key, in the sentence of its absence
    bool has_values;
} weir__table_rules_t;

typedef struct weir__row {
    UT_hash_handle hh;   //  by the canonical key, in insertion order
    weir__blob_t *shown; //  the key as it was first written
    weir__blob_t *value; //  NULL: the rules know no values
    size_t key_size;
    uint8_t key []; //  the canonical key
} weir__row_t;

typedef struct weir__table {
    weir__row_t *items;
    const weir__table_rules_t *rules;
} weir__table_t;

//  An empty table. NULL: no memory. / Frees it; accepts NULL.
weir__table_t *weir__table_new (const weir__table_rules_t *rules);
void weir__table_free (weir__table_t *self);

//  Finds a key. On failure refuses the call and returns false; a key that is
//  not there is no failure, but gives NULL.
bool weir__table_find (const weir__table_t *self, weir__call_t *call,
                       weir__bytes_t key, weir__row_t **ret_item);

//  Finds the key in argument 0. NULL after refusing the call, with ENOENT when
//  it is not there.
weir__row_t *weir__table_find_arg (const weir__table_t *self,
                                   weir__call_t *call);

//  The item of another table with the same key; NULL: there is none.
weir__row_t *weir__table_same (const weir__table_t *self,
                               const weir__row_t *item);

//  Puts the key in argument 0, which was looked up, with a value, which is
//  taken in any case; NULL where the rules know none. False after refusing
//  the call.
bool weir__table_put (weir__table_t *self, weir__call_t *call,
                      weir__row_t *found, weir__blob_t *value);

//  The same with another key than that in argument 0.
bool weir__table_put_key (weir__table_t *self, weir__call_t *call,
                          weir__bytes_t key, weir__row_t *found,
                          weir__blob_t *value);

//  Removes an item / all items.
void weir__table_remove (weir__table_t *self, weir__row_t *item);
void weir__table_clear (weir__table_t *self);

//  Items on their way into a table: what was made, and what is there already
//  under that key.
typedef struct weir__change {
    weir__row_t *made;
    weir__row_t *found;
} weir__change_t;

typedef struct weir__changes {
    weir__change_t *items;
    size_t count;
} weir__changes_t;

//  Room for so many. False after refusing the call.
bool weir__changes_reserve (weir__changes_t *self, weir__call_t *call,
                            size_t count);

//  Makes them out of a packed map, or of a packed list where the rules know no
//  values / adds a copy of an item. False after refusing the call.
bool weir__changes_of (weir__changes_t *self, weir__call_t *call,
                       const weir__table_t *table, weir__bytes_t packed);
bool weir__changes_copy (weir__changes_t *self, weir__call_t *call,
                         const weir__row_t *item);
void weir__changes_free (weir__changes_t *self);

//  Does all of them, which frees the changes, or none: false after refusing
//  the call.
bool weir__table_change (weir__table_t *self, weir__call_t *call,
                         weir__changes_t *changes);

//  A kind's info: its size.
size_t weir__table_info (const weir__object_t *object, weir_value_t *facts);

//  Snapshots. restore gives a table that can be freed also on failure.
void weir__table_put_to (const weir__table_t *self, weir__buffer_t *to);
bool weir__table_get_from (weir__table_t *self, weir__reader_t *from);

#endif
