/*  requests.h - the requests of a link that are kept

    Exactly once: a request is absent, parked, or done with its reply kept until
    the link says that it has arrived. A repeated number finds its request and
    changes nothing.

    SPDX-License-Identifier: MPL-2.0
*/

#ifndef WEIR__MACHINE_CORE_REQUESTS_H_INCLUDED
#define WEIR__MACHINE_CORE_REQUESTS_H_INCLUDED

#include "machine/core/types.h"

//  The request with that number, NULL when there is none.
weir__request_t *weir__link_request (weir__link_t *link, uint64_t number);

//  Enters a request in its link, with room for a short reply. NULL: no
//  memory.
weir__request_t *weir__request_new (weir__link_t *link, uint64_t number);

//  Takes a parked request out of its line and out of the heap.
void weir__request_unpark (weir__request_t *request);

//  Frees a request that is not parked, and its slot in the link.
void weir__request_free (weir__machine_t *self, weir__request_t *request);

#endif
