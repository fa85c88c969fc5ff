/*  requests.h - the requests that a link has open

    Each request takes effect exactly once. It is absent, parked, or done; when
    it is done, the machine keeps the reply until the link acknowledges it. A
    repeated number finds its request and changes nothing.

    SPDX-License-Identifier: MPL-2.0
*/

#ifndef WEIR__MACHINE_CORE_REQUESTS_H_INCLUDED
#define WEIR__MACHINE_CORE_REQUESTS_H_INCLUDED

#include "machine/core/types.h"

//  Returns the link's request with that number, or NULL.
weir__request_t *weir__link_request (weir__link_t *link, uint64_t number);

//  Makes a request of a link, with room for a short reply. Returns NULL when
//  out of memory.
weir__request_t *weir__request_new (weir__link_t *link, uint64_t number);

//  Removes a parked request from its line, its timer from the heap, and its
//  poll from the objects.
void weir__request_unpark (weir__request_t *request);

//  Frees a request that is not parked, and clears its slot in the link.
void weir__request_free (weir__machine_t *self, weir__request_t *request);

#endif
