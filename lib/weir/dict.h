/*  dict.h - a shared dict: keys with values, in insertion order

    As Python's dict in a Manager, but every change is one message, so no update
    is lost. A key is nil, a boolean, a number other than nan, a string, bytes
    or a reference. Keys are equal as in Python: 1, 1.0 and true are one key.
    When a process that uses a dict dies, the requests that it has sent are
    done; nothing else happens to the dict.

    Keys and values may be plain C values: weir_dict_set (dict, "count", 100).
    Values may be nested 32 levels deep, of which the dict itself is one; a
    deeper value, and a key of another type, is EINVAL.

    Paths. weir_dict_get_at and the other functions whose names end in _at work
    on a part of a value, in place, in one step. A path is a string of parts
    with / between them, as "user/tags/0"; in a part ~1 stands for / and ~0 for
    ~. Or it is a list of parts, which need not be strings. It has 1 to 32
    parts. The first part is a key of the dict. The others are keys of maps and
    indexes of lists; a negative index counts from the end. These functions fail
    with:
    - ENOENT: a part is not there; the sentence names it.
    - EINVAL: the value is not a path; a part leads into a value that is neither
      a list nor a map; a part is not an index of its list; or the new value
      would be nested too deep.
    - EMSGSIZE: the whole value of the key would be over 64 MiB.

    Names, handles, blocking and the errors of every operation: see object.h.

    Since 0.1.0.

    SPDX-License-Identifier: MPL-2.0
*/

#ifndef WEIR_DICT_H_INCLUDED
#define WEIR_DICT_H_INCLUDED

#include "object.h"

WEIR_BEGIN_C

//  Makes an empty dict. name: NULL for none.
WEIR_EXPORT WEIR_CHECK weir_dict_t *weir_dict_new (weir_owner_t *owner,
                                                   const char *name);

//  Makes a dict with the pairs of a map. name: NULL for none. Fails with EINVAL
//  when `map` is not a map.
WEIR_EXPORT WEIR_CHECK weir_dict_t *weir_dict_new_with (weir_owner_t *owner,
                                                        const char *name,
                                                        weir_value_t map);

//  Opens the dict with that name.
WEIR_EXPORT WEIR_CHECK weir_dict_t *weir_dict_open (weir_owner_t *owner,
                                                    const char *name);

//  Opens the dict that a reference refers to.
WEIR_EXPORT WEIR_CHECK weir_dict_t *weir_dict_from (weir_value_t reference);

//  Frees the handle and sets *self_p to NULL. The dict itself remains.
WEIR_EXPORT void weir_dict_destroy (weir_dict_t **self_p);

//  Sets the value of a key. A new key comes last in the order.
WEIR_EXPORT int weir_dict_set (weir_dict_t *self, weir_value_t key,
                               weir_value_t value);

//  Gets the value of a key. Fails with ENOENT when the dict has no such key.
WEIR_EXPORT WEIR_CHECK int weir_dict_get (weir_dict_t *self, weir_value_t key,
                                          weir_value_t *ret_value);

//  Gets the value of a key as an integer. Fails with ENOENT when the dict has
//  no such key, EINVAL when the value is not an integer.
WEIR_EXPORT WEIR_CHECK int weir_dict_get_int (weir_dict_t *self,
                                              weir_value_t key,
                                              int64_t *ret_integer);

//  Gets the value of a key as a real; an integer is converted. Fails with
//  ENOENT when the dict has no such key, EINVAL when the value is not a number.
WEIR_EXPORT WEIR_CHECK int weir_dict_get_real (weir_dict_t *self,
                                               weir_value_t key,
                                               double *ret_real);

//  Gets the value of a key, or a copy of `fallback` when the dict has no such
//  key.
WEIR_EXPORT WEIR_CHECK int weir_dict_get_or (weir_dict_t *self,
                                             weir_value_t key,
                                             weir_value_t fallback,
                                             weir_value_t *ret_value);

