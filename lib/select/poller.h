/*  poller.h - the part of a select that polls one owner

    A poller has an uplink of its own to the owner. Over it the poller asks, by
    polls (see doc/protocol.md), which objects are ready. Only
    weir__poller_expect waits.

    The select's turn guards a poller.

    SPDX-License-Identifier: MPL-2.0
*/

#ifndef WEIR__SELECT_POLLER_H_INCLUDED
#define WEIR__SELECT_POLLER_H_INCLUDED

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "client/uplink.h"
#include "codec/ready.h"

//  An object, and the readiness to poll it for.
typedef struct weir__polled {
    uint64_t object;
    weir__readiness_t ready;
    int64_t sequence; //  of the last change that the caller knows of; -1: none
    bool is_ready;    //  by the last answer
    int64_t told;     //  the sequence in the last answer; -1: none
} weir__polled_t;

typedef struct weir__poller {
    weir__remote_t *remote;
    weir__uplink_t *uplink;   //  NULL: not connected
    int epoll, fd, owner_fd;  //  the uplink's descriptors, and their epoll
    uint64_t asked;           //  the last poll, without an answer yet; 0: none
    bool waits;               //  that poll waits until an object is ready
    bool answered;            //  the last poll was answered
    uint64_t unheard_us;      //  that waits have lasted since its last answer
    weir__polled_t **members; //  borrowed; in the order of the polls
    size_t count;
    struct weir__poller *prev, *next; //  in the list of the select
} weir__poller_t;

//  Makes a poller. Takes a share in the remote. Returns NULL with ENOMEM.
weir__poller_t *weir__poller_new (weir__remote_t *remote);

//  Destroys a poller, and releases its share in the remote.
void weir__poller_destroy (weir__poller_t **self_p);

//  Drops the parent's connection in a forked child.
//  whole: no thread of the parent was using the uplink during the fork. If it
//  is false, the uplink's memory is left alone.
void weir__poller_forget (weir__poller_t *self, bool whole);

//  Makes room for an object, polls the owner about it, and waits for the
//  answer. Returns 0, or -1 with ENOBUFS (too many objects), ENOENT (the object
//  of a WEIR__READY_CHANGE was dropped), ENOMEM or the errors of
//  weir__links_call.
int weir__poller_expect (weir__poller_t *self, weir__polled_t *member);

//  Adds the object that weir__poller_expect made room for. The caller has
//  cancelled the last poll, and holds the process lock.
void weir__poller_add_locked (weir__poller_t *self, weir__polled_t *member);

//  Removes an object. The caller has cancelled the last poll, and holds the
//  process lock.
void weir__poller_remove_locked (weir__poller_t *self,
                                 const weir__polled_t *member);

//  Polls the owner, and cancels the poll before. Adds the uplink's descriptors
//  to the epoll when it connects.
//  timeout_ms: 0 for an answer at once; -1 for an answer when an object is
//  ready.
//  Returns 0, or -1 with EMFILE, ENOBUFS, EACCES, EPROTO or ENOMEM.
int weir__poller_ask (weir__poller_t *self, int epoll, int timeout_ms);

//  Cancels the last poll, if it has no answer yet.
void weir__poller_cancel (weir__poller_t *self);

//  Returns whether no poll is open and another one is possible. A silent owner
//  can get only WEIR__WINDOW polls.
bool weir__poller_can_ask (const weir__poller_t *self);

//  Takes in the frames that have arrived, and sets `answered` and the members'
//  is_ready. When the owner has ended, all members are ready. If afterwards
//  there is neither an answer nor an open poll, the caller must poll again.
//  Returns as weir__poller_ask.
int weir__poller_take_in (weir__poller_t *self);

#endif
