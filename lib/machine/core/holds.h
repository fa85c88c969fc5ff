/*  holds.h - the holds that links have on objects

    A hold records that a link has something which it must give back: a lock,
    units of a semaphore or a leased item. The caller reserves a hold before the
    link waits for it, so the grant needs no memory. The kind takes the hold
    when it grants it, and ends it when the link gives it back. When the link
    ends or the lease expires, the machine ends the hold and tells the kind
    (holder_gone).

    SPDX-License-Identifier: MPL-2.0
*/

#ifndef WEIR__MACHINE_CORE_HOLDS_H_INCLUDED
#define WEIR__MACHINE_CORE_HOLDS_H_INCLUDED

#include "machine/core/types.h"

//  Reserves a hold for a request, with room for the timer of its lease. Returns
//  false when out of memory.
bool weir__hold_reserve_for (weir__request_t *request, weir__machine_t *machine,
                             uint32_t lease_ms);

//  Makes the request's link a holder of the object, with the reserved hold, and
//  starts the lease. `token` is the number of the grant. Returns the hold.
weir__hold_t *weir__hold_take (weir__object_t *object, weir__request_t *request,
                               uint64_t token);

//  Starts the lease again, with a new length. The hold must have a lease.
void weir__hold_renew (weir__hold_t *hold, uint32_t lease_ms);

//  Removes a hold from its object and its link, and releases its timer. Does
//  not free the hold.
void weir__hold_take_out (weir__hold_t *hold, weir__machine_t *machine);

//  Removes and frees a hold. Accepts NULL, and a hold that is only reserved.
void weir__hold_end (weir__hold_t *hold, weir__machine_t *machine);

//  Returns the link's first hold on the object, or NULL.
weir__hold_t *weir__hold_of (const weir__object_t *object,
                             const weir__link_t *link);

//  Returns the object's hold with that token, or NULL.
weir__hold_t *weir__hold_by (const weir__object_t *object, uint64_t token);

//  Writes a hold to a snapshot. The id of its object comes first.
void weir__hold_save (const weir__hold_t *hold, weir__buffer_t *to);

//  Reads a hold from a snapshot: the part after the id. Returns false when the
//  bytes are invalid, when the object is NULL, or when out of memory.
bool weir__hold_load (weir__link_t *link, weir__object_t *object,
                      weir__reader_t *from);

#endif