//  Returns 1 when the dict has the key, 0 when it has not, -1 on failure.
WEIR_EXPORT WEIR_CHECK int weir_dict_contains (weir_dict_t *self,
                                               weir_value_t key);

//  Removes a key. Fails with ENOENT when the dict has no such key.
WEIR_EXPORT int weir_dict_delete (weir_dict_t *self, weir_value_t key);

//  Removes a key and gets its value. Fails with ENOENT when the dict has no
//  such key.
//  ret_value: NULL when not wanted.
WEIR_EXPORT int weir_dict_pop (weir_dict_t *self, weir_value_t key,
                               weir_value_t *ret_value);

//  Removes a key and gets its value, or a copy of `fallback` when the dict has
//  no such key.
//  ret_value: NULL when not wanted.
WEIR_EXPORT int weir_dict_pop_or (weir_dict_t *self, weir_value_t key,
                                  weir_value_t fallback,
                                  weir_value_t *ret_value);

//  Removes the key that was added last. Fails with ENOENT when the dict is
//  empty.
//  ret_item: the list [key, value]; NULL when not wanted.
WEIR_EXPORT int weir_dict_popitem (weir_dict_t *self, weir_value_t *ret_item);

//  Sets a key to `value` if the dict does not have it, and gets its value.
//  ret_value: NULL when not wanted.
WEIR_EXPORT int weir_dict_setdefault (weir_dict_t *self, weir_value_t key,
                                      weir_value_t value,
                                      weir_value_t *ret_value);

//  Adds to the number of a key, in one step. A missing key counts as 0. Two
//  integers give an integer.
//  ret_sum: NULL when not wanted.
//  Fails with EINVAL (a value is not a number; a boolean is not one) or ERANGE
//  (the sum does not fit 64 bits).
WEIR_EXPORT int weir_dict_add (weir_dict_t *self, weir_value_t key,
                               weir_value_t delta, weir_value_t *ret_sum);

//  Compares and sets, in one step: sets the key to `desired` if its value
//  equals `expected` (as weir_value_equal).
//  Returns 1 when the key was set, 0 when it was not, -1 on failure; ENOENT
//  when the dict has no such key.
WEIR_EXPORT WEIR_CHECK int weir_dict_cas (weir_dict_t *self, weir_value_t key,
                                          weir_value_t expected,
                                          weir_value_t desired);

//  Sets all pairs of a map, in one step: all or none. Fails with EINVAL when
//  `map` is not a map.
WEIR_EXPORT int weir_dict_update (weir_dict_t *self, weir_value_t map);

//  Gets the value at a path.
WEIR_EXPORT WEIR_CHECK int weir_dict_get_at (weir_dict_t *self,
                                             weir_value_t path,
                                             weir_value_t *ret_value);

//  Gets the value at a path, or a copy of `fallback` when a part of the path is
//  not there.
WEIR_EXPORT WEIR_CHECK int weir_dict_get_at_or (weir_dict_t *self,
                                                weir_value_t path,
                                                weir_value_t fallback,
                                                weir_value_t *ret_value);

//  Sets the value at a path. The last part may be a new key of the dict or of a
//  map.
WEIR_EXPORT int weir_dict_set_at (weir_dict_t *self, weir_value_t path,
                                  weir_value_t value);

//  Removes the value at a path.
WEIR_EXPORT int weir_dict_delete_at (weir_dict_t *self, weir_value_t path);

//  Adds to the number at a path. A missing key, as the last part, counts as 0.
//  ret_sum: NULL when not wanted.
//  Fails with EINVAL (a value is not a number) or ERANGE (the sum does not fit
//  64 bits).
WEIR_EXPORT int weir_dict_add_at (weir_dict_t *self, weir_value_t path,
                                  weir_value_t delta, weir_value_t *ret_sum);

//  Appends a value to the list at a path. Fails with EINVAL when the value
//  there is not a list.
WEIR_EXPORT int weir_dict_append_at (weir_dict_t *self, weir_value_t path,
                                     weir_value_t value);

