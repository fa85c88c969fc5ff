/*  session.h - the ends of links and sessions

    SPDX-License-Identifier: MPL-2.0
*/

#ifndef WEIR__MACHINE_SESSION_H_INCLUDED
#define WEIR__MACHINE_SESSION_H_INCLUDED

#include "machine/core/types.h"

//  Ends a link: its parked requests end without a reply, and its holds pass to
//  waiters.
void weir__link_close (weir__machine_t *self, weir__link_t *link);

//  Ends a session: ends all its links at once and drops its temporary objects.
void weir__session_expire (weir__machine_t *self, weir__session_t *session,
                           weir__leave_t leave);

#endif
