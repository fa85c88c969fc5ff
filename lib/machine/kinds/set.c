/*  set.c - distinct values in insertion order

    SPDX-License-Identifier: MPL-2.0
*/

#include "machine/kinds/kinds.h"

#include <errno.h>

#include "machine/call.h"
#include "machine/core/kind.h"
#include "machine/core/objects.h"
#include "machine/state.h"
#include "machine/values/table.h"

static const weir__table_rules_t rules = {
    .nan =
        "a member must not be nan or contain nan, because nan equals nothing",
    .before = "",
    .after = " is not in the set",
};

//  A part of a set: all its members, or only the members that are, or are not,
//  in another set.
typedef struct part {
    const weir__table_t *from;
    const weir__table_t *other; //  NULL: all members
    bool inside;
} part_t;

//  Returns the first member of the part, starting at `item`, or NULL at the
//  end.
static weir__row_t *next_in (const part_t *part, weir__row_t *item)
{
    while (item && part->other &&
           (weir__table_same (part->other, item) != NULL) != part->inside)
        item = item->hh.next;
    return item;
}

static weir__row_t *first_in (const part_t *part)
{
    return next_in (part, part->from->items);
}

static size_t count_in (const part_t *part)
{
    size_t count = 0;
    for (weir__row_t *item = first_in (part); item;
         item = next_in (part, item->hh.next))
        count++;
    return count;
}

//  Arguments: the other set is a list of members, or the id of a set.

//  Makes a set from a packed list. Returns NULL after refusing the call.
static weir__table_t *table_of (weir__call_t *call, weir__bytes_t list)
{
    weir__changes_t changes = {0};
    weir__table_t *table = weir__table_new (&rules);
    if (!table)
        weir__refuse (call, ENOMEM, "out of memory");
    else if (!weir__changes_of (&changes, call, table, list) ||
             !weir__table_change (table, call, &changes)) {
        weir__table_free (table);
        table = NULL;
    }
    weir__changes_free (&changes);
    return table;
}

static weir__table_t *find_set (weir__call_t *call, int64_t id)
{
    const weir__object_t *other =
        weir__object_find (call->object->machine, (uint64_t) id);
    if (!other)
        weir__refuse (call, ENOENT, "the other set is not there any more");
    else if (other->kind != &weir__set_kind)
        weir__refuse (call, EINVAL, "the other object is a %s, not a set",
                      other->kind->name);
    else
        return other->state;
    return NULL;
}

//  Returns the set that argument 0 means, or NULL after refusing the call. When
//  the argument is a list, *ret_made is a new set, which the caller frees.
static const weir__table_t *arg_other (weir__call_t *call,
                                       weir__table_t **ret_made)
{
    weir_value_t other = weir__arg (call, 0);
    *ret_made = NULL;
    if (other.type == WEIR_LIST)
        return *ret_made = table_of (call, weir__arg_packed (call, 0));
    if (other.type == WEIR_INTEGER)
        return find_set (call, other.integer);
    weir__refuse (call, EINVAL,
                  "argument 1 must be a list of members or a set");
    return NULL;
}

//  One member

//  The answer: whether the member is new.
static void add (weir__object_t *object, weir__call_t *call)
{
    weir__row_t *found = NULL;
    if (weir__table_find (object->state, call, weir__arg_packed (call, 0),
                          &found) &&
        weir__table_put (object->state, call, found, NULL))
        weir__answer (call, weir_value_bool (!found));
}

//  The answer: whether the set had the member.
static void discard (weir__object_t *object, weir__call_t *call)
{
    weir__row_t *found = NULL;
    if (!weir__table_find (object->state, call, weir__arg_packed (call, 0),
                           &found))
        return;
    weir__answer (call, weir_value_bool (found != NULL));
    if (found)
        weir__table_remove (object->state, found);
}

static void remove_member (weir__object_t *object, weir__call_t *call)
{
    weir__row_t *found = weir__table_find_arg (object->state, call);
    if (!found)
        return;
    weir__table_remove (object->state, found);
    weir__answer_nil (call);
}

