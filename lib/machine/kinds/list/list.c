/*  list.c - a list of values, as in Python

    SPDX-License-Identifier: MPL-2.0
*/

#include "machine/kinds/kinds.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "codec/packed.h"
#include "machine/call.h"
#include "machine/core/kind.h"
#include "machine/kinds/list/items.h"
#include "machine/kinds/list/slices.h"
#include "machine/kinds/list/wait.h"
#include "machine/state.h"
#include "machine/values/range.h"
#include "machine/values/sort.h"

//  Inserts a copy of argument `index` before an item, and answers the call.
static void insert_arg (weir__list_t *self, weir__call_t *call, size_t place,
                        unsigned index)
{
    weir__blob_t *blob = weir__blob_new (weir__arg_packed (call, index));
    if (!blob)
        weir__refuse (call, ENOMEM, "out of memory");
    else if (weir__list_splice (self, call, place, 0,
                                &(weir__blobs_t){&blob, 1}))
        weir__answer_nil (call);
    else
        free (blob);
}

static void append (weir__object_t *object, weir__call_t *call)
{
    weir__list_t *self = object->state;
    insert_arg (self, call, self->size, 0);
}

static void extend (weir__object_t *object, weir__call_t *call)
{
    weir__list_t *self = object->state;
    weir__blobs_t blobs;
    if (!weir__blobs_of (call, weir__arg_packed (call, 0), &blobs))
        return;
    if (weir__list_splice (self, call, self->size, 0, &blobs)) {
        blobs.count = 0;
        weir__answer_nil (call);
    }
    weir__blobs_free (&blobs);
}

static void insert (weir__object_t *object, weir__call_t *call)
{
    weir__list_t *self = object->state;
    size_t place = self->size;
    if (weir__arg (call, 0).type == WEIR_NIL)
        weir__refuse (call, EINVAL, "argument 1 must be an integer");
    else if (weir__arg_bound (call, 0, self->size, &place))
        insert_arg (self, call, place, 1);
}

//  Returns the item whose index is argument 0, or NULL after refusing the call.
static weir__blob_t **find_arg (const weir__list_t *self, weir__call_t *call)
{
    size_t place;
    return weir__arg_place (call, self->size, &place) ? &self->items [place]
                                                      : NULL;
}

static void get (weir__object_t *object, weir__call_t *call)
{
    weir__blob_t **item = find_arg (object->state, call);
    if (item)
        weir__answer_packed (call, weir__blob_slice (*item));
}

static void set (weir__object_t *object, weir__call_t *call)
{
    weir__blob_t **item = find_arg (object->state, call);
    if (!item)
        return;
    weir__blob_t *value = weir__blob_new (weir__arg_packed (call, 1));
    if (!value) {
        weir__refuse (call, ENOMEM, "out of memory");
        return;
    }
    free (*item);
    *item = value;
    weir__answer_nil (call);
}

static void delete (weir__object_t *object, weir__call_t *call)
{
    weir__list_t *self = object->state;
    size_t place;
    if (!weir__arg_place (call, self->size, &place))
        return;
    weir__list_remove (self, place);
    weir__answer_nil (call);
}

static void pop (weir__object_t *object, weir__call_t *call)
{
    weir__list_t *self = object->state;
    size_t place;
    if (!weir__arg_place (call, self->size, &place))
        return;
    weir__answer_packed (call, weir__blob_slice (self->items [place]));
    if (weir__answer_fits (call))
        weir__list_remove (self, place);
}

//  The part of a list that is searched for argument 0.
typedef struct part {
    size_t start, stop;
} part_t;

//  Finds the first item that equals argument 0. *ret_place becomes its index,
//  or part.stop when no item does. Returns false after refusing the call.
static bool find_equal (const weir__list_t *self, weir__call_t *call,
                        part_t part, size_t *ret_place)
{
    for (size_t i = part.start; i < part.stop; i++) {
        bool failed;
        if (weir__packed_equal (weir__blob_slice (self->items [i]),
                                weir__arg_packed (call, 0), &failed)) {
            *ret_place = i;
            return true;
        }
        if (failed) {
            weir__refuse (call, ENOMEM, "out of memory");
            return false;
        }
    }
    *ret_place = part.stop;
    return true;
}

