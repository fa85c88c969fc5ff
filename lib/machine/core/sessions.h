/*  sessions.h - sessions and their links

    SPDX-License-Identifier: MPL-2.0
*/

#ifndef WEIR__MACHINE_CORE_SESSIONS_H_INCLUDED
#define WEIR__MACHINE_CORE_SESSIONS_H_INCLUDED

#include "machine/core/types.h"

weir__link_t *weir__link_find (weir__machine_t *self, uint64_t session,
                               uint32_t link);

//  Makes the session, unless it is there. NULL: no memory.
weir__session_t *weir__session_open (weir__machine_t *self, uint64_t id);

//  Makes the link, and its session when it is the first. NULL: no memory.
weir__link_t *weir__link_open (weir__machine_t *self, uint64_t session,
                               uint32_t link);

//  Forgets the replies up to a number.
void weir__link_ack (weir__machine_t *self, weir__link_t *link, uint64_t acked);

//  Its parked requests leave their lines: nobody is there to be answered. Where
//  they waited is kept until the kinds have been told.
void weir__link_unpark_all (weir__link_t *link);

//  Frees a link that neither waits nor holds anything.
void weir__link_free (weir__link_t *link);

//  Frees it without any effect on others. Its temporary objects stay.
void weir__session_free (weir__machine_t *self, weir__session_t *session);

#endif
