/*  sessions.h - sessions and their links

    SPDX-License-Identifier: MPL-2.0
*/

#ifndef WEIR__MACHINE_CORE_SESSIONS_H_INCLUDED
#define WEIR__MACHINE_CORE_SESSIONS_H_INCLUDED

#include "machine/core/types.h"

//  Returns the link with that number of that session, or NULL.
weir__link_t *weir__link_find (weir__machine_t *self, uint64_t session,
                               uint32_t link);

//  Returns the session with that id, and makes it if necessary. Returns NULL
//  when out of memory.
weir__session_t *weir__session_open (weir__machine_t *self, uint64_t id);

//  Returns the link with that number, and makes it and its session if
//  necessary. Returns NULL when out of memory.
weir__link_t *weir__link_open (weir__machine_t *self, uint64_t session,
                               uint32_t link);

//  Frees the done requests, with their replies, up to a number.
void weir__link_ack (weir__machine_t *self, weir__link_t *link, uint64_t acked);

//  Removes all parked requests of a link from their lines, without a reply.
//  Each keeps its object and line, until the caller has told the kinds.
void weir__link_unpark_all (weir__link_t *link);

//  Frees a link that has no requests and no holds.
void weir__link_free (weir__link_t *link);

//  Frees a session with its links, and resumes no waiter. Its temporary objects
//  stay.
void weir__session_free (weir__machine_t *self, weir__session_t *session);

#endif
