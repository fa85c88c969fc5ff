/*  state.h - the state that the files of the engine share

    - refuse.c    refuses peers, and writes notes for the operator
    - entries.c   makes entries of records, applies them, and sends replies
    - sessions.c  ends sessions and peers
    - admit.c     admits connections: HELLO
    - intake.c    handles the frames of peers
    - engine.c    starts and ends an engine; serves its carrier

    SPDX-License-Identifier: MPL-2.0
*/

#ifndef WEIR__OWNER_STATE_H_INCLUDED
#define WEIR__OWNER_STATE_H_INCLUDED

#include "machine/entry.h"
#include "log/log.h"
#include "machine/entry.h"
#include "machine/machine.h"
#include "owner/peers.h"
#include "owner/types.h"

enum {
    ENTRY_BYTES = 1 << 20, //  an entry is made above this size
    ENTRY_RESERVE = 4096,  //  memory that is always reserved for it
    CONTROL_RESERVE = 512, //  and for a WELCOME or REFUSED
    LINKS_PER_SESSION = 4096,
    UNACKED_BYTES = 2 * WEIR__MESSAGE_BYTES, //  replies not yet acked, a link
    JOINING_BYTES = 4 * WEIR__MESSAGE_BYTES, //  unfinished messages, all peers
    PAY_STEP_US = 5000,    //  between attempts to send owed replies
    PAY_MAX_US = 10000000, //  after this the peer is dropped
    NOTES_PER_SECOND = 10  //  of each sort
};

typedef enum weir__note {
    WEIR__NOTE_REFUSED, //  a connection without a session was refused
    WEIR__NOTE_DROPPED, //  a session was dropped
    WEIR__NOTES
} weir__note_t;

#define WEIR__ENGINE_NO_MEMORY "this owner has no memory or descriptors left"
#define WEIR__ENGINE_SESSION_ENDED                                            \
    "the session of that connection has ended; its requests without a reply " \
    "may have been executed"

struct weir__engine {
    weir__engine_config_t config;
    weir__engine_io_t io;
    weir__log_t *log;
    uint64_t last; //  sequence number of the last entry
    weir__machine_t *machine;
    weir__peers_t peers;
    weir__buffer_t entry;    //  being gathered; empty: no record yet
    weir__buffer_t welcomes; //  peers (u64) that get a WELCOME after the entry
    weir__buffer_t reads;    //  reads to answer after the entry: peer (u64),
                             //  number (u64), body (block)
    weir__buffer_t scratch;  //  the reply to a read
    weir__buffer_t control;  //  one WELCOME or REFUSED
    size_t joining_bytes;
    uint64_t joinings; //  number of large messages that have begun
    uint64_t note_second [WEIR__NOTES];
    unsigned note_count [WEIR__NOTES];
    uint64_t pay_us; //  when to try to send owed replies again
    bool owes;       //  some peer is owed a reply
    bool deaf;       //  some peer is deaf
    bool failed;     //  the log has failed
};

#endif
