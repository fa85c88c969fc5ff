/*  info.h - what tools show of an object: its holders and waiters, and how much

    SPDX-License-Identifier: MPL-2.0
*/

#ifndef WEIR__MACHINE_INFO_H_INCLUDED
#define WEIR__MACHINE_INFO_H_INCLUDED

#include "machine/core/kind.h"

//  The operation WEIR__INFO, for all kinds.
extern const weir__op_t weir__info_op;

#endif
