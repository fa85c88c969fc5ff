/*  namespace.h - a shared namespace: attributes with values

    As Python's Namespace in a Manager: a dict (see dict.h) whose keys are the
    names of attributes, and in which every change is one message. A name is a
    string of ASCII letters, digits, _ and any bytes from 0x80 on (so that it
    can be UTF-8) that does not begin with a digit; anything else is EINVAL. All
    operations are linearizable: each takes effect at one moment between call
    and return, in the owner's order. When a process that uses a namespace dies,
    what it has sent is applied; nothing else happens to the namespace.

    Values may be plain C values: weir_namespace_set (config, "port", 80).

    Errors that every function has, besides those listed: EINVAL (a NULL handle
    or a bad argument), ENOENT (it was dropped), EOWNERDEAD (its owner has
    ended; if during the call, whether it was done is unknown), ECONNREFUSED
    (its owner runs, but its socket takes no connections; whether it was done is
    unknown), EINTR (a signal came while it waited; nothing was done), EMSGSIZE
    (a value over 64 MiB), EMFILE or ENOBUFS (no descriptor here, or no room at
    the owner, for this thread's connection), EACCES (the owner does not serve
    this process), EPROTO (it has thrown this process out), ENOMEM. On failure
    nothing has changed and no output is written. Values in `ret_` are owned by
    the caller (weir_value_clear). Values may be nested 32 deep; the namespace
    itself counts as one of that.

    Any thread, also at the same time on one handle; but destroy must be last.
    Handles stay valid in forked children.

    SPDX-License-Identifier: MPL-2.0
*/

#ifndef WEIR_NAMESPACE_H_INCLUDED
#define WEIR_NAMESPACE_H_INCLUDED

#include "object.h"

WEIR_BEGIN_C

//  Makes a namespace / makes one with the attributes of a map value / opens the
//  one with that name / opens the one that a reference stands for. name: up to
//  255 bytes; NULL: none, see object.h.
//  NULL with EEXIST (new: the name is taken), ENOENT (there is none), EINVAL
//  (it is no namespace, or a bad argument), or as every function. Since 0.1.
WEIR_EXPORT WEIR_CHECK weir_namespace_t *weir_namespace_new (
    weir_owner_t *owner, const char *name);
WEIR_EXPORT WEIR_CHECK weir_namespace_t *weir_namespace_new_with (
    weir_owner_t *owner, const char *name, weir_value_t attributes);
WEIR_EXPORT WEIR_CHECK weir_namespace_t *weir_namespace_open (
    weir_owner_t *owner, const char *name);
WEIR_EXPORT WEIR_CHECK weir_namespace_t *weir_namespace_from (
    weir_value_t reference);

//  Frees the handle; see object.h for what becomes of the namespace. Accepts
//  NULL and a NULL pointer. Since 0.1.
WEIR_EXPORT void weir_namespace_destroy (weir_namespace_t **self_p);

//  Sets an attribute. Since 0.1.
WEIR_EXPORT int weir_namespace_set (weir_namespace_t *self,
                                    const char *attribute, weir_value_t value);

//  The value of an attribute; as a plain number (EINVAL: it is none). ENOENT:
//  the namespace has no such attribute. Since 0.1.
WEIR_EXPORT WEIR_CHECK int weir_namespace_get (weir_namespace_t *self,
                                               const char *attribute,
                                               weir_value_t *ret_value);
WEIR_EXPORT WEIR_CHECK int weir_namespace_get_int (weir_namespace_t *self,
                                                   const char *attribute,
                                                   int64_t *ret_integer);
WEIR_EXPORT WEIR_CHECK int weir_namespace_get_real (weir_namespace_t *self,
                                                    const char *attribute,
                                                    double *ret_real);

//  The value of an attribute, or a copy of `fallback` when there is none.
//  Since 0.1.
WEIR_EXPORT WEIR_CHECK int weir_namespace_get_or (weir_namespace_t *self,
                                                  const char *attribute,
                                                  weir_value_t fallback,
                                                  weir_value_t *ret_value);

