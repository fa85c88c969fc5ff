/*  kind.h - what a kind of objects is

    A kind is a table of pure functions over its own state. Adding one touches
    its own file and one line in kinds/kinds.c.

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
    WEIR__ALONE,  //  the same, but is no step of a transaction
    WEIR__KEEPS,  //  the same, and argument 0 becomes an inner value of the
                  //  object, which can be read as a whole; for argument n it
                  //  is WEIR__KEEPS + n
    WEIR__PARKS = WEIR__KEEPS + WEIR__ARGS,  //  or parks, in line 0; for line n
                                             //  it is WEIR__PARKS + n
    WEIR__GRANTS = WEIR__PARKS + WEIR__LINES //  the same, with a hold reserved
                                             //  for when it is answered
} weir__effect_t;

typedef struct weir__op {
    const char *name; //  for sentences and logs
    void (*apply) (weir__object_t *object, weir__call_t *call);
    uint8_t argc_min;
    uint8_t argc_max;
    uint8_t effect;
} weir__op_t;

enum { WEIR__FACTS = 8 };

struct weir__kind {
    weir__kind_code_t code;
    const char *name;
    const weir__op_t *ops; //  by the numbers in codec/ops.h
    size_t op_count;
    uint8_t create_argc_min;
    uint8_t create_argc_max;

    //  Makes object->state out of the arguments of the call. On failure
    //  refuses the call, leaves the state NULL and returns false.
    bool (*create) (weir__object_t *object, weir__call_t *call);

    //  Frees the state. Accepts a NULL state.
    void (*destroy) (weir__object_t *object);

    //  A hold (hold.h) has ended: its link is gone, or its lease has run out.
    //  It is not in the object any more, and is freed afterwards. / A hold was
    //  restored: whether it can be one. NULL for kinds that nobody holds.
    void (*holder_gone) (weir__object_t *object, const weir__hold_t *hold,
                         weir__leave_t leave);
    bool (*held) (weir__object_t *object, const weir__hold_t *hold);

    //  A request that waited in that line has vanished with its link. NULL:
    //  settling is enough.
    void (*waiter_gone) (weir__object_t *object, unsigned line,
                         weir__leave_t leave);

    //  The receiver of a notice is gone without an acknowledgement: the notice
    //  passes on. NULL for kinds that give none.
    void (*receiver_gone) (weir__object_t *object, weir__notice_t notice);

    //  A wait ends before it was granted: ETIMEDOUT, EINTR, or ENOENT when the
    //  object is dropped. Returns false to have it refused with that error,
    //  true when the kind has seen to it; after ENOENT it is in no line of this
    //  object any more. NULL: false.
    bool (*wait_ended) (weir__object_t *object, weir__request_t *request,
                        int error);

    //  Another object is going to be dropped, one that has followers. Waits of
    //  this object that cannot end without that one move there. NULL for kinds
    //  that follow no object.
    void (*leader_dropped) (weir__object_t *object, weir__object_t *leader);

    //  Whether that parked request waits until each one who holds the object
    //  gives it up: then it can be part of a deadlock. NULL: no.
    bool (*waits_for_holders) (const weir__object_t *object,
                               const weir__request_t *request);

    //  Lets those go on who wait for what is so since the last change. The
    //  machine asks for it after each operation that may have changed the
    //  object, when a hold or a wait has ended in another way, and at the end of
    //  a transaction. NULL: nobody waits for such.
    void (*settle) (weir__object_t *object);

    //  A transaction is going to change the object / has ended: all changes
    //  since then are kept, or undone. begin returns false when memory is out;
    //  end cannot fail. Meanwhile holds are neither taken nor ended, and nobody
    //  is let go on but by settle, afterwards. Whose kind has this has a
    //  sequence that counts all changes: the machine does it for operations that
    //  never wait; what may wait, or changes it otherwise, counts itself.
    //  NULL: no transaction can change it.
    bool (*begin) (weir__object_t *object);
    void (*end) (weir__object_t *object, bool keeps);

    //  Whether the object is ready, for what codec/ready.h has for this kind, but
    //  for WEIR__READY_CHANGE. Whatever changes that is an operation on the
    //  object, or ends a hold or a wait (see weir__watch_touch).
    bool (*ready) (const weir__object_t *object, weir__ready_t ready);

    //  Facts of the kind's own for weir_object_info: names and plain values in
    //  turn. Returns how many facts, at most WEIR__FACTS. NULL: none.
    size_t (*info) (const weir__object_t *object, weir_value_t *facts);

    //  Writes and reads the state. restore leaves a state that destroy
    //  accepts, and returns false when the bytes are no snapshot or memory is
    //  out. Parked requests and holds are the machine's to keep.
    void (*snapshot) (const weir__object_t *object, weir__buffer_t *to);
    bool (*restore) (weir__object_t *object, weir__reader_t *from);
};

static inline bool weir__transacts (const weir__object_t *object)
{
    return object->kind->begin != NULL;
}

//  Whether it answers at once, and may change its object.
static inline bool weir__changes (const weir__op_t *op)
{
    return op->effect != WEIR__READS && op->effect < WEIR__PARKS;
}

#endif
