/*  poller.h - what a select asks one owner

    A connection of its own to the owner, over which it asks by polls (see
    doc/protocol.md) which of some objects are ready. Only weir__poller_expect
    waits.

    The select's turn guards it.

    SPDX-License-Identifier: MPL-2.0
*/

#ifndef WEIR__SELECT_POLLER_H_INCLUDED
#define WEIR__SELECT_POLLER_H_INCLUDED

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "client/uplink.h"
#include "codec/ready.h"

//  An object, and what for.
typedef struct weir__polled {
    uint64_t object;
    weir__ready_t ready;
    int64_t sequence; //  of changes that the caller knows of; -1: none
    bool is_ready;    //  so the owner said last ...
    int64_t told;     //  ... with this sequence; -1: it has none
} weir__polled_t;

typedef struct weir__poller {
    weir__remote_t *remote;
    weir__uplink_t *uplink;   //  NULL: not yet
    int epoll, fd, owner_fd;  //  the uplink's descriptors are in that epoll
    uint64_t asked;           //  the last poll that has no answer; 0: none
    bool waits;               //  that one, until there is something to tell
    bool answered;            //  since it was asked for the last time
    weir__polled_t **members; //  borrowed; in the order of the polls
    size_t count;
    struct weir__poller *prev, *next; //  the select's own
} weir__poller_t;

//  Takes a share in the remote. NULL with ENOMEM.
weir__poller_t *weir__poller_new (weir__remote_t *remote);
void weir__poller_destroy (weir__poller_t **self_p);

//  In a forked child: the connection is the parent's. whole: none of its threads
//  was in the middle of using it; else its memory cannot be touched.
void weir__poller_forget (weir__poller_t *self, bool whole);

//  Makes room for an object, about which it asks the owner, and waits for the
//  answer. Returns 0, or -1 with ENOBUFS (there are too many), ENOENT (it is not
//  there, and can't change), ENOMEM or as weir__links_call.
int weir__poller_expect (weir__poller_t *self, weir__polled_t *member);

//  Adds the object that is expected. / Removes one. Under the process lock; what
//  was asked before is cancelled before.
void weir__poller_add (weir__poller_t *self, weir__polled_t *member);
void weir__poller_remove (weir__poller_t *self, const weir__polled_t *member);

//  Asks which are ready, with timeout 0, or -1: to be answered when one is. The
//  uplink's descriptors are put into the epoll. Returns 0, or -1 with EMFILE,
//  ENOBUFS, EACCES, EPROTO, ENOMEM.
int weir__poller_ask (weir__poller_t *self, int epoll, int timeout_ms);

//  Nothing is asked any more.
void weir__poller_cancel (weir__poller_t *self);

//  Whether nothing is asked, and could be: an owner that is silent may be asked
//  only so often.
bool weir__poller_can_ask (const weir__poller_t *self);

//  Takes in what has arrived: `answered` and the members' is_ready are set. An
//  owner that has ended answers that all are. When there is no answer, and
//  nothing is asked, it must be asked again. Returns as weir__poller_ask.
int weir__poller_take_in (weir__poller_t *self);

#endif
