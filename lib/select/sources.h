/*  sources.h - a select, and what it waits for

    The turn guards everything, and is given up while a thread sleeps. What
    changes the set of sources also holds the process lock, so that a forked
    child finds it whole.

    SPDX-License-Identifier: MPL-2.0
*/

#ifndef WEIR__SELECT_SOURCES_H_INCLUDED
#define WEIR__SELECT_SOURCES_H_INCLUDED

#include <limits.h>
#include <poll.h>

#include "base/bell.h"
#include "pipe/end.h"
#include "select/poller.h"
#include "base/turn.h"
#include "weir/select.h"

//  A number that no descriptor has: a source with it is always ready, as its process
//  is not a child of this one.
enum { WEIR__LOST = INT_MAX, WEIR__NONE = -1 };

//  The first of these that is there says what it is.
typedef struct weir__source {
    weir__poller_t *poller; //  an object
    weir__polled_t polled;
    weir_pipe_t *pipe; //  an end, with a share in its pair
    bool sends;
    int fd; //  a descriptor
    short events;
    bool sentinel; //  of a process, which forked children have closed
    bool is_ready; //  a pipe or a descriptor, when it was looked at last
} weir__source_t;

struct weir_select {
    weir__turn_t turn;
    uint64_t generation;      //  of the process that the rest is of
    int epoll;                //  -1: not in this process yet
    weir__bell_t bell;        //  in the epoll
    weir__source_t **sources; //  by number; NULL: free
    struct pollfd *polls;
    int count; //  of both arrays
    int last;  //  that was told; -1: none
    weir__poller_t *pollers;
};

//  Takes the turn; in a forked child what can sleep is made anew. Returns 0, or -1
//  with EINVAL (no select), EMFILE, ENFILE, ENOMEM, or without a sentence EAGAIN
//  (the deadline has passed) or EINTR.
int weir__select_enter (weir_select_t *self, uint64_t deadline_us);

//  Gives the turn up.
void weir__select_leave (weir_select_t *self);

//  Makes the epoll and the bell. Returns 0, or -1 with EMFILE, ENFILE or ENOMEM.
int weir__select_open (weir_select_t *self);

//  Closes them.
void weir__select_close (weir_select_t *self);

//  Makes the slot of the descriptor in the epoll what its sources want. Files have
//  no slot; they are always ready. Returns 0 or -1.
int weir__select_watch (weir_select_t *self, int fd);

//  In a forked child: forgets what belongs to the parent.
void weir__select_forget_parent (weir_select_t *self);

//  Frees a poller that has no source any more.
void weir__select_release (weir_select_t *self, weir__poller_t *poller);

//  -1 with errno's sentence: what makes it sleep has failed.
int weir__select_fail (void);

#endif
