/*  types.h - the machine's objects, sessions, links, requests and holds

    SPDX-License-Identifier: MPL-2.0
*/

#ifndef WEIR__MACHINE_CORE_TYPES_H_INCLUDED
#define WEIR__MACHINE_CORE_TYPES_H_INCLUDED

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buffer.h"
#include "base/hash.h"
#include "codec/frame.h"
#include "machine/core/heap.h"
#include "machine/core/sink.h"

typedef struct weir__kind weir__kind_t;
typedef struct weir__call weir__call_t;
typedef struct weir__object weir__object_t;
typedef struct weir__request weir__request_t;
typedef struct weir__link weir__link_t;
typedef struct weir__session weir__session_t;
typedef struct weir__hold weir__hold_t;
typedef struct weir__poll weir__poll_t;
typedef struct weir__poll_item weir__poll_item_t;

//  The number of waiting lines of an object. Each kind gives them a meaning.
enum { WEIR__LINES = 3 };

//  The end of a wait or of a lease, in the machine's heap.
typedef struct weir__timer {
    uint64_t deadline_us; //  WEIR__NEVER: not in the heap
    uint64_t order;       //  among equal deadlines, the smallest fires first
    weir__node_t node;
    bool claimed; //  it has room in the heap
    bool of_hold; //  it is in a weir__hold_t, else in a weir__request_t
} weir__timer_t;

//  The id contains the index (low 32 bits) and the generation (high), so that
//  the id of a dropped object is never used again. The directory is object 0.
struct weir__object {
    uint64_t id;
    const weir__kind_t *kind;
    char *name;        //  NULL: temporary, ends with its session
    void *state;       //  belongs to the kind
    void *before;      //  belongs to the kind, to undo a transaction
    uint64_t sequence; //  counts the operations that changed it, if its kind
                       //  transacts
    weir__machine_t *machine;
    weir__request_t *lines [WEIR__LINES]; //  parked requests, oldest first
    weir__hold_t *holds;                  //  oldest first; see holds.h
    weir__poll_item_t *polls; //  the polls that wait for it; see watch.h
    bool touched;             //  it is in machine->touched
    weir__object_t *touched_prev, *touched_next;
    bool has_followers; //  a drop calls leader_dropped of other objects
    uint64_t search;    //  the last search that reached it; see deadlock.c
    const weir__hold_t *search_from;
    weir__object_t *search_next;
    weir__session_t *creator;                        //  of a temporary object
    weir__object_t *temporary_prev, *temporary_next; //  in creator->temporaries
    UT_hash_handle hh;                               //  in machine->names
};

//  The notice of a condition that ended a wait.
typedef struct weir__notice {
    uint64_t condition; //  the id of the condition
    uint64_t order;     //  waits that began before the notice have a smaller
                        //  order; 0: no notice
} weir__notice_t;

//  A request of an entry, from its arrival until the link acknowledges it. It
//  is parked in a line of an object, or done with its reply kept.
struct weir__request {
    uint64_t number;
    weir__link_t *link;
    weir__object_t *object;       //  at which it is parked; NULL: done
    weir__request_t *prev, *next; //  in object->lines [line]
    weir__timer_t timer;
    weir__buffer_t reply;
    uint8_t *body; //  only while parked: the body, with the arguments
    size_t size;
    uint8_t line;
    weir__hold_t *hold;    //  reserved for the grant; NULL: none
    weir__poll_t *poll;    //  the objects that it waits for; NULL: not a poll
    uint16_t outcome;      //  the status of a wait that moved to another object
    weir__notice_t notice; //  of the condition that ended the wait
};

//  The bytes that every reply has room for from the start.
enum { WEIR__REPLY_ROOM = 64 };

//  One thread's connection within a session.
struct weir__link {
    uint32_t number;
    weir__session_t *session;
    uint64_t acked; //  the link does not repeat requests up to this number
    weir__request_t *requests [WEIR__WINDOW]; //  by number modulo WEIR__WINDOW
    weir__hold_t *holds;                      //  oldest first
    UT_hash_handle hh;                        //  in session->links, by number
};

struct weir__session {
    uint64_t id;
    uint64_t process; //  the number of its OPEN record
    weir__link_t *links;
    weir__object_t *temporaries; //  oldest first
    bool ends;                   //  all its links end at once
    UT_hash_handle hh;           //  in machine->sessions, by id
};

struct weir__hold {
    weir__object_t *object; //  NULL: only reserved
    weir__link_t *link;
    uint64_t token;    //  of this grant; the kind counts grants from 1
    uint64_t count;    //  set by the kind: depth, units ...; 1 at first
    uint32_t lease_ms; //  the length of its lease; 0: no lease
    weir__timer_t timer;
    weir__hold_t *prev, *next;           //  in object->holds
    weir__hold_t *link_prev, *link_next; //  in link->holds
};

enum { WEIR__LEASE_MS_MAX = INT32_MAX };

//  How a link, a session or a hold ended.
typedef enum weir__leave {
    WEIR__LEFT,  //  the client closed it
    WEIR__DIED,  //  the client died or broke the rules
    WEIR__LAPSED //  only of a hold: its lease expired
} weir__leave_t;

//  An element of the machine's object table.
typedef struct weir__slot {
    weir__object_t *object; //  NULL: free
    uint32_t generation;    //  of the object, or of the next object
} weir__slot_t;

//  The machine itself.
struct weir__machine {
    uint64_t time_us; //  of the last entry; never goes back
    uint64_t order;   //  counts the waits and holds that ever began
    uint64_t search;  //  counts searches for deadlocks; not part of the state
    weir__session_t *sessions;
    weir__slot_t *slots; //  objects, by the index in the id
    uint32_t slot_count;
    uint32_t slot_capacity; //  of slots and free_slots
    uint32_t *free_slots;   //  a stack
    uint32_t free_count;
    weir__object_t *names;
    weir__heap_t timers;
    weir__object_t *touched;  //  objects with polls, touched in this entry
    weir__poll_t *woken;      //  polls to answer at the end of this entry
    const weir__sink_t *sink; //  during weir__machine_apply
};

#endif
