/*  list.h - a shared list of values

    As Python's list in a Manager. A negative index counts from the end. A
    function with an `index` fails with ERANGE when the list has no item at it,
    unless its comment says otherwise. When a process that uses a list dies, the
    requests that it has sent are done, an item that it had popped is lost with
    it, and its waits are cancelled; nothing else happens to the list.

    Values may be plain C values: weir_list_append (list, 6). Values may be
    nested 32 levels deep, of which the list itself is one; a deeper value is
    EINVAL.

    Names, handles, blocking and the errors of every operation: see object.h.

    Since 0.1.0.

    SPDX-License-Identifier: MPL-2.0
*/

#ifndef WEIR_LIST_H_INCLUDED
#define WEIR_LIST_H_INCLUDED

#include "object.h"
#include "slice.h"

WEIR_BEGIN_C

//  Makes an empty list. name: NULL for none.
WEIR_EXPORT WEIR_CHECK weir_list_t *weir_list_new (weir_owner_t *owner,
                                                   const char *name);

//  Makes a list with the items of a list value. name: NULL for none. Fails with
//  EINVAL when `items` is not a list.
WEIR_EXPORT WEIR_CHECK weir_list_t *weir_list_new_with (weir_owner_t *owner,
                                                        const char *name,
                                                        weir_value_t items);

//  Opens the list with that name.
WEIR_EXPORT WEIR_CHECK weir_list_t *weir_list_open (weir_owner_t *owner,
                                                    const char *name);

//  Opens the list that a reference refers to.
WEIR_EXPORT WEIR_CHECK weir_list_t *weir_list_from (weir_value_t reference);

//  Frees the handle and sets *self_p to NULL. The list itself remains.
WEIR_EXPORT void weir_list_destroy (weir_list_t **self_p);

//  Appends a value.
WEIR_EXPORT int weir_list_append (weir_list_t *self, weir_value_t value);

//  Appends the items of a list value: all or none. Fails with EINVAL when
//  `items` is not a list.
WEIR_EXPORT int weir_list_extend (weir_list_t *self, weir_value_t items);

//  Inserts a value before the item at an index. An index beyond an end means
//  that end.
WEIR_EXPORT int weir_list_insert (weir_list_t *self, int64_t index,
                                  weir_value_t value);

//  Gets the item at an index.
WEIR_EXPORT WEIR_CHECK int weir_list_get (weir_list_t *self, int64_t index,
                                          weir_value_t *ret_value);

//  Gets the item at an index as an integer. Fails with EINVAL when it is not
//  one.
WEIR_EXPORT WEIR_CHECK int weir_list_get_int (weir_list_t *self, int64_t index,
                                              int64_t *ret_integer);

//  Gets the item at an index as a real; an integer is converted. Fails with
//  EINVAL when it is not a number.
WEIR_EXPORT WEIR_CHECK int weir_list_get_real (weir_list_t *self, int64_t index,
                                               double *ret_real);

//  Sets the item at an index.
WEIR_EXPORT int weir_list_set (weir_list_t *self, int64_t index,
                               weir_value_t value);

//  Removes the item at an index.
WEIR_EXPORT int weir_list_delete (weir_list_t *self, int64_t index);

//  Removes the item at an index and gets it. index: -1 for the last item.
//  ret_value: NULL when not wanted.
WEIR_EXPORT int weir_list_pop (weir_list_t *self, int64_t index,
                               weir_value_t *ret_value);

//  Removes the item at an index and gets it. Waits up to `timeout_ms` until
//  there is an item at the index. Each item goes to one waiter, in the order in
//  which the waiters began to wait.
//  ret_value: NULL when not wanted.
//  Fails with EAGAIN (timeout 0: there is no item at the index) or ETIMEDOUT.
WEIR_EXPORT int weir_list_pop_wait (weir_list_t *self, int64_t index,
                                    weir_value_t *ret_value, int timeout_ms);

//  Adds to the number at an index, in one step. Two integers give an integer.
//  ret_sum: NULL when not wanted.
//  Fails with EINVAL (a value is not a number; a boolean is not one) or ERANGE
//  (also when the sum does not fit 64 bits).
WEIR_EXPORT int weir_list_add (weir_list_t *self, int64_t index,
                               weir_value_t delta, weir_value_t *ret_sum);

//  Removes the first item that equals the value (as weir_value_equal). Fails
//  with ENOENT when there is no such item.
WEIR_EXPORT int weir_list_remove (weir_list_t *self, weir_value_t value);

//  Returns the index of the first item that equals the value, or -1; ENOENT
//  when there is no such item.
WEIR_EXPORT int64_t weir_list_index (weir_list_t *self, weir_value_t value);

//  Returns the index of the first item that equals the value, from `start` up
//  to, not including, `stop`, or -1; ENOENT when there is no such item. Bounds
//  beyond an end mean that end.
WEIR_EXPORT int64_t weir_list_index_in (weir_list_t *self, weir_value_t value,
                                        int64_t start, int64_t stop);

//  Returns the number of items that equal the value, or -1 on failure.
WEIR_EXPORT int64_t weir_list_count (weir_list_t *self, weir_value_t value);

//  Returns 1 when an item equals the value, 0 when none does, -1 on failure.
WEIR_EXPORT WEIR_CHECK int weir_list_contains (weir_list_t *self,
                                               weir_value_t value);

//  Reverses the order of the items.
WEIR_EXPORT int weir_list_reverse (weir_list_t *self);

//  Sorts the items; equal items keep their order. reverse: true sorts the
//  largest first.
//  Fails with EINVAL when two items have no order. Numbers, strings, bytes, and
//  lists of these have an order among themselves.
WEIR_EXPORT int weir_list_sort (weir_list_t *self, bool reverse);

//  Gets the items of a slice as a list. Fails with EINVAL when its step is 0.
WEIR_EXPORT WEIR_CHECK int weir_list_get_slice (weir_list_t *self,
                                                weir_slice_t slice,
                                                weir_value_t *ret_items);

//  Replaces the items of a slice with the items of a list value: all or none.
//  With a step other than 1 the list must have as many items as the slice.
//  Fails with EINVAL when the step is 0, `items` is not a list, or the number
//  of items is wrong.
WEIR_EXPORT int weir_list_set_slice (weir_list_t *self, weir_slice_t slice,
                                     weir_value_t items);

//  Removes the items of a slice. Fails with EINVAL when its step is 0.
WEIR_EXPORT int weir_list_delete_slice (weir_list_t *self, weir_slice_t slice);

//  Gets all items as a list, as of one moment.
WEIR_EXPORT WEIR_CHECK int weir_list_items (weir_list_t *self,
                                            weir_value_t *ret_items);

//  Returns the number of items, or -1 on failure.
WEIR_EXPORT int64_t weir_list_size (weir_list_t *self);

//  Removes all items.
WEIR_EXPORT int weir_list_clear (weir_list_t *self);

//  Prints the list as Python would, and a newline: [1, 6, 3, 4]. Fails with
//  EINVAL when `file` is NULL, or with the error of the write.
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
