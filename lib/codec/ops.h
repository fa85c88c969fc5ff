/*  ops.h - the numbers of kinds and operations on the wire

    A number is never reused for another meaning. doc/protocol.md describes
    arguments and results.

    SPDX-License-Identifier: MPL-2.0
*/

#ifndef WEIR__CODEC_OPS_H_INCLUDED
#define WEIR__CODEC_OPS_H_INCLUDED

typedef enum weir__kind_code {
    WEIR__DIRECTORY,
    WEIR__DICT,
    WEIR__LIST,
    WEIR__VAR,
    WEIR__LOCK,
    WEIR__QUEUE,
    WEIR__NAMESPACE = 6,
    WEIR__SET = 7,
    WEIR__ARRAY = 8,
    WEIR__RLOCK = 9,
    WEIR__SEMAPHORE,
    WEIR__CONDITION,
    WEIR__EVENT,
    WEIR__BARRIER,
    WEIR__RWLOCK,
    WEIR__KINDS
} weir__kind_code_t;

//  An operation of every object except the directory.
enum { WEIR__INFO = 0xffff };

//  The directory is object 0 of every owner. It lists all other objects.
enum {
    WEIR__DIRECTORY_CREATE,
    WEIR__DIRECTORY_OPEN,
    WEIR__DIRECTORY_DROP,
    WEIR__DIRECTORY_LIST,
    WEIR__DIRECTORY_TRANSACT,
    WEIR__DIRECTORY_POLL
};

//  The types of a step of a transaction.
typedef enum weir__step_type {
    WEIR__STEP_DO,     //  [0, object, operation, arguments ...]
    WEIR__STEP_EXPECT, //  [1, object, operation, expected result of a read,
                       //  arguments ...]
    WEIR__STEP_EXPECT_SEQUENCE, //  [2, object, sequence]
    WEIR__STEP_TAKE //  [3, object, operation, index of an earlier result,
                    //  arguments ...]: that result is appended as the last
                    //  argument
} weir__step_type_t;

//  A namespace has the same operations. Its keys are the names of attributes.
enum {
    WEIR__DICT_SET,
    WEIR__DICT_GET,
    WEIR__DICT_CONTAINS,
    WEIR__DICT_DELETE,
    WEIR__DICT_POP,
    WEIR__DICT_POPITEM,
    WEIR__DICT_SETDEFAULT,
    WEIR__DICT_ADD,
    WEIR__DICT_CAS,
    WEIR__DICT_UPDATE,
    WEIR__DICT_SIZE,
    WEIR__DICT_KEYS,
    WEIR__DICT_VALUES,
    WEIR__DICT_ITEMS,
    WEIR__DICT_CLEAR,
    WEIR__DICT_GET_AT,
    WEIR__DICT_SET_AT,
    WEIR__DICT_DELETE_AT,
    WEIR__DICT_ADD_AT,
    WEIR__DICT_APPEND_AT,
    WEIR__DICT_CAS_AT,
    WEIR__DICT_OPS
};

enum {
    WEIR__LIST_APPEND,
    WEIR__LIST_EXTEND,
    WEIR__LIST_INSERT,
    WEIR__LIST_GET,
    WEIR__LIST_SET,
    WEIR__LIST_DELETE,
    WEIR__LIST_POP,
    WEIR__LIST_REMOVE,
    WEIR__LIST_INDEX,
    WEIR__LIST_COUNT,
    WEIR__LIST_ADD,
    WEIR__LIST_REVERSE,
    WEIR__LIST_SORT,
    WEIR__LIST_GET_SLICE,
    WEIR__LIST_SET_SLICE,
    WEIR__LIST_DELETE_SLICE,
    WEIR__LIST_SIZE,
    WEIR__LIST_CLEAR,
    WEIR__LIST_POP_WAIT
};

