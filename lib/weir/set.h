/*  set.h - a shared set: values, each of them once

    As Python's set, kept in the order in which the members were added. A member
    is any value without a nan in it, also a list or a map; a value with a nan
    in it is EINVAL. Members are equal as in Python: 1, 1.0 and true are one
    member, and the one that was added first stays. Operations on two sets are
    linearizable as well. When a process that uses a set dies, the requests that
    it has sent are done; nothing else happens to the set.

    Members may be plain C values: weir_set_add (set, "name"). Values may be
    nested 32 levels deep, of which the set itself is one; a deeper value is
    EINVAL.

    The parameter `other` is a list of members, or a reference to a set of the
    same owner (also to this one): weir_set_union (set, weir_object_reference
    (other), &members). The functions with `other` fail with EINVAL when it is
    neither, and with ENOENT also when the other set was dropped.

    Names, handles, blocking and the errors of every operation: see object.h.

    Since 0.1.0.

    SPDX-License-Identifier: MPL-2.0
*/

#ifndef WEIR_SET_H_INCLUDED
#define WEIR_SET_H_INCLUDED

#include "object.h"

WEIR_BEGIN_C

//  Makes an empty set. name: NULL for none.
WEIR_EXPORT WEIR_CHECK weir_set_t *weir_set_new (weir_owner_t *owner,
                                                 const char *name);

//  Makes a set with the members of a list value. name: NULL for none. Fails
//  with EINVAL when `members` is not a list.
WEIR_EXPORT WEIR_CHECK weir_set_t *weir_set_new_with (weir_owner_t *owner,
                                                      const char *name,
                                                      weir_value_t members);

//  Opens the set with that name.
WEIR_EXPORT WEIR_CHECK weir_set_t *weir_set_open (weir_owner_t *owner,
                                                  const char *name);

//  Opens the set that a reference refers to.
WEIR_EXPORT WEIR_CHECK weir_set_t *weir_set_from (weir_value_t reference);

//  Frees the handle and sets *self_p to NULL. The set itself remains.
WEIR_EXPORT void weir_set_destroy (weir_set_t **self_p);

//  Adds a member. When several threads add the same member, one of them gets 1.
//  Returns 1 when the member is new, 0 when the set has it already, -1 on
//  failure.
WEIR_EXPORT int weir_set_add (weir_set_t *self, weir_value_t member);

//  Removes a member if the set has it.
//  Returns 1 when the set had it, 0 when it had not, -1 on failure.
WEIR_EXPORT int weir_set_discard (weir_set_t *self, weir_value_t member);

//  Removes a member. Fails with ENOENT when the set does not have it.
WEIR_EXPORT int weir_set_remove (weir_set_t *self, weir_value_t member);

//  Removes the member that was added first and gets it. Fails with ENOENT when
//  the set is empty.
//  ret_member: NULL when not wanted.
WEIR_EXPORT int weir_set_pop (weir_set_t *self, weir_value_t *ret_member);

//  Returns 1 when the set has the member, 0 when it has not, -1 on failure.
WEIR_EXPORT WEIR_CHECK int weir_set_contains (weir_set_t *self,
                                              weir_value_t member);

//  Returns the number of members, or -1 on failure.
WEIR_EXPORT int64_t weir_set_size (weir_set_t *self);

//  Gets all members as a list, in the order in which they were added, as of one
//  moment.
WEIR_EXPORT WEIR_CHECK int weir_set_items (weir_set_t *self,
                                           weir_value_t *ret_members);

//  Removes all members.
WEIR_EXPORT int weir_set_clear (weir_set_t *self);

//  Gets the members of this set and of the other one as a list, first those of
//  this set.
WEIR_EXPORT WEIR_CHECK int weir_set_union (weir_set_t *self, weir_value_t other,
                                           weir_value_t *ret_members);

//  Gets the members that both sets have, as a list.
WEIR_EXPORT WEIR_CHECK int weir_set_intersection (weir_set_t *self,
                                                  weir_value_t other,
                                                  weir_value_t *ret_members);

//  Gets the members of this set that the other one does not have, as a list.
WEIR_EXPORT WEIR_CHECK int weir_set_difference (weir_set_t *self,
                                                weir_value_t other,
                                                weir_value_t *ret_members);

//  Gets the members that exactly one of the two sets has, as a list, first
//  those of this set.
WEIR_EXPORT WEIR_CHECK int weir_set_symmetric_difference (
    weir_set_t *self, weir_value_t other, weir_value_t *ret_members);

//  Adds the members of the other set, in one step.
WEIR_EXPORT int weir_set_update (weir_set_t *self, weir_value_t other);

//  Removes the members that the other set does not have, in one step.
WEIR_EXPORT int weir_set_intersection_update (weir_set_t *self,
                                              weir_value_t other);

//  Removes the members that the other set has, in one step.
WEIR_EXPORT int weir_set_difference_update (weir_set_t *self,
                                            weir_value_t other);

//  Removes the members that the other set has and adds those of the other set
//  that this one did not have, in one step.
WEIR_EXPORT int weir_set_symmetric_difference_update (weir_set_t *self,
                                                      weir_value_t other);

//  Returns 1 when the other set has all members of this one, 0 when it has not,
//  -1 on failure.
WEIR_EXPORT WEIR_CHECK int weir_set_is_subset (weir_set_t *self,
                                               weir_value_t other);

//  Returns 1 when this set has all members of the other one, 0 when it has not,
//  -1 on failure.
WEIR_EXPORT WEIR_CHECK int weir_set_is_superset (weir_set_t *self,
                                                 weir_value_t other);

//  Returns 1 when the two sets have no member in common, 0 when they have one,
//  -1 on failure.
WEIR_EXPORT WEIR_CHECK int weir_set_is_disjoint (weir_set_t *self,
                                                 weir_value_t other);

//  Returns 1 when both sets have the same members, 0 when they have not, -1 on
//  failure.
WEIR_EXPORT WEIR_CHECK int weir_set_equals (weir_set_t *self,
                                            weir_value_t other);

//  Prints the set as Python would, and a newline: {1, 'two'}, or set() when it
//  is empty. Fails with EINVAL when `file` is NULL, or with the error of the
//  write.
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