//  1 when it has the attribute, 0 when it has not, -1 on failure. Since 0.1.
WEIR_EXPORT WEIR_CHECK int weir_namespace_has (weir_namespace_t *self,
                                               const char *attribute);

//  Removes an attribute. ENOENT: it has no such attribute. Since 0.1.
WEIR_EXPORT int weir_namespace_delete (weir_namespace_t *self,
                                       const char *attribute);

//  Adds to a number, in one step, and gives the sum (NULL: not wanted). An
//  attribute that is not there counts as 0. Integers give an integer; ERANGE:
//  it does not fit 64 bits. EINVAL: not a number (a boolean is none). Since 0.1.
WEIR_EXPORT int weir_namespace_add (weir_namespace_t *self,
                                    const char *attribute, weir_value_t delta,
                                    weir_value_t *ret_sum);

//  Compare and set: when the value of the attribute equals `expected`, sets it
//  to `desired`. 1 when it was set, 0 when it was not, -1 on failure (ENOENT:
//  it has no such attribute). Since 0.1.
WEIR_EXPORT WEIR_CHECK int weir_namespace_cas (weir_namespace_t *self,
                                               const char *attribute,
                                               weir_value_t expected,
                                               weir_value_t desired);

//  Sets all pairs of a map, in one step: all or none. EINVAL: no map, or one of
//  its keys is no name. Since 0.1.
WEIR_EXPORT int weir_namespace_update (weir_namespace_t *self,
                                       weir_value_t map);

//  What is inside a value, in place; a path is that of dict.h: a string,
//  "user/tags/0", or a list of parts. The first part is an attribute, the others
//  are keys of maps and indexes of lists (from the end when negative).
//
//  Gives what is there / or a copy of `fallback` when nothing is; sets it, also
//  as a new attribute or a new key of a map; removes it; adds to a number, where
//  an attribute or a key that is not there counts as 0 (NULL: the sum is not
//  wanted); adds a value at the end of the list that is there; compares and sets
//  (1 when it was set, 0 when it was not). ENOENT: a part is not there; the
//  sentence says which. EINVAL: it is no path, or begins with what is no name; a
//  part is looked for in what is no list and no map, or is no index; what is there
//  is no number, or no list; the value is nested too deep. ERANGE: the sum does
//  not fit 64 bits. EMSGSIZE: the attribute's whole value would be over 64 MiB.
//  Since 0.1.
WEIR_EXPORT WEIR_CHECK int weir_namespace_get_at (weir_namespace_t *self,
                                                  weir_value_t path,
                                                  weir_value_t *ret_value);
WEIR_EXPORT WEIR_CHECK int weir_namespace_get_at_or (weir_namespace_t *self,
                                                     weir_value_t path,
                                                     weir_value_t fallback,
                                                     weir_value_t *ret_value);
WEIR_EXPORT int weir_namespace_set_at (weir_namespace_t *self,
                                       weir_value_t path, weir_value_t value);
WEIR_EXPORT int weir_namespace_delete_at (weir_namespace_t *self,
                                          weir_value_t path);
WEIR_EXPORT int weir_namespace_add_at (weir_namespace_t *self,
                                       weir_value_t path, weir_value_t delta,
                                       weir_value_t *ret_sum);
WEIR_EXPORT int weir_namespace_append_at (weir_namespace_t *self,
                                          weir_value_t path,
                                          weir_value_t value);
WEIR_EXPORT WEIR_CHECK int weir_namespace_cas_at (weir_namespace_t *self,
                                                  weir_value_t path,
                                                  weir_value_t expected,
                                                  weir_value_t desired);

//  All attributes as a map, in the order in which they were added, as of one
//  moment. EMSGSIZE: over 64 MiB. Since 0.1.
WEIR_EXPORT WEIR_CHECK int weir_namespace_items (weir_namespace_t *self,
                                                 weir_value_t *ret_map);

//  Removes all attributes. Since 0.1.
WEIR_EXPORT int weir_namespace_clear (weir_namespace_t *self);

//  Prints it as Python would, and a newline: Namespace(x=1, y='a'). Since 0.1.
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