//  Removes the oldest member, and answers with it.
static void pop (weir__object_t *object, weir__call_t *call)
{
    weir__table_t *self = object->state;
    if (!self->items) {
        weir__refuse (call, ENOENT, "it is empty");
        return;
    }
    weir__answer_packed (call, weir__blob_slice (self->items->shown));
    if (weir__answer_fits (call))
        weir__table_remove (self, self->items);
}

static void contains (weir__object_t *object, weir__call_t *call)
{
    weir__row_t *found = NULL;
    if (weir__table_find (object->state, call, weir__arg_packed (call, 0),
                          &found))
        weir__answer (call, weir_value_bool (found != NULL));
}

//  All members

static void answer_parts (weir__call_t *call, const part_t *parts, size_t count)
{
    size_t members = 0;
    for (size_t i = 0; i < count; i++)
        members += count_in (&parts [i]);
    weir__answer_begin (call, WEIR_LIST, members);
    for (size_t i = 0; i < count; i++)
        for (weir__row_t *item = first_in (&parts [i]); item;
             item = next_in (&parts [i], item->hh.next))
            weir__buffer_put (call->reply, item->shown->data,
                              item->shown->size);
}

static void size (weir__object_t *object, weir__call_t *call)
{
    const weir__table_t *self = object->state;
    weir__answer (call, weir_value_int (HASH_COUNT (self->items)));
}

static void items (weir__object_t *object, weir__call_t *call)
{
    answer_parts (call, &(part_t){.from = object->state}, 1);
}

static void clear (weir__object_t *object, weir__call_t *call)
{
    weir__table_clear (object->state);
    weir__answer_nil (call);
}

//  Algebra

static void combine (weir__object_t *object, weir__call_t *call)
{
    const weir__table_t *self = object->state;
    weir__table_t *made;
    const weir__table_t *other = arg_other (call, &made);
    if (!other)
        return;
    part_t mine = {self, NULL, false}, both = {self, other, true};
    part_t only_mine = {self, other, false}, only_theirs = {other, self, false};
    if (call->body.op == WEIR__SET_UNION)
        answer_parts (call, (part_t []){mine, only_theirs}, 2);
    else if (call->body.op == WEIR__SET_INTERSECTION)
        answer_parts (call, &both, 1);
    else if (call->body.op == WEIR__SET_DIFFERENCE)
        answer_parts (call, &only_mine, 1);
    else
        answer_parts (call, (part_t []){only_mine, only_theirs}, 2);
    weir__table_free (made);
}

static void relate (weir__object_t *object, weir__call_t *call)
{
    const weir__table_t *self = object->state;
    weir__table_t *made;
    const weir__table_t *other = arg_other (call, &made);
    if (!other)
        return;
    bool is_subset = !first_in (&(part_t){self, other, false});
    bool is_superset = !first_in (&(part_t){other, self, false});
    bool is_disjoint = !first_in (&(part_t){self, other, true});
    bool is_so = call->body.op == WEIR__SET_IS_SUBSET     ? is_subset
                 : call->body.op == WEIR__SET_IS_SUPERSET ? is_superset
                 : call->body.op == WEIR__SET_IS_DISJOINT
                     ? is_disjoint
                     : is_subset && is_superset;
    weir__answer (call, weir_value_bool (is_so));
    weir__table_free (made);
}

//  Adds the members that are only in the other set: all or none of them.
//  Returns false after refusing the call.
static bool add_theirs (weir__table_t *self, weir__call_t *call,
                        const weir__table_t *other)
{
    weir__changes_t changes = {0};
    part_t theirs = {other, self, false};
    bool good = weir__changes_reserve (&changes, call, count_in (&theirs));
    for (weir__row_t *item = first_in (&theirs); good && item;
         item = next_in (&theirs, item->hh.next))
        good = weir__changes_copy (&changes, call, item);
    good = good && weir__table_change (self, call, &changes);
    weir__changes_free (&changes);
    return good;
}

//  Looks at the first `count` members, and removes those that are in the other
//  set, or those that are not. The other set may be the same one.
static void remove_part (weir__table_t *self, size_t count,
                         const weir__table_t *other, bool inside)
{
    weir__row_t *item = self->items;
    for (; count > 0; count--) {
        weir__row_t *next = item->hh.next;
        if ((weir__table_same (other, item) != NULL) == inside)
            weir__table_remove (self, item);
        item = next;
    }
}

