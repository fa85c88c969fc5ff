/*  status.h - errno values as the wire carries them

    errno's numbers differ between systems, so the wire has its own.

    SPDX-License-Identifier: MPL-2.0
*/

#ifndef WEIR__CODEC_STATUS_H_INCLUDED
#define WEIR__CODEC_STATUS_H_INCLUDED

#include <stdint.h>

//  The wire's number for an errno; 0 for 0. What the wire has no number for
//  becomes that of EPROTO.
uint16_t weir__status_of (int error);

//  And back; an unknown number is EPROTO.
int weir__status_error (uint16_t status);

#endif