//  Compares and sets: sets the value at a path to `desired` if it equals
//  `expected`.
//  Returns 1 when the value was set, 0 when it was not, -1 on failure.
WEIR_EXPORT WEIR_CHECK int weir_dict_cas_at (weir_dict_t *self,
                                             weir_value_t path,
                                             weir_value_t expected,
                                             weir_value_t desired);

//  Returns the number of keys, or -1 on failure.
WEIR_EXPORT int64_t weir_dict_size (weir_dict_t *self);

//  Gets the keys as a list, in insertion order, as of one moment.
WEIR_EXPORT WEIR_CHECK int weir_dict_keys (weir_dict_t *self,
                                           weir_value_t *ret_keys);

//  Gets the values as a list, in insertion order, as of one moment.
WEIR_EXPORT WEIR_CHECK int weir_dict_values (weir_dict_t *self,
                                             weir_value_t *ret_values);

//  Gets all pairs as a map, in insertion order, as of one moment.
WEIR_EXPORT WEIR_CHECK int weir_dict_items (weir_dict_t *self,
                                            weir_value_t *ret_map);

//  Removes all keys.
WEIR_EXPORT int weir_dict_clear (weir_dict_t *self);

//  Prints the dict as Python would, and a newline: {'count': 0}. Fails with
//  EINVAL when `file` is NULL, or with the error of the write.
WEIR_EXPORT int weir_dict_print (weir_dict_t *self, FILE *file);

WEIR_END_C

#define weir_dict_set(self, key, value) \
    (weir_dict_set) (self, weir_value (key), weir_value (value))
#define weir_dict_get(self, key, ret_value) \
    (weir_dict_get) (self, weir_value (key), ret_value)
#define weir_dict_get_int(self, key, ret_integer) \
    (weir_dict_get_int) (self, weir_value (key), ret_integer)
#define weir_dict_get_real(self, key, ret_real) \
    (weir_dict_get_real) (self, weir_value (key), ret_real)
#define weir_dict_get_or(self, key, fallback, ret_value)               \
    (weir_dict_get_or) (self, weir_value (key), weir_value (fallback), \
                        ret_value)
#define weir_dict_contains(self, key) \
    (weir_dict_contains) (self, weir_value (key))
#define weir_dict_delete(self, key) (weir_dict_delete) (self, weir_value (key))
#define weir_dict_pop(self, key, ret_value) \
    (weir_dict_pop) (self, weir_value (key), ret_value)
#define weir_dict_pop_or(self, key, fallback, ret_value)               \
    (weir_dict_pop_or) (self, weir_value (key), weir_value (fallback), \
                        ret_value)
#define weir_dict_setdefault(self, key, value, ret_value)               \
    (weir_dict_setdefault) (self, weir_value (key), weir_value (value), \
                            ret_value)
#define weir_dict_add(self, key, delta, ret_sum) \
    (weir_dict_add) (self, weir_value (key), weir_value (delta), ret_sum)
#define weir_dict_cas(self, key, expected, desired)                 \
    (weir_dict_cas) (self, weir_value (key), weir_value (expected), \
                     weir_value (desired))
#define weir_dict_get_at(self, path, ret_value) \
    (weir_dict_get_at) (self, weir_value (path), ret_value)
#define weir_dict_get_at_or(self, path, fallback, ret_value)               \
    (weir_dict_get_at_or) (self, weir_value (path), weir_value (fallback), \
                           ret_value)
#define weir_dict_set_at(self, path, value) \
    (weir_dict_set_at) (self, weir_value (path), weir_value (value))
#define weir_dict_delete_at(self, path) \
    (weir_dict_delete_at) (self, weir_value (path))
#define weir_dict_add_at(self, path, delta, ret_sum) \
    (weir_dict_add_at) (self, weir_value (path), weir_value (delta), ret_sum)
#define weir_dict_append_at(self, path, value) \
    (weir_dict_append_at) (self, weir_value (path), weir_value (value))
#define weir_dict_cas_at(self, path, expected, desired)                 \
    (weir_dict_cas_at) (self, weir_value (path), weir_value (expected), \
                        weir_value (desired))

#endif
