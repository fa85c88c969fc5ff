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

//  Who plays: the others are 0 and 1.
enum { MATRIX_VICTIM = 2, MATRIX_ACTORS, MATRIX_DEEDS = 2 };

typedef enum matrix_hold {
    MATRIX_FREE,
    MATRIX_HOLDS,
    MATRIX_READS //  holds at times, but nothing that is abandoned then
} matrix_hold_t;

//  One who plays, in memory that all share. A deed is a change that is counted;
//  those of a step are numbered, and what they are the row knows.
typedef struct matrix_actor {
    int index;
    int left;                        //  moments until its thread ends
    atomic_int sent [MATRIX_DEEDS];  //  begun
    atomic_int acked [MATRIX_DEEDS]; //  and known to be done
    atomic_int holds;                //  matrix_hold_t, as far as it knows
    atomic_int abandoned;            //  what it got was so marked, so often
    int stops;                       //  MATRIX_STOP_ITEMs that it got
    int last [MATRIX_ACTORS];        //  the last item it got, of each
} matrix_actor_t;

//  A step of a role; false: it is over for this one.
typedef bool (matrix_step_fn) (matrix_actor_t *me);

//  A kind. The objects are static variables of its test.
typedef struct matrix_kind {
    const char *name;
    void (*begin) (weir_owner_t *owner);    //  makes the objects
    void (*check) (matrix_actor_t *actors); //  after each harm; nobody plays
    void (*end) (void);                     //  destroys the handles
} matrix_kind_t;

//  What the others need the victim for.
typedef enum matrix_need {
    MATRIX_NOT_NEEDED,
    MATRIX_NEEDED,    //  they may have to wait while it is stopped
    MATRIX_COUNTED_ON //  they wait for its steps: it is killed after the first
                      //  ones, and when its thread has ended another takes over
} matrix_need_t;

typedef struct matrix_row {
    const matrix_kind_t *kind;
    const char *role; //  of the victim
    matrix_step_fn *victim;
    matrix_step_fn *others [2];
    matrix_need_t need;
} matrix_row_t;

//  What a program returns whose tests are these rows.
int matrix_main (const char *name, const matrix_row_t *rows, int count);

//  ---------------------------------------------------------------------------
//  For steps

//  Whether it is over: who would make others wait says so to them, and ends.
bool matrix_over (void);

//  Whether the victim plays to the end.
bool matrix_victim_stays (void);

//  A thread may end here.
void matrix_moment (matrix_actor_t *me);

//  A deed begins; its number, from 0. / It is done.
int matrix_begin (matrix_actor_t *me, int deed);
void matrix_done (matrix_actor_t *me, int deed);

//  A section in which one is at a time: of who has come into it nobody else sees
//  anything half done, but for who was told that it was abandoned. Tokens grow.
void matrix_enter (matrix_actor_t *me, bool abandoned, uint64_t token);
void matrix_leave (matrix_actor_t *me);

//  The same for who changes nothing, while others read, too; it is not left.
void matrix_read (matrix_actor_t *me, bool abandoned);

//  ---------------------------------------------------------------------------
//  For checks

//  So often a deed of this one was done, all of them in all: as often as it knows,
//  or at most once more if it was killed. That is known now.
void matrix_settle (matrix_actor_t *actor, int deed, int64_t found);
void matrix_settle_sum (matrix_actor_t *actors, int deed, int64_t found);

//  All counts begin anew.
void matrix_forget (matrix_actor_t *actors);

//  How often something was marked as abandoned, also by the check (`seen`): once
//  when the victim knew that it held, never when it has not died or has only
//  read, once at most otherwise.
void matrix_ck_abandoned (matrix_actor_t *actors, bool seen);

//  Nobody waits at the object, and nobody holds it.
void matrix_ck_idle (void *object);

//  ---------------------------------------------------------------------------
//  Items: numbers that one puts and somebody gets

//  Says that it is over: larger than any item.
#define MATRIX_STOP_ITEM INT32_MAX

//  The n-th item of an actor. In the order of numbers they are not in that of n.
int32_t matrix_item (const matrix_actor_t *me, int n);

//  It was got: nobody else has it; if `ordered`, each one's items come in order.
void matrix_got (matrix_actor_t *me, int64_t item, bool ordered);

//  Of what was put in deeds 0, so many items in each, how many nobody got, and
//  how often one was got again. A deed's items are all there or none. Settles
//  these deeds, and forgets the items.
typedef struct matrix_items {
    int lost, again;
} matrix_items_t;
matrix_items_t matrix_count_items (matrix_actor_t *actors, int each);

#endif
