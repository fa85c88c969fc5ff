/*  namespace.h - a shared namespace: attributes with values

    As Python's Namespace in a Manager: a dict (dict.h) with the names of
    attributes as its keys, in which every change is one message. The name of an
    attribute is a string of ASCII letters, digits, _ and any bytes from 0x80 on
    (so it can be UTF-8), and does not begin with a digit; another name is
    EINVAL. When a process that uses a namespace dies, the requests that it has
    sent are done; nothing else happens to the namespace.

    Values may be plain C values: weir_namespace_set (config, "port", 80).
    Values may be nested 32 levels deep, of which the namespace itself is one; a
    deeper value is EINVAL.

    Paths. The functions whose names end in _at take the paths of dict.h and
    have the errors listed there. The first part of a path is the name of an
    attribute.

    Names, handles, blocking and the errors of every operation: see object.h.

    Since 0.1.0.

    SPDX-License-Identifier: MPL-2.0
*/

#ifndef WEIR_NAMESPACE_H_INCLUDED
#define WEIR_NAMESPACE_H_INCLUDED

#include "object.h"

WEIR_BEGIN_C

//  Makes a namespace without attributes. name: NULL for none.
WEIR_EXPORT WEIR_CHECK weir_namespace_t *weir_namespace_new (
    weir_owner_t *owner, const char *name);

//  Makes a namespace with the attributes of a map. name: NULL for none. Fails
//  with EINVAL when `attributes` is not a map, or one of its keys is not a
//  valid name.
WEIR_EXPORT WEIR_CHECK weir_namespace_t *weir_namespace_new_with (
    weir_owner_t *owner, const char *name, weir_value_t attributes);

//  Opens the namespace with that name.
WEIR_EXPORT WEIR_CHECK weir_namespace_t *weir_namespace_open (
    weir_owner_t *owner, const char *name);

//  Opens the namespace that a reference refers to.
WEIR_EXPORT WEIR_CHECK weir_namespace_t *weir_namespace_from (
    weir_value_t reference);

//  Frees the handle and sets *self_p to NULL. The namespace itself remains.
WEIR_EXPORT void weir_namespace_destroy (weir_namespace_t **self_p);

//  Sets an attribute.
WEIR_EXPORT int weir_namespace_set (weir_namespace_t *self,
                                    const char *attribute, weir_value_t value);

//  Gets the value of an attribute. Fails with ENOENT when there is no such
//  attribute.
WEIR_EXPORT WEIR_CHECK int weir_namespace_get (weir_namespace_t *self,
                                               const char *attribute,
                                               weir_value_t *ret_value);

//  Gets the value of an attribute as an integer. Fails with ENOENT when there
//  is no such attribute, EINVAL when the value is not an integer.
WEIR_EXPORT WEIR_CHECK int weir_namespace_get_int (weir_namespace_t *self,
                                                   const char *attribute,
                                                   int64_t *ret_integer);

//  Gets the value of an attribute as a real; an integer is converted. Fails
//  with ENOENT when there is no such attribute, EINVAL when the value is not a
//  number.
WEIR_EXPORT WEIR_CHECK int weir_namespace_get_real (weir_namespace_t *self,
                                                    const char *attribute,
                                                    double *ret_real);

//  Gets the value of an attribute, or a copy of `fallback` when there is no
//  such attribute.
WEIR_EXPORT WEIR_CHECK int weir_namespace_get_or (weir_namespace_t *self,
                                                  const char *attribute,
                                                  weir_value_t fallback,
                                                  weir_value_t *ret_value);

//  Returns 1 when the namespace has the attribute, 0 when it has not, -1 on
//  failure.
WEIR_EXPORT WEIR_CHECK int weir_namespace_has (weir_namespace_t *self,
                                               const char *attribute);

//  Removes an attribute. Fails with ENOENT when there is no such attribute.
WEIR_EXPORT int weir_namespace_delete (weir_namespace_t *self,
                                       const char *attribute);

//  Adds to the number of an attribute, in one step. A missing attribute counts
//  as 0. Two integers give an integer.
//  ret_sum: NULL when not wanted.
//  Fails with EINVAL (a value is not a number; a boolean is not one) or ERANGE
//  (the sum does not fit 64 bits).
WEIR_EXPORT int weir_namespace_add (weir_namespace_t *self,
                                    const char *attribute, weir_value_t delta,
                                    weir_value_t *ret_sum);

//  Compares and sets, in one step: sets the attribute to `desired` if its value
//  equals `expected` (as weir_value_equal).
//  Returns 1 when the attribute was set, 0 when it was not, -1 on failure;
//  ENOENT when there is no such attribute.
WEIR_EXPORT WEIR_CHECK int weir_namespace_cas (weir_namespace_t *self,
                                               const char *attribute,
                                               weir_value_t expected,
                                               weir_value_t desired);

