/*  set.h - a shared set: values of which each is there once

    As Python's set, kept in the order in which the members were added. A member
    is any value without a nan in it, also a list or a map. Members are equal as
    in Python: 1, 1.0 and true are one member, and the first of them stays. All
    operations are linearizable: each takes effect at one moment between call
    and return, in the owner's order; those on two sets as well. When a process
    that uses a set dies, what it has sent is applied; nothing else happens to
    the set.

    Members may be plain C values: weir_set_add (set, "name"). Where a function
    takes `other`, that is a list of members, or a reference to another set (or
    the same one) of the same owner: weir_set_union (set,
    weir_object_reference (other), &members).

    Errors that every function has, besides those listed: EINVAL (a NULL handle
    or a bad argument), ENOENT (it was dropped), EOWNERDEAD (its owner has
    ended; if during the call, whether it was done is unknown), ECONNREFUSED
    (its owner runs, but its socket takes no connections; whether it was done is
    unknown), EINTR (a signal came while it waited; nothing was done), EMSGSIZE
    (a value over 64 MiB), EMFILE or ENOBUFS (no descriptor here, or no room at
    the owner, for this thread's connection), EACCES (the owner does not serve
    this process), EPROTO (it has thrown this process out), ENOMEM. On failure
    nothing has changed and no output is written. Values in `ret_` are owned by
    the caller (weir_value_clear). Values may be nested 32 deep; the set itself
    counts as one of that.

    Any thread, also at the same time on one handle; but destroy must be last.
    Handles stay valid in forked children.

    SPDX-License-Identifier: MPL-2.0
*/

#ifndef WEIR_SET_H_INCLUDED
#define WEIR_SET_H_INCLUDED

#include "object.h"

WEIR_BEGIN_C

//  Makes a set / makes one of the members of a list value / opens the one with
//  that name / opens the one that a reference stands for. name: up to 255
//  bytes; NULL: none, see object.h.
//  NULL with EEXIST (new: the name is taken), ENOENT (there is none), EINVAL
//  (it is no set, a nan among the members, or a bad argument), or as every
//  function. Since 0.1.
WEIR_EXPORT WEIR_CHECK weir_set_t *weir_set_new (weir_owner_t *owner,
                                                 const char *name);
WEIR_EXPORT WEIR_CHECK weir_set_t *weir_set_new_with (weir_owner_t *owner,
                                                      const char *name,
                                                      weir_value_t members);
WEIR_EXPORT WEIR_CHECK weir_set_t *weir_set_open (weir_owner_t *owner,
                                                  const char *name);
WEIR_EXPORT WEIR_CHECK weir_set_t *weir_set_from (weir_value_t reference);

//  Frees the handle; see object.h for what becomes of the set. Accepts NULL and
//  a NULL pointer. Since 0.1.
WEIR_EXPORT void weir_set_destroy (weir_set_t **self_p);

//  Adds a member. 1 when it was not there before, 0 when it was, -1 on failure
//  (EINVAL: there is a nan in it). So of several that add the same member, one
//  gets 1. Since 0.1.
WEIR_EXPORT int weir_set_add (weir_set_t *self, weir_value_t member);

//  Removes a member. discard: 1 when it was there, 0 when it was not, -1 on
//  failure. remove: 0, or -1 with ENOENT when it was not there. Since 0.1.
WEIR_EXPORT int weir_set_discard (weir_set_t *self, weir_value_t member);
WEIR_EXPORT int weir_set_remove (weir_set_t *self, weir_value_t member);

//  Removes the member that was added first and gives it (NULL: not wanted).
//  ENOENT: the set is empty. Since 0.1.
WEIR_EXPORT int weir_set_pop (weir_set_t *self, weir_value_t *ret_member);

//  1 when it is a member, 0 when it is not, -1 on failure. Since 0.1.
WEIR_EXPORT WEIR_CHECK int weir_set_contains (weir_set_t *self,
                                              weir_value_t member);

//  The number of members; -1 on failure. Since 0.1.
WEIR_EXPORT int64_t weir_set_size (weir_set_t *self);

//  All members as a list value, in the order in which they were added, as of
//  one moment. EMSGSIZE: over 64 MiB. Since 0.1.
WEIR_EXPORT WEIR_CHECK int weir_set_items (weir_set_t *self,
                                           weir_value_t *ret_members);

//  Removes all members. Since 0.1.
WEIR_EXPORT int weir_set_clear (weir_set_t *self);

//  The members of this set or of the other one / of both / of this one only /
//  of exactly one of the two; as a list value, first those of this set. Nothing
//  changes. ENOENT: also when the other set was dropped. EINVAL: `other` is
//  neither a list nor a reference to a set of the same owner. Since 0.1.
WEIR_EXPORT WEIR_CHECK int weir_set_union (weir_set_t *self, weir_value_t other,
                                           weir_value_t *ret_members);
WEIR_EXPORT WEIR_CHECK int weir_set_intersection (weir_set_t *self,
                                                  weir_value_t other,
                                                  weir_value_t *ret_members);
WEIR_EXPORT WEIR_CHECK int weir_set_difference (weir_set_t *self,
                                                weir_value_t other,
                                                weir_value_t *ret_members);
WEIR_EXPORT WEIR_CHECK int weir_set_symmetric_difference (
    weir_set_t *self, weir_value_t other, weir_value_t *ret_members);

//  Makes this set the union (update) / intersection / difference / symmetric
//  difference of itself and the other one, in one step. Errors as above.
//  Since 0.1.
WEIR_EXPORT int weir_set_update (weir_set_t *self, weir_value_t other);
WEIR_EXPORT int weir_set_intersection_update (weir_set_t *self,
                                              weir_value_t other);
WEIR_EXPORT int weir_set_difference_update (weir_set_t *self,
                                            weir_value_t other);
WEIR_EXPORT int weir_set_symmetric_difference_update (weir_set_t *self,
                                                      weir_value_t other);

//  Whether all members are in the other one / all of the other one are members
//  / no member is in the other one / both have the same members. 1 when it is
//  so, 0 when it is not, -1 on failure (as above). Since 0.1.
WEIR_EXPORT WEIR_CHECK int weir_set_is_subset (weir_set_t *self,
                                               weir_value_t other);
WEIR_EXPORT WEIR_CHECK int weir_set_is_superset (weir_set_t *self,
                                                 weir_value_t other);
WEIR_EXPORT WEIR_CHECK int weir_set_is_disjoint (weir_set_t *self,
                                                 weir_value_t other);
WEIR_EXPORT WEIR_CHECK int weir_set_equals (weir_set_t *self,
                                            weir_value_t other);

//  Prints it as Python would, and a newline: {1, 'two'}; set() when it is
//  empty. Since 0.1.
WEIR_EXPORT int weir_set_print (weir_set_t *self, FILE *file);

WEIR_END_C

#define weir_set_add(self, member) (weir_set_add) (self, weir_value (member))
#define weir_set_discard(self, member) \
    (weir_set_discard) (self, weir_value (member))
#define weir_set_remove(self, member) \
    (weir_set_remove) (self, weir_value (member))
#define weir_set_contains(self, member) \
    (weir_set_contains) (self, weir_value (member))

#endif
