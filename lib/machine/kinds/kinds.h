/*  kinds.h - all kinds of objects

    Each kind is defined in the file or the folder of its name.

    SPDX-License-Identifier: MPL-2.0
*/

#ifndef WEIR__MACHINE_KINDS_KINDS_H_INCLUDED
#define WEIR__MACHINE_KINDS_KINDS_H_INCLUDED

#include "machine/core/types.h"

//  All kinds, by weir__kind_code_t; NULL: no kind has that code.
extern const weir__kind_t *const weir__kinds [];

extern const weir__kind_t weir__directory_kind;
extern const weir__kind_t weir__dict_kind;
extern const weir__kind_t weir__list_kind;
extern const weir__kind_t weir__var_kind;
extern const weir__kind_t weir__lock_kind;
extern const weir__kind_t weir__queue_kind;
extern const weir__kind_t weir__namespace_kind;
extern const weir__kind_t weir__set_kind;
extern const weir__kind_t weir__array_kind;
extern const weir__kind_t weir__rlock_kind;
extern const weir__kind_t weir__event_kind;
extern const weir__kind_t weir__condition_kind;
extern const weir__kind_t weir__semaphore_kind;
extern const weir__kind_t weir__barrier_kind;
extern const weir__kind_t weir__rwlock_kind;

#endif
