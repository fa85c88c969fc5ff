/*  set.c - a shared set of values

    SPDX-License-Identifier: MPL-2.0
*/

#include "weir/set.h"

#include <errno.h>
#include <string.h>

#include "base/error.h"
#include "client/handle.h"

struct weir_set {
    weir__handle_t handle;
};

static const weir__class_t class = {WEIR__SET, sizeof (weir_set_t)};

weir_set_t *weir_set_new (weir_owner_t *owner, const char *name)
{
    return weir__handle_new (&class, owner, name, NULL, 0);
}

weir_set_t *weir_set_new_with (weir_owner_t *owner, const char *name,
                               weir_value_t members)
{
    return weir__handle_new (&class, owner, name, &members, 1);
}

weir_set_t *weir_set_open (weir_owner_t *owner, const char *name)
{
    return weir__handle_open (&class, owner, name);
}

weir_set_t *weir_set_from (weir_value_t reference)
{
    return weir__handle_from (&class, reference);
}

void weir_set_destroy (weir_set_t **self_p)
{
    if (!self_p || !*self_p)
        return;
    weir__handle_destroy (*self_p);
    *self_p = NULL;
}

//  Gets the other operand as the wire has it: a list of members, or the id of a
//  set.
static int read_other (const weir_set_t *self, weir_value_t other,
                       weir_value_t *ret_other)
{
    if (!self)
        return weir__fail_null_handle ();
    if (other.type == WEIR_REFERENCE)
        return weir__handle_sibling (self, &class, other, ret_other);
    if (other.type != WEIR_LIST)
        return weir__handle_fail (
            self, EINVAL,
            "other must be a list of members or a reference to a set");
    *ret_other = other;
    return 0;
}

//  Changes the set by another one. Returns 0 or -1.
static int change (weir_set_t *self, uint16_t op, weir_value_t other)
{
    weir_value_t arg;
    if (read_other (self, other, &arg) != 0)
        return -1;
    return weir__handle_call (self, WEIR__OP (op, arg), NULL);
}

//  Combines the set with another one into a list of members. Returns 0 or -1.
static int combine (weir_set_t *self, uint16_t op, weir_value_t other,
                    weir_value_t *ret_members)
{
    weir_value_t arg;
    if (!ret_members)
        return weir__fail_null_output (self);
    if (read_other (self, other, &arg) != 0)
        return -1;
    return weir__handle_call (self, WEIR__OP (op, arg), ret_members);
}

//  Compares the set with another one. Returns 1 (true), 0 (false) or -1.
static int relate (weir_set_t *self, uint16_t op, weir_value_t other)
{
    weir_value_t arg;
    if (read_other (self, other, &arg) != 0)
        return -1;
    return (int) weir__handle_number (self, WEIR__OP (op, arg));
}

int (weir_set_add) (weir_set_t *self, weir_value_t member)
{
    return (int) weir__handle_number (self, WEIR__OP (WEIR__SET_ADD, member));
}

int (weir_set_discard) (weir_set_t *self, weir_value_t member)
{
    return (int) weir__handle_number (self,
                                      WEIR__OP (WEIR__SET_DISCARD, member));
}

int (weir_set_remove) (weir_set_t *self, weir_value_t member)
{
    return weir__handle_call (self, WEIR__OP (WEIR__SET_REMOVE, member), NULL);
}

int weir_set_pop (weir_set_t *self, weir_value_t *ret_member)
{
    return weir__handle_call (self, WEIR__OP (WEIR__SET_POP), ret_member);
}

int (weir_set_contains) (weir_set_t *self, weir_value_t member)
{
    return (int) weir__handle_number (self,
                                      WEIR__OP (WEIR__SET_CONTAINS, member));
}

int64_t weir_set_size (weir_set_t *self)
{
    return weir__handle_number (self, WEIR__OP (WEIR__SET_SIZE));
}

int weir_set_items (weir_set_t *self, weir_value_t *ret_members)
{
    return weir__handle_get (self, WEIR__OP (WEIR__SET_ITEMS), ret_members);
}

int weir_set_clear (weir_set_t *self)
{
    return weir__handle_call (self, WEIR__OP (WEIR__SET_CLEAR), NULL);
}

int weir_set_union (weir_set_t *self, weir_value_t other,
                    weir_value_t *ret_members)
{
    return combine (self, WEIR__SET_UNION, other, ret_members);
}

int weir_set_intersection (weir_set_t *self, weir_value_t other,
                           weir_value_t *ret_members)
{
    return combine (self, WEIR__SET_INTERSECTION, other, ret_members);
}

int weir_set_difference (weir_set_t *self, weir_value_t other,
                         weir_value_t *ret_members)
{
    return combine (self, WEIR__SET_DIFFERENCE, other, ret_members);
}

int weir_set_symmetric_difference (weir_set_t *self, weir_value_t other,
                                   weir_value_t *ret_members)
{
    return combine (self, WEIR__SET_SYMMETRIC_DIFFERENCE, other, ret_members);
}

int weir_set_update (weir_set_t *self, weir_value_t other)
{
    return change (self, WEIR__SET_UPDATE, other);
}

int weir_set_intersection_update (weir_set_t *self, weir_value_t other)
{
    return change (self, WEIR__SET_INTERSECTION_UPDATE, other);
}

int weir_set_difference_update (weir_set_t *self, weir_value_t other)
{
    return change (self, WEIR__SET_DIFFERENCE_UPDATE, other);
}

int weir_set_symmetric_difference_update (weir_set_t *self, weir_value_t other)
{
    return change (self, WEIR__SET_SYMMETRIC_DIFFERENCE_UPDATE, other);
}

int weir_set_is_subset (weir_set_t *self, weir_value_t other)
{
    return relate (self, WEIR__SET_IS_SUBSET, other);
}

int weir_set_is_superset (weir_set_t *self, weir_value_t other)
{
    return relate (self, WEIR__SET_IS_SUPERSET, other);
}

int weir_set_is_disjoint (weir_set_t *self, weir_value_t other)
{
    return relate (self, WEIR__SET_IS_DISJOINT, other);
}

int weir_set_equals (weir_set_t *self, weir_value_t other)
{
    return relate (self, WEIR__SET_EQUALS, other);
}

//  Prints the members as Python prints a set.
static int print_members (const void *handle, weir_value_t members, FILE *file)
{
    if (members.type != WEIR_LIST)
        return weir__fail_malformed (handle);
    bool good = fputs (members.size ? "{" : "set(", file) != EOF;
    for (uint32_t i = 0; good && i < members.size; i++) {
        good = i == 0 || fputs (", ", file) != EOF;
        if (good && weir_value_print (members.items [i], file) != 0)
            return -1;
    }
    if (good && fputs (members.size ? "}\n" : ")\n", file) != EOF)
        return 0;
    return weir__handle_fail (handle, errno, "cannot print it: %s",
                              strerror (errno));
}

int weir_set_print (weir_set_t *self, FILE *file)
{
    weir_value_t members;
    if (!file)
        return weir__handle_fail (self, EINVAL, "file must not be NULL");
    if (weir_set_items (self, &members) != 0)
        return -1;
    int rc = print_members (self, members, file);
    weir_value_clear (&members);
    return rc;
}
