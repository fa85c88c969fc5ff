/*  watch.h - the objects that polls wait for

    Each object has a list of the polls that wait for it. Every change touches
    its object. At the end of an entry the machine wakes the polls for which a
    touched object is ready.

    SPDX-License-Identifier: MPL-2.0
*/

#ifndef WEIR__MACHINE_CORE_WATCH_H_INCLUDED
#define WEIR__MACHINE_CORE_WATCH_H_INCLUDED

#include "codec/ready.h"
#include "machine/core/types.h"

//  One object that a poll waits for.
struct weir__poll_item {
    weir__poll_t *poll;
    weir__object_t *object; //  NULL: it does not exist, or was dropped
    weir__readiness_t ready;
    bool counted;      //  for WEIR__READY_CHANGE: `sequence` is set
    uint64_t sequence; //  the one that the caller has seen
    weir__poll_item_t *prev, *next; //  in object->polls
};

struct weir__poll {
    weir__request_t *request;
    weir__poll_t *prev, *next; //  in machine->woken
    bool woken;                //  it is in machine->woken
    uint32_t count;
    weir__poll_item_t items [];
};

//  Returns true when the object is ready, or does not exist.
bool weir__watch_is_ready (const weir__poll_item_t *item);

//  Adds the poll to the lists of its objects, and gives it to its request.
void weir__watch_begin (weir__poll_t *self);

//  Records that the object may have become ready. The caller calls it after
//  each change on which readiness depends.
void weir__watch_touch (weir__object_t *object);

//  Removes an object that is about to be freed from all polls, and wakes those
//  polls.
void weir__watch_forget (weir__object_t *object);

//  Wakes each poll for which a touched object is ready: moves it to
//  machine->woken, where the caller answers it.
void weir__watch_wake (weir__machine_t *machine);

//  Frees the poll of a request that stops waiting, if it has one.
void weir__watch_end (weir__request_t *request);

#endif
