/*  path.h - a way into a value: by keys of maps and indexes of lists

    Values are packed bytes, and are changed by splicing: nothing is unpacked
    but the heads of what is on the way.

    SPDX-License-Identifier: MPL-2.0
*/

#ifndef WEIR__MACHINE_VALUES_PATH_H_INCLUDED
#define WEIR__MACHINE_VALUES_PATH_H_INCLUDED

#include "machine/values/blob.h"

typedef struct weir__path {
    weir__bytes_t parts [WEIR__DEPTH_MAX]; //  packed scalars
    unsigned count;                        //  1 at least
    weir__buffer_t bytes;                  //  what the parts of a text are in
} weir__path_t;

//  Argument 0: a text, "user/tags/0", in which ~1 stands for / and ~0 for ~;
//  or a list of keys and indexes. False after refusing the call. To be freed
//  in any case.
bool weir__arg_path (weir__call_t *call, weir__path_t *ret_path);
void weir__path_free (weir__path_t *self);

//  Where a path ends in a packed value. All are offsets.
typedef struct weir__spot {
    size_t parent;    //  the list or map that it is in
    size_t head_size; //  bytes of the parent's head
    weir_type_t type; //  of the parent
    size_t count;     //  items or pairs of the parent
    size_t key;       //  in a map: where the pair begins; else as value
    size_t value;
    size_t end;       //  behind the value
    unsigned missing; //  the first part that is not there; 0: all are there
} weir__spot_t;

//  Follows the parts from number `first` (1 is the second) on. A missing part is
//  no failure; when it is the last one and a key, the spot is where it would
//  be. False after refusing the call: a part can be nowhere.
bool weir__path_find (const weir__path_t *self, weir__call_t *call,
                      unsigned first, weir__bytes_t value,
                      weir__spot_t *ret_spot);

//  Whether the spot is where a new pair can go.
bool weir__path_is_new_pair (const weir__path_t *self,
                             const weir__spot_t *spot);

//  Refuses the call: that part (0: the first) is not there.
void weir__path_refuse (const weir__path_t *self, weir__call_t *call,
                        unsigned part);

//  What is put in the place of the bytes from start to end; and how many items
//  the list or map at `parent` has then.
typedef struct weir__splice {
    size_t start, end;
    weir__bytes_t first, second;
    const weir__spot_t *recount; //  NULL: as many as before
    size_t count;
} weir__splice_t;

//  A changed copy. NULL after refusing the call with ENOMEM or EMSGSIZE.
weir__blob_t *weir__blob_splice (weir__call_t *call, const weir__blob_t *old,
                                 const weir__splice_t *splice);

#endif
