/*  watch.h - which objects the polls wait for

    Each object has a list of the polls that wait for it. What changes an object
    touches it; at the end of an entry the polls of the touched ones are woken.

    SPDX-License-Identifier: MPL-2.0
*/

#ifndef WEIR__MACHINE_CORE_WATCH_H_INCLUDED
#define WEIR__MACHINE_CORE_WATCH_H_INCLUDED

#include "codec/ready.h"
#include "machine/core/types.h"

//  One object that a poll waits for.
struct weir__poll_item {
    weir__poll_t *poll;
    weir__object_t *object; //  NULL: it is not there (any more)
    weir__ready_t ready;
    bool counted;                   //  for WEIR__READY_CHANGE: there is ...
    uint64_t sequence;              //  ... a sequence that is known
    weir__poll_item_t *prev, *next; //  in the object's
};

struct weir__poll {
    weir__request_t *request;
    weir__poll_t *prev, *next; //  among those that are to be answered
    bool woken;                //  it is one of them
    uint32_t count;
    weir__poll_item_t items [];
};

//  Whether one would not wait for it: it is ready, or not there.
bool weir__watch_is_ready (const weir__poll_item_t *item);

//  The request waits for the objects of the poll from now on.
void weir__watch_begin (weir__poll_t *self);

//  The object may have become ready: to be called after each change of what
//  decides about that.
void weir__watch_touch (weir__object_t *object);

//  The object is going: the polls that wait for it are woken.
void weir__watch_forget (weir__object_t *object);

//  Wakes the polls for which one of the touched objects is ready: they are in
//  machine->woken then, to be answered.
void weir__watch_wake (weir__machine_t *machine);

//  Frees what a request that does not wait any more has of a poll, if anything.
void weir__watch_end (weir__request_t *request);

#endif
