/*  state.h - what the files of the engine share

    - engine.c  begins, makes entries and sends replies, ends
    - admit.c   lets connections in: HELLO
    - intake.c  takes their frames in, and throws them out

    SPDX-License-Identifier: MPL-2.0
*/

#ifndef WEIR__OWNER_STATE_H_INCLUDED
#define WEIR__OWNER_STATE_H_INCLUDED

#include "machine/entry.h"
#include "owner/engine.h"
#include "owner/peers.h"

enum {
    ENTRY_BYTES = 1 << 20, //  an entry is closed above this
    ENTRY_RESERVE = 4096,  //  memory that is always there for it
    CONTROL_RESERVE = 512, //  and for a WELCOME or REFUSED
    LINKS_PER_SESSION = 4096,
    UNACKED_BYTES = 2 * WEIR__MESSAGE_BYTES, //  replies not taken, a link
    JOINING_BYTES = 4 * WEIR__MESSAGE_BYTES, //  half-arrived, all peers
    PAY_STEP_US = 5000,    //  between attempts to send what found no memory
    PAY_MAX_US = 10000000, //  then its peer is dropped
    NOTES_PER_SECOND = 10  //  of a sort
};

typedef enum weir__note {
    WEIR__NOTE_REFUSED, //  a connection without a session
    WEIR__NOTE_DROPPED, //  a session
    WEIR__NOTES
} weir__note_t;

#define WEIR__ENGINE_NO_MEMORY "this owner has no memory or descriptors left"
#define WEIR__ENGINE_SESSION_ENDED                                           \
    "the session of that connection has ended; what it asked for without a " \
    "reply may have been done"

struct weir__engine {
    weir__engine_config_t config;
    weir__engine_io_t io;
    weir__log_t *log;
    uint64_t last; //  sequence number of the last entry
    weir__machine_t *machine;
    weir__peers_t peers;
    weir__buffer_t entry;    //  being gathered; empty: nothing yet
    weir__buffer_t welcomes; //  peers (u64) to be welcomed after it
    weir__buffer_t reads;    //  to be answered after it: peer (u64),
                             //  number (u64), body (block)
    weir__buffer_t scratch;  //  the answer to a read
    weir__buffer_t control;  //  one WELCOME or REFUSED
    size_t joining_bytes;
    uint64_t joinings; //  how many large messages have begun
    uint64_t note_second [WEIR__NOTES];
    unsigned note_count [WEIR__NOTES];
    uint64_t pay_us; //  when owed replies are tried again
    bool owes;       //  there are owed replies
    bool deaf;       //  there are deaf peers
    bool failed;     //  the log has
};

//  Tells whoever runs the owner, but not more than it can read.
void weir__engine_note (weir__engine_t *self, weir__note_t sort,
                        uint64_t now_us, const char *format, ...)
    __attribute__ ((format (printf, 4, 5)));

//  Makes an entry, as weir__engine_commit does, but ends no session, so that
//  peers that were found before are still there.
void weir__engine_make_entry (weir__engine_t *self, uint64_t now_us);

//  Then does what that left: ends the sessions of the deaf, or all of them
//  when the log has failed.
void weir__engine_settle (weir__engine_t *self, uint64_t now_us);

//  Adds a record to the entry that is being gathered. False: no memory; never
//  for a record without a body.
bool weir__engine_record (weir__engine_t *self, const weir__record_t *record,
                          uint64_t now_us);

//  Tells a peer that it is not, or no longer, served.
void weir__engine_refuse (weir__engine_t *self, uint64_t peer, int error,
                          const char *sentence);

//  Removes a peer; its link goes on and may come back.
void weir__engine_forget (weir__engine_t *self, weir__peer_t *peer);

//  Ends a session, with what is to be told to its peers; nothing when error
//  is 0.
void weir__engine_end_session (weir__engine_t *self, weir__client_t *client,
                               int error, const char *sentence,
                               uint64_t now_us);

//  A peer broke the rules: its session ends. peer: NULL when it is in none.
void weir__engine_drop (weir__engine_t *self, uint64_t number,
                        weir__peer_t *peer, uint64_t now_us, const char *cause);

//  This peer cannot be served any more: weir__engine_settle sees to it.
void weir__engine_deafen (weir__engine_t *self, weir__peer_t *peer,
                          const char *cause);

//  Sends a reply, of which the machine keeps the body if it has more than a few
//  bytes: without memory it is sent later. / Answers a read.
void weir__engine_reply (weir__engine_t *self, weir__peer_t *peer,
                         uint64_t number, weir__bytes_t body);
void weir__engine_answer_read (weir__engine_t *self, weir__peer_t *peer,
                               uint64_t number,
                               const weir__request_body_t *body);

//  A HELLO has arrived.
void weir__engine_greet (weir__engine_t *self, const weir__arrival_t *arrival,
                         const weir__frame_t *frame, uint64_t now_us);

#endif
