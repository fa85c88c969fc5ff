/*  ready.c - the conditions that a poll can wait for

    SPDX-License-Identifier: MPL-2.0
*/

#include "codec/ready.h"

enum {
    CHANGE = 1 << WEIR__READY_CHANGE, //  for all kinds that transact
    ACQUIRE = 1 << WEIR__READY_ACQUIRE
};

static const unsigned readies [WEIR__KINDS] = {
    [WEIR__DICT] = CHANGE,
    [WEIR__NAMESPACE] = CHANGE,
    [WEIR__SET] = CHANGE,
    [WEIR__ARRAY] = CHANGE,
    [WEIR__VAR] = CHANGE,
    [WEIR__LIST] = CHANGE | 1 << WEIR__READY_POP,
    [WEIR__EVENT] = CHANGE | 1 << WEIR__READY_WAIT,
    [WEIR__QUEUE] = CHANGE | 1 << WEIR__READY_GET | 1 << WEIR__READY_PUT |
                    1 << WEIR__READY_JOIN,
    [WEIR__LOCK] = ACQUIRE,
    [WEIR__RLOCK] = ACQUIRE,
    [WEIR__SEMAPHORE] = ACQUIRE,
    [WEIR__RWLOCK] = 1 << WEIR__READY_READ | 1 << WEIR__READY_WRITE,
};

bool weir__can_be_ready (weir__kind_code_t kind, weir__readiness_t ready)
{
    return (readies [kind] >> ready & 1) != 0;
}
