/*  intake.h - handles the frames of peers, and drops bad peers

    SPDX-License-Identifier: MPL-2.0
*/

#ifndef WEIR__OWNER_INTAKE_H_INCLUDED
#define WEIR__OWNER_INTAKE_H_INCLUDED

#include "owner/types.h"

//  Handles a frame, which is borrowed for the call. A peer that sends a bad
//  frame is refused, and its session is dropped.
void weir__engine_frame (weir__engine_t *self, const weir__arrival_t *arrival,
                         uint64_t now_us);

#endif
