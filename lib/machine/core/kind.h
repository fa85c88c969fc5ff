/*  kind.h - the functions and operations of a kind of object

    A kind is a table of pure functions on its own state. A new kind needs its
    own file and one line in kinds/kinds.c.

    SPDX-License-Identifier: MPL-2.0
*/

#ifndef WEIR__MACHINE_CORE_KIND_H_INCLUDED
#define WEIR__MACHINE_CORE_KIND_H_INCLUDED

#include "codec/ready.h"
#include "machine/core/types.h"
#include "weir/value.h"

//  What an operation may do to its object, or to its caller.
typedef enum weir__effect {
    WEIR__READS,  //  changes nothing
    WEIR__WRITES, //  answers or refuses at once
    WEIR__ALONE,  //  the same, but cannot be a step of a transaction
    WEIR__PARKS,  //  answers, refuses or parks
    WEIR__GRANTS  //  the same, with a hold reserved for the answer
} weir__effect_t;

//  One operation of a kind.
typedef struct weir__op {
    const char *name; //  for sentences and logs
    void (*apply) (weir__object_t *object, weir__call_t *call);
    uint8_t argc_min;
    uint8_t argc_max;
    uint8_t effect;
    uint8_t line; //  where it parks
    uint8_t kept; //  number, from 1, of the argument that becomes an inner
                  //  value of the object, which can be read as a whole; 0: none
} weir__op_t;

enum { WEIR__FACTS = 8 };

struct weir__kind {
    weir__kind_code_t code;
    const char *name;
    const weir__op_t *ops; //  indexed by the numbers in codec/ops.h
    size_t op_count;
    uint8_t create_argc_min;
    uint8_t create_argc_max;

    //  Makes object->state from the call's arguments. On failure, refuses the
    //  call, leaves the state NULL and returns false.
    bool (*create) (weir__object_t *object, weir__call_t *call);

    //  Frees the state. Accepts a NULL state.
    void (*destroy) (weir__object_t *object);

    //  Handles the end of a hold (holds.h) whose link has ended or whose lease
    //  has expired. The machine has removed the hold from the object, and frees
    //  it afterwards. NULL for kinds without holders.
    void (*holder_gone) (weir__object_t *object, const weir__hold_t *hold,
                         weir__leave_t leave);

    //  Checks a hold that was restored from a snapshot. Returns false when the
    //  object cannot have it. NULL for kinds without holders.
    bool (*held) (weir__object_t *object, const weir__hold_t *hold);

    //  Handles the end of a link whose request waited in that line. The request
    //  has left the line. NULL: the machine calls settle instead.
    void (*waiter_gone) (weir__object_t *object, unsigned line,
                         weir__leave_t leave);

    //  Passes a notice to the next waiter: the link that got it has ended
    //  before it acknowledged the reply. NULL for kinds without notices.
    void (*receiver_gone) (weir__object_t *object, weir__notice_t notice);

    //  Handles the end of a wait that was not granted: ETIMEDOUT, EINTR,
    //  EDEADLK, or ENOENT when the object is dropped. Returns true when the
    //  kind has handled it; after ENOENT the request must have left the lines
    //  of this object. Returns false to let the machine refuse the request with
    //  that error. NULL: always false.
    bool (*wait_ended) (weir__object_t *object, weir__request_t *request,
                        int error);

    //  Prepares for the drop of another object, the leader. Waits at this
    //  object that need the leader to end move to the leader's lines. NULL for
    //  kinds that follow no object.
    void (*leader_dropped) (weir__object_t *object, weir__object_t *leader);

    //  Returns true when the parked request waits until every holder gives the
    //  object up: only such a wait can be part of a deadlock. NULL: false.
    bool (*waits_for_holders) (const weir__object_t *object,
                               const weir__request_t *request);

    //  Resumes every waiter whose condition now holds. The machine calls it
    //  after each operation that may have changed the object, after a hold or a
    //  wait has ended in another way, and at the end of a transaction. NULL for
    //  kinds without such waiters.
    void (*settle) (weir__object_t *object);

    //  Prepares the object for the changes of a transaction. Returns false when
    //  out of memory. Until `end`, no hold is taken or ended, and no waiter is
    //  resumed. A kind with `begin` also keeps object->sequence, a change
    //  counter: the machine counts operations that never wait; the kind counts
    //  all other changes. NULL: transactions cannot change this kind.
    bool (*begin) (weir__object_t *object);

    //  Keeps or undoes all changes since `begin`. Cannot fail. The machine
    //  calls settle afterwards when it keeps them.
    void (*end) (weir__object_t *object, bool keeps);

    //  Returns true when the object is ready in that way. `ready` is one that
    //  codec/ready.h lists for this kind, except WEIR__READY_CHANGE. The answer
    //  may change only by an operation on the object, or when a hold or a wait
    //  ends (see weir__watch_touch).
    bool (*ready) (const weir__object_t *object, weir__readiness_t ready);

    //  Fills in the kind's facts for weir_object_info: a name, then a plain
    //  value, for each. Returns the number of facts, at most WEIR__FACTS. NULL:
    //  no facts.
    size_t (*describe) (const weir__object_t *object, weir_value_t *facts);

    //  Writes the state to a snapshot. The machine writes the parked requests
    //  and the holds.
    void (*save) (const weir__object_t *object, weir__buffer_t *to);

    //  Reads the state from a snapshot. Returns false when the bytes are
    //  invalid, or when out of memory; `destroy` accepts the state even then.
    bool (*load) (weir__object_t *object, weir__reader_t *from);
};

//  Returns true when transactions can change the object.
static inline bool weir__transacts (const weir__object_t *object)
{
    return object->kind->begin != NULL;
}

//  Returns true when the operation may change its object and never parks.
static inline bool weir__changes (const weir__op_t *op)
{
    return op->effect != WEIR__READS && op->effect < WEIR__PARKS;
}

#endif
