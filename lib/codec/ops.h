/*  ops.h - the numbers of kinds and operations on the wire

    A number is never reused for another meaning. doc/protocol.md describes
    arguments and results.

    SPDX-License-Identifier: MPL-2.0
*/

#ifndef WEIR__CODEC_OPS_H_INCLUDED
#define WEIR__CODEC_OPS_H_INCLUDED

typedef enum weir__kind_code {
    WEIR__DIRECTORY = 0,
    WEIR__DICT = 1,
    WEIR__LIST = 2,
    WEIR__VAR = 3,
    WEIR__LOCK = 4,
    WEIR__QUEUE = 5,
    WEIR__NAMESPACE = 6,
    WEIR__SET = 7,
    WEIR__ARRAY = 8,
    WEIR__RLOCK = 9,
    WEIR__SEMAPHORE = 10,
    WEIR__CONDITION = 11,
    WEIR__EVENT = 12,
    WEIR__BARRIER = 13,
    WEIR__RWLOCK = 14,
    WEIR__KINDS = 15
} weir__kind_code_t;

//  An operation of every object except the directory.
enum { WEIR__INFO = 0xffff };

//  The directory is object 0 of every owner. It lists all other objects.
enum {
    WEIR__DIRECTORY_CREATE = 0,
    WEIR__DIRECTORY_OPEN = 1,
    WEIR__DIRECTORY_DROP = 2,
    WEIR__DIRECTORY_LIST = 3,
    WEIR__DIRECTORY_TRANSACT = 4,
    WEIR__DIRECTORY_POLL = 5
};

//  The types of a step of a transaction.
typedef enum weir__step_type {
    WEIR__STEP_DO = 0,     //  [0, object, operation, arguments ...]
    WEIR__STEP_EXPECT = 1, //  [1, object, operation, expected result of a read,
                           //  arguments ...]
    WEIR__STEP_EXPECT_SEQUENCE = 2, //  [2, object, sequence]
    WEIR__STEP_TAKE = 3 //  [3, object, operation, index of an earlier result,
                        //  arguments ...]: that result is appended as the last
                        //  argument
} weir__step_type_t;

//  A namespace has the same operations. Its keys are the names of attributes.
enum {
    WEIR__DICT_SET = 0,
    WEIR__DICT_GET = 1,
    WEIR__DICT_CONTAINS = 2,
    WEIR__DICT_DELETE = 3,
    WEIR__DICT_POP = 4,
    WEIR__DICT_POPITEM = 5,
    WEIR__DICT_SETDEFAULT = 6,
    WEIR__DICT_ADD = 7,
    WEIR__DICT_CAS = 8,
    WEIR__DICT_UPDATE = 9,
    WEIR__DICT_SIZE = 10,
    WEIR__DICT_KEYS = 11,
    WEIR__DICT_VALUES = 12,
    WEIR__DICT_ITEMS = 13,
    WEIR__DICT_CLEAR = 14,
    WEIR__DICT_GET_AT = 15,
    WEIR__DICT_SET_AT = 16,
    WEIR__DICT_DELETE_AT = 17,
    WEIR__DICT_ADD_AT = 18,
    WEIR__DICT_APPEND_AT = 19,
    WEIR__DICT_CAS_AT = 20,
    WEIR__DICT_OPS = 21
};

enum {
    WEIR__LIST_APPEND = 0,
    WEIR__LIST_EXTEND = 1,
    WEIR__LIST_INSERT = 2,
    WEIR__LIST_GET = 3,
    WEIR__LIST_SET = 4,
    WEIR__LIST_DELETE = 5,
    WEIR__LIST_POP = 6,
    WEIR__LIST_REMOVE = 7,
    WEIR__LIST_INDEX = 8,
    WEIR__LIST_COUNT = 9,
    WEIR__LIST_ADD = 10,
    WEIR__LIST_REVERSE = 11,
    WEIR__LIST_SORT = 12,
    WEIR__LIST_GET_SLICE = 13,
    WEIR__LIST_SET_SLICE = 14,
    WEIR__LIST_DELETE_SLICE = 15,
    WEIR__LIST_SIZE = 16,
    WEIR__LIST_CLEAR = 17,
    WEIR__LIST_POP_WAIT = 18
};

