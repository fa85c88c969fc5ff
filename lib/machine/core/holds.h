/*  holds.h - who holds an object

    A link holds what must come back when it is gone: a lock, units of a
    semaphore, a leased item. A hold is reserved when it is asked for, so that
    granting it later cannot fail for want of memory; taken when it is granted;
    ended by the kind, or, when its link is gone or its lease has run out, by
    the machine, which then tells the kind (holder_gone).

    SPDX-License-Identifier: MPL-2.0
*/

#ifndef WEIR__MACHINE_CORE_HOLDS_H_INCLUDED
#define WEIR__MACHINE_CORE_HOLDS_H_INCLUDED

#include "machine/core/types.h"

//  Reserves a hold for a request. False: no memory.
bool weir__hold_restore (weir__request_t *request, weir__machine_t *machine,
                         uint32_t lease_ms);

//  The request's link holds the object from now on, by what was reserved. Its
//  lease begins.
weir__hold_t *weir__hold_take (weir__object_t *object, weir__request_t *request,
                               uint64_t token);

//  Its lease begins anew. Only for a hold that has one.
void weir__hold_renew (weir__hold_t *hold, uint32_t lease_ms);

//  Takes a hold out of its object and its link, without freeing it.
void weir__hold_take_out (weir__hold_t *hold, weir__machine_t *machine);

//  Ends and frees a hold. Accepts NULL and one that is reserved only.
void weir__hold_end (weir__hold_t *hold, weir__machine_t *machine);

//  The link's first hold on the object / the hold of that token. NULL: none.
weir__hold_t *weir__hold_of (const weir__object_t *object,
                             const weir__link_t *link);
weir__hold_t *weir__hold_by (const weir__object_t *object, uint64_t token);

//  For snapshots: writes a hold, the object's id first; reads what follows
//  that. object: NULL fails.
void weir__hold_put (const weir__hold_t *hold, weir__buffer_t *to);
bool weir__hold_get (weir__link_t *link, weir__object_t *object,
                     weir__reader_t *from);

#endif
