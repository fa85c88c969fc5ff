/*  kinds.c - all kinds of objects

    SPDX-License-Identifier: MPL-2.0
*/

#include "machine/kinds/kinds.h"

#include "codec/ops.h"

const weir__kind_t *const weir__kinds [WEIR__KINDS] = {
    [WEIR__DIRECTORY] = &weir__directory_kind,
    [WEIR__DICT] = &weir__dict_kind,
    [WEIR__LIST] = &weir__list_kind,
    [WEIR__VAR] = &weir__var_kind,
    [WEIR__LOCK] = &weir__lock_kind,
    [WEIR__QUEUE] = &weir__queue_kind,
    [WEIR__NAMESPACE] = &weir__namespace_kind,
    [WEIR__SET] = &weir__set_kind,
    [WEIR__ARRAY] = &weir__array_kind,
    [WEIR__RLOCK] = &weir__rlock_kind,
    [WEIR__SEMAPHORE] = &weir__semaphore_kind,
    [WEIR__RWLOCK] = &weir__rwlock_kind,
    [WEIR__EVENT] = &weir__event_kind,
    [WEIR__CONDITION] = &weir__condition_kind,
    [WEIR__BARRIER] = &weir__barrier_kind,
};