enum {
    WEIR__VAR_GET = 0,
    WEIR__VAR_SET = 1,
    WEIR__VAR_ADD = 2,
    WEIR__VAR_EXCHANGE = 3,
    WEIR__VAR_CAS = 4,
    WEIR__VAR_WAIT_EQUAL = 5,
    WEIR__VAR_WAIT_AT_LEAST = 6,
    WEIR__VAR_WAIT_CHANGED = 7
};

//  An rlock has the same operations.
enum {
    WEIR__LOCK_ACQUIRE = 0,
    WEIR__LOCK_RELEASE = 1,
    WEIR__LOCK_INFO = 2,
    WEIR__LOCK_RENEW = 3
};

enum { WEIR__CONDITION_WAIT, WEIR__CONDITION_NOTIFY };

enum {
    WEIR__BARRIER_WAIT = 0,
    WEIR__BARRIER_ACTED = 1,
    WEIR__BARRIER_ABORT = 2,
    WEIR__BARRIER_RESET = 3,
    WEIR__BARRIER_STATE = 4
};

enum {
    WEIR__QUEUE_PUT = 0,
    WEIR__QUEUE_GET = 1,
    WEIR__QUEUE_SIZE = 2,
    WEIR__QUEUE_CLOSE = 3,
    WEIR__QUEUE_INFO = 4,
    WEIR__QUEUE_PUT_MANY = 5,
    WEIR__QUEUE_GET_MANY = 6,
    WEIR__QUEUE_TASK_DONE = 7,
    WEIR__QUEUE_JOIN = 8,
    WEIR__QUEUE_GET_LEASE = 9,
    WEIR__QUEUE_ACK = 10,
    WEIR__QUEUE_NACK = 11,
    WEIR__QUEUE_EXTEND = 12
};

//  Which item a queue gives first. Equal items come in the order in which they
//  were put.
typedef enum weir__queue_order {
    WEIR__QUEUE_FIFO = 0,     //  the item that was put first
    WEIR__QUEUE_LIFO = 1,     //  the item that was put last
    WEIR__QUEUE_PRIORITY = 2, //  the smallest item
    WEIR__QUEUE_ORDERS = 3
} weir__queue_order_t;

enum {
    WEIR__SET_ADD = 0,
    WEIR__SET_DISCARD = 1,
    WEIR__SET_REMOVE = 2,
    WEIR__SET_POP = 3,
    WEIR__SET_CONTAINS = 4,
    WEIR__SET_SIZE = 5,
    WEIR__SET_ITEMS = 6,
    WEIR__SET_CLEAR = 7,
    WEIR__SET_UNION = 8,
    WEIR__SET_INTERSECTION = 9,
    WEIR__SET_DIFFERENCE = 10,
    WEIR__SET_SYMMETRIC_DIFFERENCE = 11,
    WEIR__SET_UPDATE = 12,
    WEIR__SET_INTERSECTION_UPDATE = 13,
    WEIR__SET_DIFFERENCE_UPDATE = 14,
    WEIR__SET_SYMMETRIC_DIFFERENCE_UPDATE = 15,
    WEIR__SET_IS_SUBSET = 16,
    WEIR__SET_IS_SUPERSET = 17,
    WEIR__SET_IS_DISJOINT = 18,
    WEIR__SET_EQUALS = 19
};

