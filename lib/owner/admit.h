/*  admit.h - admits connections: HELLO

    SPDX-License-Identifier: MPL-2.0
*/

#ifndef WEIR__OWNER_ADMIT_H_INCLUDED
#define WEIR__OWNER_ADMIT_H_INCLUDED

#include "codec/frame.h"
#include "owner/types.h"

//  Handles a HELLO: makes the peer a link of its session, or refuses it. The
//  WELCOME follows with the next entry.
void weir__engine_greet (weir__engine_t *self, const weir__arrival_t *arrival,
                         const weir__frame_t *frame, uint64_t now_us);

#endif
