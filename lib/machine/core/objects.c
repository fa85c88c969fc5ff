/*  objects.c - the objects of an owner, by id and by name

    SPDX-License-Identifier: MPL-2.0
*/

#include "machine/core/objects.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "machine/core/holds.h"
#include "machine/core/kind.h"
#include "machine/core/watch.h"

weir__object_t *weir__object_find (const weir__machine_t *self, uint64_t id)
{
    uint32_t index = (uint32_t) id;
    if (index >= self->slot_count || !self->slots [index].object ||
        self->slots [index].generation != id >> 32)
        return NULL;
    return self->slots [index].object;
}

//  Reserves a slot for one more object, and room on the stack of free slots.
//  Returns false when out of memory.
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

static weir__object_t *make_object (weir__machine_t *self, uint32_t index,
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
    return make_object (self,
                        self->free_count
                            ? self->free_slots [self->free_count - 1]
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
    weir__object_t *object = make_object (self, index, kind);
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
    weir__watch_forget (object);
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
