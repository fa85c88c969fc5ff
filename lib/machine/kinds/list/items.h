/*  items.h - the items of a list

    SPDX-License-Identifier: MPL-2.0
*/

#ifndef WEIR__MACHINE_KINDS_LIST_ITEMS_H_INCLUDED
#define WEIR__MACHINE_KINDS_LIST_ITEMS_H_INCLUDED

#include "machine/values/blob.h"

typedef struct weir__list {
    weir__blob_t **items;
    size_t size;
    size_t capacity;
} weir__list_t;

//  Blobs that will be put into a list.
typedef struct weir__blobs {
    weir__blob_t **items;
    size_t count;
} weir__blobs_t;

//  Copies the items of a packed list. Returns false after refusing the call,
//  with EINVAL when the value is not a list, or with ENOMEM.
bool weir__blobs_of (weir__call_t *call, weir__bytes_t list,
                     weir__blobs_t *ret_blobs);

//  Frees the blobs.
void weir__blobs_free (weir__blobs_t *self);

//  Reserves room for `size` items in total. Returns false when out of memory.
bool weir__list_reserve (weir__list_t *self, size_t size);

//  Replaces `count` items from index `start` on by blobs. On success the list
//  owns the blobs. Returns false after refusing the call, which only happens
//  when the list cannot grow.
bool weir__list_splice (weir__list_t *self, weir__call_t *call, size_t start,
                        size_t count, const weir__blobs_t *blobs);

//  Removes an item and frees it.
void weir__list_remove (weir__list_t *self, size_t place);

#endif
