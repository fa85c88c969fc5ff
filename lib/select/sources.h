/*  sources.h - a select, its sources, and the epoll on which it sleeps

    The turn guards everything; a thread passes it on while it sleeps. A thread
    that changes the set of sources also holds the process lock, so that a
    forked child inherits a complete set.

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

//  LOST: a number that no descriptor has. A source with this number is always
//  ready: it stands for a process that is not a child of this one. NONE: no
//  descriptor.
enum { WEIR__LOST = INT_MAX, WEIR__NONE = -1 };

//  A source: an object if `poller` is set, else a pipe if `pipe` is set, else a
//  descriptor.
typedef struct weir__source {
    weir__poller_t *poller; //  of an object
    weir__polled_t polled;
    weir_pipe_t *pipe; //  with a share in its pair
    bool sends;
    int fd; //  of a descriptor
    short events;
    bool sentinel; //  of a process; forked children close it
    bool is_ready; //  pipe or descriptor: the result of the last look
} weir__source_t;

struct weir_select {
    weir__turn_t turn;
    uint64_t generation;      //  of the process for which the rest is valid
    int epoll;                //  -1: not made in this process yet
    weir__bell_t bell;        //  in the epoll
    weir__source_t **sources; //  by number; NULL: free
    struct pollfd *polls;
    int count; //  of both arrays
    int last;  //  the number that was returned last; -1: none
    weir__poller_t *pollers;
};

//  Takes the turn. In a forked child, also makes a new epoll. Returns 0, or -1
//  with EINVAL (`self` is NULL), EMFILE, ENFILE or ENOMEM; or, without a
//  sentence, EAGAIN (the deadline has passed) or EINTR.
int weir__select_enter (weir_select_t *self, uint64_t deadline_us);

//  Passes the turn on.
void weir__select_leave (weir_select_t *self);

//  Makes the epoll and the bell. Returns 0, or -1 with EMFILE, ENFILE or
//  ENOMEM.
int weir__select_open (weir_select_t *self);

//  Closes the epoll and the bell.
void weir__select_close (weir_select_t *self);

//  Sets the events of a descriptor in the epoll to those that its sources want.
//  A file cannot be in an epoll, and is always ready. Returns 0 or -1.
int weir__select_watch (weir_select_t *self, int fd);

//  Drops the state that belongs to the parent, in a forked child.
void weir__select_forget_parent (weir_select_t *self);

//  Frees a poller if it has no sources left.
void weir__select_release (weir_select_t *self, weir__poller_t *poller);

//  Fails with errno because the epoll or the bell failed. Returns -1.
int weir__select_fail (void);

#endif