static void change (weir__object_t *object, weir__call_t *call)
{
    weir__table_t *self = object->state, *made;
    const weir__table_t *other = arg_other (call, &made);
    size_t before = HASH_COUNT (self->items);
    unsigned op = call->body.op;
    bool adds =
        op == WEIR__SET_UPDATE || op == WEIR__SET_SYMMETRIC_DIFFERENCE_UPDATE;
    if (other && (!adds || add_theirs (self, call, other))) {
        if (op != WEIR__SET_UPDATE)
            remove_part (self, before, other,
                         op != WEIR__SET_INTERSECTION_UPDATE);
        weir__answer_nil (call);
    }
    weir__table_free (made);
}

//  args: none, or a list of members.
static bool create (weir__object_t *object, weir__call_t *call)
{
    if (call->body.argc > 0 && weir__arg (call, 0).type != WEIR_LIST)
        weir__refuse (call, EINVAL, "the members must be in a list");
    else if (call->body.argc > 0)
        object->state = table_of (call, weir__arg_packed (call, 0));
    else {
        object->state = weir__table_new (&rules);
        if (!object->state)
            weir__refuse (call, ENOMEM, "out of memory");
    }
    return object->state != NULL;
}

static void destroy (weir__object_t *object)
{
    weir__table_free (object->state);
}

static void save (const weir__object_t *object, weir__buffer_t *to)
{
    weir__table_save (object->state, to);
}

static bool load (weir__object_t *object, weir__reader_t *from)
{
    object->state = weir__table_new (&rules);
    return object->state && weir__table_load (object->state, from);
}

static const weir__op_t ops [] = {
    [WEIR__SET_ADD] = {"add", add, 1, 1, WEIR__WRITES, .kept = 1},
    [WEIR__SET_DISCARD] = {"discard", discard, 1, 1, WEIR__WRITES},
    [WEIR__SET_REMOVE] = {"remove", remove_member, 1, 1, WEIR__WRITES},
    [WEIR__SET_POP] = {"pop", pop, 0, 0, WEIR__WRITES},
    [WEIR__SET_CONTAINS] = {"contains", contains, 1, 1, WEIR__READS},
    [WEIR__SET_SIZE] = {"size", size, 0, 0, WEIR__READS},
    [WEIR__SET_ITEMS] = {"items", items, 0, 0, WEIR__READS},
    [WEIR__SET_CLEAR] = {"clear", clear, 0, 0, WEIR__WRITES},
    [WEIR__SET_UNION] = {"union", combine, 1, 1, WEIR__READS},
    [WEIR__SET_INTERSECTION] = {"intersection", combine, 1, 1, WEIR__READS},
    [WEIR__SET_DIFFERENCE] = {"difference", combine, 1, 1, WEIR__READS},
    [WEIR__SET_SYMMETRIC_DIFFERENCE] = {"symmetric difference", combine, 1, 1,
                                        WEIR__READS},
    [WEIR__SET_UPDATE] = {"update", change, 1, 1, WEIR__WRITES},
    [WEIR__SET_INTERSECTION_UPDATE] = {"intersection update", change, 1, 1,
                                       WEIR__WRITES},
    [WEIR__SET_DIFFERENCE_UPDATE] = {"difference update", change, 1, 1,
                                     WEIR__WRITES},
    [WEIR__SET_SYMMETRIC_DIFFERENCE_UPDATE] = {"symmetric difference update",
                                               change, 1, 1, WEIR__WRITES},
    [WEIR__SET_IS_SUBSET] = {"is subset", relate, 1, 1, WEIR__READS},
    [WEIR__SET_IS_SUPERSET] = {"is superset", relate, 1, 1, WEIR__READS},
    [WEIR__SET_IS_DISJOINT] = {"is disjoint", relate, 1, 1, WEIR__READS},
    [WEIR__SET_EQUALS] = {"equals", relate, 1, 1, WEIR__READS},
};

const weir__kind_t weir__set_kind = {
    .code = WEIR__SET,
    .name = "set",
    .ops = ops,
    .op_count = sizeof ops / sizeof *ops,
    .create_argc_max = 1,
    .begin = weir__copy_begin,
    .end = weir__copy_end,
    .create = create,
    .destroy = destroy,
    .describe = weir__table_describe,
    .save = save,
    .load = load,
};
