/*  directory.c - the operations on the objects of an owner

    The directory is object 0. Creating, opening and dropping objects are
    operations on it.

    SPDX-License-Identifier: MPL-2.0
*/

#include "machine/kinds/kinds.h"

#include <errno.h>
#include <string.h>

#include "codec/pack.h"
#include "machine/call.h"
#include "machine/core/kind.h"
#include "machine/core/objects.h"
#include "machine/ending.h"
#include "machine/poll.h"
#include "machine/transaction.h"

//  Reads the name in argument `index`: a string, or nil for no name. Returns
//  false after refusing the call.
static bool arg_name (weir__call_t *call, unsigned index,
                      weir__bytes_t *ret_name)
{
    *ret_name = (weir__bytes_t){0};
    if (weir__arg (call, index).type == WEIR_NIL)
        return true;
    if (!weir__arg_text (call, index, ret_name))
        return false;
    if (ret_name->size == 0 || ret_name->size > WEIR__NAME_BYTES ||
        memchr (ret_name->data, '\0', ret_name->size)) {
        weir__refuse (call, EINVAL,
                      "an object's name must have 1 to %d bytes and no NUL",
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
    weir__refuse (call, EINVAL, "this owner does not know the kind");
    return NULL;
}

//  Returns whether no object has the name. Without a name, returns true. If one
//  has it, refuses the call.
static bool is_fresh (weir__call_t *call, const weir__bytes_t *name)
{
    weir__object_t *other = NULL;
    if (name->data)
        HASH_FIND (hh, call->object->machine->names, name->data, name->size,
                   other);
    if (other)
        weir__refuse (
            call, EEXIST,
            "a %s named '%s' exists already; open it, or choose another name",
            other->kind->name, other->name);
    return !other;
}

//  Makes the state of a new object from the arguments from index 2 on. Returns
//  false after refusing the call.
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
    weir__refuse (
        &inner, EINVAL, "its creation takes %u to %u arguments, not %u",
        kind->create_argc_min, kind->create_argc_max, inner.body.argc);
    return false;
}

//  args: kind; name or nil; the arguments of the kind's create. The answer: id.
static void create (weir__object_t *directory, weir__call_t *call)
{
    weir__bytes_t name;
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

//  The answer: [[id, kind, name or nil], ...] in the order of the slots.
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
    .code = WEIR__DIRECTORY,
    .name = "directory",
    .ops = ops,
    .op_count = sizeof ops / sizeof *ops,
};
