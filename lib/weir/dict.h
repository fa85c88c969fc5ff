/*  dict.h - a shared dict: keys to values, in insertion order

    As Python's dict in a Manager, and every change is one message: no update is
    ever lost. Keys are nil, booleans, numbers, strings, bytes or references,
    and are equal as in Python: 1, 1.0 and true are one key. All operations are
    linearizable: each takes effect at one moment between call and return, in
    the owner's order. When a process that uses a dict dies, what it has sent
    is applied; nothing else happens to the dict.

    Keys and values may be plain C values: weir_dict_set (dict, "count", 100).

    Errors that every function has, besides those listed: EINVAL (a NULL handle
    or a bad argument), ENOENT (it was dropped), EOWNERDEAD (its owner has
    ended; if during the call, whether it was done is unknown), ECONNREFUSED
    (its owner runs, but its socket takes no connections; whether it was done is
    unknown), EINTR (a signal came while it waited; nothing was done), EMSGSIZE
    (a value over 64 MiB), EMFILE or ENOBUFS (no descriptor here, or no room at
    the owner, for this thread's connection), EACCES (the owner does not serve
    this process), EPROTO (it has thrown this process out), ENOMEM. On failure
    nothing has changed and no output is written. Values in `ret_` are owned by
    the caller (weir_value_clear). Values may be nested 32 deep; the dict itself
    counts as one of that.

    Any thread, also at the same time on one handle; but destroy must be last.
    Handles stay valid in forked children.

    SPDX-License-Identifier: MPL-2.0
*/

#ifndef WEIR_DICT_H_INCLUDED
#define WEIR_DICT_H_INCLUDED

#include "object.h"

WEIR_BEGIN_C

//  Makes a dict / makes one of the pairs of a map value / opens the one with
//  that name / opens the one that a reference stands for. name: up to 255 bytes;
//  NULL: none, see object.h.
//  NULL with EEXIST (new: the name is taken), ENOENT (there is none), EINVAL
//  (it is no dict, or a bad argument), or as every function. Since 0.1.
WEIR_EXPORT WEIR_CHECK weir_dict_t *weir_dict_new (weir_owner_t *owner,
                                                   const char *name);
WEIR_EXPORT WEIR_CHECK weir_dict_t *weir_dict_new_with (weir_owner_t *owner,
                                                        const char *name,
                                                        weir_value_t map);
WEIR_EXPORT WEIR_CHECK weir_dict_t *weir_dict_open (weir_owner_t *owner,
                                                    const char *name);
WEIR_EXPORT WEIR_CHECK weir_dict_t *weir_dict_from (weir_value_t reference);

//  Frees the handle; see object.h for what becomes of the dict. Accepts NULL and
//  a NULL pointer. Since 0.1.
WEIR_EXPORT void weir_dict_destroy (weir_dict_t **self_p);

//  Sets the value of a key. A new key comes last in the order. Since 0.1.
WEIR_EXPORT int weir_dict_set (weir_dict_t *self, weir_value_t key,
                               weir_value_t value);

//  The value of a key. ENOENT: there is no such key. Since 0.1.
WEIR_EXPORT WEIR_CHECK int weir_dict_get (weir_dict_t *self, weir_value_t key,
                                          weir_value_t *ret_value);

//  The same as a plain number; EINVAL also when it is none, or does not fit.
//  Since 0.1.
WEIR_EXPORT WEIR_CHECK int weir_dict_get_int (weir_dict_t *self,
                                              weir_value_t key,
                                              int64_t *ret_integer);
WEIR_EXPORT WEIR_CHECK int weir_dict_get_real (weir_dict_t *self,
                                               weir_value_t key,
                                               double *ret_real);

//  The value of a key, or a copy of `fallback` when there is no such key.
//  Since 0.1.
WEIR_EXPORT WEIR_CHECK int weir_dict_get_or (weir_dict_t *self,
                                             weir_value_t key,
                                             weir_value_t fallback,
                                             weir_value_t *ret_value);

//  1 when the key is there, 0 when it is not, -1 on failure. Since 0.1.
WEIR_EXPORT WEIR_CHECK int weir_dict_contains (weir_dict_t *self,
                                               weir_value_t key);

//  Removes a key. ENOENT: there is no such key. Since 0.1.
WEIR_EXPORT int weir_dict_delete (weir_dict_t *self, weir_value_t key);

//  Removes a key and gives its value (NULL: not wanted). ENOENT: there is no
//  such key. Since 0.1.
WEIR_EXPORT int weir_dict_pop (weir_dict_t *self, weir_value_t key,
                               weir_value_t *ret_value);

