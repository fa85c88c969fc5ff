/*  history.h - random histories for the machine

    Several sessions use objects of all kinds. Their requests wait, time out,
    are cancelled, repeated and acknowledged, and links and sessions end.

    A history does not know the meaning of its requests. It only keeps track of
    numbers, of replies that have arrived, and of ids that replies gave.

    SPDX-License-Identifier: MPL-2.0
*/

#ifndef WEIR_TESTS_MODEL_HISTORY_H_INCLUDED
#define WEIR_TESTS_MODEL_HISTORY_H_INCLUDED

#include <stdbool.h>
#include <stdint.h>

#include "base/buffer.h"
#include "machine/machine.h"
#include "weir/value.h"
#include "machine/entry.h"

enum {
    HISTORY_SESSIONS = 3,
    HISTORY_LINKS = 2, //  of a session
    HISTORY_OBJECTS = 24,
    HISTORY_STEPS = 6 //  of an entry, at most
};

//  A record, before it is bytes.
typedef struct step {
    weir__record_type_t type;
    weir__origin_t who;
    uint64_t number;
    uint64_t acked;
    uint64_t object;
    unsigned op;
    int timeout_ms;
    weir__guard_t guard;
    unsigned argc;
    weir_value_t args [WEIR__ARGS]; //  live as long as the history
} step_t;

typedef struct history_link {
    weir__origin_t who;
    bool open;
    uint64_t last;       //  number that was sent
    uint64_t come;       //  replies have come up to here
    bool is_here [1024]; //  by number, modulo
    step_t sent [1024];  //  the same
} history_link_t;

typedef struct history {
    uint64_t random;
    uint64_t time_us;
    unsigned favourite; //  the kind of most objects; 0: none
    history_link_t links [HISTORY_SESSIONS * HISTORY_LINKS];
    struct {
        uint64_t id;
        unsigned kind;
        int64_t grant;   //  of a queue: its last lease, of a lock: its token
        int64_t detail;  //  of an array: the type of its elements
        int64_t changes; //  that are known of
    } objects [HISTORY_OBJECTS];
    int64_t lease; //  of the queue that is being asked
    unsigned object_count;
    int64_t detail;               //  of the object that is asked
    step_t steps [HISTORY_STEPS]; //  of the last entry
    unsigned step_count;
    weir__buffer_t entry; //  the last entry
    void **blocks;
    size_t block_count;
} history_t;

history_t *history_new (uint64_t seed);
void history_destroy (history_t **self_p);

//  Makes the next entry.
void history_next (history_t *self);

//  Notes a reply. To be called for every reply.
void history_reply (history_t *self, weir__origin_t to, uint64_t number,
                    weir__bytes_t body);

//  Notes a successful reply, which may contain a lease or the token of a lock.
//  To be called for every reply to a request that has succeeded.
void history_grant (history_t *self, const step_t *step, weir__bytes_t body);

//  Notes a new object of that kind; detail: the third argument of its creation.
void history_note (history_t *self, uint64_t id, weir_value_t kind,
                   weir_value_t detail);

//  history_value.c: arguments.

//  Returns memory that lives as long as the history.
void *history_block (history_t *self, size_t size);

weir_value_t history_value (history_t *self, int depth);

//  An argument by its letter:
//      v any value   i integer   s index or bound   n the same, or nil
//      l list   m map   b boolean   k key   a name   w map of names
//      o a list or the id of a set   t a time in milliseconds
//      h the id of a lock
//      e the same or -1   c a lease of the queue
//      E type of elements   C a small count   x number   y numbers, or one
//      Y numbers
//      z bytes of elements   p a path   N often a list or a map
weir_value_t history_argument (history_t *self, char letter);

//  history_step.c: operations of requests.

//  Chooses object, operation, timeout and arguments.
void history_request (history_t *self, step_t *step);

//  Chooses an operation on the object at that index, without guard or timeout.
void history_operation (history_t *self, step_t *step, unsigned place);

//  history_transaction.c: several requests as one.
void history_transact (history_t *self, step_t *step);

//  history_poll.c: polls of several objects.
void history_poll (history_t *self, step_t *step);

//  Guesses how often objects have changed. To be called for every request that
//  has succeeded.
void history_changed (history_t *self, const step_t *step);

#endif
