/*  list.h - a shared list of values

    As Python's list in a Manager; indexes may be negative and count from the
    end then. All operations are linearizable: each takes effect at one moment
    between call and return, in the owner's order. When a process that uses a
    list dies, what it has sent is applied, an item that it had popped is gone
    with it, and its waits vanish; nothing else happens to the list.
    ERANGE: there is no item at that index.

    Values may be plain C values: weir_list_append (list, 6).

    Errors that every function has, besides those listed: EINVAL (a NULL handle
    or a bad argument), ENOENT (it was dropped), EOWNERDEAD (its owner has
    ended; if during the call, whether it was done is unknown), ECONNREFUSED
    (its owner runs, but its socket takes no connections; whether it was done is
    unknown), EINTR (a signal came while it waited; nothing was done), EMSGSIZE
    (a value over 64 MiB), EMFILE or ENOBUFS (no descriptor here, or no room at
    the owner, for this thread's connection), EACCES (the owner does not serve
    this process), EPROTO (it has thrown this process out), ENOMEM. On failure
    nothing has changed and no output is written. Values in `ret_` are owned by
    the caller (weir_value_clear). Values may be nested 32 deep; the list itself
    counts as one of that.

    Any thread, also at the same time on one handle; but destroy must be last.
    Handles stay valid in forked children.

    SPDX-License-Identifier: MPL-2.0
*/

#ifndef WEIR_LIST_H_INCLUDED
#define WEIR_LIST_H_INCLUDED

#include "object.h"
#include "slice.h"

WEIR_BEGIN_C

//  Makes a list / makes one of the items of a list value / opens the one with
//  that name / opens the one that a reference stands for. name: up to 255 bytes;
//  NULL: none, see object.h.
//  NULL with EEXIST (new: the name is taken), ENOENT (there is none), EINVAL
//  (it is no list, or a bad argument), or as every function. Since 0.1.
WEIR_EXPORT WEIR_CHECK weir_list_t *weir_list_new (weir_owner_t *owner,
                                                   const char *name);
WEIR_EXPORT WEIR_CHECK weir_list_t *weir_list_new_with (weir_owner_t *owner,
                                                        const char *name,
                                                        weir_value_t items);
WEIR_EXPORT WEIR_CHECK weir_list_t *weir_list_open (weir_owner_t *owner,
                                                    const char *name);
WEIR_EXPORT WEIR_CHECK weir_list_t *weir_list_from (weir_value_t reference);

//  Frees the handle; see object.h for what becomes of the list. Accepts NULL and
//  a NULL pointer. Since 0.1.
WEIR_EXPORT void weir_list_destroy (weir_list_t **self_p);

//  Adds a value / the items of a list value at the end. Since 0.1.
WEIR_EXPORT int weir_list_append (weir_list_t *self, weir_value_t value);
WEIR_EXPORT int weir_list_extend (weir_list_t *self, weir_value_t items);

//  Adds a value in front of an index; one beyond an end means that end.
//  Since 0.1.
WEIR_EXPORT int weir_list_insert (weir_list_t *self, int64_t index,
                                  weir_value_t value);

//  The item at an index; as a plain number (EINVAL: it is none); sets it;
//  removes it. Since 0.1.
WEIR_EXPORT WEIR_CHECK int weir_list_get (weir_list_t *self, int64_t index,
                                          weir_value_t *ret_value);
WEIR_EXPORT WEIR_CHECK int weir_list_get_int (weir_list_t *self, int64_t index,
                                              int64_t *ret_integer);
WEIR_EXPORT WEIR_CHECK int weir_list_get_real (weir_list_t *self, int64_t index,
                                               double *ret_real);
WEIR_EXPORT int weir_list_set (weir_list_t *self, int64_t index,
                               weir_value_t value);
WEIR_EXPORT int weir_list_delete (weir_list_t *self, int64_t index);

//  Removes the item at an index (-1: the last) and gives it (NULL: not
//  wanted). Since 0.1.
WEIR_EXPORT int weir_list_pop (weir_list_t *self, int64_t index,
                               weir_value_t *ret_value);

