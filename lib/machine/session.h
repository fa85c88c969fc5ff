/*  session.h - how links and sessions end

    SPDX-License-Identifier: MPL-2.0
*/

#ifndef WEIR__MACHINE_SESSION_H_INCLUDED
#define WEIR__MACHINE_SESSION_H_INCLUDED

#include "machine/core/types.h"

//  Ends a link: its parked requests vanish, what it held passes on.
void weir__link_close (weir__machine_t *self, weir__link_t *link);

//  Ends a session: all its links at once, and its temporary objects.
void weir__session_expire (weir__machine_t *self, weir__session_t *session,
                           weir__leave_t leave);

#endif