//  The same; when there is no such key, gives a copy of `fallback`. Since 0.1.
WEIR_EXPORT int weir_dict_pop_or (weir_dict_t *self, weir_value_t key,
                                  weir_value_t fallback,
                                  weir_value_t *ret_value);

//  Removes the key that was added last and gives the list [key, value] (NULL:
//  not wanted). ENOENT: the dict is empty. Since 0.1.
WEIR_EXPORT int weir_dict_popitem (weir_dict_t *self, weir_value_t *ret_item);

//  The value of a key, after setting it to `value` when it was not there.
//  ret_value may be NULL. Since 0.1.
WEIR_EXPORT int weir_dict_setdefault (weir_dict_t *self, weir_value_t key,
                                      weir_value_t value,
                                      weir_value_t *ret_value);

//  Adds to a number, in one step, and gives the sum (NULL: not wanted). A key
//  that is not there counts as 0. Integers give an integer; ERANGE: it does
//  not fit 64 bits. EINVAL: not a number (a boolean is none). Since 0.1.
WEIR_EXPORT int weir_dict_add (weir_dict_t *self, weir_value_t key,
                               weir_value_t delta, weir_value_t *ret_sum);

//  Compare and set: when the value of the key equals `expected`, sets it to
//  `desired`. 1 when it was set, 0 when it was not, -1 on failure (ENOENT:
//  there is no such key). Since 0.1.
WEIR_EXPORT WEIR_CHECK int weir_dict_cas (weir_dict_t *self, weir_value_t key,
                                          weir_value_t expected,
                                          weir_value_t desired);

//  Sets all pairs of a map, in one step: all or none. Since 0.1.
WEIR_EXPORT int weir_dict_update (weir_dict_t *self, weir_value_t map);

//  What is inside a value, in place: no get, change and set in which another
//  change gets lost. path: a string of parts with / between them, "user/tags/0",
//  in which ~1 stands for a / and ~0 for a ~ in a key; or a list of parts, whose
//  keys need not be strings. The first part is a key of the dict, the others are
//  keys of maps and indexes of lists (from the end when negative).
//
//  Gives what is there / or a copy of `fallback` when nothing is; sets it, also
//  as a new key of the dict or of a map; removes it; adds to a number, where a
//  key that is not there counts as 0 (NULL: the sum is not wanted); adds a value
//  at the end of the list that is there; compares and sets (1 when it was set,
//  0 when it was not). ENOENT: a part is not there; the sentence says which.
//  EINVAL: it is no path, a part is looked for in what is no list and no map, it
//  is no index, no number, no list, or too deep. ERANGE: the sum does not fit
//  64 bits. EMSGSIZE: the key's whole value would be over 64 MiB. Since 0.1.
WEIR_EXPORT WEIR_CHECK int weir_dict_get_at (weir_dict_t *self,
                                             weir_value_t path,
                                             weir_value_t *ret_value);
WEIR_EXPORT WEIR_CHECK int weir_dict_get_at_or (weir_dict_t *self,
                                                weir_value_t path,
                                                weir_value_t fallback,
                                                weir_value_t *ret_value);
WEIR_EXPORT int weir_dict_set_at (weir_dict_t *self, weir_value_t path,
                                  weir_value_t value);
WEIR_EXPORT int weir_dict_delete_at (weir_dict_t *self, weir_value_t path);
WEIR_EXPORT int weir_dict_add_at (weir_dict_t *self, weir_value_t path,
                                  weir_value_t delta, weir_value_t *ret_sum);
WEIR_EXPORT int weir_dict_append_at (weir_dict_t *self, weir_value_t path,
                                     weir_value_t value);
WEIR_EXPORT WEIR_CHECK int weir_dict_cas_at (weir_dict_t *self,
                                             weir_value_t path,
                                             weir_value_t expected,
                                             weir_value_t desired);

//  The number of keys; -1 on failure. Since 0.1.
WEIR_EXPORT int64_t weir_dict_size (weir_dict_t *self);

//  The keys (a list), the values (a list), or all of it (a map), in insertion
//  order, as of one moment: what is in them does not change any more.
//  EMSGSIZE: over 64 MiB. Since 0.1.
WEIR_EXPORT WEIR_CHECK int weir_dict_keys (weir_dict_t *self,
                                           weir_value_t *ret_keys);
WEIR_EXPORT WEIR_CHECK int weir_dict_values (weir_dict_t *self,
                                             weir_value_t *ret_values);
WEIR_EXPORT WEIR_CHECK int weir_dict_items (weir_dict_t *self,
                                            weir_value_t *ret_map);

//  Removes all keys. Since 0.1.
WEIR_EXPORT int weir_dict_clear (weir_dict_t *self);

//  Prints it as Python would, and a newline: {'count': 0}. Since 0.1.
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
