/*  types.h - objects, sessions and requests, as the machine holds them

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

//  How many waiting lines an object has; a kind gives them their meaning.
enum { WEIR__LINES = 3 };

//  Something that ends at its time, in the machine's heap.
typedef struct weir__timer {
    uint64_t deadline_us; //  WEIR__NEVER: not in the heap
    uint64_t order;       //  of equal deadlines, the smaller fires first
    weir__node_t node;
    bool claimed; //  there is room for it in the heap
    bool of_hold; //  of a weir__hold_t, else of a weir__request_t
} weir__timer_t;

//  Index (low 32 bits) and generation (high): the id of a dropped object is
//  not given out again. The directory is object 0.
struct weir__object {
    uint64_t id;
    const weir__kind_t *kind;
    char *name;        //  NULL: temporary, goes with its session
    void *state;       //  the kind's own
    void *before;      //  the same, for when a transaction is undone
    uint64_t sequence; //  how many operations have changed it, if its kind
                       //  transacts
    weir__machine_t *machine;
    weir__request_t *lines [WEIR__LINES]; //  parked requests, oldest first
    weir__hold_t *holds;      //  who holds it, oldest first; see hold.h
    weir__poll_item_t *polls; //  that wait for it to be ready; see poll.h
    bool touched;             //  it is one of the machine's that are
    weir__object_t *touched_prev, *touched_next;
    bool has_followers; //  other objects are told when it is dropped
    uint64_t search;    //  the last search that came by, see deadlock.c
    const weir__hold_t *search_from;
    weir__object_t *search_next;
    weir__session_t *creator;                        //  of a temporary object
    weir__object_t *temporary_prev, *temporary_next; //  in the creator's
    UT_hash_handle hh; //  in the directory, by name
};

//  A notice of a condition that has ended a wait there.
typedef struct weir__notice {
    uint64_t condition; //  its id
    uint64_t order;     //  the waits that were parked then are below; 0: no
                        //  notice
} weir__notice_t;

//  A request that changes state, from its arrival until it is acknowledged:
//  parked in a line of an object, or done with its reply kept.
struct weir__request {
    uint64_t number;
    weir__link_t *link;
    weir__object_t *object;       //  where it is parked; NULL: done
    weir__request_t *prev, *next; //  in the object's line
    weir__timer_t timer;
    weir__buffer_t reply;
    uint8_t *body; //  parked: the request's body, for its args
    size_t size;
    uint8_t line;
    weir__hold_t *hold; //  reserved for when it is granted; NULL: none
    weir__poll_t *poll; //  what it waits for at the directory; NULL: nothing
    uint16_t outcome;   //  a status, of a wait that goes on at another object
    weir__notice_t notice; //  that ended its wait, until it is acknowledged
};

//  What a request's reply has room for from the start.
enum { WEIR__REPLY_ROOM = 64 };

//  One thread's connection within a session.
struct weir__link {
    uint32_t number;
    weir__session_t *session;
    uint64_t acked; //  no request up to here is asked for again
    weir__request_t *requests [WEIR__WINDOW]; //  by number, modulo
    weir__hold_t *holds;                      //  oldest first
    UT_hash_handle hh;                        //  in the session, by number
};

struct weir__session {
    uint64_t id;
    uint64_t process; //  as its OPEN record says
    weir__link_t *links;
    weir__object_t *temporaries; //  in the order of creation
    bool ends;                   //  all its links do, at once
    UT_hash_handle hh;           //  in the machine, by id
};

struct weir__hold {
    weir__object_t *object; //  NULL: it is reserved only
    weir__link_t *link;
    uint64_t token;    //  of this grant: the kind counts them from 1
    uint64_t count;    //  the kind's own: depth, units ...; 1 at first
    uint32_t lease_ms; //  it ends by itself so long after it was taken; 0: not
    weir__timer_t timer;
    weir__hold_t *prev, *next;           //  of the object
    weir__hold_t *link_prev, *link_next; //  of the link
};

enum { WEIR__LEASE_MS_MAX = INT32_MAX };

//  How a link or a session ends, or a hold.
typedef enum weir__leave {
    WEIR__LEFT,  //  it said so
    WEIR__DIED,  //  it did not
    WEIR__LAPSED //  only the hold: its lease ran out
} weir__leave_t;

//  The machine itself.
typedef struct weir__slot {
    weir__object_t *object; //  NULL: free
    uint32_t generation;    //  of the object, or of the next one
} weir__slot_t;

struct weir__machine {
    uint64_t time_us; //  of the last entry; never goes back
    uint64_t order;   //  how many requests were parked and holds taken, ever
    uint64_t search;  //  how often a deadlock was looked for; no state
    weir__session_t *sessions;
    weir__slot_t *slots; //  objects, by the index in their id
    uint32_t slot_count;
    uint32_t slot_capacity; //  of both arrays
    uint32_t *free_slots;   //  a stack
    uint32_t free_count;
    weir__object_t *names;
    weir__heap_t timers;
    weir__object_t *touched;  //  in this entry, of those that polls wait for
    weir__poll_t *woken;      //  that are answered at the end of it
    const weir__sink_t *sink; //  during weir__machine_apply
};

#endif
