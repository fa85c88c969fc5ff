/*  sessions.h - ends sessions and peers

    SPDX-License-Identifier: MPL-2.0
*/

#ifndef WEIR__OWNER_SESSIONS_H_INCLUDED
#define WEIR__OWNER_SESSIONS_H_INCLUDED

#include "owner/state.h"

//  Ends a session. Sends REFUSED with the error and the sentence to its peers,
//  unless the error is 0.
void weir__engine_end_session (weir__engine_t *self,
                               weir__peer_session_t *client, int error,
                               const char *sentence, uint64_t now_us);

//  Ends the session of a peer that broke the rules. `peer` is NULL for a
//  connection without a session, which is only refused.
void weir__engine_drop (weir__engine_t *self, uint64_t number,
                        weir__peer_t *peer, uint64_t now_us, const char *cause);

//  Tells all peers that the owner ends, and removes all sessions.
void weir__engine_dismiss (weir__engine_t *self);

//  Completes the work after an entry: sends owed replies, ends the sessions of
//  deaf peers, or all sessions when the log has failed.
void weir__engine_settle (weir__engine_t *self, uint64_t now_us);

#endif
