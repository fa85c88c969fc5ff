/*  objects.h - the objects of an owner, by id and by name

    SPDX-License-Identifier: MPL-2.0
*/

#ifndef WEIR__MACHINE_CORE_OBJECTS_H_INCLUDED
#define WEIR__MACHINE_CORE_OBJECTS_H_INCLUDED

#include "machine/core/types.h"

weir__object_t *weir__object_find (const weir__machine_t *self, uint64_t id);

//  Makes an empty object with the next fresh id. It is not in the machine
//  before weir__object_enter, which cannot fail; there must be no other new
//  one until then. NULL: no memory.
weir__object_t *weir__object_new (weir__machine_t *self,
                                  const weir__kind_t *kind);

void weir__object_enter (weir__object_t *object);

//  Restoring: makes an empty object at a given index. NULL: no memory.
weir__object_t *weir__object_new_at (weir__machine_t *self, uint32_t index,
                                     const weir__kind_t *kind);

//  Gives it a name (copied) or, with a NULL name, to a session, with which it
//  ends. False: no memory; never with a NULL name.
bool weir__object_place (weir__object_t *object, const char *name, size_t size,
                         weir__session_t *creator);

//  Frees it without any effect on others.
void weir__object_free (weir__object_t *object);

#endif
