/*  array.h - a shared array of numbers of one type

    As Python's Array: a fixed number of integers of 8 to 64 bits, signed or
    unsigned, or of IEEE 754 reals of 32 or 64 bits, stored packed: 10^6 doubles
    take 8 MB. A negative index counts from the end. A function with an `index`
    fails with ERANGE when the array has no element at it. Operations on slices
    are linearizable as well. When a process that uses an array dies, the
    requests that it has sent are done; nothing else happens to the array.

    Numbers may be plain C values: weir_array_set (array, 0, 1.5). An array of
    reals takes an integer and converts it; an array of integers refuses a real
    with EINVAL. A number that does not fit the type is ERANGE. nan and inf are
    reals.

    Names, handles, blocking and the errors of every operation: see object.h.

    Since 0.1.0.

    SPDX-License-Identifier: MPL-2.0
*/

#ifndef WEIR_ARRAY_H_INCLUDED
#define WEIR_ARRAY_H_INCLUDED

#include "object.h"
#include "slice.h"

WEIR_BEGIN_C

//  The types of elements: int8_t to uint64_t, float and double.
typedef enum weir_element {
    WEIR_I8,
    WEIR_I16,
    WEIR_I32,
    WEIR_I64,
    WEIR_U8,
    WEIR_U16,
    WEIR_U32,
    WEIR_U64,
    WEIR_F32,
    WEIR_F64,
    WEIR_ELEMENTS //  how many types there are
} weir_element_t;

//  Makes an array of zeros.
//  name: NULL for none.
//  type: the type of the elements.
//  size: the number of elements, 0 or more; at most 64 MiB in all.
//  Fails with EINVAL when `type` is unknown or `size` is out of range.
WEIR_EXPORT WEIR_CHECK weir_array_t *weir_array_new (weir_owner_t *owner,
                                                     const char *name,
                                                     weir_element_t type,
                                                     int64_t size);

//  Makes an array with the numbers of a list value.
//  name: NULL for none.
//  Fails with EINVAL (`type` is unknown, `numbers` is not a list, an item is
//  not a number of that type, or the array would be over 64 MiB) or ERANGE (a
//  number does not fit the type).
WEIR_EXPORT WEIR_CHECK weir_array_t *weir_array_new_with (weir_owner_t *owner,
                                                          const char *name,
                                                          weir_element_t type,
                                                          weir_value_t numbers);

//  Opens the array with that name.
WEIR_EXPORT WEIR_CHECK weir_array_t *weir_array_open (weir_owner_t *owner,
                                                      const char *name);

//  Opens the array that a reference refers to.
WEIR_EXPORT WEIR_CHECK weir_array_t *weir_array_from (weir_value_t reference);

//  Frees the handle and sets *self_p to NULL. The array itself remains.
WEIR_EXPORT void weir_array_destroy (weir_array_t **self_p);

//  Returns the type of the elements, a weir_element_t, or -1 on failure.
WEIR_EXPORT int weir_array_type (weir_array_t *self);

//  Returns the number of elements, or -1 on failure.
WEIR_EXPORT int64_t weir_array_size (weir_array_t *self);

//  Gets the element at an index. Fails with ERANGE also when an element of type
//  u64 is above 2^63 - 1, more than a value can hold.
WEIR_EXPORT WEIR_CHECK int weir_array_get (weir_array_t *self, int64_t index,
                                           weir_value_t *ret_value);

//  Gets the element at an index as an integer. Fails as weir_array_get, and
//  with EINVAL when it is not an integer.
WEIR_EXPORT WEIR_CHECK int weir_array_get_int (weir_array_t *self,
                                               int64_t index,
                                               int64_t *ret_integer);

//  Gets the element at an index as a real; an integer is converted. Fails as
//  weir_array_get.
WEIR_EXPORT WEIR_CHECK int weir_array_get_real (weir_array_t *self,
                                                int64_t index,
                                                double *ret_real);

