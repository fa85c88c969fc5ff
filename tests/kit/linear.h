/*  linear.h - decides whether a recorded history is linearizable

    The search is that of Wing and Gong ("Testing and verifying concurrent
    objects", 1993), with the memory of Lowe ("Testing for linearizability",
    2017). It tries as the next operation each one that no unfinished operation
    precedes. It never tries the same set of operations with the same state
    twice.

    A history belongs to one object: a var, one key of a dict, a queue, or a
    lock.

    SPDX-License-Identifier: MPL-2.0
*/

#ifndef WEIR_TESTS_KIT_LINEAR_H_INCLUDED
#define WEIR_TESTS_KIT_LINEAR_H_INCLUDED

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    LINEAR_OPERATIONS = 192, //  of one history, at most
    LINEAR_ITEMS = 48,       //  of a queue at a time, at most
    LINEAR_NEVER = -1        //  returned_ns of a call that never returned
};

typedef enum linear_kind {
    LINEAR_VAR,
    LINEAR_KEY,
    LINEAR_QUEUE,
    LINEAR_LOCK
} linear_kind_t;

typedef enum linear_op {
    LINEAR_GET,     //  var, key: returns the value (ENOENT); queue: EAGAIN
    LINEAR_SET,     //  var, key
    LINEAR_ADD,     //  var, key: returns the sum; a missing key is 0
    LINEAR_CAS,     //  var: 1 when the value was `argument`, now argument2
    LINEAR_POP,     //  key: returns the value (ENOENT)
    LINEAR_PUT,     //  queue
    LINEAR_ACQUIRE, //  lock: returns the token (EAGAIN)
    LINEAR_RELEASE, //  lock: EPERM
    LINEAR_DEATH    //  lock: a killed holder holds it no more
} linear_op_t;

typedef struct linear_operation {
    linear_op_t op;
    int who; //  a number for each thread
    int64_t argument, argument2;
    int error; //  0: success, with this result:
    int64_t result;
    int64_t called_ns, returned_ns;
} linear_operation_t;

//  Returns whether an order explains the history. At first a var is `initial`,
//  a key is missing, a queue is empty and a lock is free.
bool linear_check (linear_kind_t kind, int64_t initial,
                   const linear_operation_t *operations, size_t count);

#endif