static void remove_value (weir__object_t *object, weir__call_t *call)
{
    weir__list_t *self = object->state;
    size_t place;
    if (!find_equal (self, call, (part_t){0, self->size}, &place))
        return;
    if (place == self->size) {
        weir__refuse_value (call, ENOENT, "", weir__arg_packed (call, 0),
                            " is not in the list");
        return;
    }
    weir__list_remove (self, place);
    weir__answer_nil (call);
}

//  args: value; the start and stop of the part to search, or nil.
static void index_of (weir__object_t *object, weir__call_t *call)
{
    const weir__list_t *self = object->state;
    part_t part = {0, self->size};
    size_t place;
    if (!weir__arg_bound (call, 1, self->size, &part.start) ||
        !weir__arg_bound (call, 2, self->size, &part.stop))
        return;
    if (part.stop < part.start)
        part.stop = part.start;
    if (!find_equal (self, call, part, &place))
        return;
    if (place < part.stop)
        weir__answer (call, weir_value_int ((int64_t) place));
    else
        weir__refuse_value (call, ENOENT, "", weir__arg_packed (call, 0),
                            " is not in the list");
}

static void count (weir__object_t *object, weir__call_t *call)
{
    const weir__list_t *self = object->state;
    int64_t found = 0;
    part_t part = {0, self->size};
    size_t place;
    while (find_equal (self, call, part, &place)) {
        if (place == part.stop) {
            weir__answer (call, weir_value_int (found));
            return;
        }
        found++;
        part.start = place + 1;
    }
}

//  args: index, delta. The answer: the sum.
static void add (weir__object_t *object, weir__call_t *call)
{
    weir__blob_t **item = find_arg (object->state, call);
    if (!item)
        return;
    weir__blob_t *sum = weir__blob_sum (call, weir__blob_slice (*item),
                                        weir__arg_packed (call, 1));
    if (!sum)
        return;
    free (*item);
    *item = sum;
    weir__answer_packed (call, weir__blob_slice (sum));
}

static void reverse (weir__object_t *object, weir__call_t *call)
{
    weir__list_t *self = object->state;
    for (size_t i = 0; i < self->size / 2; i++) {
        weir__blob_t *item = self->items [i];
        self->items [i] = self->items [self->size - 1 - i];
        self->items [self->size - 1 - i] = item;
    }
    weir__answer_nil (call);
}

//  args: whether to sort in reverse, with the largest item first.
static void sort (weir__object_t *object, weir__call_t *call)
{
    weir__list_t *self = object->state;
    weir_value_t backwards = weir__arg (call, 0);
    if (backwards.type != WEIR_BOOL)
        weir__refuse (call, EINVAL, "argument 1 must be a boolean");
    else if (weir__blobs_sort (call, self->items, self->size,
                               backwards.boolean))
        weir__answer_nil (call);
}

static void size (weir__object_t *object, weir__call_t *call)
{
    const weir__list_t *self = object->state;
    weir__answer (call, weir_value_int ((int64_t) self->size));
}

static void empty (weir__list_t *self)
{
    while (self->size > 0)
        free (self->items [--self->size]);
    free (self->items);
    *self = (weir__list_t){0};
}

static void clear (weir__object_t *object, weir__call_t *call)
{
    empty (object->state);
    weir__answer_nil (call);
}

//  args: none, or a list.
static bool create (weir__object_t *object, weir__call_t *call)
{
    weir__blobs_t blobs = {0};
    if (call->body.argc > 0 &&
        !weir__blobs_of (call, weir__arg_packed (call, 0), &blobs))
        return false;
    weir__list_t *self = object->state = calloc (1, sizeof *self);
    if (!self) {
        weir__blobs_free (&blobs);
        weir__refuse (call, ENOMEM, "out of memory");
        return false;
    }
    *self = (weir__list_t){blobs.items, blobs.count, blobs.count};
    return true;
}

