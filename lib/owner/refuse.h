/*  refuse.h - tells peers and the operator what is not served

    SPDX-License-Identifier: MPL-2.0
*/

#ifndef WEIR__OWNER_REFUSE_H_INCLUDED
#define WEIR__OWNER_REFUSE_H_INCLUDED

#include "owner/state.h"

//  Tells whoever runs the owner, but not more than it can read.
void weir__engine_note (weir__engine_t *self, weir__note_t sort,
                        uint64_t now_us, const char *format, ...)
    __attribute__ ((format (printf, 4, 5)));

//  Tells a peer that it is not, or no longer, served.
void weir__engine_refuse (weir__engine_t *self, uint64_t peer, int error,
                          const char *sentence);

//  Removes a peer; its link goes on and may come back.
void weir__engine_forget (weir__engine_t *self, weir__peer_t *peer);

//  This peer cannot be served any more: weir__engine_settle sees to it.
void weir__engine_deafen (weir__engine_t *self, weir__peer_t *peer,
                          const char *cause);

#endif
