/*  state.h - what the files of the engine share

    - refuse.c    tells peers and the operator what is not served
    - entries.c   makes entries of what has arrived, and answers
    - sessions.c  ends sessions
    - admit.c     lets connections in: HELLO
    - intake.c    takes the frames of peers in
    - engine.c    begins and ends; what its carrier calls

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

#endif
