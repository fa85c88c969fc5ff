/*  list.h - the state of a list, and its slices

    SPDX-License-Identifier: MPL-2.0
*/

#ifndef WEIR__MACHINE_KINDS_LIST_LIST_H_INCLUDED
#define WEIR__MACHINE_KINDS_LIST_LIST_H_INCLUDED

#include "machine/values/blob.h"

typedef struct weir__list {
    weir__blob_t **items;
    size_t size;
    size_t capacity;
} weir__list_t;

//  Blobs on their way into a list.
typedef struct weir__blobs {
    weir__blob_t **items;
    size_t count;
} weir__blobs_t;

//  Copies the items of a packed list. Refuses the call and returns false when
//  it is no list or memory is out.
bool weir__blobs_of (weir__call_t *call, weir__slice_t list,
                     weir__blobs_t *ret_blobs);
void weir__blobs_free (weir__blobs_t *self);

//  Replaces `count` items from `start` on by blobs, which are taken on
//  success; then lets go on who waits for items. Only growth can fail: false
//  after refusing the call.
bool weir__list_splice (weir__list_t *self, weir__call_t *call, size_t start,
                        size_t count, const weir__blobs_t *blobs);

//  Frees an item and takes its place out.
void weir__list_remove (weir__list_t *self, size_t place);

//  list_wait.c: the operation that waits; and what a list that has grown owes
//  to those who do.

void weir__list_pop_wait (weir__object_t *object, weir__call_t *call);
void weir__list_settle (weir__object_t *object);

//  list_slice.c: the operations on slices.

void weir__list_get_slice (weir__object_t *object, weir__call_t *call);
void weir__list_set_slice (weir__object_t *object, weir__call_t *call);
void weir__list_delete_slice (weir__object_t *object, weir__call_t *call);

#endif
