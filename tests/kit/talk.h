/*  talk.h - a link that talks to an engine over arrays of frames

        talk_begin ();                          //  sends HELLO
        uint64_t dict = talk_make (WEIR__DICT); //  its request 1
        talk_add (dict);
        talk_up ();    //  HELLO arrives at the engine, all else later
        talk_all ();   //  delivers everything under way
        ck_assert_int_eq (talk_told.values [2], 1);
        talk_end ();

    SPDX-License-Identifier: MPL-2.0
*/

#ifndef WEIR_TESTS_KIT_TALK_H_INCLUDED
#define WEIR_TESTS_KIT_TALK_H_INCLUDED

#include "client/protocol.h"
#include "kit/engine.h"

enum {
    TALK_SESSION = 10,
    TALK_LINK = 3,
    TALK_FRAMES = 256,
    TALK_NUMBERS = 256
};

extern stage_t *talk_stage;
extern weir__protocol_t talk_link;

//  The frames on their way to the engine, by peer `peer`.
extern struct talk_wire {
    uint8_t *frames [TALK_FRAMES];
    size_t sizes [TALK_FRAMES];
    unsigned first, count;
    unsigned fails_at; //  the send with this number, from 0, fails
    unsigned sends;
    uint64_t peer;
    bool strange; //  another owner than the link means
} talk_wire;

//  The events that the protocol reported.
extern struct talk_told {
    unsigned replies [TALK_NUMBERS]; //  how often, by number
    int errors [TALK_NUMBERS];
    int64_t values [TALK_NUMBERS]; //  -1: no integer
    unsigned welcomes;
} talk_told;

extern const weir__wire_t talk_carrier;

//  Makes a link that has sent HELLO; TALK_SESSION is then that of process 1.
void talk_begin (void);
void talk_end (void);

//  Delivers one frame to the engine. Returns false when none is left.
bool talk_up (void);

//  Delivers one message of the engine to the link. Returns false when none is
//  left.
bool talk_down (void);

//  Delivers everything, and all replies to it.
void talk_all (void);

//  Loses everything on its way to the engine.
void talk_cut (void);

//  Loses it, and makes a new connection.
void talk_again (void);

//  Hands bytes to the link.
int talk_take (const void *data, size_t size, weir__news_t *ret_news);

//  Sends a request. Returns its number, or 0 with errno.
uint64_t talk_ask (uint64_t object, unsigned op, const weir_value_t *args,
                   unsigned argc);

//  Adds 1 to 'n' in a dict.
uint64_t talk_add (uint64_t dict);

//  Reads 'n' in a dict.
uint64_t talk_read (uint64_t dict);

//  Makes an object without a name, and waits for its id.
uint64_t talk_make (int kind);

#endif
