/*  objects.h - the objects of an owner, by id and by name

    SPDX-License-Identifier: MPL-2.0
*/

#ifndef WEIR__MACHINE_CORE_OBJECTS_H_INCLUDED
#define WEIR__MACHINE_CORE_OBJECTS_H_INCLUDED

#include "machine/core/types.h"

//  Returns the object with that id, or NULL.
weir__object_t *weir__object_find (const weir__machine_t *self, uint64_t id);

//  Makes an empty object with the next free id. The caller adds it to the
//  machine by weir__object_enter before it makes another one. Returns NULL when
//  out of memory.
weir__object_t *weir__object_new (weir__machine_t *self,
                                  const weir__kind_t *kind);

//  Adds a new object to the machine. Cannot fail.
void weir__object_enter (weir__object_t *object);

//  Makes an empty object at the given index, when a snapshot is restored.
//  Returns NULL when out of memory.
weir__object_t *weir__object_new_at (weir__machine_t *self, uint32_t index,
                                     const weir__kind_t *kind);

//  Gives the object a name, which is copied. Returns false when out of memory.
//  With a NULL name, makes the object temporary: it ends with its creator. That
//  cannot fail.
bool weir__object_place (weir__object_t *object, const char *name, size_t size,
                         weir__session_t *creator);

//  Frees an object and its holds. Wakes the polls that wait for it; has no
//  other effect on other objects.
void weir__object_free (weir__object_t *object);

#endif
