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
    WEIR__READY_CHANGE,
    WEIR__READY_GET,     //  queue
    WEIR__READY_PUT,     //  queue
    WEIR__READY_JOIN,    //  queue
    WEIR__READY_POP,     //  list
    WEIR__READY_ACQUIRE, //  lock, rlock, semaphore
    WEIR__READY_READ,    //  rwlock
    WEIR__READY_WRITE,   //  rwlock
    WEIR__READY_WAIT,    //  event
    WEIR__READIES
} weir__ready_t;

//  Returns whether a poll can wait for `ready` at objects of that kind.
bool weir__can_be_ready (weir__kind_code_t kind, weir__ready_t ready);

#endif