//  Sets the element at an index. Fails with EINVAL (the value is not a number
//  of the type) or ERANGE (also when it does not fit the type).
WEIR_EXPORT int weir_array_set (weir_array_t *self, int64_t index,
                                weir_value_t value);

//  Adds to the element at an index, in one step. The sum of reals is the IEEE
//  754 sum.
//  ret_sum: the sum, or nil when no value can hold it; NULL when not wanted.
//  Fails with EINVAL (delta is not a number of the type), ERANGE, or EOVERFLOW
//  (the sum of integers does not fit the type).
WEIR_EXPORT int weir_array_add (weir_array_t *self, int64_t index,
                                weir_value_t delta, weir_value_t *ret_sum);

//  Gets the elements of a slice as a list. Fails with EINVAL (its step is 0) or
//  ERANGE (an element is above 2^63 - 1).
WEIR_EXPORT WEIR_CHECK int weir_array_get_slice (weir_array_t *self,
                                                 weir_slice_t slice,
                                                 weir_value_t *ret_numbers);

//  Sets the elements of a slice: all or none.
//  values: a number, which all elements get, or a list with as many numbers as
//  the slice has elements, since an array keeps its size.
//  Fails with EINVAL (the step is 0, the count is wrong, or a value is not a
//  number of the type; a single number must be one also when the slice is
//  empty) or ERANGE (a number does not fit the type).
WEIR_EXPORT int weir_array_set_slice (weir_array_t *self, weir_slice_t slice,
                                      weir_value_t values);

//  Adds to the elements of a slice: all or none.
//  deltas: as `values` of weir_array_set_slice.
//  Fails as weir_array_set_slice, and with EOVERFLOW when a sum of integers
//  does not fit the type.
WEIR_EXPORT int weir_array_add_slice (weir_array_t *self, weir_slice_t slice,
                                      weir_value_t deltas);

//  Gets all elements as a list, as of one moment. Fails with ERANGE when an
//  element is above 2^63 - 1.
WEIR_EXPORT WEIR_CHECK int weir_array_items (weir_array_t *self,
                                             weir_value_t *ret_numbers);

//  Copies elements of the array into the caller's memory, in this machine's own
//  form, in one step. Nothing is converted: a nan keeps its bits.
//  index: the first element.
//  type: the type of `ret_elements`, which must be that of the array.
//  ret_elements: room for `count` elements; may be NULL when count is 0.
//  Fails with EINVAL (the types differ), ERANGE (the array has fewer elements
//  from there on) or EMSGSIZE (more elements than one reply can carry).
WEIR_EXPORT WEIR_CHECK int weir_array_read (weir_array_t *self, int64_t index,
                                            weir_element_t type,
                                            void *ret_elements, size_t count);

//  Copies elements from the caller's memory into the array, in this machine's
//  own form, in one step. Nothing is converted.
//  elements: `count` elements of `type`, borrowed for the call.
//  Otherwise as weir_array_read.
WEIR_EXPORT int weir_array_write (weir_array_t *self, int64_t index,
                                  weir_element_t type, const void *elements,
                                  size_t count);

//  Prints the array as Python would, and a newline: [1, 6, 3, 4]. Fails with
//  EINVAL when `file` is NULL, or with the error of the write.
WEIR_EXPORT int weir_array_print (weir_array_t *self, FILE *file);

WEIR_END_C

#define weir_array_set(self, index, value) \
    (weir_array_set) (self, index, weir_value (value))
#define weir_array_add(self, index, delta, ret_sum) \
    (weir_array_add) (self, index, weir_value (delta), ret_sum)
#define weir_array_set_slice(self, slice, values) \
    (weir_array_set_slice) (self, slice, weir_value (values))
#define weir_array_add_slice(self, slice, deltas) \
    (weir_array_add_slice) (self, slice, weir_value (deltas))

#endif
