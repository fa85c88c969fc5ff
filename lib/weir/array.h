/*  array.h - a shared array of numbers of one type

    As Python's Array: a fixed number of integers of 8 to 64 bits, with or
    without a sign, or of IEEE 754 reals of 32 or 64 bits, stored packed: 10^6
    doubles are 8 MB. Indexes may be negative and count from the end then. All
    operations are linearizable: each takes effect at one moment between call
    and return, in the owner's order, also those on slices. When a process that
    uses an array dies, what it has sent is applied; nothing else happens to the
    array. ERANGE: there is no element at that index.

    Numbers may be plain C values: weir_array_set (array, 0, 1.5). Of a type of
    reals an integer will do, which becomes one; of a type of integers a real is
    EINVAL. What does not fit the type is ERANGE. nan and inf are reals.

    Errors that every function has, besides those listed: EINVAL (a NULL handle
    or a bad argument), ENOENT (it was dropped), EOWNERDEAD (its owner has
    ended; if during the call, whether it was done is unknown), ECONNREFUSED
    (its owner runs, but its socket takes no connections; whether it was done is
    unknown), EINTR (a signal came while it waited; nothing was done), EMSGSIZE
    (a value over 64 MiB), EMFILE or ENOBUFS (no descriptor here, or no room at
    the owner, for this thread's connection), EACCES (the owner does not serve
    this process), EPROTO (it has thrown this process out), ENOMEM. On failure
    nothing has changed and no output is written. Values in `ret_` are owned by
    the caller (weir_value_clear).

    Any thread, also at the same time on one handle; but destroy must be last.
    Handles stay valid in forked children.

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

//  Makes an array of so many zeros / makes one of a list value of numbers /
//  opens the one with that name / opens the one that a reference stands for.
//  name: up to 255 bytes; NULL: none, see object.h. It has at most 64 MiB.
//  NULL with EEXIST (new: the name is taken), ENOENT (there is none), EINVAL
//  (it is no array, no such type, the size is negative or too large, a value is
//  no number of the type, or a bad argument), ERANGE (a number does not fit), or
//  as every function. Since 0.1.
WEIR_EXPORT WEIR_CHECK weir_array_t *weir_array_new (weir_owner_t *owner,
                                                     const char *name,
                                                     weir_element_t type,
                                                     int64_t size);
WEIR_EXPORT WEIR_CHECK weir_array_t *weir_array_new_with (weir_owner_t *owner,
                                                          const char *name,
                                                          weir_element_t type,
                                                          weir_value_t numbers);
WEIR_EXPORT WEIR_CHECK weir_array_t *weir_array_open (weir_owner_t *owner,
                                                      const char *name);
WEIR_EXPORT WEIR_CHECK weir_array_t *weir_array_from (weir_value_t reference);

//  Frees the handle; see object.h for what becomes of the array. Accepts NULL
//  and a NULL pointer. Since 0.1.
WEIR_EXPORT void weir_array_destroy (weir_array_t **self_p);

//  The type of its elements, a weir_element_t; -1 on failure. Since 0.1.
WEIR_EXPORT int weir_array_type (weir_array_t *self);

//  The number of its elements; -1 on failure. Since 0.1.
WEIR_EXPORT int64_t weir_array_size (weir_array_t *self);

//  The element at an index; as a plain number (EINVAL: it is none of that
//  type); sets it. ERANGE: also when a value does not fit the type; and when
//  an element of type u64 is over 2^63 - 1, more than a value can hold.
//  Since 0.1.
WEIR_EXPORT WEIR_CHECK int weir_array_get (weir_array_t *self, int64_t index,
                                           weir_value_t *ret_value);
WEIR_EXPORT WEIR_CHECK int weir_array_get_int (weir_array_t *self,
                                               int64_t index,
                                               int64_t *ret_integer);
WEIR_EXPORT WEIR_CHECK int weir_array_get_real (weir_array_t *self,
                                                int64_t index,
                                                double *ret_real);
WEIR_EXPORT int weir_array_set (weir_array_t *self, int64_t index,
                                weir_value_t value);

//  Adds to the element at an index, in one step, and gives the sum (NULL: not
//  wanted; nil when no value can hold it). EOVERFLOW: the sum of integers does
//  not fit the type. Sums of reals are IEEE 754's. Since 0.1.
WEIR_EXPORT int weir_array_add (weir_array_t *self, int64_t index,
                                weir_value_t delta, weir_value_t *ret_sum);

//  A slice as a list value; sets its elements; adds to its elements. values: a
//  number for all of them, of the type also when there are none, or a list of as
//  many numbers (another count is EINVAL: an array keeps its size). It is all or
//  nothing. Since 0.1.
WEIR_EXPORT WEIR_CHECK int weir_array_get_slice (weir_array_t *self,
                                                 weir_slice_t slice,
                                                 weir_value_t *ret_numbers);
WEIR_EXPORT int weir_array_set_slice (weir_array_t *self, weir_slice_t slice,
                                      weir_value_t values);
WEIR_EXPORT int weir_array_add_slice (weir_array_t *self, weir_slice_t slice,
                                      weir_value_t deltas);

//  All elements as a list value, as of one moment. EMSGSIZE: over 64 MiB.
//  Since 0.1.
WEIR_EXPORT WEIR_CHECK int weir_array_items (weir_array_t *self,
                                             weir_value_t *ret_numbers);

//  Copies `count` elements from an index on into / out of the caller's memory,
//  in this machine's own form, in one step. elements: an array of the C type
//  that is said with it, which must be the array's (EINVAL). ERANGE: there are
//  not so many elements. Nothing is converted: nan keeps its bits. Since 0.1.
WEIR_EXPORT WEIR_CHECK int weir_array_read (weir_array_t *self, int64_t index,
                                            weir_element_t type,
                                            void *ret_elements, size_t count);
WEIR_EXPORT int weir_array_write (weir_array_t *self, int64_t index,
                                  weir_element_t type, const void *elements,
                                  size_t count);

//  Prints it as Python would, and a newline: [1, 6, 3, 4]. Since 0.1.
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