//  The same, but waits until there is an item at the index. Each item goes to
//  one of those who wait, in the order in which they began. EAGAIN (timeout 0:
//  there is none), ETIMEDOUT. Since 0.1.
WEIR_EXPORT int weir_list_pop_wait (weir_list_t *self, int64_t index,
                                    weir_value_t *ret_value, int timeout_ms);

//  Adds to the number at an index, in one step, and gives the sum (NULL: not
//  wanted). EINVAL: not a number (a boolean is none); ERANGE also when the sum
//  does not fit 64 bits. Since 0.1.
WEIR_EXPORT int weir_list_add (weir_list_t *self, int64_t index,
                               weir_value_t delta, weir_value_t *ret_sum);

//  Removes the first item that equals the value. ENOENT: there is none.
//  Since 0.1.
WEIR_EXPORT int weir_list_remove (weir_list_t *self, weir_value_t value);

//  The index of the first item that equals the value; -1 with ENOENT when
//  there is none. The second form looks from start up to, not including, stop
//  only. Since 0.1.
WEIR_EXPORT int64_t weir_list_index (weir_list_t *self, weir_value_t value);
WEIR_EXPORT int64_t weir_list_index_in (weir_list_t *self, weir_value_t value,
                                        int64_t start, int64_t stop);

//  How many items equal the value; -1 on failure. Since 0.1.
WEIR_EXPORT int64_t weir_list_count (weir_list_t *self, weir_value_t value);

//  1 when an item equals the value, 0 when none does, -1 on failure.
//  Since 0.1.
WEIR_EXPORT WEIR_CHECK int weir_list_contains (weir_list_t *self,
                                               weir_value_t value);

//  Turns the order round. Since 0.1.
WEIR_EXPORT int weir_list_reverse (weir_list_t *self);

//  Sorts the items, stably; reverse: the largest first. EINVAL: they cannot be
//  compared with each other (numbers can, strings can, lists of such can).
//  Since 0.1.
WEIR_EXPORT int weir_list_sort (weir_list_t *self, bool reverse);

//  A slice as a list value; puts the items of a list value in its place (with
//  a step other than 1 as many as it has: EINVAL otherwise); removes it.
//  EINVAL: step 0. Since 0.1.
WEIR_EXPORT WEIR_CHECK int weir_list_get_slice (weir_list_t *self,
                                                weir_slice_t slice,
                                                weir_value_t *ret_items);
WEIR_EXPORT int weir_list_set_slice (weir_list_t *self, weir_slice_t slice,
                                     weir_value_t items);
WEIR_EXPORT int weir_list_delete_slice (weir_list_t *self, weir_slice_t slice);

//  All items as a list value, as of one moment. EMSGSIZE: over 64 MiB.
//  Since 0.1.
WEIR_EXPORT WEIR_CHECK int weir_list_items (weir_list_t *self,
                                            weir_value_t *ret_items);

//  The number of items; -1 on failure. Since 0.1.
WEIR_EXPORT int64_t weir_list_size (weir_list_t *self);

//  Removes all items. Since 0.1.
WEIR_EXPORT int weir_list_clear (weir_list_t *self);

//  Prints it as Python would, and a newline: [1, 6, 3, 4]. Since 0.1.
WEIR_EXPORT int weir_list_print (weir_list_t *self, FILE *file);

WEIR_END_C

#define weir_list_append(self, value) \
    (weir_list_append) (self, weir_value (value))
#define weir_list_insert(self, index, value) \
    (weir_list_insert) (self, index, weir_value (value))
#define weir_list_set(self, index, value) \
    (weir_list_set) (self, index, weir_value (value))
#define weir_list_add(self, index, delta, ret_sum) \
    (weir_list_add) (self, index, weir_value (delta), ret_sum)
#define weir_list_remove(self, value) \
    (weir_list_remove) (self, weir_value (value))
#define weir_list_index(self, value) \
    (weir_list_index) (self, weir_value (value))
#define weir_list_index_in(self, value, start, stop) \
    (weir_list_index_in) (self, weir_value (value), start, stop)
#define weir_list_count(self, value) \
    (weir_list_count) (self, weir_value (value))
#define weir_list_contains(self, value) \
    (weir_list_contains) (self, weir_value (value))

#endif
