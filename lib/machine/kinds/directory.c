/*  directory.c - the objects of an owner, by id and by name

    The directory is object 0: creating, opening and dropping objects are
    operations on it.

    SPDX-License-Identifier: MPL-2.0
*/

#include <assert.h>
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "codec/ops.h"
#include "machine/call.h"
#include "machine/core/hold.h"
#include "machine/kind.h"
#include "machine/core/object.h"
#include "machine/poll.h"

weir__object_t *weir__object_find (const weir__machine_t *self, uint64_t id)
{
    uint32_t index = (uint32_t) id;
    if (index >= self->slot_count || !self->slots [index].object ||
        self->slots [index].generation != id >> 32)
        return NULL;
    return self->slots [index].object;
}

//  Room for one more slot, and for every slot on the stack of free ones.
static bool reserve_slot (weir__machine_t *self)
{
    if (self->free_count > 0 || self->slot_count < self->slot_capacity)
        return true;
    if (self->slot_capacity > UINT32_MAX / 2)
        return false;
    uint32_t capacity = self->slot_capacity ? 2 * self->slot_capacity : 16;
    weir__slot_t *slots = realloc (self->slots, capacity * sizeof *slots);
    if (!slots)
        return false;
    self->slots = slots;
    uint32_t *free_slots =
        realloc (self->free_slots, capacity * sizeof *free_slots);
    if (!free_slots)
        return false;
    self->free_slots = free_slots;
    memset (slots + self->slot_capacity, 0,
            (capacity - self->slot_capacity) * sizeof *slots);
    self->slot_capacity = capacity;
    return true;
}

static weir__object_t *make (weir__machine_t *self, uint32_t index,
                             const weir__kind_t *kind)
{
    weir__object_t *object = calloc (1, sizeof *object);
    if (!object)
        return NULL;
    object->id = (uint64_t) self->slots [index].generation << 32 | index;
    object->kind = kind;
    object->machine = self;
    return object;
}

weir__object_t *weir__object_new (weir__machine_t *self,
                                  const weir__kind_t *kind)
{
    if (!reserve_slot (self))
        return NULL;
    return make (self,
                 self->free_count ? self->free_slots [self->free_count - 1]
                                  : self->slot_count,
                 kind);
}

void weir__object_enter (weir__object_t *object)
{
    weir__machine_t *self = object->machine;
    uint32_t index = (uint32_t) object->id;
    assert (!self->slots [index].object);
    if (index == self->slot_count)
        self->slot_count++;
    else {
        assert (self->free_slots [self->free_count - 1] == index);
        self->free_count--;
    }
    self->slots [index].object = object;
}

weir__object_t *weir__object_new_at (weir__machine_t *self, uint32_t index,
                                     const weir__kind_t *kind)
{
    assert (index < self->slot_count && !self->slots [index].object);
    weir__object_t *object = make (self, index, kind);
    self->slots [index].object = object;
    return object;
}

bool weir__object_place (weir__object_t *object, const char *name, size_t size,
                         weir__session_t *creator)
{
    if (!name) {
        object->creator = creator;
        DL_APPEND2 (creator->temporaries, object, temporary_prev,
                    temporary_next);
        return true;
    }
    object->name = malloc (size + 1);
    if (!object->name)
        return false;
    memcpy (object->name, name, size);
    object->name [size] = '\0';
    HASH_ADD_KEYPTR (hh, object->machine->names, object->name, size, object);
    if (object->hh.tbl)
        return true;
    free (object->name);
    object->name = NULL;
    return false;
}

void weir__object_free (weir__object_t *object)
{
    weir__machine_t *machine = object->machine;
    weir__poll_forget (object);
    while (object->holds)
        weir__hold_end (object->holds, machine);
    if (object->name)
        HASH_DELETE (hh, machine->names, object);
    if (object->creator)
        DL_DELETE2 (object->creator->temporaries, object, temporary_prev,
                    temporary_next);
    if (object->kind->destroy)
        object->kind->destroy (object);
    weir__slot_t *slot = &machine->slots [(uint32_t) object->id];
    if (slot->object == object) {
        slot->object = NULL;
        slot->generation++;
        machine->free_slots [machine->free_count++] = (uint32_t) object->id;
    }
    free (object->name);
    free (object);
}

void weir__object_drop (weir__object_t *object)
{
    if (object->kind->dropping)
        object->kind->dropping (object);
    for (unsigned line = 0; line < WEIR__LINES; line++)
        while (object->lines [line])
            weir__end_wait (object->lines [line], ENOENT,
                            "it was dropped while you waited");
    weir__object_free (object);
}

//  The name that argument `index` gives: a string, or nil for none.
static bool arg_name (weir__call_t *call, unsigned index,
                      weir__slice_t *ret_name)
{
    *ret_name = (weir__slice_t){0};
    if (weir__arg (call, index).type == WEIR_NIL)
        return true;
    if (!weir__arg_text (call, index, ret_name))
        return false;
    if (ret_name->size == 0 || ret_name->size > WEIR__NAME_BYTES ||
        memchr (ret_name->data, '\0', ret_name->size)) {
        weir__refuse (call, EINVAL,
                      "an object's name has 1 to %d bytes and no NUL",
                      WEIR__NAME_BYTES);
        return false;
    }
    return true;
}