enum {
    WEIR__ARRAY_GET = 0,
    WEIR__ARRAY_SET = 1,
    WEIR__ARRAY_ADD = 2,
    WEIR__ARRAY_GET_SLICE = 3,
    WEIR__ARRAY_SET_SLICE = 4,
    WEIR__ARRAY_ADD_SLICE = 5,
    WEIR__ARRAY_READ = 6,
    WEIR__ARRAY_WRITE = 7,
    WEIR__ARRAY_SIZE = 8,
    WEIR__ARRAY_TYPE = 9
};

enum {
    WEIR__EVENT_SET = 0,
    WEIR__EVENT_CLEAR = 1,
    WEIR__EVENT_IS_SET = 2,
    WEIR__EVENT_WAIT = 3
};

enum {
    WEIR__SEMAPHORE_ACQUIRE = 0,
    WEIR__SEMAPHORE_RELEASE = 1,
    WEIR__SEMAPHORE_VALUE = 2,
    WEIR__SEMAPHORE_CONSUME = 3
};

enum {
    WEIR__RWLOCK_ACQUIRE_READ = 0,
    WEIR__RWLOCK_ACQUIRE_WRITE = 1,
    WEIR__RWLOCK_RELEASE = 2,
    WEIR__RWLOCK_INFO = 3
};

//  Positions in the list that an operation gives.
enum weir__grant { //  acquire of locks, and wait of a condition
    WEIR__GRANT_TOKEN = 0,
    WEIR__GRANT_ABANDONED = 1,
    WEIR__GRANT_OUTCOME = 2 //  only of a condition: a status
};
enum weir__lock_info {
    WEIR__LOCK_INFO_LOCKED = 0,
    WEIR__LOCK_INFO_TOKEN = 1,
    WEIR__LOCK_INFO_ABANDONED = 2,
    WEIR__LOCK_INFO_WAITING = 3,
    WEIR__LOCK_INFO_SESSION = 4,
    WEIR__LOCK_INFO_LINK = 5,
    WEIR__LOCK_INFO_ITEMS = 6
};
enum weir__rwlock_info {
    WEIR__RWLOCK_INFO_WRITING = 0,
    WEIR__RWLOCK_INFO_READERS = 1,
    WEIR__RWLOCK_INFO_TOKEN = 2,
    WEIR__RWLOCK_INFO_ABANDONED = 3,
    WEIR__RWLOCK_INFO_WAITING = 4,
    WEIR__RWLOCK_INFO_ITEMS = 5
};
enum weir__barrier_state {
    WEIR__BARRIER_STATE_PARTIES = 0,
    WEIR__BARRIER_STATE_WAITING = 1,
    WEIR__BARRIER_STATE_BROKEN = 2,
    WEIR__BARRIER_STATE_ITEMS = 3
};
enum weir__barrier_pass { //  wait of a barrier
    WEIR__BARRIER_PASS_INDEX = 0,
    WEIR__BARRIER_PASS_ACTS = 1,
    WEIR__BARRIER_PASS_ITEMS = 2
};
enum weir__queue_info {
    WEIR__QUEUE_INFO_SIZE = 0,
    WEIR__QUEUE_INFO_MAXSIZE = 1,
    WEIR__QUEUE_INFO_CLOSED = 2,
    WEIR__QUEUE_INFO_GETTERS = 3,
    WEIR__QUEUE_INFO_PUTTERS = 4,
    WEIR__QUEUE_INFO_JOINERS = 5,
    WEIR__QUEUE_INFO_ORDER = 6,
    WEIR__QUEUE_INFO_UNFINISHED = 7,
    WEIR__QUEUE_INFO_LEASES = 8,
    WEIR__QUEUE_INFO_ITEMS = 9
};
enum weir__queue_lease { //  get_lease of a queue
    WEIR__QUEUE_LEASE_VALUE = 0,
    WEIR__QUEUE_LEASE_ID = 1,
    WEIR__QUEUE_LEASE_DELIVERIES = 2,
    WEIR__QUEUE_LEASE_ITEMS = 3
};

#endif
