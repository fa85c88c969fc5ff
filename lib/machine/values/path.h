/*  path.h - a path into a value, by keys of maps and indexes of lists

    Values are packed bytes and are changed by splicing. Only the heads of the
    lists and maps on the path are unpacked.

    SPDX-License-Identifier: MPL-2.0
*/

#ifndef WEIR__MACHINE_VALUES_PATH_H_INCLUDED
#define WEIR__MACHINE_VALUES_PATH_H_INCLUDED

#include "machine/values/blob.h"

typedef struct weir__path {
    weir__bytes_t parts [WEIR__DEPTH_MAX]; //  packed scalars
    unsigned count;                        //  at least 1
    weir__buffer_t bytes;                  //  owns the parts of a text
} weir__path_t;

//  Reads the path in argument 0. It is a text such as "user/tags/0", in which
//  ~1 stands for / and ~0 for ~, or a list of keys and indexes. Returns false
//  after refusing the call. The caller frees the path in both cases.
bool weir__arg_path (weir__call_t *call, weir__path_t *ret_path);

//  Frees what the path owns.
void weir__path_free (weir__path_t *self);

//  Where a path ends in a packed value. All positions are offsets in bytes.
typedef struct weir__spot {
    size_t parent;    //  the list or map that contains the value
    size_t head_size; //  bytes of the parent's head
    weir_type_t type; //  of the parent
    size_t count;     //  items or pairs of the parent
    size_t key;       //  in a map the start of the pair, else same as value
    size_t value;
    size_t end;       //  the end of the value
    unsigned missing; //  the first part that was not found; 0: all were found
} weir__spot_t;

//  Follows the parts from index `first` on; index 1 is the second part. A
//  missing part is not a failure: when it is the last part and a key, the spot
//  says where its pair would be. Returns false after refusing the call, when a
//  part cannot lead anywhere, as into a value that is not a list or a map.
bool weir__path_find (const weir__path_t *self, weir__call_t *call,
                      unsigned first, weir__bytes_t value,
                      weir__spot_t *ret_spot);

//  Returns whether a new pair can be inserted at the spot.
bool weir__path_is_new_pair (const weir__path_t *self,
                             const weir__spot_t *spot);

//  Refuses the call with ENOENT because the part at index `part` is missing.
void weir__path_refuse (const weir__path_t *self, weir__call_t *call,
                        unsigned part);

//  Replaces the bytes from `start` to `end` by `first` and `second`, and sets
//  the count of the list or map at recount->parent to `count`.
typedef struct weir__splice {
    size_t start, end;
    weir__bytes_t first, second;
    const weir__spot_t *recount; //  NULL: the count stays
    size_t count;
} weir__splice_t;

//  Makes a changed copy of a blob. Returns NULL after refusing the call with
//  ENOMEM or EMSGSIZE.
weir__blob_t *weir__blob_splice (weir__call_t *call, const weir__blob_t *old,
                                 const weir__splice_t *splice);

#endif