static void destroy (weir__object_t *object)
{
    if (object->state)
        empty (object->state);
    free (object->state);
}

static bool ready (const weir__object_t *object, weir__readiness_t what)
{
    (void) what;
    const weir__list_t *self = object->state;
    return self->size > 0;
}

static size_t describe (const weir__object_t *object, weir_value_t *facts)
{
    const weir__list_t *self = object->state;
    facts [0] = weir_value_string ("size");
    facts [1] = weir_value_int ((int64_t) self->size);
    return 1;
}

static void save (const weir__object_t *object, weir__buffer_t *to)
{
    const weir__list_t *self = object->state;
    weir__buffer_put_u64 (to, self->size);
    for (size_t i = 0; i < self->size; i++)
        weir__blob_save (self->items [i], to);
}

static bool load (weir__object_t *object, weir__reader_t *from)
{
    weir__list_t *self = object->state = calloc (1, sizeof *self);
    if (!self)
        return false;
    for (uint64_t count = weir__reader_u64 (from); count > 0; count--) {
        weir__blob_t *blob = weir__blob_load (from);
        if (!blob || !weir__list_reserve (self, self->size + 1)) {
            free (blob);
            return false;
        }
        self->items [self->size++] = blob;
    }
    return !from->failed;
}

static const weir__op_t ops [] = {
    [WEIR__LIST_APPEND] = {"append", append, 1, 1, WEIR__WRITES, .kept = 1},
    [WEIR__LIST_EXTEND] = {"extend", extend, 1, 1, WEIR__WRITES},
    [WEIR__LIST_INSERT] = {"insert", insert, 2, 2, WEIR__WRITES, .kept = 2},
    [WEIR__LIST_GET] = {"get", get, 1, 1, WEIR__READS},
    [WEIR__LIST_SET] = {"set", set, 2, 2, WEIR__WRITES, .kept = 2},
    [WEIR__LIST_DELETE] = {"delete", delete, 1, 1, WEIR__WRITES},
    [WEIR__LIST_POP] = {"pop", pop, 1, 1, WEIR__WRITES},
    [WEIR__LIST_REMOVE] = {"remove", remove_value, 1, 1, WEIR__WRITES},
    [WEIR__LIST_INDEX] = {"index", index_of, 1, 3, WEIR__READS},
    [WEIR__LIST_COUNT] = {"count", count, 1, 1, WEIR__READS},
    [WEIR__LIST_ADD] = {"add", add, 2, 2, WEIR__WRITES},
    [WEIR__LIST_REVERSE] = {"reverse", reverse, 0, 0, WEIR__WRITES},
    [WEIR__LIST_SORT] = {"sort", sort, 1, 1, WEIR__WRITES},
    [WEIR__LIST_GET_SLICE] = {"get slice", weir__list_get_slice, 3, 3,
                              WEIR__READS},
    [WEIR__LIST_SET_SLICE] = {"set slice", weir__list_set_slice, 4, 4,
                              WEIR__WRITES},
    [WEIR__LIST_DELETE_SLICE] = {"delete slice", weir__list_delete_slice, 3, 3,
                                 WEIR__WRITES},
    [WEIR__LIST_SIZE] = {"size", size, 0, 0, WEIR__READS},
    [WEIR__LIST_POP_WAIT] = {"pop", weir__list_pop_wait, 1, 1, WEIR__PARKS},
    [WEIR__LIST_CLEAR] = {"clear", clear, 0, 0, WEIR__WRITES},
};

const weir__kind_t weir__list_kind = {
    .code = WEIR__LIST,
    .name = "list",
    .ops = ops,
    .op_count = sizeof ops / sizeof *ops,
    .create_argc_max = 1,
    .settle = weir__list_settle,
    .begin = weir__copy_begin,
    .end = weir__copy_end,
    .ready = ready,
    .create = create,
    .destroy = destroy,
    .describe = describe,
    .save = save,
    .load = load,
};
