/*  status.h - errno values on the wire

    The numbers of errno values differ between systems, so the wire has numbers
    of its own.

    SPDX-License-Identifier: MPL-2.0
*/

#ifndef WEIR__CODEC_STATUS_H_INCLUDED
#define WEIR__CODEC_STATUS_H_INCLUDED

#include <stdint.h>

//  Returns the number of an errno value on the wire, 0 for 0. An errno value
//  without a number becomes that of EPROTO.
uint16_t weir__status_of (int error);

//  Returns the errno value of a number on the wire; EPROTO for an unknown
//  number.
int weir__status_error (uint16_t status);

#endif
