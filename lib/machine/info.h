/*  info.h - the facts about an object, for tools and weir_object_info

    SPDX-License-Identifier: MPL-2.0
*/

#ifndef WEIR__MACHINE_INFO_H_INCLUDED
#define WEIR__MACHINE_INFO_H_INCLUDED

#include "machine/core/kind.h"

//  The operation WEIR__INFO. Every kind has it.
extern const weir__op_t weir__info_op;

#endif
