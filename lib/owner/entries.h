/*  entries.h - makes entries of records, applies them, and sends replies

    SPDX-License-Identifier: MPL-2.0
*/

#ifndef WEIR__OWNER_ENTRIES_H_INCLUDED
#define WEIR__OWNER_ENTRIES_H_INCLUDED

#include "machine/entry.h"
#include "owner/state.h"

//  Adds a record to the entry that is being gathered. Returns false when out of
//  memory, which never happens for a record without a body.
bool weir__engine_record (weir__engine_t *self, const weir__record_t *record,
                          uint64_t now_us);

//  Makes an entry as weir__engine_commit does, but ends no session, so that
//  pointers to peers remain valid.
void weir__engine_make_entry (weir__engine_t *self, uint64_t now_us);

//  Sends a reply. When out of memory it is sent later from the copy that the
//  machine keeps; the machine keeps every body of more than a few bytes.
void weir__engine_reply (weir__engine_t *self, weir__peer_t *peer,
                         uint64_t number, weir__bytes_t body);

//  Executes a read and sends its reply.
void weir__engine_answer_read (weir__engine_t *self, weir__peer_t *peer,
                               uint64_t number,
                               const weir__request_body_t *body);

//  Sends the owed replies: those that found no memory before. A peer that is
//  owed a reply for more than PAY_MAX_US cannot be served any more.
void weir__engine_pay_all (weir__engine_t *self, uint64_t now_us);

#endif
