/*  ready.h - the conditions that a poll can wait for

    SPDX-License-Identifier: MPL-2.0
*/

#ifndef WEIR__CODEC_READY_H_INCLUDED
#define WEIR__CODEC_READY_H_INCLUDED

#include <stdbool.h>

#include "codec/ops.h"

//  A condition of an object that a poll waits for: the object has changed, or a
//  certain call would not wait.
typedef enum weir__ready {
    WEIR__READY_CHANGE = 0,
    WEIR__READY_GET = 1,     //  queue
    WEIR__READY_PUT = 2,     //  queue
    WEIR__READY_JOIN = 3,    //  queue
    WEIR__READY_POP = 4,     //  list
    WEIR__READY_ACQUIRE = 5, //  lock, rlock, semaphore
    WEIR__READY_READ = 6,    //  rwlock
    WEIR__READY_WRITE = 7,   //  rwlock
    WEIR__READY_WAIT = 8,    //  event
    WEIR__READIES = 9
} weir__readiness_t;

//  Returns whether a poll can wait for `ready` at objects of that kind.
bool weir__can_be_ready (weir__kind_code_t kind, weir__readiness_t ready);

#endif
