/*  peers.h - the connections of an owner, and their sessions

    A peer is a connection that has sent HELLO. It is one link of one session.
    This module is part of the engine and does no I/O.

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
typedef struct weir__peer_session weir__peer_session_t;

//  A session and a link. It must have no padding, because its bytes are hashed.
typedef struct weir__peer_key {
    uint64_t session;
    uint64_t link;
} weir__peer_key_t;

struct weir__peer {
    uint64_t number; //  number of the connection at the carrier
    weir__peer_session_t *client;
    weir__peer_key_t key;                //  the origin, as the key of a table
    weir__origin_t origin;               //  session and link
    uint32_t attempt;                    //  of the link to connect
    uint64_t acked;                      //  replies up to here have arrived
    uint32_t reply_bytes [WEIR__WINDOW]; //  sizes of the later replies
    size_t unacked_bytes;                //  sum of reply_bytes
    uint64_t owed;    //  a bit for each reply that found no memory, by number
                      //  modulo WINDOW
    uint64_t owed_us; //  when this was first noticed; 0: nothing is owed
    bool reads;       //  a read waits for the entry
    weir__joiner_t joiner;
    uint64_t joining; //  how many large messages had begun before its own
    const char *deaf; //  why the owner cannot serve it any more; NULL: it can
    weir__peer_t *prev, *next; //  in the client's list
    UT_hash_handle hh;         //  by number
    UT_hash_handle hh_origin;  //  by origin
};

//  A session in the view of the engine: a process with its connections.
struct weir__peer_session {
    uint64_t session;
    pid_t pid;
    bool left; //  its process has ended it with CLOSE
    weir__peer_t *peers;
    weir__buffer_t closed; //  u32 numbers of closed links that had more than
                           //  one connection
    UT_hash_handle hh;
};

enum { WEIR__ENDED_SESSIONS = 4096 };

typedef struct weir__peers {
    weir__peer_t *by_number;
    weir__peer_t *by_origin;
    weir__peer_session_t *sessions;
    uint64_t ended [WEIR__ENDED_SESSIONS]; //  ring, latest sessions; 0: free
    size_t next_ended;                     //  index of the oldest
} weir__peers_t;

//  Returns a session, or NULL.
weir__peer_session_t *weir__peer_session_find (const weir__peers_t *self,
                                               uint64_t session);

//  Adds a session. Returns NULL when out of memory.
weir__peer_session_t *weir__peer_session_add (weir__peers_t *self,
                                              uint64_t session, pid_t pid);

//  Removes a session with its peers.
void weir__peer_session_remove (weir__peers_t *self,
                                weir__peer_session_t *client);

//  Remembers that a session has ended. A HELLO that is still on its way must
//  not begin the session again, because the owner would then execute its
//  requests a second time.
void weir__peers_end (weir__peers_t *self, uint64_t session);

//  Returns whether a session is among the latest that have ended.
bool weir__peers_ended (const weir__peers_t *self, uint64_t session);

//  Returns the peer with that number, or NULL.
weir__peer_t *weir__peer_find (const weir__peers_t *self, uint64_t number);

//  Returns the peer of that link, or NULL.
weir__peer_t *weir__peer_of (const weir__peers_t *self, weir__origin_t origin);

//  Returns the peer whose unfinished large message began first, or NULL.
weir__peer_t *weir__peers_joining (const weir__peers_t *self);

//  Returns a deaf peer, or NULL.
weir__peer_t *weir__peers_deaf (const weir__peers_t *self);

//  Adds a peer. Its number and its origin must be new. Returns NULL when out of
//  memory.
weir__peer_t *weir__peer_add (weir__peers_t *self, weir__peer_session_t *client,
                              uint64_t number, const weir__hello_t *hello);

//  Removes a peer.
void weir__peer_remove (weir__peers_t *self, weir__peer_t *peer);

//  Remembers that the link of a peer is closed. A HELLO from an earlier
//  connection of the link may still be on its way and must not open the link
//  again. A link that had only one connection is not remembered, because
//  nothing can follow CLOSE on that connection.
void weir__peer_session_close (weir__peer_session_t *self,
                               const weir__peer_t *peer);

//  Returns whether a link is remembered as closed.
bool weir__peer_session_closed (const weir__peer_session_t *self,
                                uint32_t link);

//  Notes that the peer has received all replies up to a number.
void weir__peer_acked (weir__peer_t *self, uint64_t acked);

//  Notes that a reply of `size` bytes has been sent to the peer.
void weir__peer_sent (weir__peer_t *self, uint64_t number, size_t size);

#endif