//  Sets all pairs of a map, in one step: all or none. Fails with EINVAL when
//  `map` is not a map, or one of its keys is not a valid name.
WEIR_EXPORT int weir_namespace_update (weir_namespace_t *self,
                                       weir_value_t map);

//  Gets the value at a path.
WEIR_EXPORT WEIR_CHECK int weir_namespace_get_at (weir_namespace_t *self,
                                                  weir_value_t path,
                                                  weir_value_t *ret_value);

//  Gets the value at a path, or a copy of `fallback` when a part of the path is
//  not there.
WEIR_EXPORT WEIR_CHECK int weir_namespace_get_at_or (weir_namespace_t *self,
                                                     weir_value_t path,
                                                     weir_value_t fallback,
                                                     weir_value_t *ret_value);

//  Sets the value at a path. The last part may be a new attribute or a new key
//  of a map.
WEIR_EXPORT int weir_namespace_set_at (weir_namespace_t *self,
                                       weir_value_t path, weir_value_t value);

//  Removes the value at a path.
WEIR_EXPORT int weir_namespace_delete_at (weir_namespace_t *self,
                                          weir_value_t path);

//  Adds to the number at a path. A missing attribute or key, as the last part,
//  counts as 0.
//  ret_sum: NULL when not wanted.
//  Fails with EINVAL (a value is not a number) or ERANGE (the sum does not fit
//  64 bits).
WEIR_EXPORT int weir_namespace_add_at (weir_namespace_t *self,
                                       weir_value_t path, weir_value_t delta,
                                       weir_value_t *ret_sum);

//  Appends a value to the list at a path. Fails with EINVAL when the value
//  there is not a list.
WEIR_EXPORT int weir_namespace_append_at (weir_namespace_t *self,
                                          weir_value_t path,
                                          weir_value_t value);

//  Compares and sets: sets the value at a path to `desired` if it equals
//  `expected`.
//  Returns 1 when the value was set, 0 when it was not, -1 on failure.
WEIR_EXPORT WEIR_CHECK int weir_namespace_cas_at (weir_namespace_t *self,
                                                  weir_value_t path,
                                                  weir_value_t expected,
                                                  weir_value_t desired);

//  Gets all attributes as a map, in the order in which they were added, as of
//  one moment.
WEIR_EXPORT WEIR_CHECK int weir_namespace_items (weir_namespace_t *self,
                                                 weir_value_t *ret_map);

//  Removes all attributes.
WEIR_EXPORT int weir_namespace_clear (weir_namespace_t *self);

//  Prints the namespace as Python would, and a newline: Namespace(x=1, y='a').
//  Fails with EINVAL when `file` is NULL, or with the error of the write.
WEIR_EXPORT int weir_namespace_print (weir_namespace_t *self, FILE *file);

WEIR_END_C

#define weir_namespace_set(self, attribute, value) \
    (weir_namespace_set) (self, attribute, weir_value (value))
#define weir_namespace_get_or(self, attribute, fallback, ret_value) \
    (weir_namespace_get_or) (self, attribute, weir_value (fallback), ret_value)
#define weir_namespace_add(self, attribute, delta, ret_sum) \
    (weir_namespace_add) (self, attribute, weir_value (delta), ret_sum)
#define weir_namespace_cas(self, attribute, expected, desired)    \
    (weir_namespace_cas) (self, attribute, weir_value (expected), \
                          weir_value (desired))
#define weir_namespace_get_at(self, path, ret_value) \
    (weir_namespace_get_at) (self, weir_value (path), ret_value)
#define weir_namespace_get_at_or(self, path, fallback, ret_value) \
    (weir_namespace_get_at_or) (self, weir_value (path),          \
                                weir_value (fallback), ret_value)
#define weir_namespace_set_at(self, path, value) \
    (weir_namespace_set_at) (self, weir_value (path), weir_value (value))
#define weir_namespace_delete_at(self, path) \
    (weir_namespace_delete_at) (self, weir_value (path))
#define weir_namespace_add_at(self, path, delta, ret_sum)                 \
    (weir_namespace_add_at) (self, weir_value (path), weir_value (delta), \
                             ret_sum)
#define weir_namespace_append_at(self, path, value) \
    (weir_namespace_append_at) (self, weir_value (path), weir_value (value))
#define weir_namespace_cas_at(self, path, expected, desired)                 \
    (weir_namespace_cas_at) (self, weir_value (path), weir_value (expected), \
                             weir_value (desired))

#endif
