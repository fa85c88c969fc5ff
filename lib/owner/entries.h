/*  entries.h - makes entries of what has arrived, and answers

    SPDX-License-Identifier: MPL-2.0
*/

#ifndef WEIR__OWNER_ENTRIES_H_INCLUDED
#define WEIR__OWNER_ENTRIES_H_INCLUDED

#include "machine/entry.h"
#include "owner/state.h"

//  Adds a record to the entry that is being gathered. False: no memory; never
//  for a record without a body.
bool weir__engine_record (weir__engine_t *self, const weir__record_t *record,
                          uint64_t now_us);

//  Makes an entry, as weir__engine_commit does, but ends no session, so that
//  peers that were found before are still there.
void weir__engine_make_entry (weir__engine_t *self, uint64_t now_us);

//  Sends a reply, of which the machine keeps the body if it has more than a few
//  bytes: without memory it is sent later.
void weir__engine_reply (weir__engine_t *self, weir__peer_t *peer,
                         uint64_t number, weir__bytes_t body);

//  Answers a read.
void weir__engine_answer_read (weir__engine_t *self, weir__peer_t *peer,
                               uint64_t number,
                               const weir__request_body_t *body);

//  Tries again to send what found no memory. A peer that is owed a reply for too
//  long cannot be served.
void weir__engine_pay_all (weir__engine_t *self, uint64_t now_us);

#endif
