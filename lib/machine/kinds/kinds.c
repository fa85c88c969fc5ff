/*  kinds.c - all kinds of objects, and what several of them share

    SPDX-License-Identifier: MPL-2.0
*/

#include <errno.h>
#include <stdlib.h>

#include "codec/ops.h"
#include "machine/kind.h"

bool weir__state_new (weir__object_t *object, weir__call_t *call, size_t size)
{
    object->state = calloc (1, size);
    if (!object->state)
        weir__refuse (call, ENOMEM, "out of memory");
    return object->state != NULL;
}

void weir__state_free (weir__object_t *object)
{
    free (object->state);
}

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
