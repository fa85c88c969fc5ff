/*  refuse.h - refuses peers, and writes notes for the operator

    SPDX-License-Identifier: MPL-2.0
*/

#ifndef WEIR__OWNER_REFUSE_H_INCLUDED
#define WEIR__OWNER_REFUSE_H_INCLUDED

#include "owner/state.h"

//  Writes a note for the operator, but at most NOTES_PER_SECOND of each sort.
void weir__engine_note (weir__engine_t *self, weir__note_t sort,
                        uint64_t now_us, const char *format, ...)
    __attribute__ ((format (printf, 4, 5)));

//  Sends REFUSED with a sentence to a peer.
void weir__engine_refuse (weir__engine_t *self, uint64_t peer, int error,
                          const char *sentence);

//  Removes a peer. Its link remains and may come back.
void weir__engine_forget (weir__engine_t *self, weir__peer_t *peer);

//  Marks a peer as deaf: it cannot be served any more. weir__engine_settle then
//  ends its session.
void weir__engine_deafen (weir__engine_t *self, weir__peer_t *peer,
                          const char *cause);

#endif