enum {
    WEIR__VAR_GET,
    WEIR__VAR_SET,
    WEIR__VAR_ADD,
    WEIR__VAR_EXCHANGE,
    WEIR__VAR_CAS,
    WEIR__VAR_WAIT_EQUAL,
    WEIR__VAR_WAIT_AT_LEAST,
    WEIR__VAR_WAIT_CHANGED
};

//  An rlock has the same operations.
enum {
    WEIR__LOCK_ACQUIRE,
    WEIR__LOCK_RELEASE,
    WEIR__LOCK_INFO,
    WEIR__LOCK_RENEW
};

enum { WEIR__CONDITION_WAIT, WEIR__CONDITION_NOTIFY };

enum {
    WEIR__BARRIER_WAIT,
    WEIR__BARRIER_ACTED,
    WEIR__BARRIER_ABORT,
    WEIR__BARRIER_RESET,
    WEIR__BARRIER_STATE
};

enum {
    WEIR__QUEUE_PUT,
    WEIR__QUEUE_GET,
    WEIR__QUEUE_SIZE,
    WEIR__QUEUE_CLOSE,
    WEIR__QUEUE_INFO,
    WEIR__QUEUE_PUT_MANY,
    WEIR__QUEUE_GET_MANY,
    WEIR__QUEUE_TASK_DONE,
    WEIR__QUEUE_JOIN,
    WEIR__QUEUE_GET_LEASE,
    WEIR__QUEUE_ACK,
    WEIR__QUEUE_NACK,
    WEIR__QUEUE_EXTEND
};

//  Which item a queue gives first. Equal items come in the order in which they
//  were put.
typedef enum weir__queue_order {
    WEIR__QUEUE_FIFO,     //  the item that was put first
    WEIR__QUEUE_LIFO,     //  the item that was put last
    WEIR__QUEUE_PRIORITY, //  the smallest item
    WEIR__QUEUE_ORDERS
} weir__queue_order_t;

enum {
    WEIR__SET_ADD,
    WEIR__SET_DISCARD,
    WEIR__SET_REMOVE,
    WEIR__SET_POP,
    WEIR__SET_CONTAINS,
    WEIR__SET_SIZE,
    WEIR__SET_ITEMS,
    WEIR__SET_CLEAR,
    WEIR__SET_UNION,
    WEIR__SET_INTERSECTION,
    WEIR__SET_DIFFERENCE,
    WEIR__SET_SYMMETRIC_DIFFERENCE,
    WEIR__SET_UPDATE,
    WEIR__SET_INTERSECTION_UPDATE,
    WEIR__SET_DIFFERENCE_UPDATE,
    WEIR__SET_SYMMETRIC_DIFFERENCE_UPDATE,
    WEIR__SET_IS_SUBSET,
    WEIR__SET_IS_SUPERSET,
    WEIR__SET_IS_DISJOINT,
    WEIR__SET_EQUALS
};

enum {
    WEIR__ARRAY_GET,
    WEIR__ARRAY_SET,
    WEIR__ARRAY_ADD,
    WEIR__ARRAY_GET_SLICE,
    WEIR__ARRAY_SET_SLICE,
    WEIR__ARRAY_ADD_SLICE,
    WEIR__ARRAY_READ,
    WEIR__ARRAY_WRITE,
    WEIR__ARRAY_SIZE,
    WEIR__ARRAY_TYPE
};

enum {
    WEIR__EVENT_SET,
    WEIR__EVENT_CLEAR,
    WEIR__EVENT_IS_SET,
    WEIR__EVENT_WAIT
};

enum {
    WEIR__SEMAPHORE_ACQUIRE,
    WEIR__SEMAPHORE_RELEASE,
    WEIR__SEMAPHORE_VALUE,
    WEIR__SEMAPHORE_CONSUME
};

enum {
    WEIR__RWLOCK_ACQUIRE_READ,
    WEIR__RWLOCK_ACQUIRE_WRITE,
    WEIR__RWLOCK_RELEASE,
    WEIR__RWLOCK_INFO
};

#endif
