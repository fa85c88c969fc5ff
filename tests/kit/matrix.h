/*  matrix.h - every role of every kind, and harm to its player

    A row is a role of a kind: the holder of a lock, a consumer of a queue. It
    has three players: a victim and two others, processes that live as long as
    the row. All of them repeat the step of their role, and wait without a
    timeout. The victim suffers each of these harms many times:

        MATRIX_KILL   it is a process, killed at a random moment
        MATRIX_STOP   it is a process, stopped at a random moment and then
                      continued
        MATRIX_END    it is a thread, which ends without releasing anything,
                      between two random calls of its steps

    Each time the others must continue, and all must end when the play is over.
    Then the state must be the result of the steps. Each request that the victim
    had sent was applied as a whole or not at all.

    SPDX-License-Identifier: MPL-2.0
*/

#ifndef WEIR_TESTS_KIT_MATRIX_H_INCLUDED
#define WEIR_TESTS_KIT_MATRIX_H_INCLUDED

#include <stdatomic.h>

#include "kit/shared.h"

typedef enum matrix_harm {
    MATRIX_KILL,
    MATRIX_STOP,
    MATRIX_END,
    MATRIX_HARMS
} matrix_harm_t;

//  The players: the others are 0 and 1.
enum { MATRIX_VICTIM = 2, MATRIX_ACTORS, MATRIX_DEEDS = 2 };

typedef enum matrix_hold {
    MATRIX_FREE,
    MATRIX_HOLDS,
    MATRIX_READS //  holds at times, but never so that its death abandons it
} matrix_hold_t;

//  A player, in memory shared by all. A deed is a counted change. The deeds of
//  a step are numbered; the row defines their meaning.
typedef struct matrix_actor {
    int index;
    int left;                        //  moments until its thread ends
    atomic_int sent [MATRIX_DEEDS];  //  begun
    atomic_int acked [MATRIX_DEEDS]; //  and known to be done
    atomic_int holds;                //  matrix_hold_t, as far as it knows
    atomic_int abandoned;     //  how often its grants were marked as abandoned
    int stops;                //  MATRIX_STOP_ITEMs that it got
    int last [MATRIX_ACTORS]; //  the last item that it got, of each actor
} matrix_actor_t;

//  A step of a role. Returns false when its play is over.
typedef bool (matrix_step_fn) (matrix_actor_t *me);

//  A kind. The objects are static variables of its test.
typedef struct matrix_kind {
    const char *name;
    void (*begin) (weir_owner_t *owner); //  makes the objects
    void (*check) (
        matrix_actor_t *actors); //  after each harm, while nobody plays
    void (*end) (void);          //  destroys the handles
} matrix_kind_t;

//  Whether the others need the victim.
typedef enum matrix_need {
    MATRIX_NOT_NEEDED,
    MATRIX_NEEDED,    //  they may have to wait while it is stopped
    MATRIX_COUNTED_ON //  they wait for its steps: it is killed after its first
                      //  ones; another thread replaces its ended one
} matrix_need_t;

typedef struct matrix_row {
    const matrix_kind_t *kind;
    const char *role; //  of the victim
    matrix_step_fn *victim;
    matrix_step_fn *others [2];
    matrix_need_t need;
} matrix_row_t;

//  Runs the rows. Returns the exit code of the program.
int matrix_main (const char *name, const matrix_row_t *rows, int count);

//  ---------------------------------------------------------------------------
//  For steps

//  Returns whether the play is over. A player on which others wait then tells
//  them so, and ends.
bool matrix_over (void);

//  Returns whether the victim plays to the end.
bool matrix_victim_stays (void);

//  Marks a moment at which a thread may end.
void matrix_moment (matrix_actor_t *me);

//  Begins a deed. Returns its number, from 0.
int matrix_begin (matrix_actor_t *me, int deed);

//  Marks the deed as done.
void matrix_done (matrix_actor_t *me, int deed);

//  Enters a section for one player at a time. Others never see the work of a
//  player inside half done, unless the lock says that it was abandoned. Tokens
//  grow.
void matrix_enter (matrix_actor_t *me, bool abandoned, uint64_t token);

//  Leaves the section.
void matrix_leave (matrix_actor_t *me);

//  Does the same for a player that changes nothing, while others read, too. A
//  reader does not leave.
void matrix_read (matrix_actor_t *me, bool abandoned);

//  ---------------------------------------------------------------------------
//  For checks

//  Settles the number of times that this actor did a deed, or all of them did:
//  as often as it knows, or once more if it was killed. The number found is the
//  known one from now on.
void matrix_settle (matrix_actor_t *actor, int deed, int64_t found);
void matrix_settle_sum (matrix_actor_t *actors, int deed, int64_t found);

//  Resets all counts.
void matrix_forget (matrix_actor_t *actors);

//  Checks how often something was marked as abandoned, also for the check
//  itself (`seen`). That is once when the victim knew that it held, never when
//  it did not die or only read, and otherwise at most once.
void matrix_ck_abandoned (matrix_actor_t *actors, bool seen);

//  Checks that nobody waits at the object, and nobody holds it.
void matrix_ck_idle (void *object);

//  ---------------------------------------------------------------------------
//  Items: numbers that one player puts and another gets

//  Tells its getter that the play is over. Larger than any item.
#define MATRIX_STOP_ITEM INT32_MAX

//  Returns the n-th item of an actor. The order of the items differs from that
//  of n.
int32_t matrix_item (const matrix_actor_t *me, int n);

//  Records a received item and checks that no other player has it. With
//  `ordered`, checks that the items of each actor come in order.
void matrix_got (matrix_actor_t *me, int64_t item, bool ordered);

//  Counts the items put by deeds 0, `each` items in each deed, that nobody got,
//  and those got again. A deed's items arrive all or none. Settles these deeds,
//  and forgets the items.
typedef struct matrix_items {
    int lost, again;
} matrix_items_t;
matrix_items_t matrix_count_items (matrix_actor_t *actors, int each);

#endif
