/*  transaction.h - applies several operations on objects: all or none

    SPDX-License-Identifier: MPL-2.0
*/

#ifndef WEIR__MACHINE_TRANSACTION_H_INCLUDED
#define WEIR__MACHINE_TRANSACTION_H_INCLUDED

#include "machine/core/types.h"

//  Applies WEIR__DIRECTORY_TRANSACT.
void weir__transact (weir__object_t *directory, weir__call_t *call);

#endif
