/*  peers.h - the connections of an owner, and whose they are

    A peer is a connection that has said HELLO: it is one link of one session.
    Part of the engine; no I/O.

    SPDX-License-Identifier: MPL-2.0
*/

#ifndef WEIR__OWNER_PEERS_H_INCLUDED
#define WEIR__OWNER_PEERS_H_INCLUDED

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "codec/frame.h"
#include "base/hash.h"
#include "machine/machine.h"

typedef struct weir__peer weir__peer_t;
typedef struct weir__client weir__client_t;

//  Session and link: no padding, for its bytes are hashed.
typedef struct weir__peer_key {
    uint64_t session;
    uint64_t link;
} weir__peer_key_t;

struct weir__peer {
    uint64_t number; //  as the carrier knows it
    weir__client_t *client;
    weir__peer_key_t key;                //  the same, for the table
    weir__origin_t origin;               //  session and link
    uint32_t attempt;                    //  of the link, to connect
    uint64_t acked;                      //  replies up to here have arrived
    uint32_t reply_bytes [WEIR__WINDOW]; //  of those that have not
    size_t unacked_bytes;                //  the sum of them
    uint64_t owed;    //  bits: replies, by number modulo WINDOW, that found no
                      //  memory to be sent
    uint64_t owed_us; //  since when, as far as seen; 0: none
    bool reads;       //  has asked for a read since the entry
    weir__joiner_t joiner;
    uint64_t joining; //  how many large messages began before its own did
    const char *deaf; //  why it cannot be served any more; NULL: it can
    weir__peer_t *prev, *next; //  in the client's list
    UT_hash_handle hh;         //  by number
    UT_hash_handle hh_origin;  //  by origin
};

//  The session of a peer, as the engine sees it: a process with connections.
struct weir__client {
    uint64_t session;
    pid_t pid;
    bool left; //  it said so, by CLOSE
    weir__peer_t *peers;
    weir__buffer_t closed; //  numbers (u32) of links that were closed after
                           //  more than one connection
    UT_hash_handle hh;
};

enum { WEIR__ENDED_SESSIONS = 4096 };

typedef struct weir__peers {
    weir__peer_t *by_number;
    weir__peer_t *by_origin;
    weir__client_t *clients;
    uint64_t ended [WEIR__ENDED_SESSIONS]; //  the last ones, a ring; 0: none
    size_t next_ended;                     //  its oldest
} weir__peers_t;

weir__client_t *weir__client_find (const weir__peers_t *self, uint64_t session);
weir__client_t *weir__client_add (weir__peers_t *self, uint64_t session,
                                  pid_t pid);

//  Removes a client with its peers.
void weir__client_remove (weir__peers_t *self, weir__client_t *client);

//  A session has ended / is among the last that have. What is still on its way
//  by a connection that nobody knows yet must not begin it anew: its requests
//  would be done once more.
void weir__peers_end (weir__peers_t *self, uint64_t session);
bool weir__peers_ended (const weir__peers_t *self, uint64_t session);

weir__peer_t *weir__peer_find (const weir__peers_t *self, uint64_t number);
weir__peer_t *weir__peer_of (const weir__peers_t *self, weir__origin_t origin);

//  The one whose unfinished large message began first; one that is deaf.
//  NULL: none.
weir__peer_t *weir__peers_joining (const weir__peers_t *self);
weir__peer_t *weir__peers_deaf (const weir__peers_t *self);

//  NULL: no memory. The number and the origin must be new.
weir__peer_t *weir__peer_add (weir__peers_t *self, weir__client_t *client,
                              uint64_t number, const weir__hello_t *hello);
void weir__peer_remove (weir__peers_t *self, weir__peer_t *peer);

//  The peer's link is closed / has been closed. What is still on its way by an
//  earlier connection of the link must not open it again. (By its only
//  connection nothing can come after CLOSE.)
void weir__client_close (weir__client_t *self, const weir__peer_t *peer);
bool weir__client_closed (const weir__client_t *self, uint32_t link);

//  The peer has the replies up to a number / is sent one of that size.
void weir__peer_acked (weir__peer_t *self, uint64_t acked);
void weir__peer_sent (weir__peer_t *self, uint64_t number, size_t size);

#endif