static const weir__kind_t *arg_kind (weir__call_t *call, unsigned index)
{
    weir_value_t code = weir__arg (call, index);
    if (code.type == WEIR_INTEGER && code.integer > WEIR__DIRECTORY &&
        code.integer < WEIR__KINDS && weir__kinds [code.integer])
        return weir__kinds [code.integer];
    weir__refuse (call, EINVAL, "there is no such kind of object here");
    return NULL;
}

//  Whether the name, if there is one, is not taken.
static bool is_fresh (weir__call_t *call, const weir__slice_t *name)
{
    weir__object_t *other = NULL;
    if (name->data)
        HASH_FIND (hh, call->object->machine->names, name->data, name->size,
                   other);
    if (other)
        weir__refuse (call, EEXIST,
                      "a %s named '%s' is there already; open it, or choose "
                      "another name",
                      other->kind->name, other->name);
    return !other;
}

//  Makes the state of a new object out of the arguments from the third on.
static bool make_state (weir__object_t *object, const weir__call_t *call)
{
    weir__call_t inner = *call;
    inner.object = object;
    inner.body.argc -= 2;
    memmove (inner.body.args, inner.body.args + 2,
             inner.body.argc * sizeof *inner.body.args);
    const weir__kind_t *kind = object->kind;
    if (inner.body.argc >= kind->create_argc_min &&
        inner.body.argc <= kind->create_argc_max)
        return kind->create (object, &inner);
    weir__refuse (&inner, EINVAL, "it is made with %u to %u arguments, not %u",
                  kind->create_argc_min, kind->create_argc_max,
                  inner.body.argc);
    return false;
}

//  args: kind, name or nil, and what the kind's create takes.
static void create (weir__object_t *directory, weir__call_t *call)
{
    weir__slice_t name;
    const weir__kind_t *kind = arg_kind (call, 0);
    if (!kind || !arg_name (call, 1, &name) || !is_fresh (call, &name))
        return;
    weir__object_t *object = weir__object_new (directory->machine, kind);
    if (!object ||
        !weir__object_place (object, (const char *) name.data, name.size,
                             call->request->link->session))
        weir__refuse (call, ENOMEM, "out of memory");
    else if (make_state (object, call)) {
        weir__object_enter (object);
        weir__answer (call, weir_value_int ((int64_t) object->id));
        return;
    }
    if (object)
        weir__object_free (object);
}

//  args: kind, name or id. The answer: id.
static void open_object (weir__object_t *directory, weir__call_t *call)
{
    weir__machine_t *machine = directory->machine;
    const weir__kind_t *kind = arg_kind (call, 0);
    if (!kind)
        return;
    weir_value_t key = weir__arg (call, 1);
    weir__object_t *object = NULL;
    if (key.type == WEIR_STRING)
        HASH_FIND (hh, machine->names, key.string, key.size, object);
    else if (key.type == WEIR_INTEGER)
        object = weir__object_find (machine, (uint64_t) key.integer);
    else {
        weir__refuse (call, EINVAL, "argument 2 must be a name or an id");
        return;
    }
    if (!object && key.type == WEIR_STRING)
        weir__refuse (call, ENOENT, "there is no %s named '%.*s'", kind->name,
                      (int) key.size, key.string);
    else if (!object)
        weir__refuse_gone (call, kind->name);
    else if (object->kind != kind)
        weir__refuse (call, EINVAL, "'%s' is a %s, not a %s",
                      object->name ? object->name : "that object",
                      object->kind->name, kind->name);
    else
        weir__answer (call, weir_value_int ((int64_t) object->id));
}

//  args: id.
static void drop (weir__object_t *directory, weir__call_t *call)
{
    int64_t id;
    if (!weir__arg_integer (call, 0, &id))
        return;
    weir__object_t *object =
        weir__object_find (directory->machine, (uint64_t) id);
    if (!object || object == directory) {
        weir__refuse_gone (call, "object");
        return;
    }
    weir__object_drop (object);
    weir__answer_nil (call);
}

//  The answer: [[id, kind, name or nil], ...] in the order of the ids.
static void list (weir__object_t *directory, weir__call_t *call)
{
    const weir__machine_t *machine = directory->machine;
    uint32_t count = machine->slot_count - machine->free_count - 1;
    weir__answer_begin (call, WEIR_LIST, count);
    for (uint32_t index = 1; index < machine->slot_count; index++) {
        const weir__object_t *object = machine->slots [index].object;
        if (!object)
            continue;
        weir_value_t items [] = {
            weir_value_int ((int64_t) object->id),
            weir_value_string (object->kind->name),
            weir_value_string (object->name),
        };
        if (weir__pack (call->reply, weir_value_list (items, 3)) != 0)
            call->reply->failed = true;
    }
}

static const weir__op_t ops [] = {
    [WEIR__DIRECTORY_CREATE] = {"create", create, 2, WEIR__ARGS, WEIR__WRITES},
    [WEIR__DIRECTORY_OPEN] = {"open", open_object, 2, 2, WEIR__READS},
    [WEIR__DIRECTORY_DROP] = {"drop", drop, 1, 1, WEIR__WRITES},
    [WEIR__DIRECTORY_LIST] = {"list", list, 0, 0, WEIR__READS},
    [WEIR__DIRECTORY_TRANSACT] = {"transact", weir__transact, 1, 1,
                                  WEIR__WRITES},
    [WEIR__DIRECTORY_POLL] = {"poll", weir__poll, 1, 1, WEIR__PARKS},
};

const weir__kind_t weir__directory_kind = {
    .name = "directory",
    .ops = ops,
    .op_count = sizeof ops / sizeof *ops,
};
