/*  sessions.h - how peers and sessions end

    SPDX-License-Identifier: MPL-2.0
*/

#ifndef WEIR__OWNER_SESSIONS_H_INCLUDED
#define WEIR__OWNER_SESSIONS_H_INCLUDED

#include "owner/state.h"

//  Ends a session, with what is to be told to its peers; nothing when error
//  is 0.
void weir__engine_end_session (weir__engine_t *self, weir__client_t *client,
                               int error, const char *sentence,
                               uint64_t now_us);

//  A peer broke the rules: its session ends. peer: NULL when it is in none.
void weir__engine_drop (weir__engine_t *self, uint64_t number,
                        weir__peer_t *peer, uint64_t now_us, const char *cause);

//  Tells all peers that the owner ends, and forgets them.
void weir__engine_dismiss (weir__engine_t *self);

//  Does what making entries has left: ends the sessions of the deaf, or all of them
//  when the log has failed.
void weir__engine_settle (weir__engine_t *self, uint64_t now_us);

#endif
